package ui

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"
	"time"

	"gioui.org/f32"
	"gioui.org/io/input"
	"gioui.org/io/key"
	"gioui.org/io/pointer"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/text"
	"gioui.org/unit"
	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
	"zscope/depthcore/scene"
	"zscope/viewer/model"
)

// bench is a window without a screen: events go through Gio's router.
type bench struct {
	t      *testing.T
	ui     *UI
	m      model.Model
	router input.Router
	ops    op.Ops
	size   image.Point
	scale  float32
	now    time.Time
	cmds   []model.Cmd
}

func newBench(t *testing.T, w, h int) *bench {
	t.Helper()
	shaper, err := NewShaper(text.NoSystemFonts())
	if err != nil {
		t.Fatal(err)
	}
	return &bench{t: t, ui: New(shaper), m: model.New(), size: image.Pt(w, h), scale: 1, now: time.Now()}
}

func (b *bench) update(msg model.Msg) {
	var cmds []model.Cmd
	b.m, cmds = model.Update(b.m, msg)
	b.cmds = append(b.cmds, cmds...)
}

// draw draws the window until nothing is left to be done.
func (b *bench) draw() {
	b.t.Helper()
	for pass := 0; ; pass++ {
		b.ops.Reset()
		gtx := layout.Context{
			Ops: &b.ops, Now: b.now, Source: b.router.Source(),
			Metric:      unit.Metric{PxPerDp: b.scale, PxPerSp: b.scale},
			Constraints: layout.Exact(b.size),
		}
		// As in the program, the router sees the last drawing only: what was
		// done and not yet read outlives the others.
		msgs := b.ui.Layout(gtx, b.m)
		if len(msgs) == 0 {
			b.router.Frame(&b.ops)
			return
		}
		if pass == 10 {
			b.t.Fatalf("drawing does not come to rest: %T%+v", msgs[0], msgs[0])
		}
		for _, msg := range msgs {
			b.update(msg)
		}
	}
}

func (b *bench) settle() {
	b.t.Helper()
	for range 4 {
		b.draw()
	}
}

func (b *bench) place(name string) image.Rectangle {
	b.t.Helper()
	r, ok := b.ui.Places()[name]
	if !ok {
		b.t.Fatalf("there is no %q on the screen", name)
	}
	return r
}

func centre(r image.Rectangle) f32.Point {
	return f32.Pt(float32(r.Min.X+r.Max.X)/2, float32(r.Min.Y+r.Max.Y)/2)
}

func (b *bench) pointer(kind pointer.Kind, at f32.Point, buttons pointer.Buttons, mods key.Modifiers) {
	b.t.Helper()
	b.now = b.now.Add(time.Second)
	b.router.Queue(pointer.Event{Kind: kind, Source: pointer.Mouse, Position: at, Buttons: buttons, Modifiers: mods, Time: time.Duration(b.now.UnixNano())})
	b.draw()
}

func (b *bench) clickAt(at f32.Point) {
	b.t.Helper()
	b.pointer(pointer.Move, at, 0, 0)
	b.pointer(pointer.Press, at, pointer.ButtonPrimary, 0)
	b.pointer(pointer.Release, at, 0, 0)
	b.settle()
}

func (b *bench) click(name string) {
	b.t.Helper()
	b.clickAt(centre(b.place(name)))
}

func (b *bench) drag(from, to f32.Point, mods key.Modifiers) {
	b.t.Helper()
	b.pointer(pointer.Press, from, pointer.ButtonPrimary, mods)
	for i := 1; i <= 4; i++ {
		at := from.Add(to.Sub(from).Mul(float32(i) / 4))
		// The router turns the moves of a pressed button into drags.
		b.pointer(pointer.Move, at, pointer.ButtonPrimary, mods)
	}
	b.pointer(pointer.Release, to, 0, mods)
	b.settle()
}

func (b *bench) press(name key.Name, mods key.Modifiers) {
	b.t.Helper()
	b.router.Queue(key.Event{Name: name, Modifiers: mods, State: key.Press}, key.Event{Name: name, Modifiers: mods, State: key.Release})
	b.settle()
}

