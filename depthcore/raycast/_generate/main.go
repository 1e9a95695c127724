// Command generate writes the vector instructions of package raycast: run
// "go generate" there. Each kernel does what the function of the same name in
// kernel.go says, conservatively: here 16 lanes at a time, in avx2.go 8.
package main

import (
	"fmt"
	"math"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Comparisons, as VCMPPS counts them: ordered, without exceptions.
const (
	lt = 17
	le = 18
	ge = 29

	notGE   = 25 // or not a number
	notGT   = 26
	gt      = 30
	ordered = 7 // both are numbers
)

// Offsets in the structs of package raycast and bvh; TestLayout checks them.
const (
	lensU, lensV, lensW              = 0, 16, 32
	lensErrU, lensErrV, lensErrW     = 64, 68, 72
	lensZ, lensErrZ, lensOrtho       = 48, 76, 88
	lensLastX, lensLastY, lensPad    = 80, 84, 92
	nodeChild, nodeCount             = 384, 448
	foundRef, foundNear, foundRect   = 0, 64, 128
	foundRank, foundN                = 192, 256
	patchCorner, patchCount          = 192, 240
	batchP, batchSlot, batchRect     = 0, 9 * 192, 10 * 192
	batchN                           = 11 * 192
	setupEdge, setupNear, setupPlane = 0, 576, 768
	setupSlot, setupRect, setupID    = 1536, 1600, 1664
	setupMargin, setupSure           = 1728, 1792
	canvasNearness, canvasIDs        = 0, 64 * blocks // the ids follow the nearness
	canvasLow                        = 128 * blocks   // and the blocks' lows those
	canvasRecords, canvasFixes       = 16, 24
	canvasNRecords, canvasNFixes     = 32, 40
	canvasBlur, canvasInstance       = 48, 52
	canvasStale                      = 56
	recordSize                       = 64
	recordOther                      = 24
	recordNear, recordFar            = 32, 40
	frontM, frontSX, frontSY         = 0, 96, 104
	frontX, frontY, frontReach       = 112, 120, 128
	logCellsX                        = 3 // cells of 16 blocks, in rows
	blocks                           = 512
)

var constants = map[uint32]Mem{}

// bits is the address of a 32-bit constant.
func bits(name string, v uint32) Mem {
	if m, ok := constants[v]; ok {
		return m
	}
	m := GLOBL(name, RODATA|NOPTR)
	DATA(0, U32(v))
	constants[v] = m
	return m
}

var constants64 = map[uint64]Mem{}

func bits64(name string, v uint64) Mem {
	if m, ok := constants64[v]; ok {
		return m
	}
	m := GLOBL(name, RODATA|NOPTR)
	DATA(0, U64(v))
	constants64[v] = m
	return m
}

var (
	absMask, one, quarter, almostOne, maxFloat Mem
	abs64, sign64, one64                       Mem
)

func main() {
	absMask = bits("absMask", 0x7fffffff)
	one = bits("one", 0x3f800000)
	quarter = bits("quarter", 0x3e800000)
	almostOne = bits("almostOne", 0x3f800008) // 1 + 2^-20
	maxFloat = bits("maxFloat", 0x7f7fffff)
	abs64 = bits64("abs64", 0x7fffffffffffffff)
	sign64 = bits64("sign64", 0x8000000000000000)
	one64 = bits64("one64", 0x3ff0000000000000)
	nodeTest()
	leafTest(false)
	leafTest(true)
	setUp(true)
	setUp(false)
	raster(false)
	raster(true)
	resolve()
	hiddenAVX512()
	prefetch("prefetchNode", 8)
	prefetch("prefetchLeaf", 9)
	prefetch("prefetchPatch", 4)
	rasterSamples()
	rasterSamplesAVX2()
	resolveSamples()

	nodeTestAVX2()
	leafTestAVX2(false)
	leafTestAVX2(true)
	setUpAVX2(true)
	setUpAVX2(false)
	rasterAVX2()
	resolveAVX2()
	hiddenAVX2()
	Generate()
}

type vec = reg.VecVirtual

func all(m Mem) vec       { r := ZMM(); VBROADCASTSS(m, r); return r }
func load(m Mem) vec      { r := ZMM(); VMOVUPS(m, r); return r }
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
	k = cmp(le, x0, x1, k)
	k = cmp(le, y0, y1, k)
	i := [4]vec{ZMM(), ZMM(), ZMM(), ZMM()}
	VCVTPS2DQ_RU_SAE(x0, i[0])
	VCVTPS2DQ_RU_SAE(y0, i[1])
	VCVTTPS2DQ(x1, i[2])
	VCVTTPS2DQ(y1, i[3])
	k2, k3 := K(), K()
	VPCMPD(U8(2), i[2], i[0], k, k2)
	VPCMPD(U8(2), i[3], i[1], k2, k3)
	VPSLLD(U8(8), i[1], i[1])
	VPSLLD(U8(16), i[2], i[2])
	VPSLLD(U8(24), i[3], i[3])
	VPORD(i[1], i[0], i[0])
	VPORD(i[3], i[2], i[2])
	VPORD(i[2], i[0], i[0])
	return i[0], k3
}

// compress stores the lanes of k side by side; what follows them is garbage.
func compress(v vec, k reg.Register, to Mem) {
	c := ZMM()
	VPCOMPRESSD_Z(v, k, c)
	VMOVUPS(c, to)
}

func nodeTest() {
	TEXT("nodeTestAVX512", NOSPLIT, "func(l, n, out *byte)")
	Doc("nodeTestAVX512 is nodeTest. An orthographic camera is a perspective one whose W is 1, but for nearness.")
	l, n, out := Mem{Base: Load(Param("l"), GP64())}, Mem{Base: Load(Param("n"), GP64())}, Mem{Base: Load(Param("out"), GP64())}
	mask := all(absMask)
	u, v, w := l.Offset(lensU), l.Offset(lensV), l.Offset(lensW)
	h := [3]vec{load(n.Offset(192)), load(n.Offset(256)), load(n.Offset(320))}
	c := [3]vec{load(n), load(n.Offset(64)), load(n.Offset(128))}

	Comment("Lanes that hold a child.")
	count, ones := GP32(), GP32()
	MOVL(n.Offset(nodeCount), count)
	MOVL(I32(-1), ones)
	BZHIL(count, ones, ones)
	k := K()
	KMOVW(ones, k)

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
	near := mul(invFront, all(almostOne))
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
	rect, k := rectOf(x0, y0, x1, y1, k)
	compress(load(n.Offset(nodeChild)), k, out.Offset(foundRef))
	compress(rect, k, out.Offset(foundRect))
	kept := GP32()
	KMOVW(k, kept)
	POPCNTL(kept, kept)
	MOVQ(kept.As64(), out.Offset(foundN))

	Comment("How many are less near than each. The lowest bits make all differ.")
	VPCOMPRESSD_Z(near, k, near)
	VMOVUPS(near, out.Offset(foundNear))
	key := ZMM()
	VPSRAD(U8(31), near, key)
	VPSRLD(U8(1), key, key)
	VPXORD(near, key, key) // in order as an integer
	VPANDD(all(bits("not15", 0xfffffff0)), key, key)
	VPORD(lanesTable(), key, key)
	keys := newLocals(64).alloc(64)
	VPTERNLOGD(U8(255), rect, rect, rect)
	VPSRLD(U8(1), rect, rect)
	MOVL(I32(-1), ones)
	BZHIL(kept, ones, ones)
	KMOVW(ones, k)
	VMOVDQA32(key, k, rect)
	VMOVDQU32(rect, keys)
	rank, unitI := ZMM(), all(bits("oneInt", 1))
	VPXORD(rank, rank, rank)
	for i := 0; i < 16; i++ {
		farther := K()
		VPCMPD_BCST(U8(6), keys.Offset(4*i), key, farther)
		VPADDD(unitI, rank, farther, rank)
	}
	VMOVDQU32(rank, out.Offset(foundRank))
	VZEROUPPER()
	RET()
}

