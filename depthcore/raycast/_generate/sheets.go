package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// writtenOut counts the places that writeOut is at.
var writtenOut int

// writeOut writes the pixels of those of the cells, a bit each, that are sheets.
func writeOut(base, cells reg.GPVirtual) {
	writtenOut++
	next, done := fmt.Sprint("writeOut", writtenOut), fmt.Sprint("writtenOut", writtenOut)
	sheets := Mem{Base: base, Disp: sheetsIs}
	ANDL(sheets, cells)
	JZ(LabelRef(done))
	XORL(cells, sheets)
	Label(next)
	cell, first := GP64(), GP64()
	TZCNTL(cells, cell.As32())
	BLSRL(cells, cells)
	of := func(disp int) Mem { return Mem{Base: base, Index: cell, Scale: 4, Disp: disp} }
	step, id := mul(all(of(sheetsA)), columns()), ZMM()
	VFMADD231PS(rows(), all(of(sheetsB)), step)
	VPBROADCASTD(of(sheetsID), id)
	MOVQ(cell, first)
	SHLQ(U8(6), first)
	ADDQ(base, first)
	SHLQ(U8(10), cell)
	ADDQ(base, cell)
	for b := range 16 {
		s := ZMM()
		VADDPS_BCST(Mem{Base: first, Disp: sheetsFirst + 4*b}, step, s)
		VMOVUPS(s, Mem{Base: cell, Disp: 64 * b})
		VMOVDQU32(id, Mem{Base: cell, Disp: canvasIDs + 64*b})
	}
	TESTL(cells, cells)
	JNZ(LabelRef(next))
	Label(done)
}

// newSheet makes a cell a sheet of a triangle of the setup, given its nearness in
// the first pixels of blocks, if all of them lie in the triangle and what the cell
// is a sheet of so far is surely behind it.
func newSheet(base, cell, low reg.GPVirtual, in func(int) Mem, first Mem, zone func(vec) (behind, before vec), covered reg.OpmaskVirtual, otherwise string) {
	KORTESTW(covered, covered)
	JCC(LabelRef(otherwise))
	of := func(disp int) Mem { return Mem{Base: base, Index: cell, Scale: 4, Disp: disp} }
	rows := GP64()
	MOVQ(cell, rows)
	SHLQ(U8(6), rows)
	ADDQ(base, rows)
	// The step to the block's pixel that is farthest, or nearest.
	step := func(a, b Mem, limit func(a, b Op) vec) vec {
		zero, three := zeros(), all(bits("f3", 0x40400000))
		s := mul(limit(all(a), zero), three)
		VFMADD231PS(three, limit(all(b), zero), s)
		return s
	}
	nearest := step(of(sheetsA), of(sheetsB), vmax)
	VADDPS(Mem{Base: rows, Disp: sheetsFirst}, nearest, nearest)
	at := load(first)
	lows := add(at, step(in(setupNear), in(setupNear+64), vmin))
	behind, _ := zone(lows)
	front := cmp(lt, nearest, behind, nil)
	KORTESTW(front, front)
	JCC(LabelRef(otherwise))
	VMOVUPS(at, Mem{Base: rows, Disp: sheetsFirst})
	VMOVUPS(lows, Mem{Base: low, Disp: canvasLow})
	VMOVSS(least(lows).AsX(), of(sheetsLow))
	for _, m := range [][2]Mem{{in(setupNear), of(sheetsA)}, {in(setupNear + 64), of(sheetsB)}, {in(setupID), of(sheetsID)}} {
		g := GP32()
		MOVL(m[0], g)
		MOVL(g, m[1])
	}
}

// setCellLow brings a cell's low up to date, given its blocks'.
func setCellLow(c Mem, cell reg.GPVirtual, lows vec) {
	base := GP64()
	MOVQ(c.Offset(canvasNearness), base)
	VMOVSS(least(lows).AsX(), Mem{Base: base, Index: cell, Scale: 4, Disp: sheetsLow})
}

