package exr

import (
	"encoding/binary"
	"math"

	"zscope/depthcore/internal/deflate"
)

// rearrange fills dst with some scanlines as ZIP and ZIPS feed them to
// deflate: all bytes at even places of the lines' little-endian pixels first,
// then those at odd places, and of this sequence each byte as its difference
// to the one before, plus 128. It appends to same, in order, which bytes repeat
// others, where two channels are one.
func rearrange(dst []byte, same []deflate.Repeat, img *Image, order []int, y, lines int) []deflate.Repeat {
	half := len(dst) / 2
	even, odd := dst[:half], dst[half:]
	var lastEven, lastOdd byte
	w := img.Width
	for line := y; line < y+lines; line++ {
		for i, k := range order {
			c := &img.Channels[k]
			switch {
			case c.Float == nil:
				lastEven, lastOdd = splitUInt(even, odd, c.UInt[line*w:line*w+w], lastEven, lastOdd)
			case i > 0 && sameFloats(&img.Channels[order[i-1]], c):
				repeat(dst, len(even), c.Float[line*w:line*w+w], lastEven, lastOdd)
				same = append(same, deflate.Repeat{At: half - len(even) + 1, Len: 2*w - 1, Distance: 2 * w})
			default:
				lastEven, lastOdd = splitFloat(even, odd, c.Float[line*w:line*w+w], lastEven, lastOdd)
			}
			even, odd = even[2*w:], odd[2*w:]
		}
	}
	// The two halves are one sequence: its first byte stands as it is, and the
	// first odd byte follows the last even one.
	if half > 0 {
		dst[0] ^= 128
		dst[half] -= lastEven
	}
	// What holds for the even bytes holds for the odd ones.
	for _, r := range same {
		r.At += half
		same = append(same, r)
	}
	return same
}

// sameFloats reports whether two channels are one in memory.
func sameFloats(a, b *Channel) bool {
	return a.Float != nil && b.Float != nil && &a.Float[0] == &b.Float[0]
}

// repeat writes the line that stands just before even and odd, len(line) pixels
// equal to this line's, once more. Only the first byte of each differs, having
// another one before it.
func repeat(dst []byte, left int, line []float32, lastEven, lastOdd byte) {
	half, n := len(dst)/2, 2*len(line)
	at := half - left
	copy(dst[at:at+n], dst[at-n:at])
	copy(dst[half+at:half+at+n], dst[half+at-n:half+at])
	first := math.Float32bits(line[0])
	dst[at] = byte(first) - lastEven ^ 128
	dst[half+at] = byte(first>>8) - lastOdd ^ 128
}

const (
	lowBytes  = 0x00ff00ff00ff00ff
	lowPairs  = 0x0000ffff0000ffff
	highBits  = 0x8080808080808080
	lowerBits = ^uint64(highBits)
)

// gather moves the four bytes at even places of x together.
func gather(x uint64) uint64 {
	x &= lowBytes
	x = (x | x>>8) & lowPairs
	return (x | x>>16) & 0xffffffff
}

// difference returns, byte by byte, a - b + 128.
func difference(a, b uint64) uint64 {
	// Subtracting without borrowing across bytes: the highest bit of each is
	// set aside, then put right. Adding 128 flips it once more.
	return ((a | highBits) - (b & lowerBits)) ^ ((a ^ b) & highBits)
}

// splitFloat writes the line's bytes at even places to even and those at odd
// places to odd, each as the difference to the one before. It returns the last
// byte of each.
func splitFloat(even, odd []byte, line []float32, lastEven, lastOdd byte) (byte, byte) {
	const eight = 8
	if !hasKernel || len(line) <= eight {
		return splitFloatPlain(even, odd, line, lastEven, lastOdd)
	}
	splitOne(even, odd, math.Float32bits(line[0]), lastEven, lastOdd)
	n := (len(line) - 1) / eight * eight
	splitEights(&even[2], &odd[2], &line[1], n/eight)
	x := math.Float32bits(line[n])
	return splitFloatPlain(even[2*n+2:], odd[2*n+2:], line[n+1:], byte(x>>16), byte(x>>24))
}

// splitFloatPlain is splitFloat for any processor, eight bytes at a time within
// a uint64.
func splitFloatPlain(even, odd []byte, line []float32, lastEven, lastOdd byte) (byte, byte) {
	le := binary.LittleEndian
	pe, po := uint64(lastEven), uint64(lastOdd)
	even, odd = even[:2*len(line)], odd[:2*len(line)]
	for len(line) >= 4 && len(even) >= 8 && len(odd) >= 8 {
		a := uint64(math.Float32bits(line[0])) | uint64(math.Float32bits(line[1]))<<32
		b := uint64(math.Float32bits(line[2])) | uint64(math.Float32bits(line[3]))<<32
		e, o := gather(a)|gather(b)<<32, gather(a>>8)|gather(b>>8)<<32
		le.PutUint64(even, difference(e, e<<8|pe))
		le.PutUint64(odd, difference(o, o<<8|po))
		pe, po = e>>56, o>>56
		line, even, odd = line[4:], even[8:], odd[8:]
	}
	lastEven, lastOdd = byte(pe), byte(po)
	for i, x := range line {
		lastEven, lastOdd = splitOne(even[2*i:], odd[2*i:], math.Float32bits(x), lastEven, lastOdd)
	}
	return lastEven, lastOdd
}

// splitUInt is splitFloat for whole numbers.
func splitUInt(even, odd []byte, line []uint32, lastEven, lastOdd byte) (byte, byte) {
	for i, x := range line {
		lastEven, lastOdd = splitOne(even[2*i:], odd[2*i:], x, lastEven, lastOdd)
	}
	return lastEven, lastOdd
}

// splitOne does one pixel of splitFloat.
func splitOne(even, odd []byte, x uint32, lastEven, lastOdd byte) (byte, byte) {
	b0, b1, b2, b3 := byte(x), byte(x>>8), byte(x>>16), byte(x>>24)
	even[0], even[1] = b0-lastEven^128, b2-b0^128
	odd[0], odd[1] = b1-lastOdd^128, b3-b1^128
	return b2, b3
}
