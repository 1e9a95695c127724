package export

import (
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/camerafile"
	"zscope/depthcore/channels"
	"zscope/depthcore/depth"
	"zscope/depthcore/tiff"
)

// ramp is a source whose depth any profile can hold.
type ramp struct{ plan *plan }

func rampZ(i int) float32 {
	if i%5 == 0 {
		return depth.Empty()
	}
	return 0.5 + float32(i)*0.01
}

func (s ramp) render(ctx context.Context, frame int, time float64, m *depth.Map) (camera.View, error) {
	v, err := s.plan.View(nil, frame)
	m.Resize(v.Width, v.Height)
	for i := range m.Z {
		m.Z[i] = rampZ(i)
	}
	return v, err
}

// paint gives both pictures of a stereo pair the ramp; each sees all of the
// other's.
func (s ramp) paint(ctx context.Context, frame int, time float64, r *raster) (camera.View, error) {
	v, err := s.render(ctx, frame, time, &r.depth)
	for _, pic := range []*raster{r, r.right} {
		if pic == nil {
			continue
		}
		s.render(ctx, frame, time, &pic.depth)
		disparity, codes := make([]float32, len(pic.depth.Z)), make([]uint32, len(pic.depth.Z))
		for i, z := range pic.depth.Z {
			if codes[i] = channels.Nowhere; depth.IsHit(z) {
				disparity[i], codes[i] = float32(v.Fx*s.plan.Baseline/float64(z)), channels.Seen
			}
		}
		pic.planes = []channels.Plane{{Name: "disparity", Float: disparity}, {Name: "occlusion", UInt: codes}}
	}
	return v, err
}

