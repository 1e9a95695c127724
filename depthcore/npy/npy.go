// Package npy writes and reads rasters of float32 and uint32 as NumPy's .npy
// files, arrays of shape (height, width) or (height, width, numbers a pixel), row
// by row from the top, little-endian, and several of them as an .npz file.
//
// Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy
// Arrays", version 1.0 of the format.
package npy

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"

	"zscope/depthcore/depth"
)

const (
	magic     = "\x93NUMPY\x01\x00"
	alignment = 64 // of the pixels in the file
)

// Encode writes a width x height raster of float32 to w.
func Encode(w io.Writer, width, height int, z []float32) error {
	if width < 1 || height < 1 || len(z) != width*height {
		return fmt.Errorf("encode NPY: %d pixels are not %dx%d", len(z), width, height)
	}
	b := appendHead(make([]byte, 0, 1<<16), fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", height, width))
	for len(z) > 0 {
		n := min(len(z), (cap(b)-len(b))/4)
		for _, x := range z[:n] {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
		if _, err := w.Write(b); err != nil {
			return fmt.Errorf("encode NPY: %w", err)
		}
		b, z = b[:0], z[n:]
	}
	return nil
}

// appendHead appends what stands before an array's numbers.
func appendHead(b []byte, head string) []byte {
	const before = len(magic) + 2
	for (before+len(head)+1)%alignment != 0 {
		head += " "
	}
	head += "\n"
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(head)))
	return append(b, head...)
}

var (
	descr   = regexp.MustCompile(`'descr': *'([<>|]\w+)'`)
	order   = regexp.MustCompile(`'fortran_order': *False`)
	shape2D = regexp.MustCompile(`'shape': *\((\d+), *(\d+),? *\)`)
	kindOf  = regexp.MustCompile(`'descr': *'(<f4|<u4)'`)
	shapeND = regexp.MustCompile(`'shape': *\((\d+), *(\d+),? *(\d*),? *\)`)
)

// Decode reads an array of two axes, row after row, of floats of 16, 32 or 64
// bits or whole numbers of 16, in either order of bytes. Those of 64 bits are
// rounded.
func Decode(r io.Reader) (*depth.Map, error) {
	m, err := decode(bufio.NewReaderSize(r, 1<<16))
	if err != nil {
		return nil, fmt.Errorf("decode NPY: %w", err)
	}
	return m, nil
}

func decode(r *bufio.Reader) (*depth.Map, error) {
	head, err := readHead(r)
	if err != nil {
		return nil, err
	}
	size := shape2D.FindSubmatch(head)
	kind := descr.FindSubmatch(head)
	if size == nil || kind == nil || !order.Match(head) {
		return nil, fmt.Errorf("the array is not of two axes of numbers in C order: %.120q", head)
	}
	bytesOf, number := numbersOf(string(kind[1]))
	if number == nil {
		return nil, fmt.Errorf("numbers of type %s are not read: those of f2, f4, f8 and u2 are", kind[1])
	}
	height, errH := strconv.Atoi(string(size[1]))
	width, errW := strconv.Atoi(string(size[2]))
	if errH != nil || errW != nil {
		return nil, fmt.Errorf("%s x %s is no size", size[2], size[1])
	}
	if err := depth.CheckSize(width, height); err != nil {
		return nil, err
	}
	// The slice grows with the data, so that a large size with little behind
	// it costs no memory.
	z := make([]float32, 0, min(width*height, 1<<20))
	var chunk [1 << 14]byte
	for len(z) < width*height {
		part := chunk[:min(len(chunk), bytesOf*(width*height-len(z)))]
		if _, err := io.ReadFull(r, part); err != nil {
			return nil, fmt.Errorf("row %d of %d: %w", len(z)/width, height, err)
		}
		for ; len(part) > 0; part = part[bytesOf:] {
			z = append(z, number(part))
		}
	}
	return &depth.Map{Width: width, Height: height, Z: z}, nil
}

// numbersOf returns how many bytes a number of NumPy's type has and what reads
// it; nil for a type that is not read.
func numbersOf(kind string) (bytes int, number func(b []byte) float32) {
	var order binary.ByteOrder = binary.LittleEndian
	if kind[0] == '>' {
		order = binary.BigEndian
	}
	switch kind[1:] {
	case "f2":
		return 2, func(b []byte) float32 { return depth.FromHalf(order.Uint16(b)) }
	case "f4":
		return 4, func(b []byte) float32 { return math.Float32frombits(order.Uint32(b)) }
	case "f8":
		return 8, func(b []byte) float32 { return float32(math.Float64frombits(order.Uint64(b))) }
	case "u2":
		return 2, func(b []byte) float32 { return float32(order.Uint16(b)) }
	}
	return 0, nil
}

// readHead reads what stands before an array's numbers and returns what says
// their type and shape.
func readHead(r *bufio.Reader) ([]byte, error) {
	start := make([]byte, len(magic)+2)
	if _, err := io.ReadFull(r, start); err != nil {
		return nil, fmt.Errorf("head: %w", err)
	}
	if string(start[:len(magic)]) != magic {
		return nil, errors.New("the file does not begin as version 1.0 of the format does")
	}
	head := make([]byte, binary.LittleEndian.Uint16(start[len(magic):]))
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, fmt.Errorf("head: %w", err)
	}
	return head, nil
}
