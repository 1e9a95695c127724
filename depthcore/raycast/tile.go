package raycast

import (
	"image"
	"math"
	"math/bits"
	"slices"
	"unsafe"

	"github.com/go-gl/mathgl/mgl64"

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
	caster *Caster
	frame  *frame
	path   Path

	farthest [cells]float32 // by plain Go: no pixel of the cell is less near; may lag behind

	tile       image.Rectangle
	wide       bool // by vector instructions
	ortho      bool
	current    int32 // index in frame.instances, -1 for none
	inst       *instance
	lens       lens
	front      front
	screen     screen
	drawing    drawing
	points     [bvh.Width]point // of a patch
	projected  [bvh.Width]projected
	candidates [64]candidate
	stack      []entry
	waiting    waiting
	records    []record
	fixes      [16 * blocks]fix
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
}

// canvas is what drawing changes, laid out for kernels.
type canvas struct {
	pixelBase  *pixels
	_          uint64
	recordBase *record // there is room for 16 more
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

// entry is a node or leaf that is still to be visited.
type entry struct {
	ref      uint32
	instance int32
	near     float32 // nearness that nothing in it exceeds
	rect     rect
}

// rect is a rectangle of pixels of a tile: the first and last column and row,
// a byte each: x0, y0, x1, y1 from the lowest.
type rect uint32

func makeRect(x0, y0, x1, y1 int) rect { return rect(x0 | y0<<8 | x1<<16 | y1<<24) }

func (r rect) split() (x0, y0, x1, y1 int) {
	return int(r & 255), int(r >> 8 & 255), int(r >> 16 & 255), int(r >> 24)
}

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
		w.tile = r
		w.writeEmpty()
		return w.frame.ctx.Err() == nil
	}
	if !w.trace(r, instances) {
		return false
	}
	w.resolve()
	return true
}

// trace finds the nearest surface of each pixel of a tile.
func (w *worker) trace(r image.Rectangle, instances []int32) bool {
	w.begin(r)
	for _, i := range instances {
		in := &w.frame.instances[i]
		if in.wild {
			w.testAll(i)
			continue
		}
		w.push(entry{ref: 0, instance: i, near: in.nearest, rect: makeRect(0, 0, r.Dx()-1, r.Dy()-1)}, 0)
	}
	for visits := 0; len(w.stack) > 0; visits++ {
		if visits&1023 == 1023 && w.frame.ctx.Err() != nil {
			return false
		}
		e := w.stack[len(w.stack)-1]
		w.stack = w.stack[:len(w.stack)-1]
		if w.hidden(e.rect, e.near) {
			continue
		}
		if e.instance != w.current {
			w.enter(e.instance)
		}
		if e.ref&bvh.LeafBit != 0 {
			w.ask(e.ref)
			if w.waiting.n == len(w.waiting.leaf) {
				w.visitOldest()
			}
			w.waiting.leaf[(w.waiting.first+w.waiting.n)%len(w.waiting.leaf)] = e
			w.waiting.n++
			continue
		}
		if w.waiting.n > 0 {
			w.visitOldest() // while the node's memory comes
		}
		w.visitNode(&w.inst.tree.Nodes[e.ref])
		floor := len(w.stack)
		w.pushFound(e.instance)
		for _, e := range w.stack[max(floor, len(w.stack)-nodesAhead):] {
			if e.ref&bvh.LeafBit == 0 {
				w.ask(e.ref)
			}
		}
	}
	w.visitWaiting()
	w.flush()
	return w.frame.ctx.Err() == nil
}

