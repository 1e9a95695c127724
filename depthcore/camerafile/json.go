package camerafile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
)

// detectJSON tells the formats that are JSON objects apart.
func detectJSON(data []byte) Format {
	var top map[string]json.RawMessage
	if json.Unmarshal(data, &top) != nil {
		return Auto
	}
	if _, ok := top["zscope_cameras"]; ok {
		return ZScope
	}
	if _, ok := top["frames"]; ok {
		return Nerfstudio
	}
	for key, value := range top {
		var entry map[string]json.RawMessage
		if _, err := strconv.Atoi(key); err == nil && json.Unmarshal(value, &entry) == nil && entry["cam_K"] != nil {
			return BOP
		}
	}
	var kubric kubricFile
	if json.Unmarshal(data, &kubric) == nil && kubric.Camera.Positions != nil {
		return Kubric
	}
	if jsonFields(data).hasMatrix() {
		return OpenCV
	}
	return Auto
}

// jsonSentence turns an error of encoding/json into words for people.
func jsonSentence(err error) error {
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrong) && wrong.Field == "":
		return fmt.Errorf("a %s stands where it cannot", wrong.Value)
	case errors.As(err, &wrong):
		return fmt.Errorf("%q is a %s, which it cannot be", strings.TrimPrefix(wrong.Field, "transformsLens."), wrong.Value)
	case errors.As(err, &syntax):
		return fmt.Errorf("not valid JSON: %w (at byte %d)", err, syntax.Offset)
	}
	return err
}

// list is numbers of a JSON file, none of which is null: encoding/json would
// read that as 0.
type list []float64

func (l *list) UnmarshalJSON(data []byte) error {
	var x []*float64
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	*l = make(list, len(x))
	for i, p := range x {
		if p == nil {
			return fmt.Errorf("a null stands where a number should: %.60s", data)
		}
		(*l)[i] = *p
	}
	return nil
}

// transformsLens is what transforms.json says of a lens, at the top for all
// frames or in a frame for it alone.
type transformsLens struct {
	FlX    *float64 `json:"fl_x"`
	FlY    *float64 `json:"fl_y"`
	Cx     *float64 `json:"cx"`
	Cy     *float64 `json:"cy"`
	W      *float64 `json:"w"`
	H      *float64 `json:"h"`
	AngleX *float64 `json:"camera_angle_x"` // radians, where fl_x is missing
	AngleY *float64 `json:"camera_angle_y"`
	Model  *string  `json:"camera_model"`
	Fish   bool     `json:"is_fisheye"` // instant-ngp's word for OPENCV_FISHEYE
	K1     float64  `json:"k1"`
	K2     float64  `json:"k2"`
	K3     float64  `json:"k3"`
	K4     float64  `json:"k4"`
	P1     float64  `json:"p1"`
	P2     float64  `json:"p2"`
}

type transformsFile struct {
	transformsLens
	Frames []json.RawMessage `json:"frames"`
}

type transformsFrame struct {
	FilePath  string `json:"file_path"`
	Transform []list `json:"transform_matrix"`
}

// readTransforms reads transforms.json of nerfstudio and instant-ngp: poses
// are camera to world with OpenGL's camera axes (x right, y up, z back), the
// world's z is up, the principal point counts from the corner. Frames have the
// numbers that their files' names end in, else their place in the list, from 0.
func readTransforms(data []byte, o Options) (*camera.Track, error) {
	var file transformsFile
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, jsonSentence(err)
	}
	frames := make([]transformsFrame, len(file.Frames))
	lenses := make([]transformsLens, len(file.Frames))
	names := make([]string, len(file.Frames))
	for i, raw := range file.Frames {
		lenses[i] = file.transformsLens
		// A frame's own fields replace those of the top.
		if err := errors.Join(json.Unmarshal(raw, &frames[i]), json.Unmarshal(raw, &lenses[i])); err != nil {
			return nil, fmt.Errorf("entry %d of \"frames\": %w", i, jsonSentence(err))
		}
		names[i] = frames[i].FilePath
	}
	numbers := frameNumbers(names)
	b := &builder{options: o, origin: Corner, world: ZUp}
	for i, f := range frames {
		n := i
		if numbers != nil {
			n = numbers[i]
		}
		err := func() error {
			l, err := lenses[i].lens(o)
			if err != nil {
				return err
			}
			m, err := f.pose()
			if err != nil {
				return err
			}
			return b.add(n, math.NaN(), f.FilePath, l, m)
		}()
		if err != nil {
			return nil, fmt.Errorf("entry %d of \"frames\": %w", i, err)
		}
	}
	return b.finish()
}

