package ui

import (
	"image"
	"slices"
	"strings"

	"gioui.org/io/event"
	"gioui.org/io/key"
	"gioui.org/io/pointer"
	"gioui.org/text"
	"gioui.org/unit"
)

// helpCard is the sheet of all keys, in as few columns as the window's height
// allows. Where even three are too tall it scrolls.
func (f *frame) helpCard(window image.Rectangle) {
	groups := keyGroups()
	line, room := f.dp(18), window.Dy()-f.dp(116)
	columns := 2
	for columns < 3 && tallest(groups, columns)*line > room {
		columns++
	}
	height := tallest(groups, columns)
	line = max(f.dp(16), min(line, room/height))
	width := unit.Dp(72 + 344*columns)
	in := f.card(window, width, unit.Dp(84+float32(height*line)/f.Metric.PxPerDp))
	if f.cardTitle(&in, "Keys", "help.close") {
		f.help, f.again = false, true
	}
	in.Max.Y -= in.Dy() % line // whole lines only
	up := f.sheet.scroll(f, in.Rectangle, height*line, line) / line * line
	area := pushRect(f.Ops, in.Rectangle)
	sheet := image.Rect(in.Min.X, in.Min.Y-up, in.Max.X, in.Min.Y-up+height*line)
	f.sheetColumns(rect{sheet}, groups, columns, line)
	area.Pop()
	if hidden := height*line - in.Dy(); hidden > 0 {
		h := max(f.dp(24), in.Dy()*in.Dy()/(height*line))
		y := in.Min.Y + (in.Dy()-h)*up/hidden
		f.round(image.Rect(in.Max.X+f.dp(8), y, in.Max.X+f.dp(12), y+h), 2, f.pal.hover)
	}
}

func (f *frame) sheetColumns(in rect, groups []keyGroup, columns, line int) {
	gap := f.dp(28)
	each := (in.Dx() - gap*(columns-1)) / columns
	for _, column := range split(groups, columns) {
		c := rect{in.left(each)}
		in.left(gap)
		for i, g := range column {
			if i > 0 {
				c.top(line)
			}
			f.text(c.top(line), g.name, f.faint().strong().in(f.pal.accent))
			for _, l := range g.lines {
				row := rect{c.top(line)}
				f.text(row.right(f.width(l[1], f.faint())+f.dp(8)), l[1], f.faint().in(f.pal.text).to(text.End))
				f.text(row.Rectangle, l[0], f.faint())
			}
		}
	}
}

// scroller is how far something that is too tall is scrolled.
type scroller struct {
	up int // pixels
}

// scroll reads the wheel over r and the keys that scroll, and returns how many
// pixels of what is tall are above r.
func (s *scroller) scroll(f *frame, r image.Rectangle, tall, line int) int {
	for {
		e, ok := f.Event(pointer.Filter{Target: s, Kinds: pointer.Scroll, ScrollY: pointer.ScrollRange{Min: -10000, Max: 10000}},
			key.Filter{Name: key.NameUpArrow}, key.Filter{Name: key.NameDownArrow}, key.Filter{Name: key.NamePageUp}, key.Filter{Name: key.NamePageDown})
		if !ok {
			break
		}
		switch e := e.(type) {
		case pointer.Event:
			s.up += int(e.Scroll.Y * 4 * f.Metric.PxPerDp)
		case key.Event:
			if e.State == key.Press {
				s.up += map[key.Name]int{key.NameUpArrow: -line, key.NameDownArrow: line, key.NamePageUp: -r.Dy(), key.NamePageDown: r.Dy()}[e.Name]
			}
		}
		f.again = true
	}
	s.up = max(0, min(s.up, tall-r.Dy()))
	defer pushRect(f.Ops, r).Pop()
	event.Op(f.Ops, s)
	return s.up
}

// keyGroup is a part of the sheet of keys: what is done, and by what.
type keyGroup struct {
	name  string
	lines [][2]string
}

func keyGroups() []keyGroup {
	var groups []keyGroup
	for _, a := range actions {
		if len(a.keys) == 0 || summedUp(a) {
			continue
		}
		i := slices.IndexFunc(groups, func(g keyGroup) bool { return g.name == a.group })
		if i < 0 {
			i, groups = len(groups), append(groups, keyGroup{name: a.group})
		}
		g := &groups[i]
		g.lines = append(g.lines, [2]string{a.title, a.keys[0].String()})
	}
	for i := range groups {
		groups[i].lines = append(groups[i].lines, sums[groups[i].name]...)
	}
	return append(groups, keyGroup{"Mouse", mouse})
}

// split deals groups to columns in their order, so that the tallest column is
// as short as may be.
func split(groups []keyGroup, columns int) [][]keyGroup {
	for most := 1; ; most++ {
		var dealt [][]keyGroup
		tall := most + 1
		for _, g := range groups {
			n := len(g.lines) + 2
			if tall+n > most+1 {
				dealt = append(dealt, nil)
				tall = 0
			}
			tall += n
			dealt[len(dealt)-1] = append(dealt[len(dealt)-1], g)
		}
		if len(dealt) <= columns {
			return dealt
		}
	}
}

// tallest returns the lines of the tallest column.
func tallest(groups []keyGroup, columns int) int {
	most := 0
	for _, column := range split(groups, columns) {
		n := -1
		for _, g := range column {
			n += len(g.lines) + 2
		}
		most = max(most, n)
	}
	return most
}

// mouse is what the mouse does, for the sheet of keys.
var mouse = [][2]string{
	{"Zoom at the pointer", "Scroll"}, {"Move the picture", "Drag"}, {"Turn the free camera", "Drag"},
	{"Move the free camera", "Shift+drag"}, {"Look around, free camera", "Right drag"}, {"Frame an object, free camera", "Double click"}, {"Fly: W A S D, Q E", "Right button"}, {"Pin a pixel", "Ctrl+click"}, {"Pin a point in space", "Ctrl+Shift+click"}, {"Pin a place of a surface", "Shift+click"}, {"Measure an area", "Ctrl+drag"}, {"Scrub finely", "Shift+drag"}, {"Zoom the timeline", "Scroll"},
}

// sums are the lines of the sheet of keys that stand for many actions each,
// which differ in a direction only.
var sums = map[string][][2]string{
	"Reading": {{"Point at a pixel", "Ctrl+arrows"}, {"10 pixels on", "Ctrl+Shift+arrows"}},
	"Camera":  {{"Turn points or camera", "Alt+arrows"}, {"Move them", "Alt+Shift+arrows"}},
}

// summedUp reports whether one of those lines stands for an action.
func summedUp(a action) bool {
	for _, s := range []string{pointerMoves, turns, moves} {
		if strings.HasPrefix(a.title, s) {
			return true
		}
	}
	return false
}
