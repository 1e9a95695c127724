package model

import (
	"fmt"
	"strings"

	"zscope/depthcore/depth"
)

// CanCopy reports whether something is read: under the pointer, at a pin or
// over an area.
func (m Model) CanCopy() bool {
	_, pointed := m.Reading()
	return m.Shown.Map != nil && (pointed || len(m.Pins) > 0 || !m.Area.Pixels.Empty())
}

// readingText says in a line each what is under the pointer, at the pins and
// over the area. It is empty where there is none of them.
func (m Model) readingText() string {
	var lines []string
	if r, ok := m.Reading(); ok {
		line := m.pointText(r)
		if s := m.Pointer.Surface; s.Known && s.Hit {
			line += fmt.Sprintf(" normal (%.9g, %.9g, %.9g)", s.Normal[0], s.Normal[1], s.Normal[2])
			for _, named := range [][2]string{{"object", s.Object}, {"material", s.Material}} {
				if named[1] != "" {
					line += " " + named[0] + " " + named[1]
				}
			}
		}
		lines = append(lines, line)
	}
	for i, p := range m.Pins {
		kind := "pin"
		if p.InWorld {
			kind = "pin in space"
		}
		if r, ok := m.ReadingOf(p); ok {
			lines = append(lines, fmt.Sprintf("%s %d: %s", kind, i+1, m.pointText(r.Reading)))
		} else {
			lines = append(lines, fmt.Sprintf("%s %d: out of the picture", kind, i+1))
		}
	}
	if b, ok := m.Between(); ok {
		lines = append(lines, fmt.Sprintf("from %s to %s: Z %+.9g, %.9g apart in space", b.A, b.B, b.DZ, b.Distance))
	}
	if s, ok := m.AreaStats(); ok {
		lines = append(lines, m.areaText(s))
	}
	return strings.Join(lines, "\n")
}

func (m Model) pointText(r Reading) string {
	text := fmt.Sprintf("%s frame %d pixel (%d, %d) Z %s", m.Name(), r.Frame, r.X, r.Y, ZText(r.Z))
	if r.Hit && r.Exact {
		text += fmt.Sprintf(" distance %.9g camera (%.9g, %.9g, %.9g) world (%.9g, %.9g, %.9g)", r.Euclidean,
			r.Camera[0], r.Camera[1], r.Camera[2], r.World[0], r.World[1], r.World[2])
	}
	return text
}

func (m Model) areaText(s depth.Stats) string {
	p := m.Area.Pixels
	text := fmt.Sprintf("%s frame %d area %d x %d from pixel (%d, %d): ", m.Name(), m.Shown.Frame, p.Dx(), p.Dy(), p.Min.X, p.Min.Y)
	if s.Hits == 0 {
		return text + "no surface"
	}
	return text + fmt.Sprintf("Z mean %.9g min %s max %s standard deviation %.9g, %d pixels with a surface, %d without",
		s.Mean, ZText(s.Min), ZText(s.Max), s.Deviation, s.Hits, s.Empty)
}
