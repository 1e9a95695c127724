package preview

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"io"
	"math"

	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
)

// Film gathers the frames of an animated GIF. A GIF has 256 colours, so the
// colours of the legend's mapping are thinned out to fit. It holds a byte for
// each pixel of each frame until it is written.
type Film struct {
	legend  Legend
	fps     float64
	width   int
	draw    *drawing
	small   depth.Map
	palette color.Palette
	index   map[color.RGBA]uint8
	out     gif.GIF
}

// NewFilm returns an empty film that plays fps frames a second. Its frames are
// at most maxWidth pixels wide. The mapping holds for all of them, the caption
// is that of each frame.
func NewFilm(m colormap.Mapping, unit string, fps float64, maxWidth int) (*Film, error) {
	if !(fps > 0) || math.IsInf(fps, 0) {
		return nil, fmt.Errorf("a film of %g frames a second: the rate must be positive and finite", fps)
	}
	if maxWidth < 1 {
		return nil, fmt.Errorf("a film of %d pixels in width: there must be at least 1", maxWidth)
	}
	f := &Film{
		legend: Legend{Mapping: m, Unit: unit}, fps: fps, width: maxWidth,
		index: map[color.RGBA]uint8{},
	}
	f.palette = filmPalette(m)
	return f, nil
}

// filmPalette holds the greys of the text and 240 colours of the map.
func filmPalette(m colormap.Mapping) color.Palette {
	const greys, colours = 13, 240
	var p color.Palette
	for _, c := range []color.RGBA{m.Below, m.Above, m.Empty} {
		c.A = 0xff
		p = append(p, c)
	}
	for i := range greys {
		mix := func(a, b uint8) uint8 {
			return uint8((int(a)*(greys-1-i) + int(b)*i) / (greys - 1))
		}
		p = append(p, color.RGBA{R: mix(ground.R, ink.R), G: mix(ground.G, ink.G), B: mix(ground.B, ink.B), A: 0xff})
	}
	for i := range colours {
		p = append(p, m.Color((float64(i)+0.5)/colours))
	}
	return p
}

// Add appends a frame. All must have one size. Where a map is wider than the
// film, every k-th pixel of every k-th row is shown: depth is never averaged.
func (f *Film) Add(src *depth.Map, caption string) error {
	if err := depth.CheckSize(src.Width, src.Height); err != nil {
		return fmt.Errorf("film frame %d: %w", len(f.out.Image), err)
	}
	thin(&f.small, src, (src.Width+f.width-1)/f.width)
	if f.draw == nil {
		// A caption of its own, so that every frame has room for one.
		l := f.legend
		l.Caption = " "
		d, err := newDrawing(f.small.Width, f.small.Height, l)
		if err != nil {
			return err
		}
		f.draw = d
	}
	if f.small.Width != f.draw.width || f.small.Height != f.draw.height {
		return fmt.Errorf("film frame %d is %dx%d pixels, the first is %dx%d",
			len(f.out.Image), f.small.Width, f.small.Height, f.draw.width, f.draw.height)
	}
	if caption == "" {
		caption = " "
	}
	f.draw.legend.Caption = caption
	f.out.Image = append(f.out.Image, f.paletted(f.draw.picture(&f.small)))

	// Hundredths of a second, so rounded that they do not drift.
	n := float64(len(f.out.Image))
	f.out.Delay = append(f.out.Delay, int(math.Round(100*n/f.fps)-math.Round(100*(n-1)/f.fps)))
	return nil
}

// thin keeps every k-th pixel of src, the middle one of each k x k block.
func thin(dst, src *depth.Map, k int) {
	dst.Resize(max(src.Width/k, 1), max(src.Height/k, 1))
	for y := range dst.Height {
		for x := range dst.Width {
			dst.Z[y*dst.Width+x] = src.At(min(x*k+k/2, src.Width-1), min(y*k+k/2, src.Height-1))
		}
	}
}

func (f *Film) paletted(img *image.RGBA) *image.Paletted {
	out := image.NewPaletted(img.Rect, f.palette)
	for i := range out.Pix {
		p := img.Pix[4*i:]
		c := color.RGBA{R: p[0], G: p[1], B: p[2], A: 0xff}
		k, ok := f.index[c]
		if !ok {
			k = uint8(f.palette.Index(c))
			f.index[c] = k
		}
		out.Pix[i] = k
	}
	return out
}

// Write encodes the film, which plays for ever. A film without frames is an
// error.
func (f *Film) Write(ctx context.Context, w io.Writer) error {
	if len(f.out.Image) == 0 {
		return fmt.Errorf("a film without frames")
	}
	if err := gif.EncodeAll(stopper{ctx, w}, &f.out); err != nil {
		return fmt.Errorf("encode GIF: %w", err)
	}
	return nil
}

// stopper fails once its context has ended.
type stopper struct {
	ctx context.Context
	w   io.Writer
}

func (s stopper) Write(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, context.Cause(s.ctx)
	}
	return s.w.Write(p)
}