// begin empties the tile.
func (w *worker) begin(r image.Rectangle) {
	w.tile, w.current, w.blur, w.stale = r, -1, 0, 0
	w.stack, w.records, w.batch.n = w.stack[:0], w.records[:1], 0
	w.wide, w.ortho = w.path != Scalar, w.frame.view.Model == camera.Orthographic
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
	clear(w.id[:])
	for b := range w.low {
		w.low[b] = empty
	}
	if empty == 0 {
		clear(w.nearness[:])
	} else {
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

// fence marks what lies beyond the picture's edge as nearer than anything.
func (w *worker) fence(nx, ny int) {
	for y := 0; y < tileH; y++ {
		first := nx
		if y >= ny {
			first = 0
		}
		for x := first; x < tileW; x++ {
			b, i := pixelAt(x, y)
			w.nearness[b][i] = math.MaxFloat32
			if x&3 == 3 && y&3 == 3 {
				w.low[b] = blockLow(&w.nearness[b])
			}
		}
	}
}

// push puts e on the stack, the nearest of those above floor on top.
func (w *worker) push(e entry, floor int) {
	w.stack = append(w.stack, e)
	i := len(w.stack) - 1
	for ; i > floor && w.stack[i-1].near > e.near; i-- {
		w.stack[i] = w.stack[i-1]
	}
	w.stack[i] = e
}

// pushFound puts the children that a node test has found on the stack, the
// nearest on top.
func (w *worker) pushFound(instance int32) {
	f, floor := &w.found, len(w.stack)
	if !w.wide {
		for k := range f.ref[:f.n] {
			w.push(entry{f.ref[k], instance, f.near[k], f.rect[k]}, floor)
		}
		return
	}
	w.stack = slices.Grow(w.stack, bvh.Width)[:floor+f.n]
	top := w.stack[floor:]
	for k := range f.ref[:f.n] {
		top[f.rank[k]] = entry{f.ref[k], instance, f.near[k], f.rect[k]}
	}
}

// hidden reports whether all pixels of r see something nearer than near.
func (w *worker) hidden(r rect, near float32) bool {
	near += near*tieZone + w.blur
	if near < 0 {
		near = near * (1 - 2*tieZone)
	}
	if w.wide {
		return hiddenWide(w.path, &w.pixels, &w.stale, r, near)
	}
	x0, y0, x1, y1 := r.split()
	for y := y0 >> 4; y <= y1>>4; y++ {
		for x := x0 >> 4; x <= x1>>4; x++ {
			c := y*cellsX + x
			if near < w.farthest[c] {
				continue
			}
			if w.stale>>c&1 == 0 || !w.hiddenCell(c, near) {
				return false
			}
		}
	}
	return true
}

// hiddenCell reports whether all pixels of a cell are nearer than near. It looks
// no further than the first block that is not, and brings the blocks and the
// cell up to date as far as it gets.
func (w *worker) hiddenCell(c int, near float32) bool {
	farthest := float32(math.MaxFloat32)
	for b := 16 * c; b < 16*c+16; b++ {
		low := w.low[b]
		if !(near < low) {
			low = blockLow(&w.nearness[b])
			w.low[b] = low
			if !(near < low) {
				return false
			}
		}
		farthest = min2(farthest, low)
	}
	w.stale &^= 1 << c
	w.farthest[c] = farthest
	return true
}

func blockLow(nearness *[16]float32) float32 {
	a, b := nearness[0], nearness[1]
	for i := 2; i < 16; i += 2 {
		a, b = min2(a, nearness[i]), min2(b, nearness[i+1])
	}
	return min2(a, b)
}

// Memory is asked for this many leaves, and children of a node, before they are
// visited.
const (
	leavesAhead = 4
	nodesAhead  = 3
)

// waiting are leaves whose memory has been asked for.
type waiting struct {
	leaf     [leavesAhead]entry
	first, n int
}

// ask asks for the memory of a node or leaf of the current instance.
func (w *worker) ask(ref uint32) {
	if !w.wide {
		return
	}
	t := w.inst.tree
	if ref&bvh.LeafBit != 0 {
		w.askVertices(ref, false)
	}
	switch {
	case ref&bvh.LeafBit == 0:
		prefetchNode(unsafe.Pointer(&t.Nodes[ref]))
	case ref&bvh.PatchBit != 0:
		prefetchPatch(unsafe.Pointer(&t.Patches[ref&^(bvh.LeafBit|bvh.PatchBit)]))
	default:
		prefetchLeaf(unsafe.Pointer(&t.Leaves[ref&^bvh.LeafBit]))
	}
}

func (w *worker) visitOldest() {
	e := &w.waiting.leaf[w.waiting.first]
	w.waiting.first = (w.waiting.first + 1) % leavesAhead
	w.waiting.n--
	if w.wide && w.waiting.n > 0 {
		w.askVertices(w.waiting.leaf[w.waiting.first].ref, true)
	}
	if !w.hidden(e.rect, e.near) {
		w.visitLeaf(e.ref)
	}
}

func (w *worker) visitWaiting() {
	for w.waiting.n > 0 {
		w.visitOldest()
	}
}

// enter makes instance i the current one.
func (w *worker) enter(i int32) {
	w.visitWaiting()
	w.flush()
	w.current, w.inst = i, &w.frame.instances[i]
	w.lens.set(w)
	if w.wide || w.samples != nil {
		w.front.set(w)
	} else {
		w.screen.set(w)
		w.setup.first, w.setup.exactLane = -1, -1
	}
}

// visitLeaf draws the leaf's triangles that may be seen, or adds them to the
// batch.
func (w *worker) visitLeaf(ref uint32) {
	t := w.inst.tree
	switch {
	case w.wide && ref&bvh.PatchBit != 0:
		patchTestWide(w.path, &w.lens, &t.Patches[ref&^(bvh.LeafBit|bvh.PatchBit)], t.Slots(ref), &w.batch, &w.nearness, w.blur)
	case w.wide:
		leafTestWide(w.path, &w.lens, &t.Leaves[ref&^bvh.LeafBit], t.Slots(ref), &w.batch, &w.nearness, w.blur)
	case w.samples != nil:
		leafTest(&w.lens, t.Leaf(ref, &w.leaf), t.Slots(ref), &w.batch)
	default:
		w.drawLeaf(ref)
	}
	for w.batch.n >= 16 {
		w.draw(16)
	}
}

// flush draws what is in the batch.
func (w *worker) flush() {
	for w.batch.n > 0 {
		w.draw(min(16, w.batch.n))
	}
}

// draw sets up the last n triangles of the batch and draws them.
func (w *worker) draw(n int) {
	first := w.batch.n - n
	w.batch.n, w.setup.first = first, first
	present := uint32(1)<<n - 1
	easy, careful := uint32(0), uint32(0)
	if w.wide && !w.ortho {
		w.setup.exactLane = -1
		var blurry uint32
		if w.inst.tree.Exact {
			easy, blurry = setUpWide(w.path, &w.front, &w.batch, &w.setup, first)
		} else {
			w.fetchCorners(first, n)
			easy, blurry = setUpCornersWide(w.path, &w.front, &w.batch, &w.setup, first, &w.corners)
		}
		easy, blurry = easy&present, blurry&present
		careful = present &^ (easy | blurry)
		present = blurry
		easy = w.sift(easy)
	}
	for ; present != 0; present &= present - 1 {
		lane := bits.TrailingZeros32(present)
		switch w.setUp(lane, first+lane) {
		case fastLane:
			easy |= 1 << lane
		case carefulLane:
			careful |= 1 << lane
		}
	}
	for ; careful != 0; careful &= careful - 1 {
		w.decideAll(bits.TrailingZeros32(careful))
	}
	if w.samples != nil && !w.wide {
		w.drawSamples(easy)
		return
	}
	w.drawWide(easy)
}

// sift applies the options and materials to triangles that a kernel has set up,
// as setUp does: it returns those that count and says of which each hit has to
// be asked about.
func (w *worker) sift(lanes uint32) uint32 {
	st, in, view := &w.setup, w.inst, &w.frame.view
	clear(st.hits[:])
	if in.plain {
		return lanes
	}
	for k := lanes; k != 0; k &= k - 1 {
		lane := bits.TrailingZeros32(k)
		near, far := st.plane[4][lane], st.plane[5][lane]
		st.hits[lane] = in.alpha && !w.covers(st.slot[lane]) || w.frame.ask
		if w.caster.options.Clip && !w.frame.ask {
			if far < view.Near || view.Far > 0 && near > view.Far {
				lanes &^= 1 << lane
			}
			st.hits[lane] = st.hits[lane] || near < view.Near || view.Far > 0 && far > view.Far
		}
		if in.cull && st.plane[3][lane] > 0 != in.mirrored {
			lanes &^= 1 << lane
		}
	}
	return lanes
}

// drawWide draws triangles of the setup by vector instructions.
func (w *worker) drawWide(lanes uint32) {
	if lanes == 0 {
		return
	}
	st := &w.setup
	for k := lanes; k != 0 && (w.ortho || !w.inst.plain); k &= k - 1 {
		if lane := bits.TrailingZeros32(k); st.hits[lane] {
			st.sure[lane] = math.MaxFloat32
		}
	}
	n := len(w.records)
	w.records = slices.Grow(w.records, 16)
	w.pixelBase, w.recordBase, w.fixBase = &w.pixels, &w.records[0], &w.fixes[0]
	w.nRecords, w.nFixes, w.instance = uint64(n), 0, w.current
	if w.samples != nil {
		rasterSamplesWide(w.path, &w.canvas, st, lanes, w.samples)
	} else {
		rasterWide(w.path, &w.canvas, st, lanes, w.ortho)
	}
	w.records = w.records[:w.nRecords]
	if w.samples != nil {
		w.samples.enter(w, n, lanes)
	}
	for _, f := range w.fixes[:w.nFixes] {
		if st.hits[f.lane] && w.alphaAlone(st.plane[4][f.lane], st.plane[5][f.lane]) {
			f.pixels = w.cut(&f)
		}
		for p := f.pixels; p != 0; p &= p - 1 {
			if x, y := placeOf(int(f.block), bits.TrailingZeros16(p)); x < w.tile.Dx() && y < w.tile.Dy() {
				w.decide(int(f.lane), x, y)
			}
		}
	}
}

// decideAll asks the meaning about every pixel of a triangle's rectangle.
func (w *worker) decideAll(lane int) {
	x0, y0, x1, y1 := w.setup.rect[lane].split()
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			w.decide(lane, x, y)
		}
	}
}

