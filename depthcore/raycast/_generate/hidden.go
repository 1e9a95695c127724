package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const notLT = 21 // or not a number

// ints are 16 whole numbers.
func ints(name string, at func(i int) uint32) Mem { return table(name, 16, at) }

// side is a rectangle's first and last block along an axis.
func side(rect reg.GPVirtual, axis int) (first, last reg.GPVirtual) {
	part := func(shift int) reg.GPVirtual {
		r := GP64()
		MOVL(rect, r.As32())
		SHRL(U8(shift+2), r.As32())
		ANDL(U32(0x3f), r.As32())
		return r
	}
	return part(8 * axis), part(8*axis + 16)
}

// hidden writes two kernels: one looks at the blocks of a cell at a time, the
// other at those of a row of it.
func hidden(name string, lanes int) {
	TEXT(name, NOSPLIT, "func(low *byte, r uint32, near float32) bool")
	Doc(name + " reports whether near is less than the lows of all blocks that a rectangle of pixels touches.")
	low, rect := Load(Param("low"), GP64()), GP32()
	Load(Param("r"), rect)
	label := func(l string) string { return name + l }
	vector := func() vec {
		if lanes == 16 {
			return ZMM()
		}
		return XMM()
	}
	spread := func(r reg.GPVirtual, v vec) {
		if lanes == 16 {
			VPBROADCASTD(r.As32(), v)
			return
		}
		VMOVD(r.As32(), v.AsX())
		VPBROADCASTD(v.AsX(), v)
	}
	near, width, fours := vector(), vector(), vector()
	VBROADCASTSS(mustAddr("near"), near)

	x0, x1 := side(rect, 0)
	y0, y1 := side(rect, 1)
	at := GP64() // the row's first cell, or what is looked at of it
	MOVQ(y0, at)
	SHRQ(U8(2), at)
	SHLQ(U8(logCellsX+6), at)
	ADDQ(low, at)
	t := GP64()
	MOVQ(x0, t)
	SHRQ(U8(2), t)
	SHLQ(U8(6), t)
	ADDQ(t, at)
	cells := GP64() // after the row's first
	MOVQ(x1, cells)
	SHRQ(U8(2), cells)
	MOVQ(x0, t)
	SHRQ(U8(2), t)
	SUBQ(t, cells)

	Comment("Columns and rows, from the rectangle's first.")
	spread(x1, width)
	first, column := vector(), vector()
	spread(x0, first)
	VPSUBD(first, width, width)
	MOVQ(x0, t)
	ANDQ(U32(3), t)
	spread(t, first)
	columns := ints("blockColumns", func(i int) uint32 { return uint32(i & 3) })
	if lanes == 16 {
		VMOVDQU32(columns, column)
		VMOVDQU32(ints("fourInts", func(int) uint32 { return 4 }), fours)
	} else {
		VMOVDQU(columns, column)
		VMOVDQU(ints("fourInts", func(int) uint32 { return 4 }), fours)
	}
	VPSUBD(first, column, column)
	x, p, n := vector(), GP64(), GP64()

	if lanes == 16 {
		height, row := vector(), vector()
		spread(y1, height)
		spread(y0, first)
		VPSUBD(first, height, height)
		MOVQ(y0, t)
		ANDQ(U32(3), t)
		spread(t, first)
		VMOVDQU32(ints("blockRows", func(i int) uint32 { return uint32(i >> 2) }), row)
		VPSUBD(first, row, row)
		rows := GP64() // of cells, after the first
		MOVQ(y1, rows)
		SHRQ(U8(2), rows)
		MOVQ(y0, t)
		SHRQ(U8(2), t)
		SUBQ(t, rows)

		Label(label("Row"))
		within := K()
		VPCMPUD(U8(2), height, row, within)
		MOVQ(at, p)
		MOVQ(cells, n)
		VMOVDQA32(column, x)
		Label(label("Cell"))
		inside, seen := K(), K()
		VPCMPUD(U8(2), width, x, within, inside)
		VCMPPS(U8(notLT), Mem{Base: p}, near, inside, seen)
		KORTESTW(seen, seen)
		JNZ(LabelRef(label("Seen")))
		VPADDD(fours, x, x)
		ADDQ(U8(64), p)
		DECQ(n)
		JGE(LabelRef(label("Cell")))
		VPADDD(fours, row, row)
		ADDQ(U32(64<<logCellsX), at)
		DECQ(rows)
		JGE(LabelRef(label("Row")))
	} else {
		Label(label("Row"))
		MOVQ(y0, p) // of the cell
		ANDQ(U32(3), p)
		SHLQ(U8(4), p)
		ADDQ(at, p)
		MOVQ(cells, n)
		VMOVDQA(column, x)
		Label(label("Cell"))
		inside, seen := XMM(), XMM()
		VPMINUD(width, x, inside)
		VPCMPEQD(inside, x, inside)
		VCMPPS(U8(notLT), Mem{Base: p}, near, seen)
		VTESTPS(seen, inside)
		JNZ(LabelRef(label("Seen")))
		VPADDD(fours, x, x)
		ADDQ(U8(64), p)
		DECQ(n)
		JGE(LabelRef(label("Cell")))
		INCQ(y0)
		CMPQ(y0, y1)
		JA(LabelRef(label("Hidden")))
		TESTQ(U32(3), y0)
		JNZ(LabelRef(label("Row")))
		ADDQ(U32(64<<logCellsX), at)
		JMP(LabelRef(label("Row")))
		Label(label("Hidden"))
	}
	hide := func(v uint64) {
		r := GP8()
		MOVB(U8(v), r)
		Store(r, ReturnIndex(0))
		VZEROUPPER()
		RET()
	}
	hide(1)
	Label(label("Seen"))
	hide(0)
}
