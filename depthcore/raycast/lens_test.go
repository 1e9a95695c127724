package raycast

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/internal/par"
	"zscope/depthcore/scene"
)

type lensView struct {
	name string
	camera.Intrinsics
}

// lensViews are views through lenses of all models, w x h pixels.
func lensViews(w, h int) []lensView {
	f, cx, cy := float64(h)*0.7, float64(w)*0.48, float64(h)*0.53
	with := func(scale float64, m camera.LensModel, k ...float64) camera.Intrinsics {
		in := camera.Intrinsics{Width: w, Height: h, Fx: f * scale, Fy: f * scale * 1.02, Cx: cx, Cy: cy}
		in.Lens.Model = m
		copy(in.Lens.Coefficients[:], k)
		return in
	}
	return []lensView{
		{"none", with(1, camera.OpenCVLens)},
		{"webcam", with(1, camera.OpenCVLens, -0.28, 0.09, 0.001, -0.002, -0.01)},
		{"pincushion", with(1, camera.OpenCVLens, 0.3, 0.1)},
		{"folds", with(0.9, camera.OpenCVLens, -0.4)},
		{"rational", with(0.7, camera.OpenCVLens, 8.1, 4.3, 2e-4, -1e-4, 0.25, 8.4, 6.6, 1.2)},
		{"fisheye", with(0.6, camera.FisheyeLens, -0.01, 0.02, -0.004, 0.001)},
		{"over180", with(0.35, camera.FisheyeLens)},
		{"panorama", camera.WholeSphere(w, h)},
		{"quarter", camera.Intrinsics{Width: w, Height: h, Fx: float64(w) / 2, Fy: float64(w) / 2, Cx: cx, Cy: cy, Lens: camera.Lens{Model: camera.EquirectangularLens}}},
	}
}

// Through any lens, whatever the scene, the path and the threads, the caster's
// answer is that of asking every triangle.
func TestTwinLens(t *testing.T) {
	sizes := [][2]int{{140, 70}, {131, 67}, {33, 1}, {20, 130}}
	for kind := range kinds {
		for seed := range uint64(2) {
			r := rand.New(rand.NewPCG(seed, uint64(100+kind)))
			s, p := soup(r, kind, 40+r.IntN(150))
			size := sizes[(seed+uint64(kind))%4]
			for _, lens := range lensViews(size[0], size[1]) {
				name, in := lens.name, lens.Intrinsics
				v := randomView(r, size[0], size[1])
				v.Intrinsics = in
				o := Options{Clip: r.IntN(3) == 0, CullBackFaces: r.IntN(3) == 0}
				what := fmt.Sprintf("kind %d, seed %d, %dx%d, %s", kind, seed, size[0], size[1], name)
				want := twin(s, p, v, o)
				for _, o.Path = range Paths() {
					for _, o.Threads = range []int{1, 3} {
						compare(t, fmt.Sprint(what, ", ", o.Path, ", threads ", o.Threads), cast(t, s, p, v, o), want)
					}
				}
				if name == "none" {
					v.Lens = camera.Lens{}
					compare(t, what+", no lens", cast(t, s, p, v, o), want)
				}
			}
			if t.Failed() {
				return
			}
		}
	}
}

// Through any lens all paths see the same in folded sheets of triangles of any
// size, from a pixel to half the picture.
func TestSheetsThroughLenses(t *testing.T) {
	const width, height = 150, 70
	for seed, size := range []float64{0.9, 3, 8, 20, 50} {
		r := rand.New(rand.NewPCG(uint64(seed), 90))
		positions, indices := folded(r, size, width, height, 0.7*height)
		s, p := still(positions, indices, mgl64.Ident4())
		v := view(t, width, height, 1, mgl64.Ident4())
		for _, lens := range lensViews(width, height) {
			v.Intrinsics = lens.Intrinsics
			what := fmt.Sprint("size ", size, ", ", lens.name)
			_, want, wantHits := castHits(t, s, p, v, Options{Path: Scalar})
			if size >= 20 {
				compare(t, what+", scalar", want, twin(s, p, v, DefaultOptions()))
			}
			for _, path := range Paths() {
				_, got, hits := castHits(t, s, p, v, Options{Path: path, Threads: 2})
				compare(t, fmt.Sprint(what, ", ", path), got, want)
				for i, tri := range hits.Triangle {
					if tri != wantHits.Triangle[i] {
						t.Fatalf("%s, %s: pixel %d: triangle %d, not %d", what, path, i, tri, wantHits.Triangle[i])
					}
				}
				// Without hits, blocks are measured by kernels.
				compare(t, fmt.Sprint(what, ", ", path, " alone"), cast(t, s, p, v, Options{Path: path}), want)
			}
		}
	}
}

