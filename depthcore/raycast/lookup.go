package raycast

import (
	"math"
	"unsafe"

	"zscope/depthcore/scene"
)

// Most of what alpha decides is clear without the digits of isThere. A lookup
// finds the place in the texture by other sums, which rounding takes less than
// placeError astray from where isThere looks, and answers where that cannot
// matter: bilinear samples change no faster than neighbouring texels differ.

// verdict is a lookup's answer.
type verdict int8

const (
	open     verdict = iota // isThere has to be asked
	there                   // isThere would say yes
	notThere                // or no, wherever the surface is hit
)

const (
	placeError = 1.0 / (1 << 12) // of a texel
	// What a sample is off by where its place is, and that is rounded to steps,
	// in a texture's units; and by what float32 does to it.
	sampleError = 2*(placeError+2.0/steps)*65535 + 1
	// farPlace bounds the texels from a texture's first that places may be.
	farPlace = 1 << 30
)

// bounds are what a texture's alpha has to be for the surface to be there for
// certain and not there for certain, in the texture's units.
type bounds struct{ from, below float64 }

func (b *bounds) judge(r alphaRange) verdict {
	switch {
	case float64(r.least)*oneStep >= b.from:
		return there
	case float64(r.greatest)*oneStep < b.below:
		return notThere
	}
	return open
}

// prepare makes the cutout one that lookups can use. Without it, isThere decides.
func (c *cutout) prepare(textures *textures) {
	t := c.material.Texture
	if !c.active || t == nil || t.Width < 1 || t.Height < 1 || !(c.material.Factor > 0) || math.IsNaN(c.threshold) {
		return
	}
	c.texture, c.extremes = t, textures.of(t)
	need := c.threshold / c.material.Factor * 65535
	c.bounds = bounds{need * (1 + 1e-9), need * (1 - 1e-9)}
	half := 0.5
	if t.Nearest {
		half = 0
	}
	w, h := float64(t.Width), float64(t.Height)
	c.texel = [2][3]float64{
		{c.uv[0] * w, c.uv[3] * w, c.uv[6]*w - half},
		{c.uv[1] * h, c.uv[4] * h, c.uv[7]*h - half},
	}
}

// solid reports whether all surfaces of the material are there that have no
// vertex colours.
func (c *cutout) solid() bool {
	return c.extremes != nil && c.bounds.judge(c.extremes.whole()) == there
}

// boundsOf returns the bounds for a triangle.
func (c *cutout) boundsOf(p *scene.Primitive, tri int) (b bounds, ok bool) {
	if c.extremes == nil || p.UV == nil {
		return b, false
	}
	if p.Alpha == nil {
		return c.bounds, true
	}
	a0, a1, a2 := p.Alpha[p.Indices[3*tri]], p.Alpha[p.Indices[3*tri+1]], p.Alpha[p.Indices[3*tri+2]]
	least, greatest := min(a0, a1, a2), max(a0, a1, a2)
	slack := 1e-4 * greatest // more than rounding carries weights out of 0 to 1
	return bounds{c.bounds.from / (least - slack), c.bounds.below / (greatest + slack)}, least > 2*slack
}

// place returns where in the texture a triangle's corners are, and a bound of
// the numbers that come into it.
func (c *cutout) place(p *scene.Primitive, tri int) (x, y [3]float64, size float64) {
	m := &c.texel
	for k := range x {
		uv := &p.UV[p.Indices[3*tri+k]]
		u, v := uv[0], uv[1]
		x[k] = m[0][0]*u + m[0][1]*v + m[0][2]
		y[k] = m[1][0]*u + m[1][1]*v + m[1][2]
		u, v = math.Abs(u), math.Abs(v)
		size = max(size, math.Abs(m[0][0])*u+math.Abs(m[0][1])*v+math.Abs(m[0][2]), math.Abs(m[1][0])*u+math.Abs(m[1][1])*v+math.Abs(m[1][2]))
	}
	return x, y, size + 1
}

// covers reports whether a triangle is there wherever it is hit well inside.
func (c *cutout) covers(p *scene.Primitive, tri int) bool {
	b, ok := c.boundsOf(p, tri)
	if !ok {
		return false
	}
	x, y, size := c.place(p, tri)
	return size < farPlace && c.judge(&b, min(x[0], x[1], x[2]), min(y[0], y[1], y[2]), max(x[0], x[1], x[2]), max(y[0], y[1], y[2])) == there
}

