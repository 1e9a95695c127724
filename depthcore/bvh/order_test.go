package bvh

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"zscope/depthcore/internal/par"
)

// The curve goes through each cell once, from neighbour to neighbour.
func TestCurve(t *testing.T) {
	for deep := 1; deep <= 5; deep++ {
		n := 1 << deep
		cell := make([][3]int, n*n*n)
		seen := make([]bool, len(cell))
		c := makeCurve()
		for x := range n {
			for y := range n {
				for z := range n {
					at := c.place([3]uint32{uint32(x), uint32(y), uint32(z)}, deep)
					if at >= uint64(len(cell)) || seen[at] {
						t.Fatalf("%d bits: cell %d,%d,%d has place %d, out of range or taken", deep, x, y, z, at)
					}
					cell[at], seen[at] = [3]int{x, y, z}, true
				}
			}
		}
		for i := 1; i < len(cell); i++ {
			far := 0
			for k := range cell[i] {
				far += max(cell[i][k]-cell[i-1][k], cell[i-1][k]-cell[i][k])
			}
			if far != 1 {
				t.Fatalf("%d bits: the curve leaps from %v to %v", deep, cell[i-1], cell[i])
			}
		}
	}
}

func TestSortKeys(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 1000, 30001} {
		for _, workers := range []int{1, 2, 7} {
			const low, high = 5, 36
			keys := make([]uint64, n)
			for i := range keys {
				keys[i] = r.Uint64() >> r.IntN(64) % (1 << high)
			}
			want := slices.Clone(keys)
			slices.SortStableFunc(want, func(a, b uint64) int { return int(a>>low) - int(b>>low) })
			got, _, err := sortKeys(context.Background(), par.New(workers), keys, make([]uint64, n), low, high)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d keys, %d workers: not in order", n, workers)
			}
		}
	}
}
