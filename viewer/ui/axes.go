package ui

import "zscope/viewer/model"

// axesRow asks what a file does not say: which way is up, and how long its
// unit is.
func (f *frame) axesRow(in *rect) {
	a := f.m.Axes()
	row := rect{in.top(f.dp(rowHeight))}
	f.text(row.left(f.dp(64)), "Up", f.faint())
	selected := 0
	if a.Up == "z" {
		selected = 1
	}
	ups := []string{"Y", "Z"}
	if i, ok := f.segments("up", row.left(f.dp(72)), ups, selected); ok {
		f.emit(model.SetAxes{Axes: model.Axes{Up: []string{"y", "z"}[i], Unit: a.Unit}})
	}
	row.left(f.dp(8))
	label := row.left(f.width("Unit", f.faint()) + f.dp(8))
	f.text(label, "Unit", f.faint())
	if s, ok := f.field("unit", row.Rectangle, metres(a.Unit), fieldLook{unit: "m", right: true}, false); ok {
		if u, ok := number(s); ok && u > 0 {
			f.emit(model.SetAxes{Axes: model.Axes{Up: a.Up, Unit: u}})
		}
	}
	in.top(f.dp(4))
}
