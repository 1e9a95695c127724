package bvh

import (
	"context"
	"sync"
	"sync/atomic"

	"zscope/depthcore/internal/pages"
	"zscope/depthcore/internal/par"
)

// builder holds what the goroutines of one build share.
//
// The upper part of a large tree is built over groups of triangles that lie
// close to each other, which is several times less work and hardly worse. From
// spans of openAt triangles on, each triangle stands for itself.
type builder struct {
	ctx      context.Context
	mesh     Mesh
	order    []uint32     // what references to groups point into
	tris     []uint32     // in the order of the leaves
	left     atomic.Int64 // goroutines that may still be started
	grain    int          // spans below stay on their goroutine
	progress func(float64)
	done     atomic.Int64 // triangles whose references are made

	mu   sync.Mutex
	free [][]reference // of openAt, used before
}

const (
	groupSize = 8
	openAt    = 1 << 14
)

// The shares of a build that progress is told by.
const (
	ordered = 0.2
	parted  = 0.8
)

// span is a set of references, with their bounds.
type span struct {
	refs    []reference
	n       int // triangles
	at      int // in builder.tris, where theirs go
	grouped bool
	box     Box
	centers Box // of the boxes' doubled centres
}

// part is a piece of the tree as one goroutine makes it.
type part struct {
	nodes  []branch
	leaves []bundle
}

// branch is a Node without boxes.
type branch struct {
	child [Width]uint32
	count uint32
}

// bundle are the triangles of a leaf: tris[at : at+n].
type bundle struct {
	at    uint32
	n     uint8
	patch bool
}

// Build returns the tree of a mesh. progress, where it is not nil, is called
// from any goroutine with the share done so far.
func Build(ctx context.Context, pool *par.Pool, mesh Mesh, progress func(float64)) (*Tree, error) {
	if progress == nil {
		progress = func(float64) {}
	}
	n := len(mesh.Indices) / 3
	b := &builder{ctx: ctx, mesh: mesh, grain: max(2048, n/(32*pool.Workers())), progress: progress}
	b.left.Store(int64(pool.Workers() - 1))
	o, err := orderOf(ctx, pool, mesh.Positions, mesh.Indices)
	if err != nil {
		return nil, err
	}
	progress(ordered)
	t := &Tree{Dropped: o.dropped, Exact: o.exact, moves: mesh.Moves}
	b.order, b.tris = o.tris, o.spare
	whole, err := b.group(pool)
	if err != nil {
		return nil, err
	}
	top := part{}
	if whole.n > 0 {
		b.node(&top, whole, 0)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}

	bundles := t.place(&top)
	if err := t.fillLeaves(ctx, pool, mesh, func(i int) []uint32 {
		l := bundles[i]
		return b.tris[l.at : l.at+uint32(l.n)]
	}); err != nil {
		return nil, err
	}
	progress(1)
	return t, nil
}

// place makes the nodes of a whole tree, and room for its leaves. It returns the
// leaves' triangles, those of patches first.
func (t *Tree) place(top *part) []bundle {
	sorted, refs := make([]bundle, 0, len(top.leaves)), make([]uint32, len(top.leaves))
	for _, patch := range []bool{true, false} {
		first, bit := len(sorted), uint32(LeafBit)
		if patch {
			bit |= PatchBit
		}
		for i, l := range top.leaves {
			if l.patch == patch {
				refs[i] = bit | uint32(len(sorted)-first)
				sorted = append(sorted, l)
			}
		}
		if patch {
			t.Patches = pages.Make[Patch](len(sorted))
		} else {
			t.Leaves = pages.Make[Leaf](len(sorted) - first)
		}
	}
	t.Nodes = pages.Make[Node](len(top.nodes))
	for i := range top.nodes {
		from, to := &top.nodes[i], &t.Nodes[i]
		to.Child, to.Count = from.child, from.count
		for k, ref := range to.Child[:to.Count] {
			if ref&LeafBit != 0 {
				to.Child[k] = refs[ref&^LeafBit]
			}
		}
	}
	return sorted
}

// group makes references to all triangles: to several at once where their
// common box is hardly larger than theirs are.
func (b *builder) group(pool *par.Pool) (span, error) {
	n := len(b.order)
	chunks := (n + orderChunk - 1) / orderChunk
	spans := make([]span, chunks)
	err := pool.Run(b.ctx, chunks, func(_, c int) {
		s := span{refs: make([]reference, 0, orderChunk/groupSize), box: EmptyBox(), centers: EmptyBox()}
		var single [groupSize]reference
		var near neighbours
		for from, end := c*orderChunk, min(n, (c+1)*orderChunk); from < end; from += groupSize {
			all, sum := EmptyBox(), float32(0)
			count := min(groupSize, end-from)
			near.gather(b.mesh.Positions, b.mesh.Indices, b.order[from:from+count])
			for k := range count {
				box := near.box(k)
				single[k] = makeReference(&box, from+k, 1)
				all.add(&box)
				sum += box.area()
			}
			if all.area() <= mostSpread*sum {
				s.add(makeReference(&all, from, count))
				continue
			}
			for k := range count {
				s.add(single[k])
			}
		}
		spans[c] = s
	})
	whole := span{n: n, grouped: true, box: EmptyBox(), centers: EmptyBox()}
	total := 0
	for i := range spans {
		total += len(spans[i].refs)
	}
	whole.refs = pages.Make[reference](total)[:0]
	for i := range spans {
		whole.refs = append(whole.refs, spans[i].refs...)
		whole.box.add(&spans[i].box)
		whole.centers.add(&spans[i].centers)
	}
	return whole, err
}

