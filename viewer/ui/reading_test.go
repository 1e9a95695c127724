package ui

import (
	"image"
	"strings"
	"testing"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/depth"
	"zscope/viewer/model"
)

// onPixel returns where a pixel of the picture lies in the window.
func (b *bench) onPixel(x, y int) f32.Point {
	u, v := b.m.Place().Screen(float64(x)+0.5, float64(y)+0.5)
	r := b.place("picture")
	return f32.Pt(float32(u)+float32(r.Min.X), float32(v)+float32(r.Min.Y))
}

// measureAreas answers what areas were asked for.
func (b *bench) measureAreas() {
	for _, c := range b.take() {
		if c, ok := c.(model.MeasureArea); ok {
			b.update(model.AreaMeasured{Serial: c.Serial, Of: c.Of, Pixels: c.Pixels, Stats: c.Of.Over(c.Pixels)})
		}
	}
	b.settle()
}

func (b *bench) clickWith(at f32.Point, mods key.Modifiers) {
	b.t.Helper()
	b.pointer(pointer.Move, at, 0, mods)
	b.pointer(pointer.Press, at, pointer.ButtonPrimary, mods)
	b.pointer(pointer.Release, at, 0, mods)
	b.settle()
}

func TestAreaByMouse(t *testing.T) {
	b := newBench(t, 1280, 1400)
	b.open()
	before := b.m.Place()
	b.drag(b.onPixel(30, 40), b.onPixel(10, 20), key.ModShortcut)
	if want := image.Rect(10, 20, 31, 41); b.m.Area.Pixels != want || b.m.Place() != before {
		t.Errorf("area %v, want %v; the picture lies at %v, was at %v", b.m.Area.Pixels, want, b.m.Place(), before)
	}
	b.measureAreas()
	if s, ok := b.m.AreaStats(); !ok || s.Hits != 21*21 {
		t.Errorf("%+v %v", s, ok)
	}
	b.click("copy area")
	copied := false
	for _, c := range b.take() {
		c, ok := c.(model.Copy)
		copied = copied || ok && strings.Contains(c.Text, "area 21 x 21")
	}
	if !copied {
		t.Error("nothing was copied")
	}
	b.click("clear area")
	if !b.m.Area.Pixels.Empty() {
		t.Error("the area stays")
	}
	for _, key := range []key.Name{key.NameDeleteBackward, key.NameDeleteForward} {
		b.update(model.SetArea{Pixels: image.Rect(1, 1, 5, 5)})
		b.press(key, 0)
		if !b.m.Area.Pixels.Empty() {
			t.Errorf("%s leaves the area", key)
		}
	}
}

// The same without a mouse.
func TestAreaByKeys(t *testing.T) {
	b := opened(t)
	b.press(key.NameRightArrow, key.ModShortcut)
	b.press("V", 0)
	b.press(key.NameDownArrow, key.ModShortcut|key.ModShift)
	b.press(key.NameLeftArrow, key.ModShortcut)
	b.press("V", 0)
	b.press(key.NameLeftArrow, key.ModShortcut|key.ModShift)
	if want := image.Rect(79, 60, 81, 71); b.m.Area.Pixels != want || b.m.Frame != 1 {
		t.Errorf("area %v, want %v; frame %d", b.m.Area.Pixels, want, b.m.Frame)
	}
	if r, ok := b.m.Reading(); !ok || r.X != 69 || r.Y != 70 {
		t.Errorf("points at %+v %v", r, ok)
	}
	b.place("key pointer")
	b.press("V", key.ModShift)
	if !b.m.Area.Pixels.Empty() {
		t.Error("the area stays")
	}
}

// Arrows with Ctrl belong to a line of text while it has the focus.
func TestArrowsOfText(t *testing.T) {
	b := opened(t)
	b.click("frame")
	b.press(key.NameRightArrow, key.ModShortcut)
	if b.m.Pointer.ByKey {
		t.Error("a key for the text moved the pointer")
	}
}

