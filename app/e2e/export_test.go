//go:build linux && cgo

package e2e

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zscope/app/internal/desktoptest"
)

// The second page of the export dialog says what the command line can; the plan
// says which files there will be and how large, before they are; a preset comes
// back in the next window.
func TestExportOptions(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	config := "XDG_CONFIG_HOME=" + t.TempDir()
	scene := filepath.Join(t.TempDir(), "room.gltf")
	writeRoom(t, scene)
	w := startWindow(t, display, []string{config}, scene)
	w.id = w.xdo("search", "--onlyvisible", "--class", "^zscope$")

	byHand, byCommand := filepath.Join(w.home, "by hand"), filepath.Join(w.home, "by command")
	w.keys("ctrl+e")
	w.until("the export dialog", func(s state) bool { return s.Export.Open })
	w.fill("export.frames", "2-9")
	w.fill("export.size", "320x240")
	w.fill("export.folder", byHand)
	w.click("export.page.Options")
	w.click("export.compression.zips")
	w.fill("export.level", "9")
	w.fill("export.background", "0")
	w.click("export.cull")
	w.click("export.clip")
	w.fill("export.preset name", "farm")
	w.click("export.keep")
	s := w.until("the plan", func(s state) bool {
		return s.Export.Preset == "farm" && s.Export.Plan.Measured && s.exact() && !s.Export.Checking && s.Export.Problem == ""
	})
	plan := s.Export.Plan
	if plan.Files != 8 || plan.First != "room_z_0002.exr" || plan.Last != "room_z_0009.exr" {
		t.Errorf("the plan: %+v", plan)
	}
	w.shot("options")
	w.click("export.start")
	s = w.until("the export's end", func(s state) bool { return s.Export.Result != "" })
	if s.Export.Result != "done" {
		t.Fatalf("%s: %s", s.Export.Result, s.Export.Error)
	}
	w.shot("summary")

	out, err := exec.Command(headlessProgram(t), "export", scene, "--frames", "2-9", "--size", "320x240", "--out", byCommand,
		"--compression", "zips", "--level", "9", "--background", "0", "--cull", "--clip", "--verify").CombinedOutput()
	if err != nil {
		t.Fatalf("zscope export: %v\n%s", err, out)
	}
	sameFiles(t, byHand, byCommand)

	// The plan was measured on a frame of another size: it is of this order.
	bytes := int64(0)
	for name, data := range files(t, byHand) {
		if strings.HasSuffix(name, ".exr") {
			bytes += int64(len(data))
		}
	}
	if off := math.Abs(math.Log(float64(plan.Bytes) / float64(bytes))); !(off < math.Log(3)) {
		t.Errorf("planned %d bytes, made %d", plan.Bytes, bytes)
	}

	w.keys("ctrl+q")
	if err := <-w.exit; err != nil {
		t.Fatalf("closing: %v", err)
	}
	next := startWindow(t, display, []string{config})
	next.id = next.xdo("search", "--onlyvisible", "--class", "^zscope$")
	next.keys("ctrl+e")
	next.until("the export dialog", func(s state) bool { return s.Export.Open })
	next.click("export.preset")
	next.click("export.preset/farm")
	s = next.until("the preset", func(s state) bool { return s.Export.Preset == "farm" })
	next.shot("preset of the window before")
	if d := fmt.Sprint(s.Export.Draft); !strings.Contains(d, "exr") {
		t.Errorf("the draft: %s", d)
	}
	if _, err := os.Stat(filepath.Join(byHand, "manifest.jsonl")); err != nil {
		t.Error(err)
	}
}
