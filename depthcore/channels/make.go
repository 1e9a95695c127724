package channels

import (
	"context"
	"fmt"
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/internal/par"
	"zscope/depthcore/raycast"
	"zscope/depthcore/scene"
)

// Slack is by how much of its Z something must be nearer than a point to hide
// it: less is the point's own surface.
const Slack = 1e-6

// What the occlusion channels say.
const (
	Seen    = 0
	Hidden  = 1 // behind something else
	Outside = 2 // of the picture
	Nowhere = 3 // no surface here, or none there
)

// Look is a camera's look at a posed scene. Caster is prepared for Pose.
type Look struct {
	Pose   *scene.Pose
	Caster *raycast.Caster
	View   camera.View
}

// Frame is a depth map with all that its channels are made of.
type Frame struct {
	Look
	Depth *depth.Map
	Hits  *raycast.Hits
	// Before and After are the looks of the frames beside this one, nil where
	// there are none or nobody asks.
	Before, After *Look
	// Baseline is the distance of the stereo pair's cameras; Right says that
	// this picture is the right one.
	Baseline   float64
	Right      bool
	Background float32 // of depth and distance where no surface is
}

// Plane is one number of each pixel, row by row from the top left. Either Float
// or UInt is set.
type Plane struct {
	Name  string
	Float []float32
	UInt  []uint32
}

// Maker makes channels, frame after frame. It is used by one goroutine at a time
// and spreads its work over several.
type Maker struct {
	scene *scene.Scene
	list  []Channel
	ids   []ids
	pool  *par.Pool
	marks []raycast.Mark
	at    []int32 // pixel of each mark
	near  []bool
}

// NewMaker returns a maker of the given channels of a scene. The channel z is
// left to the depth map itself.
func NewMaker(s *scene.Scene, list []Channel, threads int) *Maker {
	m := &Maker{scene: s, pool: par.New(threads)}
	m.ids, _ = number(s)
	for _, c := range list {
		if c != Z {
			m.list = append(m.list, c)
		}
	}
	return m
}

// Planes returns how many planes Make makes.
func (m *Maker) Planes() (n int) {
	for _, c := range m.list {
		n += len(c.Parts())
	}
	return n
}

// Make returns the channels' planes in their order. It takes the memory of
// planes made before, which may be nil.
func (m *Maker) Make(ctx context.Context, f *Frame, planes []Plane) ([]Plane, error) {
	n := f.Depth.Width * f.Depth.Height
	if len(f.Hits.Instance) != n {
		return nil, fmt.Errorf("channels: hits of %dx%d for a map of %dx%d", f.Hits.Width, f.Hits.Height, f.Depth.Width, f.Depth.Height)
	}
	planes = planes[:min(len(planes), cap(planes))]
	if len(planes) != m.Planes() {
		planes = make([]Plane, m.Planes())
	}
	w := work{maker: m, frame: f, surfaces: f.Caster.Surfaces(f.View), worldFromCamera: f.View.WorldFromCamera(), rays: newRays(f.View.Intrinsics)}
	k := 0
	for _, c := range m.list {
		parts := c.Parts()
		own := planes[k : k+len(parts)]
		k += len(parts)
		for i, name := range parts {
			own[i].Name = name
			if c.Whole() {
				own[i].UInt, own[i].Float = grown(own[i].UInt, n), nil
			} else {
				own[i].Float, own[i].UInt = grown(own[i].Float, n), nil
			}
		}
		w.add(c, own)
	}
	const rows = 8
	height := f.Depth.Height
	workers := make([]spot, m.pool.Workers())
	err := m.pool.Run(ctx, (height+rows-1)/rows, func(worker, item int) {
		for y := item * rows; y < min((item+1)*rows, height); y++ {
			w.row(&workers[worker], y)
		}
	})
	if err != nil {
		return nil, err
	}
	for _, o := range w.others {
		if err := m.hide(ctx, &o); err != nil {
			return nil, err
		}
	}
	return planes, nil
}

