package ui

import (
	"math"
	"testing"

	"gioui.org/f32"

	"zscope/viewer/model"
)

func TestPanelByHand(t *testing.T) {
	b := opened(t)
	b.take()
	edge := b.place("panel edge")
	before := b.place("panel").Dx()
	from := centre(edge)
	b.drag(from, from.Sub(f32.Pt(60, 0)), 0)
	if got := b.place("panel").Dx(); got != before+60 {
		t.Errorf("the panel was %d wide and is %d, dragged by 60", before, got)
	}
	kept := 0.0
	for _, cmd := range b.take() {
		if k, ok := cmd.(model.KeepSettings); ok {
			kept = k.Settings.Panel
		}
	}
	if math.Abs(kept-float64(before+60)) > 1 {
		t.Errorf("kept a width of %g", kept)
	}
	// It has bounds, and leaves the picture its part.
	b.drag(centre(b.place("panel edge")), f32.Pt(5, 300), 0)
	if panel, picture := b.place("panel").Dx(), b.place("picture").Dx(); panel > b.size.X/2 || picture < b.size.X/3 {
		t.Errorf("panel %d and picture %d of %d", panel, picture, b.size.X)
	}
	b.drag(centre(b.place("panel edge")), f32.Pt(float32(b.size.X-2), 300), 0)
	if panel := b.place("panel").Dx(); panel < 200 {
		t.Errorf("panel %d", panel)
	}
	b.press("P", 0)
	if _, there := b.ui.Places()["panel"]; there {
		t.Error("P does not hide the panel")
	}
}
