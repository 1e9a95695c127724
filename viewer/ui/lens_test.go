package ui

import (
	"testing"

	"gioui.org/io/key"

	"zscope/viewer/model"
)

func TestIntrinsicsByHand(t *testing.T) {
	b := opened(t)
	b.ui.panel.scroll = 1 << 20
	b.settle()
	b.replace("lens.fx", "123.5")
	b.press(key.NameReturn, 0)
	if fx := b.m.Job.Lens.Fx; fx == nil || *fx != 123.5 {
		t.Fatalf("fx %v", fx)
	}
	b.settle()
	b.click("own lens")
	if b.m.Refitted() {
		t.Error("the camera's own did not come back")
	}
	// From the first pixel's centre, cx is half a pixel less.
	b.click("lens.origin.centre")
	b.settle()
	b.replace("lens.cx", "31")
	b.press(key.NameReturn, 0)
	if cx := b.m.Job.Lens.Cx; cx == nil || *cx != 31.5 {
		t.Errorf("cx %v", cx)
	}
	b.click("own lens")
	b.update(model.LookFreely{Free: true})
	b.settle()
	if _, there := b.ui.Places()["lens.fx"]; there {
		t.Error("the free camera has no intrinsics to type")
	}
}
