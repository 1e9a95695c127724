//go:build linux && cgo

package e2e

import (
	"image"
	"image/gif"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"zscope/app/internal/desktoptest"
)

// dragBy drags from a point with the first button.
func (w *window) dragBy(x, y, dx, dy int) {
	w.t.Helper()
	w.dragFrom(x, y, dx, dy, "1", "")
}

// The marks of the timeline are dragged by their handles, and the wheel zooms
// the timeline: the same place then is another frame.
func TestTimelineByMouse(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	scene := filepath.Join(t.TempDir(), "room.gltf")
	writeRoom(t, scene)
	w := openWindow(t, display, scene)
	marked := func(in, out int) func(state) bool {
		return func(s state) bool { return len(s.Marks) == 2 && s.Marks[0] == in && s.Marks[1] == out }
	}

	w.keys("shift+Right", "i", "shift+Right", "o")
	w.until("marks", marked(11, 21))
	_, _, width, _ := w.widget("timeline")
	frame := float64(width-16) / roomFrames
	drag := func(name string, frames int) {
		x, y, mw, mh := w.widget(name)
		w.dragBy(x+mw/2, y+mh/2, int(math.Round(float64(frames)*frame)), 0)
	}
	drag("mark in", -6)
	w.until("an earlier start", marked(5, 21))
	drag("mark out", -4)
	s := w.until("an earlier end", marked(5, 17))
	if s.Frame != 21 {
		t.Errorf("dragging the marks went to frame %d", s.Frame)
	}
	w.shot("marks dragged")
	w.keys("ctrl+z")
	w.until("the end taken back", marked(5, 21))
	w.keys("ctrl+e")
	w.until("the export of what is marked", func(s state) bool { return s.Export.Open && s.Export.Draft.Frames == "5-21" })
	w.keys("Escape")
	w.until("no dialog", func(s state) bool { return !s.Export.Open })
	w.click("clear marks")
	w.until("no marks", func(s state) bool { return len(s.Marks) == 0 })

	x, y, width, height := w.widget("timeline")
	at := x + width*3/4
	w.point(at, y+height/2)
	w.xdo("click", "1")
	before := w.until("a frame of the last half", func(s state) bool { return s.Frame > 15 && s.Frame < 21 && s.exact() }).Frame
	w.point(x+width-10, y+height/2)
	w.xdo("click", "--repeat", "6", "--delay", "20", "4")
	w.point(at, y+height/2)
	w.xdo("click", "1")
	w.until("a later frame at the same place", func(s state) bool { return s.Frame > before && s.exact() })
}

// Colours by mouse: the map, the scale, the direction, the lines, the range's
// mode and lock; and the scenes opened before.
func TestColoursByMouse(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	w := openWindow(t, display)
	w.click("colour map")
	w.click("colour map/Cividis")
	w.until("cividis", func(s state) bool { return s.Colour.Map == "cividis" && s.exact() })
	w.click("reverse")
	was := w.until("the other direction", func(s state) bool { return !s.Colour.Reversed }).Colour
	for _, scale := range []string{"Log", "Inverse", "Percent", "Linear"} {
		w.click("scale." + scale)
		w.until(scale, func(s state) bool { return s.Colour.Scale != was.Scale && s.exact() })
		was = w.now.Colour
	}
	w.click("lines")
	w.until("lines of equal depth", func(s state) bool { return s.Colour.Lines })
	w.click("range mode")
	w.click("range mode/99 % of this picture")
	s := w.until("a narrower range", func(s state) bool { return s.Colour.Mode == 1 })
	w.click("lock")
	w.until("the range locked", func(s state) bool { return s.Colour.Locked })
	w.keys("End")
	w.until("the last frame in the same colours", func(l state) bool {
		return l.Frame == l.Last && l.exact() && l.Colour.Range == s.Colour.Range
	})
	w.shot("colours")

	scene := filepath.Join(w.home, "room.gltf")
	writeRoom(t, scene)
	w.drop(scene)
	w.until("the dropped scene", func(s state) bool { return s.File == scene && s.exact() })
	w.click("recent")
	w.click("recent/Demo scene")
	w.until("the demo scene", func(s state) bool { return s.File == "" && s.exact() && s.Loading == "" })
	w.click("recent")
	name := ""
	w.until("the list", func(s state) bool {
		for n := range s.Widgets {
			if strings.HasPrefix(n, "recent/room.gltf") {
				name = n
			}
		}
		return name != ""
	})
	w.click(name)
	w.until("the scene of before", func(s state) bool { return s.File == scene && s.exact() })

	// Each control says what it is for where the pointer rests on it.
	x, y, width, height := w.widget("reverse")
	w.point(x+width/2, y+height/2)
	w.until("a tip", func(s state) bool { _, up := s.Widgets["tip"]; return up })
	w.shot("tip")
	w.point(x-width, y+height/2)
	w.until("no tip", func(s state) bool { _, up := s.Widgets["tip"]; return !up })
}

