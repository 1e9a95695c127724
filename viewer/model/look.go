package model

import (
	"image"
	"math"

	"gioui.org/f32"
)

// Look says which part of the picture the viewport shows and how large.
type Look struct {
	Fit    bool    // the whole picture, as large as it fits
	Scale  float64 // screen pixels a picture pixel, unless Fit
	CX, CY float64 // the image point in the viewport's centre, unless Fit
}

const (
	maxScale = 256
	minShown = 16 // screen pixels that the picture's longer side keeps
)

// Placement is where a picture lies on the screen: image point (u, v) is at
// screen point (X + u*Scale, Y + v*Scale).
type Placement struct{ X, Y, Scale float64 }

// Screen returns the screen point of an image point.
func (p Placement) Screen(u, v float64) (x, y float64) { return p.X + u*p.Scale, p.Y + v*p.Scale }

// Image returns the image point of a screen point.
func (p Placement) Image(x, y float64) (u, v float64) {
	return (x - p.X) / p.Scale, (y - p.Y) / p.Scale
}

// PictureSize returns the size of the picture that was last asked for, or
// shown where that is not known yet.
func (m Model) PictureSize() image.Point {
	if m.Shown.Map != nil {
		return image.Pt(m.Shown.View.Width, m.Shown.View.Height)
	}
	return image.Point{}
}

// Place returns where the shown picture lies in the viewport. At a scale of
// 1 and above its corner lies on a whole screen pixel, so that picture pixels
// have crisp edges.
func (m Model) Place() Placement { return m.Look.place(m.PictureSize(), m.Viewport) }

func (l Look) place(size, viewport image.Point) Placement {
	p := l.exact(size, viewport)
	if p.Scale >= 1 {
		p.X, p.Y = math.Round(p.X), math.Round(p.Y)
	}
	return p
}

// exact is place without the rounding, which would add up over many moves.
func (l Look) exact(size, viewport image.Point) Placement {
	w, h := float64(size.X), float64(size.Y)
	vw, vh := float64(viewport.X), float64(viewport.Y)
	if w <= 0 || h <= 0 || vw <= 0 || vh <= 0 {
		return Placement{Scale: 1}
	}
	s, cx, cy := l.Scale, l.CX, l.CY
	if l.Fit {
		s, cx, cy = math.Min(vw/w, vh/h), w/2, h/2
	}
	return Placement{X: vw/2 - cx*s, Y: vh/2 - cy*s, Scale: s}
}

// zoomBy scales by factor and keeps the image point at screen point (x, y)
// where it is.
func (l Look) zoomBy(factor, x, y float64, size, viewport image.Point) Look {
	if size.X <= 0 || viewport.X <= 0 || !(factor > 0) {
		return l
	}
	p := l.exact(size, viewport)
	u, v := p.Image(x, y)
	least := minShown / math.Max(float64(size.X), float64(size.Y))
	s := math.Max(least, math.Min(maxScale, p.Scale*factor))
	// Come to rest on 1:1 when passing close by.
	if math.Abs(s-1) < 0.04 {
		s = 1
	}
	return Look{
		Scale: s,
		CX:    u + (float64(viewport.X)/2-x)/s,
		CY:    v + (float64(viewport.Y)/2-y)/s,
	}.within(size)
}

// panBy moves the picture by (dx, dy) screen pixels.
func (l Look) panBy(dx, dy float64, size, viewport image.Point) Look {
	if size.X <= 0 || viewport.X <= 0 {
		return l
	}
	p := l.exact(size, viewport)
	u, v := p.Image(float64(viewport.X)/2, float64(viewport.Y)/2)
	return Look{Scale: p.Scale, CX: u - dx/p.Scale, CY: v - dy/p.Scale}.within(size)
}

// within keeps some of the picture in sight.
func (l Look) within(size image.Point) Look {
	l.CX = math.Max(0, math.Min(float64(size.X), l.CX))
	l.CY = math.Max(0, math.Min(float64(size.Y), l.CY))
	return l
}

// PixelAt returns the pixel of the shown picture at a screen point.
func (m Model) PixelAt(at f32.Point) (x, y int, ok bool) {
	size := m.PictureSize()
	u, v := m.Place().Image(float64(at.X), float64(at.Y))
	if !(u >= 0 && v >= 0 && u < float64(size.X) && v < float64(size.Y)) {
		return 0, 0, false
	}
	return int(u), int(v), true
}
