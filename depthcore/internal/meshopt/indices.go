package meshopt

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// indexReader reads varint-7 deltas and writes indices.
type indexReader struct {
	data   []byte // what is left
	out    []byte
	stride int
}

func newIndexReader(src []byte, header byte, tail, count, stride int) (*indexReader, error) {
	if len(src) == 0 || src[0] != header {
		return nil, errors.New("not a stream of compressed indices")
	}
	if len(src) < 1+tail {
		return nil, errShort
	}
	return &indexReader{data: src[1 : len(src)-tail], stride: stride}, nil
}

func (r *indexReader) emit(v uint32) {
	if r.stride == 2 {
		r.out = binary.LittleEndian.AppendUint16(r.out, uint16(v))
		return
	}
	r.out = binary.LittleEndian.AppendUint32(r.out, v)
}

// varint reads 7 bits a byte, low ones first; the top bit says that more
// follow, in five bytes at the most.
func (r *indexReader) varint() (v uint32, err error) {
	for i := 0; i < 5; i++ {
		if i >= len(r.data) {
			return 0, errShort
		}
		b := r.data[i]
		v |= uint32(b&0x7f) << (7 * i)
		if b < 0x80 {
			r.data = r.data[i+1:]
			return v, nil
		}
	}
	return 0, errors.New("a compressed index has more than five bytes")
}

// decodeIndices reads mode 2 (appendix A, "Mode 2: indices").
func decodeIndices(src []byte, count, stride int) ([]byte, error) {
	r, err := newIndexReader(src, 0xd1, 4, count, stride)
	if err != nil {
		return nil, err
	}
	if count > len(r.data) {
		return nil, errShort
	}
	r.out = make([]byte, 0, count*stride)
	var last [2]uint32
	for i := 0; i < count; i++ {
		v, err := r.varint()
		if err != nil {
			return nil, err
		}
		base := v & 1
		v >>= 1
		last[base] += v>>1 ^ -(v & 1)
		r.emit(last[base])
	}
	if len(r.data) != 0 {
		return nil, errRest
	}
	return r.out, nil
}

// fifo remembers the last 16 entries.
type fifo[T any] struct {
	entry [16]T
	n     int
}

func (f *fifo[T]) push(v T) {
	f.entry[f.n&15] = v
	f.n++
}

// at returns the entry pushed i pushes before the last one.
func (f *fifo[T]) at(i int) (v T, err error) {
	if i >= f.n || i > 15 {
		return v, errors.New("a compressed triangle refers to one that is not there")
	}
	return f.entry[(f.n-1-i)&15], nil
}

// triangleReader is the state of mode 1.
type triangleReader struct {
	*indexReader
	next, last uint32
	edges      fifo[[2]uint32]
	vertices   fifo[uint32]
	auxiliary  []byte // 16 codes that a triangle's code may stand for
}

// decodeTriangles reads mode 1 (appendix A, "Mode 1: triangles").
func decodeTriangles(src []byte, count, stride int) ([]byte, error) {
	if count%3 != 0 {
		return nil, fmt.Errorf("%d indices are no whole triangles", count)
	}
	index, err := newIndexReader(src, 0xe1, 16, count, stride)
	if err != nil {
		return nil, err
	}
	if count/3 > len(index.data) {
		return nil, errShort
	}
	r := triangleReader{indexReader: index, auxiliary: src[len(src)-16:]}
	codes := r.data[:count/3]
	r.data = r.data[count/3:]
	r.out = make([]byte, 0, count*stride)
	for _, code := range codes {
		var err error
		if code < 0xf0 {
			err = r.onEdge(int(code>>4), int(code&15))
		} else {
			err = r.free(code)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(r.data) != 0 {
		return nil, errRest
	}
	return r.out, nil
}

// onEdge decodes a triangle that shares an edge with a recent one.
func (r *triangleReader) onEdge(edge, vertex int) error {
	ab, err := r.edges.at(edge)
	if err != nil {
		return err
	}
	c, known := uint32(0), false
	switch {
	case vertex == 0:
		c = r.fresh()
	case vertex < 13:
		c, err = r.vertices.at(vertex)
		known = true
	case vertex < 15: // next to the last explicit one
		r.last += uint32(2*(vertex-13)) - 1
		c = r.last
	default:
		c, err = r.explicit()
	}
	if err != nil {
		return err
	}
	if !known {
		r.vertices.push(c)
	}
	a, b := ab[0], ab[1]
	r.edges.push([2]uint32{c, b})
	r.edges.push([2]uint32{a, c})
	r.emitTriangle(a, b, c)
	return nil
}

// free decodes a triangle that shares no edge with a recent one.
func (r *triangleReader) free(code byte) (err error) {
	pair := byte(0)
	if code < 0xfe {
		pair = r.auxiliary[code&15]
		if pair>>4 == 15 || pair&15 == 15 {
			return errors.New("the table of triangle codes is broken")
		}
	} else {
		if len(r.data) == 0 {
			return errShort
		}
		pair, r.data = r.data[0], r.data[1:]
		if pair == 0 {
			r.next = 0
		}
	}
	var v [3]uint32
	if code == 0xff {
		if v[0], err = r.explicit(); err != nil {
			return err
		}
	} else {
		v[0] = r.fresh()
	}
	var pushed [3]bool
	pushed[0] = true
	for k, where := range [...]byte{pair >> 4, pair & 15} {
		switch where {
		case 0:
			v[k+1], pushed[k+1] = r.fresh(), true
		case 15:
			v[k+1], err = r.explicit()
			pushed[k+1] = true
		default:
			v[k+1], err = r.vertices.at(int(where) - 1)
		}
		if err != nil {
			return err
		}
	}
	r.edges.push([2]uint32{v[1], v[0]})
	r.edges.push([2]uint32{v[2], v[1]})
	r.edges.push([2]uint32{v[0], v[2]})
	for k, p := range pushed {
		if p {
			r.vertices.push(v[k])
		}
	}
	r.emitTriangle(v[0], v[1], v[2])
	return nil
}

func (r *triangleReader) emitTriangle(a, b, c uint32) {
	r.emit(a)
	r.emit(b)
	r.emit(c)
}

// fresh returns the next index that no triangle had yet.
func (r *triangleReader) fresh() uint32 {
	r.next++
	return r.next - 1
}

// explicit reads an index as a delta from the last such one.
func (r *triangleReader) explicit() (uint32, error) {
	v, err := r.varint()
	r.last += v>>1 ^ -(v & 1)
	return r.last, err
}
