package model

import (
	"errors"
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"zscope/depthcore/alignment"
)

// withRGB is a window with pictures 1 to 9 laid over its depth.
func withRGB(t *testing.T) *driver {
	d := opened(t, 48)
	d.send(Dropped{[]string{"/a/shot_0001.png"}})
	d.send(RGBFound{Serial: take[LoadRGB](d)[0].Serial, Path: "/a/shot_#.png", First: 1, Last: 9, Count: 9, Size: image.Pt(32, 24)})
	d.render(true)
	if d.m.RGB.Path == "" {
		t.Fatal("no pictures")
	}
	return d
}

func TestFit(t *testing.T) {
	d := withRGB(t)
	d.send(SetRGBOffset{2}, FindFit{}, FindFit{})
	started := take[StartFit](d)
	if len(started) != 1 || !d.m.RGB.Fit.Running {
		t.Fatalf("%+v", started)
	}
	c := started[0]
	// Frames whose picture n+2 is there; offsets around 2.
	if !slices.Equal(c.Frames, []int{1, 2, 4, 5, 7}) || !slices.Equal(c.Offsets, []int{-2, -1, 0, 1, 2, 3, 4, 5, 6}) || c.Job.Width != 32 {
		t.Errorf("frames %v, offsets %v, width %d", c.Frames, c.Offsets, c.Job.Width)
	}
	d.send(FitProgress{c.Serial - 1, 3, 45}, FitProgress{c.Serial, 7, 45})
	if f := d.m.RGB.Fit; f.Done != 7 || f.Total != 45 {
		t.Errorf("%+v", f)
	}
	found := func(at, best int, dx, dy float64) alignment.Found {
		f := alignment.Found{Frames: 5}
		for k := at - 4; k <= at+4; k++ {
			f.Candidates = append(f.Candidates, alignment.Candidate{Offset: k, Score: 0.4})
		}
		f.Best = alignment.Candidate{Offset: best, Score: 0.8, DX: dx, DY: dy}
		f.Candidates[best-at+4] = f.Best
		return f
	}
	d.send(FitFound{c.Serial - 1, found(2, 3, 0, 0), nil})
	if d.m.RGB.Fit.Found != nil {
		t.Error("an answer to an older question was taken")
	}
	d.send(FitFound{c.Serial, found(2, 3, 0.5, -0.26), nil})
	if w := d.m.RGB.Fit.Words; w != "Offset 3 fits best: score 0.80 of 1, at 2 it is 0.40. The pictures lie 0.5 px right and 0.3 px up." {
		t.Errorf("%q", w)
	}
	d.send(UseFit{})
	if d.m.RGB.Offset != 3 || len(take[ShowRGB](d)) == 0 {
		t.Errorf("offset %d", d.m.RGB.Offset)
	}
	d.send(Undo{})
	if d.m.RGB.Offset != 2 {
		t.Errorf("after undo offset %d", d.m.RGB.Offset)
	}
	d.send(FindFit{}, StopFit{})
	if d.m.RGB.Fit.Running || len(take[CancelFit](d)) != 1 {
		t.Error("it does not stop")
	}
	take[StartFit](d)
	d.send(FindFit{})
	d.send(FitFound{take[StartFit](d)[0].Serial, alignment.Found{}, errors.New("picture 3 has 2 × 2 pixels, the depth 32 × 24")})
	if f := d.m.RGB.Fit; f.Words != "Picture 3 has 2 × 2 pixels, the depth 32 × 24." || f.Found != nil {
		t.Errorf("%+v", f)
	}
	take[CancelFit](d)
	d.send(FindFit{}, ChooseCamera{Index: 1})
	if len(take[CancelFit](d)) != 1 || d.m.RGB.Fit.Running {
		t.Error("the search goes on with another camera")
	}
	d.send(FindFit{}, CloseRGB{})
	if len(take[CancelFit](d)) != 1 {
		t.Error("the search goes on without pictures")
	}
}

// What cannot be told is not claimed.
func TestFitWords(t *testing.T) {
	for _, c := range []struct {
		best  alignment.Candidate
		next  float64
		words string
	}{
		{alignment.Candidate{Offset: 0, Score: 0.5}, 0.52, "Offset 0 fits best: score 0.50 of 1, 1 would need a shift of 5.0 px, without a shift."},
		{alignment.Candidate{Offset: 0, Score: 0.05}, 0, "nowhere (score 0.05"},
		{alignment.Candidate{Offset: 0, Score: 0.5}, 0.499, "cannot be told"},
		{alignment.Candidate{Offset: 0, Score: 0.5, DX: 0.1}, 0.3, "Offset 0 fits best (score 0.50 of 1), without a shift."},
		{alignment.Candidate{Offset: 0, Score: 0.5, DX: 6, AtEnd: true}, 0.3, "6 pixels or more"},
	} {
		f := Fit{Found: &alignment.Found{Best: c.best, Candidates: []alignment.Candidate{c.best, {Offset: 1, Score: c.next}, {Offset: 2, Score: math.NaN()}}}}
		if c.next > 0.5 {
			f.was, f.Found.Candidates[1].DX = 1, 5
		}
		if got := f.sentence(); !strings.Contains(got, c.words) {
			t.Errorf("%q, want %q in it", got, c.words)
		}
	}
}

