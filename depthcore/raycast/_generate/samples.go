package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets in samples and rayBlock; TestLayout checks them.
const (
	samplesU, samplesV = 0, 64 * blocks
	rayX, rayY         = 0, 128
)

// rasterSamples draws triangles where the rays of a lens are, block by block.
func rasterSamples() {
	TEXT("rasterSamplesAVX512", 0, "func(c, st *byte, lanes uint32, samples *byte, pad float32)")
	Doc("rasterSamplesAVX512 is rasterSamples for the triangles of a mask.",
		"What the meaning has to decide goes to the list of fixes.")
	c, st := Mem{Base: Load(Param("c"), GP64())}, Load(Param("st"), GP64())
	lanes := GP32()
	Load(Param("lanes"), lanes)
	base := GP64()
	MOVQ(c.Offset(canvasNearness), base)
	mask := all(absMask)
	tie := all(bits("f2m16", 0x37800000))
	blur := all(c.Offset(canvasBlur))
	rasterListed(c, st, lanes, Load(Param("samples"), GP64()), all(mustAddr("pad")), blur)
	zero := zeros()

	Label("samplesNext")
	TESTL(lanes, lanes)
	JZ(LabelRef("samplesDone"))
	lane := GP64()
	TZCNTL(lanes, lane.As32())
	BLSRL(lanes, lanes)
	in := func(disp int) Mem { return Mem{Base: st, Index: lane, Scale: 4, Disp: disp} }
	var a, b, k [4]vec
	for f, at := range [4]int{setupEdge, setupEdge + 192, setupEdge + 384, setupNear} {
		a[f], b[f], k[f] = all(in(at)), all(in(at+64)), all(in(at+128))
	}
	sure := all(in(setupSure))
	minus := sub(zero, all(in(setupMargin)))
	idV := all(in(setupID))

	Comment("Blocks, from the first of the rectangle on.")
	rect := GP32()
	MOVL(in(setupRect), rect)
	local := func(r reg.GPVirtual) Mem { m := AllocLocal(8); MOVQ(r, m); return m }
	x0, x1, y1 := local(blockAt(rect, 0)), local(blockAt(rect, 16)), local(blockAt(rect, 24))
	y := blockAt(rect, 8)
	four := all(bits("four", 0x40800000))
	dy := ZMM()
	VPXORD(dy, dy, dy)

	Label("samplesRow")
	x := GP64()
	MOVQ(x0, x)
	dx := ZMM()
	VPXORD(dx, dx, dx)

	Label("samplesBlock")
	block := blockOf(x, y)
	p, ray := GP64(), GP64()
	MOVQ(block, p)
	SHLQ(U8(6), p)
	MOVQ(p, ray)
	ADDQ(base, p)
	ADDQ(mustAddr("samples"), ray)
	u, v := add(load(Mem{Base: ray, Disp: samplesU}), dx), add(load(Mem{Base: ray, Disp: samplesV}), dy)
	var e [4]vec
	for f := range e {
		e[f] = copyOf(k[f])
		VFMADD231PS(u, a[f], e[f])
		VFMADD231PS(v, b[f], e[f])
	}
	inside := vmin(vmin(e[0], e[1]), e[2])
	some := K()
	VCMPPS(U8(ge), minus, inside, some)
	KORTESTW(some, some)
	JZ(LabelRef("samplesMissed"))
	{
		old := load(Mem{Base: p})
		zone := copyOf(blur)
		VFMADD231PS(vabs(old, mask), tie, zone)
		VADDPS(e[3], zone, zone)
		visible := cmp(ge, zone, old, some)
		KORTESTW(visible, visible)
		JZ(LabelRef("samplesMissed"))
	}
	id := GP64()
	MOVL(in(setupID), id.As32())
	TESTL(id.As32(), id.As32())
	JNZ(LabelRef("samplesHasRecord"))
	MOVQ(c.Offset(canvasNRecords), id)
	MOVL(id.As32(), in(setupID))
	VPBROADCASTD(id.As32(), idV)
	SHLQ(U8(6), id)
	ADDQ(c.Offset(canvasRecords), id)
	enterRecord(c, st, lane, id)
	INCQ(c.Offset(canvasNRecords))
	Label("samplesHasRecord")
	is, ask, update := drawBlock(p, []vec{inside}, e[3], sure, minus, zoneOf(true, blur), idV)
	VMOVSS(least(is).AsX(), Mem{Base: base, Index: block, Scale: 4, Disp: canvasLow})
	KTESTW(ask, update)
	JCS(LabelRef("samplesMissed"))
	enterFix(c, ask, update, lane, block)

	Label("samplesMissed")
	VADDPS(four, dx, dx)
	INCQ(x)
	CMPQ(x, x1)
	JBE(LabelRef("samplesBlock"))
	VADDPS(four, dy, dy)
	INCQ(y)
	CMPQ(y, y1)
	JBE(LabelRef("samplesRow"))
	JMP(LabelRef("samplesNext"))
	Label("samplesDone")
	VZEROUPPER()
	RET()
}

