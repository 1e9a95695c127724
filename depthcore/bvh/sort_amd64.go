package bvh

import (
	"unsafe"

	"github.com/klauspost/cpuid/v2"
)

//go:generate go run -C _generate . -out ../sort_amd64.s

// sortRefs sorts references into bins, by vector instructions where there are.
func sortRefs(to *binning, refs []reference) {
	if !cpuid.CPU.Supports(cpuid.AVX2) {
		to.sort(refs)
		return
	}
	sortAVX2(to, unsafe.SliceData(refs), len(refs))
}

//go:noescape
func sortAVX2(to *binning, refs *reference, n int)
