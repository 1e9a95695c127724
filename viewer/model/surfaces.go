package model

import "math"

// Surfaces says which surfaces count, in the window and in what it exports.
type Surfaces struct {
	CullBackFaces  bool    // of single-sided materials
	Clip           bool    // by the camera's planes
	NoMask         bool    // MASK surfaces are opaque
	BlendThreshold float64 // BLEND surfaces are not there below this alpha; 0: they are opaque
}

// SetSurfaces chooses which surfaces count.
type SetSurfaces struct{ Surfaces Surfaces }

// Surfaces returns which surfaces count.
func (m Model) Surfaces() Surfaces {
	o := m.Job.Raycast
	return Surfaces{o.CullBackFaces, o.Clip, o.NoMask, o.BlendThreshold}
}

func (m *Model) updateSurfaces(msg Msg) (cmds []Cmd, known bool) {
	set, known := msg.(SetSurfaces)
	if !known {
		return nil, false
	}
	s := set.Surfaces
	if math.IsNaN(s.BlendThreshold) || s.BlendThreshold < 0 || s.BlendThreshold > 1 {
		m.notify(Warning, "Alpha goes from 0 to 1.")
		return nil, true
	}
	if s == m.Surfaces() {
		return nil, true
	}
	m.setSurfaces(s)
	cmds = m.reshoot()
	if m.Export.Open {
		cmds = append(cmds, m.edit(m.Export.Draft)...)
	}
	return cmds, true
}

func (m *Model) setSurfaces(s Surfaces) {
	o := &m.Job.Raycast
	o.CullBackFaces, o.Clip, o.NoMask, o.BlendThreshold = s.CullBackFaces, s.Clip, s.NoMask, s.BlendThreshold
}
