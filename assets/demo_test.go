package assets_test

import (
	"context"
	"math"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/assets"
	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/raycast"
	"zscope/depthcore/scenefile"
)

func TestDemoScene(t *testing.T) {
	s, err := scenefile.Read(context.Background(), "demo.glb", assets.Demo)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range s.Warnings {
		t.Error("warning:", w)
	}
	for i, n := range s.Nodes {
		if n.Name == "" {
			t.Errorf("node %d has no name", i)
		}
	}
	if tl := s.Timeline(nil); tl.FPS != 24 || tl.First != 1 || tl.Last != 120 {
		t.Errorf("the timeline is %+v", tl)
	}
}

// What package assets promises: while the camera is on its tripod, the wall is
// exactly 10 m away in each of its pixels, and the plates on it are so by
// binary fractions less.
func TestCalibrationWall(t *testing.T) {
	ctx := context.Background()
	s, err := scenefile.Read(ctx, "demo.glb", assets.Demo)
	if err != nil {
		t.Fatal(err)
	}
	pose, caster := s.NewPose(nil), raycast.New(s, raycast.DefaultOptions())
	var m depth.Map
	for _, frame := range []int{1, 2, 7, 12} {
		s.Pose(pose, s.Timeline(nil).Time(frame))
		if err := caster.Prepare(ctx, pose); err != nil {
			t.Fatal(err)
		}
		view, err := s.View(pose, 0, 480, 270)
		if err != nil {
			t.Fatal(err)
		}
		if err := caster.Cast(ctx, view, &m, nil); err != nil {
			t.Fatal(err)
		}
		wall := 0
		for i, z := range m.Z {
			switch {
			case z == 10:
				wall++
			case math.Abs(float64(z)-10) < 1e-4 && insideWall(view, i):
				t.Fatalf("frame %d, pixel (%d, %d): the wall is at %v", frame, i%m.Width, i/m.Width, z)
			}
		}
		if wall < 8000 {
			t.Errorf("frame %d: %d pixels are at 10 m", frame, wall)
		}
		for i, want := range []float32{9.75, 9.875, 9.9375, 9.96875, 9.984375} {
			// The plate's middle, 1.5 m being the camera's height.
			u, v, _ := view.Project(mgl64.Vec3{-2.5 + 0.5*float64(i), 1.4375 - 1.5, -float64(want)})
			if got := m.At(int(u), int(v)); got != want {
				t.Errorf("frame %d: plate %d is at %v, want %v", frame, i+1, got, want)
			}
		}
	}
}

// insideWall reports whether the ray of pixel i meets the wall's plane away
// from its borders, where floor, ceiling and side walls come near to 10 m.
func insideWall(view camera.View, i int) bool {
	p := view.CameraPoint(float64(i%view.Width)+0.5, float64(i/view.Width)+0.5, 10)
	return math.Abs(p[0]) < 3.9 && p[1] > -1.4 && p[1] < 1.65
}