// replace types s into a field in place of what it says.
func (b *bench) replace(name, s string) {
	b.t.Helper()
	b.click(name)
	w := b.ui.fields[name]
	b.router.Queue(key.EditEvent{Range: key.Range{Start: 0, End: w.editor.Len()}, Text: s})
	b.settle()
}

func testScene(last int) *scene.Scene {
	var times, values []float64
	for n := 1; n <= last; n++ {
		times = append(times, float64(n)/24)
		values = append(values, float64(n), 0, 0)
	}
	return &scene.Scene{
		Name:     "hall with a rather long name that no bar has room for.glb",
		Nodes:    []scene.Node{{Name: "rig", Parent: -1, Rotation: mgl64.QuatIdent(), Scale: mgl64.Vec3{1, 1, 1}}},
		Cameras:  []scene.Camera{{Name: "main", YFov: 1, Aspect: 4. / 3}, {Name: "side", YFov: 0.5, Aspect: 1}},
		Warnings: []string{"Mesh 3 \"wall\" has lines, which have no area and so no depth."},
		Animations: []scene.Animation{{Name: "move", Channels: []scene.Channel{{
			Target: 0, Property: scene.Translation, Times: times, Values: values, Width: 3,
		}}}},
	}
}

// open shows frame 1 of a scene: a ramp from 1 to 25 m, 160 x 120 pixels.
func (b *bench) open() {
	b.t.Helper()
	b.settle()
	b.update(model.Open{Path: "/scenes/hall.glb"})
	for _, c := range b.take() {
		if l, ok := c.(model.Load); ok {
			b.update(model.Loaded{Serial: l.Serial, Path: l.Path, Scene: testScene(100), Bounds: model.Bounds{Max: mgl64.Vec3{1, 1, 1}}})
		}
	}
	b.answer()
	b.settle()
	if !b.m.Settled() {
		b.t.Fatal("no picture")
	}
}

func (b *bench) take() []model.Cmd {
	cmds := b.cmds
	b.cmds = nil
	return cmds
}

// answer gives the picture that was last asked for.
func (b *bench) answer() {
	for _, c := range b.take() {
		r, ok := c.(model.Render)
		if !ok {
			continue
		}
		const w, h = 160, 120
		m := depth.New(w, h)
		for i := range m.Z {
			m.Z[i] = 1 + float32(i%w)/(w-1)*24
		}
		m.Z[0] = depth.Empty()
		b.update(model.Rendered{Picture: model.Picture{
			Serial: r.Request.Serial, Frame: r.Request.Frame, Map: m, Exact: true, Near: 1, Far: 25, Hits: w*h - 1,
			View: camera.View{
				Intrinsics:      camera.Intrinsics{Width: w, Height: h, Fx: 100, Fy: 100, Cx: w / 2, Cy: h / 2},
				CameraFromWorld: mgl64.Ident4(),
			},
		}})
	}
	b.settle()
}

func opened(t *testing.T) *bench {
	b := newBench(t, 1280, 800)
	b.open()
	return b
}

func TestTransportButtons(t *testing.T) {
	b := opened(t)
	for _, c := range []struct {
		name string
		want int
	}{{"forward", 2}, {"forward", 3}, {"back", 2}, {"last", 100}, {"first", 1}} {
		b.click(c.name)
		if b.m.Frame != c.want {
			t.Errorf("after %s: frame %d, want %d", c.name, b.m.Frame, c.want)
		}
	}
	b.click("loop")
	if b.m.Loop {
		t.Error("the loop stays")
	}
	b.click("play")
	if !b.m.Play.On() {
		t.Error("play did not start")
	}
}

func TestKeys(t *testing.T) {
	b := opened(t)
	for _, c := range []struct {
		name key.Name
		mods key.Modifiers
		want int
	}{
		{key.NameRightArrow, 0, 2}, {key.NameRightArrow, key.ModShift, 12}, {key.NameLeftArrow, 0, 11}, {key.NameLeftArrow, key.ModShift, 1},
		{key.NameEnd, 0, 100}, {key.NameHome, 0, 1},
	} {
		b.press(c.name, c.mods)
		if b.m.Frame != c.want {
			t.Errorf("after %s: frame %d, want %d", keystroke{c.mods, c.name}, b.m.Frame, c.want)
		}
	}
	b.answer()
	b.press(key.NameSpace, 0)
	if !b.m.Play.On() {
		t.Error("space does not play")
	}
	b.press(key.NameSpace, 0)
	if b.m.Play.On() {
		t.Error("space does not pause")
	}
}

