package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// load4F loads four float32.
func load4F(m Mem) vec { r := XMM(); VMOVUPS(m, r); return r }

func resolveAVX2(rays bool) {
	ids, records, xs, out, stride, left, column := resolveStart("AVX2", rays)
	step := U32(256)
	// Of the pixels of a row of the block.
	x := func(r int) Op { return Mem{Base: xs, Disp: rayX + 32*r} }
	y := func(r int) Op { return Mem{Base: xs, Disp: rayY + 32*r} }
	if !rays {
		ys := Mem{Base: Load(Param("ys"), GP64())}
		step = 32
		x = func(int) Op { return Mem{Base: xs} }
		y = func(r int) Op { return all4(ys.Offset(8 * r)) }
	}
	below := GP64() // four rows
	LEAQ(Mem{Base: out, Index: stride, Scale: 4}, below)

	Label("resolve2Block")
	Comment("Ask for the lines that the next row of blocks goes to, in turn.")
	PREFETCHT0(Mem{Base: below})
	ADDQ(stride, below)
	resolveOneAVX2(rays, ids, records, out, stride, x, y)
	Label("resolve2Surfaces")
	Comment("Any block: the record of each pixel, transposed.")
	row := GP64()
	MOVQ(out, row)
	for r := 0; r < 4; r++ {
		var pairs [3][2]vec // of pixels 0 and 2, 1 and 3: a and b, c and other, near and far
		for i := 0; i < 4; i++ {
			at := GP64()
			MOVL(Mem{Base: ids, Disp: 16*r + 4*i}, at.As32())
			SHLQ(U8(3), at)
			for k := range pairs {
				from := Mem{Base: records, Index: at, Scale: 8, Disp: 16 * k}
				if i < 2 {
					pairs[k][i] = YMM()
					VBROADCASTF128(from, pairs[k][i])
				} else {
					VINSERTF128(U8(1), from, pairs[k][i-2], pairs[k][i-2])
				}
			}
		}
		var columns [6]vec
		for k, p := range pairs {
			columns[2*k], columns[2*k+1] = YMM(), YMM()
			VUNPCKLPD(p[1], p[0], columns[2*k])
			VUNPCKHPD(p[1], p[0], columns[2*k+1])
		}
		z := mul4(columns[0], x(r))
		z = add4(z, mul4(columns[1], y(r)))
		z = add4(z, columns[2])
		num, near, far, f := columns[3], columns[4], columns[5], XMM()
		divided := fmt.Sprint("resolve2Divided", r)
		whereOrtho(rays, fmt.Sprint("resolve2Perspective", r), func() {
			VDIVPD(num, z, z)
			JMP(LabelRef(divided))
		})
		VDIVPD(z, num, z)
		Label(divided)
		VMAXPD(near, z, z)
		VMINPD(far, z, z)
		VCVTPD2PSY(z, f)
		VMOVUPS(f, Mem{Base: row})
		if r < 3 {
			ADDQ(stride, row)
		}
	}
	Label("resolve2Next")
	nextBlock("resolve2Block", ids, xs, step, out, stride, column, below, left)
	VZEROUPPER()
	RET()
}

