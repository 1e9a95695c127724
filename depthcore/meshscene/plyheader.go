package meshscene

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// plyHeader is what a file says about the rows that follow.
type plyHeader struct {
	format   string // "ascii", "binary_little_endian", "binary_big_endian"
	elements []plyElement
	size     int // bytes of the header
}

// plyElement is a table: count rows of the same properties.
type plyElement struct {
	name       string
	count      int
	properties []plyProperty
}

// plyProperty is a column: a number a row, or a list of them.
type plyProperty struct {
	name  string
	kind  kind
	list  bool
	count kind // of a list's length
}

// kind is the type of a number.
type kind uint8

const (
	int8Kind kind = 1 + iota
	uint8Kind
	int16Kind
	uint16Kind
	int32Kind
	uint32Kind
	float32Kind
	float64Kind
)

func (k kind) size() int { return int([...]uint8{0, 1, 1, 2, 2, 4, 4, 4, 8}[k]) }

var kinds = map[string]kind{
	"char": int8Kind, "uchar": uint8Kind, "short": int16Kind, "ushort": uint16Kind,
	"int": int32Kind, "uint": uint32Kind, "float": float32Kind, "double": float64Kind,
	"int8": int8Kind, "uint8": uint8Kind, "int16": int16Kind, "uint16": uint16Kind,
	"int32": int32Kind, "uint32": uint32Kind, "float32": float32Kind, "float64": float64Kind,
}

// maxElements and maxProperties are beyond any sensible file.
const (
	maxElements   = 1000
	maxProperties = 10000
)

// readPLYHeader reads the lines up to end_header. They all end as the first does.
func readPLYHeader(data []byte) (*plyHeader, error) {
	if !bytes.HasPrefix(data, []byte("ply")) {
		return nil, errors.New("it is no PLY file: it does not begin with ply")
	}
	newline := []byte("\n")
	if len(data) > 3 && data[3] == '\r' {
		newline = []byte("\r")
		if len(data) > 4 && data[4] == '\n' {
			newline = []byte("\r\n")
		}
	}
	h := &plyHeader{}
	properties := 0
	for number := 1; ; number++ {
		n := bytes.Index(data[h.size:], newline)
		if n < 0 {
			return nil, errors.New("the PLY header has no end_header")
		}
		words := bytes.Fields(data[h.size : h.size+n])
		h.size += n + len(newline)
		if len(words) == 0 {
			continue
		}
		if string(words[0]) == "end_header" {
			break
		}
		if string(words[0]) == "property" {
			properties++
		}
		if err := h.line(words); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		if len(h.elements) > maxElements || properties > maxProperties {
			return nil, fmt.Errorf("line %d: more than %d elements or %d properties", number, maxElements, maxProperties)
		}
	}
	if h.format == "" {
		return nil, errors.New("the PLY header does not say its format")
	}
	return h, nil
}

func (h *plyHeader) line(words [][]byte) error {
	word := func(i int) string { return string(words[i]) }
	switch {
	case word(0) == "ply", word(0) == "comment", word(0) == "obj_info":
		return nil
	case word(0) == "format" && len(words) == 3:
		switch h.format = word(1); h.format {
		case "ascii", "binary_little_endian", "binary_big_endian":
			return nil
		}
		return fmt.Errorf("unknown format %s", quote(words[1]))
	case word(0) == "element" && len(words) == 3:
		n, err := strconv.ParseInt(word(2), 10, 64)
		if err != nil || n < 0 || n != int64(int(n)) {
			return fmt.Errorf("%s is not a number of rows", quote(words[2]))
		}
		h.elements = append(h.elements, plyElement{name: word(1), count: int(n)})
		return nil
	case word(0) == "property" && len(h.elements) > 0 && (len(words) == 3 || len(words) == 5 && word(1) == "list"):
		p := plyProperty{name: word(len(words) - 1), kind: kinds[word(len(words)-2)], list: len(words) == 5}
		if p.list {
			p.count = kinds[word(2)]
		}
		if p.kind == 0 || p.list && p.count == 0 {
			return fmt.Errorf("property %s has an unknown type", quote(words[len(words)-1]))
		}
		if p.count >= float32Kind {
			return fmt.Errorf("the list %s has a length that is no whole number", quote(words[len(words)-1]))
		}
		e := &h.elements[len(h.elements)-1]
		e.properties = append(e.properties, p)
		return nil
	}
	return fmt.Errorf("%s is not understood", quote(bytes.Join(words, []byte(" "))))
}

// find returns the column of the first property that has one of the names, -1
// if there is none.
func (e *plyElement) find(list bool, names ...string) int {
	for _, name := range names {
		for i := range e.properties {
			if p := &e.properties[i]; p.name == name && p.list == list {
				return i
			}
		}
	}
	return -1
}