// blockOf is the index of the block in column x and row y.
func blockOf(x, y reg.GPVirtual) reg.GPVirtual {
	block, t := GP64(), GP64()
	MOVQ(y, block)
	SHRQ(U8(2), block)
	SHLQ(U8(logCellsX), block)
	MOVQ(x, t)
	SHRQ(U8(2), t)
	ADDQ(t, block)
	for _, at := range []reg.GPVirtual{y, x} {
		SHLQ(U8(2), block)
		MOVQ(at, t)
		ANDQ(U8(3), t)
		ADDQ(t, block)
	}
	return block
}

// raysAVX2 is where a lens's rays are, and how far they may be off the grid.
type raysAVX2 struct {
	samples reg.Register
	pad     Mem
}

// of returns the rays of a block by halves, counted from the first of a column
// and row of two blocks.
func (r *raysAVX2) of(block reg.GPVirtual, column, row int) (u, v [2]vec) {
	at := GP64()
	MOVQ(block, at)
	SHLQ(U8(6), at)
	ADDQ(r.samples, at)
	read := func(disp, next int) vec {
		x := load8(Mem{Base: at, Disp: disp})
		if next == 1 {
			VADDPS(bits8("four", 0x40800000), x, x)
		}
		return x
	}
	for half := range u {
		u[half], v[half] = read(samplesU+32*half, column), read(samplesV+32*half, row)
	}
	return u, v
}

// rasterSamplesAVX2 is rasterSamples, a block by halves.
func rasterSamplesAVX2() {
	TEXT("rasterSamplesAVX2", 0, "func(c, st *byte, lanes uint32, samples *byte, pad float32)")
	Doc("rasterSamplesAVX2 is rasterSamples for the triangles of a mask.",
		"What the meaning has to decide goes to the list of fixes.")
	c, st := Mem{Base: Load(Param("c"), GP64())}, Load(Param("st"), GP64())
	lanes := GP32()
	Load(Param("lanes"), lanes)
	room := newLocals(1536)
	var coefficient [4][3]Mem
	for f := range coefficient {
		for term := range coefficient[f] {
			coefficient[f][term] = room.alloc(32)
		}
	}
	idM, minusM, sureM, blurM := room.alloc(32), room.alloc(32), room.alloc(32), room.alloc(32)
	dxM, dyM := room.alloc(32), room.alloc(32)
	VMOVUPS(all8(c.Offset(canvasBlur)), blurM)
	rays := &raysAVX2{Load(Param("samples"), GP64()), room.alloc(32)}
	VMOVUPS(all8(mustAddr("pad")), rays.pad)
	rasterSmallAVX2(room.alloc, c, st, lanes, blurM, rays)

	Label("raster2Next")
	TESTL(lanes, lanes)
	JZ(LabelRef("samples2Done"))
	lane := GP64()
	TZCNTL(lanes, lane.As32())
	BLSRL(lanes, lanes)
	in := func(disp int) Mem { return Mem{Base: st, Index: lane, Scale: 4, Disp: disp} }
	for f, at := range [4]int{setupEdge, setupEdge + 192, setupEdge + 384, setupNear} {
		for term := range coefficient[f] {
			VMOVUPS(all8(in(at+64*term)), coefficient[f][term])
		}
	}
	VMOVUPS(all8(in(setupSure)), sureM)
	VMOVUPS(sub8(zero8(), all8(in(setupMargin))), minusM)
	VMOVUPS(all8(in(setupID)), idM)

	Comment("Blocks, from the first of the rectangle on.")
	rect := GP32()
	MOVL(in(setupRect), rect)
	local := func(r reg.GPVirtual) Mem { m := room.alloc(8); MOVQ(r, m); return m }
	x0, x1, y1 := local(blockAt(rect, 0)), local(blockAt(rect, 16)), local(blockAt(rect, 24))
	y := blockAt(rect, 8)
	four := bits8("four", 0x40800000)
	VMOVUPS(zero8(), dyM)

	Label("samples2Row")
	x := GP64()
	MOVQ(x0, x)
	VMOVUPS(zero8(), dxM)

	Label("samples2Block")
	block := blockOf(x, y)
	p, ray := GP64(), GP64()
	MOVQ(block, p)
	SHLQ(U8(6), p)
	MOVQ(p, ray)
	ADDQ(c.Offset(canvasNearness), p)
	ADDQ(mustAddr("samples"), ray)
	var inside, near [2]vec
	for half := range inside {
		u := add8(load8(Mem{Base: ray, Disp: samplesU + 32*half}), dxM)
		v := add8(load8(Mem{Base: ray, Disp: samplesV + 32*half}), dyM)
		for f, k := range coefficient {
			e := load8(k[2])
			VFMADD231PS(k[0], u, e)
			VFMADD231PS(k[1], v, e)
			switch f {
			case 0:
				inside[half] = e
			case 3:
				near[half] = e
			default:
				VMINPS(e, inside[half], inside[half])
			}
		}
	}
	some := bitsOf8(cmp8(ge, max8(inside[0], inside[1]), load8(minusM)))
	TESTL(some, some)
	JZ(LabelRef("samples2Missed"))
	id := GP64()
	MOVL(in(setupID), id.As32())
	TESTL(id.As32(), id.As32())
	JNZ(LabelRef("samples2HasRecord"))
	MOVQ(c.Offset(canvasNRecords), id)
	MOVL(id.As32(), in(setupID))
	VMOVUPS(all8(in(setupID)), idM)
	SHLQ(U8(6), id)
	ADDQ(c.Offset(canvasRecords), id)
	enterRecord(c, st, lane, id)
	INCQ(c.Offset(canvasNRecords))
	Label("samples2HasRecord")
	asked := GP32()
	var low reg.VecVirtual
	for half := range inside {
		is, open := drawHalf(p, half, inside[half], near[half], load8(sureM), load8(minusM), load8(blurM), load8(idM))
		a := bitsOf8(open)
		if half == 0 {
			MOVL(a, asked)
			low = least8(is)
			continue
		}
		SHLL(U8(8), a)
		ORL(a, asked)
		VMINPS(least8(is), low, low)
	}
	MOVQ(c.Offset(canvasNearness), p)
	VMOVSS(low, Mem{Base: p, Index: block, Scale: 4, Disp: canvasLow})
	TESTL(asked, asked)
	JZ(LabelRef("samples2Missed"))
	enterFix8(c, asked, lane, block)

	Label("samples2Missed")
	VMOVUPS(add8(load8(four), dxM), dxM)
	INCQ(x)
	CMPQ(x, x1)
	JBE(LabelRef("samples2Block"))
	VMOVUPS(add8(load8(four), dyM), dyM)
	INCQ(y)
	CMPQ(y, y1)
	JBE(LabelRef("samples2Row"))
	JMP(LabelRef("raster2Next"))
	Label("samples2Done")
	VZEROUPPER()
	RET()
}

