package raycast

import "math/bits"

// covers reports whether alpha cuts nothing out of a triangle of the current
// instance.
func (w *worker) covers(slot uint32) bool {
	prim := w.caster.primitive(w.inst.index)
	return w.caster.cutout[prim.Material].covers(prim, w.inst.triangle(slot))
}

// alphaAlone reports whether alpha is all that has to be asked about hits of a
// triangle of the current instance, given the range of its Z.
func (w *worker) alphaAlone(near, far float64) bool {
	if w.frame.ask || w.ortho && !(near > 0) {
		return false
	}
	v := &w.frame.view
	return !w.caster.options.Clip || near >= v.Near && !(v.Far > 0 && far > v.Far)
}

// look returns what decides quickly about alpha of a triangle of the setup, for
// which exactly has to be true.
func (w *worker) look(lane int) *lookup {
	if !w.lookedUp {
		w.lookedUp = true
		prim := w.caster.primitive(w.inst.index)
		w.lookup.set(&w.caster.cutout[prim.Material], prim, w.inst.triangle(w.setup.slot[lane]), &w.setup.exact.edge, w.reach())
	}
	return &w.lookup
}

// reach bounds |x| + |y| + 1 of the tile's rays.
func (w *worker) reach() float64 {
	if w.samples == nil {
		return w.frame.reach
	}
	p := w.samples.piece
	return 1 + max(p.x1, -p.x0) + max(p.y1, -p.y0)
}

// uncut reports whether alpha leaves a triangle of the setup there at a pixel
// that lies well inside it.
func (w *worker) uncut(lane, px, py int) bool {
	x, y := w.ray(px, py)
	switch w.look(lane).at(x, y) {
	case there:
		return true
	case notThere:
		return false
	}
	prim := w.caster.primitive(w.inst.index)
	b1, b2 := w.setup.exact.weights(x, y)
	return w.caster.cutout[prim.Material].isThere(prim, w.inst.triangle(w.setup.slot[lane]), b1, b2)
}

// cut decides about pixels of some fixes, all of one triangle, where alpha is
// all that is open. It leaves those in them that the meaning has to be asked
// about.
func (w *worker) cut(fixes []fix) {
	lane := int(fixes[0].lane)
	if !w.exactly(lane) {
		for i := range fixes {
			fixes[i].pixels = 0
		}
		return
	}
	l := w.look(lane)
	if !l.ready {
		return
	}
	if w.samples == nil {
		cutWide(w.path, &w.pixels, &w.setup, l, fixes, &w.frame.xs[w.tile.Min.X], &w.frame.ys[w.tile.Min.Y], w.blur, &w.stale)
		return
	}
	for i := range fixes {
		w.cutOne(l, &fixes[i])
	}
}

// cutOne does so for one fix.
func (w *worker) cutOne(l *lookup, f *fix) {
	bx, by := placeOf(int(f.block), 0)
	yes, no := uint16(0), uint16(0)
	for p := w.surely(f); p != 0; p &= p - 1 {
		i := bits.TrailingZeros16(p)
		v := uint16(l.at(w.ray(bx+i&3, by+i>>2)))
		yes |= v & 1 << i
		no |= v >> 1 << i
	}
	if yes != 0 {
		w.win(f, yes)
	}
	f.pixels &^= yes | no
}

// planeIn returns values of a plane of a triangle in a fix's block: what it is at
// its first pixel, and how it changes.
func (st *setup) planeIn(f *fix, plane *[3][16]float32) (c, dx, dy float32) {
	x0, y0, _, _ := st.rect[f.lane].split()
	bx, by := placeOf(int(f.block), 0)
	dx, dy = plane[0][f.lane], plane[1][f.lane]
	return float32(dx*float32(bx-x0&^3)) + float32(dy*float32(by-y0&^3)) + plane[2][f.lane], dx, dy
}

// surely returns those pixels of a fix that lie well inside the triangle, where
// it is well in front of what they see so far.
func (w *worker) surely(f *fix) (sure uint16) {
	st := &w.setup
	n, nx, ny := st.planeIn(f, &st.near)
	near, blur := &w.nearness[f.block], w.blur
	for p := f.pixels; p != 0; p &= p - 1 {
		i := bits.TrailingZeros16(p)
		x, y := w.within(f.block, i)
		if old := near[i]; float32(nx*x)+float32(ny*y)+n-old > float32(abs(old)*tieZone)+blur {
			sure |= 1 << i
		}
	}
	margin := st.margin[f.lane]
	for k := range st.edge {
		e, ex, ey := st.planeIn(f, &st.edge[k])
		for p := sure; p != 0; p &= p - 1 {
			i := bits.TrailingZeros16(p)
			if x, y := w.within(f.block, i); !(float32(ex*x)+float32(ey*y)+e > margin) {
				sure &^= 1 << i
			}
		}
	}
	return sure
}

// within returns where in its block a pixel's ray is.
func (w *worker) within(block uint32, i int) (x, y float32) {
	if w.samples != nil {
		return w.samples.u[block][i], w.samples.v[block][i]
	}
	return float32(i & 3), float32(i >> 2)
}

// win makes a triangle the nearest surface of pixels of a fix.
func (w *worker) win(f *fix, pixels uint16) {
	st := &w.setup
	n, nx, ny := st.planeIn(f, &st.near)
	near, ids := &w.nearness[f.block], &w.id[f.block]
	id := w.recordOf(int(f.lane))
	for p := pixels; p != 0; p &= p - 1 {
		i := bits.TrailingZeros16(p)
		x, y := w.within(f.block, i)
		near[i], ids[i] = float32(nx*x)+float32(ny*y)+n, id
	}
	w.stale |= 1 << (f.block >> 4)
	w.low[f.block] = blockLow(near)
}
