package ui

import (
	"time"

	"gioui.org/io/key"
	"gioui.org/op"

	"zscope/viewer/model"
)

func hasRGB(m model.Model) bool { return m.RGB.Path != "" }

// checkingActions are what there is to do about RGB pictures and edges.
func checkingActions() []action {
	return []action{
		{"File", "Open by path", []keystroke{{key.ModShortcut | key.ModShift, "O"}}, send(model.TypePath{}), nil},
		{"File", "Lay RGB pictures over the depth", nil, send(model.AskRGB{}), hasScene},
		{"Picture", "RGB on or off", keysOf("B"), send(model.ToggleRGB{}), hasRGB},
		// From the list of commands it cannot be held: it goes on or off.
		{"Picture", "Hold to compare", keysOf("H"), func(f *frame) { f.emit(model.Peek{On: !f.m.Peeking}) }, func(m model.Model) bool { return hasRGB(m) || comparing(m) }},
		{"Picture", "Blend RGB, or wipe", nil, func(f *frame) { f.emit(model.SetRGBWipe{Wipe: !f.m.RGB.Wipe}) }, hasRGB},
		{"Picture", "Less RGB over the depth", keysOf(","), send(model.CoverMore{By: -0.1}), hasRGB},
		{"Picture", "More RGB over the depth", keysOf("."), send(model.CoverMore{By: 0.1}), hasRGB},
		{"Picture", "Earlier RGB picture", keysOf("["), send(model.StepRGBOffset{By: -1}), hasRGB},
		{"Picture", "Later RGB picture", keysOf("]"), send(model.StepRGBOffset{By: 1}), hasRGB},
		{"Picture", "Depth edges", shift("E"), send(model.ToggleEdges{}), hasPicture},
		{"Picture", "Find the offset that fits RGB best", nil, send(model.FindFit{}), func(m model.Model) bool { return hasRGB(m) && !m.RGB.Fit.Running }},
		{"Picture", "Use the offset that fits best", nil, send(model.UseFit{}), func(m model.Model) bool { return m.RGB.Fit.Found != nil }},
		{"File", "Take the RGB pictures away", nil, send(model.CloseRGB{}), hasRGB},
	}
}

// holding is the state of a key that is held to compare.
type holding struct {
	released time.Time // when it was, as far as it looks; zero while it is held
}

// A desktop repeats a held key by releasing and pressing it again at once.
const repeats = 60 * time.Millisecond

// hold does what a key does that is held, and reports whether it is one.
func (f *frame) hold(k key.Event) bool {
	if k.Name != "H" || k.Modifiers != 0 {
		return false
	}
	if k.State == key.Release {
		f.holding.released = f.Now
		f.Execute(op.InvalidateCmd{At: f.Now.Add(repeats)})
		return true
	}
	f.holding.released = time.Time{}
	if !f.m.Peeking && (hasRGB(f.m) || comparing(f.m)) {
		f.emit(model.Peek{On: true})
	}
	return true
}

// letGo ends what a key held once that is up for good.
func (f *frame) letGo() {
	end := f.holding.released
	if end.IsZero() {
		return
	}
	if end = end.Add(repeats); f.Now.Before(end) {
		f.Execute(op.InvalidateCmd{At: end})
		return
	}
	f.holding.released = time.Time{}
	if f.m.Peeking {
		f.emit(model.Peek{})
	}
}
