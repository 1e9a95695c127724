// Package difference measures how far one depth map is from another and draws
// that for people.
//
// A difference is other minus truth, in the unit of both: positive where the
// other map is farther away. It is taken in float64. A pixel counts as compared
// where both maps hit a surface; where one of them does, coverage differs.
package difference

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"zscope/depthcore/depth"
)

// Stats sums up the differences of two maps.
type Stats struct {
	Both       int     // pixels that hit in both
	TruthOnly  int     // pixels that hit in the truth only
	OtherOnly  int     // pixels that hit in the other map only
	Max        float64 // largest absolute difference
	Mean       float64 // mean absolute difference
	Bias       float64 // mean difference
	Close      float64 // share of Both within 1e-5 of the true Z
	Millimetre float64 // share of Both within 0.001
	// Most is the absolute difference that 99.5 % of Both do not exceed, to
	// within a factor of 1.1: what a colour range should reach to.
	Most float64
}

// Of compares other with truth. Maps of different sizes are an error.
func Of(truth, other *depth.Map) (Stats, error) {
	var s Stats
	if err := sameSize(truth, other); err != nil {
		return s, err
	}
	var ladder [bins]int
	var sum, signed float64
	near, milli := 0, 0
	for i, t := range truth.Z {
		o := other.Z[i]
		switch hitT, hitO := depth.IsHit(t), depth.IsHit(o); {
		case hitT && hitO:
			d := float64(o) - float64(t)
			a := math.Abs(d)
			s.Both++
			s.Max = math.Max(s.Max, a)
			sum, signed = sum+a, signed+d
			if a <= 1e-5*float64(t) {
				near++
			}
			// Half a part in a million, so that a millimetre is one in float32.
			if a <= 1e-3+5e-7*float64(t) {
				milli++
			}
			ladder[rung(a)]++
		case hitT:
			s.TruthOnly++
		case hitO:
			s.OtherOnly++
		}
	}
	if s.Both == 0 {
		return s, nil
	}
	n := float64(s.Both)
	s.Mean, s.Bias = sum/n, signed/n
	s.Close, s.Millimetre = float64(near)/n, float64(milli)/n
	left := int(0.995 * n)
	for i, c := range ladder {
		if left -= c; left <= 0 && c > 0 {
			s.Most = math.Min(s.Max, top(i))
			break
		}
	}
	return s, nil
}

func sameSize(truth, other *depth.Map) error {
	if truth.Width != other.Width || truth.Height != other.Height {
		return fmt.Errorf("the sequence has %d × %d pixels, the picture %d × %d", other.Width, other.Height, truth.Width, truth.Height)
	}
	return nil
}

// The rungs of the ladder that Most is read from grow by a tenth each, from
// 1e-9 on.
const bins = 512

func rung(a float64) int {
	if a <= 1e-9 {
		return 0
	}
	return min(bins-1, int(math.Ceil(math.Log(a/1e-9)/math.Log(1.1))))
}

func top(i int) float64 {
	if i == 0 {
		return 0
	}
	return 1e-9 * math.Pow(1.1, float64(i))
}

// Colours of the pixels that are not compared.
var (
	TruthOnly = color.RGBA{0xff, 0xb0, 0x00, 0xff} // amber
	OtherOnly = color.RGBA{0xc0, 0x30, 0xe0, 0xff} // violet
	Neither   = color.RGBA{0x30, 0x30, 0x34, 0xff}
)

// Color returns the colour of a share of the range, from -1 (nearer than the
// truth: blue) over 0 (white) to 1 (farther: red). What is beyond is as 1.
func Color(share float64) color.RGBA {
	share = math.Max(-1, math.Min(1, share))
	end := [3]float64{0xb4, 0x10, 0x20}
	if share < 0 {
		end = [3]float64{0x10, 0x48, 0xb4}
	}
	a := math.Abs(share)
	mix := func(to float64) uint8 { return uint8(math.Round(0xf4 + (to-0xf4)*a)) }
	return color.RGBA{mix(end[0]), mix(end[1]), mix(end[2]), 0xff}
}

// Paint draws other minus truth in colours that reach from -span to span. Maps
// of different sizes are an error.
func Paint(truth, other *depth.Map, span float64) (*image.RGBA, error) {
	if err := sameSize(truth, other); err != nil {
		return nil, err
	}
	var table [513]color.RGBA
	for i := range table {
		table[i] = Color(float64(i-256) / 256)
	}
	img := image.NewRGBA(image.Rect(0, 0, truth.Width, truth.Height))
	for i, t := range truth.Z {
		o := other.Z[i]
		c := Neither
		switch hitT, hitO := depth.IsHit(t), depth.IsHit(o); {
		case hitT && hitO:
			share := 0.0
			if d := float64(o) - float64(t); span > 0 {
				share = math.Max(-1, math.Min(1, d/span))
			} else if d != 0 {
				share = math.Copysign(1, d)
			}
			c = table[256+int(math.Round(256*share))]
		case hitT:
			c = TruthOnly
		case hitO:
			c = OtherOnly
		}
		img.Pix[4*i], img.Pix[4*i+1], img.Pix[4*i+2], img.Pix[4*i+3] = c.R, c.G, c.B, c.A
	}
	return img, nil
}
