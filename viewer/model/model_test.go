package model

import (
	"context"
	"encoding/json"
	"errors"
	"image"
	"math"
	"strings"
	"testing"
	"time"

	"gioui.org/f32"
	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/export"
	"zscope/depthcore/scene"
)

// walk is a scene whose one animation covers frames 1 to last at 24 fps.
func walk(last int) *scene.Scene {
	var times, values []float64
	for n := 1; n <= last; n++ {
		times = append(times, float64(n)/24)
		values = append(values, float64(n), 0, 0)
	}
	return &scene.Scene{
		Name:    "walk.glb",
		Nodes:   []scene.Node{{Name: "rig", Parent: -1, Rotation: mgl64.QuatIdent(), Scale: mgl64.Vec3{1, 1, 1}}},
		Cameras: []scene.Camera{{Name: "main", YFov: 1, Aspect: 4. / 3}, {Name: "side", YFov: 0.5, Aspect: 1}},
		Animations: []scene.Animation{{Name: "move", Channels: []scene.Channel{{
			Target: 0, Property: scene.Translation, Times: times, Values: values, Width: 3,
		}}}},
	}
}

// driver feeds messages to a model and keeps what it asked for.
type driver struct {
	t    *testing.T
	m    Model
	cmds []Cmd
}

func (d *driver) send(msgs ...Msg) {
	for _, msg := range msgs {
		var cmds []Cmd
		d.m, cmds = Update(d.m, msg)
		d.cmds = append(d.cmds, cmds...)
	}
}

// take returns the commands of a type since the last call of take.
func take[T Cmd](d *driver) (found []T) {
	var rest []Cmd
	for _, c := range d.cmds {
		if t, ok := c.(T); ok {
			found = append(found, t)
		} else {
			rest = append(rest, c)
		}
	}
	d.cmds = rest
	return found
}

// render answers the newest request.
func (d *driver) render(exact bool) {
	d.t.Helper()
	requests := take[Render](d)
	if len(requests) == 0 {
		d.t.Fatal("nothing was asked for")
	}
	d.answer(requests[len(requests)-1].Request, exact)
}

func (d *driver) answer(r Request, exact bool) {
	w, h := 32, 24
	view := camera.View{
		Intrinsics:      camera.Intrinsics{Width: w, Height: h, Fx: 20, Fy: 20, Cx: 16, Cy: 12},
		CameraFromWorld: mgl64.Translate3D(-1, -2, -3),
	}
	m := depth.New(w, h)
	if !exact {
		m = depth.New(w/4, h/4)
	}
	for i := range m.Z {
		m.Z[i] = 10
	}
	d.send(Rendered{Picture{Serial: r.Serial, Frame: r.Frame, View: view, Map: m, Exact: exact, Near: 10, Far: 10, Hits: len(m.Z)}})
}

// opened returns a window that shows frame 1 of a scene of last frames.
func opened(t *testing.T, last int) *driver {
	d := &driver{t: t, m: New()}
	d.send(Resized{image.Pt(640, 480)}, Open{"/scenes/walk.glb"})
	load := take[Load](d)
	if len(load) != 1 || load[0].Path != "/scenes/walk.glb" {
		t.Fatalf("opening asked for %+v", load)
	}
	d.send(Loaded{Serial: load[0].Serial, Path: load[0].Path, Scene: walk(last), Bounds: Bounds{Max: mgl64.Vec3{1, 1, 1}}})
	d.render(true)
	if !d.m.Settled() || d.m.Frame != 1 {
		t.Fatalf("after opening: frame %d, settled %v", d.m.Frame, d.m.Settled())
	}
	return d
}

func TestNothingStaleIsCurrent(t *testing.T) {
	d := opened(t, 48)
	d.send(GoTo{5}, GoTo{6}, GoTo{7})
	asked := take[Render](d)
	if len(asked) != 3 {
		t.Fatalf("%d requests for three frames", len(asked))
	}
	if d.m.Current() {
		t.Error("the picture of frame 1 passes for frame 7's")
	}
	d.answer(asked[1].Request, false)
	if d.m.Shown.Frame != 6 || d.m.Current() {
		t.Errorf("a passed frame's picture: shown %d, current %v", d.m.Shown.Frame, d.m.Current())
	}
	d.answer(asked[0].Request, true)
	if d.m.Shown.Frame != 6 {
		t.Error("an older picture took the place of a newer one")
	}
	d.answer(asked[2].Request, true)
	if d.m.Shown.Frame != 7 || !d.m.Settled() {
		t.Errorf("shown %d, settled %v", d.m.Shown.Frame, d.m.Settled())
	}
	d.answer(asked[2].Request, false)
	if !d.m.Shown.Exact {
		t.Error("a late coarse picture took the place of the exact one")
	}
}