// whereOrthographic skips body for a perspective camera.
func whereOrthographic(l Mem, label string, body func()) {
	CMPB(l.Offset(lensOrtho), U8(0))
	JE(LabelRef(label))
	body()
	Label(label)
}

// permute returns the lanes of v that index says, each lane for itself.
func permute(index, v vec) vec { r := ZMM(); VPERMPS(v, index, r); return r }

// leafTest writes two kernels: one takes a leaf, the other a patch, whose
// vertices it transforms once and deals out to the triangles.
func leafTest(patch bool) {
	name, label := "leafTestAVX512", "leaf"
	if patch {
		name, label = "patchTestAVX512", "patch"
		TEXT(name, NOSPLIT, "func(l, patch *byte, slots uint32, out, nearness *byte, blur float32)")
		Doc("patchTestAVX512 is leafTestAVX512 of a patch.")
	} else {
		TEXT(name, NOSPLIT, "func(l, leaf *byte, slots uint32, out, nearness *byte, blur float32)")
		Doc("leafTestAVX512 is leafTest, and leaves out small triangles that are hidden by what is in their blocks.")
	}
	l, leaf := Mem{Base: Load(Param("l"), GP64())}, Mem{Base: Load(Param(label), GP64())}
	out := Load(Param("out"), GP64())
	ru, rv, rw := l.Offset(lensU), l.Offset(lensV), l.Offset(lensW)
	errW := all(l.Offset(lensErrW))
	limit := mul(errW, all(bits("f1024", 0x44800000)))
	unit, infinite := all(one), all(bits("infinite", 0x7f800000))
	zero := ZMM()
	VPXORD(zero, zero, zero)

	// The corners' pixels; near is the largest 1/W.
	var pixel [2][3]vec
	var near vec
	k, front := K(), K()
	var index [3]vec
	if patch {
		Comment("The vertices.")
		x, y, z := load(leaf), load(leaf.Offset(64)), load(leaf.Offset(128))
		u, v, w := dot(ru, x, y, z), dot(rv, x, y, z), dot(rw, x, y, z)
		inv, behind := div(unit, w), K()
		at := [2]vec{mul(u, inv), mul(v, inv)}
		VCMPPS(U8(notGT), limit, w, behind)
		VMOVAPS(infinite, behind, inv)
		Comment("The triangles.")
		count, ones := GP32(), GP32()
		MOVL(leaf.Offset(patchCount), count)
		MOVL(I32(-1), ones)
		BZHIL(count, ones, ones)
		KMOVW(ones, k)
		for i := range index {
			index[i] = ZMM()
			VPMOVZXBD(leaf.Offset(patchCorner+16*i), index[i])
			for axis := range at {
				pixel[axis][i] = permute(index[i], at[axis])
			}
			if c := permute(index[i], inv); i == 0 {
				near = c
			} else {
				near = vmax(near, c)
			}
		}
		front = cmp(lt, near, infinite, k)
	} else {
		first := load(leaf)
		VCMPPS(U8(ordered), first, first, k)
		KMOVW(k, front)
		for i := range index {
			x, y, z := load(leaf.Offset(192*i)), load(leaf.Offset(192*i+64)), load(leaf.Offset(192*i+128))
			w := dot(rw, x, y, z)
			front = cmp(gt, w, limit, front)
			inv := div(unit, w)
			pixel[0][i], pixel[1][i] = mul(dot(ru, x, y, z), inv), mul(dot(rv, x, y, z), inv)
			if i == 0 {
				near = inv
			} else {
				near = vmax(near, inv)
			}
		}
	}
	// corner is a row of the lens for one of the corners, found anew.
	corner := func(row Mem, i int) vec {
		if patch {
			return permute(index[i], dot(row, load(leaf), load(leaf.Offset(64)), load(leaf.Offset(128))))
		}
		return dot(row, load(leaf.Offset(192*i)), load(leaf.Offset(192*i+64)), load(leaf.Offset(192*i+128)))
	}
	var off [2]vec // how far the corners' pixels may be off
	slackErr := func(axis int) vec {
		s := all(l.Offset(lensErrU + 4*axis))
		VFMADD231PS(errW, all(bits("f256", 0x43800000)), s)
		return s
	}
	last := func(axis int) vec { return all(l.Offset(lensLastX + 4*axis)) }
	var lo, hi [2]vec
	for axis, p := range pixel {
		slack := mul(slackErr(axis), near)
		VADDPS(all(l.Offset(lensPad)), slack, slack)
		off[axis] = sub(slack, all(bits("leastPad", 0x3b000000)))
		lo[axis] = vmax(sub(vmin(vmin(p[0], p[1]), p[2]), slack), zero)
		hi[axis] = vmin(add(vmax(vmax(p[0], p[1]), p[2]), slack), last(axis))
	}

	Comment("Triangles that reach to the camera's plane: are they beside the tile, or behind?")
	crossing := K()
	KANDNW(k, front, crossing)
	KORTESTW(crossing, crossing)
	JZ(LabelRef(label + "Frontal"))
	{
		VBROADCASTSS(maxFloat, crossing, near)
		drop := func(test func(i int, within reg.OpmaskVirtual) reg.OpmaskVirtual) {
			d := crossing
			for i := 0; i < 3; i++ {
				d = test(i, d)
			}
			KANDNW(k, d, k)
		}
		drop(func(i int, m reg.OpmaskVirtual) reg.OpmaskVirtual { return cmp(lt, add(corner(rw, i), errW), zero, m) })
		for axis, row := range []Mem{ru, rv} {
			VMOVAPS(zero, crossing, lo[axis])
			VMOVAPS(last(axis), crossing, hi[axis])
			twice := slackErr(axis)
			VADDPS(twice, twice, twice)
			drop(func(i int, m reg.OpmaskVirtual) reg.OpmaskVirtual {
				return cmp(lt, add(add(corner(row, i), corner(rw, i)), twice), zero, m)
			})
			next := add(last(axis), unit)
			drop(func(i int, m reg.OpmaskVirtual) reg.OpmaskVirtual {
				t := sub(corner(row, i), twice)
				VFNMADD231PS(next, corner(rw, i), t)
				return cmp(gt, t, zero, m)
			})
		}
	}
	Label(label + "Frontal")
	rect, k := rectOf(lo[0], lo[1], hi[0], hi[1], k)
	KORTESTW(k, k)
	JZ(LabelRef(label + "Done"))

	k, tiny, centres := missCentres(label, rect, pixel, off, front, k)

	Comment("Where a triangle touches two blocks each way at most: are they all nearer already, or the centres that a tiny one holds?")
	low8 := all(bits("low8", 0xff))
	bx0, by0, bx1, by1, t := ZMM(), ZMM(), ZMM(), ZMM(), ZMM()
	VPSRLD(U8(2), rect, t)
	VPANDD(all(bits("blockMask", 0x3f3f3f3f)), t, t)
	VPANDD(low8, t, bx0)
	VPSRLD(U8(8), t, by0)
	VPANDD(low8, by0, by0)
	VPSRLD(U8(16), t, bx1)
	VPANDD(low8, bx1, bx1)
	VPSRLD(U8(24), t, by1)
	VPSUBD(bx0, bx1, t)
	few := K()
	oneI := all(bits("oneInt", 1))
	VPCMPD(U8(2), oneI, t, k, few)
	VPSUBD(by0, by1, t)
	few2 := K()
	VPCMPD(U8(2), oneI, t, few, few2)
	KORTESTW(few2, few2)
	JZ(LabelRef(label + "Many"))
	{
		blockColumn(bx0)
		blockColumn(bx1)
		blockRow(by0)
		blockRow(by1)
		TESTL(tiny, tiny)
		JZ(LabelRef(label + "NoneTiny"))
		{
			k := K()
			KMOVW(tiny, k)
			// Places of pixels, counted from the lows as those of blocks are.
			back := all(bits("lowsBack", uint32(0x100000000-canvasLow/4)))
			for i, part := range []vec{bx0, by0, bx1, by1} {
				VPSLLD(U8(4), part, k, part)
				within := ZMM()
				if i&1 == 0 {
					VPSRLD(U8(8*i), rect, within)
					VPANDD(all(bits("three", 3)), within, within)
				} else {
					VPSRLD(U8(8*i-2), rect, within)
					VPANDD(all(bits("twelve", 12)), within, within)
					VPADDD(back, part, k, part)
				}
				VPADDD(within, part, k, part)
			}
		}
		Label(label + "NoneTiny")
		base := Load(Param("nearness"), GP64())
		seen := [4]vec{}
		i := 0
		for _, y := range []vec{by0, by1} {
			for _, x := range []vec{bx0, bx1} {
				at, g := ZMM(), K()
				VPADDD(x, y, at)
				KMOVW(centres[i], g)
				KANDW(few2, g, g)
				seen[i] = copyOf(infinite)
				VGATHERDPS(Mem{Base: base, Index: at, Scale: 4, Disp: canvasLow}, g, seen[i])
				i++
			}
		}
		least := vmin(vmin(seen[0], seen[1]), vmin(seen[2], seen[3]))
		whereOrthographic(l, label+"Perspective", func() {
			var dealt vec
			if patch {
				dealt = sub(zero, dot(l.Offset(lensZ), load(leaf), load(leaf.Offset(64)), load(leaf.Offset(128))))
			}
			for i := 0; i < 3; i++ {
				var s vec
				if patch {
					s = permute(index[i], dealt)
				} else {
					s = sub(zero, dot(l.Offset(lensZ), load(leaf.Offset(192*i)), load(leaf.Offset(192*i+64)), load(leaf.Offset(192*i+128))))
				}
				if i == 0 {
					VMOVAPS(s, near)
				} else {
					VMAXPS(s, near, near)
				}
			}
			VADDPS(all(l.Offset(lensErrZ)), near, near)
		})
		bound := copyOf(near)
		VFMADD231PS(vabs(near, all(absMask)), all(bits("f2m15", 0x38000000)), bound)
		VADDPS(all(mustAddr("blur")), bound, bound)
		KANDNW(k, cmp(lt, bound, least, few2), k)
	}
	Label(label + "Many")
	count := GP64()
	MOVQ(Mem{Base: out, Disp: batchN}, count)
	to := func(disp int) Mem { return Mem{Base: out, Index: count, Scale: 4, Disp: disp} }
	for i := 0; i < 3; i++ {
		if patch {
			VPCOMPRESSD_Z(index[i], k, index[i])
		}
		for axis := 0; axis < 3; axis++ {
			if patch {
				VMOVUPS(permute(index[i], load(leaf.Offset(64*axis))), to(batchP+192*(3*i+axis)))
			} else {
				compress(load(leaf.Offset(64*(3*i+axis))), k, to(batchP+192*(3*i+axis)))
			}
		}
	}
	slots := ZMM()
	VPBROADCASTD(Load(Param("slots"), GP32()), slots)
	VPADDD(lanesTable(), slots, slots)
	compress(slots, k, to(batchSlot))
	compress(rect, k, to(batchRect))
	kept := GP32()
	KMOVW(k, kept)
	POPCNTL(kept, kept)
	ADDQ(kept.As64(), count)
	MOVQ(count, Mem{Base: out, Disp: batchN})
	Label(label + "Done")
	VZEROUPPER()
	RET()
}

