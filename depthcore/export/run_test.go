package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/exr"
	"zscope/depthcore/npy"
	"zscope/depthcore/pfm"
	"zscope/depthcore/png16"
	"zscope/depthcore/scene"
)

// testTrack has a camera that moves, for frames from first to last.
func testTrack(w, h, first, last int) *camera.Track {
	t := &camera.Track{Width: w, Height: h, FPS: 25}
	for n := first; n <= last; n++ {
		m := mgl64.HomogRotate3DY(float64(n) * 0.1).Mul4(mgl64.Translate3D(0, -1.0/3, float64(n)))
		t.Frames = append(t.Frames, camera.TrackFrame{Frame: n, Time: float64(n)*0.5 + 1e-9, Camera: "Cam", View: camera.View{
			Intrinsics:      camera.Intrinsics{Width: w, Height: h, Fx: 100. / 3, Fy: 34, Cx: 16.5, Cy: 11.7},
			CameraFromWorld: m, Near: 0.1, Far: 100,
		}})
	}
	return t
}

// baseJob is a job for frames 1 to 6 whose camera is a track, so that the
// scene may be empty.
func baseJob(dir string) Job {
	j := NewJob(&scene.Scene{Name: "hall.glb", Source: scene.Source{Format: "glTF 2.0", SHA256: "00ff"}}, dir)
	j.Track = testTrack(33, 21, 1, 6)
	j.Formats = []Format{EXR, PFM}
	j.Raycast.Threads = 2
	return j
}

func testJob(t *testing.T) Job { return baseJob(filepath.Join(t.TempDir(), "out")) }

// fake is a source whose maps say which frame they are of. before, where it is
// not nil, is called first and may fail.
type fake struct {
	plan   *plan
	before func(frame int) error
}

func fakeZ(frame, i int) float32 {
	if i%5 == 0 {
		return depth.Empty()
	}
	return float32(frame*1000 + i)
}

func (s fake) render(ctx context.Context, frame int, time float64, m *depth.Map) (camera.View, error) {
	v, err := s.plan.View(nil, frame)
	if err == nil && s.before != nil {
		err = s.before(frame)
	}
	if err == nil {
		err = context.Cause(ctx)
	}
	m.Resize(v.Width, v.Height)
	for i := range m.Z {
		m.Z[i] = fakeZ(frame, i)
	}
	return v, err
}

// runFake does a job with a fake source.
func runFake(ctx context.Context, j Job, before func(frame int) error, report func(Progress)) (Summary, error) {
	if err := j.Check(); err != nil {
		return Summary{}, err
	}
	p := newPlan(j)
	return p.run(ctx, func() source { return fake{p, before} }, report)
}

// names returns the names of the files in a folder.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func readPFM(t *testing.T, path string) *depth.Map {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := pfm.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func readTrack(t *testing.T, dir string) *camera.Track {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, CamerasFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	track, err := camera.ReadTrack(f)
	if err != nil {
		t.Fatal(err)
	}
	return track
}

