package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	listedSide   = 8                            // blocks of a listed triangle's rectangle each way at most
	listedPlaces = 16 * listedSide * listedSide // of 16 triangles
	listedRoom   = 4*4*listedPlaces + 2*4*(listedPlaces+16) + 3*64 + listedSide*64
)

// listedPlanes are where a triangle's edges and nearness are in the setup.
var listedPlanes = [4]int{setupEdge, setupEdge + 192, setupEdge + 384, setupNear}

// listed is a list of the blocks that triangles touch.
type listed struct {
	// A place is 16 times a block's place in the rectangle, plus the lane. By it:
	// the edges, at the block's pixel that is farthest inside and margin more, and
	// the nearness at its first.
	dense [4]Mem
	back  [3]Mem // by lane, from there to the edges at the block's first pixel

	// Of each that is listed: block and place, and how near it may be.
	places, nears Mem
	n             reg.GPVirtual
}

// list takes from lanes the triangles of the setup whose rectangle is of up to
// listedSide blocks each way, and lists the blocks that they touch, one triangle a
// lane. It jumps to none where there is none. Rays lie up to pad beside their
// pixels' centres, if that is not nil.
func list(label string, room *locals, st reg.Register, lanes reg.GPVirtual, pad vec, none string) *listed {
	in := func(disp int) Mem { return Mem{Base: st, Disp: disp} }
	t := &listed{}
	for f := range t.dense {
		t.dense[f] = room.alloc(4 * listedPlaces)
	}
	t.places, t.nears = room.alloc(4*(listedPlaces+16)), room.alloc(4*(listedPlaces+16))
	for e := range t.back {
		t.back[e] = room.alloc(64)
	}
	columnAt := room.alloc(listedSide * 64)

	Comment("Their first block, and how many more there are each way.")
	first, more, k := rectanglesOf(st, lanes, listedSide, none)
	oneI := all(bits("oneInt", 1))
	for i := range listedSide {
		column := copyOf(first[0])
		blockColumn(column)
		VPSLLD(U8(16), column, column)
		if i > 0 {
			VPORD(all(bits(fmt.Sprintf("place%d", i), uint32(16*i))), column, column)
		}
		VMOVUPS(column, columnAt.Offset(64*i))
		if i+1 < listedSide {
			VPADDD(oneI, first[0], first[0])
		}
	}

	Comment("List the blocks that they touch.")
	zero, signs := zeros(), all(bits("signMask", 0x80000000))
	three, four := all(bits("f3", 0x40400000)), all(bits("four", 0x40800000))
	var right, row [4]vec
	var reach vec
	for f, at := range listedPlanes {
		a, b, from := load(in(at)), load(in(at+64)), load(in(at+128))
		if f < 3 {
			from = add(from, load(in(setupMargin)))
		}
		reach = mul(three, add(vmax(a, zero), vmax(b, zero)))
		if pad != nil && f < 3 {
			VADDPS(pad, reach, reach)
		} else if pad != nil {
			mask := all(absMask)
			VFMADD231PS(pad, add(vabs(a, mask), vabs(b, mask)), reach)
		}
		if f < 3 {
			VADDPS(reach, from, from)
			VMOVUPS(sub(load(in(at+128)), from), t.back[f])
			right[f] = mul(a, four)
		} else {
			right[f] = a
		}
		row[f] = from
	}
	n, to := GP64(), GP64() // how many are listed, and where the row's dense values begin
	XORL(n.As32(), n.As32())
	LEAQ(t.dense[0], to)
	rowPlace, y := load(lanesTable()), zeros()
	Label(label + "Row")
	this := K()
	VPTESTNMD(signs, more[1], k, this)
	KORTESTW(this, this)
	JZ(LabelRef(label + "Listed"))
	at := copyOf(first[1])
	blockRow(at)
	VPSLLD(U8(16), at, at)
	VPORD(rowPlace, at, at)
	VPADDD(all(bits("rowPlaces", 16*listedSide)), rowPlace, rowPlace)
	VPADDD(oneI, first[1], first[1])
	VPSUBD(oneI, more[1], more[1])
	var v [3]vec
	for e := range v {
		v[e] = row[e]
	}
	near := copyOf(row[3]) // each time from the start: it has to be exact
	VFMADD231PS(in(listedPlanes[3]+64), y, near)
	for i := range listedSide {
		has := this
		s := copyOf(near)
		if i > 0 {
			has = K()
			VPCMPD_BCST(U8(5), bits(fmt.Sprintf("int%d", i), uint32(i)), more[0], this, has)
			KORTESTW(has, has)
			JZ(LabelRef(label + "RowDone"))
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
			VMOVUPS(v, Mem{Base: to, Disp: 4*listedPlaces*f + 64*i})
		}
		compress(place, touched, indexed(t.places, n))
		compress(add(s, reach), touched, indexed(t.nears, n))
		KMOVW(touched, count)
		POPCNTL(count, count)
		ADDQ(count.As64(), n)
	}
	Label(label + "RowDone")
	for e := range v {
		VFMADD231PS(in(listedPlanes[e]+64), four, row[e])
	}
	VADDPS(four, y, y)
	ADDQ(U32(64*listedSide), to)
	JMP(LabelRef(label + "Row"))
	Label(label + "Listed")
	t.n = n
	return t
}

