package model

import (
	"testing"

	"zscope/depthcore/colormap"
)

// The percentile scale goes by the picture that is shown, stays as it is once
// the range is locked, and goes by all frames where the range does.
func TestPercentileScale(t *testing.T) {
	d := opened(t, 9)
	d.send(SetScale{colormap.Percentile})
	first := d.m.Colour.Mapping.Spread
	if first == nil {
		t.Fatal("no spread")
	}
	d.send(GoTo{2})
	d.render(true)
	second := d.m.Colour.Mapping.Spread
	if second == nil || second == first {
		t.Error("the spread does not follow the picture")
	}
	d.send(SetRangeMode{RangeLocked}, GoTo{3})
	d.render(true)
	if d.m.Colour.Mapping.Spread != second {
		t.Error("locked colours change")
	}
	d.send(SetRangeMode{RangeSequence})
	s := take[StartSurvey](d)
	all := colormap.SpreadOf(d.m.Shown.Map, 1, 20)
	d.send(Surveyed{Serial: s[len(s)-1].Serial, Done: 9, Total: 9, Near: 1, Far: 20, Spread: all})
	if d.m.Colour.Mapping.Spread != all {
		t.Error("the sequence's spread is not taken")
	}
	d.send(GoTo{4})
	d.render(true)
	if d.m.Colour.Mapping.Spread != all {
		t.Error("the sequence's colours change from frame to frame")
	}
	d.send(SetScale{colormap.Log})
	if d.m.Colour.Mapping.Spread != nil {
		t.Error("another scale keeps the spread")
	}
	d.send(Undo{})
	if c := d.m.Colour; c.Mapping.Scale != colormap.Percentile || c.Mapping.Spread == nil || c.Range != RangeSequence {
		t.Errorf("taken back: %+v", c)
	}
}
