package ui

import (
	"image"
	"math"

	"gioui.org/f32"
	"gioui.org/io/event"
	"gioui.org/io/key"
	"gioui.org/io/pointer"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"golang.org/x/exp/shiny/materialdesign/icons"

	"zscope/depthcore/points"
	"zscope/viewer/model"
)

// cloudView is the gesture state of the view of points.
type cloudView struct {
	shown overlay
	drag  pointerDrag
}

// pointsTitles begin the titles that the sheet of keys sums up.
const (
	turns = "Turn the view "
	moves = "Move the view "
)

// pointsActions are what there is to do about points in space. The same keys
// turn the free camera where no points are shown.
func pointsActions() []action {
	shown := func(m model.Model) bool { return m.Points.On && hasPicture(m) }
	exact := func(m model.Model) bool { return m.Shown.Exact }
	list := []action{
		{"Points", "Points in space", keysOf("S"), send(model.TogglePoints{}), hasPicture},
		{"Points", "Points large or small", shift("S"), send(model.EnlargePoints{}), hasPicture},
		{"Points", "Points in RGB or depth colours", nil, func(f *frame) { f.emit(model.PaintPoints{RGB: !f.m.Points.RGB}) }, func(m model.Model) bool { return shown(m) && hasRGB(m) }},
		{"Points", "Points as the camera sees them", nil, send(model.ResetPoints{Camera: true}), shown},
		{"Points", "Points from aside", nil, send(model.ResetPoints{}), shown},
		{"Points", "Save points as PLY, camera's axes", nil, send(model.AskSavePoints{Axes: points.InCamera}), exact},
		{"Points", "Save points as PLY, world's axes", nil, send(model.AskSavePoints{Axes: points.InWorld}), exact},
	}
	turned := func(m model.Model) bool { return m.PointsTurned() || m.Free }
	for _, way := range []struct {
		words string
		key   key.Name
		x, y  float64
	}{{"left", key.NameLeftArrow, -1, 0}, {"right", key.NameRightArrow, 1, 0}, {"up", key.NameUpArrow, 0, 1}, {"down", key.NameDownArrow, 0, -1}} {
		list = append(list,
			action{"Camera", turns + way.words, []keystroke{{key.ModAlt, way.key}}, func(f *frame) { f.turnView(way.x, way.y) }, turned},
			action{"Camera", moves + way.words, []keystroke{{key.ModAlt | key.ModShift, way.key}}, func(f *frame) { f.moveView(way.x, way.y) }, turned})
	}
	return append(list,
		action{"Camera", "Nearer", keysOf(key.NamePageUp), func(f *frame) { f.zoomView(1) }, turned},
		action{"Camera", "Farther", keysOf(key.NamePageDown), func(f *frame) { f.zoomView(-1) }, turned})
}

func (f *frame) turnView(x, y float64) {
	const step = 5 * math.Pi / 180
	if f.m.PointsTurned() {
		f.emit(model.TurnPoints{Yaw: x * step, Pitch: y * step})
	} else {
		f.emit(model.OrbitBy{Yaw: -x * step, Pitch: y * step})
	}
}

func (f *frame) moveView(x, y float64) {
	const step = 0.05
	if f.m.PointsTurned() {
		f.emit(model.MovePoints{Right: x * step, Up: y * step})
	} else {
		f.emit(model.FlyBy{Right: x * step, Up: y * step})
	}
}

func (f *frame) zoomView(by float64) {
	const step = 0.14
	if f.m.PointsTurned() {
		f.emit(model.ZoomPoints{By: by * step})
	} else {
		f.emit(model.OrbitZoom{Factor: math.Exp(-by * step)})
	}
}

// pointsView is the view of points, in the corner of the picture or over all of
// it.
func (f *frame) pointsView(r image.Rectangle) {
	p := f.m.Points
	if !p.On || f.m.Shown.Map == nil {
		return
	}
	box := f.pointsBox(r)
	f.name("points", box)
	f.catchBox(box)
	f.round(box.Inset(-f.dp(1)), 7, f.pal.line)
	f.round(box, 6, f.pal.panel)
	in := rect{inset(box, f.dp(6), f.dp(6))}
	f.pointsBar(rect{in.top(f.dp(28))})
	in.top(f.dp(4))
	if p.Size != in.Size() {
		f.emit(model.PointsSized{Size: in.Size()})
	}
	f.updatePoints(in.Rectangle)
	f.fill(in.Rectangle, rgb(0x101215))
	if p.Image != nil {
		f.drawImage(in.Rectangle, p.Image, &f.cloud.shown)
	}
}

