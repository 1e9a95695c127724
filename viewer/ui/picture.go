package ui

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"time"

	"gioui.org/f32"
	"gioui.org/io/event"
	"gioui.org/io/key"
	"gioui.org/io/pointer"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/text"

	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
	"zscope/viewer/model"
)

// picture shows the depth map. Only what is on the screen is painted: where
// the picture is reduced, the nearest pixel for each screen pixel, since depth
// is never averaged; where it is enlarged, the pixels in sight, which the
// graphics card then enlarges to squares.
type picture struct {
	painter colormap.Painter
	part    depth.Map      // of the map, that is in sight, where it had to be copied
	rgba    [3]*image.RGBA // painted in turn: one may be in use by the graphics card
	turn    int
	op      paint.ImageOp
	have    painted
	columns []int

	drag     pointerDrag
	viewport image.Rectangle

	coarse      int // serial of the coarse picture that is shown, and since when
	coarseSince time.Time

	clicked   f32.Point // where the last click was, and when
	clickedAt time.Time
}

// painted says what op shows, to know when it has to be painted anew.
type painted struct {
	m       *depth.Map
	mapping colormap.Mapping
	lines   float64 // spacing of lines of equal depth, 0 for none
	part    part
}

// part says which pixels of a map are in sight and how they are sampled.
type part struct {
	source image.Rectangle // pixels of the map
	size   image.Point     // of the painted picture
	screen image.Rectangle // where it lies on the screen
}

type pointerDrag struct {
	buttons pointer.Buttons
	mods    key.Modifiers
	last    f32.Point
	from    f32.Point
	moved   float32
}

func pushRect(ops *op.Ops, r image.Rectangle) clip.Stack { return clip.Rect(r).Push(ops) }

// stage draws the picture and what lies over it.
func (f *frame) stage(r image.Rectangle) {
	f.name("picture", r)
	f.viewport(r)
	if f.m.Viewport != r.Size() {
		f.emit(model.Resized{Viewport: r.Size()})
	}
	area := pushRect(f.Ops, r)
	f.fillAround(r, f.picture.draw(f, r), f.pal.stage)
	differs := f.drawDifference(r)
	f.drawRGB(r)
	f.drawEdges(r)
	f.pixelNumbers(r, differs)
	f.wipeHandle(r)
	f.drawArea(r)
	f.drawPins(r)
	f.drawKeyPointer(r)
	area.Pop()
	if f.m.Job.Scene == nil || f.m.Preparing() {
		f.welcome(r)
	}
	f.overPicture(r)
	f.pointsView(r)
	f.notices(r)
	f.exportStrip(r)
	if f.m.Hovering {
		f.dropTarget(r)
	}
	if f.m.Choosing {
		// The dialog is a window of the desktop's that may lie behind this one.
		f.fill(r, veil)
		f.text(r, "A dialog of the desktop waits for an answer", style{size: large, color: rgb(0xffffff), align: text.Middle})
	}
}

// viewport reads the pointer over the picture.
func (f *frame) viewport(r image.Rectangle) {
	p := &f.picture
	p.viewport = r
	local := func(at f32.Point) f32.Point { return at.Sub(f32.Pt(float32(r.Min.X), float32(r.Min.Y))) }
	var point *f32.Point
	away := false
	for {
		e, ok := f.Event(pointer.Filter{
			Target:  p,
			Kinds:   pointer.Press | pointer.Drag | pointer.Release | pointer.Cancel | pointer.Move | pointer.Enter | pointer.Leave | pointer.Scroll,
			ScrollY: pointer.ScrollRange{Min: -10000, Max: 10000},
		})
		if !ok {
			break
		}
		e2, ok := e.(pointer.Event)
		if !ok || f.resting {
			continue
		}
		at := local(e2.Position)
		switch e2.Kind {
		case pointer.Press:
			f.Execute(key.FocusCmd{})
			p.drag = pointerDrag{buttons: e2.Buttons, mods: e2.Modifiers, last: at, from: at}
			f.again = f.again || f.flying() // to hear of other keys from now on
			point = &at
		case pointer.Drag:
			f.dragPicture(at)
			point = &at
		case pointer.Move, pointer.Enter:
			point, away = &at, false
		case pointer.Leave, pointer.Cancel:
			away = p.drag.buttons == 0
			if e2.Kind == pointer.Cancel {
				p.drag = pointerDrag{}
			}
		case pointer.Release:
			if p.drag.moved < float32(f.dp(3)) {
				f.clickPicture(at)
			}
			p.drag = pointerDrag{}
		case pointer.Scroll:
			notches := float64(e2.Scroll.Y) / 10
			if f.m.Free && !e2.Modifiers.Contain(key.ModCtrl) {
				f.emit(model.OrbitZoom{Factor: math.Pow(1.15, notches)})
			} else {
				f.emit(model.ZoomBy{Factor: math.Pow(1.2, -notches), At: at})
			}
		}
	}
	if away {
		f.emit(model.PointAway{})
	} else if point != nil && (!f.m.Pointer.Inside || *point != f.m.Pointer.At) {
		f.emit(model.PointAt{At: *point})
	}
	if f.resting {
		return
	}
	defer pushRect(f.Ops, r).Pop()
	event.Op(f.Ops, p)
	if f.m.Shown.Map != nil {
		pointer.CursorCrosshair.Add(f.Ops)
	}
}

