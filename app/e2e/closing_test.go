//go:build linux && cgo

package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"zscope/app/internal/desktoptest"
)

// TestCloseAmidExport closes the window while it exports, by its key and by the
// system's request to end: no half file stays, and the command line makes the
// rest of what the window began.
func TestCloseAmidExport(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	for name, end := range map[string]func(w *window){
		"key": func(w *window) {
			w.keys("ctrl+q")
			w.click("quit.leave")
		},
		"SIGTERM": func(w *window) { syscall.Kill(w.pid, syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			w := openWindow(t, display, demoScene(t))
			out := filepath.Join(w.home, "out")
			w.click("export")
			w.fill("export.folder", out)
			w.until("the draft as typed", func(s state) bool { return s.Export.Draft.Dir == out && !s.Export.Checking && s.Export.Problem == "" })
			w.click("export.start")
			w.until("a frame", func(s state) bool { return s.Export.Running && s.Export.Done > 0 })
			end(w)
			select {
			case <-w.exit:
			case <-time.After(time.Minute):
				t.Fatal("the window does not close")
			}
			frames := 0
			for name := range files(t, out) {
				if strings.Contains(name, ".part") {
					t.Errorf("%s was left behind", name)
				}
				if strings.HasSuffix(name, ".exr") {
					frames++
				}
			}
			if frames == 0 || frames == 120 {
				t.Fatalf("%d frames in the folder", frames)
			}
			said, err := exec.Command(headlessProgram(t), "export", demoScene(t), "--out", out, "--resume", "--frames", "1-120").CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, said)
			}
			if !strings.Contains(string(said), " kept from an earlier run") || strings.Contains(string(said), "made with") {
				t.Errorf("%d frames when it closed, then: %s", frames, said)
			}
		})
	}
}
