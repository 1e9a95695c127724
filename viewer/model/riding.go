package model

import (
	"slices"

	"gioui.org/f32"
	"github.com/go-gl/mathgl/mgl64"
)

// Anchor is a place on a surface: it goes where the surface goes, be that moved,
// skinned or morphed. The zero value is none.
type Anchor struct {
	Set      bool
	Instance int // index in Scene.Instances
	Triangle int // of its primitive
	// Weights are those of the triangle's corners, with the sum 1.
	Weights mgl64.Vec3
}

// Rider says where an anchor is in a frame, in world space.
type Rider struct {
	On    Anchor
	Point mgl64.Vec3
}

// PinSurfaceAt keeps (or lets go) the place of the surface under a screen point.
type PinSurfaceAt struct{ At f32.Point }

// pinning is a place of a surface that is pinned once it is known which.
type pinning struct {
	serial int
	at     Pin
}

func (p Pin) rides() bool { return p.On.Set }

// pinSurface asks what the pixel under a screen point shows.
func (m *Model) pinSurface(at f32.Point) []Cmd {
	x, y, ok := m.PixelAt(at)
	if !ok {
		return nil
	}
	if i := m.pinNear(x, y, Pin{InWorld: true, On: Anchor{Set: true}}); i >= 0 {
		m.Pins = without(m.Pins, i)
		return []Cmd{TracePins{m.Pins}}
	}
	r, ok := m.ReadingAt(x, y)
	if !ok || !r.Hit || !r.Exact || !m.Current() {
		m.notify(Info, "There is no surface to pin a place of here.")
		return nil
	}
	m.pinning = pinning{m.nextSerial(), Pin{InWorld: true, Point: r.World}}
	return []Cmd{Probe{m.pinning.serial, m.Shown.Serial, m.Shown.View, x, y}}
}

// surfaceKnown pins what was asked for.
func (m *Model) surfaceKnown(s Surface) []Cmd {
	p := m.pinning.at
	m.pinning = pinning{}
	if p.On = s.On; !p.rides() {
		return nil
	}
	m.addPin(p)
	return []Cmd{TracePins{m.Pins}}
}

// ride takes the pins to where their places are in the shown picture.
func (m *Model) ride(riders []Rider) {
	if len(riders) == 0 {
		return
	}
	pins := slices.Clone(m.Pins)
	for i := range pins {
		for _, r := range riders {
			if pins[i].rides() && pins[i].On == r.On {
				pins[i].Point = r.Point
			}
		}
	}
	m.Pins = pins
}