// decide asks the meaning whether a triangle is the nearest surface of a
// pixel of the tile so far.
func (w *worker) decide(lane, px, py int) {
	st := &w.setup
	t := &st.exact
	if w.samples != nil && !w.samples.has(px, py) || !w.exactly(lane) {
		return
	}
	x, y := w.ray(px, py)
	z, ok := t.hit(x, y)
	if !ok {
		return
	}
	b, i := pixelAt(px, py)
	best := &w.records[w.id[b][i]]
	if w.samples != nil {
		best = w.samples.surface(w, w.id[b][i])
	}
	old := best.z(x, y, w.frame.view.Model)
	if z > old || z == old && !w.before(st.slot[lane], best) {
		return
	}
	if !w.caster.counts(t, w.frame, w.inst, w.inst.triangle(st.slot[lane]), x, y, z) {
		return
	}
	w.id[b][i] = w.recordOf(lane)
	near := -z
	if w.frame.view.Model == camera.Perspective {
		near = min(1/z, math.MaxFloat32)
	}
	least := w.nearness[b][i] <= w.low[b]
	w.nearness[b][i] = float32(near)
	if w.wide && least {
		w.low[b] = blockLow(&w.nearness[b])
	}
	w.stale |= 1 << (py>>4*cellsX + px>>4)
}

