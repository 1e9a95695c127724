package ui

import (
	"image"
	"image/color"
	"math"
	"testing"
	"time"

	"gioui.org/io/key"

	"zscope/depthcore/alignment"
	"zscope/viewer/model"
)

// openRGB lays a grey picture over the open scene.
func (b *bench) openRGB() {
	b.t.Helper()
	b.update(model.Dropped{Paths: []string{"/shots/beauty_0001.png"}})
	for _, c := range b.take() {
		if l, ok := c.(model.LoadRGB); ok {
			b.update(model.RGBFound{Serial: l.Serial, Path: "/shots/beauty_#.png", First: 1, Last: 9, Count: 9, Size: image.Pt(160, 120)})
		}
	}
	show := model.ShowRGB{}
	for _, c := range b.cmds {
		if s, ok := c.(model.ShowRGB); ok {
			show = s
		}
	}
	b.answer()
	img := image.NewRGBA(image.Rect(0, 0, 160, 120))
	for i := range img.Pix {
		img.Pix[i] = 0x90
	}
	b.update(model.RGBShown{Serial: show.Serial, Number: show.Number, Image: img})
	b.settle()
	if b.m.Over() == nil {
		b.t.Fatal("no RGB over the picture")
	}
}

// fitted answers the search for the best offset.
func (b *bench) fitted() {
	for _, c := range b.take() {
		c, ok := c.(model.StartFit)
		if !ok {
			continue
		}
		found := alignment.Found{Frames: 5}
		for _, k := range c.Offsets {
			found.Candidates = append(found.Candidates, alignment.Candidate{Offset: k, Score: 0.7 - 0.1*math.Abs(float64(k-2)), DX: 0.3})
			if k == 2 {
				found.Best = found.Candidates[len(found.Candidates)-1]
			}
		}
		found.Candidates[0].Score = math.NaN()
		b.update(model.FitFound{Serial: c.Serial, Found: found})
	}
	b.settle()
}

// outlined answers what edges were asked for.
func (b *bench) outlined() {
	for _, c := range b.take() {
		if c, ok := c.(model.FindEdges); ok {
			img, n := alignment.Outline(c.Of, c.Jump, 1, color.RGBA{0xff, 0x2b, 0xc8, 0xff})
			b.update(model.EdgesFound{Serial: c.Serial, Of: c.Of, Jump: c.Jump, Image: img, Pixels: n})
		}
	}
	b.settle()
}

func TestOffsetAndFitByMouse(t *testing.T) {
	b := newBench(t, 1280, 1600)
	b.open()
	b.openRGB()
	b.click("rgb.later")
	b.click("rgb.later")
	b.click("rgb.earlier")
	if b.m.RGB.Offset != 1 {
		t.Errorf("offset %d", b.m.RGB.Offset)
	}
	b.take()
	b.click("fit.find")
	if !b.m.RGB.Fit.Running {
		t.Fatal("nothing is looked for")
	}
	b.click("fit.stop")
	if b.m.RGB.Fit.Running {
		t.Error("it does not stop")
	}
	b.take()
	b.click("fit.find")
	b.fitted()
	b.click("fit.use")
	if b.m.RGB.Offset != 2 {
		t.Errorf("offset %d, want the best", b.m.RGB.Offset)
	}
	b.click("fit.score.-1")
	if b.m.RGB.Offset != -1 {
		t.Errorf("offset %d after a click on its score", b.m.RGB.Offset)
	}
	b.click("fit.score.-3") // has no pictures
	if b.m.RGB.Offset != -1 {
		t.Errorf("offset %d has no pictures", b.m.RGB.Offset)
	}
}

