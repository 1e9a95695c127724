package colormap

import "golang.org/x/sys/cpu"

// hasKernel reports whether the functions below may be called.
var hasKernel = cpu.X86.HasAVX2

// paintEights paints 8*eights pixels, at least 8: colours.of is its meaning.
//
//go:noescape
func paintEights(dst *uint8, src *float32, eights int, c *colours)

// tallyEights counts 8*eights pixels, at least 8, in t. It puts the bits of
// those that lie between the two values of an end into found, as long as no more
// than room have been put there, and returns how many.
//
//go:noescape
func tallyEights(z *float32, eights int, t *tally, found *uint32, room int) (n int)
