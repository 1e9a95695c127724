package model

import (
	"fmt"
	"image"
	"slices"

	"zscope/depthcore/camera"
)

// Undo takes the last change of a setting back; Redo makes it again. What is
// not a setting, such as the frame and the zoom, stays as it is.
type (
	Undo struct{}
	Redo struct{}
)

// choices are the settings that can be taken back, as one value.
type choices struct {
	colour Colour // without the ends of a range that follows the picture
	camera int
	track  *camera.Track
	lens   camera.Override
	width  int
	height int
	fps    float64
	free   bool
	orbit  Orbit
	marks  Marks
	loop   bool
	pins   []Pin
	area   image.Rectangle
	edges  bool
	jump   float64
	moving []int // animations that are played, nil for all
	counts Surfaces

	opacity float64
	wipe    bool
	at      float64
	offset  int
}

func (c choices) same(d choices) bool {
	return slices.Equal(c.pins, d.pins) && c.area == d.area && c.edges == d.edges && c.jump == d.jump && c.moves(d) && c.colour == d.colour && c.camera == d.camera && c.track == d.track && c.lens == d.lens &&
		c.width == d.width && c.height == d.height && c.fps == d.fps && c.free == d.free && c.orbit == d.orbit &&
		c.marks == d.marks && c.loop == d.loop && c.counts == d.counts &&
		c.opacity == d.opacity && c.wipe == d.wipe && c.at == d.at && c.offset == d.offset
}

// moves reports whether the same animations are played.
func (c choices) moves(d choices) bool {
	return slices.Equal(c.moving, d.moving) && (c.moving == nil) == (d.moving == nil)
}

func (m Model) choices() choices {
	c := choices{
		colour: m.Colour, camera: m.Job.Camera, track: m.Job.Track, lens: m.Job.Lens, width: m.Job.Width, height: m.Job.Height,
		fps: m.Job.FPS, free: m.Free, orbit: m.Orbit, marks: m.Marks, loop: m.Loop, pins: m.Pins, area: m.Area.Pixels, edges: m.Edges.On, jump: m.Edges.Jump, moving: m.Job.Animations, counts: m.Surfaces(),
		opacity: m.RGB.Opacity, wipe: m.RGB.Wipe, at: m.RGB.At, offset: m.RGB.Offset,
	}
	if c.colour.Range != RangeLocked {
		c.colour.Mapping.Near, c.colour.Mapping.Far, c.colour.Mapping.Spread = 0, 0, nil
	}
	return c
}

// history is what Undo and Redo go back to, the last entry first to be used.
// Slices are never written in place: models share them.
type history struct {
	past, future []choices
	// dragging is the kind of the change that is still going on: what follows
	// of the same kind belongs to it.
	dragging string
}

const mostUndo = 200

// CanUndo and CanRedo report whether there is something to take back, or to
// make again.
func (m Model) CanUndo() bool { return len(m.history.past) > 0 }
func (m Model) CanRedo() bool { return len(m.history.future) > 0 }

// remember notes what msg has changed since before.
func (m *Model) remember(msg Msg, before choices) {
	if _, opened := msg.(Loaded); opened && m.Job.Scene != nil && m.File.Loading == "" {
		m.history = history{} // of another scene's cameras
		return
	}
	if s, ok := msg.(SetMarks); ok && s.Done {
		defer func() { m.history.dragging = "" }() // the next drag is another change
	}
	if !chosen(msg) || before.same(m.choices()) {
		return
	}
	h := &m.history
	drag := ""
	switch msg := msg.(type) {
	case OrbitBy, OrbitPan, OrbitZoom, LookBy, FlyBy:
		drag = "camera"
	case SetRange, SetMarks, SetRGBOpacity, MoveRGBWipe, CoverMore:
		drag = fmt.Sprintf("%T", msg)
	case SetArea:
		if !msg.Pixels.Empty() {
			drag = "area"
		}
	}
	if drag != "" && drag == h.dragging {
		h.future = nil
		return
	}
	past := h.past
	if len(past) >= mostUndo {
		past = past[1:]
	}
	*h = history{past: append(slices.Clip(past), before), dragging: drag}
}

