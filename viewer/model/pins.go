package model

import (
	"math"
	"slices"

	"gioui.org/f32"
	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
)

// Pin is a place whose depth stays in view: a pixel, or a point of the world
// that the picture shows wherever it is in each frame.
type Pin struct {
	X, Y    int // the pixel, unless InWorld
	InWorld bool
	Point   mgl64.Vec3 // in world space, where InWorld
	On      Anchor     // that the point rides on, in world too; Point is where that is in the shown picture
}

// Messages about pins.
type (
	// PinAt keeps (or lets go) the pixel under a screen point.
	PinAt struct{ At f32.Point }
	// PinPointAt keeps (or lets go) the point of the world under it.
	PinPointAt struct{ At f32.Point }
	ClearPins  struct{}
	// FillCurves casts all frames, so that the pins' curves have no gaps.
	FillCurves struct{}
)

// Pixel returns the pixel of v's picture that shows p, and the Z that the
// place itself has: 0 for a pixel, which has none of its own. ok is false
// where p is out of the picture.
func (p Pin) Pixel(v camera.View) (x, y int, z float64, ok bool) {
	if !p.InWorld {
		return p.X, p.Y, 0, p.X < v.Width && p.Y < v.Height
	}
	u, w, z := v.Project(mgl64.TransformCoordinate(p.Point, v.CameraFromWorld))
	if !(z > 0) || !(u >= 0 && w >= 0 && u < float64(v.Width) && w < float64(v.Height)) {
		return 0, 0, z, false
	}
	return int(u), int(w), z, true
}

// PinReading is what is known about a pin in the shown picture.
type PinReading struct {
	Reading
	InWorld bool
	Own     float64 // Z of the pinned point itself
	// Covered says that a surface in front hides the pinned point.
	Covered bool
}

// ReadingOf returns what is known about a pin. ok is false where the picture
// does not show its place.
func (m Model) ReadingOf(p Pin) (r PinReading, ok bool) {
	if m.Shown.Map == nil {
		return r, false
	}
	x, y, z, ok := p.Pixel(m.Shown.View)
	if !ok {
		return r, false
	}
	r.Reading, ok = m.ReadingAt(x, y)
	r.InWorld, r.Own = p.InWorld, z
	// A pixel's slope makes its Z differ from that of a point within it.
	r.Covered = p.InWorld && r.Hit && float64(r.Z) < z*(1-0.01)
	return r, ok
}

// Between is how far two places are apart.
type Between struct {
	A, B     string // their names: a pin's number, or "pointer"
	DZ       float64
	Distance float64 // in space
}

// Between returns how far the last two pins are apart, or the only pin and
// what is under the pointer.
func (m Model) Between() (b Between, ok bool) {
	n := len(m.Pins)
	if n == 0 {
		return b, false
	}
	names := []string{pinName(n - 1), "pointer"}
	first, ok := m.ReadingOf(m.Pins[n-1])
	second, found := m.Reading()
	if n > 1 {
		names = []string{pinName(n - 2), pinName(n - 1)}
		second = first.Reading
		first, found = m.ReadingOf(m.Pins[n-2])
	}
	if !ok || !found || !first.Hit || !second.Hit || !first.Exact {
		return b, false
	}
	return Between{names[0], names[1], float64(second.Z) - float64(first.Z), second.World.Sub(first.World).Len()}, true
}

func pinName(i int) string { return string(rune('1' + i)) } // maxPins is below 10

func (m *Model) updatePins(msg Msg) (cmds []Cmd, known bool) {
	switch msg := msg.(type) {
	case PinAt:
		m.pin(msg.At, false)
	case PinPointAt:
		m.pin(msg.At, true)
	case PinSurfaceAt:
		return m.pinSurface(msg.At), true
	case ClearPins:
		m.Pins, m.Traces = nil, nil
	case FillCurves:
		return m.fillCurves(), true
	default:
		return nil, false
	}
	return []Cmd{TracePins{m.Pins}}, true
}

const maxPins = 8

func (m *Model) pin(at f32.Point, inWorld bool) {
	x, y, ok := m.PixelAt(at)
	if !ok {
		return
	}
	if i := m.pinNear(x, y, Pin{InWorld: inWorld}); i >= 0 {
		m.Pins = without(m.Pins, i)
		return
	}
	p := Pin{X: x, Y: y}
	if inWorld {
		r, ok := m.ReadingAt(x, y)
		if !ok || !r.Hit || !r.Exact {
			m.notify(Info, "There is no surface to pin a point of here.")
			return
		}
		p = Pin{InWorld: true, Point: r.World}
	}
	m.addPin(p)
}

// pinNear returns the pin of a kind that is at a pixel, or nearly so; -1 where
// there is none.
func (m *Model) pinNear(x, y int, kind Pin) int {
	near := 6 / m.Place().Scale
	return slices.IndexFunc(m.Pins, func(p Pin) bool {
		px, py, _, seen := p.Pixel(m.Shown.View)
		return seen && p.InWorld == kind.InWorld && p.rides() == kind.rides() && math.Hypot(float64(px-x), float64(py-y)) <= near
	})
}

func (m *Model) addPin(p Pin) {
	if len(m.Pins) == maxPins {
		m.Pins = without(m.Pins, 0)
	}
	m.Pins = append(m.Pins[:len(m.Pins):len(m.Pins)], p)
}

// fillCurves makes a pass over all frames that changes no colours.
func (m *Model) fillCurves() []Cmd {
	if m.Job.Scene == nil || len(m.Pins) == 0 || m.Survey.Running {
		return nil
	}
	first, last := m.Timeline.First, m.Timeline.Last
	m.Survey = Survey{Running: true, Total: last - first + 1, serial: m.nextSerial()}
	return []Cmd{StartSurvey{m.Survey.serial, m.requestOf(m.Survey.serial), first, last}}
}
