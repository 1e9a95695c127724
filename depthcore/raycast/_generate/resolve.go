package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// resolveStart begins a kernel that measures a row of blocks, by a pinhole's
// columns and rows or by rays. xs are its columns, or its rays; the first block
// is in a column of its cell.
func resolveStart(path string, rays bool) (ids, records, xs, out, stride, left, column reg.GPVirtual) {
	rest := []string{"stride is in bytes, columns counts blocks."}
	if rays {
		TEXT("resolveRays"+path, NOSPLIT, "func(ids, records, rays *byte, out *byte, stride int, columns, first int)")
		rest = append(rest, "The first is in that column of its cell.")
	} else {
		TEXT("resolve"+path, NOSPLIT, "func(ids, records, xs, ys *byte, out *byte, stride int, columns int, ortho bool)")
	}
	what := map[bool]string{false: "resolve", true: "resolveRays"}[rays]
	Doc(append([]string{what + path + " measures the pixels of a row of blocks."}, rest...)...)
	load := func(name string) reg.GPVirtual { r := GP64(); Load(Param(name), r); return r }
	ids, records = load("ids"), load("records")
	if rays {
		xs, column = load("rays"), load("first")
	} else {
		xs, column = load("xs"), GP64()
		XORL(column.As32(), column.As32())
	}
	return ids, records, xs, load("out"), load("stride"), load("columns"), column
}

// whereOrtho calls with what a kernel of pinholes does for orthographic cameras.
func whereOrtho(rays bool, perspective string, ortho func()) {
	if rays {
		return
	}
	CMPB(mustAddr("ortho"), U8(0))
	JE(LabelRef(perspective))
	ortho()
	Label(perspective)
}

func resolve(rays bool) {
	ids, records, xs, out, stride, left, column := resolveStart("AVX512", rays)
	step := U32(32)
	var x, y [2]vec
	if rays {
		step = 256
	} else {
		ys := Mem{Base: Load(Param("ys"), GP64())}
		odd, t := K(), GP32()
		MOVL(U32(0xf0), t)
		KMOVW(t, odd)
		y = [2]vec{allD(ys), allD(ys.Offset(16))}
		VBROADCASTSD(ys.Offset(8), odd, y[0])
		VBROADCASTSD(ys.Offset(24), odd, y[1])
	}

	below := GP64() // four rows
	MOVQ(stride, below)
	SHLQ(U8(2), below)
	ADDQ(out, below)

	Label("resolveBlock")
	Comment("Ask for the lines that the next row of blocks goes to, in turn.")
	PREFETCHT0(Mem{Base: below})
	ADDQ(stride, below)
	block := load(Mem{Base: ids})
	if rays {
		for h := range x {
			x[h], y[h] = load(Mem{Base: xs, Disp: rayX + 64*h}), load(Mem{Base: xs, Disp: rayY + 64*h})
		}
	} else {
		x[0] = ZMM()
		VBROADCASTF64X4(Mem{Base: xs}, x[0])
		x[1] = x[0]
	}
	resolveOne(rays, ids, records, out, stride, block, x, y)
	Label("resolveSurfaces")
	var den, num, near, far [2]vec
	Comment("Any block: the record of each pixel, transposed.")
	for h := range den {
		column := recordsOf(ids, records, h)
		d := addD(mulD(x[h], column[0]), mulD(y[h], column[1]))
		den[h], num[h], near[h], far[h] = addD(d, column[2]), column[3], column[4], column[5]
	}

	Comment("One division each.")
	whereOrtho(rays, "resolvePerspective", func() {
		for h := range den {
			d := copyOf(den[h])
			VMOVAPD(num[h], den[h])
			VMOVAPD(d, num[h])
		}
	})
	row := GP64()
	MOVQ(out, row)
	storeQuotients(num, den, near, far, row, stride)
	Label("resolveNext")
	nextBlock("resolveBlock", ids, xs, step, out, stride, column, below, left)
	VZEROUPPER()
	RET()
}

