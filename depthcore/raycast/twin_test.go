package raycast

import (
	"context"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/scene"
)

// twin casts every pixel exhaustively.
func twin(s *scene.Scene, p *scene.Pose, v camera.View, o Options) *depth.Map {
	m := depth.New(v.Width, v.Height)
	pixels := make([]image.Point, len(m.Z))
	for i := range pixels {
		pixels[i] = image.Pt(i%v.Width, i/v.Width)
	}
	z, err := Exhaustive(context.Background(), s, p, v, o, pixels)
	if err != nil {
		panic(err)
	}
	for i := range z {
		m.Z[i] = float32(z[i])
	}
	return m
}

// kinds is how many kinds of soup there are.
const kinds = 9

// soup returns a scene of n triangles of a kind, in several instances.
func soup(r *rand.Rand, kind, n int) (*scene.Scene, *scene.Pose) {
	var positions []mgl64.Vec3
	var indices []uint32
	at := func(scale float64) mgl64.Vec3 {
		return mgl64.Vec3{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}.Mul(scale)
	}
	add := func(p ...mgl64.Vec3) {
		for _, q := range p {
			if kind != 6 {
				for k := range q {
					q[k] = float64(float32(q[k])) // as in a file
				}
			}
			indices = append(indices, uint32(len(positions)))
			positions = append(positions, q)
		}
	}
	for len(indices) < 3*n {
		a := at(5)
		switch kind {
		case 0: // small
			add(a, a.Add(at(0.2)), a.Add(at(0.2)))
		case 1: // all over the place, many through the camera's plane
			add(a, at(5), at(5))
		case 2: // slivers
			d := at(4)
			add(a, a.Add(d), a.Add(d.Mul(r.Float64())).Add(at(math.Exp(-20*r.Float64()))))
		case 3: // sizes of all magnitudes
			e := math.Exp(16*r.Float64() - 12)
			add(a, a.Add(at(e)), a.Add(at(e)))
		case 4: // fans around one vertex, doubled: shared edges and ties
			b, c, d := at(2), at(2), at(2)
			add(a, a.Add(b), a.Add(c), a, a.Add(c), a.Add(d), a.Add(b), a.Add(c), a, a, a.Add(b), a.Add(c))
		case 5: // coordinates on a coarse grid: coplanar, degenerate, through the camera
			g := func() mgl64.Vec3 {
				return mgl64.Vec3{float64(r.IntN(7) - 3), float64(r.IntN(7) - 3), float64(r.IntN(7) - 3)}
			}
			add(g(), g(), g())
		case 6: // positions that float32 does not hold, some not finite
			b := at(0.5)
			if r.IntN(50) == 0 {
				b[r.IntN(3)] = math.Inf(1)
			}
			add(a, a.Add(b), a.Add(at(0.5)))
		case 7: // almost edge-on
			e := a.Mul(1 + 0.3*r.Float64())
			add(a, e, e.Add(at(math.Exp(-15*r.Float64()))))
		case 8: // crumpled sheets of any size, whose triangles share vertices
			side, size := 1+r.IntN(8), math.Exp(7*r.Float64()-5)
			b, c := at(size), at(size)
			first := len(positions)
			for i := range side + 1 {
				for k := range side + 1 {
					positions = append(positions, a.Add(b.Mul(float64(i))).Add(c.Mul(float64(k))).Add(at(size/3)))
				}
			}
			for i := first; i < len(positions); i++ {
				for k, x := range positions[i] {
					positions[i][k] = float64(float32(x))
				}
			}
			for i := range side {
				for k := range side {
					q := uint32(first + i*(side+1) + k)
					w := uint32(side + 1)
					indices = append(indices, q, q+1, q+w, q+w, q+1, q+w+1)
				}
			}
		}
	}
	s := &scene.Scene{Materials: []scene.Material{{Factor: 1}}}
	pose := &scene.Pose{Materials: s.Materials}
	half := len(indices) / 6 * 3
	for i, part := range [][]uint32{indices[:half], indices[half:]} {
		s.Primitives = append(s.Primitives, scene.Primitive{Positions: positions, Indices: part, Material: i - 1})
		m := mgl64.Translate3D(r.NormFloat64(), r.NormFloat64(), r.NormFloat64()).Mul4(randomRotation(r))
		if kind == 5 {
			m = mgl64.Ident4()
		}
		if i == 1 && r.IntN(2) == 0 {
			m = m.Mul4(mgl64.Scale3D(-1, 0.5, 2))
		}
		s.Instances = append(s.Instances, scene.Instance{Primitive: i, Skin: -1})
		pose.WorldFromObject = append(pose.WorldFromObject, m)
		pose.Positions = append(pose.Positions, nil)
		pose.Hidden = append(pose.Hidden, false)
	}
	return s, pose
}