// No key may mean two things.
func TestKeysAreUnique(t *testing.T) {
	seen := map[keystroke]string{}
	for _, a := range actions {
		for _, k := range a.keys {
			if other, ok := seen[k]; ok {
				t.Errorf("%s means %q and %q", k, other, a.title)
			}
			seen[k] = a.title
		}
	}
}

func TestKeysRestWhileTyping(t *testing.T) {
	b := opened(t)
	b.click("range near")
	b.press(key.NameSpace, 0)
	b.press("F", 0)
	b.press(key.NameRightArrow, 0)
	if b.m.Play.On() || b.m.Frame != 1 {
		t.Errorf("keys for a field moved the timeline: frame %d, playing %v", b.m.Frame, b.m.Play.On())
	}
	b.press(key.NameEscape, 0)
	b.press(key.NameRightArrow, 0)
	if b.m.Frame != 2 {
		t.Errorf("after Escape the arrow leads to frame %d", b.m.Frame)
	}
}

func TestTypedFrame(t *testing.T) {
	b := opened(t)
	b.replace("frame", "42")
	if b.m.Frame != 1 {
		t.Error("the frame changed before Enter")
	}
	b.press(key.NameReturn, 0)
	if b.m.Frame != 42 {
		t.Errorf("frame %d", b.m.Frame)
	}
	b.replace("frame", "nonsense")
	b.press(key.NameReturn, 0)
	if b.m.Frame != 42 || b.ui.fields["frame"].editor.Text() != "42" {
		t.Errorf("frame %d, the field says %q", b.m.Frame, b.ui.fields["frame"].editor.Text())
	}
	b.replace("frame", "7")
	b.press(key.NameEscape, 0)
	if b.m.Frame != 42 || b.ui.fields["frame"].editor.Text() != "42" {
		t.Errorf("after Escape frame %d, the field says %q", b.m.Frame, b.ui.fields["frame"].editor.Text())
	}
	// Going elsewhere takes what was typed.
	b.replace("frame", "9")
	b.clickAt(centre(b.place("status")))
	b.click("picture")
	if b.m.Frame != 9 {
		t.Errorf("after a click elsewhere frame %d", b.m.Frame)
	}
}

func TestScrub(t *testing.T) {
	b := opened(t)
	r := b.place("timeline")
	y := float32(r.Min.Y + 12)
	b.drag(f32.Pt(float32(r.Min.X+100), y), f32.Pt(float32(r.Max.X-8), y), 0)
	if b.m.Frame != 100 {
		t.Errorf("dragged to the end: frame %d", b.m.Frame)
	}
	b.drag(f32.Pt(float32(r.Max.X-8), y), f32.Pt(float32(r.Max.X)-8-float32(r.Dx()-16)/2, y), key.ModShift)
	if b.m.Frame < 94 || b.m.Frame > 96 {
		t.Errorf("half the bar with shift leads from 100 to %d, want 95", b.m.Frame)
	}
	b.router.Queue(pointer.Event{Kind: pointer.Scroll, Source: pointer.Mouse, Position: f32.Pt(float32(r.Min.X+20), y), Scroll: f32.Pt(0, -100)})
	b.settle()
	if from, to := b.ui.timeline.span(b.m); from > 3 || to-from > 40 {
		t.Errorf("after scrolling the track shows %g to %g", from, to)
	}
}

