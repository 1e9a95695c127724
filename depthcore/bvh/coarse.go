package bvh

import (
	"context"

	"zscope/depthcore/internal/pages"
	"zscope/depthcore/internal/par"
)

// Coarse returns a tree of a mesh that is made several times as fast as
// Build's and takes longer to cast through: 16 triangles that follow each other
// on a Hilbert curve are a leaf, 16 leaves a node, 16 nodes another (Kamel and
// Faloutsos, "On packing R-trees", 1993). progress is as Build's.
func Coarse(ctx context.Context, pool *par.Pool, mesh Mesh, progress func(float64)) (*Tree, error) {
	if progress == nil {
		progress = func(float64) {}
	}
	o, err := orderOf(ctx, pool, mesh.Positions, mesh.Indices)
	if err != nil {
		return nil, err
	}
	progress(0.4)
	leaf := func(i int) []uint32 { return o.tris[Width*i : min(Width*(i+1), len(o.tris))] }
	t := &Tree{Exact: o.exact, Dropped: o.dropped, moves: mesh.Moves}
	t.setNodes((len(o.tris) + Width - 1) / Width)
	if err := t.fillLeaves(ctx, pool, mesh, leaf); err != nil {
		return nil, err
	}
	progress(1)
	return t, nil
}

// setNodes makes the nodes above n leaves that lie in a row, the root first.
func (t *Tree) setNodes(n int) {
	t.Leaves = pages.Make[Leaf](n)
	if n == 0 {
		return
	}
	var levels []int // how many nodes each has, the lowest first
	for n > 1 || len(levels) == 0 {
		n = (n + Width - 1) / Width
		levels = append(levels, n)
	}
	total := 0
	for _, n := range levels {
		total += n
	}
	t.Nodes = pages.Make[Node](total)
	at, below, bit := total, len(t.Leaves), uint32(LeafBit)
	children := 0 // where the level below begins
	for _, n := range levels {
		at -= n
		for i := range n {
			node := &t.Nodes[at+i]
			node.Count = uint32(min(Width, below-Width*i))
			for k := range node.Child[:node.Count] {
				node.Child[k] = bit | uint32(children+Width*i+k)
			}
		}
		children, below, bit = at, n, 0
	}
}
