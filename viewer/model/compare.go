package model

import (
	"fmt"
	"image"
	"math"
	"path/filepath"

	"zscope/depthcore/depth"
	"zscope/depthcore/difference"
	"zscope/depthcore/export"
)

// Compare is a depth sequence of another program that is held against the
// scene's depth.
type Compare struct {
	Path        string // a file's, with its number as #, or a folder's; empty for no sequence
	First, Last int
	Size        image.Point
	Offset      int     // number of the sequence's map that belongs to frame 0
	Hidden      bool    // the picture shows depth again
	Span        float64 // the colours reach from -Span to Span; 0 suits each frame

	Newest     Difference // the last that was measured
	Diagnosing bool
	Finding    string // in words, empty before it is known
	Sound      bool   // the sequence is what it should be

	asking bool // the dialog that is up is to choose a sequence
	serial int  // of the sequence
	want   int  // serial of the difference that was asked for
}

// Difference is how one frame of the sequence differs from the picture.
type Difference struct {
	Of     *depth.Map // the picture
	Number int        // of the sequence's map
	Other  *depth.Map // the sequence's map
	Image  *image.RGBA
	Span   float64 // of the colours
	Stats  difference.Stats
	Words  string // why there is none, empty otherwise
}

// Messages about comparing.
type (
	// AskCompare asks for the desktop's dialog to choose a depth sequence.
	AskCompare struct{}
	// CompareFound answers LoadCompare, and LoadRGB where what it found is
	// depth.
	CompareFound struct {
		Serial      int
		Path        string
		First, Last int
		Count       int
		Size        image.Point
		Err         error
	}
	// Compared answers MeasureDifference.
	Compared struct {
		Serial     int
		Difference Difference
	}
	// Diagnosed answers Diagnose.
	Diagnosed struct {
		Serial  int
		Finding string
		Sound   bool
		Err     error
	}
	CloseCompare     struct{}
	ToggleCompare    struct{} // hide or show the difference
	SetCompareOffset struct{ Offset int }
	// SetCompareSpan sets what the colours reach to; 0 suits each frame.
	SetCompareSpan struct{ Span float64 }
	// DiagnoseAgain asks anew what the sequence holds, as after another camera
	// was chosen.
	DiagnoseAgain struct{}
	// CopyComparison copies the numbers and the finding as text.
	CopyComparison struct{}
)

// Commands about comparing.
type (
	// LoadCompare finds the depth sequence that a file or folder stands for.
	LoadCompare struct {
		Serial int
		Path   string
	}
	// MeasureDifference compares a map of the sequence with a picture.
	MeasureDifference struct {
		Serial, Number int
		Of             *depth.Map
		Span           float64
	}
	// Diagnose finds out what the sequence holds, where map n + Offset belongs
	// to the job's frame n. Another one takes its place.
	Diagnose struct {
		Serial int
		Job    export.Job
		Offset int
	}
	// StopDiagnosis ends it without an answer.
	StopDiagnosis struct{}
)

// Difference returns how the shown picture differs from the sequence, where
// that is known.
func (m Model) Difference() (Difference, bool) {
	c := m.Compare
	d := c.Newest
	ok := c.Path != "" && m.Shown.Map != nil && d.Of == m.Shown.Map && d.Number == m.Shown.Frame+c.Offset
	return d, ok
}

// DifferenceAt returns other minus truth under the pointer.
func (m Model) DifferenceAt(x, y int) (float64, bool) {
	d, ok := m.Difference()
	if !ok || d.Other == nil || x < 0 || y < 0 || x >= d.Other.Width || y >= d.Other.Height {
		return 0, false
	}
	truth, other := d.Of.At(x, y), d.Other.At(x, y)
	return float64(other) - float64(truth), depth.IsHit(truth) && depth.IsHit(other)
}

