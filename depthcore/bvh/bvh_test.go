package bvh

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/internal/par"
)

func build(t *testing.T, positions []mgl64.Vec3, indices []uint32) *Tree {
	t.Helper()
	tree, err := Build(context.Background(), par.New(3), Mesh{Positions: positions, Indices: indices}, nil)
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
			leaf, slots := tree.Leaf(ref, &Leaf{}), tree.Slots(ref)
			for i, tri := range tree.Tris[slots : slots+Width] {
				if ends := leaf.P[0][i] != leaf.P[0][i]; ends != (tri == None) {
					t.Fatalf("place %d of a leaf is empty: %v, and its number is %d", i, ends, tri)
				}
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

// builders make trees, each its own way.
var builders = map[string]func(context.Context, *par.Pool, Mesh, func(float64)) (*Tree, error){
	"full": Build, "coarse": Coarse,
}

// sheet returns a wavy surface of 2 n n triangles, with a few large ones in it.
func sheet(n int) (positions []mgl64.Vec3, indices []uint32) {
	for i := range n + 1 {
		for k := range n + 1 {
			x, y := float64(i)/float64(n), float64(k)/float64(n)
			positions = append(positions, mgl64.Vec3{x, y, 0.1 * math.Sin(20*x) * math.Cos(15*y)})
		}
	}
	at := func(i, k int) uint32 { return uint32(i*(n+1) + k) }
	for i := range n {
		for k := range n {
			indices = append(indices, at(i, k), at(i+1, k), at(i, k+1), at(i+1, k), at(i+1, k+1), at(i, k+1))
		}
	}
	for k := range 10 {
		copy(indices[3*k*n:], []uint32{at(0, k), at(n, 0), at(k, n)})
	}
	return positions, indices
}

func TestBuild(t *testing.T) {
	type mesh func() ([]mgl64.Vec3, []uint32)
	for name, make := range builders {
		for what, mesh := range map[string]mesh{
			"nothing":      func() ([]mgl64.Vec3, []uint32) { return soup(0, 1) },
			"one":          func() ([]mgl64.Vec3, []uint32) { return soup(1, 1) },
			"a leaf":       func() ([]mgl64.Vec3, []uint32) { return soup(16, 1) },
			"two leaves":   func() ([]mgl64.Vec3, []uint32) { return soup(17, 1) },
			"several":      func() ([]mgl64.Vec3, []uint32) { return soup(300, 1) },
			"a level full": func() ([]mgl64.Vec3, []uint32) { return soup(16*16*16, 0.1) },
			"a level more": func() ([]mgl64.Vec3, []uint32) { return soup(16*16*16+1, 0.1) },
			"many":         func() ([]mgl64.Vec3, []uint32) { return soup(40000, 0.3) },
			"a sheet":      func() ([]mgl64.Vec3, []uint32) { return sheet(200) },
			"far away": func() ([]mgl64.Vec3, []uint32) {
				positions, indices := soup(20000, 0.01)
				positions = append(positions, mgl64.Vec3{1e30, 0, 0}, mgl64.Vec3{0, math.NaN(), 0}, mgl64.Vec3{-3e38, 3e38, 0})
				return positions, indices
			},
		} {
			positions, indices := mesh()
			tree, err := make(context.Background(), par.New(3), Mesh{Positions: positions, Indices: indices}, nil)
			if err != nil {
				t.Fatalf("%s, %s: %v", name, what, err)
			}
			check(t, tree, positions, indices)
			if perTriangle := float64(tree.Bytes()) / float64(max(len(indices)/3, 1)); len(indices) > 3000 && perTriangle > 60 {
				t.Errorf("%s, %s: a triangle takes %.1f bytes", name, what, perTriangle)
			}
		}
	}
}

// The coarse tree is one: rays take longer through it, but not much.
func TestCoarseCost(t *testing.T) {
	positions, indices := sheet(200)
	full := build(t, positions, indices)
	coarse, err := Coarse(context.Background(), par.New(2), Mesh{Positions: positions, Indices: indices}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if coarse.Cost < full.Cost || coarse.Cost > 3*full.Cost {
		t.Errorf("the coarse tree costs %.1f, the full one %.1f", coarse.Cost, full.Cost)
	}
}

// Progress is told up to 1, from more than the ends of the build.
func TestBuildProgress(t *testing.T) {
	positions, indices := sheet(300)
	var mu sync.Mutex
	var told []float64
	if _, err := Build(context.Background(), par.New(2), Mesh{Positions: positions, Indices: indices}, func(share float64) {
		mu.Lock()
		told = append(told, share)
		mu.Unlock()
	}); err != nil {
		t.Fatal(err)
	}
	if len(told) < 10 || slices.Max(told) != 1 || told[len(told)-1] != 1 || slices.Min(told) <= 0 {
		t.Errorf("progress went %v", told)
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
	for name, make := range builders {
		tree, err := make(context.Background(), par.New(2), Mesh{Positions: positions, Indices: indices}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if tree.Dropped != 4 {
			t.Errorf("%s: %d triangles dropped, want 4", name, tree.Dropped)
		}
		check(t, tree, positions, indices)
	}
}

// A tree to be refitted is right wherever the mesh goes, and so where vertices
// part that were in one place.
func TestRefit(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for what, mesh := range map[string]func() ([]mgl64.Vec3, []uint32){
		"soup":  func() ([]mgl64.Vec3, []uint32) { return soup(5000, 0.3) },
		"sheet": func() ([]mgl64.Vec3, []uint32) { return sheet(50) },
		"sheet of parts": func() (apart []mgl64.Vec3, indices []uint32) {
			positions, corners := sheet(50)
			for k, i := range corners {
				apart, indices = append(apart, positions[i]), append(indices, uint32(k))
			}
			return apart, indices
		},
	} {
		positions, indices := mesh()
		tree, err := Build(context.Background(), par.New(2), Mesh{positions, indices, true}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if patches := len(tree.Patches); patches > 100 != (what == "sheet") {
			t.Errorf("%s: %d patches", what, patches)
		}
		before := tree.Cost
		for _, size := range []float64{5, 0.1} {
			for i := range positions {
				positions[i] = positions[i].Add(mgl64.Vec3{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}.Mul(size))
			}
			positions[5][0] = math.NaN()
			if err := tree.Refit(context.Background(), par.New(2), positions, indices); err != nil {
				t.Fatal(err)
			}
			check(t, tree, positions, indices)
			if tree.Cost <= before {
				t.Errorf("%s: the cost fell from %v to %v", what, before, tree.Cost)
			}
		}
	}
	positions, indices := soup(10, 1)
	if err := build(t, positions, indices).Refit(context.Background(), par.New(2), positions, indices); err == nil {
		t.Error("a tree that shares places was refitted")
	}
}

// Corners are one vertex where all their bits are equal: a patch gives back
// exactly what a leaf has.
func TestPatch(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		n, most := 1+r.IntN(Width), 1+r.IntN(20)
		var points [][3]float32
		for range most {
			points = append(points, [3]float32{float32(r.IntN(3)) - 1, 0, r.Float32()})
			if r.IntN(3) == 0 {
				points[len(points)-1][1] = float32(math.Copysign(0, -1))
			}
		}
		var near neighbours
		var want Leaf
		box := EmptyBox()
		distinct := map[[3]uint32]bool{}
		for k := range n {
			for v := range near.corner[k] {
				p := points[r.IntN(most)]
				near.corner[k][v] = p
				distinct[[3]uint32{math.Float32bits(p[0]), math.Float32bits(p[1]), math.Float32bits(p[2])}] = true
			}
			want.fill(k, &near.corner[k], &box)
		}
		want.end(n)
		var p Patch
		if ok := near.patch(&p, n, false); ok != (len(distinct) <= Width) {
			t.Fatalf("%d vertices make a patch: %v", len(distinct), ok)
		} else if !ok {
			continue
		}
		if int(p.Count) != n || int(p.Used) != len(distinct) {
			t.Fatalf("a patch of %d triangles and %d vertices says %d and %d", n, len(distinct), p.Count, p.Used)
		}
		var got Leaf
		p.unpack(&got)
		for i := range want.P {
			for k := range want.P[i] {
				if math.Float32bits(got.P[i][k]) != math.Float32bits(want.P[i][k]) {
					t.Fatalf("row %d of triangle %d is %v, want %v", i, k, got.P[i][k], want.P[i][k])
				}
			}
		}
	}
}

func TestBuildCancelled(t *testing.T) {
	positions, indices := sheet(300)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for name, make := range builders {
		if _, err := make(cancelled, par.New(2), Mesh{Positions: positions, Indices: indices}, nil); err == nil {
			t.Errorf("%s: a cancelled build gave a tree", name)
		}
	}
	// In the middle.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var last atomic.Uint64
	_, err := Build(ctx, par.New(2), Mesh{Positions: positions, Indices: indices}, func(share float64) {
		if share > 0.4 {
			cancel()
		}
		last.Store(math.Float64bits(share))
	})
	if share := math.Float64frombits(last.Load()); err == nil || share > 0.7 {
		t.Errorf("cancelled after four tenths, a build went on to %.2f: %v", share, err)
	}
}
