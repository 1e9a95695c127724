package ui

import (
	"context"
	"image"
	"image/color"
	"math"
	"testing"
	"time"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"zscope/depthcore/points"
	"zscope/viewer/model"
)

// drawClouds answers what points were asked for.
func (b *bench) drawClouds() {
	var last *model.DrawPoints
	for _, c := range b.take() {
		if c, ok := c.(model.DrawPoints); ok {
			last = &c
		}
	}
	if last == nil {
		return
	}
	img := image.NewRGBA(image.Rectangle{Max: last.Size})
	colours := image.NewRGBA(image.Rect(0, 0, last.Of.Width, last.Of.Height))
	for i, z := range last.Of.Z {
		colours.SetRGBA(i%last.Of.Width, i/last.Of.Width, last.Mapping.ColorAt(z))
	}
	cloud := points.NewCloud(points.Pixels{Map: last.Of, View: last.View, Colours: colours}, 1<<20)
	if err := cloud.Draw(context.Background(), img, last.Look, color.RGBA{0x10, 0x12, 0x15, 0xff}, color.RGBA{0x70, 0x78, 0x84, 0xff}); err != nil {
		b.t.Fatal(err)
	}
	b.update(model.PointsDrawn{Serial: last.Serial, Image: img})
	b.settle()
}

func TestPointsByMouse(t *testing.T) {
	b := opened(t)
	before := b.m.Place()
	b.press("S", 0)
	if !b.m.Points.On {
		t.Fatal("S shows no points")
	}
	view := b.place("points.view")
	if b.m.Points.Size != view.Size() {
		t.Errorf("the view is %v, drawn at %v", view.Size(), b.m.Points.Size)
	}
	look := func() points.Look { return b.m.Points.Look }
	was := look()
	// Half the smaller side is a quarter turn.
	b.drag(centre(view), centre(view).Add(f32.Pt(-float32(view.Dy())/2, 0)), 0)
	if got := look().Yaw - was.Yaw; math.Abs(got-math.Pi/2) > 1e-6 {
		t.Errorf("turned by %g", got)
	}
	b.drag(centre(view), centre(view).Add(f32.Pt(0, float32(view.Dy())/10)), key.ModShift)
	if got := look().Up - was.Up; math.Abs(got-0.1) > 1e-6 || look().Right != was.Right {
		t.Errorf("moved by %g", got)
	}
	b.router.Queue(pointer.Event{Kind: pointer.Scroll, Source: pointer.Mouse, Position: centre(view), Scroll: f32.Pt(0, -10)})
	b.settle()
	if got := look().Nearer - was.Nearer; math.Abs(got-math.Log(1.15)) > 1e-6 {
		t.Errorf("nearer by %g", got)
	}
	if b.m.Place() != before || b.m.Frame != 1 {
		t.Error("the picture below was moved")
	}
	b.click("points.camera")
	if look() != (points.Look{}) {
		t.Errorf("not as the camera: %+v", look())
	}
	b.click("points.large")
	if large := b.place("points.view"); !b.m.Points.Large || large.Dx() <= view.Dx() {
		t.Errorf("large is %v, small %v", large, view)
	}
	b.click("points.save")
	b.click("points.save/In the world's axes")
	asked := false
	for _, c := range b.take() {
		_, ok := c.(model.ChoosePoints)
		asked = asked || ok
	}
	if !asked || !b.m.Choosing {
		t.Error("nobody asks where to save")
	}
	b.update(model.Chosen{})
	b.settle()
	b.click("points.close")
	if b.m.Points.On {
		t.Error("the points stay")
	}
}

// Keys turn the points, and without them the free camera.
func TestPointsByKeys(t *testing.T) {
	b := opened(t)
	b.press(key.NameLeftArrow, key.ModAlt)
	if b.m.Frame != 1 || b.m.Free {
		t.Error("a key for nothing did something")
	}
	b.press("S", 0)
	was := b.m.Points.Look
	b.press(key.NameRightArrow, key.ModAlt)
	b.press(key.NameUpArrow, key.ModAlt)
	b.press(key.NameLeftArrow, key.ModAlt|key.ModShift)
	b.press(key.NamePageUp, 0)
	got := b.m.Points.Look
	if got.Yaw <= was.Yaw || got.Pitch <= was.Pitch || got.Right >= was.Right || got.Nearer <= was.Nearer || b.m.Frame != 1 {
		t.Errorf("%+v, was %+v", got, was)
	}
	b.press("S", 0)
	b.press("C", 0)
	orbit := b.m.Orbit
	b.press(key.NameRightArrow, key.ModAlt)
	b.press(key.NamePageDown, 0)
	b.press(key.NameUpArrow, key.ModAlt|key.ModShift)
	if o := b.m.Orbit; o.Yaw <= orbit.Yaw || o.Distance <= orbit.Distance || o.Target == orbit.Target {
		t.Errorf("%+v, was %+v", o, orbit)
	}
}

func TestPointsInRGB(t *testing.T) {
	b := opened(t)
	b.press("S", 0)
	b.openRGB()
	b.click("points.RGB")
	if !b.m.Points.RGB {
		t.Error("no RGB colours")
	}
	b.click("points.Depth")
	if b.m.Points.RGB {
		t.Error("still RGB")
	}
}

// A double click frames what is pointed at, in the free camera only; Shift+F
// does so from the scene's camera too.
func TestFrameObjectByMouseAndKey(t *testing.T) {
	b := opened(t)
	asked := func() (n int) {
		for _, c := range b.take() {
			if _, ok := c.(model.FindObject); ok {
				n++
			}
		}
		return n
	}
	at := b.onPixel(40, 30)
	twice := func() {
		b.pointer(pointer.Move, at, 0, 0)
		for range 2 {
			b.now = b.now.Add(-1900 * time.Millisecond) // each event takes the bench a second
			b.pointer(pointer.Press, at, pointer.ButtonPrimary, 0)
			b.pointer(pointer.Release, at, 0, 0)
		}
		b.settle()
	}
	twice()
	if n := asked(); n != 0 {
		t.Errorf("through the scene's camera a double click asked for %d objects", n)
	}
	b.press("F", key.ModShift)
	if n := asked(); n != 1 {
		t.Errorf("Shift+F asked for %d objects", n)
	}
	b.press("C", 0)
	b.answer()
	twice()
	if n := asked(); n != 1 {
		t.Errorf("a double click asked for %d objects", n)
	}
	b.clickAt(at)
	b.now = b.now.Add(time.Minute)
	b.clickAt(at)
	if n := asked(); n != 0 {
		t.Errorf("two clicks apart asked for %d objects", n)
	}
	b.press("C", key.ModShift)
	if b.m.Free {
		t.Error("Shift+C does not look through the scene's camera")
	}
}