func TestRun(t *testing.T) {
	j := testJob(t)
	j.Frames = []int{5, 2, 3}
	var reports []Progress
	sum, err := runFake(t.Context(), j, nil, func(p Progress) { reports = append(reports, p) })
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"cameras.json", "hall_z_0002.exr", "hall_z_0002.pfm", "hall_z_0003.exr", "hall_z_0003.pfm", "hall_z_0005.exr", "hall_z_0005.pfm", "manifest.jsonl"}
	if got := names(t, j.Dir); !slices.Equal(got, want) {
		t.Fatalf("got files %v, want %v", got, want)
	}
	if sum.Frames != 3 || sum.Files != 6 || sum.Near != 2001 || sum.Far != 5000+33*21-1 || sum.Empty != 0 || sum.Elapsed <= 0 {
		t.Errorf("summary %+v", sum)
	}
	var size int64
	for _, name := range want[1:7] {
		info, err := os.Stat(filepath.Join(j.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if size != sum.Bytes {
		t.Errorf("summary says %d bytes, there are %d", sum.Bytes, size)
	}
	var seen []int
	for i, p := range reports {
		if p.Done != i || p.Total != 3 {
			t.Errorf("report %d: %+v", i, p)
		}
		if i > 0 {
			seen = append(seen, p.Frame)
		}
	}
	if !slices.Equal(seen, j.Frames) || reports[3].Left != 0 || reports[3].File != filepath.Join(j.Dir, "hall_z_0003.pfm") {
		t.Errorf("reports %+v", reports)
	}
	for _, n := range j.Frames {
		m := readPFM(t, filepath.Join(j.Dir, fmt.Sprintf("hall_z_%04d.pfm", n)))
		for i, z := range m.Z {
			if z != fakeZ(n, i) {
				t.Fatalf("frame %d, pixel %d: %g", n, i, z)
			}
		}
	}
	// The track that was written is the one that was used.
	track := readTrack(t, j.Dir)
	if len(track.Frames) != 3 || track.FPS != 25 || track.Width != 33 {
		t.Fatalf("track %+v", track)
	}
	for _, f := range track.Frames {
		if want, _ := j.Track.At(f.Frame); f != want {
			t.Errorf("frame %d: camera %+v, want %+v", f.Frame, f, want)
		}
	}
}

// files returns what a folder's files hold.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range names(t, dir) {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(data)
	}
	return all
}

func TestRunSameBytes(t *testing.T) {
	var want map[string]string
	for threads := 1; threads <= 5; threads += 2 {
		j := testJob(t)
		j.Raycast.Threads = threads
		if _, err := runFake(t.Context(), j, nil, nil); err != nil {
			t.Fatal(err)
		}
		got := files(t, j.Dir)
		if want == nil {
			want = got
		}
		if len(got) != 14 {
			t.Errorf("%d files", len(got))
		}
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%d threads: %s has other bytes", threads, name)
			}
		}
	}
}

func TestRunBackground(t *testing.T) {
	for _, background := range []float32{0, 1e10, -1, float32(math.NaN()), depth.Empty()} {
		j := testJob(t)
		j.Frames, j.Background = []int{1}, background
		if _, err := runFake(t.Context(), j, nil, nil); err != nil {
			t.Fatal(err)
		}
		m := readPFM(t, filepath.Join(j.Dir, "hall_z_0001.pfm"))
		if math.Float32bits(m.Z[0]) != math.Float32bits(background) || m.Z[1] != fakeZ(1, 1) {
			t.Errorf("background %g: pixels %g %g", background, m.Z[0], m.Z[1])
		}
	}
}

