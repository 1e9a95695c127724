package raycast

import (
	"math"
	"slices"
	"unsafe"

	"zscope/depthcore/bvh"
)

// walk is how far a worker is in the trees of a tile, laid out for kernels.
type walk struct {
	stack   *entry // what is still to be visited, the next on top
	top     uint64 // entries of it
	most    uint64 // entries that it may have before a node's children come
	nodes   *bvh.Node
	leaves  *bvh.Leaf
	patches *bvh.Patch
	node    uint64 // the next to test, counted from 1; 0 for none

	// Leaves whose memory has been asked for, and those of them that were visited.
	// By the time it came one in a hundred of them would be found hidden, so that
	// this is not asked again.
	asked, visited uint64
	waiting        [2 * leavesAhead]uint32

	current int32 // index in frame.instances, -1 for none
	entries []entry
}

// entry is a node or leaf that is still to be visited.
type entry struct {
	ref      uint32
	instance int32
	near     float32 // nearness that nothing in it exceeds
	rect     rect
}

// Memory is asked for this many leaves, and children of a node, before they are
// visited.
const (
	leavesAhead = 4
	nodesAhead  = 8
)

// step is what a walk comes to.
type step int

const (
	ended   step = iota
	leafDue      // the oldest leaf that was asked for is to be visited
	paused       // it wants room, another instance or only a pause
)

// start empties the stack.
func (k *walk) start() {
	k.top, k.node, k.asked, k.visited, k.current = 0, 0, 0, 0, -1
}

// reserve makes room for the children of a node.
func (k *walk) reserve() {
	if n := int(k.top); n+bvh.Width > len(k.entries) {
		k.entries = slices.Grow(k.entries[:n], max(n, 16*bvh.Width))
		k.entries = k.entries[:cap(k.entries)]
		k.stack, k.most = &k.entries[0], uint64(len(k.entries)-bvh.Width)
	}
}

// push puts e on the stack, the nearest of those above floor on top.
func (k *walk) push(e entry, floor uint64) {
	k.reserve()
	i := k.top
	for ; i > floor && k.entries[i-1].near > e.near; i-- {
		k.entries[i] = k.entries[i-1]
	}
	k.entries[i] = e
	k.top++
}

// enter makes a tree the one that is walked.
func (k *walk) enter(i int32, t *bvh.Tree) {
	k.current = i
	k.nodes, k.leaves, k.patches = unsafe.SliceData(t.Nodes), unsafe.SliceData(t.Leaves), unsafe.SliceData(t.Patches)
}

// oldest returns the leaf that has waited longest.
func (k *walk) oldest() uint32 { return k.waiting[k.visited%uint64(len(k.waiting))] }

// walkOn visits nodes, front to back, and asks for the memory of the leaves that
// may be seen. It leaves a node for later, whose memory comes meanwhile, as long
// as there are leaves to visit.
func (w *worker) walkOn() step {
	if w.path == AVX512 {
		return walkWide(&w.walk, &w.lens, &w.canvas, &w.pixels)
	}
	for {
		if w.node == 0 {
			if w.top == 0 {
				return ended
			}
			e := w.entries[w.top-1]
			if e.instance != w.current {
				return paused
			}
			w.top--
			if w.hidden(e.rect, e.near) {
				continue
			}
			if e.ref&bvh.LeafBit != 0 {
				w.ask(e.ref)
				w.waiting[w.asked%uint64(len(w.waiting))] = e.ref
				w.asked++
				if w.asked-w.visited > leavesAhead {
					return leafDue
				}
				continue
			}
			w.node = uint64(e.ref) + 1
			if w.asked > w.visited {
				return leafDue
			}
		}
		if w.top > w.most {
			return paused
		}
		w.visitNode(&w.inst.tree.Nodes[w.node-1])
		w.node = 0
		floor := w.top
		w.pushFound()
		for _, e := range w.entries[max(floor, w.top-min(w.top, nodesAhead)):w.top] {
			if e.ref&bvh.LeafBit == 0 {
				w.ask(e.ref)
			}
		}
	}
}

// pushFound puts the children that a node test has found on the stack, the
// nearest on top.
func (w *worker) pushFound() {
	f, floor := &w.found, w.top
	if !w.wide {
		for k := range f.ref[:f.n] {
			w.push(entry{f.ref[k], w.current, f.near[k], f.rect[k]}, floor)
		}
		return
	}
	w.top += uint64(f.n)
	top := w.entries[floor:w.top]
	for k := range f.ref[:f.n] {
		top[f.rank[k]] = entry{f.ref[k], w.current, f.near[k], f.rect[k]}
	}
}

// hidden reports whether all pixels of r see something nearer than near.
func (w *worker) hidden(r rect, near float32) bool {
	near += near*tieZone + w.blur
	if near < 0 {
		near = near * (1 - 2*tieZone)
	}
	if w.wide {
		return hiddenWide(&w.low, r, near)
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

// ask asks for the memory of a node or leaf of the current instance.
func (w *worker) ask(ref uint32) {
	if !w.wide {
		return
	}
	t := w.inst.tree
	switch {
	case ref&bvh.LeafBit == 0:
		prefetchNode(unsafe.Pointer(&t.Nodes[ref]))
	case ref&bvh.PatchBit != 0:
		prefetchPatch(unsafe.Pointer(&t.Patches[ref&^(bvh.LeafBit|bvh.PatchBit)]))
	default:
		prefetchLeaf(unsafe.Pointer(&t.Leaves[ref&^bvh.LeafBit]))
	}
}
