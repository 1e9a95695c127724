package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// cutAVX2 is cut, a block by halves.
func cutAVX2() {
	TEXT("cutAVX2", 0, "func(to, st, l, fixes *byte, n int, xs, ys *byte, blur float32, stale *byte)")
	Doc("cutAVX2 is cutOne for fixes of one triangle, where the rays are a pinhole's.")
	base, st, l := Load(Param("to"), GP64()), Load(Param("st"), GP64()), Mem{Base: Load(Param("l"), GP64())}
	fix := Load(Param("fixes"), GP64())
	room := newLocals(768)
	first := room.alloc(16)
	lane := GP64()
	MOVWQZX(Mem{Base: fix}, lane)
	a, b, c, x0, y0 := planesOf(room, st, lane)
	of := func(disp int) Mem { return Mem{Base: st, Index: lane, Scale: 4, Disp: disp} }
	var step [4][2]Mem
	for f := range step {
		for h := range step[f] {
			step[f][h] = room.alloc(32)
			v := mul8(all8(a.Offset(4*f)), columns().Offset(32*h))
			VMOVUPS(add8(v, mul8(all8(b.Offset(4*f)), rows().Offset(32*h))), step[f][h])
		}
	}
	marginM, idM, blurM := room.alloc(32), room.alloc(32), room.alloc(32)
	VMOVUPS(all8(of(setupMargin)), marginM)
	VMOVUPS(all8(of(setupID)), idM)
	VMOVUPS(all8(mustAddr("blur")), blurM)
	sureM := room.alloc(32)
	partM := [2]Mem{room.alloc(32), room.alloc(32)}

	Label("cut2Next")
	block, p, x, y := blockOfFix(fix, base, a, b, c, x0, y0, first)
	for k, r := range []reg.GPVirtual{x, y} {
		SHLQ(U8(3), r)
		ADDQ(mustAddr([]string{"xs", "ys"}[k]), r)
	}
	done, won := GP32(), GP32() // pixels decided, and won
	XORL(done, done)
	XORL(won, won)
	for h := range 2 {
		name := func(s string) string { return fmt.Sprint("cut2", s, h) }
		nearness := func(f int) vec { return add8(all8(first.Offset(4*f)), step[f][h]) }
		at := Mem{Base: p, Disp: 32 * h}

		Comment("Pixels well inside, where the triangle is well in front.")
		sure := YMM()
		VPBROADCASTD(Mem{Base: fix}, sure)
		VPAND(fixPixels().Offset(32*h), sure, sure)
		VPCMPEQD(fixPixels().Offset(32*h), sure, sure)
		old := load8(at)
		zone := add8(mul8(absOf8(old), bits8("f2m16", 0x37800000)), blurM)
		sure = and8(cmp8(gt, sub8(nearness(3), old), zone), sure)
		for f := 0; f < 3; f++ {
			sure = and8(cmp8(gt, nearness(f), marginM), sure)
		}
		some := GP32()
		VMOVMSKPS(sure, some)
		TESTL(some, some)
		JZ(LabelRef(name("Decided")))

		Comment("Their places in the texture, counted in steps.")
		vx := load4(Mem{Base: x})
		plane := func(at, row int) vec {
			v := mul4(all4(Mem{Base: y, Disp: 16*h + 8*row}), all4(l.Offset(at+8)))
			return add4(mul4(vx, all4(l.Offset(at))), add4(v, all4(l.Offset(at+16))))
		}
		var inv, fine [2]vec
		for row := range inv {
			w := plane(lookupW, row)
			fine[row], inv[row] = YMM(), YMM()
			VCMPPD(U8(ge), all4(l.Offset(lookupLeast)), abs4(w), fine[row])
			VDIVPD(w, all4(oneStep64()), inv[row])
		}
		VSHUFPS(U8(0x88), fine[1], fine[0], fine[0])
		VPERMQ(U8(0xd8), fine[0], fine[0])
		VPAND(fine[0], sure, sure)
		var place [2]vec
		for k, from := range []int{lookupX, lookupY} {
			lo, hi := XMM(), XMM()
			VCVTTPD2DQY(mul4(plane(from, 0), inv[0]), lo)
			VCVTTPD2DQY(mul4(plane(from, 1), inv[1]), hi)
			place[k] = YMM()
			VINSERTI128(U8(1), hi, lo.AsY(), place[k])
		}

		Comment("The texels around.")
		var texel [2][2]vec // the first and the second, along each axis
		for k := range place {
			all := func(at int) vec { v := YMM(); VPBROADCASTD(l.Offset(at), v); return v }
			part, off := YMM(), YMM()
			VPAND(bits8("stepPart", 1<<stepBits-1), place[k], part)
			VPSUBD(all(lookupEdge), part, off)
			in := YMM()
			VPMINUD(all(lookupSpan), off, in)
			VPCMPEQD(off, in, in)
			VPAND(in, sure, sure)
			VPAND(all(lookupFraction), part, part)
			VCVTDQ2PS(part, part)
			VMOVUPS(mul8(part, bits8("perStep", (127-stepBits)<<23)), partM[k])
			VPSRAD(U8(stepBits), place[k], place[k])
			texel[k] = texelPair8(l.Offset(lookupAxes+axisSize*k), place[k])
		}
		VMOVUPS(sure, sureM)
		alpha := GP64()
		MOVQ(l.Offset(lookupAlpha), alpha)
		gather := func(column, row vec) vec {
			i, k, to := YMM(), load8(sureM), zero8()
			VPADDD(column, row, i)
			VPGATHERDD(k, Mem{Base: alpha, Index: i, Scale: 2}, to)
			return to
		}
		var v [2][2]vec
		apart := YMM()
		VPADDD(bits8("oneInt", 1), texel[0][0], apart)
		VPCMPEQD(texel[0][1], apart, apart)
		for j := range v {
			width := YMM()
			VPBROADCASTD(l.Offset(lookupWidth), width)
			VPMULLD(width, texel[1][j], texel[1][j])
			v[j] = [2]vec{gather(texel[0][0], texel[1][j]), YMM()}
			VPSRLD(U8(16), v[j][0], v[j][1])
		}
		VTESTPS(sure, apart) // carry: all of sure are in it
		JCS(LabelRef(name("Texels")))
		for j := range v {
			g := gather(texel[0][1], texel[1][j])
			VPAND(bits8("low16", 0xffff), g, v[j][1])
		}
		Label(name("Texels"))
		var row [2]vec
		for j := range row {
			VPAND(bits8("low16", 0xffff), v[j][0], v[j][0])
			VCVTDQ2PS(v[j][0], v[j][0])
			VCVTDQ2PS(v[j][1], v[j][1])
			row[j] = add8(v[j][0], mul8(sub8(v[j][1], v[j][0]), partM[0]))
		}
		sample := add8(row[0], mul8(sub8(row[1], row[0]), partM[1]))
		yes := and8(cmp8(ge, sample, all8(l.Offset(lookupFrom))), sureM)
		no := and8(cmp8(lt, sample, all8(l.Offset(lookupBelow))), sureM)

		m := GP32()
		VMOVMSKPS(or8(yes, no), m)
		SHLL(U8(16+8*h), m)
		ORL(m, done)
		VMOVMSKPS(yes, m)
		TESTL(m, m)
		JZ(LabelRef(name("Decided")))
		INCL(won)
		ids := Mem{Base: p, Disp: canvasIDs + 32*h}
		is, whose := blend8(load8(at), nearness(3), yes), blend8(load8(ids), load8(idM), yes)
		VMOVUPS(is, at)
		VMOVUPS(whose, ids)
		Label(name("Decided"))
	}

	Comment("What the meaning has to be asked about.")
	NOTL(done)
	ANDL(done, Mem{Base: fix})
	TESTL(won, won)
	JZ(LabelRef("cut2Nothing"))
	low := GP64()
	LEAQ(Mem{Base: base, Index: block, Scale: 4}, low)
	VMOVSS(least8(min8(load8(Mem{Base: p}), Mem{Base: p, Disp: 32})), Mem{Base: low, Disp: canvasLow})
	markCell(block)
	Label("cut2Nothing")
	ADDQ(U8(8), fix)
	DECQ(mustAddr("n"))
	JNZ(LabelRef("cut2Next"))
	VZEROUPPER()
	RET()
}

