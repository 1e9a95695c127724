// Package draco decodes triangle meshes of the Draco 2.2 bitstream, as glTF's
// KHR_draco_mesh_compression embeds them.
//
// Source: the Draco bitstream specification (google.github.io/draco/spec).
// Points and faces come in the order that the reference decoder gives them,
// because a glTF file may refer to them from outside, and quantised values are
// restored in float32 as it does. Normals are read over: nothing here needs
// them, and no other attribute depends on them.
//
// A broken stream is an error, never a panic, and what is allocated stays
// below the caller's limit.
package draco

import (
	"context"
	"errors"
	"fmt"
)

// Mesh is a decoded mesh.
type Mesh struct {
	Points     int
	Faces      []uint32 // three points a face
	Attributes []Attribute
}

// Kind says what an attribute is for.
type Kind uint8

const (
	Position Kind = iota
	Normal
	Color
	TexCoord
	Generic
)

// DataType is the type that an attribute's values had before compression.
type DataType uint8

const (
	Int8 DataType = 1 + iota
	Uint8
	Int16
	Uint16
	Int32
	Uint32
	Int64
	Uint64
	Float32
	Float64
	Bool
)

// size returns the bytes of one value, 0 for an unknown type.
func (t DataType) size() int {
	switch t {
	case Int8, Uint8, Bool:
		return 1
	case Int16, Uint16:
		return 2
	case Int32, Uint32, Float32:
		return 4
	case Int64, Uint64, Float64:
		return 8
	}
	return 0
}

// Attribute is a set of vectors, shared by points.
type Attribute struct {
	UniqueID   uint32
	Kind       Kind
	DataType   DataType
	Normalized bool
	Components int

	entry    []uint32 // of each point; nil where entries are points
	raw      []byte   // the values, where the stream has them as they are
	integers []int32  // else what they are made of, Components an entry
	low      []float32
	step     float32 // a quantised value is low + step * integer
}

// Skipped reports whether there are no values, as for normals.
func (a *Attribute) Skipped() bool { return a.raw == nil && a.integers == nil }

// Vector sets out to the values of a point, at most Components of them, as
// stored: those of an integer type are integers, normalised or not.
func (a *Attribute) Vector(point int, out []float64) {
	if a.entry != nil {
		point = int(a.entry[point])
	}
	for k := range min(len(out), a.Components) {
		i := point*a.Components + k
		switch {
		case a.raw != nil:
			out[k] = a.DataType.value(a.raw[i*a.DataType.size():])
		case a.low != nil:
			// In float32, product and sum rounded apart, as the reference does.
			out[k] = float64(float32(float32(a.integers[i])*a.step) + a.low[k])
		default:
			out[k] = wrapped(a.integers[i], a.DataType)
		}
	}
}

// Attribute returns the attribute with a unique id, nil if there is none.
func (m *Mesh) Attribute(uniqueID uint32) *Attribute {
	for i := range m.Attributes {
		if m.Attributes[i].UniqueID == uniqueID {
			return &m.Attributes[i]
		}
	}
	return nil
}

const (
	sequential  = 0
	edgebreaker = 1

	metadataFlag = 0x8000
)

var errBroken = errors.New("the Draco data is broken")

// Decode decodes a mesh. limit bounds the bytes that are allocated for it.
func Decode(ctx context.Context, src []byte, limit int64) (*Mesh, error) {
	d := &decoder{reader: reader{data: src}, ctx: ctx, left: limit}
	if err := d.decode(); err != nil {
		return nil, err
	}
	m := d.mesh // d itself is garbage from here on
	return &m, nil
}

type decoder struct {
	reader
	ctx    context.Context
	left   int64 // bytes that may still be allocated
	method byte
	mesh   Mesh

	conn     *connectivity // edgebreaker only
	decoders []attributeDecoder
	position *attributeState // what texture coordinates are predicted from
}

// charge counts n things of size bytes against the limit before they are made.
func (d *decoder) charge(n, size int) error {
	if n < 0 || int64(n) > d.left/int64(size) {
		return errors.New("the Draco data asks for more memory than a file of its size may have")
	}
	d.left -= int64(n) * int64(size)
	return d.ctx.Err()
}

// release gives back what is garbage by now.
func (d *decoder) release(n, size int) { d.left += int64(n) * int64(size) }

func (d *decoder) decode() error {
	if err := d.header(); err != nil {
		return err
	}
	var err error
	if d.method == edgebreaker {
		err = d.decodeEdgebreaker()
	} else {
		err = d.decodeSequential()
	}
	if err != nil {
		return err
	}
	return d.decodeAttributes()
}

func (d *decoder) header() error {
	head := d.bytes(11)
	if d.err != nil || string(head[:5]) != "DRACO" {
		return errors.New("not Draco data")
	}
	major, minor, kind, flags := head[5], head[6], head[7], uint(head[9])|uint(head[10])<<8
	d.method = head[8]
	switch {
	case major != 2 || minor != 2:
		return fmt.Errorf("bitstream %d.%d of Draco is not supported, glTF has 2.2", major, minor)
	case kind != 1:
		return errors.New("the Draco data is a point cloud, not a mesh")
	case d.method > edgebreaker:
		return fmt.Errorf("unknown Draco mesh encoding %d", d.method)
	}
	if flags&metadataFlag != 0 {
		for n := d.varint(); n > 0 && d.err == nil; n-- {
			d.varint() // the attribute
			d.skipMetadata(0)
		}
		d.skipMetadata(0)
	}
	return d.err
}

func (d *decoder) skipMetadata(depth int) {
	if depth > 64 {
		d.err = errBroken
		return
	}
	for n := d.varint(); n > 0 && d.err == nil; n-- {
		d.bytes(int(d.byte()))
		d.bytes(int(d.byte()))
	}
	for n := d.varint(); n > 0 && d.err == nil; n-- {
		d.bytes(int(d.byte()))
		d.skipMetadata(depth + 1)
	}
}

// decodeSequential reads faces that are stored as they are or as differences.
func (d *decoder) decodeSequential() error {
	faces, points, how := d.varint(), d.varint(), d.byte()
	if d.err != nil {
		return d.err
	}
	if faces > 1<<30 || points > 1<<31 || points > 3*faces {
		return errBroken
	}
	n := int(faces) * 3
	if err := d.charge(n, 4); err != nil {
		return err
	}
	d.mesh.Points = int(points)
	d.mesh.Faces = make([]uint32, n)
	switch how {
	case 0:
		symbols, err := d.symbols(n, 1)
		if err != nil {
			return err
		}
		defer d.release(n, 4)
		last := int32(0)
		for i, s := range symbols {
			delta := int32(uint32(s) >> 1)
			if s&1 != 0 {
				delta = -delta
			}
			last += delta
			d.mesh.Faces[i] = uint32(last)
		}
	case 1:
		for i := range d.mesh.Faces {
			switch {
			case points < 1<<8:
				d.mesh.Faces[i] = uint32(d.byte())
			case points < 1<<16:
				d.mesh.Faces[i] = uint32(d.uint16())
			case points < 1<<21:
				d.mesh.Faces[i] = uint32(d.varint())
			default:
				d.mesh.Faces[i] = d.uint32()
			}
		}
	default:
		return fmt.Errorf("unknown Draco connectivity encoding %d", how)
	}
	for _, p := range d.mesh.Faces {
		if uint64(p) >= points {
			return errBroken
		}
	}
	return d.err
}
