package gltfscene

import (
	"context"
	"encoding/hex"
	"math"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/raycast"
)

// probe is a ray of a camera at the origin that looks along -z with a field of
// view of 90 degrees: it passes through (x, y, -1). z is what it should meet,
// 0 for nothing.
type probe struct {
	t, x, y, z float64
}

// feature is one line of the conformance table: a scene and what is seen of it.
type feature struct {
	name    string
	build   func(b *builder)
	probes  []probe
	options raycast.Options
	camera  bool   // look through the scene's first camera
	warning string // part of a warning that there must be; "" for none
}

// The card of two units is seen at z = 5, and not beside it.
var cardAt5 = []probe{{0, 0, 0, 5}, {0, 0.19, 0.19, 5}, {0, -0.19, 0.19, 5}, {0, 0.21, 0, 0}, {0, 0, -0.21, 0}}

func at5(mesh int) obj { return obj{"mesh": mesh, "translation": []float64{0, 0, -5}} }

func about(axis mgl64.Vec3, degrees float64) []float64 {
	q := mgl64.QuatRotate(mgl64.DegToRad(degrees), axis)
	return []float64{q.V[0], q.V[1], q.V[2], q.W}
}

var (
	xAxis, yAxis, zAxis = mgl64.Vec3{1, 0, 0}, mgl64.Vec3{0, 1, 0}, mgl64.Vec3{0, 0, 1}
)

