package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// blockIndex is the part of a block's index that its column, or row, makes.
func blockIndex(axis int, b vec) vec {
	low, high := YMM(), YMM()
	VPAND(bits8("three", 3), b, low)
	VPAND(bits8("blockHigh", 0x3c), b, high)
	VPSLLD(U8(2+logCellsX*axis), high, high)
	if axis == 1 {
		VPSLLD(U8(2), low, low)
	}
	VPADDD(low, high, high)
	return high
}

// rasterSmallAVX2 draws the triangles of lanes that touch two blocks each way at
// most, and leaves the others in lanes, as rasterMedium does. Where they are a
// lens's, rays says where its rays are.
func rasterSmallAVX2(local func(bytes int) Mem, c Mem, st reg.Register, lanes reg.GPVirtual, blurM Mem, rays *raysAVX2) {
	var partM [4]Mem // the triangles that touch each of the four blocks
	for part := range partM {
		partM[part] = local(8)
		MOVQ(I32(0), partM[part])
	}
	blockAt := local(4 * 64)
	small, some := GP32(), GP32()
	XORL(small, small)
	XORL(some, some)
	for half := 0; half < 2; half++ {
		Commentf("Small triangles, lanes %d to %d: their first block, and which others they touch.", 8*half, 8*half+7)
		in := func(disp int) Mem { return Mem{Base: st, Disp: disp + 32*half} }
		few := YMM()
		{
			bit := load8(table("laneBits", 16, func(i int) uint32 { return 1 << i }).Offset(32 * half))
			x := XMM()
			VMOVD(lanes, x)
			VPBROADCASTD(x, few)
			VPAND(bit, few, few)
			VPCMPEQD(bit, few, few)
		}
		rect := load8(in(setupRect))
		var two [2]vec
		var at [2][2]vec
		for axis := range two {
			first, last := YMM(), YMM()
			VPSRLD(U8(8*axis+2), rect, first)
			VPAND(bits8("low6", 0x3f), first, first)
			VPSRLD(U8(8*axis+18), rect, last)
			VPAND(bits8("low6", 0x3f), last, last)
			VPSUBD(first, last, last)
			more := YMM()
			VPCMPGTD(bits8("oneInt", 1), last, more)
			VPANDN(few, more, few)
			two[axis] = YMM()
			VPCMPEQD(bits8("oneInt", 1), last, two[axis])
			second := YMM()
			VPADDD(bits8("oneInt", 1), first, second)
			at[axis] = [2]vec{blockIndex(axis, first), blockIndex(axis, second)}
		}
		merge := func(mask vec, into reg.GPVirtual) {
			t := bitsOf8(mask)
			if half == 1 {
				SHLL(U8(8), t)
			}
			ORL(t, into)
		}
		merge(few, small)
		for part := range partM {
			i, j := part&1, part>>1
			b := YMM()
			VPADDD(at[0][i], at[1][j], b)
			VMOVDQU(b, blockAt.Offset(64*part+32*half))
		}
		for part := range partM {
			i, j := part&1, part>>1
			touched := and8(few, few)
			if i == 1 {
				VANDPS(two[0], touched, touched)
			}
			if j == 1 {
				VANDPS(two[1], touched, touched)
			}
			for e := 0; e < 3; e++ {
				at := func(k int) Mem { return in(setupEdge + 192*e + 64*k) }
				v := add8(load8(at(2)), in(setupMargin))
				if rays != nil {
					VADDPS(rays.pad, v, v)
				}
				for axis, next := range []int{i, j} {
					s := load8(at(axis))
					if next == 1 {
						VFMADD231PS(bits8("four", 0x40800000), s, v)
					}
					// The block's pixel that is farthest inside.
					VMAXPS(zero8(), s, s)
					VFMADD231PS(bits8("f3", 0x40400000), s, v)
				}
				VANDPS(cmp8(ge, v, zero8()), touched, touched)
			}
			t := GP32()
			MOVL(partM[part], t)
			merge(touched, t)
			MOVL(t, partM[part])
			ORL(t, some)
		}
	}
	TESTL(small, small)
	JZ(LabelRef("raster2Next"))
	ANDNL(lanes, small, lanes)

	Comment("Their records.")
	lane := GP64()
	{
		id, to := GP64(), GP64()
		MOVQ(c.Offset(canvasNRecords), id)
		MOVQ(id, to)
		SHLQ(U8(6), to)
		ADDQ(c.Offset(canvasRecords), to)
		Label("raster2Record")
		TESTL(some, some)
		JZ(LabelRef("raster2Recorded"))
		TZCNTL(some, lane.As32())
		BLSRL(some, some)
		MOVL(id.As32(), Mem{Base: st, Index: lane, Scale: 4, Disp: setupID})
		enterRecord(c, st, lane, to)
		INCQ(id)
		ADDQ(U8(recordSize), to)
		JMP(LabelRef("raster2Record"))
		Label("raster2Recorded")
		MOVQ(id, c.Offset(canvasNRecords))
	}

	base := GP64()
	MOVQ(c.Offset(canvasNearness), base)
	for part := range partM {
		name := []string{"A", "B", "C", "D"}[part]
		pixel := func(name string, next int, at func(i int) int) Mem {
			if next == 1 {
				name += "Next"
			}
			return table(name, 16, func(i int) uint32 { return math.Float32bits(float32(at(i) + 4*next)) })
		}
		x := pixel("columns", part&1, func(i int) int { return i % 4 })
		y := pixel("rows", part>>1, func(i int) int { return i / 4 })
		todo := GP32()
		MOVL(partM[part], todo)
		TESTL(todo, todo)
		JZ(LabelRef("raster2SmallDone" + name))
		Label("raster2Small" + name)
		TZCNTL(todo, lane.As32())
		BLSRL(todo, todo)
		of := func(disp int) Mem { return Mem{Base: st, Index: lane, Scale: 4, Disp: disp} }
		block := GP64()
		m := blockAt.Offset(64 * part)
		m.Index, m.Scale = lane, 4
		MOVL(m, block.As32())
		var u, w [2]vec
		if rays != nil {
			u, w = rays.of(block, part&1, part>>1)
		}
		plane := func(at int) (v [2]vec) {
			if rays != nil {
				a, b, k := all8(of(at)), all8(of(at+64)), all8(of(at+128))
				for half := range v {
					v[half] = YMM()
					VMOVAPS(k, v[half])
					VFMADD231PS(u[half], a, v[half])
					VFMADD231PS(w[half], b, v[half])
				}
				return v
			}
			v[0] = all8(of(at + 128))
			VFMADD231PS(x, all8(of(at)), v[0])
			v[1] = YMM()
			VMOVAPS(v[0], v[1])
			b := all8(of(at + 64))
			VFMADD231PS(y, b, v[0])
			VFMADD231PS(y.Offset(32), b, v[1])
			return v
		}
		inside := plane(setupEdge)
		for e := 1; e < 3; e++ {
			v := plane(setupEdge + 192*e)
			for half := range inside {
				VMINPS(v[half], inside[half], inside[half])
			}
		}
		s := plane(setupNear)
		p := GP64()
		MOVQ(block, p)
		SHLQ(U8(6), p)
		ADDQ(base, p)
		sure, minus, id := all8(of(setupSure)), sub8(zero8(), all8(of(setupMargin))), all8(of(setupID))
		low, open := drawHalf(p, 0, inside[0], s[0], sure, minus, blurM, id)
		low2, open2 := drawHalf(p, 1, inside[1], s[1], sure, minus, blurM, id)
		VMOVSS(least8(min8(low, low2)), Mem{Base: base, Index: block, Scale: 4, Disp: canvasLow})
		asked, high := bitsOf8(open), bitsOf8(open2)
		SHLL(U8(8), high)
		ORL(high, asked)
		JZ(LabelRef("raster2Sure" + name))
		enterFix8(c, asked, lane, block)
		Label("raster2Sure" + name)
		TESTL(todo, todo)
		JNZ(LabelRef("raster2Small" + name))
		Label("raster2SmallDone" + name)
	}
}
