//go:build linux && cgo

package e2e

import (
	"encoding/json"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"testing"

	"zscope/app/internal/desktoptest"
)

// The timeline says where keys are and which frames are at hand; those come back
// without being cast. Frames that cannot be shown in time are counted, and the
// rate is typed.
func TestTimelineTells(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	scene := filepath.Join(t.TempDir(), "room.gltf")
	writeRoom(t, scene, 1, 9, 12, 13, roomFrames)
	w := openWindow(t, display, scene)
	if w.now.Keys != 5 || w.now.FPS != 24 {
		t.Errorf("%d keys, %g frames a second", w.now.Keys, w.now.FPS)
	}
	for n := 2; n <= 5; n++ {
		w.keys("Right")
		w.until(fmt.Sprint("frame ", n), func(s state) bool { return s.Frame == n && s.exact() && s.Shown.Exact })
	}
	w.until("frames at hand", func(s state) bool { return s.Cached >= 5 })
	x, y, width, height := w.widget("timeline")
	w.point(x+8+(width-16)*5/(2*roomFrames), y+height/2) // the middle of frame 3
	w.xdo("click", "1")
	s := w.until("frame 3 again", func(s state) bool { return s.Frame == 3 && s.exact() && s.Shown.Exact })
	if s.Shown.Took != 0 {
		t.Errorf("frame 3 was cast again, in %g ms", s.Shown.Took)
	}
	w.shot("frames at hand")

	// 8 times 24 large pictures a second are more than the screen shows.
	w.click("size")
	w.click("size/2880 × 2160")
	w.until("a large picture", func(s state) bool { return s.Size == [2]int{2880, 2160} && s.exact() })
	w.click("loop")
	w.until("no loop", func(s state) bool { return !s.Loop })
	w.keys("Home", "l", "l", "l", "l")
	s = w.until("the end of playing", func(s state) bool { return s.Playing == 0 && s.Frame == s.Last && s.exact() })
	if _, told := s.Widgets["dropped"]; s.Dropped == 0 || !told {
		t.Errorf("%d frames dropped, on the screen: %v", s.Dropped, told)
	}
	w.shot("frames dropped")

	w.fill("fps", "12")
	w.keys("Return")
	w.until("half the frames", func(s state) bool { return s.FPS == 12 && s.Last == roomFrames/2 && s.exact() && s.Typing == "" })
	w.fill("fps", " ")
	w.keys("Return")
	w.until("the file's rate", func(s state) bool { return s.FPS == 24 && s.Last == roomFrames && s.exact() && s.Typing == "" })
	w.keys("g")
	w.until("a number of a frame", func(s state) bool { return s.Typing == "frame" })
	w.xdo("type", "17")
	w.keys("Return")
	w.until("frame 17", func(s state) bool { return s.Frame == 17 && s.exact() })
}

