package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const mediumRoom = listedRoom + 4*16*64

// rasterMedium draws the triangles of lanes whose rectangle is of up to
// listedSide blocks each way, and leaves the others in lanes. First it lists the
// blocks that they touch, then those of them that are not hidden, and goes through
// that list without a jump that depends on what is there.
func rasterMedium(room *locals, c Mem, st reg.Register, lanes reg.GPVirtual, blur vec, zone func(vec) (behind, before vec)) {
	steps := room.alloc(4 * 16 * 64) // by lane, what the pixels of a block differ by
	t := list("medium", room, st, lanes, nil, "rasterNext")
	signs := all(bits("signMask", 0x80000000))
	base := GP64()
	MOVQ(c.Offset(canvasNearness), base)
	left, cells, some := t.seen("medium", base, blur)
	TESTQ(left, left)
	JZ(LabelRef("rasterMediumDone"))
	markStale(c, cells)

	Comment("Their records, and the steps of their pixels.")
	{
		g, m := anyOf(some), K()
		KMOVW(g, m)
		todo := GP32()
		MOVL(g, todo)
		enterSome(c, st, m, g)
		columns, rows := load(columns()), load(rows())
		Label("mediumSteps")
		lane, to := GP64(), GP64()
		TZCNTL(todo, lane.As32())
		BLSRL(todo, todo)
		own := GP64()
		LEAQ(Mem{Base: st, Index: lane, Scale: 4}, own)
		for f, at := range listedPlanes {
			var v vec
			if f < 3 {
				v = all(indexed(t.back[f], lane))
				VFMADD231PS_BCST(Mem{Base: own, Disp: at}, columns, v)
			} else {
				v = ZMM()
				VMULPS_BCST(Mem{Base: own, Disp: at}, columns, v)
			}
			VFMADD231PS_BCST(Mem{Base: own, Disp: at + 64}, rows, v)
			if f == 0 {
				MOVQ(lane, to)
				SHLQ(U8(8), to)
			}
			m := steps.Offset(64 * f)
			m.Index, m.Scale = to, 1
			VMOVUPS(v, m)
		}
		TESTL(todo, todo)
		JNZ(LabelRef("mediumSteps"))
	}

	Comment("Draw them.")
	i := GP64()
	XORL(i.As32(), i.As32())
	Label("mediumBlock")
	place, block, lane, own, p := fromList(t.places, i, st, base)
	step := GP64()
	MOVQ(lane, step)
	SHLQ(U8(8), step)
	plane := func(f int) vec {
		v := ZMM()
		by := steps.Offset(64 * f)
		by.Index, by.Scale = step, 1
		VADDPS(by, all(indexed(t.dense[f], place)), v)
		return v
	}
	of := func(disp int) Mem { return Mem{Base: own, Disp: disp} }
	inside := []vec{vmin(vmin(plane(0), plane(1)), plane(2))}
	minus := ZMM()
	VPXORD_BCST(of(setupMargin), signs, minus)
	_, ask, update := drawBlock(p, inside, plane(3), all(of(setupSure)), minus, zone, all(of(setupID)))
	KTESTW(ask, update)
	JCS(LabelRef("mediumSure"))
	enterFix(c, ask, update, lane, block)
	Label("mediumSure")
	INCQ(i)
	CMPQ(i, left)
	JB(LabelRef("mediumBlock"))
	Label("rasterMediumDone")
}
