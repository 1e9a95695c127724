//go:build linux && cgo

package e2e

import (
	"encoding/json"
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zscope/app/internal/desktoptest"
)

// readings are what the window's state says of pins and areas.
type readings struct {
	Pins []struct {
		InWorld bool `json:"in_world"`
		Rides   bool
		Seen    bool
		Pixel   [2]int
		Z       string
		Covered bool
		Known   int
	}
	Area *struct {
		Pixels                 [4]int
		Known                  bool
		Hits, Empty            int
		Min, Max, Mean, Spread float64
	}
	Between *struct {
		A, B         string
		DZ, Distance float64
	}
}

// onPicture moves the pointer to a pixel of the picture.
func (w *window) onPicture(x, y int) {
	w.t.Helper()
	p := w.now.Place
	w.point(int(p[0]+(float64(x)+0.5)*p[2]), int(p[1]+(float64(y)+0.5)*p[2]))
}

// clipboard returns the text that was copied, empty before there is any.
func clipboard(display string) string {
	paste := exec.Command("xclip", "-selection", "clipboard", "-out")
	paste.Env = append(paste.Environ(), "DISPLAY="+display)
	text, err := paste.Output()
	if err != nil {
		return ""
	}
	return string(text)
}

// Pins at a pixel and in space, the distance between them, an area and its
// numbers, by mouse; then all of it copied.
func TestReading(t *testing.T) {
	desktoptest.Need(t, "xclip")
	display := desktoptest.StartDisplay(t, "1280x1000")
	w := openWindow(t, display)
	scene := filepath.Join(w.home, "room.gltf")
	writeRoom(t, scene)
	w.drop(scene)
	w.until("the scene", func(s state) bool { return s.File == scene && s.exact() })
	w.click("size")
	w.click("size/360 × 270")
	w.until("a small picture", func(s state) bool { return s.Size == [2]int{360, 270} && s.exact() && s.Shown.Size == s.Size })

	// All that is said of the pixel pointed at. f is 270/2/tan(0.35) pixels.
	w.onPicture(330, 30)
	w.until("the wall", func(s state) bool { return s.Probe != nil && s.Probe.Object == "wall" && s.Probe.Camera != nil })
	w.keys("ctrl+shift+c")
	var read struct {
		Pixel                 [2]int
		Z, Distance           float64
		Camera, World, Normal [3]float64
		Object                string
	}
	desktoptest.Wait(t, "the reading copied", func() bool {
		return json.Unmarshal([]byte(clipboard(display)), &read) == nil && read.Object == "wall"
	})
	px, py := (330.5-180)*10*math.Tan(0.35)/135, (30.5-135)*10*math.Tan(0.35)/135
	for _, near := range []struct {
		what      string
		got, want float64
	}{
		{"Z", read.Z, 10}, {"distance", read.Distance, math.Sqrt(px*px + py*py + 100)},
		{"camera x", read.Camera[0], px}, {"camera y", read.Camera[1], py}, {"camera z", read.Camera[2], 10},
		{"world x", read.World[0], px + 1.0/8}, {"world y", read.World[1], -py}, {"world z", read.World[2], -10},
		{"normal", read.Normal[2], 1},
	} {
		if !(math.Abs(near.got-near.want) < 1e-6) {
			t.Errorf("%s is %g, want %g", near.what, near.got, near.want)
		}
	}
	if read.Pixel != [2]int{330, 30} {
		t.Errorf("read pixel %v", read.Pixel)
	}

	// A pixel of the wall and a point of it, which the camera leaves behind.
	w.onPicture(330, 30)
	w.xdo("keydown", "ctrl", "click", "1", "keyup", "ctrl")
	w.until("a pin", func(s state) bool { return len(s.Pins) == 1 })
	w.onPicture(300, 200)
	w.xdo("keydown", "ctrl", "keydown", "shift", "click", "1", "keyup", "shift", "keyup", "ctrl")
	s := w.until("a pin in space", func(s state) bool { return len(s.Pins) == 2 && s.Between != nil })
	if p := s.Pins; p[0].InWorld || p[0].Z != "10" || !p[1].InWorld || p[1].Z != "10" || p[1].Pixel != [2]int{300, 200} {
		t.Errorf("pins %+v", p)
	}
	// f is 270/2/tan(0.35) pixels, the wall 10 m away.
	apart := math.Hypot(30, 170) / (135 / math.Tan(0.35)) * 10
	if b := s.Between; b.DZ != 0 || math.Abs(b.Distance-apart) > 1e-6 {
		t.Errorf("apart %+v, want %g", b, apart)
	}
	w.keys("shift+Right")
	s = w.until("frame 11", func(s state) bool { return s.Frame == 11 && s.exact() })
	// The camera has moved right by 10/8 m.
	if want := 300 - 1.25/10*(135/math.Tan(0.35)); math.Abs(float64(s.Pins[1].Pixel[0])-want) > 1 || s.Pins[1].Pixel[1] != 200 || s.Pins[0].Pixel != [2]int{330, 30} {
		t.Errorf("pins %+v, want column %g", s.Pins, want)
	}
	w.click("fill curves")
	w.until("whole curves", func(s state) bool { return s.Pins[0].Known == roomFrames && s.Pins[1].Known == roomFrames })
	w.shot("pins")

	// An area of the wall, and its numbers in each frame.
	w.onPicture(310, 20)
	w.xdo("keydown", "ctrl", "mousedown", "1")
	w.onPicture(320, 25)
	w.onPicture(339, 39)
	w.xdo("mouseup", "1", "keyup", "ctrl")
	s = w.until("an area", func(s state) bool { return s.Area != nil && s.Area.Known && s.Area.Pixels == [4]int{310, 20, 30, 20} })
	if a := s.Area; a.Hits != 600 || a.Empty != 0 || a.Min != 10 || a.Max != 10 || a.Mean != 10 || a.Spread != 0 {
		t.Errorf("area %+v", a)
	}
	w.shot("area")
	w.keys("Home")
	w.until("the area in frame 1", func(s state) bool { return s.Frame == 1 && s.exact() && s.Area.Known })
	w.keys("ctrl+shift+c")
	var copied struct {
		Pins []struct{ Curve []float64 }
		Area struct{ Mean float64 }
	}
	desktoptest.Wait(t, "the copy", func() bool {
		return json.Unmarshal([]byte(clipboard(display)), &copied) == nil && len(copied.Pins) == 2
	})
	if len(copied.Pins[0].Curve) != roomFrames || copied.Area.Mean != 10 {
		t.Errorf("copied %+v", copied)
	}
	w.keys("ctrl+c")
	desktoptest.Wait(t, "the copy as text", func() bool {
		text := clipboard(display)
		return strings.Contains(text, "pin 1: ") && strings.Contains(text, "area 30 x 20")
	})
	w.keys("shift+v", "shift+n")
	w.until("nothing left", func(s state) bool { return s.Area == nil && len(s.Pins) == 0 })
}