// exceptSheets drops triangles of up to 2x2 pixels from a mask that touch a
// sheet, or may do so as they lie across the cells' borders: what is in the
// pixels there is not what they see.
func exceptSheets(label string, base reg.Register, tiny reg.OpmaskVirtual, first, last [2]vec) {
	sheets := GP32()
	MOVL(Mem{Base: base, Disp: sheetsIs}, sheets)
	TESTL(sheets, sheets)
	JZ(LabelRef(label + "NoSheets"))
	is, cell, row, across := ZMM(), ZMM(), ZMM(), ZMM()
	VPBROADCASTD(sheets, is)
	VPSRLD(U8(4), first[0], cell)
	VPSRLD(U8(4-logCellsX), first[1], row)
	VPANDD(all(bits("cellRow", 3<<logCellsX)), row, row)
	VPORD(row, cell, cell)
	VPSRLVD(cell, is, is)
	VPANDD(all(bits("oneInt", 1)), is, is)
	VPXORD(first[0], last[0], across)
	VPXORD(first[1], last[1], row)
	VPORD(row, across, across)
	VPTERNLOGD(U8(aOrBAndC), all(bits("cellHigh", 0x70)), across, is)
	VPTESTNMD(is, is, tiny, tiny)
	Label(label + "NoSheets")
}

