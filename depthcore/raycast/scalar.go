package raycast

import (
	"unsafe"

	"zscope/depthcore/bvh"
)

// The scalar path draws the triangles of a leaf one by one, in plain Go. A
// scalar processor multiplies float64 as fast as float32, so that corners are
// taken to camera space once, for the meaning as for the filters in front of
// it; from there on pixels are integers, whose signs cost no branches:
//
//	corners -> fixed-point pixels -> rectangle -> edges -> pixels
//
// Edge functions are rounded to integers with a band around zero that is wider
// than all rounding, the meaning's included. Pixels in the band are left to the
// meaning.

const (
	subpixel = 1 << 16 // steps of a fixed-point pixel coordinate a pixel
	// Corners that are more steps from the tile than this are out of the range
	// of fixed-point edge functions.
	farOut = 1 << 28
	// A rectangle is widened by this many steps.
	padSteps = leastPad * subpixel
	// Nearer corners than this are treated like those behind the camera.
	tooNear = 1e-30
)

// screen takes camera space to the pixels of a tile: x/z*fx + x is a column in
// steps from the centre of the tile's first.
type screen struct {
	fx, fy, x, y float64
	lastX, lastY int64 // pixels
	ortho        bool
	// limit is twice farOut, or 0 where fixed-point edge functions are too
	// coarse for the view; tolerance bounds what the meaning's rounding does to
	// them.
	limit     uint64
	tolerance int64
	trust     float64 // see measure
	xs        *[tileW]float64
	ys        *[tileH]float64
}

func (g *screen) set(w *worker) {
	f, v := w.frame, &w.frame.view
	*g = screen{
		fx: v.Fx * subpixel, fy: v.Fy * subpixel,
		x:     (v.Cx - f.originX - float64(w.tile.Min.X)) * subpixel,
		y:     (v.Cy - f.originY - float64(w.tile.Min.Y)) * subpixel,
		lastX: int64(w.tile.Dx() - 1), lastY: int64(w.tile.Dy() - 1),
		ortho: w.ortho,
		trust: f.reach * f.reach * (1.0 / (1 << 56)),
		xs:    (*[tileW]float64)(f.xs[w.tile.Min.X:]),
		ys:    (*[tileH]float64)(f.ys[w.tile.Min.Y:]),
	}
	if !g.ortho {
		g.trust *= 3 // (|x| + |y| + |z|)^2 <= 3 (x^2 + y^2 + z^2)
	}
	// A corner within farOut of the tile has |x/z| + |y/z| + 1 <= far. The
	// meaning's edge functions err by less than 16 ulp of 8 far^3 of the
	// camera's units; in steps those are multiplied by the steps of a unit.
	far := f.reach + farOut/g.fx + farOut/g.fy
	if t := 128 * ulp * far * far * far * g.fx * g.fy; t < 1<<30 {
		g.limit, g.tolerance = 2*farOut, int64(t)+1
	}
}

// Pixels of a tile are numbered by block and lane; the bits of the column and
// of the row do not mix.
const (
	columnBits = 0x733
	rowBits    = blocks*16 - 1 - columnBits
)

func columnOf(x int64) int64 { return x>>4<<8 | x&12<<2 | x&3 }

func rowOf(y int64) int64 { return y>>4*cellsX<<8 | y&12<<4 | y&3<<2 }

// pixelNearness is the pixels' nearness by number of the pixel.
func (w *worker) pixelNearness() *[16 * blocks]float32 {
	return (*[16 * blocks]float32)(unsafe.Pointer(&w.nearness))
}

// pixelIDs are the pixels' records by number of the pixel.
func (w *worker) pixelIDs() *[16 * blocks]uint32 {
	return (*[16 * blocks]uint32)(unsafe.Pointer(&w.id))
}

// candidate is a pixel that a triangle may cover: its number, column and row,
// and whether the meaning has to be asked.
type candidate uint32

const unsure candidate = 1 << 31

// point is a vertex as a tile sees it.
type point struct {
	x, y, z float64 // in camera space
	n       float64 // nearness
	u, v    int64   // pixels, in steps
	through bool    // behind the camera or far out: u and v are not known
}

// projected is a triangle as a tile sees it.
type projected struct {
	x0, y0, z0, x1, y1, z1, x2, y2, z2 float64 // in camera space
	n0, n1, n2                         float64 // nearness of the corners
	u0, v0, u1, v1, u2, v2             int64   // pixels of the corners, in steps
	left, top, right, bottom           int64   // pixels that it may cover
	slot                               uint32
	through                            bool // the camera's plane, or has corners far out: u and v are not known
}

// drawLeaf draws the triangles of a leaf. They are projected together, which
// keeps what they wait for out of the way of the branches that follow.
func (w *worker) drawLeaf(ref uint32) {
	for i := range w.projected[:w.project(ref)] {
		if t := &w.projected[i]; t.through {
			w.drawThrough(t)
		} else {
			w.drawTriangle(t)
		}
	}
}

