package raycast

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/bvh"
	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
)

// The steps of a worker in plain Go. Each is conservative: what it leaves out
// is certain not to be seen, whatever float32 rounding did.

// lens takes an instance's object space to the pixels of a tile: u = U/W and
// v = V/W are 0 at the centre of the tile's first column and row.
type lens struct {
	u, v, w, z             [4]float32 // rows; w is 0 0 0 1 for an orthographic camera
	errU, errV, errW, errZ float32    // what rounding does to them at most
	lastX, lastY           float32    // pixels of the tile
	ortho                  bool
	pad                    float32 // of a pixel: how far beside the pixels' centres to look
}

func (l *lens) set(w *worker) {
	f, in := w.frame, w.inst
	m, v := &in.drawn, &f.view
	l.pad = f.pad
	l.ortho = v.Model == camera.Orthographic
	l.lastX, l.lastY = float32(w.tile.Dx()-1), float32(w.tile.Dy()-1)
	offX := v.Cx - f.originX - float64(w.tile.Min.X)
	offY := v.Cy - f.originY - float64(w.tile.Min.Y)
	var rowU, rowV, rowW, rowZ [4]float64
	copy(rowZ[:], m[8:12])
	if l.ortho {
		rowW = [4]float64{0, 0, 0, 1}
	} else {
		rowW = rowZ
	}
	for k := range rowU {
		rowU[k] = m[k]*v.Fx + offX*rowW[k]
		rowV[k] = m[4+k]*v.Fy + offY*rowW[k]
	}
	l.u, l.errU = narrow(&rowU, &in.tree.Box)
	l.v, l.errV = narrow(&rowV, &in.tree.Box)
	l.w, l.errW = narrow(&rowW, &in.tree.Box)
	l.z, l.errZ = narrow(&rowZ, &in.tree.Box)
}

// front is what setting up needs of an instance and a tile in float64.
type front struct {
	camera affine
	sx, sy float64 // a pixel in the image plane
	x, y   float64 // the tile's first pixel there
	reach  float64 // of the frame
}

func (t *front) set(w *worker) {
	f := w.frame
	*t = front{w.inst.drawn, 1 / f.view.Fx, 1 / f.view.Fy, f.xs[w.tile.Min.X], f.ys[w.tile.Min.Y], f.reach}
}

// narrow rounds a row and bounds what float32 does to its values in a box.
func narrow(row *[4]float64, b *bvh.Box) (r [4]float32, err float32) {
	sum := math.Abs(row[3])
	for k, x := range row {
		r[k] = float32(x)
		if k < 3 {
			sum += math.Abs(x) * max(math.Abs(float64(b.Min[k])), math.Abs(float64(b.Max[k])))
		}
	}
	return r, float32(sum * (1.0 / (1 << 20)))
}

// found is what a node's children come to: those that may be seen.
type found struct {
	ref  [bvh.Width]uint32
	near [bvh.Width]float32
	rect [bvh.Width]rect
	rank [bvh.Width]uint32 // how many of them are less near; kernels set it
	n    int
	_    [7]uint64 // what follows begins on a cache line, too
}

const leastPad = 1.0 / (1 << 9) // of a pixel; more than division and conversion do

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// visitNode tests the boxes of a node's children.
func (w *worker) visitNode(n *bvh.Node) {
	if w.wide {
		nodeTestWide(w.path, &w.lens, n, &w.found)
	} else {
		nodeTest(&w.lens, n, &w.found)
	}
}

// nodeTest finds for each child the rectangle of pixel centres that its box
// may cover, and the nearest it may be.
func nodeTest(l *lens, n *bvh.Node, out *found) {
	out.n = 0
	for k := 0; k < int(n.Count); k++ {
		cx, cy, cz := n.Center[0][k], n.Center[1][k], n.Center[2][k]
		hx, hy, hz := n.Half[0][k], n.Half[1][k], n.Half[2][k]
		z := l.z[0]*cx + l.z[1]*cy + l.z[2]*cz + l.z[3]
		hz_ := abs(l.z[0])*hx + abs(l.z[1])*hy + abs(l.z[2])*hz + l.errZ
		if !(z+hz_ > 0) {
			continue
		}
		wc, front := float32(1), float32(1)
		near := hz_ - z
		if !l.ortho {
			wc, front = z, z-hz_
			near = math.MaxFloat32
		}
		u := l.u[0]*cx + l.u[1]*cy + l.u[2]*cz + l.u[3]
		v := l.v[0]*cx + l.v[1]*cy + l.v[2]*cz + l.v[3]
		x0, y0, x1, y1 := float32(0), float32(0), l.lastX, l.lastY
		if front > wc*0.25 {
			// |U/W - u| <= |U - u W| / W, and U - u W is linear and 0 in the centre.
			inv, invFront := 1/wc, 1/front
			if !l.ortho {
				near = invFront * (1 + 1.0/(1<<20))
			}
			u, v = u*inv, v*inv
			ru := (abs(l.u[0]-u*l.w[0])*hx+abs(l.u[1]-u*l.w[1])*hy+abs(l.u[2]-u*l.w[2])*hz+l.errU+abs(u)*l.errW)*invFront + l.pad
			rv := (abs(l.v[0]-v*l.w[0])*hx+abs(l.v[1]-v*l.w[1])*hy+abs(l.v[2]-v*l.w[2])*hz+l.errV+abs(v)*l.errW)*invFront + l.pad
			x0, x1 = max2(u-ru, 0), min2(u+ru, l.lastX)
			y0, y1 = max2(v-rv, 0), min2(v+rv, l.lastY)
		} else {
			// The box reaches to the camera's plane: is it beside the tile?
			if beside(l, &l.u, u, wc, l.errU, l.lastX, hx, hy, hz) || beside(l, &l.v, v, wc, l.errV, l.lastY, hx, hy, hz) {
				continue
			}
		}
		if !(x0 <= x1 && y0 <= y1) {
			continue
		}
		ix0, iy0, ix1, iy1 := ceil(x0), ceil(y0), int32(x1), int32(y1)
		if ix0 > ix1 || iy0 > iy1 {
			continue
		}
		out.ref[out.n], out.near[out.n] = n.Child[k], near
		out.rect[out.n] = makeRect(int(ix0), int(iy0), int(ix1), int(iy1))
		out.n++
	}
}

