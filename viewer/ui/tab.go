package ui

import (
	"slices"

	"gioui.org/io/event"
	"gioui.org/io/key"
)

// tabStops are the controls that Tab leads to, as they were laid out last. Gio
// has Tab too, but loses one that comes while other keys or a movement of the
// pointer wait for the next drawing.
type tabStops struct {
	order []event.Tag
	now   event.Tag // that has the focus, nil for none
}

// updateTab moves the focus on for each Tab, and back for each Shift+Tab.
func (f *frame) updateTab() {
	t := &f.stops
	for {
		e, ok := f.Event(key.Filter{Name: key.NameTab, Optional: key.ModShift})
		if !ok {
			return
		}
		k, ok := e.(key.Event)
		if !ok || k.State != key.Press || f.popup != nil || len(t.order) == 0 {
			continue // an open list has the keys until it is closed
		}
		n, i := len(t.order), slices.Index(t.order, t.now)
		switch {
		case k.Modifiers.Contain(key.ModShift) && i < 0:
			i = n - 1
		case k.Modifiers.Contain(key.ModShift):
			i += n - 1
		default:
			i++
		}
		t.now = t.order[i%n]
		f.Execute(key.FocusCmd{Tag: t.now})
		f.again = true
	}
}

// stop makes a control one that Tab leads to, after those laid out before it.
func (f *frame) stop(tag event.Tag, focused bool) {
	f.stops.order = append(f.stops.order, tag)
	if focused {
		f.stops.now = tag
	}
}
