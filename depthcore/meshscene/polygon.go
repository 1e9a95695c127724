package meshscene

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/go-gl/mathgl/mgl64"
)

// polygons cuts polygons into triangles. The zero value is ready; it keeps its
// memory from polygon to polygon.
type polygons struct {
	flat       []mgl64.Vec2 // the corners in the polygon's plane
	prev, next []int32      // the ring of corners that are not cut off yet
	work       int          // corners looked at, over all polygons
}

// maxWork bounds the time that all polygons of a file take, to some seconds.
const maxWork = 3e8

// maxCorners is how many corners a polygon may have.
const maxCorners = 1 << 20

// add adds the triangles of a polygon to list: corners less two of them,
// facing as the polygon does. A polygon on whose first corner all triangles of
// a fan face one way is that fan, as everybody cuts a convex one. Any other has
// its ears clipped in its best-fit plane (Newell's normal).
// G. H. Meisters, "polygons Have Ears", 1975.
func (p *polygons) add(list, corners []uint32, positions []mgl64.Vec3) ([]uint32, error) {
	n := len(corners)
	switch {
	case n < 3:
		return list, nil
	case n > maxCorners:
		return nil, fmt.Errorf("a polygon with more than %d corners", maxCorners)
	case n == 3:
		return append(list, corners...), nil
	case n == 4 && quadIsFan(positions[corners[0]], positions[corners[1]], positions[corners[2]], positions[corners[3]]):
		return append(list, corners[0], corners[1], corners[2], corners[0], corners[2], corners[3]), nil
	}
	if p.flatten(corners, positions); p.isFan() {
		for i := 2; i < n; i++ {
			list = append(list, corners[0], corners[i-1], corners[i])
		}
		return list, nil
	}
	return p.clip(list, corners)
}

func quadIsFan(a, b, c, d mgl64.Vec3) bool {
	ac := c.Sub(a)
	first, second := b.Sub(a).Cross(ac), ac.Cross(d.Sub(a))
	normal := ac.Cross(d.Sub(b))
	return first.Dot(normal) > 0 && second.Dot(normal) > 0
}

// flatten projects the corners along the axis that the polygon faces most,
// counter-clockwise. Seen along an axis, what lies inside an ear stays inside.
func (p *polygons) flatten(corners []uint32, positions []mgl64.Vec3) {
	var normal mgl64.Vec3
	origin := positions[corners[0]]
	last := positions[corners[len(corners)-1]].Sub(origin)
	for _, c := range corners {
		q := positions[c].Sub(origin)
		normal = normal.Add(last.Cross(q))
		last = q
	}
	axis := 0
	for k := 1; k < 3; k++ {
		if math.Abs(normal[k]) > math.Abs(normal[axis]) {
			axis = k
		}
	}
	u, v := (axis+1)%3, (axis+2)%3
	if normal[axis] < 0 {
		u, v = v, u
	}
	p.flat = slices.Grow(p.flat[:0], len(corners))
	for _, c := range corners {
		q := positions[c].Sub(origin)
		p.flat = append(p.flat, mgl64.Vec2{q[u], q[v]})
	}
}

// turn is twice the area of a triangle, positive if it is counter-clockwise.
func turn(a, b, c mgl64.Vec2) float64 {
	return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
}

// isFan tells whether the triangles on the first corner cover the polygon. One
// that is not finite has no better triangles either.
func (p *polygons) isFan() bool {
	f := p.flat
	for i := 2; i < len(f); i++ {
		if turn(f[0], f[i-1], f[i]) <= 0 {
			return false
		}
	}
	return true
}

// clip cuts off one ear after the other. Where rounding or a polygon that
// crosses itself leaves none, any corner serves.
func (p *polygons) clip(list, corners []uint32) ([]uint32, error) {
	n := int32(len(corners))
	p.prev, p.next = slices.Grow(p.prev[:0], int(n))[:n], slices.Grow(p.next[:0], int(n))[:n]
	for i := range n {
		p.prev[i], p.next[i] = (i+n-1)%n, (i+1)%n
	}
	tried := int32(0)
	for i, left := int32(0), n; left > 3; {
		if p.work > maxWork {
			return nil, errors.New("its polygons are too intricate")
		}
		a, b := p.prev[i], p.next[i]
		if tried < left && !p.isEar(i) {
			i = b
			tried++
			continue
		}
		list = append(list, corners[a], corners[i], corners[b])
		p.next[a], p.prev[b] = b, a
		left--
		tried = 0
		i = p.next[b] // leaving one out keeps slivers away
		if left == 3 {
			list = append(list, corners[p.prev[i]], corners[i], corners[p.next[i]])
		}
	}
	return list, nil
}

// isEar tells whether corner i is convex and nothing of the ring lies in it.
func (p *polygons) isEar(i int32) bool {
	a, b, c := p.flat[p.prev[i]], p.flat[i], p.flat[p.next[i]]
	p.work++
	if !(turn(a, b, c) > 0) {
		return false
	}
	low := mgl64.Vec2{min(a[0], b[0], c[0]), min(a[1], b[1], c[1])}
	high := mgl64.Vec2{max(a[0], b[0], c[0]), max(a[1], b[1], c[1])}
	for k := p.next[p.next[i]]; k != p.prev[i]; k = p.next[k] {
		p.work++
		q := p.flat[k]
		if q[0] < low[0] || q[0] > high[0] || q[1] < low[1] || q[1] > high[1] {
			continue
		}
		if q == a || q == b || q == c {
			continue // a seam to a hole goes there and back
		}
		if turn(a, b, q) >= 0 && turn(b, c, q) >= 0 && turn(c, a, q) >= 0 {
			return false
		}
	}
	return true
}
