package model

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gioui.org/f32"
	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/depth"
)

// Pointer is where the pointer is over the viewport, and what the caster says
// about the pixel under it.
type Pointer struct {
	Inside  bool // over the viewport
	At      f32.Point
	serial  int // of the probe that was asked for
	Surface Surface
}

// Surface is what the ray through a pixel's centre hits.
type Surface struct {
	Known    bool // the caster has answered
	Hit      bool
	Object   string
	Material string
	Triangle int
	Normal   mgl64.Vec3 // in world space, of unit length, towards the camera
}

// Reading is what is known about a pixel of the shown picture.
type Reading struct {
	Frame int
	X, Y  int
	Z     float32 // as an export would write it; +Inf where nothing is hit
	Hit   bool
	// Exact is false while the picture is coarse: Z is then the nearest
	// coarse sample's, and the points are left out.
	Exact     bool
	Euclidean float64    // distance from the camera's centre (orthographic: its plane)
	Camera    mgl64.Vec3 // camera-space point, glTF's axes
	World     mgl64.Vec3
}

// ReadingAt returns what is known about pixel (x, y) of the shown picture.
func (m Model) ReadingAt(x, y int) (Reading, bool) {
	p := m.Shown
	if p.Map == nil || x < 0 || y < 0 || x >= p.View.Width || y >= p.View.Height {
		return Reading{}, false
	}
	r := Reading{Frame: p.Frame, X: x, Y: y, Exact: p.Exact}
	sx := min(x*p.Map.Width/p.View.Width, p.Map.Width-1)
	sy := min(y*p.Map.Height/p.View.Height, p.Map.Height-1)
	r.Z = p.Map.At(sx, sy)
	r.Hit = depth.IsHit(r.Z)
	if r.Hit && r.Exact {
		u, v := float64(x)+0.5, float64(y)+0.5
		origin, _ := p.View.CameraRay(u, v)
		r.Camera = p.View.CameraPoint(u, v, float64(r.Z))
		r.World = mgl64.TransformCoordinate(r.Camera, p.View.WorldFromCamera())
		r.Euclidean = r.Camera.Sub(origin).Len()
	}
	return r, true
}

// Reading returns what is under the pointer.
func (m Model) Reading() (Reading, bool) {
	if !m.Pointer.Inside {
		return Reading{}, false
	}
	x, y, ok := m.PixelAt(m.Pointer.At)
	if !ok {
		return Reading{}, false
	}
	return m.ReadingAt(x, y)
}

// ZText prints a Z so that it reads back as the same float32.
func ZText(z float32) string {
	if !depth.IsHit(z) {
		return "no surface"
	}
	return strconv.FormatFloat(float64(z), 'g', -1, 32)
}

// PointText prints a point to the tenth of a millimetre, or of the unit that
// the scene has.
func PointText(p mgl64.Vec3) [3]string {
	var s [3]string
	for i, x := range p {
		if math.Abs(x) < 5e-5 {
			x = 0
		}
		s[i] = strconv.FormatFloat(x, 'f', 4, 64)
	}
	return s
}

func (m *Model) updateReading(msg Msg) (cmds []Cmd, known bool) {
	switch msg := msg.(type) {
	case PointAt:
		m.Pointer.Inside, m.Pointer.At = true, msg.At
		return m.repoint(), true
	case PointAway:
		m.Pointer = Pointer{}
	case Probed:
		if msg.Serial == m.Pointer.serial {
			m.Pointer.Surface = msg.Surface
			m.Pointer.Surface.Known = true
		}
	case PinAt:
		m.pin(msg.At)
		return []Cmd{TracePins{m.Pins}}, true
	case ClearPins:
		m.Pins, m.Traces = nil, nil
		return []Cmd{TracePins{}}, true
	case CopyReading:
		if r, ok := m.Reading(); ok {
			return []Cmd{Copy{m.readingText(r)}}, true
		}
	case CopyReadingJSON:
		if r, ok := m.Reading(); ok {
			return []Cmd{Copy{m.readingJSON(r)}}, true
		}
	default:
		return nil, false
	}
	return nil, true
}

// repoint asks what is under the pointer now.
func (m *Model) repoint() []Cmd {
	m.Pointer.Surface = Surface{}
	m.Pointer.serial = m.nextSerial()
	r, ok := m.Reading()
	if !ok || !r.Exact || !m.Current() {
		return nil
	}
	return []Cmd{Probe{m.Pointer.serial, m.Shown.Serial, m.Shown.View, r.X, r.Y}}
}

const maxPins = 8

func (m *Model) pin(at f32.Point) {
	x, y, ok := m.PixelAt(at)
	if !ok {
		return
	}
	near := 6 / m.Place().Scale
	for i, p := range m.Pins {
		if math.Hypot(float64(p.X-x), float64(p.Y-y)) <= near {
			m.Pins = without(m.Pins, i)
			return
		}
	}
	if len(m.Pins) == maxPins {
		m.Pins = without(m.Pins, 0)
	}
	m.Pins = append(m.Pins[:len(m.Pins):len(m.Pins)], Pin{x, y})
}

func (m Model) readingText(r Reading) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s frame %d pixel (%d, %d) Z %s", m.Name(), r.Frame, r.X, r.Y, ZText(r.Z))
	if r.Hit && r.Exact {
		fmt.Fprintf(&b, " distance %.9g camera (%.9g, %.9g, %.9g) world (%.9g, %.9g, %.9g)", r.Euclidean,
			r.Camera[0], r.Camera[1], r.Camera[2], r.World[0], r.World[1], r.World[2])
	}
	if s := m.Pointer.Surface; s.Hit && s.Object != "" {
		fmt.Fprintf(&b, " object %s", s.Object)
	}
	return b.String()
}
