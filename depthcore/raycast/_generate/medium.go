package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	mediumSide   = 8 // blocks of a medium triangle's rectangle each way at most
	mediumPlaces = 16 * mediumSide * mediumSide
	mediumRoom   = 4*4*mediumPlaces + 2*4*(mediumPlaces+16) + 4*16*64 + 3*64 + mediumSide*64 + 64
)

// rasterMedium draws the triangles of lanes whose rectangle is of up to
// mediumSide blocks each way, and leaves the others in lanes. First it lists the
// blocks that they touch, one triangle a lane, then those of them that are not
// hidden, and goes through that list without a jump that depends on what is
// there.
func rasterMedium(room *locals, c Mem, st reg.Register, lanes reg.GPVirtual, ortho bool, blur vec, zone func(vec) (behind, before vec)) {
	in := func(disp int) Mem { return Mem{Base: st, Disp: disp} }
	planes := [4]int{setupEdge, setupEdge + 192, setupEdge + 384, setupNear}
	// A place is 16 times a block's place in the rectangle, plus the lane. By it:
	// the edges, at the block's pixel that is farthest inside and margin more, and
	// the nearness at its first.
	var dense [4]Mem
	for f := range dense {
		dense[f] = room.alloc(4 * mediumPlaces)
	}
	// Of each that is listed: block and place, and how near it may be.
	places, nears := room.alloc(4*(mediumPlaces+16)), room.alloc(4*(mediumPlaces+16))
	steps := room.alloc(4 * 16 * 64) // by lane, what the pixels of a block differ by
	var back [3]Mem                  // by lane, from there to the block's first pixel
	for e := range back {
		back[e] = room.alloc(64)
	}
	columnAt := room.alloc(mediumSide * 64)

	Comment("Medium triangles: their first block, and how many more there are each way.")
	first, more, k := rectanglesOf(st, lanes, mediumSide, "rasterNext")
	oneI := all(bits("oneInt", 1))
	for i := range mediumSide {
		column := copyOf(first[0])
		blockColumn(column)
		VPSLLD(U8(16), column, column)
		if i > 0 {
			VPORD(all(bits(fmt.Sprintf("place%d", i), uint32(16*i))), column, column)
		}
		VMOVUPS(column, columnAt.Offset(64*i))
		if i+1 < mediumSide {
			VPADDD(oneI, first[0], first[0])
		}
	}

	Comment("List the blocks that they touch.")
	zero, signs := zeros(), all(bits("signMask", 0x80000000))
	three, four := all(bits("f3", 0x40400000)), all(bits("four", 0x40800000))
	var right, row [4]vec
	var reach vec
	for f, at := range planes {
		a, b, from := load(in(at)), load(in(at+64)), load(in(at+128))
		if f < 3 {
			from = add(from, load(in(setupMargin)))
		}
		reach = mul(three, add(vmax(a, zero), vmax(b, zero)))
		if f < 3 {
			VADDPS(reach, from, from)
			VMOVUPS(sub(load(in(at+128)), from), back[f])
			right[f] = mul(a, four)
		} else {
			right[f] = a
		}
		row[f] = from
	}
	n, to := GP64(), GP64() // how many are listed, and where the row's dense values begin
	XORL(n.As32(), n.As32())
	LEAQ(dense[0], to)
	rowPlace, y := load(lanesTable()), zeros()
	Label("mediumRow")
	this := K()
	VPTESTNMD(signs, more[1], k, this)
	KORTESTW(this, this)
	JZ(LabelRef("mediumListed"))
	at := copyOf(first[1])
	blockRow(at)
	VPSLLD(U8(16), at, at)
	VPORD(rowPlace, at, at)
	VPADDD(all(bits("rowPlaces", 16*mediumSide)), rowPlace, rowPlace)
	VPADDD(oneI, first[1], first[1])
	VPSUBD(oneI, more[1], more[1])
	var v [3]vec
	for e := range v {
		v[e] = row[e]
	}
	near := copyOf(row[3]) // each time from the start: it has to be exact
	VFMADD231PS(in(planes[3]+64), y, near)
	for i := range mediumSide {
		has := this
		s := copyOf(near)
		if i > 0 {
			has = K()
			VPCMPD_BCST(U8(5), bits(fmt.Sprintf("int%d", i), uint32(i)), more[0], this, has)
			KORTESTW(has, has)
			JZ(LabelRef("mediumRowDone"))
			for e := range v {
				v[e] = add(v[e], right[e])
			}
			VFMADD231PS_BCST(bits(fmt.Sprintf("float%d", 4*i), math.Float32bits(float32(4*i))), right[3], s)
		}
		out, touched := copyOf(v[0]), K()
		VPTERNLOGD(U8(0xfe), v[1], v[2], out)
		VPTESTNMD(signs, out, has, touched)
		place, count := ZMM(), GP32()
		VPADDD(columnAt.Offset(64*i), at, place)
		for f, v := range []vec{v[0], v[1], v[2], s} {
			VMOVUPS(v, Mem{Base: to, Disp: 4*mediumPlaces*f + 64*i})
		}
		compress(place, touched, indexed(places, n))
		compress(add(s, reach), touched, indexed(nears, n))
		KMOVW(touched, count)
		POPCNTL(count, count)
		ADDQ(count.As64(), n)
	}
	Label("mediumRowDone")
	for e := range v {
		VFMADD231PS(in(planes[e]+64), four, row[e])
	}
	VADDPS(four, y, y)
	ADDQ(U32(64*mediumSide), to)
	JMP(LabelRef("mediumRow"))
	Label("mediumListed")
	base := GP64()
	MOVQ(c.Offset(canvasNearness), base)
	left, cells, some := seenOf("medium", base, blur, places, nears, n)
	TESTQ(left, left)
	JZ(LabelRef("rasterMediumDone"))
	markStale(c, cells)

	Comment("Their records, and the steps of their pixels.")
	{
		g, m := anyOf(some), K()
		KMOVW(g, m)
		todo := GP32()
		MOVL(g, todo)
		enterSome(c, st, m, g)
		columns, rows := load(columns()), load(rows())
		Label("mediumSteps")
		lane, to := GP64(), GP64()
		TZCNTL(todo, lane.As32())
		BLSRL(todo, todo)
		own := GP64()
		LEAQ(Mem{Base: st, Index: lane, Scale: 4}, own)
		for f, at := range planes {
			var v vec
			if f < 3 {
				v = all(indexed(back[f], lane))
				VFMADD231PS_BCST(Mem{Base: own, Disp: at}, columns, v)
			} else {
				v = ZMM()
				VMULPS_BCST(Mem{Base: own, Disp: at}, columns, v)
			}
			VFMADD231PS_BCST(Mem{Base: own, Disp: at + 64}, rows, v)
			if f == 0 {
				MOVQ(lane, to)
				SHLQ(U8(8), to)
			}
			m := steps.Offset(64 * f)
			m.Index, m.Scale = to, 1
			VMOVUPS(v, m)
		}
		TESTL(todo, todo)
		JNZ(LabelRef("mediumSteps"))
	}

	Comment("Draw them.")
	i := GP64()
	XORL(i.As32(), i.As32())
	Label("mediumBlock")
	place, block, lane, own, p := fromList(places, i, st, base)
	step := GP64()
	MOVQ(lane, step)
	SHLQ(U8(8), step)
	plane := func(f int) vec {
		v := ZMM()
		by := steps.Offset(64 * f)
		by.Index, by.Scale = step, 1
		VADDPS(by, all(indexed(dense[f], place)), v)
		return v
	}
	of := func(disp int) Mem { return Mem{Base: own, Disp: disp} }
	inside := []vec{vmin(vmin(plane(0), plane(1)), plane(2))}
	minus := ZMM()
	VPXORD_BCST(of(setupMargin), signs, minus)
	_, ask, update := drawBlock(p, inside, plane(3), all(of(setupSure)), minus, zone, all(of(setupID)))
	KTESTW(ask, update)
	JCS(LabelRef("mediumSure"))
	enterFix(c, ask, update, lane, block)
	Label("mediumSure")
	INCQ(i)
	CMPQ(i, left)
	JB(LabelRef("mediumBlock"))
	Label("rasterMediumDone")
}