// The same by keys alone, and numbers in the pixels.
func TestReadingByKeys(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x1000")
	w := openWindow(t, display)
	w.point(2, 998) // out of the way
	w.keys("ctrl+Right")
	s := w.until("a reading", func(s state) bool { return s.Probe != nil && s.Probe.Exact })
	x, y := s.Probe.Pixel[0], s.Probe.Pixel[1]
	w.keys("v", "ctrl+Right", "ctrl+shift+Down", "v", "ctrl+Left")
	s = w.until("an area", func(s state) bool {
		return s.Area != nil && s.Area.Known && s.Area.Pixels == [4]int{x, y, 2, 11} && s.Probe != nil && s.Probe.Pixel == [2]int{x, y + 10}
	})
	if s.Area.Hits+s.Area.Empty != 22 {
		t.Errorf("area %+v", s.Area)
	}
	w.keys("n", "w")
	w.until("two pins", func(s state) bool { return len(s.Pins) == 2 })
	w.keys("BackSpace")
	w.until("no area", func(s state) bool { return s.Area == nil })
	for range 24 {
		w.keys("plus")
	}
	w.until("numbers in the pixels", func(s state) bool { _, ok := s.Widgets["pixel numbers"]; return ok && s.Place[2] > 56 })
	w.shot("numbers")
	w.keys("f")
	w.until("no numbers", func(s state) bool { _, ok := s.Widgets["pixel numbers"]; return !ok })
}
