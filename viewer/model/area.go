package model

import (
	"image"

	"zscope/depthcore/depth"
)

// Area is a part of the picture whose depth is summed up.
type Area struct {
	Pixels image.Rectangle // of the shown picture; empty for no area
	Stats  depth.Stats
	of     *depth.Map // that Stats are of
	over   image.Rectangle
	want   int // serial of the statistics that were asked for
	// Corner is where an area is being drawn from by keys, Growing whether.
	Corner  image.Point
	Growing bool
}

// Messages about the area.
type (
	// SetArea chooses the pixels; an empty rectangle lets the area go.
	SetArea struct{ Pixels image.Rectangle }
	// MarkCorner begins an area at the pixel that is pointed at, or ends it
	// there.
	MarkCorner struct{}
	// AreaMeasured answers MeasureArea.
	AreaMeasured struct {
		Serial int
		Of     *depth.Map
		Pixels image.Rectangle
		Stats  depth.Stats
	}
)

// MeasureArea sums up a part of a map; answered by AreaMeasured. The newest
// wins.
type MeasureArea struct {
	Serial int
	Of     *depth.Map
	Pixels image.Rectangle
}

// AreaStats returns what is known of the area in the shown picture.
func (m Model) AreaStats() (depth.Stats, bool) {
	a := m.Area
	ok := !a.Pixels.Empty() && m.Shown.Exact && a.of == m.Shown.Map && a.over == a.Pixels
	return a.Stats, ok
}

// PixelNear returns the pixel of the shown picture that is nearest to a screen
// point.
func (m Model) PixelNear(x, y float64) image.Point {
	size := m.PictureSize()
	u, v := m.Place().Image(x, y)
	return image.Pt(max(0, min(int(u), size.X-1)), max(0, min(int(v), size.Y-1)))
}

// Spanned returns the smallest area that holds two pixels.
func Spanned(a, b image.Point) image.Rectangle {
	r := image.Rectangle{Min: a, Max: b}.Canon()
	return image.Rectangle{Min: r.Min, Max: r.Max.Add(image.Pt(1, 1))}
}

func (m *Model) updateArea(msg Msg) (cmds []Cmd, known bool) {
	a := &m.Area
	switch msg := msg.(type) {
	case SetArea:
		a.Growing = false
		return m.setArea(msg.Pixels), true
	case MarkCorner:
		r, ok := m.Reading()
		switch {
		case a.Growing:
			a.Growing = false
		case ok:
			a.Growing, a.Corner = true, image.Pt(r.X, r.Y)
			return m.grow(), true
		}
	case AreaMeasured:
		if msg.Serial == a.want {
			a.Stats, a.of, a.over = msg.Stats, msg.Of, msg.Pixels
		}
	default:
		return nil, false
	}
	return nil, true
}

// setArea keeps to the picture.
func (m *Model) setArea(r image.Rectangle) []Cmd {
	if m.Shown.Map == nil {
		return nil
	}
	m.Area.Pixels = r.Intersect(image.Rectangle{Max: m.PictureSize()})
	return m.measureArea()
}

// grow stretches an area that is being drawn by keys to where the pointer is.
func (m *Model) grow() []Cmd {
	r, ok := m.Reading()
	if !m.Area.Growing || !ok {
		return nil
	}
	return m.setArea(Spanned(m.Area.Corner, image.Pt(r.X, r.Y)))
}

// measureArea asks for the area's statistics in the shown picture.
func (m *Model) measureArea() []Cmd {
	a := &m.Area
	if a.Pixels.Empty() || !m.Shown.Exact {
		return nil
	}
	if _, known := m.AreaStats(); known {
		return nil
	}
	a.want = m.nextSerial()
	return []Cmd{MeasureArea{a.want, m.Shown.Map, a.Pixels}}
}
