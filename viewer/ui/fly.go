package ui

import (
	"gioui.org/io/event"
	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"zscope/viewer/model"
)

// flying reports whether the right button is held over the free camera's
// picture: letters then fly.
func (f *frame) flying() bool {
	return f.m.Free && !f.m.Choosing && f.picture.drag.buttons.Contain(pointer.ButtonSecondary)
}

// ways are what a press of a letter, or its repetition, does.
var ways = map[key.Name]model.FlyBy{
	"W": {Ahead: 1}, "S": {Ahead: -1}, "D": {Right: 1}, "A": {Right: -1}, "E": {Up: 1}, "Q": {Up: -1},
}

// flies reports whether a key flies, rather than what it does at rest.
func flies(k keystroke) bool {
	_, ok := ways[k.name]
	return ok && k.mods&^key.ModShift == 0
}

func (f *frame) flyByKeys() {
	const step, fast = 0.02, 5 // of the distance to what is looked at
	var filters []event.Filter
	for name := range ways {
		filters = append(filters, key.Filter{Name: name, Optional: key.ModShift})
	}
	for {
		e, ok := f.Event(filters...)
		if !ok {
			return
		}
		k, ok := e.(key.Event)
		if !ok || k.State != key.Press {
			continue
		}
		by := step
		if k.Modifiers.Contain(key.ModShift) {
			by *= fast
		}
		way := ways[k.Name]
		f.emit(model.FlyBy{Right: way.Right * by, Up: way.Up * by, Ahead: way.Ahead * by})
	}
}
