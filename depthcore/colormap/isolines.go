package colormap

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"

	"zscope/depthcore/depth"
)

// Isolines draws lines of equal depth over a picture that p has painted from
// src: at the multiples of spacing, which is in the scene's unit. A pixel is on
// a line where its surface and the one in the next column or row lie in
// neighbouring bands. Across a jump of more than a band, at the edge of an
// object, there is no line. Nothing is drawn where the sizes differ or the
// spacing is not positive and finite.
func (p *Painter) Isolines(dst *image.RGBA, src *depth.Map, spacing float64, c color.RGBA) {
	if !(spacing > 0) || math.IsInf(spacing, 1) || dst.Rect != image.Rect(0, 0, src.Width, src.Height) {
		return
	}
	if p.lineRows == nil {
		p.lineRows = p.lines
	}
	p.src, p.dst, p.spacing, p.line = src, dst, spacing, pack(c)
	p.rows(src.Height, src.Width, p.lineRows)
	p.src, p.dst = nil, nil
}

// lines draws the lines of rows from <= y < to.
func (p *Painter) lines(_, from, to int) {
	w := p.src.Width
	for y := from; y < to; y++ {
		row := p.src.Z[y*w:][:w]
		below := row // the last row has none
		if y+1 < p.src.Height {
			below = p.src.Z[(y+1)*w:][:w]
		}
		pix := p.dst.Pix[y*p.dst.Stride:][:4*w]
		here := band(row[0], p.spacing)
		for x := range row {
			right := here
			if x+1 < w {
				right = band(row[x+1], p.spacing)
			}
			if adjoin(here, right) || adjoin(here, band(below[x], p.spacing)) {
				binary.LittleEndian.PutUint32(pix[4*x:], p.line)
			}
			here = right
		}
	}
}

// noBand is no neighbour of any band.
const noBand = math.MinInt64 / 2

// band returns the number of whole spacings in z, noBand where z is no surface
// or too far for bands to be told apart.
func band(z float32, spacing float64) int64 {
	n := float64(z) / spacing
	if n > 0 && n < 1<<52 {
		return int64(n)
	}
	return noBand
}

func adjoin(a, b int64) bool { return a-b == 1 || b-a == 1 }