func TestEdgesByMouseAndKey(t *testing.T) {
	b := newBench(t, 1280, 1600)
	b.open()
	b.press("E", key.ModShift)
	if !b.m.Edges.On || b.m.Colour.Lines {
		t.Fatal("Shift+E draws no edges")
	}
	b.replace("edges.jump", "12.5")
	b.press(key.NameReturn, 0)
	if b.m.Edges.Least() != 0.125 {
		t.Errorf("%+v", b.m.Edges)
	}
	b.outlined()
	b.place("edges")
	b.click("edges.on")
	if b.m.Edges.On {
		t.Error("still drawn")
	}
}

func TestRGBByKeys(t *testing.T) {
	b := opened(t)
	b.openRGB()
	for _, c := range []struct {
		key  key.Name
		want func() bool
	}{
		{"]", func() bool { return b.m.RGB.Offset == 1 }},
		{"[", func() bool { return b.m.RGB.Offset == 0 }},
		{".", func() bool { return math.Abs(b.m.RGB.Opacity-0.6) < 1e-9 }},
		{",", func() bool { return math.Abs(b.m.RGB.Opacity-0.5) < 1e-9 }},
		{"B", func() bool { return b.m.RGB.Hidden }},
	} {
		b.press(c.key, 0)
		if !c.want() {
			t.Errorf("%s: %+v", c.key, b.m.RGB)
		}
	}
	b.update(model.SetRGBWipe{Wipe: true})
	b.press(".", 0)
	if math.Abs(b.m.RGB.At-0.6) > 1e-9 {
		t.Errorf("the wipe is at %g", b.m.RGB.At)
	}
}

// The picture is there while H is held, also while the desktop repeats the key,
// and goes when it is let go.
func TestHold(t *testing.T) {
	b := opened(t)
	b.openRGB()
	b.update(model.ToggleRGB{})
	b.router.Queue(key.Event{Name: "H", State: key.Press})
	b.settle()
	if !b.m.Peeking {
		t.Fatal("not while it is held")
	}
	for range 3 { // repeated
		b.router.Queue(key.Event{Name: "H", State: key.Release})
		b.settle()
		b.now = b.now.Add(5 * time.Millisecond)
		b.router.Queue(key.Event{Name: "H", State: key.Press})
		b.settle()
		if !b.m.Peeking {
			t.Fatal("a repetition let it go")
		}
	}
	b.router.Queue(key.Event{Name: "H", State: key.Release})
	b.settle()
	b.now = b.now.Add(time.Second)
	b.settle()
	if b.m.Peeking {
		t.Error("it stays")
	}
	// Without anything to compare with it does nothing.
	b.update(model.CloseRGB{})
	b.router.Queue(key.Event{Name: "H", State: key.Press})
	b.settle()
	if b.m.Peeking {
		t.Error("nothing to compare with")
	}
}

// A path that is typed finds its place as one that is dropped: here the pattern
// of a sequence of pictures.
func TestTypedPath(t *testing.T) {
	b := opened(t)
	b.press("O", key.ModShortcut|key.ModShift)
	if !b.m.AskPath || b.m.NoDialog {
		t.Fatal("no question for a path")
	}
	if b.ui.typing != "path" {
		t.Errorf("the keys go to %q", b.ui.typing)
	}
	b.take()
	b.replace("path", "/shots/a_####.png")
	b.press(key.NameReturn, 0)
	loads := 0
	for _, c := range b.take() {
		if l, ok := c.(model.LoadRGB); ok && l.Path == "/shots/a_####.png" {
			loads++
		}
	}
	if loads != 1 || b.m.AskPath {
		t.Errorf("%d loads, still asking %v", loads, b.m.AskPath)
	}
	b.press("O", key.ModShortcut|key.ModShift)
	b.press(key.NameEscape, 0)
	if b.m.AskPath {
		t.Error("Escape does not close it")
	}
}

// The free camera sees what no picture shows.
func TestNoRGBOverTheFreeCamera(t *testing.T) {
	b := opened(t)
	b.openRGB()
	b.press("C", 0)
	b.answer()
	if !b.m.Free || b.m.Over() != nil {
		t.Error("an RGB picture lies over the free camera's")
	}
}
