package deflate

import "encoding/binary"

// kernelBytes are as many as adlerSums may sum up before its sums overflow.
const kernelBytes = 1 << 13

// adler32 returns the checksum that ends a zlib stream, eight bytes at a time:
// the bytes lie in lanes of 16 bits, four in each of two words, and are summed
// up there as long as no lane can overflow; where there is a kernel, 32 at a time.
//
// Source: RFC 1950, section 8.2.
func adler32(src []byte, plain bool) uint32 {
	const (
		mod   = 65521
		words = 22 // 255 * (21 + 20 + ... + 1) < 1<<16
		lanes = 0x00ff00ff00ff00ff
	)
	a, b := uint64(1), uint64(0)
	for !plain && len(src) >= 32 {
		n := min(len(src), kernelBytes) &^ 31
		sum, before, weighted := adlerSums(&src[0], n)
		b = (b + a*uint64(n) + 32*uint64(before) + uint64(weighted)) % mod
		a = (a + uint64(sum)) % mod
		src = src[n:]
	}
	for len(src) >= 8 {
		n := min(len(src)/8, words)
		var even, odd, evenBefore, oddBefore uint64 // sums, and sums of the sums before each word
		for at := src[:8*n]; len(at) >= 8; at = at[8:] {
			x := binary.LittleEndian.Uint64(at)
			evenBefore += even
			oddBefore += odd
			even += x & lanes
			odd += x >> 8 & lanes
		}
		b += a*uint64(8*n) + 8*(sumLanes(evenBefore)+sumLanes(oddBefore))
		for k := range 4 {
			e, o := even>>(16*k)&0xffff, odd>>(16*k)&0xffff
			b += e*uint64(8-2*k) + o*uint64(7-2*k)
			a += e + o
		}
		a, b = a%mod, b%mod
		src = src[8*n:]
	}
	for _, x := range src {
		a += uint64(x)
		b += a
	}
	return uint32(b%mod<<16 | a%mod)
}

// sumLanes returns the sum of the four lanes of 16 bits.
func sumLanes(x uint64) uint64 {
	const pairs = 0x0000ffff0000ffff
	x = x&pairs + x>>16&pairs
	return x&0xffffffff + x>>32
}
