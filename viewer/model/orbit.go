package model

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/export"
)

// Orbit is a camera that turns around a target and keeps its head up.
type Orbit struct {
	Target     mgl64.Vec3
	Yaw, Pitch float64 // radians; at 0, 0 it looks along -z
	Distance   float64 // from target to camera
	YFov       float64 // radians
}

// orbitAround returns a camera that sees all of b, a little from above.
func orbitAround(b Bounds) Orbit {
	o := Orbit{Yaw: 0.6, Pitch: 0.35, YFov: 40 * math.Pi / 180}
	return o.framed(b)
}

func (o Orbit) framed(b Bounds) Orbit {
	o.Target = b.Min.Add(b.Max).Mul(0.5)
	radius := b.Max.Sub(b.Min).Len() / 2
	if !(radius > 0) || math.IsInf(radius, 0) {
		radius = 1
	}
	o.Distance = 1.1 * radius / math.Sin(o.YFov/2)
	return o
}

// worldFromCamera returns the orbit's pose: columns right, up, back, eye.
func (o Orbit) worldFromCamera() mgl64.Mat4 {
	sy, cy := math.Sincos(o.Yaw)
	sp, cp := math.Sincos(o.Pitch)
	right := mgl64.Vec3{cy, 0, -sy}
	back := mgl64.Vec3{sy * cp, sp, cy * cp}
	up := back.Cross(right)
	eye := o.Target.Add(back.Mul(o.Distance))
	return mgl64.Mat4FromCols(right.Vec4(0), up.Vec4(0), back.Vec4(0), eye.Vec4(1))
}

// looking returns the orbit turned around its camera instead of its target.
func (o Orbit) looking(yaw, pitch float64) Orbit {
	eye := o.worldFromCamera().Col(3).Vec3()
	o.Yaw -= yaw
	o.Pitch = math.Max(-math.Pi/2, math.Min(math.Pi/2, o.Pitch+pitch))
	o.Target = eye.Sub(o.worldFromCamera().Col(2).Vec3().Mul(o.Distance))
	return o
}

// flown returns the orbit moved along its own axes.
func (o Orbit) flown(by FlyBy) Orbit {
	pose := o.worldFromCamera()
	way := pose.Col(0).Vec3().Mul(by.Right).Add(pose.Col(1).Vec3().Mul(by.Up)).Sub(pose.Col(2).Vec3().Mul(by.Ahead))
	o.Target = o.Target.Add(way.Mul(o.Distance))
	return o
}

// View returns what the orbit sees in a picture of w x h pixels.
func (o Orbit) View(w, h int) camera.View {
	f := float64(h) / 2 / math.Tan(o.YFov/2)
	inverse, ok := camera.AffineInverse(o.worldFromCamera())
	if !ok {
		inverse = mgl64.Ident4()
	}
	return camera.View{
		Intrinsics:      camera.Intrinsics{Width: w, Height: h, Fx: f, Fy: f, Cx: float64(w) / 2, Cy: float64(h) / 2},
		CameraFromWorld: inverse,
	}
}

// SizeOf returns the size of the pictures of what the model shows. Without a
// camera it is 16:9.
func (m Model) SizeOf() (w, h int) {
	switch {
	case m.Job.Scene == nil:
		return 0, 0
	case m.Job.Width != 0 || m.Job.Track != nil || len(m.Job.Scene.Cameras) > 0:
		return m.Job.Size()
	}
	return export.DefaultRows * 16 / 9, export.DefaultRows
}

// setSize chooses the size of the pictures; 0 x 0 is the camera's own.
// Intrinsics from a file stay those of the same camera.
func (m *Model) setSize(w, h int) {
	oldW, oldH := m.SizeOf()
	m.Job.Width, m.Job.Height = w, h
	w, h = m.SizeOf()
	if m.Job.Lens != (camera.Override{}) {
		m.Job.Lens = m.Job.Lens.Scaled(float64(w)/float64(oldW), float64(h)/float64(oldH))
	}
}

func (m Model) freeView() camera.View {
	w, h := m.SizeOf()
	return m.Orbit.View(w, h)
}

