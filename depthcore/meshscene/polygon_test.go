package meshscene

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

// area returns the vector of a polygon's area.
func area(positions []mgl64.Vec3, corners ...uint32) (a mgl64.Vec3) {
	for i := range corners {
		a = a.Add(positions[corners[i]].Cross(positions[corners[(i+1)%len(corners)]]))
	}
	return a.Mul(0.5)
}

// checkCover checks that the triangles of a simple flat polygon all face its
// way and cover its area: then they cover it once.
func checkCover(t *testing.T, positions []mgl64.Vec3) {
	t.Helper()
	corners := make([]uint32, len(positions))
	for i := range corners {
		corners[i] = uint32(i)
	}
	var p polygons
	list, err := p.add(nil, corners, positions)
	if err != nil || len(list) != 3*(len(corners)-2) {
		t.Fatalf("%d corners make %d indices, %v", len(corners), len(list), err)
	}
	whole := area(positions, corners...)
	sum := 0.0
	for i := 0; i < len(list); i += 3 {
		part := area(positions, list[i:i+3]...)
		if part.Dot(whole) < -1e-12*whole.Dot(whole) {
			t.Fatalf("triangle %v of %v faces backwards", list[i:i+3], positions)
		}
		sum += part.Len()
	}
	if math.Abs(sum-whole.Len()) > 1e-9*whole.Len() {
		t.Fatalf("the triangles of %v cover %v, not %v", positions, sum, whole.Len())
	}
}

func TestPolygons(t *testing.T) {
	flat := func(xy ...float64) (p []mgl64.Vec3) {
		for i := 0; i < len(xy); i += 2 {
			p = append(p, mgl64.Vec3{xy[i], xy[i+1], 0})
		}
		return p
	}
	shapes := map[string][]mgl64.Vec3{
		"square":            flat(0, 0, 1, 0, 1, 1, 0, 1),
		"dart, reflex at 0": flat(0, 0, 2, -1, 0, 3, -2, -1),
		"dart, reflex at 1": flat(-2, -1, 0, 0, 2, -1, 0, 3),
		"dart, reflex at 3": flat(2, -1, 0, 3, -2, -1, 0, 0),
		"L":                 flat(0, 0, 3, 0, 3, 1, 1, 1, 1, 3, 0, 3),
		"comb":              flat(0, 0, 7, 0, 7, 5, 6, 5, 6, 1, 5, 1, 5, 5, 4, 5, 4, 1, 3, 1, 3, 5, 2, 5, 2, 1, 1, 1, 1, 5, 0, 5),
		"corner on an edge": flat(0, 0, 1, 0, 2, 0, 2, 2, 1, 2, 0, 2, 0, 1),
		"seam to a hole":    flat(0, 0, 4, 0, 4, 4, 0, 4, 0, 0, 1, 1, 1, 3, 3, 3, 3, 1, 1, 1),
		"spiral":            flat(0, 0, 6, 0, 6, 6, 1, 6, 1, 2, 4, 2, 4, 4, 3, 4, 3, 3, 2, 3, 2, 5, 5, 5, 5, 1, 0, 1),
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			for turn := range 50 {
				q := mgl64.QuatIdent()
				if turn > 0 {
					q = mgl64.Quat{W: rng.NormFloat64(), V: mgl64.Vec3{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}}.Normalize()
				}
				var placed []mgl64.Vec3
				for i := range shape {
					placed = append(placed, q.Rotate(shape[(i+turn)%len(shape)]).Add(mgl64.Vec3{10, 20, 30}))
				}
				checkCover(t, placed)
			}
		})
	}
	t.Run("random stars", func(t *testing.T) {
		for n := 4; n < 200; n++ {
			var star []mgl64.Vec3
			for i := range n {
				r, a := 1+5*rng.Float64(), 2*math.Pi*float64(i)/float64(n)
				star = append(star, mgl64.Vec3{r * math.Cos(a), 7, r * math.Sin(a)})
			}
			checkCover(t, star)
		}
	})
}

// A convex polygon is the fan on its first corner, as other programs cut it.
func TestPolygonsFan(t *testing.T) {
	positions := []mgl64.Vec3{{0, 0, 0}, {1, 0, 0}, {1, 1, 0.3}, {0, 1, 0}}
	var p polygons
	got, err := p.add(nil, []uint32{0, 1, 2, 3}, positions)
	if want := [6]uint32{0, 1, 2, 0, 2, 3}; err != nil || [6]uint32(got) != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

// Polygons that are none end, with the number of triangles they should have.
func TestPolygonsHostile(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var p polygons
	for n := 4; n < 300; n++ {
		var positions []mgl64.Vec3
		var corners []uint32
		for i := range n {
			q := mgl64.Vec3{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
			switch n % 4 {
			case 1:
				q = mgl64.Vec3{}
			case 2:
				q[2], q[1] = 0, 0
			case 3:
				q[i%3] = []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e308}[i%4]
			}
			positions = append(positions, q)
			corners = append(corners, uint32(rng.IntN(i+1)))
		}
		if list, err := p.add(nil, corners, positions); err != nil || len(list) != 3*(n-2) {
			t.Errorf("%d corners make %d indices, %v", n, len(list), err)
		}
	}
}

// A polygon that takes too long is refused in time.
func TestPolygonsWork(t *testing.T) {
	const n = 200000 // a zigzag on a bow, whose inner corners are all reflex
	positions := make([]mgl64.Vec3, n)
	corners := make([]uint32, n)
	for i := range positions {
		a := math.Pi * float64(i) / n
		r := 1 + 0.5*float64(i%2)
		positions[i] = mgl64.Vec3{r * math.Cos(a), r * math.Sin(a), 0}
		corners[i] = uint32(i)
	}
	var p polygons
	if _, err := p.add(nil, corners, positions); err == nil {
		t.Error("no error")
	}
	if p.work > maxWork+n {
		t.Errorf("%d steps of work", p.work)
	}
}

func TestWeld(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	var corners []mgl64.Vec3
	for range 3000 {
		corners = append(corners, mgl64.Vec3{float64(rng.IntN(5)), math.Copysign(0, float64(rng.IntN(2))-0.5), float64(rng.IntN(9))})
	}
	want := append([]mgl64.Vec3{}, corners...)
	f := newFile(t.Context(), "x", make([]byte, 100))
	positions, indices, err := f.weld(corners)
	if err != nil || len(positions) != 5*2*9 || len(indices) != len(want) {
		t.Fatalf("%d positions, %d indices, %v", len(positions), len(indices), err)
	}
	for i, k := range indices {
		if !same(positions[k], want[i]) {
			t.Fatalf("corner %d is %v, want %v", i, positions[k], want[i])
		}
	}
}
