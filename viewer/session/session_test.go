package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
	"zscope/depthcore/export"
	"zscope/depthcore/scene"
	"zscope/viewer/model"
)

// approach is a wall that fills the picture; at frame n it is n metres away.
func approach(last int) *scene.Scene {
	const e = 1000
	var times, values []float64
	for n := 1; n <= last; n++ {
		times = append(times, float64(n)/24)
		values = append(values, 0, 0, -float64(n))
	}
	unit := mgl64.Vec3{1, 1, 1}
	return &scene.Scene{
		Name: "approach.glb",
		Nodes: []scene.Node{
			{Name: "wall", Parent: -1, Rotation: mgl64.QuatIdent(), Scale: unit},
			{Name: "camera", Parent: -1, Rotation: mgl64.QuatIdent(), Scale: unit},
		},
		Primitives: []scene.Primitive{{
			Name: "plaster", Material: 0,
			Positions: []mgl64.Vec3{{-e, -e, 0}, {e, -e, 0}, {e, e, 0}, {-e, e, 0}},
			Indices:   []uint32{0, 1, 2, 0, 2, 3},
		}},
		Materials: []scene.Material{{Name: "paint", Factor: 1}},
		Instances: []scene.Instance{{Primitive: 0, Node: 0, FromObject: mgl64.Ident4(), Skin: -1}},
		Cameras:   []scene.Camera{{Name: "camera", Node: 1, YFov: 1, Aspect: 4. / 3}},
		Animations: []scene.Animation{{Channels: []scene.Channel{{
			Target: 0, Property: scene.Translation, Times: times, Values: values, Width: 3,
		}}}},
	}
}

// desk is a session whose messages are collected.
type desk struct {
	*Session
	t    *testing.T
	msgs chan model.Msg
}

func newDesk(t *testing.T, c Config) *desk {
	d := &desk{t: t, msgs: make(chan model.Msg, 10000)}
	c.Send = func(m model.Msg) { d.msgs <- m }
	if c.Open == nil {
		c.Open = func(context.Context, string, model.Axes) (*scene.Scene, error) { return approach(48), nil }
	}
	d.Session = New(c)
	t.Cleanup(d.Close)
	return d
}

// next waits for a message of a type and drops the others.
func next[T model.Msg](d *desk) T {
	d.t.Helper()
	timeout := time.After(time.Minute)
	for {
		select {
		case m := <-d.msgs:
			if want, ok := m.(T); ok {
				return want
			}
			if failed, ok := m.(model.RenderFailed); ok {
				d.t.Fatal(failed.Err)
			}
		case <-timeout:
			var none T
			d.t.Fatalf("no %T came", none)
		}
	}
}

func job(s *scene.Scene, w, h int) export.Job {
	j := export.NewJob(s, "")
	j.Width, j.Height = w, h
	return j
}

func request(serial int, j export.Job, frame int) model.Request {
	return model.Request{Serial: serial, Timeline: j.Timeline(), Job: j, Frame: frame}
}

func (d *desk) exact(serial int) model.Picture {
	d.t.Helper()
	for {
		if p := next[model.Rendered](d).Picture; p.Serial == serial && p.Exact {
			return p
		}
	}
}

func TestPictureIsExact(t *testing.T) {
	d := newDesk(t, Config{})
	s := approach(48)
	for n := 1; n <= 5; n++ {
		d.Do(model.Render{Request: request(n, job(s, 64, 48), n)})
		p := d.exact(n)
		for i, z := range p.Map.Z {
			if z != float32(n) {
				t.Fatalf("frame %d: pixel %d is %v", n, i, z)
			}
		}
		if p.Frame != n || p.Near != float64(n) || p.Far != float64(n) || p.Hits != 64*48 {
			t.Errorf("frame %d: %+v", n, p)
		}
	}
}

// Whoever scrubs gets the last frame, and nothing after it.
func TestNewestRequestWins(t *testing.T) {
	d := newDesk(t, Config{})
	s := approach(48)
	const last = 60
	for n := 1; n <= last; n++ {
		d.Do(model.Render{Request: request(n, job(s, 640, 480), 1+n%48)})
	}
	serial := 0
	for {
		p := next[model.Rendered](d).Picture
		if p.Serial < serial {
			t.Fatalf("picture %d came after %d", p.Serial, serial)
		}
		serial = p.Serial
		if want := float32(1 + p.Serial%48); p.Map.Z[0] != want {
			t.Fatalf("picture %d holds %v, want %v", p.Serial, p.Map.Z[0], want)
		}
		if p.Serial == last && p.Exact {
			break
		}
	}
	// Nothing more is on its way once a probe, which waits its turn, is
	// answered.
	d.Do(model.Probe{Serial: 1, Picture: last, View: camera.View{}, X: 0, Y: 0})
	for {
		m := next[model.Msg](d)
		if _, ok := m.(model.Probed); ok {
			break
		}
		if p, ok := m.(model.Rendered); ok {
			t.Fatalf("picture %d after the last one", p.Picture.Serial)
		}
	}
}

