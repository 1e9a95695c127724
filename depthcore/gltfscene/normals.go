package gltfscene

import (
	"fmt"

	"zscope/depthcore/scene"
)

// normals reads the vertices' normals, once for all primitives that share them.
// Depth does not need them, so a file whose normals are broken is read without.
// Those that Draco compresses are not decoded.
func (l *loader) normals(g *geometry, out *scene.Primitive) {
	i, ok := g.Attributes["NORMAL"]
	if !ok || g.decoded != nil {
		return
	}
	if shared, ok := l.directions[i]; ok && len(shared) == len(out.Positions) {
		out.Normals = shared
		return
	}
	e, err := l.elements(i)
	if err == nil {
		out.Normals, err = l.vertexNormals(&e, len(out.Positions))
	}
	if err != nil {
		l.warn("the normals of mesh %q cannot be read, so that its faces count as flat (%v)", out.Name, err)
		return
	}
	l.directions[i] = out.Normals
}

// vertexNormals returns e's elements, one a vertex.
func (l *loader) vertexNormals(e *elements, vertices int) ([][3]float32, error) {
	if e.width != 3 || e.count != vertices {
		return nil, fmt.Errorf("%d elements of %d numbers for %d vertices of 3", e.count, e.width, vertices)
	}
	if err := l.budget.charge(vertices, 12, "normals"); err != nil {
		return nil, err
	}
	out := make([][3]float32, vertices)
	var v [3]float64
	set := func(i int, e *elements, k int) {
		e.read(k, v[:])
		out[i] = [3]float32{float32(v[0]), float32(v[1]), float32(v[2])}
	}
	for i := range out {
		set(i, e, i)
	}
	if e.sparse != nil {
		for k, i := range e.sparse.index {
			set(int(i), &e.sparse.values, k)
		}
	}
	return out, nil
}
