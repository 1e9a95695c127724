//go:build linux && cgo

package e2e

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"os/exec"
	"testing"
	"time"

	"zscope/app/internal/desktoptest"
)

// The picture with its legend goes to other programs by the clipboard, on X11
// and on Wayland, until another program copies something; and again after that.
func TestCopyPicture(t *testing.T) {
	for _, desktop := range []struct{ name, paste, copy string }{
		{"x11", "xclip -selection clipboard -target image/png -out", "xclip -selection clipboard -in"},
		{"wayland", "wl-paste --type image/png", "wl-copy"},
	} {
		t.Run(desktop.name, func(t *testing.T) {
			var w *window
			env := os.Environ()
			run := func(command string) *exec.Cmd {
				cmd := exec.Command("sh", "-c", "exec "+command)
				cmd.Env = env
				return cmd
			}
			if desktop.name == "x11" {
				desktoptest.Need(t, "xclip")
				display := desktoptest.StartDisplay(t, "1280x800")
				w = openWindow(t, display)
				env = append(env, "DISPLAY="+display)
			} else {
				desktoptest.Need(t, "wl-paste")
				display := desktoptest.StartDisplay(t, "1600x1000")
				more := startWeston(t)
				w = startWindow(t, display, append(more, "DISPLAY="))
				env = append(env, more...)
			}
			for range 2 {
				// wl-copy and wl-paste take the keyboard for a while, and weston
				// does not give it back: a key has to come.
				frame := w.now.Frame
				w.until("the keyboard", func(s state) bool {
					if s.Frame == frame {
						w.moveTo(image.Pt(700, 500))
						w.xdo("click", "1")
						w.keys("Right")
						time.Sleep(500 * time.Millisecond)
						w.read()
					}
					return w.now.Frame != frame
				})
				w.until("the picture", state.exact)
				w.keys("ctrl+i")
				w.until("word of the copy", has("on the clipboard"))
				for range 2 { // more than one program may ask
					data, err := run(desktop.paste).Output()
					if err != nil {
						t.Fatal(err)
					}
					picture, err := png.Decode(bytes.NewReader(data))
					if err != nil {
						t.Fatal(err)
					}
					if size := picture.Bounds().Size(); size.X < w.now.Size[0] || size.Y <= w.now.Size[1] {
						t.Errorf("pasted %v, the picture alone is %v", size, w.now.Size)
					}
				}
				w.shot("copied")
				w.keys("Escape")
				w.until("no notice", func(s state) bool { return len(s.Notices) == 0 })
				other := run(desktop.copy)
				other.Stdin = bytes.NewReader([]byte("words"))
				desktoptest.Start(t, other)
				desktoptest.Wait(t, "another program's words", func() bool {
					data, err := run(desktop.paste).Output()
					return err != nil || string(data) == "words" // xclip gives them as whatever is asked for
				})
			}
		})
	}
}
