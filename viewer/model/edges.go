package model

import (
	"image"
	"math"

	"zscope/depthcore/depth"
)

// Edges are the places where the depth jumps, drawn over the picture.
type Edges struct {
	On     bool
	Jump   float64 // least jump that is drawn, as a share of the farther Z; 0 is usualJump
	Image  *image.RGBA
	Pixels int // drawn
	of     *depth.Map
	jump   float64 // of Image
	want   int
}

const usualJump = 0.05

// Least returns the least jump that is drawn.
func (e Edges) Least() float64 {
	if e.Jump > 0 {
		return e.Jump
	}
	return usualJump
}

// Messages about edges.
type (
	ToggleEdges struct{}
	// SetJump chooses the least jump that is drawn, as a share of Z.
	SetJump struct{ Jump float64 }
	// EdgesFound answers FindEdges.
	EdgesFound struct {
		Serial int
		Of     *depth.Map
		Jump   float64
		Image  *image.RGBA
		Pixels int
	}
)

// FindEdges draws where a map jumps; answered by EdgesFound. The newest wins.
type FindEdges struct {
	Serial int
	Of     *depth.Map
	Jump   float64
}

// DrawnEdges returns the edges of the shown picture, nil where they are not
// wanted or not at hand.
func (m Model) DrawnEdges() *image.RGBA {
	e := m.Edges
	if !e.On || m.Peeking || e.of == nil || e.of != m.Shown.Map {
		return nil
	}
	return e.Image
}

func (m *Model) updateEdges(msg Msg) (cmds []Cmd, known bool) {
	e := &m.Edges
	switch msg := msg.(type) {
	case ToggleEdges:
		e.On = !e.On
		return m.findEdges(), true
	case SetJump:
		if !(msg.Jump > 0) || math.IsInf(msg.Jump, 0) {
			m.notify(Warning, "An edge is a jump by more than 0 % of the depth.")
			return nil, true
		}
		e.Jump, e.On = math.Min(msg.Jump, 0.99), true
		return m.findEdges(), true
	case EdgesFound:
		if msg.Serial == e.want {
			e.Image, e.Pixels, e.of, e.jump = msg.Image, msg.Pixels, msg.Of, msg.Jump
		}
	default:
		return nil, false
	}
	return nil, true
}

// findEdges asks for the edges of the shown picture, unless they are there.
func (m *Model) findEdges() []Cmd {
	e := &m.Edges
	if !e.On || !m.Shown.Exact || e.of == m.Shown.Map && e.jump == e.Least() {
		return nil
	}
	e.want = m.nextSerial()
	return []Cmd{FindEdges{e.want, m.Shown.Map, e.Least()}}
}