// beside reports whether a box lies on the far side of one of two planes of
// the tile's frustum: those of a row's pixel -1 and last + 1.
func beside(l *lens, row *[4]float32, u, w, err, last, hx, hy, hz float32) bool {
	lo := u + w + abs(row[0]+l.w[0])*hx + abs(row[1]+l.w[1])*hy + abs(row[2]+l.w[2])*hz + 2*(err+l.errW)
	last++
	hi := u - last*w - abs(row[0]-last*l.w[0])*hx - abs(row[1]-last*l.w[1])*hy - abs(row[2]-last*l.w[2])*hz - 2*(err+last*l.errW)
	return lo < 0 || hi > 0
}

func max2(a, b float32) float32 {
	if a > b {
		return a
	}
	return b
}

func min2(a, b float32) float32 {
	if a < b {
		return a
	}
	return b
}

// ceil of a number in 0..255.
func ceil(x float32) int32 {
	i := int32(x)
	if float32(i) < x {
		i++
	}
	return i
}

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
		if nearZ > 0 && !(magnitude*float32(nearZ) < 256) || !(magnitude < 1e30) {
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
// err by in a rectangle of up to 4, and of up to 48 blocks around.
const (
	marginSmall = 1.0 / (1 << 14)
	marginLarge = 1.0 / (1 << 10)
)

// resolve measures Z of the tile's pixels and writes them to the map.
func (w *worker) resolve() {
	columns, rows := 0, 0 // of whole blocks
	if w.wide {
		columns, rows = w.tile.Dx()/4, w.tile.Dy()/4
	}
	f, m := w.frame, w.frame.out
	for by := 0; by < rows && columns > 0; by++ {
		y := w.tile.Min.Y + 4*by
		first, _ := pixelAt(0, 4*by)
		resolveWide(w.path, &w.id[first], &w.records[0], &f.xs[w.tile.Min.X], &f.ys[y], &m.Z[y*m.Width+w.tile.Min.X], 4*m.Width, columns, w.ortho)
	}
	for y := range w.tile.Dy() {
		first := 0
		if y < 4*rows {
			first = 4 * columns
		}
		w.resolveRow(y, first)
	}
}

// resolveRow does so for the pixels of a row of the tile from a column on. What
// pixels of one surface share is computed once, in the order of plane3.at.
func (w *worker) resolveRow(y, first int) {
	if first == w.tile.Dx() {
		return
	}
	f, m := w.frame, w.frame.out
	v := f.ys[w.tile.Min.Y+y]
	out := m.Z[(w.tile.Min.Y+y)*m.Width+w.tile.Min.X:][:w.tile.Dx()]
	xs := f.xs[w.tile.Min.X:][:len(out)]
	ids := w.pixelIDs()
	row, column := rowOf(int64(y)), columnOf(int64(first))
	last := uint32(math.MaxUint32)
	var px, pyv, pc, other, near, far float64
	for x := first; x < len(out); x++ {
		if id := ids[(row|column)&(16*blocks-1)]; id != last {
			last = id
			r := &w.records[id]
			px, pyv, pc, other, near, far = r.plane.x, float64(r.plane.y*v), r.plane.c, r.other, r.near, r.far
		}
		column = (column - columnBits) & columnBits
		z := float64(px*xs[x]) + pyv + pc
		if w.ortho {
			z = z / other
		} else {
			z = other / z
		}
		if z < near {
			z = near
		}
		if z > far {
			z = far
		}
		out[x] = float32(z)
	}
}

// writeEmpty writes a tile that sees nothing.
func (w *worker) writeEmpty() {
	m := w.frame.out
	first := m.Z[w.tile.Min.Y*m.Width+w.tile.Min.X:][:w.tile.Dx()]
	for x := range first {
		first[x] = depth.Empty()
	}
	for y := w.tile.Min.Y + 1; y < w.tile.Max.Y; y++ {
		copy(m.Z[y*m.Width+w.tile.Min.X:], first) // quicker than one by one
	}
}
