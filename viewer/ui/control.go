package ui

import (
	"image"
	"slices"
	"time"

	"gioui.org/f32"
	"gioui.org/gesture"
	"gioui.org/io/event"
	"gioui.org/io/key"
	"gioui.org/io/pointer"
	"gioui.org/io/semantic"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/text"
	"gioui.org/widget"
	"golang.org/x/exp/shiny/materialdesign/icons"
)

// clicker is the gesture state of something that can be clicked, or focused
// with Tab and pressed with Enter. The space bar stays the transport's, but on
// a card, where it presses too.
type clicker struct {
	click   gesture.Click
	focused bool
}

// press reports a click since the last frame and lays out the area that takes
// the next one.
func (f *frame) press(name string, r image.Rectangle, enabled bool) (c *clicker, clicked bool) {
	c = f.clickers[name]
	if c == nil {
		c = &clicker{}
		f.clickers[name] = c
	}
	f.name(name, r)
	for {
		e, ok := c.click.Update(f.Source)
		if !ok {
			break
		}
		if e.Kind == gesture.KindPress {
			f.Execute(key.FocusCmd{})
		}
		clicked = clicked || e.Kind == gesture.KindClick
	}
	filters := [3]event.Filter{key.FocusFilter{Target: c}, key.Filter{Focus: c, Name: key.NameReturn}, key.Filter{Focus: c, Name: key.NameSpace}}
	keys := filters[:2]
	if f.modal() {
		keys = filters[:]
	}
	for {
		e, ok := f.Event(keys...)
		if !ok {
			break
		}
		switch e := e.(type) {
		case key.FocusEvent:
			c.focused = e.Focus
		case key.Event:
			clicked = clicked || e.State == key.Press
		}
	}
	if !enabled || f.resting {
		return c, false
	}
	f.explain(name, r, c.click.Hovered(), "")
	f.stop(c, c.focused)
	if c.focused {
		f.focus(name, r)
	}
	defer clip.Rect(r).Push(f.Ops).Pop()
	c.click.Add(f.Ops)
	event.Op(f.Ops, c)
	semantic.Button.Add(f.Ops)
	semantic.LabelOp(name).Add(f.Ops)
	pointer.CursorPointer.Add(f.Ops)
	return c, clicked
}

// button is something to click.
type button struct {
	icon  []byte
	label string
	tip   string
	// on marks a switch that is on, first the one thing to do, off what
	// cannot be done now.
	on, first, off bool
	warn           bool
}

func (f *frame) button(name string, r image.Rectangle, b button) bool {
	c, clicked := f.press(name, r, !b.off)
	ground, ink := f.pal.panel, f.pal.text
	ground.A = 0
	hovered := c.click.Hovered() && !b.off && !f.resting
	switch {
	case b.first && !b.off:
		ground, ink = f.pal.accent, f.pal.onAccent
	case b.off:
		ink = withAlpha(f.pal.dim, 0x70)
		if b.first {
			ground = f.pal.raised
		}
	case b.on:
		ground, ink = f.pal.raised, f.pal.accent
	case b.label != "":
		ground = f.pal.raised
	}
	if hovered && !b.first {
		ground = f.pal.hover
	}
	if b.warn && !b.off {
		ink = f.pal.warn
	}
	f.round(r, 4, ground)
	if c.focused {
		f.outline(inset(r, 1, 1), 4, f.pal.accent)
	}
	switch {
	case b.icon != nil && b.label == "":
		f.icon(r, b.icon, 20, ink)
	case b.icon != nil:
		in := rect{inset(r, f.dp(8), 0)}
		f.icon(in.left(f.dp(20)), b.icon, 18, ink)
		in.left(f.dp(6))
		f.text(in.Rectangle, b.label, f.plain().in(ink))
	default:
		f.text(inset(r, f.dp(4), 0), b.label, f.plain().in(ink).to(text.Middle))
	}
	if b.tip != "" && !b.off {
		f.explain(name, r, hovered, b.tip)
	}
	return clicked
}

// buttonWidth returns the width that a button with icon and label needs.
func (f *frame) buttonWidth(b button) int {
	w := f.width(b.label, f.plain()) + f.dp(24)
	if b.icon != nil {
		w += f.dp(18)
	}
	return w
}