// lens returns the fields' lens.
func (t transformsLens) lens(o Options) (lens, error) {
	var l lens
	var err error
	if l.lens, err = t.bends(); err != nil {
		return l, err
	}
	if t.W != nil || t.H != nil {
		if t.W == nil || t.H == nil || !isSize(*t.W) || !isSize(*t.H) {
			return l, errors.New("\"w\" and \"h\" must both be whole numbers of pixels")
		}
		l.width, l.height = int(*t.W), int(*t.H)
	}
	for _, f := range []struct {
		name  string
		value *float64
	}{{"fl_x", t.FlX}, {"fl_y", t.FlY}} {
		if f.value != nil && !(*f.value > 0) {
			return l, fmt.Errorf("%q is %g: it must be positive", f.name, *f.value)
		}
	}
	for _, angle := range []*float64{t.AngleX, t.AngleY} {
		if angle != nil && !(*angle > 0 && *angle < math.Pi) {
			return l, fmt.Errorf("the camera's angle is %g radians: it must be between 0 and pi", *angle)
		}
	}
	w, h := float64(first(l.width, o.Width)), float64(first(l.height, o.Height))
	switch {
	case t.FlX != nil:
		l.fx = *t.FlX
	case t.AngleX != nil:
		l.fx = w / 2 / math.Tan(*t.AngleX/2)
	}
	switch {
	case t.FlY != nil:
		l.fy = *t.FlY
	case t.AngleY != nil && t.FlX == nil:
		l.fy = h / 2 / math.Tan(*t.AngleY/2)
	}
	if (t.Cx == nil) != (t.Cy == nil) {
		return l, errors.New("only one of \"cx\" and \"cy\" is there")
	}
	if t.Cx != nil {
		l.cx, l.cy, l.hasCentre = *t.Cx, *t.Cy, true
	}
	if l.lens.Euclidean() {
		// Its focal lengths are no pixels an angle; the picture is the whole
		// sphere.
		l.fx, l.fy, l.hasCentre = 0, 0, false
	}
	return l, nil
}

// bends returns the fields' lens: a distortion of four radial and two
// tangential coefficients of which the fourth multiplies r^8, or OpenCV's
// fisheye, or a panorama.
func (t transformsLens) bends() (camera.Lens, error) {
	usual := "OPENCV"
	if t.Fish {
		usual = "OPENCV_FISHEYE"
	}
	switch name := first(deref(t.Model), usual); name {
	case "OPENCV", "PINHOLE", "SIMPLE_PINHOLE", "SIMPLE_RADIAL", "RADIAL":
		if t.K4 != 0 {
			return camera.Lens{}, fmt.Errorf("its lens has k4 = %g, the coefficient of r^8, which OpenCV's has not", t.K4)
		}
		return camera.NewLens(camera.OpenCVLens, t.K1, t.K2, t.P1, t.P2, t.K3)
	case "OPENCV_FISHEYE":
		if t.P1 != 0 || t.P2 != 0 {
			return camera.Lens{}, errors.New("its fisheye has p1 and p2, which OpenCV's has not")
		}
		return camera.NewLens(camera.FisheyeLens, t.K1, t.K2, t.K3, t.K4)
	case "EQUIRECTANGULAR":
		return camera.NewLens(camera.EquirectangularLens)
	default:
		return camera.Lens{}, fmt.Errorf("its camera_model %q is none that is known", name)
	}
}

// deref returns what p points to, "" for nil.
func deref(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func isSize(x float64) bool { return x == math.Trunc(x) && x >= 1 && x <= 1<<28 }

// pose returns the frame's pose in OpenCV's axes.
func (f transformsFrame) pose() (mgl64.Mat4, error) {
	x, err := matrixRows(f.Transform)
	if err != nil {
		return mgl64.Mat4{}, fmt.Errorf("\"transform_matrix\" %w", err)
	}
	m, err := inverse(fromRows(x))
	return camera.FlipYZ(m), err
}

// matrixRows flattens the first three rows of a 3x4 or 4x4 matrix.
func matrixRows(rows []list) ([]float64, error) {
	if len(rows) != 3 && len(rows) != 4 {
		return nil, fmt.Errorf("has %d rows, not 3 or 4", len(rows))
	}
	var x []float64
	for i, r := range rows {
		if len(r) != 4 {
			return nil, fmt.Errorf("has %d numbers in row %d, not 4", len(r), i)
		}
		x = append(x, r...)
	}
	if len(rows) == 4 && (x[12] != 0 || x[13] != 0 || x[14] != 0 || x[15] != 1) {
		return nil, errors.New("has a last row that is not 0 0 0 1")
	}
	return x[:12], nil
}

// bopFrame is an entry of BOP's scene_camera.json.
type bopFrame struct {
	K list `json:"cam_K"`
	R list `json:"cam_R_w2c"`
	T list `json:"cam_t_w2c"`
}

// readBOP reads BOP's scene_camera.json: poses are world to camera in OpenCV's
// axes and in millimetres, the principal point counts from a pixel's centre.
// The picture's size is that of camera.json beside the file or in one of the
// two folders above it. Frames have the numbers of their pictures.
func readBOP(fsys fs.FS, dir string, data []byte, o Options) (*camera.Track, error) {
	var file map[string]bopFrame
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, jsonSentence(err)
	}
	width, height, err := bopSize(fsys, dir)
	if err != nil {
		return nil, err
	}
	b := &builder{options: o, origin: Centre, world: YUp, unit: 1e-3}
	for key, f := range file {
		n, err := strconv.Atoi(key)
		if err != nil || n < -maxFrame || n > maxFrame {
			return nil, fmt.Errorf("entry %q is no picture's number", key)
		}
		if len(f.K) != 9 || len(f.R) != 9 || len(f.T) != 3 {
			return nil, fmt.Errorf("picture %d: cam_K, cam_R_w2c and cam_t_w2c must have 9, 9 and 3 numbers", n)
		}
		l, err := lensFromK(f.K, width, height)
		if err == nil {
			r, t := f.R, f.T
			err = b.add(n, math.NaN(), "", l, fromRows([]float64{r[0], r[1], r[2], t[0], r[3], r[4], r[5], t[1], r[6], r[7], r[8], t[2]}))
		}
		if err != nil {
			return nil, fmt.Errorf("picture %d: %w", n, err)
		}
	}
	return b.finish()
}

