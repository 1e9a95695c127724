package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func raster(ortho bool) {
	name := "rasterAVX512"
	if ortho {
		name = "rasterOrthoAVX512"
	}
	TEXT(name, 0, "func(c, st *byte, lanes uint32)")
	Doc(name + " is raster for the triangles of a mask. What the meaning has to decide goes to the list of fixes.")
	c, st := Mem{Base: Load(Param("c"), GP64())}, Load(Param("st"), GP64())
	lanes := GP32()
	Load(Param("lanes"), lanes)
	size := 512 + mediumRoom
	if !ortho {
		size += tinyRoom
	}
	local := newLocals(size)
	first := local.alloc(4 * 64) // of each block of a cell, its edges and nearness
	if !ortho {
		rasterTiny(local, c, st, lanes)
	}
	mask := all(absMask)
	blur := all(c.Offset(canvasBlur))
	zone := zoneOf(ortho, blur)

	rasterMedium(local, c, st, lanes, blur, zone)

	Label("rasterNext")
	TESTL(lanes, lanes)
	JZ(LabelRef("rasterDone"))
	lane := GP64()
	TZCNTL(lanes, lane.As32())
	BLSRL(lanes, lanes)
	in := func(disp int) Mem { return Mem{Base: st, Index: lane, Scale: 4, Disp: disp} }

	Comment("Steps from a block's first pixel to its others; four times these, from a cell's first block to its others.")
	columns, rows := load(columns()), load(rows())
	plane := [4]int{setupEdge, setupEdge + 192, setupEdge + 384, setupNear}
	var step [4]vec
	var reach [4]vec // to a block's pixel that is farthest inside, or nearest
	zero := ZMM()
	VPXORD(zero, zero, zero)
	for f, at := range plane {
		a, b := all(in(at)), all(in(at+64))
		step[f] = mul(a, columns)
		VFMADD231PS(rows, b, step[f])
		reach[f] = mul(all(bits("f3", 0x40400000)), add(vmax(a, zero), vmax(b, zero)))
	}
	sure := all(in(setupSure))
	minus := sub(zero, all(in(setupMargin)))
	for e := 0; e < 3; e++ { // how far outside a block's first pixel may be
		VSUBPS(reach[e], minus, reach[e])
	}

	Comment("The rectangle of blocks, counted in pixels from its first.")
	rect := GP32()
	MOVL(in(setupRect), rect)
	var firstPixel [2]Mem
	var extent, from [2]vec
	spread := func(t reg.GPVirtual) vec {
		v := ZMM()
		VPBROADCASTD(t, v)
		VCVTDQ2PS(v, v)
		return v
	}
	for axis := range extent {
		r, last := GP32(), GP32()
		MOVL(rect, r)
		SHRL(U8(8*axis), r)
		ANDL(U32(0xfc), r)
		firstPixel[axis] = AllocLocal(8)
		MOVL(r, firstPixel[axis])
		MOVL(rect, last)
		SHRL(U8(8*axis+16), last)
		ANDL(U32(0xfc), last)
		SUBL(r, last)
		from[axis], extent[axis] = spread(r), spread(last)
	}
	left := AllocLocal(8)
	seen := cellsSeen(c, in, plane, reach, minus, from, extent, blur, mask)
	TESTL(seen, seen)
	JZ(LabelRef("rasterNext"))
	idV := ZMM()

	Label("rasterCell")
	cell := GP64()
	TZCNTL(seen, cell.As32())
	BLSRL(seen, seen)
	MOVL(seen, left)
	var at [2]vec // of the cell's blocks
	var touched reg.OpmaskVirtual
	for axis := range at {
		t := GP32()
		MOVL(cell.As32(), t)
		if axis == 0 {
			ANDL(U32(1<<logCellsX-1), t)
		} else {
			SHRL(U8(logCellsX), t)
		}
		SHLL(U8(4), t)
		SUBL(firstPixel[axis], t)
		at[axis] = spread(t)
		VFMADD231PS(all(bits("four", 0x40800000)), []vec{columns, rows}[axis], at[axis])
		touched = cmp(ge, at[axis], zero, touched)
		touched = cmp(le, at[axis], extent[axis], touched)
	}
	x, y := at[0], at[1]
	low := GP64() // of the cell's first block
	MOVQ(cell, low)
	SHLQ(U8(6), low)
	ADDQ(c.Offset(canvasNearness), low)
	lows := ZMM()
	for f, at := range plane {
		v := all(in(at + 128))
		VFMADD231PS_BCST(in(at), x, v)
		VFMADD231PS_BCST(in(at+64), y, v)
		VMOVUPS(v, first.Offset(64*f))
		if f < 3 {
			touched = cmp(ge, v, reach[f], touched)
			continue
		}
		VMOVUPS(Mem{Base: low, Disp: canvasLow}, lows)
		bound := sub(lows, blur)
		VFNMADD231PS(vabs(lows, mask), all(bits("threeTies", 0x38400000)), bound)
		touched = cmp(ge, add(v, reach[f]), bound, touched)
	}
	todo := GP32()
	KMOVW(touched, todo)
	TESTL(todo, todo)
	JZ(LabelRef("rasterCellDone"))
	giveRecord("rasterHasRecord", c, st, lane)
	{
		Comment("A sheet that the triangle covers, well in front, becomes one of the triangle.")
		base, only := GP64(), GP32()
		MOVQ(c.Offset(canvasNearness), base)
		MOVL(U32(1), only)
		SHLXL(cell.As32(), only, only)
		TESTL(only, Mem{Base: base, Disp: sheetsIs})
		JZ(LabelRef("rasterNoSheet"))
		CMPL(todo, U32(0xffff))
		JNE(LabelRef("rasterWriteOut"))
		whole := covered(first, reach, sure, minus)
		newSheet(base, cell, low, in, first.Offset(192), zone, whole, "rasterWriteOut")
		JMP(LabelRef("rasterCellDone"))
		Label("rasterWriteOut")
		writeOut(base, only)
		Label("rasterNoSheet")
	}
	VPBROADCASTD(in(setupID), idV)
	block := GP64()
	MOVQ(cell, block)
	SHLQ(U8(10), block)
	ADDQ(c.Offset(canvasNearness), block)

	loop := func(name string, todo reg.GPVirtual, edges bool, drawn func(bit reg.GPVirtual, is vec)) {
		TESTL(todo, todo)
		JZ(LabelRef("raster" + name + "Done"))
		Label("raster" + name)
		at, p := GP64(), GP64()
		TZCNTL(todo, at.As32())
		bit := GP32()
		BLSIL(todo, bit)
		BLSRL(todo, todo)
		MOVQ(at, p)
		SHLQ(U8(6), p)
		ADDQ(block, p)
		pixels := func(f int) vec {
			m, v := first.Offset(64*f), ZMM()
			m.Index, m.Scale = at, 4
			VADDPS_BCST(m, step[f], v)
			return v
		}
		var inside []vec
		if edges {
			inside = []vec{vmin(vmin(pixels(0), pixels(1)), pixels(2))}
		}
		is, ask, update := drawBlock(p, inside, pixels(3), sure, minus, zone, idV)
		drawn(bit, is)
		KTESTW(ask, update)
		JCS(LabelRef("raster" + name + "Sure"))
		index := GP64()
		MOVQ(cell, index)
		SHLQ(U8(4), index)
		ADDQ(at, index)
		enterFix(c, ask, update, lane, index)
		Label("raster" + name + "Sure")
		TESTL(todo, todo)
		JNZ(LabelRef("raster" + name))
		Label("raster" + name + "Done")
	}
	Comment("The lows of few blocks are found one by one, those of many together.")
	count := GP32()
	POPCNTL(todo, count)
	CMPL(count, U8(8))
	JAE(LabelRef("rasterMany"))
	loop("Few", todo, true, func(bit reg.GPVirtual, is vec) {
		only := K()
		KMOVW(bit, only)
		VBROADCASTSS(least(is).AsX(), only, lows)
	})
	VMOVUPS(lows, Mem{Base: low, Disp: canvasLow}) // whole, so that it can be read again at once
	JMP(LabelRef("rasterCellDone"))

	Label("rasterMany")
	inside, edge := GP32(), GP32()
	KMOVW(covered(first, reach, sure, minus), inside)
	ANDNL(todo, inside, edge)
	ANDL(todo, inside)
	loop("Edge", edge, true, func(reg.GPVirtual, vec) {})
	loop("Inside", inside, false, func(reg.GPVirtual, vec) {})
	lows = lowsOf(block)
	VMOVUPS(lows, Mem{Base: low, Disp: canvasLow})
	setCellLow(c, cell, lows)
	stale := GP64()
	MOVQ(c.Offset(canvasStale), stale)
	BTRQ(cell, stale)
	MOVQ(stale, c.Offset(canvasStale))
	Label("rasterCellDone")
	MOVL(left, seen)
	TESTL(seen, seen)
	JNZ(LabelRef("rasterCell"))
	JMP(LabelRef("rasterNext"))
	Label("rasterDone")
	VZEROUPPER()
	RET()
}