// TestRunAllFormats writes every format there is; the background must not
// become depth in those that cannot hold it.
func TestRunAllFormats(t *testing.T) {
	j := testJob(t)
	j.Frames, j.Formats, j.Background, j.Scale = []int{1}, Formats(), 1e10, 50
	sum, err := runFake(t.Context(), j, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(names(t, j.Dir)) != len(Formats())+2 {
		t.Errorf("files %v", names(t, j.Dir))
	}
	f, err := os.Open(filepath.Join(j.Dir, "hall_z_0001.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(j.Dir, "hall_z_0001.npy"))
	if err != nil {
		t.Fatal(err)
	}
	array, err := npy.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	beyond := 0
	for i := range 33 * 21 {
		z, n := fakeZ(1, i), img.(*image.Gray16).Gray16At(i%33, i/33).Y
		want, count := z, uint16(min(65535, z*50))
		if !depth.IsHit(z) {
			want, count = 1e10, 0
		} else if z*50 > 65535 {
			beyond++
		}
		if array.Z[i] != want || n != count {
			t.Fatalf("pixel %d: %g and %d, want %g and %d", i, array.Z[i], n, want, count)
		}
	}
	if sum.Saturated != (png16.Saturated{Far: beyond}) || beyond == 0 {
		t.Errorf("saturated %+v, want %d", sum.Saturated, beyond)
	}
}

// TestRunVerify verifies every format, and finds a file that is changed behind
// the exporter's back.
func TestRunVerify(t *testing.T) {
	for _, background := range []float32{depth.Empty(), float32(math.NaN()), 0, 7} {
		j := testJob(t)
		j.Formats, j.Verify, j.Background = Formats(), true, background
		if _, err := runFake(t.Context(), j, nil, nil); err != nil {
			t.Errorf("background %g: %v", background, err)
		}
	}
	for _, format := range append(Formats(), ColmapBin) {
		j := testJob(t)
		j.Formats, j.Verify = []Format{format}, true
		p := newPlan(j)
		r := &run{plan: p}
		f := &frame{number: 1, picture: picture{depth: &depth.Map{}}}
		var err error
		if f.view, err = (fake{plan: p}).render(t.Context(), 1, 0, f.depth); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(j.Dir, 0o777); err != nil {
			t.Fatal(err)
		}
		r.encodeOne(t.Context(), f, &encoders{})
		if f.err != nil || len(f.parts) != 1 {
			t.Fatalf("%s: %v", format, f.err)
		}
		if err := r.verify(f); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		f.depth.Z[40] = 3
		if err := r.verify(f); err == nil || !strings.Contains(err.Error(), "pixel (7, 1) is") {
			t.Errorf("%s: another depth gives error %v", format, err)
		}
		if err := os.Truncate(f.parts[0].path+partSuffix, 300); err != nil {
			t.Fatal(err)
		}
		if err := r.verify(f); err == nil || !strings.HasPrefix(err.Error(), "verify "+f.parts[0].path) {
			t.Errorf("%s: a cut file gives error %v", format, err)
		}
		f.discard()
	}
}

// checkWhole reports what an interrupted job left behind that it should not:
// unfinished files, or frames that cameras.json does not have.
func checkWhole(t *testing.T, j Job, frames ...int) {
	t.Helper()
	var want []string
	if len(frames) > 0 {
		want = append(want, CamerasFile, ManifestFile)
		track := readTrack(t, j.Dir)
		var got []int
		for _, f := range track.Frames {
			got = append(got, f.Frame)
		}
		if !slices.Equal(got, frames) {
			t.Errorf("cameras.json has frames %v, want %v", got, frames)
		}
	}
	for _, n := range frames {
		for _, f := range j.Formats {
			want = append(want, FileName(j.Pattern(), n, f))
		}
		m := readPFM(t, filepath.Join(j.Dir, FileName(j.Pattern(), n, PFM)))
		if m.Z[1] != fakeZ(n, 1) {
			t.Errorf("frame %d holds %g", n, m.Z[1])
		}
	}
	slices.Sort(want)
	if got := names(t, j.Dir); !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
}

func TestRunCancel(t *testing.T) {
	cause := errors.New("the person pressed cancel")
	for _, at := range []int{1, 2, 4, 6} {
		ctx, cancel := context.WithCancelCause(t.Context())
		j := testJob(t)
		done := 0
		// The cast of frame `at` waits until the frames before it are there.
		progress := make(chan int, 10)
		progress <- 0
		sum, err := runFake(ctx, j, func(frame int) error {
			for done < min(frame, at)-1 {
				done = <-progress
			}
			if frame == at {
				cancel(cause)
			}
			return nil
		}, func(p Progress) { progress <- p.Done })
		want := fmt.Sprintf("export stopped after %d of 6 frames: the person pressed cancel", at-1)
		if !errors.Is(err, cause) || err.Error() != want || sum.Frames != at-1 {
			t.Errorf("at frame %d: got error %v and %d frames, want %q", at, err, sum.Frames, want)
		}
		var frames []int
		for n := 1; n < at; n++ {
			frames = append(frames, n)
		}
		checkWhole(t, j, frames...)
		if _, err := os.Stat(j.Dir); at == 1 && !errors.Is(err, fs.ErrNotExist) {
			t.Error("the empty folder was left")
		}
	}
}

func TestRunPanic(t *testing.T) {
	j := testJob(t)
	var failed []error
	sum, err := runFake(t.Context(), j, func(frame int) error {
		if frame == 3 {
			panic("index out of range")
		}
		if frame == 5 {
			return errors.New("the camera's axes lie in one plane")
		}
		return nil
	}, func(p Progress) {
		if p.Err != nil {
			failed = append(failed, p.Err)
		}
	})
	if want := "2 of 6 frames failed, the first one: frame 3: internal error: index out of range"; err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
	if len(failed) != 2 || failed[1].Error() != "frame 5: the camera's axes lie in one plane" {
		t.Errorf("reported %v", failed)
	}
	if sum.Frames != 4 {
		t.Errorf("summary %+v", sum)
	}
	checkWhole(t, j, 1, 2, 4, 6)
}

// tmpfs mounts a file system of the given size.
func tmpfs(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("cannot mount: %s", out)
	}
	t.Cleanup(func() { exec.Command("umount", "-l", dir).Run() })
	return dir
}

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	full := filepath.Join(dir, "full")
	if err := os.MkdirAll(filepath.Join(full, "hall_z_0002.pfm"), 0o777); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(dir, "old")
	if err := os.Mkdir(old, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"hall_z_0003.exr", "hall_z_0004.pfm", CamerasFile} {
		if err := os.WriteFile(filepath.Join(old, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name  string
		spoil func(*Job)
		want  string
	}{
		{"good", func(j *Job) {}, ""},
		{"one frame needs no place", func(j *Job) { j.Name, j.Frames = "depth", []int{3} }, ""},
		{"folders to be made", func(j *Job) { j.Dir = filepath.Join(dir, "a", "b", "c") }, ""},
		{"overwriting", func(j *Job) { j.Dir, j.Overwrite = old, true }, ""},
		{"no scene", func(j *Job) { j.Scene = nil }, "there is no scene"},
		{"no camera", func(j *Job) { j.Track = nil }, "hall.glb has no camera"},
		{"camera", func(j *Job) { j.Track, j.Scene.Cameras, j.Camera = nil, make([]scene.Camera, 2), 2 }, "camera 2: hall.glb has 2"},
		{"empty track", func(j *Job) { j.Track = &camera.Track{} }, "the camera track has no frames"},
		{"fps", func(j *Job) { j.FPS = -1 }, "-1 frames a second"},
		{"fps NaN", func(j *Job) { j.FPS = nan }, "NaN frames a second"},
		{"offset", func(j *Job) { j.Offset = &inf }, "offset +Inf is not finite"},
		{"animation", func(j *Job) { j.Animations = []int{0} }, "animation 0: hall.glb has 0"},
		{"empty frames", func(j *Job) { j.Frames = []int{} }, "there are no frames"},
		{"frame twice", func(j *Job) { j.Frames = []int{1, 2, 1} }, "frame 1 is there twice"},
		{"frame far", func(j *Job) { j.Frames = []int{math.MaxInt32} }, "frame 2147483647 is out of range"},
		{"track frames", func(j *Job) { j.Frames = []int{3, 9, 8, 7} }, "the camera track has no frame 7 (and 2 more); it has 6 frames from 1 to 6"},
		{"size", func(j *Job) { j.Width = 5 }, "size 5x0"},
		{"huge", func(j *Job) { j.Width, j.Height = 1<<20, 1<<20 }, "more than the"},
		{"lens", func(j *Job) { j.Lens.Fx = &inf }, "fx is +Inf"},
		{"no formats", func(j *Job) { j.Formats = nil }, "no file format is chosen"},
		{"format", func(j *Job) { j.Formats = []Format{"gif"} }, `unknown file format "gif"`},
		{"format twice", func(j *Job) { j.Formats = []Format{EXR, EXR} }, "file format exr is there twice"},
		{"level", func(j *Job) { j.Level = 10 }, "compression level 10"},
		{"scale", func(j *Job) { j.Formats, j.Scale = []Format{PNG}, nan }, "PNG scale NaN"},
		{"blend", func(j *Job) { j.Raycast.BlendThreshold = nan }, "blend threshold NaN"},
		{"threads", func(j *Job) { j.Raycast.Threads = -1 }, "-1 threads"},
		{"no place", func(j *Job) { j.Name = "depth" }, `name "depth": 6 frames need a place for their number`},
		{"separator", func(j *Job) { j.Name = "../####" }, "has a /"},
		{"no folder", func(j *Job) { j.Dir = "" }, "no output folder"},
		{"folder is file", func(j *Job) { j.Dir = file }, "is a file"},
		{"folder below file", func(j *Job) { j.Dir = filepath.Join(file, "a", "b") }, "not a directory"},
		{"existing", func(j *Job) { j.Dir = old }, "hall_z_0003.exr exists already (and 2 more)"},
		{"folder in the place", func(j *Job) { j.Dir, j.Overwrite = full, true }, "hall_z_0002.pfm is a folder"},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := testJob(t)
			c.spoil(&j)
			err := j.Check()
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got error %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("the error has several lines: %v", err)
			}
			if _, err := os.Stat(j.Dir); j.Dir != old && j.Dir != full && j.Dir != file && err == nil {
				t.Error("Check made a folder")
			}
		})
	}
}

