//go:build linux && cgo

package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zscope/app/internal/desktoptest"
)

// TestDropDepth drops depth that is half a pixel off, and depth that is right,
// on the scene that both were made of.
func TestDropDepth(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x1000")
	w := openWindow(t, display)
	scene := filepath.Join(w.home, "room.gltf")
	writeRoom(t, scene)
	drop := func(path string) {
		d := w.take(path)
		d.over()
		d.do(true, "drop")
	}
	drop(scene)
	w.until("the scene", func(s state) bool { return s.File == scene && s.exact() })

	// The folder of one and a file of the other.
	shifted, right := filepath.Join(w.home, "shifted"), filepath.Join(w.home, "right")
	for dir, more := range map[string][]string{shifted: {"--format", "npy", "--cx", "80.5"}, right: {"--format", "png"}} {
		args := append([]string{"export", scene, "--frames", "1-4", "--size", "160x120", "--out", dir}, more...)
		if out, err := exec.Command(headlessProgram(t), args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	drop(shifted)
	s := w.until("the finding", func(s state) bool {
		return s.Compare != nil && s.Compare.Known && s.Compare.Finding != "" && s.exact()
	})
	if c := s.Compare; c.Sound || c.Both == 0 || !(c.Max > 0) || !strings.Contains(c.Finding, "pixel") || s.Size != [2]int{160, 120} {
		t.Errorf("%+v, size %v", c, s.Size)
	}
	w.shot("half a pixel off")
	w.keys("ctrl+l", "d")
	w.until("depth again", func(s state) bool { return s.Compare.Hidden })
	w.keys("d")
	w.until("the difference", func(s state) bool { return !s.Compare.Hidden })
	w.shot("in light")

	pngs, err := filepath.Glob(filepath.Join(right, "*.png"))
	if err != nil || len(pngs) != 4 {
		t.Fatalf("the export made %v, %v", pngs, err)
	}
	drop(pngs[1])
	s = w.until("the finding", func(s state) bool {
		return s.Compare != nil && strings.HasPrefix(s.Compare.Path, right) && s.Compare.Known && s.Compare.Finding != ""
	})
	// Millimetres are rounded by half of one.
	if c := s.Compare; c.Both == 0 || c.Max > 0.00051 || c.Hidden {
		t.Errorf("%+v", c)
	}
	w.click("compare.close")
	w.until("the other depth to go", func(s state) bool { return s.Compare == nil })
}
