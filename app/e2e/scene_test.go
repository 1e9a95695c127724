//go:build linux && cgo

package e2e

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// roomFrames is how many frames writeRoom's camera moves for, from frame 1.
const roomFrames = 24

// writeRoom writes a small scene to a .gltf file and its .bin beside it: a wall
// 10 m before the camera, a slope before the wall, and a camera that moves
// sideways for a second. The camera has a key on each frame, or on those that
// are named.
func writeRoom(t testing.TB, path string, keys ...int) {
	t.Helper()
	if len(keys) == 0 {
		for f := 1; f <= roomFrames; f++ {
			keys = append(keys, f)
		}
	}
	var (
		data      bytes.Buffer
		views     []any
		accessors []any
	)
	add := func(kind string, componentType, count int, values any, bounds ...any) int {
		views = append(views, map[string]any{"buffer": 0, "byteOffset": data.Len(), "byteLength": binary.Size(values)})
		if err := binary.Write(&data, binary.LittleEndian, values); err != nil {
			t.Fatal(err)
		}
		a := map[string]any{"bufferView": len(views) - 1, "componentType": componentType, "count": count, "type": kind}
		if len(bounds) == 2 {
			a["min"], a["max"] = bounds[0], bounds[1]
		}
		accessors = append(accessors, a)
		return len(accessors) - 1
	}
	const float, short = 5126, 5123
	wall := add("VEC3", float, 4, []float32{-20, -20, -10, 20, -20, -10, 20, 20, -10, -20, 20, -10},
		[]float32{-20, -20, -10}, []float32{20, 20, -10})
	slope := add("VEC3", float, 4, []float32{-2, -2, -5, 2, -2, -6, 2, 1, -6, -2, 1, -5},
		[]float32{-2, -2, -6}, []float32{2, 1, -5})
	corners := add("SCALAR", short, 6, []uint16{0, 1, 2, 0, 2, 3})
	var times, places []float32
	for _, f := range keys {
		times = append(times, float32(f)/24)
		places = append(places, float32(f)/8, 0, 0)
	}
	at := add("SCALAR", float, len(keys), times, []float32{times[0]}, []float32{times[len(keys)-1]})
	moves := add("VEC3", float, len(keys), places)

	mesh := func(positions int) any {
		return map[string]any{"primitives": []any{map[string]any{"attributes": map[string]int{"POSITION": positions}, "indices": corners}}}
	}
	bin := strings.TrimSuffix(filepath.Base(path), ".gltf") + ".bin"
	doc, err := json.Marshal(map[string]any{
		"asset":  map[string]any{"version": "2.0"},
		"scene":  0,
		"scenes": []any{map[string]any{"nodes": []int{0, 1, 2}}},
		"nodes": []any{
			map[string]any{"name": "wall", "mesh": 0},
			map[string]any{"name": "slope", "mesh": 1},
			map[string]any{"name": "camera", "camera": 0},
		},
		"meshes": []any{mesh(wall), mesh(slope)},
		"cameras": []any{map[string]any{"type": "perspective", "perspective": map[string]any{
			"yfov": 0.7, "aspectRatio": 4.0 / 3, "znear": 0.1, "zfar": 100}}},
		"animations": []any{map[string]any{
			"name":     "walk",
			"channels": []any{map[string]any{"sampler": 0, "target": map[string]any{"node": 2, "path": "translation"}}},
			"samplers": []any{map[string]any{"input": at, "output": moves}},
		}},
		"accessors":   accessors,
		"bufferViews": views,
		"buffers":     []any{map[string]any{"uri": bin, "byteLength": data.Len()}},
	})
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, doc)
	writeFile(t, filepath.Join(filepath.Dir(path), bin), data.Bytes())
}

func writeFile(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
