package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// rectOf8 is rectOf for masks in vectors.
func rectOf8(x0, y0, x1, y1, valid vec) (rect, kept vec) {
	kept = and8(and8(cmp8(le, x0, x1), cmp8(le, y0, y1)), valid)
	whole := func(v vec, up bool) vec {
		i := YMM()
		if up {
			r := YMM()
			VROUNDPS(U8(2), v, r)
			v = r
		}
		VCVTTPS2DQ(v, i)
		return i
	}
	rect = whole(x0, true)
	shiftIn := func(i vec, by int) {
		VPSLLD(U8(by), i, i)
		VPOR(i, rect, rect)
	}
	empty := func(a, b vec) {
		t := YMM()
		VPCMPGTD(b, a, t)
		VANDNPS(kept, t, kept)
	}
	i := whole(x1, false)
	empty(rect, i)
	shiftIn(i, 16)
	i, j := whole(y0, true), whole(y1, false)
	empty(i, j)
	shiftIn(i, 8)
	shiftIn(j, 24)
	return rect, kept
}

func nodeTestAVX2() {
	TEXT("nodeTestAVX2", 0, "func(l, n, out *byte)")
	Doc("nodeTestAVX2 is nodeTest. An orthographic camera is a perspective one whose W is 1, but for nearness.")
	l, n := Mem{Base: Load(Param("l"), GP64())}, Mem{Base: Load(Param("n"), GP64())}
	out := Load(Param("out"), GP64())
	u, v, w := l.Offset(lensU), l.Offset(lensV), l.Offset(lensW)
	room := newLocals(1024)
	local := func() Mem { return room.alloc(32) }
	lanes := local()
	VMOVUPS(load8(lanesTable()), lanes)
	count := local()
	{
		t := YMM()
		VPBROADCASTD(n.Offset(nodeCount), t)
		VMOVDQU(t, count)
	}
	kept := GP64()
	XORL(kept.As32(), kept.As32())
	depthM, nearM := local(), local()
	var cM, loM, hiM [2]Mem
	for i := range cM {
		cM[i], loM[i], hiM[i] = local(), local(), local()
	}
	h := [3]Mem{n.Offset(192), n.Offset(256), n.Offset(320)}
	c := [3]Mem{n, n.Offset(64), n.Offset(128)}
	turns("node2Half", 2, func() {
		Comment("Depth.")
		valid := load8(count)
		VPCMPGTD(lanes, valid, valid)
		z := dot8(w, c[0], c[1], c[2])
		hz := all8(l.Offset(lensErrW))
		for a := range h {
			VFMADD231PS(h[a], absOf8(all8(w.Offset(4*a))), hz)
		}
		valid = and8(valid, cmp8(gt, add8(z, hz), zero8()))
		front := sub8(z, hz)
		frontal := and8(cmp8(gt, front, mul8(z, bits8("quarter", 0x3e800000))), valid)
		VMOVUPS(z, depthM)

		Comment("The rectangle of pixels.")
		unit := load8(bits8("one", 0x3f800000))
		inv, invFront := div8(unit, z), div8(unit, front)
		VMOVUPS(mul8(invFront, bits8("almostOne", 0x3f800008)), nearM)
		for axis, r := range []Mem{u, v} {
			center := dot8(r, c[0], c[1], c[2])
			VMOVUPS(center, cM[axis])
			p := mul8(center, inv)
			e := all8(l.Offset(lensErrU + 4*axis))
			VFMADD231PS(absOf8(p), all8(l.Offset(lensErrW)), e)
			for a := range h {
				t := all8(r.Offset(4 * a))
				VFNMADD231PS(p, all8(w.Offset(4*a)), t)
				VFMADD231PS(h[a], absOf8(t), e)
			}
			spread := all8(l.Offset(lensPad))
			VFMADD231PS(e, invFront, spread)
			VMOVUPS(max8(sub8(p, spread), zero8()), loM[axis])
			VMOVUPS(min8(add8(p, spread), all8(l.Offset(lensLastX+4*axis))), hiM[axis])
		}

		Comment("Boxes that reach to the camera's plane: are they beside the tile?")
		crossing := andn8(frontal, valid)
		VTESTPS(crossing, crossing)
		JZ(LabelRef("node2Frontal"))
		{
			VMOVUPS(blend8(load8(nearM), load8(bits8("maxFloat", 0x7f7fffff)), crossing), nearM)
			for axis, r := range []Mem{u, v} {
				last := all8(l.Offset(lensLastX + 4*axis))
				VMOVUPS(andn8(crossing, loM[axis]), loM[axis])
				VMOVUPS(blend8(load8(hiM[axis]), last, crossing), hiM[axis])
				errU, errW := l.Offset(lensErrU+4*axis), l.Offset(lensErrW)
				e := add8(all8(errU), all8(errW))
				lo := add8(load8(cM[axis]), depthM)
				VADDPS(e, lo, lo)
				VADDPS(e, lo, lo)
				for a := range h {
					VFMADD231PS(h[a], absOf8(add8(all8(r.Offset(4*a)), all8(w.Offset(4*a)))), lo)
				}
				outside := and8(crossing, cmp8(lt, lo, zero8()))
				next := add8(last, bits8("one", 0x3f800000))
				e = all8(errU)
				VFMADD231PS(all8(errW), next, e)
				hi := load8(cM[axis])
				VFNMADD231PS(depthM, next, hi)
				VSUBPS(e, hi, hi)
				VSUBPS(e, hi, hi)
				for a := range h {
					t := all8(r.Offset(4 * a))
					VFNMADD231PS(next, all8(w.Offset(4*a)), t)
					VFNMADD231PS(h[a], absOf8(t), hi)
				}
				outside = or8(outside, and8(crossing, cmp8(gt, hi, zero8())))
				VANDNPS(valid, outside, valid)
			}
		}
		Label("node2Frontal")
		whereOrthographic(l, "node2Perspective", func() {
			depth, r := dot8(l.Offset(lensZ), c[0], c[1], c[2]), all8(l.Offset(lensErrZ))
			for a := range h {
				VFMADD231PS(h[a], absOf8(all8(l.Offset(lensZ+4*a))), r)
			}
			VMOVUPS(sub8(r, depth), nearM)
			VANDPS(cmp8(gt, add8(depth, r), zero8()), valid, valid)
		})
		rect, k := rectOf8(load8(loM[0]), load8(loM[1]), load8(hiM[0]), load8(hiM[1]), valid)
		mask := bitsOf8(k)
		order := packer(mask)
		at := func(disp int) Mem { return Mem{Base: out, Index: kept, Scale: 4, Disp: disp} }
		pack8(order, n.Offset(nodeChild), at(foundRef))
		pack8(order, nearM, at(foundNear))
		pack8(order, rect, at(foundRect))
		POPCNTL(mask, mask)
		ADDL(mask, kept.As32())
	}, func() {
		ADDQ(U8(32), n.Base)
		t := YMM()
		VPCMPEQD(t, t, t)
		VPSLLD(U8(3), t, t) // -8
		s := load8(lanes)
		VPSUBD(t, s, s)
		VMOVDQU(s, lanes)
	})
	MOVQ(kept, Mem{Base: out, Disp: foundN})

	Comment("How many are less near than each. The lowest bits make all differ.")
	keys := room.alloc(64)
	for half := 0; half < 2; half++ {
		near, key, beyond := load8(Mem{Base: out, Disp: foundNear + 32*half}), YMM(), YMM()
		VPSRAD(U8(31), near, key)
		VPSRLD(U8(1), key, key)
		VPXOR(near, key, key) // in order as an integer
		VPAND(bits8("not15", 0xfffffff0), key, key)
		VPOR(lanesTable().Offset(32*half), key, key)
		VMOVD(kept.As32(), beyond.AsX())
		VPBROADCASTD(beyond.AsX(), beyond)
		VPCMPGTD(lanesTable().Offset(32*half), beyond, beyond)
		VMOVDQU(blend8(load8(bits8("maxInt", 0x7fffffff)), key, beyond), keys.Offset(32*half))
	}
	for half := 0; half < 2; half++ {
		key, rank := load8(keys.Offset(32*half)), zero8()
		for i := 0; i < 16; i++ {
			t := YMM()
			VPBROADCASTD(keys.Offset(4*i), t)
			VPCMPGTD(t, key, t)
			VPSUBD(t, rank, rank)
		}
		VMOVDQU(rank, Mem{Base: out, Disp: foundRank + 32*half})
	}
	VZEROUPPER()
	RET()
}
