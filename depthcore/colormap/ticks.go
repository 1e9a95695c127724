package colormap

import (
	"math"
	"slices"
)

// Ticks returns at most n round values of Z between Near and Far, ascending,
// for marks on a legend. On a linear scale, and on the others where the range
// is less than a factor of two, they are the multiples of 1, 2 or 5 times a
// power of ten. Elsewhere the roundest values win that are at least 1/n of the
// legend apart. Each is the float64 nearest to its decimal number, so it
// prints shortly. There are none without a usable range or for n < 1.
func (m Mapping) Ticks(n int) []float64 {
	if !m.usable() || n < 1 {
		return nil
	}
	near, far := m.start(), float64(float32(m.Far))
	if near == far {
		return []float64{near}
	}
	if m.Scale == Linear || far < 2*near {
		return evenTicks(near, far, n)
	}
	return m.roundTicks(near, far, n)
}

// evenTicks returns the multiples of the finest step of which there are at
// most n.
func evenTicks(near, far float64, n int) []float64 {
	// The ends were rounded to float32: 10.2 is in a range that ends there.
	near, far = near-1e-7*math.Abs(near), far+1e-7*far
	for s := stepBelow((far - near) / float64(n+1)); ; s = s.coarser() {
		first, last := math.Ceil(near/s.value()), math.Floor(far/s.value())
		if last-first >= float64(n) {
			continue
		}
		var ticks []float64
		for k := first; k <= last; k++ {
			ticks = append(ticks, s.times(k))
		}
		return ticks
	}
}

// roundTicks takes ever less round values while they keep their distance on
// the scale from those already taken.
func (m Mapping) roundTicks(near, far float64, n int) []float64 {
	low, high := int(math.Floor(math.Log10(near))), int(math.Floor(math.Log10(far)))
	gap := 1 / float64(n)
	var ticks, places []float64
	for _, digits := range roundness {
		for exponent := low; exponent <= high; exponent++ {
			for _, d := range digits {
				z := step{d, exponent - 1}.value()
				if z < near || z > far || len(ticks) == n {
					continue
				}
				at := m.Position(z)
				i, _ := slices.BinarySearch(places, at)
				if (i > 0 && at-places[i-1] < gap) || (i < len(places) && places[i]-at < gap) {
					continue
				}
				ticks, places = slices.Insert(ticks, i, z), slices.Insert(places, i, at)
			}
		}
	}
	return ticks
}

// roundness orders the two-digit numbers from 10 to 99: the roundest first.
var roundness = [][]int{
	{10}, {50}, {20}, {30, 40, 60, 80}, {15, 25, 70, 90},
}

// step is digit * 10^exponent; the steps of even ticks have digit 1, 2 or 5.
type step struct{ digit, exponent int }

// stepBelow returns the greatest step that is at most x.
func stepBelow(x float64) step {
	s := step{5, int(math.Floor(math.Log10(x)))}
	for s.value() > x {
		s = s.finer()
	}
	return s
}

func (s step) coarser() step {
	switch s.digit {
	case 1:
		return step{2, s.exponent}
	case 2:
		return step{5, s.exponent}
	}
	return step{1, s.exponent + 1}
}

func (s step) finer() step {
	switch s.digit {
	case 5:
		return step{2, s.exponent}
	case 2:
		return step{1, s.exponent}
	}
	return step{5, s.exponent - 1}
}

func (s step) value() float64 { return s.times(1) }

// times returns k times the step, rounded once where the power of ten is
// exact.
func (s step) times(k float64) float64 {
	k *= float64(s.digit)
	if s.exponent < 0 {
		return k / math.Pow10(-s.exponent)
	}
	return k * math.Pow10(s.exponent)
}