func (m *Model) updateCompare(msg Msg) (cmds []Cmd, known bool) {
	c := &m.Compare
	switch msg := msg.(type) {
	case AskCompare:
		if m.Choosing {
			return nil, true
		}
		m.Choosing, c.asking = true, true
		return []Cmd{ChooseFolder{Start: m.folder()}}, true
	case CompareFound:
		return m.compareFound(msg), true
	case Compared:
		if msg.Serial == c.want && c.Path != "" {
			c.Newest = msg.Difference
		}
	case Diagnosed:
		if msg.Serial != c.serial || c.Path == "" {
			break
		}
		c.Diagnosing, c.Finding, c.Sound = false, msg.Finding, msg.Sound
		if msg.Err != nil {
			c.Finding = sentence(msg.Err)
		}
	case CloseCompare:
		m.Compare = Compare{serial: m.nextSerial()}
		return []Cmd{StopDiagnosis{}}, true
	case ToggleCompare:
		c.Hidden = !c.Hidden
	case SetCompareOffset:
		c.Offset = msg.Offset
		return m.measure(), true
	case SetCompareSpan:
		if msg.Span >= 0 && !math.IsInf(msg.Span, 0) {
			c.Span = msg.Span
		}
		return m.measure(), true
	case DiagnoseAgain:
		return m.diagnose(), true
	case CopyComparison:
		if d, ok := m.Difference(); ok {
			return []Cmd{Copy{m.comparisonText(d)}}, true
		}
	default:
		return nil, false
	}
	return nil, true
}

func (m *Model) loadCompare(path string) []Cmd {
	m.AskPath = false
	m.Compare.serial = m.nextSerial()
	return []Cmd{LoadCompare{m.Compare.serial, path}}
}

// compareFound takes a sequence up, and the depth's size from it.
func (m *Model) compareFound(msg CompareFound) []Cmd {
	if msg.Serial != m.Compare.serial && msg.Serial != m.RGB.serial {
		return nil
	}
	if msg.Err != nil {
		m.notify(Error, sentence(msg.Err))
		return nil
	}
	if m.Job.Scene == nil {
		m.notify(Warning, "Open a scene before the depth that it shall be compared with.")
		return nil
	}
	m.Compare = Compare{Path: msg.Path, First: msg.First, Last: msg.Last, Size: msg.Size, serial: m.nextSerial()}
	words := fmt.Sprintf("%d depth maps, %d to %d.", msg.Count, msg.First, msg.Last)
	if msg.Last < m.Timeline.First || msg.First > m.Timeline.Last {
		m.Compare.Offset = msg.First - m.Timeline.First
		words += fmt.Sprintf(" None has the number of a frame, so map %d is compared with frame %d.", msg.First, m.Timeline.First)
	}
	var cmds []Cmd
	if w, h := m.SizeOf(); msg.Size != image.Pt(w, h) {
		m.setSize(msg.Size.X, msg.Size.Y)
		m.retime()
		cmds = m.reshoot()
		words += fmt.Sprintf(" The picture takes their size, %d × %d.", msg.Size.X, msg.Size.Y)
	} else {
		cmds = m.measure()
	}
	m.notify(Info, words)
	return append(cmds, m.diagnose()...)
}

// measure asks for the difference from the shown picture. The free camera sees
// what no sequence shows.
func (m *Model) measure() []Cmd {
	c := &m.Compare
	if c.Path == "" || m.Free || !m.Shown.Exact {
		return nil
	}
	c.want = m.nextSerial()
	return []Cmd{MeasureDifference{c.want, m.Shown.Frame + c.Offset, m.Shown.Map, c.Span}}
}

// diagnose needs the sequence's own size, whatever the picture's is.
func (m *Model) diagnose() []Cmd {
	c := &m.Compare
	if c.Path == "" || len(m.Job.Scene.Cameras) == 0 && m.Job.Track == nil {
		return nil
	}
	at := *m
	at.setSize(c.Size.X, c.Size.Y)
	c.serial = m.nextSerial()
	c.Diagnosing, c.Finding, c.Sound = true, "", false
	return []Cmd{Diagnose{c.serial, at.Job, c.Offset}}
}

func (m Model) comparisonText(d Difference) string {
	if d.Words != "" {
		return d.Words
	}
	s := d.Stats
	text := fmt.Sprintf("%s frame %d, %s map %d: max %.9g m, mean %.9g m, bias %.9g m, %.6g %% within 1e-5, %.6g %% within 1 mm, compared %d pixels, only in the scene %d, only in the sequence %d",
		m.Name(), m.Shown.Frame, filepath.Base(m.Compare.Path), d.Number, s.Max, s.Mean, s.Bias, 100*s.Close, 100*s.Millimetre, s.Both, s.TruthOnly, s.OtherOnly)
	if m.Compare.Finding != "" {
		text += "\n" + m.Compare.Finding
	}
	return text
}
