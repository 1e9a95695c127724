package ui

import (
	"fmt"
	"image"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"gioui.org/io/event"
	"gioui.org/io/pointer"
	"gioui.org/text"
	"gioui.org/unit"
	"github.com/go-gl/mathgl/mgl64"
	"golang.org/x/exp/shiny/materialdesign/icons"

	"zscope/depthcore/colormap"
	"zscope/viewer/model"
)

// panel is the gesture state of the side panel: how far it is scrolled, and
// where on its edge it was taken hold of.
type panel struct {
	scroll, tall int
	grip         float32
}

// Widths of the side panel.
const (
	panelWidth  unit.Dp = 288
	panelNarrow unit.Dp = 248 // in a small window
	panelLeast  unit.Dp = 216
	panelMost   unit.Dp = 640
)

// panelSpan returns the width of the side panel in a window, in pixels: the
// one that was chosen, as far as it leaves the picture its half.
func (f *frame) panelSpan(window int) int {
	width := f.dp(panelWidth)
	if window < f.dp(1000) {
		width = f.dp(panelNarrow)
	}
	if chosen := f.m.Settings.Panel; chosen > 0 {
		width = f.dp(unit.Dp(chosen))
	}
	return max(f.dp(panelLeast), min(width, f.dp(panelMost), window/2))
}

// panelEdge lets the side panel's left edge be dragged.
func (f *frame) panelEdge(r image.Rectangle) {
	const name = "panel edge"
	held := f.draggers[name] != nil && f.draggers[name].active
	half := f.dp(4)
	strip := image.Rect(r.Min.X-half, r.Min.Y, r.Min.X+half, r.Max.Y)
	d, at, moved := f.drag(name, strip, pointer.CursorColResize)
	if moved && !held {
		f.panel.grip = d.from.X - float32(r.Min.X)
	}
	released := (held || moved) && !d.active
	if moved || released {
		width := f.m.Settings.Panel
		if moved {
			dp := (float32(r.Max.X) - at.X + f.panel.grip) / f.Metric.PxPerDp
			width = float64(max(float32(panelLeast), min(dp, float32(panelMost), float32(r.Max.X)/2/f.Metric.PxPerDp)))
		}
		f.emit(model.SetPanel{Width: width, Done: released})
	}
	if n := f.arrows(name, d, strip); n != 0 {
		dp := float64(r.Dx())/float64(f.Metric.PxPerDp) - 16*float64(n)
		f.emit(model.SetPanel{Width: max(float64(panelLeast), min(dp, float64(panelMost))), Done: true})
	}
	if d.active || d.hovered && !f.resting {
		f.fill(image.Rect(r.Min.X-f.dp(1), r.Min.Y, r.Min.X+f.dp(1), r.Max.Y), f.pal.accent)
	}
}

// sidePanel holds the colours, the reading and what is known of the scene.
func (f *frame) sidePanel(r image.Rectangle) {
	f.name("panel", r)
	f.fill(r, f.pal.panel)
	f.fill(image.Rect(r.Min.X, r.Min.Y, r.Min.X+max(1, f.dp(1)), r.Max.Y), f.pal.line)
	p := &f.panel
	for {
		e, ok := f.Event(pointer.Filter{Target: p, Kinds: pointer.Scroll, ScrollY: pointer.ScrollRange{Min: -10000, Max: 10000}})
		if !ok {
			break
		}
		if e, ok := e.(pointer.Event); ok {
			p.scroll += int(e.Scroll.Y * 4 * f.Metric.PxPerDp)
			f.again = true
		}
	}
	p.scroll = max(0, min(p.scroll, p.tall-r.Dy()))
	defer pushRect(f.Ops, r).Pop()
	event.Op(f.Ops, p)
	// Cut from a rectangle without end, to learn how tall the content is.
	in := rect{image.Rect(r.Min.X+f.dp(16), r.Min.Y-p.scroll, r.Max.X-f.dp(16), r.Min.Y-p.scroll+1<<20)}
	start := in.Min.Y
	in.top(f.dp(12))
	if f.m.Compare.Path != "" {
		f.compareSection(&in) // first: the picture has its colours
		f.separator(&in)
	}
	f.colourSection(&in)
	f.separator(&in)
	f.readingSection(&in)
	f.areaSection(&in)
	f.edgesSection(&in)
	if len(f.m.Pins) > 0 {
		f.separator(&in)
		f.pinSection(&in)
	}
	if f.m.RGB.Path != "" {
		f.separator(&in)
		f.rgbSection(&in)
	}
	if f.m.HasLens() {
		f.separator(&in)
		f.lensSection(&in)
	}
	if f.m.Job.Scene != nil {
		f.separator(&in)
		f.sceneSection(&in)
	}
	in.top(f.dp(12))
	f.reveal(r)
	p.tall = in.Min.Y - start
	if p.tall > r.Dy() {
		h := max(f.dp(24), r.Dy()*r.Dy()/p.tall)
		y := r.Min.Y + (r.Dy()-h)*p.scroll/max(1, p.tall-r.Dy())
		f.round(image.Rect(r.Max.X-f.dp(5), y, r.Max.X-f.dp(2), y+h), 2, f.pal.hover)
	}
}

func (f *frame) separator(in *rect) {
	in.top(f.dp(12))
	line := in.top(max(1, f.dp(1)))
	f.fill(line, f.pal.line)
	in.top(f.dp(12))
}

func (f *frame) heading(in *rect, s string) image.Rectangle {
	row := in.top(f.dp(24))
	f.text(row, s, f.plain().strong())
	return row
}

func (f *frame) colourSection(in *rect) {
	c := f.m.Colour
	row := rect{f.heading(in, "Colour")}
	if f.button("reverse", row.right(f.dp(28)), button{icon: icons.ActionSwapHoriz, tip: "Reverse the colour map (R)", on: c.Mapping.Reversed}) {
		f.emit(model.ToggleReversed{})
	}
	in.top(f.dp(4))
	maps := colormap.Maps()
	var names []string
	selected := 0
	for i, m := range maps {
		names = append(names, title(m.String()))
		if m == c.Mapping.Map {
			selected = i
		}
	}
	if i, ok := f.choice("colour map", in.top(f.dp(rowHeight)), names[selected], "Colour map (M)", names, selected); ok {
		f.emit(model.SetMap{Map: maps[i]})
	}
	in.top(f.dp(8))
	if i, ok := f.segments("scale", in.top(f.dp(rowHeight)), []string{"Linear", "Log", "Inverse", "Percent"}, int(c.Mapping.Scale)); ok {
		f.emit(model.SetScale{Scale: scales[i]})
	}
	in.top(f.dp(8))
	f.showLegend(in.top(f.dp(112)))
	in.top(f.dp(4))
	f.legendKey(in.top(f.dp(16)))
	in.top(f.dp(8))

	line := rect{in.top(f.dp(rowHeight))}
	half := (line.Dx() - f.dp(8)) / 2
	near, far := c.Mapping.Near, c.Mapping.Far
	if s, ok := f.field("range near", line.left(half), metres(near), fieldLook{unit: "m", right: true}, false); ok {
		if z, ok := number(s); ok {
			f.emit(model.SetRange{Near: z, Far: far})
		}
	}
	line.left(f.dp(8))
	if s, ok := f.field("range far", line.Rectangle, metres(far), fieldLook{unit: "m", right: true}, false); ok {
		if z, ok := number(s); ok {
			f.emit(model.SetRange{Near: near, Far: z})
		}
	}
	in.top(f.dp(8))
	mode := rect{in.top(f.dp(rowHeight))}
	lock := button{icon: icons.ActionLockOpen, tip: "Lock the range: colours then mean the same metres in every frame (T)"}
	if c.Range == model.RangeLocked {
		lock = button{icon: icons.ActionLock, tip: "The range is locked. Click to let it follow the picture (T)", on: true}
	}
	if f.button("lock", mode.right(f.dp(28)), lock) {
		f.toggleLock()
	}
	mode.right(f.dp(8))
	if i, ok := f.choice("range mode", mode.Rectangle, f.rangeWords(), "Where the ends of the range come from", rangeModes, int(c.Range)); ok {
		f.emit(model.SetRangeMode{Mode: model.RangeMode(i)})
	}
	if s := f.m.Survey; s.Running {
		in.top(f.dp(4))
		bar := in.top(f.dp(4))
		f.round(bar, 2, f.pal.raised)
		bar.Max.X = bar.Min.X + bar.Dx()*s.Done/max(1, s.Total)
		f.round(bar, 2, f.pal.accent)
	}
	in.top(f.dp(8))
	lines := rect{in.top(f.dp(rowHeight))}
	if s, ok := f.field("spacing", lines.right(f.dp(104)), metres(c.LineSpacing()), fieldLook{unit: "m", right: true}, false); ok {
		if z, ok := number(s); ok || strings.TrimSpace(s) == "" {
			f.emit(model.SetSpacing{Spacing: z})
		}
	}
	lines.right(f.dp(8))
	if f.toggle("lines", lines.Rectangle, "Lines every", c.Lines) {
		f.emit(model.ToggleLines{})
	}
}

