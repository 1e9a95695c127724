package gltfscene

import (
	"reflect"
	"strings"
	"testing"
)

// Normals come as floats or as whole numbers, once for all primitives that share
// them; broken ones are left out with a warning, and depth is read all the same.
func TestNormals(t *testing.T) {
	good := [][3]float32{{0, 0, 1}, {0, 0.5, 1}, {1, 0, 0}, {0, 0, -1}}
	floats := []float64{0, 0, 1, 0, 0.5, 1, 1, 0, 0, 0, 0, -1}
	for name, c := range map[string]struct {
		build   func(b *builder) int
		want    [][3]float32
		morph   [][3]float32
		warning string
	}{
		"floats": {build: func(b *builder) int { return b.card(obj{"NORMAL": b.data("VEC3", floats, nil)}, nil) }, want: good},
		"bytes": {build: func(b *builder) int {
			return b.card(obj{"NORMAL": b.data("VEC3", []int8{0, 0, 127, 0, 127, 0, 127, 0, 0, 0, 0, -127}, obj{"normalized": true})}, nil)
		}, want: [][3]float32{{0, 0, 1}, {0, 1, 0}, {1, 0, 0}, {0, 0, -1}}},
		"none": {build: func(b *builder) int { return b.card(nil, nil) }},
		"too few": {build: func(b *builder) int { return b.card(obj{"NORMAL": b.data("VEC3", floats[:9], nil)}, nil) },
			warning: "cannot be read, so that its faces count as flat"},
		"missing": {build: func(b *builder) int { return b.card(obj{"NORMAL": 99}, nil) }, warning: "cannot be read"},
		"morphed": {build: func(b *builder) int {
			target := obj{"POSITION": b.data("VEC3", lift(1), nil), "NORMAL": b.data("VEC3", floats, nil)}
			return b.card(obj{"NORMAL": b.data("VEC3", floats, nil)}, obj{"targets": []any{target}})
		}, want: good, morph: good},
	} {
		b := newBuilder()
		b.node(at5(c.build(b)))
		s, err := loadBytes("a.glb", b.glb())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		p := &s.Primitives[0]
		if !reflect.DeepEqual(p.Normals, c.want) {
			t.Errorf("%s: normals %v", name, p.Normals)
		}
		if c.morph != nil && !reflect.DeepEqual(p.Targets[0].Normals, c.morph) {
			t.Errorf("%s: the target's normals %v", name, p.Targets[0].Normals)
		}
		if all := strings.Join(s.Warnings, "\n"); c.warning == "" && all != "" || !strings.Contains(all, c.warning) {
			t.Errorf("%s: warnings %q", name, all)
		}
	}
}
