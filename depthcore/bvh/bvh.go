// Package bvh builds bounding volume hierarchies over triangles.
//
// A Tree is 16 wide and laid out for vector instructions: a Node holds the
// boxes of its children, a Leaf or a Patch up to 16 triangles, all as structures
// of arrays in float32 object space. Triangles are found again in the mesh by
// their number. Boxes bound the float32 roundings of the mesh's positions, so
// who traverses allows for half a unit in their last place.
//
// Build makes trees by binned SAH (Wald, "On fast construction of SAH-based
// bounding volume hierarchies", 2007). The cost of n triangles is that of
// ceil(n/16) leaves, which fills the leaves. Coarse makes a tree to begin with
// in a fraction of the time. A Tree is immutable but for Refit.
package bvh

import (
	"context"
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/internal/par"
)

// Width is the number of children of a node and of triangles of a leaf.
const Width = 16

// LeafBit marks a reference to a leaf. It and PatchBit mark one to a leaf that
// is a patch. The other bits are an index in Leaves or Patches, else in Nodes.
const (
	LeafBit  = 1 << 31
	PatchBit = 1 << 30
)

// None fills the slots of a leaf that hold no triangle.
const None = math.MaxUint32

// Node holds the boxes of up to 16 children, as centres and half sizes by axis.
// Child is 0, the root, where there is none.
type Node struct {
	Center, Half [3][Width]float32
	Child        [Width]uint32
	Count        uint32
	_            [15]uint32 // keeps nodes on cache lines
}

// Leaf holds up to 16 triangles: P has x, y, z of the first vertex, then of the
// second and the third. They are not numbers behind the last triangle.
type Leaf struct {
	P [9][Width]float32
}

// Mesh is triangles to build a tree of.
type Mesh struct {
	Positions []mgl64.Vec3
	Indices   []uint32 // three a triangle
	// Moves says that the tree is to be refitted to other positions: vertices
	// that are in one place now may part then.
	Moves bool
}

// Tree is a hierarchy over the triangles of one mesh. Its root is Nodes[0];
// children have higher numbers than their parent.
type Tree struct {
	Nodes   []Node
	Leaves  []Leaf
	Patches []Patch
	// Tris are the triangles' numbers in the mesh, those of a leaf side by side,
	// None where it has fewer than 16: see Slots. They lie apart since casting
	// seldom needs them.
	Tris []uint32
	// Vertices are the numbers in the mesh of each slot's three, where casting asks
	// the mesh for its positions and there is room for them; else nil.
	Vertices [][3]uint32
	Box      Box
	// Exact says that the leaves' float32 positions are the mesh's.
	Exact bool
	// Dropped counts triangles that nothing can hit: those with a coordinate
	// that float32 does not hold as a finite number, or with two equal corners.
	Dropped int
	// Cost is the expected cost of a ray through the tree, in leaves.
	Cost float64

	moves  bool
	moving *moving    // for Refit, once that was asked for
	boxes  []Box      // of patches, leaves and nodes, likewise
	levels [][]uint32 // nodes by their distance from the root, while it is built
}

// Bytes returns the memory that the tree takes.
func (t *Tree) Bytes() int {
	return 512*len(t.Nodes) + 576*len(t.Leaves) + 256*len(t.Patches) + 4*len(t.Tris) + 12*len(t.Vertices)
}

// Box is an axis-aligned box; an empty one has Min above Max.
type Box struct{ Min, Max [3]float32 }

// EmptyBox is the box of nothing.
func EmptyBox() Box {
	inf := float32(math.Inf(1))
	return Box{[3]float32{inf, inf, inf}, [3]float32{-inf, -inf, -inf}}
}

// Empty reports whether the box holds no point.
func (b *Box) Empty() bool { return !(b.Min[0] <= b.Max[0]) }

func (b *Box) add(c *Box) {
	for k := range b.Min {
		if c.Min[k] < b.Min[k] {
			b.Min[k] = c.Min[k]
		}
		if c.Max[k] > b.Max[k] {
			b.Max[k] = c.Max[k]
		}
	}
}

func (b *Box) addPoint(p *[3]float32) {
	for k, x := range p {
		if x < b.Min[k] {
			b.Min[k] = x
		}
		if x > b.Max[k] {
			b.Max[k] = x
		}
	}
}

// area is half of the surface; 0 of an empty box.
func (b *Box) area() float32 {
	x, y, z := b.Max[0]-b.Min[0], b.Max[1]-b.Min[1], b.Max[2]-b.Min[2]
	if x < 0 {
		return 0
	}
	return x*y + y*z + z*x
}

