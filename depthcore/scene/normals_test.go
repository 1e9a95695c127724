package scene

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

// Normals follow what a skin and a morph target do to the surface.
func TestNormal(t *testing.T) {
	s := arm(3)
	prim := &s.Primitives[0]
	prim.Normals = [][3]float32{{2, 0, 0}, {1, 1, 0}, {1, 0, 0}}
	prim.Targets[0].Normals = [][3]float32{{0, 0, 0}, {0, 0, 2}, {0, 0, 1}}
	p := s.NewPose(nil)
	s.Pose(p, 1)
	h := math.Sqrt(0.5)
	// The target counts in full; the forearm turns a quarter about z.
	for i, want := range [][2]mgl64.Vec3{
		{{1, 0, 0}, {1, 0, 0}},
		{{-1, 1, 2}, {1, 1, 2}},
		{{0, 1, 1}, {h, 0, h}},
	} {
		for k, instance := range []int{0, 1} { // skinned, morphed alone
			if got, want := s.Normal(p, instance, uint32(i)), want[k].Normalize(); got.Sub(want).Len() > 1e-7 {
				t.Errorf("instance %d, vertex %d: %v, want %v", instance, i, got, want)
			}
		}
	}
	prim.Normals = nil
	if got := s.Normal(p, 0, 0); got != (mgl64.Vec3{}) {
		t.Errorf("without normals: %v", got)
	}
}

// A turned normal stays at right angles to the surface, on its side.
func TestTurnNormal(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func() mgl64.Vec3 { return mgl64.Vec3{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()} }
	for range 100 {
		a, b := random(), random()
		n := a.Cross(b)
		m := mgl64.Mat4FromCols(random().Vec4(0), random().Vec4(0), random().Vec4(0), random().Vec4(1))
		got := TurnNormal(&m, n)
		turn := m.Mat3()
		size := got.Len()
		if d := max(math.Abs(got.Dot(turn.Mul3x1(a))), math.Abs(got.Dot(turn.Mul3x1(b)))); d > 1e-12*size*(1+turn.Mul3x1(a).Len()+turn.Mul3x1(b).Len()) {
			t.Errorf("%v turned by %v: %v is %g off", n, m, got, d/size)
		}
		if got.Dot(turn.Mul3x1(n)) <= 0 {
			t.Errorf("%v turned by %v changes the side", n, m)
		}
	}
	for v, want := range map[mgl64.Vec3]mgl64.Vec3{{}: {}, {1e-200, 0, 0}: {1, 0, 0}, {0, math.Inf(1), 0}: {}, {0, 3e200, 4e200}: {0, 0.6, 0.8}} {
		if got := Direction(v); got.Sub(want).Len() > 1e-15 {
			t.Errorf("the direction of %v is %v", v, got)
		}
	}
}