var features = []feature{
	// Geometry.
	{name: "indices of 8 bits", probes: cardAt5, build: func(b *builder) {
		b.node(at5(b.card(nil, obj{"indices": b.data("SCALAR", []uint8{0, 1, 2, 0, 2, 3}, nil)})))
	}},
	{name: "indices of 16 bits", probes: cardAt5, build: func(b *builder) { b.node(at5(b.card(nil, nil))) }},
	{name: "indices of 32 bits", probes: cardAt5, build: func(b *builder) {
		b.node(at5(b.card(nil, obj{"indices": b.data("SCALAR", []uint32{0, 1, 2, 0, 2, 3}, nil)})))
	}},
	{name: "no indices", probes: []probe{{0, 0.1, -0.1, 5}, {0, -0.1, 0.1, 0}}, build: func(b *builder) {
		b.node(at5(b.mesh(obj{"attributes": obj{"POSITION": b.data("VEC3", cardXY[:9], nil)}})))
	}},
	{name: "triangle strip, all facing one way", probes: cardAt5, options: raycast.Options{CullBackFaces: true}, build: func(b *builder) {
		b.node(at5(b.card(nil, obj{"mode": 5, "indices": b.data("SCALAR", []uint8{0, 1, 3, 2}, nil)})))
	}},
	{name: "triangle strip from behind", probes: []probe{{0, 0.1, 0.1, 0}, {0, -0.1, -0.1, 0}}, options: raycast.Options{CullBackFaces: true}, build: func(b *builder) {
		b.node(at5(b.card(nil, obj{"mode": 5, "indices": b.data("SCALAR", []uint8{1, 0, 2, 3}, nil)})))
	}},
	{name: "triangle fan, all facing one way", probes: cardAt5, options: raycast.Options{CullBackFaces: true}, build: func(b *builder) {
		b.node(at5(b.card(nil, obj{"mode": 6, "indices": b.data("SCALAR", []uint8{0, 1, 2, 3}, nil)})))
	}},
	{name: "both sides are hit", probes: cardAt5, build: func(b *builder) {
		n := at5(b.card(nil, nil))
		n["rotation"] = about(yAxis, 180)
		b.node(n)
	}},
	{name: "points and lines are not hit", probes: []probe{{0, 0, 0, 0}}, warning: "1 primitive of points or lines", build: func(b *builder) {
		b.node(at5(b.card(nil, obj{"mode": 1})))
	}},
	{name: "an index too many", probes: []probe{{0, 0.1, -0.1, 5}, {0, -0.1, 0.1, 0}}, warning: "no multiple of three", build: func(b *builder) {
		b.node(at5(b.card(nil, obj{"indices": b.data("SCALAR", []uint8{0, 1, 2, 0}, nil)})))
	}},
	{name: "interleaved attributes", probes: cardAt5, build: func(b *builder) {
		var data []byte
		for v := range 4 {
			data = append(data, bytesOf([]float64{7, 7, 7}, cardXY[3*v:3*v+3])...)
		}
		view := b.view(data, obj{"byteStride": 24})
		p := b.add("accessors", obj{"bufferView": view, "byteOffset": 12, "componentType": float32Type, "type": "VEC3", "count": 4})
		b.node(at5(b.card(obj{"POSITION": p}, nil)))
	}},
	{name: "sparse accessor", probes: cardAt5, build: func(b *builder) {
		wrong := append([]float64{9, 9, 9}, cardXY[3:]...)
		b.node(at5(b.card(obj{"POSITION": b.data("VEC3", wrong, obj{"sparse": obj{
			"count": 1, "indices": obj{"bufferView": b.view([]byte{0}, nil), "componentType": uint8Type},
			"values": obj{"bufferView": b.view(bytesOf(cardXY[:3]), nil)},
		}})}, nil)))
	}},
	{name: "sparse accessor on nothing", probes: []probe{{0, 0.1, -0.1, 5}, {0, 0.19, -0.19, 5}, {0, -0.1, 0.1, 0}}, build: func(b *builder) {
		p := b.add("accessors", obj{"componentType": float32Type, "type": "VEC3", "count": 4, "sparse": obj{
			"count": 3, "indices": obj{"bufferView": b.view(bytesOf([]uint16{0, 1, 2}), nil), "componentType": uint16Type},
			"values": obj{"bufferView": b.view(bytesOf(cardXY[:9]), nil)},
		}})
		b.node(at5(b.card(obj{"POSITION": p}, obj{"indices": b.data("SCALAR", []uint8{0, 1, 2}, nil)})))
	}},
	{name: "a mesh and its copies", probes: []probe{{0, 0.5, 0, 2}, {0, -0.5, 0, 4}}, build: func(b *builder) {
		m := b.card(nil, nil)
		b.node(obj{"mesh": m, "translation": []float64{1, 0, -2}})
		b.node(obj{"mesh": m, "translation": []float64{-2, 0, -4}})
	}},
	{name: "several primitives", probes: []probe{{0, 0.1, -0.1, 5}, {0, -0.1, 0.1, 5}}, build: func(b *builder) {
		p := obj{"POSITION": b.data("VEC3", cardXY, nil)}
		b.node(at5(b.mesh(
			obj{"attributes": p, "indices": b.data("SCALAR", []uint8{0, 1, 2}, nil)},
			obj{"attributes": p, "indices": b.data("SCALAR", []uint8{0, 2, 3}, nil)})))
	}},
	{name: "NaN positions are dropped", probes: []probe{{0, 0.1, -0.1, 5}, {0, -0.1, 0.1, 0}}, warning: "1 of the 4 vertices", build: func(b *builder) {
		wrong := append(append([]float64{}, cardXY[:9]...), math.NaN(), 1, 0)
		b.node(at5(b.card(obj{"POSITION": b.data("VEC3", wrong, nil)}, nil)))
	}},

	// Quantised positions.
	{name: "int8 normalised", probes: append([]probe{{0, -0.2005, 0.19, 0}}, cardAt5...), build: quantized([]int8{-127, -127, 0, 0, 127, -127, 0, 0, 127, 127, 0, 0, -128, 127, 0, 0}, 4, true, 1)},
	{name: "uint8 normalised", probes: []probe{{0, 0.05, 0.05, 5}, {0, 0.21, 0.05, 0}, {0, -0.01, 0.05, 0}},
		build: quantized([]uint8{0, 0, 0, 0, 255, 0, 0, 0, 255, 255, 0, 0, 0, 255, 0, 0}, 4, true, 1)},
	{name: "int16 normalised", probes: cardAt5, build: quantized([]int16{-32767, -32767, 0, 0, 32767, -32767, 0, 0, 32767, 32767, 0, 0, -32768, 32767, 0, 0}, 8, true, 1)},
	{name: "int16 plain", probes: cardAt5, build: quantized([]int16{-500, -500, 0, 0, 500, -500, 0, 0, 500, 500, 0, 0, -500, 500, 0, 0}, 8, false, 1.0/500)},
	{name: "uint16 plain", probes: []probe{{0, 0.05, 0.05, 5}, {0, 0.21, 0.05, 0}, {0, -0.01, 0.05, 0}},
		build: quantized([]uint16{0, 0, 0, 0, 60000, 0, 0, 0, 60000, 60000, 0, 0, 0, 60000, 0, 0}, 8, false, 1.0/60000)},

	// Placement.
	{name: "a matrix", probes: []probe{{0, 0.35, 0, 5}, {0, 0, 0.15, 5}, {0, 0, 0.25, 0}}, build: func(b *builder) {
		b.node(obj{"mesh": b.card(nil, nil), "matrix": []float64{2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, -5, 1}})
	}},
	{name: "a matrix with a bottom row", probes: cardAt5, warning: "last row", build: func(b *builder) {
		b.node(obj{"mesh": b.card(nil, nil), "matrix": []float64{1, 0, 0, 0.5, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, -5, 2}})
	}},
	{name: "translation, rotation and scale", probes: []probe{{0, 0, 0, 5}, {0, 0.25, 0, 4}, {0, -0.25, 0, 6.0 + 2.0/3}}, build: func(b *builder) {
		// Turned by 45 degrees about y: z = -5 + x on the card.
		n := at5(b.card(nil, nil))
		n["rotation"], n["scale"] = about(yAxis, -45), []float64{3, 1, 1}
		b.node(n)
	}},
	{name: "negative scale turns no face", probes: cardAt5, options: raycast.Options{CullBackFaces: true}, build: func(b *builder) {
		n := at5(b.card(nil, nil))
		n["scale"] = []float64{-1, 1, 1}
		b.node(n)
	}},
	{name: "a sheared hierarchy", probes: []probe{
		// Turned by 45 degrees about z, then twice as wide: a rhombus.
		{0, 0.54, 0, 5}, {0, 0.58, 0, 0}, {0, 0, 0.27, 5}, {0, 0, 0.29, 0}, {0, 0.3, 0.12, 5}, {0, 0.3, 0.14, 0}},
		build: func(b *builder) {
			b.node(obj{"scale": []float64{2, 1, 1}, "translation": []float64{0, 0, -5}, "children": []int{1}})
			b.node(obj{"mesh": b.card(nil, nil), "rotation": about(zAxis, 45)})
		}},
	{name: "children before parents", probes: cardAt5, build: func(b *builder) {
		b.node(obj{"mesh": b.card(nil, nil), "translation": []float64{0, 0, -2}})
		b.node(obj{"children": []int{0}, "translation": []float64{0, 0, -3}})
	}},
	{name: "a deep hierarchy", probes: cardAt5, build: func(b *builder) {
		const depth = 500
		for k := range depth {
			b.node(obj{"children": []int{k + 1}, "translation": []float64{0, 0, -5.0 / depth}})
		}
		b.node(obj{"mesh": b.card(nil, nil)})
	}},
	{name: "far from the origin", camera: true, probes: []probe{{0, 0, 0, 10}, {0, 0.09, -0.09, 10}}, build: func(b *builder) {
		b.node(obj{"translation": []float64{1e6, 2e6, -3e6}, "children": []int{1, 2}})
		b.node(obj{"mesh": b.card(nil, nil), "translation": []float64{0, 0, -10}})
		b.node(obj{"camera": b.camera90()})
	}},
	{name: "a camera in a scaled and sheared rig", camera: true, probes: []probe{{0, 0, 0, 5}, {0, 0.19, 0.19, 5}}, build: func(b *builder) {
		b.node(at5(b.card(nil, nil)))
		b.node(obj{"scale": []float64{3, 3, 2}, "children": []int{2}})
		b.node(obj{"camera": b.camera90(), "scale": []float64{7, 7, 7}})
	}},
	{name: "an orthographic camera", camera: true, probes: []probe{{0, 0, 0, 5}, {0, 0.24, 0.49, 5}, {0, 0.26, 0, 0}, {0, 0, 0.51, 0}}, build: func(b *builder) {
		b.node(at5(b.card(nil, nil)))
		b.node(obj{"camera": b.add("cameras", obj{"type": "orthographic", "orthographic": obj{"xmag": 4, "ymag": 2, "znear": 0, "zfar": 1}})})
	}},
	{name: "an aspect ratio", camera: true, probes: []probe{{0, 0.09, 0.19, 5}, {0, 0.11, 0, 0}}, build: func(b *builder) {
		b.node(at5(b.card(nil, nil)))
		b.node(obj{"camera": b.add("cameras", obj{"type": "perspective", "perspective": obj{"yfov": math.Pi / 2, "znear": 100, "aspectRatio": 2}})})
	}},

	// Scenes.
	{name: "the scene that is named", probes: []probe{{0, 0, 0, 7}}, warning: "2 scenes", build: func(b *builder) {
		twoScenes(b)
		b.doc["scene"] = 1
	}},
	{name: "the first of several scenes", probes: []probe{{0, 0, 0, 5}}, warning: "2 scenes", build: twoScenes},
	{name: "no scenes: every root", probes: []probe{{0, 0, 0, 5}}, build: func(b *builder) {
		twoScenes(b)
		delete(b.doc, "scenes")
	}},

	// Animation.
	{name: "linear translation, held at both ends", probes: []probe{{0, 0, 0, 5}, {1, 0, 0, 5}, {2, 0, 0, 6}, {2.5, 0, 0, 6.5}, {9, 0, 0, 7}}, build: func(b *builder) {
		b.node(at5(b.card(nil, nil)))
		b.animate(obj{"node": 0, "path": "translation"}, "LINEAR", b.data("SCALAR", []float64{1, 3}, nil), b.data("VEC3", []float64{0, 0, -5, 0, 0, -7}, nil))
	}},
	{name: "step", probes: []probe{{0, 0, 0, 5}, {2.999, 0, 0, 5}, {3, 0, 0, 7}}, build: func(b *builder) {
		b.node(at5(b.card(nil, nil)))
		b.animate(obj{"node": 0, "path": "translation"}, "STEP", b.data("SCALAR", []float64{1, 3}, nil), b.data("VEC3", []float64{0, 0, -5, 0, 0, -7}, nil))
	}},
	{name: "cubic spline", probes: []probe{{0, 0, 0, 4}, {1.5, 0, 0, 4 + 3.375}, {2, 0, 0, 12}}, build: func(b *builder) {
		// z = -4 - t^3 on [0, 2].
		b.node(at5(b.card(nil, nil)))
		b.animate(obj{"node": 0, "path": "translation"}, "CUBICSPLINE", b.data("SCALAR", []float64{0, 2}, nil),
			b.data("VEC3", []float64{9, 9, 9, 0, 0, -4, 0, 0, 0, 0, 0, -12, 0, 0, -12, 9, 9, 9}, nil))
	}},
	{name: "slerp along the shorter arc", probes: []probe{{0, 0, 0.1, 5}, {0.25, 0, 0.1, tilted(0.1, math.Pi/8)}, {0.5, 0, 0.1, tilted(0.1, math.Pi/4)}}, build: func(b *builder) {
		half := about(xAxis, 90)
		for i := range half {
			half[i] = -half[i] // the same rotation
		}
		b.node(at5(b.card(nil, nil)))
		b.animate(obj{"node": 0, "path": "rotation"}, "LINEAR", b.data("SCALAR", []float64{0, 1}, nil), b.data("VEC4", append(about(xAxis, 0), half...), nil))
	}},
	{name: "rotation in normalised integers", probes: []probe{{0, 0, 0, 5}, {0, 0, 0.1, tilted(0.1, 2*math.Atan2(12540, 30274))}}, build: func(b *builder) {
		b.node(at5(b.card(nil, nil)))
		b.animate(obj{"node": 0, "path": "rotation"}, "STEP", b.data("SCALAR", []float64{0}, nil),
			b.data("VEC4", []int16{12540, 0, 0, 30274}, obj{"normalized": true}))
	}},
	{name: "scale", probes: []probe{{0, 0.19, 0, 5}, {0, 0.21, 0, 0}, {1, 0.59, 0, 5}, {1, 0.61, 0, 0}}, build: func(b *builder) {
		b.node(at5(b.card(nil, nil)))
		b.animate(obj{"node": 0, "path": "scale"}, "LINEAR", b.data("SCALAR", []float64{0, 1}, nil), b.data("VEC3", []float64{1, 1, 1, 3, 1, 1}, nil))
	}},
	{name: "several animations at once", probes: []probe{{1, 0, 0, 7}, {1, 0.4, 0, 7}}, build: func(b *builder) {
		b.node(at5(b.card(nil, nil)))
		times := b.data("SCALAR", []float64{0, 1}, nil)
		b.animate(obj{"node": 0, "path": "translation"}, "LINEAR", times, b.data("VEC3", []float64{0, 0, -5, 0, 0, -7}, nil))
		b.animate(obj{"node": 0, "path": "scale"}, "LINEAR", times, b.data("VEC3", []float64{1, 1, 1, 3, 1, 1}, nil))
	}},

	{name: "an animated node with a matrix", probes: []probe{{0, 0, 0, 5}, {1, 0, 0, 7}, {1, 0.4, 0, 7}, {1, 0.44, 0, 0}, {1, 0, 0.2, 0}}, build: func(b *builder) {
		// Turned by 90 degrees about z and stretched along its own y, the picture's x.
		b.node(obj{"mesh": b.card(nil, nil), "matrix": []float64{0, 1, 0, 0, -3, 0, 0, 0, 0, 0, 1, 0, 0, 0, -5, 1}})
		b.animate(obj{"node": 0, "path": "translation"}, "LINEAR", b.data("SCALAR", []float64{0, 1}, nil), b.data("VEC3", []float64{0, 0, -5, 0, 0, -7}, nil))
	}},
	{name: "an animated node with a sheared matrix", probes: []probe{{1, 0, 0, 5}}, warning: "stands still", build: func(b *builder) {
		b.node(obj{"mesh": b.card(nil, nil), "matrix": []float64{1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, -5, 1}})
		b.animate(obj{"node": 0, "path": "translation"}, "LINEAR", b.data("SCALAR", []float64{0, 1}, nil), b.data("VEC3", []float64{0, 0, -5, 0, 0, -7}, nil))
	}},

	// Morph targets and skins.
	{name: "morph weights of the mesh", probes: []probe{{0, 0, 0, 4.5}}, build: func(b *builder) {
		b.node(at5(b.morphed(b.data("VEC3", lift(1), nil))))
		b.doc["meshes"].([]any)[0].(obj)["weights"] = []float64{0.5}
	}},
	{name: "morph weights of the node", probes: []probe{{0, 0, 0, 4.25}}, build: func(b *builder) {
		n := at5(b.morphed(b.data("VEC3", lift(1), nil)))
		n["weights"] = []float64{0.75}
		b.node(n)
		b.doc["meshes"].([]any)[0].(obj)["weights"] = []float64{0.5}
	}},
	{name: "animated morph weights", probes: []probe{{0, 0, 0, 5}, {0.5, 0, 0, 4.5 + 1}, {1, 0, 0, 4 + 2}}, build: func(b *builder) {
		b.node(at5(b.morphed(b.data("VEC3", lift(1), nil), b.data("VEC3", lift(-4), nil))))
		b.animate(obj{"node": 0, "path": "weights"}, "LINEAR", b.data("SCALAR", []float64{0, 1}, nil), b.data("SCALAR", []float64{0, 0, 1, 0.5}, nil))
	}},
	{name: "a sparse morph target", probes: []probe{{0, 0, 0, 4}, {0, 0.1, 0.1, 4 / 1.05}}, build: func(b *builder) {
		// The card becomes the plane z = -4 + x/2.
		t := b.add("accessors", obj{"componentType": float32Type, "type": "VEC3", "count": 4, "sparse": obj{
			"count": 4, "indices": obj{"bufferView": b.view([]byte{0, 1, 2, 3}, nil), "componentType": uint8Type},
			"values": obj{"bufferView": b.view(bytesOf(slope()), nil)},
		}})
		n := at5(b.morphed(t))
		n["weights"] = []float64{1}
		b.node(n)
	}},
	{name: "a target without positions", probes: []probe{{0, 0, 0, 4}}, build: func(b *builder) {
		n := at5(b.card(nil, obj{"targets": []any{obj{"NORMAL": b.data("VEC3", lift(1), nil)}, obj{"POSITION": b.data("VEC3", lift(1), nil)}}}))
		n["weights"] = []float64{7, 1}
		b.node(n)
	}},
	{name: "a skin ignores its mesh's node", probes: []probe{{0, 0, 0, 5}, {0, 0.19, 0, 5}, {0, 0.21, 0, 0}}, build: func(b *builder) {
		b.node(obj{"mesh": b.skinned([]uint8{0, 0, 0, 0}, []float64{1, 0, 0, 0}), "skin": 0, "translation": []float64{9, 9, 9}, "scale": []float64{4, 4, 4}})
		b.node(obj{"translation": []float64{0, 0, -5}})
		b.add("skins", obj{"joints": []int{1}})
	}},
	{name: "inverse bind matrices", probes: []probe{{0, 0, 0, 5}}, build: func(b *builder) {
		b.node(obj{"mesh": b.skinned([]uint8{0, 0, 0, 0}, []float64{1, 0, 0, 0}), "skin": 0})
		b.node(obj{"translation": []float64{0, 0, -8}})
		b.add("skins", obj{"joints": []int{1}, "inverseBindMatrices": b.data("MAT4", []float64{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 3, 1}, nil)})
	}},
	{name: "weights are divided by their sum", probes: []probe{{0, 0, 0, 5}}, build: func(b *builder) {
		b.node(obj{"mesh": b.skinned([]uint8{0, 1, 0, 0}, []float64{0.5, 1.5, 0, 0}), "skin": 0})
		b.node(obj{"translation": []float64{0, 0, -2}})
		b.node(obj{"translation": []float64{0, 0, -6}})
		b.add("skins", obj{"joints": []int{1, 2}})
	}},
	{name: "a joint set more", probes: []probe{{0, 0, 0, 7}}, build: func(b *builder) {
		more := obj{"JOINTS_1": b.data("VEC4", repeat([]uint16{1, 0, 0, 0}), nil), "WEIGHTS_1": b.data("VEC4", repeat([]uint8{255, 0, 0, 0}), obj{"normalized": true})}
		b.node(obj{"mesh": b.skinnedWith([]uint8{0, 0, 0, 0}, []float64{1, 0, 0, 0}, more, nil), "skin": 0})
		b.node(obj{"translation": []float64{0, 0, -4}})
		b.node(obj{"translation": []float64{0, 0, -10}})
		b.add("skins", obj{"joints": []int{1, 2}})
	}},
	{name: "morph before skin", probes: []probe{{0, 0, 0, 3}}, build: func(b *builder) {
		// The joint doubles what the target lifted.
		t := obj{"targets": []any{obj{"POSITION": b.data("VEC3", lift(1), nil)}}}
		b.node(obj{"mesh": b.skinnedWith([]uint8{0, 0, 0, 0}, []float64{1, 0, 0, 0}, nil, t), "skin": 0, "weights": []float64{1}})
		b.node(obj{"translation": []float64{0, 0, -5}, "scale": []float64{1, 1, 2}})
		b.add("skins", obj{"joints": []int{1}})
	}},
	{name: "joints outside the scene still place the skin", probes: []probe{{0, 0, 0, 5}}, build: func(b *builder) {
		b.node(obj{"mesh": b.skinned([]uint8{0, 0, 0, 0}, []float64{1, 0, 0, 0}), "skin": 0})
		b.node(obj{"translation": []float64{0, 0, -5}})
		b.add("skins", obj{"joints": []int{1}})
		b.add("scenes", obj{"nodes": []int{0}})
	}},

	// Extensions of geometry and visibility.
	{name: "EXT_mesh_gpu_instancing", probes: []probe{{0, 0, 0, 5}, {0, 0.5, 0, 4}, {0, 0.6495, 0, 4}, {0, 0.6502, 0, 0}}, build: func(b *builder) {
		n := at5(b.card(nil, nil))
		n["extensions"] = obj{extGPUInstancing: obj{"attributes": obj{
			"TRANSLATION": b.data("VEC3", []float64{0, 0, 0, 2, 0, 1}, nil),
			"ROTATION":    b.data("VEC4", []int8{0, 0, 0, 127, 0, 0, 90, 90}, obj{"normalized": true}),
			"SCALE":       b.data("VEC3", []float64{0.5, 0.5, 1, 0.6, 0.6, 1}, nil),
		}}}
		b.node(n)
	}},
	{name: "KHR_node_visibility hides a subtree", probes: []probe{{0, 0, 0, 7}}, build: func(b *builder) {
		m := b.card(nil, nil)
		b.node(obj{"children": []int{1}, "extensions": obj{extNodeVisibility: obj{"visible": false}}})
		b.node(at5(m))
		b.node(obj{"mesh": m, "translation": []float64{0, 0, -7}, "extensions": obj{extNodeVisibility: obj{"visible": true}}})
	}},
	{name: "animated visibility", probes: []probe{{0, 0, 0, 0}, {0.9, 0, 0, 0}, {1, 0, 0, 5}}, build: func(b *builder) {
		b.node(at5(b.card(nil, nil)))
		b.animate(pointer("/nodes/0/extensions/KHR_node_visibility/visible"), "STEP", b.data("SCALAR", []float64{0, 1}, nil), b.data("SCALAR", []uint8{0, 1}, nil))
	}},
	{name: "KHR_animation_pointer: a node", probes: []probe{{1, 0, 0, 7}}, build: func(b *builder) {
		b.node(at5(b.card(nil, nil)))
		b.animate(pointer("/nodes/0/translation"), "LINEAR", b.data("SCALAR", []float64{0, 1}, nil), b.data("VEC3", []float64{0, 0, -5, 0, 0, -7}, nil))
	}},
	{name: "KHR_animation_pointer: a mesh's weights", probes: []probe{{0, 0, 0, 5}, {1, 0, 0, 4}}, build: func(b *builder) {
		b.node(at5(b.morphed(b.data("VEC3", lift(1), nil))))
		b.animate(pointer("/meshes/0/weights"), "LINEAR", b.data("SCALAR", []float64{0, 1}, nil), b.data("SCALAR", []float64{0, 1}, nil))
	}},
	{name: "KHR_animation_pointer: one weight", probes: []probe{{0, 0, 0, 5}, {1, 0, 0, 6}}, build: func(b *builder) {
		n := at5(b.morphed(b.data("VEC3", lift(1), nil), b.data("VEC3", lift(-1), nil)))
		b.node(n)
		b.animate(pointer("/nodes/0/weights/1"), "LINEAR", b.data("SCALAR", []float64{0, 1}, nil), b.data("SCALAR", []float64{0, 1}, nil))
	}},
	{name: "KHR_animation_pointer: the field of view", camera: true, probes: []probe{{0, 0.19, 0, 5}, {0, 0.21, 0, 0}, {1, 0.34, 0, 5}, {1, 0.35, 0, 0}}, build: func(b *builder) {
		b.node(at5(b.card(nil, nil)))
		b.node(obj{"camera": b.camera90()})
		b.animate(pointer("/cameras/0/perspective/yfov"), "LINEAR", b.data("SCALAR", []float64{0, 1}, nil), b.data("SCALAR", []float64{math.Pi / 2, math.Pi / 3}, nil))
	}},
	{name: "KHR_animation_pointer: a cutoff and an alpha", probes: []probe{{0, 0, 0, 5}, {1, 0, 0, 0}, {2, 0, 0, 5}}, build: func(b *builder) {
		m := b.add("materials", obj{"alphaMode": "MASK", "pbrMetallicRoughness": obj{"baseColorFactor": []float64{1, 1, 1, 0.6}}})
		b.node(at5(b.card(nil, obj{"material": m})))
		b.animate(pointer("/materials/0/alphaCutoff"), "STEP", b.data("SCALAR", []float64{0, 1}, nil), b.data("SCALAR", []float64{0.5, 0.7}, nil))
		b.animate(pointer("/materials/0/pbrMetallicRoughness/baseColorFactor"), "STEP", b.data("SCALAR", []float64{0, 2}, nil), b.data("VEC4", []float64{0, 0, 0, 0.6, 9, 9, 9, 0.8}, nil))
	}},
	{name: "KHR_animation_pointer: something else", probes: cardAt5, warning: "/nodes/0/extras/height", build: func(b *builder) {
		b.node(at5(b.card(nil, nil)))
		b.animate(pointer("/nodes/0/extras/height"), "STEP", b.data("SCALAR", []float64{0}, nil), b.data("SCALAR", []float64{1}, nil))
	}},
	{name: "EXT_meshopt_compression", probes: cardAt5, build: meshopted(extMeshopt)},
	{name: "KHR_meshopt_compression", probes: cardAt5, build: meshopted(extMeshoptKHR)},
	{name: "KHR_draco_mesh_compression, edgebreaker", probes: cardAt5, build: dracoed(
		"445241434f02020101000000040200020000011fff011101ff0000010009030000020101010003030130011003002882980000000000ff030000000080bf000080bf00000000000000400a")},
	{name: "KHR_draco_mesh_compression, sequential", probes: cardAt5, build: dracoed(
		"445241434f02020100000002040100010200020301010009030000020001010003030130011003003482880400000000ff070000000080bf000080bf00000000000000400b")},
	{name: "broken compression with plain data beside it", probes: cardAt5, warning: "plain data is used", build: func(b *builder) {
		p := b.data("VEC3", cardXY, nil)
		b.doc["bufferViews"].([]any)[0].(obj)["extensions"] = obj{extMeshopt: obj{"buffer": 0, "byteLength": 48, "byteStride": 12, "count": 4, "mode": "ATTRIBUTES"}}
		b.node(at5(b.card(obj{"POSITION": p}, nil)))
	}},
	{name: "broken Draco with plain data beside it", probes: cardAt5, warning: "plain data is used", build: func(b *builder) {
		b.node(at5(b.card(nil, obj{"extensions": obj{extDraco: obj{"bufferView": b.view([]byte("DRACO?"), nil), "attributes": obj{"POSITION": 0}}}})))
	}},
	{name: "KHR_materials_variants: the default", probes: cardAt5, build: func(b *builder) {
		hidden := b.add("materials", obj{"alphaMode": "MASK", "alphaCutoff": 2})
		b.add("materials", obj{})
		b.node(at5(b.card(nil, obj{"material": 1, "extensions": obj{extMaterialsVariants: obj{"mappings": []any{obj{"material": hidden, "variants": []int{0}}}}}})))
	}},
	{name: "an extension that nobody knows", probes: cardAt5, warning: "ACME_terrain", build: func(b *builder) {
		n := at5(b.card(nil, nil))
		n["extensions"] = obj{"ACME_terrain": obj{}}
		b.node(n)
		b.doc["extensionsUsed"] = []string{"ACME_terrain"}
	}},
	{name: "an extension that does not matter for depth", probes: cardAt5, build: func(b *builder) {
		n := at5(b.card(nil, nil))
		n["extensions"] = obj{"KHR_lights_punctual": obj{"light": 0}}
		b.node(n)
		b.doc["extensionsUsed"], b.doc["extensionsRequired"] = []string{"KHR_lights_punctual"}, []string{"KHR_lights_punctual"}
	}},
	{name: "a required extension that nothing carries", probes: cardAt5, warning: "ACME_gizmo", build: func(b *builder) {
		b.node(at5(b.card(nil, nil)))
		b.doc["extensionsUsed"], b.doc["extensionsRequired"] = []string{"ACME_gizmo"}, []string{"ACME_gizmo"}
	}},

	// Alpha. The texture of 2 x 2 texels has a hole at the top right; rays at
	// 0.1 hit texel centres.
	{name: "MASK with a PNG", probes: holeTopRight, build: func(b *builder) {
		b.node(at5(b.cutout(pngOf(2, 255, 0, 255, 255), obj{"alphaMode": "MASK"}, nil, obj{}, nil)))
	}},
	{name: "MASK with a lossless WebP", probes: holeTopRight, build: webpCard(
		"524946463a000000574542505650384c2e0000002f014000101f20104892d81f750d214142f7ff5e05024926fb532e102038772ef00fac0299b46da8edae45f43f3e")},
	{name: "MASK with a lossy WebP", probes: holeTopRight, build: webpCard(lossyWebP)},
	{name: "MASK switched off", probes: cardAt5, options: raycast.Options{NoMask: true}, build: func(b *builder) {
		b.node(at5(b.cutout(pngOf(2, 255, 0, 255, 255), obj{"alphaMode": "MASK"}, nil, obj{}, nil)))
	}},
	{name: "OPAQUE has no holes", probes: cardAt5, build: func(b *builder) {
		b.node(at5(b.cutout(pngOf(2, 255, 0, 255, 255), nil, nil, obj{}, nil)))
	}},
	{name: "BLEND below the threshold", probes: holeTopRight, options: raycast.Options{BlendThreshold: 0.5}, build: func(b *builder) {
		b.node(at5(b.cutout(pngOf(2, 255, 126, 129, 255), obj{"alphaMode": "BLEND"}, nil, obj{}, nil)))
	}},
	{name: "BLEND counts as opaque", probes: cardAt5, build: func(b *builder) {
		b.node(at5(b.cutout(pngOf(2, 255, 0, 255, 255), obj{"alphaMode": "BLEND"}, nil, obj{}, nil)))
	}},
	{name: "bilinear filter", probes: []probe{{0, 0.04, 0.1, 5}, {0, 0.06, 0.1, 0}}, build: func(b *builder) {
		// Alpha falls from 1 to 0 between x = -0.1 and 0.1: below 0.25 from 0.05.
		b.node(at5(b.cutout(pngOf(2, 255, 0, 255, 255), obj{"alphaMode": "MASK", "alphaCutoff": 0.25}, nil, obj{}, nil)))
	}},
	{name: "nearest filter", probes: []probe{{0, -0.01, 0.01, 5}, {0, 0.01, 0.01, 0}, {0, 0.01, -0.01, 5}}, build: func(b *builder) {
		b.node(at5(b.cutout(pngOf(2, 255, 0, 255, 255), obj{"alphaMode": "MASK", "alphaCutoff": 0.25}, nil, obj{"magFilter": 9728}, nil)))
	}},
	{name: "repeated texture", probes: []probe{{0, 0.15, 0.15, 0}, {0, -0.05, 0.15, 0}, {0, 0.05, 0.05, 5}, {0, -0.05, -0.05, 0}, {0, -0.15, -0.15, 5}}, build: func(b *builder) {
		// Twice in each direction; the hole's texel is 0.1 wide.
		b.node(at5(b.cutout(pngOf(2, 255, 0, 255, 255), obj{"alphaMode": "MASK"}, obj{"extensions": obj{extTextureTransform: obj{"scale": []float64{2, 2}}}}, obj{"magFilter": 9728},
			obj{"TEXCOORD_0": b.data("VEC2", []float64{-0.5, 0.5, 0.5, 0.5, 0.5, -0.5, -0.5, -0.5}, nil)})))
	}},
	{name: "clamped texture", probes: []probe{{0, 0.1, 0.1, 0}, {0, 0.19, 0.19, 0}, {0, -0.1, 0.1, 5}, {0, 0.1, -0.1, 5}}, build: wrapped(33071)},
	{name: "mirrored texture", probes: []probe{{0, 0.1, 0.1, 0}, {0, 0.19, 0.1, 5}, {0, -0.19, 0.1, 0}, {0, -0.1, 0.1, 5}, {0, 0.1, 0.19, 5}}, build: wrapped(33648)},
	{name: "KHR_texture_transform: turned", probes: []probe{{0, -0.1, 0.1, 5}, {0, 0.1, 0.1, 5}, {0, 0.1, -0.1, 5}, {0, -0.1, -0.1, 0}}, build: func(b *builder) {
		// uv' = (v, 1-u): what is seen at the bottom left is the image's bottom right.
		b.node(at5(b.cutout(pngOf(2, 255, 255, 255, 0), obj{"alphaMode": "MASK"},
			obj{"extensions": obj{extTextureTransform: obj{"rotation": math.Pi / 2, "offset": []float64{0, 1}}}}, obj{"magFilter": 9728}, nil)))
	}},
	{name: "KHR_texture_transform: another set", probes: holeTopRight, build: func(b *builder) {
		b.node(at5(b.cutout(pngOf(2, 255, 0, 255, 255), obj{"alphaMode": "MASK"}, obj{"extensions": obj{extTextureTransform: obj{"texCoord": 1}}}, obj{},
			obj{"TEXCOORD_0": b.data("VEC2", make([]float64, 8), nil), "TEXCOORD_1": b.data("VEC2", []uint16{0, 65535, 65535, 65535, 65535, 0, 0, 0}, obj{"normalized": true})})))
	}},
	{name: "alpha of the vertices' colour", probes: []probe{{0, -0.15, 0, 5}, {0, 0.15, 0, 0}}, build: func(b *builder) {
		m := b.add("materials", obj{"alphaMode": "MASK"})
		b.node(at5(b.card(obj{"COLOR_0": b.data("VEC4", []uint8{0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255}, obj{"normalized": true})}, obj{"material": m})))
	}},
	{name: "an image that cannot be read", probes: cardAt5, warning: "lacks its texture", build: func(b *builder) {
		b.node(at5(b.cutout([]byte("GIF89a"), obj{"alphaMode": "MASK"}, nil, obj{}, nil)))
	}},
}

