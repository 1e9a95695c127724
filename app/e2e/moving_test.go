//go:build linux && cgo

package e2e

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"zscope/app/internal/desktoptest"
)

// moving is what the window's state says of from where the scene is looked at.
type moving struct {
	Camera int
	Free   bool
	Orbit  struct {
		Target               [3]float64
		Yaw, Pitch, Distance float64
	}
	Points *struct {
		Large, RGB         bool
		Yaw, Pitch, Nearer float64
		Drawn              [2]int
		Lit                int
	}
}

// dragFrom drags with a button, with a key held where there is one.
func (w *window) dragFrom(x, y, dx, dy int, button, held string) {
	w.t.Helper()
	w.point(x, y)
	if held != "" {
		w.xdo("keydown", held)
	}
	w.xdo("mousedown", button)
	for i := 1; i <= 4; i++ {
		w.point(x+dx*i/4, y+dy*i/4)
	}
	w.xdo("mouseup", button)
	if held != "" {
		w.xdo("keyup", held)
	}
}

// Through the scene's camera nothing turns; left, it is turned, moved, flown
// and framed on an object, and one key comes back.
func TestMovingAbout(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x1000")
	w := openWindow(t, display)
	scene := filepath.Join(w.home, "room.gltf")
	writeRoom(t, scene)
	w.drop(scene)
	s := w.until("the scene", func(s state) bool { return s.File == scene && s.exact() })
	x, y, width, height := w.widget("picture")
	cx, cy := x+width/2, y+height/2

	// Locked: a drag moves the picture only.
	was := s.Orbit
	w.dragFrom(cx, cy, 60, 30, "1", "")
	w.until("the picture moved", func(s state) bool { return !s.Free && s.Orbit == was && s.Place[0] != 0 })
	w.keys("f", "c")
	s = w.until("the free camera", func(s state) bool { return s.Free && s.exact() })
	was = s.Orbit
	w.dragFrom(cx, cy, 60, 30, "1", "")
	// 600 pixels are half a turn.
	s = w.until("it turned", func(s state) bool {
		return math.Abs(was.Yaw-s.Orbit.Yaw-math.Pi/10) < 1e-9 && s.Orbit.Target == was.Target && s.exact()
	})
	was = s.Orbit
	w.dragFrom(cx, cy, 60, 30, "1", "shift")
	s = w.until("it moved", func(s state) bool { return s.Orbit.Target != was.Target && s.Orbit.Yaw == was.Yaw && s.exact() })
	w.point(cx, cy)
	w.xdo("mousedown", "3")
	w.point(cx+60, cy)
	s = w.until("it looked aside", func(s state) bool { return math.Abs(was.Yaw-s.Orbit.Yaw-math.Pi/10) < 1e-9 && s.exact() })
	was = s.Orbit
	w.keys("w", "w")
	s = w.until("it flew ahead", func(s state) bool {
		by := math.Hypot(s.Orbit.Target[0]-was.Target[0], s.Orbit.Target[2]-was.Target[2])
		return by > 0.03*was.Distance && s.Orbit.Yaw == was.Yaw && s.exact()
	})
	w.xdo("mouseup", "3")
	was = s.Orbit
	w.keys("alt+Right", "alt+Up", "Prior")
	s = w.until("it turned by keys and came nearer", func(s state) bool {
		return s.Orbit.Yaw > was.Yaw && s.Orbit.Pitch > was.Pitch && s.Orbit.Distance < was.Distance && s.exact()
	})
	w.shot("free")

	// Back by one key, and from there to the slope: its middle is (0, -0.5, -5.5).
	w.keys("c")
	s = w.until("the scene's camera", func(s state) bool { return !s.Free && s.exact() })
	w.onPicture(s.Shown.Size[0]/2-30, s.Shown.Size[1]/2)
	w.until("the slope", func(s state) bool { return s.Probe != nil && s.Probe.Object == "slope" })
	w.keys("shift+f")
	s = w.until("the slope framed", func(s state) bool { return s.Free && s.exact() })
	if got := s.Orbit.Target; math.Abs(got[0])+math.Abs(got[1]+0.5)+math.Abs(got[2]+5.5) > 1e-6 {
		t.Errorf("framed on %v", got)
	}
	w.shot("framed")
	// A double click on the wall frames the wall.
	w.keys("Next", "Next", "Next", "Next")
	s = w.until("farther away", func(s state) bool { return s.Orbit.Distance > 1.5*s.Orbit.Distance/2 && s.exact() })
	w.onPicture(s.Shown.Size[0]-40, 60)
	w.until("the wall", func(s state) bool { return s.Probe != nil && s.Probe.Object == "wall" })
	w.xdo("click", "--repeat", "2", "--delay", "60", "1")
	s = w.until("the wall framed", func(s state) bool { return s.Orbit.Target[2] < -9.9 && s.exact() })
	if got := s.Orbit.Target; math.Abs(got[0])+math.Abs(got[1])+math.Abs(got[2]+10) > 1e-6 {
		t.Errorf("framed on %v", got)
	}
	w.keys("a")
	w.until("the whole scene", func(s state) bool { return s.Orbit.Target[2] > -9.9 && s.exact() })
	w.keys("shift+c")
	w.until("the scene's camera", func(s state) bool { return !s.Free && s.Camera == 0 && s.exact() })
}

