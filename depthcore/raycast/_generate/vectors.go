package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

type vec = reg.VecVirtual

func all(m Mem) vec  { r := ZMM(); VBROADCASTSS(m, r); return r }
func load(m Mem) vec { r := ZMM(); VMOVUPS(m, r); return r }

// zeros is loaded: a register that is cleared by itself would be taken for one
// that is in use from the start.
func zeros() vec          { return all(bits("zero", 0)) }
func add(a, b Op) vec     { r := ZMM(); VADDPS(b, a, r); return r }
func sub(a, b Op) vec     { r := ZMM(); VSUBPS(b, a, r); return r }
func mul(a, b Op) vec     { r := ZMM(); VMULPS(b, a, r); return r }
func div(a, b Op) vec     { r := ZMM(); VDIVPS(b, a, r); return r }
func vmin(a, b Op) vec    { r := ZMM(); VMINPS(b, a, r); return r }
func vmax(a, b Op) vec    { r := ZMM(); VMAXPS(b, a, r); return r }
func vabs(a, mask Op) vec { r := ZMM(); VPANDD(mask, a, r); return r }
func copyOf(a Op) vec     { r := ZMM(); VMOVAPS(a, r); return r }

// dot is m0 x + m1 y + m2 z + m3 with the row m in memory.
func dot(m Mem, x, y, z Op) vec {
	r := all(m.Offset(12))
	VFMADD231PS_BCST(m, x, r)
	VFMADD231PS_BCST(m.Offset(4), y, r)
	VFMADD231PS_BCST(m.Offset(8), z, r)
	return r
}

// cmp sets a mask where a OP b, among those of within if that is not nil.
func cmp(op int, a, b Op, within reg.Register) reg.OpmaskVirtual {
	k := K()
	if within == nil {
		VCMPPS(U8(op), b, a, k)
	} else {
		VCMPPS(U8(op), b, a, within, k)
	}
	return k
}

// rectOf rounds x0, y0 up and x1, y1 down and packs them; k keeps the lanes
// that hold a pixel.
func rectOf(x0, y0, x1, y1 vec, k reg.OpmaskVirtual) (vec, reg.OpmaskVirtual) {
	first, last, k := sidesOf(x0, y0, x1, y1, k)
	return pack(first, last), k
}

// sidesOf is rectOf that does not pack the first and last columns and rows.
func sidesOf(x0, y0, x1, y1 vec, k reg.OpmaskVirtual) (first, last [2]vec, _ reg.OpmaskVirtual) {
	k = cmp(le, x0, x1, k)
	k = cmp(le, y0, y1, k)
	first, last = [2]vec{ZMM(), ZMM()}, [2]vec{ZMM(), ZMM()}
	VCVTPS2DQ_RU_SAE(x0, first[0])
	VCVTPS2DQ_RU_SAE(y0, first[1])
	VCVTTPS2DQ(x1, last[0])
	VCVTTPS2DQ(y1, last[1])
	k2, k3 := K(), K()
	VPCMPD(U8(2), last[0], first[0], k, k2)
	VPCMPD(U8(2), last[1], first[1], k2, k3)
	return first, last, k3
}

func pack(first, last [2]vec) vec {
	t, rect := ZMM(), ZMM()
	VPSLLD(U8(8), first[1], rect)
	VPSLLD(U8(16), last[0], t)
	VPTERNLOGD(U8(0xfe), t, first[0], rect) // all three
	VPSLLD(U8(24), last[1], t)
	VPORD(t, rect, rect)
	return rect
}

// compress stores the lanes of k side by side; what follows them is garbage.
func compress(v vec, k reg.Register, to Mem) {
	c := ZMM()
	VPCOMPRESSD_Z(v, k, c)
	VMOVUPS(c, to)
}

// permute returns the lanes of v that index says, each lane for itself.
func permute(index, v vec) vec { r := ZMM(); VPERMPS(v, index, r); return r }

// Float64, 8 lanes. The meaning's products are not fused.
func allD(m Mem) vec      { r := ZMM(); VBROADCASTSD(m, r); return r }
func addD(a, b Op) vec    { r := ZMM(); VADDPD(b, a, r); return r }
func subD(a, b Op) vec    { r := ZMM(); VSUBPD(b, a, r); return r }
func mulD(a, b Op) vec    { r := ZMM(); VMULPD(b, a, r); return r }
func minD(a, b Op) vec    { r := ZMM(); VMINPD(b, a, r); return r }
func maxD(a, b Op) vec    { r := ZMM(); VMAXPD(b, a, r); return r }
func absD(a, mask Op) vec { r := ZMM(); VPANDQ(mask, a, r); return r }
func crossD(a, b [3]vec) (c [3]vec) {
	for k := range c {
		i, j := (k+1)%3, (k+2)%3
		c[k] = subD(mulD(a[i], b[j]), mulD(a[j], b[i]))
	}
	return c
}

// crossFused is crossD with less rounding.
func crossFused(a, b [3]vec) (c [3]vec) {
	for k := range c {
		i, j := (k+1)%3, (k+2)%3
		c[k] = mulD(a[j], b[i])
		VFMSUB231PD(a[i], b[j], c[k])
	}
	return c
}

// largestD is the larger absolute value.
func largestD(a, b vec) vec { r := ZMM(); VRANGEPD(U8(largest), b, a, r); return r }

// least is the least of 16 lanes.
func least(v vec) reg.VecVirtual {
	h := YMM()
	VEXTRACTF64X4(U8(1), v, h)
	VMINPS(h, v.AsY(), h)
	x := XMM()
	VEXTRACTF32X4(U8(1), h, x)
	VMINPS(h.AsX(), x, x)
	t := XMM()
	VSHUFPS(U8(0x4e), x, x, t)
	VMINPS(t, x, x)
	VSHUFPS(U8(0xb1), x, x, t)
	VMINPS(t, x, x)
	return x
}

// pairs begins to transpose 8 vectors: of each two, the even lanes in turn, and
// the odd ones.
func pairs(v [8]vec) (p [2][4]vec) {
	for i := range p[0] {
		p[0][i], p[1][i] = ZMM(), ZMM()
		VUNPCKLPD(v[2*i+1], v[2*i], p[0][i])
		VUNPCKHPD(v[2*i+1], v[2*i], p[1][i])
	}
	return p
}

// shuffle takes two quarters of a and then two of b.
func shuffle(how int, a, b vec) vec { v := ZMM(); VSHUFF64X2(U8(how), b, a, v); return v }
