package gltfscene

import (
	"bytes"
	"encoding/binary"
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
		return l.decodeAlpha(data, png.DecodeConfig, png.Decode, mostDeflated)
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return l.decodeAlpha(data, webpHeader, webp.Decode, 0)
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return nil, nil // JPEG has no alpha
	case bytes.HasPrefix(data, []byte("\xabKTX 20\xbb")):
		return nil, errors.New("it is a KTX 2 image, for which there is no decoder here")
	}
	return nil, errors.New("it is not a PNG, JPEG or WebP image")
}

// webpHeader is webp.DecodeConfig, but for an image whose picture is larger
// than the canvas that its header claims: the decoder allocates the picture.
func webpHeader(r io.Reader) (image.Config, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return image.Config{}, err
	}
	config, err := webp.DecodeConfig(bytes.NewReader(data))
	const riffHeader, chunkHeader = 12, 8
	for rest := data[min(len(data), riffHeader):]; err == nil && len(rest) > chunkHeader; {
		kind, size := string(rest[:4]), binary.LittleEndian.Uint32(rest[4:])
		rest = rest[chunkHeader:]
		w, h := 0, 0
		switch {
		case kind == "VP8 " && len(rest) >= 10: // RFC 6386, section 9.1
			w, h = int(binary.LittleEndian.Uint16(rest[6:])&0x3fff), int(binary.LittleEndian.Uint16(rest[8:])&0x3fff)
		case kind == "VP8L" && len(rest) >= 5: // RFC 9649, section 3.4
			bits := binary.LittleEndian.Uint32(rest[1:])
			w, h = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
		}
		config.Width, config.Height = max(config.Width, w), max(config.Height, h)
		rest = rest[min(uint64(len(rest)), uint64(size)+uint64(size&1)):]
	}
	return config, err
}

// largestImage is the number of pixels that an image may have whatever the
// file's size, if its data can hold them: 8192 x 8192.
const largestImage = 1 << 26

// mostDeflated is how many bytes a byte of zlib data can stand for, at most.
const mostDeflated = 1032

// decodeAlpha decodes an image's alpha after a look at the size that its
// header claims. unfold is how many bytes a byte of the image's data can stand
// for, at most; 0 where there is no such bound.
func (l *loader) decodeAlpha(data []byte, header func(io.Reader) (image.Config, error), decode func(io.Reader) (image.Image, error), unfold int) (t *scene.Texture, err error) {
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
	w, h := config.Width, config.Height
	if w <= 0 || h <= 0 {
		return nil, fmt.Errorf("it has %d x %d pixels", w, h)
	}
	size := 4 // bytes a pixel while it is decoded
	if config.ColorModel == color.NRGBA64Model {
		size = 8
	}
	// A pixel takes at least a bit of the data before that is deflated.
	trusted := w <= largestImage/h && w*h/8 <= len(data)*unfold
	if !trusted {
		what := fmt.Sprintf("an image of %d x %d pixels", w, h)
		if err := l.budget.charge(w, h*size, what); err != nil {
			return nil, err
		}
		defer l.budget.release(w, h*size)
	}
	// Small files can name images of many pixels many times.
	const anyway, aByte = 1 << 28, 64
	if l.pixels += int64(w) * int64(h); l.pixels > anyway+aByte*l.budget.read {
		return nil, fmt.Errorf("the file's images have %d million pixels by now, too many for a file of %s", l.pixels>>20, megabytes(float64(l.budget.read)))
	}
	pixels, err := decode(bytes.NewReader(data))
	if err != nil || isOpaque(pixels) {
		return nil, err
	}
	if err := l.budget.charge(w, h*2, "the images' alpha"); err != nil {
		return nil, err
	}
	return alphaOf(pixels), nil
}

func isOpaque(pixels image.Image) bool {
	o, ok := pixels.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// alphaOf returns an image's alpha.
func alphaOf(pixels image.Image) *scene.Texture {
	b := pixels.Bounds()
	n := b.Dx() * b.Dy() // and one more that can be read, for vector instructions
	t := &scene.Texture{Width: b.Dx(), Height: b.Dy(), Alpha: make([]uint16, n, n+1)}
	for y := range t.Height {
		out := t.Alpha[y*t.Width : (y+1)*t.Width]
		switch m := pixels.(type) {
		case *image.NRGBA:
			for x := range out {
				out[x] = 0x101 * uint16(m.Pix[y*m.Stride+4*x+3])
			}
		case *image.NYCbCrA:
			for x := range out {
				out[x] = 0x101 * uint16(m.A[y*m.AStride+x])
			}
		default:
			for x := range out {
				_, _, _, a := m.At(b.Min.X+x, b.Min.Y+y).RGBA()
				out[x] = uint16(a)
			}
		}
	}
	return t
}
