//go:build linux && cgo

package e2e

import (
	"path/filepath"
	"strconv"
	"testing"

	"zscope/app/internal/desktoptest"
)

// Settings are taken back, the side panel is dragged, and the next window
// without a file is like the last one.
func TestUndoResizeRestore(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	config := "XDG_CONFIG_HOME=" + t.TempDir()
	w := startWindow(t, display, []string{config})
	w.id = w.xdo("search", "--onlyvisible", "--class", "^zscope$")
	scene := filepath.Join(w.home, "room.gltf")
	writeRoom(t, scene)
	w.drop(scene)
	w.until("the dropped scene", func(s state) bool { return s.File == scene && s.exact() })

	before := w.now.Colour.Map
	w.keys("m")
	w.until("another colour map", func(s state) bool { return s.Colour.Map != before })
	w.keys("e")
	w.until("lines of equal depth", func(s state) bool { return s.Colour.Lines })
	w.keys("ctrl+z")
	w.until("no lines", func(s state) bool { return !s.Colour.Lines && s.Colour.Map != before })
	w.keys("ctrl+z")
	w.until("the first colour map", func(s state) bool { return s.Colour.Map == before })
	w.keys("ctrl+shift+z", "ctrl+shift+z")
	w.until("both again", func(s state) bool { return s.Colour.Lines && s.Colour.Map != before })

	wide := w.now.Widgets["panel"][2]
	x, y, _, height := w.widget("panel edge")
	w.point(x+4, y+height/2)
	w.xdo("mousedown", "1")
	for i := 1; i <= 5; i++ {
		w.point(x+4-20*i, y+height/2)
	}
	w.xdo("mouseup", "1")
	w.until("a wider panel", func(s state) bool { return s.Widgets["panel"][2] == wide+100 && s.exact() })

	w.fill("range near", "2")
	w.keys("Return")
	// Return gives the keys back to the picture, a frame later.
	w.until("the near end", func(s state) bool { return s.Colour.Locked && s.Typing == "" })
	w.fill("frame", "9")
	w.keys("Return")
	w.xdo("windowsize", w.id, "1010", "650")
	last := w.until("frame 9 in a smaller window", func(s state) bool {
		return s.Frame == 9 && s.exact() && s.Colour.Locked && s.Window == [2]int{1010, 650}
	})
	w.shot("last window")
	w.keys("ctrl+q")
	if err := <-w.exit; err != nil {
		t.Fatalf("closing: %v", err)
	}

	next := startWindow(t, display, []string{config})
	s := next.until("the last window's frame", func(s state) bool { return s.Frame == 9 && s.exact() })
	next.shot("next window")
	if s.File != scene || s.Colour != last.Colour || s.Window != last.Window || s.Widgets["panel"][2] != last.Widgets["panel"][2] {
		t.Errorf("next window: %s, %+v, %v, panel %d\nlast window: %s, %+v, %v, panel %d",
			s.File, s.Colour, s.Window, s.Widgets["panel"][2], scene, last.Colour, last.Window, last.Widgets["panel"][2])
	}

	// A file on the command line is shown from its start.
	third := startWindow(t, display, []string{config}, scene)
	if s := third.now; s.Frame != s.First || s.Colour.Locked {
		t.Errorf("a named file opens at frame %d, locked %s", s.Frame, strconv.FormatBool(s.Colour.Locked))
	}
}

