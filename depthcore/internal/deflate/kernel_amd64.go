package deflate

import "golang.org/x/sys/cpu"

// hasKernel reports whether the functions below may be called.
var hasKernel = cpu.X86.HasAVX2 && cpu.X86.HasBMI2

// adlerSums sums up n bytes, a multiple of 32 and at most kernelBytes: as
// they are; the sums before each 32 of them; and each times how many of its 32
// are from it on.
//
//go:noescape
func adlerSums(src *byte, n int) (sum, before, weighted uint32)

// putSequences writes n sequences whose literals are at src, and changes to
// what is left of the bits. Of the last one it leaves up to 3 literals unwritten
// where no match follows. writeSequences is its meaning.
//
//go:noescape
func putSequences(to *bitWriter, sequences *sequence, n int, src *byte, codes *codes)
