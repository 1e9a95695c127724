package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
)

// texture draws a picture of one colour whose alpha falls from 1 to 0 over
// two pixels where inside changes its sign. (u, v) is from the top left.
func texture(size int, c color.NRGBA, inside func(u, v float64) float64) ([]byte, error) {
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			d := inside((float64(x)+0.5)/float64(size), (float64(y)+0.5)/float64(size))
			a := math.Min(math.Max(0.5+d*float64(size)/2, 0), 1)
			c.A = uint8(math.Round(a * 255))
			img.SetNRGBA(x, y, c)
		}
	}
	// Stored, not packed: the file does not depend on a compressor's version.
	var out bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&out, img)
	return out.Bytes(), err
}

// slitLeaf is the outline of a leaf with slits between its ribs: its stalk is
// at u = 0, its tip at u = 1.
func slitLeaf(u, v float64) float64 {
	half := math.Abs(v - 0.5)
	width := 0.47 * math.Pow(math.Sin(math.Pi*math.Pow(u, 0.7)), 0.8)
	outline := width - half
	along := math.Mod(u*7-half*5+10, 1) // ribs run forward
	slit := 0.09 - math.Abs(along-0.5)
	if half < 0.13 || u < 0.12 || u > 0.9 {
		return outline
	}
	return math.Min(outline, -slit*0.25)
}

// twig is a sprig of small leaves for the trees outside.
func twig(u, v float64) float64 {
	best := 0.012 - math.Abs(v-0.5) // the stalk
	if u > 0.9 {
		best = -1
	}
	for k := 0; k < 7; k++ {
		base := 0.08 + 0.12*float64(k)
		side := float64(1 - 2*(k%2))
		for _, s := range []float64{side, -side} {
			x, y := u-base, s*(v-0.5)
			along, across := (x+y)/math.Sqrt2, (x-y)/math.Sqrt2
			length := 0.34 * (1.05 - 0.5*base)
			if along < 0 || along > length {
				continue
			}
			best = math.Max(best, 0.3*length*math.Sin(math.Pi*along/length)*0.8-math.Abs(across))
		}
	}
	return best
}

// leaf is a bent blade of a length and a width that starts at the origin,
// leaves it in the direction (0, rise, 1) and droops.
func leaf(length, width, rise, droop float64) *surface {
	return sheet(10, 4, func(u, v float64) vec3 {
		across := (v - 0.5) * width
		along := length * u
		up := rise*along - droop*along*along/length - 0.5*math.Abs(across)*math.Abs(across)/width
		return vec3{-across, up, along}
	})
}
