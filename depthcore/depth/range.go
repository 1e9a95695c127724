package depth

import "math"

// lanes are what rangeOf knows of the pixels so far, of each eighth one.
type lanes struct {
	lowest  [8]uint32 // of the bits less one
	highest [8]uint32 // of the bits less one, counted from inf-1
	hits    [8]uint32
}

// inf are the bits of +Inf.
const inf = 0x7f800000

// rangeOf is Map.Range. It works on the bits, which are in the order of the
// numbers, and without branches: the bits of all that is no hit, less one, are
// at least those of +Inf less one; counted from there, hits are the large ones.
func rangeOf(z []float32, kernel bool) (near, far float32, hits int) {
	var l lanes
	for i := range l.lowest {
		l.lowest[i] = inf - 1
	}
	if eights := len(z) / 8; kernel && eights > 0 {
		rangeEights(&z[0], eights, &l)
		z = z[8*eights:]
	}
	lowest, highest := uint32(inf-1), uint32(0)
	for _, z := range z {
		k := math.Float32bits(z) - 1
		lowest = min(lowest, k)
		k -= inf - 1
		highest = max(highest, k)
		hits += int((uint64(k) + (inf - 1)) >> 32)
	}
	for i := range l.hits {
		lowest, highest, hits = min(lowest, l.lowest[i]), max(highest, l.highest[i]), hits+int(l.hits[i])
	}
	if hits == 0 {
		return Empty(), 0, 0
	}
	return math.Float32frombits(lowest + 1), math.Float32frombits(highest + inf), hits
}
