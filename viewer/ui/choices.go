package ui

import (
	"gioui.org/io/key"

	"zscope/depthcore/colormap"
	"zscope/viewer/model"
)

// commandList is everything that the palette finds: the actions, and what is
// otherwise chosen from lists.
func (f *frame) commandList() []action {
	list := append([]action(nil), actions...)
	add := func(group, title string, msg model.Msg) {
		list = append(list, action{group, title, nil, send(msg), nil})
	}
	for _, m := range colormap.Maps() {
		add("Colour", "Colour map: "+title(m.String()), model.SetMap{Map: m})
	}
	for _, s := range scales {
		add("Colour", "Scale: "+title(s.String()), model.SetScale{Scale: s})
	}
	for i, words := range rangeModes {
		add("Colour", "Range: "+words, model.SetRangeMode{Mode: model.RangeMode(i)})
	}
	if f.m.Job.Scene == nil {
		return list
	}
	for i, c := range f.m.Job.Scene.Cameras {
		add("Camera", "Camera: "+c.Name, model.ChooseCamera{Index: i})
	}
	for _, rows := range sizes {
		w, h := f.sizeOf(rows)
		add("Picture", "Size: "+sizeWords(w, h), model.ChooseSize{Width: w, Height: h})
	}
	for _, path := range f.m.Recent {
		add("File", "Open again: "+path, model.Open{Path: path})
	}
	return list
}

// timelineActions are those that the wheel does too.
func timelineActions() []action {
	at := func(factor float64) func(*frame) {
		return func(f *frame) {
			f.timeline.zoom(factor, float64(f.m.Frame), f.m)
			f.again = true
		}
	}
	return []action{
		{"Time", "Zoom the timeline in", []keystroke{{key.ModShortcut, "+"}, {key.ModShortcut | key.ModShift, "+"}, {key.ModShortcut, "="}}, at(1 / 1.5), hasScene},
		{"Time", "Zoom the timeline out", ctrl("-"), at(1.5), hasScene},
		{"Time", "The whole timeline", ctrl("0"), at(1e9), hasScene},
	}
}
