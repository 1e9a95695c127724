package ui

import (
	"image"
	"testing"

	"gioui.org/io/key"

	"zscope/depthcore/depth"
	"zscope/depthcore/difference"
	"zscope/viewer/model"
)

// openCompare holds a sequence against the scene whose first pixel is a metre
// off, and returns what was asked for and what is on the screen.
func (b *bench) openCompare() (first model.MeasureDifference, img *image.RGBA) {
	b.t.Helper()
	b.update(model.Dropped{Paths: []string{"/other/z_0001.exr"}})
	load := model.LoadCompare{}
	for _, c := range b.take() {
		if l, ok := c.(model.LoadCompare); ok {
			load = l
		}
	}
	b.update(model.CompareFound{Serial: load.Serial, Path: "/other/z_0001.exr", First: 1, Last: 9, Count: 9, Size: image.Pt(160, 120)})
	b.answer()
	first = b.asked()
	other := depth.New(first.Of.Width, first.Of.Height)
	copy(other.Z, first.Of.Z)
	other.Z[0]++
	stats, err := difference.Of(first.Of, other)
	if err != nil {
		b.t.Fatal(err)
	}
	img, err = difference.Paint(first.Of, other, 1)
	if err != nil {
		b.t.Fatal(err)
	}
	b.update(model.Compared{Serial: first.Serial, Difference: model.Difference{Of: first.Of, Number: first.Number, Other: other, Image: img, Span: 1, Stats: stats}})
	b.settle()
	return first, img
}

// asked returns the last difference that was asked for.
func (b *bench) asked() (ask model.MeasureDifference) {
	for _, c := range b.take() {
		if m, ok := c.(model.MeasureDifference); ok {
			ask = m
		}
	}
	return ask
}

func TestCompareByHand(t *testing.T) {
	b := newBench(t, 1280, 1400)
	b.open()
	first, img := b.openCompare()
	b.place("compare.scale")
	if b.ui.differing.of != img {
		t.Error("the difference is not on the screen")
	}
	b.replace("compare.span", "0.25")
	b.press(key.NameReturn, 0)
	if got := b.asked(); got.Span != 0.25 {
		t.Errorf("asked for %+v", got)
	}
	b.replace("compare.offset", "3")
	b.press(key.NameReturn, 0)
	if got := b.asked(); got.Number != first.Number+3 {
		t.Errorf("asked for %+v", got)
	}
	b.press("D", 0)
	if !b.m.Compare.Hidden {
		t.Error("D does not show depth")
	}
	b.click("compare.close")
	if b.m.Compare.Path != "" {
		t.Error("still there")
	}
}
