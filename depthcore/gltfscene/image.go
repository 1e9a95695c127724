package gltfscene

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"zscope/depthcore/scene"
)

// alphaImage returns the alpha of the file's image i, nil where it is 1
// everywhere.
func (l *loader) alphaImage(i int) (*scene.Texture, error) {
	src, err := at(l.doc.Images, i, "image")
	if err != nil {
		return nil, err
	}
	var data []byte
	switch {
	case src.BufferView != nil:
		data, _, err = l.view(*src.BufferView)
	case src.URI != "":
		data, err = l.readURI(src.URI)
	default:
		err = errors.New("it has neither a URI nor a buffer view")
	}
	if err != nil {
		return nil, err
	}
	// The first bytes say what format it is; files' own claims are often wrong.
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return l.decodeAlpha(data, png.DecodeConfig, png.Decode)
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return l.decodeAlpha(data, webp.DecodeConfig, webp.Decode)
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return nil, nil // JPEG has no alpha
	case bytes.HasPrefix(data, []byte("\xabKTX 20\xbb")):
		return nil, errors.New("it is a KTX 2 image, for which there is no decoder here")
	}
	return nil, errors.New("it is not a PNG, JPEG or WebP image")
}

// decodeAlpha decodes an image's alpha after a look at the size that its
// header claims.
func (l *loader) decodeAlpha(data []byte, header func(io.Reader) (image.Config, error), decode func(io.Reader) (image.Image, error)) (t *scene.Texture, err error) {
	defer func() {
		// The decoders are others' code, and the image a stranger's.
		if r := recover(); r != nil {
			t, err = nil, fmt.Errorf("it cannot be decoded: %v", r)
		}
	}()
	config, err := header(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if config.Width <= 0 || config.Height <= 0 {
		return nil, fmt.Errorf("it has %d x %d pixels", config.Width, config.Height)
	}
	what := fmt.Sprintf("an image of %d x %d pixels", config.Width, config.Height)
	size := 4
	if config.ColorModel == color.NRGBA64Model {
		size = 8
	}
	if err := l.budget.charge(config.Width, config.Height*(4+size), what); err != nil {
		return nil, err
	}
	defer l.budget.release(config.Width, config.Height*size)
	pixels, err := decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return alphaOf(pixels), nil
}

// alphaOf returns an image's alpha, nil where it is 1 everywhere.
func alphaOf(pixels image.Image) *scene.Texture {
	if o, ok := pixels.(interface{ Opaque() bool }); ok && o.Opaque() {
		return nil
	}
	b := pixels.Bounds()
	t := &scene.Texture{Width: b.Dx(), Height: b.Dy(), Alpha: make([]float32, b.Dx()*b.Dy())}
	switch m := pixels.(type) {
	case *image.NRGBA:
		for y := range t.Height {
			row := m.Pix[y*m.Stride:]
			for x := range t.Width {
				t.Alpha[y*t.Width+x] = float32(row[4*x+3]) / 255
			}
		}
	case *image.NYCbCrA:
		for y := range t.Height {
			row := m.A[y*m.AStride:]
			for x := range t.Width {
				t.Alpha[y*t.Width+x] = float32(row[x]) / 255
			}
		}
	default:
		for y := range t.Height {
			for x := range t.Width {
				_, _, _, a := m.At(b.Min.X+x, b.Min.Y+y).RGBA()
				t.Alpha[y*t.Width+x] = float32(a) / 65535
			}
		}
	}
	return t
}
