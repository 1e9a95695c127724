package gltfscene

import (
	"errors"
	"fmt"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/scene"
)

// glTF's primitive modes that have an area.
const (
	modeTriangles     = 4
	modeTriangleStrip = 5
	modeTriangleFan   = 6
)

// primitive is a scene.Primitive with what its instances need to be checked.
type primitive struct {
	index    int // in Scene.Primitives, -1 where there is nothing to hit
	maxJoint int // the highest joint that has weight, -1 for none
}

// buildInstances makes Scene.Instances and the primitives they stand for, in
// the file's order of nodes.
func (l *loader) buildInstances() error {
	n := 0
	for i, node := range l.doc.Nodes {
		if node.Mesh == nil || !l.inScene[i] {
			continue
		}
		m, err := at(l.doc.Meshes, *node.Mesh, "mesh")
		if err != nil {
			return fmt.Errorf("node %d %q: %w", i, node.Name, err)
		}
		l.meshNodes[*node.Mesh] = append(l.meshNodes[*node.Mesh], i)
		for range m.Primitives {
			count, err := l.instanceCount(node)
			if err == nil {
				err = l.budget.charge(count, instanceBytes, plural(count, "instance"))
			}
			if err != nil {
				return fmt.Errorf("node %d %q: %w", i, node.Name, err)
			}
			n += count
		}
	}
	l.out.Instances = make([]scene.Instance, 0, n)
	for i, n := range l.doc.Nodes {
		if n.Mesh == nil || !l.inScene[i] {
			continue
		}
		if err := l.ctx.Err(); err != nil {
			return err
		}
		if err := l.buildInstance(i); err != nil {
			return fmt.Errorf("node %d %q: %w", i, n.Name, err)
		}
	}
	return nil
}

func (l *loader) buildInstance(i int) error {
	n := l.doc.Nodes[i]
	m := l.doc.Meshes[*n.Mesh]
	places, err := l.instancing(n)
	if err != nil {
		return err
	}
	targets := 0
	for k := range m.Primitives {
		p, err := l.primitive(*n.Mesh, k)
		if err != nil {
			return fmt.Errorf("mesh %d %q: primitive %d: %w", *n.Mesh, m.Name, k, err)
		}
		if p.index < 0 {
			continue
		}
		prim := &l.out.Primitives[p.index]
		targets = max(targets, len(prim.Targets))
		in := scene.Instance{Primitive: p.index, Node: l.nodeOf[i], Skin: -1, FromObject: mgl64.Ident4()}
		if n.Skin != nil && prim.Influences > 0 {
			in.Skin = *n.Skin
			if joints := len(l.out.Skins[in.Skin].Joints); p.maxJoint >= joints {
				return fmt.Errorf("mesh %d %q: primitive %d: a vertex follows joint %d, but skin %d has %d", *n.Mesh, m.Name, k, p.maxJoint, in.Skin, joints)
			}
		}
		for _, in.FromObject = range places {
			l.out.Instances = append(l.out.Instances, in)
		}
		if in.Skin >= 0 || len(prim.Targets) > 0 {
			// Where a pose keeps the deformed positions.
			if err := l.budget.charge(len(prim.Positions), 24, "a deforming mesh"); err != nil {
				return err
			}
		}
	}
	return l.setWeights(i, m, targets)
}

// instanceBytes is what an instance takes in a scene and in a pose.
const instanceBytes = 160 + 128 + 24 + 8

// setWeights gives a node its mesh's morph weights where it has none.
func (l *loader) setWeights(i int, m *mesh, targets int) error {
	if targets == 0 {
		return nil
	}
	if err := l.budget.charge(targets, 16, "morph weights"); err != nil {
		return err
	}
	weights := make([]float64, targets)
	copy(weights, m.Weights)
	if own := l.doc.Nodes[i].Weights; len(own) > 0 {
		clear(weights)
		copy(weights, own)
	}
	l.out.Nodes[l.nodeOf[i]].Weights = weights
	return nil
}

// primitive returns primitive k of mesh m, made on first use.
func (l *loader) primitive(m, k int) (*primitive, error) {
	key := [2]int{m, k}
	if p, ok := l.primitives[key]; ok {
		return p, nil
	}
	p, err := l.buildPrimitive(m, k)
	if err != nil {
		return nil, err
	}
	l.primitives[key] = p
	return p, nil
}