// chosen reports whether a message is a person's choice of a setting, rather
// than the answer to a command.
func chosen(msg Msg) bool {
	switch msg.(type) {
	case SetMap, ToggleReversed, SetScale, SetRangeMode, SetRange, ToggleLines, SetSpacing,
		ChooseCamera, TrackLoaded, FillTrack, LookFreely, OrbitBy, OrbitPan, OrbitZoom, LookBy, FlyBy, FrameAll, ObjectFound, NextCamera, ChooseSize,
		SetIntrinsic, OwnLens, SetSurfaces, SetFPS, ToggleAnimation, ToggleLoop, MarkIn, MarkOut, SetMarks, ClearMarks, PinAt, PinPointAt, PinSurfaceAt, Probed, ClearPins, SetArea,
		SetRGBOpacity, SetRGBWipe, MoveRGBWipe, SetRGBOffset, StepRGBOffset, CoverMore, UseFit, ToggleEdges, SetJump:
		return true
	}
	return false
}

func (m *Model) updateUndo(msg Msg) (cmds []Cmd, known bool) {
	h := m.history
	switch msg.(type) {
	case Undo:
		if n := len(h.past); n > 0 {
			m.history = history{past: h.past[:n-1], future: append(slices.Clip(h.future), m.choices())}
			return m.choose(h.past[n-1]), true
		}
	case Redo:
		if n := len(h.future); n > 0 {
			m.history = history{past: append(slices.Clip(h.past), m.choices()), future: h.future[:n-1]}
			return m.choose(h.future[n-1]), true
		}
	default:
		return nil, false
	}
	return nil, true
}

// choose makes all settings those of c.
func (m *Model) choose(c choices) []Cmd {
	now := m.choices()
	near, far := m.Colour.Mapping.Near, m.Colour.Mapping.Far
	m.Colour = c.colour
	if c.colour.Range != RangeLocked {
		m.Colour.Mapping.Near, m.Colour.Mapping.Far = near, far
		m.spreadOf = nil
		m.follow()
	}
	j := &m.Job
	j.Camera, j.Track, j.Lens, j.Width, j.Height, j.FPS, j.Animations = c.camera, c.track, c.lens, c.width, c.height, c.fps, c.moving
	m.setSurfaces(c.counts)
	m.Free, m.Orbit, m.Loop, m.Pins = c.free, c.orbit, c.loop, c.pins
	m.RGB.Opacity, m.RGB.Wipe, m.RGB.At, m.RGB.Offset = c.opacity, c.wipe, c.at, c.offset
	m.Edges.On, m.Edges.Jump = c.edges, c.jump
	cmds := slices.Concat([]Cmd{TracePins{m.Pins}}, m.setArea(c.area), m.findEdges())
	if len(m.Pins) == 0 {
		m.Traces = nil
	}
	retimed := now.track != c.track || now.lens != c.lens || now.camera != c.camera || now.fps != c.fps || now.width != c.width || now.height != c.height || !now.moves(c)
	if retimed && j.Scene != nil {
		m.retime()
		m.Frame = m.clampFrame(m.Frame)
	}
	m.Marks = c.marks
	if slices.ContainsFunc(m.Pins, Pin.rides) && !retimed {
		cmds = append(cmds, m.render()...) // tells where they are
	}
	switch {
	case retimed || now.counts != c.counts || now.free != c.free || now.orbit != c.orbit:
		return append(cmds, m.reshoot()...)
	case now.colour.Range != c.colour.Range || now.marks != c.marks:
		cmds = append(cmds, m.survey()...)
	}
	if now.offset != c.offset {
		cmds = append(cmds, m.showRGB()...)
	}
	return cmds
}
