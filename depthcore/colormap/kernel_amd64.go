package colormap

import "golang.org/x/sys/cpu"

// hasKernel reports whether paintEights may be called.
var hasKernel = cpu.X86.HasAVX2

// paintEights paints 8*eights pixels, at least 8: colours.of is its meaning.
//
//go:noescape
func paintEights(dst *uint8, src *float32, eights int, c *colours)
