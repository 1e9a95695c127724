// Package raycast casts a posed scene into a depth map: for each pixel the
// nearest surface with Z > 0 that the ray through the pixel's centre meets.
//
// What a hit is and how deep it lies is said once, in float64, by type
// triangle; alpha cut-outs are in alpha.go. All else is a filter in front of
// that meaning: trees of boxes, tiles and float32 tests find out which
// triangles matter to which pixels, and leave to the meaning what float32
// cannot decide for certain. So every path through the package gives the same
// bits, for any number of threads.
//
// Rays that share their origin make a ray-triangle test linear in pixel
// coordinates, so casting a tile of pixels through a tree is rasterising it
// front to back: see tile.go for the order of work, kernel.go for its steps.
package raycast

import (
	"context"
	"fmt"
	"image"
	"math"
	"runtime"

	"zscope/depthcore/bvh"
	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/internal/pages"
	"zscope/depthcore/internal/par"
	"zscope/depthcore/scene"
)

// Options says which surfaces count. The zero value is the default of the
// command line but for BlendThreshold, see DefaultOptions.
type Options struct {
	Threads        int     // 0: one a core
	CullBackFaces  bool    // of materials that are not double-sided
	Clip           bool    // by the view's Near and Far, on Z
	NoMask         bool    // MASK materials are opaque
	BlendThreshold float64 // BLEND surfaces are not there below this alpha; 0: they are opaque
	Path           Path    // the instructions to use
}

// DefaultOptions is what depth.md asks for where nothing is chosen.
func DefaultOptions() Options { return Options{BlendThreshold: 0.5} }

// Caster casts one scene. It is used by one goroutine at a time and spreads
// its work over Options.Threads of its own.
type Caster struct {
	scene   *scene.Scene
	options Options
	cutout  []cutout // one a material
	pool    *par.Pool
	shared  *forest

	pose    *scene.Pose // as last prepared
	trees   []*bvh.Tree // one an instance, nil where hidden or without triangles
	moving  []*moving   // one an instance, of those that deform
	builder builder
	dropped int

	moved    []int // instances to refit
	refits   []bvh.Moved
	refitter *bvh.Refitter

	frame    frame
	workers  []*worker
	each     func(worker, tile int)
	eachLens func(worker, tile int)
	seenBy   []seenBy  // of a lens's sides
	rays     *rayTable // of a lens
}

// New returns a caster for s.
func New(s *scene.Scene, o Options) *Caster {
	return newCaster(s, o, newForest(len(s.Primitives)))
}

// Scene returns the scene that c casts.
func (c *Caster) Scene() *scene.Scene { return c.scene }

// Fork returns another caster of the same scene, which may be used at the same
// time. The two share the trees of all that keeps its shape.
func (c *Caster) Fork(o Options) *Caster { return newCaster(c.scene, o, c.shared) }

func newCaster(s *scene.Scene, o Options, f *forest) *Caster {
	if o.Threads < 1 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	c := &Caster{
		scene: s, options: o, cutout: make([]cutout, len(s.Materials)), pool: par.New(o.Threads), shared: f,
		trees: make([]*bvh.Tree, len(s.Instances)), moving: make([]*moving, len(s.Instances)),
		workers: make([]*worker, o.Threads),
	}
	c.options.Path = o.Path.on()
	c.builder.init(c.pool)
	c.refitter = bvh.NewRefitter(c.pool)
	c.each, c.eachLens = c.castTile, c.castPieces
	c.frame.add, c.frame.lay = c.frame.addChunk, c.frame.layChunk
	return c
}

// Prepare makes the caster ready for a pose, which must stay as it is until
// the last Cast of it. The first time it builds the trees of the primitives in
// sight; later it refits those of shapes that deform. See OnBuild and GoLive.
func (c *Caster) Prepare(ctx context.Context, p *scene.Pose) error {
	c.pose, c.dropped = p, 0
	c.builder.begin(c.missing())
	setCutouts(c.cutout, p.Materials, c.options)
	for i := range c.cutout {
		c.cutout[i].prepare(&c.shared.textures)
	}
	c.moved = c.moved[:0]
	for i := range c.scene.Instances {
		c.trees[i] = nil
		if p.Hidden[i] || len(c.primitive(i).Indices) == 0 {
			continue
		}
		if c.moving[i] != nil {
			c.moved = append(c.moved, i)
			continue
		}
		t, err := c.tree(ctx, i)
		if err != nil {
			c.pose = nil
			return err
		}
		c.trees[i] = t
	}
	if err := c.refit(ctx); err != nil {
		c.pose = nil
		return err
	}
	for _, t := range c.trees {
		if t != nil {
			c.dropped += t.Dropped
		}
	}
	return ctx.Err()
}

