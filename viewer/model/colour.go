package model

import (
	"math"

	"zscope/depthcore/colormap"
)

func (m *Model) updateColour(msg Msg) (cmds []Cmd, known bool) {
	c := &m.Colour
	switch msg := msg.(type) {
	case SetMap:
		c.Mapping.Map = msg.Map
	case ToggleReversed:
		c.Mapping.Reversed = !c.Mapping.Reversed
	case SetScale:
		c.Mapping.Scale = msg.Scale
		m.follow()
	case SetRangeMode:
		c.Range = msg.Mode
		m.follow()
		return m.survey(), true
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
		return m.survey(), true
	case Surveyed:
		if msg.Serial != m.Survey.serial {
			return nil, true
		}
		m.Survey.Done, m.Survey.Total, m.Survey.Running = msg.Done, msg.Total, msg.Done < msg.Total
		if !m.Survey.Running && msg.Far > 0 && c.Range == RangeSequence {
			c.Mapping.Near, c.Mapping.Far = msg.Near, msg.Far
			m.Survey.spread = msg.Spread
			m.spread()
		}
	case SurveyFailed:
		if msg.Serial == m.Survey.serial {
			m.Survey = Survey{}
			if c.Range == RangeSequence {
				c.Range = RangeLocked
			}
			m.notify(Error, "The range of the sequence is not known: "+msg.Err.Error()+".")
		}
	case ToggleLines:
		c.Lines = !c.Lines
	case SetSpacing:
		if msg.Spacing >= 0 && !math.IsInf(msg.Spacing, 0) {
			c.Spacing, c.Lines = msg.Spacing, true
		}
	default:
		return nil, false
	}
	return nil, true
}

// follow takes the range from the shown picture, where it comes from there.
func (m *Model) follow() {
	c, p := &m.Colour, m.Shown
	if p.Hits == 0 {
		return
	}
	m.spread()
	switch c.Range {
	case RangeAuto:
		c.Mapping.Near, c.Mapping.Far = p.Near, p.Far
	case RangeMost:
		c.Mapping.Near, c.Mapping.Far = p.MostNear, p.MostFar
	}
}

// spread gives the percentile scale what it goes by: the surfaces of the shown
// picture, or of the sequence once they are known. With a locked range, colours
// stay as they are.
func (m *Model) spread() {
	c := &m.Colour
	switch {
	case c.Mapping.Scale != colormap.Percentile:
		c.Mapping.Spread = nil
	case c.Range == RangeSequence && m.Survey.spread != nil:
		c.Mapping.Spread = m.Survey.spread
	case m.Shown.Map != nil && (c.Mapping.Spread == nil || c.Range == RangeAuto || c.Range == RangeMost) && m.Shown.Map != m.spreadOf:
		c.Mapping.Spread, m.spreadOf = colormap.SpreadOf(m.Shown.Map, float32(m.Shown.Near), float32(m.Shown.Far)), m.Shown.Map
	}
}

// survey starts the pass over all frames where the range comes from there, and
// ends the one that runs.
func (m *Model) survey() []Cmd {
	if m.Colour.Range != RangeSequence || m.Job.Scene == nil {
		if !m.Survey.Running {
			return nil
		}
		m.Survey = Survey{serial: m.nextSerial()}
		return []Cmd{StartSurvey{Serial: m.Survey.serial, First: 1, Last: 0}}
	}
	first, last := m.Range()
	m.Survey = Survey{Running: true, Total: last - first + 1, serial: m.nextSerial()}
	return []Cmd{StartSurvey{m.Survey.serial, m.requestOf(m.Survey.serial), first, last}}
}