func TestChoices(t *testing.T) {
	b := opened(t)
	b.click("colour map")
	b.click("colour map/Magma")
	if b.m.Colour.Mapping.Map != colormap.Magma || b.ui.popup != nil {
		t.Errorf("map %v", b.m.Colour.Mapping.Map)
	}
	b.click("camera")
	b.click("camera/side")
	if b.m.Job.Camera != 1 {
		t.Errorf("camera %d", b.m.Job.Camera)
	}
	b.click("size")
	b.press(key.NameUpArrow, 0)
	b.press(key.NameReturn, 0)
	if w, h := b.m.SizeOf(); h != 720 || w != 720 {
		t.Errorf("size %d x %d", w, h)
	}
	// Escape and a click elsewhere close the list and do nothing else.
	b.click("size")
	b.press(key.NameEscape, 0)
	b.click("size")
	b.clickAt(centre(b.place("play")))
	if b.ui.popup != nil || b.m.Play.On() {
		t.Error("the list stays, or the click beside it did something")
	}
	b.click("scale.Log")
	if b.m.Colour.Mapping.Scale != colormap.Log {
		t.Errorf("scale %v", b.m.Colour.Mapping.Scale)
	}
	b.click("reverse")
	if b.m.Colour.Mapping.Reversed {
		t.Error("still reversed")
	}
}

func TestRangeByHand(t *testing.T) {
	b := opened(t)
	b.replace("range near", "2.5")
	b.press(key.NameReturn, 0)
	if c := b.m.Colour; c.Mapping.Near != 2.5 || c.Range != model.RangeLocked {
		t.Errorf("%+v", c)
	}
	far := b.place("range far handle")
	legend := b.place("legend")
	b.drag(centre(far), f32.Pt(float32(legend.Min.X+legend.Max.X)/2, centre(far).Y), 0)
	if z := b.m.Colour.Mapping.Far; math.Abs(z-13) > 0.3 {
		t.Errorf("the handle in the middle of 1 to 25 m is at %g m", z)
	}
	b.click("lock")
	if c := b.m.Colour; c.Range != model.RangeAuto || c.Mapping.Near != 1 || c.Mapping.Far != 25 {
		t.Errorf("%+v", c)
	}
}

func TestPointerReads(t *testing.T) {
	b := opened(t)
	at := b.m.Place()
	x, y := at.Screen(80.5, 60.5)
	r := b.place("picture")
	b.pointer(pointer.Move, f32.Pt(float32(x)+float32(r.Min.X), float32(y)+float32(r.Min.Y)), 0, 0)
	got, ok := b.m.Reading()
	if !ok || got.X != 80 || got.Y != 60 || got.Z != b.m.Shown.Map.At(80, 60) {
		t.Errorf("reading %+v %v", got, ok)
	}
	b.pointer(pointer.Move, centre(b.place("panel")), 0, 0)
	if _, ok := b.m.Reading(); ok {
		t.Error("the pointer left, the reading stays")
	}
}

func TestZoomAndPan(t *testing.T) {
	b := opened(t)
	r := b.place("picture")
	before := b.m.Place()
	at := centre(r)
	b.router.Queue(pointer.Event{Kind: pointer.Scroll, Source: pointer.Mouse, Position: at, Scroll: f32.Pt(0, -10)})
	b.settle()
	if s := b.m.Place().Scale / before.Scale; math.Abs(s-1.2) > 1e-9 {
		t.Errorf("a notch zooms by %g", s)
	}
	p := b.m.Place()
	b.drag(at, at.Add(f32.Pt(30, -20)), 0)
	if q := b.m.Place(); math.Abs(q.X-p.X-30) > 1.5 || math.Abs(q.Y-p.Y+20) > 1.5 {
		t.Errorf("dragged by %g, %g", q.X-p.X, q.Y-p.Y)
	}
	b.press("F", 0)
	if !b.m.Look.Fit {
		t.Error("F does not fit")
	}
}