func TestCachedPictureIsTheSame(t *testing.T) {
	d := newDesk(t, Config{})
	s := approach(48)
	ask := func(serial, frame int) model.Picture {
		d.Do(model.Render{Request: request(serial, job(s, 32, 24), frame)})
		return d.exact(serial)
	}
	first := ask(1, 7)
	d.Do(model.Render{Request: request(2, job(s, 32, 24), 8)})
	have := next[model.CacheKnown](d) // before the picture
	d.exact(2)
	again := ask(3, 7)
	if again.Map != first.Map || again.Took != 0 || again.Frame != 7 || again.Serial != 3 {
		t.Errorf("frame 7 was cast again: %+v", again)
	}
	if n := len(have.Frames); n != 48 || !have.Frames[6] || !have.Frames[7] || have.Frames[8] {
		t.Errorf("frames at hand: %d, %v", n, have.Frames)
	}
	other := job(s, 32, 24)
	other.Raycast.NoMask = true
	d.Do(model.Render{Request: request(4, other, 7)})
	if p := d.exact(4); p.Map == first.Map {
		t.Error("a picture with other options came from the cache")
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := newCache(3 * 100 * 4)
	for n := range 10 {
		c.put(lookKey{}, n, model.Picture{Map: depth.New(10, 10)})
		if n > 0 {
			c.get(lookKey{}, 0)
		}
	}
	if c.bytes > c.limit || c.recent.Len() != 3 {
		t.Errorf("%d bytes in %d pictures, the limit is %d", c.bytes, c.recent.Len(), c.limit)
	}
	if want := []bool{true, false, false, false, false, false, false, false, true, true}; !slices.Equal(c.frames(lookKey{}, 0, 9), want) {
		t.Errorf("kept %v", c.frames(lookKey{}, 0, 9))
	}
	c.put(lookKey{}, 11, model.Picture{Map: depth.New(100, 100)})
	if c.recent.Len() != 3 {
		t.Error("a picture larger than the cache drove others out")
	}
	c.keepOnly(approach(1))
	if c.recent.Len() != 0 || c.bytes != 0 || len(c.looks) != 0 {
		t.Errorf("after another scene: %d pictures, %d bytes", c.recent.Len(), c.bytes)
	}
}

// The memory of a scene's pictures is not kept for the next scene.
func TestMemoryOfTheSceneBefore(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // nothing is cleared away but on purpose
	inUse := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	d := newDesk(t, Config{})
	s := approach(48)
	const frames, width, height = 8, 1024, 1024
	for n := 1; n <= frames; n++ {
		d.Do(model.Render{Request: request(n, job(s, width, height), n)})
		d.exact(n)
	}
	before := inUse()
	d.Do(model.Render{Request: request(frames+1, job(approach(48), 64, 48), 1)})
	d.exact(frames + 1)
	for start := time.Now(); inUse()+(frames-1)*width*height*4 > before; time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > time.Minute {
			t.Fatalf("%d MB are in use after a minute, %d MB before another scene came", inUse()>>20, before>>20)
		}
	}
}

func TestProbe(t *testing.T) {
	d := newDesk(t, Config{})
	s := approach(48)
	d.Do(model.Render{Request: request(1, job(s, 64, 48), 3)})
	p := d.exact(1)
	d.Do(model.Render{Request: request(2, job(s, 64, 48), 4)})
	d.exact(2)
	// Back to the first one, out of the cache: the pose has to follow.
	d.Do(model.Render{Request: request(3, job(s, 64, 48), 3)})
	d.exact(3)
	d.Do(model.Probe{Serial: 9, Picture: 3, View: p.View, X: 10, Y: 20})
	got := next[model.Probed](d)
	want := model.Surface{Hit: true, Object: "wall", Material: "paint", Triangle: got.Surface.Triangle, On: got.Surface.On, Normal: mgl64.Vec3{0, 0, 1}}
	if got.Serial != 9 || got.Surface != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if g := d.stage; g.pose.Time != 3./24 {
		t.Errorf("the pose is of %g s", g.pose.Time)
	}
}