// scales are the scales in the order in which they are offered.
var scales = colormap.Scales()

// rangeModes are the words for model.RangeMode, in its order.
var rangeModes = []string{"This picture", "99 % of this picture", "Whole sequence", "Locked"}

func (f *frame) rangeWords() string {
	if s := f.m.Survey; s.Running {
		return fmt.Sprintf("Measuring %d of %d", s.Done, s.Total)
	}
	return rangeModes[f.m.Colour.Range]
}

func (f *frame) toggleLock() {
	mode := model.RangeLocked
	if f.m.Colour.Range == mode {
		mode = model.RangeAuto
	}
	f.emit(model.SetRangeMode{Mode: mode})
}

// metres prints a range's end to six places: enough to tell colours apart.
func metres(z float64) string { return strconv.FormatFloat(z, 'g', 6, 64) }

func number(s string) (float64, bool) {
	s = strings.TrimSuffix(strings.TrimSpace(strings.ReplaceAll(s, ",", ".")), "m")
	z, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return z, err == nil && !math.IsNaN(z) && !math.IsInf(z, 0)
}

func (f *frame) readingSection(in *rect) {
	head := rect{f.heading(in, "Under the pointer")}
	m := f.m
	r, ok := m.Reading()
	if ok {
		f.text(head.Rectangle, "Ctrl+C copies", f.faint().to(text.End))
	}
	f.name("reading", in.Rectangle.Intersect(image.Rect(in.Min.X, in.Min.Y, in.Max.X, in.Min.Y+f.dp(160))))
	in.top(f.dp(4))
	z, pixel, distance := "–", "–", "–"
	camera, world := [3]string{"–", "–", "–"}, [3]string{"–", "–", "–"}
	object, normal := "–", "–"
	if ok {
		pixel = fmt.Sprintf("%d, %d", r.X, r.Y)
		z = model.ZText(r.Z)
		if r.Hit {
			z += " m"
		}
		if !r.Exact {
			z = "coarse…"
		}
		if r.Hit && r.Exact {
			distance = strconv.FormatFloat(r.Euclidean, 'f', 4, 64) + " m"
			camera, world = model.PointText(r.Camera), model.PointText(r.World)
		}
		if s := m.Pointer.Surface; s.Known && s.Hit {
			object = s.Object
			if s.Material != "" {
				object += " · " + s.Material
			}
			p := model.PointText(s.Normal)
			normal = p[0][:len(p[0])-1] + "  " + p[1][:len(p[1])-1] + "  " + p[2][:len(p[2])-1]
		}
	}
	big := in.top(f.dp(28))
	f.text(image.Rect(big.Min.X, big.Min.Y, big.Min.X+f.dp(64), big.Max.Y), "Z", f.faint())
	f.text(image.Rect(big.Min.X+f.dp(64), big.Min.Y, big.Max.X, big.Max.Y), z, style{size: large, bold: true, color: f.pal.text, align: text.End})
	f.pair(in, "Pixel", pixel)
	f.pair(in, "Distance", distance)
	f.triple(in, "Camera", camera)
	f.triple(in, "World", world)
	f.pair(in, "Normal", normal)
	f.pair(in, "Object", object)
}

