package export

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"zscope/depthcore/depth"
	"zscope/depthcore/raycast"
)

// What is measured on a map is what exporting it takes on the disk, in every
// layout, and nothing stays.
func TestMeasure(t *testing.T) {
	s, _ := loadScene(t, "c_room")
	t.Setenv("TMPDIR", t.TempDir())
	for _, p := range Profiles() {
		j := NewJob(s, filepath.Join(t.TempDir(), "out"))
		j.Frames, j.Width, j.Height, j.Verify = []int{2}, 64, 48, true
		j.Use(p)
		if p == Plain {
			j.Formats, j.Background = Formats(), 0
		}
		pose, m := s.NewPose(nil), &depth.Map{}
		s.Pose(pose, j.Time(2))
		v, err := j.View(pose, 2)
		if err != nil {
			t.Fatal(err)
		}
		c := raycast.New(s, j.Raycast)
		if err := c.Prepare(t.Context(), pose); err != nil {
			t.Fatal(err)
		}
		if err := c.Cast(t.Context(), v, m, nil); err != nil {
			t.Fatal(err)
		}
		was := m.Z[0]
		cost, err := Measure(t.Context(), j, 2, v, m)
		if err != nil {
			t.Errorf("%s: %v", p, err)
			continue
		}
		sum, err := Run(t.Context(), j, nil)
		if err != nil {
			t.Fatal(err)
		}
		guessed := p == Middlebury && math.Abs(float64(cost.Bytes-sum.Bytes)) < 0.03*float64(sum.Bytes) // its masks
		if cost.Bytes != sum.Bytes && !guessed || cost.Write <= 0 || m.Z[0] != was {
			t.Errorf("%s: measured %+v, the files have %d bytes", p, cost, sum.Bytes)
		}
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("%v stay behind, %v", left, err)
	}
}

func TestRoom(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Join(dir, "not", "there yet")} {
		if n, err := Room(d); err != nil || n <= 0 {
			t.Errorf("%s: %d bytes, %v", d, n, err)
		}
	}
}
