package alignment

import (
	"image"

	"zscope/depthcore/depth"
)

// field is how much of an edge there is at each pixel, from 0 to about 1,
// smoothed so that a shift by part of a pixel shows.
type field struct {
	w, h int
	v    []float32
}

// Steps at which an edge counts as half of one: a jump by a share of Z, and a
// change of a colour channel by a share of its range. What is far above them
// counts little more, so that one harsh edge does not outweigh all others.
const (
	halfJump   = 0.05
	halfColour = 0.1
)

// ofDepth returns the edges of a depth map. A pair's jump counts for both of
// its pixels, so that the edge lies between them.
func ofDepth(m *depth.Map) field {
	f := field{m.Width, m.Height, make([]float32, len(m.Z))}
	jumps(m, inverses(m), func(i, j int, jump float32) {
		s := jump / (jump + halfJump) / 2
		f.v[i] += s
		f.v[j] += s
	})
	f.smooth()
	return f
}

// ofPicture returns the edges of a picture in the same way.
func ofPicture(img *image.RGBA) field {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	f := field{w, h, make([]float32, w*h)}
	between := func(i, j, at, other int) {
		p, q := img.Pix[at:at+3:at+3], img.Pix[other:other+3:other+3]
		most := 0
		for k := range 3 {
			d := int(p[k]) - int(q[k])
			most = max(most, d, -d)
		}
		if most > 0 {
			c := float32(most) / 255
			s := c / (c + halfColour) / 2
			f.v[i] += s
			f.v[j] += s
		}
	}
	for y := range h {
		row := y * img.Stride
		for x := range w {
			i := y*w + x
			if x+1 < w {
				between(i, i+1, row+4*x, row+4*x+4)
			}
			if y+1 < h {
				between(i, i+w, row+4*x, row+4*x+img.Stride)
			}
		}
	}
	f.smooth()
	return f
}

// smooth applies the binomial kernel 1 4 6 4 1 along both axes; beyond the edge
// is 0.
func (f *field) smooth() {
	line := make([]float32, max(f.w, f.h)+4)
	pass := func(at, step, n int) {
		for k := range n {
			line[k+2] = f.v[at+k*step]
		}
		line[n+2], line[n+3] = 0, 0
		for k := range n {
			f.v[at+k*step] = (line[k] + line[k+4] + 4*(line[k+1]+line[k+3]) + 6*line[k+2]) / 16
		}
	}
	for y := range f.h {
		pass(y*f.w, 1, f.w)
	}
	for x := range f.w {
		pass(x, f.w, f.h)
	}
}
