package ui

import (
	"testing"

	"gioui.org/f32"
	"gioui.org/io/pointer"

	"zscope/viewer/model"
)

func TestFlyByHand(t *testing.T) {
	b := opened(t)
	b.update(model.LookFreely{Free: true})
	b.answer()
	start := b.m.Orbit
	at := centre(b.place("picture"))
	b.pointer(pointer.Move, at, 0, 0)
	b.pointer(pointer.Press, at, pointer.ButtonSecondary, 0)
	b.press("W", 0)
	moved := b.m.Orbit
	if moved.Target == start.Target || moved.Yaw != start.Yaw {
		t.Fatalf("W moved %+v to %+v", start, moved)
	}
	b.press("A", 0) // otherwise: see the whole scene
	if b.m.Orbit.Distance != start.Distance || b.m.Orbit.Target == moved.Target {
		t.Errorf("A moved %+v to %+v", moved, b.m.Orbit)
	}
	b.pointer(pointer.Move, at.Add(f32.Pt(50, 20)), pointer.ButtonSecondary, 0)
	b.settle()
	if b.m.Orbit.Yaw == start.Yaw {
		t.Error("the mouse does not look around")
	}
	b.pointer(pointer.Release, at, 0, 0)
	b.settle()
	last := b.m.Orbit
	b.press("W", 0)
	if b.m.Orbit != last {
		t.Error("W flies without the button")
	}
}
