package raycast

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

// Sheets of triangles of a pixel or a few, across tiles' borders and the
// picture's edge: folded, so that many lie behind each other, with vertices in
// pixels' centres, edges through them, and a second sheet in the very same place.
func TestTinyTriangles(t *testing.T) {
	const width, height, f = 150, 81, 64
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 81))
		size := 0.4 + 0.5*float64(seed) // of a square of two triangles, in pixels
		positions, indices := folded(r, size, width, height, f)
		pathsAgree(t, fmt.Sprint("size ", size), positions, indices, width, height, f)
	}
}

// pathsAgree casts triangles by every path and with one thread and two, and
// reports what differs from what plain Go sees, and that from the meaning where
// they are not many.
func pathsAgree(t *testing.T, what string, positions []mgl64.Vec3, indices []uint32, width, height int, f float64) {
	t.Helper()
	s, p := still(positions, indices, mgl64.Ident4())
	v := view(t, width, height, 1, mgl64.Ident4())
	v.Fx, v.Fy = f, f
	_, want, wantHits := castHits(t, s, p, v, Options{Path: Scalar})
	if len(indices) < 3*5000 {
		compare(t, what+", scalar", want, twin(s, p, v, DefaultOptions()))
	}
	for _, path := range Paths() {
		for _, threads := range []int{1, 2} {
			what := fmt.Sprint(what, ", ", path, ", threads ", threads)
			_, got, hits := castHits(t, s, p, v, Options{Path: path, Threads: threads})
			compare(t, what, got, want)
			for i, tri := range hits.Triangle {
				if tri != wantHits.Triangle[i] {
					t.Fatalf("%s: pixel %d: triangle %d, not %d", what, i, tri, wantHits.Triangle[i])
				}
			}
		}
	}
}

// folded returns a sheet of squares of about size pixels seen by a camera of
// focal length f, and the first half of it twice.
func folded(r *rand.Rand, size float64, width, height int, f float64) (positions []mgl64.Vec3, indices []uint32) {
	nx, ny := int(0.7*float64(width)/size), int(0.8*float64(height)/size)
	for y := range ny {
		for x := range nx {
			u, v := 0.2*float64(width)+size*(float64(x)+r.NormFloat64()), 0.125*float64(height)+size*(float64(y)+r.NormFloat64())
			z := 5 + r.Float64()
			if r.IntN(8) == 0 {
				z = 5
			}
			positions = append(positions, seenAt(r, u, v, z, width, height, f))
			if a := uint32(len(positions) - 1); x+1 < nx && y+1 < ny {
				b := a + uint32(nx)
				indices = append(indices, a, a+1, b+1, a, b, b+1)
			}
		}
	}
	return positions, append(indices, indices[:len(indices)/6*3]...)
}

// seenAt returns the point of depth z that a camera of focal length f sees at
// u, v, or in the centre of the pixel there.
func seenAt(r *rand.Rand, u, v, z float64, width, height int, f float64) mgl64.Vec3 {
	if r.IntN(4) == 0 {
		u, v = math.Floor(u)+0.5, math.Floor(v)+0.5
	}
	return mgl64.Vec3{float64(float32((u - float64(width)/2) * z / f)), float64(float32(-(v - float64(height)/2) * z / f)), float64(float32(-z))}
}
