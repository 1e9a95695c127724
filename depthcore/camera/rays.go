package camera

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"
)

// Rays finds the rays of image points, and the image points of rays: it is a
// camera's lens made ready to be asked many times.
//
// A distortion is inverted by Newton's method with the analytic derivative and
// counts as inverted where the ray, projected again, comes back to within
// inverted of a focal length. Where a lens folds the image over itself, only
// the rays up to the fold count: an image point beyond has none.
type Rays struct {
	in Intrinsics
	// limit is the fold: for an OpenCV lens the largest length of (x, y), for
	// a fisheye the largest angle; reach is the length of (a, b) there.
	limit, reach float64
}

const (
	inverted = 1e-13
	// farthest is the largest length of (x, y) that is looked for.
	farthest = 1e4
)

// Rays returns in's.
func (in Intrinsics) Rays() Rays {
	r := Rays{in: in}
	switch c := &in.Lens.Coefficients; in.Lens.Model {
	case OpenCVLens:
		num, den := []float64{1, c[k1], c[k2], c[k3]}, []float64{1, c[k4], c[k5], c[k6]}
		// The derivative of r num(q) / den(q), q = r^2, by r has the sign of
		// (num + 2 q num') den - 2 q num den'.
		slope := plus(times(plus(num, scaledBy(2, times([]float64{0, 1}, derived(num)))), den), scaledBy(-2, times([]float64{0, 1}, times(num, derived(den)))))
		r.limit = math.Sqrt(min(firstRoot(slope, farthest*farthest), firstRoot(den, farthest*farthest)))
		r.reach, _ = in.Lens.radial(r.limit)
	case FisheyeLens:
		r.limit = math.Sqrt(firstRoot([]float64{1, 3 * c[0], 5 * c[1], 7 * c[2], 9 * c[3]}, math.Pi*math.Pi))
		r.reach, _ = in.Lens.bent(r.limit)
	}
	return r
}

// Direction returns the direction of the ray through image point (u, v), with
// X right, Y down and Z forward: (x, y, 1) for a pinhole and an OpenCV lens, of
// unit length for a fisheye and a panorama. ok is false where the point has no
// ray.
func (r *Rays) Direction(u, v float64) (d mgl64.Vec3, ok bool) {
	a, b := (u-r.in.Cx)/r.in.Fx, (v-r.in.Cy)/r.in.Fy
	switch r.in.Lens.Model {
	case OpenCVLens:
		x, y, ok := r.undistort(a, b)
		return mgl64.Vec3{x, y, 1}, ok
	case FisheyeLens:
		return r.fisheye(a, b)
	case EquirectangularLens:
		if !(math.Abs(a) <= math.Pi && math.Abs(b) <= math.Pi/2) {
			return d, false
		}
		sinA, cosA := math.Sincos(a)
		sinB, cosB := math.Sincos(b)
		return mgl64.Vec3{float64(cosB * sinA), sinB, float64(cosB * cosA)}, true
	}
	return mgl64.Vec3{a, b, 1}, true
}

// Ray is Direction made a step of depth: where depth is planar Z it has
// Z = 1, and rays at right angles to the optical axis and beyond are none;
// where depth is the distance it has unit length.
func (r *Rays) Ray(u, v float64) (d mgl64.Vec3, ok bool) {
	if d, ok = r.Direction(u, v); !ok || r.in.Lens.Model != FisheyeLens {
		return d, ok
	}
	if !(d[2] > 0) {
		return d, false
	}
	return mgl64.Vec3{d[0] / d[2], d[1] / d[2], 1}, true
}

// Project is Intrinsics.Project.
func (r *Rays) Project(p mgl64.Vec3) (u, v, z float64) {
	in := &r.in
	x, y, z := p[0], -p[1], -p[2]
	switch {
	case in.Model == Orthographic:
	case in.Lens.Model == OpenCVLens:
		if x, y = x/z, y/z; !(math.Hypot(x, y) <= r.limit) {
			return math.NaN(), math.NaN(), z
		}
		x, y, _, _, _, _ = in.Lens.distort(x, y)
	case in.Lens.Model == FisheyeLens:
		across := math.Hypot(x, y)
		angle := math.Atan2(across, z)
		if !(angle <= r.limit) {
			return math.NaN(), math.NaN(), z
		}
		if length, _ := in.Lens.bent(angle); across > 0 {
			x, y = x/across*length, y/across*length
		}
	case in.Lens.Model == EquirectangularLens:
		across := math.Hypot(x, z)
		x, y, z = math.Atan2(x, z), math.Atan2(y, across), math.Hypot(across, y)
	default:
		x, y = x/z, y/z
	}
	return in.Fx*x + in.Cx, in.Fy*y + in.Cy, z
}

// CameraPoint is Intrinsics.CameraPoint for a camera with perspective rays.
func (r *Rays) CameraPoint(u, v, z float64) mgl64.Vec3 {
	d, ok := r.Ray(u, v)
	if !ok {
		d = mgl64.Vec3{math.NaN(), math.NaN(), math.NaN()}
	}
	return mgl64.Vec3{d[0] * z, -d[1] * z, -d[2] * z}
}

