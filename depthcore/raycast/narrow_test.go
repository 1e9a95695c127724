package raycast

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

// Triangles of one or two rows, or columns, of pixels are seen wherever they hold
// a centre, however close to an edge or a corner that is, near the origin of
// their object and far from it.
func TestNarrowTriangles(t *testing.T) {
	const width, height, f = 2 * tileW, 2 * tileH, 400
	v := view(t, width, height, 2*math.Atan(height/2/float64(f)), mgl64.Ident4())
	v.Fx, v.Fy = f, f
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 72))
		away := mgl64.Vec3{}
		if seed%3 > 0 {
			away = mgl64.Vec3{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}.Mul(math.Pow(10, float64(seed%5)))
		}
		var positions []mgl64.Vec3
		var indices []uint32
		corner := func(turned bool, p image.Point, x, y float64) {
			if turned {
				x, y = y, x
			}
			x, y = x+float64(p.X)+0.5, y+float64(p.Y)+0.5
			z := 5 + 0.05*r.Float64()
			at := mgl64.Vec3{(x - width/2) * z / f, -(y - height/2) * z / f, -z}.Sub(away)
			for k, x := range at {
				at[k] = float64(float32(x))
			}
			indices, positions = append(indices, uint32(len(positions))), append(positions, at)
		}
		for y := 2; y < height-2; y += 4 {
			for x := 2; x < width-14; x += 16 {
				// From beside a centre along the row to one or two rows farther on.
				p, turned := image.Pt(x+r.IntN(3), y), r.IntN(2) == 0
				long := 1 + 11*r.Float64()
				if turned {
					long = 1 + 2*r.Float64()
				}
				beside := math.Pow(10, -1-5*r.Float64())*(2*r.Float64()-1) + float64(r.IntN(2))
				corner(turned, p, -0.3*r.Float64(), beside)
				corner(turned, p, long, beside+0.2*r.NormFloat64()*r.Float64())
				corner(turned, p, long*r.Float64(), 2.6*r.Float64()-0.8)
			}
		}
		s, p := still(positions, indices, mgl64.Translate3D(away[0], away[1], away[2]))
		want := twin(s, p, v, DefaultOptions())
		seen := 0
		for _, z := range want.Z {
			if !math.IsInf(float64(z), 1) {
				seen++
			}
		}
		if seen < len(indices)/3 {
			t.Fatalf("%d pixels of %d triangles: too few to tell", seen, len(indices)/3)
		}
		for _, path := range Paths() {
			m := cast(t, s, p, v, Options{Path: path})
			compare(t, path.String(), m, want)
		}
	}
}
