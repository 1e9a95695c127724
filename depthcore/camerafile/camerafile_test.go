package camerafile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
)

const width, height = 64, 48

// sample is a camera as the tests write it: a rotation and a place in the
// scene's world, with glTF's camera axes, and K with the corner origin.
type sample struct {
	q              mgl64.Quat
	at             mgl64.Vec3
	fx, fy, cx, cy float64
}

func samples(n int) []sample {
	rng := rand.New(rand.NewPCG(5, 6))
	list := make([]sample, n)
	for i := range list {
		q := mgl64.Quat{W: rng.NormFloat64(), V: mgl64.Vec3{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}}.Normalize()
		list[i] = sample{q, mgl64.Vec3{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}, 50, 55, 30.25, 25.75}
	}
	return list
}

// worldFromCamera returns the sample's pose with glTF's or OpenCV's camera
// axes.
func (s sample) worldFromCamera(opencv bool) mgl64.Mat4 {
	m := s.q.Mat4()
	m.SetCol(3, s.at.Vec4(1))
	if opencv {
		m = m.Mul4(mgl64.Diag4(mgl64.Vec4{1, -1, -1, 1}))
	}
	return m
}

func (s sample) cameraFromWorld(opencv bool) mgl64.Mat4 { return s.worldFromCamera(opencv).Inv() }

// quaternion returns the rotation of a matrix as x y z w.
func quaternion(m mgl64.Mat4) string {
	q := mgl64.Mat4ToQuat(m)
	return fmt.Sprintf("%.17g %.17g %.17g %.17g", q.V[0], q.V[1], q.V[2], q.W)
}

func place(m mgl64.Mat4) string {
	return fmt.Sprintf("%.17g %.17g %.17g", m.At(0, 3), m.At(1, 3), m.At(2, 3))
}

// rows writes the first n rows of a matrix as JSON lists.
func rows(m mgl64.Mat4, n int) [][]float64 {
	var list [][]float64
	for r := range n {
		row := m.Row(r)
		list = append(list, row[:])
	}
	return list
}

func flat(rows [][]float64) []float64 {
	var list []float64
	for _, r := range rows {
		list = append(list, r...)
	}
	return list
}

func words(x []float64) string {
	var w []string
	for _, v := range x {
		w = append(w, fmt.Sprintf("%.17g", v))
	}
	return strings.Join(w, " ")
}

func toJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// zUp is Blender's world from the scene's.
var zUp = mgl64.HomogRotate3DX(math.Pi / 2)

