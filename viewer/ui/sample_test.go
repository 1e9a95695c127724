package ui

import (
	"image"
	"testing"

	"zscope/depthcore/depth"
)

// What is in sight is sampled at the pixels' centres, and whole rows are the
// map's own.
func TestSample(t *testing.T) {
	m := depth.New(6, 4)
	for i := range m.Z {
		m.Z[i] = float32(i)
	}
	var p picture
	for _, c := range []struct {
		source image.Rectangle
		size   image.Point
		own    bool
	}{
		{image.Rect(0, 0, 6, 4), image.Pt(6, 4), true},
		{image.Rect(0, 1, 6, 3), image.Pt(6, 2), true},
		{image.Rect(0, 0, 6, 4), image.Pt(3, 2), false},
		{image.Rect(0, 0, 6, 4), image.Pt(6, 2), false},
		{image.Rect(1, 1, 5, 3), image.Pt(4, 2), false},
	} {
		got := p.sample(m, part{source: c.source, size: c.size})
		if got.Width != c.size.X || got.Height != c.size.Y || len(got.Z) != c.size.X*c.size.Y {
			t.Fatalf("%v: %dx%d with %d pixels", c, got.Width, got.Height, len(got.Z))
		}
		for y := range got.Height {
			for x := range got.Width {
				column := c.source.Min.X + int((float64(x)+0.5)/float64(c.size.X)*float64(c.source.Dx()))
				row := c.source.Min.Y + int((float64(y)+0.5)/float64(c.size.Y)*float64(c.source.Dy()))
				if z := got.At(x, y); z != m.At(column, row) {
					t.Errorf("%v: pixel %d,%d is %v, want %v", c, x, y, z, m.At(column, row))
				}
			}
		}
		if own := &got.Z[0] == &m.Z[c.source.Min.Y*6+c.source.Min.X]; own != c.own {
			t.Errorf("%v: the map's own memory: %v", c, own)
		}
	}
}
