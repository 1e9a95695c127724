package model

import (
	"encoding/json"
	"image"
	"math"
	"strings"
	"testing"

	"gioui.org/f32"
	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
)

// A pin in space stays at its point while the camera moves; one at a pixel
// stays at the pixel.
func TestPinInSpace(t *testing.T) {
	d := opened(t, 48)
	at := f32.Pt(10*20+3, 5*20+9)
	d.send(PointAt{at})
	r, _ := d.m.Reading()
	d.send(PinAt{at}, PinPointAt{at})
	if len(d.m.Pins) != 2 || d.m.Pins[0] != (Pin{X: 10, Y: 5}) || d.m.Pins[1] != (Pin{InWorld: true, Point: r.World}) {
		t.Fatalf("pins %+v", d.m.Pins)
	}
	if got, ok := d.m.ReadingOf(d.m.Pins[1]); !ok || got.X != 10 || got.Y != 5 || math.Abs(got.Own-10) > 1e-12 || got.Covered {
		t.Errorf("in space: %+v %v", got, ok)
	}
	// The camera moves right by two pixels at 10 m; a surface at 4 m comes
	// before the point.
	d.m.Shown.View.CameraFromWorld = mgl64.Translate3D(-1, 0, 0).Mul4(d.m.Shown.View.CameraFromWorld)
	d.m.Shown.Map.Z[5*32+8] = 4
	got, ok := d.m.ReadingOf(d.m.Pins[1])
	if !ok || got.X != 8 || got.Y != 5 || got.Z != 4 || !got.Covered {
		t.Errorf("after the move: %+v %v", got, ok)
	}
	if got, ok := d.m.ReadingOf(d.m.Pins[0]); !ok || got.X != 10 || got.Covered {
		t.Errorf("the pixel's pin: %+v %v", got, ok)
	}
	d.m.Shown.View.CameraFromWorld = mgl64.Translate3D(100, 0, 0)
	if _, ok := d.m.ReadingOf(d.m.Pins[1]); ok {
		t.Error("a point out of the picture has a reading")
	}
	d.m.Shown.View.CameraFromWorld = mgl64.Translate3D(0, 0, 100)
	if _, ok := d.m.ReadingOf(d.m.Pins[1]); ok {
		t.Error("a point behind the camera has a reading")
	}
}

// A pin on a surface is asked for, rides with each picture, is let go where it is
// by then, and can be taken back.
func TestPinOnASurface(t *testing.T) {
	d := opened(t, 48)
	at := f32.Pt(10*20+3, 5*20+9)
	d.send(PointAt{at}, PinSurfaceAt{at})
	probes := take[Probe](d)
	on := Anchor{Set: true, Instance: 2, Triangle: 7, Weights: mgl64.Vec3{0.5, 0.25, 0.25}}
	d.send(Probed{Serial: probes[len(probes)-1].Serial, Surface: Surface{Hit: true, On: on}})
	if len(d.m.Pins) != 1 || d.m.Pins[0].On != on || !d.m.Pins[0].InWorld {
		t.Fatalf("pins %+v", d.m.Pins)
	}
	moved := d.m.Shown
	moved.Serial, moved.Frame = d.m.Want+1, 2
	d.send(GoTo{2})
	moved.Serial = d.m.Want
	moved.Riders = []Rider{{On: Anchor{Set: true}, Point: mgl64.Vec3{9, 9, 9}}, {On: on, Point: d.m.Pins[0].Point.Add(mgl64.Vec3{1, 0, 0})}}
	d.send(Rendered{moved})
	got, ok := d.m.ReadingOf(d.m.Pins[0])
	if !ok || got.X != 12 || got.Y != 5 {
		t.Errorf("carried 1 m to the right at 10 m, it is at %d, %d (%v)", got.X, got.Y, ok)
	}
	d.send(PinSurfaceAt{at})
	if len(d.m.Pins) != 1 {
		t.Error("it is let go where it was")
	}
	d.send(Probed{Serial: d.m.pinning.serial, Surface: Surface{}}) // nothing there: nothing is pinned
	if len(d.m.Pins) != 1 {
		t.Errorf("pins %+v", d.m.Pins)
	}
	d.send(PinSurfaceAt{at.Add(f32.Pt(40, 0))})
	if len(d.m.Pins) != 0 {
		t.Error("it stays where it is by now")
	}
	d.send(Undo{})
	if len(d.m.Pins) != 1 || len(take[Render](d)) == 0 {
		t.Error("it does not come back, or nobody asks where it is")
	}
}

