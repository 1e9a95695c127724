package scenefile

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/raycast"
	"zscope/depthcore/scene"
)

// cast returns the depth of a scene at time 0.
func cast(t *testing.T, s *scene.Scene, v camera.View) *depth.Map {
	t.Helper()
	p := s.NewPose(nil)
	s.Pose(p, 0)
	c := raycast.New(s, raycast.DefaultOptions())
	if err := c.Prepare(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	var m depth.Map
	if err := c.Cast(context.Background(), v, &m, nil); err != nil {
		t.Fatal(err)
	}
	return &m
}

// What Blender writes as OBJ, PLY and STL has the depth of what it writes as
// glTF, but for the digits that the formats keep: the camera is the GLB's.
func TestFormatsAgree(t *testing.T) {
	dir := "../../../shared/scenes"
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("the shared scenes are not here")
	}
	for _, name := range []string{"a_calib.obj", "a_calib.ply", "a_calib.stl", "b_orbit.obj", "b_orbit.stl"} {
		t.Run(name, func(t *testing.T) {
			open := func(name string) *scene.Scene {
				s, err := Open(context.Background(), filepath.Join(dir, name))
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
			other := open(name)
			if len(other.Cameras) != 1 || other.Cameras[0].Name != scene.FramingCameraName {
				t.Errorf("cameras %+v", other.Cameras)
			}
			s := open(strings.Split(name, ".")[0] + ".glb")
			p := s.NewPose(nil)
			s.Pose(p, 1./24)
			v, err := s.View(p, 0, 320, 240)
			if err != nil {
				t.Fatal(err)
			}
			want, got := cast(t, s, v), cast(t, other, v)
			edges := 0
			for i, z := range want.Z {
				if math.Abs(float64(z-got.Z[i])) > 1e-4*float64(z) || math.IsInf(float64(z), 1) != math.IsInf(float64(got.Z[i]), 1) {
					edges++
				}
			}
			if edges > 20 {
				t.Errorf("%d of %d pixels differ", edges, len(want.Z))
			}
			t.Logf("%d of %d pixels differ by more than 1e-4 of their depth", edges, len(want.Z))
		})
	}
}