func TestPinsByMouse(t *testing.T) {
	b := newBench(t, 1280, 1400)
	b.open()
	b.clickWith(b.onPixel(40, 30), key.ModShortcut)
	b.clickWith(b.onPixel(90, 30), key.ModShortcut|key.ModShift)
	if p := b.m.Pins; len(p) != 2 || p[0] != (model.Pin{X: 40, Y: 30}) || !p[1].InWorld {
		t.Fatalf("pins %+v", b.m.Pins)
	}
	if got := centre(b.place("pin.1")); got.Sub(b.onPixel(90, 30)).X > 1 {
		t.Errorf("the pin in space lies at %v, not at %v", got, b.onPixel(90, 30))
	}
	b.click("fill curves")
	if !b.m.Survey.Running {
		t.Error("the curves are not filled")
	}
	b.update(model.CacheKnown{Serial: b.m.Want, Traces: [][]float32{make([]float32, 100), {1, 2, 3, depth.Empty(), 4}}})
	b.settle()
	r := b.place("curves")
	b.clickAt(f32.Pt(float32(r.Max.X-6), centre(r).Y))
	if b.m.Frame != 100 {
		t.Errorf("a click at the end of the curves leads to frame %d", b.m.Frame)
	}
	b.click("copy pins")
	b.click("clear pins")
	if len(b.m.Pins) != 0 {
		t.Error("the pins stay")
	}
	b.pointer(pointer.Move, b.onPixel(90, 30), 0, 0)
	b.press("W", 0)
	if len(b.m.Pins) != 1 || !b.m.Pins[0].InWorld {
		t.Errorf("W pins %+v", b.m.Pins)
	}
	b.answer() // the picture of the frame that was gone to
	b.take()
	known := func() {
		for _, cmd := range b.take() {
			if p, ok := cmd.(model.Probe); ok {
				b.update(model.Probed{Serial: p.Serial, Surface: model.Surface{Hit: true, On: model.Anchor{Set: true, Weights: mgl64.Vec3{1, 0, 0}}}})
			}
		}
		b.settle()
	}
	b.clickWith(b.onPixel(60, 60), key.ModShift)
	known()
	if len(b.m.Pins) != 2 || !b.m.Pins[1].On.Set {
		t.Errorf("Shift+click pins %+v", b.m.Pins)
	}
	b.clickWith(b.onPixel(60, 60), key.ModShift)
	if len(b.m.Pins) != 1 {
		t.Errorf("Shift+click on the pin leaves %+v", b.m.Pins)
	}
	b.pointer(pointer.Move, b.onPixel(90, 30), 0, 0)
	b.take()
	b.press("W", key.ModShift)
	known()
	if len(b.m.Pins) != 2 || !b.m.Pins[1].On.Set {
		t.Errorf("Shift+W pins %+v", b.m.Pins)
	}
}

// The sheet of keys has a line for what it sums up, and not the many.
func TestSheetSumsUp(t *testing.T) {
	lines := 0
	for _, g := range keyGroups() {
		for _, l := range g.lines {
			if strings.HasPrefix(l[0], pointerMoves) {
				t.Errorf("%q is in the sheet", l[0])
			}
			if l[1] == "Ctrl+arrows" {
				lines++
			}
		}
	}
	if lines != 1 {
		t.Errorf("%d lines for the arrows with Ctrl", lines)
	}
}

// In a small window the sheet of keys scrolls to its end, and no farther.
func TestSheetScrolls(t *testing.T) {
	b := newBench(t, 640, 400)
	b.open()
	b.press("?", 0)
	for range 50 {
		b.press(key.NamePageDown, 0)
	}
	end := b.ui.sheet.up
	if end == 0 {
		t.Fatal("it does not scroll")
	}
	b.press(key.NameUpArrow, 0)
	if b.ui.sheet.up >= end || b.m.Frame != 1 {
		t.Errorf("at %d of %d, frame %d", b.ui.sheet.up, end, b.m.Frame)
	}
	b.router.Queue(pointer.Event{Kind: pointer.Scroll, Source: pointer.Mouse, Position: f32.Pt(320, 200), Scroll: f32.Pt(0, -1000)})
	b.settle()
	if b.ui.sheet.up != 0 {
		t.Errorf("scrolled up to %d", b.ui.sheet.up)
	}
	b.press(key.NameEscape, 0)
	if b.ui.help {
		t.Error("the sheet stays")
	}
}
