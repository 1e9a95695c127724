package camerafile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"zscope/depthcore/camera"
)

// TestLenses reads the lenses of each format.
func TestLenses(t *testing.T) {
	const image = "1 1 0 0 0 1 2 3 1 frame_0001.png\n\n"
	colmap := func(words string) fstest.MapFS {
		return folder(map[string]string{"images.txt": image, "cameras.txt": "1 " + words + "\n"})
	}
	transforms := func(fields string) fstest.MapFS {
		return folder(map[string]string{"transforms.json": `{"fl_x":50,"fl_y":55,"cx":30,"cy":20,"w":64,"h":48,` + fields + `,
"frames":[{"file_path":"a_1.png","transform_matrix":[[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]}]}`})
	}
	table := func(columns, values string) fstest.MapFS {
		return folder(map[string]string{"cameras.csv": "frame,tx,ty,tz,qx,qy,qz,qw,fx,fy,cx,cy,width,height," + columns + "\n1,0,0,0,0,0,0,1,50,55,30,20,64,48," + values + "\n"})
	}
	for _, c := range []struct {
		fsys fstest.MapFS
		name string
		want string // the lens, or the error
	}{
		{colmap("SIMPLE_RADIAL 64 48 50 30 20 -0.1"), ".", "opencv -0.1 0 0 0"},
		{colmap("RADIAL 64 48 50 30 20 -0.1 0.02"), ".", "opencv -0.1 0.02 0 0"},
		{colmap("OPENCV 64 48 50 55 30 20 -0.1 0.02 0.003 0.004"), ".", "opencv -0.1 0.02 0.003 0.004"},
		{colmap("FULL_OPENCV 64 48 50 55 30 20 1 2 3 4 5 6 7 8"), ".", "opencv 1 2 3 4 5 6 7 8"},
		{colmap("OPENCV_FISHEYE 64 48 50 55 30 20 1 2 3 4"), ".", "fisheye 1 2 3 4"},
		{colmap("SIMPLE_RADIAL_FISHEYE 64 48 50 30 20 1"), ".", "fisheye 1 0 0 0"},
		{colmap("RADIAL_FISHEYE 64 48 50 30 20 1 2"), ".", "fisheye 1 2 0 0"},
		{colmap("OPENCV 64 48 50 55 30 20 0 0 0 0"), ".", "pinhole"},
		{colmap("THIN_PRISM_FISHEYE 64 48 50 55 30 20 1 2 3 4 5 6 7 8"), ".", "camera model THIN_PRISM_FISHEYE is none that is known"},
		{transforms(`"k1":1,"k2":2,"k3":3,"p1":4,"p2":5`), "transforms.json", "opencv 1 2 4 5 3"},
		{transforms(`"k1":0.5,"camera_model":"OPENCV"`), "transforms.json", "opencv 0.5 0 0 0"},
		{transforms(`"k1":1,"k2":2,"k3":3,"k4":4,"camera_model":"OPENCV_FISHEYE"`), "transforms.json", "fisheye 1 2 3 4"},
		{transforms(`"camera_model":"EQUIRECTANGULAR"`), "transforms.json", "equirectangular"},
		{transforms(`"p1":1,"camera_model":"OPENCV_FISHEYE"`), "transforms.json", "p1 and p2"},
		{transforms(`"k1":1,"k2":2,"k3":3,"k4":4,"is_fisheye":true`), "transforms.json", "fisheye 1 2 3 4"},
		{transforms(`"k1":0.5,"camera_model":"SIMPLE_RADIAL"`), "transforms.json", "opencv 0.5 0 0 0"},
		{transforms(`"k1":0.5,"k2":0.25,"camera_model":"RADIAL"`), "transforms.json", "opencv 0.5 0.25 0 0"},
		{transforms(`"camera_model":"SOAP"`), "transforms.json", `camera_model "SOAP" is none that is known`},
		{table("k1,k2,p1,p2,k3", "1,2,3,4,5"), "cameras.csv", "opencv 1 2 3 4 5"},
		{table("lens,k1,k2,k3,k4", "fisheye,1,2,3,4"), "cameras.csv", "fisheye 1 2 3 4"},
		{table("lens,k1", "pinhole,0"), "cameras.csv", "pinhole"},
		{table("lens,p1", "fisheye,1"), "cameras.csv", "too many"},
		{table("lens", "soap"), "cameras.csv", `lens "soap" is not one of`},
	} {
		got := ""
		track, err := Read(c.fsys, c.name, Options{})
		if err != nil {
			got = err.Error()
		} else {
			got = track.Frames[0].View.Lens.String()
			if whole := camera.WholeSphere(64, 48); got == "equirectangular" && track.Frames[0].View.Intrinsics != whole {
				t.Errorf("the panorama is %+v", track.Frames[0].View.Intrinsics)
			}
		}
		if got != c.want && !(err != nil && strings.Contains(got, c.want)) {
			t.Errorf("%v: %s, want %s", c.fsys, got, c.want)
		}
	}
}

