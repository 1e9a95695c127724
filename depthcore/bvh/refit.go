package bvh

import (
	"context"
	"errors"
	"slices"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/internal/par"
)

// Moved is a tree of a mesh that moves, and where the mesh is now.
type Moved struct {
	Tree      *Tree
	Positions []mgl64.Vec3
	Indices   []uint32 // those it was built of
}

// Refitter moves trees to new positions. Once warm it allocates nothing.
type Refitter struct {
	pool  *par.Pool
	list  []Moved
	ends  []int // chunks of the trees up to each
	do    func(worker, chunk int)
	plain bool // for tests: no vector instructions
}

// NewRefitter returns a refitter that works on a pool.
func NewRefitter(pool *par.Pool) *Refitter {
	r := &Refitter{pool: pool}
	r.do = r.chunk
	return r
}

// chunkNodes are nodes that are refitted together, with their leaves.
const chunkNodes = 16

// Refit moves trees to where their meshes are. The result is as correct as new
// trees; Cost says how good it is.
func (r *Refitter) Refit(ctx context.Context, list []Moved) error {
	r.list, r.ends = list, r.ends[:0]
	defer func() { r.list = nil }()
	n := 0
	for i := range list {
		t := list[i].Tree
		if !t.moves {
			return errors.New("the tree was not built to be refitted")
		}
		if t.moving == nil {
			t.moving = t.newMoving()
		}
		n += len(t.moving.areas)
		r.ends = append(r.ends, n)
	}
	if err := r.pool.Run(ctx, n, r.do); err != nil {
		return err
	}
	for i := range list {
		list[i].Tree.joinUpper()
	}
	return nil
}

// Refit is Refitter.Refit of one tree.
func (t *Tree) Refit(ctx context.Context, pool *par.Pool, positions []mgl64.Vec3, indices []uint32) error {
	return NewRefitter(pool).Refit(ctx, []Moved{{t, positions, indices}})
}

// moving is what a tree has to be refitted by.
type moving struct {
	// numbers are the mesh's vertices that those of the leaves are: 16 of a patch,
	// 3 times 16 of a leaf, behind those of all patches. Where there is none, it is
	// another one of the leaf.
	numbers []uint32
	upper   []uint32  // nodes with nodes below them, the lowest first
	areas   []float64 // of the boxes in the other nodes, by chunk
}

func (t *Tree) newMoving() *moving {
	patches := len(t.Patches)
	m := &moving{
		numbers: make([]uint32, Width*(patches+3*len(t.Leaves))),
		areas:   make([]float64, (len(t.Nodes)+chunkNodes-1)/chunkNodes),
	}
	for i := range patches + len(t.Leaves) {
		tris, vertices, to := t.Tris[Width*i:Width*(i+1)], t.Vertices[Width*i:], m.of(i, patches)
		for k := range to {
			to[k] = vertices[0][0]
		}
		for k, tri := range tris {
			if tri == None {
				break
			}
			for c, vertex := range vertices[k] {
				at := Width*c + k
				if i < patches {
					at = int(t.Patches[i].Corner[c][k])
				}
				to[at] = vertex
			}
		}
	}
	for i := len(t.Nodes) - 1; i >= 0; i-- {
		if !t.lowest(i) {
			m.upper = append(m.upper, uint32(i))
		}
	}
	if len(t.boxes) == 0 {
		t.boxes = make([]Box, patches+len(t.Leaves)+len(t.Nodes))
	}
	return m
}

// of returns the numbers of the vertices of leaf i; those of patches are first.
func (m *moving) of(i, patches int) []uint32 {
	if i < patches {
		return m.numbers[Width*i:][:Width]
	}
	return m.numbers[Width*(patches+3*(i-patches)):][:3*Width]
}

// lowest reports whether there are only leaves below a node.
func (t *Tree) lowest(node int) bool {
	for _, ref := range t.Nodes[node].Child[:t.Nodes[node].Count] {
		if ref&LeafBit == 0 {
			return false
		}
	}
	return true
}

