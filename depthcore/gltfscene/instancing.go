package gltfscene

import (
	"fmt"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/scene"
)

// instancing returns where a node's mesh stands in the node's space: once at
// its origin, or as EXT_mesh_gpu_instancing says.
func (l *loader) instancing(n *node) ([]mgl64.Mat4, error) {
	var ext struct{ Attributes map[string]int }
	ok, err := n.Extensions.get(extGPUInstancing, &ext)
	if !ok || err != nil {
		return []mgl64.Mat4{mgl64.Ident4()}, err
	}
	places, err := l.instances(ext.Attributes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", extGPUInstancing, err)
	}
	return places, nil
}

func (l *loader) instances(attributes map[string]int) ([]mgl64.Mat4, error) {
	count := -1
	lists := map[string][]float64{}
	for _, want := range []struct {
		name  string
		width int
	}{{"TRANSLATION", 3}, {"ROTATION", 4}, {"SCALE", 3}} {
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
