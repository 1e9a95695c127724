// Package ui draws the window and turns what the person does into messages.
//
// Its widgets keep gesture state only (what is pressed, dragged, typed or
// hovered); everything else is the model's. Layout draws a model and returns
// the messages of what was done since the last drawing. Whoever calls it
// applies them and draws again, so that what is on the screen is never older
// than what was done.
//
// Lengths are multiples of 4 dp. The window's parts are cut from its rectangle
// and drawn in the window's own coordinates; Places tells tests where they are.
//
// The package needs neither cgo nor a display.
package ui

import (
	"image"
	"strings"
	"time"

	"gioui.org/io/event"
	"gioui.org/io/key"
	"gioui.org/layout"
	"gioui.org/text"
	"gioui.org/widget"

	"zscope/viewer/model"
)

// UI holds the gesture state of the window's widgets.
type UI struct {
	shaper *text.Shaper
	pal    *palette
	icons  map[iconKey]*widget.Icon
	plates plates

	clickers  map[string]*clicker
	draggers  map[string]*dragger
	fields    map[string]*field
	popup     *popup
	tip       tooltip
	controls  map[string]string // that can be used now, with what they are for
	focused   focused
	stops     tabStops
	places    map[string]image.Rectangle
	typing    string // the field that has the focus
	wasTyping string // ... had it in the last frame
	revert    bool   // Escape takes the text of the field that had the focus back

	picture   picture
	overlay   overlay
	differing overlay
	edging    overlay
	cloud     cloudView
	asking    bool // for a path, in the last frame too
	holding   holding
	legend    legend
	timeline  timeline
	panel     panel
	dialog    exportDialog
	help      bool // the cheat-sheet is up
	sheet     scroller
	commands  commandPalette
	// noticed is the newest information that was shown, and since when.
	noticed   int
	noticedAt time.Time
}

// New returns a window's widgets that draw their text with shaper.
func New(shaper *text.Shaper) *UI {
	return &UI{
		shaper:   shaper,
		pal:      &dark,
		icons:    map[iconKey]*widget.Icon{},
		clickers: map[string]*clicker{},
		draggers: map[string]*dragger{},
		fields:   map[string]*field{},
		places:   map[string]image.Rectangle{},
		controls: map[string]string{},
	}
}

// Places returns where each named control was drawn last, in pixels of the
// window.
func (u *UI) Places() map[string]image.Rectangle { return u.places }

// Typing names the field that has the focus; it is empty where none has.
func (u *UI) Typing() string { return u.typing }

// Focus returns the name of the control that has the focus, empty for none.
func (u *UI) Focus() string { return u.focused.now }

// Layout draws m and returns what the person did since the last time.
func (u *UI) Layout(gtx layout.Context, m model.Model) []model.Msg {
	f := &frame{Context: gtx, UI: u, m: m}
	clear(u.places)
	clear(u.controls)
	u.focused = focused{before: u.focused.now}
	u.wasTyping, u.typing = u.typing, ""
	u.pal = &dark
	if m.Light() {
		u.pal = &light
	}
	window := image.Rectangle{Max: gtx.Constraints.Max}
	f.fill(window, f.pal.ground)
	f.asking = f.asking && m.AskPath
	f.updateTab()
	f.updateKeys()
	f.letGo()
	if len(f.msgs) > 0 {
		// A drag that follows a key in one go is to find what the key did.
		return f.msgs
	}

	u.stops = tabStops{order: u.stops.order[:0]}
	modal := f.modal()
	f.resting = modal || m.Choosing
	r := rect{window}
	f.topBar(r.top(f.dp(barHeight)))
	f.statusBar(r.bottom(f.dp(24)))
	f.timelineBar(r.bottom(f.dp(92)))
	var side image.Rectangle
	if !m.Settings.NoPanel && r.Dx() > f.dp(480) {
		side = r.right(f.panelSpan(window.Dx()))
		f.sidePanel(side)
	}
	f.stage(r.Rectangle)
	if !side.Empty() {
		f.panelEdge(side)
	}
	f.resting = m.Choosing

	if modal {
		f.fill(window, f.pal.scrim)
		f.catchAll(window, &f.UI.help)
		f.modalCard(window)
	}
	f.showPopup(window)
	if f.popup == nil {
		f.showTip(window)
	}
	f.wake()
	if f.again && len(f.msgs) == 0 {
		f.emit(model.Redraw{})
	}
	return f.msgs
}

// modal reports whether a card lies over the window.
func (f *frame) modal() bool {
	return f.m.AskQuit || f.m.AskPath || f.m.Export.Open || f.help || f.commands.open
}

func (f *frame) modalCard(window image.Rectangle) {
	switch {
	case f.m.AskQuit:
		f.quitCard(window)
	case f.m.AskPath:
		f.pathCard(window)
	case f.commands.open:
		f.paletteCard(window)
	case f.help:
		f.helpCard(window)
	case f.m.Export.Open:
		f.exportCard(window)
	}
}

// updateKeys reads the keys that work wherever the focus is. While a line of
// text has it, keys without a modifier belong to the text, and so does its undo.
func (f *frame) updateKeys() {
	filters := []event.Filter{key.Filter{Name: key.NameEscape}}
	if f.flying() {
		f.flyByKeys()
	}
	if f.popup == nil && !f.modal() {
		for _, a := range actions {
			for _, k := range a.keys {
				if f.flying() && flies(k) {
					continue
				}
				if f.draggers[f.focused.before] != nil && (k.name == key.NameLeftArrow || k.name == key.NameRightArrow) && !k.mods.Contain(key.ModShortcut) {
					continue // they move what has the focus
				}
				if f.wasTyping == "" || k.mods.Contain(key.ModShortcut) && !ofText(k.name) {
					filters = append(filters, key.Filter{Name: k.name, Required: k.mods})
				}
			}
		}
	}
	if f.m.Export.Open && f.focused.before == "" {
		filters = append(filters, key.Filter{Name: key.NameReturn})
	}
	for {
		e, ok := f.Event(filters...)
		if !ok {
			return
		}
		k, ok := e.(key.Event)
		if !ok || f.hold(k) || k.State != key.Press {
			continue
		}
		if k.Name == key.NameEscape {
			f.escape()
			continue
		}
		if k.Name == key.NameReturn && f.m.Export.Open {
			f.emit(model.StartExport{})
			continue
		}
		if a, ok := actionOf(k); ok && !f.modal() && (a.enabled == nil || a.enabled(f.m)) {
			a.do(f)
		}
	}
}

// ofText reports whether a line of text has its own use of a key with Ctrl.
func ofText(name key.Name) bool {
	switch name {
	case "Z", "Y", key.NameLeftArrow, key.NameRightArrow, key.NameUpArrow, key.NameDownArrow:
		return true
	}
	return false
}

// escape goes back by one: what lies on top is closed first.
func (f *frame) escape() {
	f.again = true
	switch {
	case f.popup != nil:
		f.closePopup()
	case f.m.AskQuit:
		f.emit(model.QuitAnswered{})
	case f.m.AskPath:
		f.emit(model.ClosePath{})
	case f.commands.open:
		f.commands.open = false
		f.Execute(key.FocusCmd{})
	case f.help:
		f.help = false
	case f.m.Export.Open:
		f.emit(model.CloseExport{})
	case f.wasTyping != "":
		f.revert = true
		f.Execute(key.FocusCmd{})
	case f.focused.before != "":
		f.Execute(key.FocusCmd{})
	case f.m.Play.On():
		f.emit(model.StopPlay{})
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return strings.ReplaceAll(many, "#", thousands(n))
}
