package ui

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"strconv"

	"gioui.org/f32"
	"gioui.org/io/pointer"
	"gioui.org/op"
	"gioui.org/op/paint"
	"gioui.org/text"

	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
	"zscope/viewer/model"
)

// legend is the histogram of the depths in sight, drawn in the colours that
// they have. Its axis holds both the colour range and the picture's depths;
// the ends of the colour range are handles.
type legend struct {
	bins    []int
	have    legendOf
	op      paint.ImageOp
	painted paintedLegend
	grabbed colormap.Mapping // the axis while a handle is held, so that it stays put
	holding bool
}

type legendOf struct {
	m    *depth.Map
	axis colormap.Mapping
	bins int
}

// paintedLegend says what op shows, to know when it has to be painted anew.
type paintedLegend struct {
	of      legendOf
	mapping colormap.Mapping
	size    image.Point
	ground  color.NRGBA
}

// columns draws the histogram and the colours below it, as one picture: single
// columns take long to draw.
func (l *legend) columns(f *frame, axis colormap.Mapping, graph, strip image.Rectangle) {
	all := graph.Union(strip)
	if want := (paintedLegend{l.have, f.m.Colour.Mapping, all.Size(), f.pal.ground}); want != l.painted {
		l.painted = want
		dst := image.NewRGBA(image.Rectangle{Max: all.Size()})
		l.paint(f, dst, axis, graph.Sub(all.Min), strip.Sub(all.Min))
		l.op = paint.NewImageOp(dst)
		l.op.Filter = paint.FilterNearest
	}
	defer op.Offset(all.Min).Push(f.Ops).Pop()
	defer pushRect(f.Ops, image.Rectangle{Max: all.Size()}).Pop()
	l.op.Add(f.Ops)
	paint.PaintOp{}.Add(f.Ops)
}

func (l *legend) paint(f *frame, dst *image.RGBA, axis colormap.Mapping, graph, strip image.Rectangle) {
	fill := func(r image.Rectangle, c color.NRGBA) {
		draw.Draw(dst, r, image.NewUniform(c), image.Point{}, draw.Src)
	}
	fill(graph, f.pal.ground)
	n := len(l.bins)
	most := max(1, slices.Max(l.bins))
	edge := func(i int) int { return graph.Min.X + graph.Dx()*i/n }
	for i, c := range l.bins {
		z := axis.Depth((float64(i) + 0.5) / float64(n))
		ink := nrgba(f.m.Colour.Mapping.ColorAt(float32(z)))
		fill(image.Rect(edge(i), strip.Min.Y, edge(i+1), strip.Max.Y), ink)
		if c > 0 {
			// The root keeps small columns in sight.
			h := int(math.Ceil(math.Sqrt(float64(c)/float64(most)) * float64(graph.Dy()-f.dp(4))))
			fill(image.Rect(edge(i), graph.Max.Y-h, edge(i+1), graph.Max.Y), f.visible(ink))
		}
	}
}

// axis returns the mapping whose ends are those of the legend.
func axisOf(m model.Model) colormap.Mapping {
	axis := m.Colour.Mapping
	if m.Shown.Hits > 0 {
		axis.Near, axis.Far = math.Min(axis.Near, m.Shown.Near), math.Max(axis.Far, m.Shown.Far)
	}
	if axis.Near == axis.Far {
		axis.Near, axis.Far = axis.Near*0.99, axis.Far*1.01
	}
	return axis
}

func (f *frame) showLegend(r image.Rectangle) {
	f.name("legend", r)
	l, m := &f.legend, f.m
	mapping := m.Colour.Mapping
	axis := axisOf(m)
	if l.holding {
		axis = l.grabbed
		axis.Map, axis.Reversed, axis.Scale = mapping.Map, mapping.Reversed, mapping.Scale
	}
	in := rect{inset(r, f.dp(8), 0)}
	labels := in.bottom(f.dp(18))
	strip := in.bottom(f.dp(12))
	in.bottom(f.dp(2))
	graph := in.Rectangle
	if m.Shown.Map == nil || axis.Check() != nil || graph.Dx() < 8 {
		f.fill(graph, f.pal.ground)
		f.fill(strip, f.pal.ground)
		f.text(graph, "no depth yet", f.faint().to(text.Middle))
		return
	}

	// The columns.
	n := max(8, graph.Dx()/max(1, f.dp(2)))
	if of := (legendOf{m.Shown.Map, axis, n}); of != l.have {
		l.have = of
		l.bins = append(l.bins[:0], make([]int, n)...)
		f.picture.painter.Histogram(l.bins, m.Shown.Map, axis)
	}
	l.columns(f, axis, graph, strip)

	// Round values under it.
	x := func(z float64) int { return graph.Min.X + int(math.Round(axis.Position(z)*float64(graph.Dx()))) }
	free := labels.Min.X - f.dp(8)
	for _, z := range axis.Ticks(max(2, graph.Dx()/f.dp(56))) {
		s := strconv.FormatFloat(z, 'g', -1, 64)
		at := x(z)
		f.fill(image.Rect(at, strip.Max.Y, at+max(1, f.dp(1)), strip.Max.Y+f.dp(3)), f.pal.dim)
		w := f.width(s, f.faint())
		left := max(r.Min.X, min(at-w/2, r.Max.X-w))
		if left < free {
			continue
		}
		free = left + w + f.dp(8)
		f.text(image.Rect(left, labels.Min.Y+f.dp(2), left+w+1, labels.Max.Y), s, f.faint())
	}

	// The depth under the pointer.
	if reading, ok := m.Reading(); ok && reading.Hit {
		at := x(float64(reading.Z))
		f.fill(image.Rect(at, graph.Min.Y, at+max(1, f.dp(1)), strip.Max.Y), f.pal.text)
	}
	f.handles(graph, strip, axis, x)
}

