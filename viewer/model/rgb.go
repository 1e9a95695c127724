package model

import (
	"fmt"
	"image"
	"math"
)

// RGB is a sequence of pictures that is laid over the depth, to see whether
// the two fit.
type RGB struct {
	Path        string // a picture's, with its number as #; empty for no sequence
	First, Last int    // numbers of the pictures
	Size        image.Point
	Offset      int     // picture number of frame 0
	Opacity     float64 // 0 to 1
	Wipe        bool    // show it left of At only
	At          float64 // share of the picture's width
	Hidden      bool    // to compare

	Image  *image.RGBA // the last that was read
	Number int         // of Image
	Fit    Fit
	told   bool // that a picture has another size
	asking bool // the dialog that is up is to choose a sequence
	serial int  // of the sequence
	want   int  // serial of the picture that was asked for
}

// Messages about RGB pictures.
type (
	// RGBFound answers LoadRGB.
	RGBFound struct {
		Serial      int
		Path        string
		First, Last int
		Count       int
		Size        image.Point // of the first picture
		Err         error
	}
	// RGBShown answers ShowRGB. Image is nil where there is no picture of that
	// number.
	RGBShown struct {
		Serial int
		Number int
		Image  *image.RGBA
		Err    error
	}
	// AskRGB asks for the desktop's dialog to choose a folder of pictures.
	AskRGB struct{}
	// Peek shows the RGB picture alone while a key is held.
	Peek          struct{ On bool }
	CloseRGB      struct{}
	ToggleRGB     struct{} // hide or show
	SetRGBOpacity struct{ Opacity float64 }
	SetRGBWipe    struct{ Wipe bool }
	MoveRGBWipe   struct{ At float64 }
	SetRGBOffset  struct{ Offset int }
	// CoverMore makes the RGB picture cover more of the depth by a share, or
	// less, whichever way it lies over it.
	CoverMore struct{ By float64 }
	// StepRGBOffset changes the offset by so many pictures.
	StepRGBOffset struct{ By int }
)

// Commands about RGB pictures.
type (
	// LoadRGB finds the sequence that a picture, or a folder of pictures,
	// stands for.
	LoadRGB struct {
		Serial int
		Path   string
	}
	// ShowRGB reads one picture of the sequence.
	ShowRGB struct{ Serial, Number int }
)

// Over returns the RGB picture that belongs to the shown frame, where it is at
// hand and not hidden. The free camera sees what no picture shows.
func (m Model) Over() *image.RGBA {
	r := m.RGB
	if r.Path == "" || m.Free || r.Hidden && !m.Peeking || r.Image == nil || m.Shown.Map == nil || r.Number != m.Shown.Frame+r.Offset {
		return nil
	}
	return r.Image
}

func (m *Model) updateRGB(msg Msg) (cmds []Cmd, known bool) {
	r := &m.RGB
	switch msg := msg.(type) {
	case RGBFound:
		return m.rgbFound(msg), true
	case RGBShown:
		switch {
		case msg.Serial != r.want || r.Path == "":
		case msg.Err != nil:
			m.notify(Error, sentence(msg.Err))
		default:
			r.Image, r.Number = msg.Image, msg.Number
			if r.Image != nil && r.Image.Rect.Size() != r.Size && !r.told {
				r.told = true
				m.notify(Warning, m.Mismatch())
			}
		}
	case AskRGB:
		if m.Choosing {
			return nil, true
		}
		m.Choosing, r.asking = true, true
		return []Cmd{ChooseFolder{Start: m.folder()}}, true
	case Peek:
		m.Peeking = msg.On
	case CloseRGB:
		m.RGB = RGB{serial: m.nextSerial()}
	case ToggleRGB:
		r.Hidden = !r.Hidden
	case SetRGBOpacity:
		r.Opacity = math.Max(0, math.Min(1, msg.Opacity))
	case SetRGBWipe:
		r.Wipe = msg.Wipe
	case CoverMore:
		if r.Wipe {
			r.At = math.Max(0, math.Min(1, r.At+msg.By))
		} else {
			r.Opacity = math.Max(0, math.Min(1, r.Opacity+msg.By))
		}
	case MoveRGBWipe:
		r.At = math.Max(0, math.Min(1, msg.At))
	case StepRGBOffset:
		r.Offset += msg.By
		return m.showRGB(), true
	case SetRGBOffset:
		r.Offset = msg.Offset
		return m.showRGB(), true
	default:
		return nil, false
	}
	return nil, true
}

func (m *Model) loadRGB(path string) []Cmd {
	m.RGB.serial = m.nextSerial()
	return []Cmd{LoadRGB{m.RGB.serial, path}}
}

// rgbFound takes a sequence up, and the depth's size from it.
func (m *Model) rgbFound(msg RGBFound) []Cmd {
	if msg.Serial != m.RGB.serial {
		return nil
	}
	if msg.Err != nil {
		m.notify(Error, sentence(msg.Err))
		return nil
	}
	if m.Job.Scene == nil {
		m.notify(Warning, "Open a scene before the pictures that it shall be compared with.")
		return nil
	}
	m.RGB = RGB{
		Path: msg.Path, First: msg.First, Last: msg.Last, Size: msg.Size,
		Opacity: 0.5, At: 0.5, serial: msg.Serial,
	}
	words := fmt.Sprintf("%d RGB pictures, %d to %d.", msg.Count, msg.First, msg.Last)
	if msg.Last < m.Timeline.First || msg.First > m.Timeline.Last {
		m.RGB.Offset = msg.First - m.Timeline.First
		words += fmt.Sprintf(" None has the number of a frame, so picture %d is laid over frame %d.", msg.First, m.Timeline.First)
	}
	var cmds []Cmd
	if w, h := m.SizeOf(); msg.Size != image.Pt(w, h) {
		m.setSize(msg.Size.X, msg.Size.Y)
		m.retime()
		cmds = m.reshoot()
		words += fmt.Sprintf(" The depth takes their size, %d × %d.", msg.Size.X, msg.Size.Y)
	} else {
		cmds = m.showRGB()
	}
	m.notify(Info, words)
	return cmds
}

func (m *Model) showRGB() []Cmd {
	if m.RGB.Path == "" {
		return nil
	}
	m.RGB.want = m.nextSerial()
	return []Cmd{ShowRGB{m.RGB.want, m.Frame + m.RGB.Offset}}
}
