package model

import "math"

func (m *Model) updateColour(msg Msg) (cmds []Cmd, known bool) {
	c := &m.Colour
	switch msg := msg.(type) {
	case SetMap:
		c.Mapping.Map = msg.Map
	case ToggleReversed:
		c.Mapping.Reversed = !c.Mapping.Reversed
	case SetScale:
		c.Mapping.Scale = msg.Scale
	case SetRangeMode:
		c.Range = msg.Mode
		if c.Range == RangeAuto && m.Shown.Hits > 0 {
			c.Mapping.Near, c.Mapping.Far = m.Shown.Near, m.Shown.Far
		}
	case SetRange:
		next := c.Mapping
		next.Near, next.Far = msg.Near, msg.Far
		if math.IsNaN(msg.Near) || msg.Near < 0 {
			m.notify(Warning, "A colour range starts at 0 or farther.")
			return nil, true
		}
		if err := next.Check(); err != nil {
			m.notify(Warning, sentence(err))
			return nil, true
		}
		c.Mapping, c.Range = next, RangeLocked
	default:
		return nil, false
	}
	return nil, true
}
