// Package pfm reads and writes portable float maps of one channel: the text
// "Pf", width and height, a scale, then float32 pixels, bottom row first.
//
// Only the scale's sign has a meaning that readers agree on: negative is
// little-endian. Some multiply by its size, some divide, some ignore it, so
// Encode always writes -1 and Decode ignores it.
//
// Source: Paul Debevec's description of the format, and netpbm's pfm(5).
package pfm

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"zscope/depthcore/depth"
)

// Encode writes a width x height raster of float32, row by row from the top in
// z, to w.
func Encode(w io.Writer, width, height int, z []float32) error {
	if width < 1 || height < 1 || len(z) != width*height {
		return fmt.Errorf("encode PFM: %d pixels are not %dx%d", len(z), width, height)
	}
	b := fmt.Appendf(make([]byte, 0, 1<<16), "Pf\n%d %d\n-1.0\n", width, height)
	for y := height - 1; y >= 0; y-- {
		for row := z[y*width : (y+1)*width]; len(row) > 0; {
			if cap(b)-len(b) < 4 {
				if _, err := w.Write(b); err != nil {
					return fmt.Errorf("encode PFM: %w", err)
				}
				b = b[:0]
			}
			n := min(len(row), (cap(b)-len(b))/4)
			b = appendFloats(b, row[:n])
			row = row[n:]
		}
	}
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("encode PFM: %w", err)
	}
	return nil
}

// appendFloats appends z in little-endian order; b has room for it.
func appendFloats(b []byte, z []float32) []byte {
	at := len(b)
	b = b[:at+4*len(z)]
	to := b[at:]
	for i, x := range z {
		binary.LittleEndian.PutUint32(to[4*i:4*i+4], math.Float32bits(x))
	}
	return b
}

// Decode reads a map of one channel: its pixels row by row from the top, as
// the file's bits. Either byte order is understood; the size of the scale is
// ignored.
func Decode(r io.Reader) (*depth.Map, error) {
	m, err := decode(bufio.NewReaderSize(r, 1<<16))
	if err != nil {
		return nil, fmt.Errorf("decode PFM: %w", err)
	}
	return m, nil
}

func decode(r *bufio.Reader) (*depth.Map, error) {
	var word [4]string
	for i := range word {
		var err error
		if word[i], err = token(r); err != nil {
			return nil, fmt.Errorf("head: %w", err)
		}
		if i == 0 && word[0] != "Pf" {
			if word[0] == "PF" {
				return nil, errors.New("the file has three channels, not one")
			}
			return nil, fmt.Errorf("the file begins with %q, not with \"Pf\"", word[0])
		}
	}
	width, errW := strconv.Atoi(word[1])
	height, errH := strconv.Atoi(word[2])
	if errW != nil || errH != nil {
		return nil, fmt.Errorf("%q %q is no size", word[1], word[2])
	}
	if err := depth.CheckSize(width, height); err != nil {
		return nil, err
	}
	scale, err := strconv.ParseFloat(word[3], 64)
	if err != nil || scale == 0 || math.IsNaN(scale) {
		return nil, fmt.Errorf("%q is no scale", word[3])
	}
	var order binary.ByteOrder = binary.LittleEndian
	if scale > 0 {
		order = binary.BigEndian
	}
	// Pixels are read into a slice that grows with the data, so that a large
	// size with little behind it costs no memory.
	rows := make([]float32, 0, min(width*height, 1<<20))
	var chunk [1 << 14]byte
	for len(rows) < width*height {
		part := chunk[:min(len(chunk), 4*(width*height-len(rows)))]
		if _, err := io.ReadFull(r, part); err != nil {
			return nil, fmt.Errorf("row %d of %d from the bottom: %w", len(rows)/width, height, err)
		}
		for ; len(part) > 0; part = part[4:] {
			rows = append(rows, math.Float32frombits(order.Uint32(part)))
		}
	}
	flip(rows, width, height)
	return &depth.Map{Width: width, Height: height, Z: rows}, nil
}

// flip turns a raster upside down.
func flip(z []float32, width, height int) {
	for a, b := 0, height-1; a < b; a, b = a+1, b-1 {
		top, bottom := z[a*width:(a+1)*width], z[b*width:(b+1)*width]
		for i := range top {
			top[i], bottom[i] = bottom[i], top[i]
		}
	}
}

// token reads one word of the head and the one white space after it.
func token(r *bufio.Reader) (string, error) {
	var word []byte
	for {
		c, err := r.ReadByte()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return "", err
		}
		if c == ' ' || c == '\n' || c == '\t' || c == '\r' {
			return string(word), nil
		}
		if word = append(word, c); len(word) > 40 {
			return "", fmt.Errorf("a word of more than %d letters", len(word)-1)
		}
	}
}
