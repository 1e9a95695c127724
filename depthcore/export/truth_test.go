package export

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"testing"

	"zscope/depthcore/depth"
)

// reference reads a frame of a shared scene's reference: planar Z in float64,
// an .npy of version 1 in a zip.
func reference(t *testing.T, name string, frame int) []float64 {
	t.Helper()
	z, err := zip.OpenReader(filepath.Join(scenes, name+".ref.npz"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open(fmt.Sprintf("f%04d.npy", frame))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	data = data[10+int(binary.LittleEndian.Uint16(data[8:])):]
	list := make([]float64, len(data)/8)
	for i := range list {
		list[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
	}
	return list
}

// TestTracksAgainstReferences exports the scenes whose cameras no glTF holds,
// with the tracks beside them: an animated focal length, a shifted lens, a
// camera on a path.
func TestTracksAgainstReferences(t *testing.T) {
	for _, c := range []struct {
		name   string
		frames []int
	}{{"e_zoom", []int{1, 6, 12}}, {"f1_shift", []int{1}}, {"d_followpath", []int{1, 13}}} {
		s, track := loadScene(t, c.name)
		j := NewJob(s, filepath.Join(t.TempDir(), "out"))
		j.Track, j.Frames, j.Formats, j.Verify = track, c.frames, []Format{PFM}, true
		if _, err := Run(t.Context(), j, nil); err != nil {
			t.Fatal(err)
		}
		for _, n := range c.frames {
			got, want := readPFM(t, filepath.Join(j.Dir, FileName(j.Pattern(), n, PFM))), reference(t, c.name, n)
			if len(got.Z) != len(want) {
				t.Fatalf("%s: %d pixels, not %d", c.name, len(got.Z), len(want))
			}
			both, equal, uncovered := 0, 0, 0
			for i, z := range got.Z {
				if depth.IsHit(z) != depth.IsHit(float32(want[i])) {
					uncovered++
					continue
				}
				if !depth.IsHit(z) {
					continue
				}
				both++
				if z == float32(want[i]) {
					equal++
				} else if math.Abs(float64(int64(math.Float32bits(z))-int64(math.Float32bits(float32(want[i]))))) > 1 {
					t.Errorf("%s, frame %d, pixel %d: %v, want %v", c.name, n, i, z, want[i])
				}
			}
			if uncovered > 4 || both < 10000 || float64(equal) < 0.999*float64(both) {
				t.Errorf("%s, frame %d: %d of %d equal, coverage differs in %d", c.name, n, equal, both, uncovered)
			}
			t.Logf("%s, frame %d: %d of %d equal bit for bit, coverage differs in %d", c.name, n, equal, both, uncovered)
		}
	}
}
