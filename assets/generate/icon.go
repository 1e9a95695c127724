package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
)

// The icon is a Z that comes out of the depth: the same letter in six steps
// from far to near, in the colours of turbo. Its coordinates are those of a
// picture of 512 x 512, y down.
const iconSize = 512

var iconGround = color.RGBA{R: 0x1b, G: 0x1e, B: 0x25, A: 0xff}

// layers are painted in this order; the last is the nearest.
var layers = []color.RGBA{
	{R: 0x46, G: 0x66, B: 0xdd, A: 0xff},
	{R: 0x1b, G: 0xd0, B: 0xd5, A: 0xff},
	{R: 0x5d, G: 0xfc, B: 0x6f, A: 0xff},
	{R: 0xd2, G: 0xe9, B: 0x35, A: 0xff},
	{R: 0xfe, G: 0x9b, B: 0x2d, A: 0xff},
	{R: 0xdb, G: 0x3a, B: 0x07, A: 0xff},
}

const (
	layerStep = 18.0 // each layer is that much left of and below the one behind
	corner    = 96.0 // radius of the ground's corners
)

// letter is the outline of the nearest Z.
var letter = func() [][2]float64 {
	const x0, y0, x1, y1, t, slant = 84.0, 164.0, 338.0, 438.0, 66.0, 92.0
	return [][2]float64{
		{x0, y0}, {x1, y0}, {x1, y0 + t}, {x0 + slant, y1 - t}, {x1, y1 - t},
		{x1, y1}, {x0, y1}, {x0, y1 - t}, {x1 - slant, y0 + t}, {x0, y0 + t},
	}
}()

// icons returns the icon as SVG and as PNG in the sizes that desktops ask for.
func icons() ([]file, error) {
	files := []file{{"icon.svg", iconSVG()}}
	for _, size := range []int{16, 24, 32, 48, 64, 128, 256, 512} {
		var out bytes.Buffer
		if err := png.Encode(&out, iconPicture(size)); err != nil {
			return nil, err
		}
		files = append(files, file{fmt.Sprintf("icon-%d.png", size), out.Bytes()})
	}
	return files, nil
}

func iconSVG() []byte {
	hex := func(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
	var points []string
	for _, p := range letter {
		points = append(points, fmt.Sprintf("%g,%g", p[0], p[1]))
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\">\n", iconSize, iconSize)
	fmt.Fprintf(&out, "  <rect width=\"%d\" height=\"%d\" rx=\"%g\" fill=\"%s\"/>\n", iconSize, iconSize, corner, hex(iconGround))
	for i, c := range layers {
		shift := layerStep * float64(len(layers)-1-i)
		fmt.Fprintf(&out, "  <polygon transform=\"translate(%g %g)\" fill=\"%s\" points=\"%s\"/>\n",
			shift, -shift, hex(c), strings.Join(points, " "))
	}
	out.WriteString("</svg>\n")
	return out.Bytes()
}

// iconPicture draws the icon, each pixel the mean of 4 x 4 samples.
func iconPicture(size int) *image.NRGBA {
	const samples = 4
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			var sum [3]int
			seen := 0
			for s := range samples * samples {
				u := (float64(x) + (float64(s%samples)+0.5)/samples) * iconSize / float64(size)
				v := (float64(y) + (float64(s/samples)+0.5)/samples) * iconSize / float64(size)
				if c, ok := iconAt(u, v); ok {
					sum[0], sum[1], sum[2] = sum[0]+int(c.R), sum[1]+int(c.G), sum[2]+int(c.B)
					seen++
				}
			}
			if seen > 0 {
				img.SetNRGBA(x, y, color.NRGBA{
					R: uint8(sum[0] / seen), G: uint8(sum[1] / seen), B: uint8(sum[2] / seen),
					A: uint8(255 * seen / (samples * samples)),
				})
			}
		}
	}
	return img
}

// iconAt returns the icon's colour at a point; ok is false outside it.
func iconAt(u, v float64) (c color.RGBA, ok bool) {
	du := math.Max(math.Abs(u-iconSize/2)-(iconSize/2-corner), 0)
	dv := math.Max(math.Abs(v-iconSize/2)-(iconSize/2-corner), 0)
	if math.Hypot(du, dv) > corner {
		return c, false
	}
	for i := len(layers) - 1; i >= 0; i-- {
		shift := layerStep * float64(len(layers)-1-i)
		if inside(letter, u-shift, v+shift) {
			return layers[i], true
		}
	}
	return iconGround, true
}

// inside reports whether a point is in a polygon, by counting the edges to
// its right.
func inside(polygon [][2]float64, u, v float64) bool {
	in := false
	for i, p := range polygon {
		q := polygon[(i+1)%len(polygon)]
		if (p[1] > v) != (q[1] > v) && u < p[0]+(v-p[1])/(q[1]-p[1])*(q[0]-p[0]) {
			in = !in
		}
	}
	return in
}
