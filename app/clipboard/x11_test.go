//go:build linux

package clipboard

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"zscope/app/internal/desktoptest"
)

// paste asks for the clipboard as another program does.
func paste(t *testing.T, target string) ([]byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return exec.CommandContext(ctx, "xclip", "-selection", "clipboard", "-target", target, "-out").Output()
}

func TestX11(t *testing.T) {
	desktoptest.Need(t, "xclip")
	t.Setenv("DISPLAY", desktoptest.StartDisplay(t, "320x200"))
	t.Setenv("WAYLAND_DISPLAY", "")
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{100, piece, piece + 1, 3 * piece, 2_345_678} {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		release, err := putX11(data)
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		if targets, err := paste(t, "TARGETS"); err != nil || !strings.Contains(string(targets), "image/png") {
			t.Errorf("targets %q, %v", targets, err)
		}
		for range 2 {
			if got, err := paste(t, "image/png"); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes were copied, %d pasted: %v", size, len(got), err)
			}
		}
		if _, err := paste(t, "text/plain"); err == nil {
			t.Error("a picture was pasted as text")
		}
	}
	// Another program copies something.
	other := exec.Command("xclip", "-selection", "clipboard", "-in", "-loops", "1")
	other.Stdin = strings.NewReader("words")
	if err := other.Run(); err != nil {
		t.Fatal(err)
	}
	if got, err := paste(t, "UTF8_STRING"); err != nil || string(got) != "words" {
		t.Errorf("after another program: %q, %v", got, err)
	}
}

func TestNoDisplay(t *testing.T) {
	t.Setenv("DISPLAY", ":987")
	if _, err := putX11([]byte("x")); err == nil {
		t.Error("a clipboard without a display")
	}
	// A window of no desktop that is known says so too.
	var said error
	Of(nil).Put([]byte("x"), func(err error) { said = err })
	if said != ErrNoPictures {
		t.Errorf("without a desktop: %v", said)
	}
}
