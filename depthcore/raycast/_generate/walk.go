package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// What a walk ends with, and the most nodes that it tests.
const (
	walkEnded, walkDue, walkPaused = 0, 1, 2
	walkNodes                      = 256
)

func walk() {
	TEXT("walkAVX512", NOSPLIT, "func(k, l, c, p *byte) int")
	Doc("walkAVX512 is walkOn.")
	k, l := Mem{Base: Load(Param("k"), GP64())}, Mem{Base: Load(Param("l"), GP64())}
	c, p := Mem{Base: Load(Param("c"), GP64())}, Load(Param("p"), GP64())
	left := AllocLocal(8) // few registers are
	MOVQ(I32(walkNodes), left)
	at, top := GP64(), GP64()
	MOVQ(k.Offset(walkNode), at)
	TESTQ(at, at)
	JZ(LabelRef("walkNext"))
	MOVQ(k.Offset(walkTop), top)
	JMP(LabelRef("walkNode"))

	Label("walkNext")
	MOVQ(k.Offset(walkTop), top)
	SUBQ(U8(1), top)
	JCS(LabelRef("walkEnd"))
	entry := func() Mem {
		e := GP64()
		MOVQ(top, e)
		SHLQ(U8(4), e)
		ADDQ(k.Offset(walkStack), e)
		return Mem{Base: e}
	}
	e, instance := entry(), GP32()
	MOVL(e.Offset(4), instance)
	CMPL(instance, k.Offset(walkCurrent))
	JNE(LabelRef("walkPause"))
	MOVQ(top, k.Offset(walkTop))
	skipHidden(e.Offset(12), e.Offset(8), c, p, "walk")
	ref := GP64()
	MOVQ(k.Offset(walkTop), top)
	MOVL(entry(), ref.As32())
	TESTL(ref.As32(), ref.As32())
	JMI(LabelRef("walkLeaf"))
	{
		LEAQ(Mem{Base: ref, Disp: 1}, at)
		MOVQ(at, k.Offset(walkNode))
		asked := GP64()
		MOVQ(k.Offset(walkAsked), asked)
		CMPQ(asked, k.Offset(walkVisited))
		JNE(LabelRef("walkLeafDue"))
	}

	Label("walkNode")
	CMPQ(top, k.Offset(walkMost))
	JHI(LabelRef("walkPause"))
	DECQ(left)
	JMI(LabelRef("walkPause"))
	none := GP64()
	XORL(none.As32(), none.As32())
	MOVQ(none, k.Offset(walkNode))
	SHLQ(U8(9), at)
	ADDQ(k.Offset(walkTreeNodes), at)
	n := Mem{Base: at, Disp: -512}
	near, rect, found := children(l, n)
	stack := GP64()
	MOVQ(top, stack)
	SHLQ(U8(4), stack)
	ADDQ(k.Offset(walkStack), stack)
	kept := pushSorted(n, near, rect, found, k.Offset(walkCurrent), stack)
	ADDQ(kept, top)
	MOVQ(top, k.Offset(walkTop))
	Comment("The nodes among the nearest are asked for.")
	SHLQ(U8(4), kept)
	ADDQ(stack, kept)
	for i := 0; i < nodesAhead; i++ {
		node, skip := GP64(), fmt.Sprint("walkAsked", i)
		SUBQ(U8(16), kept)
		CMPQ(kept, stack)
		JCS(LabelRef("walkNext"))
		MOVL(Mem{Base: kept}, node.As32())
		TESTL(node.As32(), node.As32())
		JMI(LabelRef(skip))
		SHLQ(U8(9), node)
		ADDQ(k.Offset(walkTreeNodes), node)
		ask(node, nodeLines)
		Label(skip)
	}
	JMP(LabelRef("walkNext"))

	Label("walkLeaf")
	{
		at := GP64()
		BTL(U8(30), ref.As32())
		JCS(LabelRef("walkPatch"))
		MOVL(ref.As32(), at.As32())
		BTRL(U8(31), at.As32())
		IMUL3Q(I32(576), at, at)
		ADDQ(k.Offset(walkLeaves), at)
		ask(at, 9)
		JMP(LabelRef("walkPut"))
		Label("walkPatch")
		MOVL(ref.As32(), at.As32())
		SHLL(U8(2), at.As32())
		SHLQ(U8(6), at)
		ADDQ(k.Offset(walkPatches), at)
		ask(at, 4)
		Label("walkPut")
		asked := GP64()
		MOVQ(k.Offset(walkAsked), asked)
		MOVL(asked.As32(), at.As32())
		ANDL(U8(2*leavesAhead-1), at.As32())
		MOVL(ref.As32(), Mem{Base: k.Base, Index: at, Scale: 4, Disp: walkLeafRefs})
		INCQ(asked)
		MOVQ(asked, k.Offset(walkAsked))
		SUBQ(k.Offset(walkVisited), asked)
		CMPQ(asked, U8(leavesAhead))
		JLE(LabelRef("walkNext"))
	}
	end := func(label string, step int) {
		Label(label)
		r := GP64()
		MOVQ(U32(uint32(step)), r)
		Store(r, ReturnIndex(0))
		VZEROUPPER()
		RET()
	}
	end("walkLeafDue", walkDue)
	end("walkPause", walkPaused)
	end("walkEnd", walkEnded)
}

