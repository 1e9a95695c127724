package session

import (
	"context"
	"image"
	"math"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
	"zscope/depthcore/export"
	"zscope/depthcore/raycast"
	"zscope/depthcore/scene"
	"zscope/viewer/model"
)

// The scenes of the benchmarks have 200 thousand triangles that move for two
// seconds at 24 frames a second.
const (
	benchFrames    = 48
	benchTriangles = 200_000
)

// cloth adds a square sheet of 2 n n triangles with waves in it.
func cloth(s *scene.Scene, n int) *scene.Primitive {
	p := scene.Primitive{Name: "cloth", Material: -1}
	for j := range n + 1 {
		for i := range n + 1 {
			x, y := 2*float64(i)/float64(n)-1, 2*float64(j)/float64(n)-1
			p.Positions = append(p.Positions, mgl64.Vec3{x, y, 0.05 * math.Sin(9*x) * math.Cos(7*y)})
		}
	}
	for j := range n {
		for i := range n {
			a := uint32(j*(n+1) + i)
			b := a + uint32(n) + 1
			p.Indices = append(p.Indices, a, a+1, b+1, a, b+1, b)
		}
	}
	s.Primitives = append(s.Primitives, p)
	return &s.Primitives[len(s.Primitives)-1]
}

// turn adds a channel that turns a node to and fro about an axis.
func turn(s *scene.Scene, node int, axis mgl64.Vec3, angle float64) {
	c := scene.Channel{Target: node, Property: scene.Rotation, Width: 4}
	for f := range benchFrames + 1 {
		q := mgl64.QuatRotate(angle*math.Sin(2*math.Pi*float64(f)/benchFrames), axis)
		c.Times = append(c.Times, float64(f)/24)
		c.Values = append(c.Values, q.V[0], q.V[1], q.V[2], q.W)
	}
	s.Animations[0].Channels = append(s.Animations[0].Channels, c)
}

func benchScene() *scene.Scene {
	node := scene.Node{Parent: -1, Rotation: mgl64.QuatIdent(), Scale: mgl64.Vec3{1, 1, 1}}
	eye := node
	eye.Translation = mgl64.Vec3{0, 0, 4}
	return &scene.Scene{
		Nodes:      []scene.Node{eye},
		Cameras:    []scene.Camera{{Name: "camera", YFov: 0.7, Aspect: 16. / 9}},
		Animations: make([]scene.Animation, 1),
	}
}

func addNode(s *scene.Scene, at mgl64.Vec3, size float64) int {
	s.Nodes = append(s.Nodes, scene.Node{Parent: -1, Translation: at, Rotation: mgl64.QuatIdent(), Scale: mgl64.Vec3{size, size, size}})
	return len(s.Nodes) - 1
}

// deforming has a cloth that four bones bend, and one of two morph targets.
func deforming() *scene.Scene {
	s := benchScene()
	n := int(math.Sqrt(benchTriangles / 4))
	skin := scene.Skin{}
	for k := range 4 {
		x := float64(k)/2 - 0.75
		bone := addNode(s, mgl64.Vec3{x - 1.1, 0, 0}, 1)
		skin.Joints = append(skin.Joints, bone)
		skin.InverseBind = append(skin.InverseBind, mgl64.Translate3D(-x, 0, 0))
		turn(s, bone, mgl64.Vec3{0, 1, 0}, 0.3*float64(k))
	}
	s.Skins = []scene.Skin{skin}
	p := cloth(s, n)
	p.Influences = 4
	for _, q := range p.Positions {
		var w [4]float64
		sum := 0.0
		for k := range w {
			d := q[0] - (float64(k)/2 - 0.75)
			w[k] = math.Exp(-8 * d * d)
			sum += w[k]
		}
		for k := range w {
			p.Joints, p.Weights = append(p.Joints, uint16(k)), append(p.Weights, w[k]/sum)
		}
	}
	s.Instances = append(s.Instances, scene.Instance{Primitive: 0, Node: 0, FromObject: mgl64.Ident4(), Skin: 0})

	p = cloth(s, n)
	weights := scene.Channel{Property: scene.Weights, Width: 2}
	for k := range 2 {
		t := scene.MorphTarget{}
		for _, q := range p.Positions {
			t.Delta = append(t.Delta, mgl64.Vec3{0.1 * math.Sin(3*q[1]), 0, 0.4 * math.Cos(float64(3+4*k)*q[0]+q[1])})
		}
		p.Targets = append(p.Targets, t)
	}
	weights.Target = addNode(s, mgl64.Vec3{1.1, 0, 0}, 1)
	s.Nodes[weights.Target].Weights = make([]float64, 2)
	for f := range benchFrames + 1 {
		a := 2 * math.Pi * float64(f) / benchFrames
		weights.Times = append(weights.Times, float64(f)/24)
		weights.Values = append(weights.Values, math.Sin(a), math.Sin(2*a))
	}
	s.Animations[0].Channels = append(s.Animations[0].Channels, weights)
	s.Instances = append(s.Instances, scene.Instance{Primitive: 1, Node: weights.Target, FromObject: mgl64.Ident4(), Skin: -1})
	return s
}

