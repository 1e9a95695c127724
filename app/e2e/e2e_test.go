//go:build linux && cgo

package e2e

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"zscope/app/internal/desktoptest"
)

// The whole job by hand: drop a scene, scrub, export; the files are those of
// the command line, byte for byte.
func TestDropScrubExport(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	w := openWindow(t, display)
	w.shot("demo scene")

	scene := filepath.Join(w.home, "two words, été", "room #1.gltf")
	writeRoom(t, scene)
	hall := w.take(scene)
	hall.over()
	w.until("the drag to show", func(s state) bool { return s.Hovering })
	w.shot("dragged over")
	hall.do(true, "leave")
	w.until("the drag to go", func(s state) bool { return !s.Hovering })
	hall.over()
	hall.do(true, "drop")
	s := w.until("the dropped scene", func(s state) bool { return s.File == scene && s.exact() && !s.Hovering })
	if s.Title != "room #1.gltf - zscope" || s.First != 1 || s.Last != roomFrames {
		t.Errorf("title %q, frames %d to %d", s.Title, s.First, s.Last)
	}
	w.shot("dropped")

	scrub(t, w)
	readWall(t, w)

	// The export dialog, filled in and started.
	byHand := filepath.Join(w.home, "by hand")
	w.click("export")
	w.until("the export dialog", func(s state) bool { return s.Export.Open })
	w.click("export.format.pfm")
	w.fill("export.frames", "2-5,9")
	w.fill("export.size", "160x120")
	w.fill("export.folder", byHand)
	w.fill("export.name", "depth_###")
	w.until("the draft as typed", func(s state) bool {
		d := s.Export.Draft
		return slices.Equal(d.Formats, []string{"exr", "pfm"}) && d.Frames == "2-5,9" && d.Size == "160x120" && d.Dir == byHand &&
			d.Name == "depth_###" && !s.Export.Checking && s.Export.Problem == ""
	})
	w.shot("export dialog")
	w.click("export.start")
	s = w.until("the export's end", func(s state) bool { return s.Export.Result != "" })
	if s.Export.Result != "done" || s.Export.Files != 10 {
		t.Errorf("the export: %s, %d files, %s", s.Export.Result, s.Export.Files, s.Export.Error)
	}
	w.shot("exported")
	if n := len(files(t, byHand)); n < 11 {
		t.Errorf("%d files in %s, want 10 frames and what describes them", n, byHand)
	}

	byCommand := filepath.Join(w.home, "by command")
	out, err := exec.Command(headlessProgram(t), "export", scene, "--frames", "2-5,9", "--size", "160x120", "--format", "exr,pfm",
		"--out", byCommand, "--name", "depth_###", "--verify").CombinedOutput()
	if err != nil {
		t.Fatalf("zscope export: %v\n%s", err, out)
	}
	sameFiles(t, byHand, byCommand)
}

// scrub goes through the timeline by mouse and keys.
func scrub(t *testing.T, w *window) {
	t.Helper()
	x, y, width, height := w.widget("timeline")
	w.point(x+width/4, y+height/2)
	w.xdo("mousedown", "1")
	first := w.until("a frame of the first quarter", func(s state) bool { return s.Frame > 3 && s.Frame < 12 }).Frame
	for i := 1; i <= 20; i++ {
		w.point(x+width/4+i*width/40, y+height/2)
	}
	w.until("a later frame", func(s state) bool { return s.Frame > first+8 })
	w.xdo("mouseup", "1")
	w.until("its exact picture", state.exact)
	w.shot("scrubbed")

	for _, step := range []struct {
		key  string
		want int
	}{{"Home", 1}, {"Right", 2}, {"Right", 3}, {"Left", 2}, {"shift+Right", 12}, {"End", roomFrames}} {
		w.keys(step.key)
		w.until(fmt.Sprintf("frame %d by %s", step.want, step.key), func(s state) bool { return s.Frame == step.want && s.exact() })
	}
	w.keys("Home")
	w.until("the first frame", func(s state) bool { return s.Frame == 1 })
	w.keys("space")
	w.until("playing", func(s state) bool { return s.Playing == 1 && s.Frame > 1 })
	w.keys("space")
	w.until("a pause", func(s state) bool { return s.Playing == 0 && s.exact() })
	w.fill("frame", "7")
	w.keys("Return")
	w.until("the typed frame", func(s state) bool { return s.Frame == 7 && s.exact() })
}

// readWall points at the wall that is exactly 10 m away.
func readWall(t *testing.T, w *window) {
	t.Helper()
	place, size := w.now.Place, w.now.Shown.Size
	w.point(int(place[0]+place[2]*float64(size[0])*0.9), int(place[1]+place[2]*float64(size[1])*0.9))
	s := w.until("a reading", func(s state) bool { return s.Probe != nil && s.Probe.Exact })
	if s.Probe.Z != "10" {
		t.Errorf("the wall reads %s at %v, want 10", s.Probe.Z, s.Probe.Pixel)
	}
}
