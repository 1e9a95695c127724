package exr

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/zlib"

	"zscope/depthcore/depth"
)

// Decode reads what Encode writes, and as much of what others write: images of
// one part made of scanlines from top to bottom, raw, RLE, ZIPS or ZIP, with FLOAT,
// UINT and HALF channels that are not subsampled. HALF pixels become float32.
// Attributes of types that Attribute does not have are left out.
func Decode(r io.Reader) (*Image, error) {
	d := &decoder{r: bufio.NewReaderSize(wholeReader{r}, 1<<16)}
	if err := d.decode(); err != nil {
		return nil, fmt.Errorf("decode EXR: %w", err)
	}
	return &d.img, nil
}

// wholeReader is a reader whose end is always too early.
type wholeReader struct{ r io.Reader }

func (w wholeReader) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// decoder reads one file.
type decoder struct {
	r           *bufio.Reader
	img         Image
	types       []uint32 // of the channels, as the file numbers them
	compression Compression
	required    map[string]bool // attributes that were seen
	top         int             // first line of the data window

	packed, raw []byte // of a block
	zip         io.ReadCloser
}

const typeHalf = 1

func (d *decoder) decode() error {
	if err := d.header(); err != nil {
		return err
	}
	lines := d.compression.lines()
	blocks := (d.img.Height + lines - 1) / lines
	// The table says where blocks are; here they are read as they come.
	if _, err := io.CopyN(io.Discard, d.r, 8*int64(blocks)); err != nil {
		return fmt.Errorf("table of offsets: %w", err)
	}
	for b := range blocks {
		if err := d.block(b*lines, min(lines, d.img.Height-b*lines)); err != nil {
			return fmt.Errorf("block %d of %d: %w", b, blocks, err)
		}
	}
	return nil
}

// header reads everything before the table of offsets.
func (d *decoder) header() error {
	var start [8]byte
	if _, err := io.ReadFull(d.r, start[:]); err != nil {
		return fmt.Errorf("head: %w", err)
	}
	if binary.LittleEndian.Uint32(start[:]) != magic {
		return errors.New("the file does not begin as OpenEXR files do")
	}
	if flags := binary.LittleEndian.Uint32(start[4:]); flags&^longNames != version {
		return fmt.Errorf("the file is tiled, deep, of several parts, or of another version than 2 (%#x)", flags)
	}
	d.required = map[string]bool{}
	for {
		name, err := d.text(maxName)
		if err != nil {
			return fmt.Errorf("head: %w", err)
		}
		if name == "" {
			break
		}
		if err := d.attribute(name); err != nil {
			return fmt.Errorf("attribute %q: %w", name, err)
		}
	}
	for _, name := range []string{"channels", "compression", "dataWindow"} {
		if !d.required[name] {
			return fmt.Errorf("attribute %q is missing", name)
		}
	}
	return nil
}

// text reads a string of at most limit bytes and the NUL behind it.
func (d *decoder) text(limit int) (string, error) {
	var s []byte
	for {
		c, err := d.r.ReadByte()
		if err != nil {
			return "", err
		}
		if c == 0 {
			return string(s), nil
		}
		if len(s) == limit {
			return "", fmt.Errorf("a name of more than %d bytes", limit)
		}
		s = append(s, c)
	}
}

