package channels

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/gltfscene"
	"zscope/depthcore/raycast"
	"zscope/depthcore/scene"
)

// look poses a scene at a time and casts it.
func look(t testing.TB, s *scene.Scene, at float64, v camera.View, o raycast.Options) (Look, *depth.Map, *raycast.Hits) {
	t.Helper()
	p := s.NewPose(nil)
	s.Pose(p, at)
	c := raycast.New(s, o)
	if err := c.Prepare(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	m, h := &depth.Map{}, &raycast.Hits{}
	if err := c.CastHits(context.Background(), v, m, h, nil); err != nil {
		t.Fatal(err)
	}
	return Look{p, c, v}, m, h
}

// channelsOf makes channels of a frame, by name of their planes.
func channelsOf(t testing.TB, s *scene.Scene, f *Frame, list []Channel) map[string]Plane {
	t.Helper()
	planes, err := NewMaker(s, list, 3).Make(context.Background(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]Plane{}
	for _, p := range planes {
		named[p.Name] = p
	}
	return named
}

// wall returns a square of side 2r at z, by its node.
func wall(name string, r, z float64) (scene.Node, scene.Primitive) {
	return scene.Node{Name: name, Parent: -1, HasMatrix: true, Matrix: mgl64.Translate3D(0, 0, -z)},
		scene.Primitive{Name: name + "'s mesh", Positions: []mgl64.Vec3{{-r, -r, 0}, {r, -r, 0}, {r, r, 0}, {-r, r, 0}}, Indices: []uint32{0, 1, 2, 0, 2, 3}, Material: -1}
}

// walls is a small wall at 5 in front of a large one at 10.
func walls() *scene.Scene {
	s := &scene.Scene{Materials: []scene.Material{{Name: "paint", Factor: 1}}}
	for i, w := range []struct {
		name string
		r, z float64
	}{{"far", 100, 10}, {"near", 1, 5}} {
		n, p := wall(w.name, w.r, w.z)
		p.Mesh, p.Material = i, i-1
		s.Nodes, s.Primitives = append(s.Nodes, n), append(s.Primitives, p)
		s.Instances = append(s.Instances, scene.Instance{Primitive: i, Node: i, FromObject: mgl64.Ident4(), Skin: -1})
	}
	return s
}

func pinhole(w, h int, f float64) camera.View {
	return camera.View{Intrinsics: camera.Intrinsics{Width: w, Height: h, Fx: f, Fy: f, Cx: float64(w) / 2, Cy: float64(h) / 2}, CameraFromWorld: mgl64.Ident4()}
}

// Walls parallel to the picture have their numbers in closed form.
func TestWalls(t *testing.T) {
	s := walls()
	v := pinhole(64, 48, 50)
	now, m, h := look(t, s, 0, v, raycast.DefaultOptions())
	const dx, dy, baseline = 0.55, -0.25, 0.2
	then := now
	then.View.CameraFromWorld = mgl64.Translate3D(-dx, -dy, 0)
	f := &Frame{Look: now, Depth: m, Hits: h, Before: &now, After: &then, Baseline: baseline}
	got := channelsOf(t, s, f, All())
	for i, z := range m.Z {
		near := z == 5
		zz := 10.0
		if near {
			zz = 5
		}
		x, y := (float64(i%64)+0.5-32)/50, (float64(i/64)+0.5-24)/50
		u, w := float64(i%64)+0.5, float64(i/64)+0.5
		want := map[string]float64{
			"distance": zz * math.Sqrt(1+x*x+y*y), "inverse": 1 / zz, "disparity": 50 * baseline / zz,
			"position.X": x * zz, "position.Y": y * zz, "position.Z": zz, "world.X": x * zz, "world.Y": -y * zz, "world.Z": -zz,
			"normal.X": 0, "normal.Y": 0, "normal.Z": -1, "normal.world.X": 0, "normal.world.Y": 0, "normal.world.Z": 1,
			"smooth.Z": -1, "smooth.world.Z": 1,
			"flow.forward.U": -50 * dx / zz, "flow.forward.V": 50 * dy / zz, "flow.backward.U": 0, "flow.backward.V": 0,
		}
		for name, want := range want {
			if p := got[name].Float[i]; p != float32(want) {
				t.Fatalf("pixel %d: %s is %v, want %v", i, name, p, float32(want))
			}
		}
		ids := map[string]uint32{"object": 1, "mesh": 1, "material": 0, "valid": 1, "occlusion.backward": Seen}
		if near {
			ids = map[string]uint32{"object": 2, "mesh": 2, "material": 1, "valid": 1, "occlusion.backward": Seen}
		}
		// The near wall reaches from -1 to 1 in front of either camera.
		code := func(moveX, moveY, flowU, flowV float64) uint32 {
			at := mgl64.Vec2{x*zz - moveX, -y*zz - moveY} // seen from there, y up
			switch {
			case u+flowU < 0 || u+flowU >= 64 || w+flowV < 0 || w+flowV >= 48:
				return Outside
			case !near && math.Abs(at[0]/2+moveX) <= 1 && math.Abs(at[1]/2+moveY) <= 1:
				return Hidden
			}
			return Seen
		}
		ids["occlusion.forward"] = code(dx, dy, -50*dx/zz, 50*dy/zz)
		ids["occlusion"] = code(baseline, 0, -50*baseline/zz, 0)
		for name, want := range ids {
			if p := got[name].UInt[i]; p != want {
				t.Fatalf("pixel %d: %s is %d, want %d", i, name, p, want)
			}
		}
		a, b, c := got["barycentric.A"].Float[i], got["barycentric.B"].Float[i], got["barycentric.C"].Float[i]
		if math.Abs(float64(a+b+c)-1) > 1e-6 || min(a, b, c) < -1e-6 {
			t.Fatalf("pixel %d: weights %v %v %v", i, a, b, c)
		}
		if n := got["triangle"].UInt[i]; n != 1 && n != 2 {
			t.Fatalf("pixel %d: triangle %d", i, n)
		}
	}
	names := NamesOf(s)
	if names.Object[2] != "near" || names.Mesh[1] != "far's mesh" || names.Material[1] != "paint" {
		t.Errorf("names %+v", names)
	}
	if flat := Flat(s); !slices.Equal(flat, []string{"far's mesh", "near's mesh"}) {
		t.Errorf("flat meshes %q", flat)
	}
}

// A pixel without a surface says so in each channel.
func TestNothing(t *testing.T) {
	s := walls()
	v := pinhole(8, 4, 50)
	v.CameraFromWorld = mgl64.HomogRotate3DY(math.Pi)
	now, m, h := look(t, s, 0, v, raycast.DefaultOptions())
	got := channelsOf(t, s, &Frame{Look: now, Depth: m, Hits: h, Background: 1e10, Baseline: 1}, All())
	for _, c := range All()[1:] {
		for _, part := range c.Parts() {
			p := got[part]
			said := ""
			if c.Whole() {
				said = fmt.Sprint(p.UInt[7])
			} else if said = fmt.Sprint(p.Float[7]); said == "NaN" {
				said = "nan"
			}
			if want := c.Meaning("metre", "1e+10").Invalid; said != want {
				t.Errorf("%s is %s, but it says that %s is invalid", part, said, want)
			}
		}
	}
}

// ball returns a sphere of n rows with its normals, mirrored and stretched by m.
func ball(n int, m mgl64.Mat4) *scene.Scene {
	prim := scene.Primitive{Name: "ball", Material: -1}
	for j := 0; j <= n; j++ {
		for i := 0; i <= 2*n; i++ {
			th, ph := math.Pi*float64(j)/float64(n), math.Pi*float64(i)/float64(n)
			p := mgl64.Vec3{math.Sin(th) * math.Cos(ph), math.Cos(th), math.Sin(th) * math.Sin(ph)}
			prim.Positions = append(prim.Positions, p)
			prim.Normals = append(prim.Normals, [3]float32{float32(3 * p[0]), float32(3 * p[1]), float32(3 * p[2])})
			if i < 2*n && j < n {
				a, b := uint32(j*(2*n+1)+i), uint32((j+1)*(2*n+1)+i)
				prim.Indices = append(prim.Indices, a, a+1, b, b, a+1, b+1)
			}
		}
	}
	return &scene.Scene{Nodes: []scene.Node{{Parent: -1, HasMatrix: true, Matrix: m}}, Primitives: []scene.Primitive{prim},
		Instances: []scene.Instance{{FromObject: mgl64.Ident4(), Skin: -1}}}
}

// The normals of a ball, stretched, mirrored and seen from inside, are those of
// the ellipsoid, towards the camera.
func TestBallNormals(t *testing.T) {
	for name, m := range map[string]mgl64.Mat4{
		"plain":     mgl64.Translate3D(0, 0, -5),
		"stretched": mgl64.Translate3D(0.3, 0, -6).Mul4(mgl64.HomogRotate3DX(0.5)).Mul4(mgl64.Scale3D(2, 1, 0.5)),
		"mirrored":  mgl64.Translate3D(0, 0, -5).Mul4(mgl64.Scale3D(-1, 1.5, 1)),
		"inside":    mgl64.Scale3D(3, 4, 5),
	} {
		s := ball(60, m)
		v := pinhole(80, 60, 60)
		v.CameraFromWorld = mgl64.HomogRotate3DY(0.02)
		now, dm, h := look(t, s, 0, v, raycast.DefaultOptions())
		got := channelsOf(t, s, &Frame{Look: now, Depth: dm, Hits: h}, []Channel{Normal, NormalWorld, Smooth, SmoothWorld, World, Position})
		at := func(c Channel, i int) (p mgl64.Vec3) {
			for k, part := range c.Parts() {
				p[k] = float64(got[part].Float[i])
			}
			return p
		}
		seen := 0
		for i, z := range dm.Z {
			if !depth.IsHit(z) {
				continue
			}
			seen++
			// The gradient of the ellipsoid's equation at the point.
			inv := m.Inv()
			o := inv.Mul4x1(at(World, i).Vec4(1)).Vec3()
			want := inv.Mat3().Transpose().Mul3x1(o).Normalize()
			if name == "inside" {
				want = want.Mul(-1)
			}
			ray := at(Position, i)
			for _, c := range []struct {
				c         Channel
				tolerance float64
				world     bool
			}{{NormalWorld, 0.06, true}, {SmoothWorld, 4e-3, true}, {Normal, 0.06, false}, {Smooth, 4e-3, false}} {
				n, want := at(c.c, i), want
				if !c.world {
					want = v.CameraFromWorld.Mat3().Mul3x1(want)
					want[1], want[2] = -want[1], -want[2]
				}
				if math.Abs(n.Len()-1) > 1e-6 || n.Sub(want).Len() > c.tolerance {
					t.Fatalf("%s: pixel %d: %s is %v, want %v", name, i, c.c, n, want)
				}
				if c.c == Normal && n.Dot(ray) > 1e-6 {
					t.Fatalf("%s: pixel %d: the normal %v points away", name, i, n)
				}
			}
		}
		if seen < 300 {
			t.Errorf("%s: only %d pixels see the ball", name, seen)
		}
	}
}

// sharedScene loads one of the scenes beside the repository.
func sharedScene(t testing.TB, name string) *scene.Scene {
	t.Helper()
	const dir = "../../../shared/scenes"
	if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("the shared scenes are not here")
	}
	s, err := gltfscene.Load(context.Background(), os.DirFS(dir), name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// frameOf returns a frame of a scene's first camera with those beside it.
func frameOf(t testing.TB, s *scene.Scene, number, w, h int, o raycast.Options) *Frame {
	t.Helper()
	tl := s.Timeline(nil)
	at := func(n int) (Look, *depth.Map, *raycast.Hits) {
		p := s.NewPose(nil)
		s.Pose(p, tl.Time(n))
		v, err := s.View(p, 0, w, h)
		if err != nil {
			t.Fatal(err)
		}
		return look(t, s, tl.Time(n), v, o)
	}
	now, m, hits := at(number)
	before, _, _ := at(number - 1)
	after, _, _ := at(number + 1)
	return &Frame{Look: now, Depth: m, Hits: hits, Before: &before, After: &after, Baseline: 0.1}
}

// Each path and any number of threads make the same bits of every channel.
func TestPathsAgree(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/scenes/*.glb")
	for _, file := range files {
		s := sharedScene(t, filepath.Base(file))
		var want []Plane
		for _, path := range raycast.Paths() {
			for _, threads := range []int{1, 3} {
				o := raycast.DefaultOptions()
				o.Path, o.Threads = path, threads
				planes, err := NewMaker(s, All(), threads).Make(context.Background(), frameOf(t, s, 7, 201, 113, o), nil)
				if err != nil {
					t.Fatal(err)
				}
				if want == nil {
					want = planes
				}
				for k, p := range planes {
					same := slices.Equal(p.UInt, want[k].UInt) && slices.EqualFunc(p.Float, want[k].Float, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) })
					if !same {
						t.Errorf("%s, %v, threads %d: %s is another one", filepath.Base(file), path, threads, p.Name)
					}
				}
			}
		}
	}
}

// Flow leads to where the next frame sees the same point of the surface, and
// back to the pixel's centre; what hides it there is nearer. The same holds for
// the two pictures of a stereo pair.
func TestFlowThereAndBack(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/scenes/*.glb")
	for _, file := range files {
		s := sharedScene(t, filepath.Base(file))
		o := raycast.DefaultOptions()
		f := frameOf(t, s, 9, 96, 54, o)
		got := channelsOf(t, s, f, All())
		here := f.Caster.Surfaces(f.View)
		right := f.Look
		right.View = right.View.Beside(f.Baseline)
		seen, codes, moved := 0, [4]int{}, 0.0 // pixels that came back, of each code; the largest move
		for i := range f.Depth.Z {
			u, v := float64(i%96)+0.5, float64(i/96)+0.5
			for _, to := range []struct {
				look   *Look
				du, dv float64
				code   uint32
			}{
				{look: f.After, du: float64(got["flow.forward.U"].Float[i]), dv: float64(got["flow.forward.V"].Float[i]), code: got["occlusion.forward"].UInt[i]},
				{look: f.Before, du: float64(got["flow.backward.U"].Float[i]), dv: float64(got["flow.backward.V"].Float[i]), code: got["occlusion.backward"].UInt[i]},
				{look: &right, du: -float64(got["disparity"].Float[i]), code: got["occlusion"].UInt[i]},
			} {
				codes[to.code]++
				if to.code == Nowhere {
					continue
				}
				moved = max(moved, math.Abs(to.du))
				there := to.look.Caster.Surfaces(to.look.View)
				corners, ok := there.Corners(f.Hits.Instance[i], f.Hits.Triangle[i])
				at := raycast.Carry(&corners, float64(got["barycentric.B"].Float[i]), float64(got["barycentric.C"].Float[i]))
				hit, sees := to.look.Caster.Probe(to.look.View, u+to.du, v+to.dv)
				switch {
				case !ok:
					t.Fatalf("%s: pixel %d has no triangle there", file, i)
				case to.code == Outside:
				case to.code == Hidden && !(sees && hit.Z < at[2]*(1-Slack/2)):
					t.Errorf("%s: pixel %d: hidden at %v, but the ray sees %v", file, i, at[2], hit.Z)
				case to.code == Seen && sees && hit.Instance == int(f.Hits.Instance[i]) && hit.Triangle == int(f.Hits.Triangle[i]):
					seen++
					back, _ := here.Corners(int32(hit.Instance), uint32(hit.Triangle))
					p := raycast.Carry(&back, hit.B1, hit.B2)
					bu, bv, _ := f.View.Project(mgl64.Vec3{p[0], -p[1], -p[2]})
					// Flow is a float32, and a surface seen at a grazing angle
					// makes much of its rounding.
					if d := math.Hypot(bu-u, bv-v); d > 1e-3 {
						t.Errorf("%s: pixel %d comes back %g pixels off", file, i, d)
					}
				}
			}
		}
		t.Logf("%s: %d came back, codes %v, moved by %g pixels at most", filepath.Base(file), seen, codes, moved)
		if codes[Seen] == 0 || seen < codes[Seen]*9/10 {
			t.Errorf("%s: only %d of %d came back", file, seen, codes[Seen])
		}
	}
}

// Through a lens the positions lie on the pixels' rays, and have the map's Z.
func TestLens(t *testing.T) {
	s := sharedScene(t, "c_room.glb")
	for name, lens := range map[string]camera.Lens{
		"opencv":  {Model: camera.OpenCVLens, Coefficients: [12]float64{-0.28, 0.09, 0.001, -0.002, -0.01}},
		"fisheye": {Model: camera.FisheyeLens, Coefficients: [12]float64{-0.01, 0.02}},
	} {
		f := frameOf(t, s, 7, 120, 80, raycast.DefaultOptions())
		v := f.View
		v.Lens = lens
		now, m, h := look(t, s, f.Pose.Time, v, raycast.DefaultOptions())
		got := channelsOf(t, s, &Frame{Look: now, Depth: m, Hits: h, After: &now}, []Channel{Position, FlowForward, OcclusionForward})
		hits := 0
		for i, z := range m.Z {
			if !depth.IsHit(z) {
				continue
			}
			hits++
			p := mgl64.Vec3{float64(got["position.X"].Float[i]), float64(got["position.Y"].Float[i]), float64(got["position.Z"].Float[i])}
			u, w, _ := v.Project(mgl64.Vec3{p[0], -p[1], -p[2]})
			if float32(p[2]) != z || math.Hypot(u-float64(i%120)-0.5, w-float64(i/120)-0.5) > 1e-4 {
				t.Fatalf("%s: pixel %d: the position %v is seen at %v, %v; Z is %v", name, i, p, u, w, z)
			}
			if got["flow.forward.U"].Float[i] != 0 || got["occlusion.forward"].UInt[i] != Seen {
				t.Fatalf("%s: pixel %d moves though nothing does", name, i)
			}
		}
		if hits < 5000 {
			t.Errorf("%s: %d pixels see the room", name, hits)
		}
	}
}

func TestParse(t *testing.T) {
	got, err := Parse("z, normal,flow")
	if want := []Channel{Z, Normal, FlowForward, OcclusionForward, FlowBackward, OcclusionBackward}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{"", "depth", "z,z", "object,ids"} {
		if got, err := Parse(bad); err == nil {
			t.Errorf("%q is read as %v", bad, got)
		}
	}
}

// BenchmarkMake makes each channel of a 1920x1080 frame.
func BenchmarkMake(b *testing.B) {
	s := sharedScene(b, "c_room.glb")
	f := frameOf(b, s, 7, 1920, 1080, raycast.DefaultOptions())
	for _, c := range All()[1:] {
		b.Run(string(c), func(b *testing.B) {
			m := NewMaker(s, []Channel{c}, 2)
			var planes []Plane
			for b.Loop() {
				var err error
				if planes, err = m.Make(context.Background(), f, planes); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
