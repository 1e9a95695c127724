package npy

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

func encode(t *testing.T, w, h int, z []float32) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, w, h, z); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {5, 3}, {640, 481}, {16370, 1}} {
		z := ramp(size[0], size[1])
		file := encode(t, size[0], size[1], z)
		if (len(file)-4*len(z))%alignment != 0 {
			t.Errorf("%v: the pixels start at byte %d", size, len(file)-4*len(z))
		}
		m, err := Decode(bytes.NewReader(file))
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

// TestNumPy has NumPy read the array and print it.
func TestNumPy(t *testing.T) {
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import numpy").Run() != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("NumPy is missing")
		}
		t.Skip("NumPy is missing")
	}
	path := filepath.Join(t.TempDir(), "test.npy")
	if err := os.WriteFile(path, encode(t, 3, 2, []float32{1, 2, 3, 4, 5, float32(math.Inf(1))}), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "-c", "import numpy, sys; a = numpy.load(sys.argv[1]); print(a.dtype, a.shape, a.tolist())", path).CombinedOutput()
	if want := "float32 (2, 3) [[1.0, 2.0, 3.0], [4.0, 5.0, inf]]\n"; err != nil || string(out) != want {
		t.Errorf("%v: got %s, want %s", err, out, want)
	}
}

// Other programs write other types of numbers.
func TestDecodeTypes(t *testing.T) {
	head := string(encode(t, 2, 1, []float32{1, 2}))
	head = head[:len(head)-8]
	for kind, data := range map[string]string{
		"<f2": "\x00\x3e\x55\x35", ">f2": "\x3e\x00\x35\x55",
		"<f4": "\x00\x00\xc0\x3f\x00\xa0\xaa\x3e", ">f4": "\x3f\xc0\x00\x00\x3e\xaa\xa0\x00",
		"<f8": "\x00\x00\x00\x00\x00\x00\xf8\x3f\x00\x00\x00\x00\x00\x54\xd5\x3f",
	} {
		m, err := Decode(strings.NewReader(strings.Replace(head, "<f4", kind, 1) + data))
		if err != nil || m.Z[0] != 1.5 || m.Z[1] != 0.333251953125 {
			t.Errorf("%s: %+v, %v", kind, m, err)
		}
	}
	m, err := Decode(strings.NewReader(strings.Replace(head, "<f4", "<u2", 1) + "\x05\x00\xff\xff"))
	if err != nil || m.Z[0] != 5 || m.Z[1] != 65535 {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestErrors(t *testing.T) {
	if err := Encode(&bytes.Buffer{}, 2, 2, []float32{1}); err == nil {
		t.Error("too few pixels are no error")
	}
	good := string(encode(t, 2, 2, []float32{1, 2, 3, 4}))
	for in, want := range map[string]string{
		"":                                     "head",
		"\x93NUMPY\x02" + good[7:]:             "version 1.0",
		good[:20]:                              "head",
		good[:len(good)-1]:                     "row 0 of 2",
		strings.Replace(good, "<f4", "<f8", 1): "row 0 of 2",
		strings.Replace(good, "<f4", "<c8", 1): "numbers of type <c8 are not read",
		strings.Replace(good, "False", "True ", 1):                     "in C order",
		strings.Replace(good, "(2, 2)", "(2,  )", 1):                   "two axes",
		strings.Replace(good, "(2, 2)", "(0, 2)", 1):                   "size 2x0",
		strings.Replace(good, "(2, 2), }  ", "(999999, 999999), }", 1): "size 999999x999999",
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
	if err := Encode(full{}, 1, 1, make([]float32, 1)); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	if err := Encode(&b, 2, 1, []float32{1, 2}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		again, err := Decode(bytes.NewReader(encode(t, m.Width, m.Height, m.Z)))
		if err != nil || fmt.Sprint(again.Width, again.Height) != fmt.Sprint(m.Width, m.Height) {
			t.Fatalf("the map changed on its way: %v", err)
		}
	})
}
