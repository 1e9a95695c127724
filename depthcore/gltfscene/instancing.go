package gltfscene

import (
	"fmt"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/scene"
)

// placing are the attributes of EXT_mesh_gpu_instancing that place instances.
var placing = [...]struct {
	name  string
	width int
}{{"TRANSLATION", 3}, {"ROTATION", 4}, {"SCALE", 3}}

// instanceAttributes returns a node's EXT_mesh_gpu_instancing, nil without.
func instanceAttributes(n *node) (map[string]int, error) {
	var ext struct{ Attributes map[string]int }
	_, err := n.Extensions.get(extGPUInstancing, &ext)
	return ext.Attributes, err
}

// instanceCount returns how often a node shows its mesh.
func (l *loader) instanceCount(n *node) (int, error) {
	attributes, err := instanceAttributes(n)
	if err != nil {
		return 0, err
	}
	for _, p := range placing {
		if i, ok := attributes[p.name]; ok {
			e, _, err := l.layout(i)
			return e.count, err
		}
	}
	return 1, nil
}

// instancing returns where a node's mesh stands in the node's space: once at
// its origin, or as EXT_mesh_gpu_instancing says.
func (l *loader) instancing(n *node) ([]mgl64.Mat4, error) {
	attributes, err := instanceAttributes(n)
	if err != nil {
		return nil, err
	}
	places, err := l.instances(attributes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", extGPUInstancing, err)
	}
	return places, nil
}

func (l *loader) instances(attributes map[string]int) ([]mgl64.Mat4, error) {
	count := -1
	lists := map[string][]float64{}
	for _, want := range placing {
		i, ok := attributes[want.name]
		if !ok {
			continue
		}
		e, err := l.elements(i)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", want.name, err)
		}
		if e.width != want.width {
			return nil, fmt.Errorf("%s has %d numbers an instance; it should have %d", want.name, e.width, want.width)
		}
		if count >= 0 && e.count != count {
			return nil, fmt.Errorf("%s is for %d instances, another attribute for %d", want.name, e.count, count)
		}
		count = e.count
		if lists[want.name], err = l.floats(&e, want.width); err != nil {
			return nil, err
		}
		defer l.budget.release(e.count, 8*want.width)
	}
	if count < 0 {
		// Attributes of other names do not place anything: one count is as good as another.
		return []mgl64.Mat4{mgl64.Ident4()}, nil
	}
	if err := l.budget.charge(count, 128, plural(count, "instance")); err != nil {
		return nil, err
	}
	defer l.budget.release(count, 128)
	places := make([]mgl64.Mat4, count)
	for k := range places {
		t, r, s := mgl64.Vec3{}, mgl64.QuatIdent(), mgl64.Vec3{1, 1, 1}
		if v := lists["TRANSLATION"]; v != nil {
			t = mgl64.Vec3(v[3*k : 3*k+3])
		}
		if v := lists["ROTATION"]; v != nil {
			r = scene.Normalize(mgl64.Quat{V: mgl64.Vec3(v[4*k : 4*k+3]), W: v[4*k+3]})
		}
		if v := lists["SCALE"]; v != nil {
			s = mgl64.Vec3(v[3*k : 3*k+3])
		}
		places[k] = scene.TRS(t, r, s)
	}
	return places, nil
}