// recordsOf returns the records of 8 pixels of a block, the first or second half of
// it, transposed: the fields that Z is measured by.
func recordsOf(ids, records reg.Register, h int) (column [6]vec) {
	var row [8]vec
	for i := range row {
		r := GP64()
		MOVL(Mem{Base: ids, Disp: 32*h + 4*i}, r.As32())
		SHLQ(U8(6), r)
		row[i] = ZMM()
		VMOVUPD(Mem{Base: records, Index: r, Scale: 1}, row[i])
	}
	pair := pairs(row) // even columns, and odd ones, of two rows each
	for odd, t := range pair {
		even, rest := [2]vec{shuffle(0x88, t[0], t[1]), shuffle(0x88, t[2], t[3])}, [2]vec{shuffle(0xdd, t[0], t[1]), shuffle(0xdd, t[2], t[3])}
		column[odd] = shuffle(0x88, even[0], even[1])
		column[4+odd] = shuffle(0xdd, even[0], even[1])
		column[2+odd] = shuffle(0x88, rest[0], rest[1])
	}
	return column
}

// nextBlock moves on to the next block of a row of the tile, and jumps to a label
// while some are left.
func nextBlock(label string, ids, xs reg.Register, step Constant, out, stride, column, below, left reg.Register) {
	Comment("The next block is in the same row of its cell, or 12 farther.")
	ADDQ(U8(64), ids)
	ADDQ(step, xs)
	ADDQ(U8(16), out)
	INCQ(column)
	next := GP64()
	LEAQ(Mem{Base: ids, Disp: 12 * 64}, next)
	TESTQ(U32(3), column)
	CMOVQEQ(next, ids)
	LEAQ(Mem{Base: out, Index: stride, Scale: 4}, next)
	CMOVQEQ(next, below)
	DECQ(left)
	JNZ(LabelRef(label))
}

// storeQuotients divides a block's num by den, within near and far, and stores its
// four rows. It moves row by two of them.
func storeQuotients(num, den, near, far [2]vec, row, stride reg.Register) {
	for h := range den {
		z := ZMM()
		VDIVPD(den[h], num[h], z)
		VMAXPD(near[h], z, z)
		VMINPD(far[h], z, z)
		f, g := YMM(), XMM()
		VCVTPD2PS(z, f)
		VMOVUPS(f.AsX(), Mem{Base: row})
		VEXTRACTF128(U8(1), f, g)
		VMOVUPS(g, Mem{Base: row, Index: stride, Scale: 1})
		if h == 0 {
			LEAQ(Mem{Base: row, Index: stride, Scale: 2}, row)
		}
	}
}