// dragPicture moves the picture, or turns the free camera. The middle button
// always moves the picture.
func (f *frame) dragPicture(at f32.Point) {
	d := &f.picture.drag
	if d.buttons == 0 {
		return
	}
	by := at.Sub(d.last)
	d.last = at
	d.moved += float32(math.Hypot(float64(by.X), float64(by.Y)))
	if d.moved < float32(f.dp(3)) {
		return
	}
	dx, dy := float64(by.X), float64(by.Y)
	switch {
	case d.mods.Contain(key.ModShortcut):
		from := f.m.PixelNear(float64(d.from.X), float64(d.from.Y))
		f.emit(model.SetArea{Pixels: model.Spanned(from, f.m.PixelNear(float64(at.X), float64(at.Y)))})
	case !f.m.Free || d.buttons.Contain(pointer.ButtonTertiary):
		f.emit(model.PanBy{DX: dx, DY: dy})
	case d.mods.Contain(key.ModShift):
		f.emit(model.OrbitPan{DX: dx, DY: dy})
	default:
		const turn = math.Pi / 600 // radians a dp
		scale := turn / float64(f.Metric.PxPerDp)
		if d.buttons.Contain(pointer.ButtonSecondary) {
			f.emit(model.LookBy{Yaw: dx * scale, Pitch: dy * scale})
			return
		}
		f.emit(model.OrbitBy{Yaw: dx * scale, Pitch: dy * scale})
	}
}

// clickPicture does what a click that moved nothing is for.
func (f *frame) clickPicture(at f32.Point) {
	p := &f.picture
	twice := f.Now.Sub(p.clickedAt) < doubleClick && math.Hypot(float64(at.X-p.clicked.X), float64(at.Y-p.clicked.Y)) < float64(f.dp(6))
	p.clicked, p.clickedAt = at, f.Now
	switch mods := f.picture.drag.mods; {
	case mods.Contain(key.ModShortcut | key.ModShift):
		f.emit(model.PinPointAt{At: at})
	case mods.Contain(key.ModShortcut), mods.Contain(key.ModAlt):
		f.emit(model.PinAt{At: at})
	case mods.Contain(key.ModShift):
		f.emit(model.PinSurfaceAt{At: at})
	case twice && f.m.Free && p.drag.buttons == pointer.ButtonPrimary && mods == 0:
		p.clickedAt = time.Time{}
		f.emit(model.FrameObject{})
	}
}

const coarseDelay = 250 * time.Millisecond

const doubleClick = 400 * time.Millisecond

func (f *frame) zoomAtPointer(factor float64) {
	at := f.m.Pointer.At
	if !f.m.Pointer.Inside {
		at = f32.Pt(float32(f.m.Viewport.X)/2, float32(f.m.Viewport.Y)/2)
	}
	f.emit(model.ZoomBy{Factor: factor, At: at})
}

// draw paints what is in sight, where that has changed, and shows it. It returns
// what that covers.
func (p *picture) draw(f *frame, r image.Rectangle) (covered image.Rectangle) {
	m := f.m
	if m.Shown.Map == nil || r.Size() != m.Viewport {
		return covered
	}
	want := painted{m: m.Shown.Map, mapping: m.Colour.Mapping, part: p.inSight(m)}
	if m.Colour.Lines {
		want.lines = m.Colour.LineSpacing()
	}
	if want.part.source.Empty() || want.part.screen.Empty() {
		return covered
	}
	if want != p.have {
		p.paint(want)
	}
	screen := want.part.screen.Add(r.Min)
	covered = screen.Intersect(r)
	defer clip.Rect(covered).Push(f.Ops).Pop()
	sx := float32(screen.Dx()) / float32(want.part.size.X)
	sy := float32(screen.Dy()) / float32(want.part.size.Y)
	place := f32.AffineId().Scale(f32.Point{}, f32.Pt(sx, sy)).Offset(f32.Pt(float32(screen.Min.X), float32(screen.Min.Y)))
	defer op.Affine(place).Push(f.Ops).Pop()
	p.op.Add(f.Ops)
	paint.PaintOp{}.Add(f.Ops)
	return covered
}

