package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets in lookup and its axes; TestLayout checks them.
const (
	lookupX, lookupY, lookupW = 0, 24, 48
	lookupLeast, lookupAlpha  = 72, 80
	lookupFrom, lookupBelow   = 88, 92
	lookupAxes, axisSize      = 96, 20
	lookupWidth               = 136
	lookupFraction            = 140
	lookupEdge, lookupSpan    = 144, 148

	axisInverse, axisPeriod, axisLimit, axisMirror, axisLast = 0, 4, 8, 12, 16

	stepBits = 13
)

var (
	oneStep64 = func() Mem { return bits64("oneStepD", uint64(1023+stepBits)<<52) } // 2^stepBits
	stepPart  = func() Mem { return bits("stepPart", 1<<stepBits-1) }
	perStep   = func() Mem { return bits("perStep", (127-stepBits)<<23) }
)

// planesOf copies the coefficients of a triangle's edges and nearness, so that
// those of one kind lie side by side, and returns where, with the first column
// and row of its blocks.
func planesOf(room *locals, st reg.Register, lane reg.GPVirtual) (a, b, c Mem, x0, y0 reg.GPVirtual) {
	in := func(disp int) Mem { return Mem{Base: st, Index: lane, Scale: 4, Disp: disp} }
	t := GP32()
	list := [3]Mem{room.alloc(16), room.alloc(16), room.alloc(16)}
	for term, to := range list {
		for f, at := range [4]int{setupEdge, setupEdge + 192, setupEdge + 384, setupNear} {
			MOVL(in(at+64*term), t)
			MOVL(t, to.Offset(4*f))
		}
	}
	x0, y0 = GP64(), GP64()
	for k, r := range []reg.GPVirtual{x0, y0} {
		MOVL(in(setupRect), r.As32())
		if k > 0 {
			SHRL(U8(8), r.As32())
		}
		ANDL(U32(0xfc), r.As32())
	}
	return list[0], list[1], list[2], x0, y0
}

// pixelOf is the first column and row of a block of the tile.
func pixelOf(block reg.GPVirtual) (x, y reg.GPVirtual) {
	x, y = GP64(), GP64()
	t := GP32()
	MOVL(block.As32(), x.As32())
	SHRL(U8(4), x.As32())
	MOVL(x.As32(), y.As32())
	ANDL(U32(1<<logCellsX-1), x.As32())
	SHLL(U8(4), x.As32())
	MOVL(block.As32(), t)
	ANDL(U32(3), t)
	SHLL(U8(2), t)
	ORL(t, x.As32())
	SHRL(U8(logCellsX), y.As32())
	SHLL(U8(4), y.As32())
	MOVL(block.As32(), t)
	ANDL(U32(12), t)
	ORL(t, y.As32())
	return x, y
}

// blockOfFix returns the block of a fix, where its pixels are and its first pixel,
// and stores what the planes are there.
func blockOfFix(fix, base reg.Register, a, b, c Mem, x0, y0 reg.GPVirtual, first Mem) (block, p, x, y reg.GPVirtual) {
	block = GP64()
	MOVL(Mem{Base: fix, Disp: 4}, block.As32())
	x, y = pixelOf(block)
	firstPixel(a, b, c, x, y, x0, y0, first)
	p = GP64()
	MOVQ(block, p)
	SHLQ(U8(6), p)
	ADDQ(base, p)
	return block, p, x, y
}

// firstPixel stores what the planes are at a block's first pixel.
func firstPixel(a, b, c Mem, x, y, x0, y0 reg.GPVirtual, to Mem) {
	sum := XMM()
	VMOVUPS(c, sum)
	var part [2]vec
	for k, f := range []struct {
		at, from reg.GPVirtual
		plane    Mem
	}{{x, x0, a}, {y, y0, b}} {
		d, v := GP32(), XMM()
		MOVL(f.at.As32(), d)
		SUBL(f.from.As32(), d)
		VMOVD(d, v)
		VPBROADCASTD(v, v)
		VCVTDQ2PS(v, v)
		VMULPS(f.plane, v, v)
		part[k] = v
	}
	VADDPS(part[1], part[0], part[0])
	VADDPS(sum, part[0], sum)
	VMOVUPS(sum, to)
}