// The probe at a pixel's centre sees through a lens what the map holds.
func TestProbeLens(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	s, p := soup(r, 0, 300)
	for _, lens := range lensViews(33, 21) {
		name, in := lens.name, lens.Intrinsics
		v := view(t, 33, 21, 1, mgl64.Ident4())
		v.Intrinsics = in
		c, m, h := castHits(t, s, p, v, DefaultOptions())
		hits := 0
		for i, want := range m.Z {
			hit, ok := c.Probe(v, float64(i%33)+0.5, float64(i/33)+0.5)
			if !ok {
				hit.Z, hit.Instance = math.Inf(1), -1
			} else {
				hits++
			}
			if float32(hit.Z) != want || hit.Instance != int(h.Instance[i]) || hit.Triangle != int(h.Triangle[i]) {
				t.Fatalf("%s: pixel %d: the probe says %v, the map %v", name, i, hit.Z, want)
			}
		}
		if hits == 0 {
			t.Errorf("%s: nothing is seen", name)
		}
	}
}

// A wall at 10 m is 10 m from the camera's plane in every pixel that has a ray,
// through any lens.
func TestLensWall(t *testing.T) {
	for _, turned := range []mgl64.Mat4{mgl64.Ident4(), mgl64.Translate3D(100, -50, 340).Mul4(mgl64.HomogRotate3D(1, mgl64.Vec3{1, 2, 3}.Normalize()))} {
		s, p := quads(40, func(x, y float64) mgl64.Vec3 { return mgl64.Vec3{5e5 * x, 5e5 * y, -10} })
		p.WorldFromObject[0] = turned
		for _, lens := range lensViews(230, 170) {
			name, in := lens.name, lens.Intrinsics
			if in.Lens.Euclidean() {
				continue
			}
			v := camera.View{Intrinsics: in, CameraFromWorld: turned.Inv()}
			if inverse, ok := camera.AffineInverse(turned); ok {
				v.CameraFromWorld = inverse
			}
			m := cast(t, s, p, v, DefaultOptions())
			hits := 0
			for i, z := range m.Z {
				_, dir := in.CameraRay(float64(i%230)+0.5, float64(i/230)+0.5)
				switch {
				case math.IsNaN(dir[0]) && z != depth.Empty():
					t.Fatalf("%s: pixel %d has no ray, but Z is %v", name, i, z)
				case z == 10:
					hits++
				case !math.IsNaN(dir[0]) && max(math.Abs(dir[0]), math.Abs(dir[1])) < 4e4:
					t.Fatalf("%s: pixel %d, ray %v: Z is %v", name, i, dir, z)
				}
			}
			if hits < len(m.Z)/5 {
				t.Errorf("%s: only %d of %d pixels see the wall", name, hits, len(m.Z))
			}
		}
	}
}

// quads returns a scene of one sheet of n x n quads over [-1, 1] x [-1, 1].
func quads(n int, at func(x, y float64) mgl64.Vec3) (*scene.Scene, *scene.Pose) {
	var prim scene.Primitive
	prim.Material = -1
	for j := range n + 1 {
		for i := range n + 1 {
			prim.Positions = append(prim.Positions, at(float64(2*i)/float64(n)-1, float64(2*j)/float64(n)-1))
		}
	}
	for j := range n {
		for i := range n {
			a := uint32(j*(n+1) + i)
			b, c, d := a+1, a+uint32(n)+1, a+uint32(n)+2
			prim.Indices = append(prim.Indices, a, b, c, b, d, c)
		}
	}
	s := &scene.Scene{Primitives: []scene.Primitive{prim}, Instances: []scene.Instance{{Skin: -1}}}
	return s, &scene.Pose{WorldFromObject: []mgl64.Mat4{mgl64.Ident4()}, Positions: [][]mgl64.Vec3{nil}, Hidden: []bool{false}}
}

