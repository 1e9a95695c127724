package exr

import "golang.org/x/sys/cpu"

// hasKernel reports whether splitEights may be called.
var hasKernel = cpu.X86.HasAVX2

// splitEights is splitFloat for 8*eights pixels, at least 8, behind another one.
//
//go:noescape
func splitEights(even, odd *byte, pixels *float32, eights int)