// What is painted is, screen pixel by screen pixel, the colour of the map's
// pixel there.
func TestPaintedPixels(t *testing.T) {
	for _, zoom := range []float64{0.3, 1, 7} {
		b := opened(t)
		b.update(model.ShowFull{})
		if zoom != 1 {
			b.update(model.ZoomBy{Factor: zoom, At: f32.Pt(100, 100)})
		}
		b.settle()
		p, m := &b.ui.picture, b.m
		img, place := p.rgba[p.turn], m.Place()
		w := p.have.part
		wrong := 0
		for y := 0; y < w.screen.Dy(); y++ {
			for x := 0; x < w.screen.Dx(); x++ {
				u, v := place.Image(float64(w.screen.Min.X+x)+0.5, float64(w.screen.Min.Y+y)+0.5)
				if u < 0 || v < 0 || u >= 160 || v >= 120 {
					continue
				}
				got := img.RGBAAt((2*x+1)*w.size.X/(2*w.screen.Dx()), (2*y+1)*w.size.Y/(2*w.screen.Dy()))
				if got != m.Colour.Mapping.ColorAt(m.Shown.Map.At(int(u), int(v))) {
					wrong++
				}
			}
		}
		// Between two pixels of the map rounding may fall either way.
		if most := w.screen.Dx() * w.screen.Dy() / 20; wrong > most || zoom >= 1 && wrong > 0 {
			t.Errorf("at %g: %d screen pixels have another colour", zoom, wrong)
		}
	}
}

func TestExportByHand(t *testing.T) {
	b := opened(t)
	b.click("export")
	if !b.m.Export.Open {
		t.Fatal("no dialog")
	}
	b.click("export.format.pfm")
	b.replace("export.frames", "3-5")
	b.replace("export.size", "64x48")
	b.replace("export.folder", "/elsewhere")
	d := b.m.Export.Draft
	if len(d.Formats) != 2 || d.Frames != "3-5" || d.Size != "64x48" || d.Dir != "/elsewhere" {
		t.Errorf("draft %+v", d)
	}
	b.replace("export.frames", "5-3")
	if b.m.Export.Problem == "" {
		t.Error("no problem with frames 5-3")
	}
	b.click("export.start")
	if b.m.Export.Running {
		t.Error("an export with a problem started")
	}
	b.replace("export.frames", "3-4")
	var check model.CheckJob
	for _, c := range b.take() {
		if c, ok := c.(model.CheckJob); ok {
			check = c
		}
	}
	b.update(model.JobChecked{Serial: check.Serial})
	b.settle()
	b.click("export.start")
	if !b.m.Export.Running || b.m.Export.Open {
		t.Error("the export did not start")
	}
	b.take()
	for _, on := range []bool{true, false} {
		b.click("export.pause")
		held := false
		for _, cmd := range b.take() {
			h, ok := cmd.(model.HoldExport)
			held = held || ok && h.On == on
		}
		if !held || b.m.Export.Paused != on {
			t.Errorf("pause: paused %v, want %v", b.m.Export.Paused, on)
		}
	}
	b.click("export.stop")
	if !b.m.Export.Cancelling {
		t.Error("cancel does not cancel")
	}
	// The window is usable meanwhile.
	b.press(key.NameRightArrow, 0)
	if b.m.Frame != 2 {
		t.Errorf("frame %d", b.m.Frame)
	}
	b.update(model.CloseAsked{})
	b.settle()
	b.click("quit.stay")
	if b.m.AskQuit {
		t.Error("the question stays")
	}
}

func TestNothingBelowACardCanBeClicked(t *testing.T) {
	b := opened(t)
	at := centre(b.place("forward"))
	b.click("export")
	b.clickAt(at)
	if b.m.Frame != 1 {
		t.Error("a button below the dialog was pressed")
	}
	b.press(key.NameEscape, 0)
	b.clickAt(at)
	if b.m.Frame != 2 {
		t.Error("after Escape the buttons are dead")
	}
}

func TestHelpAndPalette(t *testing.T) {
	b := opened(t)
	b.press("?", key.ModShift)
	if !b.ui.help {
		t.Fatal("? does not show the keys")
	}
	b.press(key.NameEscape, 0)
	b.press("P", key.ModShortcut)
	if b.ui.help || !b.ui.commands.open {
		t.Fatal("no palette")
	}
	b.router.Queue(key.EditEvent{Text: "last fr"})
	b.settle()
	b.press(key.NameReturn, 0)
	if b.m.Frame != 100 || b.ui.commands.open {
		t.Errorf("frame %d, palette open %v", b.m.Frame, b.ui.commands.open)
	}
}