// exactly makes a triangle of the setup ready to ask the meaning about. It
// reports whether there is anything to hit.
func (w *worker) exactly(lane int) bool {
	st := &w.setup
	if st.exactLane != lane {
		p := w.cornersOf(lane)
		st.exactLane, st.exactOK = lane, st.exact.setup(&p, w.frame.view.Model)
		w.lookedUp = false
	}
	return st.exactOK
}

// ray returns the image-plane coordinates of a pixel of the tile.
func (w *worker) ray(px, py int) (x, y float64) {
	if w.samples != nil {
		return w.samples.ray(px, py)
	}
	return w.frame.xs[w.tile.Min.X+px], w.frame.ys[w.tile.Min.Y+py]
}

// before breaks ties: of surfaces at one depth the first in the scene wins.
func (w *worker) before(slot uint32, r *record) bool {
	return w.current < r.instance || w.current == r.instance && w.inst.triangle(slot) < w.inst.triangle(r.slot)
}

// cornersOf returns the camera-space corners of a triangle of the setup.
func (w *worker) cornersOf(lane int) [3]mgl64.Vec3 {
	if at := w.setup.first + lane; w.setup.first >= 0 && w.inst.tree.Exact {
		return w.batchCorners(&w.inst.camera, at)
	}
	return w.inst.corners(w.inst.triangle(w.setup.slot[lane]))
}

