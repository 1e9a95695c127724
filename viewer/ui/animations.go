package ui

import (
	"fmt"

	"zscope/viewer/model"
)

// animations lets the person choose which of several play.
func (f *frame) animations(in *rect) {
	const most = 24
	list := f.m.Job.Scene.Animations
	if len(list) < 2 || len(list) > most {
		return
	}
	for i, a := range list {
		label := a.Name
		if label == "" {
			label = fmt.Sprintf("Animation %d", i)
		}
		row := in.top(f.dp(24))
		row.Min.X += f.dp(12)
		if f.toggle(fmt.Sprintf("animation.%d", i), row, label, f.m.Plays(i)) {
			f.emit(model.ToggleAnimation{Index: i})
		}
	}
	in.top(f.dp(4))
}
