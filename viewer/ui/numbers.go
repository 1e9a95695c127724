package ui

import (
	"fmt"
	"image"
	"image/color"

	"gioui.org/text"

	"zscope/depthcore/depth"
	"zscope/depthcore/difference"
	"zscope/viewer/model"
)

// pixelNumbers writes into the pixels, where they are large enough, their Z or,
// where the difference from another sequence is shown, that.
func (f *frame) pixelNumbers(r image.Rectangle, differs bool) {
	m := f.m
	place := m.Place()
	if m.Shown.Map == nil || !m.Shown.Exact || place.Scale < float64(f.dp(56)) || m.Peeking && m.Over() != nil {
		return
	}
	f.name("pixel numbers", r)
	size := m.PictureSize()
	u0, v0 := place.Image(0, 0)
	u1, v1 := place.Image(float64(r.Dx()), float64(r.Dy()))
	for y := max(0, int(v0)); y < min(size.Y, int(v1)+1); y++ {
		for x := max(0, int(u0)); x < min(size.X, int(u1)+1); x++ {
			sx, sy := place.Screen(float64(x), float64(y))
			cell := image.Rect(int(sx), int(sy), int(sx+place.Scale), int(sy+place.Scale)).Add(r.Min)
			label, ground := f.pixelNumber(x, y, differs, place.Scale >= float64(f.dp(88)))
			ink := rgb(0x000000)
			if luminance(ground.R, ground.G, ground.B) < 0.18 {
				ink = rgb(0xffffff)
			}
			f.text(cell, label, style{size: small, color: ink, align: text.Middle})
		}
	}
}

// pixelNumber returns what is written into a pixel, and the colour below it.
// Where there is room, Z is written so that it reads back as the same float32.
func (f *frame) pixelNumber(x, y int, differs, room bool) (label string, ground color.RGBA) {
	z := f.m.Shown.Map.At(x, y)
	ground = f.m.Colour.Mapping.ColorAt(z)
	label = "–"
	if depth.IsHit(z) {
		label = fmt.Sprintf("%.5g", z)
		if room {
			label = model.ZText(z)
		}
	}
	if differs {
		label, ground = f.differenceNumber(x, y)
	}
	return label, f.belowRGB(x, y, ground)
}

func (f *frame) differenceNumber(x, y int) (label string, ground color.RGBA) {
	d, _ := f.m.Difference()
	ground = d.Image.RGBAAt(x, y)
	by, both := f.m.DifferenceAt(x, y)
	switch {
	case both:
		return fmt.Sprintf("%+.3g", by), ground
	case ground == difference.Neither:
		return "–", ground
	}
	return "one only", ground
}

// belowRGB returns what the colour of a pixel becomes below the RGB picture.
func (f *frame) belowRGB(x, y int, c color.RGBA) color.RGBA {
	img, size := f.m.Over(), f.m.PictureSize()
	if img == nil {
		return c
	}
	over := img.RGBAAt(x*img.Rect.Dx()/size.X, y*img.Rect.Dy()/size.Y)
	share := f.m.RGB.Opacity
	if f.m.RGB.Wipe {
		share = 0
		if float64(x)+0.5 < f.m.RGB.At*float64(size.X) {
			share = 1
		}
	}
	mix := func(a, b uint8) uint8 { return uint8(float64(a) + share*(float64(b)-float64(a)) + 0.5) }
	return color.RGBA{mix(c.R, over.R), mix(c.G, over.G), mix(c.B, over.B), 0xff}
}