// save answers the desktop's dialog that is to come with a path.
func (w *window) save(path string) {
	w.t.Helper()
	w.dialogUp()
	w.typeInDialog(path)
	desktoptest.Wait(w.t, "the focus back", func() bool { return active() == w.id })
}

// The picture and a film are saved through the desktop's dialog, which may also
// be cancelled.
func TestSaveByHand(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	scene := filepath.Join(t.TempDir(), "room.gltf")
	writeRoom(t, scene)
	w := openWindow(t, display, scene)

	w.keys("ctrl+s")
	w.dialogUp()
	w.keys("Escape")
	w.until("the dialog to go", func(s state) bool { return !s.Choosing })
	desktoptest.Wait(t, "the focus back", func() bool { return active() == w.id })
	if len(w.now.Notices) > 0 {
		t.Errorf("after a cancelled dialog: %+v", w.now.Notices)
	}

	picture := filepath.Join(w.home, "my picture.png")
	w.keys("ctrl+s")
	w.save(picture)
	w.until("what was saved", has(picture))
	f, err := os.Open(picture)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	size := w.now.Shown.Size
	if b := img.Bounds(); b.Dx() < size[0] || b.Dy() <= size[1] && b.Dx() <= size[0] {
		t.Errorf("the picture is %v: %v and a legend", b.Size(), size)
	}

	w.keys("Home", "Right", "i", "Right", "Right", "o")
	w.until("marks", func(s state) bool { return len(s.Marks) == 2 && s.Marks[0] == 2 && s.Marks[1] == 4 })
	film := filepath.Join(w.home, "my film.gif")
	w.keys("ctrl+shift+s")
	w.save(film)
	w.until("what was made", has("saved as "+film))
	g, err := os.Open(film)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	all, err := gif.DecodeAll(g)
	if err != nil {
		t.Fatal(err)
	}
	if len(all.Image) != 3 || all.Image[0].Bounds().Size() == (image.Point{}) {
		t.Errorf("the film has %d pictures", len(all.Image))
	}
	w.shot("saved")

	desktoptest.Need(t, "ffprobe")
	film = filepath.Join(w.home, "my film.mp4")
	w.keys("ctrl+shift+s")
	w.save(film)
	w.until("what was made", has("saved as "+film))
	said, err := exec.Command("ffprobe", "-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames,r_frame_rate", "-of", "csv=p=0", film).CombinedOutput()
	if err != nil || strings.TrimSpace(string(said)) != "24/1,3" {
		t.Errorf("ffprobe says %q of the film, want 24 a second and 3 pictures: %v", said, err)
	}
}