func randomView(r *rand.Rand, w, h int) camera.View {
	f := float64(h) * (0.3 + 2*r.Float64())
	v := camera.View{Intrinsics: camera.Intrinsics{Width: w, Height: h, Fx: f, Fy: f * (0.7 + 0.6*r.Float64()),
		Cx: float64(w) * (r.Float64()*1.6 - 0.3), Cy: float64(h) * r.Float64()}, Near: 2, Far: 8}
	m := mgl64.Translate3D(r.NormFloat64(), r.NormFloat64(), r.NormFloat64()).Mul4(randomRotation(r))
	switch r.IntN(4) {
	case 0:
		m = mgl64.Ident4() // the camera sees edges and vertices exactly
	case 1:
		m = m.Mul4(mgl64.Scale3D(1, 0.8, 1.2))
	}
	v.CameraFromWorld = m
	if r.IntN(3) == 0 {
		v.Model = camera.Orthographic
		v.Fx, v.Fy = v.Fx/6, v.Fy/6
	}
	return v
}

// compare tells the first pixel that differs and how many do.
func compare(t *testing.T, what string, got, want *depth.Map) {
	t.Helper()
	bad := 0
	for i := range want.Z {
		if math.Float32bits(got.Z[i]) != math.Float32bits(want.Z[i]) {
			if bad == 0 {
				t.Errorf("%s: pixel %d,%d is %v, want %v", what, i%want.Width, i/want.Width, got.Z[i], want.Z[i])
			}
			bad++
		}
	}
	if bad > 0 {
		t.Errorf("%s: %d of %d pixels differ", what, bad, len(want.Z))
	}
}

// Whatever the scene, the path and the threads, the caster's answer is that of
// asking every triangle.
func TestTwin(t *testing.T) {
	sizes := [][2]int{{1, 1}, {180, 90}, {131, 67}, {7, 130}}
	for kind := range kinds {
		for seed := uint64(0); seed < 10; seed++ {
			r := rand.New(rand.NewPCG(seed, uint64(kind)))
			s, p := soup(r, kind, 40+r.IntN(200))
			size := sizes[seed%4]
			v := randomView(r, size[0], size[1])
			o := Options{Clip: seed%5 == 4, CullBackFaces: seed%3 == 2}
			what := fmt.Sprintf("kind %d, seed %d, %dx%d, %v", kind, seed, size[0], size[1], v.Model)
			want := twin(s, p, v, o)
			for _, o.Path = range Paths() {
				for _, o.Threads = range []int{1, 2, 3, 7} {
					compare(t, fmt.Sprint(what, ", ", o.Path, ", threads ", o.Threads), cast(t, s, p, v, o), want)
				}
			}
			if t.Failed() {
				return
			}
		}
	}
}

// The probe at a pixel's centre sees what the map holds.
func TestProbeAgrees(t *testing.T) {
	for kind := range kinds {
		r := rand.New(rand.NewPCG(9, uint64(kind)))
		s, p := soup(r, kind, 150)
		v := randomView(r, 33, 21)
		c := New(s, DefaultOptions())
		if err := c.Prepare(context.Background(), p); err != nil {
			t.Fatal(err)
		}
		var m depth.Map
		if err := c.Cast(context.Background(), v, &m, nil); err != nil {
			t.Fatal(err)
		}
		for i, want := range m.Z {
			hit, ok := c.Probe(v, float64(i%33)+0.5, float64(i/33)+0.5)
			if !ok {
				hit.Z = math.Inf(1)
			}
			if float32(hit.Z) != want {
				t.Fatalf("kind %d: pixel %d: the probe says %v, the map %v", kind, i, hit.Z, want)
			}
		}
	}
}

