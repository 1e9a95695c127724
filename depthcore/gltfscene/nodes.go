package gltfscene

import (
	"errors"
	"fmt"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/scene"
)

// buildNodes makes Scene.Nodes of all nodes of the file, parents before
// children, and marks those that belong to the scene. The others may still be
// joints of a skin.
func (l *loader) buildNodes() error {
	nodes := l.doc.Nodes
	parents, err := l.parents()
	if err != nil {
		return err
	}
	order, err := parentsFirst(nodes, parents)
	if err != nil {
		return err
	}
	l.nodeOf = make([]int, len(nodes))
	l.out.Nodes = make([]scene.Node, len(nodes))
	for k, i := range order {
		l.nodeOf[i] = k
		n, err := l.node(nodes[i])
		if err != nil {
			return fmt.Errorf("node %d %q: %w", i, nodes[i].Name, err)
		}
		if n.Parent = -1; parents[i] >= 0 {
			n.Parent = l.nodeOf[parents[i]]
		}
		l.out.Nodes[k] = n
	}
	return l.markScene(parents)
}

// parents returns each node's parent, -1 for roots.
func (l *loader) parents() ([]int, error) {
	nodes := l.doc.Nodes
	parents := make([]int, len(nodes))
	for i := range parents {
		parents[i] = -1
	}
	for i, n := range nodes {
		if n == nil {
			return nil, fmt.Errorf("node %d is null", i)
		}
		for _, c := range n.Children {
			if _, err := at(nodes, c, "node"); err != nil {
				return nil, fmt.Errorf("a child of node %d: %w", i, err)
			}
			if parents[c] >= 0 && parents[c] != i {
				return nil, fmt.Errorf("node %d is a child of both node %d and node %d; glTF's nodes form trees", c, parents[c], i)
			}
			parents[c] = i
		}
	}
	return parents, nil
}

// parentsFirst returns the nodes' order: the file's own where that has parents
// before children, else tree by tree.
func parentsFirst(nodes []*node, parents []int) ([]int, error) {
	order, sorted := make([]int, 0, len(nodes)), true
	for i, p := range parents {
		order = append(order, i)
		sorted = sorted && p < i
	}
	if sorted {
		return order, nil
	}
	order = order[:0]
	for i, p := range parents {
		if p < 0 {
			order = append(order, i)
		}
	}
	// A node is met once, since it has one parent and no child is named twice.
	met := make([]bool, len(nodes))
	for k := 0; k < len(order); k++ {
		for _, c := range nodes[order[k]].Children {
			if !met[c] {
				met[c] = true
				order = append(order, c)
			}
		}
	}
	if len(order) < len(nodes) {
		return nil, errors.New("some nodes are their own ancestors; glTF's nodes form trees")
	}
	return order, nil
}

// node returns n without its parent.
func (l *loader) node(n *node) (scene.Node, error) {
	out := scene.Node{Name: n.Name, Rotation: mgl64.QuatIdent(), Scale: mgl64.Vec3{1, 1, 1}, Matrix: mgl64.Ident4()}
	for _, f := range []struct {
		name string
		have []float64
		want int
	}{{"matrix", n.Matrix, 16}, {"translation", n.Translation, 3}, {"rotation", n.Rotation, 4}, {"scale", n.Scale, 3}} {
		if len(f.have) != 0 && len(f.have) != f.want {
			return out, fmt.Errorf("its %s has %d numbers; it should have %d", f.name, len(f.have), f.want)
		}
	}
	if len(n.Matrix) > 0 {
		out.HasMatrix, out.Matrix = true, mgl64.Mat4(n.Matrix)
		if out.Matrix.Row(3) != (mgl64.Vec4{0, 0, 0, 1}) {
			l.warn("node %q has a matrix with a last row other than 0 0 0 1: that row is ignored, as glTF has only affine transforms", n.Name)
			out.Matrix.SetRow(3, mgl64.Vec4{0, 0, 0, 1})
		}
	}
	if len(n.Translation) > 0 {
		out.Translation = mgl64.Vec3(n.Translation)
	}
	if r := n.Rotation; len(r) > 0 {
		out.Rotation = scene.Normalize(mgl64.Quat{W: r[3], V: mgl64.Vec3(r[:3])})
	}
	if len(n.Scale) > 0 {
		out.Scale = mgl64.Vec3(n.Scale)
	}
	var visibility struct{ Visible *bool }
	if _, err := n.Extensions.get(extNodeVisibility, &visibility); err != nil {
		return out, err
	}
	out.Hidden = visibility.Visible != nil && !*visibility.Visible
	return out, nil
}

