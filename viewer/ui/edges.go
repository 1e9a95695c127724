package ui

import (
	"image"
	"image/color"
	"strconv"
	"strings"

	"zscope/viewer/model"
)

// drawEdges draws over the picture where the depth jumps.
func (f *frame) drawEdges(r image.Rectangle) {
	if img := f.m.DrawnEdges(); img != nil {
		f.name("edges", r)
		f.drawOver(r, img, &f.edging)
	}
}

// edgesSection stands alone where there are no RGB pictures.
func (f *frame) edgesSection(in *rect) {
	if !f.m.Edges.On || f.m.RGB.Path != "" {
		return
	}
	f.separator(in)
	f.heading(in, "Edges")
	in.top(f.dp(4))
	f.edgesRow(in)
}

func (f *frame) edgesRow(in *rect) {
	e := f.m.Edges
	row := rect{in.top(f.dp(rowHeight))}
	least := strconv.FormatFloat(100*e.Least(), 'g', 4, 64)
	if s, ok := f.field("edges.jump", row.right(f.dp(72)), least, fieldLook{unit: "%", right: true}, false); ok {
		if x, ok := number(strings.TrimSuffix(strings.TrimSpace(s), "%")); ok {
			f.emit(model.SetJump{Jump: x / 100})
		}
	}
	row.right(f.dp(8))
	if f.toggle("edges.on", row.Rectangle, "Depth edges from", e.On) {
		f.emit(model.ToggleEdges{})
	}
}

// remark is a sentence over as many lines as it needs, with a bar in a colour
// beside it.
func (f *frame) remark(in *rect, s string, ink color.NRGBA) {
	st := f.faint().in(f.pal.text).upTo(8)
	row := in.top(f.extent(in.Dx()-f.dp(12), s, st).Y)
	f.fill(image.Rect(row.Min.X, row.Min.Y+f.dp(2), row.Min.X+f.dp(2), row.Max.Y-f.dp(2)), ink)
	row.Min.X += f.dp(10)
	f.paragraph(row, s, st)
	in.top(f.dp(4))
}
