package camera

import (
	"strconv"
	"strings"

	"github.com/go-gl/mathgl/mgl64"
)

// Numbers writes numbers in the fewest digits that read back as the same bits.
func Numbers(x ...float64) string {
	words := make([]string, len(x))
	for i := range x {
		words[i] = strconv.FormatFloat(x[i], 'g', -1, 64)
	}
	return strings.Join(words, " ")
}

// Rows3x4 returns the first three rows of a matrix, one after the other.
func Rows3x4(m mgl64.Mat4) []float64 {
	var out []float64
	for r := range 3 {
		row := m.Row(r)
		out = append(out, row[:]...)
	}
	return out
}
