package ui

import (
	"image"
	"image/color"
	"math"

	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
)

// plates are rounded rectangles and their outlines as pictures. A shape with
// curves is worked out anew in each drawing, which takes ten times as long as a
// picture of it does, above all where graphics are made in software.
type plates struct {
	made   map[plateKey]paint.ImageOp
	pixels int
}

type plateKey struct {
	size   image.Point
	radius int
	line   int // width of the outline; 0 for a filled one
	ink    color.NRGBA
}

// Larger ones are shapes: they are few, and would take memory. The pictures are
// made again once there are too many of them.
const (
	mostPlate  = 1 << 16 // pixels
	mostPlates = 1 << 22
)

// draw draws a rectangle with round corners, or the line within its edge.
func (p *plates) draw(ops *op.Ops, r image.Rectangle, radius, line int, ink color.NRGBA) {
	key := plateKey{r.Size(), radius, line, ink}
	area := r.Dx() * r.Dy()
	if area > mostPlate {
		shape(ops, r, key)
		return
	}
	made, ok := p.made[key]
	if !ok {
		if p.made == nil || p.pixels+area > mostPlates {
			p.made, p.pixels = map[plateKey]paint.ImageOp{}, 0
		}
		made = paint.NewImageOp(key.paint())
		made.Filter = paint.FilterNearest
		p.made[key] = made
		p.pixels += area
	}
	defer op.Offset(r.Min).Push(ops).Pop()
	defer clip.Rect{Max: key.size}.Push(ops).Pop()
	made.Add(ops)
	paint.PaintOp{}.Add(ops)
}

func shape(ops *op.Ops, r image.Rectangle, key plateKey) {
	if key.line == 0 {
		paint.FillShape(ops, key.ink, clip.UniformRRect(r, key.radius).Op(ops))
		return
	}
	// Four straight lines, and the corners: the shape's box would be all of r.
	n := max(key.radius, key.line)
	for _, side := range []image.Rectangle{
		{image.Pt(r.Min.X+n, r.Min.Y), image.Pt(r.Max.X-n, r.Min.Y+key.line)},
		{image.Pt(r.Min.X+n, r.Max.Y-key.line), image.Pt(r.Max.X-n, r.Max.Y)},
		{image.Pt(r.Min.X, r.Min.Y+n), image.Pt(r.Min.X+key.line, r.Max.Y-n)},
		{image.Pt(r.Max.X-key.line, r.Min.Y+n), image.Pt(r.Max.X, r.Max.Y-n)},
	} {
		paint.FillShape(ops, key.ink, clip.Rect(side).Op())
	}
	corners := key
	corners.size = image.Pt(2*n, 2*n)
	ring := paint.NewImageOp(corners.paint())
	ring.Filter = paint.FilterNearest
	for _, at := range []image.Point{{}, {1, 0}, {0, 1}, {1, 1}} {
		corner := image.Rectangle{Max: image.Pt(n, n)}.Add(at.Mul(n))
		to := image.Pt(r.Min.X+at.X*(r.Dx()-2*n), r.Min.Y+at.Y*(r.Dy()-2*n))
		offset := op.Offset(to).Push(ops)
		area := clip.Rect(corner).Push(ops)
		ring.Add(ops)
		paint.PaintOp{}.Add(ops)
		area.Pop()
		offset.Pop()
	}
}

// paint paints the shape, smooth at its edges.
func (k plateKey) paint() *image.RGBA {
	img := image.NewRGBA(image.Rectangle{Max: k.size})
	halfX, halfY, n := float64(k.size.X)/2, float64(k.size.Y)/2, float64(k.radius)
	var shades [256][4]uint8
	for i := range shades {
		shades[i] = translucent(k.ink, float64(i)/255)
	}
	for y := range k.size.Y {
		for x := range k.size.X {
			// The distance from the edge, negative inside.
			dx, dy := math.Abs(float64(x)+0.5-halfX)-halfX+n, math.Abs(float64(y)+0.5-halfY)-halfY+n
			d := math.Min(math.Max(dx, dy), 0) + math.Hypot(math.Max(dx, 0), math.Max(dy, 0)) - n
			cover := math.Max(0, math.Min(1, 0.5-d))
			if k.line > 0 {
				cover -= math.Max(0, math.Min(1, 0.5-d-float64(k.line)))
			}
			copy(img.Pix[img.PixOffset(x, y):], shades[int(cover*255+0.5)][:])
		}
	}
	return img
}

// translucent returns a share of a colour as the graphics card takes it from a
// picture: multiplied by alpha as light, and that as sRGB.
func translucent(c color.NRGBA, share float64) [4]uint8 {
	a := float64(c.A) / 255 * share
	dim := func(v uint8) uint8 {
		x := linear(v) * a
		if x <= 0.0031308 {
			x *= 12.92
		} else {
			x = 1.055*math.Pow(x, 1/2.4) - 0.055
		}
		return uint8(x*255 + 0.5)
	}
	return [4]uint8{dim(c.R), dim(c.G), dim(c.B), uint8(a*255 + 0.5)}
}
