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
	for i, format := range r.encodingOrder() {
		p := f.parts[i]
		file, err := os.Open(p.path + partSuffix)
		if err != nil {
			return fmt.Errorf("verify %s: %w", p.path, reason(err))
		}
		err = r.compare(bufio.NewReaderSize(file, 1<<18), format, f)
		file.Close()
		if err != nil {
			return fmt.Errorf("verify %s: %w", p.path, err)
		}
	}
	return nil
}

// compare reads a file and says where it is not what f is written as.
func (r *run) compare(file io.Reader, format Format, f *frame) error {
	m := f.depth
	switch format {
	case Disparity:
		got, err := pfm.Decode(file)
		if err != nil {
			return err
		}
		return sameDepth(got.Z, &depth.Map{Width: m.Width, Height: m.Height, Z: r.disparities(nil, f)})
	case Distance:
		got, err := tiff.Decode(file)
		if err != nil {
			return err
		}
		return sameDepth(got.Z, &depth.Map{Width: m.Width, Height: m.Height, Z: r.distances(nil, f)})
	case PFM:
		got, err := pfm.Decode(file)
		if err != nil {
			return err
		}
		return sameDepth(got.Z, m)
	case NPY:
		got, err := npy.Decode(file)
		if err != nil {
			return err
		}
		return sameDepth(got.Z, m)
	case ColmapBin:
		got, err := decodeColmap(file, m)
		if err != nil {
			return err
		}
		return sameDepth(got, m)
	case PNG:
		return r.sameCounts(file, m)
	}
	img, err := exr.Decode(file)
	if err != nil {
		return err
	}
	if len(img.Channels) != 2 {
		return fmt.Errorf("it has %d channels", len(img.Channels))
	}
	for _, c := range img.Channels {
		if err := sameDepth(c.Float, m); err != nil {
			return fmt.Errorf("channel %s: %w", c.Name, err)
		}
	}
	return nil
}

func sameDepth(got []float32, m *depth.Map) error {
	if len(got) != len(m.Z) {
		return fmt.Errorf("it has %d pixels instead of %d", len(got), len(m.Z))
	}
	for i, z := range m.Z {
		if math.Float32bits(got[i]) != math.Float32bits(z) {
			return fmt.Errorf("pixel (%d, %d) is %v instead of %v", i%m.Width, i/m.Width, got[i], z)
		}
	}
	return nil
}

// sameCounts compares a PNG. Where the background took the place of no depth,
// the map has forgotten which of the two the pixel was.
func (r *run) sameCounts(file io.Reader, m *depth.Map) error {
	img, err := png.Decode(file)
	if err != nil {
		return err
	}
	grey, ok := img.(*image.Gray16)
	if !ok || grey.Rect.Dx() != m.Width || grey.Rect.Dy() != m.Height {
		return errors.New("it is not 16-bit grey of the map's size")
	}
	for i, z := range m.Z {
		got, want := grey.Gray16At(i%m.Width, i/m.Width).Y, png16.Count(z, r.Scale)
		if got != want && !(got == 0 && z == r.Background) {
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