func TestPictureOfTheSceneBeforeIsDropped(t *testing.T) {
	d := opened(t, 48)
	d.send(GoTo{5})
	old := take[Render](d)[0]
	d.send(Open{"/scenes/other.glb"})
	d.send(Loaded{Serial: take[Load](d)[0].Serial, Path: "/scenes/other.glb", Scene: walk(9)})
	d.answer(old.Request, true)
	if d.m.Shown.Map != nil {
		t.Error("a picture of the scene before is shown")
	}
	d.render(true)
	if !d.m.Settled() || d.m.Timeline.Last != 9 {
		t.Errorf("settled %v, last frame %d", d.m.Settled(), d.m.Timeline.Last)
	}
}

func TestBrokenFileLeavesTheWindowUsable(t *testing.T) {
	d := opened(t, 48)
	d.send(Open{"/scenes/broken.glb"}, Open{"/scenes/worse.glb"})
	loads := take[Load](d)
	d.send(LoadFailed{loads[0].Serial, errors.New("load broken.glb: it is cut short")})
	if len(d.m.Notices) != 0 {
		t.Error("an error about a file that nobody waits for any more")
	}
	d.send(LoadFailed{loads[1].Serial, errors.New("load worse.glb: it is cut short")})
	if len(d.m.Notices) != 1 || d.m.Notices[0].Text != "Load worse.glb: it is cut short." || d.m.Notices[0].Severity != Error {
		t.Errorf("notices %+v", d.m.Notices)
	}
	if d.m.File.Path != "/scenes/walk.glb" || !d.m.Settled() || d.m.File.Loading != "" {
		t.Errorf("the scene that was open: %+v", d.m.File)
	}
	d.send(Dismiss{0}, Dismiss{7})
	if len(d.m.Notices) != 0 {
		t.Error("the notice stays")
	}
}

func TestReloadKeepsFrameAndSize(t *testing.T) {
	d := opened(t, 48)
	d.send(GoTo{20}, ChooseSize{64, 48}, ChooseCamera{1}, Open{"/scenes/walk.glb"})
	d.send(Loaded{Serial: take[Load](d)[0].Serial, Path: "/scenes/walk.glb", Scene: walk(48)})
	if d.m.Frame != 20 || d.m.Job.Width != 64 || d.m.Job.Camera != 1 {
		t.Errorf("frame %d, width %d, camera %d", d.m.Frame, d.m.Job.Width, d.m.Job.Camera)
	}
}

func TestFramesStayInTheTimeline(t *testing.T) {
	d := opened(t, 48)
	for _, c := range []struct {
		msg  Msg
		want int
	}{
		{GoTo{-3}, 1}, {GoTo{1000}, 48}, {Step{-10}, 38}, {GoFirst{}, 1}, {Step{-1}, 1}, {GoLast{}, 48}, {Step{1}, 48}, {GoTo{13}, 13},
	} {
		d.send(c.msg)
		if d.m.Frame != c.want {
			t.Errorf("after %T%+v: frame %d, want %d", c.msg, c.msg, d.m.Frame, c.want)
		}
	}
	take[Render](d)
	d.send(GoTo{13})
	if len(take[Render](d)) != 0 {
		t.Error("going where one is asked for a picture")
	}
}