// resolveSheet measures the pixels of a sheet. Where nothing is seen and its rows
// are cache lines, these go to memory without being read first, which takes longer
// than all else; a surface's do not, since who paints it finds them sooner in the
// caches. Whoever tells others that a tile is done does so by a locked instruction,
// which waits for what is on its way to memory.
//
// For a perspective camera Z is 1 / (A x + B y + C) with the plane's coefficients
// divided by other, which errs by no more than 3 ulp of |A x| + |B y| + |C|, and
// what is to be found by 4. In all pixels that sum is no more than 2^8 times the
// denominator if it is so in the corners: the difference is concave. And so 1 / den,
// approached as in resolveOne, is right within 2^-41, of which the middle between
// two float32 numbers is looked for twice as far around. Rows that come too close
// to one, and sheets that are extreme, are divided.
func resolveSheet() {
	TEXT("resolveSheetAVX512", NOSPLIT, "func(id uint32, records, xs, ys *byte, out *byte, stride int, ortho bool)")
	Doc("resolveSheetAVX512 measures the pixels of a sheet.", "stride is in bytes.")
	xs, ys := Load(Param("xs"), GP64()), Load(Param("ys"), GP64())
	out, stride, t := Load(Param("out"), GP64()), Load(Param("stride"), GP64()), GP64()
	id := GP64()
	Load(Param("id"), id.As32())
	left := GP32()
	MOVL(U32(16), left)
	SHLQ(U8(6), id)
	JNZ(LabelRef("sheetSurface"))
	nothing := all(bits("infinite", 0x7f800000))
	MOVQ(out, t)
	ORQ(stride, t)
	TESTQ(U32(63), t)
	JNZ(LabelRef("sheetNoLines"))
	rows := func(label string, store func(Op, Op)) {
		Label(label)
		store(nothing, Mem{Base: out})
		ADDQ(stride, out)
		DECL(left)
		JNZ(LabelRef(label))
		VZEROUPPER()
		RET()
	}
	rows("sheetLines", func(v, m Op) { VMOVNTPS(v, m) })
	rows("sheetNoLines", func(v, m Op) { VMOVUPS(v, m) })

	Label("sheetSurface")
	r := Load(Param("records"), GP64())
	ADDQ(id, r)
	at := func(disp int) Mem { return Mem{Base: r, Disp: disp} }
	coefficient := AllocLocal(32)
	{
		q, d := YMM(), YMM()
		VBROADCASTSD(at(recordOther), d)
		VMOVUPD(at(0), q)
		VDIVPD(d, q, q)
		VMOVUPD(q, coefficient)
	}
	divide := GP32() // all rows
	XORL(divide, divide)
	{
		Comment("The corners.")
		x, y, den, sum, odd, tmp := YMM(), YMM(), YMM(), YMM(), YMM(), YMM()
		VBROADCASTSD(Mem{Base: xs}, x)
		VBROADCASTSD(Mem{Base: xs, Disp: 120}, tmp)
		VBLENDPD(U8(0xa), tmp, x, x)
		VBROADCASTSD(Mem{Base: ys}, y)
		VBROADCASTSD(Mem{Base: ys, Disp: 120}, tmp)
		VBLENDPD(U8(0xc), tmp, y, y)
		VBROADCASTSD(abs64, odd)
		a, b := YMM(), YMM()
		VBROADCASTSD(coefficient, a)
		VBROADCASTSD(coefficient.Offset(8), b)
		VBROADCASTSD(coefficient.Offset(16), den)
		VPAND(odd, den, sum)
		VMULPD(a, x, x)
		VMULPD(b, y, y)
		for _, v := range []reg.VecVirtual{x, y} {
			VADDPD(v, den, den)
			VPAND(odd, v, v)
			VADDPD(v, sum, sum)
		}
		k := K()
		VMULPD_BCST(bits64("f2m8", uint64(1023-8)<<52), sum, sum)
		VCMPPD(U8(ge), sum, den, k)
		VCMPPD_BCST(U8(ge), bits64("f2m60d", uint64(1023-60)<<52), den, k, k)
		VCMPPD_BCST(U8(le), bits64("f2p60d", uint64(1023+60)<<52), den, k, k)
		g := GP32()
		KMOVB(k, g)
		XORL(U8(15), g)
		ORL(g, divide)
		MOVL(at(recordOther+4), g)
		ADDL(g, g) // no sign
		SUBL(U32(2*highWord(-60)), g)
		CMPL(g, U32(2*(highWord(60)-highWord(-60))))
		SETHI(g.As8())
		MOVBLZX(g.As8(), g)
		ORL(g, divide)
		CMPB(mustAddr("ortho"), U8(0))
		SETNE(g.As8())
		MOVBLZX(g.As8(), g)
		ORL(g, divide)
	}
	var x, first [2]vec
	for h := range x {
		x[h] = ZMM()
		VMOVUPD(Mem{Base: xs, Disp: 64 * h}, x[h])
		first[h] = allD(coefficient.Offset(16))
		VFMADD231PD_BCST(coefficient, x[h], first[h])
	}
	b, unit := allD(coefficient.Offset(8)), allD(one64)
	shift, window := allD(bits64("sheetShift", 1<<64-1<<28+1<<13)), allD(bits64("sheetWindow", 1<<29-1<<14))
	near, far := ZMM(), ZMM()
	{
		nearX, farX := XMM(), XMM()
		VCVTSD2SS(at(recordNear), unit.AsX(), nearX)
		VCVTSD2SS(at(recordFar), unit.AsX(), farX)
		VBROADCASTSS(nearX, near)
		VBROADCASTSS(farX, far)
	}

	Label("sheetRow")
	TESTL(divide, divide)
	JNZ(LabelRef("sheetDivide"))
	var tie [2]reg.OpmaskVirtual
	var z [2]vec
	for h := range z {
		z[h] = copyOf(first[h])
		VFMADD231PD_BCST(Mem{Base: ys}, b, z[h])
		tie[h] = quotient(nil, z[h], unit, shift, window)
	}
	KORTESTB(tie[0], tie[1])
	JNZ(LabelRef("sheetDivide"))
	whole := inFloat32(z)
	VMAXPS(near, whole, whole)
	VMINPS(far, whole, whole)
	Label("sheetMeasured")
	VMOVUPS(whole, Mem{Base: out})
	ADDQ(stride, out)
	ADDQ(U8(8), ys)
	DECL(left)
	JNZ(LabelRef("sheetRow"))
	VZEROUPPER()
	RET()

	Label("sheetDivide")
	{
		y := mulD(allD(Mem{Base: ys}), allD(at(8)))
		var z [2]vec
		for h := range z {
			den := mulD(x[h], allD(at(0)))
			VADDPD(y, den, den)
			VADDPD_BCST(at(16), den, den)
			z[h] = allD(at(recordOther))
			perspective, divided := fmt.Sprint("sheetPerspective", h), fmt.Sprint("sheetDivided", h)
			CMPB(mustAddr("ortho"), U8(0))
			JE(LabelRef(perspective))
			VDIVPD(z[h], den, z[h])
			JMP(LabelRef(divided))
			Label(perspective)
			VDIVPD(den, z[h], z[h])
			Label(divided)
			VMAXPD(allD(at(recordNear)), z[h], z[h])
			VMINPD(allD(at(recordFar)), z[h], z[h])
		}
		VMOVAPS(inFloat32(z), whole)
	}
	JMP(LabelRef("sheetMeasured"))
}