// wrapped is a card that shows the texture from -1 to 2 in both directions.
func wrapped(mode int) func(b *builder) {
	return func(b *builder) {
		b.node(at5(b.cutout(pngOf(2, 255, 0, 255, 255), obj{"alphaMode": "MASK"}, nil, obj{"magFilter": 9728, "wrapS": mode, "wrapT": mode},
			obj{"TEXCOORD_0": b.data("VEC2", []float64{-1, 2, 2, 2, 2, -1, -1, -1}, nil)})))
	}
}

// tilted is where the ray (0, y) meets a card at z = -5 that was turned about x.
func tilted(y, angle float64) float64 { return 5 / (1 + y*math.Tan(angle)) }

var holeTopRight = []probe{{0, -0.1, 0.1, 5}, {0, 0.1, 0.1, 0}, {0, 0.1, -0.1, 5}, {0, -0.1, -0.1, 5}}

// lossyWebP is an image of 2 x 2 texels with the alphas 255, 0, 128 and 255.
const lossyWebP = "524946465c00000057454250565038580a00000010000000010000010000414c50480500000000ff0080ff0056503820300000009001009d012a0200020000c01225a40002e759b7b800fefe9195ff398fffdf4ac9427ff3cc261dd5bfedb2c0b8000000"

// quantized is a card of integer positions, scaled by its node.
func quantized(positions any, stride int, normalized bool, scale float64) func(b *builder) {
	return func(b *builder) {
		view := b.view(bytesOf(positions), obj{"byteStride": stride})
		p := b.add("accessors", obj{"bufferView": view, "componentType": componentOfList(positions), "normalized": normalized, "type": "VEC3", "count": 4})
		n := at5(b.card(obj{"POSITION": p}, nil))
		n["scale"] = []float64{scale, scale, 1}
		b.node(n)
		b.doc["extensionsRequired"] = []string{extMeshQuantization}
	}
}