// What a person does all day, by keys and by mouse: play, mark, scrub finely,
// choose colours by name, hold them over the sequence, fill the screen; and the
// file is read again when another program has written it.
func TestAllDay(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	scene := filepath.Join(t.TempDir(), "room.gltf")
	writeRoom(t, scene)
	w := openWindow(t, display, scene)

	// Playing: faster with each L, back with J, K holds.
	w.keys("l", "l")
	w.until("double speed", func(s state) bool { return s.Playing == 2 })
	w.keys("k")
	w.until("a pause", func(s state) bool { return s.Playing == 0 && s.exact() })
	w.keys("j")
	w.until("playing backwards", func(s state) bool { return s.Playing == -1 })
	w.keys("k", "Home")
	w.until("the first frame", func(s state) bool { return s.Playing == 0 && s.Frame == 1 && s.exact() })

	// Marks, which the export takes over.
	w.keys("shift+Right", "i", "shift+Right", "o")
	w.until("marks", func(s state) bool { return len(s.Marks) == 2 && s.Marks[0] == 11 && s.Marks[1] == 21 })
	w.keys("ctrl+e")
	w.until("the export of what is marked", func(s state) bool { return s.Export.Open && s.Export.Draft.Frames == "11-21" })
	w.keys("Escape")
	w.until("no dialog", func(s state) bool { return !s.Export.Open })
	w.keys("x")
	w.until("no marks", func(s state) bool { return len(s.Marks) == 0 })

	// With Shift, the frame moves at a tenth of the pointer's pace.
	x, y, width, height := w.widget("timeline")
	w.keys("Home")
	w.until("the first frame", func(s state) bool { return s.Frame == 1 })
	w.point(x+width/4, y+height/2)
	w.xdo("keydown", "shift", "mousedown", "1")
	w.point(x+width/4+width/2, y+height/2)
	w.xdo("mouseup", "1", "keyup", "shift")
	w.until("a frame a twentieth of the line on", func(s state) bool { return s.Frame == 2 && s.exact() })

	// Colours: by name, by the legend's handle, and over the whole sequence.
	w.keys("ctrl+p")
	w.until("the palette", func(s state) bool { return s.Typing == "palette" })
	w.xdo("type", "--delay", "5", "map magma")
	w.keys("Return")
	w.until("magma", func(s state) bool { return s.Colour.Map == "magma" && s.Typing == "" })
	was := w.now.Colour.Range
	hx, hy, hw, hh := w.widget("range near handle")
	w.point(hx+hw/2, hy+hh/2)
	w.xdo("mousedown", "1")
	w.point(hx+hw/2+60, hy+hh/2)
	w.xdo("mouseup", "1")
	w.until("a range that starts farther", func(s state) bool {
		return s.Colour.Locked && s.Colour.Range[0] > was[0] && s.Colour.Range[1] == was[1]
	})
	w.keys("shift+t")
	s := w.until("the range of the sequence", func(s state) bool {
		return s.Colour.Mode == 2 && s.Colour.Survey == [2]int{roomFrames, roomFrames}
	})
	held := s.Colour.Range
	w.keys("End")
	w.until("the last frame in the same colours", func(s state) bool { return s.Frame == roomFrames && s.exact() && s.Colour.Range == held })
	w.shot("the sequence's range")

	// The sheet of keys, the side panel, the full screen.
	w.keys("question")
	w.until("the sheet of keys", func(s state) bool { _, up := s.Widgets["help.close"]; return up })
	w.keys("Escape")
	w.until("no sheet", func(s state) bool { _, up := s.Widgets["help.close"]; return !up })
	w.keys("p")
	w.until("no panel", func(s state) bool { _, up := s.Widgets["panel"]; return !up })
	w.keys("p", "F11")
	w.until("the full screen", func(s state) bool { return s.Window == [2]int{1280, 800} && s.exact() })
	w.keys("F11")
	w.until("a window again", func(s state) bool { return s.Window != [2]int{1280, 800} && s.exact() })

	// Another program writes the file; frame and colours stay.
	before := w.now.Want
	writeRoom(t, scene)
	s = w.until("the file read again", func(s state) bool { return s.Want > before && s.exact() && s.Loading == "" })
	if s.Frame != roomFrames || s.Colour.Map != "magma" || s.File != scene {
		t.Errorf("read again: frame %d in %s of %s", s.Frame, s.Colour.Map, s.File)
	}
}
