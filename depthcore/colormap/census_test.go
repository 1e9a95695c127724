package colormap

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"zscope/depthcore/depth"
)

func TestTallyLayout(t *testing.T) {
	var a tally
	for i, o := range []uintptr{
		unsafe.Offsetof(a.above), unsafe.Offsetof(a.count), unsafe.Offsetof(a.near), unsafe.Offsetof(a.far), unsafe.Offsetof(a.none),
	} {
		if want := []uintptr{0, 256, 512, 544, 576}[i]; o != want {
			t.Errorf("field %d lies at %d, where the vector code expects it at %d", i, o, want)
		}
	}
}

// The vector code counts what plain Go counts.
func TestTally(t *testing.T) {
	if !hasKernel {
		t.Skip("no vector instructions here")
	}
	r := rand.New(rand.NewPCG(1, 5))
	odd := []float32{0, float32(math.Copysign(0, -1)), inf, -inf, nan, -1, math.SmallestNonzeroFloat32, math.MaxFloat32}
	for range 200 {
		z := make([]float32, 1+r.IntN(100))
		for i := range z {
			z[i] = float32(1 + r.IntN(20))
			if r.IntN(4) == 0 {
				z[i] = odd[r.IntN(len(odd))]
			}
		}
		k := func() uint32 { return math.Float32bits(float32(1+r.IntN(20))) - 1 }
		c := census{ends: [2]bracket{{k(), k()}, {0, maxHit - 1}}}
		got := tally{found: make([]uint32, 0, 150)}
		got.begin(&c)
		got.add(z)
		var above [8]int
		near, far, none := uint32(maxHit), uint32(0), len(z)
		var found []uint32
		for _, z := range z {
			m := uint32(maxHit)
			if depth.IsHit(z) {
				m = math.Float32bits(z) - 1
				near, far, none = min(near, m), max(far, m-maxHit), none-1
			}
			for e, b := range c.ends {
				for i, limit := range []int64{int64(b.lo) - 1, int64(b.lo), int64(b.hi) - 1, int64(b.hi)} {
					if int64(m) > limit {
						above[4*e+i]++
					}
				}
			}
			if in := func(b bracket) bool { return m > b.lo && m < b.hi }; in(c.ends[0]) || in(c.ends[1]) {
				found = append(found, math.Float32bits(z))
			}
		}
		sum := func(lanes *[8]uint32) (n int) {
			for _, k := range lanes {
				n += int(k)
			}
			return n - (got.pixels - len(z)) // those that fill the last eight
		}
		for i := range above {
			if n := sum(&got.count[i]); n != above[i] {
				t.Fatalf("%d pixels above threshold %d, want %d", n, i, above[i])
			}
		}
		if n := sum(&got.none); n != none {
			t.Fatalf("%d pixels show no surface, want %d", n, none)
		}
		if n, f := slices.Min(got.near[:]), slices.Max(got.far[:]); n != near || f != far {
			t.Fatalf("%x..%x, want %x..%x", n, f, near, far)
		}
		if !slices.Equal(got.found, found) {
			t.Fatalf("found %x, want %x", got.found, found)
		}
	}
}

// Ranges are the same with and without a census, whether its sample was fair or
// not.
func TestCensus(t *testing.T) {
	if !hasKernel {
		t.Skip("no vector instructions here")
	}
	r := rand.New(rand.NewPCG(2, 7))
	const w, h = 401, 203
	step := stride(depth.New(w, h), sampleSize) // the pixels that a sample looks at
	for name, c := range map[string]struct {
		z     func(x, y int) float32
		known bool // by the census
	}{
		"slope":       {func(x, y int) float32 { return 1 + float32(x)*0.01 + float32(y)*0.001 }, true},
		"noise":       {func(x, y int) float32 { return float32(math.Exp(r.NormFloat64())) }, true},
		"wall":        {func(x, y int) float32 { return 10 }, true},
		"walls":       {func(x, y int) float32 { return float32(3 + x%2) }, true},
		"half a wall": {func(x, y int) float32 { return float32(min(10, 8+float64(x)*0.01)) }, true},
		"few near":    {func(x, y int) float32 { return 10 - float32(max(0, 5-x))*r.Float32() }, true},
		"mostly none": {func(x, y int) float32 { return []float32{inf, -1, nan, 0, 3, 5}[r.IntN(6)] * (1 + r.Float32()) }, true},
		"hardly any":  {func(x, y int) float32 { return []float32{0, 1}[(x^y)%97/96] }, false},
		"unfair": {func(x, y int) float32 {
			if i := y*w + x; i%step == step/2 {
				return 2 + r.Float32()
			}
			return 1 + 9*r.Float32()
		}, false},
	} {
		d := depth.New(w, h)
		for i := range d.Z {
			d.Z[i] = c.z(i%w, i/w)
		}
		const usual = 0.005
		for _, cut := range []float64{0.001, 0.004, usual, 0.3} {
			var fast Painter
			plain := Painter{plain: true}
			got, want := fast.Ranges(d, cut), plain.Ranges(d, cut)
			if got != want {
				t.Errorf("%s: cut %g: %+v, want %+v", name, cut, got, want)
			}
			if cut != usual {
				continue
			}
			g := &fast.ranging
			out := int(cut * float64(got.Hits-1))
			if known := g.census.sampled(d, cut); known {
				fast.src = d
				fast.takeCensus()
				_, _, known = fast.ends(out, got.Hits-1-out)
				if known != c.known {
					t.Errorf("%s: known by the census: %t", name, known)
				}
			} else if c.known {
				t.Errorf("%s: the sample says nothing", name)
			}
		}
	}
}
