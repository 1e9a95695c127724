package export

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"zscope/depthcore/channels"
	"zscope/depthcore/depth"
	"zscope/depthcore/exr"
	"zscope/depthcore/npy"
	"zscope/depthcore/pfm"
	"zscope/depthcore/png16"
	"zscope/depthcore/tiff"
)

// verify reads the frame's files back and compares each pixel with the depth
// map, bit for bit, or with its count where the format has whole numbers. The
// readers share no code with the writers.
func (r *run) verify(f *frame) error {
	for i, o := range r.encodingOrder() {
		p := f.parts[i]
		file, err := os.Open(p.path + partSuffix)
		if err != nil {
			return fmt.Errorf("verify %s: %w", p.path, reason(err))
		}
		err = r.compare(bufio.NewReaderSize(file, 1<<18), o, f)
		file.Close()
		if err != nil {
			return fmt.Errorf("verify %s: %w", p.path, err)
		}
	}
	return nil
}

// compare reads a file and says where it is not what f is written as.
func (r *run) compare(file io.Reader, o output, f *frame) error {
	p := f.of(o)
	m := p.depth
	switch o.format {
	case Disparity:
		got, err := pfm.Decode(file)
		if err != nil {
			return err
		}
		return same(got.Z, p.disparities(nil), m.Width)
	case Mask:
		return sameMask(file, p)
	case Distance:
		got, err := tiff.Decode(file)
		if err != nil {
			return err
		}
		return same(got.Z, r.distances(nil, f), m.Width)
	case PFM:
		got, err := pfm.Decode(file)
		if err != nil {
			return err
		}
		return same(got.Z, p.floats(o.channel), m.Width)
	case NPY:
		got, err := npy.DecodeArray(file)
		if err != nil {
			return err
		}
		return sameArray(*got, p.array(o.channel))
	case NPZ:
		return sameArrays(file, p.arrays(r.list))
	case ColmapBin:
		got, err := decodeColmap(file, m)
		if err != nil {
			return err
		}
		return same(got, m.Z, m.Width)
	case PNG:
		return r.sameCounts(file, o.channel, p)
	}
	img, err := exr.Decode(file)
	if err != nil {
		return err
	}
	want := p.exrChannels(r.list)
	if len(img.Channels) != len(want) {
		return fmt.Errorf("it has %d channels", len(img.Channels))
	}
	slices.SortFunc(want, func(a, b exr.Channel) int { return strings.Compare(a.Name, b.Name) })
	for i, c := range img.Channels {
		if c.Name != want[i].Name || c.Half {
			return fmt.Errorf("channel %s stands in the place of %s", c.Name, want[i].Name)
		}
		if err := sameNumbers(c.Float, want[i].Float, c.UInt, want[i].UInt, m.Width); err != nil {
			return fmt.Errorf("channel %s: %w", c.Name, err)
		}
	}
	return nil
}

// same compares floats bit for bit.
func same(got, want []float32, width int) error {
	if len(got) != len(want) {
		return fmt.Errorf("it has %d pixels instead of %d", len(got), len(want))
	}
	for i, z := range want {
		if math.Float32bits(got[i]) != math.Float32bits(z) {
			return fmt.Errorf("pixel (%d, %d) is %v instead of %v", i%width, i/width, got[i], z)
		}
	}
	return nil
}

// sameNumbers compares a plane of floats or of whole numbers.
func sameNumbers(got, want []float32, gotWhole, wantWhole []uint32, width int) error {
	if len(gotWhole) != len(wantWhole) {
		return fmt.Errorf("it has %d whole numbers instead of %d", len(gotWhole), len(wantWhole))
	}
	for i, x := range wantWhole {
		if gotWhole[i] != x {
			return fmt.Errorf("pixel (%d, %d) is %d instead of %d", i%width, i/width, gotWhole[i], x)
		}
	}
	return same(got, want, width)
}

func sameArrays(file io.Reader, want []npy.Array) error {
	data, err := io.ReadAll(file)
	if err != nil {
		return reason(err)
	}
	got, err := npy.DecodeZip(data)
	if err != nil {
		return err
	}
	if len(got) != len(want) {
		return fmt.Errorf("it has %d arrays instead of %d", len(got), len(want))
	}
	for i := range got {
		if got[i].Name != want[i].Name {
			return fmt.Errorf("array %s stands in the place of %s", got[i].Name, want[i].Name)
		}
		if err := sameArray(got[i], want[i]); err != nil {
			return fmt.Errorf("array %s: %w", got[i].Name, err)
		}
	}
	return nil
}

func sameArray(got, want npy.Array) error {
	if got.Width != want.Width || got.Height != want.Height || len(got.Float) != len(want.Float) || len(got.UInt) != len(want.UInt) {
		return fmt.Errorf("it has %d+%d planes of %dx%d", len(got.Float), len(got.UInt), got.Width, got.Height)
	}
	for k := range want.Float {
		if err := same(got.Float[k], want.Float[k], want.Width); err != nil {
			return err
		}
	}
	for k := range want.UInt {
		if err := sameNumbers(nil, nil, got.UInt[k], want.UInt[k], want.Width); err != nil {
			return err
		}
	}
	return nil
}

func sameMask(file io.Reader, p *picture) error {
	img, err := png.Decode(file)
	if err != nil {
		return err
	}
	want := p.mask()
	got, ok := img.(*image.Gray)
	if !ok || got.Rect != want.Rect {
		return errors.New("it is not 8-bit grey of the map's size")
	}
	for i, x := range want.Pix {
		if got.Pix[i] != x {
			return fmt.Errorf("pixel (%d, %d) is %d instead of %d", i%p.depth.Width, i/p.depth.Width, got.Pix[i], x)
		}
	}
	return nil
}

// sameCounts compares a PNG. Where the background took the place of no depth,
// the map has forgotten which of the two the pixel was.
func (r *run) sameCounts(file io.Reader, c channels.Channel, p *picture) error {
	m := p.depth
	img, err := png.Decode(file)
	if err != nil {
		return err
	}
	grey, ok := img.(*image.Gray16)
	if !ok || grey.Rect.Dx() != m.Width || grey.Rect.Dy() != m.Height {
		return errors.New("it is not 16-bit grey of the map's size")
	}
	for i, z := range p.floats(c) {
		got, want := grey.Gray16At(i%m.Width, i/m.Width).Y, png16.Count(z, r.pngScale(c))
		if got != want && !(got == 0 && z == r.Background && !c.Whole()) {
			return fmt.Errorf("pixel (%d, %d) is %d instead of %d", i%m.Width, i/m.Width, got, want)
		}
	}
	return nil
}

// decodeColmap reads what encodeColmap writes.
func decodeColmap(file io.Reader, m *depth.Map) ([]float32, error) {
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	head := fmt.Sprintf("%d&%d&1&", m.Width, m.Height)
	if len(data) != len(head)+4*len(m.Z) || string(data[:len(head)]) != head {
		return nil, fmt.Errorf("it does not begin with %s or is not of the map's size", head)
	}
	z := make([]float32, len(m.Z))
	for i := range z {
		b := data[len(head)+4*i:]
		z[i] = math.Float32frombits(uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24)
	}
	return z, nil
}
