package raycast

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"zscope/depthcore/camera"
	"zscope/depthcore/scene"
)

// Resolving rounds each quotient as a division does, also where it lies next to
// the middle between two float32 numbers, and whatever the numbers' sizes.
func TestResolveRounds(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	var xs, ys [4]float64
	check := func(records []record, ids *[16]uint32, model camera.Model) {
		var rays rayBlock // of the same pixels, some of them moved
		for i := range rays.x {
			rays.x[i], rays.y[i] = xs[i%4], ys[i/4]
			if r.IntN(4) == 0 {
				rays.x[i], rays.y[i] = r.NormFloat64(), r.NormFloat64()
			}
		}
		for _, path := range Paths() {
			if path == Scalar {
				continue
			}
			var z [16]float32
			resolveWide(path, ids, &records[0], &xs[0], &ys[0], &z[0], 16, 1, model == camera.Orthographic)
			for i, got := range z {
				want := float32(records[ids[i]].z(xs[i%4], ys[i/4], model))
				if math.Float32bits(got) != math.Float32bits(want) {
					t.Fatalf("%v, %v: pixel %d of %+v at %v, %v is %v, want %v", path, model, i, records[ids[i]], xs[i%4], ys[i/4], got, want)
				}
			}
			if model == camera.Orthographic {
				continue
			}
			resolveRaysWide(path, ids, &records[0], &rays, &z[0], 16, 1, 0)
			for i, got := range z {
				want := float32(records[ids[i]].z(rays.x[i], rays.y[i], model))
				if math.Float32bits(got) != math.Float32bits(want) {
					t.Fatalf("%v: pixel %d of %+v along the ray %v, %v is %v, want %v", path, i, records[ids[i]], rays.x[i], rays.y[i], got, want)
				}
			}
		}
	}
	var one [16]uint32
	for i := range one {
		one[i] = 1
	}
	inf := math.Inf(1)
	none := record{plane: plane3{0, 0, 1}, other: inf, near: inf, far: inf}
	for range 200000 {
		for k := range xs {
			xs[k], ys[k] = r.NormFloat64(), r.NormFloat64()
		}
		// A number beside the middle between two float32 numbers.
		z := float64(float32(math.Exp(4 * r.NormFloat64())))
		middle := math.Float64bits(z) + 1<<28 + uint64(r.IntN(1<<r.IntN(16))) - uint64(r.IntN(1<<r.IntN(16)))
		z = math.Float64frombits(middle)
		den := r.NormFloat64()
		a := record{plane: plane3{0, 0, den}, other: z * den, near: 0.5 * z, far: 2 * z}
		switch r.IntN(8) {
		case 0:
			a.plane.x, a.plane.y = r.NormFloat64(), r.NormFloat64()
		case 1:
			a.near, a.far = -z, math.Nextafter(z, 0)
		case 2:
			a.near = math.Nextafter(z, inf)
		case 3:
			scale := math.Ldexp(1, r.IntN(2000)-1000)
			a.plane.c, a.other = a.plane.c*scale, a.other*scale
		case 4:
			scale := math.Ldexp(1, r.IntN(400)-200)
			a.other, a.near, a.far = a.other*scale, a.near*scale, a.far*scale
		case 5:
			a.plane.c = 0
		case 6: // the first pixel's neighbours are of any size
			xs[0], ys[0] = 0, 0
			a.plane.x, a.plane.y = math.Ldexp(den, r.IntN(700)-350), math.Ldexp(den, r.IntN(700)-350)
			a.near, a.far = -inf, inf
		}
		ids := one
		if r.IntN(4) == 0 {
			for i := range ids {
				ids[i] = uint32(r.IntN(2))
			}
		}
		check([]record{none, a}, &ids, camera.Perspective)
		check([]record{none, a}, &ids, camera.Orthographic)
	}
	check([]record{none}, &[16]uint32{}, camera.Perspective)
}

