//go:build linux && cgo

package e2e

import (
	"bytes"
	"image/png"
	"os/exec"
	"testing"

	"zscope/app/internal/desktoptest"
)

// The picture with its legend goes to other programs by the clipboard.
func TestCopyPicture(t *testing.T) {
	desktoptest.Need(t, "xclip")
	display := desktoptest.StartDisplay(t, "1280x800")
	w := openWindow(t, display)
	w.keys("ctrl+i")
	w.until("word of the copy", has("on the clipboard"))
	paste := exec.Command("xclip", "-selection", "clipboard", "-target", "image/png", "-out")
	paste.Env = append(paste.Environ(), "DISPLAY="+display)
	data, err := paste.Output()
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
