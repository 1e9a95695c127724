package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// locals is local memory that begins on a cache line. The stack is not aligned
// to them but to 8 bytes, and what straddles two lines takes twice as long.
type locals struct {
	base       reg.GPVirtual
	size, used int
}

func newLocals(size int) *locals {
	room, base := AllocLocal(size+56), GP64()
	LEAQ(room.Offset(56), base)
	ANDQ(I8(-64), base)
	return &locals{base: base, size: size}
}

// alloc returns n bytes, which begin at a multiple of n up to a line.
func (l *locals) alloc(n int) Mem {
	align := 1
	for align < n && align < 64 {
		align *= 2
	}
	at := (l.used + align - 1) / align * align
	if l.used = at + n; l.used > l.size {
		panic("too little local memory")
	}
	return Mem{Base: l.base, Disp: at}
}
