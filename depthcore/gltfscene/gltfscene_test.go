package gltfscene

import (
	"context"
	"testing/fstest"

	"zscope/depthcore/scene"
)

func loadBytes(name string, data []byte) (*scene.Scene, error) {
	return load(context.Background(), fstest.MapFS{name: {Data: data}}, name)
}