// rigid has a hundred parts that turn, each a mesh of its own.
func rigid() *scene.Scene {
	s := benchScene()
	const side = 10
	for k := range side * side {
		cloth(s, int(math.Sqrt(benchTriangles/2))/side)
		node := addNode(s, mgl64.Vec3{0.4 * (float64(k%side) - side/2 + 0.5), 0.25 * (float64(k/side) - side/2 + 0.5), 0}, 0.25)
		turn(s, node, mgl64.Vec3{1, float64(k % 3), 0}.Normalize(), 1)
		s.Instances = append(s.Instances, scene.Instance{Primitive: k, Node: node, FromObject: mgl64.Ident4(), Skin: -1})
	}
	return s
}

var benchScenes = map[string]func() *scene.Scene{"deforming": deforming, "rigid": rigid}

// BenchmarkFrame measures each stage of a 1920x1080 frame by itself.
func BenchmarkFrame(b *testing.B) {
	for name, make := range benchScenes {
		b.Run(name, func(b *testing.B) {
			s, ctx := make(), context.Background()
			pose, caster := s.NewPose(nil), raycast.New(s, raycast.DefaultOptions())
			var m depth.Map
			var painter colormap.Painter
			mapping := colormap.Default()
			mapping.Near, mapping.Far = 2, 6
			painted, window := &image.RGBA{}, &image.RGBA{Pix: []uint8{}}
			stages := []struct {
				name string
				do   func(frame int) error
				took time.Duration
			}{
				{name: "pose-ms", do: func(frame int) error { s.Pose(pose, float64(frame)/24); return nil }},
				{name: "refit-ms", do: func(int) error { return caster.Prepare(ctx, pose) }},
				{name: "cast-ms", do: func(int) error {
					v, err := s.View(pose, 0, 1920, 1080)
					if err != nil {
						return err
					}
					return caster.Cast(ctx, v, &m, nil)
				}},
				{name: "range-ms", do: func(int) error { painter.Ranges(&m, mostCut); return nil }},
				{name: "paint-ms", do: func(int) error { painter.Paint(painted, &m, mapping); return nil }},
				{name: "copy-ms", do: func(int) error { window.Pix = append(window.Pix[:0], painted.Pix...); return nil }},
			}
			frame := 0
			next := func(count bool) {
				for k := range stages {
					start := time.Now()
					if err := stages[k].do(frame % benchFrames); err != nil {
						b.Fatal(err)
					}
					if count {
						stages[k].took += time.Since(start)
					}
				}
				frame++
			}
			next(false)
			for b.Loop() {
				next(true)
			}
			for _, stage := range stages {
				b.ReportMetric(stage.took.Seconds()*1e3/float64(b.N), stage.name)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
			if _, _, hits := m.Range(); hits < len(m.Z)/4 {
				b.Errorf("only %d pixels see the scene", hits)
			}
		})
	}
}

// BenchmarkScrub measures the session as somebody scrubs: from asking for a
// frame that is not at hand to its exact picture, painted and copied to where
// the window has it.
func BenchmarkScrub(b *testing.B) {
	for name, make := range benchScenes {
		b.Run(name, func(b *testing.B) {
			pictures := newPictures()
			s := New(Config{Send: pictures.take, CacheBytes: 1})
			defer s.Close()
			j := export.NewJob(make(), "")
			j.Width, j.Height = 1920, 1080
			var painter colormap.Painter
			mapping := colormap.Default()
			mapping.Near, mapping.Far = 2, 6
			painted, window := &image.RGBA{}, &image.RGBA{Pix: []uint8{}}
			serial := 0
			next := func() {
				serial++
				s.Do(model.Render{Request: model.Request{Serial: serial, Timeline: j.Timeline(), Job: j, Frame: serial % benchFrames}})
				p, err := pictures.exact(serial)
				if err != nil {
					b.Fatal(err)
				}
				painter.Paint(painted, p.Map, mapping)
				window.Pix = append(window.Pix[:0], painted.Pix...)
			}
			next()
			for b.Loop() {
				next()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
		})
	}
}

// pictures collects what a session sends.
type pictures chan model.Msg

func newPictures() pictures { return make(chan model.Msg, 1000) }

func (p pictures) take(m model.Msg) {
	switch m.(type) {
	case model.Rendered, model.RenderFailed:
		p <- m
	}
}

func (p pictures) exact(serial int) (model.Picture, error) {
	for m := range p {
		switch m := m.(type) {
		case model.RenderFailed:
			return model.Picture{}, m.Err
		case model.Rendered:
			if m.Picture.Serial == serial && m.Picture.Exact {
				return m.Picture, nil
			}
		}
	}
	return model.Picture{}, nil
}
