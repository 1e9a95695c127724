package ui

import (
	"slices"
	"testing"

	"gioui.org/io/key"

	"zscope/viewer/model"
)

// Whatever is on the screen says what it is for where the pointer rests on it,
// and can be reached by Tab and shown to have the focus, unless a key or another
// control does its work.
func TestEachControlHasATipAndTheFocus(t *testing.T) {
	// The curves are a timeline, which has keys.
	exempt := []string{"curves"}
	seen := map[string]bool{}
	for _, p := range panels {
		b := newBench(t, 1280, 800)
		p.show(b)
		b.settle()
		if b.ui.popup != nil {
			continue // the list has the keys until it is closed
		}
		reached := map[string]bool{}
		for range len(b.ui.controls) + 40 {
			b.press(key.NameTab, 0)
			b.settle()
			reached[b.ui.focused.now] = true
		}
		for name, tip := range b.ui.controls {
			if seen[name] || slices.Contains(exempt, name) {
				continue
			}
			seen[name] = true
			if tip == "" {
				t.Errorf("%s: nothing says what %q is for (tips.go)", p.name, name)
			}
			if !reached[name] {
				t.Errorf("%s: Tab does not lead to %q", p.name, name)
			}
		}
	}
	if len(seen) < 60 {
		t.Errorf("only %d controls were seen", len(seen))
	}
	t.Logf("%d controls", len(seen))
}

// A control that Tab leads to is scrolled into the panel's sight, and only then
// does the panel scroll.
func TestFocusIsRevealed(t *testing.T) {
	b := newBench(t, 900, 420)
	b.open()
	panel := b.place("panel")
	hidden := b.place("lens.cy")
	if hidden.Min.Y < panel.Max.Y {
		t.Fatalf("lens.cy is in sight at %v from the start", hidden)
	}
	for range 80 {
		b.press(key.NameTab, 0)
		b.settle()
		if b.ui.focused.now == "lens.cy" {
			if r := b.place("lens.cy"); !r.In(panel) {
				t.Errorf("the focused field is at %v, the panel at %v", r, panel)
			}
			at := b.ui.panel.scroll
			b.settle()
			if b.ui.panel.scroll != at || at == 0 {
				t.Errorf("the panel scrolls on: %d, then %d", at, b.ui.panel.scroll)
			}
			return
		}
	}
	t.Error("Tab does not lead to the field")
}

// reach presses Tab until a control has the focus.
func (b *bench) reach(name string) {
	b.t.Helper()
	for range 80 {
		b.press(key.NameTab, 0)
		b.settle()
		if b.ui.focused.now == name {
			return
		}
	}
	b.t.Fatalf("Tab does not lead to %q", name)
}

// What is dragged is moved by the arrow keys too.
func TestArrowsInPlaceOfDragging(t *testing.T) {
	b := newBench(t, 1280, 800)
	b.open()
	wide := b.place("panel").Dx()
	b.reach("panel edge")
	b.press(key.NameLeftArrow, 0)
	if got := b.place("panel").Dx(); got != wide+16 {
		t.Errorf("the panel is %d wide, was %d", got, wide)
	}
	if b.m.Frame != 1 {
		t.Error("the arrow went to the timeline as well")
	}
	near := b.m.Colour.Mapping.Near
	b.reach("range near handle")
	b.press(key.NameRightArrow, key.ModShift)
	if m := b.m.Colour; !(m.Mapping.Near > near) || m.Range != model.RangeLocked {
		t.Errorf("the near end is %g, was %g", m.Mapping.Near, near)
	}
	b.press(key.NameEscape, 0)
	b.press(key.NameRightArrow, 0)
	if b.m.Frame != 2 {
		t.Errorf("Escape does not give the arrows back: frame %d", b.m.Frame)
	}
}

// On a card, Enter and the space bar press what has the focus, and Enter does
// the card's one thing only where nothing has it.
func TestCardByKeys(t *testing.T) {
	b := opened(t)
	open := func() {
		b.press("E", key.ModShortcut)
		for _, c := range b.take() {
			if c, ok := c.(model.CheckJob); ok {
				b.update(model.JobChecked{Serial: c.Serial})
			}
		}
		b.settle()
	}
	open()
	b.reach("export.verify")
	b.press(key.NameSpace, 0)
	if b.m.Export.Draft.Verify || b.m.Play.On() {
		t.Error("the space bar does not tick a box")
	}
	b.reach("export.cancel")
	b.press(key.NameReturn, 0)
	if b.m.Export.Open || b.m.Export.Running {
		t.Errorf("Enter on Cancel: open %v, running %v", b.m.Export.Open, b.m.Export.Running)
	}
	open()
	b.press(key.NameReturn, 0)
	if !b.m.Export.Running {
		t.Error("Enter does not export")
	}
}

// The palette finds what is otherwise chosen from lists, and the timeline is
// zoomed without a wheel.
func TestPaletteFindsChoices(t *testing.T) {
	b := opened(t)
	b.press("P", key.ModShortcut)
	b.router.Queue(key.EditEvent{Text: "camera side"})
	b.settle()
	b.press(key.NameReturn, 0)
	if b.m.Job.Camera != 1 {
		t.Errorf("camera %d", b.m.Job.Camera)
	}
	b.press("P", key.ModShortcut)
	b.router.Queue(key.EditEvent{Text: "scale inverse"})
	b.settle()
	b.press(key.NameReturn, 0)
	if s := b.m.Colour.Mapping.Scale; s.String() != "inverse" {
		t.Errorf("scale %v", s)
	}
	b.click("scale.Percent")
	if m := b.m.Colour.Mapping; m.Scale.String() != "percentile" || m.Spread == nil {
		t.Errorf("scale %v, spread %v", m.Scale, m.Spread != nil)
	}
	b.press("=", key.ModShortcut)
	from, to := b.ui.timeline.span(b.m)
	if !(to-from < 80 && from <= 1 && to >= 1) {
		t.Errorf("zoomed in to %g..%g around frame 1", from, to)
	}
	b.press("0", key.ModShortcut)
	if from, to := b.ui.timeline.span(b.m); from != 0.5 || to != 100.5 {
		t.Errorf("the whole timeline is %g..%g", from, to)
	}
}