func TestFocusByTab(t *testing.T) {
	b := opened(t)
	for range 40 {
		b.press(key.NameTab, 0)
		b.settle()
		if c := b.ui.clickers["forward"]; c != nil && c.focused {
			b.press(key.NameReturn, 0)
			if b.m.Frame != 2 {
				t.Errorf("Enter on the focused button: frame %d", b.m.Frame)
			}
			return
		}
	}
	t.Error("Tab does not lead to the button")
}

// Tab is not lost where it is pressed right after other keys, before the next
// drawing.
func TestTabAfterKeysInOneGo(t *testing.T) {
	b := opened(t)
	b.press("E", key.ModShortcut)
	b.reach("export.frames")
	press := func(name key.Name, mods key.Modifiers) {
		b.router.Queue(key.Event{Name: name, Modifiers: mods, State: key.Press}, key.Event{Name: name, Modifiers: mods, State: key.Release})
	}
	press("3", 0)
	b.router.Queue(key.EditEvent{Range: key.Range{Start: 0, End: 100}, Text: "3"})
	press(key.NameTab, 0)
	press(key.NameTab, 0)
	press(key.NameTab, key.ModShift)
	b.settle()
	if b.m.Export.Draft.Frames != "3" || b.ui.Focus() != "export.size" {
		t.Errorf("frames %q, the focus is on %q", b.m.Export.Draft.Frames, b.ui.Focus())
	}
	press(key.NameTab, key.ModShift)
	b.settle()
	if b.ui.Typing() != "export.frames" {
		t.Errorf("Shift+Tab leads to %q", b.ui.Focus())
	}
}

// The seconds at the end of the timeline are not cut off there.
func TestBeside(t *testing.T) {
	for x, want := range map[int][2]int{50: {54, 74}, 76: {80, 100}, 77: {53, 73}, 100: {76, 96}} {
		if r := beside(x, 20, 4, 100); r.Min.X != want[0] || r.Max.X != want[1] {
			t.Errorf("beside a line at %d: %d to %d, want %v", x, r.Min.X, r.Max.X, want)
		}
	}
}

// At no size may controls lie over one another or leave the window.
func TestLayoutAtAllSizes(t *testing.T) {
	for _, c := range []struct {
		w, h  int
		scale float32
	}{{640, 400, 1}, {800, 500, 1}, {1280, 800, 1}, {3840, 2160, 1}, {3840, 2160, 2}, {1600, 1000, 2}, {1000, 625, 1.25}} {
		name := fmt.Sprintf("%dx%d at %g", c.w, c.h, c.scale)
		for _, dialog := range []bool{false, true} {
			b := newBench(t, c.w, c.h)
			b.scale = c.scale
			b.open()
			if dialog {
				b.press("E", key.ModShortcut)
			}
			panel := b.place("panel")
			window := image.Rect(0, 0, c.w, c.h)
			var names []string
			for n, r := range b.ui.Places() {
				container := n == "panel" || n == "picture" || n == "legend" || n == "reading" || n == "status" || n == "timeline" || strings.HasSuffix(n, "handle")
				scrolled := r.Min.X >= panel.Min.X && r.Min.Y >= panel.Min.Y
				if container || scrolled || dialog != strings.HasPrefix(n, "export.") {
					continue
				}
				if !r.In(window) || r.Empty() {
					t.Errorf("%s: %s is at %v", name, n, r)
				}
				for _, other := range names {
					if o := b.ui.Places()[other]; o.Overlaps(r) {
						t.Errorf("%s: %s %v lies over %s %v", name, n, r, other, o)
					}
				}
				names = append(names, n)
			}
		}
	}
}

