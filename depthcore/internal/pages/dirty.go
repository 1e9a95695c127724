package pages

import (
	"strings"
	"unsafe"
)

// MakeDirty returns n numbers of any value, like Make, for who writes all of
// them anyway: zeroing a large picture takes longer than painting it. A builder
// of strings is what hands out such memory.
func MakeDirty[T float32 | float64 | uint8](n int) []T {
	if n == 0 {
		return nil
	}
	var b strings.Builder
	size := n * int(unsafe.Sizeof(*new(T)))
	b.Grow(size)
	b.WriteByte(0) // an empty string need not be where its memory is
	first := unsafe.StringData(b.String())
	s := unsafe.Slice((*T)(unsafe.Pointer(first)), n)
	ask(unsafe.Pointer(first), uintptr(size))
	return s
}
