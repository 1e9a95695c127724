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
}

// A file may unfold to unfoldFactor times its size plus unfoldBase. The bytes
// read stay in memory too; together that keeps below 4 times the size plus
// 256 MB.
const (
	unfoldFactor = 3
	unfoldBase   = 224 << 20
)

func (b *budget) limit() int64 { return unfoldFactor*b.read + unfoldBase }

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
