// Package depth holds the depth map: a raster of planar Z and what its numbers
// mean.
//
// Z is the camera-space coordinate along the optical axis, positive in front
// of the camera, in the scene's unit. It is not the Euclidean distance along
// the ray. One sample a pixel, taken at the pixel's centre. Row 0 is the top
// row. A pixel that sees no surface holds Empty, which is +Inf.
package depth

import (
	"fmt"
	"math"
)

// MaxPixels bounds the size of a map: 2^28 pixels are 1 GiB of float32.
const MaxPixels = 1 << 28

// Map is a Width x Height raster of planar Z, row by row from the top left:
// pixel (x, y) is Z[y*Width+x].
type Map struct {
	Width, Height int
	Z             []float32
}

// Empty is the value of a pixel whose ray meets no surface: +Inf.
func Empty() float32 { return float32(math.Inf(1)) }

// CheckSize reports whether a map of w x h pixels can be had.
func CheckSize(w, h int) error {
	if w < 1 || h < 1 {
		return fmt.Errorf("size %dx%d: both sides must be at least 1 pixel", w, h)
	}
	if w > MaxPixels/h {
		return fmt.Errorf("size %dx%d: more than the %d pixels a picture may have", w, h, MaxPixels)
	}
	return nil
}

// New returns a map of w x h pixels, all of them Empty.
func New(w, h int) *Map {
	m := &Map{}
	m.Resize(w, h)
	return m
}

// Resize makes m a map of w x h Empty pixels, keeping its memory where it is
// large enough.
func (m *Map) Resize(w, h int) {
	n := w * h
	if cap(m.Z) < n {
		m.Z = make([]float32, n)
	}
	m.Width, m.Height, m.Z = w, h, m.Z[:n]
	empty := Empty()
	for i := range m.Z {
		m.Z[i] = empty
	}
}

// At returns Z at column x and row y.
func (m *Map) At(x, y int) float32 { return m.Z[y*m.Width+x] }

// IsHit reports whether z is the depth of a surface: finite and positive.
func IsHit(z float32) bool { return z > 0 && z <= math.MaxFloat32 }

// Range returns the nearest and the farthest Z of the pixels that see a
// surface, and how many do. Without any, near is +Inf and far is 0.
func (m *Map) Range() (near, far float32, hits int) { return rangeOf(m.Z, hasKernel) }
