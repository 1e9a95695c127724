package session

import (
	"context"
	"errors"
	"testing"
	"time"

	"zscope/depthcore/scene"
	"zscope/viewer/model"
)

// A broken file that is dropped right after a good one leaves the good one's
// picture to come.
func TestBrokenFileAfterAGoodOne(t *testing.T) {
	d := newDesk(t, Config{Open: func(_ context.Context, path string, _ model.Axes) (*scene.Scene, error) {
		if path == "bad.glb" {
			return nil, errors.New("cut off")
		}
		return approach(48), nil
	}})
	m := model.New()
	update := func(msg model.Msg) {
		var cmds []model.Cmd
		m, cmds = model.Update(m, msg)
		for _, cmd := range cmds {
			d.Do(cmd)
		}
	}
	update(model.Open{Path: "good.glb"})
	update(next[model.Loaded](d)) // asks for a picture
	update(model.Open{Path: "bad.glb"})
	timeout := time.After(time.Minute)
	for !m.Settled() || m.File.Loading != "" {
		select {
		case msg := <-d.msgs:
			update(msg)
		case <-timeout:
			t.Fatalf("frame %d was asked for and never shown: %+v", m.Frame, m.File)
		}
	}
	if len(m.Notices) != 1 || m.Notices[0].Severity != model.Error {
		t.Errorf("notices %+v", m.Notices)
	}
}

// Other intrinsics make another picture, whatever is at hand.
func TestCacheKnowsTheLens(t *testing.T) {
	d := newDesk(t, Config{})
	j := job(approach(48), 32, 24)
	d.Do(model.Render{Request: request(1, j, 7)})
	own := d.exact(1).View.Fx
	wide := own / 2
	j.Lens.Fx = &wide
	d.Do(model.Render{Request: request(2, j, 7)})
	if got := d.exact(2).View.Fx; got != wide {
		t.Errorf("fx is %g, want %g", got, wide)
	}
}
