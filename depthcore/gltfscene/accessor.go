package gltfscene

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/internal/draco"
)

// glTF's component types.
const (
	int8Type    = 5120
	uint8Type   = 5121
	int16Type   = 5122
	uint16Type  = 5123
	uint32Type  = 5125
	float32Type = 5126
)

func componentSize(t int) int {
	switch t {
	case int8Type, uint8Type:
		return 1
	case int16Type, uint16Type:
		return 2
	case uint32Type, float32Type:
		return 4
	}
	return 0
}

// componentCount returns the number of components of an accessor type whose
// columns need no padding, which leaves out MAT2 and MAT3: nothing that
// matters for depth has them.
func componentCount(t string) int {
	switch t {
	case "SCALAR":
		return 1
	case "VEC2":
		return 2
	case "VEC3":
		return 3
	case "VEC4":
		return 4
	case "MAT4":
		return 16
	}
	return 0
}

// elements is a list of vectors in a file's bytes, checked: each element lies
// within data.
type elements struct {
	count, width int // width: numbers an element
	component    int
	normalized   bool
	stride       int
	data         []byte           // nil: zeros
	decoded      *draco.Attribute // in place of data, where a decoder made it
	sparse       *sparseElements
}

// sparseElements replace some elements of a list: glTF 2.0, section 3.6.2.3.
type sparseElements struct {
	index  []uint32 // below the list's count
	values elements
}

// buffer returns the bytes of buffer i.
func (l *loader) buffer(i int) ([]byte, error) {
	if data, ok := l.buffers[i]; ok {
		return data, nil
	}
	b, err := at(l.doc.Buffers, i, "buffer")
	if err != nil {
		return nil, err
	}
	var data []byte
	switch {
	case b.URI != "":
		if data, err = l.readURI(b.URI); err != nil {
			return nil, fmt.Errorf("buffer %d: %w", i, err)
		}
		b.URI = "" // an embedded buffer's text is not needed again
	case i == 0 && l.bin != nil:
		data = l.bin
	default:
		return nil, fmt.Errorf("buffer %d has no data: it has no URI and the file no binary chunk for it", i)
	}
	if b.ByteLength < 0 || b.ByteLength > len(data) {
		return nil, fmt.Errorf("buffer %d is truncated: it should have %d bytes and has %d", i, b.ByteLength, len(data))
	}
	l.buffers[i] = data
	return data, nil
}

// view returns the bytes of buffer view i and the stride it asks for, 0 for
// none.
func (l *loader) view(i int) (data []byte, stride int, err error) {
	v, err := at(l.doc.BufferViews, i, "buffer view")
	if err != nil {
		return nil, 0, err
	}
	if data, ok := l.views[i]; ok {
		return data, v.ByteStride, nil
	}
	data, packed, err := l.decompress(v)
	if packed && err == nil {
		l.views[i] = data
	}
	if !packed {
		data, err = l.slice(v.Buffer, v.ByteOffset, v.ByteLength)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("buffer view %d: %w", i, err)
	}
	return data, v.ByteStride, nil
}

// slice returns length bytes of buffer i from offset.
func (l *loader) slice(i, offset, length int) ([]byte, error) {
	data, err := l.buffer(i)
	if err != nil {
		return nil, err
	}
	return window(data, offset, length)
}

// window returns length bytes of data from offset.
func window(data []byte, offset, length int) ([]byte, error) {
	if offset < 0 || length < 0 || offset > len(data) || length > len(data)-offset {
		return nil, fmt.Errorf("%d bytes from byte %d do not fit the %d that are there", length, offset, len(data))
	}
	return data[offset : offset+length], nil
}

