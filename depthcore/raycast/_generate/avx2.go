package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The kernels for processors without AVX-512: 8 lanes of float32 or 4 of
// float64 at a time, so that a node, a leaf or a batch takes two or four turns.
// With 16 registers, what lives long lives in local memory.

func all8(m Mem) vec    { r := YMM(); VBROADCASTSS(m, r); return r }
func load8(m Mem) vec   { r := YMM(); VMOVUPS(m, r); return r }
func add8(a, b Op) vec  { r := YMM(); VADDPS(b, a, r); return r }
func sub8(a, b Op) vec  { r := YMM(); VSUBPS(b, a, r); return r }
func mul8(a, b Op) vec  { r := YMM(); VMULPS(b, a, r); return r }
func div8(a, b Op) vec  { r := YMM(); VDIVPS(b, a, r); return r }
func min8(a, b Op) vec  { r := YMM(); VMINPS(b, a, r); return r }
func max8(a, b Op) vec  { r := YMM(); VMAXPS(b, a, r); return r }
func and8(a, b Op) vec  { r := YMM(); VANDPS(b, a, r); return r }
func or8(a, b Op) vec   { r := YMM(); VORPS(b, a, r); return r }
func andn8(a, b Op) vec { r := YMM(); VANDNPS(b, a, r); return r } // b and not a
func zero8() vec        { r := YMM(); VXORPS(r, r, r); return r }

// cmp8 is all ones where a OP b.
func cmp8(op int, a, b Op) vec { r := YMM(); VCMPPS(U8(op), b, a, r); return r }

func blend8(a, b vec, where Op) vec { r := YMM(); VBLENDVPS(where, b, a, r); return r }

// bits8 is the address of eight times a 32-bit constant.
func bits8(name string, v uint32) Mem {
	return table(name+"x8", 8, func(int) uint32 { return v })
}

// bits4D is the address of four times a 64-bit constant.
func bits4D(name string, v uint64) Mem {
	return table(name+"x4", 8, func(i int) uint32 { return uint32(v >> (32 * (i & 1))) })
}

func absOf8(a vec) vec { return and8(a, bits8("absMask", 0x7fffffff)) }

// dot8 is m0 x + m1 y + m2 z + m3 with the row m in memory.
func dot8(m Mem, x, y, z Op) vec {
	r := all8(m.Offset(12))
	VFMADD231PS(x, all8(m), r)
	VFMADD231PS(y, all8(m.Offset(4)), r)
	VFMADD231PS(z, all8(m.Offset(8)), r)
	return r
}

// bitsOf8 gathers the sign bits of a mask.
func bitsOf8(m vec) reg.GPVirtual { g := GP32(); VMOVMSKPS(m, g); return g }

// packer returns the shuffle that brings the lanes of a mask side by side.
func packer(mask reg.GPVirtual) vec {
	address, order := GP64(), YMM()
	LEAQ(table("packing", 512, func(i int) uint32 {
		var lanes uint64
		n := 0
		for lane := range 8 {
			if i/2>>lane&1 != 0 {
				lanes |= uint64(lane) << (8 * n)
				n++
			}
		}
		return uint32(lanes >> (32 * (i & 1)))
	}), address)
	VPMOVZXBD(Mem{Base: address, Index: mask.As64(), Scale: 8}, order)
	return order
}

func pack8(order vec, from Op, to Mem) {
	t := YMM()
	VPERMD(from, order, t)
	VMOVDQU(t, to)
}

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