// mostSpread is how many times the areas of its triangles' boxes a group's box
// may have.
const mostSpread = 2

// room returns a place for openAt references.
func (b *builder) room() []reference {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.free); n > 0 {
		refs := b.free[n-1]
		b.free = b.free[:n-1]
		return refs
	}
	return make([]reference, 0, openAt)
}

func (b *builder) release(room [][]reference) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.free = append(b.free, room...)
}

// open returns the span with a reference to each of its triangles.
func (b *builder) open(s span) span {
	o := span{refs: b.room(), at: s.at, box: EmptyBox(), centers: EmptyBox()}
	tris := b.tris[s.at:s.at] // not in use yet
	for i := range s.refs {
		r := &s.refs[i]
		tris = append(tris, b.order[r.at:r.at+r.n]...)
	}
	var near neighbours
	for len(tris) > 0 {
		some := tris[:min(Width, len(tris))]
		near.gather(b.mesh.Positions, b.mesh.Indices, some)
		for k, tri := range some {
			box := near.box(k)
			o.add(makeReference(&box, int(tri), 1))
		}
		tris = tris[len(some):]
	}
	o.n = len(o.refs)
	done := b.done.Add(int64(o.n))
	b.progress(ordered + (parted-ordered)*float64(done)/float64(len(b.order)))
	return o
}

// node appends the node of a span to a part, and all below it.
func (b *builder) node(to *part, s span, depth int) {
	if b.ctx.Err() != nil {
		return
	}
	at := len(to.nodes)
	to.nodes = append(to.nodes, branch{})

	var child [Width]span
	child[0] = s
	n := 1
	var opened [][]reference
	for n < Width {
		k := pick(child[:n])
		if k < 0 {
			break
		}
		c := &child[k]
		if c.grouped && c.n <= openAt {
			*c = b.open(*c)
			opened = append(opened, c.refs[:0])
		}
		child[k], child[n] = b.split(c, depth > 40)
		n++
	}

	// Hand large children to goroutines of their own, as there are free ones.
	var apart [Width]*part
	var wg sync.WaitGroup
	to.nodes[at].count = uint32(n)
	for k := range child[:n] {
		c := &child[k]
		switch {
		case c.n <= Width:
			to.nodes[at].child[k] = LeafBit | uint32(len(to.leaves))
			to.leaves = append(to.leaves, b.leaf(c))
		case c.n > b.grain && k < n-1 && b.start():
			p, s := &part{}, *c
			apart[k] = p
			wg.Add(1)
			go func() {
				defer wg.Done()
				b.node(p, s, depth+1)
				b.left.Add(1)
			}()
		default:
			to.nodes[at].child[k] = uint32(len(to.nodes))
			b.node(to, *c, depth+1)
		}
		c.refs = nil
	}
	wg.Wait()
	b.release(opened)
	for k, p := range apart[:n] {
		if p != nil {
			to.nodes[at].child[k] = uint32(len(to.nodes))
			to.join(p)
		}
	}
}

// leaf writes down the triangles of a span.
func (b *builder) leaf(s *span) bundle {
	tris := b.tris[s.at:s.at]
	for i := range s.refs {
		r := &s.refs[i]
		if s.grouped {
			tris = append(tris, b.order[r.at:r.at+r.n]...)
		} else {
			tris = append(tris, r.at)
		}
	}
	var near neighbours
	near.gather(b.mesh.Positions, b.mesh.Indices, tris)
	return bundle{uint32(s.at), uint8(s.n), near.patch(&Patch{}, s.n, b.mesh.Moves)}
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
		switch c := &child[k]; {
		case c.n > full:
			if cost := c.box.area(); cost > most {
				at, most = k, cost
			}
		case c.n > Width:
			if least < 0 || c.n < child[least].n {
				least = k
			}
		}
	}
	if at < 0 && least >= 0 && (child[least].n-1)*Width/full+len(child) <= Width {
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
		for k := range n.child[:n.count] {
			if n.child[k]&LeafBit != 0 {
				n.child[k] += leaves
			} else {
				n.child[k] += nodes
			}
		}
	}
	p.nodes = append(p.nodes, q.nodes...)
	p.leaves = append(p.leaves, q.leaves...)
}
