//go:build !amd64

package bvh

import "github.com/go-gl/mathgl/mgl64"

const hasAVX2 = false

func moveAVX2(positions *mgl64.Vec3, numbers *uint32, to *[Width]float32, rows int, box *Box) (finite bool) {
	panic("no vector instructions here")
}
