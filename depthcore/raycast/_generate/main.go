// Command generate writes the vector instructions of package raycast: run
// "go generate" there. Each kernel does what the function of the same name there
// says, conservatively: 16 lanes at a time, or 8 in the files named avx2.
package main

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
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
	lensStep, lensStart, lensColumns = 96, 100, 128
	nodeChild, nodeCount             = 384, 448
	foundRef, foundNear, foundRect   = 0, 64, 128
	foundRank, foundN                = 192, 256
	patchCorner, patchCount          = 192, 240
	batchP, batchSlot, batchRect     = 0, 9 * 192, 10 * 192
	batchN                           = 11 * 192
	setupEdge, setupNear, setupPlane = 0, 576, 768
	setupSlot, setupRect, setupID    = 1536, 1600, 1664
	setupMargin, setupSure           = 1728, 1792
	setupSteep                       = 1856
	canvasNearness, canvasIDs        = 0, 64 * blocks // the ids follow the nearness
	canvasLow                        = 128 * blocks   // and the blocks' lows those
	sheetsFirst                      = 132 * blocks   // and the sheets those
	sheetsA, sheetsB                 = sheetsFirst + 64*cells, sheetsFirst + 68*cells
	sheetsID, sheetsLow              = sheetsFirst + 72*cells, sheetsFirst + 76*cells
	sheetsIs                         = sheetsFirst + 80*cells
	canvasRecords, canvasFixes       = 16, 24
	canvasNRecords, canvasNFixes     = 32, 40
	canvasBlur, canvasInstance       = 48, 52
	canvasStale                      = 56
	recordSize                       = 64
	recordOther                      = 24
	recordNear, recordFar            = 32, 40
	frontM, frontSX, frontSY         = 0, 96, 104
	frontX, frontY, frontReach       = 112, 120, 128
	walkStack, walkTop, walkMost     = 0, 8, 16
	walkTreeNodes, walkLeaves        = 24, 32
	walkPatches, walkNode            = 40, 48
	walkAsked, walkVisited           = 56, 64
	walkLeafRefs, walkCurrent        = 72, 104
	leavesAhead, nodesAhead          = 4, 8 // as in package raycast
	nodeLines                        = 7    // cache lines of a node, but for that of the count
	logCellsX                        = 3    // cells of 16 blocks, in rows
	cells                            = 32
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
	walk()
	leafTest(false)
	leafTest(true)
	setUp(true)
	setUp(false)
	raster(false)
	raster(true)
	resolve(false)
	resolve(true)
	resolveSheet()
	prefetch("prefetchNode", 8)
	prefetch("prefetchLeaf", 9)
	prefetch("prefetchPatch", 4)
	rasterSamples()
	rasterSamplesAVX2()
	place()
	measure(true)
	measure(false)
	measureAVX2(true)
	measureAVX2(false)
	cut()
	nearest()

	nodeTestAVX2()
	leafTestAVX2(false)
	leafTestAVX2(true)
	setUpAVX2(true)
	setUpAVX2(false)
	rasterAVX2()
	resolveAVX2(false)
	resolveAVX2(true)
	hiddenAVX2()
	cutAVX2()
	Generate()
}

func mustAddr(name string) Mem {
	b, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return b.Addr
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

func prefetch(name string, lines int) {
	TEXT(name, NOSPLIT, "func(p *byte)")
	Doc(fmt.Sprintf("%s asks for the cache lines of a %s.", name, strings.ToLower(strings.TrimPrefix(name, "prefetch"))))
	p := Mem{Base: Load(Param("p"), GP64())}
	for line := 0; line < lines; line++ {
		PREFETCHT0(p.Offset(64 * line))
	}
	RET()
}
