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
