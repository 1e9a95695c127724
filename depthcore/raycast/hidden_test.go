package raycast

import (
	"math/rand/v2"
	"testing"
)

// A rectangle is hidden where all blocks that it touches are nearer.
func TestHidden(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	var in pixels
	hidden := 0
	for range 5000 {
		most, stale := 1+r.IntN(200), r.Uint64()
		for b := range in.low {
			for i := range in.nearness[b] {
				in.nearness[b][i] = 2 + r.Float32()
			}
			if r.IntN(most) == 0 {
				in.nearness[b][r.IntN(16)] = r.Float32()
			}
			in.low[b] = blockLow(&in.nearness[b])
		}
		x0, y0 := r.IntN(tileW), r.IntN(tileH)
		x1, y1 := x0+r.IntN(min(tileW-x0, 1+r.IntN(tileW))), y0+r.IntN(min(tileH-y0, 1+r.IntN(tileH)))
		near := 1 + r.Float32()
		want := true
		for y := y0; y <= y1; y++ {
			for x := x0; x <= x1; x++ {
				b, _ := pixelAt(x, y)
				want = want && near < in.low[b]
			}
		}
		if want {
			hidden++
		}
		for _, path := range Paths() {
			if path == Scalar {
				continue
			}
			late, lags := in, stale
			for b := range late.low {
				if path == AVX512 && stale>>(b>>4)&1 != 0 {
					late.low[b] *= r.Float32()
				}
			}
			if got := hiddenWide(path, &late, &lags, makeRect(x0, y0, x1, y1), near); got != want {
				t.Fatalf("%s: %d,%d to %d,%d: %v, want %v", path, x0, y0, x1, y1, got, want)
			}
		}
	}
	if hidden == 0 || hidden == 5000 {
		t.Errorf("%d are hidden", hidden)
	}
}