// pair is a line with a name and a value, which leaves the name what it does not
// take itself.
func (f *frame) pair(in *rect, name, value string) {
	row := rect{in.top(f.dp(22))}
	left := row.Dx() - f.width(value, f.plain()) - f.dp(8)
	f.text(row.left(max(f.dp(64), left)), name, f.faint())
	f.text(row.Rectangle, value, f.plain().to(text.End))
}

// triple is a line with a name and three numbers in columns.
func (f *frame) triple(in *rect, name string, values [3]string) {
	row := rect{in.top(f.dp(22))}
	f.text(row.left(f.dp(52)), name, f.faint())
	w := row.Dx() / 3
	for i, v := range values {
		cell := row.left(w)
		if i == 2 {
			cell.Max.X = row.Max.X
		}
		f.text(cell, v, f.plain().to(text.End))
	}
}

func (f *frame) sceneSection(in *rect) {
	m := f.m
	s := m.Job.Scene
	f.heading(in, "Scene")
	triangles := 0
	for _, i := range s.Instances {
		triangles += len(s.Primitives[i.Primitive].Indices) / 3
	}
	f.pair(in, "File", m.Name())
	f.pair(in, "Format", s.Source.Format)
	if model.LacksAxes(s) {
		f.axesRow(in)
	}
	f.pair(in, "Triangles", thousands(triangles))
	f.pair(in, "Animations", strconv.Itoa(len(s.Animations)))
	f.animations(in)
	if len(m.Warnings) == 0 {
		return
	}
	in.top(f.dp(8))
	f.text(in.top(f.dp(22)), plural(len(m.Warnings), "1 warning", "# warnings"), f.plain().in(f.pal.warn).strong())
	for _, w := range m.Warnings {
		st := f.faint().in(f.pal.text).upTo(12)
		row := in.top(f.extent(in.Dx()-f.dp(12), w, st).Y)
		f.fill(image.Rect(row.Min.X, row.Min.Y+f.dp(2), row.Min.X+f.dp(2), row.Max.Y-f.dp(2)), f.pal.warn)
		row.Min.X += f.dp(10)
		f.paragraph(row, w, st)
		in.top(f.dp(6))
	}
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// topBar holds the file, the camera, the size and the export.
func (f *frame) topBar(r image.Rectangle) {
	m := f.m
	f.fill(r, f.pal.panel)
	f.fill(image.Rect(r.Min.X, r.Max.Y-max(1, f.dp(1)), r.Max.X, r.Max.Y), f.pal.line)
	row := rect{inset(middle(r, f.dp(32)), f.dp(gap), 0)}
	open := button{icon: icons.FileFolderOpen, label: "Open", tip: "Open a scene (Ctrl+O), or drop one on the window"}
	if f.button("open", row.left(f.buttonWidth(open)), open) {
		f.emit(model.AskOpen{})
	}
	row.left(f.dp(2))
	if items := f.recentItems(); len(items) > 0 {
		if f.recentButton(row.left(f.dp(24)), items) {
			row.left(0)
		}
	}
	if f.button("help", row.right(f.dp(32)), button{icon: icons.ActionHelpOutline, tip: "All keys (?)"}) {
		f.help, f.again = true, true
	}
	row.right(f.dp(4))
	export := button{icon: icons.FileFileDownload, label: "Export", first: true, tip: "Write the sequence to files (Ctrl+E)", off: !hasScene(m) || m.Export.Running}
	if f.button("export", row.right(f.buttonWidth(export)), export) {
		f.emit(model.OpenExport{})
	}
	row.right(f.dp(16))
	if hasScene(m) {
		f.sizeChoice(row.right(f.dp(124)))
		row.right(f.dp(8))
		f.cameraChoice(row.right(min(f.dp(168), max(f.dp(96), row.Dx()/3))))
		row.right(f.dp(12))
		if n := len(m.Warnings); n > 0 {
			b := button{icon: icons.AlertWarning, warn: true, tip: plural(n, "1 warning: see the side panel", "# warnings: see the side panel")}
			if f.button("warnings", row.right(f.dp(32)), b) {
				if f.m.Settings.NoPanel {
					f.emit(model.TogglePanel{})
				}
				f.panel.scroll, f.again = 1<<20, true
			}
			row.right(f.dp(4))
		}
	}
	row.left(f.dp(12))
	name := m.Name()
	if m.File.Loading != "" {
		name = "Opening " + filepath.Base(m.File.Loading) + "…"
	}
	f.text(row.Rectangle, name, f.plain().strong())
}

func (f *frame) recentItems() []string {
	var items []string
	for _, path := range f.m.Recent {
		items = append(items, filepath.Base(path)+"   "+filepath.Dir(path))
	}
	return append(items, "Demo scene")
}

// recentButton opens the list of scenes that were opened before.
func (f *frame) recentButton(r image.Rectangle, items []string) bool {
	i, ok := f.menu("recent", r, icons.NavigationArrowDropDown, "Scenes opened before", items)
	if !ok {
		return false
	}
	path := ""
	if i < len(f.m.Recent) {
		path = f.m.Recent[i]
	}
	f.emit(model.Open{Path: path})
	return true
}

// menu is an icon that opens a list of which nothing holds.
func (f *frame) menu(name string, r image.Rectangle, icon []byte, tip string, items []string) (picked int, ok bool) {
	if p := f.popup; p != nil && p.name == name {
		if p.picked >= 0 {
			picked, ok = p.picked, true
			f.popup = nil
		} else {
			p.anchor, p.items, p.chosen = r, items, -1
		}
	}
	if f.button(name, r, button{icon: icon, tip: tip}) {
		f.popup = &popup{name: name, anchor: r, items: items, chosen: -1, picked: -1}
		f.again = true
	}
	return picked, ok
}

func (f *frame) cameraChoice(r image.Rectangle) {
	m := f.m
	var items []string
	for _, c := range m.Job.Scene.Cameras {
		items = append(items, c.Name)
	}
	selected := m.Job.Camera
	if m.Job.Track != nil {
		items = append(items, "Camera track")
		selected = len(items) - 1
	}
	items = append(items, "Free camera")
	if m.Free {
		selected = len(items) - 1
	}
	label := "Free camera"
	if selected < len(items) {
		label = items[selected]
	}
	i, ok := f.choice("camera", r, label, "Camera. C leaves it for a free one and comes back", items, selected)
	if !ok {
		return
	}
	switch {
	case i == len(items)-1:
		f.emit(model.LookFreely{Free: true})
	case i < len(m.Job.Scene.Cameras):
		f.emit(model.ChooseCamera{Index: i})
	default:
		f.emit(model.LookFreely{Free: false})
	}
}

// sizes are the rows that are offered.
var sizes = []int{270, 540, 720, 1080, 1440, 2160}

func sizeWords(w, h int) string { return fmt.Sprintf("%d × %d", w, h) }

// sizeOf returns the size of a picture with so many rows in the camera's shape.
func (f *frame) sizeOf(rows int) (w, h int) {
	m := f.m
	if len(m.Job.Scene.Cameras) > 0 && m.Job.Track == nil {
		return m.Job.Scene.Cameras[m.Job.Camera].DefaultSize(rows)
	}
	w, h = m.SizeOf()
	return (rows*w + h/2) / max(h, 1), rows
}

func (f *frame) sizeChoice(r image.Rectangle) {
	m := f.m
	w, h := m.SizeOf()
	var items []string
	type size struct{ w, h int }
	var of []size
	selected := -1
	for _, rows := range sizes {
		var s size
		s.w, s.h = f.sizeOf(rows)
		if s.w == w && s.h == h {
			selected = len(of)
		}
		of = append(of, s)
		items = append(items, sizeWords(s.w, s.h))
	}
	if m.Job.Track != nil {
		of = append(of, size{0, 0})
		items = append(items, fmt.Sprintf("%d × %d (track)", m.Job.Track.Width, m.Job.Track.Height))
	}
	if selected < 0 {
		of = append(of, size{w, h})
		items = append(items, fmt.Sprintf("%d × %d", w, h))
		selected = len(of) - 1
	}
	if i, ok := f.choice("size", r, fmt.Sprintf("%d × %d", w, h), "Size of the picture in pixels", items, selected); ok {
		f.emit(model.ChooseSize{Width: of[i].w, Height: of[i].h})
	}
}

// readingLine says in a line what is under the pointer: as much as fits.
func (f *frame) readingLine(r model.Reading, width int) string {
	parts := []string{fmt.Sprintf("Pixel %d, %d", r.X, r.Y)}
	switch {
	case !r.Exact:
		parts = append(parts, "coarse")
	default:
		parts = append(parts, "Z "+zLabel(r))
	}
	if r.Hit && r.Exact {
		parts = append(parts, "World "+strings.Join(pointParts(r.World), "  "))
		if s := f.m.Pointer.Surface; s.Hit && s.Object != "" {
			parts = append(parts, s.Object)
		}
	}
	const between = "   ·   "
	for len(parts) > 2 && f.width(strings.Join(parts, between), f.faint()) > width {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, between)
}

func pointParts(p mgl64.Vec3) []string {
	s := model.PointText(p)
	return s[:]
}

// statusBar says what the picture is, or what is under the pointer.
func (f *frame) statusBar(r image.Rectangle) {
	f.name("status", r)
	f.fill(r, f.pal.ground)
	m := f.m
	row := rect{inset(r, f.dp(12), 0)}
	if m.Shown.Map == nil {
		return
	}
	p := m.Shown
	zoom := strconv.FormatFloat(m.Place().Scale*100, 'f', 1, 64) + " %"
	f.text(row.right(f.dp(64)), zoom, f.faint().to(text.End))
	row.right(f.dp(8))
	if f.button("one to one", middle(row.right(f.dp(40)), f.dp(20)), button{label: "1:1", tip: "One picture pixel is one screen pixel (1)"}) {
		f.emit(model.ShowFull{})
	}
	row.right(f.dp(4))
	if f.button("fit", middle(row.right(f.dp(40)), f.dp(20)), button{label: "Fit", tip: "Fit the picture into the window (F)", on: m.Look.Fit}) {
		f.emit(model.ShowAll{})
	}
	row.right(f.dp(12))
	if r, ok := m.Reading(); ok {
		f.text(row.Rectangle, f.readingLine(r, row.Dx()), f.faint().in(f.pal.text))
		return
	}
	parts := []string{fmt.Sprintf("Frame %d", p.Frame), fmt.Sprintf("%d × %d", p.View.Width, p.View.Height)}
	switch {
	case !p.Exact:
		parts = append(parts, "coarse")
	case p.Took > 0:
		parts = append(parts, fmt.Sprintf("exact, cast in %.0f ms", float64(p.Took.Microseconds())/1000))
	default:
		parts = append(parts, "exact, from memory")
	}
	share := 100 * float64(p.Hits) / float64(max(1, len(p.Map.Z)))
	parts = append(parts, fmt.Sprintf("%.1f %% of the pixels see a surface", share))
	f.text(row.Rectangle, strings.Join(parts, "   ·   "), f.faint())
}
