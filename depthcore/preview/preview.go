// Package preview draws depth maps for people: a picture with a legend, as
// PNG, and a short film of such pictures, as GIF.
//
// What it writes is for eyes: Z is never read back from it.
package preview

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"
	"strconv"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
)

// Legend says what the strip below a picture tells.
type Legend struct {
	Mapping colormap.Mapping
	Unit    string // behind the numbers, such as "m"; may be empty
	Caption string // one line, such as the scene's name and the frame; may be empty
}

var (
	ground = color.RGBA{R: 0x16, G: 0x18, B: 0x1d, A: 0xff}
	ink    = color.RGBA{R: 0xd7, G: 0xda, B: 0xe0, A: 0xff}
)

// WritePNG writes Picture as a PNG file.
func WritePNG(w io.Writer, src *depth.Map, l Legend) error {
	img, err := Picture(src, l)
	if err != nil {
		return err
	}
	if err := png.Encode(w, img); err != nil {
		return fmt.Errorf("encode PNG: %w", err)
	}
	return nil
}

// Picture returns the painted map, pixel for pixel, with a strip below it that
// holds the caption, the colours and their depths. A map without width or
// height is an error.
func Picture(src *depth.Map, l Legend) (*image.RGBA, error) {
	d, err := newDrawing(src.Width, src.Height, l)
	if err != nil {
		return nil, err
	}
	return d.picture(src), nil
}

// drawing makes pictures of one size with one mapping.
type drawing struct {
	legend        Legend
	width, height int // of the map
	face          font.Face
	em            int // text size in pixels
	painter       colormap.Painter
	painted       image.RGBA // the painted map
}

func newDrawing(width, height int, l Legend) (*drawing, error) {
	if err := depth.CheckSize(width, height); err != nil {
		return nil, fmt.Errorf("draw a picture: %w", err)
	}
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("read the font: %w", err)
	}
	d := &drawing{legend: l, width: width, height: height}
	d.em = min(max(width/75, 10), 48)
	d.face, err = opentype.NewFace(f, &opentype.FaceOptions{Size: float64(d.em), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("scale the font: %w", err)
	}
	return d, nil
}

// picture paints the map and, below it, the strip.
func (d *drawing) picture(src *depth.Map) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, d.width, d.height+d.stripHeight()))
	d.painter.Paint(&d.painted, src, d.legend.Mapping)
	draw.Draw(out, d.painted.Rect, &d.painted, image.Point{}, draw.Src)
	d.strip(out)
	return out
}

func (d *drawing) stripHeight() int {
	if d.legend.Caption == "" {
		return 4 * d.em
	}
	return 6 * d.em
}

// strip draws, from top to bottom: the caption, the bar of colours, its ticks
// and their numbers.
func (d *drawing) strip(out *image.RGBA) {
	y := d.height
	draw.Draw(out, image.Rect(0, y, d.width, out.Rect.Max.Y), image.NewUniform(ground), image.Point{}, draw.Src)
	left, right := d.em, max(d.width-d.em, d.em+1)
	y += d.em
	if d.legend.Caption != "" {
		d.text(out, left, y+d.em, d.fitted(d.legend.Caption, right-left))
		y += 2 * d.em
	}

	m := d.legend.Mapping
	for x := left; x < right; x++ {
		at := (float64(x-left) + 0.5) / float64(right-left)
		draw.Draw(out, image.Rect(x, y, x+1, y+d.em), image.NewUniform(m.Color(at)), image.Point{}, draw.Src)
	}
	y += d.em

	// As many ticks as have room for their numbers.
	for n := min(12, max(1, d.width/(4*d.em))); n > 0; n-- {
		labels := d.labels(m.Ticks(n), left, right)
		if overlap(labels, d.em/2) {
			continue
		}
		for _, l := range labels {
			draw.Draw(out, image.Rect(l.tick, y, l.tick+max(1, d.em/12), y+d.em/3), image.NewUniform(ink), image.Point{}, draw.Src)
			d.text(out, l.from, y+d.em/3+d.em, l.text)
		}
		return
	}
}

// label is a tick's number: its text covers from <= x < to.
type label struct {
	text           string
	tick, from, to int
}

func (d *drawing) labels(ticks []float64, left, right int) []label {
	var labels []label
	for i, z := range ticks {
		text := strconv.FormatFloat(z, 'g', -1, 64)
		if i == len(ticks)-1 && d.legend.Unit != "" {
			text += " " + d.legend.Unit
		}
		x := left + int(math.Round(d.legend.Mapping.Position(z)*float64(right-left-1)))
		wide := d.wide(text)
		from := min(max(x-wide/2, 0), max(d.width-wide, 0))
		labels = append(labels, label{text: text, tick: x, from: from, to: from + wide})
	}
	return labels
}

func overlap(labels []label, gap int) bool {
	for i := 1; i < len(labels); i++ {
		if labels[i].from < labels[i-1].to+gap {
			return true
		}
	}
	return false
}

func (d *drawing) wide(s string) int { return font.MeasureString(d.face, s).Ceil() }

// fitted cuts a line that is too long for a width.
func (d *drawing) fitted(s string, width int) string {
	if d.wide(s) <= width {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 && d.wide(string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

func (d *drawing) text(out *image.RGBA, x, baseline int, s string) {
	drawer := font.Drawer{Dst: out, Src: image.NewUniform(ink), Face: d.face, Dot: fixed.P(x, baseline)}
	drawer.DrawString(s)
}
