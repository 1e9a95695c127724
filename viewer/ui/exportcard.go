package ui

import (
	"fmt"
	"image"
	"slices"
	"strconv"
	"strings"

	"gioui.org/unit"
	"golang.org/x/exp/shiny/materialdesign/icons"

	"zscope/depthcore/export"
	"zscope/viewer/model"
)

// exportDialog is the gesture state of the export dialog.
type exportDialog struct {
	page  int
	named string // what a preset is to be called
}

var exportPages = []string{"Files", "Options"}

// exportCard is the export dialog: what is written and where, and on a second
// page how.
func (f *frame) exportCard(window image.Rectangle) {
	e := f.m.Export
	in := f.card(window, 560, 468)
	if f.cardTitle(&in, "Export the sequence", "export.close") {
		f.emit(model.CloseExport{})
	}
	buttons := rect{in.bottom(f.dp(32))}
	d := draftEditor{frame: f, in: &in, draft: e.Draft}

	head := rect{d.line("Preset")}
	page, turned := f.segments("export.page", head.right(f.dp(160)), exportPages, f.dialog.page)
	head.right(f.dp(8))
	f.presetChoice(head.Rectangle)
	if f.dialog.page == 0 {
		d.files()
	} else {
		d.options()
	}
	if turned { // once what was typed on this page is taken
		f.dialog.page, f.again = page, true
	}
	if d.changed {
		f.emit(model.EditExport{Draft: d.draft})
	}

	// What would be written, or what keeps it from being written.
	words := in.Rectangle
	f.name("export.problem", words)
	problem, ink := e.Problem, f.pal.bad
	if p := f.m.ExportPlan(); problem == "" && !p.Fits() {
		problem, ink = fmt.Sprintf("This needs about %s, and the disk of that folder has %s left. Choose another folder, fewer frames or a smaller format.", byteSize(float64(p.Bytes)), byteSize(float64(p.Room))), f.pal.warn
	}
	switch {
	case problem != "":
		line := rect{words}
		f.icon(middle(line.left(f.dp(20)), f.dp(20)), icons.AlertErrorOutline, 18, ink)
		line.left(f.dp(8))
		f.text(line.Rectangle, problem, f.plain().in(ink).upTo(3))
	case e.Frames > 0:
		f.text(words, f.exportPlan(), f.faint().upTo(4))
	}

	start := button{label: "Export", first: true, off: e.Problem != ""}
	if f.button("export.start", buttons.right(f.dp(104)), start) || strings.HasPrefix(f.submitted, "export.") && f.submitted != "export.preset name" {
		f.emit(model.StartExport{})
	}
	buttons.right(f.dp(8))
	if f.button("export.cancel", buttons.right(f.dp(88)), button{label: "Cancel"}) {
		f.emit(model.CloseExport{})
	}
}

// presetChoice fills the dialog with what was kept, or is often wanted.
func (f *frame) presetChoice(r image.Rectangle) {
	var names []string
	for _, p := range f.m.Presets() {
		names = append(names, p.Name)
	}
	selected := slices.Index(names, f.m.Preset())
	label := "Settings of your own"
	if selected >= 0 {
		label = names[selected]
	}
	if i, ok := f.choice("export.preset", r, label, "", names, selected); ok {
		f.emit(model.UsePreset{Name: names[i]})
	}
}

// draftEditor lays out the lines of the dialog and collects what is changed.
type draftEditor struct {
	*frame
	in      *rect
	draft   model.Draft
	changed bool
}

// line cuts a line and writes what it is about.
func (d *draftEditor) line(label string) image.Rectangle {
	row := rect{d.in.top(d.dp(rowHeight))}
	d.in.top(d.dp(8))
	d.text(row.left(d.dp(104)), label, d.plain().in(d.pal.dim))
	return row.Rectangle
}

func (d *draftEditor) edit(name string, r image.Rectangle, value *string, look fieldLook) {
	if s, ok := d.field(name, r, *value, look, true); ok {
		*value, d.changed = s, true
	}
}

// label writes words at the left of r and cuts them off, to a width.
func (d *draftEditor) label(r *rect, words string, width unit.Dp) {
	d.text(r.left(d.dp(width)), words, d.plain().in(d.pal.dim))
}