// toggle is a box to tick with words beside it.
func (f *frame) toggle(name string, r image.Rectangle, label string, on bool) bool {
	c, clicked := f.press(name, r, true)
	in := rect{r}
	box := middle(in.left(f.dp(18)), f.dp(18))
	if on {
		f.round(box, 3, f.pal.accent)
		f.icon(box, icons.NavigationCheck, 16, f.pal.onAccent)
	} else {
		f.round(box, 3, f.pal.raised)
		f.outline(box, 3, f.pal.dim)
	}
	if c.focused || c.click.Hovered() {
		f.outline(box, 3, f.pal.accent)
	}
	in.left(f.dp(8))
	f.text(in.Rectangle, label, f.plain())
	return clicked
}

// segments is a row of choices of which one holds.
func (f *frame) segments(name string, r image.Rectangle, labels []string, selected int) (picked int, ok bool) {
	f.round(r, 4, f.pal.raised)
	// Each has its words' width and an equal part of what is left.
	left := r.Dx()
	for _, label := range labels {
		left -= f.width(label, f.plain())
	}
	row := rect{r}
	for i, label := range labels {
		part := row.left(f.width(label, f.plain()) + left*(i+1)/len(labels) - left*i/len(labels))
		c, clicked := f.press(name+"."+label, part, true)
		in := inset(part, f.dp(2), f.dp(2))
		st := f.plain().in(f.pal.dim).to(text.Middle)
		switch {
		case i == selected:
			f.round(in, 3, f.pal.accent)
			st = st.in(f.pal.onAccent)
		case c.click.Hovered():
			f.round(in, 3, f.pal.hover)
			st = st.in(f.pal.text)
		}
		if c.focused {
			f.outline(in, 3, f.pal.text)
		}
		f.text(in, label, st)
		if clicked && i != selected {
			picked, ok = i, true
		}
	}
	return picked, ok
}

// popup is the list of an open choice.
type popup struct {
	name   string
	anchor image.Rectangle
	items  []string
	chosen int // that holds
	cursor int // that Enter would choose
	top    int // first item in sight
	picked int // -1 until one is
	catch  struct{ tag int }
	keys   struct{ tag int }
}

// choice is a button that opens a list.
func (f *frame) choice(name string, r image.Rectangle, label, tip string, items []string, selected int) (picked int, ok bool) {
	if p := f.popup; p != nil && p.name == name {
		if p.picked >= 0 {
			picked, ok = p.picked, true
			f.popup = nil
		} else {
			p.anchor, p.items, p.chosen = r, items, selected
		}
	}
	c, clicked := f.press(name, r, len(items) > 0)
	if clicked {
		f.popup = &popup{name: name, anchor: r, items: items, chosen: selected, cursor: max(selected, 0), picked: -1}
		f.again = true
	}
	ground := f.pal.raised
	hovered := c.click.Hovered() && !f.resting
	if hovered && len(items) > 0 {
		ground = f.pal.hover
	}
	f.round(r, 4, ground)
	if c.focused {
		f.outline(inset(r, 1, 1), 4, f.pal.accent)
	}
	in := rect{inset(r, f.dp(8), 0)}
	f.icon(in.right(f.dp(16)), icons.NavigationArrowDropDown, 18, f.pal.dim)
	in.right(f.dp(4))
	st := f.plain()
	if len(items) == 0 {
		st = st.in(f.pal.dim)
	}
	f.text(in.Rectangle, label, st)
	if tip != "" {
		f.explain(name, r, hovered, tip)
	}
	return picked, ok
}

