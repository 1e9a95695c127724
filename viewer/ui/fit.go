package ui

import (
	"fmt"
	"image"
	"math"

	"gioui.org/text"

	"zscope/viewer/model"
)

// fitRows search for the offset that fits best and say how well each does.
func (f *frame) fitRows(in *rect) {
	fit := f.m.RGB.Fit
	row := rect{in.top(f.dp(rowHeight))}
	if fit.Running {
		if f.button("fit.stop", row.right(f.dp(64)), button{label: "Stop"}) {
			f.emit(model.StopFit{})
		}
		row.right(f.dp(8))
		f.text(row.Rectangle, fmt.Sprintf("Compared %d of %d", fit.Done, fit.Total), f.faint())
		in.top(f.dp(4))
		bar := in.top(f.dp(4))
		f.round(bar, 2, f.pal.raised)
		bar.Max.X = bar.Min.X + bar.Dx()*fit.Done/max(1, fit.Total)
		f.round(bar, 2, f.pal.accent)
		return
	}
	find := button{label: "Find the best offset", tip: "Compare the pictures' edges with the depth's at nearby offsets and shifts"}
	if f.button("fit.find", row.Rectangle, find) {
		f.emit(model.FindFit{})
	}
	if fit.Words == "" {
		return
	}
	in.top(f.dp(8))
	f.name("fit.words", in.Rectangle)
	ink := f.pal.good
	if fit.Found == nil {
		ink = f.pal.warn
	}
	f.remark(in, fit.Words, ink)
	if fit.Found == nil {
		return
	}
	f.scores(in)
	if best := fit.Found.Best.Offset; best != f.m.RGB.Offset {
		in.top(f.dp(4))
		if f.button("fit.use", in.top(f.dp(rowHeight)), button{label: fmt.Sprintf("Use offset %d", best)}) {
			f.emit(model.UseFit{})
		}
	}
}

// scores is a bar for each offset, shorter the larger a shift it needs; a click
// takes that offset.
func (f *frame) scores(in *rect) {
	found := f.m.RGB.Fit.Found
	n := len(found.Candidates)
	in.top(f.dp(4))
	bars, labels := in.top(f.dp(48)), in.top(f.dp(18))
	f.name("fit.scores", bars)
	most := math.Max(found.Best.Likely(), 1e-9)
	for i, c := range found.Candidates {
		cell := func(r image.Rectangle) image.Rectangle {
			return image.Rect(r.Min.X+r.Dx()*i/n, r.Min.Y, r.Min.X+r.Dx()*(i+1)/n, r.Max.Y)
		}
		at := cell(bars)
		press, clicked := f.press(fmt.Sprintf("fit.score.%d", c.Offset), at, !math.IsNaN(c.Score))
		if clicked {
			f.emit(model.SetRGBOffset{Offset: c.Offset})
		}
		box := inset(at, f.dp(2), 0)
		f.round(box, 2, f.pal.ground)
		if share := c.Likely() / most; share > 0 {
			box.Min.Y = box.Max.Y - max(f.dp(1), int(share*float64(box.Dy())))
			ink := f.pal.dim
			if c.Offset == found.Best.Offset {
				ink = f.pal.good
			}
			f.round(box, 2, ink)
		}
		if press.focused {
			f.outline(inset(at, f.dp(1), 0), 2, f.pal.text)
		}
		if press.click.Hovered() && !f.resting {
			words := fmt.Sprintf("Offset %d: no pictures", c.Offset)
			if !math.IsNaN(c.Score) {
				words = fmt.Sprintf("Offset %d: score %.3f of 1, the pictures lie %s. Click to use it", c.Offset, c.Score, model.ShiftWords(c.DX, c.DY))
			}
			f.hint(fmt.Sprintf("fit.score.%d", c.Offset), at, words)
		}
		st := f.faint().to(text.Middle)
		if c.Offset == f.m.RGB.Offset {
			st = st.in(f.pal.accent).strong()
		}
		f.text(cell(labels), fmt.Sprintf("%d", c.Offset), st)
	}
}
