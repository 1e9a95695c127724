package raycast

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/depth"
	"zscope/depthcore/scene"
)

// crowd has n instances of a triangle and of a see-through one, some of them
// hidden and many out of sight.
func crowd(r *rand.Rand, n int) (*scene.Scene, *scene.Pose) {
	positions := []mgl64.Vec3{{-1, -1, 0}, {1, -1, 0.5}, {0, 1, 0}}
	s := &scene.Scene{
		Materials: []scene.Material{{Mode: scene.Blend, Factor: 0.1}},
		Primitives: []scene.Primitive{
			{Positions: positions, Indices: []uint32{0, 1, 2}, Material: -1},
			{Positions: positions, Indices: []uint32{0, 1, 2}, Material: 0},
		},
	}
	p := &scene.Pose{Materials: s.Materials, Positions: make([][]mgl64.Vec3, n)}
	for range n {
		s.Instances = append(s.Instances, scene.Instance{Primitive: r.IntN(2), Skin: -1})
		at := mgl64.Translate3D(8*r.NormFloat64(), 8*r.NormFloat64(), -10+5*r.NormFloat64())
		p.WorldFromObject = append(p.WorldFromObject, at.Mul4(randomRotation(r)))
		p.Hidden = append(p.Hidden, r.IntN(5) == 0)
	}
	return s, p
}

// So many instances that several workers make them ready are seen as asking
// every triangle sees them.
func TestManyInstances(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 3))
	for _, n := range []int{chunkInstances, chunkInstances + 1, 5 * chunkInstances} {
		s, p := crowd(r, n)
		v := randomView(r, 150, 70)
		v.CameraFromWorld = mgl64.Ident4()
		want := twin(s, p, v, DefaultOptions())
		for _, threads := range []int{1, 2, 7} {
			o := DefaultOptions()
			o.Threads = threads
			c := New(s, o)
			if err := c.Prepare(context.Background(), p); err != nil {
				t.Fatal(err)
			}
			var m depth.Map
			cast := func() {
				if err := c.Cast(context.Background(), v, &m, nil); err != nil {
					t.Fatal(err)
				}
			}
			for range 5 {
				cast()
			}
			compare(t, fmt.Sprintf("%d instances by %d threads", n, threads), &m, want)
			if n := testing.AllocsPerRun(5, cast); n > 0 {
				t.Errorf("%d threads: %v allocations a cast", threads, n)
			}
		}
		if _, _, hits := want.Range(); hits < 100 {
			t.Errorf("%d of %d instances cover %d pixels", n, n, hits)
		}
	}
}