func TestPlay(t *testing.T) {
	start := time.Now()
	at := func(frames float64) Tick { return Tick{start.Add(time.Duration(frames / 24 * float64(time.Second)))} }
	d := opened(t, 48)
	d.send(GoTo{10})
	d.render(true)
	d.send(TogglePlay{start})

	d.send(at(0.5))
	if d.m.Frame != 10 {
		t.Errorf("frame %d before its time", d.m.Frame)
	}
	if due := d.m.Due().Sub(start).Seconds() * 24; math.Abs(due-1) > 1e-6 {
		t.Errorf("the next frame is due after %g frames", due)
	}
	d.send(at(1))
	if d.m.Frame != 11 {
		t.Errorf("frame %d when 11 is due", d.m.Frame)
	}
	d.send(at(2))
	if d.m.Frame != 11 {
		t.Error("play went on before frame 11 was seen")
	}
	d.render(false)
	d.send(at(4))
	if d.m.Frame != 14 || d.m.Play.Dropped != 2 {
		t.Errorf("frame %d, %d dropped; want 14 and 2", d.m.Frame, d.m.Play.Dropped)
	}

	// Over the end and on from the start.
	d.render(true)
	d.send(at(40))
	if d.m.Frame != 2 {
		t.Errorf("frame %d after 40 frames from 10 of 48, want 2", d.m.Frame)
	}
	d.render(true)
	d.send(at(41))
	if d.m.Frame != 3 {
		t.Errorf("frame %d, want 3", d.m.Frame)
	}

	// Without a loop play ends at the end.
	d.send(ToggleLoop{})
	d.render(true)
	d.send(at(400))
	if d.m.Frame != 48 || d.m.Play.On() {
		t.Errorf("frame %d, playing %v", d.m.Frame, d.m.Play.On())
	}
	d.render(true)
	d.send(TogglePlay{start})
	if d.m.Frame != 1 || !d.m.Play.On() {
		t.Errorf("play at the end: frame %d, playing %v", d.m.Frame, d.m.Play.On())
	}
}

func TestShuttle(t *testing.T) {
	start := time.Now()
	d := opened(t, 48)
	d.send(GoTo{20})
	d.render(true)
	for _, want := range []int{-1, -2, -4, -8, -8} {
		d.send(Shuttle{-1, start})
		if d.m.Play.Speed != want {
			t.Fatalf("speed %d, want %d", d.m.Play.Speed, want)
		}
	}
	d.send(Tick{start.Add(time.Second / 24)})
	if d.m.Frame != 12 {
		t.Errorf("frame %d, want 12", d.m.Frame)
	}
	d.send(Shuttle{1, start})
	if d.m.Play.Speed != 1 {
		t.Errorf("speed %d after the other key", d.m.Play.Speed)
	}
	d.send(StopPlay{})
	if d.m.Play.On() {
		t.Error("still playing")
	}
}

func TestMarks(t *testing.T) {
	d := opened(t, 48)
	d.send(GoTo{10}, MarkIn{}, GoTo{20}, MarkOut{})
	if first, last := d.m.Range(); first != 10 || last != 20 {
		t.Errorf("marked %d to %d", first, last)
	}
	d.send(GoLast{})
	if d.m.Frame != 20 {
		t.Errorf("last frame %d", d.m.Frame)
	}
	d.send(GoTo{5}, MarkOut{})
	if first, last := d.m.Range(); first != 1 || last != 5 {
		t.Errorf("a mark out before the mark in: %d to %d", first, last)
	}
	d.send(OpenExport{})
	if d.m.Export.Draft.Frames != "1-5" {
		t.Errorf("the export would write %s", d.m.Export.Draft.Frames)
	}
	d.send(CloseExport{}, ClearMarks{})
	if _, last := d.m.Range(); last != 48 {
		t.Errorf("last frame %d", last)
	}
}

func TestZoomKeepsThePointInPlace(t *testing.T) {
	d := opened(t, 48)
	at := f32.Pt(200, 100)
	p := d.m.Place()
	u, v := p.Image(200, 100)
	for _, factor := range []float64{1.2, 3, 0.5, 7} {
		d.send(ZoomBy{factor, at})
		p = d.m.Place()
		x, y := p.Screen(u, v)
		if math.Hypot(x-200, y-100) > 1 {
			t.Errorf("after zooming by %g the point is at %g, %g", factor, x, y)
		}
	}
	d.send(ShowFull{})
	if p := d.m.Place(); p.Scale != 1 || p.X != math.Round(p.X) {
		t.Errorf("1:1 has scale %g at %g", p.Scale, p.X)
	}
	d.send(ShowAll{})
	if p := d.m.Place(); p.Scale != 20 || p.X != 0 || p.Y != 0 {
		t.Errorf("a 32x24 picture fits 640x480 at %+v", p)
	}
	d.send(PanBy{1e9, 1e9})
	if p := d.m.Place(); p.X > 640 || p.Y > 480 {
		t.Errorf("the picture was moved out of sight: %+v", p)
	}
}

