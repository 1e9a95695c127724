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

// castHits casts a scene that is not prepared yet.
func castHits(t *testing.T, s *scene.Scene, p *scene.Pose, v camera.View, o Options) (*Caster, *depth.Map, *Hits) {
	t.Helper()
	c := New(s, o)
	if err := c.Prepare(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	var m depth.Map
	var h Hits
	if err := c.CastHits(context.Background(), v, &m, &h, nil); err != nil {
		t.Fatal(err)
	}
	return c, &m, &h
}

// first asks the meaning of every triangle which is the nearest on a ray, the
// first in the scene of those at one depth.
func first(c *Caster, v camera.View, x, y float64) (z float64, instance int32, tri uint32) {
	z, instance = math.Inf(1), -1
	f := &frame{caster: c, view: v}
	for i := range c.scene.Instances {
		in := instanceOf(c, c.pose, v, i)
		for k := range len(in.indices) / 3 {
			var t triangle
			corners := in.corners(k)
			if !t.setup(&corners, v.Model) {
				continue
			}
			if at, ok := t.hit(x, y); ok && at < z && c.counts(&t, f, in, k, x, y, at) {
				z, instance, tri = at, int32(i), uint32(k)
			}
		}
	}
	return z, instance, tri
}

// The hits are those that asking every triangle gives, on each path and for any
// number of threads; the map stays what Cast makes; and a face measured again
// gives the map's Z.
func TestHits(t *testing.T) {
	for kind := range kinds {
		for seed := range uint64(3) {
			r := rand.New(rand.NewPCG(seed, uint64(40+kind)))
			s, p := soup(r, kind, 150)
			v := randomView(r, 150, 70)
			var want *Hits
			for _, path := range Paths() {
				for _, threads := range []int{1, 3} {
					what := fmt.Sprintf("kind %d, seed %d, %v, threads %d", kind, seed, path, threads)
					o := DefaultOptions()
					o.Path, o.Threads = path, threads
					c, m, h := castHits(t, s, p, v, o)
					compare(t, what, m, cast(t, s, p, v, o))
					if want == nil {
						want = h
						checkHits(t, what, c, v, m, h)
					}
					if !slices.Equal(h.Instance, want.Instance) || !slices.Equal(h.Triangle, want.Triangle) {
						t.Errorf("%s: the hits are others", what)
					}
				}
			}
		}
	}
}

func checkHits(t *testing.T, what string, c *Caster, v camera.View, m *depth.Map, h *Hits) {
	t.Helper()
	surfaces := c.Surfaces(v)
	for i, got := range h.Instance {
		o, d := v.CameraRay(float64(i%v.Width)+0.5, float64(i/v.Width)+0.5)
		x, y := o[0]+d[0], -o[1]-d[1]
		z, instance, tri := first(c, v, x, y)
		if got != instance || h.Triangle[i] != tri {
			t.Fatalf("%s: pixel %d shows triangle %d of instance %d, want %d of %d", what, i, h.Triangle[i], got, tri, instance)
		}
		if got < 0 {
			continue
		}
		var f Face
		surfaces.Face(&f, got, tri)
		if f.Z(x, y) != z || float32(z) != m.Z[i] {
			t.Fatalf("%s: pixel %d: Z %v, want %v; the map has %v", what, i, f.Z(x, y), z, m.Z[i])
		}
		at := surfaces.Point(x, y, z)
		b1, b2 := f.Weights(at)
		if back := Carry(&f.Corners, b1, b2); back.Sub(at).Len() > 1e-6*(1+at.Len()) {
			t.Errorf("%s: pixel %d: the point %v has the weights of %v", what, i, at, back)
		}
	}
}

// A tile that no instance reaches says that it sees nothing.
func TestHitsOfEmptyTiles(t *testing.T) {
	positions, indices := grid(1, 0.01, 1)
	s, p := still(positions, indices, mgl64.Ident4())
	v := view(t, 640, 320, 1, mgl64.Ident4())
	_, m, h := castHits(t, s, p, v, Options{Threads: 1})
	hits := 0
	for i, z := range m.Z {
		if (h.Instance[i] == 0) != depth.IsHit(z) {
			t.Fatalf("pixel %d: instance %d at Z %v", i, h.Instance[i], z)
		}
		if h.Instance[i] == 0 {
			hits++
		}
	}
	if hits == 0 {
		t.Error("nothing is seen")
	}
}

// Nearer is what asking every triangle says, for rays that are no pixel's.
func TestNearer(t *testing.T) {
	const slack = 1e-6
	hidden := 0
	for kind := range kinds {
		for seed := range uint64(3) {
			r := rand.New(rand.NewPCG(seed, uint64(60+kind)))
			s, p := soup(r, kind, 150)
			v := randomView(r, 150, 70)
			c := New(s, Options{Threads: 1 + int(seed), CullBackFaces: seed == 2, BlendThreshold: 0.5})
			if err := c.Prepare(context.Background(), p); err != nil {
				t.Fatal(err)
			}
			marks := make([]Mark, 1000)
			for i := range marks {
				marks[i] = Mark{(r.Float64()*170 - 10 - v.Cx) / v.Fx, (r.Float64()*90 - 10 - v.Cy) / v.Fy, math.Exp(4*r.Float64() - 2)}
				if i%3 == 0 {
					// A mark on the surface that is seen: nothing is nearer.
					if z, _, _ := first(c, v, marks[i].X, marks[i].Y); !math.IsInf(z, 1) {
						marks[i].Z = z
					}
				}
			}
			got := make([]bool, len(marks))
			if err := c.Nearer(context.Background(), v, marks, slack, got); err != nil {
				t.Fatal(err)
			}
			for i, m := range marks {
				z, _, _ := first(c, v, m.X, m.Y)
				if want := z < m.Z*(1-slack); got[i] != want {
					t.Fatalf("kind %d, seed %d: mark %d %v: %v, but the nearest surface is at %v", kind, seed, i, m, got[i], z)
				}
				if got[i] {
					hidden++
				}
			}
		}
	}
	if hidden < 500 {
		t.Errorf("only %d marks are hidden", hidden)
	}
}

// Once warm, a cast with its hits allocates nothing.
func TestHitsAllocate(t *testing.T) {
	s, p := soup(rand.New(rand.NewPCG(13, 14)), 0, 500)
	v := view(t, 200, 150, 1, mgl64.Ident4())
	c, m, h := castHits(t, s, p, v, Options{Threads: 2})
	run := func() {
		if err := c.CastHits(context.Background(), v, m, h, nil); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		run()
	}
	if n := testing.AllocsPerRun(100, run); n > 0 {
		t.Errorf("%v allocations a cast", n)
	}
}

// BenchmarkHits casts with and without hits, and asks for as many marks as
// there are pixels whether something is nearer: what channels cost beside Z.
func BenchmarkHits(b *testing.B) {
	for _, path := range triFiles(b) {
		s, p, views := readTri(b, path)
		c := New(s, DefaultOptions())
		if err := c.Prepare(context.Background(), p); err != nil {
			b.Fatal(err)
		}
		v := views[0]
		var m depth.Map
		var h Hits
		for _, step := range []struct {
			name string
			do   func() error
		}{
			{"depth", func() error { return c.Cast(context.Background(), v, &m, nil) }},
			{"hits", func() error { return c.CastHits(context.Background(), v, &m, &h, nil) }},
		} {
			b.Run(step.name, func(b *testing.B) {
				for b.Loop() {
					if err := step.do(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		var marks []Mark
		for i, z := range m.Z {
			if depth.IsHit(z) {
				marks = append(marks, Mark{(float64(i%v.Width) + 0.3 - v.Cx) / v.Fx, (float64(i/v.Width) + 0.6 - v.Cy) / v.Fy, float64(z)})
			}
		}
		nearer := make([]bool, len(marks))
		b.Run("nearer", func(b *testing.B) {
			for b.Loop() {
				if err := c.Nearer(context.Background(), v, marks, 1e-6, nearer); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(marks)), "marks")
		})
	}
}
