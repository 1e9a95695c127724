package meshscene

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/go-gl/mathgl/mgl64"
)

// plyType is a property's type: its size in bytes and how to read it.
type plyType struct {
	size int
	read func(o binary.ByteOrder, b []byte) float64
}

// plyTypeOf returns the type of a name, old or new.
func plyTypeOf(name string) (plyType, bool) {
	switch name {
	case "char", "int8":
		return plyType{1, func(_ binary.ByteOrder, b []byte) float64 { return float64(int8(b[0])) }}, true
	case "uchar", "uint8":
		return plyType{1, func(_ binary.ByteOrder, b []byte) float64 { return float64(b[0]) }}, true
	case "short", "int16":
		return plyType{2, func(o binary.ByteOrder, b []byte) float64 { return float64(int16(o.Uint16(b))) }}, true
	case "ushort", "uint16":
		return plyType{2, func(o binary.ByteOrder, b []byte) float64 { return float64(o.Uint16(b)) }}, true
	case "int", "int32":
		return plyType{4, func(o binary.ByteOrder, b []byte) float64 { return float64(int32(o.Uint32(b))) }}, true
	case "uint", "uint32":
		return plyType{4, func(o binary.ByteOrder, b []byte) float64 { return float64(o.Uint32(b)) }}, true
	case "float", "float32":
		return plyType{4, func(o binary.ByteOrder, b []byte) float64 { return float64(math.Float32frombits(o.Uint32(b))) }}, true
	case "double", "float64":
		return plyType{8, func(o binary.ByteOrder, b []byte) float64 { return math.Float64frombits(o.Uint64(b)) }}, true
	}
	return plyType{}, false
}

type plyProperty struct {
	name  string
	list  bool
	count plyType // of a list's length
	item  plyType
}

type plyElement struct {
	name       string
	count      int
	properties []plyProperty
}

// plyReader reads the numbers of the body one after the other, whichever way
// they are stored. It keeps the first error.
type plyReader struct {
	data  []byte
	at    int              // bytes read
	order binary.ByteOrder // nil: text
	err   error
}

func (r *plyReader) number(t plyType) float64 {
	if r.err != nil {
		return 0
	}
	if r.order != nil {
		if len(r.data)-r.at < t.size {
			r.err = fmt.Errorf("the file is cut short after %d bytes", len(r.data))
			return 0
		}
		v := t.read(r.order, r.data[r.at:])
		r.at += t.size
		return v
	}
	f := fields{r.data[r.at:]}
	v, err := f.number()
	if err != nil {
		r.err = fmt.Errorf("byte %d: %w", r.at, err)
	}
	r.at = len(r.data) - len(f.rest)
	return v
}

// integer reads a number that must be whole and in 0..most.
func (r *plyReader) integer(t plyType, most int, what string) int {
	v := r.number(t)
	if r.err == nil && !(v >= 0 && v <= float64(most) && v == math.Trunc(v)) {
		r.err = fmt.Errorf("%s %g is not in 0..%d", what, v, most)
	}
	if r.err != nil {
		return 0
	}
	return int(v)
}

func readPLY(ctx context.Context, data []byte) (content, error) {
	c := content{format: "PLY", up: UpZ}
	elements, body, order, err := plyHead(data)
	if err != nil {
		return c, err
	}
	r := &plyReader{data: data, at: body, order: order}
	var b object
	skipped := 0
	for _, e := range elements {
		// A number takes a byte and, in text, a space; that bounds the counts.
		if perItem := len(e.properties); perItem > 0 && e.count > (len(data)-r.at)/perItem+1 {
			return c, fmt.Errorf("%d of %q do not fit into the file", e.count, e.name)
		}
		switch e.name {
		case "vertex":
			err = r.vertices(ctx, e, &b)
		case "face":
			err = r.faces(ctx, e, &b, &skipped)
		case "tristrips":
			err = r.strips(ctx, e, &b)
		default:
			err = r.skip(ctx, e)
		}
		if err != nil {
			return c, err
		}
	}
	if skipped > 0 {
		c.warnings = append(c.warnings, fmt.Sprintf("%d faces of less than three corners have no area and are not in the depth", skipped))
	}
	c.objects = []object{b}
	return c, nil
}