// showPopup draws the open list over everything else.
func (f *frame) showPopup(window image.Rectangle) {
	p := f.popup
	if p == nil {
		return
	}
	f.updatePopup()
	if f.popup == nil {
		return
	}
	// A catch for everything beside the list.
	area := clip.Rect(window).Push(f.Ops)
	event.Op(f.Ops, &p.catch)
	event.Op(f.Ops, &p.keys)
	area.Pop()
	f.Execute(key.FocusCmd{Tag: &p.keys})

	row, pad := f.dp(rowHeight), f.dp(4)
	width := p.anchor.Dx()
	for _, s := range p.items {
		width = max(width, f.width(s, f.plain())+f.dp(44))
	}
	width = min(width, window.Dx()-2*pad)
	above, under := p.anchor.Min.Y-window.Min.Y-2*pad, window.Max.Y-p.anchor.Max.Y-2*pad
	need := len(p.items)*row + 2*pad
	room, up := under, false
	if need > under && above > under {
		room, up = above, true
	}
	shown := max(1, min(len(p.items), (room-2*pad)/row))
	p.top = max(0, min(p.top, len(p.items)-shown))
	p.top = min(p.top, p.cursor)
	p.top = max(p.top, p.cursor-shown+1)
	size := image.Pt(width, shown*row+2*pad)
	at := image.Pt(min(p.anchor.Min.X, window.Max.X-size.X-pad), p.anchor.Max.Y+pad)
	if up {
		at.Y = p.anchor.Min.Y - pad - size.Y
	}
	at.X = max(at.X, window.Min.X+pad)
	r := image.Rectangle{Min: at, Max: at.Add(size)}
	f.name("tip", r)
	f.round(r.Add(image.Pt(0, f.dp(2))), 6, withAlpha(f.pal.ground, 0xc0))
	f.round(r, 6, f.pal.raised)
	f.outline(r, 6, f.pal.hover)
	in := rect{inset(r, pad, pad)}
	for i := p.top; i < p.top+shown; i++ {
		line := in.top(row)
		c, clicked := f.press(p.name+"/"+p.items[i], line, true)
		if clicked {
			p.picked = i
			f.again = true
		}
		if c.click.Hovered() {
			p.cursor = i
		}
		if i == p.cursor {
			f.round(line, 4, f.pal.hover)
		}
		cells := rect{inset(line, f.dp(6), 0)}
		tick := cells.left(f.dp(20))
		if i == p.chosen {
			f.icon(tick, icons.NavigationCheck, 16, f.pal.accent)
		}
		cells.left(f.dp(4))
		f.text(cells.Rectangle, p.items[i], f.plain())
	}
}

func (f *frame) updatePopup() {
	p := f.popup
	for {
		e, ok := f.Event(
			pointer.Filter{Target: &p.catch, Kinds: pointer.Press | pointer.Scroll, ScrollY: pointer.ScrollRange{Min: -1000, Max: 1000}},
			key.FocusFilter{Target: &p.keys},
			key.Filter{Focus: &p.keys, Name: key.NameUpArrow}, key.Filter{Focus: &p.keys, Name: key.NameDownArrow},
			key.Filter{Focus: &p.keys, Name: key.NameReturn}, key.Filter{Focus: &p.keys, Name: key.NameSpace},
			key.Filter{Focus: &p.keys, Name: key.NameEscape},
		)
		if !ok {
			return
		}
		switch e := e.(type) {
		case pointer.Event:
			if e.Kind == pointer.Press {
				f.closePopup()
				return
			}
		case key.Event:
			if e.State != key.Press {
				continue
			}
			switch e.Name {
			case key.NameUpArrow:
				p.cursor = max(0, p.cursor-1)
			case key.NameDownArrow:
				p.cursor = min(len(p.items)-1, p.cursor+1)
			case key.NameReturn, key.NameSpace:
				p.picked, f.again = p.cursor, true
			case key.NameEscape:
				f.closePopup()
				return
			}
		}
	}
}

func (f *frame) closePopup() {
	f.popup, f.again = nil, true
	f.Execute(key.FocusCmd{})
}

// field is the gesture state of a line to type in.
type field struct {
	editor  widget.Editor
	focused bool
	hovered bool
	fresh   bool   // the press that gave it the focus is not over yet
	shown   string // the value that the editor was set to
}

// fieldLook says how a field looks.
type fieldLook struct {
	unit  string // stands behind the text
	empty string // stands there while it is empty
	right bool
	bad   bool
}