func TestLoad(t *testing.T) {
	started := make(chan struct{})
	d := newDesk(t, Config{Open: func(ctx context.Context, path string, _ model.Axes) (*scene.Scene, error) {
		switch path {
		case "slow.glb":
			close(started)
			<-ctx.Done()
			return nil, ctx.Err()
		case "bad.glb":
			return nil, errors.New("load bad.glb: cut short")
		case "worse.glb":
			panic("index out of range")
		}
		return approach(2), nil
	}})
	d.Do(model.Load{Serial: 1, Path: "slow.glb"})
	<-started
	d.Do(model.Load{Serial: 2, Path: "good.glb"})
	m := next[model.Loaded](d)
	if m.Serial != 2 || m.Bounds.Min != (mgl64.Vec3{-1000, -1000, -1}) || m.Bounds.Max != (mgl64.Vec3{1000, 1000, -1}) {
		t.Errorf("%+v", m)
	}
	for _, path := range []string{"bad.glb", "worse.glb"} {
		d.Do(model.Load{Serial: 3, Path: path})
		if m := next[model.LoadFailed](d); m.Serial != 3 || m.Err == nil {
			t.Errorf("%s: %+v", path, m)
		}
	}
}

func TestExportAndCancel(t *testing.T) {
	d := newDesk(t, Config{})
	dir := t.TempDir()
	j := job(approach(48), 16, 12)
	j.Dir, j.Formats, j.Frames = dir, []export.Format{export.PFM}, []int{3, 4}
	d.Do(model.CheckJob{Serial: 5, Job: j})
	if m := next[model.JobChecked](d); m.Serial != 5 || m.Err != nil {
		t.Fatalf("%+v", m)
	}
	// What is shown has its trees, which the export takes.
	if d.stage.treesOf(j.Scene) != nil {
		t.Error("there are trees before anything was cast")
	}
	d.Do(model.Render{Request: request(1, j, 1)})
	d.exact(1)
	if trees := d.stage.treesOf(j.Scene); trees == nil || trees.Scene() != j.Scene || d.stage.treesOf(approach(2)) != nil {
		t.Error("the trees of what is shown cannot be had, or those of another scene can")
	}
	d.Do(model.RunExport{Job: j})
	done := next[model.ExportDone](d)
	if done.Err != nil || done.Summary.Frames != 2 {
		t.Fatalf("%+v", done)
	}
	if _, err := os.Stat(filepath.Join(dir, export.FileName(j.Pattern(), 3, export.PFM))); err != nil {
		t.Error(err)
	}
	d.Do(model.CheckJob{Serial: 6, Job: j})
	if m := next[model.JobChecked](d); m.Err == nil {
		t.Error("files that are there already are no problem")
	}

	// A long one, cancelled after its first frame.
	long := job(approach(48), 800, 600)
	long.Dir, long.Formats = filepath.Join(dir, "long"), []export.Format{export.PFM}
	d.Do(model.RunExport{Job: long})
	for next[model.ExportProgress](d).Progress.Done == 0 {
	}
	d.Do(model.StopExport{})
	if done := next[model.ExportDone](d); done.Err != nil && !errors.Is(done.Err, context.Canceled) {
		t.Errorf("%+v", done)
	}
	parts, _ := filepath.Glob(filepath.Join(long.Dir, "*.part"))
	if len(parts) != 0 {
		t.Errorf("half files stayed: %v", parts)
	}
}

func TestFreeView(t *testing.T) {
	d := newDesk(t, Config{})
	v := camera.View{
		Intrinsics:      camera.Intrinsics{Width: 20, Height: 10, Fx: 10, Fy: 10, Cx: 10, Cy: 5},
		CameraFromWorld: mgl64.Translate3D(0, 0, -5),
	}
	free := request(1, job(approach(48), 64, 48), 2)
	free.Free = &v
	d.Do(model.Render{Request: free})
	p := d.exact(1)
	if p.View != v || p.Map.Width != 20 || p.Map.Z[7] != 7 {
		t.Errorf("view %+v, Z %v", p.View, p.Map.Z[7])
	}
}

func TestCoarseness(t *testing.T) {
	g := newStage(nil, 1)
	g.haveTiming = true
	for _, c := range []struct {
		perPixel time.Duration // ns * 1000
		pixels   int
		soon     time.Duration
		want     int
	}{
		{1000, 1000, 0, 1}, {20_000, 1920 * 1080, 0, 2}, {100_000, 1920 * 1080, 0, 5}, {10_000_000, 1920 * 1080, 0, 10},
		{5800, 1920 * 1080, 0, 1}, {5800, 1920 * 1080, 20 * time.Millisecond, 1}, {5800, 1920 * 1080, 8 * time.Millisecond, 2},
		{100_000, 1920 * 1080, time.Second, 5}, {100_000, 1920 * 1080, 6 * time.Millisecond, 6},
	} {
		g.perPixel = c.perPixel
		if got := g.coarseness(c.pixels, c.soon); got != c.want {
			t.Errorf("%d ns/1000 a pixel, %d pixels: %d, want %d", c.perPixel, c.pixels, got, c.want)
		}
	}
}

