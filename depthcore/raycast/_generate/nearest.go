package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// nearest is for surfaces that touch: a floor and what stands on it.
func nearest() {
	TEXT("nearestAVX512", NOSPLIT, "func(to, st, records, fixes *byte, n int, xs, ys *byte)")
	Doc("nearestAVX512 is nearest for an opaque instance seen by a perspective camera.")
	to, st := Load(Param("to"), GP64()), Load(Param("st"), GP64())
	records, fix := Load(Param("records"), GP64()), Load(Param("fixes"), GP64())
	xs, ys := Load(Param("xs"), GP64()), Load(Param("ys"), GP64())
	n := GP64()
	Load(Param("n"), n)

	Label("nearestFix")
	lane, asked := GP64(), GP32()
	MOVWLZX(Mem{Base: fix}, lane.As32())
	MOVWLZX(Mem{Base: fix, Disp: 2}, asked)
	block := GP64()
	MOVL(Mem{Base: fix, Disp: 4}, block.As32())
	x, y := pixelOf(block)

	Comment("Which of the pixels are surely inside, and how near?")
	own := GP64()
	LEAQ(Mem{Base: st, Index: lane, Scale: 4}, own)
	of := func(disp int) Mem { return Mem{Base: own, Disp: disp} }
	var at [2]vec
	for axis, first := range []reg.GPVirtual{x, y} {
		t, v := GP32(), ZMM()
		MOVL(of(setupRect), t)
		if axis > 0 {
			SHRL(U8(8), t)
		}
		ANDL(U32(0xfc), t)
		NEGL(t)
		ADDL(first.As32(), t)
		VPBROADCASTD(t, v)
		VCVTDQ2PS(v, v)
		at[axis] = add(v, [2]Mem{columns(), rows()}[axis])
	}
	plane := func(disp int) vec {
		v := all(of(disp + 128))
		VFMADD231PS_BCST(of(disp), at[0], v)
		VFMADD231PS_BCST(of(disp+64), at[1], v)
		return v
	}
	inside := vmin(vmin(plane(setupEdge), plane(setupEdge+192)), plane(setupEdge+384))
	within := K()
	KMOVW(asked, within)
	within = cmp(gt, inside, all(of(setupSure)), within)
	KORTESTW(within, within)
	JZ(LabelRef("nearestNext"))

	Comment("Z of the triangle and of what is there.")
	ids := GP64()
	MOVQ(block, ids)
	SHLQ(U8(6), ids)
	ADDQ(to, ids)
	ADDQ(U32(canvasIDs), ids)
	nearness := Mem{Base: ids, Disp: -canvasIDs}
	id := GP64()
	MOVL(of(setupID), id.As32())
	record := GP64()
	MOVQ(id, record)
	SHLQ(U8(6), record)
	ADDQ(records, record)
	px := ZMM()
	VBROADCASTF64X4(Mem{Base: xs, Index: x, Scale: 8}, px)
	row := Mem{Base: ys, Index: y, Scale: 8}
	second, t := K(), GP32()
	MOVL(U32(0xf0), t)
	KMOVW(t, second)
	var less, equal [2]reg.OpmaskVirtual
	for h := range less {
		py := allD(row.Offset(16 * h))
		VBROADCASTSD(row.Offset(16*h+8), second, py)
		z := func(r [6]vec) vec {
			q := ZMM()
			VDIVPD(addD(addD(mulD(px, r[0]), mulD(py, r[1])), r[2]), r[3], q)
			VMAXPD(r[4], q, q)
			VMINPD(r[5], q, q)
			return q
		}
		var mine [6]vec
		for f := range mine {
			mine[f] = allD(Mem{Base: record, Disp: 8 * f})
		}
		is, was := z(mine), z(recordsOf(ids, records, h))
		less[h], equal[h] = K(), K()
		VCMPPD(U8(lt), was, is, less[h])
		VCMPPD(U8(0), was, is, equal[h])
	}
	both := func(k [2]reg.OpmaskVirtual) reg.OpmaskVirtual {
		all := K()
		KUNPCKBW(k[0], k[1], all)
		KANDW(within, all, all)
		return all
	}
	nearer, same := both(less), both(equal)

	Comment("What is nearer is drawn; what is as near, and what is not surely inside, is left.")
	decided := K()
	KANDNW(within, same, decided)
	KMOVW(decided, t)
	ANDNL(asked, t, asked)
	MOVW(asked.As16(), Mem{Base: fix, Disp: 2})
	KORTESTW(nearer, nearer)
	JZ(LabelRef("nearestNext"))
	idV, now := ZMM(), load(nearness)
	VPBROADCASTD(id.As32(), idV)
	VMOVDQU32(idV, nearer, Mem{Base: ids})
	VMOVAPS(plane(setupNear), nearer, now)
	VMOVUPS(now, nearness)
	VMOVSS(least(now), Mem{Base: to, Index: block, Scale: 4, Disp: canvasLow})
	Label("nearestNext")
	ADDQ(U8(8), fix)
	DECQ(n)
	JNZ(LabelRef("nearestFix"))
	VZEROUPPER()
	RET()
}
