package export

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/raycast"
)

func newLens(t *testing.T, m camera.LensModel, k ...float64) *camera.Lens {
	t.Helper()
	l, err := camera.NewLens(m, k...)
	if err != nil {
		t.Fatal(err)
	}
	return &l
}

// testLenses are lenses with 4, 5, 8 and 12 coefficients, and a fisheye.
func testLenses(t *testing.T) []*camera.Lens {
	return []*camera.Lens{
		newLens(t, camera.OpenCVLens, -0.28, 0.09, 0.001, -0.002),
		newLens(t, camera.OpenCVLens, -0.3, 0.12, 0.001, -0.002, -0.02),
		newLens(t, camera.OpenCVLens, 8.1, 4.3, 2e-4, -1e-4, 0.25, 8.4, 6.6, 1.2),
		newLens(t, camera.OpenCVLens, -0.1, 0.02, 0.001, 0.002, 0, 0.01, 0, 0, 0.01, -0.02, 0.005, 0.003),
		newLens(t, camera.FisheyeLens, -0.01, 0.02, -0.004, 0.001),
	}
}

// TestLensInOpenCV has OpenCV project the points that the rays hit: it sees each
// at the centre of its pixel, to within a millionth of a pixel. The points are
// measured on the triangles, not along the rays; the camera is what the export
// says.
func TestLensInOpenCV(t *testing.T) {
	s, _ := loadScene(t, "c_room")
	for _, lens := range testLenses(t) {
		dir := t.TempDir()
		j := NewJob(s, dir)
		j.Formats, j.Frames, j.Width, j.Height, j.Lens.Lens = []Format{NPY}, []int{5}, 192, 108, lens
		if _, err := Run(t.Context(), j, nil); err != nil {
			t.Fatal(err)
		}
		pose := s.NewPose(nil)
		s.Pose(pose, j.Time(5))
		v, err := j.View(pose, 5)
		if err != nil {
			t.Fatal(err)
		}
		caster := raycast.New(s, j.Raycast)
		if err := caster.Prepare(t.Context(), pose); err != nil {
			t.Fatal(err)
		}
		var rows []float64
		for y := range v.Height {
			for x := range v.Width {
				hit, ok := caster.Probe(v, float64(x)+0.5, float64(y)+0.5)
				if !ok {
					continue
				}
				prim := &s.Primitives[s.Instances[hit.Instance].Primitive]
				var p mgl64.Vec3
				for i, b := range [3]float64{1 - hit.B1 - hit.B2, hit.B1, hit.B2} {
					at := prim.Positions
					if moved := pose.Positions[hit.Instance]; moved != nil {
						at = moved
					}
					p = p.Add(at[prim.Indices[3*hit.Triangle+i]].Mul(b))
				}
				p = mgl64.TransformCoordinate(p, pose.WorldFromObject[hit.Instance])
				rows = append(rows, float64(x)+0.5, float64(y)+0.5, p[0], p[1], p[2])
			}
		}
		points := filepath.Join(dir, "points")
		data, _ := binary.Append(nil, binary.LittleEndian, rows)
		if err := os.WriteFile(points, data, 0o666); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("/usr/bin/python3", "testdata/lenses.py", points, filepath.Join(dir, CamerasFile)).CombinedOutput()
		var exit *exec.ExitError
		if (errors.As(err, &exit) && exit.ExitCode() == 77 || errors.Is(err, os.ErrNotExist)) && os.Getenv("CI") == "" {
			t.Skipf("%s", out)
		}
		var n int
		var off, bent float64
		if _, failed := fmt.Sscan(string(out), &n, &off, &bent); err != nil || failed != nil {
			t.Fatalf("%v: %s", err, out)
		}
		t.Logf("%s: %d points, at most %.2g px off; the lens moves them by up to %.3g px", lens, n, off, bent)
		if n < v.Width*v.Height/2 || !(off <= 1e-6) || !(bent > 1) {
			t.Errorf("%s: %d points, %g px off, moved by %g px", lens, n, off, bent)
		}
	}
}

