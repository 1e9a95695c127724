package bvh

import (
	"context"

	"zscope/depthcore/internal/pages"
	"zscope/depthcore/internal/par"
)

// fillLeaves fills the patches and the leaves with the triangles that each has,
// patches first, and sets all boxes.
func (t *Tree) fillLeaves(ctx context.Context, pool *par.Pool, mesh Mesh, of func(leaf int) []uint32) error {
	n := len(t.Patches) + len(t.Leaves)
	t.Tris = pages.Make[uint32](n * Width)
	if mesh.Moves || !t.Exact && len(t.Patches) > len(t.Leaves) {
		t.Vertices = pages.Make[[3]uint32](n * Width)
	}
	t.boxes = make([]Box, n+len(t.Nodes))
	const chunk = 256
	err := pool.Run(ctx, (n+chunk-1)/chunk, func(_, c int) {
		var near neighbours
		for i := c * chunk; i < min(n, (c+1)*chunk); i++ {
			tris := of(i)
			near.gather(mesh.Positions, mesh.Indices, tris)
			slots := t.Tris[Width*i : Width*(i+1)]
			for k := copy(slots, tris); k < Width; k++ {
				slots[k] = None
			}
			if t.Vertices != nil {
				copy(t.Vertices[Width*i:], near.vertex[:len(tris)])
			}
			box := EmptyBox()
			if i < len(t.Patches) {
				near.patch(&t.Patches[i], len(tris), mesh.Moves)
				for k := range tris {
					for v := range near.corner[k] {
						box.addPoint(&near.corner[k][v])
					}
				}
			} else {
				l := &t.Leaves[i-len(t.Patches)]
				for k := range tris {
					l.fill(k, &near.corner[k], &box)
				}
				l.end(len(tris))
			}
			t.boxes[i] = box
		}
	})
	if err != nil {
		return err
	}
	if err := t.join(ctx, pool); err != nil {
		return err
	}
	t.boxes, t.levels = nil, nil
	return nil
}
