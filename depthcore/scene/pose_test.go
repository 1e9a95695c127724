package scene

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

// node returns a node that changes nothing.
func node(parent int) Node {
	return Node{Parent: parent, Rotation: mgl64.QuatIdent(), Scale: mgl64.Vec3{1, 1, 1}}
}

// about returns the quaternion x y z w that turns by an angle about z.
func about(angle float64) []float64 {
	return []float64{0, 0, math.Sin(angle / 2), math.Cos(angle / 2)}
}

func flat(lists ...[]float64) (out []float64) {
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

func near(a, b []float64, within float64) bool {
	for i := range a {
		if !(math.Abs(a[i]-b[i]) <= within) {
			return false
		}
	}
	return len(a) == len(b)
}

func TestSample(t *testing.T) {
	keys := []float64{1, 2, 4}
	for _, tc := range []struct {
		name string
		c    Channel
		at   float64
		want []float64
	}{
		{"before the first key", Channel{Times: keys, Width: 1, Values: []float64{5, 7, 9}}, 0, []float64{5}},
		{"after the last key", Channel{Times: keys, Width: 1, Values: []float64{5, 7, 9}}, 99, []float64{9}},
		{"on a key", Channel{Times: keys, Width: 1, Values: []float64{5, 7, 9}}, 2, []float64{7}},
		{"not a time", Channel{Times: keys, Width: 1, Values: []float64{5, 7, 9}}, math.NaN(), []float64{5}},
		{"linear", Channel{Times: keys, Width: 2, Values: []float64{5, 0, 7, 1, 9, 3}}, 3, []float64{8, 2}},
		{"step", Channel{Times: keys, Width: 1, Values: []float64{5, 7, 9}, Interpolation: Step}, 3.999, []float64{7}},
		{"step on a key", Channel{Times: keys, Width: 1, Values: []float64{5, 7, 9}, Interpolation: Step}, 4, []float64{9}},
		{"two keys at one time", Channel{Times: []float64{0, 1, 1, 2}, Width: 1, Values: []float64{0, 1, 5, 6}}, 1.5, []float64{5.5}},
		// t^3 on [0, 2] has the tangents 0 and 12.
		{"cubic", Channel{Times: []float64{0, 2}, Width: 1, Interpolation: CubicSpline, Values: []float64{99, 0, 0, 12, 8, 99}}, 1.5, []float64{3.375}},
		{"cubic after the last key", Channel{Times: []float64{0, 2}, Width: 1, Interpolation: CubicSpline, Values: []float64{99, 0, 0, 12, 8, 99}}, 3, []float64{8}},
		{"slerp", Channel{Times: []float64{0, 1}, Width: 4, Property: Rotation, Values: flat(about(0), about(2))}, 0.3, about(0.6)},
		{"slerp along the shorter arc", Channel{Times: []float64{0, 1}, Width: 4, Property: Rotation,
			Values: flat(about(0), mulAll(about(2), -1))}, 0.3, about(0.6)},
		{"slerp of keys without unit length", Channel{Times: []float64{0, 1}, Width: 4, Property: Rotation,
			Values: flat(mulAll(about(0), 1.5), mulAll(about(2), 0.25))}, 0.3, about(0.6)},
		{"slerp over a tiny angle", Channel{Times: []float64{0, 1}, Width: 4, Property: Rotation, Values: flat(about(0), about(1e-9))}, 0.5, about(0.5e-9)},
		{"slerp over almost half a turn", Channel{Times: []float64{0, 1}, Width: 4, Property: Rotation, Values: flat(about(0), about(3.1))}, 0.5, about(1.55)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := make([]float64, tc.c.Width)
			tc.c.sample(tc.at, got)
			if !near(got, tc.want, 1e-15) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func mulAll(v []float64, f float64) []float64 {
	out := make([]float64, len(v))
	for i := range v {
		out[i] = f * v[i]
	}
	return out
}

// A matrix of a node is TRS as the quaternion's own rotation says.
func TestTRS(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		q := Normalize(mgl64.Quat{W: rnd.NormFloat64(), V: mgl64.Vec3{rnd.NormFloat64(), rnd.NormFloat64(), rnd.NormFloat64()}})
		p := mgl64.Vec3{rnd.NormFloat64(), rnd.NormFloat64(), rnd.NormFloat64()}
		m := TRS(mgl64.Vec3{1, 2, 3}, q, mgl64.Vec3{2, -3, 0.5})
		want := q.Rotate(mgl64.Vec3{2 * p[0], -3 * p[1], 0.5 * p[2]}).Add(mgl64.Vec3{1, 2, 3})
		if got := transform(&m, p); got.Sub(want).Len() > 1e-14 {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	if q := Normalize(mgl64.Quat{}); q != mgl64.QuatIdent() {
		t.Errorf("a quaternion of zeros becomes %v", q)
	}
}

// arm is a strip of vertices that follows a chain of two joints, morphed, by a
// mesh node whose own transform must not count.
func arm(vertices int) *Scene {
	s := &Scene{
		Nodes: []Node{node(-1), node(0), node(-1)},
		Skins: []Skin{{Joints: []int{0, 1}, InverseBind: []mgl64.Mat4{mgl64.Ident4(), mgl64.Translate3D(0, -1, 0)}}},
		Instances: []Instance{
			{Primitive: 0, Node: 2, Skin: 0, FromObject: mgl64.Ident4()},
			{Primitive: 0, Node: 2, Skin: -1, FromObject: mgl64.Ident4()},
			{Primitive: 0, Node: 2, Skin: -1, FromObject: mgl64.Translate3D(5, 0, 0)},
		},
		Animations: []Animation{{Name: "bend", Channels: []Channel{
			{Target: 1, Property: Rotation, Width: 4, Times: []float64{0, 1}, Values: flat(about(0), about(math.Pi/2))},
			{Target: 2, Property: Weights, Width: 1, Times: []float64{0, 1}, Values: []float64{0, 1}},
		}}},
	}
	s.Nodes[1].Translation = mgl64.Vec3{0, 1, 0}
	s.Nodes[2].Translation = mgl64.Vec3{100, 0, 0}
	s.Nodes[2].Weights = []float64{0}
	p := Primitive{Name: "arm", Material: -1, Influences: 4, Targets: []MorphTarget{{}}}
	for i := range vertices {
		y := 2 * float64(i) / float64(vertices-1)
		p.Positions = append(p.Positions, mgl64.Vec3{0, y, 0})
		p.Joints = append(p.Joints, 0, 1, 0, 0)
		w := math.Min(1, y)
		p.Weights = append(p.Weights, 1-w, w, 0, 0)
		p.Targets[0].Delta = append(p.Targets[0].Delta, mgl64.Vec3{0, 0, 1})
	}
	s.Primitives = []Primitive{p}
	return s
}

func TestSkinAndMorph(t *testing.T) {
	s := arm(3)
	p := s.NewPose(nil)
	s.Pose(p, 1)
	// The forearm turns a quarter about (0, 1, 0); the target lifts all by 1.
	for i, want := range []mgl64.Vec3{{0, 0, 1}, {0, 1, 1}, {-1, 1, 1}} {
		if got := p.Positions[0][i]; got.Sub(want).Len() > 1e-15 {
			t.Errorf("skinned vertex %d is at %v, not %v", i, got, want)
		}
		want = s.Primitives[0].Positions[i].Add(mgl64.Vec3{0, 0, 1})
		if got := p.Positions[1][i]; got != want {
			t.Errorf("morphed vertex %d is at %v, not %v", i, got, want)
		}
	}
	if p.WorldFromObject[0] != mgl64.Ident4() {
		t.Error("the skinned mesh follows its node")
	}
	if got := p.WorldFromObject[2].Col(3).Vec3(); got != (mgl64.Vec3{105, 0, 0}) {
		t.Errorf("the third instance is at %v", got)
	}
	if &p.Positions[1][0] != &p.Positions[2][0] {
		t.Error("instances of one node do not share their shape")
	}
}

func TestSparseTarget(t *testing.T) {
	prim := Primitive{Positions: make([]mgl64.Vec3, 4), Targets: []MorphTarget{
		{Vertex: []uint32{2}, Delta: []mgl64.Vec3{{1, 0, 0}}},
		{Vertex: []uint32{}},
		{Delta: []mgl64.Vec3{{}, {0, 1, 0}, {0, 1, 0}, {}}},
	}}
	out := make([]mgl64.Vec3, 4)
	prim.morph(out, []float64{2, 9, 3}, 0, 4, hasKernel)
	if want := fmt.Sprint([]mgl64.Vec3{{}, {0, 3, 0}, {2, 3, 0}, {}}); fmt.Sprint(out) != want {
		t.Errorf("got %v, want %v", out, want)
	}
}

// Any number of goroutines makes the same bits, and none of them garbage.
func TestPoseThreads(t *testing.T) {
	s := arm(50000)
	one, many := s.NewPose(nil), s.NewPose(nil)
	one.Threads, many.Threads = 1, 4
	for _, at := range []float64{0.1, 0.77} {
		s.Pose(one, at)
		s.Pose(many, at)
		for i := range one.Positions {
			for v := range one.Positions[i] {
				if one.Positions[i][v] != many.Positions[i][v] {
					t.Fatalf("vertex %d of instance %d: %v by one, %v by many", v, i, one.Positions[i][v], many.Positions[i][v])
				}
			}
		}
	}
	for _, p := range []*Pose{one, many} {
		at := 0.0
		if n := testing.AllocsPerRun(20, func() { at += 0.01; s.Pose(p, at) }); n != 0 {
			t.Errorf("%d threads: %g allocations a pose", p.Threads, n)
		}
	}
}

func TestVisibility(t *testing.T) {
	s := &Scene{
		Nodes:      []Node{node(-1), node(0)},
		Primitives: []Primitive{{Material: -1}},
		Instances:  []Instance{{Node: 1, Skin: -1, FromObject: mgl64.Ident4()}},
		Animations: []Animation{{Channels: []Channel{{Target: 0, Property: Visibility, Interpolation: Step, Width: 1, Times: []float64{0, 1}, Values: []float64{1, 0}}}}},
	}
	p := s.NewPose(nil)
	for at, hidden := range map[float64]bool{0: false, 0.9: false, 1: true, 2: true} {
		if s.Pose(p, at); p.Hidden[0] != hidden {
			t.Errorf("at %g s hidden is %v", at, p.Hidden[0])
		}
	}
}

func TestClashes(t *testing.T) {
	move := func(x float64) Animation {
		return Animation{Name: fmt.Sprint("to ", x), Channels: []Channel{{Property: Translation, Width: 3, Times: []float64{0}, Values: []float64{x, 0, 0}}}}
	}
	s := &Scene{Nodes: []Node{node(-1)}, Animations: []Animation{move(1), move(2)}}
	for _, tc := range []struct {
		animations []int
		x          float64
		clashes    int
	}{{nil, 1, 1}, {[]int{1, 0}, 2, 1}, {[]int{1}, 2, 0}, {[]int{}, 0, 0}, {[]int{7}, 0, 0}} {
		p := s.NewPose(tc.animations)
		s.Pose(p, 0)
		if got := p.WorldFromNode[0].At(0, 3); got != tc.x {
			t.Errorf("%v: x is %g, not %g", tc.animations, got, tc.x)
		}
		if got := s.Clashes(tc.animations); len(got) != tc.clashes || tc.clashes > 0 && !strings.Contains(got[0], "translation") {
			t.Errorf("%v: clashes %q", tc.animations, got)
		}
	}
}

func TestView(t *testing.T) {
	s := &Scene{
		Nodes: []Node{node(-1)},
		Cameras: []Camera{
			{YFov: math.Pi / 2, Near: 0.1},
			{YFov: math.Pi / 2, Aspect: 2},
			{Orthographic: true, XMag: 4, YMag: 3},
		},
		Animations: []Animation{{Channels: []Channel{{Target: 0, Property: CameraYFov, Width: 1, Times: []float64{0, 1}, Values: []float64{math.Pi / 2, math.Pi / 3}}}}},
	}
	s.Nodes[0].Scale = mgl64.Vec3{2, 3, 4} // taken out again
	s.Nodes[0].Translation = mgl64.Vec3{0, 0, 7}
	p := s.NewPose(nil)
	s.Pose(p, 0)
	for i, want := range []struct{ fx, fy float64 }{{50, 50}, {50, 50}, {25, 50.0 / 3}} {
		v, err := s.View(p, i, 200, 100)
		if err != nil {
			t.Fatal(err)
		}
		if !near([]float64{v.Fx, v.Fy, v.Cx, v.Cy}, []float64{want.fx, want.fy, 100, 50}, 1e-13) {
			t.Errorf("camera %d: %+v", i, v.Intrinsics)
		}
		if v.CameraFromWorld != mgl64.Translate3D(0, 0, -7) {
			t.Errorf("camera %d stands at %v", i, v.CameraFromWorld)
		}
	}
	s.Pose(p, 1)
	v, err := s.View(p, 0, 200, 100)
	if err != nil || math.Abs(v.Fy-50*math.Sqrt(3)) > 1e-12 {
		t.Errorf("animated field of view: fy %g, %v", v.Fy, err)
	}
	if _, err := s.View(p, 3, 200, 100); err == nil {
		t.Error("a fourth camera")
	}
	for _, tc := range []struct {
		c    Camera
		w, h int
	}{
		{Camera{}, 1920, 1080}, {Camera{Aspect: 0.75}, 810, 1080}, {Camera{Orthographic: true, XMag: 4, YMag: 3}, 1440, 1080},
		{Camera{Aspect: 1e9}, 16384, 1}, {Camera{Aspect: 1e-9}, 1, 1080},
	} {
		if w, h := tc.c.DefaultSize(1080); w != tc.w || h != tc.h {
			t.Errorf("%+v: %dx%d, not %dx%d", tc.c, w, h, tc.w, tc.h)
		}
	}
}

func TestTimeline(t *testing.T) {
	every := func(fps float64, from, to int) (keys []float64) {
		for n := from; n <= to; n++ {
			keys = append(keys, float64(float32(float64(n)/fps)))
		}
		return keys
	}
	for _, tc := range []struct {
		name string
		keys [][]float64
		want Timeline
	}{
		{"no animation", nil, Timeline{FPS: 24, First: 1, Last: 1}},
		{"Blender at 24", [][]float64{every(24, 1, 250)}, Timeline{FPS: 24, First: 1, Last: 250, Guessed: true}},
		{"25", [][]float64{every(25, 0, 100)}, Timeline{FPS: 25, First: 0, Last: 100, Guessed: true}},
		{"30", [][]float64{every(30, 1, 40)}, Timeline{FPS: 30, First: 1, Last: 40, Guessed: true}},
		{"60 after an hour", [][]float64{every(60, 216000, 216060)}, Timeline{FPS: 60, First: 216000, Last: 216060, Guessed: true}},
		{"film in video's time is whole", [][]float64{every(30, 1, 90), every(30, 10, 120)}, Timeline{FPS: 30, First: 1, Last: 120, Guessed: true}},
		{"a jump on a key", [][]float64{{1. / 24, 2. / 24, 2./24 + 1e-5, 3. / 24}}, Timeline{FPS: 24, First: 1, Last: 3, Guessed: true}},
		{"the same time twice", [][]float64{{0, 1. / 25, 1. / 25, 2. / 25}}, Timeline{FPS: 25, First: 0, Last: 2, Guessed: true}},
		{"an animator's poses", [][]float64{{1. / 24, 10. / 24, 24. / 24}}, Timeline{FPS: 24, First: 1, Last: 24, Guessed: true}},
		{"poses three frames apart", [][]float64{{1. / 24, 4. / 24, 24. / 24}}, Timeline{FPS: 24, First: 1, Last: 24, Guessed: true}},
		{"one key", [][]float64{{0}}, Timeline{FPS: 24, First: 0, Last: 0, Guessed: true}},
		{"no rate at all", [][]float64{{0.0123, 7.77, 19.1234}}, Timeline{FPS: 24, First: 1, Last: 458}},
		{"far away", [][]float64{{0, 1e30}}, Timeline{FPS: 24, First: 0, Last: 1 << 30, Guessed: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &Scene{Nodes: []Node{node(-1)}}
			for i, keys := range tc.keys {
				s.Animations = append(s.Animations, Animation{Channels: []Channel{{Property: Property(i), Times: keys}}})
			}
			if got := s.Timeline(nil); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func BenchmarkPoseSkinned(b *testing.B) {
	s := arm(200000)
	p := s.NewPose(nil)
	for b.Loop() {
		s.Pose(p, 0.5)
	}
}