func (l *loader) buildPrimitive(m, k int) (*primitive, error) {
	p := &primitive{index: -1, maxJoint: -1}
	src, err := at(l.doc.Meshes[m].Primitives, k, "primitive")
	if err != nil {
		return nil, err
	}
	mode := modeTriangles
	if src.Mode != nil {
		mode = *src.Mode
	}
	if mode >= 0 && mode < modeTriangles {
		l.points++
		return p, nil
	}
	if mode < 0 || mode > modeTriangleFan {
		return nil, fmt.Errorf("there is no primitive mode %d", mode)
	}
	g, err := l.geometry(src)
	if err != nil {
		return nil, err
	}
	if _, ok := src.Attributes["POSITION"]; !ok && !g.has("POSITION") {
		l.warn("mesh %q has a primitive without positions, which shows nothing", l.doc.Meshes[m].Name)
		return p, nil
	}
	out := scene.Primitive{Name: l.doc.Meshes[m].Name, Mesh: m, Material: -1}
	if err := l.positions(g, &out); err != nil {
		return nil, err
	}
	if out.Indices, err = l.triangles(g, mode, len(out.Positions)); err != nil {
		return nil, err
	}
	if len(out.Indices) == 0 {
		return p, nil
	}
	l.normals(g, &out)
	if err := l.targets(g, &out); err != nil {
		return nil, err
	}
	if p.maxJoint, err = l.influences(g, &out); err != nil {
		return nil, err
	}
	if err := l.surface(g, &out); err != nil {
		return nil, err
	}
	p.index = len(l.out.Primitives)
	l.out.Primitives = append(l.out.Primitives, out)
	return p, nil
}

// geometry is a primitive's attributes and indices, wherever they come from.
type geometry struct {
	*meshPrimitive
	// Of a compressed primitive:
	decoded map[string]elements
	faces   []uint32
}

func (g *geometry) has(name string) bool {
	_, ok := g.decoded[name]
	return ok
}

// attribute returns a primitive's attribute; ok is false where it has none.
func (l *loader) attribute(g *geometry, name string) (e elements, ok bool, err error) {
	i, named := g.Attributes[name]
	if e, ok = g.decoded[name]; ok {
		if named {
			a, err := at(l.doc.Accessors, i, "accessor")
			if err == nil {
				err = wrapAccessor(i, l.overlay(&e, a))
			}
			if err != nil {
				return e, true, fmt.Errorf("%s: %w", name, err)
			}
		}
		return e, true, nil
	}
	if !named {
		return e, false, nil
	}
	if e, err = l.elements(i); err != nil {
		return e, true, fmt.Errorf("%s: %w", name, err)
	}
	return e, true, nil
}

func (l *loader) positions(g *geometry, out *scene.Primitive) error {
	e, _, err := l.attribute(g, "POSITION")
	if err != nil {
		return err
	}
	if e.width != 3 {
		return fmt.Errorf("POSITION has %d numbers a vertex; it should have 3", e.width)
	}
	// Primitives often share their vertices.
	i, named := g.Attributes["POSITION"]
	named = named && !g.has("POSITION")
	if shared, ok := l.vectors[i]; ok && named {
		out.Positions = shared
		return nil
	}
	if out.Positions, err = l.vec3s(&e); err != nil {
		return err
	}
	if named {
		l.vectors[i] = out.Positions
	}
	if n := countBroken(out.Positions); n > 0 {
		l.warn("%d of the %d vertices of mesh %q are not finite: their triangles are left out", n, len(out.Positions), out.Name)
	}
	return nil
}

// countBroken returns how many points have a coordinate that is not finite.
func countBroken(points []mgl64.Vec3) (n int) {
	for i := range points {
		// 0 times anything finite is 0, else NaN.
		if p := &points[i]; 0*(p[0]+p[1]+p[2]) != 0 {
			n++
		}
	}
	return n
}

// triangles returns three indices a triangle: glTF 2.0, section 3.7.2.1.
func (l *loader) triangles(g *geometry, mode, vertices int) ([]uint32, error) {
	var list []uint32
	var err error
	switch {
	case g.faces != nil:
		return g.faces, checkIndices(g.faces, vertices)
	case g.Indices != nil:
		var e elements
		if e, err = l.elements(*g.Indices); err != nil {
			break
		}
		if e.width != 1 || !isIndexType(e.component) {
			return nil, errors.New("its indices are not whole numbers without a sign")
		}
		list, err = l.readIndices(e, vertices)
	default:
		if int64(vertices) > 1<<32 {
			return nil, fmt.Errorf("%d vertices are too many", vertices)
		}
		if err = l.budget.charge(vertices, 4, "its triangles"); err != nil {
			break
		}
		list = make([]uint32, vertices)
		for i := range list {
			list[i] = uint32(i)
		}
	}
	if err != nil {
		return nil, err
	}
	if mode == modeTriangles {
		if len(list)%3 != 0 {
			l.leftovers++
		}
		return list[:len(list)/3*3], nil
	}
	if len(list) < 3 {
		return nil, nil
	}
	n := len(list) - 2
	if err := l.budget.charge(n, 12, "its triangles"); err != nil {
		return nil, err
	}
	out := make([]uint32, 0, 3*n)
	for i := 0; i < n; i++ {
		if mode == modeTriangleStrip {
			// Every second triangle is turned round, so that all face one way.
			out = append(out, list[i], list[i+1+i%2], list[i+2-i%2])
		} else {
			out = append(out, list[i+1], list[i+2], list[0])
		}
	}
	return out, nil
}

