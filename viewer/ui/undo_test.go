package ui

import (
	"testing"

	"gioui.org/io/key"

	"zscope/depthcore/colormap"
)

func TestUndoByKey(t *testing.T) {
	b := opened(t)
	b.press("M", 0)
	if b.m.Colour.Mapping.Map == colormap.Default().Map {
		t.Fatal("M did not change the colour map")
	}
	b.press("Z", key.ModShortcut)
	if b.m.Colour.Mapping.Map != colormap.Default().Map {
		t.Error("Ctrl+Z did not take the colour map back")
	}
	b.press("Z", key.ModShortcut|key.ModShift)
	if b.m.Colour.Mapping.Map == colormap.Default().Map {
		t.Error("Ctrl+Shift+Z did not make the change again")
	}
	// In a line of text, Ctrl+Z is the text's.
	b.click("frame")
	b.press("Z", key.ModShortcut)
	if b.ui.Typing() != "frame" || !b.m.CanUndo() {
		t.Errorf("typing in %q, can undo %v", b.ui.Typing(), b.m.CanUndo())
	}
}