// placeAhead is how many bytes ahead place asks for memory.
const placeAhead = 2048

// place writes one kernel for all paths: it waits for memory.
func place() {
	TEXT("placeAVX2", NOSPLIT, "func(rays *byte, width, height, border int, toTile, samples *byte)")
	Doc("placeAVX2 is place.")
	rays, samples := Mem{Base: Load(Param("rays"), GP64())}, Load(Param("samples"), GP64())
	toTile := Mem{Base: Load(Param("toTile"), GP64())}
	var m [2][2]vec
	for axis := range m {
		m[axis] = [2]vec{all4(toTile.Offset(24 * axis)), all4(toTile.Offset(24*axis + 8))}
	}
	first := Load(Param("border"), GP64())
	xEnd, yEnd := Load(Param("width"), GP64()), Load(Param("height"), GP64())
	SHRQ(U8(2), first)
	ADDQ(first, xEnd)
	ADDQ(first, yEnd)
	x, y := GP64(), GP64()
	MOVQ(first, y)
	Label("placeRow")
	MOVQ(first, x)
	Label("placeBlock")
	for line := range 4 {
		PREFETCHT0(rays.Offset(placeAhead + 64*line))
	}
	var off [2]vec
	for axis, at := range []reg.GPVirtual{x, y} {
		t, pixel, constant := GP64(), XMM(), XMM()
		off[axis] = YMM()
		MOVQ(at, t)
		SHLQ(U8(2), t)
		VMOVSD(toTile.Offset(24*axis+16), constant)
		VCVTSI2SDQ(t, constant, pixel)
		VSUBSD(pixel, constant, constant)
		VBROADCASTSD(constant, off[axis])
	}
	to := blockOf(x, y)
	SHLQ(U8(6), to)
	ADDQ(samples, to)
	for quarter := range 4 {
		rx, ry := load4(rays.Offset(rayX+32*quarter)), load4(rays.Offset(rayY+32*quarter))
		for axis, at := range [2]int{samplesU, samplesV} {
			f := XMM()
			VCVTPD2PSY(add4(add4(mul4(m[axis][0], rx), mul4(m[axis][1], ry)), off[axis]), f)
			VMOVUPS(f, Mem{Base: to, Disp: at + 16*quarter})
		}
	}
	ADDQ(U32(256), rays.Base)
	INCQ(x)
	CMPQ(x, xEnd)
	JB(LabelRef("placeBlock"))
	INCQ(y)
	CMPQ(y, yEnd)
	JB(LabelRef("placeRow"))
	VZEROUPPER()
	RET()
}
