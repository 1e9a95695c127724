package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"zscope/depthcore/camera"
	"zscope/depthcore/gltfscene"
	"zscope/depthcore/scene"
)

const scenes = "../../../shared/scenes"

// loadScene loads one of the shared scenes, and its camera track where it has
// one.
func loadScene(t testing.TB, name string) (*scene.Scene, *camera.Track) {
	t.Helper()
	if _, err := os.Stat(scenes); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("the shared scenes are not here")
	}
	s, err := gltfscene.Load(context.Background(), os.DirFS(scenes), name+".glb")
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(scenes, name+".cameras.json"))
	if err != nil {
		return s, nil
	}
	defer f.Close()
	track, err := camera.ReadTrack(f)
	if err != nil {
		t.Fatal(err)
	}
	return s, track
}

// TestWall exports the wall that stands 10 m away, parallel to the image: it is
// 10 in each of its pixels, in each frame, and so OpenCV and OpenImageIO read
// it from the EXR.
func TestWall(t *testing.T) {
	s, _ := loadScene(t, "a_calib")
	j := NewJob(s, filepath.Join(t.TempDir(), "out"))
	j.Frames, j.Width, j.Height, j.Formats = []int{1, 2, 3, 4}, 640, 480, []Format{EXR, PFM}
	if _, err := Run(t.Context(), j, nil); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 4; n++ {
		m := readPFM(t, filepath.Join(j.Dir, FileName(j.Pattern(), n, PFM)))
		wall, beside := 0, 0
		for _, z := range m.Z {
			switch {
			case z == 10:
				wall++
			case z > 9.99 && z < 10.01:
				beside++
			}
		}
		if wall < 100000 || beside > 2000 {
			t.Errorf("frame %d: %d pixels are at 10 m and %d nearly so", n, wall, beside)
		}
	}
	program := `
import os, sys
os.environ['OPENCV_IO_ENABLE_OPENEXR'] = '1'
try:
    import numpy as np, cv2, OpenImageIO as oiio
except ImportError as e:
    print(e); sys.exit(77)
base = sys.argv[1]
exr, pfm = (cv2.imread(base + e, cv2.IMREAD_UNCHANGED) for e in ('.exr', '.pfm'))
z = np.asarray(oiio.ImageBuf(base + '.exr').get_pixels(oiio.FLOAT))[:, :, 1]
assert exr.ndim == 2 or np.array_equal(exr[:, :, 0], exr[:, :, 1]), exr.shape
exr = exr if exr.ndim == 2 else exr[:, :, 0]
print(exr.dtype, exr.shape, np.array_equal(exr, pfm), np.array_equal(z, pfm), int((exr == 10).sum()) > 100000)
`
	out, err := exec.Command("/usr/bin/python3", "-c", program, filepath.Join(j.Dir, "a_calib_z_0003")).CombinedOutput()
	var exit *exec.ExitError
	if (errors.As(err, &exit) && exit.ExitCode() == 77 || errors.Is(err, exec.ErrNotFound)) && os.Getenv("CI") == "" {
		t.Skipf("%s", out)
	}
	if want := "float32 (480, 640) True True True\n"; err != nil || string(out) != want {
		t.Errorf("%v: got %s, want %s", err, out, want)
	}
}

// TestCamerasAgain exports with the cameras.json of an export: the depth is the
// same bit for bit, whatever moves.
func TestCamerasAgain(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(j *Job)
	}{
		{"b_orbit", func(j *Job) {}},
		{"h_walk", func(j *Job) { j.FPS = 30 }},
		{"c_room", func(j *Job) { offset := 0.1; j.Offset = &offset }},
		{"e_zoom", func(j *Job) {}},
		{"f1_shift", func(j *Job) { j.Frames = []int{1}; j.Width, j.Height = 161, 90 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, track := loadScene(t, c.name)
			dir := t.TempDir()
			first := NewJob(s, filepath.Join(dir, "first"))
			first.Track, first.Frames, first.Formats, first.Width, first.Height = track, []int{2, 5}, []Format{PFM}, 160, 120
			first.Raycast.Threads = 1
			c.change(&first)
			if _, err := Run(t.Context(), first, nil); err != nil {
				t.Fatal(err)
			}
			again := NewJob(s, filepath.Join(dir, "again"))
			again.Track, again.Formats = readTrack(t, first.Dir), []Format{PFM}
			again.Raycast.Threads = 3
			if _, err := Run(t.Context(), again, nil); err != nil {
				t.Fatal(err)
			}
			for _, n := range first.Frames {
				name := FileName(first.Pattern(), n, PFM)
				a, errA := os.ReadFile(filepath.Join(first.Dir, name))
				b, errB := os.ReadFile(filepath.Join(again.Dir, name))
				if errA != nil || errB != nil || !bytes.Equal(a, b) {
					t.Errorf("frame %d is another one (%v, %v)", n, errA, errB)
				}
				if m := readPFM(t, filepath.Join(first.Dir, name)); func() bool { _, _, hits := m.Range(); return hits == 0 }() {
					t.Errorf("frame %d is empty", n)
				}
			}
			a, b := files(t, first.Dir)[CamerasFile], files(t, again.Dir)[CamerasFile]
			if a != b {
				t.Errorf("cameras.json is another one:\n%s\n%s", a, b)
			}
		})
	}
}

// BenchmarkRun exports a room at 1080p.
func BenchmarkRun(b *testing.B) {
	s, _ := loadScene(b, "c_room")
	for _, f := range []Format{EXR, PFM} {
		b.Run(string(f), func(b *testing.B) {
			dir := b.TempDir()
			for i := range b.N {
				j := NewJob(s, filepath.Join(dir, fmt.Sprint(i)))
				j.Frames, j.Formats, j.Width, j.Height = []int{1, 2, 3, 4, 5, 6, 7, 8}, []Format{f}, 1920, 1080
				sum, err := Run(b.Context(), j, nil)
				if err != nil {
					b.Fatal(err)
				}
				frames := float64(sum.Frames)
				b.ReportMetric(sum.Elapsed.Seconds()*1e3/frames, "ms/frame")
				b.ReportMetric(sum.Cast.Seconds()*1e3/frames, "cast-ms/frame")
				b.ReportMetric(sum.Encode.Seconds()*1e3/frames, "encode-ms/frame")
				b.ReportMetric(sum.Write.Seconds()*1e3/frames, "write-ms/frame")
				if err := os.RemoveAll(j.Dir); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
