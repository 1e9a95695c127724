package tiff

import (
	"bytes"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func sample(w, h int) []float32 {
	z := make([]float32, w*h)
	for i := range z {
		z[i] = 1 / float32(i+1)
	}
	z[0], z[len(z)-1] = float32(math.Inf(1)), 1e10
	return z
}

func encoded(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, w, h, sample(w, h)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	for _, size := range [][2]int{{1, 2}, {7, 5}, {300, 2}} {
		w, h := size[0], size[1]
		m, err := Decode(bytes.NewReader(encoded(t, w, h)))
		if err != nil || m.Width != w || m.Height != h {
			t.Fatalf("%v, %v", m, err)
		}
		for i, z := range sample(w, h) {
			if m.Z[i] != z {
				t.Fatalf("pixel %d is %v, not %v", i, m.Z[i], z)
			}
		}
	}
}

// TestOtherReaders has OpenCV and OpenImageIO read a file.
func TestOtherReaders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tiff")
	if err := os.WriteFile(path, encoded(t, 7, 5), 0o666); err != nil {
		t.Fatal(err)
	}
	program := `
import sys
try:
    import numpy as np, cv2, OpenImageIO as oiio
except ImportError as e:
    print(e); sys.exit(77)
want = (1 / np.arange(1, 36, dtype=np.float32)).reshape(5, 7)
want[0, 0], want[4, 6] = np.inf, 1e10
a = cv2.imread(sys.argv[1], cv2.IMREAD_UNCHANGED)
b = np.asarray(oiio.ImageBuf(sys.argv[1]).get_pixels(oiio.FLOAT))[:, :, 0]
print(a.dtype, a.shape, np.array_equal(a, want), np.array_equal(b, want))
`
	out, err := exec.Command("/usr/bin/python3", "-c", program, path).CombinedOutput()
	var exit *exec.ExitError
	if (errors.As(err, &exit) && exit.ExitCode() == 77 || errors.Is(err, os.ErrNotExist)) && os.Getenv("CI") == "" {
		t.Skipf("%s", out)
	}
	if want := "float32 (5, 7) True True\n"; err != nil || string(out) != want {
		t.Errorf("%v: got %s, want %s", err, out, want)
	}
}

func TestErrors(t *testing.T) {
	if err := Encode(&bytes.Buffer{}, 3, 3, make([]float32, 8)); err == nil {
		t.Error("too few pixels are no error")
	}
	good := encoded(t, 7, 5)
	for n := range good {
		if _, err := Decode(bytes.NewReader(good[:n])); err == nil {
			t.Errorf("a file of %d bytes is no error", n)
		}
	}
	bad := bytes.Clone(good)
	bad[10+12*3+8] = 5 // LZW
	if _, err := Decode(bytes.NewReader(bad)); err == nil || !strings.Contains(err.Error(), "tag 259 is 5") {
		t.Error(err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encoded(f, 3, 2))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := Encode(&again, m.Width, m.Height, m.Z); err != nil || len(data) < again.Len() {
			t.Fatalf("%dx%d from %d bytes, %v", m.Width, m.Height, len(data), err)
		}
	})
}
