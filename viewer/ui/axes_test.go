package ui

import (
	"testing"

	"gioui.org/io/key"

	"zscope/viewer/model"
)

func TestAxesByHand(t *testing.T) {
	b := opened(t)
	if _, there := b.ui.Places()["unit"]; there {
		t.Error("a glTF file says what its unit is")
	}
	b.m.Job.Scene.Source.Format = "STL (binary)"
	b.ui.panel.scroll = 1 << 20
	b.settle()
	b.take()
	loads := func() (last model.Axes) {
		for _, cmd := range b.take() {
			if l, ok := cmd.(model.Load); ok {
				last = l.Meant
			}
		}
		return last
	}
	b.click("up.Y")
	if got := loads(); got != (model.Axes{Up: "y", Unit: 1}) {
		t.Errorf("up.Y: %+v", got)
	}
	b.replace("unit", "0.01")
	b.press(key.NameReturn, 0)
	if got := loads(); got.Unit != 0.01 {
		t.Errorf("unit: %+v", got)
	}
}
