// Command generate writes the vector instructions of package bvh: run
// "go generate" there.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// Sizes and offsets in the structs of package bvh; TestLayout checks them.
const (
	referenceSize    = 32
	referenceN       = 28
	binningScale     = 16
	binningTable     = 32
	binCenters, binN = 32, 64
	logBin           = 7
	bins             = 16
)

// constant is the address of n 32-bit constants.
func constant(name string, n int, at func(i int) uint32) Mem {
	m := GLOBL(name, RODATA|NOPTR)
	for i := 0; i < n; i++ {
		DATA(4*i, U32(at(i)))
	}
	return m
}

func main() {
	half := constant("half", 4, func(int) uint32 { return 0x3f000000 })
	sign := constant("sign", 4, func(int) uint32 { return 0x80000000 })
	lastBin := constant("lastBin", 4, func(int) uint32 { return bins - 1 })
	used := constant("used", 8, func(i int) uint32 {
		if i%4 == 3 {
			return 0
		}
		return 0xffffffff
	})

	TEXT("sortAVX2", NOSPLIT, "func(to, refs *byte, n int)")
	Doc("sortAVX2 is binning.sort.")
	to, refs, n := Load(Param("to"), GP64()), Load(Param("refs"), GP64()), Load(Param("n"), GP64())
	lo, scale := XMM(), XMM()
	VMOVUPS(Mem{Base: to}, lo)
	VMOVUPS(Mem{Base: to, Disp: binningScale}, scale)
	TESTQ(n, n)
	JZ(LabelRef("done"))
	Label("next")
	box, high, centre, whole, index, count := YMM(), XMM(), XMM(), YMM(), XMM(), GP32()
	MOVL(Mem{Base: refs, Disp: referenceN}, count)
	VMOVUPS(Mem{Base: refs}, box)
	VANDPS(used, box, box)
	VEXTRACTF128(U8(1), box, high)
	VMULPS(half, high, high)
	VMULPS(half, box.AsX(), centre)
	VSUBPS(high, centre, centre)
	VXORPS(sign, centre, high)
	VINSERTF128(U8(1), high, centre.AsY(), whole)
	VSUBPS(lo, centre, index)
	VMULPS(scale, index, index)
	VCVTTPS2DQ(index, index)
	VPAND(lastBin, index, index)
	VPSLLD(U8(logBin), index, index)
	for axis := 0; axis < 3; axis++ {
		at, v := GP64(), YMM()
		VPEXTRD(U8(axis), index, at.As32())
		ADDQ(to, at)
		bin := Mem{Base: at, Disp: binningTable + axis*bins<<logBin}
		VMINPS(bin, box, v)
		VMOVUPS(v, bin)
		w := YMM()
		VMINPS(bin.Offset(binCenters), whole, w)
		VMOVUPS(w, bin.Offset(binCenters))
		ADDL(count, bin.Offset(binN))
	}
	ADDQ(U8(referenceSize), refs)
	DECQ(n)
	JNZ(LabelRef("next"))
	Label("done")
	VZEROUPPER()
	RET()
	Generate()
}
