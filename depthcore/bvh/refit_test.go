package bvh

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/internal/par"
)

// Vector instructions give the bits of plain Go.
func TestMoveTwin(t *testing.T) {
	if !hasAVX2 {
		t.Skip("no vector instructions here")
	}
	r := rand.New(rand.NewPCG(6, 1))
	odd := []float64{0, math.Copysign(0, -1), math.MaxFloat32, 1e300, 1e-300, math.Inf(-1), math.NaN()}
	for range 500 {
		positions := make([]mgl64.Vec3, 1+r.IntN(60))
		for i := range positions {
			for a := range positions[i] {
				positions[i][a] = math.Round(4*r.NormFloat64()) / 3
				if r.IntN(300) == 0 {
					positions[i][a] = odd[r.IntN(len(odd))]
				}
			}
		}
		rows := 1 + r.IntN(3)
		numbers := make([]uint32, Width*rows)
		for i := range numbers {
			numbers[i] = uint32(r.IntN(len(positions)))
		}
		var b, c Box
		got, want := make([][Width]float32, 3*rows), make([][Width]float32, 3*rows)
		finite := move(positions, numbers, want, &c, true)
		if ok := move(positions, numbers, got, &b, false); ok != finite {
			t.Fatalf("finite: %v, want %v", ok, finite)
		}
		if !finite {
			continue // then all is done again
		}
		for k := range want {
			for v, x := range want[k] {
				if y := got[k][v]; math.Float32bits(x) != math.Float32bits(y) {
					t.Fatalf("row %d, vertex %d: %v, want %v", k, v, y, x)
				}
			}
		}
		for a := range 3 {
			if math.Float32bits(b.Min[a]) != math.Float32bits(c.Min[a]) || math.Float32bits(b.Max[a]) != math.Float32bits(c.Max[a]) {
				t.Fatalf("axis %d: %v..%v, want %v..%v", a, b.Min[a], b.Max[a], c.Min[a], c.Max[a])
			}
		}
	}
}

// Several trees at once come out alike for any number of workers, with and
// without vector instructions, and once warm nothing is allocated.
func TestRefitter(t *testing.T) {
	ctx := context.Background()
	makeAll := func() (list []Moved) {
		for k, n := range []int{60, 12, 30, 0} {
			positions, indices := sheet(max(n, 10))
			if k == 3 {
				positions, indices = soup(900, 0.5)
			}
			// One worker, so that all trees are the same.
			tree, err := Build(ctx, par.New(1), Mesh{positions, indices, true}, nil)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, Moved{tree, positions, indices})
		}
		return list
	}
	plain := NewRefitter(par.New(1))
	plain.plain = true
	shake := func(list []Moved, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		for _, m := range list {
			for i := range m.Positions {
				m.Positions[i] = m.Positions[i].Add(mgl64.Vec3{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}.Mul(0.1))
			}
			m.Positions[len(m.Positions)/2][1] = math.Inf(int(seed % 2))
		}
	}
	for _, workers := range []int{1, 2, 7} {
		list, refitter := makeAll(), NewRefitter(par.New(workers))
		want := makeAll()
		for seed := range uint64(3) {
			shake(want, seed)
			shake(list, seed)
			if err := plain.Refit(ctx, want); err != nil {
				t.Fatal(err)
			}
			if err := refitter.Refit(ctx, list); err != nil {
				t.Fatal(err)
			}
			for k := range list {
				got, want := list[k].Tree, want[k].Tree
				if !reflect.DeepEqual(got.Nodes, want.Nodes) || !reflect.DeepEqual(got.Patches, want.Patches) || got.Box != want.Box || got.Cost != want.Cost {
					t.Fatalf("tree %d by %d workers differs from that of plain Go", k, workers)
				}
				for i := range got.Leaves {
					for a := range got.Leaves[i].P {
						for v, x := range got.Leaves[i].P[a] {
							if y := want.Leaves[i].P[a][v]; x != y && !(x != x && y != y) {
								t.Fatalf("tree %d by %d workers: leaf %d has %v, want %v", k, workers, i, x, y)
							}
						}
					}
				}
				check(t, got, list[k].Positions, list[k].Indices)
			}
		}
		if n := testing.AllocsPerRun(10, func() { _ = refitter.Refit(ctx, list) }); n > 0 {
			t.Errorf("%d workers: %v allocations", workers, n)
		}
	}
}

// A vertex counts as long as each of its coordinates is finite, whatever their
// sum is.
func TestRefitOfFarVertices(t *testing.T) {
	p := Patch{Used: 2}
	box := p.refit([]mgl64.Vec3{{3e38, 3e38, 3e38}, {math.NaN(), 0, 0}}, []uint32{0, 1})
	far := [3]float32{3e38, 3e38, 3e38}
	if got := [3]float32{p.P[0][0], p.P[1][0], p.P[2][0]}; got != far || box != (Box{far, far}) {
		t.Errorf("got %v in %v", got, box)
	}
}
