package raycast

import (
	"context"
	"fmt"
	"sync"

	"zscope/depthcore/bvh"
	"zscope/depthcore/internal/par"
	"zscope/depthcore/scene"
)

// forest holds the trees of the primitives that keep their shape. Casters of
// one scene share it; a tree is immutable once it is there.
type forest struct {
	mu     sync.Mutex
	trees  []*bvh.Tree // one a primitive, nil until needed
	coarse []*bvh.Tree // what stands for a tree that is being built

	lenses   lenses
	textures textures
}

func newForest(primitives int) *forest {
	return &forest{trees: make([]*bvh.Tree, primitives), coarse: make([]*bvh.Tree, primitives)}
}

// Building says how far trees are.
type Building struct {
	Share float64 // of the work done so far, up to 1
	// Beside: they are built in the background, others are cast meanwhile. At 1,
	// Prepare will take them.
	Beside bool
}

// OnBuild sets who is told of trees while they are built, from any goroutine.
func (c *Caster) OnBuild(tell func(Building)) { c.builder.tell = tell }

// GoLive makes c the caster of somebody who waits: where building takes long,
// Prepare makes coarse trees, and full ones are built meanwhile, which the
// Prepare after takes. The depth is the same bits with either; casting is
// slower with a coarse one. Close ends what is being built.
func (c *Caster) GoLive() { c.builder.live = true }

// Close gives up the trees that are built in the background and waits until
// that has ended. Afterwards none is. Forks are not affected.
func (c *Caster) Close() {
	c.builder.stop()
	c.builder.running.Wait()
}

// Wait waits until no tree is being built in the background.
func (c *Caster) Wait() { c.builder.running.Wait() }

// builder builds the trees of one caster: at once, or in the background while
// others are cast.
type builder struct {
	ctx     context.Context // of what is in the background
	stop    context.CancelFunc
	pool    *par.Pool // for building at once
	beside  *par.Pool // for building in the background
	tell    func(Building)
	live    bool
	running sync.WaitGroup

	// Of the Prepare that runs.
	coarse      bool // its trees are
	done, total int  // triangles

	mu             sync.Mutex
	busy           bool
	queue          []later
	after, awaited int // triangles that are built, and that are or will be
}

// later is a tree to build in the background.
type later struct {
	mesh bvh.Mesh
	take func(*bvh.Tree) // gets nil where none is built
}

const (
	// A live caster has coarse trees first of so many triangles, where each
	// mesh has not too few.
	coarseFrom = 1 << 18
	coarseMesh = 1 << 10
)

func (b *builder) init(pool *par.Pool) {
	b.ctx, b.stop = context.WithCancel(context.Background())
	// Half of the threads, so that casting goes on.
	b.pool, b.beside = pool, par.New(pool.Workers()/2)
}

// begin starts a Prepare that has to build trees of so many triangles.
func (b *builder) begin(triangles int) {
	b.done, b.total = 0, triangles
	b.coarse = b.live && triangles >= coarseFrom
}

// build returns the tree of a mesh. Where that is a coarse one, the full one is
// to follow.
func (b *builder) build(ctx context.Context, name string, mesh bvh.Mesh) (t *bvh.Tree, follow bool, err error) {
	n := len(mesh.Indices) / 3
	follow = b.coarse && n >= coarseMesh
	make := bvh.Build
	if follow {
		make = bvh.Coarse
	}
	tell := func(share float64) {
		if b.tell != nil {
			b.tell(Building{Share: (float64(b.done) + share*float64(n)) / float64(max(b.total, 1))})
		}
	}
	if t, err = make(ctx, b.pool, mesh, tell); err != nil {
		return nil, false, fmt.Errorf("build the tree of mesh %q: %w", name, err)
	}
	b.done += n
	return t, follow, nil
}

// follow builds a tree in the background. What is given must stay as it is.
func (b *builder) follow(mesh bvh.Mesh, take func(*bvh.Tree)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue = append(b.queue, later{mesh, take})
	b.awaited += len(mesh.Indices) / 3
	if !b.busy {
		b.busy = true
		b.running.Go(b.work)
	}
}

// work builds what is in the queue.
func (b *builder) work() {
	for {
		b.mu.Lock()
		if len(b.queue) == 0 {
			b.busy, b.after, b.awaited = false, 0, 0
			b.mu.Unlock()
			return
		}
		next := b.queue[0]
		b.queue = b.queue[1:]
		b.mu.Unlock()

		n := float64(len(next.mesh.Indices) / 3)
		t, err := bvh.Build(b.ctx, b.beside, next.mesh, func(share float64) {
			if share < 1 {
				b.tellBeside(share * n)
			}
		})
		next.take(t)
		b.mu.Lock()
		b.after += int(n)
		b.mu.Unlock()
		if err == nil {
			b.tellBeside(0)
		}
	}
}

// tellBeside tells how much is built in the background: so many triangles more
// than those of whole trees.
func (b *builder) tellBeside(triangles float64) {
	if b.tell == nil {
		return
	}
	b.mu.Lock()
	share := (float64(b.after) + triangles) / float64(b.awaited)
	b.mu.Unlock()
	b.tell(Building{share, true})
}

// missing returns how many triangles in sight have no tree yet.
func (c *Caster) missing() (triangles int) {
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	counted := map[int]bool{}
	for i := range c.scene.Instances {
		if c.pose.Hidden[i] || c.moving[i] != nil {
			continue
		}
		k := c.scene.Instances[i].Primitive
		if c.pose.Positions[i] == nil {
			if c.shared.trees[k] != nil || c.shared.coarse[k] != nil || counted[k] {
				continue
			}
			counted[k] = true
		}
		triangles += len(c.scene.Primitives[k].Indices) / 3
	}
	return triangles
}

// tree returns the tree of instance i in the pose, unless that is one to refit.
func (c *Caster) tree(ctx context.Context, i int) (*bvh.Tree, error) {
	prim := c.primitive(i)
	if moved := c.pose.Positions[i]; moved != nil {
		t, follow, err := c.builder.build(ctx, prim.Name, bvh.Mesh{Positions: moved, Indices: prim.Indices, Moves: true})
		if err != nil {
			return nil, err
		}
		m := &moving{tree: t, best: t.Cost, ready: make(chan *bvh.Tree, 1)}
		c.moving[i] = m
		if follow {
			m.rebuild(&c.builder, moved, prim.Indices)
		}
		return t, nil
	}
	return c.shared.tree(ctx, &c.builder, c.scene.Instances[i].Primitive, prim)
}

// tree returns the tree of primitive k.
func (f *forest) tree(ctx context.Context, b *builder, k int, prim *scene.Primitive) (*bvh.Tree, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if t := f.trees[k]; t != nil {
		return t, nil
	}
	if t := f.coarse[k]; t != nil && b.live {
		return t, nil
	}
	mesh := bvh.Mesh{Positions: prim.Positions, Indices: prim.Indices}
	t, follow, err := b.build(ctx, prim.Name, mesh)
	if err != nil {
		return nil, err
	}
	if !follow {
		f.trees[k], f.coarse[k] = t, nil
		return t, nil
	}
	f.coarse[k] = t
	b.follow(mesh, func(t *bvh.Tree) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.trees[k], f.coarse[k] = t, nil
	})
	return t, nil
}