func TestReading(t *testing.T) {
	d := opened(t, 48)
	d.send(PointAt{f32.Pt(10*20+3, 5*20+19)})
	r, ok := d.m.Reading()
	if !ok || r.X != 10 || r.Y != 5 || r.Z != 10 || !r.Exact {
		t.Fatalf("reading %+v, %v", r, ok)
	}
	// u = 10.5, v = 5.5: X = (10.5-16)/20*10, Y = -(5.5-12)/20*10, up.
	want := mgl64.Vec3{-2.75, 3.25, -10}
	if seen := (mgl64.Vec3{-2.75, -3.25, 10}); r.Camera.Sub(seen).Len() > 1e-12 {
		t.Errorf("camera point %v, want %v", r.Camera, seen)
	}
	if world := want.Add(mgl64.Vec3{1, 2, 3}); r.World.Sub(world).Len() > 1e-12 {
		t.Errorf("world point %v, want %v", r.World, world)
	}
	if math.Abs(r.Euclidean-want.Len()) > 1e-12 {
		t.Errorf("distance %g", r.Euclidean)
	}
	probes := take[Probe](d)
	if len(probes) != 1 || probes[0].X != 10 || probes[0].Y != 5 {
		t.Fatalf("probes %+v", probes)
	}
	d.send(PointAt{f32.Pt(300, 300)}, Probed{probes[0].Serial, Surface{Hit: true, Object: "wall"}})
	if d.m.Pointer.Surface.Known {
		t.Error("an answer about another pixel was taken")
	}
	d.send(Probed{take[Probe](d)[0].Serial, Surface{Hit: true, Object: "floor", Material: "oak", Normal: mgl64.Vec3{0, 1, 0}}}, CopyReading{})
	copied := take[Copy](d)
	if len(copied) != 1 || !strings.Contains(copied[0].Text, "Z 10 ") || !strings.HasSuffix(copied[0].Text, " normal (0, 1, 0) object floor material oak") {
		t.Errorf("copied %+v", copied)
	}
	d.send(CopyReadingJSON{})
	var o struct {
		Frame  int
		Z      float32
		World  [3]float64
		Object string
	}
	if text := take[Copy](d)[0].Text; json.Unmarshal([]byte(text), &o) != nil || o.Z != 10 || o.Object != "floor" || o.World == [3]float64{} {
		t.Errorf("copied %s", text)
	}
	d.send(PointAway{})
	if _, ok := d.m.Reading(); ok {
		t.Error("a reading without a pointer")
	}
}

func TestZText(t *testing.T) {
	for z, want := range map[float32]string{
		10: "10", 0.1: "0.1", 16777216: "1.6777216e+07", math.Float32frombits(0x41200001): "10.000001",
		float32(math.Inf(1)): "no surface", float32(math.NaN()): "no surface", 0: "no surface",
	} {
		if got := ZText(z); got != want {
			t.Errorf("ZText(%x) = %q, want %q", math.Float32bits(z), got, want)
		}
	}
}

func TestRange(t *testing.T) {
	d := opened(t, 48)
	if c := d.m.Colour.Mapping; c.Near != 10 || c.Far != 10 {
		t.Errorf("automatic range %g to %g", c.Near, c.Far)
	}
	d.send(SetRange{2, 30}, GoTo{3})
	d.render(true)
	if c := d.m.Colour; c.Mapping.Near != 2 || c.Mapping.Far != 30 || c.Range != RangeLocked {
		t.Errorf("typed range %+v", c)
	}
	for _, bad := range []SetRange{{5, 4}, {-1, 4}, {math.NaN(), 3}, {0, math.Inf(1)}} {
		d.send(bad)
		if c := d.m.Colour.Mapping; c.Near != 2 || c.Far != 30 {
			t.Errorf("range %+v was taken", bad)
		}
	}
	d.send(SetRangeMode{RangeAuto})
	if c := d.m.Colour.Mapping; c.Near != 10 {
		t.Errorf("near end %g after going back to automatic", c.Near)
	}
}

func TestFreeCameraStartsWhereTheSceneCameraStands(t *testing.T) {
	d := opened(t, 48)
	d.send(LookFreely{true})
	r := take[Render](d)
	if len(r) != 1 || r[0].Request.Free == nil {
		t.Fatalf("requests %+v", r)
	}
	pose := r[0].Request.Free.WorldFromCamera()
	if eye := pose.Col(3).Vec3(); eye.Sub(mgl64.Vec3{1, 2, 3}).Len() > 1e-9 {
		t.Errorf("the free camera stands at %v", eye)
	}
	if back := pose.Col(2).Vec3(); back.Sub(mgl64.Vec3{0, 0, 1}).Len() > 1e-9 {
		t.Errorf("the free camera looks along %v", back.Mul(-1))
	}
	d.send(OrbitBy{0.3, 0.2}, OrbitZoom{0.5}, OrbitPan{10, 5})
	if n := len(take[Render](d)); n != 3 {
		t.Errorf("%d requests for three moves", n)
	}
	d.send(LookFreely{false})
	if r := take[Render](d); len(r) != 1 || r[0].Request.Free != nil {
		t.Errorf("back to the scene's camera: %+v", r)
	}
}

