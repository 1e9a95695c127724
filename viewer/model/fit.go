package model

import (
	"fmt"
	"image"
	"math"
	"strings"

	"zscope/depthcore/alignment"
	"zscope/depthcore/export"
)

// Fit is the search for the frame offset and the shift at which the RGB
// pictures fit the depth best.
type Fit struct {
	Running     bool
	Done, Total int // pictures
	Found       *alignment.Found
	Words       string // what was found, or why nothing was
	was         int    // the offset when it was looked for
	serial      int
}

// Messages about fitting.
type (
	// FindFit starts the search, StopFit ends it.
	FindFit struct{}
	StopFit struct{}
	// UseFit takes the offset that fits best.
	UseFit struct{}
	// FitProgress and FitFound answer StartFit.
	FitProgress struct{ Serial, Done, Total int }
	FitFound    struct {
		Serial int
		Found  alignment.Found
		Err    error
	}
)

// Commands about fitting.
type (
	// StartFit compares the edges of the job's depth at some frames with those
	// of the pictures of these frames' numbers and each of the offsets. Another
	// one takes its place.
	StartFit struct {
		Serial          int
		Job             export.Job
		Frames, Offsets []int
	}
	// CancelFit ends the search without an answer.
	CancelFit struct{}
)

// How much is compared: pictures of so many frames, at offsets so far to each
// side of the present one.
const (
	fitFrames = 5
	fitSides  = 4
)

func (m *Model) updateFit(msg Msg) (cmds []Cmd, known bool) {
	f := &m.RGB.Fit
	switch msg := msg.(type) {
	case FindFit:
		return m.findFit(), true
	case StopFit:
		if f.Running {
			*f = Fit{}
		}
	case FitProgress:
		if msg.Serial == f.serial && f.Running {
			f.Done, f.Total = msg.Done, msg.Total
		}
	case FitFound:
		if msg.Serial != f.serial || !f.Running {
			break
		}
		f.Running = false
		if msg.Err != nil {
			f.Words = sentence(msg.Err)
			break
		}
		f.Found = &msg.Found
		f.Words = f.sentence()
	case UseFit:
		if f.Found != nil {
			m.RGB.Offset = f.Found.Best.Offset
			return m.showRGB(), true
		}
	default:
		return nil, false
	}
	return nil, true
}

func (m *Model) findFit() []Cmd {
	r := &m.RGB
	if r.Path == "" || m.Job.Scene == nil || r.Fit.Running {
		return nil
	}
	if len(m.Job.Scene.Cameras) == 0 && m.Job.Track == nil {
		r.Fit = Fit{Words: "The scene has no camera that the pictures could be of."}
		return nil
	}
	first, last := m.Range()
	first, last = max(first, r.First-r.Offset), min(last, r.Last-r.Offset)
	if first > last {
		r.Fit = Fit{Words: "At this offset no picture belongs to a frame: set one that fits roughly first."}
		return nil
	}
	cmd := StartFit{Serial: m.nextSerial()}
	at := *m
	at.setSize(r.Size.X, r.Size.Y)
	cmd.Job = at.Job
	for i := range min(fitFrames, last-first+1) {
		cmd.Frames = append(cmd.Frames, first+i*(last-first)/max(1, min(fitFrames, last-first+1)-1))
	}
	for k := -fitSides; k <= fitSides; k++ {
		cmd.Offsets = append(cmd.Offsets, r.Offset+k)
	}
	r.Fit = Fit{Running: true, Total: len(cmd.Frames) * len(cmd.Offsets), was: r.Offset, serial: cmd.Serial}
	return []Cmd{cmd}
}

// least scores and differences that mean something.
const (
	fitsAtAll = 0.1  // score
	tells     = 0.01 // share by which the best offset is better than the next
	isShift   = 0.15 // pixels: less may be the method's own
)

// sentence says what was found.
func (f Fit) sentence() string {
	b := f.Found.Best
	if b.Score < fitsAtAll {
		return fmt.Sprintf("The pictures' edges fit the depth's nowhere (score %.2f of 1): other camera, other scene, or too far off.", b.Score)
	}
	var s strings.Builder
	switch {
	case f.Found.Telling() < tells:
		fmt.Fprintf(&s, "The offset cannot be told: pictures of other frames fit as well (score %.2f of 1)", b.Score)
	case b.Offset == f.was:
		fmt.Fprintf(&s, "Offset %d fits best (score %.2f of 1)", b.Offset, b.Score)
	default:
		fmt.Fprintf(&s, "Offset %d fits best: score %.2f of 1", b.Offset, b.Score)
		for _, c := range f.Found.Candidates {
			switch {
			case c.Offset != f.was || math.IsNaN(c.Score):
			case c.Score > b.Score-0.005:
				fmt.Fprintf(&s, ", %d would need a shift of %.1f px", c.Offset, math.Hypot(c.DX, c.DY))
			default:
				fmt.Fprintf(&s, ", at %d it is %.2f", c.Offset, c.Score)
			}
		}
	}
	switch {
	case b.AtEnd:
		fmt.Fprintf(&s, ". The pictures lie %d pixels or more beside the depth.", alignment.Reach)
	case math.Hypot(b.DX, b.DY) < isShift:
		s.WriteString(", without a shift.")
	default:
		fmt.Fprintf(&s, ". The pictures lie %s.", ShiftWords(b.DX, b.DY))
	}
	return s.String()
}

// ShiftWords says where a picture lies beside the depth.
func ShiftWords(dx, dy float64) string {
	var parts []string
	for _, p := range []struct {
		by          float64
		minus, plus string
	}{{dx, "left", "right"}, {dy, "up", "down"}} {
		if way := p.plus; math.Abs(p.by) >= 0.05 {
			if p.by < 0 {
				way = p.minus
			}
			parts = append(parts, fmt.Sprintf("%.1f px %s", math.Abs(p.by), way))
		}
	}
	if len(parts) == 0 {
		return "where the depth does"
	}
	return strings.Join(parts, " and ")
}

// Mismatch says where pictures and depth have different sizes, empty where they
// do not.
func (m Model) Mismatch() string {
	r := m.RGB
	w, h := m.SizeOf()
	switch {
	case r.Path == "":
		return ""
	case r.Image != nil && r.Image.Rect.Size() != r.Size:
		return fmt.Sprintf("Picture %d has %s pixels, the first one %s.", r.Number, sizeText(r.Image.Rect.Size()), sizeText(r.Size))
	case r.Size != image.Pt(w, h):
		return fmt.Sprintf("The pictures have %s pixels, the depth %s.", sizeText(r.Size), sizeText(image.Pt(w, h)))
	}
	return ""
}

func sizeText(p image.Point) string { return fmt.Sprintf("%d × %d", p.X, p.Y) }
