package ui

import (
	"slices"
	"strings"

	"gioui.org/io/key"

	"zscope/depthcore/colormap"
	"zscope/viewer/model"
)

// keystroke is a key with its modifiers.
type keystroke struct {
	mods key.Modifiers
	name key.Name
}

func (k keystroke) String() string {
	var parts []string
	if k.mods.Contain(key.ModShortcut) {
		parts = append(parts, "Ctrl")
	}
	if k.mods.Contain(key.ModAlt) {
		parts = append(parts, "Alt")
	}
	if k.mods.Contain(key.ModShift) {
		parts = append(parts, "Shift")
	}
	name := string(k.name)
	if s, ok := keyNames[k.name]; ok {
		name = s
	}
	return strings.Join(append(parts, name), "+")
}

var keyNames = map[key.Name]string{
	key.NameSpace: "Space", key.NameLeftArrow: "Left", key.NameRightArrow: "Right", key.NameUpArrow: "Up", key.NameDownArrow: "Down",
	key.NameHome: "Home", key.NameEnd: "End", key.NameEscape: "Esc", key.NameReturn: "Enter",
	key.NameDeleteBackward: "Backspace", key.NameDeleteForward: "Del", key.NamePageUp: "PgUp", key.NamePageDown: "PgDn",
}

// action is one thing that the person can do by key, by the palette or by a
// button.
type action struct {
	group, title string
	keys         []keystroke
	do           func(f *frame)
	enabled      func(m model.Model) bool
}

func send(msg model.Msg) func(*frame) { return func(f *frame) { f.emit(msg) } }

func keysOf(names ...key.Name) []keystroke {
	var list []keystroke
	for _, n := range names {
		list = append(list, keystroke{0, n})
	}
	return list
}

func shift(n key.Name) []keystroke { return []keystroke{{key.ModShift, n}} }
func ctrl(n key.Name) []keystroke  { return []keystroke{{key.ModShortcut, n}} }

func hasScene(m model.Model) bool   { return m.Job.Scene != nil }
func hasPicture(m model.Model) bool { return m.Shown.Map != nil }
func comparing(m model.Model) bool  { return m.Compare.Path != "" }
func hasCamera(m model.Model) bool {
	return hasScene(m) && (len(m.Job.Scene.Cameras) > 0 || m.Job.Track != nil)
}

// actions lists everything there is to do, in the order of the cheat-sheet. It
// is filled in init because the cheat-sheet itself is one of them.
var actions []action