func TestTime(t *testing.T) {
	j := testJob(t)
	if got := j.Time(3); got != 3*0.5+1e-9 {
		t.Errorf("the track's time: %v", got)
	}
	j.Track.Frames[2].Time = math.NaN()
	if got := j.Time(3); got != 3./25 {
		t.Errorf("the track's rate: %v", got)
	}
	j.FPS = 10
	if got := j.Time(4); got != 0.4 {
		t.Errorf("chosen rate: %v", got)
	}
	offset := 7.0
	j.FPS, j.Offset = 0, &offset
	if got := j.Time(4); got != 4./25+7 {
		t.Errorf("chosen offset: %v", got)
	}
	j.FPS = 10
	if got := j.Time(4); got != 7.4 {
		t.Errorf("both: %v", got)
	}
}

func TestLens(t *testing.T) {
	j := testJob(t)
	fx, cy := 99.5, 3.25
	j.Lens = camera.Override{Fx: &fx, Cy: &cy}
	j.Width, j.Height = 66, 42
	v, err := j.View(nil, 2)
	if want := (camera.Intrinsics{Width: 66, Height: 42, Fx: 99.5, Fy: 68, Cx: 33, Cy: 3.25}); err != nil || v.Intrinsics != want {
		t.Errorf("got %+v, %v, want %+v", v.Intrinsics, err, want)
	}
}

