package depth

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// plainRange is Range as its sentence says it.
func plainRange(z []float32) (near, far float32, hits int) {
	near = Empty()
	for _, z := range z {
		if IsHit(z) {
			hits++
			near, far = min(near, z), max(far, z)
		}
	}
	return near, far, hits
}

func TestRange(t *testing.T) {
	negativeZero := math.Float32frombits(1 << 31)
	odd := []float32{0, negativeZero, -1, float32(math.NaN()), math.Float32frombits(0xffc00000), Empty(), -Empty(),
		math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, math.MaxFloat32, -math.MaxFloat32, 1, 10}
	lists := [][]float32{nil, odd}
	for _, z := range odd {
		lists = append(lists, []float32{z}, []float32{z, 10}, []float32{0.5, z, 0.25})
	}
	random := rand.New(rand.NewPCG(1, 2))
	lists = append(lists, slices.Repeat(odd, 8))
	for n := range 100 {
		z := make([]float32, n)
		for i := range z {
			z[i] = math.Float32frombits(random.Uint32())
		}
		lists = append(lists, z)
	}
	for _, z := range lists {
		wantNear, wantFar, want := plainRange(z)
		for _, kernel := range []bool{hasKernel, false} {
			if near, far, hits := rangeOf(z, kernel); near != wantNear || far != wantFar || hits != want {
				t.Errorf("%v, kernel %v: %v to %v, %d hits; want %v to %v, %d", z, kernel, near, far, hits, wantNear, wantFar, want)
			}
		}
	}
}

func BenchmarkRange(b *testing.B) {
	m := New(1920, 1080)
	for i := range m.Z {
		m.Z[i] = float32(i%4000) - 100
	}
	b.SetBytes(4 * int64(len(m.Z)))
	for b.Loop() {
		m.Range()
	}
}