func TestPinInSpaceNeedsASurface(t *testing.T) {
	d := opened(t, 48)
	d.m.Shown.Map.Z[0] = depth.Empty()
	d.send(PinPointAt{f32.Pt(3, 3)})
	if len(d.m.Pins) != 0 || len(d.m.Notices) == 0 || !strings.Contains(d.m.Notices[len(d.m.Notices)-1].Text, "no surface") {
		t.Errorf("pins %+v, notices %+v", d.m.Pins, d.m.Notices)
	}
}

func TestBetween(t *testing.T) {
	d := opened(t, 48)
	d.m.Shown.Map.Z[5*32+20] = 16
	d.send(PinAt{f32.Pt(10*20+3, 5*20+9)})
	if b, ok := d.m.Between(); ok {
		t.Errorf("one place is %+v apart", b)
	}
	d.send(PointAt{f32.Pt(20*20+3, 5*20+9)})
	a, _ := d.m.ReadingAt(10, 5)
	z, _ := d.m.ReadingAt(20, 5)
	want := Between{"1", "pointer", 6, z.World.Sub(a.World).Len()}
	if b, ok := d.m.Between(); !ok || b != want {
		t.Errorf("%+v %v, want %+v", b, ok, want)
	}
	d.send(PinAt{f32.Pt(3, 3)}, PinAt{f32.Pt(20*20+3, 5*20+9)}, PointAway{})
	if b, ok := d.m.Between(); !ok || b.A != "2" || b.B != "3" || b.DZ != 6 {
		t.Errorf("%+v %v", b, ok)
	}
}

func TestFillCurves(t *testing.T) {
	d := opened(t, 48)
	d.send(FillCurves{})
	if len(take[StartSurvey](d)) != 0 {
		t.Error("a pass without a pin")
	}
	d.send(PinAt{f32.Pt(3, 3)}, FillCurves{})
	s := take[StartSurvey](d)
	if len(s) != 1 || s[0].First != 1 || s[0].Last != 48 {
		t.Fatalf("%+v", s)
	}
	d.send(Surveyed{Serial: s[0].Serial, Done: 48, Total: 48, Near: 0.5, Far: 99})
	if m := d.m.Colour.Mapping; m.Far == 99 || d.m.Survey.Running {
		t.Errorf("the pass changed the colours: %+v", m)
	}
}

func TestArea(t *testing.T) {
	d := opened(t, 48)
	answer := func() {
		for _, c := range take[MeasureArea](d) {
			d.send(AreaMeasured{c.Serial, c.Of, c.Pixels, c.Of.Over(c.Pixels)})
		}
	}
	d.m.Shown.Map.Z[3*32+4] = 20
	d.send(SetArea{image.Rect(4, 3, 8, 99)})
	if _, ok := d.m.AreaStats(); ok {
		t.Error("known before it was measured")
	}
	answer()
	s, ok := d.m.AreaStats()
	if want := image.Rect(4, 3, 8, 24); !ok || d.m.Area.Pixels != want || s.Max != 20 || s.Min != 10 || s.Hits != 4*21 {
		t.Errorf("%v %+v %v", d.m.Area.Pixels, s, ok)
	}
	// Another frame is measured anew, an older answer is not taken.
	d.send(GoTo{2})
	d.render(true)
	if _, ok := d.m.AreaStats(); ok {
		t.Error("frame 1's numbers stand for frame 2")
	}
	answer()
	if s, ok := d.m.AreaStats(); !ok || s.Max == 20 {
		t.Errorf("frame 2: %+v %v", s, ok)
	}
	d.send(SetArea{}, Undo{})
	if d.m.Area.Pixels.Empty() {
		t.Error("the area does not come back")
	}
	d.send(SetArea{})
	if _, ok := d.m.AreaStats(); ok || len(take[MeasureArea](d)) > 1 {
		t.Error("no area, and numbers")
	}
}