// cut decides about the pixels of fixes of one triangle as cutOne does.
func cut() {
	TEXT("cutAVX512", NOSPLIT, "func(to, st, l, fixes *byte, n int, xs, ys *byte, blur float32, stale *byte)")
	Doc("cutAVX512 is cutOne for fixes of one triangle, where the rays are a pinhole's.")
	base, st, l := Load(Param("to"), GP64()), Load(Param("st"), GP64()), Mem{Base: Load(Param("l"), GP64())}
	fix, left := Load(Param("fixes"), GP64()), Load(Param("n"), GP64())
	xs, ys := Load(Param("xs"), GP64()), Load(Param("ys"), GP64())
	alpha := GP64()
	MOVQ(l.Offset(lookupAlpha), alpha)
	room := newLocals(256)
	first := room.alloc(16)
	lane := GP64()
	MOVWQZX(Mem{Base: fix}, lane)
	a, b, c, x0, y0 := planesOf(room, st, lane)
	of := func(disp int) Mem { return Mem{Base: st, Index: lane, Scale: 4, Disp: disp} }
	columns, rows := load(columns()), load(rows())
	var step [4]vec
	for f := range step {
		step[f] = add(mul(all(a.Offset(4*f)), columns), mul(all(b.Offset(4*f)), rows))
	}
	margin, id := all(of(setupMargin)), all(of(setupID))
	tie, blur, mask := all(bits("f2m16", 0x37800000)), all(mustAddr("blur")), all(absMask)
	unit := allD(oneStep64())
	odd, t := K(), GP32()
	MOVL(U32(0xf0), t)
	KMOVW(t, odd)

	Label("cutNext")
	block, p, x, y := blockOfFix(fix, base, a, b, c, x0, y0, first)

	Comment("Pixels well inside, where the triangle is well in front.")
	pixels, sure := K(), reg.OpmaskVirtual(nil)
	KMOVW(Mem{Base: fix, Disp: 2}, pixels)
	s := ZMM()
	VADDPS_BCST(first.Offset(12), step[3], s)
	old := load(Mem{Base: p})
	sure = cmp(gt, sub(s, old), add(mul(vabs(old, mask), tie), blur), pixels)
	for f := 0; f < 3; f++ {
		e := ZMM()
		VADDPS_BCST(first.Offset(4*f), step[f], e)
		sure = cmp(gt, e, margin, sure)
	}

	Comment("Their places in the texture, counted in steps.")
	vx, vy := ZMM(), [2]vec{}
	VBROADCASTF64X4(Mem{Base: xs, Index: x, Scale: 8}, vx)
	for h := range vy {
		vy[h] = allD(Mem{Base: ys, Index: y, Scale: 8, Disp: 16 * h})
		VBROADCASTSD(Mem{Base: ys, Index: y, Scale: 8, Disp: 16*h + 8}, odd, vy[h])
	}
	plane := func(at int) (v [2]vec) {
		px := ZMM()
		VMULPD_BCST(l.Offset(at), vx, px)
		for h := range v {
			v[h] = ZMM()
			VMULPD_BCST(l.Offset(at+8), vy[h], v[h])
			VADDPD_BCST(l.Offset(at+16), v[h], v[h])
			VADDPD(v[h], px, v[h])
		}
		return v
	}
	inv := plane(lookupW)
	fine := [2]reg.OpmaskVirtual{K(), K()}
	for h, w := range inv {
		VCMPPD_BCST(U8(ge), l.Offset(lookupLeast), absD(w, allD(abs64)), fine[h])
		VDIVPD(w, unit, inv[h])
	}
	both := K()
	KUNPCKBW(fine[0], fine[1], both)
	KANDW(both, sure, sure)
	var at [2]vec
	for k, from := range []int{lookupX, lookupY} {
		v := plane(from)
		lo, hi := YMM(), YMM()
		VCVTTPD2DQ(mulD(v[0], inv[0]), lo)
		VCVTTPD2DQ(mulD(v[1], inv[1]), hi)
		at[k] = ZMM()
		VINSERTI64X4(U8(1), hi, lo.AsZ(), at[k])
	}

	Comment("The texels around.")
	var part [2]vec // of a texel
	outside := reg.OpmaskVirtual(nil)
	for k := range at {
		part[k] = ZMM()
		VPANDD_BCST(stepPart(), at[k], part[k])
		off := ZMM()
		VPSUBD_BCST(l.Offset(lookupEdge), part[k], off)
		in := K()
		VPCMPUD_BCST(U8(2), l.Offset(lookupSpan), off, sure, in)
		sure = in
		VPANDD_BCST(l.Offset(lookupFraction), part[k], part[k])
		VCVTDQ2PS(part[k], part[k])
		VMULPS_BCST(perStep(), part[k], part[k])
		VPSRAD(U8(stepBits), at[k], at[k])
	}
	for k := range at {
		out := K()
		VPCMPUD_BCST(U8(5), l.Offset(lookupAxes+axisSize*k+axisLast), at[k], sure, out)
		if k > 0 {
			KORW(outside, out, out)
		}
		outside = out
	}
	gather := func(to vec, index vec) {
		k := K()
		KMOVW(sure, k)
		VPXORD(to, to, to)
		VPGATHERDD(Mem{Base: alpha, Index: index, Scale: 2}, k, to)
	}
	v := [2][2]vec{{ZMM(), ZMM()}, {ZMM(), ZMM()}}
	low16 := all(bits("low16", 0xffff))
	rowOf := func(y, x vec) vec {
		i := ZMM()
		VPMULLD_BCST(l.Offset(lookupWidth), y, i)
		VPADDD(x, i, i)
		return i
	}
	KORTESTW(outside, outside)
	JNZ(LabelRef("cutWrapped"))
	index := [2]vec{rowOf(at[1], at[0]), ZMM()}
	VPADDD_BCST(l.Offset(lookupWidth), index[0], index[1])
	for j := range v {
		gather(v[j][0], index[j])
		VPSRLD(U8(16), v[j][0], v[j][1])
	}
	Label("cutTexels")
	VPANDD(low16, v[0][0], v[0][0])
	VPANDD(low16, v[1][0], v[1][0])
	var row [2]vec
	for j := range row {
		VCVTDQ2PS(v[j][0], v[j][0])
		VCVTDQ2PS(v[j][1], v[j][1])
		row[j] = add(v[j][0], mul(part[0], sub(v[j][1], v[j][0])))
	}
	sample := add(row[0], mul(part[1], sub(row[1], row[0])))
	yes, no := K(), K()
	VCMPPS_BCST(U8(ge), l.Offset(lookupFrom), sample, sure, yes)
	VCMPPS_BCST(U8(lt), l.Offset(lookupBelow), sample, sure, no)

	Comment("What the meaning has to be asked about, and what is won.")
	KORW(yes, no, no)
	KANDNW(pixels, no, no)
	KMOVW(no, Mem{Base: fix, Disp: 2})
	KORTESTW(yes, yes)
	JZ(LabelRef("cutNothing"))
	VMOVDQU32(id, yes, Mem{Base: p, Disp: canvasIDs})
	VMOVAPS(s, yes, old)
	VMOVUPS(old, Mem{Base: p})
	low := GP64()
	LEAQ(Mem{Base: base, Index: block, Scale: 4}, low)
	VMOVSS(least(old).AsX(), Mem{Base: low, Disp: canvasLow})
	markCell(block)
	Label("cutNothing")
	ADDQ(U8(8), fix)
	DECQ(left)
	JNZ(LabelRef("cutNext"))
	VZEROUPPER()
	RET()

	Label("cutWrapped")
	columnsAt, rowsAt := texelPair(l.Offset(lookupAxes), at[0]), texelPair(l.Offset(lookupAxes+axisSize), at[1])
	for j := range v {
		for i := range v[j] {
			gather(v[j][i], rowOf(rowsAt[j], columnsAt[i]))
		}
		VPANDD(low16, v[j][1], v[j][1])
	}
	JMP(LabelRef("cutTexels"))
}

