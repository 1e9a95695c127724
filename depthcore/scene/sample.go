package scene

import "sort"

// sample sets out (Width numbers) to the channel's value at time t: before
// the first key and after the last, the end value holds (glTF 2.0, section
// 3.11). Rotations come out as they are interpolated, not yet normalised.
func (c *Channel) sample(t float64, out []float64) {
	n := len(c.Times)
	if !(t > c.Times[0]) { // NaN counts as before
		copy(out, c.key(0))
		return
	}
	if t >= c.Times[n-1] {
		copy(out, c.key(n-1))
		return
	}
	k := sort.SearchFloat64s(c.Times, t) // the first key at or after t, 1..n-1
	if c.Times[k] == t {
		copy(out, c.key(k))
		return
	}
	k--
	dt := c.Times[k+1] - c.Times[k]
	s := (t - c.Times[k]) / dt
	a, b := c.key(k), c.key(k+1)
	switch {
	case c.Interpolation == Step:
		copy(out, a)
	case c.Interpolation == CubicSpline:
		hermite(out, a, c.tangent(k, 2), b, c.tangent(k+1, 0), s, dt)
	case c.Property == Rotation:
		q := slerp([4]float64(a), [4]float64(b), s)
		copy(out, q[:])
	default:
		for i := range out {
			out[i] = a[i] + float64(s*(b[i]-a[i]))
		}
	}
}

// key returns the value of key k.
func (c *Channel) key(k int) []float64 {
	if c.Interpolation == CubicSpline {
		return c.tangent(k, 1)
	}
	return c.Values[k*c.Width : (k+1)*c.Width]
}

// tangent returns one of the three parts of a cubic spline's key: in-tangent,
// value, out-tangent.
func (c *Channel) tangent(k, part int) []float64 {
	i := (3*k + part) * c.Width
	return c.Values[i : i+c.Width]
}

// hermite evaluates the cubic between values a and b, which it leaves with
// tangent ta and reaches with tangent tb (per second); s runs from 0 to 1 over
// dt seconds. glTF 2.0, appendix C.5.
func hermite(out, a, ta, b, tb []float64, s, dt float64) {
	s2 := float64(s * s)
	s3 := float64(s2 * s)
	three := float64(3 * s2)
	wa, wta := 2*s3-three+1, float64(dt*(s3-2*s2+s))
	wb, wtb := three-2*s3, float64(dt*(s3-s2))
	for i := range out {
		out[i] = float64(wa*a[i]) + float64(wta*ta[i]) + float64(wb*b[i]) + float64(wtb*tb[i])
	}
}
