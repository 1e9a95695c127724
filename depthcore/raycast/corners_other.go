//go:build !amd64

package raycast

import "github.com/go-gl/mathgl/mgl64"

func cornersWide(m *affine, positions *mgl64.Vec3, vertices *[3]uint32, slots *uint32, n int, out *[9][16]float64) {
	panic(missing)
}

func prefetchVertices(vertices *[3]uint32) { panic(missing) }

func prefetchPositions(positions *mgl64.Vec3, vertices *[3]uint32) { panic(missing) }
