//go:build linux && cgo

package e2e

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"zscope/app/internal/desktoptest"
)

// A scene, its cameras and a folder of RGB pictures, dropped at once, find
// their places; while they are over the window it says what a drop would do.
func TestDropSeveral(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	w := openWindow(t, display)
	scene, out, frames := filepath.Join(w.home, "room.gltf"), filepath.Join(w.home, "out"), filepath.Join(w.home, "frames")
	writeRoom(t, scene)
	if said, err := exec.Command(headlessProgram(t), "export", scene, "--frames", "3-8", "--size", "160x120", "--out", out).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewNRGBA(image.Rect(0, 0, 200, 150))); err != nil {
		t.Fatal(err)
	}
	for n := 3; n <= 8; n++ {
		writeFile(t, filepath.Join(frames, fmt.Sprintf("rgb_%04d.png", n)), picture.Bytes())
	}

	d := w.take(frames, filepath.Join(out, "cameras.json"), scene)
	d.over()
	s := w.until("the plan of the drop", func(s state) bool { return s.Hovering && len(s.Plan) > 0 })
	if want := []string{"Open the scene room.gltf", "Look through the cameras of cameras.json", "Look into frames for a scene, pictures or depth"}; !slices.Equal(s.Plan, want) {
		t.Errorf("the plan is %q", s.Plan)
	}
	w.shot("three files over the window")
	d.do(true, "drop")
	s = w.until("all in their places", func(s state) bool { return s.File == scene && s.Track && s.RGB != nil && s.RGB.Shown && s.exact() })
	if s.First != 3 || s.Last != 8 || s.Size != [2]int{200, 150} {
		t.Errorf("frames %d to %d of %v", s.First, s.Last, s.Size)
	}
	w.shot("in their places")

	// A track that leaves frames out, which are made by a command.
	if said, err := exec.Command(headlessProgram(t), "export", scene, "--frames", "2-12x5", "--size", "160x120", "--out", out, "--overwrite").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	w.drop(filepath.Join(out, "cameras.json"))
	w.until("the track's gaps", has("leaves 8 frames out"))
	w.keys("ctrl+p")
	w.until("the commands", func(s state) bool { return s.Typing == "palette" })
	w.xdo("type", "--delay", "5", "fill the camera")
	w.keys("Return")
	w.until("a whole track", has("The camera track has 11 frames now"))
	w.keys("g")
	w.until("a number of a frame", func(s state) bool { return s.Typing == "frame" })
	w.xdo("type", "5")
	w.keys("Return")
	w.until("a frame that was made", func(s state) bool { return s.Frame == 5 && s.First == 2 && s.Last == 12 && s.exact() })
}
