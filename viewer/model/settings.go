package model

import (
	"image"

	"zscope/depthcore/colormap"
)

// Settings are what a window remembers from the last one.
type Settings struct {
	Theme   Theme       `json:"theme"`              // the desktop's, unless one was chosen
	Panel   float64     `json:"panel,omitempty"`    // width of the side panel in dp, 0 for the usual one
	NoPanel bool        `json:"no_panel,omitempty"` // it is not shown
	Window  image.Point `json:"window"`             // size in dp, 0 x 0 for the usual one
	Last    Last        `json:"last"`
	Presets []Preset    `json:"presets,omitempty"` // of exports, that the person kept
	// FromCentre says that a principal point is shown and typed as counted from
	// the centre of the top left pixel, as OpenCV does, not from its corner.
	FromCentre bool `json:"from_centre,omitempty"`
}

// Theme says whether the window is light or dark.
type Theme string

const (
	ThemeOfDesktop Theme = ""
	ThemeLight     Theme = "light"
	ThemeDark      Theme = "dark"
)

// Light reports whether the window is light; dark otherwise.
func (m Model) Light() bool {
	if m.Settings.Theme == ThemeOfDesktop {
		return m.DesktopLight
	}
	return m.Settings.Theme == ThemeLight
}

// toggleLight makes the window the other of light and dark. Where the desktop
// is that too, the window follows it again.
func (m *Model) toggleLight() {
	light := !m.Light()
	switch {
	case light == m.DesktopLight:
		m.Settings.Theme = ThemeOfDesktop
	case light:
		m.Settings.Theme = ThemeLight
	default:
		m.Settings.Theme = ThemeDark
	}
}

// Last is what the last window showed.
type Last struct {
	File     string  `json:"file"` // path, empty for the demo scene
	Frame    int     `json:"frame"`
	Map      string  `json:"map"`
	Reversed bool    `json:"reversed"`
	Scale    string  `json:"scale"`
	Range    string  `json:"range"`
	Near     float64 `json:"near"` // of a locked range
	Far      float64 `json:"far"`
	Lines    bool    `json:"lines"`
	Spacing  float64 `json:"spacing"`
}

// Size returns the window's first size in dp.
func (s Settings) Size() image.Point {
	const least, most = 400, 8192
	if w := s.Window; w.X >= least && w.Y >= least && w.X <= most && w.Y <= most {
		return w
	}
	return image.Pt(1280, 800)
}

// Messages about settings.
type (
	// SettingsKnown says what the last window was set to.
	SettingsKnown struct{ Settings Settings }
	// Restore opens what the last window showed.
	Restore     struct{}
	ToggleLight struct{}
	// FollowDesktop makes the window light or dark as the desktop is.
	FollowDesktop struct{}
	// DesktopIs says whether the desktop is light or dark.
	DesktopIs   struct{ Light bool }
	TogglePanel struct{}
	// SetPanel makes the side panel so many dp wide; Done at the drag's end.
	SetPanel struct {
		Width float64
		Done  bool
	}
	// WindowSized says how large the window is, in dp.
	WindowSized struct{ Size image.Point }
)

// KeepSettings makes the next window start with the settings.
type KeepSettings struct{ Settings Settings }

func (m *Model) updateSettings(msg Msg) (cmds []Cmd, known bool) {
	s := &m.Settings
	switch msg := msg.(type) {
	case SettingsKnown:
		*s = msg.Settings
	case Restore:
		last := s.Last
		m.resume = &last
		return m.open(last.File), true
	case ToggleLight:
		m.toggleLight()
		return []Cmd{m.keep()}, true
	case FollowDesktop:
		s.Theme = ThemeOfDesktop
		return []Cmd{m.keep()}, true
	case DesktopIs:
		m.DesktopLight = msg.Light
	case TogglePanel:
		s.NoPanel = !s.NoPanel
		return []Cmd{m.keep()}, true
	case SetPanel:
		s.Panel = msg.Width
		if msg.Done {
			return []Cmd{m.keep()}, true
		}
	case WindowSized:
		s.Window = msg.Size
	default:
		return nil, false
	}
	return nil, true
}

// rangeNames are the words for RangeMode in a file, in its order.
var rangeNames = []string{"picture", "most", "sequence", "locked"}

// keep writes down what the window is like now.
func (m *Model) keep() Cmd {
	if m.Job.Scene != nil {
		c := m.Colour
		m.Settings.Last = Last{
			File: m.File.Path, Frame: m.Frame,
			Map: c.Mapping.Map.String(), Reversed: c.Mapping.Reversed, Scale: c.Mapping.Scale.String(),
			Range: rangeNames[c.Range], Near: c.Mapping.Near, Far: c.Mapping.Far, Lines: c.Lines, Spacing: c.Spacing,
		}
	}
	return KeepSettings{m.Settings}
}

// resumeLast goes back to the frame and the colours of the last window, where
// the scene that was opened is its. What a file says that makes no sense is
// left out.
func (m *Model) resumeLast() {
	last := m.resume
	m.resume = nil
	if last == nil || last.File != m.File.Path {
		return
	}
	m.Frame = m.clampFrame(last.Frame)
	c := m.Colour
	if v, err := colormap.ParseMap(last.Map); err == nil {
		c.Mapping.Map, c.Mapping.Reversed = v, last.Reversed
	}
	if v, err := colormap.ParseScale(last.Scale); err == nil {
		c.Mapping.Scale = v
	}
	locked := c.Mapping
	locked.Near, locked.Far = last.Near, last.Far
	for i, name := range rangeNames {
		if name == last.Range && (RangeMode(i) != RangeLocked || locked.Check() == nil) {
			c.Range = RangeMode(i)
		}
	}
	if c.Range == RangeLocked {
		c.Mapping = locked
	}
	c.Lines, c.Spacing = last.Lines, max(0, last.Spacing)
	m.Colour = c
}