// All of it works by keys: the pointer moves by pixels, a corner is set, the
// area grows.
func TestKeysPointAndMeasure(t *testing.T) {
	d := opened(t, 48)
	d.send(NudgePointer{5, 5})
	r, ok := d.m.Reading()
	if !ok || r.X != 16 || r.Y != 12 || !d.m.Pointer.ByKey {
		t.Fatalf("the first key points at %+v %v", r, ok)
	}
	d.send(NudgePointer{1, 0}, MarkCorner{}, NudgePointer{-3, 10}, NudgePointer{0, 10})
	if want := image.Rect(14, 12, 18, 24); d.m.Area.Pixels != want {
		t.Errorf("area %v, want %v", d.m.Area.Pixels, want)
	}
	d.send(MarkCorner{}, NudgePointer{-99, -99})
	if want := image.Rect(14, 12, 18, 24); d.m.Area.Pixels != want {
		t.Errorf("it grew on to %v", d.m.Area.Pixels)
	}
	if r, _ := d.m.Reading(); r.X != 0 || r.Y != 0 {
		t.Errorf("the pointer left the picture: %+v", r)
	}
	// Zoomed in, the pixel pointed at stays in sight.
	d.send(ShowAll{}, ZoomBy{4, f32.Pt(0, 0)}, NudgePointer{31, 23})
	if p := d.m.Pointer.At; p.X < 0 || p.Y < 0 || p.X > 640 || p.Y > 480 {
		t.Errorf("points at %v, out of sight", p)
	}
	if r, ok := d.m.Reading(); !ok || r.X != 31 || r.Y != 23 {
		t.Errorf("%+v %v", r, ok)
	}
	d.send(PointAt{f32.Pt(5, 5)})
	if d.m.Pointer.ByKey {
		t.Error("the mouse has moved")
	}
}

func TestCopyAll(t *testing.T) {
	d := opened(t, 3)
	d.send(PinAt{f32.Pt(3, 3)}, PinPointAt{f32.Pt(10*20+3, 5*20+9)}, SetArea{image.Rect(0, 0, 2, 2)})
	for _, c := range take[MeasureArea](d) {
		d.send(AreaMeasured{c.Serial, c.Of, c.Pixels, c.Of.Over(c.Pixels)})
	}
	d.send(CacheKnown{Serial: d.m.Want, Traces: [][]float32{{10, float32(math.NaN()), 12}, {10, depth.Empty(), 12}}})
	d.send(CopyReading{})
	text := take[Copy](d)[0].Text
	for _, words := range []string{"pin 1: walk", "pin in space 2: ", "from 1 to 2: Z +0, ", "area 2 x 2 from pixel (0, 0): Z mean 10 min 10 max 10 standard deviation 0, 4 pixels"} {
		if !strings.Contains(text, words) {
			t.Errorf("%q is missing in\n%s", words, text)
		}
	}
	d.send(CopyReadingJSON{})
	var o struct {
		FirstFrame int `json:"first_frame"`
		Pins       []struct {
			Pixel  [2]int
			Z      float32
			Pinned *[3]float64 `json:"pinned_point"`
			Curve  []*float32
		}
		Between struct{ From, To string }
		Area    struct {
			Mean float64
			Hits int
		}
	}
	text = take[Copy](d)[0].Text
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	if len(o.Pins) != 2 || o.Pins[0].Pinned != nil || o.Pins[1].Pinned == nil || o.Pins[1].Pixel != [2]int{10, 5} ||
		len(o.Pins[0].Curve) != 3 || o.Pins[0].Curve[1] != nil || *o.Pins[0].Curve[2] != 12 || o.Between.To != "2" || o.Area.Mean != 10 || o.Area.Hits != 4 || o.FirstFrame != 1 {
		t.Errorf("%s", text)
	}
}

// A pin in space works for an orthographic camera too.
func TestPinPixelOrthographic(t *testing.T) {
	v := camera.View{Intrinsics: camera.Intrinsics{Model: camera.Orthographic, Width: 8, Height: 6, Fx: 2, Fy: 2, Cx: 4, Cy: 3}, CameraFromWorld: mgl64.Ident4()}
	p := Pin{InWorld: true, Point: v.CameraPoint(6.5, 1.5, 7)}
	if x, y, z, ok := p.Pixel(v); !ok || x != 6 || y != 1 || z != 7 {
		t.Errorf("%d, %d, %g, %v", x, y, z, ok)
	}
}
