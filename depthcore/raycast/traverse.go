package raycast

import (
	"image"

	"zscope/depthcore/bvh"
)

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
	for steps := 0; ; steps++ {
		if steps&511 == 511 && w.frame.ctx.Err() != nil {
			return false
		}
		asked := w.asked
		step := w.walkOn()
		if w.wide && asked < w.asked {
			w.askVertices(asked)
		}
		switch step {
		case leafDue:
			w.visitOldest()
			continue
		case paused:
			w.reserve()
			if w.node == 0 {
				w.enter(w.entries[w.top-1].instance)
			}
			continue
		}
		w.visitWaiting()
		w.flush()
		return w.frame.ctx.Err() == nil
	}
}

// visitOldest visits the leaf that has waited longest.
func (w *worker) visitOldest() {
	ref := w.oldest()
	w.visited++
	if w.wide && w.visited < w.asked {
		w.askPositions(w.oldest())
	}
	w.visitLeaf(ref)
}

func (w *worker) visitWaiting() {
	for w.visited < w.asked {
		w.visitOldest()
	}
}

// enter makes instance i the current one.
func (w *worker) enter(i int32) {
	w.visitWaiting()
	w.flush()
	w.inst = &w.frame.instances[i]
	w.walk.enter(i, w.inst.tree)
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
