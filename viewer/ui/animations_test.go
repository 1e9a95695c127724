package ui

import "testing"

func TestAnimationsByHand(t *testing.T) {
	b := opened(t)
	s := *b.m.Job.Scene
	s.Animations = append(s.Animations[:1:1], s.Animations[0])
	b.m.Job.Scene = &s
	b.ui.panel.scroll = 1 << 20
	b.settle()
	b.click("animation.1")
	if b.m.Plays(1) || !b.m.Plays(0) {
		t.Errorf("animations %v", b.m.Job.Animations)
	}
	b.click("animation.1")
	if b.m.Job.Animations != nil {
		t.Errorf("animations %v", b.m.Job.Animations)
	}
}