// What is nearer or farther than the range has its own colours on the screen,
// and the lines lie where they are asked for.
func TestColoursOnTheScreen(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	scene := filepath.Join(t.TempDir(), "room.gltf")
	writeRoom(t, scene)
	w := openWindow(t, display, scene)
	type ends struct{ near, far string }
	choose := func(e ends) {
		for _, end := range [][2]string{{"range far", e.far}, {"range near", e.near}} {
			w.fill(end[0], end[1])
			w.keys("Return")
			w.until("the focus to go", func(s state) bool { return s.Typing == "" })
		}
		w.until("the range "+e.near+" to "+e.far, func(s state) bool {
			return s.Typing == "" && s.exact() && fmt.Sprint(s.Colour.Range) == "["+e.near+" "+e.far+"]"
		})
	}
	shows := func(what string, at [2]int, want color.NRGBA) {
		t.Helper()
		var p [2]int
		for i, v := range at {
			p[i] = int(w.now.Place[i] + (float64(v)+0.5)*w.now.Place[2])
		}
		x, y := w.origin()
		var got color.NRGBA
		desktoptest.Wait(t, what+" on the screen", func() bool {
			picture, err := w.eyes.Screenshot()
			if err != nil {
				t.Fatal(err)
			}
			got = picture.NRGBAAt(x+p[0], y+p[1])
			return got == want
		})
	}
	nearer, farther := color.NRGBA{0x74, 0x62, 0x6d, 0xff}, color.NRGBA{0x4c, 0x53, 0x60, 0xff}
	wide, high := w.now.Shown.Size[0], w.now.Shown.Size[1]
	onWall, onSlope := [2]int{wide - 20, 20}, [2]int{wide/2 - 20, high / 2}
	choose(ends{"11", "20"})
	shows("the wall nearer than the range", onWall, nearer)
	choose(ends{"3", "12"})
	choose(ends{"7", "9"})
	shows("the slope nearer than the range", onSlope, nearer)
	shows("the wall farther than the range", onWall, farther)

	w.keys("e")
	w.until("lines", func(s state) bool { return s.Colour.Lines })
	w.fill("spacing", "0.1")
	w.keys("Return")
	w.until("the focus to go", func(s state) bool { return s.Typing == "" })
	lines := func() (n int) {
		picture, err := w.eyes.Screenshot()
		if err != nil {
			t.Fatal(err)
		}
		x, y := w.origin()
		row := y + int(w.now.Place[1]+float64(high/2)*w.now.Place[2])
		before := false
		for i := range wide {
			black := picture.NRGBAAt(x+int(w.now.Place[0]+float64(i)*w.now.Place[2]), row) == color.NRGBA{0, 0, 0, 0xff}
			if black && !before {
				n++
			}
			before = black
		}
		return n
	}
	// A row of the slope crosses 9 lines between 5 and 6 m; its outline is none.
	desktoptest.Wait(t, "lines at 10 cm", func() bool { n := lines(); return n >= 8 && n <= 11 })
	w.fill("spacing", "0.5")
	w.keys("Return")
	desktoptest.Wait(t, "lines at 50 cm", func() bool { n := lines(); return n >= 1 && n <= 3 })
	w.shot("lines")
}

// origin returns where the window begins on the screen.
func (w *window) origin() (x, y int) {
	w.t.Helper()
	fmt.Sscanf(w.xdo("getwindowgeometry", "--shell", w.id), "WINDOW=%d\nX=%d\nY=%d", new(int), &x, &y)
	return x, y
}

// A second camera is chosen from the list, and the first comes back by a key.
func TestCameraList(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	scene := filepath.Join(t.TempDir(), "room.gltf")
	writeRoom(t, scene)
	var doc map[string]any
	data, err := os.ReadFile(scene)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	doc["nodes"] = append(doc["nodes"].([]any), map[string]any{"name": "from behind", "camera": 1, "translation": []float64{0, 0, 3}})
	doc["cameras"] = append(doc["cameras"].([]any), map[string]any{"name": "from behind", "type": "perspective",
		"perspective": map[string]any{"yfov": 0.7, "aspectRatio": 2.0, "znear": 0.1}})
	doc["scenes"].([]any)[0].(map[string]any)["nodes"] = []int{0, 1, 2, 3}
	if data, err = json.Marshal(doc); err != nil {
		t.Fatal(err)
	}
	writeFile(t, scene, data)

	w := openWindow(t, display, scene)
	wallAt := func(what, z string) {
		t.Helper()
		w.onPicture(w.now.Shown.Size[0]-10, 10)
		w.until(what, func(s state) bool { return s.exact() && s.Probe != nil && s.Probe.Object == "wall" && s.Probe.Z == z })
	}
	wallAt("the wall from the first camera", "10")
	w.click("camera")
	w.click("camera/from behind")
	s := w.until("the second camera", func(s state) bool { return s.Camera == 1 && s.exact() })
	if s.Size[0] != 2*s.Size[1] {
		t.Errorf("its picture is %v", s.Size)
	}
	wallAt("the wall from the second camera", "13")
	w.click("camera")
	w.click("camera/Free camera")
	w.until("the free camera", func(s state) bool { return s.Free && s.exact() })
	w.keys("c")
	w.until("the second camera again", func(s state) bool { return !s.Free && s.Camera == 1 && s.exact() })
	w.keys("shift+c")
	w.until("the first camera", func(s state) bool { return s.Camera == 0 && s.exact() })
	wallAt("the wall from the first camera again", "10")
}
