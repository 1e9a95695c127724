package colormap

import (
	"math"
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
// distance and from the nearest and the farthest of all; nil without any.
func SpreadOf(m *depth.Map, near, far float32) *Spread {
	if !depth.IsHit(near) || !depth.IsHit(far) {
		return nil
	}
	step := stride(m, spreadSample)
	sample := make([]uint32, 0, len(m.Z)/step+3)
	for i := 0; i < len(m.Z); i += step {
		if depth.IsHit(m.Z[i]) {
			sample = append(sample, math.Float32bits(m.Z[i]))
		}
	}
	sample = sorted(append(sample, math.Float32bits(near), math.Float32bits(far)))
	s := &Spread{}
	for i := range s.z {
		s.z[i] = float64(math.Float32frombits(sample[i*(len(sample)-1)/spreadSteps]))
	}
	return s
}

// sorted returns numbers in ascending order, digit by digit: it may move them.
func sorted(list []uint32) []uint32 {
	const bits = 11
	other := make([]uint32, len(list))
	for shift := 0; shift < 32; shift += bits {
		var at [1 << bits]int
		for _, k := range list {
			at[k>>shift%(1<<bits)]++
		}
		sum := 0
		for i, n := range at {
			at[i] = sum
			sum += n
		}
		for _, k := range list {
			to := &at[k>>shift%(1<<bits)]
			other[*to] = k
			*to++
		}
		list, other = other, list
	}
	return list
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
