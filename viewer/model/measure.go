package model

import (
	"fmt"
	"time"

	"zscope/depthcore/export"
)

// MeasureExport asks what a frame of the job would take, measured on a picture
// that is at hand, and what room there is; answered by ExportMeasured. Another
// one takes its place.
type MeasureExport struct {
	Serial  int
	Job     export.Job
	Picture Picture
}

// ExportMeasured answers MeasureExport.
type ExportMeasured struct {
	Serial int
	Cost   export.Cost
	Room   int64 // bytes that the disk has left, negative where that is not known
	Err    error
}

// measured is what is known of a draft's cost.
type measured struct {
	of     string // what it depends on
	serial int
	known  bool
	pixels int // of the picture that it was measured on
	cost   export.Cost
	room   int64
}

func (m *Model) updateMeasure(msg Msg) (cmds []Cmd, known bool) {
	answer, known := msg.(ExportMeasured)
	if !known {
		return nil, false
	}
	c := &m.Export.measured
	if answer.Serial == c.serial && answer.Err == nil {
		c.known, c.cost, c.room = true, answer.Cost, answer.Room
	}
	return nil, true
}

// measureExport asks what the draft would cost, where that may have changed.
func (m *Model) measureExport() []Cmd {
	e := &m.Export
	if !m.Shown.Exact {
		return nil
	}
	j := e.job
	of := fmt.Sprint(j.Formats, j.Profile, j.Compression, j.Level, j.Scale, j.Baseline, j.Background, j.Verify, j.Dir, m.Surfaces(), m.Shown.Serial)
	if of == e.measured.of {
		return nil
	}
	e.measured = measured{of: of, serial: m.nextSerial(), pixels: len(m.Shown.Map.Z), room: -1}
	return []Cmd{MeasureExport{e.measured.serial, j, m.Shown}}
}

// Plan is what a draft would write.
type Plan struct {
	Frames, Files int
	First, Last   string // names of files
	Bytes         int64
	Time          time.Duration
	Measured      bool  // on the frame that is shown; Bytes and Time are 0 otherwise
	Room          int64 // that the disk has left, negative where that is not known
}

// Fits reports whether the disk has room for it, as far as that is known.
func (p Plan) Fits() bool { return p.Room < 0 || p.Bytes <= p.Room }

// ExportPlan returns what the draft would write.
func (m Model) ExportPlan() Plan {
	e := m.Export
	p := Plan{Frames: e.Frames, Files: e.Frames * e.job.FilesAFrame(), First: e.first, Last: e.last, Room: -1}
	c := e.measured
	w, h := e.DraftSize()
	if !c.known || c.pixels == 0 || e.Frames == 0 {
		return p
	}
	share := float64(w) * float64(h) / float64(c.pixels)
	n := float64(e.Frames)
	p.Measured, p.Room = true, c.room
	p.Bytes = int64(float64(c.cost.Bytes) * share * n)
	cast := float64(m.Pace) / 1000 * float64(w) * float64(h)
	p.Time = time.Duration(n * (float64(c.cost.Write)*share + cast))
	return p
}
