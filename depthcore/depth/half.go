package depth

import "math"

// FromHalf returns the float32 that a 16-bit float of IEEE 754 stands for.
func FromHalf(h uint16) float32 {
	sign, exponent, mantissa := uint32(h&0x8000)<<16, uint32(h>>10&31), uint32(h&1023)
	switch exponent {
	case 0: // zero and denormal numbers: mantissa * 2^-24
		return math.Float32frombits(math.Float32bits(float32(mantissa)/(1<<24)) | sign)
	case 31: // infinities and NaN
		return math.Float32frombits(sign | 0xff<<23 | mantissa<<13)
	}
	return math.Float32frombits(sign | (exponent+112)<<23 | mantissa<<13)
}
