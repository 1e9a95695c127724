package pages

import "syscall"

// advise is a request only: nothing depends on its being granted.
func advise(b []byte) { _ = syscall.Madvise(b, syscall.MADV_HUGEPAGE) }
