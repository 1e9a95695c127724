package raycast

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/scene"
)

// still returns a scene of one primitive at worldFromObject, and its pose.
func still(positions []mgl64.Vec3, indices []uint32, worldFromObject mgl64.Mat4) (*scene.Scene, *scene.Pose) {
	s := &scene.Scene{
		Nodes:      []scene.Node{{Parent: -1, HasMatrix: true, Matrix: worldFromObject}},
		Primitives: []scene.Primitive{{Positions: positions, Indices: indices, Material: -1}},
		Instances:  []scene.Instance{{FromObject: mgl64.Ident4(), Skin: -1}},
	}
	p := s.NewPose(nil)
	s.Pose(p, 0)
	return s, p
}

func view(t *testing.T, w, h int, yfov float64, worldFromCamera mgl64.Mat4) camera.View {
	t.Helper()
	m, err := camera.FromNode(worldFromCamera)
	if err != nil {
		t.Fatal(err)
	}
	f := float64(h) / 2 / math.Tan(yfov/2)
	return camera.View{Intrinsics: camera.Intrinsics{Width: w, Height: h, Fx: f, Fy: f, Cx: float64(w) / 2, Cy: float64(h) / 2}, CameraFromWorld: m}
}

func cast(t *testing.T, s *scene.Scene, p *scene.Pose, v camera.View, o Options) *depth.Map {
	t.Helper()
	c := New(s, o)
	if err := c.Prepare(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	var m depth.Map
	if err := c.Cast(context.Background(), v, &m, nil); err != nil {
		t.Fatal(err)
	}
	return &m
}

func randomRotation(r *rand.Rand) mgl64.Mat4 {
	q := mgl64.Quat{W: r.NormFloat64(), V: mgl64.Vec3{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}}
	return q.Normalize().Mat4()
}

// grid returns a square of 2 n n triangles at Z = z, seen from the origin.
func grid(n int, size, z float64) (positions []mgl64.Vec3, indices []uint32) {
	for j := 0; j <= n; j++ {
		for i := 0; i <= n; i++ {
			positions = append(positions, mgl64.Vec3{size * (2*float64(i)/float64(n) - 1), size * (2*float64(j)/float64(n) - 1), -z})
		}
	}
	for j := 0; j < n; j++ {
		for i := 0; i < n; i++ {
			a := uint32(j*(n+1) + i)
			b := a + uint32(n) + 1
			indices = append(indices, a, a+1, b+1, a, b+1, b)
		}
	}
	return positions, indices
}

// A plane parallel to the image plane has its one depth in every pixel, of two
// triangles or of 80,000, wherever camera and plane stand together in the world.
func TestParallelPlane(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, z := range []float64{0.1, 1, 10, 100, 1000} {
		for _, n := range []int{1, 200} {
			if n > 1 && z != 10 {
				continue
			}
			positions, indices := grid(n, 4*z, z)
			for _, far := range []float64{0, 370, 1e6} {
				for _, turn := range []mgl64.Mat4{mgl64.Ident4(), randomRotation(r)} {
					pose := mgl64.Translate3D(far, -far/3, far/7).Mul4(turn)
					s, p := still(positions, indices, pose)
					for _, path := range Paths() {
						m := cast(t, s, p, view(t, 320, 240, 1, pose), Options{Path: path})
						for i, got := range m.Z {
							if got != float32(z) {
								t.Fatalf("plane at %g of %d triangles, %g from the origin, %v: pixel %d is %v", z, len(indices)/3, far, path, i, got)
							}
						}
					}
				}
			}
		}
	}
}

// From inside a closed mesh every ray hits.
func TestWatertight(t *testing.T) {
	const n = 60
	var positions []mgl64.Vec3
	var indices []uint32
	r := rand.New(rand.NewPCG(3, 4))
	for j := 0; j <= n; j++ {
		for i := 0; i < n; i++ {
			th, ph := math.Pi*float64(j)/n, 2*math.Pi*float64(i)/n
			d := mgl64.Vec3{math.Sin(th) * math.Cos(ph), math.Cos(th), math.Sin(th) * math.Sin(ph)}
			if j == 0 || j == n {
				d = mgl64.Vec3{0, math.Copysign(1, math.Cos(th)), 0}
			} else {
				d = d.Mul(1 + 0.2*r.Float64())
			}
			positions = append(positions, d)
		}
	}
	for j := uint32(0); j < n; j++ {
		for i := uint32(0); i < n; i++ {
			a, b := j*n+i, j*n+(i+1)%n
			indices = append(indices, a, b, a+n, b, b+n, a+n)
		}
	}
	s, p := still(positions, indices, mgl64.Ident4())
	c := New(s, DefaultOptions())
	if err := c.Prepare(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	// Two hundred million rays the fastest way, twenty million each of the others.
	for n, path := range Paths() {
		f := c.Fork(Options{Path: path})
		if err := f.Prepare(context.Background(), p); err != nil {
			t.Fatal(err)
		}
		var m depth.Map
		for k := 0; k < 100; k++ {
			if n > 0 && k == 10 {
				break
			}
			at := mgl64.Vec3{r.Float64() - 0.5, r.Float64() - 0.5, r.Float64() - 0.5}
			v := view(t, 1920, 1080, 1+1.5*r.Float64(), mgl64.Translate3D(at[0], at[1], at[2]).Mul4(randomRotation(r)))
			if err := f.Cast(context.Background(), v, &m, nil); err != nil {
				t.Fatal(err)
			}
			if _, _, hits := m.Range(); hits != len(m.Z) {
				t.Errorf("%v, camera %d: %d of %d rays leak", path, k, len(m.Z)-hits, len(m.Z))
			}
		}
	}
	// Rays aimed at vertices, and at points of edges.
	v := view(t, 64, 64, 1, mgl64.Ident4())
	for i := 0; i+1 < len(indices); i++ {
		a, b := positions[indices[i]], positions[indices[i+1]]
		if a[2] > -0.1 || b[2] > -0.1 {
			continue
		}
		u, w, _ := v.Project(a.Add(b.Sub(a).Mul(r.Float64())))
		if _, ok := c.Probe(v, u, w); !ok {
			t.Errorf("the ray through edge %d leaks", i)
		}
	}
	for i, q := range positions {
		if q[2] > -0.1 {
			continue
		}
		u, w, _ := v.Project(q)
		if _, ok := c.Probe(v, u, w); !ok {
			t.Errorf("the ray through vertex %d leaks", i)
		}
	}
}

// A ground triangle of 20 km seen from 1 m above it.
func TestHugeGround(t *testing.T) {
	s, p := still([]mgl64.Vec3{{-2e4, -1, -2e4}, {2e4, -1, -2e4}, {0, -1, 2e4}}, []uint32{0, 1, 2}, mgl64.Ident4())
	v := view(t, 320, 240, 1, mgl64.Ident4())
	m := cast(t, s, p, v, DefaultOptions())
	for y := 121; y < 240; y++ {
		want := v.Fy / (float64(y) + 0.5 - v.Cy) // the plane y = -1
		for x := 0; x < 320; x++ {
			got := float64(m.At(x, y))
			if math.Abs(got-want) > want*1.2e-7 {
				t.Fatalf("pixel %d,%d: %v, want %v", x, y, got, want)
			}
		}
	}
}

func TestThreadsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var positions []mgl64.Vec3
	var indices []uint32
	for i := uint32(0); i < 3000; i++ {
		positions = append(positions, mgl64.Vec3{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}.Mul(3))
		indices = append(indices, i)
	}
	s, p := still(positions, indices, mgl64.Ident4())
	v := view(t, 101, 77, 1, mgl64.Ident4())
	want := cast(t, s, p, v, Options{Threads: 1})
	for _, n := range []int{2, 3, 7} {
		got := cast(t, s, p, v, Options{Threads: n})
		for i := range want.Z {
			if math.Float32bits(got.Z[i]) != math.Float32bits(want.Z[i]) {
				t.Fatalf("%d threads: pixel %d is %v, not %v", n, i, got.Z[i], want.Z[i])
			}
		}
	}
}

// Orthographic rays run along the axis: a tilted plane's Z is linear in pixels.
func TestOrthographic(t *testing.T) {
	s, p := still([]mgl64.Vec3{{-10, -10, -15}, {10, -10, -5}, {10, 10, -5}, {-10, 10, -15}}, []uint32{0, 1, 2, 0, 2, 3}, mgl64.Ident4())
	v := camera.View{Intrinsics: camera.Intrinsics{Width: 64, Height: 32, Model: camera.Orthographic, Fx: 8, Fy: 8, Cx: 32, Cy: 16}, CameraFromWorld: mgl64.Ident4()}
	m := cast(t, s, p, v, DefaultOptions())
	for y := 0; y < 32; y++ {
		for x := 0; x < 64; x++ {
			if want := float32(10 - (float64(x)+0.5-32)/8/2); m.At(x, y) != want {
				t.Fatalf("pixel %d,%d: %v, want %v", x, y, m.At(x, y), want)
			}
		}
	}
}
