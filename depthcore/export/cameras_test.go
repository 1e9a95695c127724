package export

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/camerafile"
	"zscope/depthcore/depth"
)

// importCameras reads the cameras of an export as a person would, with what
// the format leaves open.
func importCameras(t *testing.T, p Profile, dir string, w, h int) *camera.Track {
	t.Helper()
	var o camerafile.Options
	if p == TUM || p == ScanNet || p == KITTI { // which do not say it
		o = camerafile.Options{Width: w, Height: h}
	}
	name := map[Profile]string{Plain: CamerasFile, TUM: "groundtruth.txt", ScanNet: ".", KITTI: "poses.txt", BOP: "000000/scene_camera.json",
		Nerfstudio: "transforms.json", COLMAP: "sparse/0", Middlebury: CamerasFile, Kubric: "metadata.json"}[p]
	track, err := camerafile.Read(os.DirFS(dir), name, o)
	if err != nil {
		t.Fatal(err)
	}
	return track
}

// writeCSV writes a track as the table that camerafile reads.
func writeCSV(t *testing.T, path string, track *camera.Track) {
	t.Helper()
	text := "frame,time,tx,ty,tz,qx,qy,qz,qw,fx,fy,cx,cy,width,height\n"
	for _, f := range track.Frames {
		inv, _ := camera.AffineInverse(camera.FlipYZ(f.View.CameraFromWorld))
		q, at := quaternion(inv)
		text += fmt.Sprintf("%d,%s,%d,%d\n", f.Frame, strings.ReplaceAll(camera.Numbers(f.Time, at[0], at[1], at[2], q.V[0], q.V[1], q.V[2], q.W,
			f.View.Fx, f.View.Fy, f.View.Cx, f.View.Cy), " ", ","), track.Width, track.Height)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestCamerasOutAndIn exports shared scenes in each profile, reads the cameras
// back, and exports again by them: Z is the same, bit for bit. All profiles
// hold doubles; what is turned around (a pose's direction) may move in the last
// of their bits, a billion times finer than those of Z.
//
// h_walk moves by itself, so that the times count too.
//
// A quaternion holds rotations only. The matrices of d_followpath come from
// float32 and are rotations to within 1e-7: where a format has quaternions, Z
// moves by that much there.
func TestCamerasOutAndIn(t *testing.T) {
	for name, rotations := range map[string]bool{"c_room": true, "h_walk": true, "d_followpath": false} {
		s, track := loadScene(t, name)
		const w, h = 160, 120
		frames := []int{1, 2, 7}
		export := func(change func(j *Job)) Job {
			j := NewJob(s, filepath.Join(t.TempDir(), "out"))
			j.Track, j.Frames, j.Formats, j.Width, j.Height = track, frames, []Format{PFM}, w, h
			change(&j)
			if _, err := Run(t.Context(), j, nil); err != nil {
				t.Fatalf("%s, %s: %v", name, j.Profile, err)
			}
			return j
		}
		truth := export(func(j *Job) {})
		again := func(what string, track *camera.Track, exact bool) {
			t.Helper()
			if len(track.Frames) != len(frames) || track.Width != w || track.Height != h {
				t.Fatalf("%s, %s: %d frames of %dx%d", name, what, len(track.Frames), track.Width, track.Height)
			}
			back := export(func(j *Job) { j.Track, j.Frames, j.FPS = track, nil, 0; j.Name = "again_####" })
			different, farthest := 0, 0.0
			for i, f := range track.Frames {
				got := readPFM(t, filepath.Join(back.Dir, FileName("again_####", f.Frame, PFM)))
				want := readPFM(t, filepath.Join(truth.Dir, FileName(truth.Pattern(), frames[i], PFM)))
				for k, z := range want.Z {
					if math.Float32bits(z) == math.Float32bits(got.Z[k]) {
						continue
					}
					different++
					if !depth.IsHit(z) || !depth.IsHit(got.Z[k]) {
						farthest = math.Inf(1)
					}
					farthest = max(farthest, math.Abs(float64(got.Z[k])/float64(z)-1))
				}
			}
			if different > 0 {
				t.Logf("%s, %s: %d of %d pixels differ, by at most %.2g", name, what, different, len(frames)*w*h, farthest)
			}
			if exact && different > 0 || farthest > 5e-6 {
				t.Errorf("%s, %s: %d pixels differ, by up to %g", name, what, different, farthest)
			}
		}
		for _, p := range Profiles() {
			j := export(func(j *Job) {
				f := j.Formats
				if j.Use(p); p == Plain {
					j.Formats = f
				}
			})
			quaternions := p == TUM || p == COLMAP || p == Kubric
			again(string(p), importCameras(t, p, j.Dir, w, h), rotations || !quaternions)
		}
		table := filepath.Join(t.TempDir(), "cameras.csv")
		writeCSV(t, table, readTrack(t, truth.Dir))
		csv, err := camerafile.Read(os.DirFS(filepath.Dir(table)), "cameras.csv", camerafile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		again("csv", csv, rotations)
	}
}

// Cameras whose times are those of a clock find an animation at its end.
func TestTimesFarFromTheAnimation(t *testing.T) {
	for _, c := range []struct {
		name  string
		times []float64
		fps   float64
		warns bool
	}{
		{"h_walk", []float64{1305031102.1758, 1305031102.2158}, 0, true},
		{"h_walk", []float64{1305031102.1758, 1305031102.2158}, 24, false},
		{"h_walk", []float64{0, 0.04}, 0, false},
		{"h_walk", []float64{0.5, 9}, 0, false},
		{"h_walk", []float64{math.NaN(), 1e9}, 0, false},
		{"d_followpath", []float64{1305031102.1758, 1305031102.2158}, 0, false}, // nothing moves there
	} {
		s, _ := loadScene(t, c.name)
		j := NewJob(s, t.TempDir())
		view := camera.View{Intrinsics: camera.Intrinsics{Width: 4, Height: 3, Fx: 4, Fy: 4, Cx: 2, Cy: 1.5}, CameraFromWorld: mgl64.Ident4()}
		j.Track, j.FPS = &camera.Track{Width: 4, Height: 3}, c.fps
		for i, time := range c.times {
			j.Track.Frames = append(j.Track.Frames, camera.TrackFrame{Frame: i, Time: time, View: view})
		}
		if said := strings.Join(j.Warnings(), "\n"); strings.Contains(said, "are far from the animation's") != c.warns {
			t.Errorf("%+v: %q", c, said)
		}
	}
}
