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