func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// work is one call of Make.
type work struct {
	maker           *Maker
	frame           *Frame
	surfaces        *raycast.Surfaces
	worldFromCamera mgl64.Mat4
	rays            rays
	writers         []writer
	carriers        [2]*carrier // to the frame before, to that after; nil where nobody asks
	others          []other
	smooth          bool // somebody asks for vertex normals
}

// writer writes a channel: what a pixel without a surface has, or of a spot.
type writer struct {
	empty func(i int)
	full  func(i int, s *spot)
}

// spot is the place that a pixel shows.
type spot struct {
	x, y, z  float64 // the ray's image-plane coordinates, the depth
	at       mgl64.Vec3
	b1, b2   float64
	back     bool // the camera sees the triangle's back
	instance int32
	triangle uint32
	u, v     float64 // the pixel's centre

	face   raycast.Face
	smooth [3]mgl64.Vec3 // vertex normals in world space
	there  [2]there      // in the frame before, in that after
	pair   there         // in the other picture of the stereo pair
}

// row makes a row of all channels.
func (w *work) row(s *spot, y int) {
	width := w.frame.Depth.Width
	for x := range width {
		i := y*width + x
		instance := w.frame.Hits.Instance[i]
		if instance < 0 {
			for k := range w.writers {
				w.writers[k].empty(i)
			}
			continue
		}
		w.find(s, i, x, y)
		for k := range w.writers {
			w.writers[k].full(i, s)
		}
	}
}

// find sets s to what pixel i shows.
func (w *work) find(s *spot, i, x, y int) {
	instance, tri := w.frame.Hits.Instance[i], w.frame.Hits.Triangle[i]
	if s.face.Normal == (mgl64.Vec3{}) || instance != s.instance || tri != s.triangle {
		s.instance, s.triangle = instance, tri
		w.surfaces.Face(&s.face, instance, tri)
		if w.smooth {
			w.findNormals(s)
		}
		for k, c := range w.carriers {
			if c != nil {
				s.there[k].corners, s.there[k].ok = c.surfaces.Corners(instance, tri)
			}
		}
	}
	s.u, s.v = float64(x)+0.5, float64(y)+0.5
	s.x, s.y = w.rays.at(x, y)
	s.z = s.face.Z(s.x, s.y)
	s.at = w.surfaces.Point(s.x, s.y, s.z)
	s.b1, s.b2 = s.face.Weights(s.at)
	s.back = dot(s.face.Normal, w.surfaces.Point(s.x, s.y, 1)) > 0
	if w.frame.View.Model == camera.Orthographic {
		s.back = s.face.Normal[2] > 0
	}
	for k, c := range w.carriers {
		if c != nil {
			c.carry(s, &s.there[k])
		}
	}
}

// findNormals takes the vertex normals of the spot's triangle to world space.
func (w *work) findNormals(s *spot) {
	sc := w.maker.scene
	prim := &sc.Primitives[sc.Instances[s.instance].Primitive]
	for k := range s.smooth {
		n := sc.Normal(w.frame.Pose, int(s.instance), prim.Indices[3*s.triangle+uint32(k)])
		s.smooth[k] = scene.Direction(scene.TurnNormal(&w.frame.Pose.WorldFromObject[s.instance], n))
	}
}

// smoothNormal returns the interpolated vertex normal in world space, turned to
// the camera's side, or the geometric one where there is none.
func (w *work) smoothNormal(s *spot) mgl64.Vec3 {
	var n mgl64.Vec3
	b0 := 1 - s.b1 - s.b2
	for k := range n {
		n[k] = float64(b0*s.smooth[0][k]) + float64(s.b1*s.smooth[1][k]) + float64(s.b2*s.smooth[2][k])
	}
	n = scene.Direction(n)
	if n == (mgl64.Vec3{}) {
		return w.toWorld(w.geometric(s))
	}
	if s.back {
		return mgl64.Vec3{-n[0], -n[1], -n[2]}
	}
	return n
}

// geometric returns the triangle's normal towards the camera, in camera space.
func (w *work) geometric(s *spot) mgl64.Vec3 {
	n := s.face.Normal
	if s.back {
		return mgl64.Vec3{-n[0], -n[1], -n[2]}
	}
	return n
}

