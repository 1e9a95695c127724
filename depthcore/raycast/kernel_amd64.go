package raycast

import (
	"unsafe"

	"github.com/klauspost/cpuid/v2"

	"zscope/depthcore/bvh"
)

//go:generate go run -C _generate . -out ../kernels_amd64.s

// fastest returns the vector paths that this processor has, the best first.
func fastest() []Path {
	if !cpuid.CPU.Supports(cpuid.AVX2, cpuid.BMI1, cpuid.BMI2, cpuid.FMA3, cpuid.POPCNT) {
		return nil
	}
	if !cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL) {
		return []Path{AVX2}
	}
	return []Path{AVX512, AVX2}
}

func nodeTestWide(l *lens, n *bvh.Node, out *found) { nodeTestAVX2(l, n, out) }

func leafTestWide(p Path, l *lens, leaf *bvh.Leaf, slots uint32, out *batch, nearness *[blocks][16]float32, blur float32) {
	if p == AVX512 {
		leafTestAVX512(l, leaf, slots, out, nearness, blur)
	} else {
		leafTestAVX2(l, leaf, slots, out, nearness, blur)
	}
}

func patchTestWide(p Path, l *lens, patch *bvh.Patch, slots uint32, out *batch, nearness *[blocks][16]float32, blur float32) {
	if p == AVX512 {
		patchTestAVX512(l, patch, slots, out, nearness, blur)
	} else {
		patchTestAVX2(l, patch, slots, out, nearness, blur)
	}
}

func setUpWide(p Path, f *front, b *batch, st *setup, at int) (fast, blurry uint32) {
	if p == AVX512 {
		return setUpAVX512(f, b, st, at)
	}
	return setUpAVX2(f, b, st, at)
}

func setUpCornersWide(p Path, f *front, b *batch, st *setup, at int, corners *[9][16]float64) (fast, blurry uint32) {
	if p == AVX512 {
		return setUpCornersAVX512(f, b, st, at, corners)
	}
	return setUpCornersAVX2(f, b, st, at, corners)
}

func rasterWide(p Path, c *canvas, st *setup, lanes uint32, ortho bool) {
	switch {
	case p != AVX512:
		rasterAVX2(c, st, lanes)
	case ortho:
		rasterOrthoAVX512(c, st, lanes)
	default:
		rasterAVX512(c, st, lanes)
	}
}

// placeWide is place for any vector path.
func placeWide(rays *rayBlock, width, height, border int, toTile *[6]float64, s *samples) {
	placeAVX2(rays, width, height, border, toTile, s)
}

func measureWide(p Path, camera *affine, b *batch, st *setup, at int) {
	if p == AVX512 {
		measureAVX512(camera, b, st, at)
	} else {
		measureAVX2(camera, b, st, at)
	}
}

func measureCornersWide(p Path, corners *[9][16]float64, st *setup) {
	if p == AVX512 {
		measureCornersAVX512(corners, st)
	} else {
		measureCornersAVX2(corners, st)
	}
}

func rasterSamplesWide(p Path, c *canvas, st *setup, lanes uint32, s *samples) {
	if p == AVX512 {
		rasterSamplesAVX512(c, st, lanes, s, s.piece.pad)
	} else {
		rasterSamplesAVX2(c, st, lanes, s, s.piece.pad)
	}
}

func resolveRaysWide(p Path, ids *[16]uint32, records *record, rays *rayBlock, out *float32, stride, columns, first int) {
	if p == AVX512 {
		resolveRaysAVX512(ids, records, rays, out, stride, columns, first)
	} else {
		resolveRaysAVX2(ids, records, rays, out, stride, columns, first)
	}
}

func resolveWide(p Path, ids *[16]uint32, records *record, xs, ys *float64, out *float32, stride, columns int, ortho bool) {
	if p == AVX512 {
		resolveAVX512(ids, records, xs, ys, out, stride, columns, ortho)
	} else {
		resolveAVX2(ids, records, xs, ys, out, stride, columns, ortho)
	}
}

func resolveSheetWide(_ Path, id uint32, records *record, xs, ys *float64, out *float32, stride int, ortho bool) {
	resolveSheetAVX512(id, records, xs, ys, out, stride, ortho)
}

func hiddenWide(low *[blocks]float32, r rect, near float32) bool { return hiddenAVX2(low, r, near) }

func walkWide(k *walk, l *lens, c *canvas, p *pixels) step { return walkAVX512(k, l, c, p) }