// pointsBox returns where the view lies.
func (f *frame) pointsBox(r image.Rectangle) image.Rectangle {
	margin := f.dp(12)
	if f.m.Points.Large {
		return r.Inset(margin)
	}
	w := max(f.dp(232), min(r.Dx()*2/5, f.dp(520)))
	h := min(w*3/4+f.dp(38), r.Dy()-2*margin)
	box := image.Rect(0, 0, min(w, r.Dx()-2*margin), h)
	at := r.Max.Sub(box.Max).Sub(image.Pt(margin, margin))
	if e := f.m.Export; e.Running || e.Result != nil { // its strip lies there
		at.Y = max(r.Min.Y+margin, at.Y-f.dp(116))
	}
	return box.Add(at)
}

func (f *frame) pointsBar(row rect) {
	p := f.m.Points
	if f.button("points.close", row.right(f.dp(28)), button{icon: icons.NavigationClose, tip: "Take the points away (S)"}) {
		f.emit(model.TogglePoints{})
	}
	grow := button{icon: icons.NavigationFullscreen, tip: "Over the whole picture (Shift+S)"}
	if p.Large {
		grow = button{icon: icons.NavigationFullscreenExit, tip: "Into the corner (Shift+S)"}
	}
	if f.button("points.large", row.right(f.dp(28)), grow) {
		f.emit(model.EnlargePoints{})
	}
	axes := []string{"In the camera's axes (z is Z)", "In the world's axes"}
	if i, ok := f.menu("points.save", row.right(f.dp(28)), icons.FileFileDownload, "Save the points as PLY", axes); ok {
		f.emit(model.AskSavePoints{Axes: points.Axes(i)})
	}
	reset := button{icon: icons.ImageCameraAlt, tip: "As the camera sees them"}
	if f.button("points.camera", row.right(f.dp(28)), reset) {
		f.emit(model.ResetPoints{Camera: true})
	}
	if hasRGB(f.m) {
		row.right(f.dp(4))
		selected := 0
		if p.RGB {
			selected = 1
		}
		if i, ok := f.segments("points", row.right(f.dp(112)), []string{"Depth", "RGB"}, selected); ok {
			f.emit(model.PaintPoints{RGB: i == 1})
		}
	}
	row.left(f.dp(6))
	f.text(row.Rectangle, "Points", f.plain().strong())
}

// updatePoints reads the pointer over the points: dragging turns them, with
// Shift or another button moves them, the wheel brings them nearer.
func (f *frame) updatePoints(r image.Rectangle) {
	c := &f.cloud
	f.name("points.view", r)
	for {
		e, ok := f.Event(pointer.Filter{
			Target:  c,
			Kinds:   pointer.Press | pointer.Drag | pointer.Release | pointer.Cancel | pointer.Scroll,
			ScrollY: pointer.ScrollRange{Min: -10000, Max: 10000},
		})
		if !ok {
			break
		}
		p, ok := e.(pointer.Event)
		if !ok || f.resting {
			continue
		}
		switch p.Kind {
		case pointer.Press:
			f.Execute(key.FocusCmd{})
			c.drag = pointerDrag{buttons: p.Buttons, mods: p.Modifiers, last: p.Position}
		case pointer.Drag:
			by := p.Position.Sub(c.drag.last)
			c.drag.last = p.Position
			switch side := float64(max(1, min(r.Dx(), r.Dy()))); {
			case c.drag.buttons == 0:
			case c.drag.mods.Contain(key.ModShift), !c.drag.buttons.Contain(pointer.ButtonPrimary):
				f.emit(model.MovePoints{Right: -float64(by.X) / side, Up: float64(by.Y) / side})
			default:
				const turn = math.Pi // for a drag across the view
				f.emit(model.TurnPoints{Yaw: -float64(by.X) / side * turn, Pitch: float64(by.Y) / side * turn})
			}
		case pointer.Release, pointer.Cancel:
			c.drag = pointerDrag{}
		case pointer.Scroll:
			f.emit(model.ZoomPoints{By: -float64(p.Scroll.Y) / 10 * math.Log(1.15)})
		}
	}
	if f.resting {
		return
	}
	defer pushRect(f.Ops, r).Pop()
	event.Op(f.Ops, c)
	pointer.CursorGrab.Add(f.Ops)
}

// drawImage stretches a picture over r.
func (f *frame) drawImage(r image.Rectangle, img *image.RGBA, o *overlay) {
	if o.of != img {
		*o = overlay{img, paint.NewImageOp(img)}
		o.op.Filter = paint.FilterNearest
	}
	defer clip.Rect(r).Push(f.Ops).Pop()
	scale := f32.Pt(float32(r.Dx())/float32(max(1, img.Rect.Dx())), float32(r.Dy())/float32(max(1, img.Rect.Dy())))
	at := f32.Pt(float32(r.Min.X), float32(r.Min.Y))
	defer op.Affine(f32.AffineId().Scale(f32.Point{}, scale).Offset(at)).Push(f.Ops).Pop()
	o.op.Add(f.Ops)
	paint.PaintOp{}.Add(f.Ops)
}
