package gltfscene

import (
	"math"
	"strings"
	"testing"
)

// Whatever does not fit together is refused by a sentence that names the
// piece.
func TestRefuses(t *testing.T) {
	card := func(attributes, more obj) func(b *builder) {
		return func(b *builder) { b.node(at5(b.card(attributes, more))) }
	}
	accessor := func(a obj) func(b *builder) {
		return func(b *builder) {
			a["bufferView"] = b.view(make([]byte, 48), nil)
			b.node(at5(b.card(obj{"POSITION": b.add("accessors", a)}, nil)))
		}
	}
	node := func(n obj) func(b *builder) {
		return func(b *builder) {
			b.card(nil, nil)
			b.node(n)
		}
	}
	animated := func(interpolation string, times, values []float64, kind string) func(b *builder) {
		return func(b *builder) {
			b.node(at5(b.card(nil, nil)))
			b.animate(obj{"node": 0, "path": "translation"}, interpolation, b.data("SCALAR", times, nil), b.data(kind, values, nil))
		}
	}
	for _, tc := range []struct {
		name  string
		build func(b *builder)
		says  string
	}{
		{"a matrix of three numbers", node(obj{"matrix": []float64{1, 2, 3}}), "its matrix has 3 numbers"},
		{"a rotation of three numbers", node(obj{"rotation": []float64{1, 2, 3}}), "its rotation has 3 numbers"},
		{"a node that is its own child", node(obj{"children": []int{0}}), "own ancestors"},
		{"a child that is not there", node(obj{"children": []int{7}}), "there is no node 7"},
		{"a mesh that is not there", node(obj{"mesh": 7}), "there is no mesh 7"},
		{"a negative mesh", node(obj{"mesh": -1}), "there is no mesh -1"},
		{"a camera that is not there", node(obj{"camera": 7}), "there is no camera 7"},
		{"a skin that is not there", node(obj{"mesh": 0, "skin": 7}), "there is no skin 7"},
		{"two parents", func(b *builder) {
			b.node(obj{"children": []int{2}})
			b.node(obj{"children": []int{2}})
			b.node(obj{})
		}, "node 2 is a child of both node 0 and node 1"},
		{"a scene that is not there", func(b *builder) {
			twoScenes(b)
			b.doc["scene"] = 2
		}, "there is no scene 2"},

		{"a primitive mode", card(nil, obj{"mode": 7}), "there is no primitive mode 7"},
		{"an index too large", func(b *builder) {
			b.node(at5(b.card(nil, obj{"indices": b.data("SCALAR", []uint8{0, 1, 4}, nil)})))
		}, `mesh 0 "card": primitive 0: index 2 is 4, but there are only 4`},
		{"indices with a fraction", func(b *builder) {
			b.node(at5(b.card(nil, obj{"indices": b.data("SCALAR", []float64{0, 1, 2}, nil)})))
		}, "not whole numbers"},
		{"positions of two numbers", func(b *builder) {
			b.node(at5(b.card(obj{"POSITION": b.data("VEC2", []float64{1, 2, 3, 4}, nil)}, nil)))
		}, "POSITION has 2 numbers"},
		{"a component type", accessor(obj{"componentType": 5124, "type": "VEC3", "count": 4}), "there is no component type 5124"},
		{"no component type", accessor(obj{"type": "VEC3", "count": 4}), "there is no component type 0"},
		{"an element type", accessor(obj{"componentType": 5126, "type": "VEC7", "count": 4}), `type "VEC7"`},
		{"a count of less than nothing", accessor(obj{"componentType": 5126, "type": "VEC3", "count": -4}), "a count of -4"},
		{"more elements than bytes", accessor(obj{"componentType": 5126, "type": "VEC3", "count": 5}), "do not fit the 48 bytes"},
		{"a count that overflows", accessor(obj{"componentType": 5126, "type": "VEC3", "count": math.MaxInt64}), "do not fit the 48 bytes"},
		{"an offset behind the end", accessor(obj{"componentType": 5126, "type": "VEC3", "count": 1, "byteOffset": 49}), "starts at byte 49 of 48"},
		{"a negative offset", accessor(obj{"componentType": 5126, "type": "VEC3", "count": 1, "byteOffset": -1}), "starts at byte -1"},
		{"more sparse values than elements", accessor(obj{"componentType": 5126, "type": "VEC3", "count": 4, "sparse": obj{"count": 5}}), "5 sparse values for 4"},
		{"sparse indices with a fraction", accessor(obj{"componentType": 5126, "type": "VEC3", "count": 4, "sparse": obj{"count": 1, "indices": obj{"bufferView": 0, "componentType": 5126}}}), "sparse indices of component type 5126"},
		{"a sparse index too large", func(b *builder) {
			b.node(at5(b.card(obj{"POSITION": b.data("VEC3", cardXY, obj{"sparse": obj{"count": 1,
				"indices": obj{"bufferView": b.view([]byte{4}, nil), "componentType": uint8Type},
				"values":  obj{"bufferView": b.view(make([]byte, 12), nil)}}})}, nil)))
		}, "index 0 is 4"},
		{"a stride shorter than an element", func(b *builder) {
			p := b.add("accessors", obj{"bufferView": b.view(make([]byte, 48), obj{"byteStride": 8}), "componentType": float32Type, "type": "VEC3", "count": 4})
			b.node(at5(b.card(obj{"POSITION": p}, nil)))
		}, "a stride of 8 bytes is less than"},
		{"a stride of megabytes", func(b *builder) {
			p := b.add("accessors", obj{"bufferView": b.view(make([]byte, 48), obj{"byteStride": 1 << 62}), "componentType": float32Type, "type": "VEC3", "count": 4})
			b.node(at5(b.card(obj{"POSITION": p}, nil)))
		}, "do not fit"},
		{"a view that overflows", func(b *builder) {
			p := b.add("accessors", obj{"bufferView": b.view(nil, obj{"byteOffset": math.MaxInt64, "byteLength": math.MaxInt64}), "componentType": float32Type, "type": "VEC3", "count": 4})
			b.node(at5(b.card(obj{"POSITION": p}, nil)))
		}, "do not fit"},
		{"a morph target of another size", func(b *builder) {
			b.node(at5(b.morphed(b.data("VEC3", cardXY[:9], nil))))
		}, "morph target 0: 3 elements"},

		{"a joint that the skin has not", func(b *builder) {
			b.node(obj{"mesh": b.skinned([]uint8{0, 3, 0, 0}, []float64{1, 1, 0, 0}), "skin": 0})
			b.add("skins", obj{"joints": []int{0}})
		}, "a vertex follows joint 3, but skin 0 has 1"},
		{"joints without weights", card(obj{"JOINTS_0": 0}, nil), "joints or weights, but not both"},
		{"a joint that is no node", func(b *builder) {
			b.node(obj{"mesh": b.skinned([]uint8{0, 0, 0, 0}, []float64{1, 0, 0, 0}), "skin": 0})
			b.add("skins", obj{"joints": []int{5}})
		}, "there is no node 5"},
		{"too few bind matrices", func(b *builder) {
			b.node(obj{"mesh": b.skinned([]uint8{0, 0, 0, 0}, []float64{1, 0, 0, 0}), "skin": 0})
			b.add("skins", obj{"joints": []int{0, 0}, "inverseBindMatrices": b.data("MAT4", make([]float64, 16), nil)})
		}, "inverse bind matrices: 1 elements"},

		{"key times that go back", animated("LINEAR", []float64{1, 0}, make([]float64, 6), "VEC3"), "key 1 at 0 s comes after one at 1 s"},
		{"a key time that is no number", animated("LINEAR", []float64{0, math.NaN()}, make([]float64, 6), "VEC3"), "the time of key 1 is NaN"},
		{"too few values", animated("LINEAR", []float64{0, 1}, make([]float64, 3), "VEC3"), "1 values of 3 numbers for 2 keys"},
		{"too few values of a cubic spline", animated("CUBICSPLINE", []float64{0, 1}, make([]float64, 6), "VEC3"), "2 values of 3 numbers for 2 keys of 3"},
		{"values of another kind", animated("LINEAR", []float64{0}, make([]float64, 4), "VEC4"), "1 values of 4 numbers"},
		{"an interpolation", animated("BEZIER", []float64{0}, make([]float64, 3), "VEC3"), `no interpolation "BEZIER"`},
		{"an animated node that is not there", func(b *builder) {
			b.animate(obj{"node": 3, "path": "translation"}, "LINEAR", b.data("SCALAR", []float64{0}, nil), b.data("VEC3", make([]float64, 3), nil))
		}, "there is no node 3"},

		{"instances of different numbers", func(b *builder) {
			n := at5(b.card(nil, nil))
			n["extensions"] = obj{extGPUInstancing: obj{"attributes": obj{
				"TRANSLATION": b.data("VEC3", make([]float64, 6), nil), "SCALE": b.data("VEC3", make([]float64, 9), nil)}}}
			b.node(n)
		}, "SCALE is for 3 instances, another attribute for 2"},
		{"Draco data that is none", func(b *builder) {
			dracoed("00")(b)
		}, extDraco},
		{"a Draco attribute that is not there", func(b *builder) {
			dracoed("445241434f02020100000002040100010200020301010009030000020001010003030130011003003482880400000000ff070000000080bf000080bf00000000000000400b")(b)
			b.doc["meshes"].([]any)[0].(obj)["primitives"].([]obj)[0]["extensions"].(obj)[extDraco].(obj)["attributes"] = obj{"POSITION": 9}
		}, "attribute 9"},
		{"a Draco mesh of another size than its accessor's", func(b *builder) {
			dracoed("445241434f02020100000002040100010200020301010009030000020001010003030130011003003482880400000000ff070000000080bf000080bf00000000000000400b")(b)
			b.doc["accessors"].([]any)[0].(obj)["count"] = 5
		}, "4 elements of 3 numbers come out, accessor 0 says 5"},
		{"meshopt data that is none", func(b *builder) {
			meshopted(extMeshopt)(b)
			b.bin[0] = 0
		}, extMeshopt},
		{"an unknown meshopt mode", func(b *builder) {
			meshopted(extMeshopt)(b)
			b.doc["bufferViews"].([]any)[1].(obj)["extensions"].(obj)[extMeshopt].(obj)["mode"] = "SPLATS"
		}, "SPLATS"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBuilder()
			tc.build(b)
			_, err := loadBytes("a.glb", b.glb())
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want a sentence with %q", err, tc.says)
			}
		})
	}
}
