package gltfscene

import (
	"errors"
	"fmt"

	"github.com/qmuntal/gltf"

	"zscope/depthcore/internal/meshopt"
)

// decompress returns the bytes of a buffer view that EXT_meshopt_compression
// or KHR_meshopt_compression compresses; ok is false for any other. The plain
// bytes, if the file has them too, are not read.
func (l *loader) decompress(v *gltf.BufferView) (data []byte, ok bool, err error) {
	for _, name := range []string{extMeshoptKHR, extMeshopt} {
		var p packedView
		if ok, err := foreign(v.Extensions, name, &p); err != nil {
			return nil, true, err
		} else if ok {
			data, err := l.unpack(&p)
			if err == nil && len(data) < v.ByteLength {
				err = fmt.Errorf("%d bytes come out, not %d", len(data), v.ByteLength)
			}
			if err != nil {
				return nil, true, fmt.Errorf("%s: %w", name, err)
			}
			return data, true, nil
		}
	}
	return nil, false, nil
}

// packedView is the extension object of a compressed buffer view.
type packedView struct {
	Buffer                                    int
	ByteOffset, ByteLength, ByteStride, Count int
	Mode, Filter                              string
}

func (l *loader) unpack(p *packedView) ([]byte, error) {
	mode, err := meshopt.ParseMode(p.Mode)
	if err != nil {
		return nil, err
	}
	filter, err := meshopt.ParseFilter(p.Filter)
	if err != nil {
		return nil, err
	}
	src, err := l.slice(p.Buffer, p.ByteOffset, p.ByteLength)
	if err != nil {
		return nil, err
	}
	const widest = 256 // bytes an element, by the extension
	if p.ByteStride <= 0 || p.ByteStride > widest {
		return nil, fmt.Errorf("elements of %d bytes", p.ByteStride)
	}
	if err := l.budget.charge(p.Count, p.ByteStride, plural(p.Count, "element")); err != nil {
		return nil, err
	}
	return meshopt.Decode(src, p.Count, p.ByteStride, mode, filter)
}

// geometry returns a primitive's attributes and indices, decompressed where
// KHR_draco_mesh_compression compresses them.
func (l *loader) geometry(p *meshPrimitive) (*geometry, error) {
	if _, ok := p.Extensions[extDraco]; ok {
		return nil, errors.New(extDraco + " cannot be decoded yet")
	}
	return &geometry{meshPrimitive: p}, nil
}
