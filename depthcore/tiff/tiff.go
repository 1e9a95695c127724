// Package tiff writes and reads the plainest TIFF file that holds floats: one
// grey picture of 32-bit floats, little-endian, not compressed, in one strip.
//
// Source: TIFF, Revision 6.0 (Adobe, 1992), sections 2, 6 and 19.
package tiff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"zscope/depthcore/depth"
)

// Tags of section 6 and 19, in the order that a directory has them.
const (
	imageWidth      = 256
	imageLength     = 257
	bitsPerSample   = 258
	compression     = 259
	photometric     = 262
	stripOffsets    = 273
	samplesPerPixel = 277
	rowsPerStrip    = 278
	stripByteCounts = 279
	sampleFormat    = 339
)

const (
	typeShort, typeLong = 3, 4
	entries             = 10
	headBytes           = 8 + 2 + 12*entries + 4
)

// Encode writes a width x height raster, row by row from the top, to w.
func Encode(w io.Writer, width, height int, z []float32) error {
	if width < 1 || height < 1 || len(z) != width*height {
		return fmt.Errorf("encode TIFF: %d pixels are not %dx%d", len(z), width, height)
	}
	if uint64(len(z)) > (math.MaxUint32-headBytes)/4 {
		return fmt.Errorf("encode TIFF: %dx%d pixels are more than its 4 GB hold", width, height)
	}
	head := make([]byte, 0, headBytes)
	le := binary.LittleEndian
	head = append(head, "II*\x00"...)
	head = le.AppendUint32(head, 8) // where the directory is
	head = le.AppendUint16(head, entries)
	for _, e := range [entries]struct {
		tag, kind uint16
		value     int
	}{
		{imageWidth, typeLong, width},
		{imageLength, typeLong, height},
		{bitsPerSample, typeShort, 32},
		{compression, typeShort, 1}, // none
		{photometric, typeShort, 1}, // black is 0
		{stripOffsets, typeLong, headBytes},
		{samplesPerPixel, typeShort, 1},
		{rowsPerStrip, typeLong, height},
		{stripByteCounts, typeLong, 4 * len(z)},
		{sampleFormat, typeShort, 3}, // IEEE floating point
	} {
		head = le.AppendUint16(head, e.tag)
		head = le.AppendUint16(head, e.kind)
		head = le.AppendUint32(head, 1)
		head = le.AppendUint32(head, uint32(e.value)) // a short comes first, as little-endian has it
	}
	head = le.AppendUint32(head, 0) // no further directory
	if _, err := w.Write(head); err != nil {
		return fmt.Errorf("encode TIFF: %w", err)
	}
	row := make([]byte, 4*width)
	for y := range height {
		for x, v := range z[y*width : (y+1)*width] {
			le.PutUint32(row[4*x:], math.Float32bits(v))
		}
		if _, err := w.Write(row); err != nil {
			return fmt.Errorf("encode TIFF: %w", err)
		}
	}
	return nil
}

// Decode reads a file of the kind that Encode writes, the values as they
// stand. The error says what is another one.
func Decode(r io.Reader) (*depth.Map, error) {
	m, err := decode(r)
	if err != nil {
		return nil, fmt.Errorf("decode TIFF: %w", err)
	}
	return m, nil
}

func decode(r io.Reader) (*depth.Map, error) {
	var head [headBytes]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, fmt.Errorf("the head: %w", err)
	}
	le := binary.LittleEndian
	if string(head[:4]) != "II*\x00" || le.Uint32(head[4:]) != 8 || le.Uint16(head[8:]) != entries {
		return nil, errors.New("the head is not that of one plain picture")
	}
	value := map[uint16]uint32{}
	for i := range entries {
		e := head[10+12*i:]
		if le.Uint32(e[4:]) != 1 {
			return nil, fmt.Errorf("tag %d has %d values", le.Uint16(e), le.Uint32(e[4:]))
		}
		value[le.Uint16(e)] = le.Uint32(e[8:])
	}
	for tag, want := range map[uint16]uint32{bitsPerSample: 32, compression: 1, samplesPerPixel: 1, sampleFormat: 3, stripOffsets: headBytes, rowsPerStrip: value[imageLength]} {
		if value[tag] != want {
			return nil, fmt.Errorf("tag %d is %d, not %d", tag, value[tag], want)
		}
	}
	w, h := int(value[imageWidth]), int(value[imageLength])
	if err := depth.CheckSize(w, h); err != nil {
		return nil, err
	}
	if uint64(value[stripByteCounts]) != 4*uint64(w)*uint64(h) {
		return nil, fmt.Errorf("%d bytes are not %dx%d floats", value[stripByteCounts], w, h)
	}
	// Row by row, so that a short file does not claim the memory of a long one.
	m := &depth.Map{Width: w, Height: h}
	row := make([]byte, 4*w)
	for y := range h {
		if _, err := io.ReadFull(r, row); err != nil {
			return nil, fmt.Errorf("row %d: %w", y, err)
		}
		for x := range w {
			m.Z = append(m.Z, math.Float32frombits(le.Uint32(row[4*x:])))
		}
	}
	return m, nil
}
