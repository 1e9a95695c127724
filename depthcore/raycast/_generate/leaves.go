package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// leafTest writes two kernels: one takes a leaf, the other a patch, whose
// vertices it transforms once and deals out to the triangles.
func leafTest(patch bool) {
	name, label := "leafTestAVX512", "leaf"
	if patch {
		name, label = "patchTestAVX512", "patch"
		TEXT(name, NOSPLIT, "func(l, patch *byte, slots uint32, out, nearness *byte, blur float32)")
		Doc("patchTestAVX512 is leafTestAVX512 of a patch.")
	} else {
		TEXT(name, NOSPLIT, "func(l, leaf *byte, slots uint32, out, nearness *byte, blur float32)")
		Doc("leafTestAVX512 is leafTest, and leaves out small triangles that are hidden by what is in their blocks.")
	}
	l, leaf := Mem{Base: Load(Param("l"), GP64())}, Mem{Base: Load(Param(label), GP64())}
	out := Load(Param("out"), GP64())
	ru, rv, rw := l.Offset(lensU), l.Offset(lensV), l.Offset(lensW)
	errW := all(l.Offset(lensErrW))
	limit := mul(errW, all(bits("f1024", 0x44800000)))
	unit, infinite := all(one), all(bits("infinite", 0x7f800000))
	zero := ZMM()
	VPXORD(zero, zero, zero)

	// The corners' pixels; near is the largest 1/W.
	var pixel [2][3]vec
	var near vec
	k, front := K(), K()
	var index [3]vec
	if patch {
		Comment("The vertices.")
		x, y, z := load(leaf), load(leaf.Offset(64)), load(leaf.Offset(128))
		u, v, w := dot(ru, x, y, z), dot(rv, x, y, z), dot(rw, x, y, z)
		inv, behind := div(unit, w), K()
		at := [2]vec{mul(u, inv), mul(v, inv)}
		VCMPPS(U8(notGT), limit, w, behind)
		VMOVAPS(infinite, behind, inv)
		Comment("The triangles.")
		count, ones := GP32(), GP32()
		MOVL(leaf.Offset(patchCount), count)
		MOVL(I32(-1), ones)
		BZHIL(count, ones, ones)
		KMOVW(ones, k)
		for i := range index {
			index[i] = ZMM()
			VPMOVZXBD(leaf.Offset(patchCorner+16*i), index[i])
			for axis := range at {
				pixel[axis][i] = permute(index[i], at[axis])
			}
			if c := permute(index[i], inv); i == 0 {
				near = c
			} else {
				near = vmax(near, c)
			}
		}
		front = cmp(lt, near, infinite, k)
	} else {
		first := load(leaf)
		VCMPPS(U8(ordered), first, first, k)
		KMOVW(k, front)
		for i := range index {
			x, y, z := load(leaf.Offset(192*i)), load(leaf.Offset(192*i+64)), load(leaf.Offset(192*i+128))
			w := dot(rw, x, y, z)
			front = cmp(gt, w, limit, front)
			inv := div(unit, w)
			pixel[0][i], pixel[1][i] = mul(dot(ru, x, y, z), inv), mul(dot(rv, x, y, z), inv)
			if i == 0 {
				near = inv
			} else {
				near = vmax(near, inv)
			}
		}
	}
	// corner is a row of the lens for one of the corners, found anew.
	corner := func(row Mem, i int) vec {
		if patch {
			return permute(index[i], dot(row, load(leaf), load(leaf.Offset(64)), load(leaf.Offset(128))))
		}
		return dot(row, load(leaf.Offset(192*i)), load(leaf.Offset(192*i+64)), load(leaf.Offset(192*i+128)))
	}
	var off [2]vec // how far the corners' pixels may be off
	slackErr := func(axis int) vec {
		s := all(l.Offset(lensErrU + 4*axis))
		VFMADD231PS(errW, all(bits("f256", 0x43800000)), s)
		return s
	}
	last := func(axis int) vec { return all(l.Offset(lensLastX + 4*axis)) }
	var lo, hi [2]vec
	for axis, p := range pixel {
		slack := mul(slackErr(axis), near)
		VADDPS(all(l.Offset(lensPad)), slack, slack)
		off[axis] = sub(slack, all(bits("leastPad", 0x3b000000)))
		lo[axis] = vmax(sub(vmin(vmin(p[0], p[1]), p[2]), slack), zero)
		hi[axis] = vmin(add(vmax(vmax(p[0], p[1]), p[2]), slack), last(axis))
	}

	Comment("Triangles that reach to the camera's plane: are they beside the tile, or behind?")
	crossing := K()
	KANDNW(k, front, crossing)
	KORTESTW(crossing, crossing)
	JZ(LabelRef(label + "Frontal"))
	{
		VBROADCASTSS(maxFloat, crossing, near)
		drop := func(test func(i int, within reg.OpmaskVirtual) reg.OpmaskVirtual) {
			d := crossing
			for i := 0; i < 3; i++ {
				d = test(i, d)
			}
			KANDNW(k, d, k)
		}
		drop(func(i int, m reg.OpmaskVirtual) reg.OpmaskVirtual { return cmp(lt, add(corner(rw, i), errW), zero, m) })
		for axis, row := range []Mem{ru, rv} {
			VMOVAPS(zero, crossing, lo[axis])
			VMOVAPS(last(axis), crossing, hi[axis])
			twice := slackErr(axis)
			VADDPS(twice, twice, twice)
			drop(func(i int, m reg.OpmaskVirtual) reg.OpmaskVirtual {
				return cmp(lt, add(add(corner(row, i), corner(rw, i)), twice), zero, m)
			})
			next := add(last(axis), unit)
			drop(func(i int, m reg.OpmaskVirtual) reg.OpmaskVirtual {
				t := sub(corner(row, i), twice)
				VFNMADD231PS(next, corner(rw, i), t)
				return cmp(gt, t, zero, m)
			})
		}
	}
	Label(label + "Frontal")
	rect, k := rectOf(lo[0], lo[1], hi[0], hi[1], k)
	KORTESTW(k, k)
	JZ(LabelRef(label + "Done"))

	k, tiny, centres := missCentres(label, rect, pixel, off, front, k)

	Comment("Where a triangle touches two blocks each way at most: are they all nearer already, or the centres that a tiny one holds?")
	low8 := all(bits("low8", 0xff))
	bx0, by0, bx1, by1, t := ZMM(), ZMM(), ZMM(), ZMM(), ZMM()
	VPSRLD(U8(2), rect, t)
	VPANDD(all(bits("blockMask", 0x3f3f3f3f)), t, t)
	VPANDD(low8, t, bx0)
	VPSRLD(U8(8), t, by0)
	VPANDD(low8, by0, by0)
	VPSRLD(U8(16), t, bx1)
	VPANDD(low8, bx1, bx1)
	VPSRLD(U8(24), t, by1)
	VPSUBD(bx0, bx1, t)
	few := K()
	oneI := all(bits("oneInt", 1))
	VPCMPD(U8(2), oneI, t, k, few)
	VPSUBD(by0, by1, t)
	few2 := K()
	VPCMPD(U8(2), oneI, t, few, few2)
	KORTESTW(few2, few2)
	JZ(LabelRef(label + "Many"))
	{
		blockColumn(bx0)
		blockColumn(bx1)
		blockRow(by0)
		blockRow(by1)
		TESTL(tiny, tiny)
		JZ(LabelRef(label + "NoneTiny"))
		{
			k := K()
			KMOVW(tiny, k)
			// Places of pixels, counted from the lows as those of blocks are.
			back := all(bits("lowsBack", uint32(0x100000000-canvasLow/4)))
			for i, part := range []vec{bx0, by0, bx1, by1} {
				VPSLLD(U8(4), part, k, part)
				within := ZMM()
				if i&1 == 0 {
					VPSRLD(U8(8*i), rect, within)
					VPANDD(all(bits("three", 3)), within, within)
				} else {
					VPSRLD(U8(8*i-2), rect, within)
					VPANDD(all(bits("twelve", 12)), within, within)
					VPADDD(back, part, k, part)
				}
				VPADDD(within, part, k, part)
			}
		}
		Label(label + "NoneTiny")
		base := Load(Param("nearness"), GP64())
		seen := [4]vec{}
		i := 0
		for _, y := range []vec{by0, by1} {
			for _, x := range []vec{bx0, bx1} {
				at, g := ZMM(), K()
				VPADDD(x, y, at)
				KMOVW(centres[i], g)
				KANDW(few2, g, g)
				seen[i] = copyOf(infinite)
				VGATHERDPS(Mem{Base: base, Index: at, Scale: 4, Disp: canvasLow}, g, seen[i])
				i++
			}
		}
		least := vmin(vmin(seen[0], seen[1]), vmin(seen[2], seen[3]))
		whereOrthographic(l, label+"Perspective", func() {
			var dealt vec
			if patch {
				dealt = sub(zero, dot(l.Offset(lensZ), load(leaf), load(leaf.Offset(64)), load(leaf.Offset(128))))
			}
			for i := 0; i < 3; i++ {
				var s vec
				if patch {
					s = permute(index[i], dealt)
				} else {
					s = sub(zero, dot(l.Offset(lensZ), load(leaf.Offset(192*i)), load(leaf.Offset(192*i+64)), load(leaf.Offset(192*i+128))))
				}
				if i == 0 {
					VMOVAPS(s, near)
				} else {
					VMAXPS(s, near, near)
				}
			}
			VADDPS(all(l.Offset(lensErrZ)), near, near)
		})
		bound := copyOf(near)
		VFMADD231PS(vabs(near, all(absMask)), all(bits("f2m15", 0x38000000)), bound)
		VADDPS(all(mustAddr("blur")), bound, bound)
		KANDNW(k, cmp(lt, bound, least, few2), k)
	}
	Label(label + "Many")
	count := GP64()
	MOVQ(Mem{Base: out, Disp: batchN}, count)
	to := func(disp int) Mem { return Mem{Base: out, Index: count, Scale: 4, Disp: disp} }
	for i := 0; i < 3; i++ {
		if patch {
			VPCOMPRESSD_Z(index[i], k, index[i])
		}
		for axis := 0; axis < 3; axis++ {
			if patch {
				VMOVUPS(permute(index[i], load(leaf.Offset(64*axis))), to(batchP+192*(3*i+axis)))
			} else {
				compress(load(leaf.Offset(64*(3*i+axis))), k, to(batchP+192*(3*i+axis)))
			}
		}
	}
	slots := ZMM()
	VPBROADCASTD(Load(Param("slots"), GP32()), slots)
	VPADDD(lanesTable(), slots, slots)
	compress(slots, k, to(batchSlot))
	compress(rect, k, to(batchRect))
	kept := GP32()
	KMOVW(k, kept)
	POPCNTL(kept, kept)
	ADDQ(kept.As64(), count)
	MOVQ(count, Mem{Base: out, Disp: batchN})
	Label(label + "Done")
	VZEROUPPER()
	RET()
}

// What VRANGEPS takes the smaller, or the larger, of two absolute values by.
const smallest, largest = 10, 11

// missCentres drops the triangles of up to 2x2 pixels that lie beside the
// centres of all of them. Each corner's pixel is right within what off says and
// what division does. It returns which triangles are so tiny, and for each
// centre, row by row, which may hold it: all of those that are not tiny.
func missCentres(label string, rect vec, pixel [2][3]vec, off [2]vec, front, k reg.OpmaskVirtual) (_ reg.OpmaskVirtual, tiny reg.GPVirtual, centres [4]reg.GPVirtual) {
	Comment("Triangles of up to 2x2 pixels: do they hold a centre?")
	zero, unit := ZMM(), all(bits("oneInt", 1))
	VPXORD(zero, zero, zero)
	bitsOf := func(k reg.Register) reg.GPVirtual { g := GP32(); KMOVW(k, g); return g }
	tiny = GP32()
	for i := range centres {
		centres[i] = GP32()
		MOVL(I32(-1), centres[i])
	}
	var second [2]reg.GPVirtual // there is a second column, or row
	small := K()
	KANDW(front, k, small)
	var xy [2][3]vec
	for axis := range xy {
		first, last, m := ZMM(), ZMM(), K()
		VPSRLD(U8(8*axis), rect, first)
		VPANDD(all(bits("low8", 0xff)), first, first)
		VPSRLD(U8(8*axis+16), rect, last)
		VPANDD(all(bits("low8", 0xff)), last, last)
		VPSUBD(first, last, last)
		VPCMPD(U8(0), unit, last, m)
		second[axis] = bitsOf(m)
		VPCMPD(U8(2), unit, last, small, m)
		small = m
		VCVTDQ2PS(first, first)
		for i := range xy[axis] {
			xy[axis][i] = sub(pixel[axis][i], first)
		}
	}
	// Where the tile cuts a triangle off, its corners may lie far outside.
	far := vabs(xy[0][0], all(absMask))
	for _, c := range []vec{xy[0][1], xy[0][2], xy[1][0], xy[1][1], xy[1][2]} {
		VRANGEPS(U8(largest), c, far, far)
	}
	small = cmp(le, far, all(bits("two", 0x40000000)), small)
	KMOVW(small, tiny)
	TESTL(tiny, tiny)
	JZ(LabelRef(label + "NoneSmall"))
	x, y := xy[0], xy[1]
	// No coordinate exceeds 2 and no difference of two 4, so that the products
	// below err by 20 times what a coordinate does, at most.
	slack := add(vmax(off[0], off[1]), all(bits("f2m13", 0x39000000)))
	slack = mul(slack, all(bits("f20", 0x41a00000)))
	var a, b [3]vec
	for i := range a {
		a[i], b[i] = sub(x[(i+1)%3], x[i]), sub(y[(i+1)%3], y[i])
	}
	area := sub(mul(a[0], b[1]), mul(b[0], a[1]))
	thin := bitsOf(cmp(le, vabs(area, all(absMask)), slack, small)) // too thin to tell
	sign, outside := ZMM(), sub(zero, slack)
	VPANDD(all(bits("signMask", 0x80000000)), area, sign)
	var e [3]vec // at a centre
	for i := range a {
		VPXORD(sign, a[i], a[i])
		VPXORD(sign, b[i], b[i])
		e[i] = sub(mul(b[i], x[i]), mul(a[i], y[i]))
	}
	missed := GP32()
	MOVL(tiny, missed)
	centre := func(at int, axes ...int) {
		hold := bitsOf(cmp(ge, vmin(vmin(e[0], e[1]), e[2]), outside, small))
		ORL(thin, hold)
		for _, axis := range axes {
			ANDL(second[axis], hold)
		}
		ANDNL(missed, hold, missed)
		XORL(tiny, centres[at])
		ORL(hold, centres[at])
	}
	centre(0)
	for i := range e {
		VSUBPS(b[i], e[i], e[i])
	}
	centre(1, 0)
	for i := range e {
		VADDPS(a[i], e[i], e[i])
	}
	centre(3, 0, 1)
	for i := range e {
		VADDPS(b[i], e[i], e[i])
	}
	centre(2, 1)
	drop := K()
	KMOVW(missed, drop)
	KANDNW(k, drop, k)
	Label(label + "NoneSmall")
	return k, tiny, centres
}

// A block's index counts by cells: it is the sum of a column's and a row's.
func blockColumn(x vec) {
	t := ZMM()
	VPANDD(all(bits("blockHigh", 0x3c)), x, t)
	VPANDD(all(bits("three", 3)), x, x)
	VPSLLD(U8(2), t, t)
	VPADDD(t, x, x)
}

func blockRow(y vec) {
	t := ZMM()
	VPANDD(all(bits("blockHigh", 0x3c)), y, t)
	VPANDD(all(bits("three", 3)), y, y)
	VPSLLD(U8(2+logCellsX), t, t)
	VPSLLD(U8(2), y, y)
	VPADDD(t, y, y)
}
