package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func rasterAVX2() {
	TEXT("rasterAVX2", 0, "func(c, st *byte, lanes uint32)")
	Doc("rasterAVX2 is raster for the triangles of a mask. What the meaning has to decide goes to the list of fixes.")
	c, st := Mem{Base: Load(Param("c"), GP64())}, Load(Param("st"), GP64())
	lanes := GP32()
	Load(Param("lanes"), lanes)
	lane := GP64()
	in := func(disp int) Mem { return Mem{Base: st, Index: lane, Scale: 4, Disp: disp} }
	room := newLocals(2048)
	local := room.alloc
	planes := [4]int{setupEdge, setupEdge + 192, setupEdge + 384, setupNear}
	var stepM [4][2]Mem // from a block's first pixel to its others, by halves
	var reachM [4]Mem   // to a block's pixel that is farthest inside, or nearest
	var firstM [4]Mem   // of each of four blocks side by side
	for f := range stepM {
		stepM[f], reachM[f], firstM[f] = [2]Mem{local(32), local(32)}, local(16), local(16)
	}
	idM, minusM, sureM, blurM := local(32), local(32), local(32), local(32)
	bM, cM, xM, lastXM, yM := local(16), local(16), local(16), local(16), local(16)
	group0, group, groupLast, row, rowLast := local(8), local(8), local(8), local(8), local(8)
	VMOVUPS(all8(c.Offset(canvasBlur)), blurM)
	zero := func() vec { r := XMM(); VXORPS(r, r, r); return r }
	rasterSmallAVX2(local, c, st, lanes, blurM, nil)

	Label("raster2Next")
	TESTL(lanes, lanes)
	JZ(LabelRef("raster2Done"))
	TZCNTL(lanes, lane.As32())
	BLSRL(lanes, lanes)

	Comment("The steps within a block, and how far those reach.")
	var a [4]Mem
	for f, at := range planes {
		ea, eb := all8(in(at)), all8(in(at+64))
		for half, to := range stepM[f] {
			s := mul8(ea, columns())
			VFMADD231PS(rows().Offset(32*half), eb, s)
			VMOVUPS(s, to)
		}
		r, t := XMM(), XMM()
		VMAXPS(zero(), ea.AsX(), r)
		VMAXPS(zero(), eb.AsX(), t)
		VADDPS(t, r, r)
		VMULPS(bits8("f3", 0x40400000), r, r)
		if f < 3 {
			VBROADCASTSS(in(setupMargin), t)
			VADDPS(t, r, r)
		}
		VMOVUPS(r, reachM[f])
		a[f] = local(16)
		VMOVUPS(ea.AsX(), a[f])
	}
	{
		margin := all8(in(setupMargin))
		VMOVUPS(sub8(zero8(), margin), minusM)
		VMOVUPS(all8(in(setupSure)), sureM)
		four := func(term int, to Mem) {
			v := XMM()
			VMOVSS(in(planes[0]+64*term), v)
			for f := 1; f < 4; f++ {
				VINSERTPS(U8(f<<4), in(planes[f]+64*term), v, v)
			}
			VMOVUPS(v, to)
		}
		four(1, bM)
		four(2, cM)
	}

	Comment("The rectangle: rows of blocks, and groups of four of them.")
	rect := GP32()
	MOVL(in(setupRect), rect)
	side := func(shift, mask int) reg.GPVirtual {
		r := GP32()
		MOVL(rect, r)
		SHRL(U8(shift), r)
		ANDL(U32(uint32(mask)), r)
		return r
	}
	{
		x0, x1 := side(0, 0xfc), side(16, 0xfc)
		f, g := XMM(), GP32()
		SUBL(x0, x1)
		VMOVD(x1, f)
		VPBROADCASTD(f, f)
		VCVTDQ2PS(f, f)
		VMOVUPS(f, lastXM)
		MOVL(x0, g)
		ANDL(U32(0xf0), g)
		SUBL(x0, g)
		VMOVD(g, f)
		VPBROADCASTD(f, f)
		VCVTDQ2PS(f, f)
		VADDPS(table("fours", 4, func(i int) uint32 { return math.Float32bits(float32(4 * i)) }), f, f)
		VMOVUPS(f, xM)
		MOVL(side(4, 15), group0)
		MOVL(side(20, 15), groupLast)
		MOVL(side(10, 63), row)
		MOVL(side(26, 63), rowLast)
		VMOVUPS(zero(), yM)
	}

	Label("raster2Row")
	v := XMM()
	VMOVUPS(yM, v)
	VFMADD213PS(cM, load4F(bM), v)
	{
		g := GP32()
		MOVL(group0, g)
		MOVL(g, group)
	}
	x := XMM()
	VMOVUPS(xM, x)

	Label("raster2Group")
	block := GP64() // the group's first
	{
		g, t := GP32(), GP32()
		MOVL(group, g)
		MOVL(row, block.As32())
		MOVL(block.As32(), t)
		SHRL(U8(2), t)
		SHLL(U8(logCellsX), t)
		ADDL(g, t)
		SHLL(U8(4), t)
		ANDL(U32(3), block.As32())
		LEAL(Mem{Base: t.As64(), Index: block, Scale: 4}, block.As32())
	}
	base := GP64()
	MOVQ(c.Offset(canvasNearness), base)
	lows := XMM()
	touched := zero()
	VCMPPS(U8(ge), touched, x, touched)
	{
		t := XMM()
		VCMPPS(U8(le), lastXM, x, t)
		VANDPS(t, touched, touched)
		for f := range a {
			w := XMM()
			VSHUFPS(U8(0x55*f), v, v, w)
			VFMADD231PS(a[f], x, w)
			VMOVUPS(w, firstM[f])
			VADDPS(reachM[f], w, w)
			if f < 3 {
				VCMPPS(U8(ge), zero(), w, w)
			} else {
				bound, size := XMM(), XMM()
				VMOVUPS(Mem{Base: base, Index: block, Scale: 4, Disp: canvasLow}, lows)
				VANDPS(bits8("absMask", 0x7fffffff), lows, size)
				VSUBPS(blurM, lows, bound)
				VFNMADD231PS(bits8("threeTies", 0x38400000), size, bound)
				VCMPPS(U8(ge), bound, w, w)
			}
			VANDPS(w, touched, touched)
		}
	}
	todo := GP32()
	VMOVMSKPS(touched, todo)
	TESTL(todo, todo)
	JZ(LabelRef("raster2GroupDone"))
	giveRecord("raster2HasRecord", c, st, lane)
	{
		id := YMM()
		VPBROADCASTD(in(setupID), id)
		VMOVDQU(id, idM)
	}

	groupP, only := GP64(), GP64()
	MOVQ(block, groupP)
	SHLQ(U8(6), groupP)
	ADDQ(base, groupP)
	LEAQ(table("otherLanes", 16, func(i int) uint32 {
		if i%5 == 0 {
			return 0
		}
		return 0xffffffff
	}), only)

	Label("raster2Block")
	at := GP64()
	TZCNTL(todo, at.As32())
	BLSRL(todo, todo)
	asked := GP32()
	{
		var first [4]vec
		for f := range first {
			m := firstM[f]
			m.Index, m.Scale = at, 4
			first[f] = all8(m)
		}
		p := GP64()
		MOVQ(at, p)
		SHLQ(U8(6), p)
		ADDQ(groupP, p)
		var low vec
		for half := 0; half < 2; half++ {
			value := func(f int) vec { return add8(first[f], stepM[f][half]) }
			inside, s := min8(min8(value(0), value(1)), value(2)), value(3)
			is, open := drawHalf(p, half, inside, s, sureM, minusM, blurM, load8(idM))
			if half == 0 {
				low = is
				VMOVMSKPS(open, asked)
				continue
			}
			low = min8(low, is)
			t := bitsOf8(open)
			SHLL(U8(8), t)
			ORL(t, asked)
		}
		l := XMM()
		VBROADCASTSS(least8(low), l)
		other := GP64()
		MOVQ(at, other)
		SHLQ(U8(4), other)
		VORPS(Mem{Base: only, Index: other, Scale: 1}, l, l)
		VMAXPS(lows, l, lows) // where it is a number
	}
	TESTL(asked, asked)
	JZ(LabelRef("raster2Sure"))
	ADDQ(block, at)
	enterFix8(c, asked, lane, at)
	Label("raster2Sure")
	TESTL(todo, todo)
	JNZ(LabelRef("raster2Block"))
	VMOVUPS(lows, Mem{Base: base, Index: block, Scale: 4, Disp: canvasLow}) // whole, so that it can be read again at once

	Label("raster2GroupDone")
	VADDPS(bits8("sixteenF", 0x41800000), x, x)
	next := func(at, last Mem, label string) {
		t := GP32()
		MOVL(at, t)
		INCL(t)
		MOVL(t, at)
		CMPL(t, last)
		JBE(LabelRef(label))
	}
	next(group, groupLast, "raster2Group")
	y := XMM()
	VMOVUPS(yM, y)
	VADDPS(bits8("four", 0x40800000), y, y)
	VMOVUPS(y, yM)
	next(row, rowLast, "raster2Row")
	JMP(LabelRef("raster2Next"))
	Label("raster2Done")
	VZEROUPPER()
	RET()
}

