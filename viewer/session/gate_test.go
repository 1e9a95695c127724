package session

import (
	"context"
	"errors"
	"testing"
	"time"

	"zscope/depthcore/export"
	"zscope/viewer/model"
)

// A paused export makes at most the frames that are under way; it goes on
// where it stopped, and can be cancelled while it rests.
func TestPauseExport(t *testing.T) {
	d := newDesk(t, Config{})
	paused := func() (done int) {
		j := job(approach(48), 320, 240)
		j.Dir, j.Formats = t.TempDir(), []export.Format{export.PFM}
		d.Do(model.RunExport{Job: j})
		for done == 0 {
			done = next[model.ExportProgress](d).Progress.Done
		}
		d.Do(model.HoldExport{On: true})
		for {
			select {
			case msg := <-d.msgs:
				switch msg := msg.(type) {
				case model.ExportProgress:
					done = msg.Progress.Done
				case model.ExportDone:
					t.Fatalf("the export ended while it was paused: %+v", msg)
				}
			case <-time.After(300 * time.Millisecond):
				return done
			}
		}
	}
	if done := paused(); done >= 48 {
		t.Fatalf("%d frames were made", done)
	}
	d.Do(model.HoldExport{})
	if done := next[model.ExportDone](d); done.Err != nil || done.Summary.Frames != 48 {
		t.Errorf("after going on: %+v", done)
	}
	paused()
	d.Do(model.StopExport{})
	if done := next[model.ExportDone](d); !errors.Is(done.Err, context.Canceled) {
		t.Errorf("after cancelling: %+v", done)
	}
	// The next one is not paused.
	j := job(approach(3), 16, 12)
	j.Dir, j.Formats = t.TempDir(), []export.Format{export.PFM}
	d.Do(model.RunExport{Job: j})
	if done := next[model.ExportDone](d); done.Err != nil || done.Summary.Frames != 3 {
		t.Errorf("the next export: %+v", done)
	}
}
