package model

import (
	"fmt"
	"slices"
)

// ToggleAnimation plays an animation of the scene, or leaves it out.
type ToggleAnimation struct{ Index int }

// Plays reports whether an animation of the scene is played.
func (m Model) Plays(index int) bool {
	return m.Job.Animations == nil || slices.Contains(m.Job.Animations, index)
}

func (m *Model) updateAnimations(msg Msg) (cmds []Cmd, known bool) {
	toggle, ok := msg.(ToggleAnimation)
	if !ok {
		return nil, false
	}
	if m.Job.Scene == nil || toggle.Index < 0 || toggle.Index >= len(m.Job.Scene.Animations) {
		return nil, true
	}
	list := []int{} // not nil, which is all of them
	for i := range m.Job.Scene.Animations {
		if m.Plays(i) != (i == toggle.Index) {
			list = append(list, i)
		}
	}
	if len(list) == len(m.Job.Scene.Animations) {
		list = nil
	}
	m.Job.Animations = list
	m.retime()
	m.Frame = m.clampFrame(m.Frame)
	return m.reshoot(), true
}

// askAboutClashes says that it has to be chosen which animations play, where
// some move the same.
func (m *Model) askAboutClashes() {
	if clashes := m.Job.Scene.Clashes(m.Job.Animations); len(clashes) > 0 {
		m.notify(Warning, fmt.Sprintf("%s: %s. Which ones shall play? Choose at the end of the side panel.", m.Name(), clashes[0]))
	}
}