// Numbers near the ends of float64 and float32 do no harm.
func TestWildNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, scale := range []float64{1e-300, 1e-30, 1e-13, 1e-6, 1e6, 1e13, 1e25, 1e150, 1e306} {
		s, p := soup(r, 0, 60)
		for i := range p.WorldFromObject {
			p.WorldFromObject[i] = mgl64.Scale3D(scale, scale, scale).Mul4(p.WorldFromObject[i])
		}
		v := view(t, 40, 30, 1, mgl64.Ident4())
		compare(t, fmt.Sprint("scale ", scale), cast(t, s, p, v, DefaultOptions()), twin(s, p, v, DefaultOptions()))
	}
}

// Once warm, a cast allocates nothing.
func TestCastAllocates(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	s, p := soup(r, 0, 500)
	v := view(t, 200, 150, 1, mgl64.Ident4())
	c := New(s, Options{Threads: 2})
	if err := c.Prepare(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	if n := allocations(t, c, v, 100); n > 0 {
		t.Errorf("%v allocations a cast", n)
	}
}

// allocations returns how many a cast makes, of some, once all is warm.
func allocations(t *testing.T, c *Caster, v camera.View, runs int) float64 {
	t.Helper()
	var m depth.Map
	run := func() {
		if err := c.Cast(context.Background(), v, &m, nil); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		run()
	}
	return testing.AllocsPerRun(runs, run)
}

// Where alpha cuts a surface out, what lies behind it is seen.
func TestTwinAlpha(t *testing.T) {
	cut := 0
	for seed := uint64(0); seed < 8; seed++ {
		r := rand.New(rand.NewPCG(seed, 21))
		s, p := soup(r, int(seed), 120)
		texture := &scene.Texture{Width: 5, Height: 3, WrapU: scene.Wrap(seed % 3), WrapV: scene.Wrap(seed / 3 % 3), Nearest: seed%2 == 1}
		for range texture.Width * texture.Height {
			texture.Alpha = append(texture.Alpha, uint16(r.UintN(65536)))
		}
		s.Materials[0] = scene.Material{Mode: scene.Mask, Cutoff: 0.5, Factor: 0.9, Texture: texture}
		prim := &s.Primitives[1]
		for range prim.Positions {
			prim.UV = append(prim.UV, mgl64.Vec2{3 * r.NormFloat64(), 3 * r.NormFloat64()})
			prim.Alpha = append(prim.Alpha, 0.7+0.3*r.Float64())
		}
		p.Materials = s.Materials
		v := randomView(r, 90, 70)
		want := twin(s, p, v, DefaultOptions())
		for _, path := range Paths() {
			o := DefaultOptions()
			o.Path = path
			compare(t, fmt.Sprint("seed ", seed, ", ", path), cast(t, s, p, v, o), want)
		}
		lens := lensViews(90, 70)[seed]
		bent := camera.View{Intrinsics: lens.Intrinsics, CameraFromWorld: v.CameraFromWorld}
		wantBent := twin(s, p, bent, DefaultOptions())
		for _, path := range Paths() {
			o := DefaultOptions()
			o.Path = path
			compare(t, fmt.Sprint("seed ", seed, ", lens ", lens.name, ", ", path), cast(t, s, p, bent, o), wantBent)
		}
		o := DefaultOptions()
		o.NoMask = true
		solid := cast(t, s, p, v, o)
		compare(t, "opaque", solid, twin(s, p, v, o))
		for i := range want.Z {
			if want.Z[i] != solid.Z[i] {
				cut++
			}
		}
	}
	if cut == 0 {
		t.Error("the cut-outs change nothing")
	}
}

// Shapes that deform are cast as they stand, refitted or built anew.
func TestTwinDeforming(t *testing.T) {
	for _, kind := range []int{0, 8} {
		testDeforming(t, kind)
	}
}

func testDeforming(t *testing.T, kind int) {
	r := rand.New(rand.NewPCG(31, 32))
	s, p := soup(r, kind, 300)
	v := randomView(r, 80, 60)
	moved := append([]mgl64.Vec3(nil), s.Primitives[0].Positions...)
	for i := range p.Positions {
		p.Positions[i] = moved
	}
	for _, path := range Paths() {
		c := New(s, Options{Path: path})
		for range 6 {
			for i := range moved {
				moved[i] = moved[i].Add(mgl64.Vec3{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}.Mul(0.4))
			}
			if err := c.Prepare(context.Background(), p); err != nil {
				t.Fatal(err)
			}
			var m depth.Map
			if err := c.Cast(context.Background(), v, &m, nil); err != nil {
				t.Fatal(err)
			}
			compare(t, path.String(), &m, twin(s, p, v, Options{}))
		}
		c.Wait()
	}
}
