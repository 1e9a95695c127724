package raycast

import (
	"context"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"zscope/depthcore/bvh"
	"zscope/depthcore/depth"
)

// Focal lengths at which fixed-point edge functions reach far out of the
// picture, or are too coarse, change no bit.
func TestScalarFocalLengths(t *testing.T) {
	for kind := range kinds {
		for seed := uint64(0); seed < 12; seed++ {
			r := rand.New(rand.NewPCG(seed, 100+uint64(kind)))
			s, p := soup(r, kind, 40+r.IntN(100))
			v := randomView(r, 97, 41)
			scale := math.Pow(10, float64(seed)-4)
			v.Fx, v.Fy = v.Fx*scale, v.Fy*scale
			o := Options{Path: Scalar, Threads: 1}
			compare(t, fmt.Sprintf("kind %d, focal length times %g, %v", kind, scale, v.Model), cast(t, s, p, v, o), twin(s, p, v, o))
		}
	}
}

// BenchmarkScalar takes the tiles of a 1920x1080 picture through each stage of
// the scalar path.
func BenchmarkScalar(b *testing.B) {
	for _, path := range triFiles(b) {
		s, p, views := readTri(b, path)
		c := New(s, Options{Path: Scalar, Threads: 1})
		if err := c.Prepare(context.Background(), p); err != nil {
			b.Fatal(err)
		}
		w := c.worker(0)
		c.frame.begin(c, views[0])
		c.frame.setRays(0.5, 0.5)
		c.frame.ctx, c.frame.out = context.Background(), depth.New(views[0].Width, views[0].Height)
		tree := c.frame.instances[0].tree
		middle := image.Rect(7*tileW, 8*tileH, 8*tileW, 9*tileH)
		for _, stage := range []struct {
			name string
			do   func()
		}{
			{"nodes", func() {
				for i := range tree.Nodes {
					nodeTest(&w.lens, &tree.Nodes[i], &w.found)
				}
			}},
			{"project", func() {
				for i := range tree.Leaves {
					w.project(bvh.LeafBit | uint32(i))
				}
				for i := range tree.Patches {
					w.project(bvh.LeafBit | bvh.PatchBit | uint32(i))
				}
			}},
			{"trace", func() { w.trace(middle, []int32{0}) }},
			{"resolve", func() { w.resolve() }},
		} {
			b.Run(strings.TrimSuffix(filepath.Base(path), ".tri")+"/"+stage.name, func(b *testing.B) {
				w.trace(middle, []int32{0})
				for b.Loop() {
					stage.do()
				}
			})
		}
	}
}
