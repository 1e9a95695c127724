package raycast

import (
	"math/rand/v2"
	"testing"

	"zscope/depthcore/bvh"
)

// A rectangle is hidden where all blocks that it touches are nearer.
func TestHidden(t *testing.T) {
	rnd := rand.New(rand.NewPCG(41, 42))
	var in pixels
	w := &worker{path: AVX512, wide: true}
	hidden := 0
	for range 5000 {
		most, stale := 1+rnd.IntN(200), rnd.Uint64()
		for b := range in.low {
			for i := range in.nearness[b] {
				in.nearness[b][i] = 2 + rnd.Float32()
			}
			if rnd.IntN(most) == 0 {
				in.nearness[b][rnd.IntN(16)] = rnd.Float32()
			}
			in.low[b] = blockLow(&in.nearness[b])
		}
		x0, y0 := rnd.IntN(tileW), rnd.IntN(tileH)
		x1, y1 := x0+rnd.IntN(min(tileW-x0, 1+rnd.IntN(tileW))), y0+rnd.IntN(min(tileH-y0, 1+rnd.IntN(tileH)))
		near := 1 + rnd.Float32()
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
		r := makeRect(x0, y0, x1, y1)
		for _, path := range Paths() {
			switch path {
			case AVX2:
				if got := hiddenWide(&in.low, r, near); got != want {
					t.Fatalf("%d,%d to %d,%d: %v, want %v", x0, y0, x1, y1, got, want)
				}
			case AVX512:
				// A leaf is asked for where it is not hidden.
				w.pixels, w.stale = in, stale
				for b := range w.low {
					if stale>>(b>>4)&1 != 0 {
						w.low[b] *= rnd.Float32()
					}
				}
				w.start()
				w.current = 0
				w.push(entry{ref: bvh.LeafBit | 3, near: near * (1 - 2*tieZone), rect: r}, 0)
				if got := w.walkOn(); got != ended || (w.asked == 0) != want {
					t.Fatalf("%d,%d to %d,%d: %v, asked %d, want %v", x0, y0, x1, y1, got, w.asked, want)
				}
			}
		}
	}
	if hidden == 0 || hidden == 5000 {
		t.Errorf("%d are hidden", hidden)
	}
}
