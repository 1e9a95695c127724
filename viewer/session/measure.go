package session

import (
	"context"

	"zscope/depthcore/export"
	"zscope/viewer/model"
)

// measureExport measures what a frame of an export would take and gives up an
// older measurement.
func (s *Session) measureExport(cmd model.MeasureExport) {
	ctx, cancel := context.WithCancel(s.ctx)
	s.mu.Lock()
	if s.stopMeasure != nil {
		s.stopMeasure()
	}
	s.stopMeasure = cancel
	s.mu.Unlock()
	s.start(func() {
		defer cancel()
		answer := model.ExportMeasured{Serial: cmd.Serial, Room: -1}
		answer.Cost, answer.Err = costOf(ctx, cmd)
		if ctx.Err() != nil {
			return
		}
		if room, err := export.Room(cmd.Job.Dir); err == nil {
			answer.Room = room
		}
		s.Send(answer)
	})
}

func costOf(ctx context.Context, cmd model.MeasureExport) (c export.Cost, err error) {
	defer catch(&err, "measure the export")
	p := cmd.Picture
	return export.Measure(ctx, cmd.Job, p.Frame, p.View, p.Map)
}
