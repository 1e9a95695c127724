package session

import "zscope/viewer/model"

// measureArea sums up a part of a map, which may have many million pixels.
func (s *Session) measureArea(cmd model.MeasureArea) {
	s.Send(model.AreaMeasured{Serial: cmd.Serial, Of: cmd.Of, Pixels: cmd.Pixels, Stats: cmd.Of.Over(cmd.Pixels)})
}
