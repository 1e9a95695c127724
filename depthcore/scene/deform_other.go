//go:build !amd64

package scene

import "github.com/go-gl/mathgl/mgl64"

const hasKernel = false

func displaceWide(out, positions, delta *float64, fours int, w float64) {}

func bendWide(out, positions *mgl64.Vec3, bones *mgl64.Mat4, joints *uint16, weights *float64, influences, n int) {
}
