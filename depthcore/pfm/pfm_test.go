package pfm

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zscope/depthcore/depth"
)

func ramp(w, h int) []float32 {
	z := make([]float32, w*h)
	for i := range z {
		z[i] = float32(i) * 0.37
	}
	z[0] = float32(math.Inf(1))
	z[len(z)-1] = math.Float32frombits(0x7fc00123)
	return z
}

func TestEncode(t *testing.T) {
	var b bytes.Buffer
	if err := Encode(&b, 2, 2, []float32{1, 2, 3, float32(math.Inf(1))}); err != nil {
		t.Fatal(err)
	}
	want := "Pf\n2 2\n-1.0\n" + "\x00\x00\x40\x40" + "\x00\x00\x80\x7f" + "\x00\x00\x80\x3f" + "\x00\x00\x00\x40"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
	if err := Encode(&b, 2, 2, []float32{1}); err == nil {
		t.Error("too few pixels are no error")
	}
}

func TestRoundTrip(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {5, 3}, {640, 481}, {17000, 2}, {1, 70000}} {
		z := ramp(size[0], size[1])
		var b bytes.Buffer
		if err := Encode(&b, size[0], size[1], z); err != nil {
			t.Fatal(err)
		}
		m, err := Decode(&b)
		if err != nil || m.Width != size[0] || m.Height != size[1] {
			t.Fatalf("%v: %v", size, err)
		}
		for i := range z {
			if math.Float32bits(m.Z[i]) != math.Float32bits(z[i]) {
				t.Fatalf("%v: pixel %d is %08x, want %08x", size, i, math.Float32bits(m.Z[i]), math.Float32bits(z[i]))
			}
		}
	}
}

func TestDecodeBigEndian(t *testing.T) {
	m, err := Decode(strings.NewReader("Pf 1\n2 2.5\n" + "\x40\x00\x00\x00" + "\x3f\x80\x00\x00"))
	if err != nil || m.At(0, 0) != 1 || m.At(0, 1) != 2 {
		t.Errorf("got %+v, %v", m, err)
	}
}

func TestDecodeErrors(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "head",
		"P5 1 1 255\n0":              `begins with "P5"`,
		"PF\n1 1\n-1\n":              "three channels",
		"Pf\n1 a\n-1\n":              "no size",
		"Pf\n0 1\n-1\n":              "size 0x1",
		"Pf\n1000000 1000000\n-1\n":  "size 1000000x1000000",
		"Pf\n1 1\n0\n0000":           "no scale",
		"Pf\n1 1\nnan\n0000":         "no scale",
		"Pf\n1 2\n-1\n00000":         "row 0 of 2",
		"Pf\n16000 16000\n-1\n0":     "row 0 of 16000",
		strings.Repeat("x", 1000000): "a word of more than",
	} {
		if _, err := Decode(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: got error %v, want one with %q", in, err, want)
		}
	}
}

type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestEncodeWriteError(t *testing.T) {
	for _, w := range []int{1, 100000} {
		if err := Encode(full{}, w, 1, make([]float32, w)); !errors.Is(err, errFull) {
			t.Errorf("got %v", err)
		}
	}
}

// needTool skips a test where a program is missing, but not where the machine
// is there for the tests.
func needTool(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

func writeFile(t *testing.T, w, h int, z []float32) string {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, w, h, z); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.pfm")
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestNetpbm has pfmtopam read a map of 0..1, top row darkest.
func TestNetpbm(t *testing.T) {
	needTool(t, "pfmtopam")
	out, err := exec.Command("pfmtopam", "-maxval=4", writeFile(t, 1, 5, []float32{0, 0.25, 0.5, 0.75, 1})).Output()
	if err != nil || !bytes.HasSuffix(out, []byte("ENDHDR\n\x00\x01\x02\x03\x04")) {
		t.Errorf("%v: %q", err, out)
	}
}

const readers = `
import sys
import numpy as np
try:
    import cv2, OpenImageIO as oiio
except ImportError as e:
    print(e); sys.exit(77)
path, out = sys.argv[1:]
a = cv2.imread(path, cv2.IMREAD_UNCHANGED)
a.astype('<f4').tofile(out + '/cv2')
f = oiio.ImageInput.open(path)
np.asarray(f.read_image(oiio.FLOAT)).astype('<f4').tofile(out + '/oiio')
`

// TestReaders has OpenCV and OpenImageIO read the pixels.
func TestReaders(t *testing.T) {
	python := "/usr/bin/python3"
	needTool(t, python)
	const w, h = 37, 21
	z := ramp(w, h)
	z[len(z)-1] = -1e10
	dir := t.TempDir()
	out, err := exec.Command(python, "-c", readers, writeFile(t, w, h, z), dir).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 77 && os.Getenv("CI") == "" {
		t.Skipf("%s", out)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := make([]byte, 0, 4*w*h)
	want = appendFloats(want, z)
	for _, name := range []string{"cv2", "oiio"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s does not read what was written (%v)", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("Pf\n1 1\n-1.0\n\x00\x00\x80\x3f"))
	f.Add([]byte("Pf\n2\n1\n1\n\x00\x00\x80\x3f\x00\x00\x80\x3f"))
	f.Add([]byte("Pf\n1000 1000\n-1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := Encode(&b, m.Width, m.Height, m.Z); err != nil {
			t.Fatal(err)
		}
		again, err := Decode(&b)
		if err != nil || again.Width != m.Width || fmt.Sprint(bits(again)) != fmt.Sprint(bits(m)) {
			t.Fatalf("the map changed on its way: %v", err)
		}
	})
}

func bits(m *depth.Map) []uint32 {
	out := make([]uint32, len(m.Z))
	for i, z := range m.Z {
		out[i] = math.Float32bits(z)
	}
	return out
}

func BenchmarkEncode(b *testing.B) {
	z := make([]float32, 1920*1080)
	var n counter
	for b.Loop() {
		if err := Encode(&n, 1920, 1080, z); err != nil {
			b.Fatal(err)
		}
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }
