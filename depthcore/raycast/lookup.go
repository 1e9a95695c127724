package raycast

import (
	"math"
	"math/bits"

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
	// in a texture's units.
	sampleError = 2 * (placeError + 2.0/steps) * 65535
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

// lookup decides about the pixels of a triangle that alpha may cut.
type lookup struct {
	ready   bool // else every answer is open
	cut     *cutout
	texture *scene.Texture
	bounds  bounds
	// The same for samples, in steps of steps, with what they are off by.
	from, below int
	// The place in the texture is x/w and y/w, where the absolute value of w is
	// at least this.
	x, y, w plane3
	least   float64
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
	size = max(size, moveIn(&x, c.extremes.width, c.extremes.wrapU), moveIn(&y, c.extremes.height, c.extremes.wrapV))
	e0, e1, e2 := &edges[0], &edges[1], &edges[2]
	large := max(math.Abs(e0.x), math.Abs(e0.y), math.Abs(e0.c)) + max(math.Abs(e1.x), math.Abs(e1.y), math.Abs(e1.c)) +
		max(math.Abs(e2.x), math.Abs(e2.y), math.Abs(e2.c))
	l.least = 256 * ulp / placeError * reach * large * size
	// The weight of each corner is the edge's that lies opposite.
	l.w = plane3{e0.x + e1.x + e2.x, e0.y + e1.y + e2.y, e0.c + e1.c + e2.c}
	l.x = plane3{x[0]*e1.x + x[1]*e2.x + x[2]*e0.x, x[0]*e1.y + x[1]*e2.y + x[2]*e0.y, x[0]*e1.c + x[1]*e2.c + x[2]*e0.c}
	l.y = plane3{y[0]*e1.x + y[1]*e2.x + y[2]*e0.x, y[0]*e1.y + y[1]*e2.y + y[2]*e0.y, y[0]*e1.c + y[1]*e2.c + y[2]*e0.c}
	off := 0.0
	if !c.texture.Nearest {
		off = sampleError
	}
	l.from, l.below = inSteps(math.Ceil, l.bounds.from+off), inSteps(math.Floor, l.bounds.below-off)
	l.cut, l.texture, l.ready = c, c.texture, l.least > 0 && !math.IsInf(l.least, 0)
}

// inSteps returns a bound of samples; what is far beyond them it brings near.
func inSteps(round func(float64) float64, x float64) int {
	return int(round(min(max(x, -65535), 2*65535) * steps * steps))
}

// moveIn moves places along an axis by whole textures, so that the first of
// them lies in the texture, and returns a bound of where they are.
func moveIn(x *[3]float64, n int, w scene.Wrap) float64 {
	period := float64(n)
	switch w {
	case scene.ClampToEdge:
		return 0
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
	w := l.w.at(x, y)
	if !l.ready || !(math.Abs(w) >= l.least) {
		return open
	}
	w = steps / w
	return l.sample(int(l.x.at(x, y)*w), int(l.y.at(x, y)*w))
}

// row decides about some of four rays, a bit each, of which isThere would say
// yes and no.
func (l *lookup) row(xs []float64, y float64, rays uint16) (yes, no uint16) {
	if !l.ready {
		return 0, 0
	}
	wy, xy, yy := l.w.y*y+l.w.c, l.x.y*y+l.x.c, l.y.y*y+l.y.c
	for ; rays != 0; rays &= rays - 1 {
		k := bits.TrailingZeros16(rays) & 3
		x := xs[k]
		w := l.w.x*x + wy
		if !(math.Abs(w) >= l.least) {
			continue
		}
		w = steps / w
		v := uint16(l.sample(int((l.x.x*x+xy)*w), int((l.y.x*x+yy)*w)))
		yes |= v & 1 << k
		no |= v >> 1 << k
	}
	return yes, no
}

// Places are counted in steps, and samples in units of a texture's by this
// many more bits.
const (
	stepBits = 16
	steps    = 1 << stepBits
)

// sample decides about a place in the texture.
func (l *lookup) sample(x, y int) verdict {
	t := l.texture
	i, j, fx, fy := x>>stepBits, y>>stepBits, x&(steps-1), y&(steps-1)
	if t.Nearest {
		const margin = int(2 * placeError * steps)
		if fx < margin || fx > steps-margin || fy < margin || fy > steps-margin {
			return open
		}
		i, j = wrap(i, t.Width, t.WrapU), wrap(j, t.Height, t.WrapV)
		return l.judge(int(t.Alpha[j*t.Width+i]) << (2 * stepBits))
	}
	right, lower := i+1, j+1
	if uint(i) >= uint(t.Width-1) {
		i, right = wrap(i, t.Width, t.WrapU), wrap(right, t.Width, t.WrapU)
	}
	if uint(j) >= uint(t.Height-1) {
		j, lower = wrap(j, t.Height, t.WrapV), wrap(lower, t.Height, t.WrapV)
	}
	j, lower = j*t.Width, lower*t.Width
	a, b, c, d := int(t.Alpha[j+i]), int(t.Alpha[j+right]), int(t.Alpha[lower+i]), int(t.Alpha[lower+right])
	a = a<<stepBits + fx*(b-a)
	c = c<<stepBits + fx*(d-c)
	return l.judge(a<<stepBits + fy*(c-a))
}

// judge decides about a sample, without branches, which could not be foretold.
func (l *lookup) judge(alpha int) verdict {
	return verdict((l.from-1-alpha)>>63&1 | (alpha-l.below)>>63&2)
}