func ask(at reg.GPVirtual, lines int) {
	for line := 0; line < lines; line++ {
		PREFETCHT0(Mem{Base: at, Disp: 64 * line})
	}
}

// pushSorted stores a node's children that may be seen behind each other on the
// stack, the nearest last. It returns how many they are.
func pushSorted(n Mem, near, rect vec, found reg.OpmaskVirtual, instance Mem, stack reg.GPVirtual) (kept reg.GPVirtual) {
	local := newLocals(128)
	keys, ranks := local.alloc(64), local.alloc(64)
	kept, ones, present := GP64(), GP32(), K()
	KMOVW(found, kept.As32())
	POPCNTL(kept.As32(), kept.As32())
	MOVL(I32(-1), ones)
	BZHIL(kept.As32(), ones, ones)
	KMOVW(ones, present)
	ref, from, key, last := ZMM(), ZMM(), ZMM(), ZMM()
	VPCOMPRESSD_Z(near, found, near)
	VPCOMPRESSD_Z(rect, found, rect)
	VPCOMPRESSD_Z(load(n.Offset(nodeChild)), found, ref)
	VPBROADCASTD(instance, from)

	Comment("How many are less near than each. The lowest bits make all differ; what is none is last.")
	VPSRAD(U8(31), near, key)
	VPSRLD(U8(1), key, key)
	VPXORD(near, key, key) // in order as an integer
	VPTERNLOGD(U8(255), last, last, last)
	VPSRLD(U8(1), last, last)
	VMOVDQA32(key, present, last)
	VPANDD(all(bits("not15", 0xfffffff0)), last, last)
	VPORD(lanesTable(), last, last)
	VMOVDQU32(last, keys)
	var rank [2]vec // in two sums, which wait less for each other
	sixteen := all(bits("sixteen", 16))
	for i := range rank {
		rank[i] = ZMM()
		VPXORD(rank[i], rank[i], rank[i])
	}
	for i := 0; i < 16; i++ {
		farther := K()
		VPCMPD_BCST(U8(6), keys.Offset(4*i), last, farther)
		VPADDD(sixteen, rank[i&1], farther, rank[i&1])
	}
	VPADDD(rank[1], rank[0], rank[0])
	VMOVDQU32(rank[0], ranks)

	Comment("Entries, four in each register: lanes 0, 4, 8 and 12 first.")
	two := func(a, b vec) (lo, hi vec) {
		lo, hi = ZMM(), ZMM()
		VPUNPCKLDQ(b, a, lo)
		VPUNPCKHDQ(b, a, hi)
		return lo, hi
	}
	four := func(a, b vec) (lo, hi vec) {
		lo, hi = ZMM(), ZMM()
		VPUNPCKLQDQ(b, a, lo)
		VPUNPCKHQDQ(b, a, hi)
		return lo, hi
	}
	a0, a1 := two(ref, from)
	b0, b1 := two(near, rect)
	var entries [4]vec
	entries[0], entries[1] = four(a0, b0)
	entries[2], entries[3] = four(a1, b1)
	for i := 0; i < 16; i++ {
		place := GP64()
		MOVL(ranks.Offset(4*i), place.As32())
		VEXTRACTI32X4(U8(i>>2), entries[i&3], Mem{Base: stack, Index: place, Scale: 1})
	}
	return kept
}