// cellsSeen finds the cells of a triangle's rectangle in which it may be seen, a
// bit each.
func cellsSeen(c Mem, in func(int) Mem, plane [4]int, reach [4]vec, minus vec, from, size [2]vec, blur, mask vec) reg.GPVirtual {
	base := GP64()
	MOVQ(c.Offset(canvasNearness), base)
	var half [2]reg.OpmaskVirtual
	for h := range half {
		var within reg.OpmaskVirtual
		var at [2]vec // of the cell's first pixel
		for axis := range at {
			name, of := "cellColumns", func(i int) int { return i & (1<<logCellsX - 1) }
			if axis == 1 {
				name, of = fmt.Sprint("cellRows", h), func(i int) int { return (i + 16*h) >> logCellsX }
			}
			at[axis] = sub(load(table(name, 16, func(i int) uint32 { return math.Float32bits(float32(16 * of(i))) })), from[axis])
			within = cmp(gt, at[axis], all(bits("minus16", 0xc1800000)), within)
			within = cmp(le, at[axis], size[axis], within)
		}
		for f, disp := range plane {
			v := all(in(disp + 128))
			VFMADD231PS_BCST(in(disp), at[0], v)
			VFMADD231PS_BCST(in(disp+64), at[1], v)
			// To the cell's pixel that is farthest inside, or nearest, is 5 times as far.
			if f == 3 {
				VFMADD231PS(all(bits("five", 0x40a00000)), reach[f], v)
				lows := load(Mem{Base: base, Disp: sheetsLow + 64*h})
				bound := sub(lows, blur)
				VFNMADD231PS(vabs(lows, mask), all(bits("threeTies", 0x38400000)), bound)
				within = cmp(ge, v, bound, within)
				continue
			}
			limit := mul(reach[f], all(bits("five", 0x40a00000)))
			VFNMADD231PS(all(bits("f3", 0x40400000)), minus, limit)
			within = cmp(ge, v, limit, within)
		}
		half[h] = within
	}
	both, seen := K(), GP32()
	KUNPCKWD(half[0], half[1], both)
	KMOVD(both, seen)
	return seen
}

