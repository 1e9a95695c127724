package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const notLT = 21 // or not a number

func blockColumns() Mem {
	return table("blockColumns", 16, func(i int) uint32 { return uint32(i & 3) })
}
func blockRows() Mem { return table("blockRows", 16, func(i int) uint32 { return uint32(i >> 2) }) }

// blockAt is the column or row of a block, from a rectangle's byte that begins
// at a bit.
func blockAt(rect reg.GPVirtual, bit int) reg.GPVirtual {
	r := GP64()
	MOVL(rect, r.As32())
	SHRL(U8(bit+2), r.As32())
	ANDL(U32(0x3f), r.As32())
	return r
}

// span is a rectangle's first and last block along an axis.
func span(rect reg.GPVirtual, axis int) (first, last reg.GPVirtual) {
	return blockAt(rect, 8*axis), blockAt(rect, 8*axis+16)
}

// cellsOf is the first of a span's cells, and how many follow it.
func cellsOf(first, last reg.GPVirtual) (cell, more reg.GPVirtual) {
	cell, more = GP64(), GP64()
	MOVQ(first, cell)
	SHRQ(U8(2), cell)
	MOVQ(last, more)
	SHRQ(U8(2), more)
	SUBQ(cell, more)
	return cell, more
}

func hidden(v uint64) {
	r := GP8()
	MOVB(U8(v), r)
	Store(r, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

func hiddenAVX512() {
	TEXT("hiddenAVX512", NOSPLIT, "func(in, stale *byte, r uint32, near float32) bool")
	Doc("hiddenAVX512 reports whether near is less than the lows of all blocks that a rectangle of pixels touches.",
		"It brings those up to date that it looks at.")
	base, staleP, rect := Load(Param("in"), GP64()), Load(Param("stale"), GP64()), GP32()
	Load(Param("r"), rect)
	stale := GP64()
	MOVQ(Mem{Base: staleP}, stale)
	near := all(mustAddr("near"))
	fours := all(bits("fourInt", 4))

	Comment("Columns and rows, from the rectangle's first.")
	var at [2]vec   // of the cell's blocks
	var most [2]vec // of the rectangle's
	var cell, more [2]reg.GPVirtual
	for axis, table := range []Mem{blockColumns(), blockRows()} {
		first, last := span(rect, axis)
		cell[axis], more[axis] = cellsOf(first, last)
		at[axis], most[axis] = load(table), ZMM()
		SUBQ(first, last)
		VPBROADCASTD(last.As32(), most[axis])
		ANDQ(U32(3), first)
		v := ZMM()
		VPBROADCASTD(first.As32(), v)
		VPSUBD(v, at[axis], at[axis])
	}
	row := cell[1] // the row's first cell
	SHLQ(U8(logCellsX), row)
	ADDQ(cell[0], row)
	x, c, n := ZMM(), GP64(), GP64()

	Label("hiddenRow")
	within := K()
	VPCMPUD(U8(2), most[1], at[1], within)
	MOVQ(row, c)
	MOVQ(more[0], n)
	VMOVDQA32(at[0], x)

	Label("hiddenCell")
	p := GP64()
	MOVQ(c, p)
	SHLQ(U8(6), p)
	ADDQ(base, p)
	BTRQ(c, stale)
	JCC(LabelRef("hiddenFresh"))
	{
		MOVQ(stale, Mem{Base: staleP})
		q := GP64()
		MOVQ(c, q)
		SHLQ(U8(10), q)
		ADDQ(base, q)
		VMOVUPS(lowsOf(q), Mem{Base: p, Disp: canvasLow})
	}
	Label("hiddenFresh")
	inside, seen := K(), K()
	VPCMPUD(U8(2), most[0], x, within, inside)
	VCMPPS(U8(notLT), Mem{Base: p, Disp: canvasLow}, near, inside, seen)
	KORTESTW(seen, seen)
	JNZ(LabelRef("hiddenSeen"))
	VPADDD(fours, x, x)
	INCQ(c)
	DECQ(n)
	JGE(LabelRef("hiddenCell"))
	VPADDD(fours, at[1], at[1])
	ADDQ(U8(1<<logCellsX), row)
	DECQ(more[1])
	JGE(LabelRef("hiddenRow"))
	hidden(1)
	Label("hiddenSeen")
	hidden(0)
}

// lowsOf is the least of each of a cell's blocks, given the first of them: 16
// rows of 16 become one, by halves.
func lowsOf(p reg.GPVirtual) vec {
	two := func(combine func(low bool, a, b, to vec), a, b vec) vec {
		lo, hi := ZMM(), ZMM()
		combine(true, a, b, lo)
		combine(false, a, b, hi)
		return vmin(lo, hi)
	}
	choose := func(lo, hi func(a, b, to vec)) func(bool, vec, vec, vec) {
		return func(low bool, a, b, to vec) {
			if low {
				lo(a, b, to)
			} else {
				hi(a, b, to)
			}
		}
	}
	steps := []func(bool, vec, vec, vec){
		choose(func(a, b, to vec) { VUNPCKLPS(b, a, to) }, func(a, b, to vec) { VUNPCKHPS(b, a, to) }),
		choose(func(a, b, to vec) { VUNPCKLPD(b, a, to) }, func(a, b, to vec) { VUNPCKHPD(b, a, to) }),
		choose(func(a, b, to vec) { VSHUFF32X4(U8(0x44), b, a, to) }, func(a, b, to vec) { VSHUFF32X4(U8(0xee), b, a, to) }),
		choose(func(a, b, to vec) { VSHUFF32X4(U8(0x88), b, a, to) }, func(a, b, to vec) { VSHUFF32X4(U8(0xdd), b, a, to) }),
	}
	// Depth first, which takes few registers.
	var fold func(level, first int) vec
	fold = func(level, first int) vec {
		if level == 0 {
			return load(Mem{Base: p, Disp: 64 * first})
		}
		a := fold(level-1, first)
		b := fold(level-1, first+1<<(level-1))
		return two(steps[level-1], a, b)
	}
	return fold(4, 0)
}

func hiddenAVX2() {
	TEXT("hiddenAVX2", NOSPLIT, "func(low *byte, r uint32, near float32) bool")
	Doc("hiddenAVX2 reports whether near is less than the lows of all blocks that a rectangle of pixels touches.")
	base, rect := Load(Param("low"), GP64()), GP32()
	Load(Param("r"), rect)
	near, width, fours, column := XMM(), XMM(), XMM(), XMM()
	VBROADCASTSS(mustAddr("near"), near)
	x0, x1 := span(rect, 0)
	y, last := span(rect, 1)
	cell, more := cellsOf(x0, x1)
	spread := func(r reg.GPVirtual, v reg.VecVirtual) {
		VMOVD(r.As32(), v)
		VPBROADCASTD(v, v)
	}

	Comment("Columns, from the rectangle's first.")
	SUBQ(x0, x1)
	spread(x1, width)
	ANDQ(U32(3), x0)
	first := XMM()
	spread(x0, first)
	VMOVDQU(blockColumns(), column)
	VPSUBD(first, column, column)
	VPBROADCASTD(bits("fourInt", 4), fours)
	x, p, n, t := XMM(), GP64(), GP64(), GP64()

	Label("hidden2Row")
	MOVQ(y, p)
	SHRQ(U8(2), p)
	SHLQ(U8(logCellsX), p)
	ADDQ(cell, p)
	SHLQ(U8(6), p)
	MOVQ(y, t)
	ANDQ(U32(3), t)
	SHLQ(U8(4), t)
	ADDQ(t, p)
	ADDQ(base, p)
	MOVQ(more, n)
	VMOVDQA(column, x)
	Label("hidden2Cell")
	inside, seen := XMM(), XMM()
	VPMINUD(width, x, inside)
	VPCMPEQD(inside, x, inside)
	VCMPPS(U8(notLT), Mem{Base: p}, near, seen)
	VTESTPS(seen, inside)
	JNZ(LabelRef("hidden2Seen"))
	VPADDD(fours, x, x)
	ADDQ(U8(64), p)
	DECQ(n)
	JGE(LabelRef("hidden2Cell"))
	INCQ(y)
	CMPQ(y, last)
	JBE(LabelRef("hidden2Row"))
	hidden(1)
	Label("hidden2Seen")
	hidden(0)
}