// missCentres drops the triangles of up to 2x2 pixels that lie beside the
// centres of all of them. Each corner's pixel is right within what off says and
// what division does. It returns which triangles are so tiny, and for each
// centre, row by row, which may hold it: all of those that are not tiny.
func missCentres(label string, rect vec, pixel [2][3]vec, off [2]vec, front, k reg.OpmaskVirtual) (_ reg.OpmaskVirtual, tiny reg.GPVirtual, centres [4]reg.GPVirtual) {
	Comment("Triangles of up to 2x2 pixels: do they hold a centre?")
	zero, unit := ZMM(), all(bits("oneInt", 1))
	VPXORD(zero, zero, zero)
	bitsOf := func(k reg.Register) reg.GPVirtual { g := GP32(); KMOVW(k, g); return g }
	tiny = GP32()
	for i := range centres {
		centres[i] = GP32()
		MOVL(I32(-1), centres[i])
	}
	var second [2]reg.GPVirtual // there is a second column, or row
	small := K()
	KANDW(front, k, small)
	var xy [2][3]vec
	for axis := range xy {
		first, last, m := ZMM(), ZMM(), K()
		VPSRLD(U8(8*axis), rect, first)
		VPANDD(all(bits("low8", 0xff)), first, first)
		VPSRLD(U8(8*axis+16), rect, last)
		VPANDD(all(bits("low8", 0xff)), last, last)
		VPSUBD(first, last, last)
		VPCMPD(U8(0), unit, last, m)
		second[axis] = bitsOf(m)
		VPCMPD(U8(2), unit, last, small, m)
		small = m
		VCVTDQ2PS(first, first)
		for i := range xy[axis] {
			xy[axis][i] = sub(pixel[axis][i], first)
		}
	}
	KMOVW(small, tiny)
	TESTL(tiny, tiny)
	JZ(LabelRef(label + "NoneSmall"))
	x, y := xy[0], xy[1]
	// No difference of two coordinates here exceeds 3, so that the products
	// below err by 18 times what a coordinate does, at most.
	slack := add(vmax(off[0], off[1]), all(bits("f2m13", 0x39000000)))
	slack = mul(slack, all(bits("f18", 0x41900000)))
	var a, b [3]vec
	for i := range a {
		a[i], b[i] = sub(x[(i+1)%3], x[i]), sub(y[(i+1)%3], y[i])
	}
	area := sub(mul(a[0], b[1]), mul(b[0], a[1]))
	thin := bitsOf(cmp(le, vabs(area, all(absMask)), slack, small)) // too thin to tell
	sign, outside := ZMM(), sub(zero, slack)
	VPANDD(all(bits("signMask", 0x80000000)), area, sign)
	var e [3]vec // at a centre
	for i := range a {
		VPXORD(sign, a[i], a[i])
		VPXORD(sign, b[i], b[i])
		e[i] = sub(mul(b[i], x[i]), mul(a[i], y[i]))
	}
	missed := GP32()
	MOVL(tiny, missed)
	centre := func(at int, axes ...int) {
		hold := bitsOf(cmp(ge, vmin(vmin(e[0], e[1]), e[2]), outside, small))
		ORL(thin, hold)
		for _, axis := range axes {
			ANDL(second[axis], hold)
		}
		ANDNL(missed, hold, missed)
		XORL(tiny, centres[at])
		ORL(hold, centres[at])
	}
	centre(0)
	for i := range e {
		VSUBPS(b[i], e[i], e[i])
	}
	centre(1, 0)
	for i := range e {
		VADDPS(a[i], e[i], e[i])
	}
	centre(3, 0, 1)
	for i := range e {
		VADDPS(b[i], e[i], e[i])
	}
	centre(2, 1)
	drop := K()
	KMOVW(missed, drop)
	KANDNW(k, drop, k)
	Label(label + "NoneSmall")
	return k, tiny, centres
}

