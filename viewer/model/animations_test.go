package model

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

func TestClashingAnimations(t *testing.T) {
	two := walk(48)
	short := walk(12).Animations[0]
	short.Name = "short"
	two.Animations = append(two.Animations, short)
	d := &driver{t: t, m: New()}
	d.send(Open{"/scenes/two.glb"})
	d.send(Loaded{Serial: take[Load](d)[0].Serial, Path: "/scenes/two.glb", Scene: two, Bounds: Bounds{Max: mgl64.Vec3{1, 1, 1}}})
	if n := d.m.Notices; len(n) != 1 || n[0].Severity != Warning || !strings.Contains(n[0].Text, "Which ones") {
		t.Fatalf("nothing is asked: %+v", n)
	}
	d.render(true)
	warnings := len(d.m.Warnings)
	d.send(ToggleAnimation{0})
	d.render(true)
	if !slices.Equal(d.m.Job.Animations, []int{1}) || d.m.Plays(0) || d.m.Timeline.Last != 12 || len(d.m.Warnings) >= warnings || !d.m.Settled() {
		t.Errorf("with the short one alone: %v, last frame %d, warnings %v", d.m.Job.Animations, d.m.Timeline.Last, d.m.Warnings)
	}
	d.send(ToggleAnimation{1})
	if d.m.Job.Animations == nil || len(d.m.Job.Animations) != 0 {
		t.Errorf("with none: %v", d.m.Job.Animations)
	}
	d.send(Undo{}, Undo{}, ToggleAnimation{7}, ToggleAnimation{-1})
	if d.m.Job.Animations != nil || d.m.Timeline.Last != 48 {
		t.Errorf("all taken back: %v", d.m.Job.Animations)
	}
}
