package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// setUp writes two kernels: one takes object-space corners from the batch, the
// other camera-space corners that plain Go found.
func setUp(exact bool) {
	var corners Mem
	if exact {
		TEXT("setUpAVX512", NOSPLIT, "func(front, batch, st *byte, at int) (fast, blurry uint32)")
		Doc("setUpAVX512 is setUp for 16 triangles of an opaque instance seen by a perspective camera.",
			"Those that are in neither mask are for the meaning.")
	} else {
		TEXT("setUpCornersAVX512", NOSPLIT, "func(front, batch, st *byte, at int, corners *byte) (fast, blurry uint32)")
		Doc("setUpCornersAVX512 is setUpAVX512 given the corners in camera space.")
		corners = Mem{Base: Load(Param("corners"), GP64())}
	}
	front, st := Mem{Base: Load(Param("front"), GP64())}, Mem{Base: Load(Param("st"), GP64())}
	batch, at := Load(Param("batch"), GP64()), Load(Param("at"), GP64())
	in := func(disp int) Mem { return Mem{Base: batch, Index: at, Scale: 4, Disp: disp} }
	fast, blurry := GP32(), GP32()
	XORL(fast, fast)
	XORL(blurry, blurry)

	Comment("What does not need float64.")
	slots, rects := load(in(batchSlot)), load(in(batchRect))
	VMOVUPS(slots, st.Offset(setupSlot))
	VMOVUPS(rects, st.Offset(setupRect))
	zero := ZMM()
	VPXORD(zero, zero, zero)
	VMOVUPS(zero, st.Offset(setupID))
	corner := ZMM()
	VPANDD(all(bits("cornerMask", 0xfcfc)), rects, corner)
	three := all(bits("three", 3))
	low8 := all(bits("low8", 0xff))
	ox, oy, dx, dy := ZMM(), ZMM(), ZMM(), ZMM()
	VPANDD(low8, corner, ox)
	VPSRLD(U8(8), corner, oy)
	VPSRLD(U8(16), rects, dx)
	VPANDD(low8, dx, dx)
	VPORD(three, dx, dx)
	VPSUBD(ox, dx, dx)
	VPSRLD(U8(24), rects, dy)
	VPORD(three, dy, dy)
	VPSUBD(oy, dy, dy)
	sum := ZMM()
	VPADDD(dx, dy, sum)
	wide := K()
	VPCMPD(U8(6), all(bits("sixteen", 16)), sum, wide)
	margin := all(bits("marginSmall", 0x38800000))
	VBROADCASTSS(bits("marginLarge", 0x39800000), wide, margin)
	VMOVUPS(margin, st.Offset(setupMargin))
	VMOVUPS(margin, st.Offset(setupSure))
	fx, fy := ZMM(), ZMM()
	VCVTDQ2PS(dx, fx)
	VCVTDQ2PS(dy, fy)
	scratch := newLocals(256).alloc(256)
	VMOVUPS(ox, scratch)
	VMOVUPS(oy, scratch.Offset(64))
	VMOVUPS(fx, scratch.Offset(128))
	VMOVUPS(fy, scratch.Offset(192))

	for half := 0; half < 2; half++ {
		Commentf("Camera-space corners, lanes %d to %d.", 8*half, 8*half+7)
		mask := allD(abs64)
		p := cornersD(exact, front, in(32*half), corners.Offset(64*half))

		a, b, n, d, farZ := enterPlane(p, st.Offset(64*half))
		size := largestD(largestD(largestD(a[0], a[1]), largestD(a[2], b[0])), largestD(b[1], b[2]))
		var reach vec // at least that of each corner
		for a := 0; a < 3; a++ {
			if m := largestD(largestD(p[0][a], p[1][a]), p[2][a]); a == 0 {
				reach = m
			} else {
				VADDPD(m, reach, reach)
			}
		}

		Comment("Can the signs be trusted?")
		rk := ZMM()
		VMULPD_BCST(front.Offset(frontReach), reach, rk)
		bound := mulD(mulD(rk, reach), allD(bits64("d2m32", 0x3df0000000000000)))
		trust := mulD(mulD(mulD(size, size), rk), allD(bits64("d2m28", 0x3e30000000000000)))
		k := K()
		VCMPPD(U8(gt), trust, absD(d, mask), k)
		sign := ZMM()
		VPANDQ_BCST(sign64, d, sign)

		Comment("Edges from the rectangle's corner on.")
		x, y := ZMM(), ZMM()
		VCVTDQ2PD(scratch.Offset(32*half), x)
		VCVTDQ2PD(scratch.Offset(64+32*half), y)
		sx, sy := allD(front.Offset(frontSX)), allD(front.Offset(frontSY))
		tx, ty := allD(front.Offset(frontX)), allD(front.Offset(frontY))
		VFMADD213PD(tx, sx, x)
		VFMADD213PD(ty, sy, y)
		// The sum of the edges is the plane, to within 2^-48 of reach squared times
		// the frame's: to less than 2^-16 of an edge that exceeds its bound.
		inPixels := func(c [3]vec) [3]vec {
			VFMADD231PD(c[0], x, c[2])
			VFMADD231PD(c[1], y, c[2])
			return [3]vec{mulD(c[0], sx), mulD(c[1], sy), c[2]}
		}
		plane := inPixels([3]vec{n[0], n[1], copyOf(n[2])})
		edges := [3][3]vec{inPixels(crossFused(p[0], p[1])), {}, inPixels(crossFused(p[2], p[0]))}
		for j := range plane {
			edges[1][j] = subD(subD(plane[j], edges[0][j]), edges[2][j])
		}
		for e, c := range edges {
			norm := addD(absD(c[0], mask), absD(c[1], mask))
			k2 := K()
			VCMPPD(U8(gt), bound, norm, k, k2)
			k = k2
			scale := ZMM()
			VRCP14PD(norm, scale)
			VPORQ(sign, scale, scale)
			for j, x := range c {
				f := YMM()
				VCVTPD2PS(mulD(x, scale), f)
				VMOVUPS(f, st.Offset(setupEdge+192*e+64*j+32*half))
			}
		}

		Comment("Nearness.")
		inv, rest := ZMM(), allD(one64)
		VRCP14PD(d, inv)
		VFNMADD231PD(d, inv, rest)
		VFMADD231PD(inv, rest, inv)
		f := [3]reg.VecVirtual{YMM(), YMM(), YMM()}
		for j, x := range plane {
			VCVTPD2PS(mulD(x, inv), f[j])
			VMOVUPS(f[j], st.Offset(setupNear+64*j+32*half))
		}

		Comment("Is it as exact as a pixel's nearness has to be?")
		mask32 := YMM()
		VBROADCASTSS(absMask, mask32)
		for j := range f {
			VPAND(mask32, f[j], f[j])
		}
		VFMADD231PS(scratch.Offset(128+32*half), f[0], f[2])
		VFMADD231PS(scratch.Offset(192+32*half), f[1], f[2])
		VMOVUPS(f[2], st.Offset(setupSteep+32*half))
		farF := YMM()
		VCVTPD2PS(farZ, farF)
		VMULPS(farF, f[2], f[2])
		limit := YMM()
		VBROADCASTSS(bits("two", 0x40000000), limit) // nearError / 4 * 2^21
		exact, m := K(), K()
		VCMPPS(U8(le), limit, f[2], exact)
		KANDW(exact, k, m)
		g := GP32()
		KMOVW(m, g)
		ANDL(U32(255), g)
		if half == 1 {
			SHLL(U8(8), g)
		}
		ORL(g, fast)
		KANDNW(k, exact, m)
		g = GP32()
		KMOVW(m, g)
		ANDL(U32(255), g)
		if half == 1 {
			SHLL(U8(8), g)
		}
		ORL(g, blurry)
	}
	Store(fast, ReturnIndex(0))
	Store(blurry, ReturnIndex(1))
	VZEROUPPER()
	RET()
}

