package ui

import (
	"image"
	"image/color"
	"testing"

	"gioui.org/f32"

	"zscope/depthcore/depth"
	"zscope/depthcore/difference"
	"zscope/viewer/model"
)

// What is written into a pixel is what the picture there shows: Z, or the
// difference, in an ink that is read on the colour below.
func TestPixelNumbers(t *testing.T) {
	b := opened(t)
	b.update(model.ZoomBy{Factor: 40, At: f32.Pt(200, 150)})
	b.settle()
	b.place("pixel numbers")
	f := &frame{UI: b.ui, m: b.m}
	z := b.m.Shown.Map.At(40, 30)
	for _, c := range []struct {
		x, y    int
		differs bool
		room    bool
		want    string
	}{{40, 30, false, false, "7.0377"}, {40, 30, false, true, model.ZText(z)}, {0, 0, false, true, "–"}} {
		label, ground := f.pixelNumber(c.x, c.y, c.differs, c.room)
		if label != c.want || c.want != "–" && ground != b.m.Colour.Mapping.ColorAt(z) {
			t.Errorf("%+v: %q on %v", c, label, ground)
		}
	}

	// Below half an RGB picture the ground is a mixture; left of a wipe it is
	// the picture.
	b.openRGB()
	f = &frame{UI: b.ui, m: b.m}
	if got := f.belowRGB(3, 3, color.RGBA{0, 200, 0x90, 255}); got != (color.RGBA{72, 172, 0x90, 255}) {
		t.Errorf("blended: %v", got)
	}
	f.m.RGB.Wipe = true
	if left, right := f.belowRGB(3, 3, color.RGBA{A: 255}), f.belowRGB(150, 3, color.RGBA{A: 255}); left.R != 0x90 || right.R != 0 {
		t.Errorf("wiped: %v and %v", left, right)
	}

	// The difference from another sequence.
	b = opened(t)
	truth := b.m.Shown.Map
	other := depth.New(truth.Width, truth.Height)
	copy(other.Z, truth.Z)
	other.Z[30*160+40] += 0.25
	other.Z[5] = depth.Empty()
	img, err := difference.Paint(truth, other, 1)
	if err != nil {
		t.Fatal(err)
	}
	b.m.Compare = model.Compare{Path: "/a/z_#.exr", First: 1, Last: 9, Size: image.Pt(160, 120)}
	b.m.Compare.Newest = model.Difference{Of: truth, Number: 1, Other: other, Image: img, Span: 1}
	f = &frame{UI: b.ui, m: b.m}
	for _, c := range []struct {
		x, y int
		want string
	}{{40, 30, "+0.25"}, {41, 30, "+0"}, {5, 0, "one only"}, {0, 0, "–"}} {
		if label, ground := f.pixelNumber(c.x, c.y, true, true); label != c.want || ground != img.RGBAAt(c.x, c.y) {
			t.Errorf("%+v: %q on %v", c, label, ground)
		}
	}
}