// Who asks to export while the draft is checked does not have to ask again.
func TestExportOnceChecked(t *testing.T) {
	for _, c := range []struct {
		name   string
		before []Msg // after asking, before the check's answer
		answer error
		runs   int
	}{
		{"good", nil, nil, 1},
		{"bad", nil, errors.New("the disk is full"), 0},
		{"closed", []Msg{CloseExport{}}, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := opened(t, 48)
			d.send(OpenExport{}, StartExport{})
			d.send(c.before...)
			serial := take[CheckJob](d)[0].Serial
			d.send(JobChecked{serial, c.answer})
			d.send(JobChecked{serial, nil})
			if n := len(take[RunExport](d)); n != c.runs || d.m.Export.Running != (c.runs > 0) {
				t.Errorf("%d exports, running %v", n, d.m.Export.Running)
			}
		})
	}
	d := opened(t, 48)
	d.send(OpenExport{}, StartExport{})
	draft := d.m.Export.Draft
	draft.Frames = "1-4"
	d.send(EditExport{draft})
	checks := take[CheckJob](d)
	d.send(JobChecked{checks[len(checks)-1].Serial, nil})
	if len(take[RunExport](d)) != 0 {
		t.Error("another draft was exported than the one that was asked for")
	}
}

func TestExportDialog(t *testing.T) {
	d := opened(t, 48)
	d.send(OpenExport{})
	check := take[CheckJob](d)
	if len(check) != 1 {
		t.Fatalf("%d checks", len(check))
	}
	job := check[0].Job
	if len(job.Frames) != 48 || job.Dir != "/scenes/walk_z" || job.Width != 1440 || job.Height != 1080 {
		t.Errorf("the first draft: %d frames of %dx%d to %s", len(job.Frames), job.Width, job.Height, job.Dir)
	}
	d.send(StartExport{})
	if len(take[RunExport](d)) != 0 {
		t.Error("an export started before its job was checked")
	}
	draft := d.m.Export.Draft
	draft.Frames = "5-1"
	d.send(EditExport{draft})
	if p := d.m.Export.Problem; !strings.Contains(p, "ends before it starts") {
		t.Errorf("problem %q", p)
	}
	draft.Frames = "1-4"
	d.send(EditExport{draft})
	checks := take[CheckJob](d)
	d.send(JobChecked{check[0].Serial, errors.New("late")})
	if d.m.Export.Problem != "" || !d.m.Export.Checking {
		t.Error("the answer about another draft was taken")
	}
	d.send(JobChecked{checks[0].Serial, nil}, StartExport{})
	run := take[RunExport](d)
	if len(run) != 1 || len(run[0].Job.Frames) != 4 || !d.m.Export.Running || d.m.Export.Open {
		t.Fatalf("runs %+v", run)
	}

	// The window stays usable, and asks before it closes.
	d.send(GoTo{9}, CloseAsked{})
	if d.m.Frame != 9 || !d.m.AskQuit || len(take[Quit](d)) != 0 {
		t.Errorf("frame %d, asked %v", d.m.Frame, d.m.AskQuit)
	}
	d.send(QuitAnswered{false}, CancelExport{}, CancelExport{})
	if len(take[StopExport](d)) != 1 {
		t.Error("cancelling asked to stop other than once")
	}
	d.send(ExportDone{export.Summary{Frames: 2}, context.Canceled})
	if r := d.m.Export.Result; d.m.Export.Running || r == nil || !r.Cancelled || r.Problem != "" {
		t.Errorf("result %+v", r)
	}
	d.send(CloseAsked{})
	if len(take[Quit](d)) != 1 {
		t.Error("the window did not close")
	}
}

