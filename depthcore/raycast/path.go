package raycast

import (
	"fmt"
	"slices"
	"strings"
)

// Path is a set of instructions that the steps of a cast are done with. All
// give the same bits.
type Path int

const (
	Auto   Path = iota // the best that the processor has
	AVX512             // 16 lanes, amd64
	AVX2               // 8 lanes, amd64
	Scalar             // plain Go, everywhere
)

var pathNames = [...]string{"auto", "avx512", "avx2", "scalar"}

func (p Path) String() string { return pathNames[p] }

// Paths returns those that this machine has, the best first. Scalar is the last.
func Paths() []Path { return append(fastest(), Scalar) }

// ParsePath returns the path of a name: auto, avx512, avx2 or scalar. A path
// that this machine has not is an error.
func ParsePath(name string) (Path, error) {
	p := Path(slices.Index(pathNames[:], name))
	if p < 0 {
		return Auto, fmt.Errorf("%q is not one of %s", name, strings.Join(pathNames[:], ", "))
	}
	if p != Auto && p.on() != p {
		return Auto, fmt.Errorf("this machine has no %s", name)
	}
	return p, nil
}

// on returns the path itself where the machine has it, else the machine's best.
func (p Path) on() Path {
	if has := Paths(); !slices.Contains(has, p) {
		return has[0]
	}
	return p
}
