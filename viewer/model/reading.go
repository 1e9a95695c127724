package model

import (
	"image"
	"math"
	"strconv"

	"gioui.org/f32"
	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/depth"
)

// Pointer is where the pointer is over the viewport, and what the caster says
// about the pixel under it.
type Pointer struct {
	Inside  bool // over the viewport
	At      f32.Point
	ByKey   bool // the keys have put it there: the mouse is elsewhere
	serial  int  // of the probe that was asked for
	Surface Surface
}

// Surface is what the ray through a pixel's centre hits.
type Surface struct {
	Known    bool // the caster has answered
	Hit      bool
	Object   string
	Material string
	Triangle int
	On       Anchor
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
	Camera    mgl64.Vec3 // camera-space point, OpenCV's axes, as in what is exported: its z is Z
	World     mgl64.Vec3 // glTF's axes
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
		point := p.View.CameraPoint(u, v, float64(r.Z))
		r.Camera = mgl64.Vec3{point[0], -point[1], -point[2]}
		r.World = mgl64.TransformCoordinate(point, p.View.WorldFromCamera())
		r.Euclidean = point.Sub(origin).Len()
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
		m.Pointer.Inside, m.Pointer.At, m.Pointer.ByKey = true, msg.At, false
		return append(m.repoint(), m.grow()...), true
	case PointAway:
		m.Pointer = Pointer{}
		m.Area.Growing = false
	case Probed:
		if msg.Serial == m.Pointer.serial {
			m.Pointer.Surface = msg.Surface
			m.Pointer.Surface.Known = true
		}
		if m.pinning.serial != 0 && msg.Serial == m.pinning.serial {
			return m.surfaceKnown(msg.Surface), true
		}
	case NudgePointer:
		return m.nudge(msg.DX, msg.DY), true
	case CopyReading:
		if text := m.readingText(); text != "" {
			return []Cmd{Copy{text}}, true
		}
	case CopyReadingJSON:
		if m.CanCopy() {
			return []Cmd{Copy{m.readingJSON()}}, true
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

// nudge points at a pixel beside the one that is pointed at, and keeps it in
// sight.
func (m *Model) nudge(dx, dy int) []Cmd {
	size := m.PictureSize()
	if size.X == 0 {
		return nil
	}
	at := size.Div(2)
	if r, ok := m.Reading(); ok {
		at = image.Pt(r.X+dx, r.Y+dy)
	}
	at.X, at.Y = max(0, min(at.X, size.X-1)), max(0, min(at.Y, size.Y-1))
	x, y := m.Place().Screen(float64(at.X)+0.5, float64(at.Y)+0.5)
	w, h := float64(m.Viewport.X), float64(m.Viewport.Y)
	if x < 0 || y < 0 || x >= w || y >= h {
		m.Look = m.Look.panBy(w/2-x, h/2-y, size, m.Viewport)
		x, y = m.Place().Screen(float64(at.X)+0.5, float64(at.Y)+0.5)
	}
	m.Pointer.Inside, m.Pointer.ByKey, m.Pointer.At = true, true, f32.Pt(float32(x), float32(y))
	return append(m.repoint(), m.grow()...)
}
