package colormap

import (
	"math"

	"zscope/depthcore/depth"
)

// Ranges are two ranges for the surfaces that a map shows, whose ends are
// values of the map; all are 0 where there is no surface.
type Ranges struct {
	Near, Far         float64 // the nearest and the farthest Z
	MostNear, MostFar float64 // of most of them
	Hits              int     // pixels that show one
}

// Range returns a range for the surfaces that m shows, and how many pixels
// show one. cut is the share of them, below 0.5, that may fall out of it at
// either end; with 0, near and far are the nearest and the farthest Z.
func (p *Painter) Range(m *depth.Map, cut float64) (near, far float64, hits int) {
	r := p.Ranges(m, cut)
	return r.MostNear, r.MostFar, r.Hits
}

// ranging is what Ranges gathers, a part for each worker.
type ranging struct {
	parts                        []rangePart
	extent, upper, lower, tally  func(worker, from, to int) // methods, made once
	first, cells, upperA, upperB uint32
	sum                          []uint32
	census                       census
}

type rangePart struct {
	near, far uint32 // bits of Z
	hits      int
	counts    []uint32
	tally     tally
}

// The bits of surfaces are 1 .. maxHit, in the order of their Z. They are
// counted by all but the lowest lowBits first.
const (
	maxHit  = 0x7f7fffff
	lowBits = 15
)

// Ranges returns the ranges of m. cut is the share of the surfaces, below 0.5,
// that may fall out of the range of most of them at either end.
func (p *Painter) Ranges(m *depth.Map, cut float64) (r Ranges) {
	g := &p.ranging
	if g.extent == nil {
		g.extent, g.upper, g.lower, g.tally = p.extent, p.countUpper, p.countLower, p.countEnds
	}
	p.src = m
	defer func() { p.src = nil }()
	p.start()
	near, far, taken := uint32(0), uint32(0), false
	if taken = hasKernel && !p.plain && g.census.sampled(m, cut); taken {
		near, far, r.Hits = p.takeCensus()
	} else {
		near, far, r.Hits = p.extents()
	}
	if r.Hits == 0 {
		return Ranges{}
	}
	value := func(bits uint32) float64 { return float64(math.Float32frombits(bits)) }
	r.Near, r.Far = value(near), value(far)
	r.MostNear, r.MostFar = r.Near, r.Far
	if out := int(math.Min(cut, 0.5) * float64(r.Hits-1)); out > 0 && near < far {
		lo, hi, ok := uint32(0), uint32(0), false
		if taken {
			lo, hi, ok = p.ends(out, r.Hits-1-out)
		}
		if !ok {
			lo, hi = p.ranks(near, far, out, r.Hits-1-out)
		}
		r.MostNear, r.MostFar = value(lo), value(hi)
	}
	return r
}

// extents returns the bits of the least and the greatest Z of the surfaces, and
// how many pixels show one.
func (p *Painter) extents() (near, far uint32, hits int) {
	g := &p.ranging
	for w := range g.parts {
		g.parts[w].near, g.parts[w].far, g.parts[w].hits = math.MaxUint32, 0, 0
	}
	p.rows(p.src.Height, p.src.Width, g.extent)
	near = math.MaxUint32
	for w := range g.parts {
		part := &g.parts[w]
		near, far, hits = min(near, part.near), max(far, part.far), hits+part.hits
	}
	return near, far, hits
}

// extent finds the least and the greatest Z of rows from <= y < to.
func (p *Painter) extent(worker, from, to int) {
	part, w := &p.ranging.parts[worker], p.src.Width
	rows := depth.Map{Width: w, Height: to - from, Z: p.src.Z[from*w : to*w]}
	if near, far, hits := rows.Range(); hits > 0 {
		part.near, part.far = min(part.near, math.Float32bits(near)), max(part.far, math.Float32bits(far))
		part.hits += hits
	}
}

// ranks returns the bits of the surfaces that have a and b nearer or equal ones
// before them in ascending order, where all are near to far. It counts the
// upper bits first, then the lower ones of those with the right upper ones.
func (p *Painter) ranks(near, far uint32, a, b int) (lo, hi uint32) {
	g := &p.ranging
	g.first = near >> lowBits
	g.cells = far>>lowBits - g.first + 1
	counts := p.count(int(g.cells), 4, g.upper)
	upperA, a := find(counts, a)
	upperB, b := find(counts, b)
	g.upperA, g.upperB = g.first+upperA, g.first+upperB
	counts = p.count(2<<lowBits, 1, g.lower)
	lowerA, _ := find(counts[:1<<lowBits], a)
	lowerB, _ := find(counts[1<<lowBits:], b)
	return g.upperA<<lowBits | lowerA, g.upperB<<lowBits | lowerB
}

// count has work count into n cells, of which each worker has several tables,
// and returns the sums.
func (p *Painter) count(n, tables int, work func(worker, from, to int)) []uint32 {
	g := &p.ranging
	for w := range g.parts {
		part := &g.parts[w]
		if cap(part.counts) < n*tables {
			part.counts = make([]uint32, n*tables)
		}
		part.counts = part.counts[:n*tables]
		clear(part.counts)
	}
	p.rows(p.src.Height, p.src.Width, work)
	if cap(g.sum) < n {
		g.sum = make([]uint32, n)
	}
	g.sum = g.sum[:n]
	clear(g.sum)
	for _, part := range g.parts {
		for k := range tables {
			for i, c := range part.counts[k*n : (k+1)*n] {
				g.sum[i] += c
			}
		}
	}
	return g.sum
}

// countUpper counts by the upper bits. Pixels side by side, which are often
// alike, go to tables of their own, so that none waits for the one before.
func (p *Painter) countUpper(worker, from, to int) {
	g := &p.ranging
	n, first, counts := g.cells, g.first, g.parts[worker].counts
	z := p.src.Z[from*p.src.Width : to*p.src.Width]
	for i, z := range z {
		if bits := math.Float32bits(z); bits-1 < maxHit {
			counts[uint32(i&3)*n+bits>>lowBits-first]++
		}
	}
}

// countLower counts by the lower bits those with either of two upper ones.
func (p *Painter) countLower(worker, from, to int) {
	g := &p.ranging
	a, b, counts := g.upperA, g.upperB, g.parts[worker].counts
	for _, z := range p.src.Z[from*p.src.Width : to*p.src.Width] {
		bits := math.Float32bits(z)
		upper := bits >> lowBits
		if upper != a && upper != b || bits-1 >= maxHit {
			continue
		}
		if upper == a {
			counts[bits&(1<<lowBits-1)]++
		}
		if upper == b {
			counts[1<<lowBits|bits&(1<<lowBits-1)]++
		}
	}
}

// find returns the cell that holds entry n, and n less the entries of the
// cells before it.
func find(counts []uint32, n int) (cell uint32, rest int) {
	for i, c := range counts {
		if n < int(c) {
			return uint32(i), n
		}
		n -= int(c)
	}
	return 0, 0
}
