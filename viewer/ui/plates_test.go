package ui

import (
	"image"
	"image/color"
	"math"
	"testing"
)

// The pictures of rounded rectangles cover what the shapes would.
func TestPlates(t *testing.T) {
	ink := color.NRGBA{R: 0x28, G: 0x80, B: 0xff, A: 0xc0}
	full := translucent(ink, 1)
	for _, c := range []struct {
		size         image.Point
		radius, line int
	}{{image.Pt(40, 28), 4, 0}, {image.Pt(40, 28), 4, 1}, {image.Pt(16, 16), 8, 0}, {image.Pt(31, 17), 0, 2}, {image.Pt(7, 3), 1, 0}} {
		img := plateKey{c.size, c.radius, c.line, ink}.paint()
		area := 0.0
		for i := 3; i < len(img.Pix); i += 4 {
			area += float64(img.Pix[i]) / float64(full[3])
		}
		rounded := func(w, h, r int) float64 { return float64(w*h) - (4-math.Pi)*float64(r*r) }
		want := rounded(c.size.X, c.size.Y, c.radius)
		if c.line > 0 {
			want -= rounded(c.size.X-2*c.line, c.size.Y-2*c.line, max(0, c.radius-c.line))
		}
		if math.Abs(area-want) > 0.02*want+0.5 {
			t.Errorf("%+v covers %.1f pixels, want %.1f", c, area, want)
		}
		middle := img.RGBAAt(c.size.X/2, c.size.Y/2)
		if solid := c.line == 0; solid != (middle.A == full[3]) || !solid && middle.A != 0 {
			t.Errorf("%+v is %v in its middle", c, middle)
		}
		if corner := img.RGBAAt(0, 0); c.radius >= 4 && corner.A > full[3]/4 {
			t.Errorf("%+v is %v in its corner", c, corner)
		}
	}
	// As light, half of a colour is half as much.
	if half := translucent(color.NRGBA{R: 0xff, A: 0xff}, 0.5); math.Abs(linear(half[0])-0.5) > 0.005 || half[3] != 0x80 {
		t.Errorf("half of red is %v", half)
	}
}
