package gltfscene_test

import (
	"context"
	"fmt"
	"testing/fstest"

	"zscope/depthcore/gltfscene"
)

// A triangle in the plane z = 0 that an animation moves away from the world's
// origin, a unit a second.
const triangle = `{
	"asset": {"version": "2.0"},
	"nodes": [{"mesh": 0}],
	"meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
	"animations": [{"channels": [{"sampler": 0, "target": {"node": 0, "path": "translation"}}], "samplers": [{"input": 1, "output": 2}]}],
	"accessors": [
		{"bufferView": 0, "componentType": 5126, "type": "VEC3", "count": 3},
		{"bufferView": 0, "byteOffset": 8, "componentType": 5126, "type": "SCALAR", "count": 2},
		{"bufferView": 0, "byteOffset": 36, "componentType": 5126, "type": "VEC3", "count": 2}
	],
	"bufferViews": [{"buffer": 0, "byteLength": 60}],
	"buffers": [{"byteLength": 60, "uri": "data:;base64,AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIC/"}]
}`

func Example() {
	files := fstest.MapFS{"scene.gltf": {Data: []byte(triangle)}}
	s, err := gltfscene.Load(context.Background(), files, "scene.gltf")
	if err != nil {
		fmt.Println(err)
		return
	}
	pose := s.NewPose(nil)
	for _, t := range []float64{0, 0.25, 7} {
		s.Pose(pose, t)
		fmt.Println(pose.WorldFromObject[0].Col(3).Vec3())
	}
	// Output:
	// [0 0 0]
	// [0 0 -0.25]
	// [0 0 -1]
}
