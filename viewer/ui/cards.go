package ui

import (
	"fmt"
	"image"
	"path/filepath"
	"strings"
	"time"

	"gioui.org/io/key"
	"gioui.org/op"
	"gioui.org/text"
	"gioui.org/unit"
	"golang.org/x/exp/shiny/materialdesign/icons"

	"zscope/viewer/model"
)

// card draws the ground of a card in the middle of the window and returns its
// inside.
func (f *frame) card(window image.Rectangle, width, height unit.Dp) rect {
	w := min(f.dp(width), window.Dx()-f.dp(32))
	h := min(f.dp(height), window.Dy()-f.dp(32))
	at := image.Pt((window.Dx()-w)/2, (window.Dy()-h)/2)
	r := image.Rectangle{Min: at, Max: at.Add(image.Pt(w, h))}
	f.round(r.Inset(-f.dp(1)), 9, f.pal.line)
	f.round(r, 8, f.pal.panel)
	return rect{inset(r, f.dp(24), f.dp(20))}
}

func (f *frame) cardTitle(in *rect, s, closeName string) (closed bool) {
	row := rect{in.top(f.dp(28))}
	if closeName != "" {
		closed = f.button(closeName, row.right(f.dp(28)), button{icon: icons.NavigationClose, tip: "Close (Esc)"})
	}
	f.text(row.Rectangle, s, style{size: large, bold: true, color: f.pal.text})
	in.top(f.dp(12))
	return closed
}

// spell writes a duration for people.
func spell(d time.Duration) string {
	switch s := d.Seconds(); {
	case s < 1:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case s < 10:
		return fmt.Sprintf("%.1f s", s)
	case s < 60:
		return fmt.Sprintf("%.0f s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %02d s", int(s)/60, int(s)%60)
	default:
		return fmt.Sprintf("%d h %02d min", int(s)/3600, int(s)/60%60)
	}
}

// shortPath keeps the end of a path, which tells more than its start.
func shortPath(path string) string {
	const most = 48
	if len(path) <= most {
		return path
	}
	base := filepath.Base(path)
	return "…" + string(filepath.Separator) + filepath.Join(filepath.Base(filepath.Dir(path)), base)
}

func (f *frame) quitCard(window image.Rectangle) {
	in := f.card(window, 440, 168)
	f.cardTitle(&in, "An export is running", "")
	buttons := rect{in.bottom(f.dp(32))}
	p := f.m.Export.Progress
	f.paragraph(in.Rectangle, fmt.Sprintf("%s of %s frames are written. Closing the window cancels the rest; the frames that are written stay.", thousands(p.Done), thousands(p.Total)), f.plain().in(f.pal.dim).upTo(3))
	quit := button{label: "Cancel and close"}
	stay := button{label: "Keep exporting", first: true}
	if f.button("quit.stay", buttons.right(f.buttonWidth(stay)), stay) {
		f.emit(model.QuitAnswered{})
	}
	buttons.right(f.dp(8))
	if f.button("quit.leave", buttons.right(f.buttonWidth(quit)), quit) {
		f.emit(model.QuitAnswered{Quit: true})
	}
}

// pathCard asks for a path where the desktop has no dialog for it.
func (f *frame) pathCard(window image.Rectangle) {
	in := f.card(window, 560, 196)
	if f.cardTitle(&in, "Open by path", "path.close") {
		f.emit(model.ClosePath{})
	}
	buttons := rect{in.bottom(f.dp(32))}
	words := "A scene, a folder, a camera's file, depth, or pictures such as shot_####.png:"
	if f.m.NoDialog {
		words = "The desktop's dialog is not available. " + words
	}
	f.paragraph(in.top(f.dp(36)), words, f.plain().in(f.pal.dim).upTo(2))
	in.top(f.dp(8))
	s, ok := f.field("path", in.top(f.dp(rowHeight)), "", fieldLook{}, false)
	if w := f.fields["path"]; !f.asking {
		f.asking, f.again = true, true
		w.editor.SetText("")
		f.Execute(key.FocusCmd{Tag: &w.editor})
	}
	open := f.button("path.open", buttons.right(f.dp(88)), button{label: "Open", first: true})
	if w := f.fields["path"]; open && w != nil && !ok {
		s, ok = w.editor.Text(), true
	}
	if ok && strings.TrimSpace(s) != "" {
		f.emit(model.ClosePath{})
		f.emit(model.Dropped{Paths: []string{strings.TrimSpace(s)}}) // whose place its name tells
	}
}

// commandPalette is the gesture state of the list of all commands.
type commandPalette struct {
	open   bool
	fresh  bool // it was just opened
	typed  string
	cursor int
}

func (f *frame) openPalette() {
	f.commands.open, f.commands.fresh, f.commands.typed, f.commands.cursor = true, true, "", 0
	f.again = true
}