func (m *Model) updateCamera(msg Msg) (cmds []Cmd, known bool) {
	switch msg := msg.(type) {
	case ChooseCamera:
		return m.chooseCamera(msg.Index), true
	case LookFreely:
		return m.lookFreely(msg.Free), true
	case OrbitBy:
		m.Orbit.Yaw -= msg.Yaw
		m.Orbit.Pitch = math.Max(-math.Pi/2, math.Min(math.Pi/2, m.Orbit.Pitch+msg.Pitch))
	case OrbitPan:
		p := m.Place()
		perPixel := 2 * m.Orbit.Distance * math.Tan(m.Orbit.YFov/2) / (float64(m.PictureSize().Y) * p.Scale)
		pose := m.Orbit.worldFromCamera()
		m.Orbit.Target = m.Orbit.Target.
			Sub(pose.Col(0).Vec3().Mul(msg.DX * perPixel)).
			Add(pose.Col(1).Vec3().Mul(msg.DY * perPixel))
	case LookBy:
		m.Orbit = m.Orbit.looking(msg.Yaw, msg.Pitch)
	case FlyBy:
		m.Orbit = m.Orbit.flown(msg)
	case OrbitZoom:
		m.Orbit.Distance = math.Max(1e-6, math.Min(1e9, m.Orbit.Distance*msg.Factor))
	case FrameAll:
		m.Orbit = m.Orbit.framed(m.Bounds)
	case ChooseSize:
		if m.Job.Scene == nil || msg.Width == m.Job.Width && msg.Height == m.Job.Height {
			return nil, true
		}
		m.setSize(msg.Width, msg.Height)
		m.retime()
		return m.reshoot(), true
	default:
		return nil, false
	}
	if m.Free {
		return m.reshoot(), true
	}
	return nil, true
}

// chooseCamera looks through a camera of the scene.
func (m *Model) chooseCamera(index int) []Cmd {
	if m.Job.Scene == nil || index < 0 || index >= len(m.Job.Scene.Cameras) {
		return nil
	}
	if index == m.Job.Camera && !m.Free && m.Job.Track == nil && m.Job.Lens == (camera.Override{}) {
		return nil
	}
	m.Job.Camera, m.Job.Track, m.Job.Lens, m.Free = index, nil, camera.Override{}, false
	m.retime()
	m.Frame = m.clampFrame(m.Frame)
	return m.reshoot()
}

// lookFreely leaves the scene's camera from where it stands, or returns to it.
func (m *Model) lookFreely(free bool) []Cmd {
	if m.Job.Scene == nil || free == m.Free {
		return nil
	}
	if !free && len(m.Job.Scene.Cameras) == 0 && m.Job.Track == nil {
		return nil
	}
	if free && m.Shown.Map != nil {
		m.Orbit = orbitFrom(m.Shown.View, m.Bounds)
	}
	m.Free = free
	m.Play = Play{}
	return m.reshoot()
}

// orbitFrom returns the orbit that stands where a view stands and looks the
// same way, but for a tilt of the head. It turns around the point ahead that
// is as far away as the scene's centre.
func orbitFrom(v camera.View, b Bounds) Orbit {
	pose := v.WorldFromCamera()
	back, eye := pose.Col(2).Vec3().Normalize(), pose.Col(3).Vec3()
	o := Orbit{
		Yaw:   math.Atan2(back[0], back[2]),
		Pitch: math.Asin(math.Max(-1, math.Min(1, back[1]))),
		YFov:  2 * math.Atan(float64(v.Height)/2/v.Fy),
	}
	centre := b.Min.Add(b.Max).Mul(0.5)
	if v.Model == camera.Orthographic {
		o.YFov = 40 * math.Pi / 180
	}
	if !v.Lens.IsPinhole() {
		o.YFov = min(o.YFov, math.Pi/2) // which has none of the lens
	}
	o.Distance = math.Max(centre.Sub(eye).Len(), 1e-3)
	o.Target = eye.Sub(back.Mul(o.Distance))
	return o
}
