// Package raycast casts a posed scene into a depth map: for each pixel the
// nearest surface with Z > 0 that the ray through the pixel's centre meets.
//
// What a hit is and how deep it lies is said once, in float64, by type
// triangle; alpha cut-outs are in alpha.go. The rest decides which triangles
// are asked about which pixels, in parallel. The result is the same bit for
// bit for any number of threads.
package raycast

import (
	"context"
	"image"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
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
}

// DefaultOptions is what depth.md asks for where nothing is chosen.
func DefaultOptions() Options { return Options{BlendThreshold: 0.5} }

// Caster casts one scene. It is used by one goroutine at a time and spreads
// its work over Options.Threads of its own.
type Caster struct {
	scene   *scene.Scene
	options Options
	pose    *scene.Pose // as last prepared
	cutout  []cutout    // one a material

	points [][]mgl64.Vec3 // camera-space vertices, one slice an instance
	z      []float64
}

// New returns a caster for s.
func New(s *scene.Scene, o Options) *Caster {
	if o.Threads < 1 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	return &Caster{scene: s, options: o, cutout: make([]cutout, len(s.Materials)), points: make([][]mgl64.Vec3, len(s.Instances))}
}

// Prepare makes the caster ready for a pose, which must stay as it is until
// the last Cast of it.
func (c *Caster) Prepare(ctx context.Context, p *scene.Pose) error {
	c.pose = p
	setCutouts(c.cutout, p.Materials, c.options)
	return ctx.Err()
}

// Cast fills m with the planar Z of the scene as last prepared, seen by v, and
// sets m's size to v's. It calls done, where it is not nil, from any goroutine
// with each rectangle of pixels that is final. On an error, ctx's included, m
// is incomplete.
func (c *Caster) Cast(ctx context.Context, v camera.View, m *depth.Map, done func(image.Rectangle)) error {
	if err := v.Check(); err != nil {
		return err
	}
	m.Resize(v.Width, v.Height)
	if cap(c.z) < len(m.Z) {
		c.z = make([]float64, len(m.Z))
	}
	c.z = c.z[:len(m.Z)]
	if err := c.each(ctx, len(c.scene.Instances), func(i int) { c.transform(i, v) }); err != nil {
		return err
	}
	const rows = 32
	bands := (v.Height + rows - 1) / rows
	return c.each(ctx, bands, func(k int) {
		band := image.Rect(0, k*rows, v.Width, min(v.Height, (k+1)*rows))
		c.castBand(ctx, v, band, m)
		if done != nil && ctx.Err() == nil {
			done(band)
		}
	})
}

// each runs f for 0..n-1 on the caster's threads until ctx ends.
func (c *Caster) each(ctx context.Context, n int, f func(i int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(c.options.Threads, n) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		}()
	}
	wg.Wait()
	return ctx.Err()
}

// transform sets the camera-space vertices of instance i.
func (c *Caster) transform(i int, v camera.View) {
	positions := c.pose.Positions[i]
	if positions == nil {
		positions = c.scene.Primitives[c.scene.Instances[i].Primitive].Positions
	}
	if c.pose.Hidden[i] {
		c.points[i] = c.points[i][:0]
		return
	}
	if cap(c.points[i]) < len(positions) {
		c.points[i] = make([]mgl64.Vec3, len(positions))
	}
	c.points[i] = c.points[i][:len(positions)]
	m := cameraFromObject(v, &c.pose.WorldFromObject[i])
	for k, p := range positions {
		c.points[i][k] = m.apply(p)
	}
}

// castBand casts the pixels of one band.
func (c *Caster) castBand(ctx context.Context, v camera.View, band image.Rectangle, m *depth.Map) {
	z := c.z[band.Min.Y*v.Width : band.Max.Y*v.Width]
	for i := range z {
		z[i] = math.Inf(1)
	}
	for i := range c.points {
		if ctx.Err() != nil {
			return
		}
		c.castInstance(v, band, i)
	}
	out := m.Z[band.Min.Y*v.Width : band.Max.Y*v.Width]
	for i, z := range z {
		out[i] = float32(z)
	}
}

func (c *Caster) castInstance(v camera.View, band image.Rectangle, i int) {
	points := c.points[i]
	if len(points) == 0 {
		return
	}
	prim := &c.scene.Primitives[c.scene.Instances[i].Primitive]
	var t triangle
	for k := 0; k+2 < len(prim.Indices); k += 3 {
		p := [3]mgl64.Vec3{points[prim.Indices[k]], points[prim.Indices[k+1]], points[prim.Indices[k+2]]}
		box := pixelBounds(&v.Intrinsics, &p).Intersect(band)
		if box.Empty() || !t.setup(&p, v.Model) {
			continue
		}
		for y := box.Min.Y; y < box.Max.Y; y++ {
			for x := box.Min.X; x < box.Max.X; x++ {
				rx, ry := rayAt(&v.Intrinsics, x, y)
				z, ok := t.hit(rx, ry)
				if ok && z < c.z[y*v.Width+x] && c.counts(&t, v, i, k/3, rx, ry, z) {
					c.z[y*v.Width+x] = z
				}
			}
		}
	}
}

