package scene

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"
)

// The products below are pinned: float64(a*b) keeps a compiler from fusing the
// multiplication with an addition, so that every machine gets the same bits.

// mulAffine returns a*b of two affine matrices, whose last rows are 0 0 0 1.
func mulAffine(a, b *mgl64.Mat4) (m mgl64.Mat4) {
	for c := 0; c < 4; c++ {
		x, y, z := b[4*c], b[4*c+1], b[4*c+2]
		for r := 0; r < 3; r++ {
			m[4*c+r] = float64(a[r]*x) + float64(a[4+r]*y) + float64(a[8+r]*z)
			if c == 3 {
				m[12+r] += a[12+r]
			}
		}
	}
	m[15] = 1
	return m
}

// transform returns the affine m applied to the point p.
func transform(m *mgl64.Mat4, p mgl64.Vec3) mgl64.Vec3 {
	return mgl64.Vec3{
		float64(m[0]*p[0]) + float64(m[4]*p[1]) + float64(m[8]*p[2]) + m[12],
		float64(m[1]*p[0]) + float64(m[5]*p[1]) + float64(m[9]*p[2]) + m[13],
		float64(m[2]*p[0]) + float64(m[6]*p[1]) + float64(m[10]*p[2]) + m[14],
	}
}

// TRS returns the matrix that scales, then turns by the unit quaternion r,
// then moves: glTF 2.0, section 3.5.3.
func TRS(t mgl64.Vec3, r mgl64.Quat, s mgl64.Vec3) mgl64.Mat4 {
	x, y, z, w := r.V[0], r.V[1], r.V[2], r.W
	xx, yy, zz := float64(x*x), float64(y*y), float64(z*z)
	xy, xz, yz := float64(x*y), float64(x*z), float64(y*z)
	wx, wy, wz := float64(w*x), float64(w*y), float64(w*z)
	return mgl64.Mat4{
		(1 - 2*(yy+zz)) * s[0], 2 * (xy + wz) * s[0], 2 * (xz - wy) * s[0], 0,
		2 * (xy - wz) * s[1], (1 - 2*(xx+zz)) * s[1], 2 * (yz + wx) * s[1], 0,
		2 * (xz + wy) * s[2], 2 * (yz - wx) * s[2], (1 - 2*(xx+yy)) * s[2], 0,
		t[0], t[1], t[2], 1,
	}
}

// Normalize returns q with unit length, or no rotation where q has none.
func Normalize(q mgl64.Quat) mgl64.Quat {
	x, y, z, w := q.V[0], q.V[1], q.V[2], q.W
	n := math.Sqrt(float64(x*x) + float64(y*y) + float64(z*z) + float64(w*w))
	if !(n > 0) || math.IsInf(n, 0) {
		return mgl64.QuatIdent()
	}
	return mgl64.Quat{W: w / n, V: mgl64.Vec3{x / n, y / n, z / n}}
}

// slerp turns from a to b along the shorter arc: s = 0 gives a, 1 gives b
// (or -b). Shoemake, "Animating Rotation with Quaternion Curves", 1985. The ends
// are normalised first: float32 quaternions have unit length only to 1e-8, which
// is enough to move the last bit of many pixels.
func slerp(a, b [4]float64, s float64) (q [4]float64) {
	a, b = unit(a), unit(b)
	dot := float64(a[0]*b[0]) + float64(a[1]*b[1]) + float64(a[2]*b[2]) + float64(a[3]*b[3])
	if dot < 0 {
		dot = -dot
		for i := range b {
			b[i] = -b[i]
		}
	}
	wa, wb := 1-s, s
	// Close to parallel the arc is a line; sin would divide by almost nothing.
	if sin2 := 1 - float64(dot*dot); sin2 > 1e-15 {
		sin := math.Sqrt(sin2)
		angle := math.Atan2(sin, dot)
		wa, wb = math.Sin(float64((1-s)*angle))/sin, math.Sin(float64(s*angle))/sin
	}
	for i := range q {
		q[i] = float64(wa*a[i]) + float64(wb*b[i])
	}
	return q
}

// unit returns the quaternion x y z w with unit length.
func unit(a [4]float64) [4]float64 {
	q := Normalize(mgl64.Quat{W: a[3], V: mgl64.Vec3{a[0], a[1], a[2]}})
	return [4]float64{q.V[0], q.V[1], q.V[2], q.W}
}
