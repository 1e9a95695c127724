package bvh

import (
	"context"
	"errors"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/internal/par"
)

// Refit moves the tree of a mesh that moves to new positions. The result is as
// correct as a new tree; Cost says how good it is.
func (t *Tree) Refit(ctx context.Context, pool *par.Pool, positions []mgl64.Vec3, indices []uint32) error {
	if !t.moves {
		return errors.New("the tree was not built to be refitted")
	}
	n, patches := len(t.Patches)+len(t.Leaves), len(t.Patches)
	if len(t.boxes) != n+len(t.Nodes) {
		t.boxes = make([]Box, n+len(t.Nodes))
		t.setVertices(indices)
	}
	const chunk = 256
	err := pool.Run(ctx, (n+chunk-1)/chunk, func(_, c int) {
		for i := c * chunk; i < min(n, (c+1)*chunk); i++ {
			if i < patches {
				t.boxes[i] = t.Patches[i].refit(positions, t.vertices[Width*i:])
			} else {
				t.boxes[i] = t.Leaves[i-patches].refit(positions, indices, t.Tris[Width*i:Width*(i+1)])
			}
		}
	})
	if err != nil {
		return err
	}
	t.Exact = false
	return t.join(ctx, pool)
}

// setVertices finds the mesh's vertices that are those of the patches.
func (t *Tree) setVertices(indices []uint32) {
	t.vertices = make([]uint32, Width*len(t.Patches))
	for i := range t.Patches {
		p := &t.Patches[i]
		for k, tri := range t.Tris[Width*i:][:p.Count] {
			for c := range p.Corner {
				t.vertices[Width*i+int(p.Corner[c][k])] = indices[3*tri+uint32(c)]
			}
		}
	}
}

// refit moves the patch's vertices, of which number has the mesh's.
func (p *Patch) refit(positions []mgl64.Vec3, number []uint32) Box {
	box := EmptyBox()
	bad := 0
	for v := range p.Used {
		at := &positions[number[v]]
		q := [3]float32{float32(at[0]), float32(at[1]), float32(at[2])}
		if (q[0]+q[1]+q[2])*0 != 0 {
			// Nothing can hit its triangles. Any place in the patch's box serves.
			bad |= 1 << v
			continue
		}
		p.P[0][v], p.P[1][v], p.P[2][v] = q[0], q[1], q[2]
		box.addPoint(&q)
	}
	if bad == 0 {
		return box
	}
	if box.Empty() {
		box.addPoint(&[3]float32{})
	}
	for v := range p.Used {
		if bad>>v&1 != 0 {
			p.P[0][v], p.P[1][v], p.P[2][v] = box.Min[0], box.Min[1], box.Min[2]
		}
	}
	return box
}

func (l *Leaf) refit(positions []mgl64.Vec3, indices []uint32, tris []uint32) Box {
	box := EmptyBox()
	bad := 0
	for i, tri := range tris {
		if tri == None {
			break
		}
		p, ok, _ := corners(positions, indices, int(tri))
		if !ok {
			// A single point is never hit. Any in the leaf's box serves.
			bad |= 1 << i
			continue
		}
		l.fill(i, &p, &box)
	}
	if bad == 0 {
		return box
	}
	var point [3]float32
	if !box.Empty() {
		point = box.Min
	}
	for i := range tris {
		if bad>>i&1 != 0 {
			l.fill(i, &[3][3]float32{point, point, point}, &box)
		}
	}
	return box
}
