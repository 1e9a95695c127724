package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

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
		VBLENDVPS(large, bits8("marginLarge", 0x39800000), margin, margin)
		VMOVUPS(margin, st.Offset(setupMargin))
		VMOVUPS(margin, st.Offset(setupSure))

		corners4(exact, front, in(0), corners, p)
		a, b := enterPlane4(p, wide)
		d := load4(wide.Offset(setupPlane + 128*3))
		size := abs4(a[0])
		for _, x := range []vec{a[1], a[2], b[0], b[1], b[2]} {
			VMAXPD(abs4(x), size, size)
		}
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
		VMOVUPS(f[2], st.Offset(setupSteep))
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

// corners4 keeps the camera-space corners of 4 triangles in local memory, as
// cornersD returns those of 8.
func corners4(exact bool, front, batch, corners Mem, p [3][3]Mem) {
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
			VCVTPS2PD(batch.Offset(batchP+192*(3*i+a)), q[a])
		}
		for r := range p[i] {
			m := func(k int) vec { return all4(front.Offset(frontM + 32*r + 8*k)) }
			s := mul4(m(0), q[0])
			s = add4(s, mul4(m(1), q[1]))
			s = add4(s, mul4(m(2), q[2]))
			VMOVUPD(add4(s, m(3)), p[i][r])
		}
	}
}

// enterPlane4 enters what 4 triangles are measured by, as enterPlane does, and returns two
// edges of each.
func enterPlane4(p [3][3]Mem, st Mem) (a, b [3]vec) {
	Comment("The plane.")
	var n [3]vec
	for k := range a {
		a[k], b[k] = sub4(load4(p[1][k]), p[0][k]), sub4(load4(p[2][k]), p[0][k])
	}
	for k := range n {
		i, j := (k+1)%3, (k+2)%3
		n[k] = sub4(mul4(a[i], b[j]), mul4(a[j], b[i]))
		VMOVUPD(n[k], st.Offset(setupPlane+128*k))
	}
	d := add4(add4(mul4(n[0], p[0][0]), mul4(n[1], p[0][1])), mul4(n[2], p[0][2]))
	VMOVUPD(d, st.Offset(setupPlane+128*3))
	VMOVUPD(min4(min4(load4(p[0][2]), p[1][2]), p[2][2]), st.Offset(setupPlane+128*4))
	VMOVUPD(max4(max4(load4(p[0][2]), p[1][2]), p[2][2]), st.Offset(setupPlane+128*5))
	return a, b
}
