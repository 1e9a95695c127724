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
