package raycast

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/bvh"
	"zscope/depthcore/depth"
	"zscope/depthcore/internal/par"
	"zscope/depthcore/scene"
)

// The full and the coarse tree of a scene give the same bits, whatever the scene.
func TestCoarseTreesAgree(t *testing.T) {
	for kind := range kinds {
		for seed := range uint64(6) {
			r := rand.New(rand.NewPCG(seed, uint64(kind)+100))
			s, p := soup(r, kind, 300+r.IntN(3000))
			v := randomView(r, 200, 150)
			for _, path := range Paths() {
				o := DefaultOptions()
				o.Path = path
				want := cast(t, s, p, v, o)
				c := New(s, o)
				for k := range s.Primitives {
					var err error
					if c.shared.trees[k], err = bvh.Coarse(context.Background(), par.New(2), bvh.Mesh{Positions: s.Primitives[k].Positions, Indices: s.Primitives[k].Indices}, nil); err != nil {
						t.Fatal(err)
					}
				}
				var got depth.Map
				if err := c.Prepare(context.Background(), p); err != nil {
					t.Fatal(err)
				}
				if err := c.Cast(context.Background(), v, &got, nil); err != nil {
					t.Fatal(err)
				}
				compare(t, "soup, coarse tree", &got, want)
			}
		}
	}
}

// liveHills returns a scene that is large enough for coarse trees.
func liveHills() (*scene.Scene, *scene.Pose) {
	positions, indices := hills(coarseFrom + coarseFrom/10)
	return still(positions, indices, mgl64.Ident4())
}

// told keeps what a caster says about its trees.
type told struct {
	mu  sync.Mutex
	all []Building
	got chan struct{} // something
}

func (l *told) tell(b Building) {
	l.mu.Lock()
	l.all = append(l.all, b)
	l.mu.Unlock()
	select {
	case l.got <- struct{}{}:
	default:
	}
}

// A live caster begins with a coarse tree, and takes the full one when it is
// there. Nobody sees that in the depth.
func TestLive(t *testing.T) {
	s, p := liveHills()
	moved := make([]mgl64.Vec3, len(s.Primitives[0].Positions))
	for i, q := range s.Primitives[0].Positions {
		moved[i] = mgl64.Vec3{q[0], q[1] + 0.1*math.Sin(5*q[2]), q[2]}
	}
	eye := mgl64.LookAtV(mgl64.Vec3{0, 0.35, 0.65}, mgl64.Vec3{0, -0.1, 0}, mgl64.Vec3{0, 1, 0}).Inv()
	v := view(t, 320, 200, 0.9, eye)
	for name, positions := range map[string][]mgl64.Vec3{"still": nil, "deforming": moved} {
		p.Positions[0] = positions
		want := cast(t, s, p, v, Options{})
		c := New(s, Options{})
		var heard told
		c.OnBuild(heard.tell)
		c.GoLive()
		var trees []*bvh.Tree
		for range 2 {
			if err := c.Prepare(context.Background(), p); err != nil {
				t.Fatal(err)
			}
			trees = append(trees, c.trees[0])
			var got depth.Map
			if err := c.Cast(context.Background(), v, &got, nil); err != nil {
				t.Fatal(err)
			}
			compare(t, name, &got, want)
			c.Wait()
		}
		if trees[0] == trees[1] || trees[0].Cost <= trees[1].Cost {
			t.Errorf("%s: the tree that costs %.1f is followed by one that costs %.1f", name, trees[0].Cost, trees[1].Cost)
		}
		if c.shared.coarse[0] != nil {
			t.Errorf("%s: the coarse tree is kept", name)
		}
		coarse, last := 0, Building{}
		for _, b := range heard.all {
			if b.Share < 0 || b.Share > 1 || !b.Beside && last.Beside {
				t.Errorf("%s: after %+v came %+v", name, last, b)
			}
			if !b.Beside {
				coarse++
			}
			last = b
		}
		if last != (Building{1, true}) || coarse == 0 || len(heard.all)-coarse < 10 {
			t.Errorf("%s: told %d times of coarse trees, %d times of all, at last %+v", name, coarse, len(heard.all), last)
		}
	}
}

// Small scenes get full trees at once, and so do those that nobody waits for.
func TestNotLive(t *testing.T) {
	s, p := liveHills()
	c := New(s, Options{})
	if err := c.Prepare(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	positions, indices := hills(1000)
	small, still := still(positions, indices, mgl64.Ident4())
	d := New(small, Options{})
	d.GoLive()
	if err := d.Prepare(context.Background(), still); err != nil {
		t.Fatal(err)
	}
	if c.shared.trees[0] == nil || d.shared.trees[0] == nil {
		t.Error("Prepare ended without full trees")
	}
}

// Close gives up what is being built.
func TestClose(t *testing.T) {
	s, p := liveHills()
	c := New(s, Options{})
	heard := told{got: make(chan struct{}, 1)}
	c.OnBuild(heard.tell)
	c.GoLive()
	if err := c.Prepare(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	for {
		<-heard.got
		heard.mu.Lock()
		begun := heard.all[len(heard.all)-1].Beside
		heard.mu.Unlock()
		if begun {
			break
		}
	}
	c.Close()
	heard.mu.Lock()
	defer heard.mu.Unlock()
	if last := heard.all[len(heard.all)-1]; last.Share == 1 || c.shared.trees[0] != nil || c.shared.coarse[0] != nil {
		t.Errorf("the build went on to %+v after Close", last)
	}
	// Who shares the trees begins again.
	d := c.Fork(Options{})
	d.GoLive()
	if err := d.Prepare(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	d.Wait()
	if c.shared.trees[0] == nil {
		t.Error("no tree after another caster's Prepare")
	}
}

// Prepare ends early when its context does, with coarse trees as with full ones.
func TestPrepareCancelled(t *testing.T) {
	s, p := liveHills()
	for _, live := range []bool{false, true} {
		ctx, cancel := context.WithCancel(context.Background())
		c := New(s, Options{})
		if live {
			c.GoLive()
		}
		c.OnBuild(func(b Building) {
			if b.Share > 0.1 {
				cancel()
			}
		})
		if err := c.Prepare(ctx, p); err == nil {
			t.Errorf("live %v: Prepare went on", live)
		}
		if err := c.Prepare(context.Background(), p); err != nil {
			t.Errorf("live %v: Prepare after one that was cancelled: %v", live, err)
		}
		c.Close()
	}
}
