package raycast

import (
	"context"
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/bvh"
	"zscope/depthcore/camera"
)

// Mark is a point in front of a camera: on the ray (X, Y), in image-plane
// coordinates, at depth Z.
type Mark struct{ X, Y, Z float64 }

// Nearer asks, for each mark, whether its ray meets a surface of the scene as
// last prepared before it gets to the mark: nearer than (1 - slack) * Z. The
// rays are v's, but may be any; no pixel's centre is meant. The answer is the
// meaning's (see triangle.go) for each mark alone; marks whose rays lie side by
// side go through the trees together, which is what makes many of them cheap.
func (c *Caster) Nearer(ctx context.Context, v camera.View, marks []Mark, slack float64, nearer []bool) error {
	if err := v.Check(); err != nil {
		return err
	}
	n := &nearness{caster: c, frame: frame{caster: c, view: v}}
	for i, t := range c.trees {
		if t != nil && len(t.Nodes) > 0 {
			n.instances = append(n.instances, instanceOf(c, c.pose, v, i))
			n.trees = append(n.trees, t)
		}
	}
	n.sort(marks, slack)
	workers := make([]bundle, c.pool.Workers())
	return c.pool.Run(ctx, len(n.start)-1, func(worker, item int) {
		b := &workers[worker]
		b.rays = b.rays[:0]
		for _, i := range n.order[n.start[item]:n.start[item+1]] {
			m := &marks[i]
			b.rays = append(b.rays, ray{m.X, m.Y, m.Z * (1 - slack), i})
			nearer[i] = false
		}
		b.ask(n, nearer)
	})
}

// nearness is one call of Nearer.
type nearness struct {
	caster    *Caster
	frame     frame
	instances []*instance
	trees     []*bvh.Tree
	order     []int32 // the marks, cell by cell of the picture
	start     []int32 // where each cell begins in order
}

// cellSize is the side of the squares of pixels whose rays go together.
const cellSize = 8

// sort puts marks next to each other that are seen next to each other.
func (n *nearness) sort(marks []Mark, slack float64) {
	v := &n.frame.view
	columns, rows := (v.Width+cellSize-1)/cellSize, (v.Height+cellSize-1)/cellSize
	cell := func(m *Mark) int {
		u, w := m.X*v.Fx+v.Cx, m.Y*v.Fy+v.Cy
		// Those outside go to the cells of the edge.
		x := int(min(max(u/cellSize, 0), float64(columns-1)))
		y := int(min(max(w/cellSize, 0), float64(rows-1)))
		return y*columns + x
	}
	n.start = make([]int32, columns*rows+1)
	for i := range marks {
		n.start[cell(&marks[i])+1]++
	}
	for k := 1; k < len(n.start); k++ {
		n.start[k] += n.start[k-1]
	}
	n.order = make([]int32, len(marks))
	next := append([]int32(nil), n.start...)
	for i := range marks {
		k := cell(&marks[i])
		n.order[next[k]] = int32(i)
		next[k]++
	}
}

// ray is a mark in a bundle.
type ray struct {
	x, y, limit float64 // of Z
	mark        int32
}

// bundle is rays that go through the trees together.
type bundle struct {
	rays           []ray // those not answered yet
	x0, x1, y0, y1 float64
	limit          float64 // the largest
	side           [6]row  // of the bundle, in object space
	stack          []uint32
	leaf           bvh.Leaf // a patch as one
}

// row is a linear function of object space, positive outside one side of the
// bundle; abs holds the coefficients' absolute values.
type row struct {
	a, abs [3]float64
	c      float64
}

// clear reports whether all of a box, given by centre and half size, is on the
// row's positive side for certain.
func (r *row) clear(center, half *[3]float64) bool {
	at, reach, size := r.c, 0.0, math.Abs(r.c)
	for k := range r.a {
		at += r.a[k] * center[k]
		reach += r.abs[k] * half[k]
		size += r.abs[k] * math.Abs(center[k])
	}
	// Half a unit in the last place of the tree's float32, and more than that.
	return at-reach > (size+reach)*(1.0/(1<<22))
}

// ask answers for all rays of the bundle.
func (b *bundle) ask(n *nearness, nearer []bool) {
	if len(b.rays) == 0 {
		return
	}
	b.bound()
	for k, in := range n.instances {
		if len(b.rays) == 0 {
			return
		}
		b.enter(in, n.frame.view.Model)
		b.walk(n, in, n.trees[k], nearer)
	}
}

// bound takes the rays' bounds.
func (b *bundle) bound() {
	inf := math.Inf(1)
	b.x0, b.x1, b.y0, b.y1, b.limit = inf, -inf, inf, -inf, 0
	for i := range b.rays {
		r := &b.rays[i]
		b.x0, b.x1 = min(b.x0, r.x), max(b.x1, r.x)
		b.y0, b.y1 = min(b.y0, r.y), max(b.y1, r.y)
		b.limit = max(b.limit, r.limit)
	}
}

