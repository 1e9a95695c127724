package depth

import (
	"image"
	"math"
	"testing"
)

func TestOver(t *testing.T) {
	m := New(4, 3)
	for i := range m.Z {
		m.Z[i] = float32(i + 1)
	}
	m.Z[5], m.Z[6] = Empty(), float32(math.NaN())
	for _, c := range []struct {
		r    image.Rectangle
		want Stats
	}{
		{image.Rect(0, 0, 2, 1), Stats{Hits: 2, Min: 1, Max: 2, Mean: 1.5, Deviation: 0.5}},
		{image.Rect(0, 0, 2, 2), Stats{Hits: 3, Empty: 1, Min: 1, Max: 5, Mean: 8. / 3, Deviation: math.Sqrt(26. / 9)}},
		{image.Rect(1, 1, 3, 2), Stats{Empty: 2}},
		{image.Rect(3, 2, 9, 9), Stats{Hits: 1, Min: 12, Max: 12, Mean: 12}},
		{image.Rect(-5, -5, 99, 99), Stats{Hits: 10, Empty: 2, Min: 1, Max: 12, Mean: 6.5, Deviation: math.Sqrt(142.5 / 10)}},
		{image.Rect(8, 8, 9, 9), Stats{}},
	} {
		got := m.Over(c.r)
		if math.Abs(got.Deviation-c.want.Deviation) > 1e-12 || math.Abs(got.Mean-c.want.Mean) > 1e-12 {
			t.Errorf("%v: %+v, want %+v", c.r, got, c.want)
		}
		got.Deviation, got.Mean = c.want.Deviation, c.want.Mean
		if got != c.want {
			t.Errorf("%v: %+v, want %+v", c.r, got, c.want)
		}
	}
}

// A wall far away differs by little: the deviation must not drown in the mean.
func TestOverKeepsSmallDeviations(t *testing.T) {
	m := New(1000, 1000)
	for i := range m.Z {
		m.Z[i] = 10000 + float32(i%2)/128
	}
	s := m.Over(image.Rect(0, 0, 1000, 1000))
	if math.Abs(s.Deviation-1./256) > 1e-12 || s.Mean != 10000+1./256 {
		t.Errorf("mean %.17g, deviation %.17g", s.Mean, s.Deviation)
	}
}
