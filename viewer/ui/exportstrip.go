package ui

import (
	"fmt"
	"image"

	"golang.org/x/exp/shiny/materialdesign/icons"

	"zscope/depthcore/export"
	"zscope/viewer/model"
)

// exportStrip shows the export that runs, or how the last one ended, over the
// foot of the picture. The rest of the window stays usable.
func (f *frame) exportStrip(r image.Rectangle) {
	e := f.m.Export
	if !e.Running && e.Result == nil {
		return
	}
	w := min(f.dp(520), r.Dx()-f.dp(24))
	h := f.dp(72)
	if e.Result != nil {
		h = f.dp(104)
		if e.Result.Part != (export.Shard{}) {
			h += f.dp(16)
		}
	}
	box := image.Rect(0, 0, w, h).Add(image.Pt(r.Min.X+(r.Dx()-w)/2, r.Max.Y-h-f.dp(12)))
	f.name("export.strip", box)
	f.catchBox(box)
	f.round(box.Inset(-f.dp(1)), 9, f.pal.line)
	f.round(box, 8, f.pal.panel)
	in := rect{inset(box, f.dp(16), f.dp(12))}
	if e.Running {
		f.exportProgress(in)
		return
	}
	res := e.Result
	if f.button("export.dismiss", middle(in.right(f.dp(28)), f.dp(28)), button{icon: icons.NavigationClose, tip: "Dismiss"}) {
		f.emit(model.DismissResult{})
	}
	in.right(f.dp(8))
	icon, ink, title := icons.ActionDone, f.pal.good, plural(res.Summary.Frames, "1 frame exported", "# frames exported")
	switch {
	case res.Cancelled:
		icon, ink, title = icons.AlertWarning, f.pal.warn, "Export cancelled"
		if res.Summary.Frames > 0 {
			title += plural(res.Summary.Frames, "; 1 frame is complete", "; # frames are complete")
		}
	case res.Problem != "":
		icon, ink, title = icons.AlertErrorOutline, f.pal.bad, res.Problem
	}
	f.icon(middle(in.left(f.dp(24)), f.dp(24)), icon, 22, ink)
	in.left(f.dp(10))
	if res.Problem != "" && !res.Cancelled {
		f.text(in.Rectangle, title, f.plain().upTo(3))
		return
	}
	f.text(in.top(f.dp(24)), title, f.plain().strong())
	f.paragraph(in.Rectangle, f.resultWords(res), f.faint().upTo(5))
}

func (f *frame) resultWords(res *model.Result) string {
	s := res.Summary
	words := fmt.Sprintf("%s, %s, in %s, in %s.", plural(s.Files, "1 file", "# files"), byteSize(float64(s.Bytes)), spell(s.Elapsed), shortPath(res.Dir))
	if s.Kept > 0 {
		words += " " + plural(s.Kept, "1 frame was", "# frames were") + " there already."
	}
	words += partWords(res) + verifiedWords(res)
	if n := s.Saturated.Far + s.Saturated.Near; n > 0 {
		words += " " + plural(n, "1 pixel is", "# pixels are") + " too far or too near for 16 bits."
	}
	return words
}

func (f *frame) exportProgress(in rect) {
	e := f.m.Export
	p := e.Progress
	cancel := button{label: "Cancel", off: e.Cancelling}
	if f.button("export.stop", middle(in.right(f.dp(80)), f.dp(rowHeight)), cancel) {
		f.emit(model.CancelExport{})
	}
	in.right(f.dp(8))
	pause := button{label: "Pause", off: e.Cancelling}
	if e.Paused {
		pause.label = "Go on"
	}
	if f.button("export.pause", middle(in.right(f.dp(72)), f.dp(rowHeight)), pause) {
		f.emit(model.PauseExport{})
	}
	in.right(f.dp(16))
	bar := in.bottom(f.dp(6))
	in.bottom(f.dp(6))
	words := fmt.Sprintf("Exporting: %s of %s frames", thousands(p.Done), thousands(p.Total))
	switch {
	case e.Cancelling:
		words = "Cancelling…"
	case e.Paused:
		words = fmt.Sprintf("Paused after %s of %s frames", thousands(p.Done), thousands(p.Total))
	}
	left := ""
	if p.Done > 0 && p.Done < p.Total && !e.Cancelling && !e.Paused {
		left = spell(p.Left) + " left"
		if s := p.Left.Seconds(); s > 0 {
			left = fmt.Sprintf("%.3g frames/s, %s", float64(p.Total-p.Done)/s, left)
		}
	}
	f.text(in.bottom(f.dp(16)), left, f.faint())
	f.text(in.Rectangle, words, f.plain().strong())
	f.round(bar, 3, f.pal.raised)
	if p.Total > 0 {
		bar.Max.X = bar.Min.X + bar.Dx()*p.Done/p.Total
		f.round(bar, 3, f.pal.accent)
	}
}

// partWords says what is to be done about the other parts.
func partWords(res *model.Result) string {
	if res.Part == (export.Shard{}) || res.Problem != "" || res.Cancelled {
		return ""
	}
	return fmt.Sprintf(" This is part %v: when all are there, `zscope merge` checks and joins them.", res.Part)
}

// verifiedWords says what was verified, and what was not.
func verifiedWords(res *model.Result) string {
	s := res.Summary
	switch {
	case !res.Verified:
		return " Not verified: nothing was read back."
	case s.Files == 0:
		return ""
	}
	words := " Verified: " + plural(s.Files, "1 file was", "# files were") + " read back and agree with what was cast, bit for bit"
	if r := s.Recast; r.Pixels > 0 {
		words += "; " + plural(r.Pixels, "1 pixel was", "# pixels were") + " cast again by asking every triangle"
		if r.MaxError <= 0.5 { // what rounding once leaves
			words += " and have the same Z"
		} else {
			words += fmt.Sprintf(": the largest difference is %.3g units in the last place", r.MaxError)
		}
	}
	return words + "."
}