// From the centre of a sphere a panorama sees the sphere's radius everywhere,
// and no gap.
func TestLensSphere(t *testing.T) {
	const n = 400 // its quads lie at most 1 - cos(pi/n) inside
	s, p := quads(n, func(x, y float64) mgl64.Vec3 {
		lon, lat := math.Pi*x, math.Pi/2*y
		if x == 1 {
			lon = -math.Pi // the seam's vertices are the same
		}
		if y == 1 || y == -1 {
			return mgl64.Vec3{0, 7 * y, 0}
		}
		return mgl64.Vec3{7 * math.Cos(lat) * math.Sin(lon), 7 * math.Sin(lat), -7 * math.Cos(lat) * math.Cos(lon)}
	})
	for _, turn := range []float64{0, 0.3} {
		v := camera.View{Intrinsics: camera.WholeSphere(400, 200), CameraFromWorld: mgl64.HomogRotate3D(turn, mgl64.Vec3{3, 2, 1}.Normalize())}
		for i, z := range cast(t, s, p, v, DefaultOptions()).Z {
			if !(z <= 7.000001 && float64(z) >= 7*math.Cos(math.Pi/n)*math.Cos(math.Pi/n)) {
				t.Fatalf("turned by %g, pixel %d: the sphere is %v away", turn, i, z)
			}
		}
	}
}

// Once warm, a cast through a lens allocates nothing.
func TestCastLensAllocates(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	s, p := soup(r, 0, 500)
	c := New(s, Options{Threads: 2})
	if err := c.Prepare(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	for _, lens := range lensViews(200, 150) {
		v := camera.View{Intrinsics: lens.Intrinsics, CameraFromWorld: mgl64.Ident4()}
		if n := allocations(t, c, v, 50); n > 0 {
			t.Errorf("%s: %v allocations a cast", lens.name, n)
		}
	}
}

// Kernels place and measure as plain Go does, bit for bit.
func TestLensKernels(t *testing.T) {
	for _, lens := range lensViews(140, 100) {
		table, err := newRayTable(context.Background(), par.New(1), lens.Intrinsics)
		if err != nil {
			t.Fatal(err)
		}
		for _, pieces := range table.tiles {
			for k := range pieces {
				var want, got samples
				p := &pieces[k]
				want.piece = p
				want.place()
				for _, path := range Paths() {
					if path == Scalar {
						continue
					}
					if placeWide(&p.blocks[0], p.width, len(p.blocks)/p.width, p.border, &p.toTile, &got); got.u != want.u || got.v != want.v {
						t.Fatalf("%s, %v: rays of piece %v lie elsewhere", lens.name, path, p.rect)
					}
				}
			}
		}
	}
	r := rand.New(rand.NewPCG(51, 52))
	var b batch
	var corners [9][16]float64
	for range 50 {
		m := affine{}
		for i := range m {
			m[i] = r.NormFloat64()
		}
		for i := range b.p {
			for k := range b.p[i] {
				b.p[i][k] = float32(r.NormFloat64() * math.Exp(8*r.NormFloat64()))
			}
		}
		first := r.IntN(33)
		var want setup
		for lane := range 16 {
			var p [3]mgl64.Vec3
			for i := range p {
				p[i] = m.apply(mgl64.Vec3{float64(b.p[3*i][first+lane]), float64(b.p[3*i+1][first+lane]), float64(b.p[3*i+2][first+lane])})
				for axis, x := range p[i] {
					corners[3*i+axis][lane] = x
				}
			}
			want.measure(lane, &p)
		}
		for _, path := range Paths() {
			if path == Scalar {
				continue
			}
			var got, given setup
			measureWide(path, &m, &b, &got, first)
			measureCornersWide(path, &corners, &given)
			for i, row := range want.plane {
				for lane, x := range row {
					if far := want.plane[5][lane]; far > 0 && (got.plane[i][lane] != x || given.plane[i][lane] != x) {
						t.Fatalf("%v: number %d of lane %d is %v and %v, want %v", path, i, lane, got.plane[i][lane], given.plane[i][lane], x)
					}
				}
			}
		}
	}
}

// The rays of a lens are found once.
func TestRayTableIsKept(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s, p := soup(r, 0, 30)
	v := randomView(r, 60, 40)
	v.Intrinsics = lensViews(60, 40)[1].Intrinsics
	c := New(s, DefaultOptions())
	if err := c.Prepare(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	var m depth.Map
	var tables []*rayTable
	for _, fx := range []float64{50, 51, 50, 52, 53, 54, 51} {
		v.Fx = fx
		if err := c.Fork(DefaultOptions()).Prepare(context.Background(), p); err != nil {
			t.Fatal(err)
		}
		if err := c.Cast(context.Background(), v, &m, nil); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, c.shared.lenses.tables[0])
	}
	if tables[0] != tables[2] || tables[1] == tables[6] || len(c.shared.lenses.tables) != keptTables {
		t.Errorf("the tables are %p, %d are kept", tables, len(c.shared.lenses.tables))
	}
}
