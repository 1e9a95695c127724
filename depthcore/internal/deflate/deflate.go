// Package deflate compresses the bytes of pixels whose channels repeat each
// other, into zlib's format, at a third of the time of a compressor for
// anything.
//
// What it relies on, and what costs size but never correctness where it does
// not hold: values are two bytes long, so matches are looked for at even places
// only, in a table that keeps one place for each hash; and the caller knows the
// long repeats. Literals are not looked at one by one before they are written:
// between two matches they are a stretch of the source.
//
// Sources: RFC 1950 (zlib), RFC 1951 (deflate).
package deflate

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unsafe"
)

const (
	shortest   = 3 // match
	longest    = 258
	window     = 1 << 15
	sought     = 6 // bytes that a match found by the table has at least
	ignored    = 64 - 8*sought
	patience   = 5 // 1<<patience bytes without a match make a step longer
	sparse     = 8 // how far apart places within a match come into the table
	tableBits  = 14
	blockBytes = 1 << 17 // of the source, about; each has Huffman codes of its own
)

// Repeat says that Len bytes from At equal those Distance before. One that does
// not, or is out of reach, is only a hint that was wrong.
type Repeat struct {
	At, Len, Distance int
}

// Encoder compresses one source after the other and keeps its memory between
// them. The zero value is ready.
type Encoder struct {
	table     [1 << tableBits]uint16 // the last place of each hash, its lowest bits
	sequences []sequence             // of the block at hand
	codes     codes
	out       bitWriter
	plain     bool // without the kernel
}

// sequence is a stretch of literals and the match behind it; length 0: none.
type sequence struct {
	literals         uint32
	length, distance uint16
}

// AppendZlib appends src, compressed, to dst. The repeats are in the order of
// their places and do not overlap.
func (e *Encoder) AppendZlib(dst, src []byte, repeats []Repeat) []byte {
	const deflateOf32K, fastest = 0x78, 0x01
	e.plain = e.plain || !hasKernel
	e.out = bitWriter{out: append(dst, deflateOf32K, fastest)}
	clear(e.table[:])
	start, anchor := 0, 0 // of the block; of the literals not yet in a sequence
	flush := func(at int, last bool) {
		if last || at-start >= blockBytes {
			e.add(at-anchor, 0, 0)
			e.writeBlock(src[start:at], last)
			start, anchor = at, at
		}
	}
	p := 0
	for _, r := range repeats {
		if r.At < p || !r.holds(src) {
			continue
		}
		for p < r.At {
			end := min(r.At, start+blockBytes)
			anchor = e.match(src[:end], p, anchor)
			p = end
			flush(p, false)
		}
		anchor = e.repeat(r, anchor)
		p = r.At + r.Len
		flush(p, false)
	}
	for p < len(src) {
		end := min(len(src), start+blockBytes)
		anchor = e.match(src[:end], p, anchor)
		p = end
		flush(p, false)
	}
	flush(p, true)
	return binary.BigEndian.AppendUint32(e.out.close(), adler32(src, e.plain))
}

// holds reports whether the repeat is one.
func (r Repeat) holds(src []byte) bool {
	from := r.At - r.Distance
	return r.Distance > 0 && r.Distance <= window && from >= 0 && r.Len >= shortest && r.At+r.Len <= len(src) &&
		bytes.Equal(src[r.At:r.At+r.Len], src[from:from+r.Len])
}

func (e *Encoder) add(literals, length, distance int) {
	e.sequences = append(e.sequences, sequence{uint32(literals), uint16(length), uint16(distance)})
}

// repeat adds the sequences of a known repeat and returns its end.
func (e *Encoder) repeat(r Repeat, anchor int) int {
	literals, n := r.At-anchor, r.Len
	for n > 0 {
		length := min(n, longest)
		if rest := n - length; rest > 0 && rest < shortest {
			length -= shortest
		}
		e.add(literals, length, r.Distance)
		literals, n = 0, n-length
	}
	return r.At + r.Len
}

// match adds the sequences of src from p on, where literals wait from anchor
// on, and returns from where they wait then.
//
// The table keeps 16 bits of a place. What comes of them is but a hint, never
// before the source's begin: where the place was further away than that, it is
// another one, whose bytes are compared all the same.
func (e *Encoder) match(src []byte, p, anchor int) int {
	table := &e.table
	base := unsafe.Pointer(unsafe.SliceData(src))
	for missed := 0; p+8 <= len(src); {
		x := eight(base, p)
		slot := hash(x)
		d := uint16(p) - table[slot]
		table[slot] = uint16(p)
		distance := int(d)
		// One branch for all that may be wrong, since it cannot be foretold:
		// other bytes, a distance of 0 or beyond the window.
		if differ := x ^ eight(base, p-distance); differ<<ignored|uint64((d-1)/window) != 0 {
			// The longer nothing is found, the fewer places are looked at.
			step := 2 + missed>>patience&^1
			missed += step
			p += step
			continue
		}

		// Lengthen the match to both sides.
		end := p + sought
		for end < len(src) {
			if end+8 > len(src) {
				if src[end] != src[end-distance] {
					break
				}
				end++
				continue
			}
			if d := eight(base, end) ^ eight(base, end-distance); d != 0 {
				end += bits.TrailingZeros64(d) / 8
				break
			}
			end += 8
		}
		for p > anchor && p > distance && src[p-1] == src[p-1-distance] {
			p--
		}
		if end-p <= longest {
			e.add(p-anchor, end-p, distance)
			anchor = end
		} else {
			anchor = e.repeat(Repeat{p, end - p, distance}, anchor)
		}
		for q := p/2*2 + 4; q+8 <= end; q += sparse {
			table[hash(eight(base, q))] = uint16(q)
		}
		p = (end + 1) / 2 * 2
		missed = 0
	}
	return anchor
}

// eight returns the eight bytes from a place on, which must be there: it is not
// checked again.
func eight(base unsafe.Pointer, at int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(base, at))[:])
}

// hash is of the bytes that a match has at least, the lowest ones of x.
func hash(x uint64) uint64 {
	const golden = 0x9e3779b97f4a7c15
	return x << ignored * golden >> (64 - tableBits)
}
