package ui

import (
	"fmt"
	"image"
	"image/color"
	"path/filepath"
	"strconv"
	"strings"

	"gioui.org/text"
	"golang.org/x/exp/shiny/materialdesign/icons"

	"zscope/depthcore/difference"
	"zscope/viewer/model"
)

// drawDifference lays the difference map over the depth, and reports whether
// there is one.
func (f *frame) drawDifference(r image.Rectangle) bool {
	d, ok := f.m.Difference()
	if !ok || d.Image == nil || f.m.Compare.Hidden || f.m.Peeking {
		return false
	}
	defer pushRect(f.Ops, r).Pop()
	f.drawOver(r, d.Image, &f.differing)
	return true
}

func (f *frame) compareSection(in *rect) {
	c := f.m.Compare
	head := rect{f.heading(in, "Compare")}
	if f.button("compare.close", head.right(f.dp(28)), button{icon: icons.NavigationClose, tip: "Take the other depth away"}) {
		f.emit(model.CloseCompare{})
	}
	eye := button{icon: icons.ActionVisibility, tip: "Show depth instead of the difference (D)", on: true}
	if c.Hidden {
		eye = button{icon: icons.ActionVisibilityOff, tip: "Show the difference (D)"}
	}
	if f.button("compare.show", head.right(f.dp(28)), eye) {
		f.emit(model.ToggleCompare{})
	}
	if f.button("compare.copy", head.right(f.dp(28)), button{icon: icons.ContentContentCopy, tip: "Copy the comparison"}) {
		f.emit(model.CopyComparison{})
	}
	in.top(f.dp(4))
	f.text(in.top(f.dp(20)), fmt.Sprintf("%s, %d to %d", filepath.Base(c.Path), c.First, c.Last), f.faint())
	f.finding(in)
	in.top(f.dp(4))
	d, ok := f.m.Difference()
	switch {
	case f.m.Free:
		f.words(in, "The free camera sees what the sequence does not show. Press C to look through the scene's.")
	case !ok:
		f.words(in, "Waiting for the exact picture")
	case d.Words != "":
		f.words(in, title(d.Words)+".")
	default:
		f.differenceScale(in, d)
		f.differenceNumbers(in, d)
	}
	in.top(f.dp(8))
	row := rect{in.top(f.dp(rowHeight))}
	if s, ok := f.field("compare.offset", row.right(f.dp(56)), strconv.Itoa(c.Offset), fieldLook{right: true}, false); ok {
		if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil {
			f.emit(model.SetCompareOffset{Offset: n})
		}
	}
	row.right(f.dp(8))
	f.text(row.right(f.width("Offset", f.faint())+f.dp(2)), "Offset", f.faint())
	row.right(f.dp(12))
	f.text(row.left(f.width("Range", f.faint())+f.dp(8)), "Range", f.faint())
	span := "auto"
	if c.Span > 0 {
		span = metres(c.Span)
	}
	if s, ok := f.field("compare.span", row.Rectangle, span, fieldLook{right: true}, false); ok {
		x, isNumber := number(s)
		if !isNumber {
			x = 0
		}
		f.emit(model.SetCompareSpan{Span: x})
	}
}

// finding says what the sequence holds.
func (f *frame) finding(in *rect) {
	c := f.m.Compare
	switch {
	case c.Diagnosing:
		f.words(in, "Finding out what it holds …")
	case c.Finding != "":
		st := f.faint().in(f.pal.text).upTo(6)
		r := image.Rect(in.Min.X, in.Min.Y, in.Max.X, in.Min.Y+f.dp(120))
		f.name("compare.finding", r)
		in.top(f.paragraph(r, title(c.Finding), st).Y + f.dp(2))
	}
}

// words is a faint sentence over as many lines as it needs.
func (f *frame) words(in *rect, s string) {
	r := image.Rect(in.Min.X, in.Min.Y, in.Max.X, in.Min.Y+f.dp(80))
	in.top(f.paragraph(r, s, f.faint().upTo(4)).Y + f.dp(2))
}

// differenceScale is the legend of the difference map.
func (f *frame) differenceScale(in *rect, d model.Difference) {
	in.top(f.dp(4))
	strip := in.top(f.dp(10))
	f.name("compare.scale", strip)
	const steps = 64
	for i := range steps {
		share := 2*(float64(i)+0.5)/steps - 1
		f.fill(image.Rect(strip.Min.X+strip.Dx()*i/steps, strip.Min.Y, strip.Min.X+strip.Dx()*(i+1)/steps, strip.Max.Y), nrgba(difference.Color(share)))
	}
	labels := in.top(f.dp(18))
	f.text(labels, "nearer "+metres(d.Span)+" m", f.faint())
	f.text(labels, "0", f.faint().to(text.Middle))
	f.text(labels, "farther "+metres(d.Span)+" m", f.faint().to(text.End))
}

func (f *frame) differenceNumbers(in *rect, d model.Difference) {
	s := d.Stats
	if r, ok := f.m.Reading(); ok {
		here := "not in both"
		if x, both := f.m.DifferenceAt(r.X, r.Y); both {
			here = strconv.FormatFloat(x, 'g', 5, 64) + " m"
		}
		f.pair(in, "Here", here)
	}
	f.pair(in, "Max", metres(s.Max)+" m")
	f.pair(in, "Mean", metres(s.Mean)+" m")
	f.pair(in, "Within 0.001 %", percent(s.Close))
	f.pair(in, "Within 1 mm", percent(s.Millimetre))
	for _, only := range []struct {
		name  string
		count int
		ink   color.RGBA
	}{
		{"Only true", s.TruthOnly, difference.TruthOnly},
		{"Only other", s.OtherOnly, difference.OtherOnly},
	} {
		row := rect{in.top(f.dp(22))}
		dot := middle(row.left(f.dp(10)), f.dp(10))
		f.round(dot, 5, nrgba(only.ink))
		row.left(f.dp(6))
		f.text(row.Rectangle, only.name, f.faint())
		f.text(row.Rectangle, plural(only.count, "1 pixel", "# pixels"), f.plain().to(text.End))
	}
}

// percent prints a share so that only all of it is 100 %.
func percent(share float64) string {
	s := strconv.FormatFloat(100*share, 'f', 2, 64)
	if s == "100.00" && share < 1 {
		s = "99.99"
	}
	return s + " %"
}