// tick is a box to tick.
func (d *draftEditor) tick(name string, r image.Rectangle, label string, value *bool) {
	if d.toggle(name, r, label, *value) {
		*value, d.changed = !*value, true
	}
}

// files says what is written, and where.
func (d *draftEditor) files() {
	formats := rect{d.line("Format")}
	if d.draft.Plain() {
		d.formats(formats)
	} else {
		d.text(formats.Rectangle, "as the layout has it", d.faint())
	}
	frames := rect{d.line("Frames")}
	d.edit("export.part", frames.right(d.dp(72)), &d.draft.Part, fieldLook{right: true, empty: "all"})
	frames.right(d.dp(8))
	d.text(frames.right(d.width("Part", d.plain())+d.dp(1)), "Part", d.plain().in(d.pal.dim))
	frames.right(d.dp(12))
	d.edit("export.frames", frames.Rectangle, &d.draft.Frames, fieldLook{})
	size := rect{d.line("Size")}
	d.edit("export.size", size.left(d.dp(140)), &d.draft.Size, fieldLook{})
	profiles := export.Profiles()
	profile := max(0, slices.Index(profiles, d.draft.Profile))
	if i, ok := d.choice("export.profile", size.right(d.dp(128)), profileName(profiles[profile]), "", profileNames(), profile); ok {
		d.draft.Profile, d.changed = profiles[i], true
	}
	size.right(d.dp(8))
	size.left(d.dp(12))
	d.text(size.Rectangle, "seen by "+d.cameraName(), d.faint())
	folder := rect{d.line("Folder")}
	browse := button{label: "Choose…"}
	if d.button("export.browse", folder.right(d.buttonWidth(browse)), browse) {
		d.emit(model.AskFolder{})
	}
	folder.right(d.dp(8))
	d.edit("export.folder", folder.Rectangle, &d.draft.Dir, fieldLook{})
	d.edit("export.name", d.line("Name"), &d.draft.Name, fieldLook{})
	switches := rect{d.line("")}
	third := switches.Dx() / 3
	d.tick("export.overwrite", switches.left(third), "Replace files", &d.draft.Overwrite)
	d.tick("export.resume", switches.left(third), "Continue", &d.draft.Resume)
	d.tick("export.verify", switches.Rectangle, "Verify", &d.draft.Verify)
}

func (d *draftEditor) formats(r rect) {
	for _, format := range export.Formats() {
		label := strings.ToUpper(string(format))
		on := contains(d.draft.Formats, format)
		if !d.toggle("export.format."+string(format), r.left(d.width(label, d.plain())+d.dp(38)), label, on) {
			continue
		}
		list := slices.Clone(d.draft.Formats)
		if on {
			list = slices.Delete(list, slices.Index(list, format), slices.Index(list, format)+1)
		} else {
			list = append(list, format)
		}
		d.draft.Formats, d.changed = list, true
	}
}

// options says how it is written.
func (d *draftEditor) options() {
	exr := rect{d.line("EXR")}
	words := []string{"none", "zips", "zip"}
	if i, ok := d.segments("export.compression", exr.left(d.dp(180)), words, slices.Index(words, d.draft.Compression)); ok {
		d.draft.Compression, d.changed = words[i], true
	}
	exr.left(d.dp(16))
	d.label(&exr, "Level", 44)
	d.edit("export.level", exr.left(d.dp(64)), &d.draft.Level, fieldLook{right: true, empty: "usual"})
	png := rect{d.line("PNG counts")}
	d.edit("export.scale", png.left(d.dp(112)), &d.draft.PNGScale, fieldLook{unit: "per m", right: true})
	png.left(d.dp(16))
	d.label(&png, "Baseline", 68)
	d.edit("export.baseline", png.left(d.dp(96)), &d.draft.Baseline, fieldLook{unit: "m", right: true})
	empty := rect{d.line("No surface")}
	d.edit("export.background", empty.left(d.dp(112)), &d.draft.Background, fieldLook{right: true})
	empty.left(d.dp(16))
	d.label(&empty, "Threads", 68)
	d.edit("export.threads", empty.left(d.dp(96)), &d.draft.Threads, fieldLook{right: true, empty: "all"})
	made := rect{d.line("Channels")}
	d.tick("export.stereo", made.right(d.dp(112)), "Stereo pair", &d.draft.Stereo)
	made.right(d.dp(8))
	d.edit("export.channels", made.Rectangle, &d.draft.Channels, fieldLook{empty: "z"})
	d.surfaces()

	keep := rect{d.line("Keep as")}
	forget := d.m.Preset()
	if b := (button{label: "Forget it"}); d.m.Kept(forget) {
		if d.button("export.forget", keep.right(d.buttonWidth(b)), b) {
			d.emit(model.ForgetPreset{Name: forget})
		}
		keep.right(d.dp(8))
	}
	b := button{label: "Keep"}
	place := keep.right(d.buttonWidth(b))
	keep.right(d.dp(8))
	if s, ok := d.field("export.preset name", keep.Rectangle, d.dialog.named, fieldLook{empty: "name of a preset"}, true); ok {
		d.dialog.named, d.again = s, true
	}
	if d.button("export.keep", place, b) || d.submitted == "export.preset name" {
		d.emit(model.KeepPreset{Name: d.dialog.named})
		d.dialog.named = ""
	}
}

