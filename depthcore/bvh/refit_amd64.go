package bvh

import (
	"github.com/go-gl/mathgl/mgl64"
	"github.com/klauspost/cpuid/v2"
)

var hasAVX2 = cpuid.CPU.Supports(cpuid.AVX2)

// moveAVX2 is move, of rows times 16 vertices.
//
//go:noescape
func moveAVX2(positions *mgl64.Vec3, numbers *uint32, to *[Width]float32, rows int, box *Box) (finite bool)