// Two windows' parts make a whole export, which the command line joins and
// finds equal to one that was made at once.
func TestExportParts(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	scene := filepath.Join(t.TempDir(), "room.gltf")
	writeRoom(t, scene)
	w := openWindow(t, display, scene)
	out, whole := filepath.Join(w.home, "parts"), filepath.Join(w.home, "whole")
	for part := 1; part <= 2; part++ {
		w.keys("ctrl+e")
		w.until("the export dialog", func(s state) bool { return s.Export.Open })
		w.fill("export.frames", "1-7")
		w.fill("export.part", strconv.Itoa(part)+"/2")
		w.fill("export.size", "64x48")
		w.fill("export.folder", out)
		want := 2 + part // 3 and 4 of 7
		w.until("the plan of the part", func(s state) bool {
			return s.Export.Draft.Dir == out && s.Export.Plan.Files == want && !s.Export.Checking && s.Export.Problem == ""
		})
		w.shot("part")
		w.click("export.start")
		s := w.until("the export's end", func(s state) bool { return !s.Export.Running && s.Export.Result != "" })
		if s.Export.Result != "done" || s.Export.Files != want {
			t.Fatalf("part %d: %s %s, %d files", part, s.Export.Result, s.Export.Error, s.Export.Files)
		}
		w.shot("part made")
	}
	for _, args := range [][]string{
		{"merge", out},
		{"export", scene, "--frames", "1-7", "--size", "64x48", "--out", whole, "--verify"},
	} {
		if words, err := exec.Command(headlessProgram(t), args...).CombinedOutput(); err != nil {
			t.Fatalf("zscope %v: %v\n%s", args, err, words)
		}
	}
	a, b := files(t, out), files(t, whole)
	for n := 1; n <= 7; n++ {
		name := "room_z_000" + strconv.Itoa(n) + ".exr"
		if a[name] == "" || a[name] != b[name] {
			t.Errorf("%s: %d bytes in parts, %d at once", name, len(a[name]), len(b[name]))
		}
	}
}

// A pin on the demo's pendulum swings with it; one at the same point in space
// stays, and is let go by itself.
func TestPinOnASurface(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	w := openWindow(t, display)
	w.fill("frame", "31")
	w.keys("Return")
	w.until("frame 31", func(s state) bool { return s.Frame == 31 && s.exact() && s.Typing == "" })
	w.onPicture(1247, 323)
	w.until("the pendulum", func(s state) bool { return s.Probe != nil && strings.HasPrefix(s.Probe.Object, "Pendulum") })
	w.keys("w")
	w.until("a pin in space", func(s state) bool { return len(s.Pins) == 1 })
	w.keys("shift+w")
	s := w.until("a pin on the surface", func(s state) bool { return len(s.Pins) == 2 && s.Pins[1].Rides })
	if s.Pins[0].Pixel != s.Pins[1].Pixel || s.Pins[0].Rides {
		t.Errorf("pins %+v", s.Pins)
	}
	w.keys("shift+Right")
	s = w.until("frame 41", func(s state) bool { return s.Frame == 41 && s.exact() })
	stays, rides := s.Pins[0], s.Pins[1]
	if !rides.Seen || rides.Covered || math.Hypot(float64(rides.Pixel[0]-stays.Pixel[0]), float64(rides.Pixel[1]-stays.Pixel[1])) < 10 {
		t.Errorf("ten frames on: the pin in space %+v, on the surface %+v", stays, rides)
	}
	w.shot("pin on the pendulum")
	w.onPicture(rides.Pixel[0], rides.Pixel[1])
	w.until("the pendulum again", func(s state) bool { return s.Probe != nil && strings.HasPrefix(s.Probe.Object, "Pendulum") })
	w.keys("shift+w")
	w.until("the pin let go", func(s state) bool { return len(s.Pins) == 1 && !s.Pins[0].Rides })
	w.keys("ctrl+z")
	w.until("the pin back", func(s state) bool { return len(s.Pins) == 2 && s.Pins[1].Rides })

	// The same by mouse: a click on the pin lets it go, another pins again.
	for _, pins := range []int{1, 2} {
		w.xdo("keydown", "shift", "click", "1", "keyup", "shift")
		w.until("a click with Shift", func(s state) bool { return len(s.Pins) == pins && s.Pins[pins-1].Rides == (pins == 2) })
	}
}
