// Package exr writes OpenEXR files: single-part scanline images with 32-bit
// FLOAT and UINT channels, uncompressed or with the lossless ZIPS and ZIP
// compressions, and any header attributes.
//
// Pixels are given row by row from the top, as depth maps are. Channels are
// written in the order of their names, as the format demands. Half floats and
// lossy compressions are left out on purpose: they would change depth.
//
// Blocks of scanlines are compressed side by side, each from a fresh state, so
// the bytes are the same for any number of threads.
//
// Source: "OpenEXR File Layout" and "Technical Introduction to OpenEXR",
// openexr.com.
package exr

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"sort"
	"strings"
)

// Compression is the way pixels are stored; the values are the file's own.
type Compression byte

const (
	None Compression = 0 // raw
	rle  Compression = 1 // runs of a byte; read only
	ZIPS Compression = 2 // deflate, one scanline a block
	ZIP  Compression = 3 // deflate, 16 scanlines a block
)

func (c Compression) String() string {
	switch c {
	case None:
		return "none"
	case rle:
		return "rle"
	case ZIPS:
		return "zips"
	case ZIP:
		return "zip"
	}
	if names := []string{"PIZ", "PXR24", "B44", "B44A", "DWAA", "DWAB"}; c > ZIP && int(c-ZIP) <= len(names) {
		return names[c-ZIP-1]
	}
	return fmt.Sprintf("compression %d", byte(c))
}

// lines returns how many scanlines one block holds.
func (c Compression) lines() int {
	if c == ZIP {
		return 16
	}
	return 1
}

// Channel is one named plane of Width*Height numbers: either Float or UInt is
// set.
type Channel struct {
	Name  string
	Float []float32
	UInt  []uint32
	Half  bool // Float was read from 16-bit floats; Encode writes 32
}

// Image is what a file holds.
type Image struct {
	Width, Height int
	Channels      []Channel // in any order, no name twice
	// The camera's picture on the plane at distance 1, see the standard
	// attributes screenWindowCenter and screenWindowWidth; the zero values of
	// PixelAspectRatio and ScreenWindowWidth stand for 1.
	PixelAspectRatio   float32
	ScreenWindowCenter [2]float32 // x right, y up
	ScreenWindowWidth  float32
	// Attributes beside the eight that every file has.
	Attributes []Attribute
}

// Attribute is a named value of the header. Value's type says the attribute's:
// string, int32 (int), float32 (float), float64 (double), Rational, V2f, M33f
// or M44f.
type Attribute struct {
	Name  string
	Value any
}

// Rational is a fraction, such as 24000/1001.
type Rational struct {
	Num int32
	Den uint32
}

// V2f is a vector.
type V2f [2]float32

// M33f is a 3x3 matrix, row by row. Imath multiplies row vectors from the
// left, p' = p*M, so that a translation is the last row.
type M33f [9]float32

// M44f is a 4x4 matrix, row by row, for row vectors as M33f.
type M44f [16]float32

// Options say how an image is stored. The zero value stores it raw.
type Options struct {
	Compression Compression
	// Level is deflate's, from 1 (fastest) to 9 (smallest); 0 means
	// DefaultLevel. Levels 1 and 2 are the same.
	Level int
	// Threads compress side by side; below 1 means 1.
	Threads int
}

// DefaultLevel takes half of the time of level 3 for rendered depth, and makes
// files of the same size.
const DefaultLevel = 2

// fastest is the highest level that package deflate stands for; klauspost's
// zlib stands for those above.
const fastest = 2

// pixelType numbers are the file's own.
const (
	typeUInt  = 0
	typeFloat = 2
)

const (
	magic         = 20000630
	version       = 2
	longNames     = 1 << 10
	maxShortName  = 31
	maxName       = 255
	maxDimension  = 1 << 26
	maxAttributes = 1 << 20 // bytes of one value
)

// Encode writes img to w. An Encoder does the same and keeps its memory for
// the next image.
func Encode(w io.Writer, img *Image, o Options) error {
	var e Encoder
	return e.Encode(context.Background(), w, img, o)
}

// check reports what makes img or o unwritable, and returns the channels'
// order.
func check(img *Image, o Options) error {
	if img.Width < 1 || img.Height < 1 || img.Width > maxDimension || img.Height > maxDimension {
		return fmt.Errorf("size %dx%d cannot be stored", img.Width, img.Height)
	}
	if o.Compression != None && o.Compression != ZIPS && o.Compression != ZIP {
		return fmt.Errorf("%v cannot be written", o.Compression)
	}
	if o.Level < 0 || o.Level > 9 {
		return fmt.Errorf("compression level %d is not from 1 to 9", o.Level)
	}
	if len(img.Channels) == 0 {
		return fmt.Errorf("the image has no channels")
	}
	if lineBytes := 4 * img.Width * len(img.Channels); lineBytes > math.MaxInt32/16 {
		return fmt.Errorf("scanlines of %d bytes are too long", lineBytes)
	}
	seen := map[string]bool{}
	for i := range img.Channels {
		c := &img.Channels[i]
		if err := checkName("channel", c.Name, seen); err != nil {
			return err
		}
		if (c.Float == nil) == (c.UInt == nil) {
			return fmt.Errorf("channel %q must have either float or uint pixels", c.Name)
		}
		if n := len(c.Float) + len(c.UInt); n != img.Width*img.Height {
			return fmt.Errorf("channel %q has %d pixels, not %dx%d", c.Name, n, img.Width, img.Height)
		}
	}
	seen = map[string]bool{"channels": true, "compression": true, "dataWindow": true, "displayWindow": true, "lineOrder": true,
		"pixelAspectRatio": true, "screenWindowCenter": true, "screenWindowWidth": true}
	for _, a := range img.Attributes {
		if err := checkName("attribute", a.Name, seen); err != nil {
			return err
		}
	}
	return nil
}

