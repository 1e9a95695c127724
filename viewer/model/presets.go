package model

import (
	"fmt"
	"slices"
	"strings"

	"zscope/depthcore/export"
)

// Preset is a draft to start from: formats and how they are written, not which
// frames and where.
type Preset struct {
	Name  string `json:"name"`
	Draft Draft  `json:"draft"`
}

// Messages about presets.
type (
	// UsePreset fills the export dialog.
	UsePreset struct{ Name string }
	// KeepPreset keeps what the dialog says under a name, in the place of a
	// preset of that name.
	KeepPreset struct{ Name string }
	// ForgetPreset lets a preset go that was kept.
	ForgetPreset struct{ Name string }
)

// plainDraft is a draft for plain files of some formats.
func plainDraft(formats ...export.Format) Draft {
	return Draft{Formats: formats, Background: "inf", PNGScale: "1000", Compression: "zip", Baseline: fmt.Sprint(export.DefaultBaseline), Verify: true}
}

// ownPresets are those that are always there.
func ownPresets() []Preset {
	fast := plainDraft(export.EXR)
	fast.Level = "1"
	raw := plainDraft(export.EXR)
	raw.Compression = "none"
	return []Preset{
		{"EXR, lossless ZIP", plainDraft(export.EXR)},
		{"EXR, fastest ZIP", fast},
		{"EXR, not compressed", raw},
		{"NumPy arrays", plainDraft(export.NPY)},
		{"PNG in millimetres", plainDraft(export.PNG)},
	}
}

// Presets returns all presets, those that were kept last.
func (m Model) Presets() []Preset { return append(ownPresets(), m.Settings.Presets...) }

// Preset names the preset that the dialog says, empty where it says none.
func (m Model) Preset() string {
	for _, p := range m.Presets() {
		d := m.Export.Draft
		if fmt.Sprint(d.asPreset()) == fmt.Sprint(p.Draft.asPreset()) {
			return p.Name
		}
	}
	return ""
}

// Kept reports whether a preset of this name was kept by the person.
func (m Model) Kept(name string) bool {
	return slices.ContainsFunc(m.Settings.Presets, func(p Preset) bool { return p.Name == name })
}

// asPreset leaves out what belongs to one export.
func (d Draft) asPreset() Draft {
	d.Frames, d.Size, d.Dir, d.Name, d.Overwrite, d.Resume, d.Threads, d.Part = "", "", "", "", false, false, "", ""
	if !d.Plain() {
		d.Formats, d.Background, d.PNGScale, d.Channels, d.Stereo = nil, "", "", "", false // the layout decides
	} else {
		d.Profile = ""
	}
	return d
}

func (m *Model) updatePresets(msg Msg) (cmds []Cmd, known bool) {
	switch msg := msg.(type) {
	case UsePreset:
		for _, p := range m.Presets() {
			if p.Name == msg.Name {
				return m.edit(m.Export.Draft.with(p.Draft)), true
			}
		}
	case KeepPreset:
		name := strings.TrimSpace(msg.Name)
		if name == "" || slices.ContainsFunc(ownPresets(), func(p Preset) bool { return p.Name == name }) {
			m.notify(Warning, "Give the preset a name of its own.")
			return nil, true
		}
		m.Settings.Presets = append(m.others(name), Preset{name, m.Export.Draft.asPreset()})
		return []Cmd{m.keep()}, true
	case ForgetPreset:
		m.Settings.Presets = m.others(msg.Name)
		return []Cmd{m.keep()}, true
	default:
		return nil, false
	}
	return nil, true
}

// others returns a copy of the presets that were kept, without one.
func (m Model) others(name string) []Preset {
	return slices.DeleteFunc(slices.Clone(m.Settings.Presets), func(p Preset) bool { return p.Name == name })
}

// with returns the draft with what a preset decides.
func (d Draft) with(p Draft) Draft {
	d.Profile, d.Verify, d.Compression, d.Level, d.Baseline = p.Profile, p.Verify, p.Compression, p.Level, p.Baseline
	if d.Plain() {
		d.Formats, d.Background, d.PNGScale = p.Formats, p.Background, p.PNGScale
		d.Channels, d.Stereo = p.Channels, p.Stereo
	}
	return d
}
