package model

import (
	"testing"

	"zscope/depthcore/colormap"
)

func TestUndoAndRedo(t *testing.T) {
	d := opened(t, 48)
	if d.m.CanUndo() || d.m.CanRedo() {
		t.Fatal("a scene that was just opened has nothing to take back")
	}
	first := d.m.choices()
	d.send(SetMap{colormap.Viridis}, SetScale{colormap.Log}, ChooseSize{64, 48}, GoTo{9})
	d.render(true)
	last := d.m.choices()

	d.send(Undo{})
	if w, h := d.m.SizeOf(); w == 64 && h == 48 {
		t.Error("the size was not taken back")
	}
	if d.m.Frame != 9 {
		t.Errorf("the frame is no setting, and is %d", d.m.Frame)
	}
	d.render(true) // at the old size
	d.send(Undo{}, Undo{}, Undo{})
	if !d.m.choices().same(first) || d.m.CanUndo() {
		t.Errorf("all taken back: %+v, at first %+v", d.m.choices(), first)
	}
	d.send(Redo{}, Redo{}, Redo{}, Redo{})
	if !d.m.choices().same(last) || d.m.CanRedo() {
		t.Errorf("all made again: %+v, want %+v", d.m.choices(), last)
	}
	d.render(true)
	if !d.m.Settled() {
		t.Error("no picture after all was made again")
	}
}

// A drag is one change, and a change after Undo ends what could be made again.
func TestUndoOfADrag(t *testing.T) {
	d := opened(t, 48)
	d.send(SetRange{1, 20}, SetRange{2, 20}, SetRange{3, 20})
	d.send(Undo{})
	if c := d.m.Colour; c.Range != RangeAuto || c.Mapping.Near != 10 || c.Mapping.Far != 10 {
		t.Errorf("before the drag the range followed the picture: %+v", c)
	}
	d.send(Redo{})
	if n := d.m.Colour.Mapping.Near; n != 3 {
		t.Errorf("after the drag the range starts at %g", n)
	}
	d.send(Undo{}, ToggleLines{})
	if d.m.CanRedo() {
		t.Error("something else was done since")
	}
	d.send(Undo{})
	if d.m.Colour.Lines || d.m.CanUndo() {
		t.Errorf("lines %v", d.m.Colour.Lines)
	}
}

// What follows the picture is no change of a setting.
func TestAnswersAreNotTakenBack(t *testing.T) {
	d := opened(t, 48)
	d.send(GoTo{5})
	d.render(true)
	d.send(GoTo{6})
	d.render(true)
	if d.m.CanUndo() {
		t.Errorf("%+v", d.m.history.past)
	}
}

// Settings of one scene do not come back in another.
func TestUndoEndsWithTheScene(t *testing.T) {
	d := opened(t, 48)
	d.send(ChooseCamera{1}, Open{"/scenes/other.glb"})
	d.send(Loaded{Serial: take[Load](d)[0].Serial, Path: "/scenes/other.glb", Scene: walk(10)})
	if d.m.CanUndo() {
		t.Error("the camera of another scene can be taken back")
	}
}