// field is a line to type in. It returns the text when it was changed and
// Enter was pressed or the focus left; Escape takes the old text back. live
// returns each change.
func (f *frame) field(name string, r image.Rectangle, value string, look fieldLook, live bool) (typed string, changed bool) {
	w := f.fields[name]
	if w == nil {
		w = &field{}
		w.editor.SingleLine, w.editor.Submit = true, true
		f.fields[name] = w
	}
	f.name(name, r)
	done := false
	for {
		e, ok := w.editor.Update(f.Context)
		if !ok {
			break
		}
		switch e.(type) {
		case widget.SubmitEvent:
			done, f.submitted = true, name
			f.Execute(key.FocusCmd{})
		case widget.ChangeEvent:
			if live {
				typed, changed = w.editor.Text(), true
				w.shown = typed
			}
		}
	}
	focused := f.Source.Focused(&w.editor)
	if w.focused && !focused {
		done = true
		if f.revert && !live {
			w.editor.SetText(value)
			w.shown, done = value, false
		}
		f.revert = false
	}
	// Who comes to a field means to replace what it says: all of it is
	// selected, at the end of the press that brought the focus.
	if !w.focused && focused {
		w.editor.SetCaret(w.editor.Len(), 0)
		w.fresh = true
	}
	for {
		e, ok := f.Event(pointer.Filter{Target: w, Kinds: pointer.Release | pointer.Enter | pointer.Leave})
		if !ok {
			break
		}
		p, ok := e.(pointer.Event)
		switch {
		case !ok:
		case p.Kind == pointer.Enter:
			w.hovered = true
		case p.Kind == pointer.Leave:
			w.hovered = false
		case w.fresh:
			w.editor.SetCaret(w.editor.Len(), 0)
			w.fresh = false
		}
	}
	if done && !live && w.editor.Text() != w.shown {
		typed, changed = w.editor.Text(), true
		w.shown = typed
	}
	w.focused = focused
	if focused {
		f.typing = name
		f.focus(name, r)
	}
	f.explain(name, r, w.hovered && !focused, "")
	if !focused && !changed && w.editor.Text() != value {
		w.editor.SetText(value)
		w.shown = value
	} else if !focused && !changed {
		w.shown = value
	}

	f.round(r, 4, f.pal.ground)
	edge := f.pal.line
	switch {
	case look.bad:
		edge = f.pal.bad
	case focused:
		edge = f.pal.accent
	}
	f.outline(r, 4, edge)
	in := rect{inset(r, f.dp(8), 0)}
	if look.empty != "" && !focused && w.editor.Text() == "" {
		st := f.plain().in(f.pal.dim)
		if look.right {
			st = st.to(text.End)
		}
		f.text(in.Rectangle, look.empty, st)
	}
	if look.unit != "" {
		f.text(in.right(f.width(look.unit, f.faint())+1), look.unit, f.faint())
		in.right(f.dp(4))
	}
	if f.resting {
		st := f.plain()
		if look.right {
			st = st.to(text.End)
		}
		f.text(in.Rectangle, value, st)
		return typed, changed
	}
	w.editor.Alignment = text.Start
	if look.right {
		w.editor.Alignment = text.End
	}
	f.stop(&w.editor, focused)
	f.editor(in.Rectangle, &w.editor)
	defer pointer.PassOp{}.Push(f.Ops).Pop()
	defer clip.Rect(r).Push(f.Ops).Pop()
	event.Op(f.Ops, w)
	return typed, changed
}

func (f *frame) editor(r image.Rectangle, e *widget.Editor) {
	gtx := f.Context
	gtx.Constraints = layout.Constraints{Min: image.Pt(r.Dx(), 0), Max: r.Size()}
	macro := op.Record(f.Ops)
	dims := e.Layout(gtx, f.shaper, typeface(false), normal, f.ink(f.pal.text), f.ink(withAlpha(f.pal.accent, markedAlpha)))
	call := macro.Stop()
	defer clip.Rect(r).Push(f.Ops).Pop()
	defer op.Offset(image.Pt(r.Min.X, r.Min.Y+(r.Dy()-dims.Size.Y)/2)).Push(f.Ops).Pop()
	call.Add(f.Ops)
}

