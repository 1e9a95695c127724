package colormap

import (
	"math"
	"slices"
	"sort"

	"zscope/depthcore/depth"
)

// spreadSteps is how many equal parts of the surfaces a Spread tells apart.
const spreadSteps = 256

// Spread says how surfaces are spread over Z, for the scale Percentile. It is
// never changed once made.
type Spread struct {
	z [spreadSteps + 1]float64 // z[i]: so much of the surfaces, i/256, is nearer
}

// spreadSample is how many pixels a spread is taken from at most: enough for
// colours.
const spreadSample = 1 << 15

// SpreadOf returns the spread of a map's surfaces, from pixels at an even
// distance; nil without any.
func SpreadOf(m *depth.Map) *Spread {
	near, far, hits := m.Range()
	if hits == 0 {
		return nil
	}
	step := stride(m, spreadSample)
	sample := make([]float32, 0, len(m.Z)/step+2)
	for i := 0; i < len(m.Z); i += step {
		if depth.IsHit(m.Z[i]) {
			sample = append(sample, m.Z[i])
		}
	}
	sample = append(sample, near, far)
	slices.Sort(sample)
	s := &Spread{}
	for i := range s.z {
		s.z[i] = float64(sample[i*(len(sample)-1)/spreadSteps])
	}
	return s
}

// Join returns the spread of all surfaces of several maps, of which it is given
// the spreads and how many surfaces each has; nil without any.
func Join(spreads []*Spread, hits []int) *Spread {
	type share struct{ z, weight float64 }
	var all []share
	total := 0.0
	for i, s := range spreads {
		if s == nil || hits[i] <= 0 {
			continue
		}
		for k := range spreadSteps {
			all = append(all, share{(s.z[k] + s.z[k+1]) / 2, float64(hits[i])})
			total += float64(hits[i])
		}
	}
	if len(all) == 0 {
		return nil
	}
	sort.Slice(all, func(i, k int) bool { return all[i].z < all[k].z })
	joined := &Spread{}
	sum, at := 0.0, 0
	for i := range joined.z {
		for at < len(all)-1 && sum+all[at].weight/2 < float64(i)/spreadSteps*total {
			sum += all[at].weight
			at++
		}
		joined.z[i] = all[at].z
	}
	for i, s := range spreads {
		if s != nil && hits[i] > 0 {
			joined.z[0] = math.Min(joined.z[0], s.z[0])
			joined.z[spreadSteps] = math.Max(joined.z[spreadSteps], s.z[spreadSteps])
		}
	}
	return joined
}

// rank returns which share of the surfaces is nearer than z.
func (s *Spread) rank(z float64) float64 {
	i := sort.SearchFloat64s(s.z[:], z)
	switch {
	case i == 0:
		return 0
	case i > spreadSteps:
		return 1
	}
	a, b := s.z[i-1], s.z[i] // a < z <= b
	return (float64(i-1) + (z-a)/(b-a)) / spreadSteps
}

// at returns the Z that a share of the surfaces is nearer than.
func (s *Spread) at(rank float64) float64 {
	x := math.Max(0, math.Min(1, rank)) * spreadSteps
	i := int(math.Min(x, spreadSteps-1))
	return s.z[i] + (x-float64(i))*(s.z[i+1]-s.z[i])
}