func cutWide(p Path, to *pixels, st *setup, l *lookup, fixes []fix, xs, ys *float64, blur float32, stale *uint64) {
	if p == AVX512 {
		cutAVX512(to, st, l, &fixes[0], len(fixes), xs, ys, blur, stale)
	} else {
		cutAVX2(to, st, l, &fixes[0], len(fixes), xs, ys, blur, stale)
	}
}

// comparesSurfaces reports whether a path has a kernel for nearest.
func comparesSurfaces(p Path) bool { return p == AVX512 }

func nearestWide(to *pixels, st *setup, records *record, fixes []fix, xs, ys *float64) {
	nearestAVX512(to, st, records, &fixes[0], len(fixes), xs, ys)
}

//go:noescape
func nearestAVX512(to *pixels, st *setup, records *record, fixes *fix, n int, xs, ys *float64)

//go:noescape
func cutAVX512(to *pixels, st *setup, l *lookup, fixes *fix, n int, xs, ys *float64, blur float32, stale *uint64)

//go:noescape
func cutAVX2(to *pixels, st *setup, l *lookup, fixes *fix, n int, xs, ys *float64, blur float32, stale *uint64)

//go:noescape
func walkAVX512(k *walk, l *lens, c *canvas, p *pixels) step

//go:noescape
func nodeTestAVX2(l *lens, n *bvh.Node, out *found)

//go:noescape
func leafTestAVX512(l *lens, leaf *bvh.Leaf, slots uint32, out *batch, nearness *[blocks][16]float32, blur float32)

//go:noescape
func patchTestAVX512(l *lens, patch *bvh.Patch, slots uint32, out *batch, nearness *[blocks][16]float32, blur float32)

//go:noescape
func leafTestAVX2(l *lens, leaf *bvh.Leaf, slots uint32, out *batch, nearness *[blocks][16]float32, blur float32)

//go:noescape
func patchTestAVX2(l *lens, patch *bvh.Patch, slots uint32, out *batch, nearness *[blocks][16]float32, blur float32)

//go:noescape
func setUpAVX512(front *front, batch *batch, st *setup, at int) (fast, blurry uint32)

//go:noescape
func setUpAVX2(front *front, batch *batch, st *setup, at int) (fast, blurry uint32)

//go:noescape
func setUpCornersAVX512(front *front, batch *batch, st *setup, at int, corners *[9][16]float64) (fast, blurry uint32)

//go:noescape
func setUpCornersAVX2(front *front, batch *batch, st *setup, at int, corners *[9][16]float64) (fast, blurry uint32)

//go:noescape
func rasterAVX512(c *canvas, st *setup, lanes uint32)

//go:noescape
func rasterOrthoAVX512(c *canvas, st *setup, lanes uint32)

//go:noescape
func rasterAVX2(c *canvas, st *setup, lanes uint32)

//go:noescape
func resolveAVX512(ids *[16]uint32, records *record, xs, ys *float64, out *float32, stride, columns int, ortho bool)

//go:noescape
func resolveSheetAVX512(id uint32, records *record, xs, ys *float64, out *float32, stride int, ortho bool)

//go:noescape
func resolveAVX2(ids *[16]uint32, records *record, xs, ys *float64, out *float32, stride, columns int, ortho bool)

//go:noescape
func rasterSamplesAVX2(c *canvas, st *setup, lanes uint32, samples *samples, pad float32)

//go:noescape
func rasterSamplesAVX512(c *canvas, st *setup, lanes uint32, samples *samples, pad float32)

//go:noescape
func placeAVX2(rays *rayBlock, width, height, border int, toTile *[6]float64, samples *samples)

//go:noescape
func measureAVX512(camera *affine, batch *batch, st *setup, at int)

//go:noescape
func measureAVX2(camera *affine, batch *batch, st *setup, at int)

//go:noescape
func measureCornersAVX512(corners *[9][16]float64, st *setup)

//go:noescape
func measureCornersAVX2(corners *[9][16]float64, st *setup)

//go:noescape
func resolveRaysAVX512(ids *[16]uint32, records *record, rays *rayBlock, out *float32, stride, columns, first int)

//go:noescape
func resolveRaysAVX2(ids *[16]uint32, records *record, rays *rayBlock, out *float32, stride, columns, first int)

//go:noescape
func hiddenAVX2(low *[blocks]float32, r rect, near float32) bool

//go:noescape
func prefetchNode(p unsafe.Pointer)

//go:noescape
func prefetchLeaf(p unsafe.Pointer)

//go:noescape
func prefetchPatch(p unsafe.Pointer)