// A table has commas, semicolons or tabs between its words.
func TestTableSeparators(t *testing.T) {
	const text = "Frame, tx,ty,tz,qx,qy,qz,qw,fx,fy,cx,cy,width,height,note\n7,1,2,3,0,0,0,1,50,55,30,20,64,48,a\n"
	for _, comma := range []string{",", ";", "\t"} {
		track, err := Read(folder(map[string]string{"c.csv": strings.ReplaceAll(text, ",", comma)}), "c.csv", Options{})
		if err != nil || track.Frames[0].Frame != 7 || track.Frames[0].View.Cy != 20 {
			t.Errorf("%q: %+v, %v", comma, track, err)
		}
	}
}

// What replaces a file's intrinsics is in pixels of the picture that is asked for,
// whatever the file's size.
func TestIntrinsicsOfAnotherSize(t *testing.T) {
	for _, w := range writers {
		track, err := Read(folder(w.write(samples(2))), w.name, Options{Width: 2 * width, Height: 3 * height, Fx: ptr(70), Cx: ptr(31), Origin: Corner})
		if err != nil {
			t.Fatal(w.format, err)
		}
		v := track.Frames[1].View
		if track.Width != 2*width || v.Width != 2*width || v.Height != 3*height || v.Fx != 70 || v.Cx != 31 || w.format == ZScope && v.Fy != 3*55 {
			t.Errorf("%s: %dx%d, %+v", w.format, track.Width, track.Height, v.Intrinsics)
		}
	}
}

// Cameras of several sizes are made for the size that is asked for; without one
// they are refused.
func TestCamerasOfSeveralSizes(t *testing.T) {
	model := folder(map[string]string{
		"cameras.txt": "1 PINHOLE 64 48 50 55 30 20\n2 PINHOLE 32 24 25 27 15 10\n3 PINHOLE 128 96 90 95 60 40\n",
		"images.txt":  "1 1 0 0 0 1 2 3 1 a1.png\n\n2 1 0 0 0 1 2 3 2 a2.png\n\n3 1 0 0 0 1 2 3 3 a3.png\n\n4 1 0 0 0 1 2 3 1 a4.png\n\n",
	})
	if _, err := Read(model, ".", Options{}); err == nil || !strings.Contains(err.Error(), "its picture has 32x24 pixels, those before 64x48: give one size for all") {
		t.Error(err)
	}
	track, err := Read(model, ".", Options{Width: 64, Height: 48})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []camera.Intrinsics{{Fx: 50, Fy: 55, Cx: 30, Cy: 20}, {Fx: 50, Fy: 54, Cx: 30, Cy: 20}, {Fx: 45, Fy: 47.5, Cx: 30, Cy: 20}, {Fx: 50, Fy: 55, Cx: 30, Cy: 20}} {
		want.Width, want.Height = 64, 48
		if got := track.Frames[i].View.Intrinsics; got != want {
			t.Errorf("frame %d: %+v, want %+v", i+1, got, want)
		}
	}
}

// The intrinsics of a trajectory stand beside it.
func TestTUMCalibration(t *testing.T) {
	track, err := Read(folder(map[string]string{"groundtruth.txt": "1.5 0 0 0 0 0 0 1\n", "calibration.txt": "# K\n50 55 30 20\n"}), "groundtruth.txt", Options{Width: 64, Height: 48})
	if err != nil || track.Frames[0].Time != 1.5 || track.Frames[0].View.Fy != 55 || track.Frames[0].View.Cx != 30.5 {
		t.Errorf("%+v, %v", track, err)
	}
}