// chunk moves the leaves of some nodes, and the boxes of those nodes that have
// nothing else below them.
func (r *Refitter) chunk(_, c int) {
	k, _ := slices.BinarySearch(r.ends, c+1)
	if k > 0 {
		c -= r.ends[k-1]
	}
	m := &r.list[k]
	t, sum := m.Tree, 0.0
	for i := c * chunkNodes; i < min(len(t.Nodes), (c+1)*chunkNodes); i++ {
		lowest := true
		for _, ref := range t.Nodes[i].Child[:t.Nodes[i].Count] {
			if ref&LeafBit != 0 {
				m.moveLeaf(int(t.Slots(ref)/Width), r.plain)
			} else {
				lowest = false
			}
		}
		if lowest {
			sum += t.joinNode(i)
		}
	}
	t.moving.areas[c] = sum
}

// joinUpper sets the boxes that are left, and all that is the whole tree's.
func (t *Tree) joinUpper() {
	t.Exact, t.Cost = false, 0
	for _, sum := range t.moving.areas {
		t.Cost += sum
	}
	for _, i := range t.moving.upper {
		t.Cost += t.joinNode(int(i))
	}
	t.joinTree()
}

// moveLeaf moves leaf i and its box.
func (m *Moved) moveLeaf(i int, plain bool) {
	t, patches := m.Tree, len(m.Tree.Patches)
	numbers, box := t.moving.of(i, patches), &t.boxes[i]
	if i < patches {
		p := &t.Patches[i]
		if !move(m.Positions, numbers, p.P[:], box, plain) {
			*box = p.refit(m.Positions, numbers)
		}
		return
	}
	l, tris := &t.Leaves[i-patches], t.Tris[Width*i:Width*(i+1)]
	finite := move(m.Positions, numbers, l.P[:], box, plain)
	n := Width
	for tris[n-1] == None {
		n--
	}
	l.end(n)
	if !finite {
		*box = l.refit(m.Positions, m.Indices, tris)
	}
}

// move moves vertices to the rounded positions of those with the given numbers:
// rows x, y and z for each 16 of them. It sets box to theirs. finite is false
// where one has a coordinate that float32 does not hold as a finite number.
func move(positions []mgl64.Vec3, numbers []uint32, to [][Width]float32, box *Box, plain bool) (finite bool) {
	if hasAVX2 && !plain {
		return moveAVX2(&positions[0], &numbers[0], &to[0], len(numbers)/Width, box)
	}
	finite = true
	*box = EmptyBox()
	for i, number := range numbers {
		var p [3]float32
		for a, x := range positions[number] {
			p[a] = float32(x)
			to[i/Width*3+a][i%Width] = p[a]
			finite = finite && p[a]-p[a] == 0
		}
		box.addPoint(&p)
	}
	return finite
}

// refit moves the patch's vertices, of which number has the mesh's, where not all
// are to be had.
func (p *Patch) refit(positions []mgl64.Vec3, number []uint32) Box {
	box := EmptyBox()
	bad := 0
	for v := range p.Used {
		at := &positions[number[v]]
		q := [3]float32{float32(at[0]), float32(at[1]), float32(at[2])}
		if q[0]*0+q[1]*0+q[2]*0 != 0 { // not finite
			// Nothing can hit its triangles. Any place in the patch's box serves.
			bad |= 1 << v
			continue
		}
		p.P[0][v], p.P[1][v], p.P[2][v] = q[0], q[1], q[2]
		box.addPoint(&q)
	}
	if bad == 0 {
		return box
	}
	if box.Empty() {
		box.addPoint(&[3]float32{})
	}
	for v := range p.Used {
		if bad>>v&1 != 0 {
			p.P[0][v], p.P[1][v], p.P[2][v] = box.Min[0], box.Min[1], box.Min[2]
		}
	}
	return box
}

// refit does so for a leaf of some triangles of the mesh.
func (l *Leaf) refit(positions []mgl64.Vec3, indices []uint32, tris []uint32) Box {
	box := EmptyBox()
	bad := 0
	for i, tri := range tris {
		if tri == None {
			break
		}
		p, ok, _ := corners(positions, indices, int(tri))
		if !ok {
			// A single point is never hit. Any in the leaf's box serves.
			bad |= 1 << i
			continue
		}
		l.fill(i, &p, &box)
	}
	if bad == 0 {
		return box
	}
	var point [3]float32
	if !box.Empty() {
		point = box.Min
	}
	for i := range tris {
		if bad>>i&1 != 0 {
			l.fill(i, &[3][3]float32{point, point, point}, &box)
		}
	}
	return box
}