// checkName reports whether a name can be stored and was not seen before.
func checkName(what, name string, seen map[string]bool) error {
	if name == "" || len(name) > maxName || strings.IndexByte(name, 0) >= 0 {
		return fmt.Errorf("%s name %q must have 1 to %d bytes and no NUL", what, name, maxName)
	}
	if seen[name] {
		return fmt.Errorf("%s %q is there twice", what, name)
	}
	seen[name] = true
	return nil
}

// appendHeader appends everything before the table of offsets. order holds
// the channels by name.
func appendHeader(b []byte, img *Image, order []int, c Compression) ([]byte, error) {
	flags := uint32(version)
	for _, ch := range img.Channels {
		if len(ch.Name) > maxShortName {
			flags |= longNames
		}
	}
	for _, a := range img.Attributes {
		if len(a.Name) > maxShortName {
			flags |= longNames
		}
	}
	le := binary.LittleEndian
	b = le.AppendUint32(b, magic)
	b = le.AppendUint32(b, flags)

	b, at := beginAttribute(b, "channels", "chlist")
	for _, k := range order {
		ch := &img.Channels[k]
		b = append(append(b, ch.Name...), 0)
		kind := uint32(typeFloat)
		if ch.UInt != nil {
			kind = typeUInt
		}
		b = le.AppendUint32(b, kind)
		b = append(b, 0, 0, 0, 0) // not perceptually linear, three bytes reserved
		b = le.AppendUint32(b, 1) // sampled at every x
		b = le.AppendUint32(b, 1) // and y
	}
	b = endAttribute(append(b, 0), at)

	b, at = beginAttribute(b, "compression", "compression")
	b = endAttribute(append(b, byte(c)), at)
	for _, name := range []string{"dataWindow", "displayWindow"} {
		b, at = beginAttribute(b, name, "box2i")
		for _, x := range []int{0, 0, img.Width - 1, img.Height - 1} {
			b = le.AppendUint32(b, uint32(x))
		}
		b = endAttribute(b, at)
	}
	b, at = beginAttribute(b, "lineOrder", "lineOrder")
	b = endAttribute(append(b, 0), at) // increasing y
	for _, a := range []Attribute{
		{"pixelAspectRatio", oneForZero(img.PixelAspectRatio)},
		{"screenWindowCenter", V2f(img.ScreenWindowCenter)},
		{"screenWindowWidth", oneForZero(img.ScreenWindowWidth)},
	} {
		b, _ = appendAttribute(b, a)
	}
	for _, a := range img.Attributes {
		var err error
		if b, err = appendAttribute(b, a); err != nil {
			return nil, err
		}
	}
	return append(b, 0), nil
}

func oneForZero(x float32) float32 {
	if x == 0 {
		return 1
	}
	return x
}

// beginAttribute appends the head of an attribute and room for its size;
// endAttribute fills the size in, given where the value began.
func beginAttribute(b []byte, name, kind string) (_ []byte, at int) {
	b = append(append(b, name...), 0)
	b = append(append(b, kind...), 0)
	b = append(b, 0, 0, 0, 0)
	return b, len(b)
}

func endAttribute(b []byte, at int) []byte {
	binary.LittleEndian.PutUint32(b[at-4:], uint32(len(b)-at))
	return b
}

func appendAttribute(b []byte, a Attribute) ([]byte, error) {
	le := binary.LittleEndian
	floats := func(kind string, values ...float32) []byte {
		b, at := beginAttribute(b, a.Name, kind)
		for _, x := range values {
			b = le.AppendUint32(b, math.Float32bits(x))
		}
		return endAttribute(b, at)
	}
	switch v := a.Value.(type) {
	case string:
		if len(v) > maxAttributes {
			return nil, fmt.Errorf("attribute %q is %d bytes long", a.Name, len(v))
		}
		b, at := beginAttribute(b, a.Name, "string")
		return endAttribute(append(b, v...), at), nil
	case int32:
		b, at := beginAttribute(b, a.Name, "int")
		return endAttribute(le.AppendUint32(b, uint32(v)), at), nil
	case float64:
		b, at := beginAttribute(b, a.Name, "double")
		return endAttribute(le.AppendUint64(b, math.Float64bits(v)), at), nil
	case Rational:
		b, at := beginAttribute(b, a.Name, "rational")
		b = le.AppendUint32(b, uint32(v.Num))
		return endAttribute(le.AppendUint32(b, v.Den), at), nil
	case float32:
		return floats("float", v), nil
	case V2f:
		return floats("v2f", v[:]...), nil
	case M33f:
		return floats("m33f", v[:]...), nil
	case M44f:
		return floats("m44f", v[:]...), nil
	}
	return nil, fmt.Errorf("attribute %q has a value of type %T, which cannot be stored", a.Name, a.Value)
}

// byName sets order to the channels' indices in the order of their names.
func byName(order []int, channels []Channel) []int {
	order = order[:0]
	for k := range channels {
		order = append(order, k)
	}
	sort.Slice(order, func(a, b int) bool { return channels[order[a]].Name < channels[order[b]].Name })
	return order
}