// resolveOne resolves a block of one surface seen by a perspective camera, and
// jumps to resolveNext; what it is not certain about it leaves to what follows.
//
// num / den is approached by num r (1 + e + e^2), where r is about 1 / den and
// e = 1 - den r less than 2^-14, so that it is right within 2^-41. To float32
// it rounds as the true quotient does, unless it is close to the middle between
// two of them. Near and far may be rounded before they bound it, since rounding
// is monotonic; what exceeds far may be of any precision. That other, far and
// what it comes to are not extreme keeps all in between from underflow, and
// overflow gives what is not a number.
func resolveOne(rays bool, ids, records, out, stride reg.Register, block vec, x, y [2]vec) {
	Comment("A block of one surface.")
	if !rays {
		CMPB(mustAddr("ortho"), U8(0))
		JNE(LabelRef("resolveSurfaces"))
	}
	r := GP64()
	MOVL(Mem{Base: ids}, r.As32())
	id, k := ZMM(), K()
	VPBROADCASTD(r.As32(), id)
	VPCMPD(U8(0), block, id, k)
	KORTESTW(k, k)
	JCC(LabelRef("resolveSurfaces"))
	SHLQ(U8(6), r)
	JZ(LabelRef("resolveNothing"))
	ADDQ(records, r)
	at := func(disp int) Mem { return Mem{Base: r, Disp: disp} }
	t := GP32()
	MOVL(at(recordOther+4), t)
	ADDL(t, t) // no sign
	SUBL(U32(2*highWord(-60)), t)
	CMPL(t, U32(2*(highWord(60)-highWord(-60))))
	JHI(LabelRef("resolveSurfaces"))
	CMPL(at(recordFar+4), U32(highWord(60)))
	JGT(LabelRef("resolveSurfaces"))

	b, c, num := allD(at(8)), allD(at(16)), allD(at(recordOther))
	var px [2]vec
	for h := range px {
		if px[h] = px[0]; h == 0 || rays {
			px[h] = ZMM()
			VMULPD_BCST(at(0), x[h], px[h])
		}
	}
	unit, shift, window := allD(one64), allD(bits64("tieShift", 1<<64-1<<28+1<<12)), allD(bits64("tieWindow", 1<<29-1<<13))
	var tie [2]reg.OpmaskVirtual
	var z [2]vec
	for h := range z {
		z[h] = addD(addD(px[h], mulD(y[h], b)), c)
		tie[h] = quotient(num, z[h], unit, shift, window)
	}
	KORTESTB(tie[0], tie[1])
	JNZ(LabelRef("resolveSurfaces"))
	whole := inFloat32(z)
	bad := K()
	VCMPPS(U8(notGE), all(bits("f2m60", 0x21800000)), whole, bad)
	KORTESTW(bad, bad)
	JNZ(LabelRef("resolveSurfaces"))
	nearX, farX := XMM(), XMM()
	VCVTSD2SS(at(recordNear), num.AsX(), nearX)
	VCVTSD2SS(at(recordFar), num.AsX(), farX)
	near, far := ZMM(), ZMM()
	VBROADCASTSS(nearX, near)
	VBROADCASTSS(farX, far)
	VMAXPS(near, whole, whole)
	VMINPS(far, whole, whole)
	storeRows(whole, out, stride)
	JMP(LabelRef("resolveNext"))

	Label("resolveNothing")
	storeRows(all(bits("infinite", 0x7f800000)), out, stride)
	JMP(LabelRef("resolveNext"))
}

// quotient makes z, the denominators of 8 numbers, num / z, or 1 / z where that is
// nil, as resolveOne says. It returns which are, moved by shift, in the window
// around the middle between two float32 numbers.
func quotient(num, z, unit, shift, window vec) (tie reg.OpmaskVirtual) {
	q, t, tie := ZMM(), ZMM(), K()
	VRCP14PD(z, q)
	VFNMADD213PD(unit, q, z) // e
	if num != nil {
		VMULPD(num, q, q)
	}
	VFMADD213PD(z, z, z) // e + e^2
	VFMADD213PD(q, q, z)
	VPADDQ(shift, z, t)
	VPTESTNMQ(window, t, tie)
	return tie
}

// inFloat32 rounds 16 numbers to the nearest float32.
func inFloat32(z [2]vec) vec {
	low, high, whole := YMM(), YMM(), ZMM()
	VCVTPD2PS(z[0], low)
	VCVTPD2PS(z[1], high)
	VINSERTF32X8(U8(1), high, low.AsZ(), whole)
	return whole
}

// highWord is the upper half of 2^exponent.
func highWord(exponent int) uint32 { return uint32(exponent+1023) << 20 }

// storeRows stores a block's four rows.
func storeRows(v vec, out, stride reg.Register) {
	row := GP64()
	LEAQ(Mem{Base: out, Index: stride, Scale: 2}, row)
	VMOVUPS(v.AsX(), Mem{Base: out})
	VEXTRACTF32X4(U8(1), v, Mem{Base: out, Index: stride, Scale: 1})
	VEXTRACTF32X4(U8(2), v, Mem{Base: row})
	VEXTRACTF32X4(U8(3), v, Mem{Base: row, Index: stride, Scale: 1})
}
