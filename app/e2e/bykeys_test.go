//go:build linux && cgo

package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zscope/app/internal/desktoptest"
)

// A person without a mouse opens a scene, goes to a frame, chooses colours,
// points at a pixel and exports; nothing is clicked.
func TestWithoutAMouse(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	w := openWindow(t, display)
	scene := filepath.Join(w.home, "room.gltf")
	writeRoom(t, scene)
	w.keys("ctrl+shift+o")
	w.until("a question for the path", func(s state) bool { return s.AskPath && s.Typing == "path" })
	w.xdo("type", "--delay", "5", scene)
	w.keys("Return")
	w.until("the scene", func(s state) bool { return s.File == scene && s.exact() })

	w.keys("g")
	w.until("a number of a frame", func(s state) bool { return s.Typing == "frame" })
	w.xdo("type", "5")
	w.keys("Return")
	w.until("frame 5", func(s state) bool { return s.Frame == 5 && s.exact() && s.Typing == "" })
	w.tabTo("range near")
	w.keys("ctrl+a")
	w.xdo("type", "2")
	w.keys("Return")
	w.until("the range", func(s state) bool { return s.Colour.Locked && s.Colour.Range[0] == 2 && s.Typing == "" })
	w.keys("ctrl+Right", "n")
	w.until("a pin", func(s state) bool { return len(s.Pins) == 1 })

	out := filepath.Join(w.home, "out")
	w.keys("ctrl+e")
	w.until("the export dialog", func(s state) bool { return s.Export.Open })
	for _, field := range [][2]string{{"export.frames", "3-4"}, {"export.size", "64x48"}, {"export.folder", out}} {
		w.tabTo(field[0])
		w.keys("ctrl+a")
		w.xdo("type", "--delay", "5", field[1])
	}
	w.shot("dialog by keys")
	w.keys("Return")
	s := w.until("the export's end", func(s state) bool { return s.Export.Result != "" })
	if s.Export.Result != "done" || s.Export.Files != 2 {
		t.Errorf("the export: %s %s, %d files", s.Export.Result, s.Export.Error, s.Export.Files)
	}
	w.keys("ctrl+q")
	if err := <-w.exit; err != nil {
		t.Errorf("closing: %v", err)
	}
}

// tabTo presses Tab until a field has the focus.
func (w *window) tabTo(field string) {
	w.t.Helper()
	for range 60 {
		if w.read(); w.now.Typing == field {
			return
		}
		was := w.now.Focus
		w.keys("Tab")
		w.until("the control after "+was, func(s state) bool { return s.Focus != was })
	}
	w.t.Fatalf("Tab does not lead to %s", field)
}

// The dialog makes what the command line's --profile, --channels and --stereo
// make, byte for byte.
func TestExportProfiles(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	scene := filepath.Join(t.TempDir(), "room.gltf")
	writeRoom(t, scene)
	w := openWindow(t, display, scene)
	for _, c := range []struct {
		name string
		fill func()
		args string
	}{
		{"tum", func() {
			w.click("export.profile")
			w.click("export.profile/TUM")
			w.until("the layout", func(s state) bool { return s.Export.Draft.Profile == "tum" })
		}, "--profile tum"},
		{"channels", func() {
			w.click("export.profile")
			w.click("export.profile/Plain files")
			w.until("plain files", func(s state) bool { return s.Export.Draft.Profile != "tum" })
			w.click("export.page.Options")
			w.fill("export.channels", "z,normal,object")
			w.fill("export.baseline", "0.25")
			w.click("export.stereo")
			w.until("the channels", func(s state) bool { return s.Export.Draft.Stereo && s.Export.Draft.Channels == "z,normal,object" })
		}, "--channels z,normal,object --stereo --baseline 0.25"},
	} {
		byHand, byCommand := filepath.Join(w.home, c.name), filepath.Join(w.home, c.name+" by command")
		w.keys("ctrl+e")
		w.until("the export dialog", func(s state) bool { return s.Export.Open })
		w.fill("export.frames", "2-4")
		w.fill("export.size", "64x48")
		w.fill("export.folder", byHand)
		c.fill()
		w.until("the draft checked", func(s state) bool {
			return s.Export.Draft.Dir == byHand && !s.Export.Checking && s.Export.Problem == ""
		})
		w.shot(c.name)
		w.click("export.start")
		s := w.until("the export's end", func(s state) bool { return !s.Export.Running && s.Export.Result != "" && !s.Export.Open })
		if s.Export.Result != "done" {
			t.Fatalf("%s: %s %s", c.name, s.Export.Result, s.Export.Error)
		}
		w.shot(c.name + " done")
		w.keys("Escape")
		args := append([]string{"export", scene, "--frames", "2-4", "--size", "64x48", "--out", byCommand, "--verify"}, strings.Fields(c.args)...)
		if said, err := exec.Command(headlessProgram(t), args...).CombinedOutput(); err != nil {
			t.Fatalf("zscope %v: %v\n%s", args, err, said)
		}
		sameFiles(t, byHand, byCommand)
	}
}
