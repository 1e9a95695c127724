package ui

import (
	"image"

	"gioui.org/io/key"

	"zscope/viewer/model"
)

// readingActions are what there is to do about reading depth.
func readingActions() []action {
	nudge := func(dx, dy int) func(*frame) { return send(model.NudgePointer{DX: dx, DY: dy}) }
	list := []action{
		{"Reading", "Pin the pixel pointed at", keysOf("N"), func(f *frame) { f.emit(model.PinAt{At: f.m.Pointer.At}) }, pointing},
		{"Reading", "Pin the point in space", keysOf("W"), func(f *frame) { f.emit(model.PinPointAt{At: f.m.Pointer.At}) }, pointing},
		{"Reading", "Pin the place of the surface", shift("W"), func(f *frame) { f.emit(model.PinSurfaceAt{At: f.m.Pointer.At}) }, pointing},
		{"Reading", "Let all pins go", shift("N"), send(model.ClearPins{}), hasPins},
		{"Reading", "Cast all frames for the pins' curves", nil, send(model.FillCurves{}), hasPins},
		{"Reading", "Corner of an area", keysOf("V"), send(model.MarkCorner{}), pointing},
		{"Reading", "Let the area go", []keystroke{{key.ModShift, "V"}, {0, key.NameDeleteBackward}, {0, key.NameDeleteForward}}, send(model.SetArea{}), hasArea},
		{"Reading", "Copy the reading", ctrl("C"), send(model.CopyReading{}), model.Model.CanCopy},
		{"Reading", "Copy it as JSON", []keystroke{{key.ModShortcut | key.ModShift, "C"}}, send(model.CopyReadingJSON{}), model.Model.CanCopy},
	}
	list = append(list,
		action{"Camera", "Frame the object pointed at", shift("F"), send(model.FrameObject{}), pointing},
		action{"Camera", "Fill the camera track: make the frames that it leaves out", nil, send(model.FillTrack{}), func(m model.Model) bool { return m.TrackGaps() > 0 }},
		action{"Camera", "Next camera", shift("C"), send(model.NextCamera{}), func(m model.Model) bool { return hasScene(m) && len(m.Job.Scene.Cameras) > 0 }})
	for _, way := range []struct {
		words  string
		key    key.Name
		dx, dy int
	}{{"left", key.NameLeftArrow, -1, 0}, {"right", key.NameRightArrow, 1, 0}, {"up", key.NameUpArrow, 0, -1}, {"down", key.NameDownArrow, 0, 1}} {
		list = append(list,
			action{"Reading", pointerMoves + way.words, ctrl(way.key), nudge(way.dx, way.dy), hasPicture},
			action{"Reading", pointerMoves + way.words + ", 10 pixels", []keystroke{{key.ModShortcut | key.ModShift, way.key}}, nudge(10*way.dx, 10*way.dy), hasPicture})
	}
	return list
}

// pointerMoves begins the titles that the sheet of keys sums up in one line.
const pointerMoves = "Point at the pixel "

func pointing(m model.Model) bool { _, ok := m.Reading(); return ok }
func hasPins(m model.Model) bool  { return len(m.Pins) > 0 }
func hasArea(m model.Model) bool  { return !m.Area.Pixels.Empty() }

// drawKeyPointer shows where the keys point: the mouse is elsewhere.
func (f *frame) drawKeyPointer(r image.Rectangle) {
	p := f.m.Pointer
	if !p.ByKey || !p.Inside {
		return
	}
	at := image.Pt(int(p.At.X), int(p.At.Y)).Add(r.Min)
	f.name("key pointer", image.Rectangle{Min: at, Max: at.Add(image.Pt(1, 1))})
	one, arm, gap := max(1, f.dp(1)), f.dp(12), f.dp(4)
	for _, ink := range []struct {
		grow  int
		color uint32
	}{{one, 0x000000}, {0, 0xffffff}} {
		for _, bar := range []image.Rectangle{
			image.Rect(-arm, 0, -gap, one), image.Rect(gap, 0, arm, one), image.Rect(0, -arm, one, -gap), image.Rect(0, gap, one, arm),
		} {
			f.fill(bar.Inset(-ink.grow).Add(at), rgb(ink.color))
		}
	}
}