// Intrinsics from a file replace the camera's and keep its poses; another size
// scales them, and choosing the camera lets them go.
func TestIntrinsicsLoaded(t *testing.T) {
	d := opened(t, 48)
	d.send(Dropped{[]string{"/a/camera.yaml"}})
	if l := take[LoadTrack](d); len(l) != 1 || l[0].Path != "/a/camera.yaml" || l[0].Like != d.m.Shown.View.Intrinsics || l[0].Like.Fx == 0 {
		t.Fatalf("loads %+v", l)
	}
	in := camera.Intrinsics{Width: 640, Height: 480, Fx: 500, Fy: 501, Cx: 321, Cy: 239,
		Lens: camera.Lens{Model: camera.OpenCVLens, Coefficients: [12]float64{-0.3, 0.1}}}
	d.send(TrackLoaded{Path: "/a/camera.yaml", Intrinsics: in})
	now := func() camera.Intrinsics {
		w, h := d.m.SizeOf()
		return d.m.Job.Lens.Apply(camera.Intrinsics{Width: w, Height: h})
	}
	if now() != in {
		t.Errorf("%+v", now())
	}
	if n := d.m.Notices[len(d.m.Notices)-1].Text; n != "camera.yaml: its focal lengths and centre now replace the camera's, at 640 × 480 pixels." {
		t.Errorf("said %q", n)
	}
	d.send(TrackLoaded{Path: "/a/camera.yaml", Intrinsics: in, Borrowed: BorrowedSize})
	if n := d.m.Notices[len(d.m.Notices)-1].Text; !strings.Contains(n, "at the size of the picture that was shown, which the file does not say") {
		t.Errorf("said %q", n)
	}
	d.send(ChooseSize{Width: 320, Height: 240})
	if now() != in.Resized(320, 240) {
		t.Errorf("%+v", now())
	}
	d.send(ChooseCamera{Index: d.m.Job.Camera})
	if d.m.Job.Lens != (camera.Override{}) {
		t.Error("the camera's own intrinsics are not back")
	}
}

// Through a lens, the points of a reading are where the lens sees the pixel; the
// free camera has no lens.
func TestReadingThroughLens(t *testing.T) {
	for _, in := range []camera.Intrinsics{
		{Width: 32, Height: 24, Fx: 20, Fy: 20, Cx: 16, Cy: 12, Lens: camera.Lens{Model: camera.OpenCVLens, Coefficients: [12]float64{-0.2, 0.05}}},
		{Width: 32, Height: 24, Fx: 20, Fy: 20, Cx: 16, Cy: 12, Lens: camera.Lens{Model: camera.FisheyeLens}},
		camera.WholeSphere(32, 24),
	} {
		d := opened(t, 48)
		p := d.m.Shown
		p.View.Intrinsics = in
		p.Map = depth.New(32, 24)
		for i := range p.Map.Z {
			p.Map.Z[i] = 10
		}
		d.m.Shown = p
		for _, at := range []image.Point{{3, 4}, {16, 12}, {28, 20}} {
			r, ok := d.m.ReadingAt(at.X, at.Y)
			point := mgl64.Vec3{r.Camera[0], -r.Camera[1], -r.Camera[2]} // in glTF's axes
			u, v, z := in.Project(point)
			if !ok || math.Abs(u-float64(at.X)-0.5) > 1e-9 || math.Abs(v-float64(at.Y)-0.5) > 1e-9 || math.Abs(z-10) > 1e-9 {
				t.Errorf("%s: pixel %v reads %+v, which is seen at %v %v, depth %v", in.Lens.Model, at, r, u, v, z)
			}
			if world := mgl64.TransformCoordinate(point, p.View.WorldFromCamera()); world != r.World || math.Abs(r.Euclidean-r.Camera.Len()) > 1e-12 {
				t.Errorf("%s: pixel %v reads %+v", in.Lens.Model, at, r)
			}
		}
		d.send(LookFreely{Free: true})
		if f := take[Render](d); len(f) == 0 || f[len(f)-1].Request.Free == nil || !f[len(f)-1].Request.Free.Lens.IsPinhole() {
			t.Errorf("%s: the free camera looks through %+v", in.Lens.Model, f)
		}
	}
}

func TestDialog(t *testing.T) {
	d := opened(t, 48)
	d.send(AskOpen{}, AskOpen{})
	if len(take[ChooseFile](d)) != 1 || !d.m.Choosing {
		t.Error("one dialog at a time")
	}
	d.send(Chosen{Path: ""})
	if d.m.Choosing || len(take[Load](d)) != 0 {
		t.Error("choosing nothing opened something")
	}
	d.send(AskOpen{}, Chosen{Err: errors.New("no GTK")})
	if !d.m.AskPath {
		t.Error("without a dialog the window has to ask for the path itself")
	}
}