// drawHalf draws a triangle into two rows of the block at p, as drawBlock does
// into all: is is what they hold then.
func drawHalf(p reg.GPVirtual, half int, inside, s vec, sure, minus, blur Op, id vec) (is, open vec) {
	zone := absOf8(s)
	VFMADD213PS(blur, load8(bits8("f2m16", 0x37800000)), zone)
	behind, before := sub8(s, zone), add8(s, zone)
	possible, unsure := cmp8(ge, inside, minus), cmp8(notGT, inside, sure)
	old := load8(Mem{Base: p, Disp: 32 * half})
	kept := or8(cmp8(notLT, old, behind), unsure)
	open = and8(and8(cmp8(le, old, before), possible), kept)
	is = max8(or8(s, kept), old) // the second, where the first is not a number
	// Read both before either is written: they lie a multiple of 4096 bytes
	// apart, where a processor takes a read for one of what is being written.
	ids := Mem{Base: p, Disp: canvasIDs + 32*half}
	whose := blend8(id, load8(ids), kept)
	VMOVUPS(is, Mem{Base: p, Disp: 32 * half})
	VMOVUPS(whose, ids) // masked stores are slow on AMD
	return is, open
}

// enterFix8 asks the meaning about the pixels of a block that asked holds.
func enterFix8(c Mem, asked, lane, block reg.GPVirtual) {
	n, to := GP64(), GP64()
	SHLL(U8(16), asked)
	ORL(lane.As32(), asked)
	MOVQ(c.Offset(canvasNFixes), n)
	MOVQ(c.Offset(canvasFixes), to)
	MOVL(asked, Mem{Base: to, Index: n, Scale: 8})
	MOVL(block.As32(), Mem{Base: to, Index: n, Scale: 8, Disp: 4})
	INCQ(c.Offset(canvasNFixes))
}

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