// primitive returns the one that instance i shows.
func (c *Caster) primitive(i int) *scene.Primitive {
	return &c.scene.Primitives[c.scene.Instances[i].Primitive]
}

// Path returns the instructions that are used.
func (c *Caster) Path() Path { return c.options.Path }

// Dropped returns how many of the prepared triangles nothing can hit, because
// two corners are equal or a coordinate is not finite.
func (c *Caster) Dropped() int { return c.dropped }

// TreeBytes returns the memory that the trees of the prepared pose take.
func (c *Caster) TreeBytes() int {
	sum := 0
	seen := map[*bvh.Tree]bool{}
	for _, t := range c.trees {
		if t != nil && !seen[t] {
			seen[t] = true
			sum += t.Bytes()
		}
	}
	return sum
}

// Cast fills m with the depth of the scene as last prepared, seen by v, and
// sets m's size to v's. Depth is planar Z, through a panorama's lens the
// distance along the ray. Pixels for which a lens has no ray see nothing. It calls done, where it is not nil, from any goroutine
// with each rectangle of pixels that is final. On an error, ctx's included, m
// is incomplete. Once warm it allocates nothing.
func (c *Caster) Cast(ctx context.Context, v camera.View, m *depth.Map, done func(image.Rectangle)) error {
	if err := v.Check(); err != nil {
		return err
	}
	if c.pose == nil {
		return fmt.Errorf("cast: no pose is prepared")
	}
	m.Width, m.Height = v.Width, v.Height
	if n := v.Width * v.Height; cap(m.Z) >= n {
		m.Z = m.Z[:n] // every pixel is written
	} else {
		m.Z = pages.MakeDirty[float32](n)
	}
	f := &c.frame
	if !v.Lens.IsPinhole() {
		f.out = m
		err := c.castLens(ctx, v, done)
		f.out = nil
		return err
	}
	f.begin(c, v)
	f.setRays(0.5, 0.5)
	f.out, f.done, f.ctx = m, done, ctx
	err := c.pool.Run(ctx, f.tilesX*f.tilesY, c.each)
	f.out, f.done, f.ctx = nil, nil, nil
	return err
}

func (c *Caster) castTile(k, tile int) {
	f := &c.frame
	w := c.worker(k)
	x0, y0 := tile%f.tilesX*tileW, tile/f.tilesX*tileH
	r := image.Rect(x0, y0, min(x0+tileW, f.view.Width), min(y0+tileH, f.view.Height))
	if !w.cast(r, f.inTile(tile)) {
		return
	}
	if f.hits != nil {
		w.tell(f.hits, len(f.inTile(tile)) > 0)
	}
	if f.done != nil {
		f.done(r)
	}
}

func (c *Caster) worker(k int) *worker {
	if c.workers[k] == nil {
		c.workers[k] = newWorker(c)
	}
	return c.workers[k]
}

// Surface is what one ray hit.
type Surface struct {
	Z        float64 // the depth, as Cast has it
	Instance int     // index in Scene.Instances
	Triangle int     // index of the triangle in its primitive
	B1, B2   float64 // barycentric weights of the triangle's second and third vertex
}

// Probe casts the one ray through image point (u, w) of v. At a pixel's centre
// its Z, rounded to float32, is the map's.
func (c *Caster) Probe(v camera.View, u, w float64) (s Surface, ok bool) {
	if c.pose == nil || v.Check() != nil || math.IsNaN(u) || math.IsNaN(w) || math.IsInf(u, 0) || math.IsInf(w, 0) {
		return Surface{}, false
	}
	// A picture of one pixel whose centre is the point.
	v.Width, v.Height = 1, 1
	f := &c.frame
	var turned side
	if !v.Lens.IsPinhole() {
		rays := v.Intrinsics.Rays()
		d, ok := rays.Ray(u, w)
		if !ok {
			return Surface{}, false
		}
		turned, u, w = sideOf(v.Lens.Model, d)
		v.Fx, v.Fy, v.Cx, v.Cy, v.Lens = 1, 1, 0, 0, camera.Lens{}
	}
	f.begin(c, v)
	f.turn(turned)
	f.setRays(u, w)
	f.ctx = context.Background()
	k := c.worker(0)
	k.trace(image.Rect(0, 0, 1, 1), f.inTile(0))
	f.ctx, f.side, f.ask = nil, side{}, false
	id := k.id[0][0]
	if id == 0 {
		return Surface{}, false
	}
	r := &k.records[id]
	x, y := f.xs[0], f.ys[0]
	var t triangle
	tri := int(f.triangleOf(r))
	p := f.instances[r.instance].corners(tri)
	t.setup(&p, v.Model)
	b1, b2 := t.weights(x, y)
	return Surface{turned.value(x, y, r.z(x, y, v.Model)), f.instances[r.instance].index, tri, b1, b2}, true
}
