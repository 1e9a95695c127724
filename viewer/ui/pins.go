package ui

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strconv"

	"gioui.org/f32"
	"gioui.org/io/pointer"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/text"
	"golang.org/x/exp/shiny/materialdesign/icons"

	"zscope/depthcore/depth"
	"zscope/viewer/model"
)

// drawPins marks what is pinned with its number and depth: a pixel with a dot,
// a point in space with a diamond, the place of a surface with a triangle.
func (f *frame) drawPins(r image.Rectangle) {
	place := f.m.Place()
	for i, pin := range f.m.Pins {
		reading, ok := f.m.ReadingOf(pin)
		if !ok {
			continue
		}
		u, v := place.Screen(float64(reading.X)+0.5, float64(reading.Y)+0.5)
		at := image.Pt(int(u), int(v)).Add(r.Min)
		if !at.In(r) {
			continue
		}
		dot := image.Rectangle{Min: at, Max: at}
		f.name(fmt.Sprintf("pin.%d", i), dot.Inset(-f.dp(6)))
		switch {
		case pin.On.Set:
			f.triangle(at, f.dp(9), rgb(0x000000))
			f.triangle(at, f.dp(6), f.pinInk(i))
		case pin.InWorld:
			f.diamond(at, f.dp(8), rgb(0x000000))
			f.diamond(at, f.dp(6), f.pinInk(i))
		default:
			f.round(dot.Inset(-f.dp(6)), 6, rgb(0x000000))
			f.round(dot.Inset(-f.dp(4)), 4, f.pinInk(i))
		}
		label := fmt.Sprintf("%d  %s", i+1, pinLabel(reading))
		w := f.width(label, f.faint()) + f.dp(12)
		tag := image.Rect(0, 0, w, f.dp(20)).Add(at.Add(image.Pt(f.dp(10), -f.dp(10))))
		if tag.Max.X > r.Max.X {
			tag = tag.Sub(image.Pt(w+f.dp(20), 0))
		}
		f.round(tag, 4, withAlpha(f.pal.ground, tagAlpha))
		f.text(inset(tag, f.dp(6), 0), label, f.faint().in(f.pal.text))
	}
}

func (f *frame) triangle(at image.Point, radius int, ink color.NRGBA) {
	x, y, d := float32(at.X), float32(at.Y), float32(radius)
	f.polygon(ink, f32.Pt(x, y-d), f32.Pt(x+0.87*d, y+d/2), f32.Pt(x-0.87*d, y+d/2))
}

func (f *frame) diamond(at image.Point, radius int, ink color.NRGBA) {
	x, y, d := float32(at.X), float32(at.Y), float32(radius)
	f.polygon(ink, f32.Pt(x, y-d), f32.Pt(x+d, y), f32.Pt(x, y+d), f32.Pt(x-d, y))
}

// pinLabel is the Z at a pin, and that something stands before it.
func pinLabel(r model.PinReading) string {
	if r.Covered {
		return zLabel(r.Reading) + ", in front"
	}
	return zLabel(r.Reading)
}

func (f *frame) pinSection(in *rect) {
	m := f.m
	head := rect{f.heading(in, "Pins")}
	if f.button("clear pins", head.right(f.dp(28)), button{icon: icons.NavigationClose, tip: "Let all pins go (Shift+N)"}) {
		f.emit(model.ClearPins{})
	}
	f.copyButton("copy pins", &head)
	if m.Timeline.Last > m.Timeline.First {
		fill := button{icon: icons.ActionTimeline, tip: "Cast all frames, so that the curves have no gaps", off: m.Survey.Running}
		if f.button("fill curves", head.right(f.dp(28)), fill) {
			f.emit(model.FillCurves{})
		}
	}
	for i, pin := range m.Pins {
		row := rect{in.top(f.dp(22))}
		f.text(row.left(f.dp(20)), strconv.Itoa(i+1), f.faint().strong().in(f.pinInk(i)))
		r, ok := m.ReadingOf(pin)
		if !ok {
			f.text(row.Rectangle, "out of the picture", f.faint().to(text.End))
			continue
		}
		where := fmt.Sprintf("%d, %d", r.X, r.Y)
		switch {
		case pin.On.Set:
			where += " on the surface"
		case pin.InWorld:
			where += " in space"
		}
		f.text(row.left(min(f.width(where, f.faint())+f.dp(8), row.Dx()/2)), where, f.faint())
		f.text(row.Rectangle, pinLabel(r), f.plain().to(text.End))
	}
	if b, ok := m.Between(); ok {
		f.pair(in, fmt.Sprintf("%s to %s", b.A, b.B), "")
		f.pair(in, "ΔZ", fmt.Sprintf("%+.6g m", b.DZ))
		f.pair(in, "Apart", fmt.Sprintf("%.6g m", b.Distance))
	}
	in.top(f.dp(8))
	f.curves(in.top(f.dp(88)))
}

