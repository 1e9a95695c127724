package model

import (
	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
)

// Messages about looking at one object.
type (
	// FrameObject makes the free camera see the object that is pointed at, and
	// leaves the scene's camera for it.
	FrameObject struct{}
	// ObjectFound answers FindObject; without Hit there is none.
	ObjectFound struct {
		Serial int
		Hit    bool
		Name   string
		Bounds Bounds
	}
	// NextCamera looks through the next camera of the scene.
	NextCamera struct{}
)

// FindObject asks for the box around the object behind a pixel's centre, in the
// picture of the given request; answered by ObjectFound.
type FindObject struct {
	Serial  int
	Picture int // serial of the picture
	View    camera.View
	X, Y    int
}

func (m *Model) updateSelection(msg Msg) (cmds []Cmd, known bool) {
	switch msg := msg.(type) {
	case FrameObject:
		r, ok := m.Reading()
		if !ok || !r.Exact || !m.Current() {
			return nil, true
		}
		m.finding = m.nextSerial()
		return []Cmd{FindObject{m.finding, m.Shown.Serial, m.Shown.View, r.X, r.Y}}, true
	case ObjectFound:
		if msg.Serial != m.finding || m.Job.Scene == nil {
			return nil, true
		}
		return m.frameObject(msg), true
	case NextCamera:
		if s := m.Job.Scene; s != nil && len(s.Cameras) > 0 {
			next := m.Job.Camera
			if !m.Free && m.Job.Track == nil {
				next = (next + 1) % len(s.Cameras)
			}
			return m.chooseCamera(next), true
		}
	default:
		return nil, false
	}
	return nil, true
}

// frameObject looks at a box from the direction that is looked from now.
func (m *Model) frameObject(found ObjectFound) []Cmd {
	if !found.Hit {
		m.notify(Info, "There is no object here.")
		return nil
	}
	if !m.Free && m.Shown.Map != nil {
		m.Orbit = orbitFrom(m.Shown.View, m.Bounds)
	}
	m.Free, m.Play = true, Play{}
	b := found.Bounds
	if b.Max == b.Min { // a point has no size to fill the picture with
		m.Orbit.Target = b.Min
	} else {
		m.Orbit = m.Orbit.framed(b)
	}
	return m.reshoot()
}

// With returns the smallest box that holds b and p.
func (b Bounds) With(p mgl64.Vec3) Bounds {
	for k, x := range p {
		b.Min[k], b.Max[k] = min(b.Min[k], x), max(b.Max[k], x)
	}
	return b
}
