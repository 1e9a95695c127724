package scene

import (
	"github.com/go-gl/mathgl/mgl64"
	"golang.org/x/sys/cpu"
)

// hasKernel reports whether the functions below may be called.
var hasKernel = cpu.X86.HasAVX2

// displaceWide adds w times 4*fours numbers to others, of which there is at
// least one four: displace is its meaning.
//
//go:noescape
func displaceWide(p, delta *float64, fours int, w float64)

// bendWide is bend of n vertices, at least one, with at least one influence.
//
//go:noescape
func bendWide(p *mgl64.Vec3, bones *mgl64.Mat4, joints *uint16, weights *float64, influences, n int)
