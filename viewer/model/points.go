package model

import (
	"fmt"
	"image"
	"math"
	"path/filepath"
	"strings"

	"zscope/depthcore/camera"
	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
	"zscope/depthcore/points"
)

// Points is the view of the shown picture's pixels as points in space.
type Points struct {
	On    bool
	Large bool // over the whole picture rather than in its corner
	Look  points.Look
	RGB   bool        // colours of the RGB picture, where there is one
	Size  image.Point // of the view in screen pixels

	Image  *image.RGBA // the last that was drawn
	drawn  pointsView  // what was asked for last
	want   int
	asking *points.Axes // the dialog that is up is to save points with these axes
}

// pointsView says what a drawing of the points shows.
type pointsView struct {
	of      *depth.Map
	mapping colormap.Mapping
	rgb     *image.RGBA
	look    points.Look
	size    image.Point
}

// Messages about points.
type (
	TogglePoints  struct{}
	EnlargePoints struct{}
	// TurnPoints turns the view, in radians.
	TurnPoints struct{ Yaw, Pitch float64 }
	// MovePoints moves the view aside, in shares of the distance.
	MovePoints struct{ Right, Up float64 }
	// ZoomPoints comes nearer by a factor of e^By.
	ZoomPoints struct{ By float64 }
	// ResetPoints looks from a little aside, or from where the camera stands.
	ResetPoints struct{ Camera bool }
	// PaintPoints chooses the RGB picture's colours, or those of depth.
	PaintPoints struct{ RGB bool }
	PointsSized struct{ Size image.Point }
	// PointsDrawn answers DrawPoints.
	PointsDrawn struct {
		Serial int
		Image  *image.RGBA
	}
	// AskSavePoints asks for the desktop's dialog to save the points as PLY.
	AskSavePoints struct{ Axes points.Axes }
	// PointsSaved answers SavePoints.
	PointsSaved struct {
		Path  string
		Count int
		Err   error
	}
)

// Commands about points.
type (
	// DrawPoints draws a picture's pixels as points; answered by PointsDrawn.
	// The newest wins. RGB is nil for the mapping's colours.
	DrawPoints struct {
		Serial  int
		Of      *depth.Map
		View    camera.View
		Mapping colormap.Mapping
		RGB     *image.RGBA
		Look    points.Look
		Size    image.Point
	}
	// ChoosePoints shows the desktop's dialog for a PLY file to write; answered
	// by Chosen.
	ChoosePoints struct{ Start, Name string }
	// SavePoints writes them as PLY; answered by PointsSaved. A file of that
	// name is not replaced unless it was chosen as it stands.
	SavePoints struct {
		Path    string
		Of      *depth.Map
		View    camera.View
		Mapping colormap.Mapping
		RGB     *image.RGBA
		Axes    points.Axes
		Notes   []string // lines of the file's header
	}
)

// aside is from where the points are seen at first.
var aside = points.Look{Yaw: 0.5, Pitch: 0.3, Nearer: -0.25}

func (m *Model) updatePoints(msg Msg) (cmds []Cmd, known bool) {
	p := &m.Points
	switch msg := msg.(type) {
	case TogglePoints:
		p.On = !p.On
		if p.Look == (points.Look{}) {
			p.Look = aside
		}
	case EnlargePoints:
		p.On, p.Large = true, !(p.On && p.Large)
		if p.Look == (points.Look{}) {
			p.Look = aside
		}
	case TurnPoints:
		p.Look.Yaw = math.Remainder(p.Look.Yaw+msg.Yaw, 2*math.Pi)
		p.Look.Pitch = math.Max(-math.Pi/2, math.Min(math.Pi/2, p.Look.Pitch+msg.Pitch))
	case MovePoints:
		p.Look.Right, p.Look.Up = within(p.Look.Right+msg.Right, 20), within(p.Look.Up+msg.Up, 20)
	case ZoomPoints:
		p.Look.Nearer = within(p.Look.Nearer+msg.By, 7)
	case ResetPoints:
		p.Look = aside
		if msg.Camera {
			p.Look = points.Look{}
		}
	case PaintPoints:
		p.RGB = msg.RGB
	case PointsSized:
		p.Size = msg.Size
	case PointsDrawn:
		if msg.Serial == p.want {
			p.Image = msg.Image
		}
	case AskSavePoints:
		if m.Choosing || !m.Shown.Exact {
			return nil, true
		}
		m.Choosing, p.asking = true, &msg.Axes
		return []Cmd{ChoosePoints{m.folder(), m.pointsName()}}, true
	case PointsSaved:
		if msg.Err != nil {
			m.notify(Error, sentence(msg.Err))
		} else {
			m.notify(Info, fmt.Sprintf("%d points are saved as %s.", msg.Count, msg.Path))
		}
	default:
		return nil, false
	}
	return nil, true
}

func within(x, most float64) float64 { return math.Max(-most, math.Min(most, x)) }

// PointsTurned reports whether keys turn the points.
func (m Model) PointsTurned() bool { return m.Points.On && m.Shown.Map != nil }

// drawPoints asks for the points to be drawn, where they look different now.
func (m *Model) drawPoints() []Cmd {
	p := &m.Points
	if !p.On || m.Shown.Map == nil || p.Size.X <= 0 || p.Size.Y <= 0 {
		return nil
	}
	v := pointsView{of: m.Shown.Map, look: p.Look, size: p.Size, rgb: m.pointsRGB()}
	if v.rgb == nil {
		v.mapping = m.Colour.Mapping
	}
	if v == p.drawn {
		return nil
	}
	p.drawn, p.want = v, m.nextSerial()
	return []Cmd{DrawPoints{p.want, v.of, m.Shown.View, v.mapping, v.rgb, v.look, v.size}}
}

// pointsRGB returns the picture that colours the points, nil where depth does.
func (m Model) pointsRGB() *image.RGBA {
	r := m.RGB
	if !m.Points.RGB || m.Free || r.Path == "" || r.Image == nil || m.Shown.Map == nil || r.Number != m.Shown.Frame+r.Offset {
		return nil
	}
	return r.Image
}

func (m Model) pointsName() string {
	name := m.Name()
	return fmt.Sprintf("%s_points_%04d.ply", strings.TrimSuffix(name, filepath.Ext(name)), m.Shown.Frame)
}

// pointsChosen saves the points where the person said, or without a dialog
// where the person finds them.
func (m *Model) pointsChosen(msg Chosen, axes points.Axes) []Cmd {
	path := msg.Path
	switch {
	case msg.Err != nil:
		path = strings.TrimSuffix(filepath.Join(m.Home, m.pointsName()), ".ply")
	case path == "" || !m.Shown.Exact:
		return nil
	}
	job := m.Job
	job.Software = m.Software
	notes := append([]string{m.caption()}, job.Provenance()...)
	return []Cmd{SavePoints{path, m.Shown.Map, m.Shown.View, m.Colour.Mapping, m.pointsRGB(), axes, notes}}
}