// setChild enters a child's box in place k.
func (n *Node) setChild(k int, b *Box) {
	for a := range b.Min {
		lo, hi := b.Min[a], b.Max[a]
		c := lo/2 + hi/2
		h := hi - c
		if c-lo > h {
			h = c - lo
		}
		n.Center[a][k], n.Half[a][k] = c, h*(1+1.0/(1<<22))
	}
}

// corners returns the float32 corners of triangle k. ok is false where nothing
// can hit it, exact where rounding changed a coordinate.
func corners(positions []mgl64.Vec3, indices []uint32, k int) (p [3][3]float32, ok, exact bool) {
	a, b, c := &positions[indices[3*k]], &positions[indices[3*k+1]], &positions[indices[3*k+2]]
	exact = true
	sum := 0.0
	for i, q := range [3]*mgl64.Vec3{a, b, c} {
		for x, v := range q {
			f := float32(v)
			p[i][x] = f
			exact = exact && float64(f) == v
			sum += float64(f) * 0 // NaN where f is not finite
		}
	}
	return p, sum == 0 && *a != *b && *b != *c && *c != *a, exact
}

// fill enters triangle k of a mesh in place i and adds it to box.
func (l *Leaf) fill(i int, p *[3][3]float32, box *Box) {
	for v := range p {
		for x := range p[v] {
			l.P[3*v+x][i] = p[v][x]
		}
		box.addPoint(&p[v])
	}
}

// end marks the places from the n-th on as empty.
func (l *Leaf) end(n int) {
	nan := float32(math.NaN())
	for i := range l.P {
		for k := n; k < Width; k++ {
			l.P[i][k] = nan
		}
	}
}

// join sets the nodes' boxes, the tree's and its cost from the leaves' boxes.
func (t *Tree) join(ctx context.Context, pool *par.Pool) error {
	if len(t.levels) == 0 {
		t.setLevels()
	}
	const chunk = 64
	areas := make([]float64, len(t.Nodes)/chunk+len(t.levels))
	next := areas
	for k := len(t.levels) - 1; k >= 0; k-- {
		level := t.levels[k]
		chunks := (len(level) + chunk - 1) / chunk
		sums := next[:chunks]
		next = next[chunks:]
		do := func(_, c int) {
			for _, i := range level[c*chunk : min(len(level), (c+1)*chunk)] {
				sums[c] += t.joinNode(int(i))
			}
		}
		if chunks == 1 {
			do(0, 0)
		} else if err := pool.Run(ctx, chunks, do); err != nil {
			return err
		}
	}
	t.Cost = 0
	for _, area := range areas {
		t.Cost += area
	}
	t.joinTree()
	return nil
}

// joinTree sets the tree's box, and makes its cost, by now the sum of all areas,
// one of a ray.
func (t *Tree) joinTree() {
	t.Box = EmptyBox()
	if len(t.Nodes) > 0 {
		t.Box = t.boxes[len(t.Patches)+len(t.Leaves)]
		if a := float64(t.Box.area()); a > 0 {
			t.Cost /= a
		}
	}
}

// joinNode sets the boxes of a node from those of its children, and returns
// the sum of their areas.
func (t *Tree) joinNode(i int) (areas float64) {
	n, node, box := len(t.Patches)+len(t.Leaves), &t.Nodes[i], EmptyBox()
	for k := range node.Child[:node.Count] {
		ref := node.Child[k]
		at := n + int(ref)
		if ref&LeafBit != 0 {
			at = int(t.Slots(ref) / Width)
		}
		b := &t.boxes[at]
		node.setChild(k, b)
		box.add(b)
		areas += float64(b.area())
	}
	t.boxes[n+i] = box
	return areas
}

// setLevels sorts the nodes by how far they are from the root.
func (t *Tree) setLevels() {
	depth := make([]uint16, len(t.Nodes))
	var count []int
	for i := range t.Nodes {
		d := int(depth[i])
		if d == len(count) {
			count = append(count, 0)
		}
		count[d]++
		for _, ref := range t.Nodes[i].Child[:t.Nodes[i].Count] {
			if ref&LeafBit == 0 {
				depth[ref] = uint16(d + 1)
			}
		}
	}
	all := make([]uint32, len(t.Nodes))
	t.levels = make([][]uint32, len(count))
	for d, n := range count {
		t.levels[d], all = all[:0:n], all[n:]
	}
	for i, d := range depth {
		t.levels[d] = append(t.levels[d], uint32(i))
	}
}
