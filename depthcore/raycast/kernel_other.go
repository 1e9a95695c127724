//go:build !amd64

package raycast

import (
	"unsafe"

	"zscope/depthcore/bvh"
)

func bestPath() Path { return Scalar }

const missing = "no vector instructions here"

func nodeTestAVX512(l *lens, n *bvh.Node, out *found) { panic(missing) }

func leafTestAVX512(l *lens, leaf *bvh.Leaf, out *batch, nearness *[blocks][16]float32, blur float32) {
	panic(missing)
}

func setUpAVX512(front *front, batch *batch, st *setup, at int) (fast, blurry uint32) { panic(missing) }

func setUpCornersAVX512(front *front, batch *batch, st *setup, at int, corners *[9][16]float64) (fast, blurry uint32) {
	panic(missing)
}

func rasterAVX512(c *canvas, st *setup, lanes uint32) { panic(missing) }

func resolveAVX512(ids *[16]uint32, records *record, xs, ys *float64, out *float32, stride, columns int) {
	panic(missing)
}

func cellLowAVX512(nearness *[16]float32) float32 { panic(missing) }

func prefetchAVX512(p unsafe.Pointer) { panic(missing) }
