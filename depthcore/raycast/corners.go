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

// askVertices asks for the memory of the vertices of a leaf of the current
// instance, where casting will want them of the mesh: first of their numbers,
// then, when these have come, of the vertices themselves.
func (w *worker) askVertices(ref uint32, numbersCame bool) {
	t := w.inst.tree
	if t.Exact || t.Vertices == nil {
		return
	}
	if at := &t.Vertices[t.Slots(ref)]; numbersCame {
		prefetchPositions(&w.inst.positions[0], at)
	} else {
		prefetchVertices(at)
	}
}
