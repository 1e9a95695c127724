package raycast

import (
	"math"
	"math/bits"
	"slices"
)

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
	var easy, careful uint32
	if w.wide && !w.ortho {
		w.setup.exactLane = -1
		present := uint32(1)<<n - 1
		var blurry uint32
		if w.inst.tree.Exact {
			easy, blurry = setUpWide(w.path, &w.front, &w.batch, &w.setup, first)
		} else {
			w.fetchCorners(&w.inst.drawn, first, n)
			easy, blurry = setUpCornersWide(w.path, &w.front, &w.batch, &w.setup, first, &w.corners)
		}
		easy |= w.blurBy(blurry & present)
		easy &= present
		careful = present &^ easy
		easy = w.sift(easy)
	} else {
		for lane := range n {
			switch w.setUp(lane, first+lane) {
			case fastLane:
				easy |= 1 << lane
			case carefulLane:
				careful |= 1 << lane
			}
		}
	}
	if w.samples != nil {
		w.measureSetUp(first, n, easy|careful)
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

// blurBy widens the tile's blur by what nearness may be off for triangles that a
// kernel has set up but for that, as setUp does. It returns those that it may be
// widened for.
func (w *worker) blurBy(lanes uint32) uint32 {
	st := &w.setup
	for k := lanes; k != 0; k &= k - 1 {
		lane := bits.TrailingZeros32(k)
		blur, ok := blurOf(st.steep[lane], st.plane[4][lane])
		if !ok {
			lanes &^= 1 << lane
			continue
		}
		w.blur = max(w.blur, blur)
	}
	return lanes
}

// blurOf returns how far nearness of a perspective camera may be off, given what
// it is made of and the nearest Z. ok is false where it is too far.
func blurOf(steep float32, nearZ float64) (blur float32, ok bool) {
	if nearZ > 0 && !(steep*float32(nearZ) < 256) || !(steep < 1e30) {
		return 0, false
	}
	return steep * (1.0 / (1 << 21)), true
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
	w.records = slices.Grow(w.records, 17)
	w.pixelBase, w.recordBase, w.fixBase = &w.pixels, &w.records[0], &w.fixes[0]
	w.nRecords, w.nFixes, w.instance = uint64(len(w.records)), 0, w.current
	if w.samples != nil {
		rasterSamplesWide(w.path, &w.canvas, st, lanes, w.samples)
	} else {
		rasterWide(w.path, &w.canvas, st, lanes, w.ortho)
	}
	w.records = w.records[:w.nRecords]
	if w.nFixes > 0 && w.inst.plain && w.samples == nil && !w.ortho && comparesSurfaces(w.path) {
		w.nearest(w.fixes[:w.nFixes])
	}
	for fixes := w.sorted(w.fixes[:w.nFixes]); len(fixes) > 0; {
		same, lane := 1, int(fixes[0].lane)
		for same < len(fixes) && int(fixes[same].lane) == lane {
			same++
		}
		if st.hits[lane] && w.alphaAlone(st.plane[4][lane], st.plane[5][lane]) {
			w.cut(fixes[:same])
		}
		for _, f := range fixes[:same] {
			for p := f.pixels; p != 0; p &= p - 1 {
				if x, y := placeOf(int(f.block), bits.TrailingZeros16(p)); x < w.tile.Dx() && y < w.tile.Dy() {
					w.decide(lane, x, y)
				}
			}
		}
		fixes = fixes[same:]
	}
}

// nearest decides about pixels of fixes that surely see the triangle, but may see
// something nearer: where surfaces touch there are many. It compares Z of both,
// and leaves to the meaning what is as near, and what is close to an edge.
func (w *worker) nearest(fixes []fix) {
	for i := range fixes {
		w.recordOf(int(fixes[i].lane))
		w.writeOut(int(fixes[i].block >> 4))
	}
	nearestWide(&w.pixels, &w.setup, &w.records[0], fixes, &w.frame.xs[w.tile.Min.X], &w.frame.ys[w.tile.Min.Y])
}

// sorted returns fixes so that those of a triangle follow each other, where some
// take time to be made ready for.
func (w *worker) sorted(fixes []fix) []fix {
	if w.inst.plain {
		return fixes
	}
	var start [17]int
	ordered := true
	for i, f := range fixes {
		start[f.lane+1]++
		ordered = ordered && (i == 0 || fixes[i-1].lane <= f.lane)
	}
	if ordered {
		return fixes
	}
	for k := range 16 {
		start[k+1] += start[k]
	}
	w.inOrder = slices.Grow(w.inOrder[:0], len(fixes))[:len(fixes)]
	for _, f := range fixes {
		w.inOrder[start[f.lane]] = f
		start[f.lane]++
	}
	return w.inOrder
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