// toWorld and toCamera turn normals. A camera under a sheared parent has axes
// that are not at right angles, for which normals need the inverse transpose.
func (w *work) toWorld(n mgl64.Vec3) mgl64.Vec3 {
	return scene.Direction(scene.TurnNormal(&w.worldFromCamera, mgl64.Vec3{n[0], -n[1], -n[2]}))
}

func (w *work) toCamera(n mgl64.Vec3) mgl64.Vec3 {
	n = scene.Direction(scene.TurnNormal(&w.frame.View.CameraFromWorld, n))
	return mgl64.Vec3{n[0], -n[1], -n[2]}
}

// worldPoint returns the spot in world space.
func (w *work) worldPoint(s *spot) (p mgl64.Vec3) {
	m := &w.worldFromCamera
	for r := range p {
		p[r] = float64(m[r]*s.at[0]) - float64(m[4+r]*s.at[1]) - float64(m[8+r]*s.at[2]) + m[12+r]
	}
	return p
}

func dot(a, b mgl64.Vec3) float64 {
	return float64(a[0]*b[0]) + float64(a[1]*b[1]) + float64(a[2]*b[2])
}

// add adds the writers of a channel.
func (w *work) add(c Channel, planes []Plane) {
	f := w.frame
	float := func(empty float32, value func(s *spot) float64) {
		out := planes[0].Float
		w.writers = append(w.writers, writer{func(i int) { out[i] = empty }, func(i int, s *spot) { out[i] = float32(value(s)) }})
	}
	id := func(value func(s *spot) uint32) {
		out := planes[0].UInt
		w.writers = append(w.writers, writer{func(i int) { out[i] = 0 }, func(i int, s *spot) { out[i] = value(s) }})
	}
	vector := func(value func(s *spot) mgl64.Vec3) {
		a, b, c := planes[0].Float, planes[1].Float, planes[2].Float
		w.writers = append(w.writers, writer{
			func(i int) { a[i], b[i], c[i] = nan, nan, nan },
			func(i int, s *spot) {
				v := value(s)
				a[i], b[i], c[i] = float32(v[0]), float32(v[1]), float32(v[2])
			},
		})
	}
	switch c {
	case Distance:
		float(f.Background, func(s *spot) float64 {
			if f.View.Model == camera.Orthographic {
				return s.z
			}
			return s.z * math.Sqrt(1+float64(s.x*s.x)+float64(s.y*s.y))
		})
	case Inverse:
		float(0, func(s *spot) float64 { return 1 / s.z })
	case Disparity:
		float(0, func(s *spot) float64 { return f.View.Fx * f.Baseline / s.z })
	case Position:
		vector(func(s *spot) mgl64.Vec3 { return s.at })
	case World:
		vector(w.worldPoint)
	case Normal:
		vector(w.geometric)
	case NormalWorld:
		vector(func(s *spot) mgl64.Vec3 { return w.toWorld(w.geometric(s)) })
	case Smooth:
		w.smooth = true
		vector(func(s *spot) mgl64.Vec3 { return w.toCamera(w.smoothNormal(s)) })
	case SmoothWorld:
		w.smooth = true
		vector(w.smoothNormal)
	case Barycentric:
		vector(func(s *spot) mgl64.Vec3 { return mgl64.Vec3{1 - s.b1 - s.b2, s.b1, s.b2} })
	case Object:
		id(func(s *spot) uint32 { return w.maker.ids[s.instance].object })
	case Mesh:
		id(func(s *spot) uint32 { return w.maker.ids[s.instance].mesh })
	case Material:
		id(func(s *spot) uint32 { return w.maker.ids[s.instance].material })
	case Triangle:
		id(func(s *spot) uint32 { return s.triangle + 1 })
	case Valid:
		id(func(*spot) uint32 { return 1 })
	case FlowForward, FlowBackward:
		w.addFlow(c, planes)
	case Occlusion, OcclusionForward, OcclusionBackward:
		w.addOcclusion(c, planes[0].UInt)
	}
}

var nan = float32(math.NaN())
