package raycast

import "zscope/depthcore/bvh"

// fetchCorners takes n triangles of the batch to camera space, from the mesh's
// own positions.
func (w *worker) fetchCorners(m *affine, first, n int) {
	in, slots := w.inst, w.batch.slot[first:first+n]
	if t := in.tree; t.Vertices != nil {
		cornersWide(m, &in.positions[0], &t.Vertices[0], &slots[0], n, &w.corners)
		return
	}
	var tris [bvh.Width]uint32
	for lane, slot := range slots {
		tris[lane%bvh.Width] = in.tree.Tris[slot]
	}
	cornersWide(m, &in.positions[0], (*[3]uint32)(in.indices), &tris[0], n, &w.corners)
}

// askVertices asks for the memory of the numbers of the vertices of leaves that
// wait, from the given one on, where casting will want the vertices of the mesh.
func (w *worker) askVertices(from uint64) {
	t := w.inst.tree
	if t.Exact || t.Vertices == nil {
		return
	}
	for ; from < w.asked; from++ {
		prefetchVertices(&t.Vertices[t.Slots(w.waiting[from%uint64(len(w.waiting))])])
	}
}

// askPositions asks for the memory of the vertices themselves of a leaf, when the
// numbers have come.
func (w *worker) askPositions(ref uint32) {
	if t := w.inst.tree; !t.Exact && t.Vertices != nil {
		prefetchPositions(&w.inst.positions[0], &t.Vertices[t.Slots(ref)])
	}
}