// covered finds the blocks of a cell that lie inside of a triangle: where their
// pixel that is least inside does. As |a| + |b| = 1, within 2^-13, that is 3 less
// inside than the one that is most.
func covered(first Mem, reach [4]vec, sure, minus vec) (blocks reg.OpmaskVirtual) {
	most := sub(add(sure, all(bits("f3more", 0x40401000))), minus)
	for e := range 3 {
		blocks = cmp(gt, load(first.Offset(64*e)), add(reach[e], most), blocks)
	}
	return blocks
}

// zoneOf returns what finds the nearness of what is surely behind a pixel's
// nearness, and of what may be. For a perspective camera that is never negative
// where a triangle may be seen: it is multiplied by 1 - 2^-16 and 1 + 2^-16.
func zoneOf(ortho bool, blur vec) func(s vec) (behind, before vec) {
	if ortho {
		mask, tie := all(absMask), all(bits("f2m16", 0x37800000))
		return func(s vec) (behind, before vec) {
			zone := copyOf(blur)
			VFMADD231PS(vabs(s, mask), tie, zone)
			return sub(s, zone), add(s, zone)
		}
	}
	less, more := all(bits("f1less2m16", 0x3f7fff00)), all(bits("f1more2m16", 0x3f800080))
	return func(s vec) (behind, before vec) {
		behind, before = copyOf(s), copyOf(s)
		VFMSUB213PS(blur, less, behind)
		VFMADD213PS(blur, more, before)
		return behind, before
	}
}