// attribute reads one attribute, whose name has been read.
func (d *decoder) attribute(name string) error {
	kind, err := d.text(maxName)
	if err != nil {
		return err
	}
	var size [4]byte
	if _, err := io.ReadFull(d.r, size[:]); err != nil {
		return err
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n > maxAttributes {
		// A preview image may be large; it is of no use here.
		_, err := io.CopyN(io.Discard, d.r, int64(n))
		return err
	}
	value := make([]byte, n)
	if _, err := io.ReadFull(d.r, value); err != nil {
		return err
	}
	d.required[name] = true
	switch name {
	case "channels":
		return d.channels(value)
	case "compression":
		if len(value) != 1 {
			return errors.New("it is not one byte")
		}
		d.compression = Compression(value[0])
		if d.compression > ZIP {
			return fmt.Errorf("%v cannot be read; ZIP can", d.compression)
		}
		return nil
	case "dataWindow":
		return d.window(value)
	case "displayWindow", "lineOrder":
		return nil
	}
	v, ok := attributeValue(kind, value)
	if !ok {
		return nil
	}
	switch name {
	case "pixelAspectRatio":
		d.img.PixelAspectRatio, _ = v.(float32)
	case "screenWindowWidth":
		d.img.ScreenWindowWidth, _ = v.(float32)
	case "screenWindowCenter":
		centre, _ := v.(V2f)
		d.img.ScreenWindowCenter = centre
	default:
		d.img.Attributes = append(d.img.Attributes, Attribute{name, v})
	}
	return nil
}

// attributeValue turns the bytes of an attribute to a value of its type; false
// where Attribute has no such type.
func attributeValue(kind string, b []byte) (any, bool) {
	le := binary.LittleEndian
	floats := func(to []float32) bool {
		if len(b) != 4*len(to) {
			return false
		}
		for i := range to {
			to[i] = math.Float32frombits(le.Uint32(b[4*i:]))
		}
		return true
	}
	switch {
	case kind == "string":
		return string(b), true
	case kind == "int" && len(b) == 4:
		return int32(le.Uint32(b)), true
	case kind == "double" && len(b) == 8:
		return math.Float64frombits(le.Uint64(b)), true
	case kind == "rational" && len(b) == 8:
		return Rational{int32(le.Uint32(b)), le.Uint32(b[4:])}, true
	case kind == "float":
		var x [1]float32
		ok := floats(x[:])
		return x[0], ok
	case kind == "v2f":
		var x V2f
		ok := floats(x[:])
		return x, ok
	case kind == "m33f":
		var x M33f
		ok := floats(x[:])
		return x, ok
	case kind == "m44f":
		var x M44f
		ok := floats(x[:])
		return x, ok
	}
	return nil, false
}

// channels reads the list of channels.
func (d *decoder) channels(b []byte) error {
	for {
		end := bytes.IndexByte(b, 0)
		if end < 0 || end > maxName {
			return errors.New("the list has no end")
		}
		if end == 0 {
			break
		}
		if len(b) < end+17 {
			return errors.New("the list is cut short")
		}
		rest := b[end+1:]
		kind := binary.LittleEndian.Uint32(rest)
		if kind > typeFloat {
			return fmt.Errorf("channel %q has pixels of unknown type %d", b[:end], kind)
		}
		if x, y := binary.LittleEndian.Uint32(rest[8:]), binary.LittleEndian.Uint32(rest[12:]); x != 1 || y != 1 {
			return fmt.Errorf("channel %q is subsampled", b[:end])
		}
		d.img.Channels = append(d.img.Channels, Channel{Name: string(b[:end]), Half: kind == typeHalf})
		d.types = append(d.types, kind)
		b = rest[16:]
	}
	if len(d.img.Channels) == 0 || len(d.img.Channels) > 1024 {
		return fmt.Errorf("%d channels", len(d.img.Channels))
	}
	return nil
}

// window reads the rectangle of pixels that are stored.
func (d *decoder) window(b []byte) error {
	if len(b) != 16 {
		return errors.New("it is not four numbers")
	}
	var x [4]int
	for i := range x {
		x[i] = int(int32(binary.LittleEndian.Uint32(b[4*i:])))
	}
	d.img.Width, d.img.Height, d.top = x[2]-x[0]+1, x[3]-x[1]+1, x[1]
	return depth.CheckSize(d.img.Width, d.img.Height)
}

// block reads the block of some lines and appends them to the channels, so
// that memory grows with the data and not with what the head promises.
func (d *decoder) block(y, lines int) error {
	var head [blockHead]byte
	if _, err := io.ReadFull(d.r, head[:]); err != nil {
		return err
	}
	if at := int(int32(binary.LittleEndian.Uint32(head[:]))) - d.top; at != y {
		return fmt.Errorf("line %d stands where line %d should: only lines from top to bottom can be read", at, y)
	}
	size, full := int(binary.LittleEndian.Uint32(head[4:])), d.lineBytes()*lines
	if size > full {
		return fmt.Errorf("%d bytes for pixels that have %d", size, full)
	}
	var err error
	if d.packed, err = readGrowing(d.packed[:0], d.r, size); err != nil {
		return err
	}
	pixels := d.packed
	if size < full {
		if pixels, err = d.unpack(full); err != nil {
			return err
		}
	}
	for range lines {
		for i := range d.img.Channels {
			n := d.img.Width * pixelBytes(d.types[i])
			d.appendPixels(i, pixels[:n])
			pixels = pixels[n:]
		}
	}
	return nil
}

func pixelBytes(kind uint32) int {
	if kind == typeHalf {
		return 2
	}
	return 4
}

// lineBytes returns how many bytes a line of all channels has.
func (d *decoder) lineBytes() int {
	n := 0
	for _, kind := range d.types {
		n += d.img.Width * pixelBytes(kind)
	}
	return n
}

// readGrowing appends n bytes of r to b, allocating no more than is there.
func readGrowing(b []byte, r io.Reader, n int) ([]byte, error) {
	const step = 1 << 20
	for n > 0 {
		k := min(n, step)
		at := len(b)
		b = append(b, make([]byte, k)...)
		if _, err := io.ReadFull(r, b[at:]); err != nil {
			return b, err
		}
		n -= k
	}
	return b, nil
}

// unpack turns d.packed into n bytes of pixels: what rearrange made of them,
// undone.
func (d *decoder) unpack(n int) ([]byte, error) {
	var mixed []byte
	var err error
	switch d.compression {
	case None:
		err = errors.New("too few bytes")
	case rle:
		mixed, err = runs(d.packed, n)
	default:
		mixed, err = d.inflate(n)
	}
	if err != nil {
		return nil, err
	}
	for i := 1; i < n; i++ {
		mixed[i] += mixed[i-1] - 128
	}
	d.raw = grow(d.raw, n)
	half := (n + 1) / 2
	for i := range d.raw {
		d.raw[i] = mixed[i/2+i%2*half]
	}
	return d.raw, nil
}

// runs undoes RLE: a count below zero stands before as many bytes as they are,
// another before a byte that is repeated once more than it says.
func runs(packed []byte, n int) ([]byte, error) {
	var out []byte
	for len(packed) >= 2 && len(out) <= n {
		count, rest := int(int8(packed[0])), packed[1:]
		if count < 0 {
			k := min(-count, len(rest))
			out, packed = append(out, rest[:k]...), rest[k:]
		} else {
			out, packed = append(out, bytes.Repeat(rest[:1], count+1)...), rest[1:]
		}
	}
	if len(out) != n {
		return nil, errors.New("runs of another number of bytes than pixels have")
	}
	return out, nil
}

// inflate undoes deflate.
func (d *decoder) inflate(n int) ([]byte, error) {
	from := bytes.NewReader(d.packed)
	var err error
	if d.zip == nil {
		d.zip, err = zlib.NewReader(from)
	} else {
		err = d.zip.(zlib.Resetter).Reset(from, nil)
	}
	if err != nil {
		d.zip = nil
		return nil, err
	}
	var mixed []byte
	if mixed, err = readGrowing(nil, d.zip, n); err != nil {
		if err == io.EOF {
			err = errors.New("fewer bytes than pixels have")
		}
		return nil, err
	}
	if _, err := d.zip.Read(make([]byte, 1)); err != io.EOF {
		return nil, errors.New("more bytes than pixels have, or a wrong checksum")
	}
	return mixed, nil
}

// appendPixels appends a line to channel i.
func (d *decoder) appendPixels(i int, b []byte) {
	c := &d.img.Channels[i]
	switch d.types[i] {
	case typeUInt:
		for ; len(b) > 0; b = b[4:] {
			c.UInt = append(c.UInt, binary.LittleEndian.Uint32(b))
		}
	case typeFloat:
		for ; len(b) > 0; b = b[4:] {
			c.Float = append(c.Float, math.Float32frombits(binary.LittleEndian.Uint32(b)))
		}
	case typeHalf:
		for ; len(b) > 0; b = b[2:] {
			c.Float = append(c.Float, depth.FromHalf(binary.LittleEndian.Uint16(b)))
		}
	}
}
