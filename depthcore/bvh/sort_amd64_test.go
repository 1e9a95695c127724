package bvh

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

// The generated kernel counts on these offsets.
func TestLayout(t *testing.T) {
	for name, at := range map[string][2]uintptr{
		"reference.neg": {unsafe.Offsetof(reference{}.neg), 16},
		"reference.n":   {unsafe.Offsetof(reference{}.n), 28},
		"reference":     {unsafe.Sizeof(reference{}), 32},
		"binning.scale": {unsafe.Offsetof(binning{}.scale), 16},
		"binning.table": {unsafe.Offsetof(binning{}.table), 32},
		"bin.centers":   {unsafe.Offsetof(bin{}.centers), 32},
		"bin.n":         {unsafe.Offsetof(bin{}.n), 64},
		"bin":           {unsafe.Sizeof(bin{}), 128},
	} {
		if at[0] != at[1] {
			t.Errorf("%s is at %d, the kernel counts on %d", name, at[0], at[1])
		}
	}
}

// The kernel sorts as plain Go does, bit for bit.
func TestSortTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 17, 5000} {
		refs := make([]reference, n)
		for i := range refs {
			for k := range refs[i].min {
				refs[i].min[k] = float32(r.NormFloat64())
				refs[i].neg[k] = -refs[i].min[k] - float32(r.ExpFloat64())
			}
			refs[i].at, refs[i].n = r.Uint32(), r.Uint32N(20)
		}
		var plain, vector binning
		plain.lo, plain.scale = [4]float32{-5, -5, -5}, [4]float32{1.2, 0, 1.4}
		vector.lo, vector.scale = plain.lo, plain.scale
		plain.clear()
		vector.clear()
		plain.sort(refs)
		sortRefs(&vector, refs)
		for a := range plain.table {
			for k := range plain.table[a] {
				p, v := plain.table[a][k], vector.table[a][k]
				p.boxes[3], p.boxes[7], p.centers[3], p.centers[7] = v.boxes[3], v.boxes[7], v.centers[3], v.centers[7]
				if p != v {
					t.Errorf("%d references: bin %d of axis %d is %v, want %v", n, k, a, v, p)
				}
			}
		}
	}
}