// judge decides about all places of a rectangle.
func (c *cutout) judge(b *bounds, x0, y0, x1, y1 float64) verdict {
	r, ok := c.extremes.within(x0-2*placeError, y0-2*placeError, x1+2*placeError, y1+2*placeError)
	if !ok {
		return open
	}
	return b.judge(r)
}

// lookup decides about the pixels of a triangle that alpha may cut. Its first
// fields are where kernels expect them.
type lookup struct {
	// The place in the texture is x/w and y/w, where the absolute value of w is
	// at least this.
	x, y, w plane3
	least   float64

	alpha *uint16 // of the first texel; one more than there are can be read
	// The surface is there where a sample is at least from, and not where it is
	// less than below.
	from, below float32
	axes        [2]axis
	width       int32 // of the texture
	// Of a place in its texel, the bits that samples depend on; and between
	// which steps it has to be: from edge to edge + span.
	fraction, edge int32
	span           uint32

	ready  bool // else every answer is open
	cut    *cutout
	bounds bounds
}

// axis is how texels are wrapped along one.
type axis struct {
	inverse float32 // of the period, which is 0 where there is none
	period  int32
	limit   int32 // of indices: the period, if there is one
	mirror  int32 // index i is the same as mirror - i
	last    int32
}

// boundless is more than any index, and by far.
const boundless = 1 << 30

func axisOf(n int, w scene.Wrap) axis {
	a := axis{limit: boundless, mirror: boundless, last: int32(n - 1)}
	switch w {
	case scene.ClampToEdge:
		return a
	case scene.MirroredRepeat:
		a.period, a.mirror = int32(2*n), int32(2*n-1)
	default:
		a.period = int32(n)
	}
	a.limit, a.inverse = a.period, 1/float32(a.period)
	return a
}

// pair returns where texel i is, and the one that follows it.
func (a *axis) pair(i int32) (first, second int32) {
	i -= int32(float32(i)*a.inverse) * a.period
	if i < 0 {
		i += a.period
	}
	if i >= a.limit {
		i -= a.period
	}
	next := i + 1
	if next >= a.limit {
		next -= a.period
	}
	return max(min(i, a.mirror-i, a.last), 0), max(min(next, a.mirror-next, a.last), 0)
}

// set prepares the lookup for a triangle, given by its edges. No ray's |x| + |y|
// + 1 is more than reach.
//
// Sums of three products of edges, whose terms are less than large and whose
// rounding is less than 64 ulp of that, are divided by w here as in isThere.
func (l *lookup) set(c *cutout, p *scene.Primitive, tri int, edges *[3]plane3, reach float64) {
	l.ready = false
	var ok bool
	if l.bounds, ok = c.boundsOf(p, tri); !ok {
		return
	}
	x, y, size := c.place(p, tri)
	if !(size < farPlace) {
		return
	}
	t := c.texture
	far := max(moveIn(&x, t.Width, t.WrapU), moveIn(&y, t.Height, t.WrapV))
	if !(far < farTexel) {
		return
	}
	size = max(size, far)
	e0, e1, e2 := &edges[0], &edges[1], &edges[2]
	large := max(math.Abs(e0.x), math.Abs(e0.y), math.Abs(e0.c)) + max(math.Abs(e1.x), math.Abs(e1.y), math.Abs(e1.c)) +
		max(math.Abs(e2.x), math.Abs(e2.y), math.Abs(e2.c))
	l.least = 256 * ulp / placeError * reach * large * size
	// The weight of each corner is the edge's that lies opposite.
	l.w = plane3{e0.x + e1.x + e2.x, e0.y + e1.y + e2.y, e0.c + e1.c + e2.c}
	l.x = plane3{x[0]*e1.x + x[1]*e2.x + x[2]*e0.x, x[0]*e1.y + x[1]*e2.y + x[2]*e0.y, x[0]*e1.c + x[1]*e2.c + x[2]*e0.c}
	l.y = plane3{y[0]*e1.x + y[1]*e2.x + y[2]*e0.x, y[0]*e1.y + y[1]*e2.y + y[2]*e0.y, y[0]*e1.c + y[1]*e2.c + y[2]*e0.c}
	off := 0.0
	l.fraction, l.edge, l.span = steps-1, 0, steps
	if t.Nearest {
		const margin = 2 * placeError * steps
		l.fraction, l.edge, l.span = 0, margin, steps-2*margin
	} else {
		off = sampleError
	}
	l.from, l.below = float32Beyond(l.bounds.from+off, 1), float32Beyond(l.bounds.below-off, -1)
	l.alpha, l.axes, l.width = &c.extremes.alpha[0], c.extremes.axes, int32(t.Width)
	l.cut, l.ready = c, l.least > 0 && !math.IsInf(l.least, 0)
}

