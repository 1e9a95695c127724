package main

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// What is committed is what the program makes. Other machines may fuse a
// multiplication and an addition, which moves a vertex that lies between two
// points of the grid.
func TestFilesAreCurrent(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the bytes are promised on amd64 only")
	}
	files, err := allFiles()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if len(f.data) >= 2_000_000 {
			t.Errorf("%s has %d bytes", f.name, len(f.data))
		}
		got, err := os.ReadFile(filepath.Join("..", f.name))
		if err != nil {
			t.Fatal(err)
		}
		if !same(t, f.name, got, f.data) {
			t.Errorf("%s is not what the generator makes: run go generate ./assets", f.name)
		}
	}
}

// same compares bytes; of a PNG the pixels, since Go's releases may pack them
// in other ways.
func same(t *testing.T, name string, a, b []byte) bool {
	if filepath.Ext(name) != ".png" {
		return bytes.Equal(a, b)
	}
	pixels := func(data []byte) []uint8 {
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return img.(*image.NRGBA).Pix
	}
	return bytes.Equal(pixels(a), pixels(b))
}

func TestCameraComesRound(t *testing.T) {
	for n := firstFrame; n <= tripodFrame+1; n++ {
		if at, q := cameraAt(n); at != cameraStart || q != (quaternion{0, 0, 0, 1}) {
			t.Errorf("frame %d: the camera is at %v, turned by %v", n, at, q)
		}
	}
	for n := tripodFrame + 2; n <= lastFrame+1; n++ {
		before, _ := cameraAt(n - 1)
		at, _ := cameraAt(n)
		if d := at.sub(before).length(); d > 0.08 {
			t.Errorf("frame %d: the camera jumps by %.3f m", n, d)
		}
	}
	if at, _ := cameraAt(lastFrame + 1); at.sub(cameraStart).length() > 1e-3 {
		t.Errorf("the frame after the last has the camera at %v", at)
	}
}
