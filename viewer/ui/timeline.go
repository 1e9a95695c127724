package ui

import (
	"fmt"
	"image"
	"math"
	"strconv"
	"strings"

	"gioui.org/f32"
	"gioui.org/io/event"
	"gioui.org/io/key"
	"gioui.org/io/pointer"
	"gioui.org/op"
	"gioui.org/text"
	"golang.org/x/exp/shiny/materialdesign/icons"

	"zscope/viewer/model"
)

// timeline is the gesture state of the track of frames.
type timeline struct {
	dragging bool
	fine     bool    // shift is held: the frame moves slower than the pointer
	last     float32 // x of the pointer
	at       float64 // frame under the pointer, with its fraction
	hover    float32
	hovered  bool
	grip     float32 // from a mark that is held to the pointer
	// zoomed is the part of the timeline that is shown; empty for all of it.
	from, to float64
}

// timelineBar is the transport and the track of frames.
func (f *frame) timelineBar(r image.Rectangle) {
	f.fill(r, f.pal.panel)
	f.hline(r)
	in := rect{inset(r, f.dp(gap), 0)}
	in.top(f.dp(6))
	f.transport(in.top(f.dp(36)))
	in.bottom(f.dp(4))
	f.track(in.Rectangle)
}

func (f *frame) transport(r image.Rectangle) {
	m := f.m
	row := rect{middle(r, f.dp(32))}
	off := !hasScene(m) || m.Timeline.First == m.Timeline.Last
	square := f.dp(32)
	press := func(name string, b button) bool {
		b.off = off
		hit := f.button(name, row.left(square), b)
		row.left(f.dp(2))
		return hit
	}
	if press("first", button{icon: icons.NavigationFirstPage, tip: "First frame (Home)"}) {
		f.emit(model.GoFirst{})
	}
	if press("back", button{icon: icons.NavigationChevronLeft, tip: "Frame before (←)"}) {
		f.emit(model.Step{Frames: -1})
	}
	play := button{icon: icons.AVPlayArrow, tip: "Play (Space)"}
	if m.Play.On() {
		play = button{icon: icons.AVPause, tip: "Pause (Space)", on: true}
	}
	if press("play", play) {
		f.emit(model.TogglePlay{Now: f.Now})
	}
	if press("forward", button{icon: icons.NavigationChevronRight, tip: "Frame after (→)"}) {
		f.emit(model.Step{Frames: 1})
	}
	if press("last", button{icon: icons.NavigationLastPage, tip: "Last frame (End)"}) {
		f.emit(model.GoLast{})
	}
	if press("loop", button{icon: icons.AVRepeat, tip: "Loop (Shift+L)", on: m.Loop}) {
		f.emit(model.ToggleLoop{})
	}
	row.left(f.dp(8))

	if !hasScene(m) {
		return
	}
	f.text(row.left(f.width("Frame", f.faint())+f.dp(6)), "Frame", f.faint())
	if s, ok := f.field("frame", middle(row.left(f.dp(72)), f.dp(rowHeight)), strconv.Itoa(m.Frame), fieldLook{right: true}, false); ok {
		if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil {
			f.emit(model.GoTo{Frame: n})
		}
	}
	row.left(f.dp(8))
	of := fmt.Sprintf("%d to %d", m.Timeline.First, m.Timeline.Last)
	f.text(row.left(f.width(of, f.faint())+f.dp(16)), of, f.faint())
	seconds := fmt.Sprintf("%.3f s", m.TimeOf(m.Frame))
	f.text(row.left(max(f.width(seconds, f.plain()), f.dp(64))+f.dp(8)), seconds, f.plain())

	// What is at the right end goes first where room is short.
	if s, ok := f.rate(row.right(f.dp(96))); ok {
		f.emit(model.SetFPS{FPS: s})
	}
	row.right(f.dp(8))
	if m.Marks.Set {
		words := fmt.Sprintf("Marked %d to %d", m.Marks.In, m.Marks.Out)
		w := f.width(words, f.faint())
		if row.Dx() > w+f.dp(36) {
			if f.button("clear marks", middle(row.right(f.dp(24)), f.dp(24)), button{icon: icons.NavigationClose, tip: "Clear the marks (X)"}) {
				f.emit(model.ClearMarks{})
			}
			f.text(row.right(w+f.dp(4)), words, f.faint().in(f.pal.accent))
			row.right(f.dp(8))
		}
	}
	if m.Play.Dropped > 0 {
		words := plural(m.Play.Dropped, "1 frame dropped", "# frames dropped")
		if w := f.width(words, f.faint()); row.Dx() > w {
			r := row.right(w)
			f.name("dropped", r)
			f.text(r, words, f.faint().in(f.pal.warn).to(text.End))
		}
	}
	if m.Play.On() && m.Play.Speed != 1 {
		words := fmt.Sprintf("%+d×", m.Play.Speed)
		f.text(row.left(f.dp(40)), words, f.plain().in(f.pal.accent))
	}
}