// counts reports whether a hit is one under the options.
func (c *Caster) counts(t *triangle, v camera.View, instance, tri int, x, y, z float64) bool {
	if c.options.Clip && (z < v.Near || v.Far > 0 && z > v.Far) {
		return false
	}
	prim := &c.scene.Primitives[c.scene.Instances[instance].Primitive]
	if c.options.CullBackFaces && (prim.Material < 0 || !c.scene.Materials[prim.Material].DoubleSided) {
		if c.backFacing(t, instance, x, y) {
			return false
		}
	}
	if prim.Material < 0 || !c.cutout[prim.Material].active {
		return true
	}
	b1, b2 := t.weights(x, y)
	return c.cutout[prim.Material].isThere(prim, tri, b1, b2)
}

// backFacing reports whether the ray (x, y) sees the back of a triangle:
// counter-clockwise is the front (glTF 2.0, section 3.7.2.1), and a mirroring
// transform turns that around (section 3.5.2).
func (c *Caster) backFacing(t *triangle, instance int, x, y float64) bool {
	m := &c.pose.WorldFromObject[instance]
	mirrored := m.Mat3().Det() < 0
	// With Y down and Z forward the normal of a counter-clockwise triangle
	// points away from the camera where the ray runs against it.
	away := t.den.at(x, y) > 0
	return away != mirrored
}

// pixelBounds returns the pixels whose centres the triangle may cover.
func pixelBounds(in *camera.Intrinsics, p *[3]mgl64.Vec3) image.Rectangle {
	full := image.Rect(0, 0, in.Width, in.Height)
	minU, minV, maxU, maxV := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	behind := 0
	for _, q := range p {
		x, y := q[0], q[1]
		if in.Model == camera.Perspective {
			if !(q[2] > 1e-12*(math.Abs(x)+math.Abs(y))) {
				behind++
				continue
			}
			x, y = x/q[2], y/q[2]
		}
		u, v := x*in.Fx+in.Cx, y*in.Fy+in.Cy
		if math.IsNaN(u) || math.IsNaN(v) {
			return image.Rectangle{}
		}
		minU, maxU, minV, maxV = min(minU, u), max(maxU, u), min(minV, v), max(maxV, v)
	}
	switch behind {
	case 3:
		return image.Rectangle{}
	case 1, 2:
		return full
	}
	const pad = 0.01
	limit := func(x float64, n int) int { return int(min(max(x, -1), float64(n)+1)) }
	return image.Rect(limit(math.Ceil(minU-0.5-pad), in.Width), limit(math.Ceil(minV-0.5-pad), in.Height),
		limit(math.Floor(maxU-0.5+pad)+1, in.Width), limit(math.Floor(maxV-0.5+pad)+1, in.Height)).Intersect(full)
}

// rayAt returns the image-plane coordinates of the ray through the centre of
// pixel (i, j).
func rayAt(in *camera.Intrinsics, i, j int) (x, y float64) {
	return (float64(i) + 0.5 - in.Cx) / in.Fx, (float64(j) + 0.5 - in.Cy) / in.Fy
}

// affine takes object-space points to camera space with Y down and Z forward.
type affine [12]float64 // three rows of four

func cameraFromObject(v camera.View, worldFromObject *mgl64.Mat4) affine {
	a, b := &v.CameraFromWorld, worldFromObject
	var m affine
	for r := 0; r < 3; r++ {
		sign := 1.0
		if r > 0 {
			sign = -1
		}
		for c := 0; c < 4; c++ {
			s := float64(a[r]*b[4*c]) + float64(a[4+r]*b[4*c+1]) + float64(a[8+r]*b[4*c+2])
			if c == 3 {
				s += a[12+r]
			}
			m[4*r+c] = sign * s
		}
	}
	return m
}

func (m *affine) apply(p mgl64.Vec3) (q mgl64.Vec3) {
	for r := range q {
		q[r] = float64(m[4*r]*p[0]) + float64(m[4*r+1]*p[1]) + float64(m[4*r+2]*p[2]) + m[4*r+3]
	}
	return q
}

// Surface is what one ray hit.
type Surface struct {
	Z        float64
	Instance int     // index in Scene.Instances
	Triangle int     // index of the triangle in its primitive
	B1, B2   float64 // barycentric weights of the triangle's second and third vertex
}

// Probe casts the one ray through image point (u, w) of v.
func (c *Caster) Probe(v camera.View, u, w float64) (s Surface, ok bool) {
	if c.pose == nil {
		return Surface{}, false
	}
	x, y := (u-v.Cx)/v.Fx, (w-v.Cy)/v.Fy
	s.Z = math.Inf(1)
	var t triangle
	for i := range c.scene.Instances {
		if c.pose.Hidden[i] {
			continue
		}
		prim := &c.scene.Primitives[c.scene.Instances[i].Primitive]
		positions := c.pose.Positions[i]
		if positions == nil {
			positions = prim.Positions
		}
		m := cameraFromObject(v, &c.pose.WorldFromObject[i])
		for k := 0; k+2 < len(prim.Indices); k += 3 {
			p := [3]mgl64.Vec3{m.apply(positions[prim.Indices[k]]), m.apply(positions[prim.Indices[k+1]]), m.apply(positions[prim.Indices[k+2]])}
			if !t.setup(&p, v.Model) {
				continue
			}
			if z, hit := t.hit(x, y); hit && z < s.Z && c.counts(&t, v, i, k/3, x, y, z) {
				b1, b2 := t.weights(x, y)
				s, ok = Surface{z, i, k / 3, b1, b2}, true
			}
		}
	}
	return s, ok
}
