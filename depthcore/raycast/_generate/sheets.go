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

// resolveSheet writes the pixels of a sheet that sees no surface. Where its rows
// are cache lines, these go to memory without being read first, which takes
// longer than all else: whoever tells others that a tile is done does so by a
// locked instruction, which waits for them.
func resolveSheet() {
	TEXT("resolveSheetAVX512", NOSPLIT, "func(out *byte, stride int)")
	Doc("resolveSheetAVX512 writes the pixels of a sheet that sees no surface.")
	out, stride, t := Load(Param("out"), GP64()), Load(Param("stride"), GP64()), GP64()
	v := all(bits("infinite", 0x7f800000))
	MOVQ(out, t)
	ORQ(stride, t)
	TESTQ(U32(63), t)
	JNZ(LabelRef("resolveSheetParts"))
	for range 16 {
		VMOVNTPS(v, Mem{Base: out})
		ADDQ(stride, out)
	}
	VZEROUPPER()
	RET()
	Label("resolveSheetParts")
	for range 16 {
		VMOVUPS(v, Mem{Base: out})
		ADDQ(stride, out)
	}
	VZEROUPPER()
	RET()
}