// turns runs body n times; each next moves a pointer on.
func turns(name string, n int, body func(), next func()) {
	left := AllocLocal(8)
	MOVQ(I32(int32(n)), left)
	Label(name)
	body()
	next()
	DECQ(left)
	JNZ(LabelRef(name))
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

// dealer deals values of 16 vertices out to the lanes of a register.
type dealer struct{ index, upper vec }

// dealTo returns what takes each lane the value of a vertex.
func dealTo(index vec) dealer {
	upper := YMM()
	VPSLLD(U8(28), index, upper) // the sign says which half
	return dealer{index, upper}
}

func (d dealer) deal(from Mem) vec {
	low, high := YMM(), YMM()
	VPERMPS(from, d.index, low)
	VPERMPS(from.Offset(32), d.index, high)
	return blend8(low, high, d.upper)
}

// leafTestAVX2 writes two kernels, as leafTest does.
func leafTestAVX2(patch bool) {
	name, label := "leafTestAVX2", "leaf"
	if patch {
		name, label = "patchTestAVX2", "patch"
		TEXT(name, 0, "func(l, patch *byte, slots uint32, out, nearness *byte, blur float32)")
		Doc("patchTestAVX2 is leafTestAVX2 of a patch.")
	} else {
		TEXT(name, 0, "func(l, leaf *byte, slots uint32, out, nearness *byte, blur float32)")
		Doc("leafTestAVX2 is leafTest, and leaves out small triangles that are hidden by what is in their blocks.")
	}
	l, leaf := Mem{Base: Load(Param("l"), GP64())}, Mem{Base: Load(Param(label), GP64())}
	out := Load(Param("out"), GP64())
	label += "2"
	room := newLocals(2048)
	local := func() Mem { return room.alloc(32) }
	var uM [2][3]Mem // U and V of the corners
	var pM [2][3]Mem // and in pixels
	var wM, invM [3]Mem
	for i := range wM {
		wM[i], invM[i] = local(), local()
		for axis := range uM {
			uM[axis][i], pM[axis][i] = local(), local()
		}
	}
	var slackM, loM, hiM [2]Mem
	for i := range slackM {
		slackM[i], loM[i], hiM[i] = local(), local(), local()
	}
	nearM, frontM, rectM := local(), local(), local()
	slotsM, countM := local(), local()
	eight := bits8("eight", 8)
	{
		v := YMM()
		VMOVD(Load(Param("slots"), GP32()), v.AsX())
		VPBROADCASTD(v.AsX(), v)
		VPADDD(lanesTable(), v, v)
		VMOVDQU(v, slotsM)
	}
	limitOf := func(errW vec) vec { return mul8(errW, bits8("f1024", 0x44800000)) }
	var vertices struct { // of a patch
		u, p   [2]Mem
		w, inv Mem
	}
	var indexM [3]Mem
	corner := Mem{Base: GP64()}
	if patch {
		Comment("The vertices, as the tile sees them.")
		v := &vertices
		v.w, v.inv = room.alloc(64), room.alloc(64)
		for axis := range v.u {
			v.u[axis], v.p[axis] = room.alloc(64), room.alloc(64)
		}
		for half := 0; half < 64; half += 32 {
			x, y, z := leaf.Offset(half), leaf.Offset(64+half), leaf.Offset(128+half)
			w := dot8(l.Offset(lensW), x, y, z)
			VMOVUPS(w, v.w.Offset(half))
			inv := div8(load8(bits8("one", 0x3f800000)), w)
			for axis := range v.u {
				u := dot8(l.Offset(lensU+16*axis), x, y, z)
				VMOVUPS(u, v.u[axis].Offset(half))
				VMOVUPS(mul8(u, inv), v.p[axis].Offset(half))
			}
			ahead := cmp8(gt, w, limitOf(all8(l.Offset(lensErrW))))
			VMOVUPS(blend8(load8(bits8("infinite", 0x7f800000)), inv, ahead), v.inv.Offset(half))
		}
		LEAQ(leaf.Offset(patchCorner), corner.Base)
		count := YMM()
		VPBROADCASTD(leaf.Offset(patchCount), count)
		VMOVDQU(count, countM)
		for i := range indexM {
			indexM[i] = local()
		}
	}
	turns(label+"Half", 2, func() {
		Comment("The corners, as the tile sees them.")
		errW := all8(l.Offset(lensErrW))
		var valid, front, near vec
		if patch {
			valid = load8(countM)
			VPCMPGTD(lanesTable(), valid, valid)
			for i := range indexM {
				index := YMM()
				VPMOVZXBD(corner.Offset(16*i), index)
				VMOVDQU(index, indexM[i])
				d := dealTo(index)
				for axis := range pM {
					VMOVUPS(d.deal(vertices.p[axis]), pM[axis][i])
				}
				if inv := d.deal(vertices.inv); i == 0 {
					near = inv
				} else {
					near = max8(near, inv)
				}
			}
			front = and8(valid, cmp8(lt, near, load8(bits8("infinite", 0x7f800000))))
		} else {
			valid = load8(leaf)
			valid = cmp8(ordered, valid, valid)
			front = and8(valid, valid)
			limit := limitOf(errW)
			for i := range wM {
				x, y, z := leaf.Offset(192*i), leaf.Offset(192*i+64), leaf.Offset(192*i+128)
				VMOVUPS(dot8(l.Offset(lensU), x, y, z), uM[0][i])
				VMOVUPS(dot8(l.Offset(lensV), x, y, z), uM[1][i])
				w := dot8(l.Offset(lensW), x, y, z)
				VMOVUPS(w, wM[i])
				front = and8(front, cmp8(gt, w, limit))
				inv := div8(load8(bits8("one", 0x3f800000)), w)
				VMOVUPS(inv, invM[i])
				if i == 0 {
					near = inv
				} else {
					near = max8(near, inv)
				}
			}
		}
		VMOVUPS(front, frontM)
		for axis := range uM {
			slack := all8(l.Offset(lensErrU + 4*axis))
			VFMADD231PS(bits8("f256", 0x43800000), errW, slack)
			slack = mul8(slack, near)
			VADDPS(all8(l.Offset(lensPad)), slack, slack)
			VMOVUPS(sub8(slack, load8(bits8("leastPad", 0x3b000000))), slackM[axis])
			var p [3]vec
			for i := range p {
				if patch {
					p[i] = load8(pM[axis][i])
					continue
				}
				p[i] = mul8(load8(uM[axis][i]), invM[i])
				VMOVUPS(p[i], pM[axis][i])
			}
			VMOVUPS(max8(sub8(min8(min8(p[0], p[1]), p[2]), slack), zero8()), loM[axis])
			VMOVUPS(min8(add8(max8(max8(p[0], p[1]), p[2]), slack), all8(l.Offset(lensLastX+4*axis))), hiM[axis])
		}
		VMOVUPS(near, nearM)

		Comment("Triangles that reach to the camera's plane: are they beside the tile, or behind?")
		crossing := andn8(front, valid)
		VTESTPS(crossing, crossing)
		JZ(LabelRef(label + "Frontal"))
		{
			for i := range indexM {
				if patch {
					d := dealTo(load8(indexM[i]))
					VMOVUPS(d.deal(vertices.w), wM[i])
					for axis := range uM {
						VMOVUPS(d.deal(vertices.u[axis]), uM[axis][i])
					}
				}
			}
			VMOVUPS(blend8(near, load8(bits8("maxFloat", 0x7f7fffff)), crossing), nearM)
			drop := func(test func(i int) vec) {
				d := and8(crossing, crossing)
				for i := 0; i < 3; i++ {
					VANDPS(test(i), d, d)
				}
				VANDNPS(valid, d, valid)
			}
			drop(func(i int) vec { return cmp8(lt, add8(errW, wM[i]), zero8()) })
			for axis := range uM {
				last := all8(l.Offset(lensLastX + 4*axis))
				VMOVUPS(andn8(crossing, loM[axis]), loM[axis])
				VMOVUPS(blend8(load8(hiM[axis]), last, crossing), hiM[axis])
				twice := all8(l.Offset(lensErrU + 4*axis))
				VFMADD231PS(bits8("f256", 0x43800000), errW, twice)
				VADDPS(twice, twice, twice)
				drop(func(i int) vec { return cmp8(lt, add8(add8(twice, uM[axis][i]), wM[i]), zero8()) })
				next := add8(last, bits8("one", 0x3f800000))
				drop(func(i int) vec {
					t := load8(uM[axis][i])
					VSUBPS(twice, t, t)
					VFNMADD231PS(wM[i], next, t)
					return cmp8(gt, t, zero8())
				})
			}
		}
		Label(label + "Frontal")
		rect, kept := rectOf8(load8(loM[0]), load8(loM[1]), load8(hiM[0]), load8(hiM[1]), valid)
		VTESTPS(kept, kept)
		JZ(LabelRef(label + "Next"))
		VMOVUPS(rect, rectM)

		Comment("Triangles of up to 2x2 pixels: do they hold a centre?")
		var secondM [2]Mem // there is a second column, or row
		tinyM, thinM := local(), local()
		var centreM [4]Mem // which may hold it
		for i := range centreM {
			centreM[i] = local()
		}
		small := and8(kept, frontM)
		byteOf := func(shift int) vec {
			t := YMM()
			if shift == 0 {
				VMOVDQU(rectM, t)
			} else {
				VPSRLD(U8(shift), rect, t)
			}
			VPAND(bits8("low8", 0xff), t, t)
			return t
		}
		for axis := range secondM {
			secondM[axis] = local()
			first, last := byteOf(8*axis), byteOf(8*axis+16)
			VPSUBD(first, last, last)
			t := YMM()
			VPCMPEQD(bits8("oneInt", 1), last, t)
			VMOVDQU(t, secondM[axis])
			VPCMPGTD(bits8("oneInt", 1), last, t)
			VANDNPS(small, t, small)
			VCVTDQ2PS(first, first)
			for i := range pM[axis] {
				VMOVUPS(sub8(load8(pM[axis][i]), first), pM[axis][i])
			}
		}
		VMOVUPS(small, tinyM)
		VTESTPS(small, small)
		JZ(LabelRef(label + "NoneSmall"))
		{
			var aM, bM [3]Mem
			var e [3]vec // at a centre
			x, y := pM[0], pM[1]
			// As in missCentres.
			slack := add8(max8(load8(slackM[0]), slackM[1]), bits8("f2m13", 0x39000000))
			slack = mul8(slack, bits8("f18", 0x41900000))
			for i := range aM {
				aM[i], bM[i] = local(), local()
				VMOVUPS(sub8(load8(x[(i+1)%3]), x[i]), aM[i])
				VMOVUPS(sub8(load8(y[(i+1)%3]), y[i]), bM[i])
			}
			area := sub8(mul8(load8(aM[0]), bM[1]), mul8(load8(bM[0]), aM[1]))
			thin := cmp8(le, absOf8(area), slack) // to tell
			held := and8(thin, thin)
			VMOVUPS(thin, thinM)
			sign, outside := and8(area, bits8("signMask", 0x80000000)), sub8(zero8(), slack)
			for i := range e {
				a, b := YMM(), YMM()
				VXORPS(aM[i], sign, a)
				VXORPS(bM[i], sign, b)
				VMOVUPS(a, aM[i])
				VMOVUPS(b, bM[i])
				e[i] = sub8(mul8(b, x[i]), mul8(a, y[i]))
			}
			centre := func(at int, axes ...int) {
				hold := cmp8(ge, min8(min8(e[0], e[1]), e[2]), outside)
				VORPS(thinM, hold, hold)
				for _, axis := range axes {
					VANDPS(secondM[axis], hold, hold)
				}
				VORPS(hold, held, held)
				VMOVUPS(hold, centreM[at])
			}
			centre(0)
			for i := range e {
				VSUBPS(bM[i], e[i], e[i])
			}
			centre(1, 0)
			for i := range e {
				VADDPS(aM[i], e[i], e[i])
			}
			centre(3, 0, 1)
			for i := range e {
				VADDPS(bM[i], e[i], e[i])
			}
			centre(2, 1)
			VMOVUPS(tinyM, small)
			VANDNPS(small, held, held) // small and not held
			VANDNPS(kept, held, kept)
		}
		Label(label + "NoneSmall")

		Comment("Where a triangle touches two blocks each way at most: are they all nearer already, or the centres that a tiny one holds?")
		few := and8(kept, kept)
		var at [2][2]vec
		for axis := range at {
			for end := range at[axis] {
				t := YMM()
				VPSRLD(U8(2+8*axis+16*end), rect, t)
				VPAND(bits8("low6", 0x3f), t, t)
				at[axis][end] = t
			}
			t := YMM()
			VPSUBD(at[axis][0], at[axis][1], t)
			VPCMPGTD(bits8("oneInt", 1), t, t)
			VANDNPS(few, t, few)
			for end, b := range at[axis] {
				at[axis][end] = blockIndex(axis, b)
			}
		}
		VTESTPS(few, few)
		JZ(LabelRef(label + "Many"))
		{
			base := Load(Param("nearness"), GP64())
			var none vec
			{
				tiny := load8(tinyM)
				none = YMM()
				VPCMPEQD(none, none, none)
				VPXOR(none, tiny, none)
				// Places of pixels, counted from the lows as those of blocks are.
				for axis := range at {
					for end, b := range at[axis] {
						t, within := YMM(), YMM()
						VPSLLD(U8(4), b, t)
						if axis == 0 {
							VPSRLD(U8(16*end), rect, within)
							VPAND(bits8("three", 3), within, within)
						} else {
							VPSRLD(U8(6+16*end), rect, within)
							VPAND(bits8("twelve", 12), within, within)
							VPADDD(bits8("lowsBack", uint32(0x100000000-canvasLow/4)), t, t)
						}
						VPADDD(within, t, t)
						at[axis][end] = blend8(b, t, tiny)
					}
				}
			}
			var least vec
			for i := 0; i < 4; i++ {
				index, g, seen := YMM(), YMM(), load8(bits8("infinite", 0x7f800000))
				VPADDD(at[0][i&1], at[1][i>>1], index)
				VORPS(centreM[i], none, g)
				VANDPS(few, g, g)
				VGATHERDPS(g, Mem{Base: base, Index: index, Scale: 4, Disp: canvasLow}, seen)
				if i == 0 {
					least = seen
				} else {
					least = min8(least, seen)
				}
			}
			whereOrthographic(l, label+"Perspective", func() {
				dealt := room.alloc(64)
				for half := 0; half < 64 && patch; half += 32 {
					VMOVUPS(sub8(zero8(), dot8(l.Offset(lensZ), leaf.Offset(half), leaf.Offset(64+half), leaf.Offset(128+half))), dealt.Offset(half))
				}
				var near vec
				for i := range wM {
					var s vec
					if patch {
						s = dealTo(load8(indexM[i])).deal(dealt)
					} else {
						s = sub8(zero8(), dot8(l.Offset(lensZ), leaf.Offset(192*i), leaf.Offset(192*i+64), leaf.Offset(192*i+128)))
					}
					if i == 0 {
						near = s
					} else {
						VMAXPS(s, near, near)
					}
				}
				VADDPS(all8(l.Offset(lensErrZ)), near, near)
				VMOVUPS(near, nearM)
			})
			bound := load8(nearM)
			VFMADD231PS(bits8("f2m15", 0x38000000), absOf8(bound), bound)
			VADDPS(all8(mustAddr("blur")), bound, bound)
			VANDPS(cmp8(lt, bound, least), few, few)
			VANDNPS(kept, few, kept)
		}
		Label(label + "Many")
		mask, count := bitsOf8(kept), GP64()
		order := packer(mask)
		MOVQ(Mem{Base: out, Disp: batchN}, count)
		to := func(disp int) Mem { return Mem{Base: out, Index: count, Scale: 4, Disp: disp} }
		for i := 0; i < 3; i++ {
			var d dealer
			if patch {
				index := YMM()
				VPERMD(indexM[i], order, index)
				d = dealTo(index)
			}
			for axis := 0; axis < 3; axis++ {
				if patch {
					VMOVUPS(d.deal(leaf.Offset(64*axis)), to(batchP+192*(3*i+axis)))
				} else {
					pack8(order, leaf.Offset(64*(3*i+axis)), to(batchP+192*(3*i+axis)))
				}
			}
		}
		pack8(order, slotsM, to(batchSlot))
		pack8(order, rectM, to(batchRect))
		POPCNTL(mask, mask)
		ADDQ(mask.As64(), count)
		MOVQ(count, Mem{Base: out, Disp: batchN})
		Label(label + "Next")
	}, func() {
		slots := load8(slotsM)
		VPADDD(eight, slots, slots)
		VMOVDQU(slots, slotsM)
		if patch {
			ADDQ(U8(8), corner.Base)
			count := load8(countM)
			VPSUBD(eight, count, count)
			VMOVDQU(count, countM)
		} else {
			ADDQ(U8(32), leaf.Base)
		}
	})
	VZEROUPPER()
	RET()
}

// Float64, 4 lanes.
func all4(m Mem) vec   { r := YMM(); VBROADCASTSD(m, r); return r }
func load4(m Mem) vec  { r := YMM(); VMOVUPD(m, r); return r }
func add4(a, b Op) vec { r := YMM(); VADDPD(b, a, r); return r }
func sub4(a, b Op) vec { r := YMM(); VSUBPD(b, a, r); return r }
func mul4(a, b Op) vec { r := YMM(); VMULPD(b, a, r); return r }
func min4(a, b Op) vec { r := YMM(); VMINPD(b, a, r); return r }
func max4(a, b Op) vec { r := YMM(); VMAXPD(b, a, r); return r }
func abs4(a vec) vec {
	r := YMM()
	VANDPD(bits4D("abs64", 0x7fffffffffffffff), a, r)
	return r
}

// setUpAVX2 writes two kernels, as setUp does.
func setUpAVX2(exact bool) {
	label := "setUp2Quarter"
	var corners Mem
	if exact {
		TEXT("setUpAVX2", 0, "func(front, batch, st *byte, at int) (fast, blurry uint32)")
		Doc("setUpAVX2 is setUp for 16 triangles of an opaque instance seen by a perspective camera.",
			"Those that are in neither mask are for the meaning.")
	} else {
		TEXT("setUpCornersAVX2", 0, "func(front, batch, st *byte, at int, corners *byte) (fast, blurry uint32)")
		Doc("setUpCornersAVX2 is setUpAVX2 given the corners in camera space.")
		corners = Mem{Base: Load(Param("corners"), GP64())}
	}
	front, st := Mem{Base: Load(Param("front"), GP64())}, Mem{Base: Load(Param("st"), GP64())}
	batch := Load(Param("batch"), GP64())
	{
		at := Load(Param("at"), GP64())
		LEAQ(Mem{Base: batch, Index: at, Scale: 4}, batch)
	}
	wide := Mem{Base: GP64()} // st for what has 8 bytes a lane
	MOVQ(st.Base, wide.Base)
	in := func(disp int) Mem { return Mem{Base: batch, Disp: disp} }
	fast, blurry, shift := GP32(), GP32(), GP32()
	XORL(fast, fast)
	XORL(blurry, blurry)
	XORL(shift, shift)
	room := newLocals(512)
	var p [3][3]Mem
	for i := range p {
		for a := range p[i] {
			p[i][a] = room.alloc(32)
		}
	}
	dxM, dyM, xM, yM := room.alloc(16), room.alloc(16), room.alloc(32), room.alloc(32)

	turns(label, 4, func() {
		Comment("What does not need float64.")
		rects, slots := XMM(), XMM()
		VMOVDQU(in(batchRect), rects)
		VMOVDQU(in(batchSlot), slots)
		VMOVDQU(slots, st.Offset(setupSlot))
		VMOVDQU(rects, st.Offset(setupRect))
		zero := XMM()
		VPXOR(zero, zero, zero)
		VMOVDQU(zero, st.Offset(setupID))
		sum := XMM()
		for axis, to := range []Mem{dxM, dyM} {
			first, last, f := XMM(), XMM(), YMM()
			VPSRLD(U8(8*axis), rects, first)
			VPAND(bits8("low6of8", 0xfc), first, first)
			VPSRLD(U8(8*axis+16), rects, last)
			VPAND(bits8("low8", 0xff), last, last)
			VPOR(bits8("three", 3), last, last)
			VPSUBD(first, last, last)
			if axis == 0 {
				VMOVDQA(last, sum)
			} else {
				VPADDD(last, sum, sum)
			}
			VCVTDQ2PS(last, last)
			VMOVUPS(last, to)
			VCVTDQ2PD(first, f)
			VFMADD213PD(all4(front.Offset(frontX+8*axis)), all4(front.Offset(frontSX+8*axis)), f)
			VMOVUPD(f, []Mem{xM, yM}[axis])
		}
		large, margin := XMM(), XMM()
		VPCMPGTD(bits8("sixteen", 16), sum, large)
		VMOVUPS(bits8("marginSmall", 0x38800000), margin)
		VBLENDVPS(large, bits8("marginLarge", 0x3a800000), margin, margin)
		VMOVUPS(margin, st.Offset(setupMargin))
		VMOVUPS(margin, st.Offset(setupSure))

		Comment("Camera-space corners.")
		for i := range p {
			if !exact {
				for a := range p[i] {
					VMOVUPD(load4(corners.Offset(128*(3*i+a))), p[i][a])
				}
				continue
			}
			var q [3]vec
			for a := range q {
				q[a] = YMM()
				VCVTPS2PD(in(batchP+192*(3*i+a)), q[a])
			}
			for r := range p[i] {
				m := func(k int) vec { return all4(front.Offset(frontM + 32*r + 8*k)) }
				s := mul4(m(0), q[0])
				s = add4(s, mul4(m(1), q[1]))
				s = add4(s, mul4(m(2), q[2]))
				VMOVUPD(add4(s, m(3)), p[i][r])
			}
		}

		Comment("The plane.")
		var a, b, n [3]vec
		for k := range a {
			a[k], b[k] = sub4(load4(p[1][k]), p[0][k]), sub4(load4(p[2][k]), p[0][k])
		}
		size := abs4(a[0])
		for _, x := range []vec{a[1], a[2], b[0], b[1], b[2]} {
			VMAXPD(abs4(x), size, size)
		}
		for k := range n {
			i, j := (k+1)%3, (k+2)%3
			n[k] = sub4(mul4(a[i], b[j]), mul4(a[j], b[i]))
			VMOVUPD(n[k], wide.Offset(setupPlane+128*k))
		}
		d := add4(add4(mul4(n[0], p[0][0]), mul4(n[1], p[0][1])), mul4(n[2], p[0][2]))
		VMOVUPD(d, wide.Offset(setupPlane+128*3))
		VMOVUPD(min4(min4(load4(p[0][2]), p[1][2]), p[2][2]), wide.Offset(setupPlane+128*4))
		VMOVUPD(max4(max4(load4(p[0][2]), p[1][2]), p[2][2]), wide.Offset(setupPlane+128*5))
		reach := YMM()
		VXORPD(reach, reach, reach)
		for i := range p {
			s := add4(add4(abs4(load4(p[i][0])), abs4(load4(p[i][1]))), abs4(load4(p[i][2])))
			VMAXPD(s, reach, reach)
		}

		Comment("Can the signs be trusted?")
		rk := mul4(reach, all4(front.Offset(frontReach)))
		bound := mul4(mul4(rk, reach), bits4D("d2m32", 0x3df0000000000000))
		trust := mul4(mul4(mul4(size, size), rk), bits4D("d2m28", 0x3e30000000000000))
		k := YMM()
		VCMPPD(U8(gt), trust, abs4(d), k)
		sign := YMM()
		VANDPD(bits4D("sign64", 0x8000000000000000), d, sign)

		Comment("Edges from the rectangle's corner on.")
		sx, sy := all4(front.Offset(frontSX)), all4(front.Offset(frontSY))
		narrow := func(v vec, to Mem) reg.VecVirtual {
			f := XMM()
			VCVTPD2PSY(v, f)
			VMOVUPS(f, to)
			return f
		}
		one := bits4D("one64", 0x3ff0000000000000)
		for e := 0; e < 3; e++ {
			q, s := p[e], p[(e+1)%3]
			var c [3]vec
			for k := range c {
				i, j := (k+1)%3, (k+2)%3
				c[k] = sub4(mul4(load4(q[i]), s[j]), mul4(load4(q[j]), s[i]))
			}
			VFMADD231PD(xM, c[0], c[2])
			VFMADD231PD(yM, c[1], c[2])
			ea, eb := mul4(c[0], sx), mul4(c[1], sy)
			norm := add4(abs4(ea), abs4(eb))
			t := YMM()
			VCMPPD(U8(gt), bound, norm, t)
			VANDPD(t, k, k)
			scale := load4(one)
			VDIVPD(norm, scale, scale)
			VORPD(sign, scale, scale)
			for j, x := range []vec{ea, eb, c[2]} {
				narrow(mul4(x, scale), st.Offset(setupEdge+192*e+64*j))
			}
		}

		Comment("Nearness.")
		inv := load4(one)
		VDIVPD(wide.Offset(setupPlane+128*3), inv, inv)
		nx, ny, nc := load4(wide.Offset(setupPlane)), load4(wide.Offset(setupPlane+128)), load4(wide.Offset(setupPlane+256))
		VFMADD231PD(xM, nx, nc)
		VFMADD231PD(yM, ny, nc)
		var f [3]reg.VecVirtual
		for j, x := range []vec{mul4(mul4(nx, sx), inv), mul4(mul4(ny, sy), inv), mul4(nc, inv)} {
			f[j] = narrow(x, st.Offset(setupNear+64*j))
			VANDPS(bits8("absMask", 0x7fffffff), f[j], f[j])
		}

		Comment("Is it as exact as a pixel's nearness has to be?")
		VFMADD231PS(dxM, f[0], f[2])
		VFMADD231PS(dyM, f[1], f[2])
		far := XMM()
		VCVTPD2PSY(wide.Offset(setupPlane+128*5), far)
		VMULPS(far, f[2], f[2])
		VCMPPS(U8(le), bits8("two", 0x40000000), f[2], f[2])
		sharp, sound := GP32(), GP32()
		VMOVMSKPS(f[2], sharp)
		VMOVMSKPD(k, sound)
		t := GP32()
		MOVL(sound, t)
		ANDL(sharp, t)
		SHLXL(shift, t, t)
		ORL(t, fast)
		ANDNL(sound, sharp, t)
		SHLXL(shift, t, t)
		ORL(t, blurry)
	}, func() {
		ADDL(U8(4), shift)
		ADDQ(U8(16), batch)
		ADDQ(U8(16), st.Base)
		ADDQ(U8(32), wide.Base)
		if !exact {
			ADDQ(U8(32), corners.Base)
		}
	})
	Store(fast, ReturnIndex(0))
	Store(blurry, ReturnIndex(1))
	VZEROUPPER()
	RET()
}

func rasterAVX2() {
	TEXT("rasterAVX2", 0, "func(c, st *byte, lanes uint32)")
	Doc("rasterAVX2 is raster for the triangles of a mask. What the meaning has to decide goes to the list of fixes.")
	c, st := Mem{Base: Load(Param("c"), GP64())}, Load(Param("st"), GP64())
	lanes := GP32()
	Load(Param("lanes"), lanes)
	lane := GP64()
	in := func(disp int) Mem { return Mem{Base: st, Index: lane, Scale: 4, Disp: disp} }
	room := newLocals(2048)
	local := room.alloc
	planes := [4]int{setupEdge, setupEdge + 192, setupEdge + 384, setupNear}
	var stepM [4][2]Mem // from a block's first pixel to its others, by halves
	var reachM [4]Mem   // to a block's pixel that is farthest inside, or nearest
	var firstM [4]Mem   // of each of four blocks side by side
	for f := range stepM {
		stepM[f], reachM[f], firstM[f] = [2]Mem{local(32), local(32)}, local(16), local(16)
	}
	idM, minusM, sureM, blurM := local(32), local(32), local(32), local(32)
	bM, cM, xM, lastXM, yM := local(16), local(16), local(16), local(16), local(16)
	group0, group, groupLast, row, rowLast := local(8), local(8), local(8), local(8), local(8)
	VMOVUPS(all8(c.Offset(canvasBlur)), blurM)
	zero := func() vec { r := XMM(); VXORPS(r, r, r); return r }
	rasterSmallAVX2(local, c, st, lanes, blurM)

	Label("raster2Next")
	TESTL(lanes, lanes)
	JZ(LabelRef("raster2Done"))
	TZCNTL(lanes, lane.As32())
	BLSRL(lanes, lanes)

	Comment("The steps within a block, and how far those reach.")
	var a [4]Mem
	for f, at := range planes {
		ea, eb := all8(in(at)), all8(in(at+64))
		for half, to := range stepM[f] {
			s := mul8(ea, columns())
			VFMADD231PS(rows().Offset(32*half), eb, s)
			VMOVUPS(s, to)
		}
		r, t := XMM(), XMM()
		VMAXPS(zero(), ea.AsX(), r)
		VMAXPS(zero(), eb.AsX(), t)
		VADDPS(t, r, r)
		VMULPS(bits8("f3", 0x40400000), r, r)
		if f < 3 {
			VBROADCASTSS(in(setupMargin), t)
			VADDPS(t, r, r)
		}
		VMOVUPS(r, reachM[f])
		a[f] = local(16)
		VMOVUPS(ea.AsX(), a[f])
	}
	{
		margin := all8(in(setupMargin))
		VMOVUPS(sub8(zero8(), margin), minusM)
		VMOVUPS(all8(in(setupSure)), sureM)
		four := func(term int, to Mem) {
			v := XMM()
			VMOVSS(in(planes[0]+64*term), v)
			for f := 1; f < 4; f++ {
				VINSERTPS(U8(f<<4), in(planes[f]+64*term), v, v)
			}
			VMOVUPS(v, to)
		}
		four(1, bM)
		four(2, cM)
	}

	Comment("The rectangle: rows of blocks, and groups of four of them.")
	rect := GP32()
	MOVL(in(setupRect), rect)
	side := func(shift, mask int) reg.GPVirtual {
		r := GP32()
		MOVL(rect, r)
		SHRL(U8(shift), r)
		ANDL(U32(uint32(mask)), r)
		return r
	}
	{
		x0, x1 := side(0, 0xfc), side(16, 0xfc)
		f, g := XMM(), GP32()
		SUBL(x0, x1)
		VMOVD(x1, f)
		VPBROADCASTD(f, f)
		VCVTDQ2PS(f, f)
		VMOVUPS(f, lastXM)
		MOVL(x0, g)
		ANDL(U32(0xf0), g)
		SUBL(x0, g)
		VMOVD(g, f)
		VPBROADCASTD(f, f)
		VCVTDQ2PS(f, f)
		VADDPS(table("fours", 4, func(i int) uint32 { return math.Float32bits(float32(4 * i)) }), f, f)
		VMOVUPS(f, xM)
		MOVL(side(4, 15), group0)
		MOVL(side(20, 15), groupLast)
		MOVL(side(10, 63), row)
		MOVL(side(26, 63), rowLast)
		VMOVUPS(zero(), yM)
	}

	Label("raster2Row")
	v := XMM()
	VMOVUPS(yM, v)
	VFMADD213PS(cM, load4F(bM), v)
	{
		g := GP32()
		MOVL(group0, g)
		MOVL(g, group)
	}
	x := XMM()
	VMOVUPS(xM, x)

	Label("raster2Group")
	block := GP64() // the group's first
	{
		g, t := GP32(), GP32()
		MOVL(group, g)
		MOVL(row, block.As32())
		MOVL(block.As32(), t)
		SHRL(U8(2), t)
		SHLL(U8(logCellsX), t)
		ADDL(g, t)
		SHLL(U8(4), t)
		ANDL(U32(3), block.As32())
		LEAL(Mem{Base: t.As64(), Index: block, Scale: 4}, block.As32())
	}
	base := GP64()
	MOVQ(c.Offset(canvasNearness), base)
	lows := XMM()
	touched := zero()
	VCMPPS(U8(ge), touched, x, touched)
	{
		t := XMM()
		VCMPPS(U8(le), lastXM, x, t)
		VANDPS(t, touched, touched)
		for f := range a {
			w := XMM()
			VSHUFPS(U8(0x55*f), v, v, w)
			VFMADD231PS(a[f], x, w)
			VMOVUPS(w, firstM[f])
			VADDPS(reachM[f], w, w)
			if f < 3 {
				VCMPPS(U8(ge), zero(), w, w)
			} else {
				bound, size := XMM(), XMM()
				VMOVUPS(Mem{Base: base, Index: block, Scale: 4, Disp: canvasLow}, lows)
				VANDPS(bits8("absMask", 0x7fffffff), lows, size)
				VSUBPS(blurM, lows, bound)
				VFNMADD231PS(bits8("threeTies", 0x38400000), size, bound)
				VCMPPS(U8(ge), bound, w, w)
			}
			VANDPS(w, touched, touched)
		}
	}
	todo := GP32()
	VMOVMSKPS(touched, todo)
	TESTL(todo, todo)
	JZ(LabelRef("raster2GroupDone"))
	{
		id := GP64()
		MOVL(in(setupID), id.As32())
		TESTL(id.As32(), id.As32())
		JNZ(LabelRef("raster2HasRecord"))
		MOVQ(c.Offset(canvasNRecords), id)
		MOVL(id.As32(), in(setupID))
		SHLQ(U8(6), id)
		ADDQ(c.Offset(canvasRecords), id)
		enterRecord(c, st, lane, id)
		INCQ(c.Offset(canvasNRecords))
	}
	Label("raster2HasRecord")
	{
		id := YMM()
		VPBROADCASTD(in(setupID), id)
		VMOVDQU(id, idM)
	}

	groupP, only := GP64(), GP64()
	MOVQ(block, groupP)
	SHLQ(U8(6), groupP)
	ADDQ(base, groupP)
	LEAQ(table("otherLanes", 16, func(i int) uint32 {
		if i%5 == 0 {
			return 0
		}
		return 0xffffffff
	}), only)

	Label("raster2Block")
	at := GP64()
	TZCNTL(todo, at.As32())
	BLSRL(todo, todo)
	asked := GP32()
	{
		var first [4]vec
		for f := range first {
			m := firstM[f]
			m.Index, m.Scale = at, 4
			first[f] = all8(m)
		}
		p := GP64()
		MOVQ(at, p)
		SHLQ(U8(6), p)
		ADDQ(groupP, p)
		var low vec
		for half := 0; half < 2; half++ {
			value := func(f int) vec { return add8(first[f], stepM[f][half]) }
			inside, s := min8(min8(value(0), value(1)), value(2)), value(3)
			is, open := drawHalf(p, half, inside, s, sureM, minusM, blurM, load8(idM))
			if half == 0 {
				low = is
				VMOVMSKPS(open, asked)
				continue
			}
			low = min8(low, is)
			t := bitsOf8(open)
			SHLL(U8(8), t)
			ORL(t, asked)
		}
		l := XMM()
		VBROADCASTSS(least8(low), l)
		other := GP64()
		MOVQ(at, other)
		SHLQ(U8(4), other)
		VORPS(Mem{Base: only, Index: other, Scale: 1}, l, l)
		VMAXPS(lows, l, lows) // where it is a number
	}
	TESTL(asked, asked)
	JZ(LabelRef("raster2Sure"))
	ADDQ(block, at)
	enterFix8(c, asked, lane, at)
	Label("raster2Sure")
	TESTL(todo, todo)
	JNZ(LabelRef("raster2Block"))
	VMOVUPS(lows, Mem{Base: base, Index: block, Scale: 4, Disp: canvasLow}) // whole, so that it can be read again at once

	Label("raster2GroupDone")
	VADDPS(bits8("sixteenF", 0x41800000), x, x)
	next := func(at, last Mem, label string) {
		t := GP32()
		MOVL(at, t)
		INCL(t)
		MOVL(t, at)
		CMPL(t, last)
		JBE(LabelRef(label))
	}
	next(group, groupLast, "raster2Group")
	y := XMM()
	VMOVUPS(yM, y)
	VADDPS(bits8("four", 0x40800000), y, y)
	VMOVUPS(y, yM)
	next(row, rowLast, "raster2Row")
	JMP(LabelRef("raster2Next"))
	Label("raster2Done")
	VZEROUPPER()
	RET()
}

// drawHalf draws a triangle into two rows of the block at p, as drawBlock does
// into all: is is what they hold then.
func drawHalf(p reg.GPVirtual, half int, inside, s vec, sure, minus, blur Op, id vec) (is, open vec) {
	zone := absOf8(s)
	VFMADD213PS(blur, load8(bits8("f2m16", 0x37800000)), zone)
	behind, before := sub8(s, zone), add8(s, zone)
	possible, unsure := cmp8(ge, inside, minus), cmp8(notGT, inside, sure)
	old := load8(Mem{Base: p, Disp: 32 * half})
	kept := or8(cmp8(notLT, old, behind), unsure)
	open = and8(and8(cmp8(le, old, before), possible), kept)
	is = max8(or8(s, kept), old) // the second, where the first is not a number
	// Read both before either is written: they lie a multiple of 4096 bytes
	// apart, where a processor takes a read for one of what is being written.
	ids := Mem{Base: p, Disp: canvasIDs + 32*half}
	whose := blend8(id, load8(ids), kept)
	VMOVUPS(is, Mem{Base: p, Disp: 32 * half})
	VMOVUPS(whose, ids) // masked stores are slow on AMD
	return is, open
}

// enterFix8 asks the meaning about the pixels of a block that asked holds.
func enterFix8(c Mem, asked, lane, block reg.GPVirtual) {
	n, to := GP64(), GP64()
	SHLL(U8(16), asked)
	ORL(lane.As32(), asked)
	MOVQ(c.Offset(canvasNFixes), n)
	MOVQ(c.Offset(canvasFixes), to)
	MOVL(asked, Mem{Base: to, Index: n, Scale: 8})
	MOVL(block.As32(), Mem{Base: to, Index: n, Scale: 8, Disp: 4})
	INCQ(c.Offset(canvasNFixes))
}

// blockIndex is the part of a block's index that its column, or row, makes.
func blockIndex(axis int, b vec) vec {
	low, high := YMM(), YMM()
	VPAND(bits8("three", 3), b, low)
	VPAND(bits8("blockHigh", 0x3c), b, high)
	VPSLLD(U8(2+logCellsX*axis), high, high)
	if axis == 1 {
		VPSLLD(U8(2), low, low)
	}
	VPADDD(low, high, high)
	return high
}

// rasterSmallAVX2 draws the triangles of lanes that touch two blocks each way at
// most, and leaves the others in lanes, as rasterSmall does.
func rasterSmallAVX2(local func(bytes int) Mem, c Mem, st reg.Register, lanes reg.GPVirtual, blurM Mem) {
	var partM [4]Mem // the triangles that touch each of the four blocks
	for part := range partM {
		partM[part] = local(8)
		MOVQ(I32(0), partM[part])
	}
	blockAt := local(4 * 64)
	small, some := GP32(), GP32()
	XORL(small, small)
	XORL(some, some)
	for half := 0; half < 2; half++ {
		Commentf("Small triangles, lanes %d to %d: their first block, and which others they touch.", 8*half, 8*half+7)
		in := func(disp int) Mem { return Mem{Base: st, Disp: disp + 32*half} }
		few := YMM()
		{
			bit := load8(table("laneBits", 16, func(i int) uint32 { return 1 << i }).Offset(32 * half))
			x := XMM()
			VMOVD(lanes, x)
			VPBROADCASTD(x, few)
			VPAND(bit, few, few)
			VPCMPEQD(bit, few, few)
		}
		rect := load8(in(setupRect))
		var two [2]vec
		var at [2][2]vec
		for axis := range two {
			first, last := YMM(), YMM()
			VPSRLD(U8(8*axis+2), rect, first)
			VPAND(bits8("low6", 0x3f), first, first)
			VPSRLD(U8(8*axis+18), rect, last)
			VPAND(bits8("low6", 0x3f), last, last)
			VPSUBD(first, last, last)
			more := YMM()
			VPCMPGTD(bits8("oneInt", 1), last, more)
			VPANDN(few, more, few)
			two[axis] = YMM()
			VPCMPEQD(bits8("oneInt", 1), last, two[axis])
			second := YMM()
			VPADDD(bits8("oneInt", 1), first, second)
			at[axis] = [2]vec{blockIndex(axis, first), blockIndex(axis, second)}
		}
		merge := func(mask vec, into reg.GPVirtual) {
			t := bitsOf8(mask)
			if half == 1 {
				SHLL(U8(8), t)
			}
			ORL(t, into)
		}
		merge(few, small)
		for part := range partM {
			i, j := part&1, part>>1
			b := YMM()
			VPADDD(at[0][i], at[1][j], b)
			VMOVDQU(b, blockAt.Offset(64*part+32*half))
		}
		for part := range partM {
			i, j := part&1, part>>1
			touched := and8(few, few)
			if i == 1 {
				VANDPS(two[0], touched, touched)
			}
			if j == 1 {
				VANDPS(two[1], touched, touched)
			}
			for e := 0; e < 3; e++ {
				at := func(k int) Mem { return in(setupEdge + 192*e + 64*k) }
				v := add8(load8(at(2)), in(setupMargin))
				for axis, next := range []int{i, j} {
					s := load8(at(axis))
					if next == 1 {
						VFMADD231PS(bits8("four", 0x40800000), s, v)
					}
					// The block's pixel that is farthest inside.
					VMAXPS(zero8(), s, s)
					VFMADD231PS(bits8("f3", 0x40400000), s, v)
				}
				VANDPS(cmp8(ge, v, zero8()), touched, touched)
			}
			t := GP32()
			MOVL(partM[part], t)
			merge(touched, t)
			MOVL(t, partM[part])
			ORL(t, some)
		}
	}
	TESTL(small, small)
	JZ(LabelRef("raster2Next"))
	ANDNL(lanes, small, lanes)

	Comment("Their records.")
	lane := GP64()
	{
		id, to := GP64(), GP64()
		MOVQ(c.Offset(canvasNRecords), id)
		MOVQ(id, to)
		SHLQ(U8(6), to)
		ADDQ(c.Offset(canvasRecords), to)
		Label("raster2Record")
		TESTL(some, some)
		JZ(LabelRef("raster2Recorded"))
		TZCNTL(some, lane.As32())
		BLSRL(some, some)
		MOVL(id.As32(), Mem{Base: st, Index: lane, Scale: 4, Disp: setupID})
		enterRecord(c, st, lane, to)
		INCQ(id)
		ADDQ(U8(recordSize), to)
		JMP(LabelRef("raster2Record"))
		Label("raster2Recorded")
		MOVQ(id, c.Offset(canvasNRecords))
	}

	base := GP64()
	MOVQ(c.Offset(canvasNearness), base)
	for part := range partM {
		name := []string{"A", "B", "C", "D"}[part]
		pixel := func(name string, next int, at func(i int) int) Mem {
			if next == 1 {
				name += "Next"
			}
			return table(name, 16, func(i int) uint32 { return math.Float32bits(float32(at(i) + 4*next)) })
		}
		x := pixel("columns", part&1, func(i int) int { return i % 4 })
		y := pixel("rows", part>>1, func(i int) int { return i / 4 })
		todo := GP32()
		MOVL(partM[part], todo)
		TESTL(todo, todo)
		JZ(LabelRef("raster2SmallDone" + name))
		Label("raster2Small" + name)
		TZCNTL(todo, lane.As32())
		BLSRL(todo, todo)
		of := func(disp int) Mem { return Mem{Base: st, Index: lane, Scale: 4, Disp: disp} }
		plane := func(at int) (v [2]vec) {
			v[0] = all8(of(at + 128))
			VFMADD231PS(x, all8(of(at)), v[0])
			v[1] = YMM()
			VMOVAPS(v[0], v[1])
			b := all8(of(at + 64))
			VFMADD231PS(y, b, v[0])
			VFMADD231PS(y.Offset(32), b, v[1])
			return v
		}
		inside := plane(setupEdge)
		for e := 1; e < 3; e++ {
			v := plane(setupEdge + 192*e)
			for half := range inside {
				VMINPS(v[half], inside[half], inside[half])
			}
		}
		s := plane(setupNear)
		block, p := GP64(), GP64()
		m := blockAt.Offset(64 * part)
		m.Index, m.Scale = lane, 4
		MOVL(m, block.As32())
		MOVQ(block, p)
		SHLQ(U8(6), p)
		ADDQ(base, p)
		sure, minus, id := all8(of(setupSure)), sub8(zero8(), all8(of(setupMargin))), all8(of(setupID))
		low, open := drawHalf(p, 0, inside[0], s[0], sure, minus, blurM, id)
		low2, open2 := drawHalf(p, 1, inside[1], s[1], sure, minus, blurM, id)
		VMOVSS(least8(min8(low, low2)), Mem{Base: base, Index: block, Scale: 4, Disp: canvasLow})
		asked, high := bitsOf8(open), bitsOf8(open2)
		SHLL(U8(8), high)
		ORL(high, asked)
		JZ(LabelRef("raster2Sure" + name))
		enterFix8(c, asked, lane, block)
		Label("raster2Sure" + name)
		TESTL(todo, todo)
		JNZ(LabelRef("raster2Small" + name))
		Label("raster2SmallDone" + name)
	}
}

// load4F loads four float32.
func load4F(m Mem) vec { r := XMM(); VMOVUPS(m, r); return r }

// least8 is the least of 8 lanes.
func least8(v vec) reg.VecVirtual {
	x, t := XMM(), XMM()
	VEXTRACTF128(U8(1), v, x)
	VMINPS(v.AsX(), x, x)
	VSHUFPS(U8(0x4e), x, x, t)
	VMINPS(t, x, x)
	VSHUFPS(U8(0xb1), x, x, t)
	VMINPS(t, x, x)
	return x
}

func resolveAVX2() {
	TEXT("resolveAVX2", NOSPLIT, "func(ids, records, xs, ys *byte, out *byte, stride int, columns int, ortho bool)")
	Doc("resolveAVX2 measures the pixels of a row of blocks.",
		"stride is in bytes, columns counts blocks.")
	ids, records := Load(Param("ids"), GP64()), Load(Param("records"), GP64())
	xs, ys := Load(Param("xs"), GP64()), Mem{Base: Load(Param("ys"), GP64())}
	out, stride := Load(Param("out"), GP64()), Load(Param("stride"), GP64())
	left := Load(Param("columns"), GP64())
	column := GP64()
	XORL(column.As32(), column.As32())
	below := GP64() // four rows
	LEAQ(Mem{Base: out, Index: stride, Scale: 4}, below)

	Label("resolve2Block")
	Comment("Ask for the lines that the next row of blocks goes to, in turn.")
	PREFETCHT0(Mem{Base: below})
	ADDQ(stride, below)
	resolveOneAVX2(ids, records, out, stride, load4(Mem{Base: xs}), ys)
	Label("resolve2Surfaces")
	Comment("Any block: the record of each pixel, transposed.")
	row := GP64()
	MOVQ(out, row)
	for r := 0; r < 4; r++ {
		var pairs [3][2]vec // of pixels 0 and 2, 1 and 3: a and b, c and other, near and far
		for i := 0; i < 4; i++ {
			at := GP64()
			MOVL(Mem{Base: ids, Disp: 16*r + 4*i}, at.As32())
			SHLQ(U8(3), at)
			for k := range pairs {
				from := Mem{Base: records, Index: at, Scale: 8, Disp: 16 * k}
				if i < 2 {
					pairs[k][i] = YMM()
					VBROADCASTF128(from, pairs[k][i])
				} else {
					VINSERTF128(U8(1), from, pairs[k][i-2], pairs[k][i-2])
				}
			}
		}
		var columns [6]vec
		for k, p := range pairs {
			columns[2*k], columns[2*k+1] = YMM(), YMM()
			VUNPCKLPD(p[1], p[0], columns[2*k])
			VUNPCKHPD(p[1], p[0], columns[2*k+1])
		}
		z := mul4(columns[0], Mem{Base: xs})
		z = add4(z, mul4(columns[1], all4(ys.Offset(8*r))))
		z = add4(z, columns[2])
		num, near, far, f := columns[3], columns[4], columns[5], XMM()
		CMPB(mustAddr("ortho"), U8(0))
		perspective, divided := fmt.Sprint("resolve2Perspective", r), fmt.Sprint("resolve2Divided", r)
		JE(LabelRef(perspective))
		VDIVPD(num, z, z)
		JMP(LabelRef(divided))
		Label(perspective)
		VDIVPD(z, num, z)
		Label(divided)
		VMAXPD(near, z, z)
		VMINPD(far, z, z)
		VCVTPD2PSY(z, f)
		VMOVUPS(f, Mem{Base: row})
		if r < 3 {
			ADDQ(stride, row)
		}
	}
	Label("resolve2Next")
	Comment("The next block is in the same row of its cell, or 12 farther.")
	ADDQ(U8(64), ids)
	ADDQ(U8(32), xs)
	ADDQ(U8(16), out)
	INCQ(column)
	next := GP64()
	LEAQ(Mem{Base: ids, Disp: 12 * 64}, next)
	TESTQ(U32(3), column)
	CMOVQEQ(next, ids)
	LEAQ(Mem{Base: out, Index: stride, Scale: 4}, next)
	CMOVQEQ(next, below)
	DECQ(left)
	JNZ(LabelRef("resolve2Block"))
	VZEROUPPER()
	RET()
}

// resolveOneAVX2 resolves a block of one surface seen by a perspective camera,
// and jumps to resolve2Next; what it is not certain about it leaves to what
// follows.
//
// The four rows share one division: with p the product of their denominators,
// num / d0 is num / p times the other three. That is right within 2^-49, so that
// to float32 it rounds as the true quotient does, unless it is close to the
// middle between two of them. Near and far may be rounded before they bound it,
// since rounding is monotonic. Where other and all that it comes to are neither
// extreme nor less than 0, nothing in between has left the range of float64:
// the product of four such quotients would have to be extreme as well.
func resolveOneAVX2(ids, records, out, stride reg.Register, x vec, ys Mem) {
	Comment("A block of one surface.")
	CMPB(mustAddr("ortho"), U8(0))
	JNE(LabelRef("resolve2Surfaces"))
	r, t := GP64(), GP32()
	{
		id, same, other := YMM(), YMM(), YMM()
		VPBROADCASTD(Mem{Base: ids}, id)
		VPCMPEQD(Mem{Base: ids}, id, same)
		VPCMPEQD(Mem{Base: ids, Disp: 32}, id, other)
		VPAND(other, same, same)
		VMOVMSKPS(same, t)
	}
	CMPL(t, U32(0xff))
	JNE(LabelRef("resolve2Surfaces"))
	MOVL(Mem{Base: ids}, r.As32())
	SHLQ(U8(6), r)
	JZ(LabelRef("resolve2Nothing"))
	ADDQ(records, r)
	at := func(disp int) Mem { return Mem{Base: r, Disp: disp} }
	MOVL(at(recordOther+4), t)
	ADDL(t, t) // no sign
	SUBL(U32(2*highWord(-60)), t)
	CMPL(t, U32(2*(highWord(60)-highWord(-60))))
	JHI(LabelRef("resolve2Surfaces"))

	var den, z [4]vec
	px, b, c := mul4(all4(at(0)), x), all4(at(8)), all4(at(16))
	for r := range den {
		den[r] = add4(add4(px, mul4(all4(ys.Offset(8*r)), b)), c)
	}
	upper, lower := mul4(den[0], den[1]), mul4(den[2], den[3])
	q := YMM()
	VDIVPD(mul4(upper, lower), all4(at(recordOther)), q)
	VMULPD(q, lower, lower)
	VMULPD(q, upper, upper)
	for r := range z {
		z[r] = mul4([]vec{lower, upper}[r/2], den[r^1])
	}

	var half [2]vec // two rows, as float32
	var middle [2]vec
	for h := range half {
		half[h], middle[h] = z[2*h], YMM()
		VSHUFPS(U8(0x88), z[2*h+1], z[2*h], middle[h]) // the bits that rounding drops
		VPSLLD(U8(3), middle[h], middle[h])
		VPABSD(middle[h], middle[h]) // 2^31 in the middle
		for _, v := range z[2*h : 2*h+2] {
			VCVTPD2PSY(v, v.AsX())
		}
		VINSERTF128(U8(1), z[2*h+1].AsX(), half[h], half[h])
	}
	open, least, most := YMM(), YMM(), YMM()
	VPMAXUD(middle[0], middle[1], open)
	VPADDD(bits8("tieWindow2", 1<<11), open, open)
	VPMINSD(half[0], half[1], least)
	VPMAXSD(half[0], half[1], most)
	VPCMPGTD(least, load8(bits8("f2m60", 0x21800000)), least)
	VPCMPGTD(bits8("f2p60", 0x5d800000), most, most)
	VPOR(least, most, most)
	VPOR(most, open, open)
	VMOVMSKPS(open, t)
	TESTL(t, t)
	JNZ(LabelRef("resolve2Surfaces"))
	nearX, farX := XMM(), XMM()
	VCVTSD2SS(at(recordNear), x.AsX(), nearX)
	VCVTSD2SS(at(recordFar), x.AsX(), farX)
	near, far := YMM(), YMM()
	VBROADCASTSS(nearX, near)
	VBROADCASTSS(farX, far)
	for h := range half {
		VMAXPS(near, half[h], half[h])
		VMINPS(far, half[h], half[h])
	}
	storeRows8(half, out, stride)
	JMP(LabelRef("resolve2Next"))

	Label("resolve2Nothing")
	infinite := load8(bits8("infinite", 0x7f800000))
	storeRows8([2]vec{infinite, infinite}, out, stride)
	JMP(LabelRef("resolve2Next"))
}

// storeRows8 stores a block's four rows.
func storeRows8(half [2]vec, out, stride reg.Register) {
	row := GP64()
	LEAQ(Mem{Base: out, Index: stride, Scale: 2}, row)
	for h, to := range []reg.Register{out, row} {
		VMOVUPS(half[h].AsX(), Mem{Base: to})
		VEXTRACTF128(U8(1), half[h], Mem{Base: to, Index: stride, Scale: 1})
	}
}
