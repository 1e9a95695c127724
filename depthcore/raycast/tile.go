package raycast

import (
	"image"
	"math"

	"zscope/depthcore/bvh"
	"zscope/depthcore/camera"
)

// A worker casts one tile at a time, front to back:
//
//	nodes -> leaves -> batches of triangles -> blocks of pixels -> Z
//
// Nearness is what tells near from far in float32: 1/Z for a perspective
// camera and -Z for an orthographic one, both linear in pixel coordinates.
// A node or triangle is left out where its pixels' centres are certain to see
// something nearer. Each pixel keeps its winner so far: its nearness, within
// nearError and the tile's blur of the truth, and the record to measure Z by.
type worker struct {
	// First, so that they lie on cache lines.
	pixels
	found found
	batch batch
	setup setup

	canvas
	walk
	caster *Caster
	frame  *frame
	path   Path

	farthest [cells]float32 // by plain Go: no pixel of the cell is less near; may lag behind

	tile       image.Rectangle
	wide       bool // by vector instructions
	ortho      bool
	inst       *instance
	lens       lens
	front      front
	screen     screen
	drawing    drawing
	points     [bvh.Width]point // of a patch
	projected  [bvh.Width]projected
	candidates [64]candidate
	records    []record
	fixes      [16 * blocks]fix
	inOrder    []fix
	samples    *samples // of a lens; nil where the rays are a pinhole's
	lookup     lookup   // of the exact triangle of the setup
	lookedUp   bool     // it is set

	lensSamples *samples       // what samples is when it is not nil
	leaf        bvh.Leaf       // a patch as one
	corners     [9][16]float64 // of a batch's triangles, in camera space
}

// pixels are a tile's, block by block.
type pixels struct {
	nearness [blocks][16]float32
	id       [blocks][16]uint32
	low      [blocks]float32 // no pixel of the block is less near; may lag behind
	sheets   sheets
}

// canvas is what drawing changes, laid out for kernels.
type canvas struct {
	pixelBase  *pixels
	_          uint64
	recordBase *record // there is room for 17 more
	fixBase    *fix
	nRecords   uint64
	nFixes     uint64
	blur       float32 // absolute error of nearness in this tile
	instance   int32
	stale      uint64 // cells whose blocks' low, or farthest, may lag behind
}

// pixelAt returns the block and lane of a pixel of the tile, placeOf the pixel.
// The blocks of a cell follow each other, and so do those of a row of it.
func pixelAt(x, y int) (block, lane int) {
	return (y>>4*cellsX+x>>4)<<4 | y&12 | x>>2&3, y&3<<2 | x&3
}

func placeOf(block, lane int) (x, y int) {
	cell := block >> 4
	return cell%cellsX<<4 | block&3<<2 | lane&3, cell/cellsX<<4 | block&12 | lane>>2
}

// fix says that the meaning has to decide about pixels of a block.
type fix struct {
	lane   uint16 // of the setup
	pixels uint16 // a bit each
	block  uint32
}

// nearError bounds the relative error of the nearness of a pixel; tieZone is
// what two of them and a little rounding may differ by.
const (
	nearError = 1.0 / (1 << 18)
	tieZone   = 1.0 / (1 << 16)
)

// record is what it takes to measure Z of a triangle, and which it is.
type record struct {
	plane     plane3  // the one that is not constant of num and den
	other     float64 // the constant one
	near, far float64
	instance  int32  // index in frame.instances
	slot      uint32 // of the instance's tree
	_         uint64 // keeps records on cache lines
}

// z is triangle.hit's Z.
func (r *record) z(x, y float64, model camera.Model) float64 {
	z := r.plane.at(x, y)
	if model == camera.Perspective {
		z = r.other / z
	} else {
		z = z / r.other
	}
	return min(max(z, r.near), r.far)
}

func newWorker(c *Caster) *worker {
	w := &worker{caster: c, frame: &c.frame, path: c.options.Path}
	// Record 0 is that of no surface: it lies at infinity.
	inf := math.Inf(1)
	w.records = append(w.records, record{plane: plane3{0, 0, 1}, other: inf, near: inf, far: inf, instance: math.MaxInt32})
	return w
}

// cast fills a tile of the map. It reports whether it did: false where the
// frame's context has ended.
func (w *worker) cast(r image.Rectangle, instances []int32) bool {
	if len(instances) == 0 {
		if w.path == AVX512 { // its kernel for sheets is the quickest
			w.begin(r)
			w.resolve()
		} else {
			w.tile = r
			w.writeEmpty()
		}
		return w.frame.ctx.Err() == nil
	}
	if !w.trace(r, instances) {
		return false
	}
	w.resolve()
	return true
}

// begin empties the tile.
func (w *worker) begin(r image.Rectangle) {
	w.tile, w.blur, w.stale = r, 0, 0
	w.records, w.batch.n = w.records[:1], 0
	w.start()
	w.wide, w.ortho = w.path != Scalar, w.frame.view.Model == camera.Orthographic
	w.sheets.is = 0
	if w.samples != nil {
		w.samples.empty(w)
		return
	}
	empty := float32(0)
	if w.ortho {
		empty = -math.MaxFloat32
	}
	for i := range w.farthest {
		w.farthest[i] = empty
	}
	for b := range w.low {
		w.low[b] = empty
	}
	switch {
	case w.path == AVX512:
		w.sheets.empty(empty)
	case empty == 0:
		clear(w.id[:])
		clear(w.nearness[:])
	default:
		clear(w.id[:])
		for b := range w.nearness {
			for i := range w.nearness[b] {
				w.nearness[b][i] = empty
			}
		}
	}
	if nx, ny := r.Dx(), r.Dy(); nx < tileW || ny < tileH {
		w.fence(nx, ny)
	}
}

// fence marks what lies beyond the picture's edge as nearer than anything. No
// cell that reaches there is a sheet.
func (w *worker) fence(nx, ny int) {
	for c := range cells {
		if x, y := placeOf(16*c, 0); x+16 > nx || y+16 > ny {
			w.writeOut(c)
		}
	}
	for y := 0; y < tileH; y += 4 {
		for x := 0; x < tileW; x += 4 {
			if x+4 <= nx && y+4 <= ny {
				continue
			}
			b, _ := pixelAt(x, y)
			near := &w.nearness[b]
			for i := range near {
				if x+i&3 >= nx || y+i>>2 >= ny {
					near[i] = math.MaxFloat32
				}
			}
			w.low[b] = blockLow(near)
		}
	}
}