// rasterListed draws the triangles of lanes whose rectangle is of up to
// listedSide blocks each way where the rays of a lens are, and leaves the others
// in lanes. First it lists the blocks that they touch, then those of them that are
// not hidden, and goes through that list without a jump that depends on what is
// there.
func rasterListed(c Mem, st reg.Register, lanes reg.GPVirtual, samples reg.Register, pad, blur vec) {
	t := list("listed", newLocals(listedRoom), st, lanes, pad, "listedDone")
	base := GP64()
	MOVQ(c.Offset(canvasNearness), base)
	left, cells, some := t.seen("listed", base, blur)
	TESTQ(left, left)
	JZ(LabelRef("listedDone"))
	markStale(c, cells)

	Comment("Their records.")
	{
		g, m := anyOf(some), K()
		KMOVW(g, m)
		enterSome(c, st, m, g)
	}

	Comment("Draw them.")
	zone := zoneOf(false, blur)
	signs := all(bits("signMask", 0x80000000))
	i := GP64()
	XORL(i.As32(), i.As32())
	Label("listedBlock")
	at, to, lane, own, p := fromList(t.places, i, st, base)
	ray := GP64()
	MOVQ(p, ray)
	SUBQ(base, ray)
	ADDQ(samples, ray)
	u, w := load(Mem{Base: ray, Disp: samplesU}), load(Mem{Base: ray, Disp: samplesV})
	of := func(disp int) Mem { return Mem{Base: own, Disp: disp} }
	plane := func(f int) vec {
		v := all(indexed(t.dense[f], at))
		if f < 3 {
			VADDPS_BCST(indexed(t.back[f], lane), v, v)
		}
		VFMADD231PS_BCST(of(listedPlanes[f]), u, v)
		VFMADD231PS_BCST(of(listedPlanes[f]+64), w, v)
		return v
	}
	inside := []vec{vmin(plane(0), plane(1)), plane(2)}
	minus := ZMM()
	VPXORD_BCST(of(setupMargin), signs, minus)
	_, ask, update := drawBlock(p, inside, plane(3), all(of(setupSure)), minus, zone, all(of(setupID)))
	KTESTW(ask, update)
	JCS(LabelRef("listedSure"))
	enterFix(c, ask, update, lane, to)
	Label("listedSure")
	INCQ(i)
	CMPQ(i, left)
	JB(LabelRef("listedBlock"))
	Label("listedDone")
}

// indexed is the element of a list of 32-bit numbers.
func indexed(m Mem, by reg.Register) Mem { m.Index, m.Scale = by, 4; return m }

