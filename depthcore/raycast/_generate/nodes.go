package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// children writes the test of a node: the rectangles of pixels that its children
// may cover, how near they are at most, and which of them may be seen. An
// orthographic camera is a perspective one whose W is 1, but for nearness.
func children(l, n Mem) (near, rect vec, k reg.OpmaskVirtual) {
	mask := all(absMask)
	u, v, w := l.Offset(lensU), l.Offset(lensV), l.Offset(lensW)
	h := [3]vec{load(n.Offset(192)), load(n.Offset(256)), load(n.Offset(320))}
	c := [3]vec{load(n), load(n.Offset(64)), load(n.Offset(128))}

	Comment("Lanes that hold a child: 0 is the root.")
	child := load(n.Offset(nodeChild))
	k = K()
	VPTESTMD(child, child, k)

	Comment("Depth.")
	z := dot(w, c[0], c[1], c[2])
	hz := all(l.Offset(lensErrW))
	for a := range h {
		VFMADD231PS(h[a], vabs(all(w.Offset(4*a)), mask), hz)
	}
	far := add(z, hz)
	zero := ZMM()
	VPXORD(zero, zero, zero)
	k = cmp(gt, far, zero, k)
	front := sub(z, hz)
	frontal := cmp(gt, front, mul(z, all(quarter)), k)

	Comment("The rectangle of pixels.")
	unit := all(one)
	inv, invFront := div(unit, z), div(unit, front)
	near = mul(invFront, all(almostOne))
	side := func(r Mem, err int, last int) (lo, hi, center, lastV vec) {
		center = dot(r, c[0], c[1], c[2])
		p := mul(center, inv)
		e := all(l.Offset(err))
		VFMADD231PS(vabs(p, mask), all(l.Offset(lensErrW)), e)
		for a := range h {
			t := all(r.Offset(4 * a))
			VFNMADD231PS_BCST(w.Offset(4*a), p, t)
			VPANDD(mask, t, t)
			VFMADD231PS(t, h[a], e)
		}
		spread := all(l.Offset(lensPad))
		VFMADD231PS(e, invFront, spread)
		lastV = all(l.Offset(last))
		return vmax(sub(p, spread), zero), vmin(add(p, spread), lastV), center, lastV
	}
	x0, x1, cu, lastX := side(u, lensErrU, lensLastX)
	y0, y1, cv, lastY := side(v, lensErrV, lensLastY)

	Comment("Boxes that reach to the camera's plane: are they beside the tile?")
	KORTESTW(frontal, k)
	crossing := K()
	KANDNW(k, frontal, crossing)
	KORTESTW(crossing, crossing)
	JZ(LabelRef("nodeFrontal"))
	{
		VBROADCASTSS(maxFloat, crossing, near)
		VMOVAPS(zero, crossing, x0)
		VMOVAPS(zero, crossing, y0)
		VMOVAPS(lastX, crossing, x1)
		VMOVAPS(lastY, crossing, y1)
		beside := func(r Mem, center, last vec, err int) {
			e := add(all(l.Offset(err)), all(l.Offset(lensErrW)))
			lo := add(center, z)
			VADDPS(e, lo, lo)
			VADDPS(e, lo, lo)
			for a := range h {
				VFMADD231PS(vabs(add(all(r.Offset(4*a)), all(w.Offset(4*a))), mask), h[a], lo)
			}
			next := add(last, unit)
			e2 := all(l.Offset(err))
			VFMADD231PS(all(l.Offset(lensErrW)), next, e2)
			hi := copyOf(center)
			VFNMADD231PS(z, next, hi)
			VSUBPS(e2, hi, hi)
			VSUBPS(e2, hi, hi)
			for a := range h {
				t := all(r.Offset(4 * a))
				VFNMADD231PS_BCST(w.Offset(4*a), next, t)
				VPANDD(mask, t, t)
				VFNMADD231PS(t, h[a], hi)
			}
			a, b := cmp(lt, lo, zero, crossing), cmp(gt, hi, zero, crossing)
			KANDNW(k, a, k)
			KANDNW(k, b, k)
		}
		beside(u, cu, lastX, lensErrU)
		beside(v, cv, lastY, lensErrV)
	}
	Label("nodeFrontal")
	whereOrthographic(l, "nodePerspective", func() {
		depth, r := dot(l.Offset(lensZ), c[0], c[1], c[2]), all(l.Offset(lensErrZ))
		for a := range h {
			VFMADD231PS(h[a], vabs(all(l.Offset(lensZ+4*a)), mask), r)
		}
		VSUBPS(depth, r, near)
		ahead := cmp(gt, add(depth, r), zero, k)
		KMOVW(ahead, k)
	})
	rect, k = rectOf(x0, y0, x1, y1, k)
	return near, rect, k
}

// whereOrthographic skips body for a perspective camera.
func whereOrthographic(l Mem, label string, body func()) {
	CMPB(l.Offset(lensOrtho), U8(0))
	JE(LabelRef(label))
	body()
	Label(label)
}
