package colormap

import (
	"math"
	"unsafe"

	"zscope/depthcore/depth"
)

// A census finds the ends of the range of most surfaces in one pass over the
// map. A sample says between which two values each end will lie, if it is a
// fair one. The pass counts what is below, at, and above these values, and
// gathers the few surfaces between them, of which one is the end. Where the
// sample was not fair, the counts say so, and Ranges counts all values instead:
// the result is the same.
//
// Surfaces are told by their bits less one, 0 .. maxHit-1 in the order of their
// Z; all that is none counts as maxHit.
type census struct {
	ends  [2]bracket // of the nearer and the farther end
	least [sampleEnd]uint32
	most  [sampleEnd]uint32 // counted from maxHit-1 downwards
	found []uint32          // between an end's values
}

// bracket are two values of the map that an end is expected to lie between, or
// at.
type bracket struct{ lo, hi uint32 }

// tally is what one worker has counted. Its fields are where the vector code
// expects them.
type tally struct {
	above [8][8]int32  // thresholds, each for eight pixels: lo-1, lo, hi-1, hi of both ends
	count [8][8]uint32 // pixels above each
	near  [8]uint32
	far   [8]uint32 // counted from maxHit
	none  [8]uint32 // pixels that show no surface

	pixels int // counted
	found  []uint32
}

const (
	sampleSize = 1 << 12
	sampleEnd  = 1 << 6  // of a sample's values at either end, that are kept
	sampleFew  = 1 << 8  // too few surfaces in a sample to say anything
	mapFew     = 1 << 16 // too few pixels for a sample to pay
	foundMost  = 1 << 17 // a worker gathers at most so many surfaces, and 8
)

// sampled guesses from a sample where the ends lie that leave out a share of
// the surfaces. It reports whether there is such a guess.
func (c *census) sampled(m *depth.Map, cut float64) bool {
	if !(cut > 0) || len(m.Z) < mapFew {
		return false
	}
	step := stride(m, sampleSize)
	for i := range c.least {
		c.least[i], c.most[i] = math.MaxUint32, math.MaxUint32
	}
	n := 0
	for i := step / 2; i < len(m.Z); i += step {
		if k := math.Float32bits(m.Z[i]) - 1; k < maxHit {
			n++
			keepLeast(&c.least, k)
			keepLeast(&c.most, maxHit-1-k)
		}
	}
	// So many of the sample are nearer than the end; chance moves that number
	// by about its root.
	at := cut * float64(n)
	lo, hi := int(at-3*math.Sqrt(at)-2), int(at+3*math.Sqrt(at)+2)
	if n < sampleFew || hi >= sampleEnd {
		return false
	}
	c.ends = [2]bracket{{0, c.least[hi]}, {maxHit - 1 - c.most[hi], maxHit - 1}}
	if lo >= 0 {
		c.ends[0].lo, c.ends[1].hi = c.least[lo], maxHit-1-c.most[lo]
	}
	return true
}

// stride returns a distance at which most pixels of a map are left out: at most n
// remain. It does not divide the width, so that they are not all of some columns.
func stride(m *depth.Map, n int) int {
	step := len(m.Z)/n + 1
	for step > 1 && m.Width%step == 0 {
		step++
	}
	return step
}

// keepLeast enters k where it is one of the least so far, which ascend.
func keepLeast(least *[sampleEnd]uint32, k uint32) {
	i := sampleEnd - 1
	if k >= least[i] {
		return
	}
	for ; i > 0 && least[i-1] > k; i-- {
		least[i] = least[i-1]
	}
	least[i] = k
}

// begin makes t count by the census's ends.
func (t *tally) begin(c *census) {
	found := t.found
	if found == nil {
		found = make([]uint32, 0, foundMost+8)
	}
	*t = tally{found: found[:0]}
	for e, b := range c.ends {
		for i, above := range [4]uint32{b.lo - 1, b.lo, b.hi - 1, b.hi} {
			for lane := range t.above[0] {
				t.above[4*e+i][lane] = int32(above)
			}
		}
	}
	for lane := range t.near {
		t.near[lane] = maxHit
	}
}

// takeCensus counts all pixels and returns what extents does.
func (p *Painter) takeCensus() (near, far uint32, hits int) {
	g := &p.ranging
	for w := range g.parts {
		g.parts[w].tally.begin(&g.census)
	}
	p.rows(p.src.Height, p.src.Width, g.tally)
	near = maxHit
	for w := range g.parts {
		t := &g.parts[w].tally
		hits += t.pixels
		for lane := range t.near {
			near, far, hits = min(near, t.near[lane]), max(far, t.far[lane]), hits-int(t.none[lane])
		}
	}
	return near + 1, far + maxHit + 1, hits
}

func (p *Painter) countEnds(worker, from, to int) {
	w := p.src.Width
	p.ranging.parts[worker].tally.add(p.src.Z[from*w : to*w])
}

// ends returns the bits of the surfaces of two ranks, where the census knows
// both.
func (p *Painter) ends(a, b int) (lo, hi uint32, ok bool) {
	g := &p.ranging
	if lo, ok = g.census.end(0, a, g.parts); ok {
		hi, ok = g.census.end(1, b, g.parts)
	}
	return lo, hi, ok
}

// add counts some pixels.
func (t *tally) add(z []float32) {
	if eights := len(z) / 8; eights > 0 {
		t.addEights(z[:8*eights])
		z = z[8*eights:]
	}
	if len(z) > 0 {
		var rest [8]float32 // zeroes are no surfaces
		copy(rest[:], z)
		t.addEights(rest[:])
	}
}

// addEights counts a multiple of eight pixels. Where more is found than there is
// room for, what is found is not all that is counted.
func (t *tally) addEights(z []float32) {
	t.pixels += len(z)
	room := t.found[len(t.found):cap(t.found)]
	n := tallyEights(&z[0], len(z)/8, t, unsafe.SliceData(room), len(room)-8)
	t.found = t.found[:len(t.found)+n]
}

// end returns the bits of the surface that has rank nearer or equal ones before
// it in ascending order, where the census of all tallies knows it.
func (c *census) end(e, rank int, tallies []rangePart) (bits uint32, ok bool) {
	b := c.ends[e]
	var upTo [4]int // pixels that are not above the thresholds
	for i := range tallies {
		t := &tallies[i].tally
		for k := range upTo {
			upTo[k] += t.pixels
			for _, above := range t.count[4*e+k] {
				upTo[k] -= int(above)
			}
		}
	}
	switch {
	case rank < upTo[0] || rank >= upTo[3]:
		return 0, false
	case rank < upTo[1]:
		return b.lo + 1, true
	case rank >= upTo[2]:
		return b.hi + 1, true
	}
	c.found = c.found[:0]
	for i := range tallies {
		for _, bits := range tallies[i].tally.found {
			if k := bits - 1; k > b.lo && k < b.hi {
				c.found = append(c.found, bits)
			}
		}
	}
	if len(c.found) != upTo[2]-upTo[1] {
		return 0, false
	}
	return nth(c.found, rank-upTo[1]), true
}

// nth returns entry n of list in ascending order: Hoare's "Algorithm 65: find",
// 1961. It moves the entries.
func nth(list []uint32, n int) uint32 {
	for lo, hi := 0, len(list)-1; lo < hi; {
		pivot := list[n]
		i, j := lo, hi
		for i <= j {
			for list[i] < pivot {
				i++
			}
			for list[j] > pivot {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i, j = i+1, j-1
			}
		}
		if j < n {
			lo = i
		}
		if i > n {
			hi = j
		}
	}
	return list[n]
}
