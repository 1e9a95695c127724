package depth

import "golang.org/x/sys/cpu"

// hasKernel reports whether rangeEights may be called.
var hasKernel = cpu.X86.HasAVX2

// rangeEights does a turn of Range's loop for each of 8*eights pixels, in eight
// lanes.
//
//go:noescape
func rangeEights(z *float32, eights int, to *lanes)