func mustAddr(name string) Mem {
	b, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return b.Addr
}

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
	VBROADCASTSS(bits("marginLarge", 0x3a800000), wide, margin)
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
		var p [3][3]vec
		for i := range p {
			if exact {
				p[i] = toCamera(front, func(a int) Mem { return in(batchP + 192*(3*i+a) + 32*half) })
				continue
			}
			for a := range p[i] {
				p[i][a] = load(corners.Offset(128*(3*i+a) + 64*half))
			}
		}

		Comment("The plane.")
		a := [3]vec{subD(p[1][0], p[0][0]), subD(p[1][1], p[0][1]), subD(p[1][2], p[0][2])}
		b := [3]vec{subD(p[2][0], p[0][0]), subD(p[2][1], p[0][1]), subD(p[2][2], p[0][2])}
		n := crossD(a, b)
		d := addD(addD(mulD(n[0], p[0][0]), mulD(n[1], p[0][1])), mulD(n[2], p[0][2]))
		size := absD(a[0], mask)
		for _, x := range []vec{a[1], a[2], b[0], b[1], b[2]} {
			VMAXPD(absD(x, mask), size, size)
		}
		nearZ := minD(minD(p[0][2], p[1][2]), p[2][2])
		farZ := maxD(maxD(p[0][2], p[1][2]), p[2][2])
		for k, x := range []vec{n[0], n[1], n[2], d, nearZ, farZ} {
			VMOVUPD(x, st.Offset(setupPlane+128*k+64*half))
		}
		reach := ZMM()
		VPXORQ(reach, reach, reach)
		for i := range p {
			s := addD(addD(absD(p[i][0], mask), absD(p[i][1], mask)), absD(p[i][2], mask))
			VMAXPD(s, reach, reach)
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
		for e := 0; e < 3; e++ {
			c := crossD(p[e], p[(e+1)%3])
			ec := c[2]
			VFMADD231PD(c[0], x, ec)
			VFMADD231PD(c[1], y, ec)
			ea, eb := mulD(c[0], sx), mulD(c[1], sy)
			norm := addD(absD(ea, mask), absD(eb, mask))
			k2 := K()
			VCMPPD(U8(gt), bound, norm, k, k2)
			k = k2
			scale := ZMM()
			VRCP14PD(norm, scale)
			VPORQ(sign, scale, scale)
			for j, x := range []vec{ea, eb, ec} {
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
		nc := n[2]
		VFMADD231PD(n[0], x, nc)
		VFMADD231PD(n[1], y, nc)
		f := [3]reg.VecVirtual{YMM(), YMM(), YMM()}
		for j, x := range []vec{mulD(mulD(n[0], sx), inv), mulD(mulD(n[1], sy), inv), mulD(nc, inv)} {
			VCVTPD2PS(x, f[j])
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

func raster(ortho bool) {
	name := "rasterAVX512"
	if ortho {
		name = "rasterOrthoAVX512"
	}
	TEXT(name, NOSPLIT, "func(c, st *byte, lanes uint32)")
	Doc(name + " is raster for the triangles of a mask. What the meaning has to decide goes to the list of fixes.")
	c, st := Mem{Base: Load(Param("c"), GP64())}, Load(Param("st"), GP64())
	lanes := GP32()
	Load(Param("lanes"), lanes)
	local := newLocals(512)
	first := local.alloc(4 * 64) // of each block of a cell, its edges and nearness
	mask := all(absMask)
	blur := all(c.Offset(canvasBlur))
	zone := zoneOf(ortho, blur)

	rasterSmall(local, c, st, lanes, zone)

	Label("rasterNext")
	TESTL(lanes, lanes)
	JZ(LabelRef("rasterDone"))
	lane := GP64()
	TZCNTL(lanes, lane.As32())
	BLSRL(lanes, lanes)
	in := func(disp int) Mem { return Mem{Base: st, Index: lane, Scale: 4, Disp: disp} }

	Comment("Steps from a block's first pixel to its others; four times these, from a cell's first block to its others.")
	columns, rows := load(columns()), load(rows())
	plane := [4]int{setupEdge, setupEdge + 192, setupEdge + 384, setupNear}
	var step [4]vec
	var reach [4]vec // to a block's pixel that is farthest inside, or nearest
	zero := ZMM()
	VPXORD(zero, zero, zero)
	for f, at := range plane {
		a, b := all(in(at)), all(in(at+64))
		step[f] = mul(a, columns)
		VFMADD231PS(rows, b, step[f])
		reach[f] = mul(all(bits("f3", 0x40400000)), add(vmax(a, zero), vmax(b, zero)))
	}
	sure := all(in(setupSure))
	minus := sub(zero, all(in(setupMargin)))
	for e := 0; e < 3; e++ { // how far outside a block's first pixel may be
		VSUBPS(reach[e], minus, reach[e])
	}

	Comment("The rectangle of blocks, counted in pixels from its first.")
	rect := GP32()
	MOVL(in(setupRect), rect)
	side := func(shift int) (first, cell, firstCell, lastCell Mem, size vec) {
		local := func(r reg.GPVirtual) Mem { m := AllocLocal(4); MOVL(r, m); return m }
		r, last := GP32(), GP32()
		MOVL(rect, r)
		SHRL(U8(shift), r)
		ANDL(U32(0xfc), r)
		first = local(r)
		MOVL(rect, last)
		SHRL(U8(shift+16), last)
		ANDL(U32(0xfc), last)
		size = ZMM()
		t := GP32()
		MOVL(last, t)
		SUBL(r, t)
		VPBROADCASTD(t, size)
		VCVTDQ2PS(size, size)
		SHRL(U8(4), r)
		SHRL(U8(4), last)
		return first, local(r), local(r), local(last), size
	}
	ox, cx, cx0, cx1, width := side(0)
	oy, cy, _, cy1, height := side(8)
	idV := ZMM()
	steps16 := func(cell, first Mem, steps vec) vec {
		t, v := GP32(), ZMM()
		MOVL(cell, t)
		SHLL(U8(4), t)
		SUBL(first, t)
		VPBROADCASTD(t, v)
		VCVTDQ2PS(v, v)
		VFMADD231PS(all(bits("four", 0x40800000)), steps, v)
		return v
	}

	Label("rasterRow")
	y := steps16(cy, oy, rows)
	rowMask := K()
	{
		m := K()
		VCMPPS(U8(ge), zero, y, m)
		VCMPPS(U8(le), height, y, m, rowMask)
	}
	t := GP32()
	MOVL(cx0, t)
	MOVL(t, cx)

	Label("rasterCell")
	x := steps16(cx, ox, columns)
	cell := GP64()
	MOVL(cy, cell.As32())
	SHLL(U8(logCellsX), cell.As32())
	ADDL(cx, cell.As32())
	low := GP64() // of the cell's first block
	MOVQ(cell, low)
	SHLQ(U8(6), low)
	ADDQ(c.Offset(canvasNearness), low)
	lows := ZMM()
	touched := cmp(ge, x, zero, rowMask)
	touched = cmp(le, x, width, touched)
	for f, at := range plane {
		v := all(in(at + 128))
		VFMADD231PS_BCST(in(at), x, v)
		VFMADD231PS_BCST(in(at+64), y, v)
		VMOVUPS(v, first.Offset(64*f))
		if f < 3 {
			touched = cmp(ge, v, reach[f], touched)
			continue
		}
		VMOVUPS(Mem{Base: low, Disp: canvasLow}, lows)
		bound := sub(lows, blur)
		VFNMADD231PS(vabs(lows, mask), all(bits("threeTies", 0x38400000)), bound)
		touched = cmp(ge, add(v, reach[f]), bound, touched)
	}
	todo := GP32()
	KMOVW(touched, todo)
	TESTL(todo, todo)
	JZ(LabelRef("rasterCellDone"))
	{
		id := GP64()
		MOVL(in(setupID), id.As32())
		TESTL(id.As32(), id.As32())
		JNZ(LabelRef("rasterHasRecord"))
		MOVQ(c.Offset(canvasNRecords), id)
		MOVL(id.As32(), in(setupID))
		SHLQ(U8(6), id)
		ADDQ(c.Offset(canvasRecords), id)
		enterRecord(c, st, lane, id)
		INCQ(c.Offset(canvasNRecords))
	}
	Label("rasterHasRecord")
	VPBROADCASTD(in(setupID), idV)
	block := GP64()
	MOVQ(cell, block)
	SHLQ(U8(10), block)
	ADDQ(c.Offset(canvasNearness), block)

	loop := func(name string, todo reg.GPVirtual, edges bool, drawn func(bit reg.GPVirtual, is vec)) {
		TESTL(todo, todo)
		JZ(LabelRef("raster" + name + "Done"))
		Label("raster" + name)
		at, p := GP64(), GP64()
		TZCNTL(todo, at.As32())
		bit := GP32()
		BLSIL(todo, bit)
		BLSRL(todo, todo)
		MOVQ(at, p)
		SHLQ(U8(6), p)
		ADDQ(block, p)
		pixels := func(f int) vec {
			m, v := first.Offset(64*f), ZMM()
			m.Index, m.Scale = at, 4
			VADDPS_BCST(m, step[f], v)
			return v
		}
		var inside []vec
		if edges {
			inside = []vec{vmin(pixels(0), pixels(1)), pixels(2)}
		}
		is, ask, update := drawBlock(p, inside, pixels(3), sure, minus, zone, idV)
		drawn(bit, is)
		KTESTW(ask, update)
		JCS(LabelRef("raster" + name + "Sure"))
		index := GP64()
		MOVQ(cell, index)
		SHLQ(U8(4), index)
		ADDQ(at, index)
		enterFix(c, ask, update, lane, index)
		Label("raster" + name + "Sure")
		TESTL(todo, todo)
		JNZ(LabelRef("raster" + name))
		Label("raster" + name + "Done")
	}
	Comment("The lows of few blocks are found one by one, those of many together.")
	count := GP32()
	POPCNTL(todo, count)
	CMPL(count, U8(8))
	JAE(LabelRef("rasterMany"))
	loop("Few", todo, true, func(bit reg.GPVirtual, is vec) {
		only := K()
		KMOVW(bit, only)
		VBROADCASTSS(least(is).AsX(), only, lows)
	})
	VMOVUPS(lows, Mem{Base: low, Disp: canvasLow}) // whole, so that it can be read again at once
	JMP(LabelRef("rasterCellDone"))

	Label("rasterMany")
	// A block lies inside where its pixel that is least inside does. As |a| + |b|
	// = 1, within 2^-13, that is 3 less inside than the one that is most.
	most := sub(add(sure, all(bits("f3more", 0x40401000))), minus)
	var whole reg.OpmaskVirtual
	for e := range 3 {
		whole = cmp(gt, load(first.Offset(64*e)), add(reach[e], most), whole)
	}
	inside, edge := GP32(), GP32()
	KMOVW(whole, inside)
	ANDNL(todo, inside, edge)
	ANDL(todo, inside)
	loop("Edge", edge, true, func(reg.GPVirtual, vec) {})
	loop("Inside", inside, false, func(reg.GPVirtual, vec) {})
	VMOVUPS(lowsOf(block), Mem{Base: low, Disp: canvasLow})
	stale := GP64()
	MOVQ(c.Offset(canvasStale), stale)
	BTRQ(cell, stale)
	MOVQ(stale, c.Offset(canvasStale))
	Label("rasterCellDone")
	for _, next := range []struct {
		cell, last Mem
		label      string
	}{{cx, cx1, "rasterCell"}, {cy, cy1, "rasterRow"}} {
		t := GP32()
		MOVL(next.cell, t)
		INCL(t)
		MOVL(t, next.cell)
		CMPL(t, next.last)
		JBE(LabelRef(next.label))
	}
	JMP(LabelRef("rasterNext"))
	Label("rasterDone")
	VZEROUPPER()
	RET()
}

// zoneOf returns what finds the nearness of what is surely behind a pixel's
// nearness, and of what may be. For a perspective camera that is never negative
// where a triangle may be seen: it is multiplied by 1 - 2^-16 and 1 + 2^-16.
func zoneOf(ortho bool, blur vec) func(s vec) (behind, before vec) {
	if ortho {
		mask, tie := all(absMask), all(bits("f2m16", 0x37800000))
		return func(s vec) (behind, before vec) {
			zone := copyOf(blur)
			VFMADD231PS(vabs(s, mask), tie, zone)
			return sub(s, zone), add(s, zone)
		}
	}
	less, more := all(bits("f1less2m16", 0x3f7fff00)), all(bits("f1more2m16", 0x3f800080))
	return func(s vec) (behind, before vec) {
		behind, before = copyOf(s), copyOf(s)
		VFMSUB213PS(blur, less, behind)
		VFMADD213PS(blur, more, before)
		return behind, before
	}
}

// drawBlock draws a triangle, given how far its pixels are inside of each edge
// and how near, into the block at p. It returns what the block holds then, and
// about which pixels, but for those updated, the meaning has to be asked: they are
// too close to an edge, or to what is there. Little waits for what is there, as
// the triangle before may have just stored it. Each edge may be compared, or the
// least of several: many processors have one port for arithmetic of 16 lanes, and
// another for comparisons.
func drawBlock(p reg.GPVirtual, inside []vec, s, sure, minus vec, zone func(vec) (behind, before vec), id vec) (is vec, ask, update reg.OpmaskVirtual) {
	behind, before := zone(s)
	var possible, certain reg.OpmaskVirtual
	for _, e := range inside {
		possible, certain = cmp(ge, e, minus, possible), cmp(gt, e, sure, certain)
	}
	old := load(Mem{Base: p})
	update = cmp(lt, old, behind, certain)
	ask = cmp(le, old, before, possible)
	VMOVAPS(s, update, old)
	VMOVUPS(old, Mem{Base: p})
	VMOVDQU32(id, update, Mem{Base: p, Disp: canvasIDs})
	return old, ask, update
}

// enterFix asks the meaning about pixels of a block, but for those updated.
func enterFix(c Mem, ask, update reg.OpmaskVirtual, lane, block reg.GPVirtual) {
	KANDNW(ask, update, ask)
	m, n, to := GP32(), GP64(), GP64()
	KMOVW(ask, m)
	SHLL(U8(16), m)
	ORL(lane.As32(), m)
	MOVQ(c.Offset(canvasNFixes), n)
	MOVQ(c.Offset(canvasFixes), to)
	MOVL(m, Mem{Base: to, Index: n, Scale: 8})
	MOVL(block.As32(), Mem{Base: to, Index: n, Scale: 8, Disp: 4})
	INCQ(c.Offset(canvasNFixes))
}

// enterRecord writes the record of a triangle of the setup.
func enterRecord(c Mem, st reg.Register, lane, to reg.GPVirtual) {
	x := GP64()
	for f := 0; f < 6; f++ {
		MOVQ(Mem{Base: st, Index: lane, Scale: 8, Disp: setupPlane + 128*f}, x)
		MOVQ(x, Mem{Base: to, Disp: 8 * f})
	}
	MOVL(c.Offset(canvasInstance), x.As32())
	MOVL(x.As32(), Mem{Base: to, Disp: 48})
	MOVL(Mem{Base: st, Index: lane, Scale: 4, Disp: setupSlot}, x.As32())
	MOVL(x.As32(), Mem{Base: to, Disp: 52})
}

// enterRecords writes the records of a mask of triangles side by side, the
// lowest first. What follows them is garbage.
func enterRecords(c Mem, st reg.Register, lanes, to reg.GPVirtual) {
	SHLL(U8(6), lanes) // as bytes of a record
	instance := ZMM()
	VPBROADCASTD(c.Offset(canvasInstance), instance)
	for half := 0; half < 2; half++ {
		in := func(f int) Mem { return Mem{Base: st, Disp: setupPlane + 128*f + 64*half} }
		slots, last := ZMM(), ZMM() // instance and slot, a pair each
		VPMOVZXDQ(Mem{Base: st, Disp: setupSlot + 32*half}, slots)
		VPSLLQ(U8(32), slots, slots)
		odd, g := K(), GP32()
		MOVL(U32(0x5555), g)
		KMOVW(g, odd)
		VMOVDQA32(instance, odd, slots)
		VPXORD(last, last, last)
		column := [8]vec{load(in(0)), load(in(1)), load(in(2)), load(in(3)), load(in(4)), load(in(5)), slots, last}
		var pair [2][4]vec // of fields, of even and odd lanes
		for i := 0; i < 4; i++ {
			pair[0][i], pair[1][i] = ZMM(), ZMM()
			VUNPCKLPD(column[2*i+1], column[2*i], pair[0][i])
			VUNPCKHPD(column[2*i+1], column[2*i], pair[1][i])
		}
		shuffle := func(how int, a, b vec) vec { v := ZMM(); VSHUFF64X2(U8(how), b, a, v); return v }
		var row [8]vec
		for odd, p := range pair {
			near, far := shuffle(0x44, p[0], p[1]), shuffle(0x44, p[2], p[3])
			row[odd], row[2+odd] = shuffle(0x88, near, far), shuffle(0xdd, near, far)
			near, far = shuffle(0xee, p[0], p[1]), shuffle(0xee, p[2], p[3])
			row[4+odd], row[6+odd] = shuffle(0x88, near, far), shuffle(0xdd, near, far)
		}
		for _, r := range row {
			VMOVUPD(r, Mem{Base: to})
			step := GP32()
			MOVL(lanes, step)
			ANDL(U32(recordSize), step)
			ADDQ(step.As64(), to)
			SHRL(U8(1), lanes)
		}
	}
}

// A block's index counts by cells: it is the sum of a column's and a row's.
func blockColumn(x vec) {
	t := ZMM()
	VPANDD(all(bits("blockHigh", 0x3c)), x, t)
	VPANDD(all(bits("three", 3)), x, x)
	VPSLLD(U8(2), t, t)
	VPADDD(t, x, x)
}

func blockRow(y vec) {
	t := ZMM()
	VPANDD(all(bits("blockHigh", 0x3c)), y, t)
	VPANDD(all(bits("three", 3)), y, y)
	VPSLLD(U8(2+logCellsX), t, t)
	VPSLLD(U8(2), y, y)
	VPADDD(t, y, y)
}

// rasterSmall draws the triangles of lanes that touch two blocks each way at
// most, and leaves the others in lanes. One column and row of such blocks is
// drawn after the other, so that there is little to decide by jumps.
func rasterSmall(room *locals, c Mem, st reg.Register, lanes reg.GPVirtual, zone func(vec) (behind, before vec)) {
	in := func(disp int) Mem { return Mem{Base: st, Disp: disp} }

	Comment("Small triangles: their first block, and which others they touch.")
	rect := load(in(setupRect))
	low6 := all(bits("low6", 0x3f))
	oneI := all(bits("oneInt", 1))
	k := K()
	KMOVW(lanes, k)
	var first [2]vec
	var two [2]reg.OpmaskVirtual // which touch two
	for axis := range first {
		first[axis] = ZMM()
		last := ZMM()
		VPSRLD(U8(8*axis+2), rect, first[axis])
		VPANDD(low6, first[axis], first[axis])
		VPSRLD(U8(8*axis+18), rect, last)
		VPANDD(low6, last, last)
		VPSUBD(first[axis], last, last)
		few := K()
		VPCMPD(U8(2), oneI, last, k, few)
		k = few
		two[axis] = K()
		VPCMPD(U8(0), oneI, last, two[axis])
	}
	small := GP32()
	KMOVW(k, small)
	TESTL(small, small)
	JZ(LabelRef("rasterNext"))
	ANDNL(lanes, small, lanes)
	var at [2][2]vec // of the first and second column, and row
	for axis, index := range []func(vec){blockColumn, blockRow} {
		second := ZMM()
		VPADDD(oneI, first[axis], second)
		index(first[axis])
		index(second)
		at[axis] = [2]vec{first[axis], second}
	}

	zero := ZMM()
	VPXORD(zero, zero, zero)
	var masks [4]Mem
	blockAt := room.alloc(4 * 64)
	some, cells := K(), ZMM() // a bit for each cell
	KXORW(some, some, some)
	VPXORD(cells, cells, cells)
	for part := range masks {
		masks[part] = AllocLocal(8)
		i, j := part&1, part>>1
		touched := K()
		KMOVW(k, touched)
		if i == 1 {
			KANDW(two[0], touched, touched)
		}
		if j == 1 {
			KANDW(two[1], touched, touched)
		}
		for e := 0; e < 3; e++ {
			ea, eb := load(in(setupEdge+192*e)), load(in(setupEdge+192*e+64))
			v := add(load(in(setupEdge+192*e+128)), load(in(setupMargin)))
			// The block's pixel that is farthest inside.
			VFMADD231PS(all(bits("f3", 0x40400000)), vmax(ea, zero), v)
			VFMADD231PS(all(bits("f3", 0x40400000)), vmax(eb, zero), v)
			if i == 1 {
				VFMADD231PS(all(bits("four", 0x40800000)), ea, v)
			}
			if j == 1 {
				VFMADD231PS(all(bits("four", 0x40800000)), eb, v)
			}
			touched = cmp(ge, v, zero, touched)
		}
		KORW(touched, some, some)
		KMOVQ(touched, masks[part])
		b := ZMM()
		VPADDD(at[0][i], at[1][j], b)
		VMOVUPS(b, blockAt.Offset(64*part))
		VPSRLD(U8(4), b, b)
		VPSLLVD(b, oneI, b)
		VPORD(b, cells, touched, cells)
	}
	markStale(c, cells)

	Comment("Their records.")
	{
		base := ZMM()
		n := GP64()
		MOVQ(c.Offset(canvasNRecords), n)
		VPBROADCASTD(n.As32(), base)
		VPADDD(lanesTable(), base, base)
		id := ZMM()
		VPEXPANDD_Z(base, some, id)
		VMOVUPS(id, in(setupID)) // whole, so that it can be read again at once
		to := GP64()
		MOVQ(n, to)
		SHLQ(U8(6), to)
		ADDQ(c.Offset(canvasRecords), to)
		count := GP64()
		m := GP32()
		KMOVW(some, m)
		POPCNTL(m, count.As32())
		ADDQ(count, n)
		MOVQ(n, c.Offset(canvasNRecords))
		enterRecords(c, st, m, to)
	}

	base := GP64()
	MOVQ(c.Offset(canvasNearness), base)
	minus := all(bits("minusMarginSmall", 0xb8800000)) // that of all small triangles
	for part := range masks {
		name := []string{"A", "B", "C", "D"}[part]
		x, y := load(columns()), load(rows())
		if part&1 == 1 {
			VADDPS(all(bits("four", 0x40800000)), x, x)
		}
		if part>>1 == 1 {
			VADDPS(all(bits("four", 0x40800000)), y, y)
		}
		todo := GP32()
		MOVL(masks[part], todo)
		TESTL(todo, todo)
		JZ(LabelRef("rasterSmallDone" + name))
		Label("rasterSmall" + name)
		lane := GP64()
		TZCNTL(todo, lane.As32())
		BLSRL(todo, todo)
		own := GP64() // without an index, an operand in memory costs no step of its own
		LEAQ(Mem{Base: st, Index: lane, Scale: 4}, own)
		of := func(disp int) Mem { return Mem{Base: own, Disp: disp} }
		local := func(m Mem) Mem { m.Index, m.Scale = lane, 4; return m }
		plane := func(at int) vec {
			v := all(of(at + 128))
			VFMADD231PS_BCST(of(at), x, v)
			VFMADD231PS_BCST(of(at+64), y, v)
			return v
		}
		block := GP64()
		MOVL(local(blockAt.Offset(64*part)), block.As32())
		p := GP64()
		MOVQ(block, p)
		SHLQ(U8(6), p)
		ADDQ(base, p)
		inside := []vec{plane(setupEdge), plane(setupEdge + 192), plane(setupEdge + 384)}
		_, ask, update := drawBlock(p, inside, plane(setupNear), all(of(setupSure)), minus, zone, all(of(setupID)))
		KTESTW(ask, update)
		JCS(LabelRef("rasterSure" + name))
		enterFix(c, ask, update, lane, block)
		Label("rasterSure" + name)
		TESTL(todo, todo)
		JNZ(LabelRef("rasterSmall" + name))
		Label("rasterSmallDone" + name)
	}
}

// markStale says that the lows of cells may lag behind: a bit for each in any
// lane.
func markStale(c Mem, cells vec) {
	h, x, t := YMM(), XMM(), XMM()
	VEXTRACTI64X4(U8(1), cells, h)
	VPOR(cells.AsY(), h, h)
	VEXTRACTI128(U8(1), h, x)
	VPOR(h.AsX(), x, x)
	VPSHUFD(U8(0x4e), x, t)
	VPOR(t, x, x)
	VPSHUFD(U8(0xb1), x, t)
	VPOR(t, x, x)
	bits := GP32()
	VMOVD(x, bits)
	ORQ(bits.As64(), c.Offset(canvasStale))
}

// columns and rows are the pixels of a block, counted from its first.
func columns() Mem {
	return table("columns", 16, func(i int) uint32 { return math.Float32bits(float32(i % 4)) })
}

func rows() Mem {
	return table("rows", 16, func(i int) uint32 { return math.Float32bits(float32(i / 4)) })
}
func lanesTable() Mem { return table("lanes", 16, func(i int) uint32 { return uint32(i) }) }

var tables = map[string]Mem{}

// table is the address of n 32-bit constants.
func table(name string, n int, at func(i int) uint32) Mem {
	if m, ok := tables[name]; ok {
		return m
	}
	m := GLOBL(name, RODATA|NOPTR)
	for i := 0; i < n; i++ {
		DATA(4*i, U32(at(i)))
	}
	tables[name] = m
	return m
}

func resolve() {
	TEXT("resolveAVX512", NOSPLIT, "func(ids, records, xs, ys *byte, out *byte, stride int, columns int, ortho bool)")
	Doc("resolveAVX512 measures the pixels of a row of blocks.",
		"stride is in bytes, columns counts blocks.")
	ids, records := Load(Param("ids"), GP64()), Load(Param("records"), GP64())
	xs, ys := Load(Param("xs"), GP64()), Mem{Base: Load(Param("ys"), GP64())}
	out, stride := Load(Param("out"), GP64()), Load(Param("stride"), GP64())
	left := Load(Param("columns"), GP64())
	odd, t := K(), GP32()
	MOVL(U32(0xf0), t)
	KMOVW(t, odd)
	y := [2]vec{allD(ys), allD(ys.Offset(16))}
	VBROADCASTSD(ys.Offset(8), odd, y[0])
	VBROADCASTSD(ys.Offset(24), odd, y[1])

	column := GP64()
	XORL(column.As32(), column.As32())

	below := GP64() // four rows
	MOVQ(stride, below)
	SHLQ(U8(2), below)
	ADDQ(out, below)

	Label("resolveBlock")
	Comment("Ask for the lines that the next row of blocks goes to, in turn.")
	PREFETCHT0(Mem{Base: below})
	ADDQ(stride, below)
	block := load(Mem{Base: ids})
	x := ZMM()
	VBROADCASTF64X4(Mem{Base: xs}, x)
	resolveOne(ids, records, out, stride, block, x, y)
	Label("resolveSurfaces")
	var den, num, near, far [2]vec
	Comment("Any block: the record of each pixel, transposed.")
	for h := range den {
		var row [8]vec
		for i := range row {
			r := GP64()
			MOVL(Mem{Base: ids, Disp: 32*h + 4*i}, r.As32())
			SHLQ(U8(6), r)
			row[i] = ZMM()
			VMOVUPD(Mem{Base: records, Index: r, Scale: 1}, row[i])
		}
		var pair [2][4]vec // even columns, and odd ones, of two rows each
		for i := 0; i < 4; i++ {
			pair[0][i], pair[1][i] = ZMM(), ZMM()
			VUNPCKLPD(row[2*i+1], row[2*i], pair[0][i])
			VUNPCKHPD(row[2*i+1], row[2*i], pair[1][i])
		}
		shuffle := func(how int, a, b vec) vec { v := ZMM(); VSHUFF64X2(U8(how), b, a, v); return v }
		var column [6]vec
		for odd, t := range pair {
			even, rest := [2]vec{shuffle(0x88, t[0], t[1]), shuffle(0x88, t[2], t[3])}, [2]vec{shuffle(0xdd, t[0], t[1]), shuffle(0xdd, t[2], t[3])}
			column[odd] = shuffle(0x88, even[0], even[1])
			column[4+odd] = shuffle(0xdd, even[0], even[1])
			column[2+odd] = shuffle(0x88, rest[0], rest[1])
		}
		d := addD(mulD(x, column[0]), mulD(y[h], column[1]))
		den[h], num[h], near[h], far[h] = addD(d, column[2]), column[3], column[4], column[5]
	}

	Comment("One division each.")
	CMPB(mustAddr("ortho"), U8(0))
	JE(LabelRef("resolvePerspective"))
	for h := range den {
		d := copyOf(den[h])
		VMOVAPD(num[h], den[h])
		VMOVAPD(d, num[h])
	}
	Label("resolvePerspective")
	row := GP64()
	MOVQ(out, row)
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
	Label("resolveNext")
	Comment("The next block is in the same row of its cell, or 12 farther.")
	ADDQ(U8(64), ids)
	ADDQ(U8(32), xs)
	ADDQ(U8(16), out)
	INCQ(column)
	next := GP64()
	LEAQ(Mem{Base: ids, Disp: 12 * 64}, next)
	TESTQ(U32(3), column)
	CMOVQEQ(next, ids)
	LEAQ(Mem{Base: out, Index: stride, Scale: 4}, next)
	CMOVQEQ(next, below)
	DECQ(left)
	JNZ(LabelRef("resolveBlock"))
	VZEROUPPER()
	RET()
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
func resolveOne(ids, records, out, stride reg.Register, block, x vec, y [2]vec) {
	Comment("A block of one surface.")
	CMPB(mustAddr("ortho"), U8(0))
	JNE(LabelRef("resolveSurfaces"))
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

	px, b, c, num := ZMM(), allD(at(8)), allD(at(16)), allD(at(recordOther))
	VMULPD_BCST(at(0), x, px)
	unit, shift, window := allD(one64), allD(bits64("tieShift", 1<<64-1<<28+1<<12)), allD(bits64("tieWindow", 1<<29-1<<13))
	tie := [2]reg.OpmaskVirtual{K(), K()}
	var z [2]vec
	for h := range z {
		den := addD(addD(px, mulD(y[h], b)), c)
		inv, e, t := ZMM(), copyOf(unit), ZMM()
		VRCP14PD(den, inv)
		VFNMADD231PD(den, inv, e)
		z[h] = mulD(num, inv)
		VFMADD213PD(e, e, e)
		VFMADD213PD(z[h], e, z[h])
		VPADDQ(shift, z[h], t)
		VPTESTNMQ(window, t, tie[h])
	}
	KORTESTB(tie[0], tie[1])
	JNZ(LabelRef("resolveSurfaces"))
	all16, high := YMM(), YMM()
	VCVTPD2PS(z[0], all16)
	VCVTPD2PS(z[1], high)
	whole := ZMM()
	VINSERTF32X8(U8(1), high, all16.AsZ(), whole)
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

func prefetch(name string, lines int) {
	TEXT(name, NOSPLIT, "func(p *byte)")
	Doc(fmt.Sprintf("%s asks for the cache lines of a %s.", name, strings.ToLower(strings.TrimPrefix(name, "prefetch"))))
	p := Mem{Base: Load(Param("p"), GP64())}
	for line := 0; line < lines; line++ {
		PREFETCHT0(p.Offset(64 * line))
	}
	RET()
}

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
