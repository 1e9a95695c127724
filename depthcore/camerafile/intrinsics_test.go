package camerafile

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"zscope/depthcore/camera"
)

// Files of intrinsics as programs write them. The numbers are the same in all
// of them: K with the centre origin is 531.5 0 319.75, 0 530.25 239.5, 0 0 1.
var intrinsicsFiles = map[string]string{
	"filestorage.yml": `%YAML:1.0
---
calibration_time: "Mon Nov 23 20:36:12 2026"
nframes: 12
image_width: 640
image_height: 480
board_width: 9
flags: 0
camera_matrix: !!opencv-matrix
   rows: 3
   cols: 3
   dt: d
   data: [ 5.3150000000000000e+02, 0., 3.1975000000000000e+02, 0.,
       5.3025000000000000e+02, 2.3950000000000000e+02, 0., 0., 1. ]
distortion_coefficients: !!opencv-matrix
   rows: 5
   cols: 1
   dt: d
   data: [ 0., 0., 0., 0., 0. ]
avg_reprojection_error: 2.1e-01
`,
	"filestorage.xml": `<?xml version="1.0"?>
<opencv_storage>
<image_width>640</image_width>
<image_height>480</image_height>
<camera_matrix type_id="opencv-matrix">
  <rows>3</rows>
  <cols>3</cols>
  <dt>d</dt>
  <data>
    531.5 0. 319.75 0. 530.25 239.5 0. 0. 1.</data></camera_matrix>
</opencv_storage>
`,
	"filestorage.json": `{"image_width": 640, "image_height": 480, "camera_matrix": {"type_id": "opencv-matrix", "rows": 3, "cols": 3, "dt": "d",
"data": [531.5, 0.0, 319.75, 0.0, 530.25, 239.5, 0.0, 0.0, 1.0]}, "note": "left"}`,
	"rows.json": `{"K": [[531.5, 0, 319.75], [0, 530.25, 239.5], [0, 0, 1]], "imageSize": [640, 480]}`,
	"ros.yaml": `image_width: 640   # pixels
image_height: 480
camera_name: head_camera
camera_matrix:
  rows: 3
  cols: 3
  data: [531.5, 0, 319.75, 0, 530.25, 239.5, 0, 0, 1]
distortion_model: plumb_bob
distortion_coefficients:
  rows: 1
  cols: 5
  data: [0, 0, 0, 0, 0]
rectification_matrix:
  rows: 3
  cols: 3
  data: [1, 0, 0, 0, 1, 0, 0, 0, 1]
`,
	"numpy.txt":  "# K\n[[531.5, 0, 319.75],\n [0, 530.25, 239.5],\n [0, 0, 1]]\n",
	"print.txt":  "[[531.5    0.   319.75]\n [  0.   530.25 239.5 ]\n [  0.     0.     1.  ]]\n",
	"rows2.json": "[[531.5,0,319.75],[0,530.25,239.5],[0,0,1]]",
	"matlab.txt": "[531.5 0 319.75; 0 530.25 239.5; 0 0 1]\n",
	"k.txt":      "5.315e+02 0 319.75\n0 530.25 239.5\n0 0 1\n",
	"calib.txt":  "cam0=[531.5 0 319.75; 0 530.25 239.5; 0 0 1]\ncam1=[531.5 0 319.75; 0 530.25 239.5; 0 0 1]\ndoffs=0\nbaseline=200\nwidth=640\nheight=480\nndisp=100\n",
}

func TestReadIntrinsics(t *testing.T) {
	want := camera.Intrinsics{Width: 640, Height: 480, Fx: 531.5, Fy: 530.25, Cx: 320.25, Cy: 240}
	fsys := fstest.MapFS{}
	for name, text := range intrinsicsFiles {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for name := range intrinsicsFiles {
		var o Options
		if slices.Contains([]string{"k.txt", "numpy.txt", "print.txt", "rows2.json", "matlab.txt"}, name) { // which say no size
			o = Options{Width: 640, Height: 480}
		}
		if got, ok, err := ReadIntrinsics(fsys, name, o); got != want || !ok || err != nil {
			t.Errorf("%s: %+v, %v, %v", name, got, ok, err)
		}
		o.Origin = Corner
		if got, _, err := ReadIntrinsics(fsys, name, o); got.Cx != 319.75 || got.Cy != 239.5 || err != nil {
			t.Errorf("%s with the corner origin: %+v, %v", name, got, err)
		}
		if _, err := Read(fsys, name, o); err == nil || !strings.Contains(err.Error(), "no poses") {
			t.Errorf("%s as a track: %v", name, err)
		}
	}
}

func TestReadIntrinsicsErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{intrinsicsFiles["k.txt"], "how large the picture is"},
		{strings.Replace(intrinsicsFiles["ros.yaml"], "[0, 0, 0, 0, 0]", "[0.1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0.1, 0]", 1), "tilted sensor"},
		{strings.Replace(intrinsicsFiles["ros.yaml"], "plumb_bob", "soap_bubble", 1), "distortion model soap_bubble"},
		{strings.Replace(intrinsicsFiles["ros.yaml"], "data: [531.5, 0,", "data: [531.5, 3,", 1), "is not of the form"},
		{strings.Replace(intrinsicsFiles["ros.yaml"], "531.5", "-531.5", 1), "fx is -531.5"},
		{strings.Replace(intrinsicsFiles["ros.yaml"], "640", "640.5", 1), "no width and height"},
	} {
		fsys := fstest.MapFS{"camera.yaml": &fstest.MapFile{Data: []byte(c.text)}}
		if _, ok, err := ReadIntrinsics(fsys, "camera.yaml", Options{}); !ok || err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "camera.yaml") {
			t.Errorf("got %v, %v, want %q", ok, err, c.want)
		}
	}
	// What is something else is left to Read.
	for name, text := range map[string]string{"a.json": `{"frames": []}`, "b.txt": "0 1 2 3 4 5 6 7\n", "c.yaml": "a: 1\n", "d.xml": "<a/>", "e": "", "f.json": `{"K": [[50,0,null],[0,50,20],[0,0,1]]}`} {
		if _, ok, err := ReadIntrinsics(fstest.MapFS{name: &fstest.MapFile{Data: []byte(text)}}, name, Options{}); ok || err != nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
	fsys := fstest.MapFS{"c.yaml": &fstest.MapFile{Data: []byte("a: 1\n")}}
	if _, ok, err := ReadIntrinsics(fsys, "c.yaml", Options{Format: OpenCV}); !ok || err == nil || !strings.Contains(err.Error(), "no 3x3 camera matrix") {
		t.Errorf("%v, %v", ok, err)
	}
}

func FuzzReadIntrinsics(f *testing.F) {
	for _, text := range intrinsicsFiles {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys := fstest.MapFS{"a": &fstest.MapFile{Data: data}}
		for _, o := range []Options{{}, {Format: OpenCV, Width: 7, Height: 5}} {
			if in, ok, err := ReadIntrinsics(fsys, "a", o); ok && err == nil && in.Check() != nil {
				t.Errorf("%+v: %v", in, in.Check())
			}
		}
	})
}