func TestFitNeedsPicturesOfFrames(t *testing.T) {
	d := withRGB(t)
	d.send(SetRGBOffset{500}, FindFit{})
	if len(take[StartFit](d)) != 0 || !strings.Contains(d.m.RGB.Fit.Words, "no picture belongs") {
		t.Errorf("%+v", d.m.RGB.Fit)
	}
}

// Sizes come from the pictures; one that differs is said, once.
func TestRGBSizes(t *testing.T) {
	d := withRGB(t)
	if w, h := d.m.SizeOf(); w != 32 || h != 24 || d.m.Mismatch() != "" {
		t.Errorf("%d x %d, %q", w, h, d.m.Mismatch())
	}
	odd := image.NewRGBA(image.Rect(0, 0, 16, 24))
	notices := 0
	for _, frame := range []int{2, 3} {
		d.send(GoTo{frame})
		show := take[ShowRGB](d)
		d.send(RGBShown{Serial: show[len(show)-1].Serial, Number: frame, Image: odd})
		if want := "has 16 × 24 pixels, the first one 32 × 24."; !strings.Contains(d.m.Mismatch(), want) {
			t.Errorf("%q", d.m.Mismatch())
		}
	}
	for _, n := range d.m.Notices {
		if strings.Contains(n.Text, "16 × 24") {
			notices++
		}
	}
	if notices != 1 {
		t.Errorf("%d notices", notices)
	}
	d.m.RGB.Image = nil
	d.send(ChooseSize{64, 48})
	if got := d.m.Mismatch(); got != "The pictures have 32 × 24 pixels, the depth 64 × 48." {
		t.Errorf("%q", got)
	}
}

func TestEdges(t *testing.T) {
	d := opened(t, 48)
	answer := func() {
		for _, c := range take[FindEdges](d) {
			d.send(EdgesFound{c.Serial, c.Of, c.Jump, image.NewRGBA(image.Rect(0, 0, 1, 1)), 1})
		}
	}
	d.send(ToggleEdges{})
	if d.m.DrawnEdges() != nil {
		t.Error("drawn before they are found")
	}
	answer()
	if d.m.DrawnEdges() == nil {
		t.Error("not drawn")
	}
	d.send(GoTo{2})
	d.render(true)
	if d.m.DrawnEdges() != nil {
		t.Error("frame 1's edges lie over frame 2")
	}
	answer()
	d.send(SetJump{0.2})
	if c := take[FindEdges](d); len(c) != 1 || c[0].Jump != 0.2 {
		t.Errorf("%+v", c)
	}
	d.send(SetJump{math.NaN()}, SetJump{-1})
	if d.m.Edges.Least() != 0.2 {
		t.Errorf("%+v", d.m.Edges)
	}
	d.send(Peek{true})
	if d.m.DrawnEdges() != nil {
		t.Error("drawn while the RGB picture is looked at alone")
	}
	d.send(Peek{}, ToggleEdges{}, Undo{})
	if !d.m.Edges.On {
		t.Error("undo does not bring the edges back")
	}
}

// Holding the key shows the picture also where it is hidden.
func TestPeek(t *testing.T) {
	d := withRGB(t)
	show := take[ShowRGB](d)
	d.send(RGBShown{Serial: show[len(show)-1].Serial, Number: 1, Image: image.NewRGBA(image.Rect(0, 0, 32, 24))})
	d.send(ToggleRGB{})
	if d.m.Over() != nil {
		t.Error("hidden, and there")
	}
	d.send(Peek{true})
	if d.m.Over() == nil {
		t.Error("not there while the key is held")
	}
	d.send(Peek{})
	if d.m.Over() != nil {
		t.Error("it stays")
	}
}

// Without a dialog a path, a folder or a pattern is typed.
func TestAskRGB(t *testing.T) {
	d := opened(t, 48)
	d.send(AskRGB{}, AskRGB{})
	if len(take[ChooseFolder](d)) != 1 {
		t.Error("one dialog at a time")
	}
	d.send(Chosen{Path: "/shots"})
	if l := take[LoadRGB](d); len(l) != 1 || l[0].Path != "/shots" || d.m.Choosing {
		t.Errorf("%+v", l)
	}
	d.send(AskRGB{}, Chosen{Err: errors.New("no GTK")})
	if !d.m.AskPath {
		t.Error("nobody asks for the path")
	}
	d.send(Open{Path: "/shots/a_####.png"})
	if l := take[LoadRGB](d); len(l) != 1 || l[0].Path != "/shots/a_####.png" || d.m.AskPath {
		t.Errorf("%+v", l)
	}
}
