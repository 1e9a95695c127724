package npy

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"
)

func someArrays() []Array {
	inf := float32(math.Inf(1))
	return []Array{
		{Name: "z", Width: 3, Height: 2, Float: [][]float32{{1, 2, inf, -0.5, 1e-40, 7}}},
		{Name: "normal", Width: 3, Height: 2, Float: [][]float32{{1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11, 12}, {13, 14, 15, 16, 17, 18}}},
		{Name: "object", Width: 3, Height: 2, UInt: [][]uint32{{0, 1, math.MaxUint32, 3, 1 << 24, 1<<24 + 1}}},
	}
}

func TestZipRoundTrip(t *testing.T) {
	for _, level := range []int{0, 2, 9} {
		var one, many bytes.Buffer
		for threads, out := range map[int]*bytes.Buffer{1: &one, 3: &many} {
			if err := EncodeZip(out, someArrays(), level, threads); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(one.Bytes(), many.Bytes()) {
			t.Errorf("level %d: the bytes depend on the threads", level)
		}
		got, err := DecodeZip(one.Bytes())
		if err != nil || !reflect.DeepEqual(got, someArrays()) {
			t.Errorf("level %d: got %v, %v", level, got, err)
		}
		for _, cut := range []int{10, one.Len() / 2, one.Len() - 3} {
			if _, err := DecodeZip(one.Bytes()[:cut]); err == nil {
				t.Errorf("level %d: a file of %d of %d bytes is read", level, cut, one.Len())
			}
		}
	}
	if err := EncodeZip(&bytes.Buffer{}, []Array{{Width: 2, Height: 2, UInt: [][]uint32{{1}}}}, 2, 1); err == nil {
		t.Error("an array with too few pixels is written")
	}
}

// numpy reads the same numbers.
func TestZipInNumpy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.npz")
	var b bytes.Buffer
	if err := EncodeZip(&b, someArrays(), 2, 1); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	const script = `
import sys
try:
    import numpy as np
except ImportError:
    sys.exit(77)
f = np.load(sys.argv[1])
for k in sorted(f.files):
    print(k, f[k].dtype, f[k].shape, f[k].tobytes().hex())`
	out, err := exec.Command("/usr/bin/python3", "-c", script, file).CombinedOutput()
	if err != nil && os.Getenv("CI") == "" {
		t.Skipf("%v: %s", err, out)
	}
	const want = "normal float32 (2, 3, 3) 0000803f0000e04000005041000000400000004100006041000040400000104100007041000080400000204100008041" +
		"0000a04000003041000088410000c0400000404100009041\n" +
		"object uint32 (2, 3) 0000000001000000ffffffff030000000000000101000001\n" +
		"z float32 (2, 3) 0000803f000000400000807f000000bfc21601000000e040\n"
	if string(out) != want {
		t.Errorf("got %v\n%swant\n%s", err, out, want)
	}
}

func FuzzDecodeZip(f *testing.F) {
	for _, level := range []int{0, 2} {
		var b bytes.Buffer
		if err := EncodeZip(&b, someArrays(), level, 1); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		arrays, err := DecodeZip(data)
		if err != nil {
			return
		}
		for i := range arrays {
			if err := arrays[i].check(); err != nil {
				t.Error(err)
			}
		}
	})
}