func init() {
	actions = []action{
		{"File", "Open a scene", ctrl("O"), send(model.AskOpen{}), nil},
		{"File", "Export the sequence", ctrl("E"), send(model.OpenExport{}), func(m model.Model) bool { return hasScene(m) && !m.Export.Running }},
		{"File", "Save the picture as PNG", ctrl("S"), send(model.AskSave{}), func(m model.Model) bool { return m.Shown.Exact }},
		{"File", "Save a film", []keystroke{{key.ModShortcut | key.ModShift, "S"}}, send(model.AskFilm{}), func(m model.Model) bool { return hasScene(m) && !m.Filming }},
		{"File", "Read the file again", ctrl("R"), func(f *frame) { f.emit(model.Open{Path: f.m.File.Path}) }, hasScene},
		{"File", "Pause the export, or go on", nil, send(model.PauseExport{}), func(m model.Model) bool { return m.Export.Running }},
		{"File", "Open the demo scene", nil, send(model.Open{}), nil},

		{"Time", "Play or pause", keysOf(key.NameSpace), func(f *frame) { f.emit(model.TogglePlay{Now: f.Now}) }, hasScene},
		{"Time", "Play backwards, faster", keysOf("J"), func(f *frame) { f.emit(model.Shuttle{Direction: -1, Now: f.Now}) }, hasScene},
		{"Time", "Pause", keysOf("K"), send(model.StopPlay{}), hasScene},
		{"Time", "Play forwards, faster", keysOf("L"), func(f *frame) { f.emit(model.Shuttle{Direction: 1, Now: f.Now}) }, hasScene},
		{"Time", "Frame before", keysOf(key.NameLeftArrow), send(model.Step{Frames: -1}), hasScene},
		{"Time", "Frame after", keysOf(key.NameRightArrow), send(model.Step{Frames: 1}), hasScene},
		{"Time", "10 frames back", shift(key.NameLeftArrow), send(model.Step{Frames: -10}), hasScene},
		{"Time", "10 frames on", shift(key.NameRightArrow), send(model.Step{Frames: 10}), hasScene},
		{"Time", "First frame", keysOf(key.NameHome), send(model.GoFirst{}), hasScene},
		{"Time", "Last frame", keysOf(key.NameEnd), send(model.GoLast{}), hasScene},
		{"Time", "Type a frame number", keysOf("G"), func(f *frame) { f.focusField("frame") }, hasScene},
		{"Time", "Mark in", keysOf("I"), send(model.MarkIn{}), hasScene},
		{"Time", "Mark out", keysOf("O"), send(model.MarkOut{}), hasScene},
		{"Time", "Clear the marks", keysOf("X"), send(model.ClearMarks{}), func(m model.Model) bool { return m.Marks.Set }},
		{"Time", "Loop", shift("L"), send(model.ToggleLoop{}), hasScene},

		{"Picture", "Fit the picture", keysOf("F"), send(model.ShowAll{}), hasPicture},
		{"Picture", "Picture pixels as they are", keysOf("1"), send(model.ShowFull{}), hasPicture},
		{"Picture", "Zoom in", []keystroke{{0, "+"}, {key.ModShift, "+"}, {0, "="}}, func(f *frame) { f.zoomAtPointer(1.25) }, hasPicture},
		{"Picture", "Zoom out", keysOf("-"), func(f *frame) { f.zoomAtPointer(0.8) }, hasPicture},
		{"Picture", "Side panel on or off", keysOf("P"), send(model.TogglePanel{}), nil},

		{"Camera", "Free camera on or off", keysOf("C"), func(f *frame) { f.emit(model.LookFreely{Free: !f.m.Free}) }, hasCamera},
		{"Camera", "See the whole scene", keysOf("A"), send(model.FrameAll{}), func(m model.Model) bool { return m.Free }},

		{"Colour", "Next colour map", keysOf("M"), func(f *frame) { f.nextMap(1) }, nil},
		{"Colour", "Previous colour map", shift("M"), func(f *frame) { f.nextMap(-1) }, nil},
		{"Colour", "Reverse the colour map", keysOf("R"), send(model.ToggleReversed{}), nil},
		{"Colour", "Lock the colour range", keysOf("T"), (*frame).toggleLock, nil},
		{"Colour", "Range of the whole sequence", shift("T"), send(model.SetRangeMode{Mode: model.RangeSequence}), hasScene},
		{"Colour", "Lines of equal depth", keysOf("E"), send(model.ToggleLines{}), nil},

		{"Picture", "Difference or depth", keysOf("D"), send(model.ToggleCompare{}), comparing},
		{"File", "Compare with a depth sequence", nil, send(model.AskCompare{}), hasScene},
		{"Reading", "Find out what the other depth holds", nil, send(model.DiagnoseAgain{}), comparing},
		{"Reading", "Copy the comparison", nil, send(model.CopyComparison{}), comparing},

		{"File", "Copy the picture", []keystroke{{key.ModShortcut, "I"}}, send(model.CopyShown{}), func(m model.Model) bool { return m.Shown.Exact }},

		{"Window", "Take a setting back", ctrl("Z"), send(model.Undo{}), model.Model.CanUndo},
		{"Window", "Make it again", []keystroke{{key.ModShortcut | key.ModShift, "Z"}, {key.ModShortcut, "Y"}}, send(model.Redo{}), model.Model.CanRedo},
		{"Window", "All keys", []keystroke{{0, "?"}, {key.ModShift, "?"}, {0, "F1"}, {key.ModShift, "/"}}, func(f *frame) { f.help, f.again = true, true }, nil},
		{"Window", "Find a command", []keystroke{{key.ModShortcut, "P"}, {key.ModShortcut, "K"}}, func(f *frame) { f.openPalette() }, nil},
		{"Window", "Full screen", []keystroke{{0, "F11"}}, send(model.ToggleFullscreen{}), nil},
		{"Window", "Light or dark", ctrl("L"), send(model.ToggleLight{}), nil},
		{"Window", "Light or dark as the desktop is", nil, send(model.FollowDesktop{}), func(m model.Model) bool { return m.Settings.Theme != model.ThemeOfDesktop }},
		{"Window", "Close the window", ctrl("Q"), send(model.CloseAsked{}), nil},
	}
	actions = slices.Concat(actions, timelineActions(), readingActions(), checkingActions(), pointsActions())
}

func actionOf(e key.Event) (action, bool) {
	for _, a := range actions {
		for _, k := range a.keys {
			if k.name == e.Name && k.mods == e.Modifiers {
				return a, true
			}
		}
	}
	return action{}, false
}

func (f *frame) focusField(name string) {
	if w := f.fields[name]; w != nil {
		f.Execute(key.FocusCmd{Tag: &w.editor})
	}
}

func (f *frame) nextMap(step int) {
	maps := colormap.Maps()
	for i, m := range maps {
		if m == f.m.Colour.Mapping.Map {
			f.emit(model.SetMap{Map: maps[(i+step+len(maps))%len(maps)]})
			return
		}
	}
}
