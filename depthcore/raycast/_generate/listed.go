package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	listedSide   = 8                                      // blocks of a listed triangle's rectangle each way at most
	listedPlaces = 16 * listedSide * listedSide           // of 16 triangles
	listedRoom   = 4*4*listedPlaces + 8*(listedPlaces+16) // of the lists, with room to write on
)

// rasterListed draws the triangles of lanes whose rectangle is of up to
// listedSide blocks each way where the rays of a lens are, and leaves the others
// in lanes. First it lists the blocks that they touch, one triangle a lane, then
// those of them that are not hidden, and goes through that list without a jump
// that depends on what is there.
func rasterListed(c Mem, st reg.Register, lanes reg.GPVirtual, samples reg.Register, pad, blur vec) {
	in := func(disp int) Mem { return Mem{Base: st, Disp: disp} }
	room := newLocals(listedRoom)
	// A place is 16 times a block's place in the rectangle, plus the lane. By it,
	// the edges and nearness at the block's first pixel.
	var first [4]Mem
	for f := range first {
		first[f] = room.alloc(4 * listedPlaces)
	}
	// Of each that is listed: block and place, and how near it may be.
	places, nears := room.alloc(4*(listedPlaces+16)), room.alloc(4*(listedPlaces+16))

	Comment("Their first block, and how many more there are each way.")
	block, more, k := rectanglesOf(st, lanes, listedSide, "listedDone")

	Comment("What they touch.")
	zero, three, four := zeros(), all(bits("f3", 0x40400000)), all(bits("four", 0x40800000))
	planes := [4]int{setupEdge, setupEdge + 192, setupEdge + 384, setupNear}
	var row, reach [4]vec // reach: to a block's pixel that is farthest inside, or nearest
	for f, at := range planes {
		a, b := load(in(at)), load(in(at+64))
		row[f] = load(in(at + 128))
		reach[f] = mul(three, add(vmax(a, zero), vmax(b, zero)))
		if f < 3 {
			VADDPS(pad, reach[f], reach[f])
			VADDPS(in(setupMargin), reach[f], reach[f])
			VSUBPS(reach[f], zero, reach[f])
			continue
		}
		mask := all(absMask)
		VFMADD231PS(pad, add(vabs(a, mask), vabs(b, mask)), reach[f])
	}
	n, to, j := GP64(), GP64(), GP64()
	XORL(n.As32(), n.As32())
	XORL(j.As32(), j.As32())
	LEAQ(first[0], to)
	place, below := load(lanesTable()), zeros() // below: pixels from the first row
	Label("listedRow")
	this := K()
	counter := ZMM()
	VPBROADCASTD(j.As32(), counter)
	VPCMPD(U8(2), more[1], counter, k, this)
	KORTESTW(this, this)
	JZ(LabelRef("listedAll"))
	rowAt := ZMM()
	VPADDD(counter, block[1], rowAt)
	blockRow(rowAt)
	var v [4]vec
	for f := range v {
		v[f] = copyOf(row[f])
	}
	// Nearness has no room for the rounding of many steps.
	VFMADD231PS(in(planes[3]+64), below, v[3])
	VADDPS(four, below, below)
	nearest := v[3]
	for i := range listedSide {
		has := this
		if i > 0 {
			has = K()
			VPCMPD_BCST(U8(5), bits(fmt.Sprintf("int%d", i), uint32(i)), more[0], this, has)
			KORTESTW(has, has)
			JZ(LabelRef("listedRowDone"))
			for f := range v[:3] {
				VFMADD231PS(in(planes[f]), four, v[f])
			}
			v[3] = copyOf(nearest)
			VFMADD231PS(in(planes[3]), all(bits(fmt.Sprintf("float%d", 4*i), math.Float32bits(float32(4*i)))), v[3])
		}
		touched := has
		for f := range v {
			VMOVUPS(v[f], Mem{Base: to, Disp: 4*listedPlaces*f + 64*i})
			if f < 3 {
				touched = cmp(ge, v[f], reach[f], touched)
			}
		}
		at, count := ZMM(), GP32()
		if i == 0 {
			VMOVDQA32(block[0], at)
		} else {
			VPADDD_BCST(bits(fmt.Sprintf("int%d", i), uint32(i)), block[0], at)
		}
		blockColumn(at)
		VPADDD(rowAt, at, at)
		VPSLLD(U8(16), at, at)
		VPORD(place, at, at)
		if i > 0 {
			VPADDD_BCST(bits(fmt.Sprintf("place%d", i), uint32(16*i)), at, at)
		}
		compress(at, touched, indexed(places, n))
		compress(add(v[3], reach[3]), touched, indexed(nears, n))
		KMOVW(touched, count)
		POPCNTL(count, count)
		ADDQ(count.As64(), n)
	}
	Label("listedRowDone")
	for f := range row[:3] {
		VFMADD231PS(in(planes[f]+64), four, row[f])
	}
	VPADDD_BCST(bits("rowPlaces", 16*listedSide), place, place)
	ADDQ(U32(64*listedSide), to)
	INCQ(j)
	JMP(LabelRef("listedRow"))
	Label("listedAll")
	TESTQ(n, n)
	JZ(LabelRef("listedDone"))
	base := GP64()
	MOVQ(c.Offset(canvasNearness), base)
	left, cells, some := seenOf("listed", base, blur, places, nears, n)
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
	at, to, lane, own, p := fromList(places, i, st, base)
	ray := GP64()
	MOVQ(p, ray)
	SUBQ(base, ray)
	ADDQ(samples, ray)
	u, w := load(Mem{Base: ray, Disp: samplesU}), load(Mem{Base: ray, Disp: samplesV})
	of := func(disp int) Mem { return Mem{Base: own, Disp: disp} }
	plane := func(f int) vec {
		v := all(indexed(first[f], at))
		VFMADD231PS_BCST(of(planes[f]), u, v)
		VFMADD231PS_BCST(of(planes[f]+64), w, v)
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

// seenOf leaves those of n listed blocks that are not hidden, given the block and
// place of each and how near it may be. It returns how many are left, their cells
// and their lanes, a bit each.
func seenOf(label string, base reg.Register, blur vec, places, nears Mem, n reg.GPVirtual) (left reg.GPVirtual, cells, lanes vec) {
	Comment("Which of that is not hidden?")
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
