package meshscene

import (
	"bytes"
	"fmt"
)

// words reads a text that is words between spaces, whatever its lines. Its
// first error stays.
type words struct {
	text []byte
	at   int // next byte to read
	err  error
}

// newWords reads text from byte at on.
func newWords(text []byte, at int) *words { return &words{text: text, at: at} }

// failure returns the first error, with its line.
func (w *words) failure() error { return w.err }

// left returns the bytes that are left.
func (w *words) left() int { return len(w.text) - w.at }

// fail sets the error, at the current line.
func (w *words) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf("line %d: %s", lineOf(w.text, w.at), fmt.Sprintf(format, args...))
	}
	w.at = len(w.text)
}

func (w *words) skipSpace() {
	for w.at < len(w.text) && isSpace(w.text[w.at]) {
		w.at++
	}
}

// next returns the next word, nil at the end.
func (w *words) next() []byte {
	w.skipSpace()
	first := w.at
	for w.at < len(w.text) && !isSpace(w.text[w.at]) {
		w.at++
	}
	if first == w.at {
		return nil
	}
	return w.text[first:w.at]
}

// restOfLine returns what is left of the line, without the spaces around it.
func (w *words) restOfLine() []byte {
	n := bytes.IndexByte(w.text[w.at:], '\n')
	if n < 0 {
		n = len(w.text) - w.at
	}
	rest := bytes.TrimSpace(w.text[w.at : w.at+n])
	w.at += n
	return rest
}

// number reads a number.
func (w *words) number() float64 {
	w.skipSpace()
	v, n := number(w.text[w.at:])
	if end := w.at + n; n == 0 || end < len(w.text) && !isSpace(w.text[end]) {
		if w.at == len(w.text) {
			w.fail("the file ends where a number should be")
		} else {
			at := *w
			w.fail("%s is not a number", quote(at.next()))
		}
		return 0
	}
	w.at += n
	return v
}

// skip passes over n words.
func (w *words) skip(n int) {
	for ; n > 0; n-- {
		if w.next() == nil {
			w.fail("the file ends where a number should be")
			return
		}
	}
}

// lineOf returns the number, from 1, of the line that byte at is in.
func lineOf(text []byte, at int) int {
	return 1 + bytes.Count(text[:min(at, len(text))], []byte("\n"))
}

// quote quotes a word of a file for a message, shortened.
func quote(word []byte) string {
	if len(word) > 40 {
		word = append(word[:37:37], "..."...)
	}
	return fmt.Sprintf("%q", word)
}

// unixLines gives a text of old Macintosh lines, which end in a carriage return
// alone, line feeds instead. Others stay as they are.
func unixLines(text []byte) []byte {
	if bytes.IndexByte(text, '\n') >= 0 || bytes.IndexByte(text, '\r') < 0 {
		return text
	}
	return bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
}
