//go:build !amd64

package raycast

import (
	"unsafe"

	"zscope/depthcore/bvh"
)

func fastest() []Path { return nil }

const missing = "no vector instructions here"

func nodeTestWide(l *lens, n *bvh.Node, out *found) { panic(missing) }

func patchTestWide(p Path, l *lens, patch *bvh.Patch, slots uint32, out *batch, nearness *[blocks][16]float32, blur float32) {
	panic(missing)
}

func leafTestWide(p Path, l *lens, leaf *bvh.Leaf, slots uint32, out *batch, nearness *[blocks][16]float32, blur float32) {
	panic(missing)
}

func setUpWide(p Path, f *front, b *batch, st *setup, at int) (fast, blurry uint32) { panic(missing) }

func setUpCornersWide(p Path, f *front, b *batch, st *setup, at int, corners *[9][16]float64) (fast, blurry uint32) {
	panic(missing)
}

func rasterWide(p Path, c *canvas, st *setup, lanes uint32, ortho bool) { panic(missing) }

func placeWide(rays *rayBlock, width, height, border int, toTile *[6]float64, s *samples) {
	panic(missing)
}

func measureWide(p Path, camera *affine, b *batch, st *setup, at int) { panic(missing) }

func measureCornersWide(p Path, corners *[9][16]float64, st *setup) { panic(missing) }

func rasterSamplesWide(p Path, c *canvas, st *setup, lanes uint32, s *samples) { panic(missing) }

func resolveRaysWide(p Path, ids *[16]uint32, records *record, rays *rayBlock, out *float32, stride, columns, first int) {
	panic(missing)
}

func resolveWide(p Path, ids *[16]uint32, records *record, xs, ys *float64, out *float32, stride, columns int, ortho bool) {
	panic(missing)
}

func comparesSurfaces(p Path) bool { return false }

func nearestWide(to *pixels, st *setup, records *record, fixes []fix, xs, ys *float64) {
	panic(missing)
}

func cutWide(p Path, to *pixels, st *setup, l *lookup, fixes []fix, xs, ys *float64, blur float32, stale *uint64) {
	panic(missing)
}

func resolveSheetWide(p Path, id uint32, records *record, xs, ys *float64, out *float32, stride int, ortho bool) {
	panic(missing)
}

func hiddenWide(low *[blocks]float32, r rect, near float32) bool { panic(missing) }

func walkWide(k *walk, l *lens, c *canvas, p *pixels) step { panic(missing) }

func prefetchNode(p unsafe.Pointer) { panic(missing) }

func prefetchLeaf(p unsafe.Pointer) { panic(missing) }

func prefetchPatch(p unsafe.Pointer) { panic(missing) }