func TestAttributes(t *testing.T) {
	v := camera.View{
		Intrinsics:      camera.Intrinsics{Width: 320, Height: 240, Fx: 300, Fy: 150, Cx: 170, Cy: 100},
		CameraFromWorld: mgl64.HomogRotate3DY(0.3).Mul4(mgl64.HomogRotate3DX(0.2)).Mul4(mgl64.Translate3D(1, 2, -9)),
		Near:            0.5, Far: 50,
	}
	p := mgl64.Vec3{0.4, -0.3, 0.2}
	c := mgl64.TransformCoordinate(p, v.CameraFromWorld)
	u, w, z := v.Project(c)

	// Row vectors from the left, as Imath multiplies.
	times := func(m exr.M44f) (out [4]float64) {
		for c := range 4 {
			for r, x := range []float64{p[0], p[1], p[2], 1} {
				out[c] += x * float64(m[4*r+c])
			}
		}
		return out
	}
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-5 }

	got := times(rowVectorStyle(ndcAxes(v.CameraFromWorld)))
	if !near(got[0], c[0]) || !near(got[1], c[1]) || !near(got[2], z) || got[3] != 1 {
		t.Errorf("worldToCamera gives %v, want %v %v %v", got, c[0], c[1], z)
	}
	got = times(rowVectorStyle(ndcFromCamera(v).Mul4(camera.FlipYZ(v.CameraFromWorld))))
	if !near(got[0]/got[3], u/320) || !near(got[1]/got[3], w/240) {
		t.Errorf("worldToNDC gives %v, want %v %v", got, u/320, w/240)
	}
	// The screen window: a pixel's place on the plane at distance 1.
	aspect, centre, width := screenWindow(v.Intrinsics)
	height := float64(width) / 320 * 240 / float64(aspect)
	x := float64(centre[0]) + float64(width)*(u/320-0.5)
	y := float64(centre[1]) - height*(w/240-0.5)
	if !near(x, c[0]/z) || !near(y, c[1]/z) {
		t.Errorf("the screen window puts the point at %v %v, want %v %v", x, y, c[0]/z, c[1]/z)
	}

	v.Model = camera.Orthographic
	v.Fx, v.Fy = 20, 20
	u, w, z = v.Project(c)
	got = times(rowVectorStyle(ndcFromCamera(v).Mul4(camera.FlipYZ(v.CameraFromWorld))))
	if !near(got[0], u/320) || !near(got[1], w/240) || !near(got[2], (z-0.5)/49.5) || !near(got[3], 1) {
		t.Errorf("orthographic worldToNDC gives %v, want %v %v", got, u/320, w/240)
	}
}