func (b *builder) camera90() int {
	return b.add("cameras", obj{"type": "perspective", "perspective": obj{"yfov": math.Pi / 2, "znear": 100}})
}

func twoScenes(b *builder) {
	m := b.card(nil, nil)
	b.node(at5(m))
	b.node(obj{"mesh": m, "translation": []float64{0, 0, -7}})
	b.add("scenes", obj{"nodes": []int{0}})
	b.add("scenes", obj{"nodes": []int{1}})
}

// lift moves a card's corners by z.
func lift(z float64) []float64 { return []float64{0, 0, z, 0, 0, z, 0, 0, z, 0, 0, z} }

// slope lifts a card's corners by 1 + x/2.
func slope() []float64 { return []float64{0, 0, 0.5, 0, 0, 1.5, 0, 0, 1.5, 0, 0, 0.5} }

func (b *builder) morphed(targets ...int) int {
	var list []any
	for _, t := range targets {
		list = append(list, obj{"POSITION": t})
	}
	return b.card(nil, obj{"targets": list})
}

// repeat gives each of a card's corners the same numbers.
func repeat[T any](v []T) (out []T) {
	for range 4 {
		out = append(out, v...)
	}
	return out
}

func (b *builder) skinned(joints []uint8, weights []float64) int {
	return b.skinnedWith(joints, weights, nil, nil)
}