// float32Beyond returns a number beyond a bound of samples; what is far beyond
// them it brings near.
func float32Beyond(x float64, way float32) float32 {
	return math.Nextafter32(float32(min(max(x, -65536), 2*65536)), 3*65536*way)
}

// moveIn moves places along an axis by whole textures, so that the first of
// them lies in the texture, and returns a bound of where they are.
func moveIn(x *[3]float64, n int, w scene.Wrap) float64 {
	period := float64(n)
	switch w {
	case scene.ClampToEdge:
		return max(math.Abs(x[0]), math.Abs(x[1]), math.Abs(x[2])) + 1
	case scene.MirroredRepeat:
		period *= 2
	}
	// Half a texel before the texture's begin is its edge.
	shift := math.Floor((min(x[0], x[1], x[2])+0.5)/period) * period
	for k := range x {
		x[k] -= shift
	}
	return max(x[0], x[1], x[2]) + 1
}

// block decides about all rays between (x0, y0) and (x1, y1): their places lie
// between those of the corners.
func (l *lookup) block(x0, y0, x1, y1 float64) verdict {
	if !l.ready {
		return open
	}
	w00, w10, w01, w11 := l.w.at(x0, y0), l.w.at(x1, y0), l.w.at(x0, y1), l.w.at(x1, y1)
	if !(min(w00, w10, w01, w11) >= l.least || max(w00, w10, w01, w11) <= -l.least) {
		return open
	}
	w00, w10, w01, w11 = 1/w00, 1/w10, 1/w01, 1/w11
	a, b, c, d := l.x.at(x0, y0)*w00, l.x.at(x1, y0)*w10, l.x.at(x0, y1)*w01, l.x.at(x1, y1)*w11
	left, right := min(a, b, c, d), max(a, b, c, d)
	a, b, c, d = l.y.at(x0, y0)*w00, l.y.at(x1, y0)*w10, l.y.at(x0, y1)*w01, l.y.at(x1, y1)*w11
	return l.cut.judge(&l.bounds, left, min(a, b, c, d), right, max(a, b, c, d))
}

// at decides about the ray (x, y), which hits the triangle well inside.
func (l *lookup) at(x, y float64) verdict {
	if !l.ready {
		return open
	}
	w := float64(l.w.x*x) + (float64(l.w.y*y) + l.w.c)
	if !(math.Abs(w) >= l.least) {
		return open
	}
	w = steps / w
	u, v := float64(l.x.x*x)+(float64(l.x.y*y)+l.x.c), float64(l.y.x*x)+(float64(l.y.y*y)+l.y.c)
	return l.sample(int32(u*w), int32(v*w))
}

// Places are counted in steps.
const (
	stepBits = 13
	steps    = 1 << stepBits
	// farTexel bounds the texels that places may be from the texture's first, once
	// they are moved there.
	farTexel = 1 << (30 - stepBits)
)

// sample decides about a place in the texture.
func (l *lookup) sample(x, y int32) verdict {
	fx, fy := x&(steps-1), y&(steps-1)
	if uint32(fx-l.edge) > l.span || uint32(fy-l.edge) > l.span {
		return open
	}
	left, upper := x>>stepBits, y>>stepBits
	right, lower := left+1, upper+1
	if uint32(left) >= uint32(l.axes[0].last) {
		left, right = l.axes[0].pair(left)
	}
	if uint32(upper) >= uint32(l.axes[1].last) {
		upper, lower = l.axes[1].pair(upper)
	}
	upper, lower = upper*l.width, lower*l.width
	u, v := float32(fx&l.fraction)*(1.0/steps), float32(fy&l.fraction)*(1.0/steps)
	a, b := l.texel(upper+left), l.texel(upper+right)
	c, d := l.texel(lower+left), l.texel(lower+right)
	a += float32(u * (b - a))
	c += float32(u * (d - c))
	a += float32(v * (c - a))
	// Without branches, which could not be foretold.
	below := func(bound float32) uint32 { return math.Float32bits(a-bound) >> 31 }
	return verdict(below(l.from) ^ 1 | below(l.below)<<1)
}

func (l *lookup) texel(i int32) float32 {
	return float32(*(*uint16)(unsafe.Add(unsafe.Pointer(l.alpha), 2*int(i))))
}
