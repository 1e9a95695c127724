package model

import (
	"fmt"

	"zscope/depthcore/camera"
	"zscope/depthcore/export"
)

// FillTrack makes the frames that the camera track leaves out, from their
// neighbours.
type FillTrack struct{}

// TrackGaps returns how many frames the camera track leaves out between its
// first and its last.
func (m Model) TrackGaps() int { return gaps(m.Job.Track) }

func gaps(t *camera.Track) int {
	if t == nil || len(t.Frames) == 0 {
		return 0
	}
	n := len(t.Frames)
	return t.Frames[n-1].Frame - t.Frames[0].Frame + 1 - n
}

// gapWords says what to do about frames that a track leaves out.
func gapWords(t *camera.Track) string {
	switch n := gaps(t); n {
	case 0:
		return ""
	case 1:
		return " It leaves one frame out: “Fill the camera track” (Ctrl+P) makes it from its neighbours."
	default:
		return fmt.Sprintf(" It leaves %d frames out: “Fill the camera track” (Ctrl+P) makes them from their neighbours.", n)
	}
}

func (m *Model) fillTrack() []Cmd {
	made := m.TrackGaps()
	if made == 0 {
		return nil
	}
	filled, err := m.Job.Track.Filled(export.MaxFrames)
	if err != nil {
		m.notify(Warning, sentence(err))
		return nil
	}
	m.Job.Track = filled
	m.retime()
	m.Frame = m.clampFrame(m.Frame)
	m.notify(Info, fmt.Sprintf("The camera track has %d frames now, %d of them made from their neighbours.", len(filled.Frames), made))
	return m.reshoot()
}