func (b *builder) skinnedWith(joints []uint8, weights []float64, attributes, more obj) int {
	a := obj{"JOINTS_0": b.data("VEC4", repeat(joints), nil), "WEIGHTS_0": b.data("VEC4", repeat(weights), nil)}
	for k, x := range attributes {
		a[k] = x
	}
	return b.card(a, more)
}

// meshopted is a card whose positions are compressed; the buffer that would
// hold the plain ones has no data.
func meshopted(extension string) func(b *builder) {
	return func(b *builder) {
		packed := packAttributes(bytesOf(cardXY), 12)
		b.view(packed, nil)
		where := b.doc["bufferViews"].([]any)[0].(obj)
		view := b.add("bufferViews", obj{"buffer": 1, "byteLength": 48, "byteStride": 12, "extensions": obj{extension: obj{
			"buffer": 0, "byteOffset": where["byteOffset"], "byteLength": len(packed), "byteStride": 12, "count": 4, "mode": "ATTRIBUTES"}}})
		p := b.add("accessors", obj{"bufferView": view, "componentType": float32Type, "type": "VEC3", "count": 4})
		b.node(at5(b.card(obj{"POSITION": p}, nil)))
		b.doc["buffers"] = []any{obj{"byteLength": len(b.bin)}, obj{"byteLength": 48, "extensions": obj{extension: obj{"fallback": true}}}}
		b.doc["extensionsRequired"] = []string{extension}
	}
}

