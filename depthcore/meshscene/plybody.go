package meshscene

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
)

// plyBody reads the numbers after the header, one after the other. Its first error
// stays; what is read after it is 0.
type plyBody interface {
	number(kind) float64
	skip(n int, k kind) // passes over n numbers
	left() int          // bytes
	width(kind) int     // least bytes of a number
	fail(format string, args ...any)
	failure() error
}

func newPLYBody(h *plyHeader, data []byte) plyBody {
	switch h.format {
	case "binary_little_endian":
		return &binaryBody{data: data, at: h.size, order: binary.LittleEndian}
	case "binary_big_endian":
		return &binaryBody{data: data, at: h.size, order: binary.BigEndian}
	}
	// Old Macintosh lines: the body has them if the header has.
	if bytes.IndexByte(data[:h.size], '\n') < 0 {
		data = unixLines(data)
	}
	return &textBody{newWords(data, h.size)}
}

type textBody struct{ *words }

func (b *textBody) number(kind) float64 { return b.words.number() }
func (b *textBody) skip(n int, _ kind)  { b.words.skip(n) }
func (b *textBody) width(kind) int      { return 1 }

type binaryBody struct {
	data  []byte
	at    int
	order binary.ByteOrder
	first error
}

func (b *binaryBody) left() int        { return len(b.data) - b.at }
func (b *binaryBody) width(k kind) int { return k.size() }
func (b *binaryBody) failure() error   { return b.first }

func (b *binaryBody) fail(format string, args ...any) {
	if b.first == nil {
		b.first = fmt.Errorf("byte %d: %s", b.at, fmt.Sprintf(format, args...))
	}
	b.at = len(b.data)
}

func (b *binaryBody) skip(n int, k kind) {
	if n > b.left()/k.size() {
		b.fail("the file ends where %d numbers should be", n)
		return
	}
	b.at += n * k.size()
}

func (b *binaryBody) number(k kind) float64 {
	if k.size() > b.left() {
		b.fail("the file ends where a number should be")
		return 0
	}
	p := b.data[b.at:]
	b.at += k.size()
	switch k {
	case int8Kind:
		return float64(int8(p[0]))
	case uint8Kind:
		return float64(p[0])
	case int16Kind:
		return float64(int16(b.order.Uint16(p)))
	case uint16Kind:
		return float64(b.order.Uint16(p))
	case int32Kind:
		return float64(int32(b.order.Uint32(p)))
	case uint32Kind:
		return float64(b.order.Uint32(p))
	case float32Kind:
		return float64(math.Float32frombits(b.order.Uint32(p)))
	}
	return math.Float64frombits(b.order.Uint64(p))
}
