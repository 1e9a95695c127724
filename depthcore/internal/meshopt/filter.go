package meshopt

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

func checkFilter(f Filter, stride int) error {
	ok := true
	switch f {
	case Octahedral, Color:
		ok = stride == 4 || stride == 8
	case Quaternion:
		ok = stride == 8
	case Exponential:
		ok = stride%4 == 0
	}
	if !ok {
		return fmt.Errorf("elements of %d bytes do not go with their compression filter", stride)
	}
	return nil
}

// applyFilter decodes elements in place (appendix B).
func applyFilter(f Filter, data []byte, stride int) {
	switch f {
	case Exponential:
		for i := 0; i+4 <= len(data); i += 4 {
			v := int32(binary.LittleEndian.Uint32(data[i:]))
			x := float32(math.Ldexp(float64(v<<8>>8), int(v>>24)))
			binary.LittleEndian.PutUint32(data[i:], math.Float32bits(x))
		}
	case Octahedral:
		each(data, stride, octahedral)
	case Quaternion:
		each(data, stride, quaternion)
	case Color:
		each(data, stride, color)
	}
}

// each runs f over elements of four components of one or two bytes each. top
// is the largest signed component.
func each(data []byte, stride int, f func(v *[4]int, top int)) {
	for ; len(data) >= stride; data = data[stride:] {
		var v [4]int
		if stride == 4 {
			for k := range v {
				v[k] = int(int8(data[k]))
			}
			f(&v, math.MaxInt8)
			for k := range v {
				data[k] = byte(v[k])
			}
			continue
		}
		for k := range v {
			v[k] = int(int16(binary.LittleEndian.Uint16(data[2*k:])))
		}
		f(&v, math.MaxInt16)
		for k := range v {
			binary.LittleEndian.PutUint16(data[2*k:], uint16(v[k]))
		}
	}
}

// The filters below calculate in float32, in the order and with the rounding of
// the reference decoder's vector code, so that every last bit is the same: an
// animation's quaternions are read by everybody alike.

// round rounds to the nearest integer, halves to the even one.
func round(x float32) int {
	if x != x {
		return 0
	}
	return int(math.RoundToEven(float64(x)))
}

func octahedral(v *[4]int, top int) {
	x, y := float32(v[0]), float32(v[1])
	z := float32(v[2]) - (abs(x) + abs(y))
	t := min(z, 0)
	x -= float32(math.Copysign(float64(-t), float64(x)))
	y -= float32(math.Copysign(float64(-t), float64(y)))
	scale := float32(top) / sqrt(sumOfSquares(x, y, z))
	for k, c := range [...]float32{x, y, z} {
		v[k] = round(float32(c * scale))
	}
}

// quaternion works on components scaled by sqrt(2)*one and scales once at the
// end.
func quaternion(v *[4]int, _ int) {
	one := float32(v[3] | 3)
	x, y, z := float32(v[0]), float32(v[1]), float32(v[2])
	w := sqrt(max(0, float32(2*one*one)-sumOfSquares(x, y, z)))
	scale := float32(math.MaxInt16/math.Sqrt2) / one
	largest := v[3] & 3
	for k, c := range [...]float32{w, x, y, z} {
		v[(largest+k)%4] = round(float32(c * scale))
	}
}

func sumOfSquares(x, y, z float32) float32 {
	return float32(x*x) + float32(float32(y*y)+float32(z*z))
}

// color decodes luma and chroma to red, green and blue.
func color(v *[4]int, top int) {
	whole := 2*top + 1 // the largest unsigned component
	y, alpha := v[0]&whole, v[3]&whole
	full := 1<<bits.Len(uint(alpha)) - 1
	if full == 0 {
		return // not a valid stream
	}
	co, cg := v[1], v[2]
	alpha &= full >> 1
	alpha = alpha<<1 | alpha&1
	scale := float32(whole) / float32(full)
	for k, c := range [...]int{y + co - cg, y + cg, y - co - cg, alpha} {
		v[k] = round(float32(c) * scale)
	}
}

func abs(x float32) float32  { return float32(math.Abs(float64(x))) }
func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }
