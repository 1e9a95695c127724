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

	// Rows of the lens times vertices, counted from the first of them. That one
	// is taken there in float64, so that float32 errs by little more than it must.
	step, start := all(l.Offset(lensStep)), all(l.Offset(lensStart))
	origin := newLocals(64).alloc(16)
	{
		sum, f := YMM(), XMM()
		VMOVUPD(l.Offset(lensColumns+96), sum)
		for axis := 0; axis < 3; axis++ {
			c := YMM()
			VCVTPS2PD_BCST(leaf.Offset(64*axis), c)
			VFMADD231PD(l.Offset(lensColumns+32*axis), c, sum)
		}
		VCVTPD2PSY(sum, f)
		VMOVUPS(f, origin)
	}
	fromOrigin := func(at Mem) (d [3]vec) {
		for axis := range d {
			d[axis] = ZMM()
			VSUBPS_BCST(leaf.Offset(64*axis), load(at.Offset(64*axis)), d[axis])
		}
		return d
	}
	product := func(i int, d [3]vec) vec {
		r, m := ZMM(), l.Offset(lensU+16*i)
		VMULPS_BCST(m, d[0], r)
		VFMADD231PS_BCST(m.Offset(4), d[1], r)
		VFMADD231PS_BCST(m.Offset(8), d[2], r)
		VADDPS_BCST(origin.Offset(4*i), r, r)
		return r
	}
	// reachOf is the larger of v and the largest difference from the first vertex:
	// by that the pixel of one may be off, but for division.
	reachOf := func(v vec, d [3]vec) vec {
		far := ZMM()
		VRANGEPS(U8(largest), d[1], d[0], far)
		VRANGEPS(U8(largest), d[2], far, far)
		if v != nil {
			VMAXPS(v, far, far)
		}
		return far
	}

	// The corners' pixels, and how far they may be off; near is the largest 1/W.
	var pixel [2][3]vec
	var near, off vec
	most := func(v *vec, c vec) {
		if *v == nil {
			*v = c
		} else {
			*v = vmax(*v, c)
		}
	}
	k, front := K(), K()
	index := func(corner int) vec {
		v := ZMM()
		VPMOVZXBD(leaf.Offset(patchCorner+16*corner), v)
		return v
	}
	if patch {
		Comment("The vertices.")
		d := fromOrigin(leaf)
		w, u, v := product(2, d), product(0, d), product(1, d)
		inv, behind := div(unit, w), K()
		at := [2]vec{mul(u, inv), mul(v, inv)}
		VCMPPS(U8(notGT), limit, w, behind)
		VMOVAPS(infinite, behind, inv)
		far := reachOf(nil, d)
		VFMADD213PS(start, step, far)
		err := mul(far, inv)
		Comment("The triangles.")
		count, ones := GP32(), GP32()
		MOVL(leaf.Offset(patchCount), count)
		MOVL(I32(-1), ones)
		BZHIL(count, ones, ones)
		KMOVW(ones, k)
		for i := range pixel[0] {
			index := index(i)
			for axis := range at {
				pixel[axis][i] = permute(index, at[axis])
			}
			most(&near, permute(index, inv))
			most(&off, permute(index, err))
		}
		front = cmp(lt, near, infinite, k)
	} else {
		first := load(leaf)
		VCMPPS(U8(ordered), first, first, k)
		KMOVW(k, front)
		for i := range pixel[0] {
			d := fromOrigin(leaf.Offset(192 * i))
			w := product(2, d)
			front = cmp(gt, w, limit, front)
			inv := div(unit, w)
			pixel[0][i], pixel[1][i] = mul(product(0, d), inv), mul(product(1, d), inv)
			most(&near, inv)
			off = reachOf(off, d)
		}
		VFMADD213PS(start, step, off)
		VMULPS(near, off, off)
	}
	// corner is a row of the lens for one of the corners, found anew.
	corner := func(row Mem, i int) vec {
		if patch {
			return permute(index(i), dot(row, load(leaf), load(leaf.Offset(64)), load(leaf.Offset(128))))
		}
		return dot(row, load(leaf.Offset(192*i)), load(leaf.Offset(192*i+64)), load(leaf.Offset(192*i+128)))
	}
	slackErr := func(axis int) vec {
		s := all(l.Offset(lensErrU + 4*axis))
		VFMADD231PS(errW, all(bits("f256", 0x43800000)), s)
		return s
	}
	end := func(axis int) vec { return all(l.Offset(lensLastX + 4*axis)) }
	var lo, hi [2]vec
	slack := add(off, all(l.Offset(lensPad)))
	off = sub(slack, all(bits("leastPad", 0x3b000000)))
	var extent [2]vec
	for axis, p := range pixel {
		least, most := vmin(vmin(p[0], p[1]), p[2]), vmax(vmax(p[0], p[1]), p[2])
		extent[axis] = sub(most, least)
		lo[axis], hi[axis] = vmax(sub(least, slack), zero), vmin(add(most, slack), end(axis))
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
			VMOVAPS(end(axis), crossing, hi[axis])
			twice := slackErr(axis)
			VADDPS(twice, twice, twice)
			drop(func(i int, m reg.OpmaskVirtual) reg.OpmaskVirtual {
				return cmp(lt, add(add(corner(row, i), corner(rw, i)), twice), zero, m)
			})
			next := add(end(axis), unit)
			drop(func(i int, m reg.OpmaskVirtual) reg.OpmaskVirtual {
				t := sub(corner(row, i), twice)
				VFNMADD231PS(next, corner(rw, i), t)
				return cmp(gt, t, zero, m)
			})
		}
	}
	Label(label + "Frontal")
	first, last, k := sidesOf(lo[0], lo[1], hi[0], hi[1], k)
	KORTESTW(k, k)
	JZ(LabelRef(label + "Done"))

	rect := pack(first, last)
	n := narrowOf(first, last, extent, slack, off, front, k)
	Comment("Where a triangle touches two blocks each way at most: how near are they, or the centres that a tiny one may hold?")
	few := k
	var column, row [2]vec // as parts of a block's index, first and last
	for axis, part := range []*[2]vec{&column, &row} {
		var block [2]vec
		for end, at := range [2]vec{first[axis], last[axis]} {
			block[end], part[end] = ZMM(), ZMM()
			VPSRLD(U8(2), at, block[end])
			if axis == 0 {
				VPANDD(all(bits("three", 3)), block[end], part[end])
				VPTERNLOGD(U8(aOrBAndC), all(bits("cellHigh", 0x70)), at, part[end])
			} else {
				VPSLLD(U8(logCellsX), at, part[end])
				VPANDD(all(bits("cellRows", 0x70<<logCellsX)), part[end], part[end])
				VPTERNLOGD(U8(aOrBAndC), all(bits("twelve", 12)), at, part[end])
			}
		}
		VPSUBD(block[0], block[1], block[1])
		m := K()
		VPCMPD(U8(2), all(bits("oneInt", 1)), block[1], few, m)
		few = m
	}
	var seen [4]vec // where none is looked at, nothing is hidden
	for i := range seen {
		seen[i] = all(bits("minusInfinite", 0xff800000))
	}
	KORTESTW(few, few)
	JZ(LabelRef(label + "Many"))
	{
		base := Load(Param("nearness"), GP64())
		KORTESTW(n.tiny, n.tiny)
		JZ(LabelRef(label + "NoneTiny"))
		exceptSheets(label, base, n.tiny, first, last)
		// Places of pixels, counted from the lows as those of blocks are.
		back := all(bits("lowsBack", uint32(0x100000000-canvasLow/4)))
		for end := range column {
			VPSLLD(U8(4), column[end], n.tiny, column[end])
			within := ZMM()
			VPTERNLOGD(U8(aOrBAndC), all(bits("three", 3)), [2]vec{first[0], last[0]}[end], n.tiny, column[end])
			VPSLLD(U8(4), row[end], n.tiny, row[end])
			VPSLLD(U8(2), [2]vec{first[1], last[1]}[end], within)
			VPTERNLOGD(U8(aOrBAndC), all(bits("twelve", 12)), within, n.tiny, row[end])
			VPADDD(back, row[end], n.tiny, row[end])
		}
		Label(label + "NoneTiny")
		var at [4]vec
		for i := range at {
			at[i] = ZMM()
			VPADDD(column[i&1], row[i>>1], at[i])
		}
		second := copyOf(at[1]) // along the turned triangle's rows
		VMOVAPS(at[2], n.turned, at[1])
		VMOVAPS(second, n.turned, at[2])
		for i := range seen {
			g := K()
			KMOVW(few, g)
			VGATHERDPS(Mem{Base: base, Index: at[i], Scale: 4, Disp: canvasLow}, g, seen[i])
		}
	}
	Label(label + "Many")
	least := n.missCentres(label, pixel, seen, k)
	{
		whereOrthographic(l, label+"Perspective", func() {
			var dealt vec
			if patch {
				dealt = sub(zero, dot(l.Offset(lensZ), load(leaf), load(leaf.Offset(64)), load(leaf.Offset(128))))
			}
			for i := 0; i < 3; i++ {
				var s vec
				if patch {
					s = permute(index(i), dealt)
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
			// What follows takes half of this off again where it is negative.
			VFMADD231PS(vabs(near, all(absMask)), all(bits("f2m14", 0x38800000)), near)
		})
		bound := all(mustAddr("blur"))
		VFMADD231PS(near, all(bits("beyond", 0x3f800100)), bound) // 1 + 2^-15
		KANDNW(k, cmp(lt, bound, least, k), k)
	}
	count := GP64()
	MOVQ(Mem{Base: out, Disp: batchN}, count)
	to := func(disp int) Mem { return Mem{Base: out, Index: count, Scale: 4, Disp: disp} }
	slots := ZMM()
	if patch {
		for i := 0; i < 3; i++ {
			kept := index(i)
			VPCOMPRESSD_Z(kept, k, kept)
			for axis := 0; axis < 3; axis++ {
				VMOVUPS(permute(kept, load(leaf.Offset(64*axis))), to(batchP+192*(3*i+axis)))
			}
		}
		VPBROADCASTD(Load(Param("slots"), GP32()), slots)
		VPADDD(lanesTable(), slots, slots)
		compress(slots, k, to(batchSlot))
		compress(rect, k, to(batchRect))
	} else {
		VMOVDQU32(lanesTable(), slots) // those of the lanes that are kept
		VPCOMPRESSD_Z(slots, k, slots)
		for i := 0; i < 9; i++ {
			v := ZMM()
			VPERMPS(leaf.Offset(64*i), slots, v)
			VMOVUPS(v, to(batchP+192*i))
		}
		VMOVUPS(permute(slots, rect), to(batchRect))
		first := ZMM()
		VPBROADCASTD(Load(Param("slots"), GP32()), first)
		VPADDD(first, slots, slots)
		VMOVUPS(slots, to(batchSlot))
	}
	kept := GP32()
	KMOVW(k, kept)
	POPCNTL(kept, kept)
	ADDQ(kept.As64(), count)
	MOVQ(count, Mem{Base: out, Disp: batchN})
	Label(label + "Done")
	VZEROUPPER()
	RET()
}

// aOrBAndC is what VPTERNLOGD makes A | B & C of A, its destination, by.
const aOrBAndC = 0xf8

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
