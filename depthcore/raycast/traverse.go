package raycast

import (
	"image"
	"math"
	"slices"
	"unsafe"

	"zscope/depthcore/bvh"
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
			w.waiting.leaf[(w.waiting.first+w.waiting.n)%len(w.waiting.leaf)] = e.ref
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

// waiting are leaves whose memory has been asked for. By the time it came one in
// a hundred of them would be found hidden, so that this is not asked again.
type waiting struct {
	leaf     [leavesAhead]uint32
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
	ref := w.waiting.leaf[w.waiting.first]
	w.waiting.first = (w.waiting.first + 1) % leavesAhead
	w.waiting.n--
	if w.wide && w.waiting.n > 0 {
		w.askVertices(w.waiting.leaf[w.waiting.first], true)
	}
	w.visitLeaf(ref)
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