// legendKey says which colours mean that a surface is out of the range, or that
// there is none.
func (f *frame) legendKey(r image.Rectangle) {
	f.name("legend key", r)
	m := f.m.Colour.Mapping
	row := rect{r}
	for _, k := range []struct {
		ink   color.RGBA
		words string
	}{{m.Below, "nearer"}, {m.Above, "farther"}, {m.Empty, "no surface"}} {
		box := middle(row.left(f.dp(10)), f.dp(10))
		f.round(box, 2, nrgba(k.ink))
		f.outline(box, 2, f.pal.dim)
		row.left(f.dp(4))
		f.text(row.left(f.width(k.words, f.faint())+1), k.words, f.faint())
		row.left(f.dp(12))
	}
}

// handles are the ends of the colour range.
func (f *frame) handles(graph, strip image.Rectangle, axis colormap.Mapping, x func(float64) int) {
	l, mapping := &f.legend, f.m.Colour.Mapping
	near, far := x(mapping.Near), x(mapping.Far)
	holding := false
	for _, h := range []struct {
		name string
		at   int
		near bool
	}{{"range near handle", near, true}, {"range far handle", far, false}} {
		grip := image.Rect(h.at-f.dp(7), graph.Min.Y, h.at+f.dp(7), strip.Max.Y)
		d, at, moved := f.drag(h.name, grip, pointer.CursorColResize)
		if d.active && !l.holding {
			l.grabbed = axis
		}
		holding = holding || d.active
		if moved {
			z := axis.Depth(math.Max(0, math.Min(1, float64(at.X-float32(graph.Min.X))/float64(graph.Dx()))))
			f.dragRange(h.near, z)
		}
		if n := f.arrows(h.name, d, grip); n != 0 {
			at := axis.Position(mapping.Far)
			if h.near {
				at = axis.Position(mapping.Near)
			}
			f.dragRange(h.near, axis.Depth(math.Max(0, math.Min(1, at+float64(n)/200))))
		}
		ink := f.pal.text
		if d.active || d.hovered {
			ink = f.pal.accent
		}
		f.fill(image.Rect(h.at-max(1, f.dp(1))/2, graph.Min.Y, h.at+max(1, f.dp(1)), strip.Max.Y), ink)
		top := float32(graph.Min.Y)
		side := float32(f.dp(6))
		if !h.near {
			side = -side
		}
		f.polygon(ink, f32.Pt(float32(h.at), top), f32.Pt(float32(h.at)+side, top), f32.Pt(float32(h.at), top+float32(f.dp(8))))
	}
	l.holding = holding
}

func (f *frame) dragRange(near bool, z float64) {
	m := f.m.Colour.Mapping
	if near && z < m.Far {
		f.emit(model.SetRange{Near: z, Far: m.Far})
	}
	if !near && z > m.Near {
		f.emit(model.SetRange{Near: m.Near, Far: z})
	}
}

// visible lightens a colour that would be lost on the legend's dark ground.
func (f *frame) visible(c color.NRGBA) color.NRGBA {
	const least = 0.12
	if f.m.Light() {
		return c
	}
	l := luminance(c.R, c.G, c.B)
	if l >= least {
		return c
	}
	t := (least - l) / least * 0.45
	mix := func(x uint8) uint8 { return uint8(float64(x) + (255-float64(x))*t) }
	return color.NRGBA{R: mix(c.R), G: mix(c.G), B: mix(c.B), A: 0xff}
}

func nrgba(c color.RGBA) color.NRGBA { return color.NRGBA(c) }