// enter takes the bundle's sides to an instance's object space.
func (b *bundle) enter(in *instance, model camera.Model) {
	m := &in.camera
	z, one := 1.0, 0.0 // a side is X - x*Z, or X - x for parallel rays
	if model == camera.Orthographic {
		z, one = 0, 1
	}
	set := func(k int, axis int, sign, at float64) {
		r := &b.side[k]
		for i := range r.a {
			r.a[i] = sign * (m[4*axis+i] - at*z*m[8+i])
			r.abs[i] = math.Abs(m[4*axis+i]) + math.Abs(at*z*m[8+i])
		}
		r.c = sign * (m[4*axis+3] - at*z*m[11] - at*one)
	}
	set(0, 0, -1, b.x0)
	set(1, 0, 1, b.x1)
	set(2, 1, -1, b.y0)
	set(3, 1, 1, b.y1)
	for i := range 3 {
		b.side[4].a[i], b.side[5].a[i] = -m[8+i], m[8+i]
		b.side[4].abs[i], b.side[5].abs[i] = math.Abs(m[8+i]), math.Abs(m[8+i])
	}
	b.side[4].c, b.side[5].c = -m[11], m[11]-b.limit // behind the camera; beyond all marks
}

// outside reports whether no ray of the bundle meets a box before its mark.
func (b *bundle) outside(center, half *[3]float64) bool {
	for k := range b.side {
		if b.side[k].clear(center, half) {
			return true
		}
	}
	return false
}

// walk asks the triangles of a tree that rays of the bundle may meet.
func (b *bundle) walk(n *nearness, in *instance, t *bvh.Tree, nearer []bool) {
	b.stack = append(b.stack[:0], 0)
	var center, half [3]float64
	for len(b.stack) > 0 {
		ref := b.stack[len(b.stack)-1]
		b.stack = b.stack[:len(b.stack)-1]
		if ref&bvh.LeafBit == 0 {
			node := &t.Nodes[ref]
			for k := range int(node.Count) {
				for a := range center {
					center[a], half[a] = float64(node.Center[a][k]), float64(node.Half[a][k])
				}
				if !b.outside(&center, &half) {
					b.stack = append(b.stack, node.Child[k])
				}
			}
			continue
		}
		leaf, slots := t.Leaf(ref, &b.leaf), t.Slots(ref)
		for k, tri := range t.Tris[slots : slots+bvh.Width] {
			if tri == bvh.None {
				break
			}
			for a := range center {
				p, q, r := float64(leaf.P[a][k]), float64(leaf.P[3+a][k]), float64(leaf.P[6+a][k])
				low, high := min(p, q, r), max(p, q, r)
				center[a], half[a] = (low+high)/2, (high-low)/2
			}
			if !b.outside(&center, &half) {
				b.meet(n, in, int(tri), nearer)
			}
		}
		if len(b.rays) == 0 {
			return
		}
	}
}

// meet asks the meaning of a hit about the rays and one triangle. Rays that
// meet it before their marks are answered and leave the bundle.
func (b *bundle) meet(n *nearness, in *instance, tri int, nearer []bool) {
	model := n.frame.view.Model
	corners := in.corners(tri)
	var t triangle
	if !t.setup(&corners, model) || t.near >= b.limit {
		return
	}
	x0, x1, y0, y1 := t.bounds(&corners, model)
	left := b.rays[:0]
	for _, r := range b.rays {
		if r.x < x0 || r.x > x1 || r.y < y0 || r.y > y1 || t.near >= r.limit {
			left = append(left, r)
			continue
		}
		z, ok := t.hit(r.x, r.y)
		if ok && z < r.limit && n.caster.counts(&t, &n.frame, in, tri, r.x, r.y, z) {
			nearer[r.mark] = true
			continue
		}
		left = append(left, r)
	}
	b.rays = left
}

// bounds returns image-plane coordinates that no ray which hits the triangle is
// beyond: infinite ones where a corner is close to the camera's plane, or where
// the edges' tolerance reaches too far along a sliver.
func (t *triangle) bounds(corners *[3]mgl64.Vec3, model camera.Model) (x0, x1, y0, y1 float64) {
	inf := math.Inf(1)
	if model == camera.Perspective && t.near <= 1e-6*t.far {
		return -inf, inf, -inf, inf
	}
	x0, x1, y0, y1 = inf, -inf, inf, -inf
	var x, y [3]float64
	for k, p := range corners {
		x[k], y[k] = p[0], p[1]
		if model == camera.Perspective {
			x[k], y[k] = p[0]/p[2], p[1]/p[2]
		}
		x0, x1, y0, y1 = min(x0, x[k]), max(x1, x[k]), min(y0, y[k]), max(y1, y[k])
	}
	ax, ay := max(math.Abs(x0), math.Abs(x1)), max(math.Abs(y0), math.Abs(y1))
	beside := 0.0 // an edge
	for k := range t.edge {
		beside = max(beside, t.edgeError[k].magnitude(ax, ay)/math.Hypot(t.edge[k].x, t.edge[k].y))
	}
	area := math.Abs((x[1]-x[0])*(y[2]-y[0]) - (x[2]-x[0])*(y[1]-y[0]))
	long := x1 - x0 + y1 - y0
	beyond := 2*beside*long*long/area + 1e-9*(1+ax+ay)
	if !(beyond < 1+ax+ay) {
		return -inf, inf, -inf, inf
	}
	return x0 - beyond, x1 + beyond, y0 - beyond, y1 + beyond
}
