package raycast

import "fmt"

// Path is a set of instructions that the steps of a cast are done with. All
// give the same bits.
type Path int

const (
	Auto   Path = iota // the best that the processor has
	AVX512             // 16 lanes, amd64
	Scalar             // plain Go, everywhere
)

var pathNames = map[Path]string{Auto: "auto", AVX512: "avx512", Scalar: "scalar"}

func (p Path) String() string { return pathNames[p] }

// ParsePath returns the path of a name: auto, avx512 or scalar. A path that
// this machine has not is an error.
func ParsePath(name string) (Path, error) {
	for p, s := range pathNames {
		if s != name {
			continue
		}
		if p == AVX512 && bestPath() != AVX512 {
			return Auto, fmt.Errorf("this machine has no %s", name)
		}
		return p, nil
	}
	return Auto, fmt.Errorf("%q is not one of auto, avx512, scalar", name)
}

// on returns the path itself, or the machine's best for Auto.
func (p Path) on() Path {
	if best := bestPath(); p == Auto || p == AVX512 && best != AVX512 {
		return best
	}
	return p
}