// pinInk is the colour of a pin and its curve.
func (f *frame) pinInk(i int) color.NRGBA { return f.pal.pins[i%len(f.pal.pins)] }

// curves shows the pins' depths over the frames that are at hand.
func (f *frame) curves(r image.Rectangle) {
	m := f.m
	f.round(r, 4, f.pal.ground)
	plot := inset(r, f.dp(6), f.dp(16))
	frames := max(1, m.Timeline.Last-m.Timeline.First)
	if _, p, moved := f.drag("curves", r, pointer.CursorColResize); moved {
		share := float64(p.X-float32(plot.Min.X)) / float64(max(1, plot.Dx()))
		if n := m.Timeline.First + int(math.Round(share*float64(frames))); n != m.Frame {
			f.emit(model.GoTo{Frame: n})
		}
	}
	near, far := math.Inf(1), 0.0
	known := 0
	for _, trace := range m.Traces {
		for _, z := range trace {
			if depth.IsHit(z) {
				near, far = math.Min(near, float64(z)), math.Max(far, float64(z))
				known++
			}
		}
	}
	if known == 0 {
		return
	}
	if far == near {
		near, far = near*0.999, far*1.001
	}
	at := func(i int, z float32) f32.Point {
		return f32.Pt(float32(plot.Min.X)+float32(i)/float32(frames)*float32(plot.Dx()),
			float32(plot.Max.Y)-float32((float64(z)-near)/(far-near))*float32(plot.Dy()))
	}
	x := int(at(m.Frame-m.Timeline.First, float32(near)).X)
	f.fill(image.Rect(x, r.Min.Y, x+max(1, f.dp(1)), r.Max.Y), f.pal.line)
	for i, trace := range m.Traces {
		f.curve(trace, at, f.pinInk(i))
	}
	f.text(image.Rect(r.Min.X+f.dp(6), r.Min.Y, r.Max.X, r.Min.Y+f.dp(16)), metres(far)+" m", f.faint())
	f.text(image.Rect(r.Min.X+f.dp(6), r.Max.Y-f.dp(16), r.Max.X, r.Max.Y), metres(near)+" m", f.faint())
}

// curve draws one trace with gaps where nothing is known.
func (f *frame) curve(trace []float32, at func(int, float32) f32.Point, ink color.NRGBA) {
	w := float32(f.dp(1)) * 1.5
	for i := 0; i < len(trace); {
		if !depth.IsHit(trace[i]) {
			i++
			continue
		}
		j := i + 1
		for j < len(trace) && depth.IsHit(trace[j]) {
			j++
		}
		if j == i+1 {
			p := at(i, trace[i])
			dot := image.Rect(int(p.X)-f.dp(1), int(p.Y)-f.dp(1), int(p.X)+f.dp(2), int(p.Y)+f.dp(2))
			f.fill(dot, ink)
		} else {
			var path clip.Path
			path.Begin(f.Ops)
			path.MoveTo(at(i, trace[i]))
			for k := i + 1; k < j; k++ {
				path.LineTo(at(k, trace[k]))
			}
			paint.FillShape(f.Ops, ink, clip.Stroke{Path: path.End(), Width: w}.Op())
		}
		i = j
	}
}
