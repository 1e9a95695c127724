package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	tinySide  = 3                         // pixels of a tiny triangle's rectangle each way at most
	tinyLeast = 4                         // tiny triangles for which it pays to draw them together
	tinyPlace = 16 + 16*tinySide*tinySide // of a list, with room to write on
	tinyRoom  = 5 * 4 * tinyPlace         // of its lists
)

// rasterTiny draws the triangles of lanes whose rectangle is tiny, one a lane,
// and leaves the others in lanes, for a perspective camera. First it lists the
// pixels whose centres they hold, then it goes through the list without a jump
// that depends on what is there. Where a centre is too close to an edge, or each
// hit has to be asked about, it leaves the triangle, too.
func rasterTiny(room *locals, c Mem, st reg.Register, lanes reg.GPVirtual, zone func(vec) (behind, before vec)) {
	in := func(disp int) Mem { return Mem{Base: st, Disp: disp} }
	list := func() Mem { return room.alloc(4 * tinyPlace) }
	places, nears, behinds, zones, ids := list(), list(), list(), list(), list()

	Comment("Tiny triangles.")
	rect := load(in(setupRect))
	size := ZMM() // columns and rows after the first, a byte each
	VPSRLD(U8(16), rect, size)
	VPSUBB(rect, size, size)
	margin := all(bits("marginSmall", 0x38800000))
	k := K()
	{
		t, l := ZMM(), K()
		KMOVW(lanes, l)
		VPADDB(all(bits(fmt.Sprintf("bytes%d", 4-tinySide), uint32(0x01010101*(4-tinySide)))), size, t)
		VPTESTNMD(all(bits("cornerMask", 0xfcfc)), t, l, k)
		k = cmp(le, load(in(setupSure)), margin, k)
	}
	tiny := GP32()
	KMOVW(k, tiny)
	{
		count := GP32()
		POPCNTL(tiny, count)
		CMPL(count, U8(tinyLeast))
		JB(LabelRef("rasterTinyDone"))
	}

	Comment("How far inside their centres are, and is that certain?")
	x, y := ZMM(), ZMM()
	{
		three := all(bits("three", 3))
		VPANDD(three, rect, x)
		VCVTDQ2PS(x, x)
		VPSRLD(U8(8), rect, y)
		VPANDD(three, y, y)
		VCVTDQ2PS(y, y)
	}
	plane := func(at int) (v, right, down vec) {
		v, right, down = load(in(at+128)), load(in(at)), load(in(at+64))
		VFMADD231PS(right, x, v)
		VFMADD231PS(down, y, v)
		return v, right, down
	}
	// walk calls with the plane's values at each centre, row by row.
	walk := func(at int, centre func(i int, v vec)) {
		row, right, down := plane(at)
		for j := range tinySide {
			v := row
			for i := range tinySide {
				if i > 0 {
					v = add(v, right)
				}
				centre(j*tinySide+i, v)
			}
			if j+1 < tinySide {
				row = add(row, down)
			}
		}
	}
	var inside [tinySide * tinySide]vec
	walk(setupEdge, func(i int, v vec) { inside[i] = v })
	walk(setupEdge+192, func(i int, v vec) { inside[i] = vmin(inside[i], v) })
	var closest vec
	walk(setupEdge+384, func(i int, v vec) {
		VMINPS(v, inside[i], inside[i])
		if i == 0 {
			closest = copyOf(inside[0])
		} else {
			VRANGEPS(U8(smallest), inside[i], closest, closest)
		}
	})
	k = cmp(gt, closest, margin, k)
	KMOVW(k, tiny)
	ANDNL(lanes, tiny, lanes)

	Comment("The pixels that they hold: place and lane, and nearness.")
	// A place counts by cells and blocks. The bits of its column, and of its row,
	// are apart: with all others set, adding one carries across those.
	// spread moves bits of the rectangle, shifted up by so much, to those of a place.
	spread := func(mask uint32, parts [3][2]int) (place, whole vec) {
		place = ZMM()
		for i, p := range parts {
			t := place
			if i > 0 {
				t = ZMM()
			}
			if p[0] < 0 {
				VPSRLD(U8(-p[0]), rect, t)
			} else {
				VPSLLD(U8(p[0]), rect, t)
			}
			VPANDD(all(bits(fmt.Sprintf("place%x", p[1]), uint32(p[1]))), t, t)
			if i > 0 {
				VPORD(t, place, place)
			}
		}
		return place, all(bits(fmt.Sprintf("place%x", mask), mask))
	}
	next := func(place, mask vec) vec {
		to := ZMM()
		VPSUBD(mask, place, to)
		VPANDD(mask, to, to)
		return to
	}
	column, columnMask := spread(0x7330, [3][2]int{{4, 0x30}, {6, 0x300}, {8, 0x7000}})
	row, rowMask := spread(0x18cc0, [3][2]int{{-2, 0xc0}, {0, 0xc00}, {3, 0x18000}})
	var columns [tinySide]vec
	var has [tinySide]reg.OpmaskVirtual // so many columns
	var more [tinySide]vec              // bit 2 of the first byte says whether, of the second whether rows
	for i := range columns {
		if i > 0 {
			column = next(column, columnMask)
			more[i], has[i] = ZMM(), K()
			VPADDB(all(bits(fmt.Sprintf("bytes%d", 4-i), uint32(0x01010101*(4-i)))), size, more[i])
			VPTESTMD(all(bits("fourInt", 4)), more[i], has[i])
		}
		columns[i] = ZMM()
		VPORD(lanesTable(), column, columns[i])
	}
	n, some := GP64(), GP32()
	XORL(n.As32(), n.As32())
	XORL(some, some)
	at := func(m Mem) Mem { m.Index, m.Scale = n, 4; return m }
	thisRow := k
	walk(setupNear, func(i int, s vec) {
		j, i := i/tinySide, i%tinySide
		if i == 0 && j > 0 {
			thisRow = K()
			VPTESTMD(all(bits("rowsBit", 0x400)), more[j], k, thisRow)
			row = next(row, rowMask)
		}
		held := thisRow
		if i > 0 {
			held = K()
			KANDW(has[i], thisRow, held)
		}
		held = cmp(gt, inside[j*tinySide+i], margin, held)
		place, g := ZMM(), GP32()
		VPORD(row, columns[i], place)
		compress(place, held, at(places))
		compress(s, held, at(nears))
		KMOVW(held, g)
		ORL(g, some)
		POPCNTL(g, g)
		ADDQ(g.As64(), n)
	})
	VMOVUPS(all(bits("none", 0xffffffff)), at(places)) // beyond all cells
	TESTL(some, some)
	JZ(LabelRef("rasterTinyDone"))

	Comment("Their records.")
	{
		k := K()
		KMOVW(some, k)
		enterSome(c, st, k, some)
	}

	Comment("What is surely behind each of them, and what may be.")
	{
		i, cells, id := GP64(), zeros(), load(in(setupID))
		XORL(i.As32(), i.As32())
		at := func(m Mem) Mem { m.Index, m.Scale = i, 4; return m }
		Label("rasterTinyZones")
		place, cell, whose := load(at(places)), ZMM(), ZMM()
		behind, before := zone(load(at(nears)))
		VPSUBD(behind, before, before)
		VMOVUPS(behind, at(behinds))
		VMOVUPS(before, at(zones))
		VPERMD(id, place, whose)
		VMOVUPS(whose, at(ids))
		VPSRLD(U8(4+8), place, cell)
		VPSLLVD(cell, all(bits("oneInt", 1)), cell)
		VPORD(cell, cells, cells)
		ADDQ(U8(16), i)
		CMPQ(i, n)
		JB(LabelRef("rasterTinyZones"))
		markStale(c, cells)
	}

	Comment("Draw them. Numbers that are not negative compare as integers do.")
	{
		i, base := GP64(), GP64()
		XORL(i.As32(), i.As32())
		MOVQ(c.Offset(canvasNearness), base)
		at := func(m Mem) Mem { m.Index, m.Scale = i, 4; return m }
		Label("rasterTinyPixel")
		p := GP64()
		MOVL(at(places), p.As32())
		SHRL(U8(4), p.As32())
		pixel := Mem{Base: base, Index: p, Scale: 4}
		old, id, t := GP32(), GP32(), GP32()
		MOVL(pixel, old)
		MOVL(pixel.Offset(canvasIDs), id)
		MOVL(old, t)
		SUBL(at(behinds), t)
		CMOVLLT(at(nears), old)
		CMOVLLT(at(ids), id)
		MOVL(old, pixel)
		MOVL(id, pixel.Offset(canvasIDs))
		CMPL(t, at(zones)) // as unsigned: behind is beyond all
		JBE(LabelRef("rasterTinyAsk"))
		Label("rasterTinyNext")
		INCQ(i)
		CMPQ(i, n)
		JB(LabelRef("rasterTinyPixel"))
		JMP(LabelRef("rasterTinyDone"))

		Label("rasterTinyAsk")
		lane, bit := GP64(), GP32()
		MOVL(at(places), lane.As32())
		ANDL(U8(15), lane.As32())
		MOVL(U32(1), bit)
		MOVL(p.As32(), t)
		ANDL(U8(15), t)
		SHLXL(t, bit, bit)
		SHRL(U8(4), p.As32())
		enterFix8(c, bit, lane, p)
		JMP(LabelRef("rasterTinyNext"))
	}
	Label("rasterTinyDone")
}
