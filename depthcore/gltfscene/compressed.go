package gltfscene

import (
	"errors"
	"fmt"

	"github.com/qmuntal/gltf"

	"zscope/depthcore/internal/draco"
	"zscope/depthcore/internal/meshopt"
)

// decompress returns the bytes of a buffer view that EXT_meshopt_compression
// or KHR_meshopt_compression compresses; ok is false for any other. The plain
// bytes, if the file has them too, are read only where these are broken.
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
			if err == nil {
				return data, true, nil
			}
			err = fmt.Errorf("%s: %w", name, err)
			if _, missing := l.slice(v.Buffer, v.ByteOffset, v.ByteLength); missing == nil && !l.requires(name) {
				l.warn("%v; the file's plain data is used instead", err)
				return nil, false, nil
			}
			return nil, true, err
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
	back := l.budget.unpack(len(src), meshoptFactor)
	if err := l.budget.charge(p.Count, p.ByteStride, plural(p.Count, "element")); err != nil {
		back()
		return nil, err
	}
	data, err := meshopt.Decode(src, p.Count, p.ByteStride, mode, filter)
	if err != nil {
		back()
	}
	return data, err
}

// geometry returns a primitive's attributes and indices, decompressed where
// KHR_draco_mesh_compression compresses them. The plain ones, if the file has
// them too, are read only where these are broken.
func (l *loader) geometry(p *meshPrimitive) (*geometry, error) {
	g := &geometry{meshPrimitive: p}
	var packed struct {
		BufferView *int
		Attributes map[string]uint32
	}
	ok, err := p.Extensions.get(extDraco, &packed)
	if ok && err == nil {
		err = l.decodeDraco(g, packed.BufferView, packed.Attributes)
	}
	if err == nil {
		return g, nil
	}
	err = fmt.Errorf("%s: %w", extDraco, err)
	if plain, ok := p.Attributes["POSITION"]; ok && !l.requires(extDraco) {
		if a, missing := at(l.doc.Accessors, plain, "accessor"); missing == nil && a.BufferView != nil {
			l.warn("%v; the file's plain data is used instead", err)
			return &geometry{meshPrimitive: p}, nil
		}
	}
	return nil, err
}

func (l *loader) decodeDraco(g *geometry, view *int, ids map[string]uint32) error {
	if view == nil {
		return errors.New("it names no buffer view")
	}
	data, _, err := l.view(*view)
	if err != nil {
		return err
	}
	back := l.budget.unpack(len(data), dracoFactor)
	mesh, err := draco.Decode(l.ctx, data, l.budget.limit()-l.budget.used)
	if err != nil {
		back()
		return err
	}
	if err := l.budget.charge(len(mesh.Faces), 4, "its triangles"); err != nil {
		return err
	}
	g.faces = mesh.Faces
	if g.faces == nil {
		g.faces = []uint32{}
	}
	g.decoded = map[string]elements{}
	for name, id := range ids {
		if name == "NORMAL" || name == "TANGENT" {
			continue
		}
		a := mesh.Attribute(id)
		if a == nil {
			return fmt.Errorf("%s is attribute %d, which the compressed data has not", name, id)
		}
		e := elements{count: mesh.Points, width: a.Components, decoded: a, component: componentOf(a.DataType), normalized: a.Normalized}
		if err := l.agree(&e, g.Attributes, name); err != nil {
			return err
		}
		if !a.Skipped() && e.component != 0 {
			g.decoded[name] = e
		}
	}
	return nil
}

// agree checks that a decoded attribute is what its accessor says, which has
// the last word on whether integers are normalised.
func (l *loader) agree(e *elements, attributes map[string]int, name string) error {
	i, ok := attributes[name]
	if !ok {
		return nil
	}
	said, _, err := l.layout(i)
	if err != nil {
		return err
	}
	if said.count != e.count || said.width != e.width {
		return fmt.Errorf("%s: %d elements of %d numbers come out, accessor %d says %d of %d", name, e.count, e.width, i, said.count, said.width)
	}
	e.normalized = said.normalized
	return nil
}

// componentOf returns glTF's component type of Draco's, 0 where it has none.
func componentOf(t draco.DataType) int {
	switch t {
	case draco.Int8:
		return int8Type
	case draco.Uint8:
		return uint8Type
	case draco.Int16:
		return int16Type
	case draco.Uint16:
		return uint16Type
	case draco.Uint32:
		return uint32Type
	case draco.Float32:
		return float32Type
	}
	return 0
}
