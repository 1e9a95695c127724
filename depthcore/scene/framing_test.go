package scene

import (
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

// All corners of what is there lie inside the framing camera's picture, in
// front of it.
func TestFramingCamera(t *testing.T) {
	for _, scale := range []float64{1e-3, 1, 1e4} {
		var positions []mgl64.Vec3
		for k := 0; k < 8; k++ {
			positions = append(positions, mgl64.Vec3{float64(k & 1), float64(k >> 1 & 1), float64(k >> 2)}.Mul(scale))
		}
		s := (&Scene{
			Nodes:      []Node{{Parent: -1, Translation: mgl64.Vec3{5 * scale, 0, 0}, Rotation: mgl64.QuatIdent(), Scale: mgl64.Vec3{3, 1, 1}}},
			Primitives: []Primitive{{Positions: positions, Indices: []uint32{0, 1, 2}, Material: -1}},
			Instances:  []Instance{{FromObject: mgl64.Ident4(), Skin: -1}},
		}).WithFramingCamera(0)
		p := s.NewPose(nil)
		s.Pose(p, 0)
		v, err := s.View(p, 0, 1920, 1080)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range positions {
			q = transform(&v.CameraFromWorld, transform(&p.WorldFromObject[0], q))
			x, y, z := v.Project(q)
			if z <= 0 || x < 0 || x > 1920 || y < 0 || y > 1080 {
				t.Errorf("scale %g: corner at %g,%g depth %g", scale, x, y, z)
			}
		}
	}
}

// An empty scene gets a usable camera too.
func TestFramingNothing(t *testing.T) {
	s := (&Scene{}).WithFramingCamera(0)
	p := s.NewPose(nil)
	s.Pose(p, 0)
	if _, err := s.View(p, 0, 64, 48); err != nil {
		t.Error(err)
	}
}
