package model

import (
	"math"

	"zscope/depthcore/camera"
)

// Intrinsic is one of the four numbers of a pinhole camera.
type Intrinsic int

const (
	Fx Intrinsic = iota
	Fy
	Cx
	Cy
)

// Borrowed says what of a camera file is taken from the picture that was shown,
// since the file leaves it open.
type Borrowed int

const (
	BorrowedNothing Borrowed = iota
	BorrowedSize
	BorrowedLens // and the size
)

func (b Borrowed) words() string {
	return [...]string{"", ", at the size of the picture that was shown, which the file does not say",
		", with the size, focal lengths and centre of the picture that was shown, which the file does not say"}[b]
}

// Messages about the camera's intrinsics.
type (
	// SetIntrinsic replaces one, in pixels of the picture that is shown, as
	// PixelOrigin counts them.
	SetIntrinsic struct {
		Which Intrinsic
		Value float64
	}
	// SetPixelOrigin chooses where the principal point is counted from.
	SetPixelOrigin struct{ Centre bool }
	// OwnLens goes back to the camera's own.
	OwnLens struct{}
)

func (m *Model) updateLens(msg Msg) (cmds []Cmd, known bool) {
	lens := m.Job.Lens
	switch msg := msg.(type) {
	case SetIntrinsic:
		if math.IsNaN(msg.Value) || math.IsInf(msg.Value, 0) || msg.Which <= Fy && msg.Value <= 0 {
			m.notify(Warning, "A focal length is a number of pixels above 0; the principal point is where you like.")
			return nil, true
		}
		if msg.Which >= Cx {
			msg.Value += m.PixelOrigin()
		}
		*[...]**float64{&lens.Fx, &lens.Fy, &lens.Cx, &lens.Cy}[msg.Which] = &msg.Value
	case SetPixelOrigin:
		m.Settings.FromCentre = msg.Centre
		return nil, true
	case OwnLens:
		lens = camera.Override{}
	default:
		return nil, false
	}
	if m.Job.Scene == nil || m.Free || lens == m.Job.Lens {
		return nil, true
	}
	m.Job.Lens = lens
	m.retime()
	return m.reshoot(), true
}

// PixelOrigin returns where the principal point is counted from as it is shown
// and typed: 0 for the picture's corner, 0.5 for the first pixel's centre.
func (m Model) PixelOrigin() float64 {
	if m.Settings.FromCentre {
		return 0.5
	}
	return 0
}

// Refitted reports whether the camera's intrinsics are replaced.
func (m Model) Refitted() bool { return m.Job.Lens != (camera.Override{}) }

// HasLens reports whether what is shown is seen through a pinhole camera of
// the scene's.
func (m Model) HasLens() bool {
	return m.Shown.Map != nil && !m.Free && m.Shown.View.Model != camera.Orthographic
}
