package main

import "math"

// vec3 is x right, y up, z towards the camera's start, in metres.
type vec3 [3]float64

func (a vec3) add(b vec3) vec3      { return vec3{a[0] + b[0], a[1] + b[1], a[2] + b[2]} }
func (a vec3) sub(b vec3) vec3      { return vec3{a[0] - b[0], a[1] - b[1], a[2] - b[2]} }
func (a vec3) times(s float64) vec3 { return vec3{a[0] * s, a[1] * s, a[2] * s} }
func (a vec3) dot(b vec3) float64   { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }
func (a vec3) length() float64      { return math.Sqrt(a.dot(a)) }
func (a vec3) cross(b vec3) vec3 {
	return vec3{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}

func (a vec3) unit() vec3 {
	if n := a.length(); n > 0 {
		return a.times(1 / n)
	}
	return vec3{0, 1, 0}
}

// grain is the grid that vertices lie on: 2^-14 m. It makes coordinates exact
// in float32 and hides the last bits in which machines differ.
const grain = 1.0 / (1 << 14)

func snap(p vec3) vec3 {
	for i, x := range p {
		p[i] = math.Round(x/grain) * grain
	}
	return p
}

// quaternion is x y z w.
type quaternion [4]float64

// turn is the rotation by an angle (radians) about an axis of unit length.
func turn(axis vec3, angle float64) quaternion {
	s, c := math.Sincos(angle / 2)
	return quaternion{axis[0] * s, axis[1] * s, axis[2] * s, c}
}

// then returns the rotation that applies q first and p after it.
func (q quaternion) then(p quaternion) quaternion {
	a, b := vec3{p[0], p[1], p[2]}, vec3{q[0], q[1], q[2]}
	v := b.times(p[3]).add(a.times(q[3])).add(a.cross(b))
	return quaternion{v[0], v[1], v[2], p[3]*q[3] - a.dot(b)}
}

// apply rotates a point.
func (q quaternion) apply(p vec3) vec3 {
	v := vec3{q[0], q[1], q[2]}
	t := v.cross(p).times(2)
	return p.add(t.times(q[3])).add(v.cross(t))
}

// surface is a set of triangles, counter-clockwise seen from outside.
type surface struct {
	flat    bool // without normals: its triangles are shaded flat
	points  []vec3
	indices []int
	uv      [][2]float64
	targets [][]vec3
	joints  [][4]uint8
	weights [][4]float64
}

// join appends other surfaces.
func join(parts ...*surface) *surface {
	s := &surface{flat: true}
	for _, p := range parts {
		s.flat = s.flat && p.flat
		for _, i := range p.indices {
			s.indices = append(s.indices, len(s.points)+i)
		}
		s.points = append(s.points, p.points...)
		s.uv = append(s.uv, p.uv...)
	}
	return s
}

// moved returns the surface turned and then shifted.
func (s *surface) moved(by vec3, turns ...quaternion) *surface {
	m := *s
	m.points = make([]vec3, len(s.points))
	for i, p := range s.points {
		for _, q := range turns {
			p = q.apply(p)
		}
		m.points[i] = snap(p.add(by))
	}
	return &m
}

// normals returns the mean of the triangles' normals about each vertex,
// weighted by area. Vertices at the same place but of different numbers keep
// an edge sharp.
func (s *surface) normals() []vec3 {
	sums := make([]vec3, len(s.points))
	for t := 0; t < len(s.indices); t += 3 {
		i, j, k := s.indices[t], s.indices[t+1], s.indices[t+2]
		n := s.points[j].sub(s.points[i]).cross(s.points[k].sub(s.points[i]))
		for _, v := range []int{i, j, k} {
			sums[v] = sums[v].add(n)
		}
	}
	for i, n := range sums {
		n = n.unit()
		for c := range n {
			n[c] = math.Round(n[c]*1024) / 1024
		}
		sums[i] = n
	}
	return sums
}

// sheet returns the surface at(u, v) for u, v from 0 to 1 in nu x nv cells.
// Seen from outside, v runs to the left of u.
func sheet(nu, nv int, at func(u, v float64) vec3) *surface {
	return closed(nu, nv, false, false, at)
}

// closed is a sheet that may be sewn together at u = 0 and 1, or v = 0 and 1.
func closed(nu, nv int, sewU, sewV bool, at func(u, v float64) vec3) *surface {
	s := &surface{}
	rows, columns := nv+1, nu+1
	if sewV {
		rows = nv
	}
	if sewU {
		columns = nu
	}
	for j := 0; j < rows; j++ {
		for i := 0; i < columns; i++ {
			u, v := float64(i)/float64(nu), float64(j)/float64(nv)
			s.points = append(s.points, snap(at(u, v)))
			s.uv = append(s.uv, [2]float64{u, v})
		}
	}
	number := func(i, j int) int { return j%rows*columns + i%columns }
	for j := 0; j < nv; j++ {
		for i := 0; i < nu; i++ {
			s.cell(number(i, j), number(i+1, j), number(i+1, j+1), number(i, j+1))
		}
	}
	return s
}

// cell adds the quadrilateral a b c d, without the triangles that have no
// area.
func (s *surface) cell(a, b, c, d int) {
	for _, t := range [][3]int{{a, b, c}, {a, c, d}} {
		p, q, r := s.points[t[0]], s.points[t[1]], s.points[t[2]]
		if q.sub(p).cross(r.sub(p)) != (vec3{}) {
			s.indices = append(s.indices, t[:]...)
		}
	}
}

// bare drops the texture coordinates of a surface that has no texture.
func (s *surface) bare() *surface {
	s.uv = nil
	return s
}

// lathe turns a profile of (radius, height) pairs, from the bottom up, about
// the y axis.
func lathe(segments int, profile ...[2]float64) *surface {
	n := len(profile) - 1
	return closed(segments, n, true, false, func(u, v float64) vec3 {
		p := profile[int(math.Round(v*float64(n)))]
		s, c := math.Sincos(2 * math.Pi * u)
		return vec3{p[0] * s, p[1], p[0] * c}
	}).bare()
}

// smooth samples a curve through (radius, height) pairs, n points a pair
// (Catmull-Rom).
func smooth(n int, knots ...[2]float64) [][2]float64 {
	var out [][2]float64
	at := func(i int) [2]float64 { return knots[min(max(i, 0), len(knots)-1)] }
	for i := 0; i+1 < len(knots); i++ {
		for k := 0; k < n; k++ {
			t := float64(k) / float64(n)
			var p [2]float64
			for c := range p {
				a, b, d, e := at(i - 1)[c], at(i)[c], at(i + 1)[c], at(i + 2)[c]
				p[c] = b + t/2*(d-a+t*(2*a-5*b+4*d-e+t*(3*(b-d)+e-a)))
			}
			p[0] = math.Max(p[0], 0)
			out = append(out, p)
		}
	}
	return append(out, knots[len(knots)-1])
}

// box spans two opposite corners.
func box(lo, hi vec3) *surface {
	s := &surface{flat: true}
	for axis := 0; axis < 3; axis++ {
		u, v := (axis+1)%3, (axis+2)%3
		for side, at := range [2]float64{lo[axis], hi[axis]} {
			first := len(s.points)
			for _, corner := range [4][2]bool{{false, false}, {true, false}, {true, true}, {false, true}} {
				p := lo
				p[axis] = at
				if corner[0] {
					p[u] = hi[u]
				}
				if corner[1] {
					p[v] = hi[v]
				}
				s.points = append(s.points, snap(p))
			}
			if side == 1 {
				s.cell(first, first+1, first+2, first+3)
			} else {
				s.cell(first, first+3, first+2, first+1)
			}
		}
	}
	return s
}

// block is a box given by its middle and its size.
func block(middle, size vec3) *surface {
	return box(middle.sub(size.times(0.5)), middle.add(size.times(0.5)))
}

// cushion is a block with round edges: a superellipsoid.
func cushion(middle, size vec3, roundness float64, n int) *surface {
	power := func(x float64) float64 {
		return math.Copysign(math.Pow(math.Abs(x), roundness), x)
	}
	return closed(2*n, n, true, false, func(u, v float64) vec3 {
		su, cu := math.Sincos(2 * math.Pi * u)
		sv, cv := math.Sincos(math.Pi * (v - 0.5))
		if v == 0 || v == 1 {
			cv = 0
		}
		return middle.add(vec3{
			size[0] / 2 * power(cv) * power(su),
			size[1] / 2 * power(sv),
			size[2] / 2 * power(cv) * power(cu),
		})
	}).bare()
}

// ball has radius(direction) about the origin.
func ball(n int, radius func(d vec3) float64) *surface {
	return closed(2*n, n, true, false, func(u, v float64) vec3 {
		su, cu := math.Sincos(2 * math.Pi * u)
		sv, cv := math.Sincos(math.Pi * (v - 0.5))
		if v == 0 || v == 1 {
			cv = 0
		}
		d := vec3{cv * su, sv, cv * cu}
		return d.times(radius(d))
	}).bare()
}

func sphere(n int, radius float64) *surface {
	return ball(n, func(vec3) float64 { return radius })
}

// tube has a radius about a curve, which comes back to its start where ring
// is set. Its frame is carried along by the shortest rotation.
func tube(around, along int, ring bool, radius float64, curve func(t float64) vec3) *surface {
	// Frames: one a step, untwisted over the length of a ring.
	type frame struct{ side, up vec3 }
	frames := make([]frame, along+1)
	tangent := func(i int) vec3 {
		const h = 1e-4
		t := float64(i) / float64(along)
		return curve(t + h).sub(curve(t - h)).unit()
	}
	side := vec3{0.31, 0.83, 0.47}.cross(tangent(0)).unit()
	for i := range frames {
		t := tangent(i)
		side = side.sub(t.times(side.dot(t))).unit()
		frames[i] = frame{side, t.cross(side)}
	}
	twist := 0.0
	if ring {
		end, start := frames[along], frames[0]
		twist = math.Atan2(end.side.dot(start.up), end.side.dot(start.side))
	}
	return closed(around, along, true, ring, func(u, v float64) vec3 {
		i := int(math.Round(v * float64(along)))
		s, c := math.Sincos(2*math.Pi*u - twist*v)
		f := frames[i]
		return curve(v).add(f.side.times(c * radius)).add(f.up.times(s * radius))
	}).bare()
}

// rod is a straight tube with flat ends.
func rod(n int, radius float64, from, to vec3) *surface {
	axis := to.sub(from).unit()
	side := vec3{0.31, 0.47, 0.83}.cross(axis).unit()
	up := axis.cross(side)
	return closed(n, 3, true, false, func(u, v float64) vec3 {
		s, c := math.Sincos(2 * math.Pi * u)
		r, end := radius, from
		if v == 0 || v == 1 {
			r = 0
		}
		if v > 0.5 {
			end = to
		}
		return end.add(side.times(c * r)).add(up.times(s * r))
	}).bare()
}
