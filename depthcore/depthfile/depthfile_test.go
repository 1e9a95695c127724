package depthfile

import (
	"bytes"
	"context"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"zscope/depthcore/depth"
	"zscope/depthcore/exr"
	"zscope/depthcore/npy"
	"zscope/depthcore/pfm"
)

// What is written here is read back bit for bit, whatever the format; a pixel
// without depth is empty, however it was written.
func TestRead(t *testing.T) {
	z := []float32{1, 2.5, 0, 10, float32(math.Inf(1)), 1e10, -1, 3e-5}
	var e, p, n bytes.Buffer
	img := &exr.Image{Width: 4, Height: 2, Channels: []exr.Channel{{Name: "A", Float: make([]float32, 8)}, {Name: "Z", Float: z}}}
	if err := new(exr.Encoder).Encode(context.Background(), &e, img, exr.Options{Compression: exr.ZIP}); err != nil {
		t.Fatal(err)
	}
	if err := pfm.Encode(&p, 4, 2, z); err != nil {
		t.Fatal(err)
	}
	if err := npy.Encode(&n, 4, 2, z); err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{"a.exr": {Data: e.Bytes()}, "a.pfm": {Data: p.Bytes()}, "a.npy": {Data: n.Bytes()}}
	empty := depth.Empty()
	want := []float32{1, 2.5, empty, 10, empty, empty, empty, 3e-5}
	for name := range fsys {
		m, err := Read(fsys, name, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if m.Z[i] != want[i] {
				t.Errorf("%s: pixel %d is %v, want %v", name, i, m.Z[i], want[i])
			}
		}
	}
}

func TestReadRefuses(t *testing.T) {
	fsys := fstest.MapFS{"a.exr": {Data: []byte("v/1\x01 broken")}, "b.png": {Data: []byte("hello")}, "c.tiff": {Data: []byte("II")}}
	for _, name := range []string{"a.exr", "b.png", "c.tiff", "none.pfm"} {
		if _, err := Read(fsys, name, 1000); err == nil || !strings.HasPrefix(err.Error(), "read "+name+": ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadEXR(f *testing.F) {
	var e bytes.Buffer
	img := &exr.Image{Width: 4, Height: 2, Channels: []exr.Channel{{Name: "Z", Float: make([]float32, 8)}}}
	if err := new(exr.Encoder).Encode(context.Background(), &e, img, exr.Options{}); err != nil {
		f.Fatal(err)
	}
	f.Add(e.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		readEXR(data)
	})
}
