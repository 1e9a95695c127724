package draco

import (
	"encoding/binary"
	"math"
)

// reader reads little-endian values. After the end it returns zeros and keeps
// the error.
type reader struct {
	data []byte // what is left
	err  error
}

func (r *reader) bytes(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.data) {
		r.err = errBroken
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint16() uint16 {
	if b := r.bytes(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if b := r.bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) float32() float32 { return math.Float32frombits(r.uint32()) }

// varint reads LEB128, at most 64 bits.
func (r *reader) varint() (v uint64) {
	for shift := 0; shift < 64; shift += 7 {
		b := r.byte()
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	r.err = errBroken
	return 0
}

// sized reads a length and as many bytes.
func (r *reader) sized() []byte {
	n := r.varint()
	if n > uint64(len(r.data)) {
		r.err = errBroken
		return nil
	}
	return r.bytes(int(n))
}

// bitReader reads bits, low ones first.
type bitReader struct {
	data []byte
	at   int // bits read
}

// bits reads up to 32 bits; past the end there are zeros.
func (b *bitReader) bits(n int) (v uint32) {
	for i := 0; i < n; {
		k := b.at >> 3
		if k >= len(b.data) {
			b.at += n - i
			return v
		}
		shift := b.at & 7
		take := min(8-shift, n-i)
		v |= uint32(b.data[k]) >> shift & (1<<take - 1) << i
		i += take
		b.at += take
	}
	return v
}

// used returns how many whole bytes were touched.
func (b *bitReader) used() int { return (b.at + 7) / 8 }
