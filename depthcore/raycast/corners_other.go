//go:build !amd64

package raycast

import "github.com/go-gl/mathgl/mgl64"

func cornersWide(m *affine, positions *mgl64.Vec3, indices, tris *uint32, n int, out *[9][16]float64) {
	panic(missing)
}
