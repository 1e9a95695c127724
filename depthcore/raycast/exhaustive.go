package raycast

import (
	"context"
	"image"
	"math"

	"zscope/depthcore/camera"
	"zscope/depthcore/internal/par"
	"zscope/depthcore/scene"
)

// Exhaustive casts the rays of some of v's pixels by asking the meaning of a
// hit of every triangle, one after the other, in float64: no trees, no tiles,
// no float32. It is what the caster's answers are checked against. Z is in the
// order of the pixels, +Inf where nothing is hit, not yet rounded.
//
// It takes some nanoseconds a pixel and triangle; triangles are spread over
// o.Threads.
func Exhaustive(ctx context.Context, s *scene.Scene, p *scene.Pose, v camera.View, o Options, pixels []image.Point) ([]float64, error) {
	if err := v.Check(); err != nil {
		return nil, err
	}
	c := New(s, o)
	setCutouts(c.cutout, p.Materials, o)
	if !v.Lens.IsPinhole() {
		return exhaustiveLens(ctx, c, p, v, pixels)
	}
	e := &exhaustion{caster: c, frame: frame{caster: c, view: v}, xs: make([]float64, len(pixels)), ys: make([]float64, len(pixels))}
	for i, at := range pixels {
		e.xs[i] = (float64(at.X) + 0.5 - v.Cx) / v.Fx
		e.ys[i] = (float64(at.Y) + 0.5 - v.Cy) / v.Fy
	}
	return e.run(ctx, p)
}

// exhaustiveLens asks the rays of each side in turn.
func exhaustiveLens(ctx context.Context, c *Caster, p *scene.Pose, v camera.View, pixels []image.Point) ([]float64, error) {
	z := make([]float64, len(pixels))
	list := map[side]*exhaustion{}
	at := map[side][]int{}
	rays := v.Intrinsics.Rays()
	for i, px := range pixels {
		z[i] = math.Inf(1)
		d, ok := rays.Ray(float64(px.X)+0.5, float64(px.Y)+0.5)
		if !ok {
			continue
		}
		f, x, y := sideOf(v.Lens.Model, d)
		if list[f] == nil {
			list[f] = &exhaustion{caster: c, frame: frame{caster: c, view: v, side: f}}
		}
		e := list[f]
		e.xs, e.ys, at[f] = append(e.xs, x), append(e.ys, y), append(at[f], i)
	}
	for f, e := range list {
		part, err := e.run(ctx, p)
		if err != nil {
			return nil, err
		}
		for k, i := range at[f] {
			z[i] = f.value(e.xs[k], e.ys[k], part[k])
		}
	}
	return z, nil
}

// run returns the coordinates along the side's axis.
func (e *exhaustion) run(ctx context.Context, p *scene.Pose) ([]float64, error) {
	c := e.caster
	for i := range c.scene.Instances {
		if !p.Hidden[i] {
			in := instanceOf(c, p, e.frame.view, i)
			in.camera = e.frame.side.of(in.camera)
			e.split(in)
		}
	}
	pool := par.New(c.options.Threads)
	nearest := make([][]float64, pool.Workers())
	for w := range nearest {
		nearest[w] = make([]float64, len(e.xs))
		for i := range nearest[w] {
			nearest[w][i] = math.Inf(1)
		}
	}
	if err := pool.Run(ctx, len(e.chunks), func(worker, item int) { e.cast(&e.chunks[item], nearest[worker]) }); err != nil {
		return nil, err
	}
	z := nearest[0]
	for _, other := range nearest[1:] {
		for i, x := range other {
			z[i] = min(z[i], x)
		}
	}
	return z, nil
}

// exhaustion is one call of Exhaustive.
type exhaustion struct {
	caster *Caster
	frame  frame
	xs, ys []float64 // image-plane coordinates of the pixels
	chunks []chunk
}

// chunk is some triangles of an instance, a piece of work.
type chunk struct {
	in          *instance
	first, last int
}

// instanceOf returns what the meaning needs of an instance in a pose.
func instanceOf(c *Caster, p *scene.Pose, v camera.View, i int) *instance {
	prim := c.primitive(i)
	in := &instance{index: i, camera: cameraFromObject(v, &p.WorldFromObject[i]), positions: p.Positions[i], indices: prim.Indices}
	if in.positions == nil {
		in.positions = prim.Positions
	}
	doubleSided := false
	if m := prim.Material; m >= 0 {
		in.alpha = c.cutout[m].active
		doubleSided = c.scene.Materials[m].DoubleSided
	}
	in.cull = c.options.CullBackFaces && !doubleSided
	in.mirrored = p.WorldFromObject[i].Mat3().Det() < 0
	return in
}

func (e *exhaustion) split(in *instance) {
	const length = 4096
	n := len(in.indices) / 3
	for k := 0; k < n; k += length {
		e.chunks = append(e.chunks, chunk{in, k, min(k+length, n)})
	}
}

func (e *exhaustion) cast(k *chunk, nearest []float64) {
	var t triangle
	for tri := k.first; tri < k.last; tri++ {
		corners := k.in.corners(tri)
		if !t.setup(&corners, e.frame.view.Model) {
			continue
		}
		for i, x := range e.xs {
			if z, ok := t.hit(x, e.ys[i]); ok && z < nearest[i] && e.caster.counts(&t, &e.frame, k.in, tri, x, e.ys[i], z) {
				nearest[i] = z
			}
		}
	}
}
