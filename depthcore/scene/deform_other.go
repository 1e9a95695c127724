//go:build !amd64

package scene

import "github.com/go-gl/mathgl/mgl64"

const hasKernel = false

func displaceWide(p, delta *float64, fours int, w float64) {}

func bendWide(p *mgl64.Vec3, bones *mgl64.Mat4, joints *uint16, weights *float64, influences, n int) {
}