// undistort inverts Lens.distort. A rough start is mostly enough.
func (r *Rays) undistort(a, b float64) (x, y float64, ok bool) {
	if x, y, ok = r.undistortFrom(a, b, 1e-3); ok {
		return x, y, ok
	}
	return r.undistortFrom(a, b, 0x1p-52)
}

func (r *Rays) undistortFrom(a, b, share float64) (x, y float64, ok bool) {
	l := &r.in.Lens
	length := math.Hypot(a, b)
	if length == 0 || !finite(length) {
		x, y = a, b
	} else {
		// The radial part alone is monotone up to the fold.
		s := monotone(l.radial, min(length, r.reach), r.limit, share) / length
		x, y = float64(a*s), float64(b*s)
	}
	miss := math.Inf(1)
	for range 60 {
		pa, pb, ax, ay, bx, by := l.distort(x, y)
		ea, eb := pa-a, pb-b
		now := max(math.Abs(ea), math.Abs(eb))
		det := float64(ax*by) - float64(ay*bx)
		if !(det > 0) || now >= miss && now <= inverted*(1+length) {
			break
		}
		miss = now
		if now == 0 {
			break
		}
		x -= (float64(by*ea) - float64(ay*eb)) / det
		y -= (float64(ax*eb) - float64(bx*ea)) / det
	}
	pa, pb, ax, ay, bx, by := l.distort(x, y)
	det := float64(ax*by) - float64(ay*bx)
	back := max(math.Abs(pa-a), math.Abs(pb-b))
	return x, y, back <= inverted*(1+length) && det > 0 && math.Hypot(x, y) <= r.limit
}

// fisheye inverts the polynomial of the angle.
func (r *Rays) fisheye(a, b float64) (d mgl64.Vec3, ok bool) {
	length := math.Hypot(a, b)
	if length == 0 {
		return mgl64.Vec3{0, 0, 1}, true
	}
	if !(length <= r.reach) {
		return d, false
	}
	l := &r.in.Lens
	angle := monotone(l.bent, length, r.limit, 0x1p-52)
	if back, slope := l.bent(angle); !(math.Abs(back-length) <= inverted*(1+length) && slope > 0) {
		return d, false
	}
	sin, cos := math.Sincos(angle)
	s := sin / length
	return mgl64.Vec3{float64(a * s), float64(b * s), cos}, true
}

// monotone returns the x in [0, limit] where f is y, after a step of at most the
// share of it that is given; f is 0 at 0 and increases. Newton's steps that leave
// the interval left become bisections.
func monotone(f func(x float64) (y, slope float64), y, limit, share float64) float64 {
	low, high := 0.0, limit
	x := min(y, limit)
	for range 200 {
		at, slope := f(x)
		if at == y {
			break
		}
		if at > y {
			high = x
		} else {
			low = x
		}
		next := x - (at-y)/slope
		if !(next > low && next < high) {
			next = low + (high-low)/2
		}
		if math.Abs(next-x) <= math.Abs(x)*share {
			return next
		}
		x = next
	}
	return x
}

// Polynomials are lists of coefficients, the constant first.

func plus(a, b []float64) []float64 {
	sum := make([]float64, max(len(a), len(b)))
	for i := range sum {
		if i < len(a) {
			sum[i] += a[i]
		}
		if i < len(b) {
			sum[i] += b[i]
		}
	}
	return sum
}

func times(a, b []float64) []float64 {
	product := make([]float64, len(a)+len(b)-1)
	for i, x := range a {
		for k, y := range b {
			product[i+k] += float64(x * y)
		}
	}
	return product
}

func scaledBy(s float64, a []float64) []float64 { return times([]float64{s}, a) }

func derived(a []float64) []float64 {
	d := make([]float64, max(1, len(a)-1))
	for i := 1; i < len(a); i++ {
		d[i-1] = float64(i) * a[i]
	}
	return d
}

// firstRoot returns the least q in (0, limit] where p, positive at 0, is not
// positive any more, or limit.
func firstRoot(p []float64, limit float64) float64 {
	for _, q := range turns(p, limit) {
		if polynomial(q, p...) <= 0 {
			return q
		}
	}
	return limit
}

// turns returns, in order, the places in (0, limit) where p or one of its
// derivatives but the last crosses zero, and limit.
func turns(p []float64, limit float64) []float64 {
	for len(p) > 1 && p[len(p)-1] == 0 {
		p = p[:len(p)-1]
	}
	if len(p) < 2 {
		return []float64{limit}
	}
	var list []float64
	low := 0.0
	for _, high := range turns(derived(p), limit) {
		if a, b := polynomial(low, p...), polynomial(high, p...); a > 0 != (b > 0) {
			l, h := low, high
			for range 2000 {
				middle := l + (h-l)/2
				if middle == l || middle == h {
					break
				}
				if polynomial(middle, p...) > 0 == (a > 0) {
					l = middle
				} else {
					h = middle
				}
			}
			list = append(list, h)
		}
		list = append(list, high)
		low = high
	}
	return list
}