func TestRational(t *testing.T) {
	for fps, want := range map[float64]exr.Rational{
		24: {Num: 24, Den: 1}, 25: {Num: 25, Den: 1}, 23.976: {Num: 24000, Den: 1001}, 30000. / 1001: {Num: 30000, Den: 1001}, 29.97: {Num: 30000, Den: 1001},
		59.94: {Num: 60000, Den: 1001}, 12.5: {Num: 12500000, Den: 1000000}, 0.5: {Num: 1, Den: 2}, 1e-12: {Num: 1, Den: math.MaxInt32}, 1e12: {Num: math.MaxInt32, Den: 1}, 1: {Num: 1, Den: 1},
	} {
		if got := rational(fps); got != want {
			t.Errorf("%v: got %v, want %v", fps, got, want)
		}
	}
}

// TestHeader has the reference implementation print what a frame says about
// itself.
func TestHeader(t *testing.T) {
	if _, err := exec.LookPath("exrheader"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	j := testJob(t)
	j.Frames = []int{2}
	if _, err := runFake(t.Context(), j, nil, nil); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("exrheader", filepath.Join(j.Dir, "hall_z_0002.exr")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"Y, 32-bit floating-point", "Z, 32-bit floating-point", "zip, multi-scanline", `depthKind (type string): "planarZ"`, `depthUnit (type string): "metre"`,
		`depthInvalid (type string): "inf"`, `pixelCenter (type string): "0.5"`, `cameraK (type string): "33.333333333333336 34 16.5 11.7"`,
		"worldToCameraOpenCV (type string)", "worldToCamera (type m44f)", "worldToNDC (type m44f)", "imageCounter (type int): 2", "framesPerSecond (type rational): 25/1",
		`source (type string): "hall.glb"`, `sourceSHA256 (type string): "00ff"`, `software (type string): "zscope"`, `cameraLabel (type string): "Cam"`,
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("exrheader does not print %q:\n%s", want, out)
		}
	}
}

// TestRunMemory exports many frames and compares the memory in use with what
// few frames took.
func TestRunMemory(t *testing.T) {
	j := testJob(t)
	j.Track = testTrack(80, 60, 1, 300)
	j.Formats = []Format{EXR}
	var early, late uint64
	_, err := runFake(t.Context(), j, nil, func(p Progress) {
		if p.Done == 30 || p.Done == 300 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			early, late = late, m.HeapAlloc
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if late > early+early/10+300*2048 {
		t.Errorf("%d bytes after 30 frames, %d after 300", early, late)
	}
}
