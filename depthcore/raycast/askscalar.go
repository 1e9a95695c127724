package raycast

// ask1 asks the meaning about a pixel of a triangle, whose record is id or not
// entered yet. It returns the record's number.
func (w *worker) ask1(slot, id uint32, x, y int64) uint32 {
	if x > w.screen.lastX || y > w.screen.lastY || !w.exact1(slot) {
		return id
	}
	st := &w.setup
	if id != 0 {
		st.id[0] = id
	}
	w.decide(0, int(x), int(y))
	return st.id[0]
}

// uncut1 reports whether alpha leaves a triangle there at a pixel that lies well
// inside it.
func (w *worker) uncut1(slot uint32, x, y int64) bool {
	return w.exact1(slot) && w.uncut(0, int(x), int(y))
}

// exact1 makes a triangle the one of the setup's first lane, ready to be asked
// about. It reports whether there is anything to hit.
func (w *worker) exact1(slot uint32) bool {
	st := &w.setup
	if st.exactLane == 0 && st.slot[0] == slot {
		return st.exactOK
	}
	p := w.inst.corners(w.inst.triangle(slot))
	st.slot[0] = slot
	return w.setPlane(0, &p, w.frame.view.Model) && w.exactly(0)
}

// askAll asks the meaning about all pixels of a triangle's rectangle.
func (w *worker) askAll(slot uint32, x0, y0, x1, y1 int64) {
	id := uint32(0)
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			id = w.ask1(slot, id, x, y)
		}
	}
}
