package scene

import (
	"github.com/go-gl/mathgl/mgl64"
	"golang.org/x/sys/cpu"
)

// hasKernel reports whether the functions below may be called.
var hasKernel = cpu.X86.HasAVX2

// displaceWide is displaceAll of 4*fours numbers, at least 4.
//
//go:noescape
func displaceWide(out, positions, delta *float64, fours int, w float64)

// bendWide is bend of n vertices, at least one, with at least one influence.
//
//go:noescape
func bendWide(out, positions *mgl64.Vec3, bones *mgl64.Mat4, joints *uint16, weights *float64, influences, n int)
