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
	if size := uintptr(n) * unsafe.Sizeof(*new(T)); size >= 4*huge {
		first := uintptr(unsafe.Pointer(&s[0]))
		skip := (huge - first%huge) % huge
		length := (size - skip) / huge * huge
		advise(unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(&s[0]), skip)), length))
	}
	return s
}