// rate is the frame rate, to be typed; emptied it is the file's own.
func (f *frame) rate(r image.Rectangle) (fps float64, ok bool) {
	s, ok := f.field("fps", middle(r, f.dp(rowHeight)), strconv.FormatFloat(f.m.Timeline.FPS, 'g', 6, 64), fieldLook{unit: "fps", right: true}, false)
	if !ok {
		return 0, false
	}
	if strings.TrimSpace(s) == "" {
		return 0, true
	}
	fps, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return fps, err == nil && fps > 0
}

// track is the line of frames: which are at hand, the marks, keys and the
// frame that is shown.
func (f *frame) track(r image.Rectangle) {
	f.name("timeline", r)
	t, m := &f.timeline, f.m
	bar := rect{inset(r, f.dp(8), 0)}
	labels := bar.bottom(f.dp(16))
	if !hasScene(m) {
		f.round(bar.Rectangle, 4, f.pal.ground)
		return
	}
	f.updateTrack(bar.Rectangle)
	from, to := t.span(m)
	x := func(frame float64) int {
		return bar.Min.X + int(math.Round((frame-from)/(to-from)*float64(bar.Dx())))
	}
	f.round(bar.Rectangle, 4, f.pal.ground)
	area := pushRect(f.Ops, r)

	// Which frames are at hand.
	strip := image.Rect(bar.Min.X, bar.Max.Y-f.dp(4), bar.Max.X, bar.Max.Y)
	for i := 0; i < len(m.Cached); {
		if !m.Cached[i] {
			i++
			continue
		}
		j := i
		for j < len(m.Cached) && m.Cached[j] {
			j++
		}
		a, b := x(float64(m.Timeline.First+i)-0.5), x(float64(m.Timeline.First+j)-0.5)
		f.fill(image.Rect(a, strip.Min.Y, max(b, a+1), strip.Max.Y).Intersect(strip), withAlpha(f.pal.good, 0xb0))
		i = j
	}

	// What is outside the marks is dimmed; the marks are handles.
	if m.Marks.Set {
		a, b := x(float64(m.Marks.In)-0.5), x(float64(m.Marks.Out)+0.5)
		f.fill(image.Rect(bar.Min.X, bar.Min.Y, max(a, bar.Min.X), bar.Max.Y), withAlpha(f.pal.panel, 0xd0))
		f.fill(image.Rect(min(b, bar.Max.X), bar.Min.Y, bar.Max.X, bar.Max.Y), withAlpha(f.pal.panel, 0xd0))
		f.fill(image.Rect(a, bar.Min.Y, b, bar.Min.Y+f.dp(3)), f.pal.accent)
	}

	f.ticks(bar.Rectangle, labels, from, to, x)
	f.seconds(bar.Rectangle, from, to, x)

	// The keys of the animation, the frame shown, the frame asked for.
	for _, k := range m.KeyFrames {
		at := x(k)
		if at >= bar.Min.X && at <= bar.Max.X {
			y := float32(bar.Min.Y + f.dp(9))
			d := float32(f.dp(3))
			f.polygon(f.pal.warn, f32.Pt(float32(at), y-d), f32.Pt(float32(at)+d, y), f32.Pt(float32(at), y+d), f32.Pt(float32(at)-d, y))
		}
	}
	if m.Shown.Map != nil && m.Shown.Frame != m.Frame {
		at := x(float64(m.Shown.Frame))
		f.fill(image.Rect(at-f.dp(1), bar.Min.Y, at+f.dp(1), bar.Max.Y), f.pal.dim)
	}
	if t.hovered && !t.dragging {
		n := t.frameAt(t.hover, bar.Rectangle, m)
		at := x(float64(n))
		f.fill(image.Rect(at, bar.Min.Y, at+max(1, f.dp(1)), bar.Max.Y), withAlpha(f.pal.text, 0x60))
		f.hint("timeline "+strconv.Itoa(n), image.Rect(at, bar.Min.Y, at, bar.Max.Y), fmt.Sprintf("Frame %d, %.3f s", n, m.TimeOf(n)))
	}
	if m.Marks.Set {
		f.markHandles(bar.Rectangle, x)
	}
	at := x(float64(m.Frame))
	head := image.Rect(at-f.dp(1), bar.Min.Y, at+max(1, f.dp(1)), bar.Max.Y)
	f.fill(head, f.pal.accent)
	d := float32(f.dp(6))
	top := float32(bar.Min.Y)
	f.polygon(f.pal.accent, f32.Pt(float32(at)-d, top), f32.Pt(float32(at)+d, top), f32.Pt(float32(at), top+d))
	area.Pop()
}