// Locate finds what stands above a file, and follows links.
func TestLocate(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"bop/camera.json":                   `{"width": 64, "height": 48}`,
		"bop/test/000003/scene_camera.json": `{"5": {"cam_K": [50,0,30,0,55,20,0,0,1], "cam_R_w2c": [1,0,0,0,1,0,0,0,1], "cam_t_w2c": [0,0,0]}}`,
	} {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Join(dir, "bop"))
	files := []string{"test/000003/scene_camera.json", "./test/../test/000003/scene_camera.json", filepath.Join(dir, "bop/test/000003/scene_camera.json")}
	if err := os.Symlink(filepath.Join(dir, "bop/test/000003/scene_camera.json"), filepath.Join(dir, "bop/linked.json")); err == nil {
		files = append(files, "linked.json")
	}
	for _, file := range files {
		fsys, name, err := Locate(file)
		if err != nil {
			t.Fatal(err)
		}
		track, err := Read(fsys, name, Options{})
		if err != nil || track.Width != 64 || track.Frames[0].Frame != 5 {
			t.Errorf("%s: %+v, %v", file, track, err)
		}
	}
}

// TestIntrinsicsLenses reads the distortion beside a camera matrix.
func TestIntrinsicsLenses(t *testing.T) {
	for _, n := range []int{0, 1, 4, 5, 8, 12} {
		k := []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2}[:n]
		text := strings.Replace(intrinsicsFiles["ros.yaml"], "[0, 0, 0, 0, 0]", strings.ReplaceAll(fmt.Sprint(k), " ", ", "), 1)
		for model, want := range map[string]camera.LensModel{"plumb_bob": camera.OpenCVLens, "equidistant": camera.FisheyeLens} {
			if want == camera.FisheyeLens && n > 4 {
				continue
			}
			in, ok, err := ReadIntrinsics(fstest.MapFS{"c.yaml": {Data: []byte(strings.Replace(text, "plumb_bob", model, 1))}}, "c.yaml", Options{})
			if !ok || err != nil {
				t.Fatal(n, model, ok, err)
			}
			if n == 0 && want == camera.OpenCVLens {
				want = camera.PinholeLens
			}
			if in.Lens.Model != want || !slices.Equal(in.Lens.Coefficients[:n], k) {
				t.Errorf("%d coefficients, %s: %v", n, model, in.Lens)
			}
		}
	}
}

// TestLensOptions replaces what a file says, or does not say, of its lens.
func TestLensOptions(t *testing.T) {
	l, err := camera.NewLens(camera.OpenCVLens, 0.1, 0.2, 0.3, 0.4)
	if err != nil {
		t.Fatal(err)
	}
	model := func(m camera.LensModel) *camera.LensModel { return &m }
	for _, c := range []struct {
		lens camera.Lens
		o    Options
		want string
	}{
		{l, Options{}, "opencv 0.1 0.2 0.3 0.4"},
		{l, Options{Model: model(camera.PinholeLens)}, "pinhole"},
		{l, Options{Model: model(camera.FisheyeLens)}, "fisheye 0.1 0.2 0.3 0.4"},
		{l, Options{Model: model(camera.EquirectangularLens)}, "equirectangular"},
		{l, Options{Distortion: []float64{1}}, "opencv 1 0 0 0"},
		{l, Options{Model: model(camera.FisheyeLens), Distortion: []float64{1}}, "fisheye 1 0 0 0"},
		{camera.Lens{}, Options{Distortion: []float64{1}}, "opencv 1 0 0 0"},
		{camera.Lens{}, Options{Model: model(camera.FisheyeLens)}, "fisheye 0 0 0 0"},
		{camera.Lens{Model: camera.FisheyeLens}, Options{Distortion: []float64{1}}, "fisheye 1 0 0 0"},
	} {
		in, err := lens{width: 64, height: 48, fx: 50, lens: c.lens}.intrinsics(c.o, Corner)
		if err != nil || in.Lens.String() != c.want {
			t.Errorf("%v with %+v: %v, %v, want %s", c.lens, c.o, in.Lens, err, c.want)
		}
		if in.Lens.Euclidean() && in != camera.WholeSphere(64, 48) {
			t.Errorf("the panorama is %+v", in)
		}
	}
}