func FuzzUpdate(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
	f.Add([]byte{4, 4, 5, 20, 6, 7, 9, 8})
	f.Fuzz(func(t *testing.T, script []byte) {
		script = script[:min(len(script), 300)]
		d := &driver{t: t, m: New()}
		now := time.Now()
		d.send(Resized{image.Pt(300, 200)}, Open{"/s.glb"})
		d.send(Loaded{Serial: take[Load](d)[0].Serial, Path: "/s.glb", Scene: walk(30)})
		msgs := []Msg{
			GoTo{12}, GoTo{-1}, Step{-10}, Step{1}, GoFirst{}, GoLast{}, TogglePlay{now}, Shuttle{-1, now}, Shuttle{1, now},
			Tick{now.Add(time.Second)}, Tick{now.Add(time.Hour)}, ToggleLoop{}, MarkIn{}, MarkOut{}, ClearMarks{}, SetFPS{0}, SetFPS{7},
			ChooseCamera{1}, LookFreely{true}, LookFreely{false}, OrbitPan{3, 4}, ChooseSize{3, 5}, ZoomBy{2, f32.Pt(9, 9)}, ZoomBy{0.01, f32.Pt(0, 0)},
			PanBy{5, 5}, ShowAll{}, ShowFull{}, PointAt{f32.Pt(50, 50)}, PointAway{}, PinAt{f32.Pt(50, 50)}, OpenExport{}, StartExport{}, CloseExport{},
			PinPointAt{f32.Pt(60, 60)}, FillCurves{}, ClearPins{}, NudgePointer{3, -2}, MarkCorner{}, SetArea{image.Rect(2, 2, 9, 50)}, SetArea{},
			ToggleEdges{}, SetJump{0.1}, Peek{true}, Peek{}, FindFit{}, UseFit{}, StepRGBOffset{1}, CoverMore{0.3}, NextCamera{}, FrameObject{},
			PointsSized{image.Pt(30, 20)}, TogglePoints{}, EnlargePoints{}, TurnPoints{9, 9}, MovePoints{-30, 1}, ZoomPoints{100}, ResetPoints{}, AskSavePoints{}, Chosen{Path: "/p"},
			CopyReading{}, CopyReadingJSON{}, Undo{}, Redo{},
		}
		for _, b := range script {
			if r := take[Render](d); len(r) > 0 && b%3 == 0 {
				d.answer(r[len(r)-1].Request, b%2 == 0)
			}
			d.send(msgs[int(b)%len(msgs)])
			if d.m.Frame < d.m.Timeline.First || d.m.Frame > d.m.Timeline.Last {
				t.Fatalf("frame %d is outside %d..%d after %T", d.m.Frame, d.m.Timeline.First, d.m.Timeline.Last, msgs[int(b)%len(msgs)])
			}
			if d.m.Shown.Serial > d.m.Want {
				t.Fatal("a picture that nobody asked for")
			}
			if p := d.m.Place(); !(p.Scale > 0) || math.IsInf(p.Scale, 0) {
				t.Fatalf("the picture is placed at %+v", p)
			}
		}
	})
}

func TestRangeOfTheSequence(t *testing.T) {
	d := opened(t, 48)
	d.send(GoTo{10}, MarkIn{}, SetRangeMode{RangeSequence})
	asked := take[StartSurvey](d)
	if len(asked) != 1 || asked[0].First != 10 || asked[0].Last != 48 || !d.m.Survey.Running {
		t.Fatalf("asked %+v, %+v", asked, d.m.Survey)
	}
	d.send(Surveyed{Serial: asked[0].Serial, Done: 38, Total: 39, Near: 1, Far: 2})
	if c := d.m.Colour.Mapping; c.Near != 10 {
		t.Errorf("the range changed to %g before the end of the survey", c.Near)
	}
	d.send(Surveyed{Serial: asked[0].Serial, Done: 39, Total: 39, Near: 3, Far: 60})
	if c := d.m.Colour.Mapping; c.Near != 3 || c.Far != 60 || d.m.Survey.Running {
		t.Errorf("range %g to %g", c.Near, c.Far)
	}
	d.send(GoTo{11})
	d.render(true)
	if c := d.m.Colour.Mapping; c.Near != 3 || len(take[StartSurvey](d)) != 0 {
		t.Error("another frame changed the range of the sequence")
	}
	d.send(ChooseCamera{1})
	again := take[StartSurvey](d)
	if len(again) != 1 {
		t.Fatal("another camera needs another survey")
	}
	d.send(Surveyed{Serial: asked[0].Serial, Done: 39, Total: 39, Near: 1, Far: 2})
	if d.m.Colour.Mapping.Near != 3 {
		t.Error("the survey of the camera before was taken")
	}
	d.send(SetRangeMode{RangeLocked})
	if end := take[StartSurvey](d); len(end) != 1 || end[0].Last >= end[0].First {
		t.Errorf("locking does not end the survey: %+v", end)
	}
}

