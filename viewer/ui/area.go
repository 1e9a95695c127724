package ui

import (
	"fmt"
	"image"
	"strconv"

	"golang.org/x/exp/shiny/materialdesign/icons"

	"zscope/depthcore/depth"
	"zscope/viewer/model"
)

// areaOnScreen returns where the area lies in the window.
func (f *frame) areaOnScreen(r image.Rectangle) image.Rectangle {
	place, p := f.m.Place(), f.m.Area.Pixels
	x0, y0 := place.Screen(float64(p.Min.X), float64(p.Min.Y))
	x1, y1 := place.Screen(float64(p.Max.X), float64(p.Max.Y))
	return image.Rect(int(x0), int(y0), int(x1+0.999), int(y1+0.999)).Add(r.Min)
}

// drawArea frames the area in black and white, which no colour map hides, and
// says its mean.
func (f *frame) drawArea(r image.Rectangle) {
	if f.m.Area.Pixels.Empty() || f.m.Shown.Map == nil {
		return
	}
	box := f.areaOnScreen(r)
	f.name("area", box)
	f.outline(box.Inset(-max(1, f.dp(1))), 0, rgb(0x000000))
	f.outline(box, 0, rgb(0xffffff))
	s, ok := f.m.AreaStats()
	if !ok {
		return
	}
	label := "no surface"
	if s.Hits > 0 {
		label = "mean " + meanText(s) + " m"
	}
	w := f.width(label, f.faint()) + f.dp(12)
	tag := image.Rect(0, 0, w, f.dp(20)).Add(image.Pt(box.Min.X, box.Min.Y-f.dp(24)))
	if tag.Min.Y < r.Min.Y {
		tag = tag.Add(image.Pt(f.dp(4), box.Min.Y+f.dp(4)-tag.Min.Y))
	}
	tag = tag.Add(image.Pt(min(0, r.Max.X-tag.Max.X), 0))
	f.round(tag, 4, withAlpha(f.pal.ground, tagAlpha))
	f.text(inset(tag, f.dp(6), 0), label, f.faint().in(f.pal.text))
}

// meanText prints as many places as the mean of float32 numbers has.
func meanText(s depth.Stats) string { return strconv.FormatFloat(s.Mean, 'g', 8, 64) }

func (f *frame) areaSection(in *rect) {
	p := f.m.Area.Pixels
	if p.Empty() {
		return
	}
	f.separator(in)
	head := rect{f.heading(in, "Area")}
	if f.button("clear area", head.right(f.dp(28)), button{icon: icons.NavigationClose, tip: "Let the area go (Shift+V)"}) {
		f.emit(model.SetArea{})
	}
	f.copyButton("copy area", &head)
	in.top(f.dp(4))
	f.pair(in, "From", fmt.Sprintf("%d, %d", p.Min.X, p.Min.Y))
	f.pair(in, "Size", fmt.Sprintf("%d × %d", p.Dx(), p.Dy()))
	s, ok := f.m.AreaStats()
	mean, near, far, spread, hits, empty := "–", "–", "–", "–", "–", "–"
	if ok {
		hits, empty = plural(s.Hits, "1 pixel", "# pixels"), plural(s.Empty, "1 pixel", "# pixels")
		if s.Hits > 0 {
			mean, spread = meanText(s)+" m", strconv.FormatFloat(s.Deviation, 'g', 5, 64)+" m"
			near, far = model.ZText(s.Min)+" m", model.ZText(s.Max)+" m"
		}
	}
	f.pair(in, "Mean Z", mean)
	f.pair(in, "Least", near)
	f.pair(in, "Most", far)
	f.pair(in, "Std dev", spread)
	f.pair(in, "Surface", hits)
	f.pair(in, "Empty", empty)
}

// copyButton copies what is read.
func (f *frame) copyButton(name string, head *rect) {
	if f.button(name, head.right(f.dp(28)), button{icon: icons.ContentContentCopy, tip: "Copy (Ctrl+C; as JSON with Shift)"}) {
		f.emit(model.CopyReading{})
	}
}