// inSight works out which part of the shown map is on the screen.
func (p *picture) inSight(m model.Model) part {
	place := m.Place()
	mw, mh := float64(m.Shown.Map.Width), float64(m.Shown.Map.Height)
	// Screen pixels a pixel of the map: more than the placement's for a
	// coarse map.
	sx := place.Scale * float64(m.Shown.View.Width) / mw
	sy := place.Scale * float64(m.Shown.View.Height) / mh
	first := func(x float64) int { return int(math.Floor(x + 1e-9)) }
	last := func(x float64) int { return int(math.Ceil(x - 1e-9)) }
	source := image.Rect(first(-place.X/sx), first(-place.Y/sy),
		last((float64(m.Viewport.X)-place.X)/sx), last((float64(m.Viewport.Y)-place.Y)/sy)).
		Intersect(image.Rect(0, 0, int(mw), int(mh)))
	screen := image.Rect(
		int(math.Round(place.X+float64(source.Min.X)*sx)), int(math.Round(place.Y+float64(source.Min.Y)*sy)),
		int(math.Round(place.X+float64(source.Max.X)*sx)), int(math.Round(place.Y+float64(source.Max.Y)*sy)))
	size := source.Size()
	if sx < 1 {
		size.X = min(size.X, screen.Dx())
	}
	if sy < 1 {
		size.Y = min(size.Y, screen.Dy())
	}
	return part{source, size, screen}
}

func (p *picture) paint(w painted) {
	src := p.sample(w.m, w.part)
	p.turn = (p.turn + 1) % len(p.rgba)
	if p.rgba[p.turn] == nil {
		p.rgba[p.turn] = &image.RGBA{}
	}
	dst := p.rgba[p.turn]
	p.painter.Paint(dst, &src, w.mapping)
	if w.lines > 0 {
		p.painter.Isolines(dst, &src, w.lines, color.RGBA{A: 0xff})
	}
	p.op = paint.NewImageOp(dst)
	p.op.Filter = paint.FilterNearest
	p.have = w
}

// sample returns the pixels of the map that are in sight: whole rows of it
// themselves, else a copy.
func (p *picture) sample(m *depth.Map, w part) depth.Map {
	n := w.size.X * w.size.Y
	if w.size == w.source.Size() && w.size.X == m.Width {
		return depth.Map{Width: w.size.X, Height: w.size.Y, Z: m.Z[w.source.Min.Y*m.Width:][:n]}
	}
	if cap(p.part.Z) < n {
		p.part.Z = make([]float32, n)
	}
	p.part.Width, p.part.Height, p.part.Z = w.size.X, w.size.Y, p.part.Z[:n]
	p.columns = p.columns[:0]
	for x := 0; x < w.size.X; x++ {
		p.columns = append(p.columns, w.source.Min.X+(2*x+1)*w.source.Dx()/(2*w.size.X))
	}
	for y := 0; y < w.size.Y; y++ {
		from := m.Z[(w.source.Min.Y+(2*y+1)*w.source.Dy()/(2*w.size.Y))*m.Width:][:m.Width]
		to := p.part.Z[y*w.size.X:][:w.size.X]
		if w.size.X == w.source.Dx() {
			copy(to, from[w.source.Min.X:w.source.Max.X])
			continue
		}
		for x, column := range p.columns {
			to[x] = from[column]
		}
	}
	return p.part
}

// luminance returns the relative luminance of an sRGB colour.
func luminance(r, g, b uint8) float64 {
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// linear returns the light of an sRGB value, up to 1.
func linear(c uint8) float64 {
	x := float64(c) / 255
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

func zLabel(r model.Reading) string {
	if !r.Hit {
		return "no surface"
	}
	return model.ZText(r.Z) + " m"
}

// overPicture says what the picture shows, as far as that is not what was
// asked for.
func (f *frame) overPicture(r image.Rectangle) {
	m := f.m
	if m.Job.Scene == nil || m.Settled() {
		return
	}
	label := fmt.Sprintf("Casting frame %d", m.Frame)
	if m.Current() {
		p := &f.picture
		if p.coarse != m.Shown.Serial {
			p.coarse, p.coarseSince = m.Shown.Serial, f.Now
		}
		if tell := p.coarseSince.Add(coarseDelay); f.Now.Before(tell) {
			f.Execute(op.InvalidateCmd{At: tell})
			return // the exact one is on its way: no words that flicker
		}
		label = fmt.Sprintf("Frame %d, coarse", m.Frame)
	} else if m.Shown.Map != nil {
		label = fmt.Sprintf("Frame %d, while %d is cast", m.Shown.Frame, m.Frame)
		if m.Shown.Frame == m.Frame {
			label = "Casting"
		}
	} else if m.Shown.Serial == m.Want && m.Want != 0 {
		return // it failed, and a notice says why
	}
	st := f.faint().in(f.pal.text)
	w := f.width(label, st) + f.dp(20)
	chip := image.Rect(r.Min.X+f.dp(12), r.Max.Y-f.dp(12+24), r.Min.X+f.dp(12)+w, r.Max.Y-f.dp(12))
	f.round(chip, 12, withAlpha(f.pal.ground, tagAlpha))
	f.text(chip, label, st.to(text.Middle))
}
