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
	rect := load(in(setupRect))
	low6 := all(bits("low6", 0x3f))
	k := K()
	KMOVW(lanes, k)
	var first, more [2]vec
	for axis := range first {
		first[axis], more[axis] = ZMM(), ZMM()
		VPSRLD(U8(8*axis+2), rect, first[axis])
		VPANDD(low6, first[axis], first[axis])
		VPSRLD(U8(8*axis+18), rect, more[axis])
		VPANDD(low6, more[axis], more[axis])
		VPSUBD(first[axis], more[axis], more[axis])
		few := K()
		VPCMPD_BCST(U8(1), bits(fmt.Sprintf("int%d", mediumSide), mediumSide), more[axis], k, few)
		k = few
	}
	{
		g := GP32()
		KMOVW(k, g)
		TESTL(g, g)
		JZ(LabelRef("rasterNext"))
		ANDNL(lanes, g, lanes)
	}
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
	var right, down, row [4]vec
	var reach vec
	for f, at := range []int{setupEdge, setupEdge + 192, setupEdge + 384, setupNear} {
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
		down[f], row[f] = mul(b, four), from
	}
	n, to := GP64(), GP64() // how many are listed, and where the row's dense values begin
	XORL(n.As32(), n.As32())
	LEAQ(dense[0], to)
	j := GP64()
	XORL(j.As32(), j.As32())
	rowPlace := load(lanesTable())
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
	for i := range mediumSide {
		has := this
		s := copyOf(row[3])
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
		put := func(m Mem) Mem { m.Index, m.Scale = n, 4; return m }
		compress(place, touched, put(places))
		compress(add(s, reach), touched, put(nears))
		KMOVW(touched, count)
		POPCNTL(count, count)
		ADDQ(count.As64(), n)
	}
	Label("mediumRowDone")
	for f := range row {
		VADDPS(down[f], row[f], row[f])
	}
	ADDQ(U32(64*mediumSide), to)
	JMP(LabelRef("mediumRow"))
	Label("mediumListed")
	{
		m := nears
		m.Index, m.Scale = n, 4
		VMOVUPS(all(bits("none", 0xffffffff)), m) // not a number
	}

	Comment("Which of them are not hidden?")
	base := GP64()
	MOVQ(c.Offset(canvasNearness), base)
	left := GP64()
	cells, some := zeros(), zeros()
	{
		i := GP64()
		XORL(i.As32(), i.As32())
		XORL(left.As32(), left.As32())
		ties, mask := all(bits("threeTies", 0x38400000)), all(absMask)
		Label("mediumHidden")
		m := places
		m.Index, m.Scale = i, 4
		place, block, low, g, seen := load(m), ZMM(), ZMM(), K(), K()
		m = nears
		m.Index, m.Scale = i, 4
		VPSRLD(U8(16), place, block)
		KXNORW(seen, seen, g)
		VGATHERDPS(Mem{Base: base, Index: block, Scale: 4, Disp: canvasLow}, g, low)
		bound := sub(low, blur)
		VFNMADD231PS(vabs(low, mask), ties, bound)
		VCMPPS(U8(le), m, bound, seen)
		m = places
		m.Index, m.Scale = left, 4
		compress(place, seen, m)
		VPSRLD(U8(4), block, block)
		VPSLLVD(block, oneI, block)
		VPORD(block, cells, seen, cells)
		VPANDD(all(bits("low4", 15)), place, place)
		VPSLLVD(place, oneI, place)
		VPORD(place, some, seen, some)
		count := GP32()
		KMOVW(seen, count)
		POPCNTL(count, count)
		ADDQ(count.As64(), left)
		ADDQ(U8(16), i)
		CMPQ(i, n)
		JB(LabelRef("mediumHidden"))
	}
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
		for f, at := range []int{setupEdge, setupEdge + 192, setupEdge + 384, setupNear} {
			var v vec
			if f < 3 {
				m := back[f]
				m.Index, m.Scale = lane, 4
				v = all(m)
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
	m := places
	m.Index, m.Scale = i, 4
	place, block, lane, p, own, step := GP64(), GP64(), GP64(), GP64(), GP64(), GP64()
	MOVL(m, place.As32())
	MOVL(place.As32(), block.As32())
	SHRL(U8(16), block.As32())
	MOVWLZX(place.As16(), place.As32())
	MOVL(place.As32(), lane.As32())
	ANDL(U8(15), lane.As32())
	MOVQ(lane, step)
	SHLQ(U8(8), step)
	LEAQ(Mem{Base: st, Index: lane, Scale: 4}, own)
	MOVQ(block, p)
	SHLQ(U8(6), p)
	ADDQ(base, p)
	plane := func(f int) vec {
		v := ZMM()
		from, by := dense[f], steps.Offset(64*f)
		from.Index, from.Scale, by.Index, by.Scale = place, 4, step, 1
		VADDPS(by, all(from), v)
		return v
	}
	of := func(disp int) Mem { return Mem{Base: own, Disp: disp} }
	inside := []vec{vmin(vmin(plane(0), plane(1)), plane(2))}
	minus := ZMM()
	VPXORD(signs, all(of(setupMargin)), minus)
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