// writers write the samples in each format, as files of a folder, and say
// which of them to read. Frames are 7, 8, 9 where a format can say so.
var writers = []struct {
	format  Format
	name    string
	options Options
	frame   int // of the first sample
	write   func(list []sample) map[string]string
}{
	{Nerfstudio, "transforms.json", Options{}, 7, func(list []sample) map[string]string {
		var frames []any
		for i, s := range list {
			frames = append(frames, map[string]any{"file_path": fmt.Sprintf("./images/f2_%03d.png", i+7), "transform_matrix": rows(zUp.Mul4(s.worldFromCamera(false)), 4)})
		}
		return map[string]string{"transforms.json": toJSON(map[string]any{"fl_x": list[0].fx, "fl_y": list[0].fy, "cx": list[0].cx, "cy": list[0].cy, "w": width, "h": height, "k1": 0, "camera_model": "OPENCV", "frames": frames})}
	}},
	{COLMAP, "sparse/0/images.txt", Options{}, 7, func(list []sample) map[string]string {
		images := "# comment\n"
		for i, s := range list {
			m := s.cameraFromWorld(true)
			q := strings.Fields(quaternion(m))
			images += fmt.Sprintf("%d %s %s %s %s %s 1 my frame %04d.jpg\n", i+100, q[3], q[0], q[1], q[2], place(m), i+7)
			if i%2 == 0 {
				images += "1 2 -1 3 4 5\n"
			} else {
				images += "\n"
			}
		}
		s := list[0]
		return map[string]string{"sparse/0/images.txt": images, "sparse/0/cameras.txt": fmt.Sprintf("# comment\n1 PINHOLE %d %d %g %g %g %g\n", width, height, s.fx, s.fy, s.cx, s.cy)}
	}},
	{TUM, "groundtruth.txt", Options{Width: width, Height: height, Fx: ptr(50), Fy: ptr(55), Cx: ptr(29.75), Cy: ptr(25.25)}, 0, func(list []sample) map[string]string {
		text := "# timestamp tx ty tz qx qy qz qw\n"
		for i, s := range list {
			m := s.worldFromCamera(true)
			text += fmt.Sprintf("%g %s %s\n", float64(i)*0.5, place(m), quaternion(m))
		}
		return map[string]string{"groundtruth.txt": text}
	}},
	{BOP, "train/000001/scene_camera.json", Options{}, 7, func(list []sample) map[string]string {
		file := map[string]any{}
		for i, s := range list {
			m := s.cameraFromWorld(true)
			r := rows(m, 3)
			file[fmt.Sprint(i+7)] = map[string]any{
				"cam_K": []float64{s.fx, 0, s.cx - 0.5, 0, s.fy, s.cy - 0.5, 0, 0, 1}, "depth_scale": 0.1,
				"cam_R_w2c": slices.Concat(r[0][:3], r[1][:3], r[2][:3]), "cam_t_w2c": []float64{r[0][3] * 1000, r[1][3] * 1000, r[2][3] * 1000},
			}
		}
		return map[string]string{"train/000001/scene_camera.json": toJSON(file), "camera.json": toJSON(map[string]any{"cx": 1, "cy": 1, "fx": 1, "fy": 1, "depth_scale": 1, "width": width, "height": height})}
	}},
	{KITTI, "poses.txt", Options{Width: width, Height: height}, 0, func(list []sample) map[string]string {
		text, times := "", ""
		for i, s := range list {
			text += words(flat(rows(s.worldFromCamera(true), 3))) + "\n"
			times += fmt.Sprintf("%e\n", float64(i)*0.5)
		}
		s := list[0]
		return map[string]string{"poses.txt": text, "times.txt": times, "calib.txt": "P0: " + words([]float64{s.fx, 0, s.cx - 0.5, 0, 0, s.fy, s.cy - 0.5, 0, 0, 0, 1, 0}) + "\nP1: 1\n"}
	}},
	{CSV, "cameras.csv", Options{}, 7, func(list []sample) map[string]string {
		text := "Frame, time, fx, fy, cx, cy, width, height, tx, ty, tz, qx, qy, qz, qw, note\n"
		for i, s := range list {
			m := s.worldFromCamera(true)
			text += strings.ReplaceAll(fmt.Sprintf("%d %g %g %g %g %g %d %d %s %s x\n", i+7, float64(i)*0.5, s.fx, s.fy, s.cx, s.cy, width, height, place(m), quaternion(m)), " ", ", ")
		}
		return map[string]string{"cameras.csv": text}
	}},
	{ZScope, "cameras.json", Options{}, 7, func(list []sample) map[string]string {
		t := &camera.Track{Width: width, Height: height}
		for i, s := range list {
			t.Frames = append(t.Frames, camera.TrackFrame{Frame: i + 7, Time: float64(i) * 0.5, View: camera.View{
				Intrinsics: camera.Intrinsics{Width: width, Height: height, Fx: s.fx, Fy: s.fy, Cx: s.cx, Cy: s.cy}, CameraFromWorld: s.cameraFromWorld(false)}})
		}
		var b bytes.Buffer
		if err := camera.WriteTrack(&b, t); err != nil {
			panic(err)
		}
		return map[string]string{"cameras.json": b.String()}
	}},
}

func ptr(x float64) *float64 { return &x }

