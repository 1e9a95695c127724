package bvh

import (
	"context"
	"math"
	"sync"
	"sync/atomic"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/internal/pages"
	"zscope/depthcore/internal/par"
)

// reference stands for a triangle while the tree is built. Its box is that of
// an extent, so that a vector instruction adds it to another.
type reference struct {
	min [3]float32
	tri uint32
	neg [3]float32 // the negative of the box's Max
	_   uint32
}

// extent is a box for vector instructions: Min and the negative of Max, each
// in the first three of four lanes. The empty one has +Inf everywhere.
type extent [8]float32

func (e *extent) box() Box {
	return Box{[3]float32{e[0], e[1], e[2]}, [3]float32{-e[4], -e[5], -e[6]}}
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

// span is a set of references that lie side by side, with their bounds.
type span struct {
	lo, hi  int
	box     Box
	centers Box // of the boxes' doubled centres
}

func (s *span) len() int { return s.hi - s.lo }

const bins = 16

// bin gathers the references whose centres lie in one slice of a span.
type bin struct {
	boxes, centers extent
	n              uint32
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
			e.n++
			for k := range c {
				e.boxes[k], e.boxes[4+k] = min(e.boxes[k], r.min[k]), min(e.boxes[4+k], r.neg[k])
				e.centers[k], e.centers[4+k] = min(e.centers[k], c[k]), min(e.centers[4+k], -c[k])
			}
		}
	}
}

// builder holds what the goroutines of one build share.
type builder struct {
	ctx   context.Context
	refs  []reference
	left  atomic.Int64 // goroutines that may still be started
	grain int          // spans below stay on their goroutine
}

// part is a piece of the tree as one goroutine makes it. Its leaves are spans
// of references until all are known.
type part struct {
	nodes  []Node
	leaves []span
}

// Build returns the tree of a mesh with three indices a triangle. progress,
// where it is not nil, is called from any goroutine with the share done so far.
func Build(ctx context.Context, pool *par.Pool, positions []mgl64.Vec3, indices []uint32, progress func(float64)) (*Tree, error) {
	n := len(indices) / 3
	t := &Tree{Exact: true}
	b := &builder{ctx: ctx, grain: max(2048, n/(8*pool.Workers()))}
	b.left.Store(int64(pool.Workers() - 1))
	whole, err := b.gather(pool, t, positions, indices)
	if err != nil {
		return nil, err
	}
	top := part{}
	if whole.len() > 0 {
		b.node(&top, whole, 0)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}

	// Fill the leaves, now that their number is known.
	t.Nodes, t.Leaves = pages.Make[Node](len(top.nodes)), pages.Make[Leaf](len(top.leaves))
	copy(t.Nodes, top.nodes)
	t.boxes = make([]Box, len(t.Leaves)+len(t.Nodes))
	const chunk = 256
	err = pool.Run(ctx, (len(t.Leaves)+chunk-1)/chunk, func(_, c int) {
		for i := c * chunk; i < min(len(t.Leaves), (c+1)*chunk); i++ {
			l, box := &t.Leaves[i], EmptyBox()
			for k := range l.Tri {
				l.Tri[k] = None
			}
			for k := 0; k < top.leaves[i].len(); k++ {
				tri := b.refs[top.leaves[i].lo+k].tri
				p, _, _ := corners(positions, indices, int(tri))
				l.fill(k, &p, &box)
				l.Tri[k] = tri
			}
			t.boxes[i] = box
		}
	})
	if err != nil {
		return nil, err
	}
	t.join()
	t.boxes = nil
	if progress != nil {
		progress(1)
	}
	return t, nil
}

// gather makes the references of the triangles that can be hit.
func (b *builder) gather(pool *par.Pool, t *Tree, positions []mgl64.Vec3, indices []uint32) (span, error) {
	n := len(indices) / 3
	b.refs = pages.Make[reference](n)
	const chunk = 1 << 14
	chunks := (n + chunk - 1) / chunk
	spans := make([]span, chunks)
	var inexact atomic.Bool
	err := pool.Run(b.ctx, chunks, func(_, c int) {
		s := span{lo: c * chunk, hi: c * chunk, box: EmptyBox(), centers: EmptyBox()}
		for k := s.lo; k < min(n, (c+1)*chunk); k++ {
			p, ok, exact := corners(positions, indices, k)
			if !ok {
				continue
			}
			if !exact {
				inexact.Store(true)
			}
			box := EmptyBox()
			for v := range p {
				box.addPoint(&p[v])
			}
			r := &b.refs[s.hi]
			*r = reference{min: box.Min, tri: uint32(k), neg: [3]float32{-box.Max[0], -box.Max[1], -box.Max[2]}}
			s.box.add(&box)
			center := r.center()
			s.centers.addPoint(&center)
			s.hi++
		}
		spans[c] = s
	})
	whole := span{box: EmptyBox(), centers: EmptyBox()}
	for _, s := range spans {
		copy(b.refs[whole.hi:], b.refs[s.lo:s.hi])
		whole.hi += s.len()
		whole.box.add(&s.box)
		whole.centers.add(&s.centers)
	}
	b.refs = b.refs[:whole.hi]
	t.Dropped, t.Exact = n-whole.hi, !inexact.Load()
	return whole, err
}

