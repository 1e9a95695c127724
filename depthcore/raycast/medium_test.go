package raycast

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

// Triangles of up to some 40 pixels each way, wherever they lie in blocks, cells
// and tiles: pairs that share an edge, slivers along and across the pixels' rows,
// and what lies hidden behind others, or in the very same place.
func TestMediumTriangles(t *testing.T) {
	const width, height, f = 150, 81, 64
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 82))
		size := 5 + 3*float64(seed) // in pixels, at most
		var positions []mgl64.Vec3
		var indices []uint32
		corner := func(u, v, z float64) uint32 {
			positions = append(positions, seenAt(r, u, v, z, width, height, f))
			return uint32(len(positions) - 1)
		}
		for range 250 {
			u, v, z := width*r.Float64(), height*r.Float64(), 5+3*r.Float64()
			near := func(scale float64) uint32 {
				return corner(u+scale*size*(r.Float64()-0.5), v+scale*size*(r.Float64()-0.5), z+0.1*r.Float64())
			}
			a, b, c := near(1), near(1), near(1)
			switch r.IntN(5) {
			case 0: // a sliver
				k := r.Float64()
				c = corner(u+size*k, v+0.01*r.Float64(), z)
				a, b = corner(u, v, z), corner(u+size, v, z)
			case 1: // upright
				a, b, c = corner(u, v, z), corner(u, v+size, z), corner(u+r.Float64(), v+size*r.Float64(), z)
			case 2: // again
				indices = append(indices, a, b, c)
			}
			indices = append(indices, a, b, c, b, a, near(1.5))
		}
		pathsAgree(t, fmt.Sprint("size ", size), positions, indices, width, height, f)
	}
}
