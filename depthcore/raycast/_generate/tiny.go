package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	tinySide   = 4                         // pixels of a tiny triangle's rectangle each way at most
	tinyLeast  = 4                         // tiny triangles for which it pays to draw them together
	tinyLarger = 2                         // those of more than 3 pixels for which it pays to ask 4x4 of all
	tinyPlace  = 16 + 16*tinySide*tinySide // of a list, with room to write on
	tinyRoom   = 5 * 4 * tinyPlace         // of its lists
)

// tiny is what draws tiny triangles, one a lane.
type tiny struct {
	st, lanes          reg.Register
	rect, size, margin vec           // size: columns and rows after the first, a byte each
	n, some            reg.GPVirtual // pixels of the lists, and the triangles that hold any

	// Of each pixel, its place and lane, nearness, what is surely behind and how
	// far what may be reaches from there, and the triangle's record.
	places, nears, behinds, zones, ids Mem
}

func (t *tiny) in(disp int) Mem { return Mem{Base: t.st, Disp: disp} }

// rasterTiny draws the triangles of lanes whose rectangle is tiny, one a lane,
// and leaves the others in lanes, for a perspective camera. First it lists the
// pixels whose centres they hold, then it goes through the list without a jump
// that depends on what is there. Where a centre is too close to an edge, or each
// hit has to be asked about, it leaves the triangle, too.
func rasterTiny(room *locals, c Mem, st reg.Register, lanes reg.GPVirtual) {
	lists := &tiny{st: st, lanes: lanes, rect: load(Mem{Base: st, Disp: setupRect}), size: ZMM(),
		margin: all(bits("marginSmall", 0x38800000)), n: GP64(), some: GP32()}
	for _, m := range []*Mem{&lists.places, &lists.nears, &lists.behinds, &lists.zones, &lists.ids} {
		*m = room.alloc(4 * tinyPlace)
	}
	in, n, some := lists.in, lists.n, lists.some

	Comment("Tiny triangles.")
	VPSRLD(U8(16), lists.rect, lists.size)
	VPSUBB(lists.rect, lists.size, lists.size)
	plain := K()
	KMOVW(lanes, plain)
	plain = cmp(le, load(in(setupSure)), lists.margin, plain)
	upTo := func(side int) (reg.OpmaskVirtual, reg.GPVirtual) {
		t, k, count := lists.beyond(side), K(), GP32()
		VPTESTNMD(all(bits("cornerMask", 0xfcfc)), t, plain, k)
		KMOVW(k, count)
		POPCNTL(count, count)
		return k, count
	}
	k4, count4 := upTo(tinySide)
	CMPL(count4, U8(tinyLeast))
	JB(LabelRef("rasterTinyDone"))
	k3, count3 := upTo(tinySide - 1)
	SUBL(count3, count4)
	CMPL(count4, U8(tinyLarger))
	JAE(LabelRef("rasterTinyLarger"))
	lists.fill(tinySide-1, k3)
	JMP(LabelRef("rasterTinyListed"))
	Label("rasterTinyLarger")
	lists.fill(tinySide, k4)
	Label("rasterTinyListed")
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
		zone := zoneOf(false, all(c.Offset(canvasBlur)))
		Label("rasterTinyZones")
		place, cell, whose := load(at(lists.places)), ZMM(), ZMM()
		behind, before := zone(load(at(lists.nears)))
		VPSUBD(behind, before, before)
		VMOVUPS(behind, at(lists.behinds))
		VMOVUPS(before, at(lists.zones))
		VPERMD(id, place, whose)
		VMOVUPS(whose, at(lists.ids))
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
		MOVL(at(lists.places), p.As32())
		SHRL(U8(4), p.As32())
		pixel := Mem{Base: base, Index: p, Scale: 4}
		old, id, t := GP32(), GP32(), GP32()
		MOVL(pixel, old)
		MOVL(pixel.Offset(canvasIDs), id)
		MOVL(old, t)
		SUBL(at(lists.behinds), t)
		CMOVLLT(at(lists.nears), old)
		CMOVLLT(at(lists.ids), id)
		MOVL(old, pixel)
		MOVL(id, pixel.Offset(canvasIDs))
		CMPL(t, at(lists.zones)) // as unsigned: behind is beyond all
		JBE(LabelRef("rasterTinyAsk"))
		Label("rasterTinyNext")
		INCQ(i)
		CMPQ(i, n)
		JB(LabelRef("rasterTinyPixel"))
		JMP(LabelRef("rasterTinyDone"))

		Label("rasterTinyAsk")
		lane, bit := GP64(), GP32()
		MOVL(at(lists.places), lane.As32())
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

// beyond is size less side, plus 4, byte by byte.
func (t *tiny) beyond(side int) vec {
	v := ZMM()
	VPADDB(all(bits(fmt.Sprintf("bytes%d", 4-side), uint32(0x01010101*(4-side)))), t.size, v)
	return v
}

// fill lists the pixels that the triangles of k hold, whose rectangles are side
// by side pixels at most, and takes these from the lanes.
func (t *tiny) fill(side int, k reg.OpmaskVirtual) {
	Commentf("Up to %dx%d pixels: how far inside are their centres, and is that certain?", side, side)
	var first [2]vec // pixel of the rectangle, in its block
	for axis := range first {
		v := copyOf(t.rect)
		if axis == 1 {
			VPSRLD(U8(8), v, v)
		}
		VPANDD(all(bits("three", 3)), v, v)
		VCVTDQ2PS(v, v)
		first[axis] = v
	}
	// walk calls with the plane's values at each centre, row by row.
	walk := func(plane int, centre func(j, i int, v vec)) {
		right, down := load(t.in(plane)), load(t.in(plane+64))
		row := load(t.in(plane + 128))
		VFMADD231PS(right, first[0], row)
		VFMADD231PS(down, first[1], row)
		for j := range side {
			v := row
			for i := range side {
				if i > 0 {
					v = add(v, right)
				}
				centre(j, i, v)
			}
			if j+1 < side {
				row = add(row, down)
			}
		}
	}
	var inside [tinySide][tinySide]vec
	walk(setupEdge, func(j, i int, v vec) { inside[j][i] = v })
	walk(setupEdge+192, func(j, i int, v vec) { inside[j][i] = vmin(inside[j][i], v) })
	var closest vec
	walk(setupEdge+384, func(j, i int, v vec) {
		VMINPS(v, inside[j][i], inside[j][i])
		if i+j == 0 {
			closest = copyOf(inside[0][0])
		} else {
			VRANGEPS(U8(smallest), inside[j][i], closest, closest)
		}
	})
	k = cmp(gt, closest, t.margin, k)
	{
		g := GP32()
		KMOVW(k, g)
		ANDNL(t.lanes, g, t.lanes)
	}

	Comment("The pixels that they hold: place and lane, and nearness.")
	// A place counts by cells and blocks. The bits of its column, and of its row,
	// are apart; spread moves those of the rectangle there. With all others set,
	// adding one carries across those.
	spread := func(mask uint32, parts [3][2]int) (place, whole vec) {
		place = ZMM()
		for i, p := range parts {
			to := place
			if i > 0 {
				to = ZMM()
			}
			if p[0] < 0 {
				VPSRLD(U8(-p[0]), t.rect, to)
			} else {
				VPSLLD(U8(p[0]), t.rect, to)
			}
			VPANDD(all(bits(fmt.Sprintf("place%x", p[1]), uint32(p[1]))), to, to)
			if i > 0 {
				VPORD(to, place, place)
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
	var columns [tinySide]vec
	var has [tinySide]reg.OpmaskVirtual // so many columns
	for i := range side {
		if i > 0 {
			column, has[i] = next(column, columnMask), K()
			VPTESTMD(all(bits("fourInt", 4)), t.beyond(i), has[i])
		}
		columns[i] = ZMM()
		VPORD(lanesTable(), column, columns[i])
	}
	row, rowMask := spread(0x18cc0, [3][2]int{{-2, 0xc0}, {0, 0xc00}, {3, 0x18000}})
	XORL(t.n.As32(), t.n.As32())
	XORL(t.some, t.some)
	at := func(m Mem) Mem { m.Index, m.Scale = t.n, 4; return m }
	thisRow := k
	walk(setupNear, func(j, i int, s vec) {
		if i == 0 && j > 0 {
			thisRow = K()
			VPTESTMD(all(bits("rowsBit", 0x400)), t.beyond(j), k, thisRow)
			row = next(row, rowMask)
		}
		held := thisRow
		if i > 0 {
			held = K()
			KANDW(has[i], thisRow, held)
		}
		held = cmp(gt, inside[j][i], t.margin, held)
		place, g := ZMM(), GP32()
		VPORD(row, columns[i], place)
		compress(place, held, at(t.places))
		compress(s, held, at(t.nears))
		KMOVW(held, g)
		ORL(g, t.some)
		POPCNTL(g, g)
		ADDQ(g.As64(), t.n)
	})
	VMOVUPS(all(bits("none", 0xffffffff)), at(t.places)) // beyond all cells
}