func runRamp(t *testing.T, j Job) {
	t.Helper()
	if err := j.Check(); err != nil {
		t.Fatal(err)
	}
	p := newPlan(j)
	if _, err := p.run(t.Context(), func() source { return ramp{p} }, nil); err != nil {
		t.Fatal(err)
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// words reads numbers.
func words(t *testing.T, text string) (list []float64) {
	t.Helper()
	for _, w := range strings.Fields(text) {
		var x float64
		if _, err := fmt.Sscan(w, &x); err != nil {
			t.Fatal(err)
		}
		list = append(list, x)
	}
	return list
}

// readProfile reads the cameras of an export as the profile's other readers
// do. Those that do not keep frame numbers count from 0.
func readProfile(t *testing.T, p Profile, dir string) *camera.Track {
	t.Helper()
	var o camerafile.Options
	name := map[Profile]string{TUM: "groundtruth.txt", KITTI: "poses.txt", BOP: "000000/scene_camera.json", Nerfstudio: "transforms.json", COLMAP: "sparse/0", ScanNet: ".", Kubric: "metadata.json", Middlebury: CamerasFile}[p]
	switch p {
	case TUM:
		line := strings.Split(readText(t, filepath.Join(dir, "calibration.txt")), "\n")[1]
		k := words(t, line)
		o = camerafile.Options{Width: 33, Height: 21, Fx: &k[0], Fy: &k[1], Cx: &k[2], Cy: &k[3]}
	case KITTI, ScanNet:
		o = camerafile.Options{Width: 33, Height: 21}
	}
	track, err := camerafile.Read(os.DirFS(dir), name, o)
	if err != nil {
		t.Fatal(err)
	}
	if p == Middlebury { // which has K alone
		for i, f := range track.Frames {
			in, ok, err := camerafile.ReadIntrinsics(os.DirFS(dir), fmt.Sprintf("frame_%05d/calib.txt", f.Frame), o)
			if !ok || err != nil || in.Fx != f.View.Fx {
				t.Fatalf("%+v, %v", in, err)
			}
			track.Frames[i].View.Intrinsics = in
		}
	}
	return track
}

// readDepth reads a depth file of a profile in metres, 0 for none.
func readDepth(t *testing.T, path string, scale float64, in camera.Intrinsics) []float64 {
	t.Helper()
	data := readText(t, path)
	z := make([]float64, 33*21)
	switch filepath.Ext(path) {
	case ".pfm":
		for i, d := range readPFM(t, path).Z {
			z[i] = in.Fx * DefaultBaseline / float64(d)
		}
		return z
	case ".tiff":
		m, err := tiff.Decode(strings.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range m.Z {
			x, y := (float64(i%33)+0.5-in.Cx)/in.Fx, (float64(i/33)+0.5-in.Cy)/in.Fy
			if d < 1e10 {
				z[i] = float64(d) / math.Sqrt(1+x*x+y*y)
			}
		}
		return z
	}
	if strings.HasSuffix(path, ".bin") {
		head, pixels, _ := strings.Cut(data, "&1&")
		if head != "33&21" {
			t.Fatalf("head %q", head)
		}
		for i := range z {
			z[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32([]byte(pixels[4*i:]))))
		}
		return z
	}
	img, err := png.Decode(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for i := range z {
		z[i] = float64(img.(*image.Gray16).Gray16At(i%33, i/33).Y) / scale
	}
	return z
}

// TestProfiles exports in each profile, reads poses, intrinsics and depth back,
// and compares the points that they put into the world.
func TestProfiles(t *testing.T) {
	for _, p := range Profiles()[1:] {
		t.Run(string(p), func(t *testing.T) {
			j := testJob(t)
			j.Use(p)
			runRamp(t, j)
			track := readProfile(t, p, j.Dir)
			if len(track.Frames) != 6 {
				t.Fatalf("%d frames", len(track.Frames))
			}
			for i, got := range track.Frames {
				want := j.Track.Frames[i]
				if !math.IsNaN(got.Time) && math.Abs(got.Time-want.Time) > 1e-6 {
					t.Errorf("frame %d is at %v s, want %v", i, got.Time, want.Time)
				}
				z := readDepth(t, filepath.Join(j.Dir, filepath.FromSlash(j.depthName(shot{want.Frame, i, want.Time}, j.outputs()[0]))), j.Scale, got.View.Intrinsics)
				worldFromGot, worldFromWant := got.View.WorldFromCamera(), want.View.WorldFromCamera()
				for k := range z {
					if !depth.IsHit(rampZ(k)) {
						if z[k] != 0 {
							t.Fatalf("frame %d, pixel %d: %v where nothing is", i, k, z[k])
						}
						continue
					}
					u, v := float64(k%33)+0.5, float64(k/33)+0.5
					// The cameras put the true depth to the same place, and the
					// stored depth is the true one to half a count.
					a := mgl64.TransformCoordinate(got.View.CameraPoint(u, v, float64(rampZ(k))), worldFromGot)
					b := mgl64.TransformCoordinate(want.View.CameraPoint(u, v, float64(rampZ(k))), worldFromWant)
					if a.Sub(b).Len() > 1e-9 {
						t.Fatalf("frame %d, pixel %d: the point is at %v, want %v", i, k, a, b)
					}
					tolerance := 0.5 / j.Scale * 1.0001
					switch p {
					case COLMAP:
						tolerance = 0
					case Middlebury, Kubric: // a float32 that is rounded once
						tolerance = 6.1e-8 * float64(rampZ(k))
					}
					if math.Abs(z[k]-float64(rampZ(k))) > tolerance {
						t.Fatalf("frame %d, pixel %d: depth %v, want %v", i, k, z[k], rampZ(k))
					}
				}
			}
			if _, err := os.Stat(filepath.Join(j.Dir, CamerasFile)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestLoaders runs the Python that each profile comes with.
func TestLoaders(t *testing.T) {
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import cv2, numpy").Run() != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("OpenCV is missing")
		}
		t.Skip("OpenCV is missing")
	}
	// One Python for all, since its libraries take long to load.
	args := []string{"-c", "import runpy, sys\nfor a in sys.argv[1:]:\n    sys.argv = a.split('|')\n    runpy.run_path(sys.argv[0], run_name='__main__')"}
	run := func(j Job) {
		runRamp(t, j)
		file := filepath.Join(j.Dir, filepath.FromSlash(j.depthName(shot{2, 1, j.Time(2)}, j.outputs()[0])))
		args = append(args, filepath.Join(j.Dir, loaderFile)+"|"+file)
	}
	for _, p := range Profiles()[1:] {
		j := testJob(t)
		j.Use(p)
		run(j)
	}
	for i, f := range Formats() {
		j := testJob(t)
		j.Use(Plain)
		j.Formats, j.Background = []Format{f}, []float32{depth.Empty(), float32(math.NaN()), 1e10, 1e10, 0}[i]
		run(j)
	}
	out, err := exec.Command(python, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(args)-2 {
		t.Fatalf("%d loaders said %q", len(args)-2, lines)
	}
	for i, line := range lines {
		if x := words(t, line); math.Abs(x[0]-0.51) > 0.002 || math.Abs(x[1]-(0.5+0.01*692)) > 0.002 {
			t.Errorf("%s: the depth is from %s", args[2+i], line)
		}
	}
}

// TestProfileShardsAndResume merges and resumes a profile whose files lie in
// folders.
func TestProfileShardsAndResume(t *testing.T) {
	whole := testJob(t)
	whole.Use(BOP)
	runRamp(t, whole)
	j := testJob(t)
	j.Use(BOP)
	for k := 1; k <= 2; k++ {
		j.Shard = Shard{k, 2}
		runRamp(t, j)
	}
	if _, err := Merge(t.Context(), j.Dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"000000/scene_camera.json", "camera.json", "manifest.jsonl", "cameras.json", "000000/depth/000004.png"} {
		if readText(t, filepath.Join(j.Dir, name)) != readText(t, filepath.Join(whole.Dir, name)) {
			t.Errorf("%s is not what one run makes", name)
		}
	}
	if err := os.Remove(filepath.Join(whole.Dir, "000000/depth/000004.png")); err != nil {
		t.Fatal(err)
	}
	whole.Resume = true
	p := newPlan(whole)
	sum, err := p.run(t.Context(), func() source { return ramp{p} }, nil)
	if err != nil || redone(sum) != "4: 000000/depth/000004.png is missing" {
		t.Errorf("redone %q, %v", redone(sum), err)
	}
}

func TestProfileErrors(t *testing.T) {
	for _, c := range []struct {
		spoil func(j *Job)
		want  string
	}{
		{func(j *Job) { j.Track.Frames[2].View.Model = camera.Orthographic }, "frame 3: profile tum has no orthographic cameras"},
		{func(j *Job) { j.Track.Frames[2].View.Fx++ }, "frame 3 has other intrinsics than frame 1, which profile tum cannot say"},
		{func(j *Job) { j.Formats = []Format{EXR} }, "choose no other"},
		{func(j *Job) { j.Profile = "maya" }, `unknown profile "maya"`},
	} {
		j := testJob(t)
		j.Use(TUM)
		c.spoil(&j)
		if err := j.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got error %v, want %q", err, c.want)
		}
	}
	if _, err := ParseProfile("maya"); err == nil {
		t.Error("an unknown profile is no error")
	}
	if p, err := ParseProfile("TUM"); err != nil || p != TUM {
		t.Errorf("got %v, %v", p, err)
	}
	j := testJob(t)
	j.Use(Plain)
	if err := j.Check(); err != nil || len(j.Formats) != 2 {
		t.Errorf("plain: %v, %v", j.Formats, err)
	}
}
