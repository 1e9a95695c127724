package depth

import (
	"image"
	"math"
)

// Stats sums up the pixels of a part of a map. Without a pixel that sees a
// surface, Min, Max, Mean and Deviation are 0.
type Stats struct {
	Hits, Empty     int     // pixels that see a surface, and that see none
	Min, Max        float32 // of the surfaces' Z
	Mean, Deviation float64 // the standard deviation is that of the surfaces themselves: divided by Hits
}

// Over returns the statistics of the pixels of m that lie in r. Sums are taken
// in float64 row by row, the deviation around the mean in a second pass.
func (m *Map) Over(r image.Rectangle) (s Stats) {
	r = r.Intersect(image.Rect(0, 0, m.Width, m.Height))
	sum := 0.0
	m.each(r, func(z float32) {
		if s.Hits == 0 || z < s.Min {
			s.Min = z
		}
		s.Max = max(s.Max, z)
		s.Hits++
		sum += float64(z)
	})
	s.Empty = r.Dx()*r.Dy() - s.Hits
	if s.Hits == 0 {
		return s
	}
	s.Mean = sum / float64(s.Hits)
	squares := 0.0
	m.each(r, func(z float32) {
		d := float64(z) - s.Mean
		squares += float64(d * d)
	})
	s.Deviation = math.Sqrt(squares / float64(s.Hits))
	return s
}

// each calls f with the Z of each surface in r, row by row.
func (m *Map) each(r image.Rectangle, f func(z float32)) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, z := range m.Z[y*m.Width+r.Min.X : y*m.Width+r.Max.X] {
			if IsHit(z) {
				f(z)
			}
		}
	}
}
