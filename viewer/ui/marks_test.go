package ui

import (
	"testing"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"zscope/viewer/model"
)

// The marks are dragged by their handles, moved by arrow keys, and do not pass
// each other; below the handles the track scrubs.
func TestMarksAreDragged(t *testing.T) {
	b := opened(t)
	b.update(model.SetMarks{In: 20, Out: 60, Done: true})
	b.settle()
	bar := b.place("timeline")
	perFrame := float32(bar.Dx()-16) / 100
	marks := func(want model.Marks) {
		t.Helper()
		if b.m.Marks != want {
			t.Errorf("marks %+v, want %+v", b.m.Marks, want)
		}
	}
	by := func(name string, frames float32) {
		from := centre(b.place(name))
		b.drag(from, from.Add(f32.Pt(frames*perFrame, 0)), 0)
		b.settle()
	}
	by("mark in", 10)
	marks(model.Marks{Set: true, In: 30, Out: 60})
	by("mark out", -15)
	marks(model.Marks{Set: true, In: 30, Out: 45})
	by("mark in", 50)
	marks(model.Marks{Set: true, In: 45, Out: 45})
	by("mark out", 80)
	marks(model.Marks{Set: true, In: 45, Out: 100})
	b.update(model.Undo{}) // a drag is one change
	marks(model.Marks{Set: true, In: 45, Out: 45})
	b.update(model.Redo{})
	b.settle()

	b.clickAt(centre(b.place("mark in"))) // a click alone moves nothing
	b.settle()
	marks(model.Marks{Set: true, In: 45, Out: 100})
	if b.m.Frame != 1 {
		t.Errorf("a click on a mark goes to frame %d", b.m.Frame)
	}
	b.reach("mark in")
	b.press(key.NameLeftArrow, 0)
	b.press(key.NameRightArrow, key.ModShift)
	marks(model.Marks{Set: true, In: 54, Out: 100})

	// All of a quick drag may lie between two drawings.
	from := centre(b.place("mark in"))
	for _, e := range []pointer.Event{
		{Kind: pointer.Press, Buttons: pointer.ButtonPrimary, Position: from},
		{Kind: pointer.Move, Buttons: pointer.ButtonPrimary, Position: from.Add(f32.Pt(-4*perFrame, 0))},
		{Kind: pointer.Release, Position: from.Add(f32.Pt(-4*perFrame, 0))},
	} {
		e.Source = pointer.Mouse
		b.router.Queue(e)
	}
	b.settle()
	marks(model.Marks{Set: true, In: 50, Out: 100})
	b.update(model.SetMarks{In: 54, Out: 100, Done: true})
	b.settle()

	below := centre(b.place("mark in")).Add(f32.Pt(0, 16))
	b.clickAt(below)
	if b.m.Frame < 53 || b.m.Frame > 54 {
		t.Errorf("a click below the mark of frame 54 goes to %d", b.m.Frame)
	}
}

// A part of the frames for this machine is typed beside them.
func TestExportPart(t *testing.T) {
	b := opened(t)
	b.update(model.OpenExport{})
	b.settle()
	b.replace("export.part", "2/4")
	if e := b.m.Export; e.Draft.Part != "2/4" || e.Frames != 25 || e.Problem != "" {
		t.Errorf("part %q makes %d frames: %s", e.Draft.Part, e.Frames, e.Problem)
	}
	b.replace("export.part", "five")
	if b.m.Export.Problem == "" {
		t.Error("a part that is none was taken")
	}
}