// project projects the triangles of a leaf and returns how many may cover a
// pixel's centre. A patch's vertices are projected before, each once.
func (w *worker) project(ref uint32) (n int) {
	g, in := &w.screen, w.inst
	m, tree := &in.camera, in.tree
	slots := tree.Slots(ref)
	var patch *bvh.Patch
	var l *bvh.Leaf
	count := bvh.Width
	switch {
	case !tree.Exact:
	case ref&bvh.PatchBit != 0:
		patch = &tree.Patches[ref&^(bvh.LeafBit|bvh.PatchBit)]
		count = min(count, int(patch.Count))
		w.projectVertices(patch)
	default:
		l = &tree.Leaves[ref&^bvh.LeafBit]
	}
	for k := range count {
		t := &w.projected[n&(bvh.Width-1)]
		t.slot, t.through = slots+uint32(k), false
		var u0, v0, u1, v1, u2, v2 int64
		if patch != nil {
			const last = uint8(len(w.points) - 1)
			p0, p1, p2 := &w.points[patch.Corner[0][k]&last], &w.points[patch.Corner[1][k]&last], &w.points[patch.Corner[2][k]&last]
			t.x0, t.y0, t.z0, t.x1, t.y1, t.z1, t.x2, t.y2, t.z2 = p0.x, p0.y, p0.z, p1.x, p1.y, p1.z, p2.x, p2.y, p2.z
			if p0.through || p1.through || p2.through {
				t.through = true
				n++
				continue
			}
			t.n0, t.n1, t.n2 = p0.n, p1.n, p2.n
			u0, v0, u1, v1, u2, v2 = p0.u, p0.v, p1.u, p1.v, p2.u, p2.v
		} else {
			var x0, y0, z0, x1, y1, z1, x2, y2, z2 float64
			if l != nil {
				if l.P[0][k] != l.P[0][k] {
					break // behind the last
				}
				// As affine.apply does.
				x, y, z := float64(l.P[0][k]), float64(l.P[1][k]), float64(l.P[2][k])
				x0 = float64(m[0]*x) + float64(m[1]*y) + float64(m[2]*z) + m[3]
				y0 = float64(m[4]*x) + float64(m[5]*y) + float64(m[6]*z) + m[7]
				z0 = float64(m[8]*x) + float64(m[9]*y) + float64(m[10]*z) + m[11]
				x, y, z = float64(l.P[3][k]), float64(l.P[4][k]), float64(l.P[5][k])
				x1 = float64(m[0]*x) + float64(m[1]*y) + float64(m[2]*z) + m[3]
				y1 = float64(m[4]*x) + float64(m[5]*y) + float64(m[6]*z) + m[7]
				z1 = float64(m[8]*x) + float64(m[9]*y) + float64(m[10]*z) + m[11]
				x, y, z = float64(l.P[6][k]), float64(l.P[7][k]), float64(l.P[8][k])
				x2 = float64(m[0]*x) + float64(m[1]*y) + float64(m[2]*z) + m[3]
				y2 = float64(m[4]*x) + float64(m[5]*y) + float64(m[6]*z) + m[7]
				z2 = float64(m[8]*x) + float64(m[9]*y) + float64(m[10]*z) + m[11]
			} else {
				tri := tree.Tris[int(slots)+k]
				if tri == bvh.None {
					break
				}
				p := in.corners(int(tri))
				x0, y0, z0, x1, y1, z1, x2, y2, z2 = p[0][0], p[0][1], p[0][2], p[1][0], p[1][1], p[1][2], p[2][0], p[2][1], p[2][2]
			}
			t.x0, t.y0, t.z0, t.x1, t.y1, t.z1, t.x2, t.y2, t.z2 = x0, y0, z0, x1, y1, z1, x2, y2, z2
			i0, i1, i2 := 1.0, 1.0, 1.0
			if g.ortho {
				t.n0, t.n1, t.n2 = -z0, -z1, -z2
			} else {
				if !(z0 > tooNear && z1 > tooNear && z2 > tooNear) {
					t.through = true
					n++
					continue
				}
				i0, i1, i2 = 1/z0, 1/z1, 1/z2
				t.n0, t.n1, t.n2 = i0, i1, i2
			}
			u0, v0 = int64(x0*i0*g.fx+g.x), int64(y0*i0*g.fy+g.y)
			u1, v1 = int64(x1*i1*g.fx+g.x), int64(y1*i1*g.fy+g.y)
			u2, v2 = int64(x2*i2*g.fx+g.x), int64(y2*i2*g.fy+g.y)
			if uint64((u0+farOut)|(v0+farOut)|(u1+farOut)|(v1+farOut)|(u2+farOut)|(v2+farOut)) >= g.limit {
				t.through = true
				n++
				continue
			}
		}
		t.u0, t.v0, t.u1, t.v1, t.u2, t.v2 = u0, v0, u1, v1, u2, v2
		left, right := max((min(u0, u1, u2)-padSteps+subpixel-1)>>16, 0), min((max(u0, u1, u2)+padSteps)>>16, g.lastX)
		top, bottom := max((min(v0, v1, v2)-padSteps+subpixel-1)>>16, 0), min((max(v0, v1, v2)+padSteps)>>16, g.lastY)
		t.left, t.top, t.right, t.bottom = left, top, right, bottom
		n += 1 + int(((right-left)|(bottom-top))>>63)
	}
	return n
}

// projectVertices projects the vertices of a patch, as project does corners.
func (w *worker) projectVertices(patch *bvh.Patch) {
	g, m := &w.screen, &w.inst.camera
	for i := range min(patch.Used, bvh.Width) {
		p := &w.points[i]
		x, y, z := float64(patch.P[0][i]), float64(patch.P[1][i]), float64(patch.P[2][i])
		px := float64(m[0]*x) + float64(m[1]*y) + float64(m[2]*z) + m[3]
		py := float64(m[4]*x) + float64(m[5]*y) + float64(m[6]*z) + m[7]
		pz := float64(m[8]*x) + float64(m[9]*y) + float64(m[10]*z) + m[11]
		p.x, p.y, p.z = px, py, pz
		inv := 1.0
		if g.ortho {
			p.n = -pz
		} else {
			if !(pz > tooNear) {
				p.through = true
				continue
			}
			inv = 1 / pz
			p.n = inv
		}
		p.u, p.v = int64(px*inv*g.fx+g.x), int64(py*inv*g.fy+g.y)
		p.through = uint64((p.u+farOut)|(p.v+farOut)) >= g.limit
	}
}