// plyHead reads the head and returns where the body begins.
func plyHead(data []byte) (elements []plyElement, body int, order binary.ByteOrder, err error) {
	text := lines{rest: data[:min(len(data), 1<<20)]}
	first, _ := text.next()
	if string(bytes.TrimSpace(first)) != "ply" {
		return nil, 0, nil, errors.New("this is not a PLY file: it does not begin with \"ply\"")
	}
	fail := func(format string, args ...any) ([]plyElement, int, binary.ByteOrder, error) {
		return nil, 0, nil, fmt.Errorf("line %d: %s", text.number, fmt.Sprintf(format, args...))
	}
	known := false
	for {
		line, ok := text.next()
		if !ok {
			return fail("the head has no end")
		}
		f := fields{line}
		switch word := string(f.next()); word {
		case "format":
			known = true
			switch kind := string(f.next()); kind {
			case "ascii":
			case "binary_little_endian":
				order = binary.LittleEndian
			case "binary_big_endian":
				order = binary.BigEndian
			default:
				return fail("unknown format %q", clipped([]byte(kind)))
			}
		case "element":
			name := string(f.next())
			n, err := strconv.Atoi(string(f.next()))
			if err != nil || n < 0 {
				return fail("element %q has no count", clipped([]byte(name)))
			}
			elements = append(elements, plyElement{name: name, count: n})
		case "property":
			if len(elements) == 0 {
				return fail("a property before the first element")
			}
			p, err := plyPropertyOf(&f)
			if err != nil {
				return fail("%v", err)
			}
			e := &elements[len(elements)-1]
			e.properties = append(e.properties, p)
		case "end_header":
			if !known {
				return fail("the head names no format")
			}
			return elements, min(len(data), 1<<20) - len(text.rest), order, nil
		case "comment", "obj_info", "":
		default:
			return fail("unknown word %q", clipped([]byte(word)))
		}
	}
}

func plyPropertyOf(f *fields) (p plyProperty, err error) {
	kind := string(f.next())
	if p.list = kind == "list"; p.list {
		var ok bool
		if p.count, ok = plyTypeOf(string(f.next())); !ok {
			return p, errors.New("unknown type of a list's length")
		}
		kind = string(f.next())
	}
	var ok bool
	if p.item, ok = plyTypeOf(kind); !ok {
		return p, fmt.Errorf("unknown type %q", clipped([]byte(kind)))
	}
	p.name = string(f.next())
	return p, nil
}

func (r *plyReader) vertices(ctx context.Context, e plyElement, b *object) error {
	slot := make([]int, len(e.properties)) // which coordinate a property is, -1 for none
	found := 0
	for i, p := range e.properties {
		slot[i] = -1
		if k := bytes.IndexByte([]byte("xyz"), (p.name + " ")[0]); len(p.name) == 1 && k >= 0 && !p.list {
			slot[i] = k
			found++
		}
	}
	if found != 3 {
		return errors.New("vertices without x, y and z")
	}
	b.positions = make([]mgl64.Vec3, 0, e.count)
	for i := 0; i < e.count && r.err == nil; i++ {
		if i&0xffff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		var v mgl64.Vec3
		for k, p := range e.properties {
			if slot[k] >= 0 {
				v[slot[k]] = r.number(p.item)
			} else {
				r.property(p)
			}
		}
		b.positions = append(b.positions, v)
	}
	return r.err
}

// property reads over a property.
func (r *plyReader) property(p plyProperty) {
	n := 1
	if p.list {
		n = r.integer(p.count, len(r.data), "list length")
	}
	for ; n > 0 && r.err == nil; n-- {
		r.number(p.item)
	}
}

func (r *plyReader) skip(ctx context.Context, e plyElement) error {
	for i := 0; i < e.count && r.err == nil && len(e.properties) > 0; i++ {
		if i&0xffff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for _, p := range e.properties {
			r.property(p)
		}
	}
	return r.err
}

func (r *plyReader) faces(ctx context.Context, e plyElement, b *object, skipped *int) error {
	var polygon []uint32
	for i := 0; i < e.count && r.err == nil && len(e.properties) > 0; i++ {
		if i&0xffff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for _, p := range e.properties {
			if !p.list || p.name != "vertex_indices" && p.name != "vertex_index" {
				r.property(p)
				continue
			}
			polygon = polygon[:0]
			n := r.integer(p.count, len(r.data), "face size")
			for ; n > 0 && r.err == nil; n-- {
				polygon = append(polygon, uint32(r.integer(p.item, len(b.positions)-1, "vertex")))
			}
			switch {
			case r.err != nil:
			case len(polygon) < 3:
				*skipped++
			default:
				b.indices = appendPolygon(b.indices, b.positions, polygon)
			}
		}
	}
	return r.err
}

// strips reads triangle strips: -1 begins a new one.
func (r *plyReader) strips(ctx context.Context, e plyElement, b *object) error {
	for i := 0; i < e.count && r.err == nil && len(e.properties) > 0; i++ {
		for _, p := range e.properties {
			if !p.list || p.name != "vertex_indices" && p.name != "vertex_index" {
				r.property(p)
				continue
			}
			length := 0
			var last [2]uint32
			for n := r.integer(p.count, len(r.data), "strip length"); n > 0 && r.err == nil; n-- {
				if n&0xffff == 0 && ctx.Err() != nil {
					return ctx.Err()
				}
				v := r.number(p.item)
				if v == -1 {
					length = 0
					continue
				}
				if !(v >= 0 && v < float64(len(b.positions)) && v == math.Trunc(v)) {
					return fmt.Errorf("vertex %g is not one of %d", v, len(b.positions))
				}
				if length >= 2 {
					first, second := last[0], last[1]
					if length%2 == 1 { // every other triangle is wound the other way
						first, second = second, first
					}
					b.indices = append(b.indices, first, second, uint32(v))
				}
				last = [2]uint32{last[1], uint32(v)}
				length++
			}
		}
	}
	return r.err
}