func TestContrast(t *testing.T) {
	for _, p := range []palette{dark, light} {
		lum := func(c [3]uint8) float64 { return luminance(c[0], c[1], c[2]) }
		ratio := func(a, b [3]uint8) float64 {
			x, y := lum(a)+0.05, lum(b)+0.05
			return max(x, y) / min(x, y)
		}
		of := func(c interface{ RGBA() (r, g, b, a uint32) }) [3]uint8 {
			r, g, b, _ := c.RGBA()
			return [3]uint8{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8)}
		}
		for _, ground := range []struct {
			name string
			c    [3]uint8
		}{{"ground", of(p.ground)}, {"panel", of(p.panel)}, {"raised", of(p.raised)}, {"hover", of(p.hover)}, {"stage", of(p.stage)}} {
			for name, ink := range map[string][3]uint8{"text": of(p.text), "dim": of(p.dim), "accent": of(p.accent), "warn": of(p.warn), "bad": of(p.bad), "good": of(p.good)} {
				if r := ratio(ink, ground.c); r < 4.5 {
					t.Errorf("%s on %s has a contrast of %.2f", name, ground.name, r)
				}
			}
		}
		if r := ratio(of(p.onAccent), of(p.accent)); r < 4.5 {
			t.Errorf("text on accent has a contrast of %.2f", r)
		}
	}
}

// Words over the picture can be read whatever it shows. Gio mixes light, not
// sRGB values.
func TestContrastOverPictures(t *testing.T) {
	over := func(c color.NRGBA, below float64) float64 {
		a := float64(c.A) / 255
		return a*luminance(c.R, c.G, c.B) + (1-a)*below
	}
	for name, p := range map[string]palette{"dark": dark, "light": light} {
		white := color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
		for _, c := range []struct {
			what        string
			ink, ground color.NRGBA
		}{
			{"a tag", p.text, withAlpha(p.ground, tagAlpha)}, {"a drop's plan", p.text, withAlpha(p.ground, targetAlpha)}, {"the veil", white, veil},
		} {
			for _, below := range []float64{0, 1} { // black and white are the worst
				x, y := luminance(c.ink.R, c.ink.G, c.ink.B)+0.05, over(c.ground, below)+0.05
				if r := max(x, y) / min(x, y); r < 4.5 {
					t.Errorf("%s: %s over luminance %g has a contrast of %.2f", name, c.what, below, r)
				}
			}
		}
		marked := over(withAlpha(p.accent, markedAlpha), luminance(p.ground.R, p.ground.G, p.ground.B)) + 0.05
		ink := luminance(p.text.R, p.text.G, p.text.B) + 0.05
		if r := max(marked, ink) / min(marked, ink); r < 4.5 {
			t.Errorf("%s: marked text has a contrast of %.2f", name, r)
		}
	}
}

func TestFewAllocations(t *testing.T) {
	b := opened(t)
	b.settle()
	n := testing.AllocsPerRun(20, b.draw)
	t.Logf("%.0f allocations a drawing", n)
	if n > 2000 {
		t.Errorf("%.0f allocations a drawing", n)
	}
}

func BenchmarkLayout(b *testing.B) {
	bench := opened(&testing.T{})
	b.ReportAllocs()
	for b.Loop() {
		bench.draw()
	}
}

func TestInformationFadesAndErrorsStay(t *testing.T) {
	b := opened(t)
	b.update(model.PictureSaved{Path: "/home/me/a.png"})
	b.update(model.PictureSaved{Err: errors.New("save the picture: no room")})
	b.settle()
	if len(b.m.Notices) != 2 {
		t.Fatalf("%+v", b.m.Notices)
	}
	b.now = b.now.Add(5 * time.Second)
	b.settle()
	if len(b.m.Notices) != 2 {
		t.Error("gone before it could be read")
	}
	b.now = b.now.Add(5 * time.Second)
	b.settle()
	if len(b.m.Notices) != 1 || b.m.Notices[0].Severity != model.Error {
		t.Errorf("%+v", b.m.Notices)
	}
	b.click("notice.0.close")
	if len(b.m.Notices) != 0 {
		t.Errorf("%+v", b.m.Notices)
	}
}

