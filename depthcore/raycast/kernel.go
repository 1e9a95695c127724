package raycast

import (
	"math"

	"zscope/depthcore/bvh"
	"zscope/depthcore/camera"
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
	// What kernels err by at most that count from a leaf's first vertex: U, V and
	// 256 W by step for each unit of the largest difference from it and by start.
	step, start float32
	_           [6]float32
	columns     [4][4]float64 // of the matrix that u, v, w and z are the rows of
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
	for k := range l.columns {
		l.columns[k] = [4]float64{rowU[k], rowV[k], rowW[k], rowZ[k]}
	}
	sum := func(r *[4]float64) float64 { return math.Abs(r[0]) + math.Abs(r[1]) + math.Abs(r[2]) }
	// The difference, the row's numbers and three sums are each rounded to 2^-24.
	l.step = float32((max(sum(&rowU), sum(&rowV)) + 256*sum(&rowW)) * (7.0 / (1 << 24)))
	l.start = (max(l.errU, l.errV) + 256*l.errW) * (1.0 / (1 << 28))
	if !in.tree.Exact {
		l.start = (max(l.errU, l.errV) + 256*l.errW) * (1.0 / (1 << 3)) // vertices were rounded
	}
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
		nodeTestWide(&w.lens, n, &w.found)
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