// cornersD returns camera-space corners of 8 triangles: those of a batch, or, where
// these are not exact, given ones.
func cornersD(exact bool, front, batch, corners Mem) (p [3][3]vec) {
	for i := range p {
		if exact {
			p[i] = toCamera(front, func(a int) Mem { return batch.Offset(batchP + 192*(3*i+a)) })
			continue
		}
		for a := range p[i] {
			p[i][a] = load(corners.Offset(128 * (3*i + a)))
		}
	}
	return p
}

// enterPlane enters what 8 triangles are measured by, given their corners: it returns
// two edges, the normal, its product with the corners, and the farthest Z.
func enterPlane(p [3][3]vec, st Mem) (a, b, n [3]vec, d, far vec) {
	Comment("The plane.")
	for k := range a {
		a[k], b[k] = subD(p[1][k], p[0][k]), subD(p[2][k], p[0][k])
	}
	n = crossD(a, b)
	d = addD(addD(mulD(n[0], p[0][0]), mulD(n[1], p[0][1])), mulD(n[2], p[0][2]))
	near := minD(minD(p[0][2], p[1][2]), p[2][2])
	far = maxD(maxD(p[0][2], p[1][2]), p[2][2])
	for k, x := range []vec{n[0], n[1], n[2], d, near, far} {
		VMOVUPD(x, st.Offset(setupPlane+128*k))
	}
	return a, b, n, d, far
}

// toCamera takes 8 corners to camera space, without fusing as the meaning does.
func toCamera(front Mem, corner func(axis int) Mem) (p [3]vec) {
	var q [3]vec
	for a := range q {
		q[a] = ZMM()
		VCVTPS2PD(corner(a), q[a])
	}
	for r := range p {
		m := func(k int) Mem { return front.Offset(frontM + 32*r + 8*k) }
		p[r] = ZMM()
		VMULPD_BCST(m(0), q[0], p[r])
		for k := 1; k < 3; k++ {
			t := ZMM()
			VMULPD_BCST(m(k), q[k], t)
			VADDPD(t, p[r], p[r])
		}
		VADDPD_BCST(m(3), p[r], p[r])
	}
	return p
}
