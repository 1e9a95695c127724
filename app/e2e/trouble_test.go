//go:build linux && cgo

package e2e

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zscope/app/internal/desktoptest"
	"zscope/assets"
)

// Whatever is dropped on the window, it says in a sentence what is wrong with
// it, keeps what is open and stays usable.
func TestBadFiles(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	good := filepath.Join(t.TempDir(), "room.gltf")
	writeRoom(t, good)
	w := openWindow(t, display, good)

	dir := t.TempDir()
	lonely := filepath.Join(dir, "lonely.gltf")
	writeRoom(t, lonely)
	if err := os.Remove(filepath.Join(dir, "lonely.bin")); err != nil {
		t.Fatal(err)
	}
	cut, text, notes := filepath.Join(dir, "cut.glb"), filepath.Join(dir, "text.glb"), filepath.Join(dir, "notes.txt")
	writeFile(t, cut, assets.Demo[:60_000])
	writeFile(t, text, []byte("This is a letter, not a scene.\n"))
	writeFile(t, notes, []byte("Neither is this.\n"))
	folder := filepath.Join(dir, "folder.glb")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}

	for _, path := range []string{cut, text, lonely, notes, folder, filepath.Join(dir, "gone.glb")} {
		name := filepath.Base(path)
		w.drop(path)
		s := w.until("a sentence about "+name, has(name))
		if s.File != good || !s.Loaded {
			t.Errorf("after %s the file is %q", name, s.File)
		}
		frame := w.now.Frame
		w.keys("Right")
		w.until("the next frame, after "+name, func(s state) bool { return s.Frame == frame+1 && s.exact() })
	}
	w.shot("bad files")

	good = filepath.Join(dir, "again.gltf")
	writeRoom(t, good)
	w.drop(good)
	w.until("another good file", func(s state) bool { return s.File == good && s.Frame == 1 && s.exact() })

	// The export dialog says what is wrong with what is typed, and does nothing.
	below := filepath.Join(good, "out")
	w.click("export")
	w.until("the export dialog", func(s state) bool { return s.Export.Open })
	for _, wrong := range []struct{ field, text, words string }{
		{"export.frames", "5-1", "5-1"},
		{"export.size", "0x9", "0x9"},
		{"export.folder", below, "again.gltf"},
	} {
		right := map[string]string{"export.frames": w.now.Export.Draft.Frames, "export.size": w.now.Export.Draft.Size,
			"export.folder": filepath.Join(dir, "out")}[wrong.field]
		w.fill(wrong.field, wrong.text)
		w.until("a sentence about "+wrong.text, func(s state) bool { return strings.Contains(s.Export.Problem, wrong.words) })
		w.shot("wrong " + wrong.field)
		w.click("export.start")
		w.click("export.name")
		w.until("the focus on the name", func(s state) bool { return s.Typing == "export.name" })
		w.fill(wrong.field, right)
		s := w.until("no more complaint about "+wrong.field, func(s state) bool { return s.Export.Problem == "" && !s.Export.Checking })
		if !s.Export.Open || s.Export.Running {
			t.Errorf("with %s the export was started", wrong.text)
		}
	}
	w.keys("Escape")
	w.until("the dialog to close", func(s state) bool { return !s.Export.Open })
	if _, err := os.Stat(filepath.Join(dir, "out")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the dialog made its folder: %v", err)
	}
}

// A cancelled export leaves whole frames and no part of one.
func TestCancelExport(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	w := openWindow(t, display)
	out := filepath.Join(w.home, "out")
	w.click("export")
	w.fill("export.folder", out)
	w.until("the draft as typed", func(s state) bool { return s.Export.Draft.Dir == out && !s.Export.Checking && s.Export.Problem == "" })
	w.click("export.start")
	w.until("a frame", func(s state) bool { return s.Export.Running && s.Export.Done > 0 })
	w.shot("exporting")

	// The window stays usable meanwhile.
	w.keys("End")
	w.until("the last frame", func(s state) bool { return s.Frame == s.Last })

	// A pause keeps what is done and makes no more.
	w.click("export.pause")
	w.until("a pause", func(s state) bool { return s.Export.Paused })
	resting := -1
	for w.now.Export.Done != resting { // the frames that are under way are finished
		resting = w.now.Export.Done
		time.Sleep(2 * time.Second)
		w.read()
	}
	time.Sleep(time.Second)
	w.read()
	if s := w.now.Export; s.Done != resting || !s.Running {
		t.Errorf("paused after %d frames, and %d are done (running %v)", resting, s.Done, s.Running)
	}
	w.shot("paused")
	w.click("export.pause")
	w.until("the next frame", func(s state) bool { return !s.Export.Paused && s.Export.Done > resting })

	w.click("export.stop")
	s := w.until("the export's end", func(s state) bool { return !s.Export.Running && s.Export.Result != "" })
	if s.Export.Result != "cancelled" || s.Export.Done == 0 || s.Export.Done == s.Export.Total {
		t.Errorf("%s after %d of %d frames", s.Export.Result, s.Export.Done, s.Export.Total)
	}
	w.shot("cancelled")
	frames := 0
	for name, data := range files(t, out) {
		switch {
		case strings.Contains(name, ".part"):
			t.Errorf("%s was left behind", name)
		case strings.HasSuffix(name, ".exr"):
			frames++
			if !strings.HasPrefix(data, "\x76\x2f\x31\x01") {
				t.Errorf("%s is no EXR file", name)
			}
		}
	}
	if frames < s.Export.Done || frames == s.Export.Total {
		t.Errorf("%d frames in the folder, %d were done", frames, s.Export.Done)
	}
	w.until("the last frame's picture", state.exact)
}

// The desktop's own dialog opens a file, and is not in the way when it is
// cancelled.
func TestOpenDialog(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x800")
	w := openWindow(t, display)
	scene := filepath.Join(w.home, "room.gltf")
	writeRoom(t, scene)

	w.click("open")
	w.dialogUp()
	w.shot("open dialog")
	w.keys("Escape")
	w.until("the dialog to go", func(s state) bool { return !s.Choosing })
	desktoptest.Wait(t, "the focus back", func() bool { return active() == w.id })

	w.keys("ctrl+o")
	w.dialogUp()
	w.keys("slash") // starts the entry of a path
	w.typeInDialog(scene)
	w.until("the chosen scene", func(s state) bool { return s.File == scene && s.exact() })
}

// Without a display the program says so in one sentence.
func TestNoDisplay(t *testing.T) {
	for _, display := range []string{"", ":54321"} {
		cmd := exec.Command(windowProgram(t))
		cmd.Env = append(os.Environ(), "DISPLAY="+display, "WAYLAND_DISPLAY=", "XDG_RUNTIME_DIR="+t.TempDir())
		var out, words bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &words
		err := cmd.Run()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 {
			t.Errorf("DISPLAY=%q: %v, want status 1", display, err)
		}
		if s := words.String(); !strings.Contains(s, "display") || strings.Count(s, "\n") != 1 || out.Len() > 0 {
			t.Errorf("DISPLAY=%q: it said %q %q, want one sentence", display, s, out.String())
		}
	}
}
