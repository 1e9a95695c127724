package raycast

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

// Sheets that lie on each other, or closer than float32 can tell, cross each other
// or are the same: of each pixel the nearest wins, of the equally near the first.
func TestTouchingSurfaces(t *testing.T) {
	const width, height = 140, 70
	for seed := range uint64(24) {
		r := rand.New(rand.NewPCG(seed, 5))
		turn := randomRotation(r)
		if seed%4 == 0 {
			turn = mgl64.Ident4()
		}
		var positions []mgl64.Vec3
		var indices []uint32
		for range 12 {
			// Squares about one plane, some exactly in it.
			apart := math.Pow(10, -1-13*r.Float64())
			if r.IntN(3) == 0 {
				apart = 0
			}
			x, y, size := r.NormFloat64(), r.NormFloat64(), 0.3+2*r.Float64()
			first := uint32(len(positions))
			for k := range 4 {
				p := mgl64.Vec3{x + size*float64(k&1), y + size*float64(k>>1), apart * r.NormFloat64()}
				p = turn.Mul4x1(p.Vec4(1)).Vec3().Mul(0.4)
				p[2] -= 5
				for i := range p {
					p[i] = float64(float32(p[i]))
				}
				positions = append(positions, p)
			}
			indices = append(indices, first, first+1, first+2, first+2, first+1, first+3)
		}
		s, p := still(positions, indices, mgl64.Ident4())
		v := view(t, width, height, 0.5, mgl64.Ident4())
		_, want, wantHits := castHits(t, s, p, v, Options{Path: Scalar})
		compare(t, fmt.Sprint("scalar, seed ", seed), want, twin(s, p, v, DefaultOptions()))
		for _, path := range Paths() {
			_, got, hits := castHits(t, s, p, v, Options{Path: path})
			compare(t, fmt.Sprint(path, ", seed ", seed), got, want)
			for i, tri := range hits.Triangle {
				if tri != wantHits.Triangle[i] {
					t.Fatalf("%s, seed %d: pixel %d: triangle %d, not %d", path, seed, i, tri, wantHits.Triangle[i])
				}
			}
		}
	}
}