// fill checks that e's elements lie within buffer view i from offset, and
// makes them e's data.
func (l *loader) fill(e *elements, i, offset int) error {
	data, stride, err := l.view(i)
	if err != nil {
		return err
	}
	size := e.width * componentSize(e.component)
	if stride == 0 {
		stride = size
	}
	if stride < size {
		return fmt.Errorf("a stride of %d bytes is less than an element's %d", stride, size)
	}
	if offset < 0 || offset > len(data) {
		return fmt.Errorf("it starts at byte %d of %d", offset, len(data))
	}
	data = data[offset:]
	if e.count > 0 && (len(data) < size || e.count-1 > (len(data)-size)/stride) {
		return fmt.Errorf("%d elements, %d bytes apart, do not fit the %d bytes that are there", e.count, stride, len(data))
	}
	e.data, e.stride = data, stride
	if e.count == 0 {
		e.data = []byte{}
	}
	return nil
}

// layout returns accessor i's elements without their data, and the accessor.
func (l *loader) layout(i int) (e elements, a *accessor, err error) {
	a, err = at(l.doc.Accessors, i, "accessor")
	if err != nil {
		return e, nil, err
	}
	e = elements{count: a.Count, width: componentCount(a.Type), component: a.ComponentType, normalized: a.Normalized}
	switch {
	case e.width == 0:
		err = fmt.Errorf("accessor %d: type %q cannot be read here", i, a.Type)
	case componentSize(e.component) == 0:
		err = fmt.Errorf("accessor %d: there is no component type %d", i, e.component)
	case e.count < 0:
		err = fmt.Errorf("accessor %d: a count of %d", i, e.count)
	}
	return e, a, err
}

// elements returns accessor i's elements.
func (l *loader) elements(i int) (elements, error) {
	e, a, err := l.layout(i)
	if err == nil && a.BufferView != nil {
		err = wrapAccessor(i, l.fill(&e, *a.BufferView, a.ByteOffset))
	}
	if err == nil {
		err = wrapAccessor(i, l.overlay(&e, a))
	}
	return e, err
}

func wrapAccessor(i int, err error) error {
	if err != nil {
		return fmt.Errorf("accessor %d: %w", i, err)
	}
	return nil
}

// overlay adds a's sparse values to e.
func (l *loader) overlay(e *elements, a *accessor) error {
	s := a.Sparse
	if s == nil {
		return nil
	}
	if s.Count < 0 || s.Count > a.Count {
		return fmt.Errorf("%d sparse values for %d elements", s.Count, a.Count)
	}
	where := elements{count: s.Count, width: 1, component: s.Indices.ComponentType}
	if !isIndexType(where.component) {
		return fmt.Errorf("sparse indices of component type %d", where.component)
	}
	if err := l.fill(&where, s.Indices.BufferView, s.Indices.ByteOffset); err != nil {
		return fmt.Errorf("sparse indices: %w", err)
	}
	e.sparse = &sparseElements{values: elements{count: s.Count, width: e.width, component: e.component, normalized: e.normalized}}
	if err := l.fill(&e.sparse.values, s.Values.BufferView, s.Values.ByteOffset); err != nil {
		return fmt.Errorf("sparse values: %w", err)
	}
	var err error
	if e.sparse.index, err = l.readIndices(where, a.Count); err != nil {
		return fmt.Errorf("sparse indices: %w", err)
	}
	return nil
}

func isIndexType(t int) bool { return t == uint8Type || t == uint16Type || t == uint32Type }

// read sets out (at most e.width numbers) to element i, sparse values aside.
func (e *elements) read(i int, out []float64) {
	if e.decoded != nil {
		e.readDecoded(i, out)
		return
	}
	if e.data == nil {
		clear(out)
		return
	}
	p := e.data[i*e.stride:]
	switch e.component {
	case float32Type:
		for c := range out {
			out[c] = float64(math.Float32frombits(binary.LittleEndian.Uint32(p[4*c:])))
		}
	case uint32Type:
		for c := range out {
			out[c] = e.unsigned(float64(binary.LittleEndian.Uint32(p[4*c:])), math.MaxUint32)
		}
	case uint16Type:
		for c := range out {
			out[c] = e.unsigned(float64(binary.LittleEndian.Uint16(p[2*c:])), math.MaxUint16)
		}
	case uint8Type:
		for c := range out {
			out[c] = e.unsigned(float64(p[c]), math.MaxUint8)
		}
	case int16Type:
		for c := range out {
			out[c] = e.signed(float64(int16(binary.LittleEndian.Uint16(p[2*c:]))), math.MaxInt16)
		}
	case int8Type:
		for c := range out {
			out[c] = e.signed(float64(int8(p[c])), math.MaxInt8)
		}
	}
}

