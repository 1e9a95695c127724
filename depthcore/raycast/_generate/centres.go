package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// What VRANGEPS and VRANGEPD take the smaller, or the larger, of two absolute
// values by.
const smallest, largest = 10, 11

// narrow is triangles whose rectangle is of one or two rows, or columns. Where
// they are narrower than high they are turned: columns and rows are swapped.
type narrow struct {
	asked, tiny reg.OpmaskVirtual // all of them, and those of up to 2x2 pixels
	turned      reg.OpmaskVirtual
	first       [2]vec // of the rectangle, columns and rows
	long        vec    // the last column, from the first on
	two         vec    // what has a second row is more than 0 there
	far, slack  vec    // see missCentres
}

func narrowOf(first, last, extent [2]vec, slack, off vec, front, k reg.OpmaskVirtual) (n narrow) {
	n.turned = cmp(lt, extent[0], extent[1], nil)
	var size [2]vec
	for axis := range size {
		size[axis] = ZMM()
		VPSUBD(first[axis], last[axis], size[axis])
	}
	swap := func(v [2]vec) [2]vec {
		a, b := copyOf(v[0]), copyOf(v[1])
		VMOVAPS(v[1], n.turned, a)
		VMOVAPS(v[0], n.turned, b)
		return [2]vec{a, b}
	}
	size = swap(size)
	n.two = size[1]
	n.asked, n.tiny = K(), K()
	KANDW(front, k, n.asked)
	oneI := all(bits("oneInt", 1))
	VPCMPD(U8(2), oneI, size[1], n.asked, n.asked)
	VPCMPD(U8(2), oneI, size[0], n.asked, n.tiny)
	n.long = ZMM()
	VCVTDQ2PS(size[0], n.long)
	n.first = swap(first)
	for axis := range n.first {
		VCVTDQ2PS(n.first[axis], n.first[axis])
	}
	n.far = add(add(vmax(extent[0], extent[1]), slack), off)
	VADDPS_BCST(one, n.far, n.far)
	n.slack = add(off, all(bits("f2m14", 0x38800000)))
	VFMADD231PS(all(bits("f2m21", 0x35000000)), n.far, n.slack)
	VMULPS(n.far, n.slack, n.slack)
	VMULPS(all(bits("f32", 0x42000000)), n.slack, n.slack)
	return n
}

// missCentres drops narrow triangles from k that hold no pixel's centre: what a
// triangle has of a row of centres lies between two of its edges, an integer
// there or none. It returns the least of what has been seen, row by row, at
// those of four centres that a tiny one may hold, and all four of others.
//
// Let M be one more than the triangle's extent and twice off, so that no
// coordinate exceeds it from the first pixel on, and d what coordinates are off
// by: rounding is 2^-21 of them, so that d is at most off + 2^-14 + M 2^-21, for
// the first pixel is one of 128. Then an edge function, the sum of two products
// of differences of up to 2 M, errs by less than 20 M d and rounding by less than
// M^2 2^-18, together less than 32 M d. Where it crosses the row is rounded to
// 2^-13 of M, if it does so within it.
func (n *narrow) missCentres(label string, pixel [2][3]vec, seen [4]vec, k reg.OpmaskVirtual) (least vec) {
	Comment("Narrow triangles: do they hold a centre?")
	least = vmin(vmin(seen[0], seen[1]), vmin(seen[2], seen[3]))
	KORTESTW(n.asked, n.asked)
	JZ(LabelRef(label + "NoneNarrow"))
	var x, y, a, b [3]vec
	for i := range x {
		x[i], y[i] = copyOf(pixel[0][i]), copyOf(pixel[1][i])
		VMOVAPS(pixel[1][i], n.turned, x[i])
		VMOVAPS(pixel[0][i], n.turned, y[i])
	}
	for i := range a {
		a[i], b[i] = sub(x[(i+1)%3], x[i]), sub(y[(i+1)%3], y[i])
	}
	area := mul(a[0], b[1])
	VFNMADD231PS(b[0], a[1], area)
	asked := cmp(le, n.far, all(bits("f128", 0x43000000)), n.asked)
	asked = cmp(gt, vabs(area, all(absMask)), n.slack, asked) // others are too thin to tell
	tiny := K()
	KANDW(asked, n.tiny, tiny)
	sign := ZMM()
	VPANDD(all(bits("signMask", 0x80000000)), area, sign)
	second := K()
	VPTESTMD(n.two, n.two, second)
	var lo, hi [2]vec // what the triangle has of a row
	for row := range lo {
		lo[row], hi[row] = zeros(), copyOf(n.long)
	}
	for i := range a {
		// An edge function is c - b x + a y, inside is positive.
		VPXORD(sign, a[i], a[i])
		VPXORD(sign, b[i], b[i])
		c := copyOf(n.slack)
		VFMADD231PS(b[i], sub(x[i], n.first[0]), c)
		VFNMADD231PS(a[i], sub(y[i], n.first[1]), c)
		inv := ZMM()
		VRCP14PS(b[i], inv)
		left, right := K(), K()
		VPMOVD2M(b[i], left)
		KNOTW(left, right)
		for row := range lo {
			if row == 1 {
				VADDPS(a[i], c, c)
			}
			t := mul(c, inv)
			// Where t is not a number, the other is taken.
			VMAXPS(lo[row], t, left, lo[row])
			VMINPS(hi[row], t, right, hi[row])
		}
	}
	beside := mul(n.far, all(bits("f2m12", 0x39800000)))
	zero, held := zeros(), all(bits("infinite", 0x7f800000))
	for row := range lo {
		VSUBPS(beside, lo[row], lo[row])
		VADDPS(beside, hi[row], hi[row])
		VRNDSCALEPS(U8(9), hi[row], hi[row]) // down
		may := K()
		if row == 0 {
			VCMPPS(U8(le), hi[row], lo[row], may)
		} else {
			VCMPPS(U8(le), hi[row], lo[row], second, may)
		}
		KANDNW(asked, may, asked)
		KANDW(tiny, may, may)
		m := cmp(le, lo[row], zero, may)
		VMINPS(seen[2*row], held, m, held)
		m = K()
		VCMPPS_BCST(U8(ge), one, hi[row], may, m)
		VMINPS(seen[2*row+1], held, m, held)
	}
	KANDNW(k, asked, k)
	VMOVAPS(held, tiny, least)
	Label(label + "NoneNarrow")
	return least
}
