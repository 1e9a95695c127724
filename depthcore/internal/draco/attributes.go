package draco

import (
	"encoding/binary"
	"fmt"
	"math"
)

// How an attribute's values are stored.
const (
	asBytes = iota
	asIntegers
	asQuantized
	asNormals
)

// attributeDecoder decodes attributes that share seams and order.
type attributeDecoder struct {
	seams      int // index in connectivity.attributes, -1: the positions'
	perCorner  bool
	byDegree   bool
	order      *sequence // nil for sequential meshes: entries are points
	attributes []*attributeState
}

// attributeState is one attribute while it is decoded.
type attributeState struct {
	Attribute
	how      byte
	entries  int
	portable []int32 // integers from which the values come
	vectors  int     // components of portable
}

func (d *decoder) decodeAttributes() error {
	if err := d.attributeHeaders(); err != nil {
		return err
	}
	for i := range d.decoders {
		if err := d.orderEntries(&d.decoders[i]); err != nil {
			return err
		}
	}
	for i := range d.decoders {
		dec := &d.decoders[i]
		for _, a := range dec.attributes {
			if err := d.portable(dec, a); err != nil {
				return err
			}
		}
		for _, a := range dec.attributes {
			if err := d.restore(a); err != nil {
				return err
			}
			d.mesh.Attributes = append(d.mesh.Attributes, a.Attribute)
		}
	}
	return d.err
}

func (d *decoder) attributeHeaders() error {
	d.decoders = make([]attributeDecoder, d.byte())
	for i := range d.decoders {
		d.decoders[i].seams = -1
		if d.method != edgebreaker {
			continue
		}
		dec := &d.decoders[i]
		dec.seams = int(int8(d.byte()))
		dec.perCorner = d.byte() != 0
		dec.byDegree = d.byte() != 0
		if dec.seams >= len(d.conn.attributes) || dec.perCorner && (dec.seams < 0 || dec.byDegree) {
			return errBroken
		}
	}
	for i := range d.decoders {
		dec := &d.decoders[i]
		n := d.varint()
		if n > uint64(len(d.data)) {
			return errBroken
		}
		for range n {
			a := &attributeState{}
			a.Kind, a.DataType = Kind(d.byte()), DataType(d.byte())
			a.Components, a.Normalized = int(d.byte()), d.byte() != 0
			a.UniqueID = uint32(d.varint())
			if d.err == nil && (a.DataType.size() == 0 || a.Components == 0) {
				return errBroken
			}
			dec.attributes = append(dec.attributes, a)
		}
		for _, a := range dec.attributes {
			if a.how = d.byte(); a.how > asNormals {
				return fmt.Errorf("unknown Draco attribute encoding %d", a.how)
			}
		}
	}
	return d.err
}

// orderEntries finds which entry belongs to which point.
func (d *decoder) orderEntries(dec *attributeDecoder) error {
	if d.method != edgebreaker {
		for _, a := range dec.attributes {
			a.entries = d.mesh.Points
		}
		return nil
	}
	s := &sequence{table: &d.conn.corners}
	if dec.perCorner {
		s.table = &d.conn.attributes[dec.seams]
	}
	faces := len(s.table.vertex) / 3
	if err := d.charge(len(s.table.leftMost), 8); err != nil {
		return err
	}
	if err := d.charge(d.mesh.Points, 4); err != nil {
		return err
	}
	if err := d.charge(faces, 5); err != nil { // visited, and a stack
		return err
	}
	s.visited, s.entry = make([]bool, faces), filled(len(s.table.leftMost))
	s.corner = make([]int32, 0, len(s.table.leftMost))
	if dec.byDegree {
		s.byDegree(faces)
	} else {
		s.depthFirst(faces)
	}
	entry := make([]uint32, d.mesh.Points)
	for c, p := range d.mesh.Faces {
		entry[p] = uint32(s.entry[s.table.at(c)])
	}
	dec.order = s
	for _, a := range dec.attributes {
		a.entries, a.entry = len(s.corner), entry
	}
	return nil
}

// portable reads an attribute's integers, or its values where they are stored
// as they are.
func (d *decoder) portable(dec *attributeDecoder, a *attributeState) error {
	if a.how == asBytes {
		return d.rawValues(a)
	}
	a.vectors = a.Components
	if a.how == asNormals {
		a.vectors = 2
	}
	method := int8(d.byte())
	transform := int8(0)
	if method != predictNothing {
		transform = int8(d.byte())
	}
	n := a.entries * a.vectors
	if d.byte() != 0 {
		var err error
		if a.portable, err = d.symbols(n, a.vectors); err != nil {
			return err
		}
	} else {
		size := int(d.byte())
		if size < 1 || size > 4 {
			return errBroken
		}
		raw := d.bytes(size * n)
		if d.err != nil {
			return d.err
		}
		if err := d.charge(n, 4); err != nil {
			return err
		}
		a.portable = make([]int32, n)
		for i := range a.portable {
			var word [4]byte
			copy(word[:], raw[i*size:(i+1)*size])
			a.portable[i] = int32(binary.LittleEndian.Uint32(word[:]))
		}
	}
	if a.Kind == Position && d.position == nil {
		d.position = a
	}
	return d.predict(dec, a, method, transform)
}

// rawValues finds values in their own type.
func (d *decoder) rawValues(a *attributeState) error {
	if a.entries > len(d.data) {
		return errBroken
	}
	a.raw = d.bytes(a.entries * a.Components * a.DataType.size())
	return d.err
}

// restore says what the values are made of.
func (d *decoder) restore(a *attributeState) error {
	switch a.how {
	case asNormals:
		d.byte() // quantisation bits
	case asIntegers:
		a.integers = a.portable
	case asQuantized:
		if a.DataType != Float32 {
			return errBroken
		}
		a.integers, a.low = a.portable, make([]float32, a.Components)
		for i := range a.low {
			a.low[i] = d.float32()
		}
		span, bits := d.float32(), d.byte()
		if d.err != nil || bits < 1 || bits > 30 {
			return errBroken
		}
		a.step = span / float32(uint32(1)<<bits-1)
	}
	return d.err
}

// value returns the number that b begins with.
func (t DataType) value(b []byte) float64 {
	switch t {
	case Int8:
		return float64(int8(b[0]))
	case Int16:
		return float64(int16(binary.LittleEndian.Uint16(b)))
	case Uint16:
		return float64(binary.LittleEndian.Uint16(b))
	case Int32:
		return float64(int32(binary.LittleEndian.Uint32(b)))
	case Uint32:
		return float64(binary.LittleEndian.Uint32(b))
	case Int64:
		return float64(int64(binary.LittleEndian.Uint64(b)))
	case Uint64:
		return float64(binary.LittleEndian.Uint64(b))
	case Float32:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	case Float64:
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return float64(b[0])
}

// wrapped returns v as the integer type t holds it.
func wrapped(v int32, t DataType) float64 {
	switch t {
	case Int8:
		return float64(int8(v))
	case Uint8:
		return float64(uint8(v))
	case Int16:
		return float64(int16(v))
	case Uint16:
		return float64(uint16(v))
	case Uint32:
		return float64(uint32(v))
	}
	return float64(v)
}
