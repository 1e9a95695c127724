package export

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"

	"zscope/depthcore/channels"
	"zscope/depthcore/depth"
	"zscope/depthcore/exr"
	"zscope/depthcore/npy"
	"zscope/depthcore/pfm"
	"zscope/depthcore/tiff"
)

// pictures returns the frame's one or two.
func (f *frame) pictures() []*picture {
	if f.right == nil {
		return []*picture{&f.picture}
	}
	return []*picture{&f.picture, f.right}
}

// of returns the picture that an output holds.
func (f *frame) of(o output) *picture {
	if o.right {
		return f.right
	}
	return &f.picture
}

// parts returns a channel's planes.
func (p *picture) parts(c channels.Channel) []channels.Plane {
	if c == channels.Z || c == "" {
		return []channels.Plane{{Name: string(channels.Z), Float: p.depth.Z}}
	}
	names := c.Parts()
	for i := range p.planes {
		if p.planes[i].Name == names[0] {
			return p.planes[i : i+len(names)]
		}
	}
	return nil
}

// array returns a channel as numpy has it.
func (p *picture) array(c channels.Channel) npy.Array {
	a := npy.Array{Name: string(c), Width: p.depth.Width, Height: p.depth.Height}
	for _, plane := range p.parts(c) {
		if plane.UInt != nil {
			a.UInt = append(a.UInt, plane.UInt)
		} else {
			a.Float = append(a.Float, plane.Float)
		}
	}
	return a
}

// arrays returns all channels of a plan.
func (p *picture) arrays(list []channels.Channel) (arrays []npy.Array) {
	for _, c := range list {
		arrays = append(arrays, p.array(c))
	}
	return arrays
}

// floats returns a channel of one number a pixel in float32, which holds ids of
// 16 bits exactly.
func (p *picture) floats(c channels.Channel) []float32 {
	plane := p.parts(c)[0]
	if plane.UInt == nil {
		return plane.Float
	}
	list := make([]float32, len(plane.UInt))
	for i, x := range plane.UInt {
		list[i] = float32(x)
	}
	return list
}

// pngScale returns what a PNG file of a channel counts in a unit: ids are not
// scaled.
func (p *plan) pngScale(c channels.Channel) float64 {
	if c.Whole() {
		return 1
	}
	return p.Scale
}

func (r *run) encodeAs(ctx context.Context, o output, w *bufio.Writer, f *frame, enc *encoders) error {
	p := f.of(o)
	m := p.depth
	switch o.format {
	case ColmapBin:
		return encodeColmap(w, m)
	case Disparity:
		enc.values = p.disparities(enc.values)
		return pfm.Encode(w, m.Width, m.Height, enc.values)
	case Mask:
		return encodeMask(w, p)
	case Distance:
		enc.values = r.distances(enc.values, f)
		return tiff.Encode(w, m.Width, m.Height, enc.values)
	case PFM:
		return pfm.Encode(w, m.Width, m.Height, p.floats(o.channel))
	case NPY:
		a := p.array(o.channel)
		return npy.EncodeArray(w, &a)
	case NPZ:
		level := r.Level
		switch {
		case r.Compression == exr.None:
			level = 0
		case level == 0:
			level = exr.DefaultLevel
		}
		return npy.EncodeZip(w, p.arrays(r.list), level, r.threads)
	case PNG:
		beyond, err := enc.png.Encode(w, m.Width, m.Height, p.floats(o.channel), r.pngScale(o.channel))
		f.beyond.Far += beyond.Far
		f.beyond.Near += beyond.Near
		return err
	}
	return enc.exr.Encode(ctx, w, r.exrImage(f, p), exr.Options{Compression: r.Compression, Level: r.Level, Threads: r.threads})
}

// encodeColmap writes COLMAP's dense map: the size and the one channel as text,
// then float32, row by row from the top, 0 for no depth.
func encodeColmap(w *bufio.Writer, m *depth.Map) error {
	if _, err := fmt.Fprintf(w, "%d&%d&1&", m.Width, m.Height); err != nil {
		return err
	}
	var b [4]byte
	for _, z := range m.Z {
		binary.LittleEndian.PutUint32(b[:], math.Float32bits(z))
		if _, err := w.Write(b[:]); err != nil {
			return err
		}
	}
	return nil
}

// Middlebury's masks of pixels that the other picture sees too.
const (
	maskSeen   = 255
	maskHidden = 128
)

// mask returns Middlebury's mask of a picture: 255 where the other one sees the
// surface too, 128 where something hides it or it lies outside, 0 where there is
// none.
func (p *picture) mask() *image.Gray {
	img := image.NewGray(image.Rect(0, 0, p.depth.Width, p.depth.Height))
	for i, code := range p.parts(channels.Occlusion)[0].UInt {
		switch code {
		case channels.Seen:
			img.Pix[i] = maskSeen
		case channels.Hidden, channels.Outside:
			img.Pix[i] = maskHidden
		}
	}
	return img
}

func encodeMask(w io.Writer, p *picture) error { return png.Encode(w, p.mask()) }