// dracoed is a card encoded by Draco's own encoder.
func dracoed(data string) func(b *builder) {
	return func(b *builder) {
		packed, _ := hex.DecodeString(data)
		b.node(at5(b.mesh(obj{
			"attributes": obj{"POSITION": b.add("accessors", obj{"componentType": float32Type, "type": "VEC3", "count": 4})},
			"indices":    b.add("accessors", obj{"componentType": uint16Type, "type": "SCALAR", "count": 6}),
			"extensions": obj{extDraco: obj{"bufferView": b.view(packed, nil), "attributes": obj{"POSITION": 0}}},
		})))
		b.doc["extensionsRequired"] = []string{extDraco}
	}
}

// webpCard is a cut-out card whose texture is a WebP image with no other.
func webpCard(data string) func(b *builder) {
	return func(b *builder) {
		image, _ := hex.DecodeString(data)
		b.node(at5(b.cutout(image, obj{"alphaMode": "MASK", "alphaCutoff": 0.3}, nil, obj{}, nil)))
		t := b.doc["textures"].([]any)[0].(obj)
		t["extensions"] = obj{extTextureWebP: obj{"source": t["source"]}}
		delete(t, "source")
		b.doc["extensionsRequired"] = []string{extTextureWebP}
	}
}

func TestConformance(t *testing.T) {
	for _, f := range features {
		t.Run(f.name, func(t *testing.T) {
			b := newBuilder()
			f.build(b)
			s, err := loadBytes("a.glb", b.glb())
			if err != nil {
				t.Fatal(err)
			}
			if f.warning == "" && len(s.Warnings) > 0 || f.warning != "" && !strings.Contains(strings.Join(s.Warnings, "\n"), f.warning) {
				t.Errorf("warnings %q, want %q", s.Warnings, f.warning)
			}
			pose, caster := s.NewPose(nil), raycast.New(s, f.options)
			for _, p := range f.probes {
				s.Pose(pose, p.t)
				view := camera.View{Intrinsics: camera.Intrinsics{Width: 2, Height: 2, Fx: 1, Fy: 1, Cx: 1, Cy: 1}, CameraFromWorld: mgl64.Ident4()}
				if f.camera {
					if view, err = s.View(pose, 0, 2, 2); err != nil {
						t.Fatal(err)
					}
				}
				if err := caster.Prepare(context.Background(), pose); err != nil {
					t.Fatal(err)
				}
				got, hit := caster.Probe(view, 1+p.x, 1-p.y)
				if hit != (p.z != 0) || hit && math.Abs(got.Z-p.z) > 1e-6*p.z {
					t.Errorf("at %g s the ray (%g, %g) meets %v at %v, should at %v", p.t, p.x, p.y, hit, got.Z, p.z)
				}
			}
		})
	}
}