// tooltip is the hint for what the pointer rests on.
type tooltip struct {
	name  string
	since time.Time
	at    image.Rectangle
	words string
	seen  bool // in this frame
}

const tipDelay = 500 * time.Millisecond

// hint says what the thing under the pointer is for.
func (f *frame) hint(name string, r image.Rectangle, words string) {
	if f.tip.name != name {
		f.tip = tooltip{name: name, since: f.Now}
	}
	f.tip.at, f.tip.words, f.tip.seen = r, words, true
}

func (f *frame) showTip(window image.Rectangle) {
	if !f.tip.seen {
		f.tip = tooltip{}
		return
	}
	f.tip.seen = false
	if wait := f.tip.since.Add(tipDelay); f.Now.Before(wait) {
		f.Execute(op.InvalidateCmd{At: wait})
		return
	}
	st := style{size: small, color: f.pal.text}.upTo(4)
	size := f.extent(f.dp(280), f.tip.words, st).Add(image.Pt(f.dp(16), f.dp(10)))
	at := image.Pt(f.tip.at.Min.X+(f.tip.at.Dx()-size.X)/2, f.tip.at.Max.Y+f.dp(6))
	if at.Y+size.Y > window.Max.Y {
		at.Y = f.tip.at.Min.Y - f.dp(6) - size.Y
	}
	at.X = max(window.Min.X+f.dp(4), min(at.X, window.Max.X-size.X-f.dp(4)))
	r := image.Rectangle{Min: at, Max: at.Add(size)}
	f.name("tip", r)
	f.round(r, 4, f.pal.hover)
	f.paragraph(inset(r, f.dp(8), f.dp(5)), f.tip.words, st)
}

// dragger is the gesture state of something that is dragged.
type dragger struct {
	active  bool
	hovered bool
	focused bool      // for the arrow keys
	from    f32.Point // of the last press
}

// drag lays out an area that is dragged and returns where the pointer is while
// it is held, in the window's coordinates.
func (f *frame) drag(name string, r image.Rectangle, cursor pointer.Cursor) (d *dragger, at f32.Point, moved bool) {
	d = f.draggers[name]
	if d == nil {
		d = &dragger{}
		f.draggers[name] = d
	}
	f.name(name, r)
	for {
		e, ok := f.Event(pointer.Filter{Target: d, Kinds: pointer.Press | pointer.Drag | pointer.Release | pointer.Cancel | pointer.Enter | pointer.Leave})
		if !ok {
			break
		}
		p, ok := e.(pointer.Event)
		if !ok {
			continue
		}
		switch p.Kind {
		case pointer.Press:
			d.active = p.Buttons.Contain(pointer.ButtonPrimary) || p.Source == pointer.Touch
			at, moved = p.Position, d.active
			d.from = p.Position
			f.Execute(key.FocusCmd{})
		case pointer.Drag:
			if d.active {
				at, moved = p.Position, true
			}
		case pointer.Release, pointer.Cancel:
			d.active = false
		case pointer.Enter:
			d.hovered = true
		case pointer.Leave:
			d.hovered = false
		}
	}
	if f.resting {
		return d, at, false
	}
	f.explain(name, r, d.hovered && !d.active, "")
	defer clip.Rect(r).Push(f.Ops).Pop()
	event.Op(f.Ops, d)
	cursor.Add(f.Ops)
	return d, at, moved
}

func contains[T comparable](list []T, x T) bool { return slices.Contains(list, x) }

// hline is a thin line along the top of r.
func (f *frame) hline(r image.Rectangle) {
	f.fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+max(1, f.dp(1))), f.pal.line)
}

// catchAll takes the pointer events of an area and does nothing with them.
func (f *frame) catchAll(r image.Rectangle, tag event.Tag) {
	for {
		if _, ok := f.Event(pointer.Filter{Target: tag, Kinds: pointer.Press | pointer.Scroll | pointer.Move, ScrollY: pointer.ScrollRange{Min: -1000, Max: 1000}}); !ok {
			break
		}
	}
	defer clip.Rect(r).Push(f.Ops).Pop()
	event.Op(f.Ops, tag)
	pointer.CursorDefault.Add(f.Ops)
}