// bopSize reads the picture's size from camera.json; 0 where there is none.
func bopSize(fsys fs.FS, dir string) (w, h int, err error) {
	for range 3 {
		data, err := readFile(fsys, path.Join(dir, "camera.json"))
		if err == nil {
			var c struct {
				Width  int `json:"width"`
				Height int `json:"height"`
			}
			if err := json.Unmarshal(data, &c); err != nil {
				return 0, 0, fmt.Errorf("camera.json: %w", jsonSentence(err))
			}
			return c.Width, c.Height, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return 0, 0, fmt.Errorf("camera.json: %w", err)
		}
		if dir == "." || strings.HasPrefix(dir, "..") {
			break
		}
		dir = path.Dir(dir)
	}
	return 0, 0, nil
}

// kubricFile is what Kubric's metadata.json says of the camera.
type kubricFile struct {
	Metadata struct {
		Width  int       `json:"width"`
		Height int       `json:"height"`
		Frames []int     `json:"frames"` // not Kubric's own, like Times
		Times  []float64 `json:"times"`
	} `json:"metadata"`
	Camera struct {
		K           []list `json:"K"`
		Positions   []list `json:"positions"`
		Quaternions []list `json:"quaternions"`
	} `json:"camera"`
}

// readKubric reads Kubric's metadata.json: poses are camera to world with
// OpenGL's camera axes, quaternions w first, the world's z is up; K maps to
// coordinates that run from 0 to 1 over the picture, its third row is 0 0 -1.
// Frames count from 0 unless the file numbers them.
func readKubric(data []byte, o Options) (*camera.Track, error) {
	var file kubricFile
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, jsonSentence(err)
	}
	c, meta := &file.Camera, &file.Metadata
	n := len(c.Positions)
	k := slices.Concat(c.K...)
	if len(k) != 9 || k[1] != 0 || k[3] != 0 || k[6] != 0 || k[7] != 0 || k[8] != -1 {
		return nil, fmt.Errorf("its K %v is not of the form fx 0 -cx, 0 -fy -cy, 0 0 -1", c.K)
	}
	if len(c.Quaternions) != n {
		return nil, fmt.Errorf("%d positions and %d quaternions do not match", n, len(c.Quaternions))
	}
	if meta.Frames != nil && len(meta.Frames) != n || meta.Times != nil && len(meta.Times) != n {
		return nil, fmt.Errorf("%d positions have %d frame numbers and %d times", n, len(meta.Frames), len(meta.Times))
	}
	w, h := float64(first(meta.Width, o.Width)), float64(first(meta.Height, o.Height))
	l := lens{width: meta.Width, height: meta.Height, fx: k[0] * w, fy: -k[4] * h, cx: -k[2] * w, cy: -k[5] * h, hasCentre: true}
	b := &builder{options: o, origin: Corner, world: ZUp}
	for i, p := range c.Positions {
		frame, time, q := i, math.NaN(), c.Quaternions[i]
		if meta.Frames != nil {
			frame = meta.Frames[i]
		}
		if meta.Times != nil {
			time = meta.Times[i]
		}
		if len(p) != 3 || len(q) != 4 || frame < -maxFrame || frame > maxFrame {
			return nil, fmt.Errorf("entry %d: a frame has a number, a position of 3 and a quaternion of 4", i)
		}
		m, err := fromQuaternion(q[0], q[1], q[2], q[3], p[0], p[1], p[2])
		if err == nil {
			m, err = inverse(m)
		}
		if err == nil {
			err = b.add(frame, time, "", l, camera.FlipYZ(m))
		}
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i, err)
		}
	}
	return b.finish()
}

// lensFromK reads a 3x3 intrinsic matrix, row by row.
func lensFromK(k []float64, width, height int) (lens, error) {
	if k[1] != 0 || k[3] != 0 || k[6] != 0 || k[7] != 0 || k[8] != 1 {
		return lens{}, fmt.Errorf("its K %v is not of the form fx 0 cx, 0 fy cy, 0 0 1", k)
	}
	return lens{width: width, height: height, fx: k[0], fy: k[4], cx: k[2], cy: k[5], hasCentre: true}, nil
}