// markCell marks the cell of a block as stale. The block is no more after it.
func markCell(block reg.GPVirtual) {
	stale, bit := GP64(), GP64()
	MOVQ(mustAddr("stale"), stale)
	MOVQ(Mem{Base: stale}, bit)
	SHRL(U8(4), block.As32())
	BTSQ(block, bit)
	MOVQ(bit, Mem{Base: stale})
}

// texelPair is axis.pair.
func texelPair(axis Mem, i vec) [2]vec {
	q := ZMM()
	VCVTDQ2PS(i, q)
	VMULPS_BCST(axis.Offset(axisInverse), q, q)
	VCVTTPS2DQ(q, q)
	VPMULLD_BCST(axis.Offset(axisPeriod), q, q)
	VPSUBD(q, i, i)
	negative, beyond := K(), K()
	VPMOVD2M(i, negative)
	VPADDD_BCST(axis.Offset(axisPeriod), i, negative, i)
	VPCMPD_BCST(U8(5), axis.Offset(axisLimit), i, beyond)
	VPSUBD_BCST(axis.Offset(axisPeriod), i, beyond, i)
	next := ZMM()
	VPADDD_BCST(bits("oneInt", 1), i, next)
	after := K()
	VPCMPD_BCST(U8(5), axis.Offset(axisLimit), next, after)
	VPSUBD_BCST(axis.Offset(axisPeriod), next, after, next)
	mirror, zero := ZMM(), ZMM()
	VPBROADCASTD(axis.Offset(axisMirror), mirror)
	VPXORD(zero, zero, zero)
	pair := [2]vec{i, next}
	for k, i := range pair {
		pair[k] = ZMM()
		VPSUBD(i, mirror, pair[k])
		VPMINSD(i, pair[k], pair[k])
		VPMINSD_BCST(axis.Offset(axisLast), pair[k], pair[k])
		VPMAXSD(zero, pair[k], pair[k])
	}
	return pair
}