// resolveOneAVX2 resolves a block of one surface seen by a perspective camera,
// and jumps to resolve2Next; what it is not certain about it leaves to what
// follows.
//
// The four rows share one division: with p the product of their denominators,
// num / d0 is num / p times the other three. That is right within 2^-49, so that
// to float32 it rounds as the true quotient does, unless it is close to the
// middle between two of them. Near and far may be rounded before they bound it,
// since rounding is monotonic. Where other and all that it comes to are neither
// extreme nor less than 0, nothing in between has left the range of float64:
// the product of four such quotients would have to be extreme as well.
func resolveOneAVX2(rays bool, ids, records, out, stride reg.Register, x, y func(row int) Op) {
	Comment("A block of one surface.")
	if !rays {
		CMPB(mustAddr("ortho"), U8(0))
		JNE(LabelRef("resolve2Surfaces"))
	}
	r, t := GP64(), GP32()
	{
		id, same, other := YMM(), YMM(), YMM()
		VPBROADCASTD(Mem{Base: ids}, id)
		VPCMPEQD(Mem{Base: ids}, id, same)
		VPCMPEQD(Mem{Base: ids, Disp: 32}, id, other)
		VPAND(other, same, same)
		VMOVMSKPS(same, t)
	}
	CMPL(t, U32(0xff))
	JNE(LabelRef("resolve2Surfaces"))
	MOVL(Mem{Base: ids}, r.As32())
	SHLQ(U8(6), r)
	JZ(LabelRef("resolve2Nothing"))
	ADDQ(records, r)
	at := func(disp int) Mem { return Mem{Base: r, Disp: disp} }
	MOVL(at(recordOther+4), t)
	ADDL(t, t) // no sign
	SUBL(U32(2*highWord(-60)), t)
	CMPL(t, U32(2*(highWord(60)-highWord(-60))))
	JHI(LabelRef("resolve2Surfaces"))

	var den, z [4]vec
	px, b, c := mul4(all4(at(0)), x(0)), all4(at(8)), all4(at(16))
	for r := range den {
		if rays && r > 0 {
			px = mul4(all4(at(0)), x(r))
		}
		den[r] = add4(add4(px, mul4(b, y(r))), c)
	}
	upper, lower := mul4(den[0], den[1]), mul4(den[2], den[3])
	q := YMM()
	VDIVPD(mul4(upper, lower), all4(at(recordOther)), q)
	VMULPD(q, lower, lower)
	VMULPD(q, upper, upper)
	for r := range z {
		z[r] = mul4([]vec{lower, upper}[r/2], den[r^1])
	}

	var half [2]vec // two rows, as float32
	var middle [2]vec
	for h := range half {
		half[h], middle[h] = z[2*h], YMM()
		VSHUFPS(U8(0x88), z[2*h+1], z[2*h], middle[h]) // the bits that rounding drops
		VPSLLD(U8(3), middle[h], middle[h])
		VPABSD(middle[h], middle[h]) // 2^31 in the middle
		for _, v := range z[2*h : 2*h+2] {
			VCVTPD2PSY(v, v.AsX())
		}
		VINSERTF128(U8(1), z[2*h+1].AsX(), half[h], half[h])
	}
	open, least, most := YMM(), YMM(), YMM()
	VPMAXUD(middle[0], middle[1], open)
	VPADDD(bits8("tieWindow2", 1<<11), open, open)
	VPMINSD(half[0], half[1], least)
	VPMAXSD(half[0], half[1], most)
	VPCMPGTD(least, load8(bits8("f2m60", 0x21800000)), least)
	VPCMPGTD(bits8("f2p60", 0x5d800000), most, most)
	VPOR(least, most, most)
	VPOR(most, open, open)
	VMOVMSKPS(open, t)
	TESTL(t, t)
	JNZ(LabelRef("resolve2Surfaces"))
	nearX, farX := XMM(), XMM()
	VCVTSD2SS(at(recordNear), c.AsX(), nearX)
	VCVTSD2SS(at(recordFar), c.AsX(), farX)
	near, far := YMM(), YMM()
	VBROADCASTSS(nearX, near)
	VBROADCASTSS(farX, far)
	for h := range half {
		VMAXPS(near, half[h], half[h])
		VMINPS(far, half[h], half[h])
	}
	storeRows8(half, out, stride)
	JMP(LabelRef("resolve2Next"))

	Label("resolve2Nothing")
	infinite := load8(bits8("infinite", 0x7f800000))
	storeRows8([2]vec{infinite, infinite}, out, stride)
	JMP(LabelRef("resolve2Next"))
}

// storeRows8 stores a block's four rows.
func storeRows8(half [2]vec, out, stride reg.Register) {
	row := GP64()
	LEAQ(Mem{Base: out, Index: stride, Scale: 2}, row)
	for h, to := range []reg.Register{out, row} {
		VMOVUPS(half[h].AsX(), Mem{Base: to})
		VEXTRACTF128(U8(1), half[h], Mem{Base: to, Index: stride, Scale: 1})
	}
}
