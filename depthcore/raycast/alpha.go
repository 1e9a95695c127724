package raycast

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/scene"
)

// cutout decides by alpha whether a surface of one material is there.
type cutout struct {
	active    bool // false: always there
	threshold float64
	material  *scene.Material
	uv        mgl64.Mat3 // texture coordinates from a primitive's own

	// What lookups need; extremes is nil where they cannot help.
	texture  *scene.Texture
	extremes *extremes
	bounds   bounds
	texel    [2][3]float64 // places in the texture from a primitive's coordinates: two rows
}

// setCutouts sets one cutout a material, as posed.
func setCutouts(list []cutout, materials []scene.Material, o Options) {
	for i := range list {
		m := &materials[i]
		list[i] = cutout{material: m, uv: m.TextureFromUV()}
		switch {
		case m.Mode == scene.Mask && !o.NoMask:
			list[i].active, list[i].threshold = true, m.Cutoff
		case m.Mode == scene.Blend && o.BlendThreshold > 0:
			list[i].active, list[i].threshold = true, o.BlendThreshold
		}
	}
}

// isThere reports whether the surface is there at a point of triangle tri,
// given by the barycentric weights of its second and third vertex: base-colour
// alpha (texture x factor x vertex colour's alpha) is not below the threshold.
func (c *cutout) isThere(p *scene.Primitive, tri int, b1, b2 float64) bool {
	i0, i1, i2 := p.Indices[3*tri], p.Indices[3*tri+1], p.Indices[3*tri+2]
	b0 := 1 - b1 - b2
	alpha := c.material.Factor
	if t := c.material.Texture; t != nil && p.UV != nil {
		uv := mgl64.Vec2{}
		for x := range uv {
			uv[x] = float64(b0*p.UV[i0][x]) + float64(b1*p.UV[i1][x]) + float64(b2*p.UV[i2][x])
		}
		uv = mgl64.Vec2{
			float64(c.uv[0]*uv[0]) + float64(c.uv[3]*uv[1]) + c.uv[6],
			float64(c.uv[1]*uv[0]) + float64(c.uv[4]*uv[1]) + c.uv[7],
		}
		alpha *= sampleAlpha(t, uv[0], uv[1])
	}
	if p.Alpha != nil {
		alpha *= float64(b0*p.Alpha[i0]) + float64(b1*p.Alpha[i1]) + float64(b2*p.Alpha[i2])
	}
	return !(alpha < c.threshold)
}

// sampleAlpha returns the texture's alpha at (u, v), at full resolution:
// bilinear between the four nearest texel centres, or the nearest one's.
func sampleAlpha(t *scene.Texture, u, v float64) float64 {
	if math.IsNaN(u) || math.IsInf(u, 0) || math.IsNaN(v) || math.IsInf(v, 0) {
		return 1
	}
	x, y := reduce(u, t.WrapU)*float64(t.Width), reduce(v, t.WrapV)*float64(t.Height)
	if t.Nearest {
		i, j := wrap(int(math.Floor(x)), t.Width, t.WrapU), wrap(int(math.Floor(y)), t.Height, t.WrapV)
		return float64(t.Alpha[j*t.Width+i]) / 65535
	}
	x, y = x-0.5, y-0.5
	fi, fj := math.Floor(x), math.Floor(y)
	i, j, fx, fy := int(fi), int(fj), x-fi, y-fj
	left, right := wrap(i, t.Width, t.WrapU), wrap(i+1, t.Width, t.WrapU)
	upper, lower := wrap(j, t.Height, t.WrapV)*t.Width, wrap(j+1, t.Height, t.WrapV)*t.Width
	a, b, c, d := t.Alpha[upper+left], t.Alpha[upper+right], t.Alpha[lower+left], t.Alpha[lower+right]
	if a == b && c == d && a == c {
		return float64(a) / 65535 // what the lines below come to, and the usual case
	}
	mix := func(a, b uint16) float64 {
		x := float64(a) / 65535
		return x + float64(fx*(float64(b)/65535-x))
	}
	top, bottom := mix(a, b), mix(c, d)
	return top + float64(fy*(bottom-top))
}

// reduce brings a coordinate near to [0, 1] without changing what is seen, so
// that texel indices stay small.
func reduce(u float64, w scene.Wrap) float64 {
	switch w {
	case scene.ClampToEdge:
		return min(max(u, -1), 2)
	case scene.MirroredRepeat:
		return u - 2*math.Floor(u/2)
	}
	return u - math.Floor(u)
}

// wrap brings texel index i into 0..n-1. Most are there already, and dividing
// takes time.
func wrap(i, n int, w scene.Wrap) int {
	switch w {
	case scene.ClampToEdge:
		return min(max(i, 0), n-1)
	case scene.MirroredRepeat:
		if uint(i) >= uint(2*n) {
			i = ((i % (2 * n)) + 2*n) % (2 * n)
		}
		if i >= n {
			i = 2*n - 1 - i
		}
		return i
	}
	if uint(i) >= uint(n) {
		i = ((i % n) + n) % n
	}
	return i
}
