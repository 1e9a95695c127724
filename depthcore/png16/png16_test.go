package png16

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var (
	depths = []float32{1, 0.0005, 0.0015, 65.535, 65.5354, 65.536, 1e30, 1e-9, 0, -1, float32(math.Inf(1)), float32(math.NaN())}
	counts = []uint16{1000, 1, 2, 65535, 65535, 65535, 65535, 1, 0, 0, 0, 0}
)

func TestEncode(t *testing.T) {
	var e Encoder
	for range 2 {
		var b bytes.Buffer
		s, err := e.Encode(&b, 4, 3, depths, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if s != (Saturated{Far: 2, Near: 1}) {
			t.Errorf("saturated %+v", s)
		}
		img, err := png.Decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range counts {
			if got := img.(*image.Gray16).Gray16At(i%4, i/4).Y; got != want {
				t.Errorf("%g: got %d, want %d", depths[i], got, want)
			}
		}
		// A larger one in between, so that the memory is used again.
		if _, err := e.Encode(&bytes.Buffer{}, 40, 30, make([]float32, 1200), 1000); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOpenCV has OpenCV read the numbers.
func TestOpenCV(t *testing.T) {
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import cv2").Run() != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("OpenCV is missing")
		}
		t.Skip("OpenCV is missing")
	}
	var e Encoder
	var b bytes.Buffer
	if _, err := e.Encode(&b, 4, 3, depths, 1000); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.png")
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "-c", "import cv2, sys; a = cv2.imread(sys.argv[1], cv2.IMREAD_UNCHANGED); print(a.dtype, a.tolist())", path).CombinedOutput()
	if want := "uint16 [[1000, 1, 2, 65535], [65535, 65535, 65535, 1], [0, 0, 0, 0]]\n"; err != nil || string(out) != want {
		t.Errorf("%v: got %s, want %s", err, out, want)
	}
}

type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestErrors(t *testing.T) {
	var e Encoder
	if _, err := e.Encode(full{}, 1, 1, make([]float32, 1), 1); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
	for _, scale := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := e.Encode(full{}, 1, 1, make([]float32, 1), scale); err == nil || !strings.Contains(err.Error(), "scale") {
			t.Errorf("scale %g: got %v", scale, err)
		}
	}
	if _, err := e.Encode(full{}, 2, 1, make([]float32, 1), 1); err == nil || !strings.Contains(err.Error(), "1 pixels") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkEncode(b *testing.B) {
	z := make([]float32, 1920*1080)
	for i := range z {
		z[i] = 3 + float32(i%1920)*0.001 + float32(i/1920)*0.0003
	}
	var e Encoder
	b.ReportAllocs()
	for b.Loop() {
		var n counter
		if _, err := e.Encode(&n, 1920, 1080, z, 1000); err != nil {
			b.Fatal(err)
		}
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }
