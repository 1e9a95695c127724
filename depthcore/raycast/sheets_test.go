package raycast

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/scene"
)

// Walls are seen all over a cell, or nothing is, until something else is drawn
// there: triangles of any size, tiny ones and such as float32 cannot be trusted
// with, in front of walls, behind them and exactly in them. One caster sees it
// all from several cameras, and each time what it saw last is much nearer.
func TestSheets(t *testing.T) {
	const width, height, f, z = 300, 150, 200, 5
	for seed := range uint64(24) {
		r := rand.New(rand.NewPCG(seed, 91))
		s, p := furnished(r, int(seed), width, height, f)
		if seed%4 == 3 {
			perforate(r, s, p)
		}
		ahead := view(t, width, height, 2*math.Atan(height/2.0/f), mgl64.Ident4())
		back := view(t, width, height, 1, mgl64.HomogRotate3DY(math.Pi))
		flat := ahead
		flat.Model, flat.Fx, flat.Fy = camera.Orthographic, f/z, f/z
		bent := ahead
		bent.Lens = lensViews(width, height)[1].Lens
		views := []camera.View{back, ahead, back, flat, bent, ahead}
		o := Options{Clip: seed%5 == 4, CullBackFaces: seed%7 == 6}
		var want []*depth.Map
		var wantHits []*Hits
		for _, path := range slices.Backward(Paths()) { // Scalar is the first
			o.Path, o.Threads = path, 1+int(seed%2)
			c := New(s, o)
			if err := c.Prepare(context.Background(), p); err != nil {
				t.Fatal(err)
			}
			for k, v := range views {
				v.Near, v.Far = 4, 9
				var m depth.Map
				var h Hits
				if err := c.CastHits(context.Background(), v, &m, &h, nil); err != nil {
					t.Fatal(err)
				}
				what := fmt.Sprintf("seed %d, view %d, %v", seed, k, path)
				if path == Scalar {
					if want, wantHits = append(want, &m), append(wantHits, &h); seed < 3 || seed%8 == 7 {
						compare(t, what, &m, twin(s, p, v, o))
					}
					continue
				}
				compare(t, what, &m, want[k])
				for i, tri := range h.Triangle {
					if tri != wantHits[k].Triangle[i] || h.Instance[i] != wantHits[k].Instance[i] {
						t.Errorf("%s: pixel %d,%d: triangle %d, not %d", what, i%width, i/width, tri, wantHits[k].Triangle[i])
						break
					}
				}
			}
		}
		if t.Failed() {
			return
		}
	}
}

// furnished is a scene of walls of a kind about 5 in front of the camera,
// triangles of all sizes around them, and a wall close behind the camera.
func furnished(r *rand.Rand, kind, width, height int, f float64) (*scene.Scene, *scene.Pose) {
	var positions []mgl64.Vec3
	var indices []uint32
	at := func(x, y, z float64) mgl64.Vec3 {
		x, y = (x-float64(width)/2)*z/f, -(y-float64(height)/2)*z/f
		return mgl64.Vec3{float64(float32(x)), float64(float32(y)), float64(float32(-z))}
	}
	add := func(p ...mgl64.Vec3) {
		for _, q := range p {
			indices = append(indices, uint32(len(positions)))
			positions = append(positions, q)
		}
	}
	quad := func(a, b, c, d mgl64.Vec3) { add(a, b, c, a, c, d) }
	wall := func(z, tilt float64) {
		w, h := float64(width), float64(height)
		quad(at(-w, -h, z-tilt), at(2*w, -h, z+tilt), at(2*w, 2*h, z+tilt), at(-w, 2*h, z-tilt))
	}
	quad(mgl64.Vec3{-9, -9, 0.2}, mgl64.Vec3{9, -9, 0.25}, mgl64.Vec3{9, 9, 0.3}, mgl64.Vec3{-9, 9, 0.25})
	switch kind % 6 {
	case 1:
		wall(6, 0)
	case 2:
		wall(6, 2)
	case 3: // twice in the very same place
		wall(6, 1)
		wall(6, 1)
	case 4: // one behind the other, and through each other
		wall(7, 0.1)
		wall(5, -0.3)
		wall(6.5, 2.5)
	case 5: // as close as float32 tells apart, and closer
		for k := range 5 {
			wall(6*(1+math.Ldexp(1, -26+3*k)), 0)
		}
	}
	sizes := []float64{0.7, 1.5, 3, 6, 14, 40, 120, 500}
	for range 150 {
		size := sizes[r.IntN(len(sizes))]
		n := 1
		if size < 7 {
			n = 8 // side by side, so that kernels have some at once
		}
		x, y, z := float64(width)*(1.2*r.Float64()-0.1), float64(height)*(1.2*r.Float64()-0.1), 4+3*r.Float64()
		if r.IntN(8) == 0 {
			z = 6 // in a wall
		}
		if size > 30 && r.IntN(3) > 0 {
			continue
		}
		for range n {
			corner := func(dx, dy float64) mgl64.Vec3 {
				dz := 0.3 * r.NormFloat64()
				if z == 6 {
					dz = 0
				}
				return at(x+dx, y+dy, z+dz)
			}
			add(corner(0, 0), corner(size*r.Float64(), -size*r.Float64()), corner(size*r.Float64(), size))
			x, y = x+size, y+size*(r.Float64()-0.5)
		}
	}
	for range 10 { // seen from the side, exactly and nearly
		a, b := at(float64(width)*r.Float64(), float64(height)*r.Float64(), 5), r.NormFloat64()
		add(a, a.Mul(1.2), a.Mul(1.1).Add(mgl64.Vec3{0.2 * b, 0.3 * b, 0}).Mul(1+1e-9*b))
	}
	if kind%2 == 1 {
		// A floor so close below the camera that float32 cannot tell which side of
		// it that is on.
		const below = -1e-6
		add(mgl64.Vec3{-300, below, -1000}, mgl64.Vec3{-100, below, -1000}, mgl64.Vec3{0, below, -1e-5})
	}
	return still(positions, indices, mgl64.Ident4())
}

// perforate cuts holes into a scene's triangles.
func perforate(r *rand.Rand, s *scene.Scene, p *scene.Pose) {
	texture := &scene.Texture{Width: 7, Height: 5}
	for range texture.Width * texture.Height {
		texture.Alpha = append(texture.Alpha, uint16(r.UintN(65536)))
	}
	s.Materials = []scene.Material{{Mode: scene.Mask, Cutoff: 0.4, Factor: 1, Texture: texture}}
	prim := &s.Primitives[0]
	prim.Material = 0
	for range prim.Positions {
		prim.UV = append(prim.UV, mgl64.Vec2{2 * r.NormFloat64(), 2 * r.NormFloat64()})
	}
	p.Materials = s.Materials
}