// texelPair8 is axis.pair.
func texelPair8(axis Mem, i vec) [2]vec {
	all := func(at int) vec { v := YMM(); VPBROADCASTD(axis.Offset(at), v); return v }
	period, limit := all(axisPeriod), all(axisLimit)
	within := func(i vec) {
		t := YMM()
		VPCMPGTD(i, limit, t)
		VPANDN(period, t, t)
		VPSUBD(t, i, i)
	}
	q := YMM()
	VCVTDQ2PS(i, q)
	VMULPS(all(axisInverse), q, q)
	VCVTTPS2DQ(q, q)
	VPMULLD(period, q, q)
	VPSUBD(q, i, i)
	VPSRAD(U8(31), i, q)
	VPAND(period, q, q)
	VPADDD(q, i, i)
	within(i)
	next := YMM()
	VPADDD(bits8("oneInt", 1), i, next)
	within(next)
	pair := [2]vec{i, next}
	for k, i := range pair {
		t := all(axisMirror)
		VPSUBD(i, t, t)
		VPMINSD(i, t, t)
		VPMINSD(all(axisLast), t, t)
		VPMAXSD(zero8(), t, t)
		pair[k] = t
	}
	return pair
}

// fixPixels is a fix's bits of pixels.
func fixPixels() Mem { return table("fixPixels", 16, func(i int) uint32 { return 1 << (16 + i) }) }
