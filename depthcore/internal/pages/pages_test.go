package pages

import "testing"

func TestMake(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 4 * huge / 8, 5<<20 + 3} {
		s := Make[uint64](n)
		if len(s) != n {
			t.Fatalf("%d numbers, want %d", len(s), n)
		}
		for i := range s {
			if s[i] != 0 {
				t.Fatalf("number %d of %d is %d", i, n, s[i])
			}
			s[i] = uint64(i)
		}
	}
}

func TestMakeDirty(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 1920 * 1080, 4 * huge / 4, 5<<20 + 3} {
		a, b := MakeDirty[float32](n), MakeDirty[float32](n)
		if len(a) != n || len(b) != n {
			t.Fatalf("%d and %d numbers, want %d", len(a), len(b), n)
		}
		for i := range a {
			a[i], b[i] = float32(i), -float32(i)
		}
		for i := range a {
			if a[i] != float32(i) || b[i] != -float32(i) {
				t.Fatalf("number %d of %d is %v and %v", i, n, a[i], b[i])
			}
		}
	}
	for range 100 {
		p := MakeDirty[float64](100)
		for i := range p {
			p[i] = 1 // faults where it does not lie on a number's place
		}
	}
}