func TestRecent(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "conf", "recent.json")
	var want []string
	for _, name := range []string{"a.glb", "b.glb", "a.glb", "gone.glb"} {
		path := filepath.Join(dir, name)
		if name != "gone.glb" {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		remember(file, path)
	}
	want = []string{filepath.Join(dir, "a.glb"), filepath.Join(dir, "b.glb")}
	if got := readRecent(file); !slices.Equal(got, want) {
		t.Errorf("recent %v, want %v", got, want)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := readRecent(file); got != nil {
		t.Errorf("a broken list gives %v", got)
	}
}

func TestCloseEndsEverything(t *testing.T) {
	d := newDesk(t, Config{})
	d.Do(model.Render{Request: request(1, job(approach(48), 2000, 1500), 2)})
	d.Close()
	select {
	case <-d.ctx.Done():
	default:
		t.Error("the session goes on")
	}
}

func TestNormalOfTiltedWall(t *testing.T) {
	s := approach(2)
	s.Nodes[0].Rotation = mgl64.QuatRotate(math.Pi/6, mgl64.Vec3{0, 1, 0})
	g := newStage(func(model.Msg) {}, 1)
	r := request(1, job(s, 8, 8), 1)
	v, err := g.prepare(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	got := g.surface(model.Probe{View: v, X: 4, Y: 4}).Normal
	want := mgl64.Vec3{math.Sin(math.Pi / 6), 0, math.Cos(math.Pi / 6)}
	if got.Sub(want).Len() > 1e-12 {
		t.Errorf("normal %v, want %v", got, want)
	}
}

// A survey measures all frames, and what the person asks for comes first.
func TestSurvey(t *testing.T) {
	d := newDesk(t, Config{})
	s := approach(48)
	of := request(7, job(s, 64, 48), 5)
	d.Do(model.StartSurvey{Serial: 7, Request: of, First: 5, Last: 40})
	d.Do(model.Render{Request: request(8, of.Job, 20)})
	shown, done := false, 0
	for done < 36 {
		switch m := next[model.Msg](d).(type) {
		case model.Rendered:
			shown = shown || m.Picture.Exact && m.Picture.Map.Z[0] == 20
		case model.Surveyed:
			if m.Done <= done || m.Total != 36 || m.Serial != 7 {
				t.Fatalf("%+v after %d", m, done)
			}
			if done = m.Done; done == 36 && (m.Near != 5 || m.Far != 40 || m.Spread == nil || !shown) {
				t.Errorf("%+v, asked picture shown: %v", m, shown)
			}
		}
	}
	// All of it is at hand now.
	d.Do(model.Render{Request: request(9, of.Job, 33)})
	if p := d.exact(9); p.Took != 0 || p.Map.Z[0] != 33 {
		t.Errorf("frame 33 took %v and holds %v", p.Took, p.Map.Z[0])
	}
}

func TestSurveyIsReplacedAndEnded(t *testing.T) {
	d := newDesk(t, Config{})
	of := request(1, job(approach(48), 320, 240), 1)
	d.Do(model.StartSurvey{Serial: 1, Request: of, First: 1, Last: 48})
	d.Do(model.StartSurvey{Serial: 2, Request: of, First: 1, Last: 2})
	for {
		m := next[model.Surveyed](d)
		if m.Serial == 2 && m.Done == 2 {
			break
		}
	}
	d.Do(model.StartSurvey{Serial: 3, Request: of, First: 1, Last: 0})
	d.Do(model.Render{Request: request(4, of.Job, 9)})
	d.exact(4)
	select {
	case m := <-d.msgs:
		if _, ok := m.(model.Surveyed); ok {
			t.Error("the survey goes on")
		}
	case <-time.After(100 * time.Millisecond):
	}
}

func TestSavePicture(t *testing.T) {
	d := newDesk(t, Config{})
	m := depth.New(40, 30)
	m.Z[7] = 3
	cmd := model.SavePicture{Path: filepath.Join(t.TempDir(), "shot"), Map: m, Mapping: colormap.Default(), Caption: "hall, frame 3"}
	for _, want := range []string{"shot.png", "shot-2.png", "shot-3.png"} {
		d.Do(cmd)
		saved := next[model.PictureSaved](d)
		if saved.Err != nil || filepath.Base(saved.Path) != want {
			t.Fatalf("saved %+v, want %s", saved, want)
		}
		f, err := os.Open(saved.Path)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(f)
		f.Close()
		if err != nil || img.Bounds().Dx() < 40 {
			t.Errorf("%s: %v", want, err)
		}
	}
	cmd.Path = filepath.Join(cmd.Path, "no", "such", "folder.png")
	d.Do(cmd)
	if saved := next[model.PictureSaved](d); saved.Err == nil {
		t.Error("saved into a folder that is not there")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(filepath.Dir(cmd.Path)), "*.part")); len(left) > 0 {
		t.Errorf("half files stayed: %v", left)
	}
}

func TestWatch(t *testing.T) {
	d := newDesk(t, Config{})
	path := filepath.Join(t.TempDir(), "a.glb")
	if err := os.WriteFile(path, []byte("1"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Do(model.Load{Serial: 1, Path: path})
	next[model.Loaded](d)
	// The watch begins after the answer: write until it is noticed.
	for range 100 {
		if err := os.WriteFile(path, []byte("2"), 0o600); err != nil {
			t.Fatal(err)
		}
		select {
		case m := <-d.msgs:
			if c, ok := m.(model.FileChanged); ok {
				if c.Path != path {
					t.Errorf("%+v", c)
				}
				return
			}
		case <-time.After(2 * quiet):
		}
	}
	t.Error("nobody noticed")
}

func TestTraces(t *testing.T) {
	d := newDesk(t, Config{})
	s := approach(5)
	for n, frame := range []int{2, 4} {
		d.Do(model.Render{Request: request(n+1, job(s, 8, 6), frame)})
		d.exact(n + 1)
	}
	d.Do(model.TracePins{Pins: []model.Pin{{X: 3, Y: 2}, {X: 100, Y: 2}}})
	known := next[model.CacheKnown](d)
	if len(known.Traces) != 2 {
		t.Fatalf("%+v", known)
	}
	for i, want := range []float32{0, 2, 0, 4, 0} {
		got := known.Traces[0][i]
		if want == 0 && got == got || want != 0 && got != want {
			t.Errorf("frame %d: %v, want %v (0: unknown)", i+1, got, want)
		}
		if outside := known.Traces[1][i]; outside == outside {
			t.Errorf("frame %d: a pixel outside the picture has %v", i+1, outside)
		}
	}
}

func TestRGB(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, shade uint8) {
		img := image.NewNRGBA(image.Rect(0, 0, 4, 3))
		for i := range img.Pix {
			img.Pix[i] = shade
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for n := 8; n <= 11; n++ {
		put(fmt.Sprintf("beauty_%04d.png", n), 255)
	}
	put("mask_0008.png", 0)
	put("cover.png", 0)

	d := newDesk(t, Config{})
	for _, path := range []string{dir, filepath.Join(dir, "beauty_0010.png")} {
		d.Do(model.LoadRGB{Serial: 1, Path: path})
		found := next[model.RGBFound](d)
		want := model.RGBFound{Serial: 1, Path: filepath.Join(dir, "beauty_#.png"), First: 8, Last: 11, Count: 4, Size: image.Pt(4, 3)}
		if found != want {
			t.Errorf("%s: %+v, want %+v", path, found, want)
		}
	}
	d.Do(model.ShowRGB{Serial: 2, Number: 9})
	if p := next[model.RGBShown](d); p.Err != nil || p.Serial != 2 || p.Image.RGBAAt(3, 2) != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("%+v", p)
	}
	d.Do(model.ShowRGB{Serial: 3, Number: 12})
	if p := next[model.RGBShown](d); p.Err != nil || p.Image != nil {
		t.Errorf("a picture that is not there: %+v", p)
	}
	for _, path := range []string{filepath.Join(dir, "cover.png"), filepath.Join(dir, "none_1.png"), t.TempDir()} {
		d.Do(model.LoadRGB{Serial: 4, Path: path})
		if found := next[model.RGBFound](d); found.Err == nil {
			t.Errorf("%s: %+v", path, found)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "beauty_0011.png"), []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Do(model.ShowRGB{Serial: 5, Number: 11})
	if p := next[model.RGBShown](d); p.Err == nil {
		t.Errorf("a broken picture: %+v", p)
	}
	d.Do(model.Load{Serial: 6, Path: dir})
	if f := next[model.FolderOpened](d); f.Path != dir || f.Serial != 6 {
		t.Errorf("%+v", f)
	}
}
