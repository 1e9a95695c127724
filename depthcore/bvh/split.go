package bvh

import (
	"math"
	"sync"
)

// reference stands for a triangle, or several, while the tree is built. Its
// box is that of an extent, so that a vector instruction adds it to another.
type reference struct {
	min [3]float32
	at  uint32     // the triangle; where spans are grouped, where those begin in builder.order
	neg [3]float32 // the negative of the box's Max
	n   uint32     // triangles
}

func makeReference(b *Box, at, n int) reference {
	return reference{b.Min, uint32(at), [3]float32{-b.Max[0], -b.Max[1], -b.Max[2]}, uint32(n)}
}

// center is twice the box's centre divided by 2, which does not overflow.
func (r *reference) center() (c [3]float32) {
	for k := range c {
		c[k] = r.min[k]/2 - r.neg[k]/2
	}
	return c
}

func (r *reference) box() Box {
	return Box{r.min, [3]float32{-r.neg[0], -r.neg[1], -r.neg[2]}}
}

// add adds a reference to a span, but not its triangles.
func (s *span) add(r reference) {
	box, c := r.box(), r.center()
	s.box.add(&box)
	s.centers.addPoint(&c)
	s.refs = append(s.refs, r)
}

// extent is a box for vector instructions: Min and the negative of Max, each
// in the first three of four lanes. The empty one has +Inf everywhere.
type extent [8]float32

func (b *Box) addExtent(e *extent) {
	for k := range b.Min {
		if e[k] < b.Min[k] {
			b.Min[k] = e[k]
		}
		if -e[4+k] > b.Max[k] {
			b.Max[k] = -e[4+k]
		}
	}
}

const bins = 16

// bin gathers the references whose centres lie in one slice of a span.
type bin struct {
	boxes, centers extent
	n              uint32     // triangles
	_              [15]uint32 // a power of two, for the kernel
}

// binning are the bins of a span along each axis.
type binning struct {
	lo, scale [4]float32 // a centre c is in bin (c - lo) * scale
	table     [3][bins]bin
}

func (b *binning) clear() {
	inf := float32(math.Inf(1))
	for k := range b.table[0][0].boxes {
		b.table[0][0].boxes[k], b.table[0][0].centers[k] = inf, inf
	}
	b.table[0][0].n = 0
	for a := range b.table {
		for k := range b.table[a] {
			b.table[a][k] = b.table[0][0]
		}
	}
}

// add merges the bins of other references of the span.
func (b *binning) add(other *binning) {
	for a := range b.table {
		for k := range b.table[a] {
			to, from := &b.table[a][k], &other.table[a][k]
			to.n += from.n
			for i := range to.boxes {
				to.boxes[i], to.centers[i] = min(to.boxes[i], from.boxes[i]), min(to.centers[i], from.centers[i])
			}
		}
	}
}

// sort sorts references into the bins. The kernel does the same.
func (b *binning) sort(refs []reference) {
	for i := range refs {
		r := &refs[i]
		c := r.center()
		for a := range c {
			e := &b.table[a][int((c[a]-b.lo[a])*b.scale[a])&(bins-1)]
			e.n += r.n
			for k := range c {
				e.boxes[k], e.boxes[4+k] = min(e.boxes[k], r.min[k]), min(e.boxes[4+k], r.neg[k])
				e.centers[k], e.centers[4+k] = min(e.centers[k], c[k]), min(e.centers[4+k], -c[k])
			}
		}
	}
}

