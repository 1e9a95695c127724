package raycast

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"zscope/depthcore/camera"
)

// Kernels decide about pixels of fixes as cutOne does.
func TestCut(t *testing.T) {
	won, left := 0, 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 55))
		c, prim := randomCutout(r)
		corners := randomCorners(r)
		var tri triangle
		if !tri.setup(&corners, camera.Perspective) {
			continue
		}
		f := frame{xs: make([]float64, tileW), ys: make([]float64, tileH)}
		spread := math.Exp(r.NormFloat64() - 4)
		for i := range f.xs {
			f.xs[i] = r.NormFloat64()*0.01 + spread*float64(i-tileW/2)
		}
		for i := range f.ys {
			f.ys[i] = r.NormFloat64()*0.01 + spread*float64(i-tileH/2)
		}
		w := worker{frame: &f}
		w.blur = r.Float32() * 1e-3
		w.lookup.set(c, prim, 0, &tri.edge, 40)
		if !w.lookup.ready {
			continue
		}
		lane := r.IntN(16)
		st := &w.setup
		coefficient := func(scale float64) float32 { return float32(r.NormFloat64() * scale) }
		for k := range st.edge {
			st.edge[k][0][lane], st.edge[k][1][lane], st.edge[k][2][lane] = coefficient(1), coefficient(1), coefficient(20)+30
		}
		st.near[0][lane], st.near[1][lane], st.near[2][lane] = coefficient(0.01), coefficient(0.01), 1
		st.rect[lane] = makeRect(r.IntN(40), r.IntN(40), tileW-1, tileH-1)
		st.margin[lane], st.id[lane] = marginSmall, 7
		for b := range w.nearness {
			for i := range w.nearness[b] {
				w.nearness[b][i] = 1 + coefficient(1)
			}
		}
		fixes := make([]fix, 1+r.IntN(20))
		for i := range fixes {
			fixes[i] = fix{uint16(lane), uint16(r.Uint32()), uint32(r.IntN(blocks))}
		}
		before := w.pixels
		want := append([]fix(nil), fixes...)
		w.stale = 1 << 5
		for i := range want {
			w.cutOne(&w.lookup, &want[i])
		}
		for i := range want {
			for p := want[i].pixels ^ fixes[i].pixels; p != 0; p &= p - 1 {
				won++
			}
			if want[i].pixels != 0 {
				left++
			}
		}
		for _, path := range Paths() {
			if path == Scalar {
				continue
			}
			got, stale, pixels := append([]fix(nil), fixes...), uint64(1<<5), before
			cutWide(path, &pixels, st, &w.lookup, got, &f.xs[0], &f.ys[0], w.blur, &stale)
			if pixels != w.pixels {
				t.Fatalf("seed %d, %v: other pixels", seed, path)
			}
			if stale != w.stale || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("seed %d, %v: stale %x, %x; fixes %v, %v", seed, path, stale, w.stale, got, want)
			}
		}
	}
	t.Logf("%d pixels decided, %d blocks left", won, left)
	if won < 10000 || left < 1000 {
		t.Error("hardly anything to decide")
	}
}