// node appends the node of a span to a part, and all below it.
func (b *builder) node(to *part, s span, depth int) {
	if b.ctx.Err() != nil {
		return
	}
	at := len(to.nodes)
	to.nodes = append(to.nodes, Node{})

	var child [Width]span
	child[0] = s
	n := 1
	for n < Width {
		k := pick(child[:n])
		if k < 0 {
			break
		}
		child[k], child[n] = b.split(child[k], depth > 40)
		n++
	}

	// Hand large children to goroutines of their own.
	var apart [Width]*part
	var wg sync.WaitGroup
	for k := range child[:n] {
		c := child[k]
		if c.len() <= b.grain || k == n-1 || !b.start() {
			continue
		}
		apart[k] = &part{}
		wg.Add(1)
		go func() {
			defer wg.Done()
			b.node(apart[k], c, depth+1)
			b.left.Add(1)
		}()
	}
	to.nodes[at].Count = uint32(n)
	for k, c := range child[:n] {
		if c.len() <= Width {
			to.nodes[at].Child[k] = LeafBit | uint32(len(to.leaves))
			to.leaves = append(to.leaves, c)
		} else if apart[k] == nil {
			to.nodes[at].Child[k] = uint32(len(to.nodes))
			b.node(to, c, depth+1)
		}
	}
	wg.Wait()
	for k, p := range apart[:n] {
		if p != nil {
			to.nodes[at].Child[k] = uint32(len(to.nodes))
			to.join(p)
		}
	}
}

// full is about how many triangles make 16 leaves.
const full = 12 * Width

// pick returns which child of a node to split next, -1 for none: first, what
// costs most of those that are too large for a node of leaves; then, as long
// as there is room for all of its leaves, the smallest. So the lowest nodes,
// which are most, have nearly as many children as they can.
func pick(child []span) int {
	at, most, least := -1, float32(-1), -1
	for k := range child {
		c := &child[k]
		switch n := c.len(); {
		case n > full:
			if cost := c.box.area(); cost > most {
				at, most = k, cost
			}
		case n > Width:
			if least < 0 || n < child[least].len() {
				least = k
			}
		}
	}
	if at < 0 && least >= 0 && (child[least].len()-1)*Width/full+len(child) <= Width {
		at = least
	}
	return at
}

// start reports whether one more goroutine may be started, and counts it.
func (b *builder) start() bool {
	if b.left.Add(-1) >= 0 {
		return true
	}
	b.left.Add(1)
	return false
}

// join appends another part.
func (p *part) join(q *part) {
	nodes, leaves := uint32(len(p.nodes)), uint32(len(p.leaves))
	for i := range q.nodes {
		n := &q.nodes[i]
		for k := range n.Child[:n.Count] {
			if n.Child[k]&LeafBit != 0 {
				n.Child[k] += leaves
			} else {
				n.Child[k] += nodes
			}
		}
	}
	p.nodes = append(p.nodes, q.nodes...)
	p.leaves = append(p.leaves, q.leaves...)
}

// split divides a span of more than 16 references in two that are not empty.
// Where no plane tells them apart, or in halves, it divides them by number.
func (b *builder) split(s span, halves bool) (left, right span) {
	var scale [3]float32
	any := false
	for a := range scale {
		if size := s.centers.Max[a] - s.centers.Min[a]; size > 0 && bins/size < 1e30 {
			scale[a] = bins * (1 - 1.0/(1<<20)) / size
			any = true
		}
	}
	if !any || halves {
		return b.halve(s)
	}

	// Sort the references into bins along each axis.
	refs := b.refs[s.lo:s.hi]
	var sorted binning
	copy(sorted.lo[:], s.centers.Min[:])
	copy(sorted.scale[:], scale[:])
	b.sortIntoBins(&sorted, refs)
	var table [3][bins]struct {
		box, centers Box
		n            int
	}
	for a := range table {
		for k := range table[a] {
			from, to := &sorted.table[a][k], &table[a][k]
			to.box, to.centers, to.n = from.boxes.box(), from.centers.box(), int(from.n)
		}
	}

	// Find the cheapest plane between bins.
	axis, plane, best := -1, 0, float32(0)
	for a := range table {
		if scale[a] == 0 {
			continue
		}
		var rightCost [bins]float32
		box, n := EmptyBox(), 0
		for k := bins - 1; k > 0; k-- {
			box.add(&table[a][k].box)
			n += table[a][k].n
			rightCost[k] = box.area() * leaves(n)
		}
		box, n = EmptyBox(), 0
		for k := 1; k < bins; k++ {
			box.add(&table[a][k-1].box)
			n += table[a][k-1].n
			if n == 0 || n == s.len() {
				continue
			}
			if cost := box.area()*leaves(n) + rightCost[k]; axis < 0 || cost < best {
				axis, plane, best = a, k, cost
			}
		}
	}
	if axis < 0 {
		return b.halve(s)
	}

	// Part the references there.
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
	left = span{lo: s.lo, hi: s.lo + i, box: EmptyBox(), centers: EmptyBox()}
	right = span{lo: s.lo + i, hi: s.hi, box: EmptyBox(), centers: EmptyBox()}
	for k := range table[axis] {
		e, side := &table[axis][k], &left
		if k >= plane {
			side = &right
		}
		side.box.add(&e.box)
		side.centers.add(&e.centers)
	}
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
func (b *builder) halve(s span) (left, right span) {
	mid := (s.lo + s.hi) / 2
	return b.measure(s.lo, mid), b.measure(mid, s.hi)
}

// measure returns the span lo..hi.
func (b *builder) measure(lo, hi int) span {
	s := span{lo: lo, hi: hi, box: EmptyBox(), centers: EmptyBox()}
	for i := range b.refs[lo:hi] {
		r := &b.refs[lo+i]
		box, c := r.box(), r.center()
		s.box.add(&box)
		s.centers.addPoint(&c)
	}
	return s
}