// batchCorners takes a triangle of the batch to camera space: where the tree is
// exact this needs nothing of the mesh.
func (w *worker) batchCorners(m *affine, at int) (p [3]mgl64.Vec3) {
	b := &w.batch.p
	for i := range p {
		p[i] = m.apply(mgl64.Vec3{float64(b[3*i][at]), float64(b[3*i+1][at]), float64(b[3*i+2][at])})
	}
	return p
}

// recordOf returns the record of a triangle of the setup, entering it first
// where that was not done.
func (w *worker) recordOf(lane int) uint32 {
	st := &w.setup
	if st.id[lane] == 0 {
		st.id[lane] = uint32(len(w.records))
		w.records = append(w.records, record{
			plane: plane3{st.plane[0][lane], st.plane[1][lane], st.plane[2][lane]}, other: st.plane[3][lane],
			near: st.plane[4][lane], far: st.plane[5][lane], instance: w.current, slot: st.slot[lane]})
	}
	return st.id[lane]
}

// testAll asks the meaning about every triangle of an instance.
func (w *worker) testAll(i int32) {
	w.enter(i)
	w.setup.first = -1
	model := w.frame.view.Model
	for slot, tri := range w.inst.tree.Tris {
		if slot%bvh.Width == 0 && w.frame.ctx.Err() != nil {
			return
		}
		if tri == bvh.None {
			continue
		}
		p := w.inst.corners(int(tri))
		if w.setPlane(0, &p, model) {
			w.setup.slot[0], w.setup.rect[0] = uint32(slot), makeRect(0, 0, w.tile.Dx()-1, w.tile.Dy()-1)
			w.decideAll(0)
		}
	}
}

// counts reports whether a hit is one under the options.
func (c *Caster) counts(t *triangle, f *frame, in *instance, tri int, x, y, z float64) bool {
	if c.options.Clip {
		if z = f.side.value(x, y, z); z < f.view.Near || f.view.Far > 0 && z > f.view.Far {
			return false
		}
	}
	// Counter-clockwise is the front (glTF 2.0, section 3.7.2.1), and a
	// mirroring transform turns that around (section 3.5.2). With Y down and
	// Z forward the normal of a counter-clockwise triangle points away from
	// the camera where the ray meets its back.
	if in.cull && t.den.at(x, y) > 0 != in.mirrored {
		return false
	}
	if !in.alpha {
		return true
	}
	prim := &c.scene.Primitives[c.scene.Instances[in.index].Primitive]
	b1, b2 := t.weights(x, y)
	return c.cutout[prim.Material].isThere(prim, tri, b1, b2)
}
