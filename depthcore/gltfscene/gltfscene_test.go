package gltfscene

import (
	"context"
	"encoding/binary"
	"math"
	"testing"
	"testing/fstest"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/scene"
)

// bytesOf lays numbers out in a file's byte order.
func bytesOf(parts ...any) []byte {
	var out []byte
	for _, p := range parts {
		switch p := p.(type) {
		case []float64:
			for _, x := range p {
				out = binary.LittleEndian.AppendUint32(out, math.Float32bits(float32(x)))
			}
		default:
			var err error
			if out, err = binary.Append(out, binary.LittleEndian, p); err != nil {
				panic(err)
			}
		}
	}
	return out
}

// glb makes a GLB of its two chunks.
func glb(json string, bin []byte) []byte {
	for len(json)%4 != 0 {
		json += " "
	}
	for len(bin)%4 != 0 {
		bin = append(bin, 0)
	}
	out := append([]byte("glTF"), bytesOf(uint32(2), uint32(28+len(json)+len(bin)), uint32(len(json)), uint32(chunkJSON))...)
	out = append(append(out, json...), bytesOf(uint32(len(bin)), uint32(chunkBIN))...)
	return append(out, bin...)
}

func loadBytes(name string, data []byte) (*scene.Scene, error) {
	return load(context.Background(), fstest.MapFS{name: {Data: data}}, name)
}

func TestTriangle(t *testing.T) {
	s, err := loadBytes("a.glb", glb(`{"asset":{"version":"2.0"},"nodes":[{"mesh":0,"translation":[0,0,-10]}],
		"meshes":[{"primitives":[{"attributes":{"POSITION":0},"indices":1}]}],
		"accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3"},{"bufferView":1,"componentType":5121,"count":3,"type":"SCALAR"}],
		"bufferViews":[{"buffer":0,"byteLength":36},{"buffer":0,"byteOffset":36,"byteLength":3}],
		"buffers":[{"byteLength":39}]}`, bytesOf([]float64{0, 0, 0, 1, 0, 0, 0, 1, 0}, []uint8{0, 1, 2})))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Primitives[0].Positions; len(got) != 3 || got[1] != (mgl64.Vec3{1, 0, 0}) || got[2] != (mgl64.Vec3{0, 1, 0}) {
		t.Errorf("positions %v", got)
	}
	p := s.NewPose(nil)
	s.Pose(p, 0)
	if got := mgl64.TransformCoordinate(s.Primitives[0].Positions[0], p.WorldFromObject[0]); got != (mgl64.Vec3{0, 0, -10}) {
		t.Errorf("the first vertex is at %v", got)
	}
}