// markHandles are the ends of the marked part, at the upper edge of the track:
// below them the track scrubs.
func (f *frame) markHandles(bar image.Rectangle, x func(float64) int) {
	m := f.m.Marks
	for _, h := range []struct {
		name string
		at   int
		side int // where the marked part lies
	}{{"mark in", x(float64(m.In) - 0.5), 1}, {"mark out", x(float64(m.Out) + 0.5), -1}} {
		if h.at < bar.Min.X || h.at > bar.Max.X {
			continue
		}
		held := f.draggers[h.name] != nil && f.draggers[h.name].active
		grip := image.Rect(h.at-f.dp(7), bar.Min.Y-f.dp(2), h.at+f.dp(7), bar.Min.Y+f.dp(12))
		d, at, moved := f.drag(h.name, grip, pointer.CursorColResize)
		if moved && !held { // pressed since the last drawing, and maybe dragged and let go
			f.timeline.grip = d.from.X - float32(h.at)
			moved = at != d.from
		}
		ended := (held || moved) && !d.active
		by := f.arrows(h.name, d, grip)
		if moved || by != 0 || ended {
			end := &m.In
			if h.side < 0 {
				end = &m.Out
			}
			if moved {
				*end = int(math.Round(f.timeline.position(at.X-f.timeline.grip, bar, f.m) + 0.5*float64(h.side)))
			}
			*end += by
			// Neither end passes the other.
			if h.side > 0 {
				m.In = min(m.In, m.Out)
			} else {
				m.Out = max(m.Out, m.In)
			}
			if m != f.m.Marks || ended {
				f.emit(model.SetMarks{In: m.In, Out: m.Out, Done: !d.active})
			}
		}
		ink := f.pal.accent
		if d.active || d.hovered && !f.resting {
			ink = f.pal.text
		}
		line := max(1, f.dp(2))
		f.fill(image.Rect(h.at-line/2, bar.Min.Y, h.at-line/2+line, bar.Min.Y+f.dp(10)), ink)
		foot := image.Rect(h.at, bar.Min.Y, h.at+h.side*f.dp(5), bar.Min.Y+f.dp(3)).Canon()
		f.fill(foot, ink)
	}
}

// ticks numbers the track at a spacing of 1, 2 or 5 times a power of ten.
func (f *frame) ticks(bar, labels image.Rectangle, from, to float64, x func(float64) int) {
	widest := f.width(strconv.Itoa(int(to))+"00", f.faint())
	least := (to - from) * float64(widest) / float64(max(bar.Dx(), 1))
	step := model.RoundUp(math.Max(least, 1))
	minor := math.Max(1, step/5)
	if step/minor*4 > float64(widest) {
		minor = step
	}
	for n := math.Ceil(from/minor) * minor; n <= to; n += minor {
		at := x(n)
		major := math.Mod(n, step) == 0
		h := f.dp(4)
		if major {
			h = f.dp(8)
		}
		f.fill(image.Rect(at, bar.Max.Y-f.dp(4)-h, at+max(1, f.dp(1)), bar.Max.Y-f.dp(4)), f.pal.line)
		if major {
			s := strconv.Itoa(int(n))
			w := f.width(s, f.faint())
			box := image.Rect(at-w/2, labels.Min.Y, at-w/2+w+1, labels.Max.Y)
			f.text(box, s, f.faint())
		}
	}
}

// seconds marks round times within the track, at its upper end.
func (f *frame) seconds(bar image.Rectangle, from, to float64, x func(float64) int) {
	tl := f.m.Timeline
	if !(tl.FPS > 0) {
		return
	}
	at := func(t float64) float64 { return (t - tl.Offset) * tl.FPS }
	start, end := from/tl.FPS+tl.Offset, to/tl.FPS+tl.Offset
	room := float64(f.dp(72)) / float64(max(bar.Dx(), 1))
	step := model.RoundUp((end - start) * room)
	if step <= 0 {
		return
	}
	for n := math.Ceil(start / step); n*step <= end; n++ {
		px := x(at(n * step))
		f.fill(image.Rect(px, bar.Min.Y, px+max(1, f.dp(1)), bar.Min.Y+f.dp(14)), f.pal.line)
		words := strconv.FormatFloat(math.Round(n*step*1e6)/1e6, 'f', -1, 64) + " s"
		box := beside(px, f.width(words, f.faint())+1, f.dp(4), bar.Max.X)
		box.Min.Y, box.Max.Y = bar.Min.Y, bar.Min.Y+f.dp(15)
		if m := f.m.Marks; m.Set && (f.touches(box, x(float64(m.In)-0.5)) || f.touches(box, x(float64(m.Out)+0.5))) {
			continue // the mark is there
		}
		f.text(box, words, f.faint())
	}
}

