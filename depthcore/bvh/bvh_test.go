package bvh

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/internal/par"
)

func build(t *testing.T, positions []mgl64.Vec3, indices []uint32) *Tree {
	t.Helper()
	tree, err := Build(context.Background(), par.New(3), positions, indices, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// soup returns n triangles at random.
func soup(n int, size float64) (positions []mgl64.Vec3, indices []uint32) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		a := mgl64.Vec3{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}.Mul(10)
		for range 3 {
			positions = append(positions, a.Add(mgl64.Vec3{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}.Mul(size)))
		}
		indices = append(indices, uint32(3*i), uint32(3*i+1), uint32(3*i+2))
	}
	return positions, indices
}

// check reports what makes a tree wrong: every triangle that can be hit is in
// one leaf, and every box holds what is below it.
func check(t *testing.T, tree *Tree, positions []mgl64.Vec3, indices []uint32) {
	t.Helper()
	seen := make([]int, len(indices)/3)
	var visit func(ref uint32) Box
	visit = func(ref uint32) Box {
		box := EmptyBox()
		if ref&LeafBit != 0 {
			leaf := &tree.Leaves[ref&^LeafBit]
			for i, tri := range leaf.Tri {
				if tri == None {
					continue
				}
				seen[tri]++
				p, ok, _ := corners(positions, indices, int(tri))
				for v := range p {
					stored := [3]float32{leaf.P[3*v][i], leaf.P[3*v+1][i], leaf.P[3*v+2][i]}
					if ok && stored != p[v] {
						t.Fatalf("triangle %d has corner %v in the tree, %v in the mesh", tri, stored, p[v])
					}
					box.addPoint(&stored)
				}
			}
			return box
		}
		n := &tree.Nodes[ref]
		for k := range n.Child[:n.Count] {
			if n.Child[k]&LeafBit == 0 && n.Child[k] <= ref {
				t.Fatalf("node %d has child %d", ref, n.Child[k])
			}
			b := visit(n.Child[k])
			for a := range b.Min {
				c, h := float64(n.Center[a][k]), float64(n.Half[a][k])
				if float64(b.Min[a]) < c-h || float64(b.Max[a]) > c+h {
					t.Fatalf("node %d: child %d of %v..%v has the box %v +- %v on axis %d", ref, k, b.Min, b.Max, c, h, a)
				}
			}
			box.add(&b)
		}
		return box
	}
	if len(tree.Nodes) > 0 {
		visit(0)
	}
	dropped := 0
	for k, n := range seen {
		if _, ok, _ := corners(positions, indices, k); n > 1 || n == 0 && ok {
			t.Fatalf("triangle %d is %d times in the tree", k, n)
		}
		if n == 0 {
			dropped++
		}
	}
	if dropped != tree.Dropped {
		t.Errorf("%d triangles are missing, %d count as dropped", dropped, tree.Dropped)
	}
}

func TestBuild(t *testing.T) {
	for _, n := range []int{0, 1, 16, 17, 300, 40000} {
		positions, indices := soup(n, 0.3)
		tree := build(t, positions, indices)
		check(t, tree, positions, indices)
		if perTriangle := float64(tree.Bytes()) / float64(max(n, 1)); n > 1000 && perTriangle > 60 {
			t.Errorf("%d triangles take %.1f bytes each", n, perTriangle)
		}
	}
}

// Triangles that no plane tells apart, and sizes that shrink without end, make
// a tree all the same.
func TestBuildStubborn(t *testing.T) {
	positions, indices := soup(1, 1)
	for len(indices) < 3*200000 {
		indices = append(indices, indices[:3]...)
	}
	check(t, build(t, positions, indices), positions, indices)

	positions, indices = nil, nil
	for i := range 600 {
		x := math.Exp2(-float64(i) / 5)
		positions = append(positions, mgl64.Vec3{x, 0, 0}, mgl64.Vec3{x * 1.01, 0, 0}, mgl64.Vec3{x, x, 0})
		indices = append(indices, uint32(3*i), uint32(3*i+1), uint32(3*i+2))
	}
	check(t, build(t, positions, indices), positions, indices)
}

func TestBuildDrops(t *testing.T) {
	positions, indices := soup(100, 1)
	positions[0][1] = math.NaN()
	positions[4][2] = math.Inf(-1)
	positions[7] = positions[8]
	positions[9][0] = 1e300 // infinite in float32
	tree := build(t, positions, indices)
	if tree.Dropped != 4 {
		t.Errorf("%d triangles dropped, want 4", tree.Dropped)
	}
	check(t, tree, positions, indices)
}

func TestRefit(t *testing.T) {
	positions, indices := soup(5000, 0.3)
	tree := build(t, positions, indices)
	before := tree.Cost
	r := rand.New(rand.NewPCG(3, 4))
	for i := range positions {
		positions[i] = positions[i].Add(mgl64.Vec3{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}.Mul(5))
	}
	positions[5][0] = math.NaN()
	if err := tree.Refit(context.Background(), par.New(2), positions, indices); err != nil {
		t.Fatal(err)
	}
	check(t, tree, positions, indices)
	if tree.Cost <= before {
		t.Errorf("the cost fell from %v to %v", before, tree.Cost)
	}
}

func TestBuildCancelled(t *testing.T) {
	positions, indices := soup(50000, 0.3)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Build(ctx, par.New(2), positions, indices, nil); err == nil {
		t.Error("a cancelled build gave a tree")
	}
}
