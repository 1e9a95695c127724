package gltfscene

import (
	"fmt"
	"math"
)

// budget bounds the memory that a file can make us allocate by the bytes that
// were read: a small file that claims or unfolds to gigabytes is refused
// before they are allocated.
type budget struct {
	read int64 // bytes of all files read
	used int64 // bytes allocated for what was made of them
	// Bytes that compressed geometry may take beyond what plain data may.
	unpacked int64
}

// A file may unfold to unfoldFactor times its size plus unfoldBase. The bytes
// read stay in memory too; together that keeps below 4 times the size plus
// 256 MB, but for geometry that is compressed and can be decoded, see unpack.
const (
	unfoldFactor = 3
	unfoldBase   = 224 << 20
)

func (b *budget) limit() int64 { return unfoldFactor*b.read + unfoldBase + b.unpacked }

// Good compressed geometry unfolds to more than plain data does: Draco takes a
// byte for a triangle or less, meshopt a fifth of what it encodes.
const (
	dracoFactor   = 100
	meshoptFactor = 12
)

// unpack raises the limit for n compressed bytes that may unfold to factor
// times as much. Where they cannot be decoded, back lowers it again. Bytes that
// many views share do not count without end.
func (b *budget) unpack(n, factor int) (back func()) {
	before := b.unpacked
	b.unpacked = min(b.unpacked+int64(n)*int64(factor), dracoFactor*b.read)
	return func() { b.unpacked = before }
}

// charge accounts for count things of size bytes each, or says that the file
// asks for too much.
func (b *budget) charge(count, size int, what string) error {
	if count < 0 || int64(count) > (b.limit()-b.used)/int64(size) {
		return fmt.Errorf("%s would take %s of memory, too much for a file of %s", what, megabytes(float64(count)*float64(size)), megabytes(float64(b.read)))
	}
	b.used += int64(count) * int64(size)
	return nil
}

// release gives back what is garbage by now.
func (b *budget) release(count, size int) { b.used -= int64(count) * int64(size) }

func megabytes(n float64) string {
	return fmt.Sprintf("%.4g MB", math.Ceil(n/1e5)/10)
}
