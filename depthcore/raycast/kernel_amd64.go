package raycast

import (
	"unsafe"

	"github.com/klauspost/cpuid/v2"

	"zscope/depthcore/bvh"
)

//go:generate go run -C _generate . -out ../kernels_amd64.s

func bestPath() Path {
	if cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL, cpuid.BMI1, cpuid.BMI2, cpuid.FMA3, cpuid.POPCNT) {
		return AVX512
	}
	return Scalar
}

//go:noescape
func nodeTestAVX512(l *lens, n *bvh.Node, out *found)

//go:noescape
func leafTestAVX512(l *lens, leaf *bvh.Leaf, out *batch, nearness *[blocks][16]float32, blur float32)

//go:noescape
func setUpAVX512(front *front, batch *batch, st *setup, at int) (fast, blurry uint32)

//go:noescape
func setUpCornersAVX512(front *front, batch *batch, st *setup, at int, corners *[9][16]float64) (fast, blurry uint32)

//go:noescape
func rasterAVX512(c *canvas, st *setup, lanes uint32)

//go:noescape
func resolveAVX512(ids *[16]uint32, records *record, xs, ys *float64, out *float32, stride, columns int)

//go:noescape
func cellLowAVX512(nearness *[16]float32) float32

//go:noescape
func prefetchAVX512(p unsafe.Pointer)