// drawBlock draws a triangle, given how far its pixels are inside of each edge
// and how near, into the block at p. It returns what the block holds then, and
// about which pixels, but for those updated, the meaning has to be asked: they are
// too close to an edge, or to what is there. Little waits for what is there, as
// the triangle before may have just stored it. Each edge may be compared, or the
// least of several: many processors have one port for arithmetic of 16 lanes, and
// another for comparisons.
func drawBlock(p reg.GPVirtual, inside []vec, s, sure, minus vec, zone func(vec) (behind, before vec), id vec) (is vec, ask, update reg.OpmaskVirtual) {
	behind, before := zone(s)
	var possible, certain reg.OpmaskVirtual
	for _, e := range inside {
		possible, certain = cmp(ge, e, minus, possible), cmp(gt, e, sure, certain)
	}
	old := load(Mem{Base: p})
	update = cmp(lt, old, behind, certain)
	ask = cmp(le, old, before, possible)
	VMOVAPS(s, update, old)
	VMOVUPS(old, Mem{Base: p})
	VMOVDQU32(id, update, Mem{Base: p, Disp: canvasIDs})
	return old, ask, update
}

// enterFix asks the meaning about pixels of a block, but for those updated.
func enterFix(c Mem, ask, update reg.OpmaskVirtual, lane, block reg.GPVirtual) {
	KANDNW(ask, update, ask)
	m, n, to := GP32(), GP64(), GP64()
	KMOVW(ask, m)
	SHLL(U8(16), m)
	ORL(lane.As32(), m)
	MOVQ(c.Offset(canvasNFixes), n)
	MOVQ(c.Offset(canvasFixes), to)
	MOVL(m, Mem{Base: to, Index: n, Scale: 8})
	MOVL(block.As32(), Mem{Base: to, Index: n, Scale: 8, Disp: 4})
	INCQ(c.Offset(canvasNFixes))
}

// giveRecord gives a triangle of the setup a record, unless it has one.
func giveRecord(label string, c Mem, st reg.Register, lane reg.GPVirtual) {
	own := Mem{Base: st, Index: lane, Scale: 4, Disp: setupID}
	id := GP64()
	MOVL(own, id.As32())
	TESTL(id.As32(), id.As32())
	JNZ(LabelRef(label))
	MOVQ(c.Offset(canvasNRecords), id)
	MOVL(id.As32(), own)
	SHLQ(U8(6), id)
	ADDQ(c.Offset(canvasRecords), id)
	enterRecord(c, st, lane, id)
	INCQ(c.Offset(canvasNRecords))
	Label(label)
}

// enterRecord writes the record of a triangle of the setup.
func enterRecord(c Mem, st reg.Register, lane, to reg.GPVirtual) {
	x := GP64()
	for f := 0; f < 6; f++ {
		MOVQ(Mem{Base: st, Index: lane, Scale: 8, Disp: setupPlane + 128*f}, x)
		MOVQ(x, Mem{Base: to, Disp: 8 * f})
	}
	MOVL(c.Offset(canvasInstance), x.As32())
	MOVL(x.As32(), Mem{Base: to, Disp: 48})
	MOVL(Mem{Base: st, Index: lane, Scale: 4, Disp: setupSlot}, x.As32())
	MOVL(x.As32(), Mem{Base: to, Disp: 52})
}

