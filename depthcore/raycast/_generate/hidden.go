package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const notLT = 21 // or not a number

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

// skipHidden goes on at label + "Next" where all blocks that a rectangle of pixels
// touches are nearer than near, as worker.hidden says. It brings the lows of the
// cells up to date that it looks at.
func skipHidden(rect, near, canvas Mem, pixels reg.Register, label string) {
	bound, x := ZMM(), XMM()
	VMOVSS(near, x)
	VBROADCASTSS(x, bound)
	VFMADD213PS(all(canvas.Offset(canvasBlur)), all(bits("beyondTie", 0x3f800080)), bound) // 1 + tieZone
	VMAXPS(mul(bound, all(bits("withinTies", 0x3f7ffe00))), bound, bound)                  // 1 - 2 tieZone

	Comment("Block columns and rows, a bit each, from the first cell on.")
	r, stale, ones, twos := GP32(), GP64(), GP32(), GP32()
	MOVQ(canvas.Offset(canvasStale), stale)
	MOVL(rect, r)
	MOVL(I32(-1), ones)
	MOVL(I32(-2), twos)
	shifted := func(bit int) reg.GPVirtual {
		v := GP32()
		MOVL(r, v)
		SHRL(U8(bit), v)
		return v
	}
	var lines [2]reg.GPVirtual
	for axis := range lines {
		v, beyond := GP32(), GP32()
		SHLXL(shifted(8*axis+18), twos, beyond)
		SHLXL(shifted(8*axis+2), ones, v)
		ANDNL(v, beyond, v)
		before := shifted(8*axis + 2)
		ANDL(U32(0x1c), before)
		SHRXL(before, v, v)
		lines[axis] = v
	}
	columns, rows := lines[0], lines[1]
	ANDL(U32(0xffff), rows)
	row, column := GP64(), shifted(4)
	MOVL(shifted(12), row.As32())
	ANDL(U8(3), row.As32())
	SHLL(U8(logCellsX), row.As32())
	ANDL(U8(7), column)
	ORL(column, row.As32())

	Label(label + "HiddenRow")
	within, high, c, left := GP32(), GP32(), GP64(), GP32()
	nibbles := GP32()
	MOVL(U32(0x1111), nibbles)
	PDEPL(nibbles, rows, within)
	MOVL(within, high)
	SHLL(U8(4), high)
	SUBL(within, high)
	MOVQ(row, c)
	MOVL(columns, left)

	Label(label + "HiddenCell")
	inside, m, seen := GP32(), K(), K()
	MOVL(left, inside)
	ANDL(U8(15), inside)
	IMUL3L(I32(0x1111), inside, inside)
	ANDL(high, inside)
	KMOVW(inside, m)
	at := GP64()
	MOVQ(c, at)
	SHLQ(U8(6), at)
	ADDQ(pixels, at)
	BTRQ(c, stale)
	JCC(LabelRef(label + "HiddenFresh"))
	{
		MOVQ(stale, canvas.Offset(canvasStale))
		q := GP64()
		MOVQ(c, q)
		SHLQ(U8(10), q)
		ADDQ(pixels, q)
		VMOVUPS(lowsOf(q), Mem{Base: at, Disp: canvasLow})
	}
	Label(label + "HiddenFresh")
	VCMPPS(U8(notLT), Mem{Base: at, Disp: canvasLow}, bound, m, seen)
	KORTESTW(seen, seen)
	JNZ(LabelRef(label + "Seen"))
	INCQ(c)
	SHRL(U8(4), left)
	JNZ(LabelRef(label + "HiddenCell"))
	ADDQ(U8(1<<logCellsX), row)
	SHRL(U8(4), rows)
	JNZ(LabelRef(label + "HiddenRow"))
	JMP(LabelRef(label + "Next"))
	Label(label + "Seen")
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
	VMOVDQU(lanesTable(), column)
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