func (e *elements) readDecoded(i int, out []float64) {
	e.decoded.Vector(i, out)
	if e.component == float32Type {
		return
	}
	most := float64(int64(1)<<(8*componentSize(e.component)) - 1) // of an unsigned integer
	for c, v := range out {
		if e.component == int8Type || e.component == int16Type {
			out[c] = e.signed(v, (most-1)/2)
		} else {
			out[c] = e.unsigned(v, most)
		}
	}
}

// unsigned and signed turn normalised integers into numbers: glTF 2.0,
// section 3.6.2.2.
func (e *elements) unsigned(v, most float64) float64 {
	if e.normalized {
		return v / most
	}
	return v
}

func (e *elements) signed(v, most float64) float64 {
	if e.normalized {
		return max(v/most, -1)
	}
	return v
}

// floats returns the first width numbers of each of e's elements, one after
// the other.
func (l *loader) floats(e *elements, width int) ([]float64, error) {
	if err := l.budget.charge(e.count, 8*width, plural(e.count, "element")); err != nil {
		return nil, err
	}
	out := make([]float64, e.count*width)
	for i := 0; i < e.count; i++ {
		e.read(i, out[i*width:(i+1)*width])
	}
	if e.sparse != nil {
		for k, i := range e.sparse.index {
			e.sparse.values.read(k, out[int(i)*width:(int(i)+1)*width])
		}
	}
	return out, nil
}

// list returns all numbers of accessor i's elements e, read once for all who
// ask: channels often share their keys.
func (l *loader) list(i int, e *elements) ([]float64, error) {
	if values, ok := l.lists[i]; ok {
		return values, nil
	}
	values, err := l.floats(e, e.width)
	if err == nil {
		l.lists[i] = values
	}
	return values, err
}

// vec3s returns e's elements, which have at least three numbers each.
func (l *loader) vec3s(e *elements) ([]mgl64.Vec3, error) {
	if err := l.budget.charge(e.count, 24, plural(e.count, "vector")); err != nil {
		return nil, err
	}
	out := make([]mgl64.Vec3, e.count)
	for i := range out {
		e.read(i, out[i][:])
	}
	if e.sparse != nil {
		for k, i := range e.sparse.index {
			e.sparse.values.read(k, out[i][:])
		}
	}
	return out, nil
}

// readIndices returns e's elements, whole numbers that must be below limit.
func (l *loader) readIndices(e elements, limit int) ([]uint32, error) {
	if err := l.budget.charge(e.count, 4, plural(e.count, "index")); err != nil {
		return nil, err
	}
	out := make([]uint32, e.count)
	switch {
	case e.data == nil:
	case e.component == uint8Type:
		for i := range out {
			out[i] = uint32(e.data[i*e.stride])
		}
	case e.component == uint16Type:
		for i := range out {
			out[i] = uint32(binary.LittleEndian.Uint16(e.data[i*e.stride:]))
		}
	default:
		for i := range out {
			out[i] = binary.LittleEndian.Uint32(e.data[i*e.stride:])
		}
	}
	if e.sparse != nil {
		for k, i := range e.sparse.index {
			var v [1]float64
			e.sparse.values.read(k, v[:])
			out[i] = uint32(v[0])
		}
	}
	return out, checkIndices(out, limit)
}

func checkIndices(list []uint32, limit int) error {
	for i, v := range list {
		if int64(v) >= int64(limit) {
			return fmt.Errorf("index %d is %d, but there are only %d", i, v, limit)
		}
	}
	return nil
}
