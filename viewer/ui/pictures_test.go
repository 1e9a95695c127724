//go:build cgo && linux

package ui

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gioui.org/gpu/headless"
)

// TestPictures draws each panel at each size, dark and light, into the folder
// that ZSCOPE_PICTURES names (make pictures), for a person to look at.
func TestPictures(t *testing.T) {
	dir := os.Getenv("ZSCOPE_PICTURES")
	if dir == "" {
		t.Skip("pictures are drawn by make pictures")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		w, h  int
		scale float32
	}{{800, 500, 1}, {1280, 800, 1}, {1600, 1000, 2}, {3840, 2160, 1}} {
		gpu, err := headless.NewWindow(c.w, c.h)
		if err != nil {
			t.Fatalf("no drawing without a screen: %v", err)
		}
		for _, p := range panels {
			if only := os.Getenv("ZSCOPE_PANEL"); only != "" && !strings.Contains(p.name, only) {
				continue
			}
			for _, light := range []bool{false, true} {
				b := newBench(t, c.w, c.h)
				b.scale = c.scale
				b.m.DesktopLight = light
				p.show(b)
				b.settle()
				if err := gpu.Frame(&b.ops); err != nil {
					t.Fatal(err)
				}
				img := image.NewRGBA(image.Rect(0, 0, c.w, c.h))
				if err := gpu.Screenshot(img); err != nil {
					t.Fatal(err)
				}
				shade := "dark"
				if light {
					shade = "light"
				}
				savePNG(t, filepath.Join(dir, fmt.Sprintf("%s-%dx%d@%g-%s.png", p.name, c.w, c.h, c.scale, shade)), img)
			}
		}
		gpu.Release()
	}
}

func savePNG(t *testing.T, path string, img image.Image) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, img); err != nil {
		t.Fatal(err)
	}
}
