package raycast

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

func TestCornersAgree(t *testing.T) {
	if len(fastest()) == 0 {
		t.Skip("no vector instructions here")
	}
	r := rand.New(rand.NewPCG(3, 1))
	const vertices, triangles = 50, 200
	in := &instance{}
	for range vertices {
		e := math.Exp(40*r.Float64() - 20)
		in.positions = append(in.positions, mgl64.Vec3{r.NormFloat64() * e, r.NormFloat64(), -e})
	}
	in.positions[vertices-1] = mgl64.Vec3{math.Inf(1), 0, math.MaxFloat64}
	corners := make([][3]uint32, triangles) // by slot
	for slot := range corners {
		for k := range corners[slot] {
			corners[slot][k] = uint32(r.IntN(vertices))
		}
		in.indices = append(in.indices, corners[slot][:]...)
	}
	for range 100 {
		for k := range in.drawn {
			in.drawn[k] = r.NormFloat64() * math.Exp(4*r.NormFloat64())
		}
		tris := make([]uint32, 1+r.IntN(16))
		for k := range tris {
			tris[k] = uint32(r.IntN(triangles))
		}
		var got, want [9][16]float64
		for lane, tri := range tris {
			for i, q := range in.cornersBy(&in.drawn, int(tri)) {
				want[3*i][lane], want[3*i+1][lane], want[3*i+2][lane] = q[0], q[1], q[2]
			}
		}
		cornersWide(&in.drawn, &in.positions[0], &corners[0], &tris[0], len(tris), &got)
		for i := range want {
			for lane, x := range want[i] {
				if y := got[i][lane]; math.Float64bits(x) != math.Float64bits(y) && !(x != x && y != y) {
					t.Fatalf("%d triangles: row %d of lane %d is %v, want %v", len(tris), i, lane, y, x)
				}
			}
		}
	}
}