// surfaces says which surfaces count, in the picture too.
func (d *draftEditor) surfaces() {
	s := d.m.Surfaces()
	was := s
	row := rect{d.line("Surfaces")}
	third := row.Dx() / 3
	for _, t := range []struct {
		name, label string
		value       *bool
	}{{"export.clip", "Clip", &s.Clip}, {"export.cull", "Cull backs", &s.CullBackFaces}} {
		if d.toggle(t.name, row.left(third), t.label, *t.value) {
			*t.value = !*t.value
		}
	}
	alpha := rect{d.line("Alpha")}
	if d.toggle("export.mask", alpha.left(third), "MASK cuts", !s.NoMask) {
		s.NoMask = !s.NoMask
	}
	d.label(&alpha, "BLEND is there from", 132)
	if text, ok := d.field("export.blend", alpha.left(d.dp(72)), strconv.FormatFloat(s.BlendThreshold, 'g', -1, 64), fieldLook{right: true}, false); ok {
		if n, ok := number(text); ok {
			s.BlendThreshold = n
		}
	}
	if s != was {
		d.emit(model.SetSurfaces{Surfaces: s})
	}
}

// cameraName says which camera the window looks through.
func (f *frame) cameraName() string {
	m := f.m
	switch {
	case m.Free:
		return "the free camera"
	case m.Job.Track != nil:
		return "the camera track"
	}
	return m.Job.Scene.Cameras[m.Job.Camera].Name
}

// exportPlan says in sentences what a draft would write.
func (f *frame) exportPlan() string {
	d, p := f.m.Export.Draft, f.m.ExportPlan()
	plan := plural(p.Frames, "1 frame", "# frames") + " in the layout of " + profileName(d.Profile)
	if d.Plain() {
		plan = plural(p.Files, "1 file", "# files")
	}
	plan += ": " + p.First
	if p.Last != p.First {
		plan += " to " + p.Last
	}
	plan += "."
	if !p.Measured {
		return plan
	}
	plan += fmt.Sprintf(" About %s", byteSize(float64(p.Bytes)))
	if p.Room >= 0 {
		plan += fmt.Sprintf(" of %s that the disk has left", byteSize(float64(p.Room)))
	}
	return plan + fmt.Sprintf(", in about %s, measured on frame %d.", spell(p.Time), f.m.Shown.Frame)
}

func profileName(p export.Profile) string {
	switch p {
	case export.Plain:
		return "Plain files"
	case export.ScanNet:
		return "ScanNet"
	case export.Nerfstudio, export.Middlebury, export.Kubric:
		return strings.ToUpper(string(p[:1])) + string(p[1:])
	}
	return strings.ToUpper(string(p))
}

func profileNames() []string {
	var names []string
	for _, p := range export.Profiles() {
		names = append(names, profileName(p))
	}
	return names
}

func byteSize(n float64) string {
	units := []string{"bytes", "KB", "MB", "GB", "TB"}
	i := 0
	for n >= 1000 && i < len(units)-1 {
		n /= 1000
		i++
	}
	return fmt.Sprintf("%.3g %s", n, units[i])
}
