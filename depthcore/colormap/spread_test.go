package colormap

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"zscope/depthcore/depth"
)

// skewed is a map in which most surfaces are near, some are far and some
// pixels see nothing.
func skewed(w, h int, seed uint64) *depth.Map {
	r := rand.New(rand.NewPCG(seed, 1))
	m := depth.New(w, h)
	for i := range m.Z {
		if x := r.Float64(); x > 0.1 {
			m.Z[i] = float32(2 + 60*math.Pow(r.Float64(), 3))
		}
	}
	return m
}

func spreadOf(m *depth.Map) *Spread {
	near, far, _ := m.Range()
	return SpreadOf(m, near, far)
}

// A spread holds every so many of its sorted sample.
func TestSpread(t *testing.T) {
	for seed, size := range map[uint64][2]int{1: {1, 1}, 2: {30, 20}, 3: {700, 500}} {
		m := skewed(size[0], size[1], seed)
		m.Z[0] = math.SmallestNonzeroFloat32
		near, far, _ := m.Range()
		sample := []float64{float64(near), float64(far)}
		for i, step := 0, stride(m, spreadSample); i < len(m.Z); i += step {
			if depth.IsHit(m.Z[i]) {
				sample = append(sample, float64(m.Z[i]))
			}
		}
		slices.Sort(sample)
		for i, z := range spreadOf(m).z {
			if want := sample[i*(len(sample)-1)/spreadSteps]; z != want {
				t.Fatalf("%v: value %d is %g, want %g", size, i, z, want)
			}
		}
	}
}

// Equal numbers of surfaces have each colour, and the painter agrees with
// ColorAt in every pixel.
func TestPercentile(t *testing.T) {
	src := skewed(400, 300, 7)
	near, far, hits := src.Range()
	m := Default()
	m.Scale, m.Near, m.Far, m.Spread = Percentile, float64(near), float64(far), spreadOf(src)
	var p Painter
	bins := make([]int, 16)
	if out := p.Histogram(bins, src, m); out.Below+out.Above != 0 {
		t.Errorf("%+v lies outside", out)
	}
	for i, n := range bins {
		if want := float64(hits) / 16; math.Abs(float64(n)-want) > want*0.1 {
			t.Errorf("column %d holds %d surfaces, want some %.0f", i, n, want)
		}
	}
	var img image.RGBA
	p.Paint(&img, src, m)
	for i, z := range src.Z {
		if got := img.RGBAAt(i%400, i/400); got != m.ColorAt(z) {
			t.Fatalf("pixel %d (%g) is %v, ColorAt says %v", i, z, got, m.ColorAt(z))
		}
	}
	last := -1.0
	for k := 0; k <= 64; k++ {
		z := m.Depth(float64(k) / 64)
		if z < last || math.Abs(m.Position(z)-float64(k)/64) > 1e-9 {
			t.Errorf("position %d/64 is %g, which lies at %g", k, z, m.Position(z))
		}
		last = z
	}

	// A part of the range, and no spread.
	m.Near = m.Depth(0.5)
	if at := m.Position(m.Depth(0.25)); math.Abs(at-0.25) > 1e-9 {
		t.Errorf("in half of the range, a quarter lies at %g", at)
	}
	m.Spread = nil
	if got, want := m.Position((m.Near+m.Far)/2), 0.5; math.Abs(got-want) > 1e-6 {
		t.Errorf("without a spread the middle lies at %g", got)
	}
	if spreadOf(depth.New(3, 3)) != nil || Join(nil, nil) != nil {
		t.Error("a spread of nothing")
	}
}

// The spread of two maps is that of one map with both.
func TestJoin(t *testing.T) {
	a, b := skewed(200, 100, 1), depth.New(200, 100)
	for i := range b.Z {
		b.Z[i] = 30 + float32(i%200)/10
	}
	both := &depth.Map{Width: 200, Height: 200, Z: append(append([]float32(nil), a.Z...), b.Z...)}
	_, _, hits := a.Range()
	joined, want := Join([]*Spread{spreadOf(a), nil, spreadOf(b)}, []int{hits, 0, len(b.Z)}), spreadOf(both)
	for _, z := range []float64{2.01, 3, 10, 29, 31, 40, 49} {
		if got, want := joined.rank(z), want.rank(z); math.Abs(got-want) > 0.01 {
			t.Errorf("%g of the surfaces are nearer than %g, want %g", got, z, want)
		}
	}
}

func BenchmarkSpread1080p(b *testing.B) {
	m := skewed(1920, 1080, 3)
	near, far, _ := m.Range()
	for b.Loop() {
		SpreadOf(m, near, far)
	}
}
