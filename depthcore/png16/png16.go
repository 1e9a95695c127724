// Package png16 writes depth as 16-bit grey PNG: round(Z * scale), half to
// even. 0 means no depth, in this package as with all who use such files.
//
// Depth that does not fit never wraps around: beyond the largest number it is
// written as the largest, and nearer than the smallest as the smallest. Encode
// counts both.
//
// Source: the PNG specification (third edition), W3C.
package png16

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"

	"github.com/klauspost/compress/zlib"

	"zscope/depthcore/depth"
)

// Encoder writes pictures one after the other and keeps its memory between
// them. It is used by one goroutine at a time.
type Encoder struct {
	rows []byte // the picture as deflate gets it
	zip  *zlib.Writer
	data idat
}

// Saturated counts pixels whose depth the numbers could not hold.
type Saturated struct {
	Far  int // beyond 65535/scale
	Near int // below 0.5/scale
}

// Encode writes a width x height raster of planar Z, row by row from the top,
// to w. scale is in counts per unit of Z. Pixels that see no surface, see
// depth.IsHit, become 0.
func (e *Encoder) Encode(w io.Writer, width, height int, z []float32, scale float64) (Saturated, error) {
	if width < 1 || height < 1 || len(z) != width*height {
		return Saturated{}, fmt.Errorf("encode PNG: %d pixels are not %dx%d", len(z), width, height)
	}
	if !(scale > 0) || math.IsInf(scale, 0) {
		return Saturated{}, fmt.Errorf("encode PNG: the scale %g is not positive and finite", scale)
	}
	saturated := e.fill(width, height, z, scale)
	if err := e.write(w, width, height); err != nil {
		return saturated, fmt.Errorf("encode PNG: %w", err)
	}
	return saturated, nil
}

// fill sets e.rows to the picture's rows: a byte for the filter, then counts,
// high byte first, each byte less the one two before it. That is PNG's filter
// Sub, which suits slopes.
func (e *Encoder) fill(width, height int, z []float32, scale float64) (s Saturated) {
	if n := height * (1 + 2*width); cap(e.rows) < n {
		e.rows = make([]byte, n)
	} else {
		e.rows = e.rows[:n]
	}
	rows := e.rows
	for len(rows) > 0 {
		const filterSub = 1
		rows[0] = filterSub
		var last uint16
		for i, d := range z[:width] {
			n := count(d, scale, &s)
			rows[1+2*i], rows[2+2*i] = byte(n>>8)-byte(last>>8), byte(n)-byte(last)
			last = n
		}
		rows, z = rows[1+2*width:], z[width:]
	}
	return s
}

// Count returns the number that stands for depth d at a scale.
func Count(d float32, scale float64) uint16 {
	var s Saturated
	return count(d, scale, &s)
}

// count is Count and counts what does not fit.
func count(d float32, scale float64, s *Saturated) uint16 {
	if !depth.IsHit(d) {
		return 0
	}
	n := math.RoundToEven(float64(d) * scale)
	if n < 1 {
		s.Near++
		return 1
	}
	if n > math.MaxUint16 {
		s.Far++
		return math.MaxUint16
	}
	return uint16(n)
}

// write writes the file: its head, e.rows compressed, its end.
func (e *Encoder) write(w io.Writer, width, height int) error {
	if _, err := io.WriteString(w, "\x89PNG\r\n\x1a\n"); err != nil {
		return err
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(width))
	head = binary.BigEndian.AppendUint32(head, uint32(height))
	head = append(head, 16, 0, 0, 0, 0) // bits, grey, deflate, the usual filters, not interlaced
	if err := writeChunk(w, "IHDR", head); err != nil {
		return err
	}
	e.data.w, e.data.buf = w, e.data.buf[:0]
	if e.zip == nil {
		var err error
		if e.zip, err = zlib.NewWriterLevel(&e.data, level); err != nil {
			return err
		}
	}
	e.zip.Reset(&e.data)
	if _, err := e.zip.Write(e.rows); err != nil {
		return err
	}
	if err := e.zip.Close(); err != nil {
		return err
	}
	if err := e.data.flush(); err != nil {
		return err
	}
	return writeChunk(w, "IEND", nil)
}

// level of deflate: higher ones make files of depth little smaller.
const level = 3

// idat collects compressed bytes and writes them as chunks.
type idat struct {
	w   io.Writer
	buf []byte
}

// chunkBytes is how many bytes an IDAT chunk has at least, but for the last.
const chunkBytes = 1 << 16

func (d *idat) Write(b []byte) (int, error) {
	d.buf = append(d.buf, b...)
	if len(d.buf) >= chunkBytes {
		if err := d.flush(); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

func (d *idat) flush() error {
	if len(d.buf) == 0 {
		return nil
	}
	err := writeChunk(d.w, "IDAT", d.buf)
	d.buf = d.buf[:0]
	return err
}

// writeChunk writes one chunk: its length, kind, data and checksum.
func writeChunk(w io.Writer, kind string, data []byte) error {
	var head [8]byte
	binary.BigEndian.PutUint32(head[:], uint32(len(data)))
	copy(head[4:], kind)
	sum := crc32.Update(crc32.ChecksumIEEE(head[4:]), crc32.IEEETable, data)
	for _, b := range [][]byte{head[:], data, binary.BigEndian.AppendUint32(nil, sum)} {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}
