package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The kernels for processors without AVX-512: 8 lanes of float32 or 4 of
// float64 at a time, so that a node, a leaf or a batch takes two or four turns.
// With 16 registers, what lives long lives in local memory.

func all8(m Mem) vec    { r := YMM(); VBROADCASTSS(m, r); return r }
func load8(m Mem) vec   { r := YMM(); VMOVUPS(m, r); return r }
func add8(a, b Op) vec  { r := YMM(); VADDPS(b, a, r); return r }
func sub8(a, b Op) vec  { r := YMM(); VSUBPS(b, a, r); return r }
func mul8(a, b Op) vec  { r := YMM(); VMULPS(b, a, r); return r }
func div8(a, b Op) vec  { r := YMM(); VDIVPS(b, a, r); return r }
func min8(a, b Op) vec  { r := YMM(); VMINPS(b, a, r); return r }
func max8(a, b Op) vec  { r := YMM(); VMAXPS(b, a, r); return r }
func and8(a, b Op) vec  { r := YMM(); VANDPS(b, a, r); return r }
func or8(a, b Op) vec   { r := YMM(); VORPS(b, a, r); return r }
func andn8(a, b Op) vec { r := YMM(); VANDNPS(b, a, r); return r } // b and not a
func zero8() vec        { r := YMM(); VXORPS(r, r, r); return r }

// cmp8 is all ones where a OP b.
func cmp8(op int, a, b Op) vec { r := YMM(); VCMPPS(U8(op), b, a, r); return r }

func blend8(a, b vec, where Op) vec { r := YMM(); VBLENDVPS(where, b, a, r); return r }

// bits8 is the address of eight times a 32-bit constant.
func bits8(name string, v uint32) Mem {
	return table(name+"x8", 8, func(int) uint32 { return v })
}

// bits4D is the address of four times a 64-bit constant.
func bits4D(name string, v uint64) Mem {
	return table(name+"x4", 8, func(i int) uint32 { return uint32(v >> (32 * (i & 1))) })
}

func absOf8(a vec) vec { return and8(a, bits8("absMask", 0x7fffffff)) }

// dot8 is m0 x + m1 y + m2 z + m3 with the row m in memory.
func dot8(m Mem, x, y, z Op) vec {
	r := all8(m.Offset(12))
	VFMADD231PS(x, all8(m), r)
	VFMADD231PS(y, all8(m.Offset(4)), r)
	VFMADD231PS(z, all8(m.Offset(8)), r)
	return r
}

// bitsOf8 gathers the sign bits of a mask.
func bitsOf8(m vec) reg.GPVirtual { g := GP32(); VMOVMSKPS(m, g); return g }

// packer returns the shuffle that brings the lanes of a mask side by side.
func packer(mask reg.GPVirtual) vec {
	address, order := GP64(), YMM()
	LEAQ(table("packing", 512, func(i int) uint32 {
		var lanes uint64
		n := 0
		for lane := range 8 {
			if i/2>>lane&1 != 0 {
				lanes |= uint64(lane) << (8 * n)
				n++
			}
		}
		return uint32(lanes >> (32 * (i & 1)))
	}), address)
	VPMOVZXBD(Mem{Base: address, Index: mask.As64(), Scale: 8}, order)
	return order
}

func pack8(order vec, from Op, to Mem) {
	t := YMM()
	VPERMD(from, order, t)
	VMOVDQU(t, to)
}

// turns runs body n times; each next moves a pointer on.
func turns(name string, n int, body func(), next func()) {
	left := AllocLocal(8)
	MOVQ(I32(int32(n)), left)
	Label(name)
	body()
	next()
	DECQ(left)
	JNZ(LabelRef(name))
}

// Float64, 4 lanes.
func all4(m Mem) vec   { r := YMM(); VBROADCASTSD(m, r); return r }
func load4(m Mem) vec  { r := YMM(); VMOVUPD(m, r); return r }
func add4(a, b Op) vec { r := YMM(); VADDPD(b, a, r); return r }
func sub4(a, b Op) vec { r := YMM(); VSUBPD(b, a, r); return r }
func mul4(a, b Op) vec { r := YMM(); VMULPD(b, a, r); return r }
func min4(a, b Op) vec { r := YMM(); VMINPD(b, a, r); return r }
func max4(a, b Op) vec { r := YMM(); VMAXPD(b, a, r); return r }
func abs4(a vec) vec {
	r := YMM()
	VANDPD(bits4D("abs64", 0x7fffffffffffffff), a, r)
	return r
}

// least8 is the least of 8 lanes.
func least8(v vec) reg.VecVirtual {
	x, t := XMM(), XMM()
	VEXTRACTF128(U8(1), v, x)
	VMINPS(v.AsX(), x, x)
	VSHUFPS(U8(0x4e), x, x, t)
	VMINPS(t, x, x)
	VSHUFPS(U8(0xb1), x, x, t)
	VMINPS(t, x, x)
	return x
}
