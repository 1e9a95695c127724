package pages

import "syscall"

// advise is a request only: nothing depends on its being granted. Zeroes that
// lie in small pages, since their memory was used before, are given back, and
// come again in large ones.
func advise(zeroes []byte) {
	_ = syscall.Madvise(zeroes, syscall.MADV_HUGEPAGE)
	_ = syscall.Madvise(zeroes, syscall.MADV_DONTNEED)
}