// markScene marks the nodes of the file's scene: the one it names, else the
// first, else all.
func (l *loader) markScene(parents []int) error {
	l.inScene = make([]bool, len(parents))
	which := 0
	if l.doc.Scene != nil {
		which = *l.doc.Scene
	}
	if len(l.doc.Scenes) == 0 {
		for i := range l.inScene {
			l.inScene[i] = true
		}
		return nil
	}
	s, err := at(l.doc.Scenes, which, "scene")
	if err != nil {
		return err
	}
	var todo []int
	for _, root := range s.Nodes {
		if _, err := at(l.doc.Nodes, root, "node"); err != nil {
			return fmt.Errorf("scene %d: %w", which, err)
		}
		todo = append(todo, root)
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !l.inScene[i] {
			l.inScene[i] = true
			todo = append(todo, l.doc.Nodes[i].Children...)
		}
	}
	if n := len(l.doc.Scenes); n > 1 {
		l.warn("the file has %d scenes; only scene %d %q is shown", n, which, s.Name)
	}
	return nil
}

// buildSkins makes Scene.Skins of the skins that a node of the scene uses;
// those of others are left empty.
func (l *loader) buildSkins() error {
	used := map[int]bool{}
	for i, n := range l.doc.Nodes {
		if l.inScene[i] && n.Skin != nil && n.Mesh != nil {
			used[*n.Skin] = true
		}
	}
	l.out.Skins = make([]scene.Skin, len(l.doc.Skins))
	for k := range used {
		if _, err := at(l.doc.Skins, k, "skin"); err != nil {
			return err
		}
	}
	for k := range l.doc.Skins {
		if !used[k] {
			continue
		}
		if err := l.buildSkin(k); err != nil {
			return fmt.Errorf("skin %d %q: %w", k, l.doc.Skins[k].Name, err)
		}
	}
	return nil
}

func (l *loader) buildSkin(k int) error {
	s := l.doc.Skins[k]
	out := scene.Skin{Name: s.Name}
	for _, j := range s.Joints {
		if _, err := at(l.doc.Nodes, j, "node"); err != nil {
			return fmt.Errorf("a joint: %w", err)
		}
		out.Joints = append(out.Joints, l.nodeOf[j])
	}
	// Where a pose keeps the joints' matrices.
	if err := l.budget.charge(len(s.Joints), 2*128, "its joints"); err != nil {
		return err
	}
	out.InverseBind = make([]mgl64.Mat4, len(s.Joints))
	for j := range out.InverseBind {
		out.InverseBind[j] = mgl64.Ident4()
	}
	if s.InverseBindMatrices != nil {
		e, err := l.elements(*s.InverseBindMatrices)
		if err != nil {
			return fmt.Errorf("inverse bind matrices: %w", err)
		}
		if e.width != 16 || e.count < len(s.Joints) {
			return fmt.Errorf("inverse bind matrices: %d elements of %d numbers for %d joints of 16", e.count, e.width, len(s.Joints))
		}
		values, err := l.list(*s.InverseBindMatrices, &e)
		if err != nil {
			return fmt.Errorf("inverse bind matrices: %w", err)
		}
		for j := range out.InverseBind {
			m := mgl64.Mat4(values[16*j : 16*j+16])
			m.SetRow(3, mgl64.Vec4{0, 0, 0, 1})
			out.InverseBind[j] = m
		}
	}
	l.out.Skins[k] = out
	return nil
}

// buildCameras makes Scene.Cameras of the scene's nodes that have one, in the
// file's order of nodes.
func (l *loader) buildCameras() error {
	for i, n := range l.doc.Nodes {
		if n.Camera == nil || !l.inScene[i] {
			continue
		}
		c, err := at(l.doc.Cameras, *n.Camera, "camera")
		if err != nil {
			return fmt.Errorf("node %d %q: %w", i, n.Name, err)
		}
		out := scene.Camera{Name: n.Name, CameraName: c.Name, Node: l.nodeOf[i]}
		if out.Name == "" {
			out.Name = c.Name
		}
		switch {
		case c.Perspective != nil:
			p := c.Perspective
			out.YFov, out.Near = p.Yfov, p.Znear
			if p.AspectRatio != nil {
				out.Aspect = *p.AspectRatio
			}
			if p.Zfar != nil {
				out.Far = *p.Zfar
			}
		case c.Orthographic != nil:
			o := c.Orthographic
			out.Orthographic, out.XMag, out.YMag, out.Near, out.Far = true, o.Xmag, o.Ymag, o.Znear, o.Zfar
		default:
			l.warn("camera %q is neither perspective nor orthographic, so it is left out", out.Name)
			continue
		}
		l.camerasOf[*n.Camera] = append(l.camerasOf[*n.Camera], len(l.out.Cameras))
		l.out.Cameras = append(l.out.Cameras, out)
	}
	return nil
}
