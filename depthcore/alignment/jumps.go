// Package alignment says how well pictures fit the depth of the same frames: it
// finds where depth jumps, and which frame offset and which shift in pixels
// bring the pictures' edges onto those jumps.
//
// A jump lies between two neighbouring pixels. It is measured in 1/Z, which is
// affine over a plane in a perspective picture: a slanted floor has no jumps,
// however steep, and what sees no surface simply has 1/Z = 0.
package alignment

import (
	"image"
	"image/color"
	"math"

	"zscope/depthcore/depth"
)

// jump returns how far the surfaces of two neighbouring pixels b and c are
// apart, as a share of the farther one's Z: 1 - near/far. a and d are the
// pixels beyond them on the same line. All are 1/Z. Where a plane goes on
// through b and c from one of the sides, or bends there, it is 0.
func jump(a, b, c, d float32) float32 {
	atB, atC := a-2*b+c, b-2*c+d
	if atB < 0 {
		atB = -atB
	}
	if atC < 0 {
		atC = -atC
	}
	nearest := max(b, c)
	if nearest == 0 {
		return 0
	}
	return min(1, min(atB, atC)/nearest)
}

// inverses returns 1/Z of each pixel, 0 where there is no surface.
func inverses(m *depth.Map) []float32 {
	inv := make([]float32, len(m.Z))
	for i, z := range m.Z {
		if depth.IsHit(z) {
			inv[i] = float32(1 / float64(z))
		}
	}
	return inv
}

// jumps calls f for each pair of neighbours whose jump is more than 0: pixels i
// and j, j to the right of i or below it.
func jumps(m *depth.Map, inv []float32, f func(i, j int, jump float32)) {
	w, h := m.Width, m.Height
	line := func(at, step, n int) {
		for k := 0; k+1 < n; k++ {
			i := at + k*step
			b, c := inv[i], inv[i+step]
			if b == c {
				continue
			}
			// Beyond the picture's edge a surface goes on as it is.
			a, d := b, c
			if k > 0 {
				a = inv[i-step]
			}
			if k+2 < n {
				d = inv[i+2*step]
			}
			if x := jump(a, b, c, d); x > 0 {
				f(i, i+step, x)
			}
		}
	}
	for y := range h {
		line(y*w, 1, w)
	}
	for x := range w {
		line(x, w, h)
	}
}

// Outline draws the edges of surfaces that stand before others: of each pair
// whose jump is at least the threshold the nearer pixel, and behind it so many
// of the same surface that the line is thick pixels wide. The rest of the picture
// is transparent. It returns how many pixels it drew.
func Outline(m *depth.Map, threshold float64, thick int, ink color.RGBA) (img *image.RGBA, drawn int) {
	img = image.NewRGBA(image.Rect(0, 0, m.Width, m.Height))
	least := float32(math.Max(threshold, 1e-6))
	inv := inverses(m)
	jumps(m, inv, func(i, j int, jump float32) {
		if jump < least {
			return
		}
		step := i - j
		if inv[j] > inv[i] {
			i, step = j, -step
		}
		for k := range max(1, thick) {
			// A row's line ends with its row.
			at := i + k*step
			if at < 0 || at >= len(inv) || (step == 1 || step == -1) && at/m.Width != i/m.Width {
				break
			}
			if p := img.Pix[4*at : 4*at+4]; p[3] == 0 {
				p[0], p[1], p[2], p[3] = ink.R, ink.G, ink.B, ink.A
				drawn++
			}
		}
	})
	return img, drawn
}
