package model

import (
	"errors"
	"strings"
	"testing"

	"zscope/depthcore/camera"
)

func TestFillTrack(t *testing.T) {
	d := opened(t, 48)
	d.send(FillTrack{})
	if d.m.Job.Track != nil {
		t.Fatal("a track from nothing")
	}
	view := d.m.Shown.View
	track := &camera.Track{Width: view.Width, Height: view.Height}
	for _, n := range []int{3, 4, 8} {
		v := view
		v.Fx = float64(100 * n)
		track.Frames = append(track.Frames, camera.TrackFrame{Frame: n, Time: float64(n) / 24, View: v})
	}
	last := func() string { return d.m.Notices[len(d.m.Notices)-1].Text }
	d.send(TrackLoaded{Path: "/a/track.json", Track: track})
	if d.m.TrackGaps() != 3 || !strings.Contains(last(), "leaves 3 frames out") {
		t.Errorf("%d frames are missing: %s", d.m.TrackGaps(), last())
	}
	take[Render](d)
	d.send(FillTrack{})
	filled := d.m.Job.Track
	if f, ok := filled.At(6); d.m.TrackGaps() != 0 || len(filled.Frames) != 6 || !ok || f.View.Fx != 600 || len(take[Render](d)) == 0 {
		t.Errorf("filled: %+v", filled)
	}
	if len(track.Frames) != 3 {
		t.Error("the file's own track was changed")
	}
	d.send(Undo{})
	if d.m.Job.Track != track {
		t.Error("it is not taken back")
	}
}

// Where a desktop delivers no drops, the window says so and what to do instead.
func TestDropFailed(t *testing.T) {
	d := &driver{t: t, m: New()}
	d.send(DropFailed{errors.New("the compositor offers none")})
	if n := d.m.Notices; len(n) != 1 || n[0].Severity != Warning || !strings.Contains(n[0].Text, "the compositor offers none") || !strings.Contains(n[0].Text, "Ctrl+O") {
		t.Errorf("%+v", n)
	}
}
