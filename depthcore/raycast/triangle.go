package raycast

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
)

// This file is the meaning of a hit. Every other path through the package is a
// filter in front of it: which triangles are asked about which pixel may
// differ, the answer may not.
//
// Camera-space points are taken with X right, Y down and Z forward here. A
// pixel's ray is given by its image-plane coordinates (x, y): the ray of a
// perspective camera runs through (x, y, 1) from the origin, that of an
// orthographic one from (x, y, 0) along Z.
//
// Products that feed a sum are pinned by float64(a*b), so that no compiler
// fuses them and all machines get the same bits.

// ulp is the largest relative error of one rounding to float64.
const ulp = 1.0 / (1 << 53)

// plane3 is a linear function of image-plane coordinates: x*X + y*Y + c.
type plane3 struct{ x, y, c float64 }

func (p *plane3) at(x, y float64) float64 {
	return float64(p.x*x) + float64(p.y*y) + p.c
}

// magnitude bounds the absolute terms of at, given the absolute values of x
// and y.
func (p *plane3) magnitude(ax, ay float64) float64 {
	return float64(p.x*ax) + float64(p.y*ay) + p.c
}

// triangle is what a triangle in camera space is tested by.
type triangle struct {
	// edge k is positive on one side of the edge from vertex k to vertex k+1,
	// and exactly the negative of that for the same edge run the other way.
	edge, edgeError [3]plane3
	// Z = num / den. One of them is constant: num for a perspective camera,
	// den for an orthographic one. Beyond denError, den tells the sides apart.
	num, den, denError plane3
	near, far          float64 // the vertices' Z lie between
}

// setup prepares a triangle for a camera model. ok is false where it has no
// area, is not finite or lies behind the camera.
func (t *triangle) setup(p *[3]mgl64.Vec3, model camera.Model) (ok bool) {
	var n, nError mgl64.Vec3
	var d float64
	if n, nError, d, t.near, t.far, ok = normal(p); !ok {
		return false
	}
	if model == camera.Orthographic {
		t.num = plane3{-n[0], -n[1], d}
		t.den = plane3{0, 0, n[2]}
		t.denError = plane3{0, 0, 16 * ulp * nError[2]}
		for k := range t.edge {
			a, b := p[k], p[(k+1)%3]
			t.edge[k] = plane3{a[1] - b[1], b[0] - a[0], float64(a[0]*b[1]) - float64(a[1]*b[0])}
			t.edgeError[k] = scaled(8*ulp, mgl64.Vec3{math.Abs(a[1]) + math.Abs(b[1]), math.Abs(a[0]) + math.Abs(b[0]),
				math.Abs(a[0]*b[1]) + math.Abs(a[1]*b[0])})
		}
		return true
	}
	t.num = plane3{0, 0, d}
	t.den = plane3{n[0], n[1], n[2]}
	t.denError = scaled(16*ulp, nError)
	for k := range t.edge {
		a, b := p[k], p[(k+1)%3]
		e := cross(a, b)
		t.edge[k] = plane3{e[0], e[1], e[2]}
		t.edgeError[k] = scaled(8*ulp, crossMagnitude(a, b))
	}
	return true
}

// normal returns the normal of a triangle, what rounding works on in it, its
// product with the corners, and the range of Z. ok is false where there is
// nothing to hit.
func normal(p *[3]mgl64.Vec3) (n, nError mgl64.Vec3, d, near, far float64, ok bool) {
	near = min(p[0][2], p[1][2], p[2][2])
	far = max(p[0][2], p[1][2], p[2][2])
	if !(far > 0) || math.IsInf(far, 0) {
		return n, nError, d, near, far, false
	}
	// The normal comes from edge vectors, which are short where the triangle
	// is small, not from the sum of the edge functions.
	a, b := p[1].Sub(p[0]), p[2].Sub(p[0])
	n, nError = cross(a, b), crossMagnitude(a, b)
	d = float64(n[0]*p[0][0]) + float64(n[1]*p[0][1]) + float64(n[2]*p[0][2])
	ok = n != (mgl64.Vec3{}) && !math.IsNaN(d) && !math.IsInf(d, 0)
	return n, nError, d, near, far, ok
}

// cross is a x b without fused operations: cross(b, a) is its exact negative.
func cross(a, b mgl64.Vec3) mgl64.Vec3 {
	return mgl64.Vec3{
		float64(a[1]*b[2]) - float64(a[2]*b[1]),
		float64(a[2]*b[0]) - float64(a[0]*b[2]),
		float64(a[0]*b[1]) - float64(a[1]*b[0]),
	}
}

// crossMagnitude bounds what rounding works on in cross.
func crossMagnitude(a, b mgl64.Vec3) mgl64.Vec3 {
	return mgl64.Vec3{
		math.Abs(a[1]*b[2]) + math.Abs(a[2]*b[1]),
		math.Abs(a[2]*b[0]) + math.Abs(a[0]*b[2]),
		math.Abs(a[0]*b[1]) + math.Abs(a[1]*b[0]),
	}
}

func scaled(s float64, v mgl64.Vec3) plane3 { return plane3{s * v[0], s * v[1], s * v[2]} }

// hit returns Z where the ray (x, y) meets the triangle. The edges belong to
// it, and so does what rounding cannot tell from them: of the triangles around
// an edge or a vertex, at least one is hit.
func (t *triangle) hit(x, y float64) (z float64, ok bool) {
	ax, ay := math.Abs(x), math.Abs(y)
	inFront, behind := true, true
	for k := range t.edge {
		e, tolerance := t.edge[k].at(x, y), t.edgeError[k].magnitude(ax, ay)
		inFront = inFront && e >= -tolerance
		behind = behind && e <= tolerance
	}
	if !inFront && !behind {
		return 0, false
	}
	den := t.den.at(x, y)
	if !(math.Abs(den) > t.denError.magnitude(ax, ay)) { // seen edge-on
		return 0, false
	}
	// Rounding must not carry Z beyond the vertices.
	z = min(max(t.num.at(x, y)/den, t.near), t.far)
	return z, z > 0
}

// weights returns the barycentric weights of the second and third vertex where
// the ray (x, y) meets the triangle.
func (t *triangle) weights(x, y float64) (b1, b2 float64) {
	e0, e1, e2 := t.edge[0].at(x, y), t.edge[1].at(x, y), t.edge[2].at(x, y)
	sum := e0 + e1 + e2
	if sum == 0 {
		return 0, 0
	}
	return e2 / sum, e0 / sum
}
