// Package pages asks the system to hold large arrays in large pages. Trees and
// meshes are read at random, and most of such reads would otherwise wait for
// the page tables, too.
package pages

import "unsafe"

// huge is the size of a large page on the systems where there is a choice.
const huge = 2 << 20

// Make returns n zeroes in large pages, where the system has such and n is
// large enough to fill some.
func Make[T any](n int) []T {
	s := make([]T, n)
	ask(unsafe.Pointer(unsafe.SliceData(s)), uintptr(n)*unsafe.Sizeof(*new(T)))
	return s
}

// ask asks for large pages for memory that holds nothing yet.
func ask(p unsafe.Pointer, size uintptr) {
	if size < 4*huge {
		return
	}
	skip := (huge - uintptr(p)%huge) % huge
	length := (size - skip) / huge * huge
	advise(unsafe.Slice((*byte)(unsafe.Add(p, skip)), length))
}
