//go:build linux && cgo

package e2e

import (
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"zscope/app/internal/desktoptest"
)

// A GTK program is dragged from as a person does it, with the mouse: on X11 and
// on Wayland, where GTK and the compositor (weston, in a window of the X server)
// do all of the protocol but the window's own part.
func TestDropFromGTK(t *testing.T) {
	for _, desktop := range []string{"x11", "wayland"} {
		t.Run(desktop, func(t *testing.T) {
			display := desktoptest.StartDisplay(t, "1600x1000")
			python := needGTK(t)
			scene := filepath.Join(t.TempDir(), "été 1.gltf")
			writeRoom(t, scene)

			var w *window
			source := exec.Command(python, "testdata/gtk_source.py", scene)
			if desktop == "x11" {
				w = openWindow(t, display)
				source.Env = append(os.Environ(), "GDK_BACKEND=x11", "NO_AT_BRIDGE=1")
			} else {
				more := startWeston(t)
				w = startWindow(t, display, append(more, "DISPLAY="))
				source.Env = append(append(os.Environ(), more...), "GDK_BACKEND=wayland", "NO_AT_BRIDGE=1")
			}
			desktoptest.Start(t, source)

			// The source is red and lies above the window, which is too large to
			// leave any of these points free.
			var red image.Point
			desktoptest.Wait(t, "the source's window", func() (ok bool) { red, ok = w.redAt(); return ok })
			to := image.Pt(500, 350)
			if d := red.Sub(to); d.X*d.X+d.Y*d.Y < 300*300 {
				to = image.Pt(1050, 650)
			}
			// A program that has only just started may overlook the first try.
			w.until("the drag to show", func(s state) bool {
				if !s.Hovering {
					w.xdo("mouseup", "1")
					w.moveTo(image.Pt(1, 1))
					w.moveTo(red)
					w.xdo("mousedown", "1")
					for i := 1; i <= 10; i++ {
						w.moveTo(red.Add(to.Sub(red).Mul(i).Div(10)))
						time.Sleep(30 * time.Millisecond) // a hand's pace: GTK starts a drag by distance and time
					}
					time.Sleep(500 * time.Millisecond)
					w.read()
				}
				return w.now.Hovering
			})
			w.shot("dragged over")
			w.xdo("mouseup", "1")
			w.until("the dropped scene", func(s state) bool { return s.File == scene && s.exact() && !s.Hovering })
			w.shot("dropped")
		})
	}
}

// needGTK returns a python that has GTK: the system's, where there are several.
func needGTK(t *testing.T) string {
	t.Helper()
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(python, "-c", "import gi; gi.require_version('Gtk', '3.0'); from gi.repository import Gtk").Run() == nil {
			return python
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("python3 has no GTK 3")
	}
	t.Skip("python3 has no GTK 3 (make test installs it)")
	return ""
}

// startWeston starts a Wayland compositor in a window of the X server that nearly fills
// it, and returns the environment of its programs.
func startWeston(t *testing.T) []string {
	t.Helper()
	weston := desktoptest.Need(t, "weston")
	run := t.TempDir()
	if err := os.Chmod(run, 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(run, "weston.ini"), []byte("[core]\nidle-time=0\n[shell]\npanel-position=none\nlocking=false\n"))
	cmd := exec.Command(weston, "--config="+filepath.Join(run, "weston.ini"), "--backend=x11-backend.so", "--use-pixman",
		"--width=1560", "--height=940", "--socket=zscope-test")
	cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+run)
	desktoptest.Start(t, cmd)
	desktoptest.Wait(t, "weston's socket", func() bool {
		_, err := os.Stat(filepath.Join(run, "zscope-test"))
		return err == nil
	})
	return []string{"XDG_RUNTIME_DIR=" + run, "WAYLAND_DISPLAY=zscope-test"}
}

// moveTo moves the pointer to a point of the screen.
func (w *window) moveTo(p image.Point) {
	w.t.Helper()
	w.xdo("mousemove", strconv.Itoa(p.X), strconv.Itoa(p.Y))
}

// redAt returns the middle of what is pure red on the screen, once there is
// enough of it.
func (w *window) redAt() (image.Point, bool) {
	w.t.Helper()
	picture, err := w.eyes.Screenshot()
	if err != nil {
		w.t.Fatal(err)
	}
	var sum image.Point
	n := 0
	for y := range picture.Rect.Max.Y {
		for x := range picture.Rect.Max.X {
			if picture.NRGBAAt(x, y) == (color.NRGBA{255, 0, 0, 255}) {
				sum, n = sum.Add(image.Pt(x, y)), n+1
			}
		}
	}
	if n < 10_000 {
		return image.Point{}, false
	}
	return sum.Div(n), true
}