// enterSome enters the records of triangles of the setup, given as two masks.
func enterSome(c Mem, st reg.Register, some reg.OpmaskVirtual, lanes reg.GPVirtual) {
	base, id := ZMM(), ZMM()
	n, to, count := GP64(), GP64(), GP64()
	MOVQ(c.Offset(canvasNRecords), n)
	VPBROADCASTD(n.As32(), base)
	VPADDD(lanesTable(), base, base)
	VMOVUPS(Mem{Base: st, Disp: setupID}, id)
	VPEXPANDD(base, some, id)
	VMOVUPS(id, Mem{Base: st, Disp: setupID}) // whole, so that it can be read again at once
	MOVQ(n, to)
	SHLQ(U8(6), to)
	ADDQ(c.Offset(canvasRecords), to)
	POPCNTL(lanes, count.As32())
	ADDQ(count, n)
	MOVQ(n, c.Offset(canvasNRecords))
	enterRecords(c, st, lanes, to)
}

// enterRecords writes the records of a mask of triangles side by side, the
// lowest first. What follows them is garbage.
func enterRecords(c Mem, st reg.Register, lanes, to reg.GPVirtual) {
	SHLL(U8(6), lanes) // as bytes of a record
	instance := ZMM()
	VPBROADCASTD(c.Offset(canvasInstance), instance)
	for half := 0; half < 2; half++ {
		in := func(f int) Mem { return Mem{Base: st, Disp: setupPlane + 128*f + 64*half} }
		slots, last := ZMM(), zeros() // instance and slot, a pair each
		VPMOVZXDQ(Mem{Base: st, Disp: setupSlot + 32*half}, slots)
		VPSLLQ(U8(32), slots, slots)
		odd, g := K(), GP32()
		MOVL(U32(0x5555), g)
		KMOVW(g, odd)
		VMOVDQA32(instance, odd, slots)
		column := [8]vec{load(in(0)), load(in(1)), load(in(2)), load(in(3)), load(in(4)), load(in(5)), slots, last}
		pair := pairs(column) // of fields, of even and odd lanes
		var row [8]vec
		for odd, p := range pair {
			near, far := shuffle(0x44, p[0], p[1]), shuffle(0x44, p[2], p[3])
			row[odd], row[2+odd] = shuffle(0x88, near, far), shuffle(0xdd, near, far)
			near, far = shuffle(0xee, p[0], p[1]), shuffle(0xee, p[2], p[3])
			row[4+odd], row[6+odd] = shuffle(0x88, near, far), shuffle(0xdd, near, far)
		}
		for _, r := range row {
			VMOVUPD(r, Mem{Base: to})
			step := GP32()
			MOVL(lanes, step)
			ANDL(U32(recordSize), step)
			ADDQ(step.As64(), to)
			SHRL(U8(1), lanes)
		}
	}
}

// markStale makes cells ready to be drawn into pixel by pixel: a bit for each in
// any lane. Sheets are written out, and their lows may lag behind from then on.
func markStale(c Mem, cells vec) {
	bits := anyOf(cells)
	ORQ(bits.As64(), c.Offset(canvasStale))
	base := GP64()
	MOVQ(c.Offset(canvasNearness), base)
	writeOut(base, bits)
}

// anyOf is the bits that any lane has.
func anyOf(v vec) reg.GPVirtual {
	h, x, t := YMM(), XMM(), XMM()
	VEXTRACTI64X4(U8(1), v, h)
	VPOR(v.AsY(), h, h)
	VEXTRACTI128(U8(1), h, x)
	VPOR(h.AsX(), x, x)
	VPSHUFD(U8(0x4e), x, t)
	VPOR(t, x, x)
	VPSHUFD(U8(0xb1), x, t)
	VPOR(t, x, x)
	bits := GP32()
	VMOVD(x, bits)
	return bits
}

// columns and rows are the pixels of a block, counted from its first.
func columns() Mem {
	return table("columns", 16, func(i int) uint32 { return math.Float32bits(float32(i % 4)) })
}

func rows() Mem {
	return table("rows", 16, func(i int) uint32 { return math.Float32bits(float32(i / 4)) })
}