// A sheet's pixels are what its record says, whatever the numbers' sizes and
// however close to the middle between two float32 numbers they lie, in rows that
// are cache lines and in others.
func TestResolveSheet(t *testing.T) {
	if !slices.Contains(Paths(), AVX512) {
		t.Skip("this processor has no AVX-512")
	}
	r := rand.New(rand.NewPCG(45, 46))
	inf := math.Inf(1)
	none := record{plane: plane3{0, 0, 1}, other: inf, near: inf, far: inf}
	lines := unsafe.Slice((*float32)(unsafe.Pointer(&make([][64]byte, 21)[0])), 21*16)
	for len(lines) > 0 && uintptr(unsafe.Pointer(&lines[0]))%64 != 0 {
		lines = lines[1:]
	}
	var xs, ys [16]float64
	for n := range 50000 {
		x, y, step := r.NormFloat64(), r.NormFloat64(), math.Exp(-8*r.Float64())
		for i := range xs {
			xs[i], ys[i] = x+step*float64(i), y+step*float64(i)
		}
		a := record{plane: plane3{r.NormFloat64(), r.NormFloat64(), 3 * r.NormFloat64()}, other: r.NormFloat64(), near: -inf, far: inf}
		switch r.IntN(8) {
		case 0, 1: // at one depth, beside the middle between two numbers
			z := float64(float32(math.Exp(4 * r.NormFloat64())))
			z = math.Float64frombits(math.Float64bits(z) + 1<<28 + uint64(r.IntN(1<<r.IntN(16))) - uint64(r.IntN(1<<r.IntN(16))))
			a.plane.x, a.plane.y, a.other = 0, math.Ldexp(a.plane.y, -r.IntN(60)), z*a.plane.c
		case 2: // seen almost from the side
			a.plane.c = -float64(a.plane.x*xs[r.IntN(16)]) - float64(a.plane.y*ys[r.IntN(16)])
			a.plane.c *= 1 + math.Ldexp(r.NormFloat64(), -r.IntN(50))
		case 3:
			a.other = math.Ldexp(a.other, r.IntN(2000)-1000)
		case 4:
			for _, c := range []*float64{&a.plane.x, &a.plane.y, &a.plane.c, &a.other} {
				*c = math.Ldexp(*c, r.IntN(300)-150)
			}
		case 5:
			scale := math.Ldexp(1, r.IntN(300)-150)
			a.plane.x, a.plane.y, a.plane.c, a.other = a.plane.x*scale, a.plane.y*scale, a.plane.c*scale, a.other*scale
		}
		if z := a.z(xs[7], ys[8], camera.Perspective); r.IntN(2) == 0 && z > 0 {
			a.near, a.far = z*(1-0.01*r.Float64()), z*(1+0.01*r.Float64())
		}
		for _, model := range []camera.Model{camera.Perspective, camera.Orthographic} {
			for id, rec := range []record{none, a} {
				out := lines[n%2 : n%2+256]
				resolveSheetWide(AVX512, uint32(id), &[]record{none, a}[0], &xs[0], &ys[0], &out[0], 64, model == camera.Orthographic)
				for i, got := range out {
					if want := float32(rec.z(xs[i%16], ys[i/16], model)); math.Float32bits(got) != math.Float32bits(want) {
						t.Fatalf("%v: pixel %d of %+v at %v, %v is %v, want %v", model, i, rec, xs[i%16], ys[i/16], got, want)
					}
				}
			}
		}
	}
}

// BenchmarkResolve resolves a tile whose blocks see so many surfaces each, or
// where that is negative any number up to it.
func BenchmarkResolve(b *testing.B) {
	r := rand.New(rand.NewPCG(43, 44))
	records := []record{newWorker(New(&scene.Scene{}, DefaultOptions())).records[0]}
	for range 700 {
		z := 1 + r.Float64()
		den := r.NormFloat64()
		records = append(records, record{plane: plane3{den / 16, den / 16, den}, other: z * den, near: z / 2, far: 2 * z})
	}
	var ids [blocks][16]uint32
	var xs [tileW]float64
	var ys [4]float64
	for k := range xs {
		xs[k] = r.Float64()
	}
	out := make([]float32, tileW*tileH)
	for _, path := range Paths() {
		if path == Scalar {
			continue
		}
		for _, most := range []int{1, 2, 3, 4, 6, 16, -3, -16} {
			b.Run(fmt.Sprintf("%v/%d", path, most), func(b *testing.B) {
				for k := range ids {
					n := most
					if most < 0 {
						n = 1 + r.IntN(-most)
					}
					first := 1 + r.IntN(len(records)-n)
					for i := range ids[k] {
						ids[k][i] = uint32(first + i*n/16)
					}
				}
				for b.Loop() {
					for by := range tileH / 4 {
						first, _ := pixelAt(0, 4*by)
						resolveWide(path, &ids[first], &records[0], &xs[0], &ys[0], &out[4*by*tileW], 4*tileW, tileW/4, false)
					}
				}
				b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/blocks, "ns/block")
			})
		}
	}
}
