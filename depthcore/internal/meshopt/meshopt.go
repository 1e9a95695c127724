// Package meshopt decodes the buffer views of the glTF extensions
// EXT_meshopt_compression and KHR_meshopt_compression.
//
// Source: appendices A (bitstream) and B (filters) of KHR_meshopt_compression,
// which contain those of EXT_meshopt_compression. Each stream is checked as it
// is read: a broken one is an error, never a panic, and what is allocated is
// bounded by what the stream can hold.
package meshopt

import (
	"errors"
	"fmt"
)

// Mode says what a stream encodes.
type Mode int

const (
	Attributes Mode = iota // elements of any kind, byte deltas
	Triangles              // index triples
	Indices                // any sequence of indices
)

// ParseMode reads the extension's name of a mode.
func ParseMode(name string) (Mode, error) {
	for m, n := range [...]string{"ATTRIBUTES", "TRIANGLES", "INDICES"} {
		if n == name {
			return Mode(m), nil
		}
	}
	return 0, fmt.Errorf("unknown compression mode %q", name)
}

// Filter is a transformation of decoded attributes.
type Filter int

const (
	None Filter = iota
	Octahedral
	Quaternion
	Exponential
	Color
)

// ParseFilter reads the extension's name of a filter; none is also "".
func ParseFilter(name string) (Filter, error) {
	if name == "" {
		return None, nil
	}
	for f, n := range [...]string{"NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL", "COLOR"} {
		if n == name {
			return Filter(f), nil
		}
	}
	return 0, fmt.Errorf("unknown compression filter %q", name)
}

var (
	errShort = errors.New("the compressed data ends too early")
	errRest  = errors.New("the compressed data does not end where it should")
)

// Decode returns the count elements of stride bytes that src encodes.
func Decode(src []byte, count, stride int, mode Mode, filter Filter) ([]byte, error) {
	if count < 0 || stride <= 0 || stride > 256 {
		return nil, fmt.Errorf("%d elements of %d bytes cannot be decoded", count, stride)
	}
	if filter != None && mode != Attributes {
		return nil, errors.New("only attributes have a filter")
	}
	switch mode {
	case Attributes:
		if err := checkFilter(filter, stride); err != nil {
			return nil, err
		}
		out, err := decodeAttributes(src, count, stride)
		if err == nil {
			applyFilter(filter, out, stride)
		}
		return out, err
	case Triangles, Indices:
		if stride != 2 && stride != 4 {
			return nil, fmt.Errorf("indices of %d bytes: they have 2 or 4", stride)
		}
		if mode == Triangles {
			return decodeTriangles(src, count, stride)
		}
		return decodeIndices(src, count, stride)
	}
	return nil, fmt.Errorf("unknown compression mode %d", mode)
}