// split divides a span of several references in two that are not empty. Where
// no plane tells them apart, or in halves, it divides them by number.
func (b *builder) split(s *span, halves bool) (left, right span) {
	var scale [3]float32
	any := false
	for a := range scale {
		if size := s.centers.Max[a] - s.centers.Min[a]; size > 0 && bins/size < 1e30 {
			scale[a] = bins * (1 - 1.0/(1<<20)) / size
			any = true
		}
	}
	if !any || halves {
		return s.halve()
	}

	// Sort the references into bins along each axis.
	var sorted binning
	copy(sorted.lo[:], s.centers.Min[:])
	copy(sorted.scale[:], scale[:])
	b.sortIntoBins(&sorted, s.refs)
	// Find the cheapest plane between bins.
	axis, plane, best := -1, 0, float32(0)
	for a := range sorted.table {
		if scale[a] == 0 {
			continue
		}
		table := &sorted.table[a]
		var rightCost [bins]float32
		box, n := EmptyBox(), 0
		for k := bins - 1; k > 0; k-- {
			box.addExtent(&table[k].boxes)
			n += int(table[k].n)
			rightCost[k] = box.area() * leaves(n)
		}
		box, n = EmptyBox(), 0
		for k := 1; k < bins; k++ {
			box.addExtent(&table[k-1].boxes)
			n += int(table[k-1].n)
			if n == 0 || n == s.n {
				continue
			}
			if cost := box.area()*leaves(n) + rightCost[k]; axis < 0 || cost < best {
				axis, plane, best = a, k, cost
			}
		}
	}
	if axis < 0 {
		return s.halve()
	}

	// Part the references there.
	refs := s.refs
	i, j := 0, len(refs)
	for i < j {
		c := refs[i].min[axis]/2 - refs[i].neg[axis]/2
		if int((c-s.centers.Min[axis])*scale[axis])&(bins-1) < plane {
			i++
		} else {
			j--
			refs[i], refs[j] = refs[j], refs[i]
		}
	}
	left = span{refs: refs[:i], at: s.at, grouped: s.grouped, box: EmptyBox(), centers: EmptyBox()}
	right = span{refs: refs[i:], grouped: s.grouped, box: EmptyBox(), centers: EmptyBox()}
	for k := range sorted.table[axis] {
		e, side := &sorted.table[axis][k], &left
		if k >= plane {
			side = &right
		}
		side.n += int(e.n)
		side.box.addExtent(&e.boxes)
		side.centers.addExtent(&e.centers)
	}
	right.at = left.at + left.n
	return left, right
}

// sortIntoBins sorts references into bins, those of a large span on as many
// goroutines as may be started.
func (b *builder) sortIntoBins(to *binning, refs []reference) {
	const apart = 1 << 15 // references that are worth a goroutine
	var others []*binning
	var wg sync.WaitGroup
	pieces := 1
	for len(refs) >= (pieces+1)*apart && b.start() {
		pieces++
	}
	size := (len(refs) + pieces - 1) / pieces
	for k := 1; k < pieces; k++ {
		part, other := refs[min(k*size, len(refs)):min((k+1)*size, len(refs))], &binning{lo: to.lo, scale: to.scale}
		others = append(others, other)
		wg.Add(1)
		go func() {
			defer wg.Done()
			other.clear()
			sortRefs(other, part)
			b.left.Add(1)
		}()
	}
	to.clear()
	sortRefs(to, refs[:min(size, len(refs))])
	wg.Wait()
	for _, other := range others {
		to.add(other)
	}
}

// leaves is how many leaves n triangles fill.
func leaves(n int) float32 { return float32((n + Width - 1) / Width) }

// halve divides a span by number.
func (s *span) halve() (left, right span) {
	mid := len(s.refs) / 2
	left = s.measure(s.refs[:mid], s.at)
	return left, s.measure(s.refs[mid:], s.at+left.n)
}

// measure returns the span of some of the references.
func (s *span) measure(refs []reference, at int) span {
	part := span{refs: refs, at: at, grouped: s.grouped, box: EmptyBox(), centers: EmptyBox()}
	for i := range refs {
		r := &refs[i]
		box, c := r.box(), r.center()
		part.n += int(r.n)
		part.box.add(&box)
		part.centers.addPoint(&c)
	}
	return part
}
