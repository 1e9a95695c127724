package model

import (
	"math"
	"slices"
	"strings"

	"zscope/depthcore/scene"
)

// Axes say how a file is meant that does not say it itself.
type Axes struct {
	Up   string  // "y" or "z"; empty for what is usual for the format
	Unit float64 // length of the file's unit in metres; 0 for 1
}

// SetAxes reads the open file again as one that is meant so.
type SetAxes struct{ Axes Axes }

// LacksAxes reports whether a scene is of a format that says neither which way
// is up nor what its unit is.
func LacksAxes(s *scene.Scene) bool {
	format, _, _ := strings.Cut(s.Source.Format, " ")
	return slices.Contains([]string{"OBJ", "PLY", "STL"}, format)
}

// Axes returns how the open file was read, with nothing left open.
func (m Model) Axes() Axes {
	a := m.File.Meant
	if a.Up == "" {
		a.Up = "z"
		if m.Job.Scene != nil && m.Job.Scene.Source.Format == "OBJ" {
			a.Up = "y"
		}
	}
	if a.Unit == 0 {
		a.Unit = 1
	}
	return a
}

func (m *Model) reopen(a Axes) []Cmd {
	if m.Job.Scene == nil || !LacksAxes(m.Job.Scene) {
		return nil
	}
	if a.Unit < 0 || math.IsNaN(a.Unit) || math.IsInf(a.Unit, 0) {
		m.notify(Warning, "A unit is a length in metres above 0.")
		return nil
	}
	m.open(m.File.Path)
	m.File.opening = a
	return []Cmd{Load{m.File.serial, m.File.Path, a}}
}