// targets reads the morph targets' displacements. A target that is nothing but
// sparse values stays so.
func (l *loader) targets(g *geometry, out *scene.Primitive) error {
	if err := l.budget.charge(len(g.Targets), 48, "its morph targets"); err != nil {
		return err
	}
	for k, attributes := range g.Targets {
		var t scene.MorphTarget
		if n, ok := attributes["NORMAL"]; ok && out.Normals != nil {
			e, err := l.elements(n)
			if err == nil {
				t.Normals, err = l.vertexNormals(&e, len(out.Positions))
			}
			if err != nil {
				l.warn("morph target %d of mesh %q: its normals cannot be read and stay as they are (%v)", k, out.Name, err)
			}
		}
		i, ok := attributes["POSITION"]
		if !ok {
			t.Vertex = []uint32{}
			out.Targets = append(out.Targets, t)
			continue
		}
		e, err := l.elements(i)
		if err != nil {
			return fmt.Errorf("morph target %d: %w", k, err)
		}
		if e.width != 3 || e.count != len(out.Positions) {
			return fmt.Errorf("morph target %d: %d elements of %d numbers for %d vertices of 3", k, e.count, e.width, len(out.Positions))
		}
		if e.data == nil {
			t.Vertex = []uint32{}
			if e.sparse != nil {
				t.Vertex, e = e.sparse.index, e.sparse.values
			} else {
				e.count = 0
			}
		}
		if t.Delta, err = l.vec3s(&e); err != nil {
			return fmt.Errorf("morph target %d: %w", k, err)
		}
		out.Targets = append(out.Targets, t)
	}
	return nil
}

// influences reads all joint sets of a primitive and divides each vertex's
// weights by their sum. It returns the highest joint that has weight.
func (l *loader) influences(g *geometry, out *scene.Primitive) (maxJoint int, err error) {
	maxJoint = -1
	var sets [][2]elements
	for k := 0; ; k++ {
		joints, ok, err := l.attribute(g, fmt.Sprintf("JOINTS_%d", k))
		if err != nil {
			return -1, err
		}
		weights, also, err := l.attribute(g, fmt.Sprintf("WEIGHTS_%d", k))
		if err != nil {
			return -1, err
		}
		if ok != also {
			return -1, fmt.Errorf("joint set %d has joints or weights, but not both", k)
		}
		if !ok {
			break
		}
		if joints.width != 4 || weights.width != 4 || joints.count != len(out.Positions) || weights.count != len(out.Positions) {
			return -1, fmt.Errorf("joint set %d: %d joints and %d weights for %d vertices", k, joints.count, weights.count, len(out.Positions))
		}
		if joints.component == float32Type || weights.component == int8Type || weights.component == int16Type {
			return -1, fmt.Errorf("joint set %d has numbers of a wrong type", k)
		}
		joints.normalized = false
		sets = append(sets, [2]elements{joints, weights})
	}
	if len(sets) == 0 {
		return -1, nil
	}
	n := 4 * len(sets)
	vertices := len(out.Positions)
	if err := l.budget.charge(vertices, n*(2+8), "its joint weights"); err != nil {
		return -1, err
	}
	out.Influences = n
	out.Joints, out.Weights = make([]uint16, n*vertices), make([]float64, n*vertices)
	for s := range sets {
		joints, err := l.floats(&sets[s][0], 4)
		if err != nil {
			return -1, err
		}
		weights, err := l.floats(&sets[s][1], 4)
		if err != nil {
			return -1, err
		}
		for v := range vertices {
			for c := range 4 {
				out.Weights[v*n+4*s+c] = weights[4*v+c]
				out.Joints[v*n+4*s+c] = uint16(min(max(joints[4*v+c], 0), 65535))
			}
		}
		l.budget.release(len(joints)+len(weights), 8)
	}
	for v := range vertices {
		normalizeWeights(out.Weights[v*n : (v+1)*n])
		for i := v * n; i < (v+1)*n; i++ {
			if out.Weights[i] == 0 {
				out.Joints[i] = 0
			}
			maxJoint = max(maxJoint, int(out.Joints[i]))
		}
	}
	return maxJoint, nil
}

// normalizeWeights divides a vertex's weights by their sum. A vertex without
// weights follows its first joint.
func normalizeWeights(w []float64) {
	sum := 0.0
	for _, x := range w {
		sum += x
	}
	if sum == 0 {
		clear(w)
		w[0] = 1
		return
	}
	for i := range w {
		w[i] /= sum
	}
}
