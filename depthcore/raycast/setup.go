package raycast

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
)

// batch gathers triangles that may be seen, as structures of arrays.
type batch struct {
	p    [9][48]float32
	slot [48]uint32 // of the tree, where the triangle is
	rect [48]rect
	n    int
	_    [7]uint64
}

// setup is what 16 triangles of a batch are drawn by.
type setup struct {
	// edge k is a X + b Y + c >= 0 inside, in pixels from the first pixel of
	// the rectangle's first block; |a| + |b| = 1.
	edge   [3][3][16]float32
	near   [3][16]float32 // nearness, likewise
	plane  [6][16]float64 // of record: plane, other, near, far
	slot   [16]uint32
	rect   [16]rect
	id     [16]uint32  // record, 0 where there is none yet
	margin [16]float32 // pixels within it of an edge are left to the meaning
	sure   [16]float32 // and so are those that are not as far inside as this
	steep  [16]float32 // what nearness is made of in the rectangle: it errs by 2^-21 of this
	hits   [16]bool    // each hit has to be asked about: alpha, clipping, Z > 0

	first     int // of the lanes, in the batch; -1 where they are not of it
	exact     triangle
	exactLane int
	exactOK   bool
}

// How a triangle is drawn.
const (
	droppedLane = iota
	fastLane
	carefulLane // float32 cannot be trusted with it
)

// setPlane sets what is measured by of a lane, and reports whether there is
// anything to hit.
func (w *worker) setPlane(lane int, p *[3]mgl64.Vec3, model camera.Model) bool {
	st := &w.setup
	st.exactLane, st.id[lane] = -1, 0
	n, _, d, near, far, ok := normal(p)
	if !ok {
		return false
	}
	a, b, c, other := n[0], n[1], n[2], d
	if model == camera.Orthographic {
		a, b, c, other = -n[0], -n[1], d, n[2]
	}
	for i, x := range [6]float64{a, b, c, other, near, far} {
		st.plane[i][lane] = x
	}
	return true
}

// setUp prepares triangle at of the batch for drawing, in float64 up to the
// point where its coefficients count from its own corner of the tile.
func (w *worker) setUp(lane, at int) int {
	st, f, in := &w.setup, w.frame, w.inst
	view := &f.view
	slot, r := w.batch.slot[at], w.batch.rect[at]
	st.slot[lane], st.rect[lane] = slot, r
	var p [3]mgl64.Vec3
	if in.tree.Exact {
		p = w.batchCorners(&in.drawn, at)
	} else {
		p = in.cornersBy(&in.drawn, in.triangle(slot))
	}
	if !w.setPlane(lane, &p, view.Model) {
		return droppedLane
	}
	ortho := view.Model == camera.Orthographic
	a, b, c, other := st.plane[0][lane], st.plane[1][lane], st.plane[2][lane], st.plane[3][lane]
	nearZ, farZ := st.plane[4][lane], st.plane[5][lane]
	st.hits[lane] = in.alpha && !w.covers(st.slot[lane]) || f.ask || ortho && !(nearZ > 0)
	if o := &w.caster.options; o.Clip && !f.ask {
		if farZ < view.Near || view.Far > 0 && nearZ > view.Far {
			return droppedLane
		}
		st.hits[lane] = st.hits[lane] || nearZ < view.Near || view.Far > 0 && farZ > view.Far
	}

	// Can the signs be trusted? See the bounds in normal and triangle.
	size, reach := 0.0, 0.0
	for k := 0; k < 3; k++ {
		size = max(size, math.Abs(p[1][k]-p[0][k]), math.Abs(p[2][k]-p[0][k]))
		reach = max(reach, math.Abs(p[k][0])+math.Abs(p[k][1])+math.Abs(p[k][2]))
	}
	trust := size * size * (1.0 / (1 << 28)) * f.reach
	bound := reach * (reach + f.reach) * (1.0 / (1 << 32))
	if !ortho {
		trust *= reach
		bound = reach * reach * f.reach * (1.0 / (1 << 32))
	}
	if !(math.Abs(other) > trust) {
		return carefulLane
	}
	if in.cull && other > 0 != in.mirrored {
		return droppedLane
	}

	// Edges, turned so that inside is positive.
	x0, y0, x1, y1 := r.split()
	ox, oy := x0&^3, y0&^3
	dx, dy := float32(x1|3-ox), float32(y1|3-oy)
	x, y := f.xs[w.tile.Min.X+ox], f.ys[w.tile.Min.Y+oy]
	sx, sy := 1/view.Fx, 1/view.Fy
	turn := 1.0
	if other < 0 {
		turn = -1
	}
	for k := 0; k < 3; k++ {
		var e mgl64.Vec3
		q, s := &p[k], &p[(k+1)%3]
		if ortho {
			e = mgl64.Vec3{q[1] - s[1], s[0] - q[0], float64(q[0]*s[1]) - float64(q[1]*s[0])}
		} else {
			e = cross(*q, *s)
		}
		ea, eb := e[0]*sx, e[1]*sy
		ec := e[0]*x + e[1]*y + e[2]
		norm := math.Abs(ea) + math.Abs(eb)
		if !(norm > bound) {
			return carefulLane
		}
		scale := turn / norm
		st.edge[k][0][lane], st.edge[k][1][lane], st.edge[k][2][lane] = float32(ea*scale), float32(eb*scale), float32(ec*scale)
	}
	st.margin[lane] = marginSmall
	if dx+dy > 16 {
		st.margin[lane] = marginLarge
	}
	st.sure[lane] = st.margin[lane]

	// Nearness. What rounding may do to it widens the tile's blur where it is
	// more than nearError allows.
	scale := 1 / other
	if ortho {
		scale = -scale
	}
	na, nb, nc := float32(a*scale*sx), float32(b*scale*sy), float32((a*x+b*y+c)*scale)
	st.near[0][lane], st.near[1][lane], st.near[2][lane] = na, nb, nc
	magnitude := abs(na)*dx + abs(nb)*dy + abs(nc)
	blur := magnitude * (1.0 / (1 << 21))
	if !ortho {
		var ok bool
		if blur, ok = blurOf(magnitude, nearZ); !ok {
			return carefulLane
		}
		if blur*float32(farZ) <= nearError/4 {
			return fastLane
		}
	} else {
		blur += float32(1.0/(1<<45)*(f.reach+reach)*size*size*math.Abs(scale)) + float32(farZ)*(1.0/(1<<21))
	}
	if blur > w.blur {
		w.blur = blur
	}
	return fastLane
}

// Pixels this close to an edge are left to the meaning: more than float32 can
// err by in a rectangle of up to 4 blocks around, and in a tile. There an edge
// that matters is made of numbers up to 128, so that each of some six roundings
// is by 2^-18 at most, and float64 may err by 2^-16: see setUp's bound.
const (
	marginSmall = 1.0 / (1 << 14)
	marginLarge = 1.0 / (1 << 12)
)