func TestRoundUp(t *testing.T) {
	for x, want := range map[float64]float64{0.3: 0.5, 1: 1, 1.1: 2, 4.9: 5, 6: 10, 0.0011: 0.002, 0: 0, -1: 0, math.Inf(1): 0} {
		if got := RoundUp(x); math.Abs(got-want) > 1e-12 {
			t.Errorf("RoundUp(%g) = %g, want %g", x, got, want)
		}
	}
}

func TestRGB(t *testing.T) {
	d := opened(t, 48)
	d.send(Dropped{[]string{"/shots/beauty_0001.png", "/shots/beauty_0002.png"}})
	l := take[LoadRGB](d)
	if len(l) != 1 || l[0].Path != "/shots/beauty_0001.png" {
		t.Fatalf("asked %+v", l)
	}
	d.send(RGBFound{Serial: l[0].Serial, Path: "/shots/beauty_#.png", First: 1, Last: 48, Count: 48, Size: image.Pt(320, 240)})
	if w, h := d.m.SizeOf(); w != 320 || h != 240 {
		t.Errorf("the depth is %dx%d, the pictures are 320x240", w, h)
	}
	first := take[ShowRGB](d)
	if len(first) != 1 || first[0].Number != 1 {
		t.Fatalf("asked for %+v", first)
	}
	d.render(true)
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	d.send(RGBShown{Serial: first[0].Serial, Number: 1, Image: img})
	if d.m.Over() != img {
		t.Error("picture 1 is not over frame 1")
	}

	// The picture of another frame is never over the one that is shown.
	d.send(GoTo{7})
	asked := take[ShowRGB](d)
	d.send(RGBShown{Serial: asked[0].Serial, Number: 7, Image: img})
	if d.m.Over() != nil {
		t.Error("picture 7 is over frame 1")
	}
	d.render(true)
	if d.m.Over() != img {
		t.Error("picture 7 is not over frame 7")
	}
	d.send(SetRGBOffset{3})
	if d.m.Over() != nil {
		t.Error("picture 7 is over frame 7 at an offset of 3")
	}
	if n := take[ShowRGB](d); len(n) != 1 || n[0].Number != 10 {
		t.Errorf("asked for %+v", n)
	}
	d.send(SetRGBOffset{0})
	d.send(RGBShown{Serial: take[ShowRGB](d)[0].Serial, Number: 7, Image: img}, ToggleRGB{})
	if d.m.Over() != nil {
		t.Error("hidden, and yet there")
	}
	d.send(ToggleRGB{}, CloseRGB{}, GoTo{8})
	if d.m.Over() != nil || len(take[ShowRGB](d)) != 0 {
		t.Error("closed, and yet there")
	}
}

func TestRGBWithOtherNumbers(t *testing.T) {
	d := opened(t, 48)
	d.send(Dropped{[]string{"/shots/1001.png"}})
	d.send(RGBFound{Serial: take[LoadRGB](d)[0].Serial, Path: "/shots/#.png", First: 1001, Last: 1048, Count: 48, Size: image.Pt(1440, 1080)})
	if n := take[ShowRGB](d); len(n) != 1 || n[0].Number != 1001 {
		t.Errorf("asked for %+v", n)
	}
}

// Until something can be cast, the window says how far that is; better trees
// for what is shown are not worth a word.
func TestPreparing(t *testing.T) {
	d := &driver{t: t}
	s := walk(10)
	d.send(Loaded{Serial: d.m.File.serial, Path: "walk.glb", Scene: s})
	for _, c := range []struct {
		msg  Msg
		want bool
	}{
		{Prepared{Scene: s, Share: 0.2}, true},
		{Prepared{Scene: walk(3), Share: 1}, true}, // of another scene
		{Prepared{Scene: s, Share: 1}, false},
		{Prepared{Scene: s, Share: 0.4, Beside: true}, false},
		{Prepared{Scene: s, Share: 0.4}, true},
		{Rendered{Picture{Serial: d.m.Want, Map: depth.New(8, 6)}}, false},
	} {
		if d.send(c.msg); d.m.Preparing() != c.want {
			t.Errorf("after %+v: %v", c.msg, d.m.Preparing())
		}
	}
}
