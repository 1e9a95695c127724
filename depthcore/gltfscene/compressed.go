package gltfscene

import "errors"

// geometry returns a primitive's attributes and indices, decompressed where
// KHR_draco_mesh_compression compresses them.
func (l *loader) geometry(p *meshPrimitive) (*geometry, error) {
	if _, ok := p.Extensions[extDraco]; ok {
		return nil, errors.New(extDraco + " cannot be decoded yet")
	}
	return &geometry{meshPrimitive: p}, nil
}
