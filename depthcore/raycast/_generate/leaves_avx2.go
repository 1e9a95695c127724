package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

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
		{
			var far vec // of corners outside the tile, too
			for axis := range pM {
				for i, m := range pM[axis] {
					c := absOf8(load8(m))
					if axis == 0 && i == 0 {
						far = c
					} else {
						far = max8(far, c)
					}
				}
			}
			VANDPS(cmp8(le, far, bits8("two", 0x40000000)), small, small)
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
			slack = mul8(slack, bits8("f20", 0x41a00000))
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