func folder(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, data := range files {
		m[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return m
}

// TestRead writes cameras in each format and reads them back.
func TestRead(t *testing.T) {
	list := samples(3)
	for _, w := range writers {
		t.Run(string(w.format), func(t *testing.T) {
			for _, format := range []Format{Auto, w.format} {
				o := w.options
				o.Format = format
				track, err := Read(folder(w.write(list)), w.name, o)
				if err != nil {
					t.Fatal(err)
				}
				if track.Width != width || track.Height != height || len(track.Frames) != len(list) {
					t.Fatalf("got %+v", track)
				}
				for i, s := range list {
					f := track.Frames[i]
					if f.Frame != w.frame+i {
						t.Errorf("entry %d is frame %d", i, f.Frame)
					}
					if !math.IsNaN(f.Time) && f.Time != float64(i)*0.5 {
						t.Errorf("entry %d is at %v s", i, f.Time)
					}
					if in := f.View.Intrinsics; in != (camera.Intrinsics{Width: width, Height: height, Fx: s.fx, Fy: s.fy, Cx: s.cx, Cy: s.cy}) {
						t.Errorf("entry %d: intrinsics %+v", i, in)
					}
					want := s.cameraFromWorld(false)
					for k := range want {
						if math.Abs(f.View.CameraFromWorld[k]-want[k]) > 1e-13 {
							t.Fatalf("entry %d: pose\n%v want\n%v", i, f.View.CameraFromWorld, want)
						}
					}
				}
			}
		})
	}
}

func TestReadCOLMAPFolder(t *testing.T) {
	if _, err := Read(folder(writers[1].write(samples(2))), "sparse/0", Options{}); err != nil {
		t.Error(err)
	}
}

// TestOptions replaces what files say.
func TestOptions(t *testing.T) {
	list := samples(2)
	zscope := writers[len(writers)-1]
	track, err := Read(folder(zscope.write(list)), zscope.name, Options{Fx: ptr(70), Cx: ptr(10), Origin: Centre})
	if err != nil {
		t.Fatal(err)
	}
	if in := track.Frames[0].View.Intrinsics; in.Fx != 70 || in.Fy != 55 || in.Cx != 10.5 || in.Cy != 25.75 {
		t.Errorf("intrinsics %+v", in)
	}
	colmap := writers[1]
	plain, err := Read(folder(colmap.write(list)), colmap.name, Options{})
	if err != nil {
		t.Fatal(err)
	}
	turned, err := Read(folder(colmap.write(list)), colmap.name, Options{World: ZUp, Unit: 0.001, Origin: Centre})
	if err != nil {
		t.Fatal(err)
	}
	// The point (x, y, z) of the scene is (x, -z, y) in the file's world, a
	// thousand times as far.
	p := mgl64.Vec3{0.3, -0.4, 0.5}
	a := mgl64.TransformCoordinate(p, turned.Frames[0].View.CameraFromWorld)
	b := mgl64.TransformCoordinate(mgl64.Vec3{300, -500, -400}, plain.Frames[0].View.CameraFromWorld).Mul(0.001)
	if a.Sub(b).Len() > 1e-12 {
		t.Errorf("got %v, want %v", a, b)
	}
	if in := turned.Frames[0].View.Intrinsics; in.Cx != 30.75 {
		t.Errorf("intrinsics %+v", in)
	}
}

// TestTransformsVariants reads what instant-ngp and older files say instead.
func TestTransformsVariants(t *testing.T) {
	const pose = `"transform_matrix":[[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]`
	for text, want := range map[string]camera.Intrinsics{
		`{"camera_angle_x":1.5707963267948966,"w":64,"h":48,"frames":[{` + pose + `}]}`:                                     {Width: 64, Height: 48, Fx: 32, Fy: 32, Cx: 32, Cy: 24},
		`{"frames":[{"fl_x":40,"fl_y":41,"cx":1,"cy":2,"w":64,"h":48,"file_path":"a",` + pose + `}]}`:                       {Width: 64, Height: 48, Fx: 40, Fy: 41, Cx: 1, Cy: 2},
		`{"fl_x":40,"w":64,"h":48,"frames":[{"fl_x":50,` + pose + `}]}`:                                                     {Width: 64, Height: 48, Fx: 50, Fy: 50, Cx: 32, Cy: 24},
		`{"camera_angle_x":1.5707963267948966,"camera_angle_y":1.5707963267948966,"w":64,"h":48,"frames":[{` + pose + `}]}`: {Width: 64, Height: 48, Fx: 32, Fy: 24, Cx: 32, Cy: 24},
	} {
		track, err := Read(folder(map[string]string{"t.json": text}), "t.json", Options{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		in := track.Frames[0].View.Intrinsics
		if math.Abs(in.Fx-want.Fx) < 1e-12 && math.Abs(in.Fy-want.Fy) < 1e-12 {
			in.Fx, in.Fy = want.Fx, want.Fy
		}
		if in != want {
			t.Errorf("%s: got %+v", text, in)
		}
		// The camera at the origin looks along the file's -z, down in a world
		// whose z is up, and so along the scene's -y.
		if z := mgl64.TransformCoordinate(mgl64.Vec3{0, -2, 0}, track.Frames[0].View.CameraFromWorld)[2]; z != -2 {
			t.Errorf("%s: the point is at %v", text, z)
		}
	}
}

func TestErrors(t *testing.T) {
	good := map[string]string{}
	for _, w := range writers {
		for name, data := range w.write(samples(2)) {
			good[name] = data
		}
	}
	size := Options{Width: width, Height: height}
	k := Options{Width: width, Height: height, Fx: ptr(50)}
	for _, c := range []struct {
		file, from, to, read string
		o                    Options
		want                 string
	}{
		{"", "", "", "missing.json", Options{}, "cameras missing.json: file does not exist"},
		{"", "", "", "sparse", Options{Format: TUM}, "it is a folder"},
		{"", "", "", "sparse", Options{}, "cameras.txt: file does not exist"},
		{"bin/cameras.bin", "", "x", "bin", Options{}, "COLMAP's model is binary"},
		{"bin/cameras.bin", "", "x", "bin/cameras.bin", Options{}, "COLMAP's model is binary"},
		{"", "", "", "poses.txt", Options{Format: "maya"}, `unknown camera file format "maya"`},
		{"", "", "", "poses.txt", Options{Unit: -1}, "unit -1"},
		{"", "", "", "poses.txt", Options{Origin: "top"}, `pixel origin "top"`},
		{"", "", "", "poses.txt", Options{World: "down"}, `world "down"`},
		{"", "", "", "poses.txt", Options{}, "how large the picture is"},
		{"", "", "", "groundtruth.txt", size, "the file has no intrinsics"},
		{"", "", "", "cameras.json", Options{World: ZUp}, "in the scene's own world"},
		{"notes.txt", "", "hello", "notes.txt", k, "it is of none of the formats"},
		{"empty.txt", "", "", "empty.txt", k, "it is of none of the formats"},
		{"empty.txt", "", "# nothing", "empty.txt", Options{Format: TUM}, "it has no cameras"},
		{"other.json", "", `{"a":1}`, "other.json", k, "it is of none of the formats"},
		{"groundtruth.txt", "0.5 ", "0.5 x", "groundtruth.txt", k, "is no finite number"},
		{"groundtruth.txt", "0.5 ", "nan ", "groundtruth.txt", k, `"nan" is no finite number`},
		{"groundtruth.txt", "0.5 ", "0.5 1 ", "groundtruth.txt", k, "line 3: it has 9 numbers, not 8"},
		{"zero.txt", "", "0 0 0 0 0 0 0 0", "zero.txt", k, "line 1: the rotation is no quaternion"},
		{"poses.txt", "", "1 0 0 0 0 1 0 0 0 0 2 0", "poses.txt", size, "line 1: the pose is no rotation and translation"},
		{"poses.txt", "", "1 0 0 0 0 1 0 0 0 0 -1 0", "poses.txt", size, "line 1: the pose mirrors"},
		{"calib.txt", "P0", "P9", "poses.txt", size, "calib.txt: it has no P0"},
		{"calib.txt", "P0: ", "P0: 1 ", "poses.txt", size, "calib.txt, line 1: P0 does not have 12 numbers"},
		{"times.txt", "e", "x", "poses.txt", size, "times.txt:"},
		{"sparse/0/cameras.txt", "PINHOLE", "FOV", "sparse/0", Options{}, "cameras.txt, line 2: camera model FOV is none that is known"},
		{"sparse/0/cameras.txt", "PINHOLE", "OPENCV", "sparse/0", Options{}, "camera model OPENCV does not have 4 parameters"},
		{"sparse/0/cameras.txt", "", "1 SIMPLE_RADIAL 64 48 50 32 24 0.1 0.2", "sparse/0", Options{}, "camera model SIMPLE_RADIAL does not have 5 parameters"},
		{"sparse/0/cameras.txt", "", "1 SIMPLE_PINHOLE 64 48", "sparse/0", Options{}, "line 1: 4 words are too few"},
		{"sparse/0/cameras.txt", "", "2 SIMPLE_PINHOLE 64 48 50 32 24", "sparse/0", Options{}, "images.txt, line 2: cameras.txt has no camera 1"},
		{"sparse/0/cameras.txt", "", "1 SIMPLE_PINHOLE 64.5 48 50 32 24", "sparse/0", Options{}, "64.5 x 48 is no size"},
		{"sparse/0/cameras.txt", "", "1 SIMPLE_PINHOLE 64 48 50 32 24\n1 SIMPLE_PINHOLE 64 48 60 32 24", "sparse/0", Options{}, "cameras.txt, line 2: camera 1 is there twice"},
		{"sparse/0/images.txt", "", "1 1 0 0 0 0 0 0 1 a.png\n2 1 0 0 0 0 0 0 1 b.png\n", "sparse/0", Options{}, "images.txt, line 2: an image stands where the points"},
		{"sparse/0/images.txt", "", "1 1 0 0 0 0 0 0 1 a.png\n2 1 0 0 0 0 0 0 1 my second b.png\n", "sparse/0", Options{}, "images.txt, line 2: an image stands where the points"},
		{"times.txt", "", "0 1 2", "poses.txt", size, "times.txt: it has 3 times for 2 poses"},
		{"calibration.txt", "", "50 50 32\n", "groundtruth.txt", size, "calibration.txt: it is not one line of fx fy cx cy"},
		{"sparse/0/images.txt", "100 ", "x ", "sparse/0", Options{}, `images.txt, line 2: "x" is no image's id`},
		{"transforms.json", `"k1":0`, `"k1":0,"k4":0.1`, "transforms.json", Options{}, `entry 0 of "frames": its lens has k4 = 0.1, the coefficient of r^8`},
		{"transforms.json", `OPENCV`, `THIN_PRISM`, "transforms.json", Options{}, `camera_model "THIN_PRISM" is none that is known`},
		{"transforms.json", `"w":64`, `"w":64.5`, "transforms.json", Options{}, "whole numbers of pixels"},
		{"transforms.json", `"w":64`, `"w":"64"`, "transforms.json", Options{}, `"w" is a string`},
		{"transforms.json", `"fl_y":55`, `"fl_y":0`, "transforms.json", Options{}, `"fl_y" is 0: it must be positive`},
		{"transforms.json", `"fl_x":50`, `"camera_angle_x":4`, "transforms.json", Options{}, "the camera's angle is 4 radians"},
		{"transforms.json", `,0,1]]`, `,null,1]]`, "transforms.json", Options{}, "a null stands where a number should"},
		{"transforms.json", `}`, ``, "transforms.json", Options{}, "not valid JSON"},
		{"cameras.json", `}`, `NaN}`, "cameras.json", Options{}, "not valid JSON"},
		{"transforms.json", `"cx":30.25,`, ``, "transforms.json", Options{}, `only one of "cx" and "cy"`},
		{"transforms.json", `"transform_matrix"`, `"matrix"`, "transforms.json", Options{}, `entry 0 of "frames": "transform_matrix" has 0 rows`},
		{"train/000001/scene_camera.json", `"7"`, `"a"`, "train/000001/scene_camera.json", Options{}, `entry "a" is no picture's number`},
		{"train/000001/scene_camera.json", `"cam_K":[50,0`, `"cam_K":[50,1`, "train/000001/scene_camera.json", Options{}, "picture 7: its K"},
		{"train/000001/scene_camera.json", `"cam_t_w2c"`, `"t"`, "train/000001/scene_camera.json", Options{}, "picture 7: cam_K, cam_R_w2c and cam_t_w2c must have"},
		{"train/000001/scene_camera.json", `"cam_K":[50,0`, `"cam_K":[50,null`, "train/000001/scene_camera.json", Options{}, "a null stands where a number should"},
		{"camera.json", `{`, `[`, "train/000001/scene_camera.json", Options{}, "camera.json: not valid JSON"},
		{"cameras.csv", "qw", "w", "cameras.csv", Options{}, `names no column "qw"`},
		{"cameras.csv", "fy", "fx", "cameras.csv", Options{}, `its first row names column "fx" twice`},
		{"cameras.csv", "30.25, 25.75", "30.25,", "cameras.csv", Options{}, "row 2: only one of cx and cy is there"},
		{"cameras.csv", "50, 55", "50, 0", "cameras.csv", Options{}, "row 2: fy is 0: it must be positive"},
		{"cameras.csv", "8, 0.5", "8.5, 0.5", "cameras.csv", Options{}, "row 3: frame 8.5 is no whole number"},
		{"cameras.csv", "8, 0.5", "7, 0.5", "cameras.csv", Options{}, "frame 7 is there twice"},
		{"cameras.csv", "8, 0.5, 50", "8, 0.5, x", "cameras.csv", Options{}, `row 3: fx: "x" is no finite number`},
		{"cameras.csv", "8, 0.5, 50", "8, 0.5, -50", "cameras.csv", Options{}, "row 3: fx is -50"},
		{"cameras.csv", "8, 0.5, 50, 55, 30.25, 25.75, 64", "8, 0.5, 50, 55, 30.25, 25.75, 65", "cameras.csv", Options{}, "row 3: its picture has 65x48 pixels, those before 64x48"},
	} {
		files := map[string]string{}
		for name, data := range good {
			files[name] = data
		}
		if c.file != "" {
			if c.from == "" {
				files[c.file] = c.to
			} else if !strings.Contains(files[c.file], c.from) {
				t.Fatalf("%s has no %q: %s", c.file, c.from, files[c.file])
			} else {
				files[c.file] = strings.Replace(files[c.file], c.from, c.to, 1)
			}
		}
		_, err := Read(folder(files), c.read, c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s with %q for %q: got error %v, want %q", c.read, c.to, c.from, err, c.want)
		}
	}
}

func TestFrameNumbers(t *testing.T) {
	for _, c := range []struct {
		in   []string
		want []int
	}{
		{[]string{"images/frame_00012.png", "a2/frame_00013.png"}, []int{12, 13}},
		{[]string{"1_left.png", "2_left.png"}, []int{1, 2}},
		{[]string{"a1.png", "b1.png"}, nil},
		{[]string{"a.png"}, nil},
		{[]string{"99999999999999999999.png"}, nil},
	} {
		if got := frameNumbers(c.in); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%v: got %v, want %v", c.in, got, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for i, w := range writers {
		files := w.write(samples(2))
		f.Add(byte(i), []byte(files[w.name]), []byte(files["calib.txt"]+files["sparse/0/cameras.txt"]+files["camera.json"]))
	}
	f.Fuzz(func(t *testing.T, which byte, data, beside []byte) {
		w := writers[int(which)%len(writers)]
		fsys := folder(map[string]string{w.name: string(data), "calib.txt": string(beside), "times.txt": string(beside), "sparse/0/cameras.txt": string(beside), "camera.json": string(beside)})
		for _, format := range []Format{Auto, w.format} {
			o := w.options
			o.Format = format
			track, err := Read(fsys, w.name, o)
			if err != nil {
				continue
			}
			for _, fr := range track.Frames {
				if err := fr.View.Check(); err != nil {
					t.Fatalf("frame %d: %v", fr.Frame, err)
				}
			}
		}
	})
}
