package meshscene

import (
	"bytes"
	"fmt"
	"strconv"
)

// fields walks over the words of one line.
type fields struct{ rest []byte }

// next returns the next word, nil at the end of the line.
func (f *fields) next() []byte {
	i := 0
	for i < len(f.rest) && isSpace(f.rest[i]) {
		i++
	}
	start := i
	for i < len(f.rest) && !isSpace(f.rest[i]) {
		i++
	}
	word := f.rest[start:i]
	f.rest = f.rest[i:]
	if len(word) == 0 {
		return nil
	}
	return word
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f'
}

// number reads the next word as a float64.
func (f *fields) number() (float64, error) {
	word := f.next()
	if word == nil {
		return 0, fmt.Errorf("a number is missing")
	}
	v, err := strconv.ParseFloat(string(word), 64)
	if err != nil && v == 0 {
		return 0, fmt.Errorf("%q is not a number", clipped(word))
	}
	return v, nil // beyond float64 is infinite, and dropped when it is cast
}

// clipped keeps a sentence readable where a word is not.
func clipped(word []byte) []byte {
	if len(word) > 40 {
		return append(bytes.Clone(word[:40]), "..."...)
	}
	return word
}

// lines walks over a text's lines.
type lines struct {
	rest   []byte
	number int // of the line read last, from 1
}

// next returns the next line without its end.
func (l *lines) next() (line []byte, ok bool) {
	if len(l.rest) == 0 {
		return nil, false
	}
	l.number++
	if i := bytes.IndexByte(l.rest, '\n'); i >= 0 {
		line, l.rest = l.rest[:i], l.rest[i+1:]
	} else {
		line, l.rest = l.rest, nil
	}
	return line, true
}