// TestLensOutAndIn exports through lenses in the profiles that have words for
// them, reads the cameras back, and casts again by them: the lens is the same,
// and Z bit for bit.
func TestLensOutAndIn(t *testing.T) {
	s, _ := loadScene(t, "c_room")
	panorama := newLens(t, camera.EquirectangularLens)
	for _, lens := range append(testLenses(t), panorama) {
		for _, p := range []Profile{Plain, COLMAP, Nerfstudio} {
			j := NewJob(s, filepath.Join(t.TempDir(), "out"))
			j.Frames, j.Width, j.Height, j.Lens.Lens = []int{1, 5}, 96, 48, lens
			j.Use(p)
			err := j.Check()
			n := len(lens.Used())
			if p == COLMAP && (n == 12 || lens == panorama) || p == Nerfstudio && n > 5 {
				if err == nil || !strings.Contains(err.Error(), "has no words for this lens") {
					t.Errorf("%s, %s: got error %v", p, lens, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Run(t.Context(), j, nil); err != nil {
				t.Fatal(err)
			}
			back := j
			back.Track, back.Lens = importCameras(t, p, j.Dir, 96, 48), camera.Override{}
			first, second := Truth(j), Truth(back)
			for _, n := range j.Frames {
				want, in, err := first(t.Context(), n, 0, 0)
				if err != nil {
					t.Fatal(err)
				}
				got, again, err := second(t.Context(), n, 0, 0)
				if err != nil {
					t.Fatal(err)
				}
				if again != in {
					t.Errorf("%s, %s: the intrinsics are %+v, were %+v", p, lens, again, in)
				}
				if !slices.Equal(got.Z, want.Z) {
					t.Errorf("%s, %s: another Z", p, lens)
				}
				if _, _, hits := want.Range(); hits < 1000 {
					t.Errorf("%s: %d pixels see a surface", lens, hits)
				}
			}
		}
	}
}

// TestLensRefusals checks what cannot be said about a lens, before any work.
func TestLensRefusals(t *testing.T) {
	s, _ := loadScene(t, "c_room")
	for _, p := range []Profile{TUM, ScanNet, KITTI, BOP, Middlebury, Kubric} {
		j := NewJob(s, t.TempDir())
		j.Use(p)
		j.Lens.Lens = newLens(t, camera.FisheyeLens)
		if err := j.Check(); err == nil || !strings.Contains(err.Error(), "profile "+string(p)+" has no words for a lens") {
			t.Errorf("%s: got error %v", p, err)
		}
	}
	j := NewJob(s, t.TempDir())
	j.Lens.Lens = newLens(t, camera.FisheyeLens, -2)
	if said := strings.Join(j.Warnings(), "\n"); !strings.Contains(said, "the fisheye lens sees nothing in") {
		t.Errorf("the warnings are %q", said)
	}
	view := camera.View{Intrinsics: camera.Intrinsics{Width: 64, Height: 32, Fx: 20, Fy: 20, Cx: 32, Cy: 16}, CameraFromWorld: mgl64.Ident4()}
	mixed := &camera.Track{Width: 64, Height: 32, Frames: []camera.TrackFrame{{Frame: 1, View: view}, {Frame: 2, View: view}}}
	mixed.Frames[1].View.Intrinsics = camera.WholeSphere(64, 32)
	j = NewJob(s, t.TempDir())
	j.Track = mixed
	if err := j.Check(); err == nil || !strings.Contains(err.Error(), "export them apart") {
		t.Errorf("a panorama among pictures: got error %v", err)
	}
	mixed.Frames[1].View = view
	mixed.Frames[1].View.Model = camera.Orthographic
	j.Lens.Lens = newLens(t, camera.FisheyeLens)
	if err := j.Check(); err == nil || !strings.Contains(err.Error(), "frame 2: an orthographic camera has no lens") {
		t.Errorf("an orthographic camera with a lens: got error %v", err)
	}
}

// TestLensSaid checks what the files say about a lens and about a panorama's
// numbers.
func TestLensSaid(t *testing.T) {
	s, _ := loadScene(t, "c_room")
	for _, c := range []struct {
		lens       *camera.Lens
		kind, says string
	}{
		{newLens(t, camera.FisheyeLens, 0.1), "planarZ", "fisheye 0.1 0 0 0"},
		{newLens(t, camera.EquirectangularLens), "distance", "equirectangular"},
	} {
		j := NewJob(s, t.TempDir())
		j.Frames, j.Width, j.Height, j.Lens.Lens, j.Verify = []int{1}, 64, 32, c.lens, true
		if _, err := Run(t.Context(), j, nil); err != nil {
			t.Fatal(err)
		}
		header := readText(t, filepath.Join(j.Dir, FileName(j.Pattern(), 1, EXR)))
		for _, want := range []string{c.kind, c.says} {
			if !strings.Contains(header[:4096], want) {
				t.Errorf("%s: the EXR file does not say %q", c.lens, want)
			}
		}
		if strings.Contains(header[:4096], "worldToNDC") {
			t.Errorf("%s: the EXR file has a projection matrix", c.lens)
		}
		cameras := readText(t, filepath.Join(j.Dir, CamerasFile))
		for _, want := range []string{`"kind": "` + c.kind + `"`, `"lens": "` + c.lens.Model.String() + `"`} {
			if !strings.Contains(cameras, want) {
				t.Errorf("%s: cameras.json does not say %s", c.lens, want)
			}
		}
	}
}