func (f *frame) paletteCard(window image.Rectangle) {
	p := &f.UI.commands
	in := f.card(window, 520, 420)
	typed, changed := f.field("palette", in.top(f.dp(32)), p.typed, fieldLook{}, true)
	if changed {
		p.typed, p.cursor, f.again = typed, 0, true
	}
	w := f.fields["palette"]
	if p.fresh {
		w.editor.SetText("")
		f.Execute(key.FocusCmd{Tag: &w.editor})
		p.fresh = false
	}
	in.top(f.dp(8))
	var found []action
	for _, a := range f.commandList() {
		if (a.enabled == nil || a.enabled(f.m)) && matches(a.group+" "+a.title, p.typed) {
			found = append(found, a)
		}
	}
	run := -1
	if f.submitted == "palette" {
		run = p.cursor
	}
	for {
		e, ok := f.Event(key.Filter{Focus: &w.editor, Name: key.NameUpArrow}, key.Filter{Focus: &w.editor, Name: key.NameDownArrow})
		if !ok {
			break
		}
		if k, ok := e.(key.Event); ok && k.State == key.Press {
			switch k.Name {
			case key.NameUpArrow:
				p.cursor--
			case key.NameDownArrow:
				p.cursor++
			}
			f.again = true
		}
	}
	p.cursor = max(0, min(p.cursor, len(found)-1))
	row := f.dp(rowHeight)
	shown := max(1, in.Dy()/row)
	from := max(0, min(p.cursor-shown/2, len(found)-shown))
	for i := from; i < min(len(found), from+shown); i++ {
		line := in.top(row)
		c, clicked := f.press("palette/"+found[i].title, line, true)
		if clicked {
			run = i
		}
		if i == p.cursor || c.click.Hovered() {
			f.round(line, 4, f.pal.raised)
		}
		cells := rect{inset(line, f.dp(10), 0)}
		if len(found[i].keys) > 0 {
			f.text(cells.right(f.dp(90)), found[i].keys[0].String(), f.faint().to(text.End))
		}
		f.text(cells.Rectangle, found[i].title, f.plain())
	}
	if len(found) == 0 {
		f.text(in.top(row), "Nothing is called that.", f.faint())
	}
	if run >= 0 && run < len(found) {
		p.open, f.again = false, true
		f.Execute(key.FocusCmd{})
		found[run].do(f)
	}
}

// matches reports whether each word of typed begins or is part of a word of s.
func matches(s, typed string) bool {
	s = strings.ToLower(s)
	for _, word := range strings.Fields(strings.ToLower(typed)) {
		if !strings.Contains(s, word) {
			return false
		}
	}
	return true
}

// notices are the sentences at the head of the picture.
func (f *frame) notices(r image.Rectangle) {
	in := rect{inset(r, f.dp(12), f.dp(12))}
	width := min(in.Dx(), f.dp(640))
	for i, n := range f.m.Notices {
		f.fade(i, n)
		icon, ink := icons.ActionInfoOutline, f.pal.accent
		switch n.Severity {
		case model.Warning:
			icon, ink = icons.AlertWarning, f.pal.warn
		case model.Error:
			icon, ink = icons.AlertErrorOutline, f.pal.bad
		}
		st := f.plain().upTo(6)
		words := f.extent(width-f.dp(88), n.Text, st)
		h := max(f.dp(40), words.Y+f.dp(20))
		if in.Dy() < h {
			return
		}
		row := in.top(h)
		in.top(f.dp(8))
		row.Min.X += (row.Dx() - width) / 2
		row.Max.X = row.Min.X + width
		f.catchBox(row)
		f.name(fmt.Sprintf("notice.%d", i), row)
		f.round(row.Inset(-f.dp(1)), 7, f.pal.line)
		f.round(row, 6, f.pal.panel)
		f.fill(image.Rect(row.Min.X, row.Min.Y+f.dp(6), row.Min.X+f.dp(3), row.Max.Y-f.dp(6)), ink)
		cells := rect{inset(row, f.dp(14), 0)}
		f.icon(cells.left(f.dp(20)), icon, 20, ink)
		cells.left(f.dp(10))
		if f.button(fmt.Sprintf("notice.%d.close", i), middle(cells.right(f.dp(28)), f.dp(28)), button{icon: icons.NavigationClose, tip: "Dismiss"}) {
			f.emit(model.Dismiss{Index: i})
		}
		cells.right(f.dp(8))
		f.text(cells.Rectangle, n.Text, st)
	}
}

// fade takes an information away once it could be read; warnings and errors
// stay until the person dismisses them.
func (f *frame) fade(i int, n model.Notice) {
	const stays = 8 * time.Second
	if n.Severity != model.Info {
		return
	}
	if f.noticed < n.Serial {
		f.noticed, f.noticedAt = n.Serial, f.Now
	}
	if end := f.noticedAt.Add(stays); f.Now.Before(end) {
		f.Execute(op.InvalidateCmd{At: end})
	} else {
		f.emit(model.Dismiss{Index: i})
	}
}

// catchBox keeps the pointer from the picture below a box.
func (f *frame) catchBox(r image.Rectangle) {
	name := "catch"
	d := f.draggers[name]
	if d == nil {
		d = &dragger{}
		f.draggers[name] = d
	}
	f.catchAll(r, d)
}

func (f *frame) welcome(r image.Rectangle) {
	words := "Drop a scene here, or open one with Ctrl+O"
	if f.m.File.Loading != "" {
		words = "Opening " + filepath.Base(f.m.File.Loading) + "…"
	} else if f.m.Preparing() {
		words = fmt.Sprintf("Preparing %s… %.0f %%", f.m.Name(), 100*f.m.Trees.Share)
	}
	f.text(r, words, style{size: large, color: f.pal.dim, align: text.Middle})
}

// dropTarget shows what a drop would do.
func (f *frame) dropTarget(r image.Rectangle) {
	box := inset(r, f.dp(16), f.dp(16))
	f.round(box, 8, withAlpha(f.pal.ground, targetAlpha))
	f.outline(box, 8, f.pal.accent)
	plan := f.m.DropPlan()
	if len(plan) == 0 {
		plan = []string{"Drop a scene to open it, a camera track to look through it, RGB pictures or depth to compare with"}
	}
	f.text(inset(box, f.dp(24), 0), strings.Join(plan, "\n"), style{size: large, color: f.pal.text, align: text.Middle, lines: 2 + 2*len(plan)})
}
