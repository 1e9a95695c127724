package raycast

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/depth"
)

// Each path and any number of threads give the same bits of soups that are too
// large to ask every triangle.
func TestPathsAgreeOnSoups(t *testing.T) {
	for kind := range kinds {
		r := rand.New(rand.NewPCG(uint64(kind), 41))
		s, p := soup(r, kind, 5000)
		v := randomView(r, 415, 233)
		var want *depth.Map
		for _, path := range Paths() {
			for _, threads := range []int{1, 2, 3, 7} {
				got := cast(t, s, p, v, Options{Path: path, Threads: threads})
				if want == nil {
					want = got
				}
				compare(t, fmt.Sprintf("kind %d, %v, threads %d", kind, path, threads), got, want)
			}
		}
		if _, _, hits := want.Range(); hits == 0 {
			t.Errorf("kind %d: nothing is seen", kind)
		}
	}
}

// A mesh that has a vertex exactly on the ray of each pixel, and with it six
// edges, at depths that differ from pixel to pixel: none is missed, and each
// pixel has its vertex's Z.
func TestRaysThroughVertices(t *testing.T) {
	const w, h, f = 150, 90, 64
	r := rand.New(rand.NewPCG(51, 52))
	var positions []mgl64.Vec3
	var indices []uint32
	want := depth.New(w, h)
	// One vertex more on either side, so that those of the picture have all of
	// their triangles.
	for y := -1; y <= h; y++ {
		for x := -1; x <= w; x++ {
			z := math.Ldexp(1, 4+r.IntN(3))
			positions = append(positions, mgl64.Vec3{(float64(x) + 0.5 - w/2) * z / f, -(float64(y) + 0.5 - h/2) * z / f, -z})
			if x >= 0 && x < w && y >= 0 && y < h {
				want.Z[y*w+x] = float32(z)
			}
			if x < w && y < h {
				a := uint32(len(positions) - 1)
				b := a + w + 2
				indices = append(indices, a, a+1, b+1, a, b+1, b)
			}
		}
	}
	s, p := still(positions, indices, mgl64.Ident4())
	v := view(t, w, h, 2*math.Atan(h/2/float64(f)), mgl64.Ident4())
	v.Fx, v.Fy = f, f
	for _, path := range Paths() {
		for _, threads := range []int{1, 2, 3, 7} {
			compare(t, fmt.Sprint(path, ", threads ", threads), cast(t, s, p, v, Options{Path: path, Threads: threads}), want)
		}
	}
}

// However long somebody scrubs to and fro, a shape that deforms is cast as with
// a tree of its own, and its tree does not decay.
func TestScrub(t *testing.T) {
	positions, indices := grid(60, 1, 2)
	s, p := still(positions, indices, mgl64.Ident4())
	v := view(t, 96, 64, 1, mgl64.Ident4())
	c := New(s, Options{Threads: 2})
	moved := make([]mgl64.Vec3, len(positions))
	p.Positions[0] = moved
	r := rand.New(rand.NewPCG(61, 62))
	rebuilt := 0
	var last any
	for step := range 120 {
		// Fold the sheet this way and that: far triangles come close to each other.
		a := 3 * math.Sin(float64(step)/7) * r.Float64()
		for i, q := range positions {
			moved[i] = mgl64.Vec3{math.Sin(a*q[0]) + 0.2*q[0], math.Sin((1+a)*q[1]) * 0.8, q[2] + 0.4*math.Cos(a*q[0]+2*q[1])}
		}
		if err := c.Prepare(context.Background(), p); err != nil {
			t.Fatal(err)
		}
		if m := c.moving[0]; last != any(m.tree) {
			last = m.tree
			rebuilt++
		}
		if step%10 == 9 {
			c.Wait() // let a new tree take over now and then
		}
		var got depth.Map
		if err := c.Cast(context.Background(), v, &got, nil); err != nil {
			t.Fatal(err)
		}
		compare(t, fmt.Sprint("step ", step), &got, cast(t, s, p, v, Options{Threads: 2}))
	}
	if rebuilt < 2 {
		t.Error("no tree was built anew")
	}
}
