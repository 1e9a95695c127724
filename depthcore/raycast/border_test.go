package raycast

import (
	"context"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

// Large triangles of which only a tip reaches into a tile, across one of its
// corners, are seen there however close to a pixel's centre an edge passes: that
// their rectangle is tiny does not make their corners' coordinates small.
func TestTipAcrossTileCorner(t *testing.T) {
	const width, height, f = 8 * tileW, 12 * tileH, 1000
	v := view(t, width, height, 2*math.Atan(height/2/float64(f)), mgl64.Ident4())
	v.Fx, v.Fy = f, f
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 71))
		size := math.Pow(10, 2+float64(seed%10)/2)
		var positions []mgl64.Vec3
		var indices []uint32
		var pixels []image.Point
		corner := func(x, y, z float64) {
			indices = append(indices, uint32(len(positions)))
			positions = append(positions, mgl64.Vec3{
				float64(float32((x - width/2) * z / f)), float64(float32(-(y - height/2) * z / f)), float64(float32(-z))})
		}
		for y := tileH; y < height; y += tileH {
			for x := tileW; x < width; x += tileW {
				// A pixel on one side of the corner, and a direction to the other.
				p, sx, sy := image.Pt(x-1-r.IntN(2), y-1-r.IntN(2)), 1.0, 1.0
				if r.IntN(2) == 0 {
					p.X, sx = 2*x-1-p.X, -1
				}
				if r.IntN(2) == 0 {
					p.Y, sy = 2*y-1-p.Y, -1
				}
				pixels = append(pixels, p)
				dy, dx := math.Sincos(math.Pi / 2 * (0.2 + 0.6*r.Float64()))
				dx, dy = sx*dx, sy*dy
				nx, ny := -dy, dx // inside, from the edge that passes by the centre
				beside := 0.004 * r.Float64() * r.Float64()
				back, long := 0.1+0.4*r.Float64(), size*(0.5+0.5*r.Float64())
				cx, cy := float64(p.X)+0.5-beside*nx, float64(p.Y)+0.5-beside*ny
				corner(cx-back*dx, cy-back*dy, 5+5*r.Float64())
				corner(cx+long*dx, cy+long*dy, 5+5*r.Float64())
				wide := long * (0.01 + 0.3*r.Float64())
				corner(cx+long*dx+wide*nx, cy+long*dy+wide*ny, 5+5*r.Float64())
			}
		}
		s, p := still(positions, indices, mgl64.Ident4())
		want, err := Exhaustive(context.Background(), s, p, v, DefaultOptions(), pixels)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range Paths() {
			m := cast(t, s, p, v, Options{Path: path})
			for i, at := range pixels {
				if got := m.At(at.X, at.Y); got != float32(want[i]) {
					t.Errorf("%v, seed %d, pixel %d,%d: %v, want %v", path, seed, at.X, at.Y, got, float32(want[i]))
				}
			}
		}
	}
}