func TestRGBByHand(t *testing.T) {
	b := newBench(t, 1280, 1400)
	b.open()
	b.update(model.Dropped{Paths: []string{"/shots/beauty_0001.png"}})
	serial := 0
	for _, c := range b.take() {
		if l, ok := c.(model.LoadRGB); ok {
			serial = l.Serial
		}
	}
	b.update(model.RGBFound{Serial: serial, Path: "/shots/beauty_#.png", First: 1, Last: 9, Count: 9, Size: image.Pt(160, 120)})
	var show model.ShowRGB
	for _, c := range b.cmds {
		if s, ok := c.(model.ShowRGB); ok {
			show = s
		}
	}
	b.answer()
	b.update(model.RGBShown{Serial: show.Serial, Number: 1, Image: image.NewRGBA(image.Rect(0, 0, 160, 120))})
	b.settle()
	if b.m.Over() == nil {
		t.Fatal("no RGB over the picture")
	}
	slider := b.place("rgb.opacity")
	b.drag(centre(slider), f32.Pt(float32(slider.Max.X), centre(slider).Y), 0)
	if b.m.RGB.Opacity != 1 {
		t.Errorf("opacity %g", b.m.RGB.Opacity)
	}
	b.click("rgb.Wipe")
	wipe := b.place("wipe")
	before := b.m.Place()
	b.drag(centre(wipe), centre(wipe).Sub(f32.Pt(float32(before.Scale)*40, 0)), 0)
	if at := b.m.RGB.At; math.Abs(at-0.25) > 0.02 {
		t.Errorf("the wipe is at %g", at)
	}
	if b.m.Place() != before {
		t.Error("dragging the wipe moved the picture")
	}
	b.replace("rgb.offset", "4")
	b.press(key.NameReturn, 0)
	if b.m.RGB.Offset != 4 {
		t.Errorf("offset %d", b.m.RGB.Offset)
	}
	b.press("B", 0)
	if !b.m.RGB.Hidden {
		t.Error("B does not hide")
	}
	b.click("rgb.close")
	if b.m.RGB.Path != "" {
		t.Error("still there")
	}
}

func TestPinsAndLines(t *testing.T) {
	b := newBench(t, 1280, 1400)
	b.open()
	b.pointer(pointer.Move, centre(b.place("picture")), 0, 0)
	b.press("N", 0)
	if len(b.m.Pins) != 1 {
		t.Fatalf("pins %+v", b.m.Pins)
	}
	b.update(model.CacheKnown{Serial: b.m.Want, Frames: make([]bool, 100), Traces: [][]float32{{1, 2, float32(math.NaN()), 4, depth.Empty(), 3}}})
	b.settle()
	b.press("N", 0)
	if len(b.m.Pins) != 0 {
		t.Error("N on a pin does not let it go")
	}
	b.click("lines")
	b.replace("spacing", "0.25")
	b.press(key.NameReturn, 0)
	if c := b.m.Colour; !c.Lines || c.LineSpacing() != 0.25 {
		t.Errorf("%+v", c)
	}
	b.click("range mode")
	b.click("range mode/Whole sequence")
	if b.m.Colour.Range != model.RangeSequence || !b.m.Survey.Running {
		t.Errorf("%+v", b.m.Survey)
	}
	b.press("T", 0)
	if b.m.Colour.Range != model.RangeLocked || b.m.Survey.Running {
		t.Errorf("%+v %+v", b.m.Colour, b.m.Survey)
	}
}

// What is done in one go is done in its order: a drag right after the key for
// the free camera turns it.
func TestKeyThenDragInOneGo(t *testing.T) {
	b := opened(t)
	at := centre(b.place("picture"))
	event := func(kind pointer.Kind, at f32.Point, buttons pointer.Buttons) pointer.Event {
		return pointer.Event{Kind: kind, Source: pointer.Mouse, Position: at, Buttons: buttons}
	}
	before := b.m.Place()
	b.router.Queue(
		key.Event{Name: "C", State: key.Press}, key.Event{Name: "C", State: key.Release},
		event(pointer.Press, at, pointer.ButtonPrimary),
		event(pointer.Move, at.Add(f32.Pt(60, 0)), pointer.ButtonPrimary),
		event(pointer.Release, at.Add(f32.Pt(60, 0)), 0),
	)
	b.settle()
	if !b.m.Free || b.m.Orbit.Yaw == 0 {
		t.Errorf("free %v, yaw %g", b.m.Free, b.m.Orbit.Yaw)
	}
	if b.m.Place() != before {
		t.Error("the picture was moved instead")
	}
}
