package difference

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"zscope/depthcore/depth"
)

func row(z ...float32) *depth.Map { return &depth.Map{Width: len(z), Height: 1, Z: z} }

func TestOf(t *testing.T) {
	e := depth.Empty()
	s, err := Of(row(2, 2, 4, e, 5, e), row(2, 2.5, 3, 7, e, e))
	if err != nil {
		t.Fatal(err)
	}
	want := Stats{Both: 3, TruthOnly: 1, OtherOnly: 1, Max: 1, Mean: 0.5, Bias: -0.5 / 3, Close: 1. / 3, Millimetre: 1. / 3, Most: s.Most}
	if s != want {
		t.Errorf("got %+v, want %+v", s, want)
	}
	if s.Most < 0.5 || s.Most > 1 {
		t.Errorf("most differences are said to be within %g", s.Most)
	}
	s, _ = Of(row(10, 10), row(10.001, 9.998))
	if s.Millimetre != 0.5 || s.Close != 0 {
		t.Errorf("%+v", s)
	}
	if s, err := Of(row(e), row(1)); err != nil || s != (Stats{OtherOnly: 1}) {
		t.Errorf("%+v %v", s, err)
	}
	if _, err := Of(row(1), row(1, 2)); err == nil || !strings.Contains(err.Error(), "2 × 1 pixels, the picture 1 × 1") {
		t.Error(err)
	}
}

func TestMostLeavesOutliersOut(t *testing.T) {
	a, b := depth.New(1000, 1), depth.New(1000, 1)
	for i := range a.Z {
		a.Z[i], b.Z[i] = 1, 1.5
	}
	b.Z[7] = 100
	s, err := Of(a, b)
	if err != nil || s.Most < 0.5 || s.Most > 0.56 || s.Max != 99 {
		t.Errorf("%+v %v", s, err)
	}
}

func TestPaint(t *testing.T) {
	e := depth.Empty()
	img, err := Paint(row(2, 2, 2, 2, e, e), row(2, 3, 1, e, 2, e), 1)
	if err != nil {
		t.Fatal(err)
	}
	for x, want := range []color.RGBA{Color(0), Color(1), Color(-1), TruthOnly, OtherOnly, Neither} {
		if got := img.RGBAAt(x, 0); got != want {
			t.Errorf("pixel %d is %v, want %v", x, got, want)
		}
	}
	if c := Color(0.5); c.R <= c.B {
		t.Errorf("farther is %v", c)
	}
	if Color(math.Inf(1)) != Color(1) {
		t.Error("beyond the range is not the end of it")
	}
	if img, _ := Paint(row(2, 2), row(2, 2.5), 0); img.RGBAAt(0, 0) != Color(0) || img.RGBAAt(1, 0) != Color(1) {
		t.Error("without a range any difference is its end")
	}
	if _, err := Paint(row(1), row(1, 2), 1); err == nil {
		t.Error("two sizes were compared")
	}
}