// rectanglesOf takes from lanes the triangles of the setup whose rectangle is of
// up to side blocks each way, and jumps to none where there is none. It returns
// the column and row of their first block, and how many more there are each way.
func rectanglesOf(st reg.Register, lanes reg.GPVirtual, side int, none string) (first, more [2]vec, k reg.OpmaskVirtual) {
	rect, low6 := load(Mem{Base: st, Disp: setupRect}), all(bits("low6", 0x3f))
	k = K()
	KMOVW(lanes, k)
	for axis := range first {
		first[axis], more[axis] = ZMM(), ZMM()
		VPSRLD(U8(8*axis+2), rect, first[axis])
		VPANDD(low6, first[axis], first[axis])
		VPSRLD(U8(8*axis+18), rect, more[axis])
		VPANDD(low6, more[axis], more[axis])
		VPSUBD(first[axis], more[axis], more[axis])
		few := K()
		VPCMPD_BCST(U8(1), bits(fmt.Sprintf("int%d", side), uint32(side)), more[axis], k, few)
		k = few
	}
	g := GP32()
	KMOVW(k, g)
	TESTL(g, g)
	JZ(LabelRef(none))
	ANDNL(lanes, g, lanes)
	return first, more, k
}

// seen leaves those blocks of the list that are not hidden. It returns how many are
// left, their cells and their lanes, a bit each.
func (t *listed) seen(label string, base reg.Register, blur vec) (left reg.GPVirtual, cells, lanes vec) {
	Comment("Which of that is not hidden?")
	places, nears, n := t.places, t.nears, t.n
	VMOVUPS(all(bits("none", 0xffffffff)), indexed(nears, n)) // not a number
	i, count := GP64(), GP32()
	left, cells, lanes = GP64(), zeros(), zeros()
	XORL(i.As32(), i.As32())
	XORL(left.As32(), left.As32())
	oneI, ties, mask := all(bits("oneInt", 1)), all(bits("threeTies", 0x38400000)), all(absMask)
	Label(label + "Hidden")
	place, block, low, whole, seen := load(indexed(places, i)), ZMM(), ZMM(), K(), K()
	VPSRLD(U8(16), place, block)
	VCMPPS(U8(ordered), indexed(nears, i), ties, whole) // behind the last are places of no block
	VGATHERDPS(Mem{Base: base, Index: block, Scale: 4, Disp: canvasLow}, whole, low)
	bound := sub(low, blur)
	VFNMADD231PS(vabs(low, mask), ties, bound)
	VCMPPS(U8(le), indexed(nears, i), bound, seen)
	compress(place, seen, indexed(places, left))
	VPSRLD(U8(4), block, block)
	VPSLLVD(block, oneI, block)
	VPORD(block, cells, seen, cells)
	VPANDD(all(bits("low4", 15)), place, place)
	VPSLLVD(place, oneI, place)
	VPORD(place, lanes, seen, lanes)
	KMOVW(seen, count)
	POPCNTL(count, count)
	ADDQ(count.As64(), left)
	ADDQ(U8(16), i)
	CMPQ(i, n)
	JB(LabelRef(label + "Hidden"))
	return left, cells, lanes
}

// fromList takes an element of the list of blocks and places apart: place, block
// and lane, where the lane's numbers in the setup begin, and the block's pixels.
func fromList(places Mem, i reg.GPVirtual, st, base reg.Register) (place, block, lane, own, pixels reg.GPVirtual) {
	place, block, lane, own, pixels = GP64(), GP64(), GP64(), GP64(), GP64()
	MOVL(indexed(places, i), place.As32())
	MOVL(place.As32(), block.As32())
	SHRL(U8(16), block.As32())
	MOVWLZX(place.As16(), place.As32())
	MOVL(place.As32(), lane.As32())
	ANDL(U8(15), lane.As32())
	LEAQ(Mem{Base: st, Index: lane, Scale: 4}, own)
	MOVQ(block, pixels)
	SHLQ(U8(6), pixels)
	ADDQ(base, pixels)
	return place, block, lane, own, pixels
}