// The points are turned by mouse and keys, made large, and saved; the file holds
// the picture's pixels.
func TestPoints(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x1000")
	w := openWindow(t, display)
	scene := filepath.Join(w.home, "room.gltf")
	writeRoom(t, scene)
	shots := filepath.Join(w.home, "shots")
	shootRoom(t, scene, shots, 0, 0)
	w.drop(scene)
	w.until("the scene", func(s state) bool { return s.File == scene && s.exact() })
	w.drop(shots)
	w.until("the pictures", func(s state) bool { return s.RGB != nil && s.RGB.Shown && s.Size == [2]int{160, 120} && s.exact() })

	w.keys("s")
	s := w.until("points", func(s state) bool { return s.Points != nil && s.Points.Lit > 1000 })
	small, was, place := s.Points.Drawn, *s.Points, s.Place
	x, y, width, height := w.widget("points.view")
	w.dragFrom(x+width/2, y+height/2, -40, 20, "1", "")
	s = w.until("they turned", func(s state) bool { return s.Points.Yaw > was.Yaw && s.Points.Pitch > was.Pitch })
	if s.Free || s.Place != place {
		t.Error("the picture below moved")
	}
	was = *s.Points
	w.xdo("click", "4")
	w.until("nearer", func(s state) bool { return s.Points.Nearer > was.Nearer })
	w.keys("alt+Left", "Next")
	w.until("turned back by a key", func(s state) bool { return s.Points.Yaw < was.Yaw })
	w.click("points.RGB")
	w.until("RGB", func(s state) bool { return s.Points.RGB })
	w.shot("points")
	w.keys("shift+s")
	w.until("a large view", func(s state) bool { return s.Points.Large && s.Points.Drawn[0] > small[0] && s.Points.Lit > 1000 })
	w.click("points.camera")
	w.until("as the camera sees them", func(s state) bool { return s.Points.Yaw == 0 && s.Points.Pitch == 0 })
	w.shot("large")

	// Saved by the desktop's dialog.
	w.click("points.save")
	w.click("points.save/In the camera's axes (z is Z)")
	path := filepath.Join(w.home, "room.ply")
	w.inDialog(path)
	w.until("word of the points", has("are saved as "+path))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, body, ok := bytes.Cut(data, []byte("end_header\n"))
	if !ok || !bytes.Contains(head, []byte("element vertex "+strconv.Itoa(160*120)+"\n")) || len(body) != 27*160*120 {
		t.Fatalf("%s, %d bytes", head, len(body))
	}
	// The last pixel sees the wall, which is 10 m away, and is blue.
	last := body[len(body)-27:]
	if z := math.Float64frombits(binary.LittleEndian.Uint64(last[16:])); z != 10 || last[24] != 60 || last[26] != 200 {
		t.Errorf("the last point: z %v, colour %v", z, last[24:])
	}
	w.keys("s")
	w.until("no points", func(s state) bool { return s.Points == nil })
}

// inDialog types a path into the desktop's dialog for a file to write, which is
// a window of the same program above the first, and accepts it.
func (w *window) inDialog(path string) {
	w.t.Helper()
	w.until("the dialog", func(s state) bool { return s.Choosing })
	desktoptest.Wait(w.t, "the dialog's window", func() bool { id := active(); return id != "" && id != w.id })
	w.until("the dialog to go", func(s state) bool {
		if s.Choosing { // GTK loses keys while it makes its window
			time.Sleep(time.Second)
			w.keys("ctrl+a")
			w.xdo("type", "--delay", "20", path)
			w.keys("Return")
			time.Sleep(time.Second)
			w.read()
		}
		return !w.now.Choosing
	})
	desktoptest.Wait(w.t, "the focus to come back", func() bool { return active() == w.id })
}

// active returns the id of the window that has the focus, "" for none.
func active() string {
	out, _ := exec.Command("xdotool", "getactivewindow").Output()
	return strings.TrimSpace(string(out))
}