// beside returns from where to where words stand next to a line at x: behind it,
// or before it where they would not end by last.
func beside(x, width, gap, last int) (r image.Rectangle) {
	r.Min.X = x + gap
	if r.Min.X+width > last {
		r.Min.X = x - gap - width
	}
	r.Max.X = r.Min.X + width
	return r
}

// touches reports whether a mark at x would lie on the words in a box.
func (f *frame) touches(box image.Rectangle, x int) bool {
	room := f.dp(7)
	return x > box.Min.X-room && x < box.Max.X+room
}

// span returns the frames at the ends of the track.
func (t *timeline) span(m model.Model) (from, to float64) {
	from, to = float64(m.Timeline.First)-0.5, float64(m.Timeline.Last)+0.5
	if t.to > t.from {
		from, to = math.Max(from, t.from), math.Min(to, t.to)
	}
	if !(to > from) {
		return float64(m.Timeline.First) - 0.5, float64(m.Timeline.Last) + 0.5
	}
	return from, to
}

func (t *timeline) position(x float32, bar image.Rectangle, m model.Model) float64 {
	from, to := t.span(m)
	return from + (float64(x)-float64(bar.Min.X))/float64(max(bar.Dx(), 1))*(to-from)
}

func (t *timeline) frameAt(x float32, bar image.Rectangle, m model.Model) int {
	n := int(math.Round(t.position(x, bar, m)))
	return max(m.Timeline.First, min(m.Timeline.Last, n))
}

// updateTrack reads the pointer over the track: drag scrubs, with shift at a
// tenth of the speed; scrolling zooms.
func (f *frame) updateTrack(bar image.Rectangle) {
	t, m := &f.timeline, f.m
	area := image.Rect(bar.Min.X-f.dp(8), bar.Min.Y-f.dp(2), bar.Max.X+f.dp(8), bar.Max.Y+f.dp(16))
	goTo := -1 << 60
	for {
		e, ok := f.Event(pointer.Filter{
			Target:  t,
			Kinds:   pointer.Press | pointer.Drag | pointer.Release | pointer.Cancel | pointer.Move | pointer.Enter | pointer.Leave | pointer.Scroll,
			ScrollY: pointer.ScrollRange{Min: -1000, Max: 1000},
		})
		if !ok {
			break
		}
		p, ok := e.(pointer.Event)
		if !ok || f.resting {
			continue
		}
		t.hover = p.Position.X
		switch p.Kind {
		case pointer.Press:
			f.Execute(key.FocusCmd{})
			if !p.Buttons.Contain(pointer.ButtonPrimary) && p.Source == pointer.Mouse {
				continue
			}
			t.dragging, t.last = true, p.Position.X
			t.fine = p.Modifiers.Contain(key.ModShift)
			t.at = t.position(p.Position.X, bar, m)
			if t.fine {
				t.at = float64(m.Frame)
			}
			goTo = int(math.Round(t.at))
		case pointer.Drag:
			if !t.dragging {
				continue
			}
			if t.fine {
				from, to := t.span(m)
				t.at += float64(p.Position.X-t.last) / float64(max(bar.Dx(), 1)) * (to - from) / 10
			} else {
				t.at = t.position(p.Position.X, bar, m)
			}
			t.last = p.Position.X
			goTo = int(math.Round(t.at))
		case pointer.Release, pointer.Cancel:
			t.dragging = false
		case pointer.Enter, pointer.Move:
			t.hovered = true
		case pointer.Leave:
			t.hovered = false
		case pointer.Scroll:
			t.zoom(math.Pow(1.2, float64(p.Scroll.Y)/10), t.position(p.Position.X, bar, m), m)
			f.again = true
		}
	}
	if goTo != -1<<60 {
		if n := max(m.Timeline.First, min(m.Timeline.Last, goTo)); n != m.Frame || m.Play.On() {
			f.emit(model.GoTo{Frame: n})
		}
	}
	if f.resting {
		return
	}
	defer pushRect(f.Ops, area).Pop()
	event.Op(f.Ops, t)
	pointer.CursorColResize.Add(f.Ops)
}

// zoom makes the part that is shown factor times as long, around a frame.
func (t *timeline) zoom(factor, around float64, m model.Model) {
	first, last := float64(m.Timeline.First)-0.5, float64(m.Timeline.Last)+0.5
	from, to := t.span(m)
	length := math.Max(math.Min(8, last-first), (to-from)*factor)
	if length >= last-first {
		t.from, t.to = 0, 0
		return
	}
	share := (around - from) / (to - from)
	t.from = math.Max(first, math.Min(around-share*length, last-length))
	t.to = t.from + length
}

// wake asks for the drawing of the next frame of a playing timeline.
func (f *frame) wake() {
	if f.m.Play.On() && f.m.Current() {
		f.Execute(op.InvalidateCmd{At: f.m.Due()})
	}
}
