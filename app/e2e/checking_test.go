//go:build linux && cgo

package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zscope/app/internal/desktoptest"
)

// checks are what the window's state says of RGB pictures and edges.
type checks struct {
	RGB *struct {
		Path    string
		Offset  int
		Opacity float64
		Wipe    bool
		At      float64
		Shown   bool
	}
	Peeking  bool
	Edges    *int
	Jump     float64
	Mismatch string
	Fit      *struct {
		Running       bool
		Words         string
		Best          *int
		Score, DX, DY float64
	} `json:"rgb_fit"`
}

// shootRoom makes RGB pictures of a scene's frames 1 to 12, 160 x 120: frame n is
// picture n + offset, and lies shift pixels to the right.
func shootRoom(t *testing.T, scene, dir string, offset int, shift float64) {
	t.Helper()
	maps := t.TempDir()
	args := []string{"export", scene, "--frames", "1-12", "--size", "160x120", "--out", maps, "--format", "pfm", "--name", "z_##", "--cx", fmt.Sprint(80 + shift)}
	if out, err := exec.Command(headlessProgram(t), args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	for n := 1; n <= 12; n++ {
		img := image.NewRGBA(image.Rect(0, 0, 160, 120))
		for i, z := range readPFM(t, filepath.Join(maps, fmt.Sprintf("z_%02d.pfm", n)), 160, 120) {
			c := color.RGBA{60, 120, 200, 255}
			if z < 9 {
				c = color.RGBA{200, uint8(20 * z), 40, 255}
			}
			img.SetRGBA(i%160, i/160, c)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, fmt.Sprintf("shot_%03d.png", n+offset)), b.Bytes())
	}
}

// readPFM reads the numbers of a PFM file of w x h pixels, top row first.
func readPFM(t *testing.T, path string, w, h int) []float32 {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head := fmt.Sprintf("Pf\n%d %d\n-1", w, h)
	if !bytes.HasPrefix(data, []byte(head)) || len(data) < 4*w*h {
		t.Fatalf("%s begins with %q, want %q", path, data[:min(len(data), 20)], head)
	}
	z := make([]float32, w*h)
	body := data[len(data)-4*w*h:]
	for y := range h {
		for x := range w {
			z[y*w+x] = math.Float32frombits(binary.LittleEndian.Uint32(body[4*((h-1-y)*w+x):]))
		}
	}
	return z
}

// RGB pictures are dropped, compared by a held key and by the depth's edges, and
// the offset that fits is found.
func TestCheckAgainstRGB(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x1000")
	w := openWindow(t, display)
	scene := filepath.Join(w.home, "room.gltf")
	writeRoom(t, scene)
	shots := filepath.Join(w.home, "shots of the room")
	shootRoom(t, scene, shots, 1, 0.5)
	w.drop(scene)
	w.until("the scene", func(s state) bool { return s.File == scene && s.exact() })
	// The sequence's pattern, typed.
	w.keys("ctrl+shift+o")
	w.until("a question for the path", func(s state) bool { return s.AskPath && s.Typing == "path" })
	w.xdo("type", "--delay", "5", filepath.Join(shots, "shot_###.png"))
	w.keys("Return")
	w.until("the pictures", func(s state) bool { return s.RGB != nil && s.Size == [2]int{160, 120} && s.exact() })
	w.keys("Right", "Right")
	s := w.until("a picture over frame 3", func(s state) bool { return s.Frame == 3 && s.exact() && s.RGB.Shown })
	if s.Mismatch != "" {
		t.Errorf("mismatch %q", s.Mismatch)
	}

	w.keys("shift+e")
	s = w.until("edges", func(s state) bool { return s.Edges != nil })
	// The slope's outline is a few hundred pixels; all of its own surface and the
	// wall have none.
	if n := *s.Edges; n < 100 || n > 600 {
		t.Errorf("%d pixels are edges", n)
	}
	w.shot("edges over RGB")
	before := w.now
	w.keys("period", "comma", "comma")
	w.until("less RGB", func(s state) bool { return math.Abs(s.RGB.Opacity-(before.RGB.Opacity-0.1)) < 1e-9 })
	w.keys("ctrl+p")
	w.until("the commands", func(s state) bool { return s.Typing == "palette" })
	w.xdo("type", "--delay", "5", "wipe")
	w.keys("Return")
	w.until("a wipe", func(s state) bool { return s.RGB.Wipe })
	x, y, width, height := w.widget("wipe")
	w.dragFrom(x+width/2, y+height/4, -int(40*w.now.Place[2]), 0, "1", "")
	w.until("the wipe at a quarter", func(s state) bool { return math.Abs(s.RGB.At-0.25) < 0.02 })
	w.shot("wipe")
	w.xdo("keydown", "h")
	w.until("the picture alone", func(s state) bool { return s.Peeking && s.Edges == nil })
	w.shot("held")
	w.xdo("keyup", "h")
	w.until("both again", func(s state) bool { return !s.Peeking && s.Edges != nil })

	w.keys("bracketleft")
	w.until("an earlier picture", func(s state) bool { return s.RGB.Offset == -1 })
	w.keys("bracketright")
	w.until("the first offset", func(s state) bool { return s.RGB.Offset == 0 })
	// By the list of commands: the panel need not be scrolled.
	w.keys("ctrl+p")
	w.until("the commands", func(s state) bool { return s.Typing == "palette" })
	w.xdo("type", "--delay", "5", "fits rgb")
	w.keys("Return")
	s = w.until("the best offset", func(s state) bool { return s.Fit.Best != nil && !s.Fit.Running })
	if f := s.Fit; *f.Best != 1 || math.Abs(f.DX-0.5) > 0.3 || math.Abs(f.DY) > 0.3 || f.Score < 0.5 || !strings.Contains(f.Words, "Offset 1 fits best") {
		t.Errorf("best %d: %+v", *f.Best, f)
	}
	w.keys("ctrl+p")
	w.until("the commands", func(s state) bool { return s.Typing == "palette" })
	w.xdo("type", "--delay", "5", "use the offset")
	w.keys("Return")
	w.until("that offset", func(s state) bool { return s.RGB.Offset == 1 && s.RGB.Shown })
	w.xdo("mousemove", "--window", w.id, "1100", "300")
	for range 12 {
		w.xdo("click", "5")
	}
	w.shot("best offset")

	// Another size is said.
	w.click("size")
	w.click("size/360 × 270")
	w.until("word of the sizes", func(s state) bool { return strings.Contains(s.Mismatch, "160 × 120 pixels, the depth 360 × 270") })
}
