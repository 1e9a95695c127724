package camera

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"strconv"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/depth"
)

// Track is a camera given beside the scene: a view for each frame. It carries
// what a scene file cannot, such as lens shift or an animated focal length.
//
// Its file is a JSON object, see ReadTrack and WriteTrack:
//
//	{
//	  "zscope_cameras": 1,        the format's version
//	  "width": 320, "height": 240, pixels that the intrinsics are for
//	  "fps": 24,                  optional
//	  "axes": "opencv",           camera axes: x right, y down, z forward;
//	                              or "opengl": x right, y up, z backward
//	  "pixel_origin": "corner",   (0, 0) is the image's top left corner;
//	                              or "centre": the top left pixel's centre
//	  "world": "gltf",            optional: the scene's own world, y up
//	  "frames": [{
//	    "frame": 1,
//	    "time": 0.041666666666666664,  seconds, optional
//	    "camera": "Camera",            optional
//	    "model": "perspective",        optional, or "orthographic"
//	    "fx": 311.1, "fy": 311.1, "cx": 160, "cy": 120,   pixels, or pixels
//	                                   per unit where orthographic
//	    "lens": "opencv",              optional: "pinhole", "opencv", "fisheye"
//	                                   or "equirectangular", see Lens
//	    "lens_coefficients": [-0.3, 0.1, 0, 0, 0],   optional: in Lens's order
//	    "near": 0.1, "far": 1000,      optional; far 0 is none
//	    "world_to_camera": [[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]   rows
//	  }]
//	}
//
// Further fields, at either level, are for people and are not read.
type Track struct {
	Width, Height int          // of the picture that the intrinsics are for
	FPS           float64      // 0 where the track does not say
	Frames        []TrackFrame // ascending by Frame, no frame twice
}

// TrackFrame is the camera at one frame.
type TrackFrame struct {
	Frame  int
	Time   float64 // seconds; NaN where the track does not say
	Camera string  // name, may be empty
	View   View
}

const (
	trackVersion  = 1
	maxTrackBytes = 1 << 28
	// maxFrame keeps frame numbers within what a float64, a JSON number and an
	// EXR's 32-bit counter all hold.
	maxFrame = 1_000_000_000
)

// At returns the entry of a frame.
func (t *Track) At(frame int) (TrackFrame, bool) {
	i := sort.Search(len(t.Frames), func(i int) bool { return t.Frames[i].Frame >= frame })
	if i == len(t.Frames) || t.Frames[i].Frame != frame {
		return TrackFrame{}, false
	}
	return t.Frames[i], true
}

// trackFile and trackEntry are the file's fields. Pointers tell a field that
// is missing from one that is zero.
type trackFile struct {
	Version     *float64          `json:"zscope_cameras"`
	Width       *float64          `json:"width"`
	Height      *float64          `json:"height"`
	FPS         *float64          `json:"fps"`
	Axes        *string           `json:"axes"`
	PixelOrigin *string           `json:"pixel_origin"`
	World       *string           `json:"world"`
	Frames      []json.RawMessage `json:"frames"`
}

type trackEntry struct {
	Frame  *float64 `json:"frame"`
	Time   *float64 `json:"time"`
	Camera string   `json:"camera"`
	Model  *string  `json:"model"`
	Fx     *float64 `json:"fx"`
	Fy     *float64 `json:"fy"`
	Cx     *float64 `json:"cx"`
	Cy     *float64 `json:"cy"`
	Lens   *string  `json:"lens"`
	// Pointers again, since null must not pass for 0.
	Coefficients []*float64 `json:"lens_coefficients"`

	Near *float64 `json:"near"`
	Far  *float64 `json:"far"`
	// Rows of the matrix; numbers as pointers, since null must not pass for 0.
	WorldToCamera [][]*float64 `json:"world_to_camera"`
}

// ReadTrack reads zscope's own camera track, as cameras.json of an export
// holds it; see Track for the fields. Principal points are moved to the corner
// origin and poses turned to glTF's camera axes, the latter by changing signs
// alone, so that no bit of a pose is lost. Frames may come in any order.
//
// The error is one sentence that names the frame and the field.
func ReadTrack(r io.Reader) (*Track, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxTrackBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read camera track: %w", err)
	}
	if len(data) > maxTrackBytes {
		return nil, fmt.Errorf("camera track: larger than the %d MiB a track may have", maxTrackBytes>>20)
	}
	t, err := parseTrack(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	if err != nil {
		return nil, fmt.Errorf("camera track: %w", err)
	}
	return t, nil
}

func parseTrack(data []byte) (*Track, error) {
	var f trackFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, jsonSentence(err)
	}
	if f.Version == nil {
		return nil, errors.New(`"zscope_cameras" is missing: this is not a zscope camera track`)
	}
	if *f.Version != trackVersion {
		return nil, fmt.Errorf(`"zscope_cameras" is %v: only version %d is known`, *f.Version, trackVersion)
	}
	width, err := whole("width", f.Width, depth.MaxPixels)
	if err != nil {
		return nil, err
	}
	height, err := whole("height", f.Height, depth.MaxPixels)
	if err != nil {
		return nil, err
	}
	if err := depth.CheckSize(width, height); err != nil {
		return nil, err
	}
	t := &Track{Width: width, Height: height}
	if f.FPS != nil {
		if !(*f.FPS > 0) {
			return nil, fmt.Errorf(`"fps" is %v: it must be positive`, *f.FPS)
		}
		t.FPS = *f.FPS
	}
	axes, err := oneOf("axes", f.Axes, "", "opencv", "opengl")
	if err != nil {
		return nil, err
	}
	origin, err := oneOf("pixel_origin", f.PixelOrigin, "", "corner", "centre", "center")
	if err != nil {
		return nil, err
	}
	if _, err := oneOf("world", f.World, "gltf", "gltf"); err != nil {
		return nil, err
	}
	if len(f.Frames) == 0 {
		return nil, errors.New(`"frames" is missing or empty`)
	}
	t.Frames = make([]TrackFrame, len(f.Frames))
	for i, raw := range f.Frames {
		e, name, err := parseEntry(raw, i)
		if err == nil {
			t.Frames[i], err = e.frame(width, height, axes == "opencv", origin != "corner")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	sort.SliceStable(t.Frames, func(a, b int) bool { return t.Frames[a].Frame < t.Frames[b].Frame })
	for i := 1; i < len(t.Frames); i++ {
		if t.Frames[i].Frame == t.Frames[i-1].Frame {
			return nil, fmt.Errorf("frame %d is there twice", t.Frames[i].Frame)
		}
	}
	return t, nil
}

// parseEntry decodes entry i of the list and returns what to call it in an
// error.
func parseEntry(raw json.RawMessage, i int) (e trackEntry, name string, err error) {
	// A field of the wrong type does not keep the others from being decoded,
	// so that the frame has its number in the error.
	err = json.Unmarshal(raw, &e)
	n, frameErr := whole("frame", e.Frame, maxFrame)
	if frameErr != nil {
		name = fmt.Sprintf("entry %d of \"frames\"", i)
	} else {
		name = fmt.Sprintf("frame %d", n)
	}
	if err != nil {
		return e, name, jsonSentence(err)
	}
	return e, name, frameErr
}

// frame checks e and turns it to glTF's camera axes and the corner origin.
func (e *trackEntry) frame(width, height int, opencv, centre bool) (TrackFrame, error) {
	f := TrackFrame{Frame: int(*e.Frame), Time: math.NaN(), Camera: e.Camera}
	if e.Time != nil {
		f.Time = *e.Time
	}
	v := &f.View
	v.Width, v.Height = width, height
	model, err := oneOf("model", e.Model, Perspective.String(), Perspective.String(), Orthographic.String())
	if err != nil {
		return f, err
	}
	if model == Orthographic.String() {
		v.Model = Orthographic
	}
	for _, k := range []struct {
		name string
		from *float64
		to   *float64
	}{{"fx", e.Fx, &v.Fx}, {"fy", e.Fy, &v.Fy}, {"cx", e.Cx, &v.Cx}, {"cy", e.Cy, &v.Cy}} {
		if k.from == nil {
			return f, fmt.Errorf("%q is missing", k.name)
		}
		*k.to = *k.from
	}
	if centre {
		v.Cx, v.Cy = v.Cx+0.5, v.Cy+0.5
	}
	if v.Lens, err = e.lens(); err != nil {
		return f, err
	}
	if e.Near != nil {
		v.Near = *e.Near
	}
	if e.Far != nil {
		v.Far = *e.Far
	}
	if v.Near < 0 {
		return f, fmt.Errorf(`"near" is %v: it must not be negative`, v.Near)
	}
	if v.Far != 0 && !(v.Far > v.Near) {
		return f, fmt.Errorf(`"far" is %v: it must be beyond "near", or 0 for none`, v.Far)
	}
	if err := e.pose(&v.CameraFromWorld); err != nil {
		return f, err
	}
	if err := unscaled(v.CameraFromWorld); err != nil {
		return f, err
	}
	if opencv {
		v.CameraFromWorld = FlipYZ(v.CameraFromWorld)
	}
	if err := v.Intrinsics.Check(); err != nil {
		return f, err
	}
	if err := v.Check(); err != nil {
		return f, fmt.Errorf(`"world_to_camera": %w`, err)
	}
	return f, nil
}

// lens returns the entry's lens.
func (e *trackEntry) lens() (l Lens, err error) {
	name, err := oneOf("lens", e.Lens, PinholeLens.String(), lensNames[:]...)
	if err != nil {
		return l, err
	}
	model, err := ParseLensModel(name)
	if err != nil {
		return l, err
	}
	list := make([]float64, len(e.Coefficients))
	for i, c := range e.Coefficients {
		if c == nil {
			return l, fmt.Errorf(`"lens_coefficients" has no number at %d`, i)
		}
		list[i] = *c
	}
	if l, err = NewLens(model, list...); err != nil {
		return l, fmt.Errorf(`"lens_coefficients": %w`, err)
	}
	return l, nil
}

// pose fills m with the entry's matrix.
func (e *trackEntry) pose(m *mgl64.Mat4) error {
	if e.WorldToCamera == nil {
		return errors.New(`"world_to_camera" is missing`)
	}
	if len(e.WorldToCamera) != 4 {
		return fmt.Errorf(`"world_to_camera" has %d rows: it must be a 4x4 matrix`, len(e.WorldToCamera))
	}
	for r, row := range e.WorldToCamera {
		if len(row) != 4 {
			return fmt.Errorf(`"world_to_camera" has %d numbers in row %d: it must be a 4x4 matrix`, len(row), r)
		}
		for c, x := range row {
			if x == nil {
				return fmt.Errorf(`"world_to_camera" has no number in row %d, column %d`, r, c)
			}
			m.Set(r, c, *x)
		}
	}
	if m.Row(3) != (mgl64.Vec4{0, 0, 0, 1}) {
		return fmt.Errorf(`"world_to_camera" has the last row %v: it must be 0 0 0 1`, [4]float64(m.Row(3)))
	}
	return nil
}

// unscaled reports a pose whose axes are not of unit length, to within what files
// with few digits have: it would rescale depth. Axes need not be at right angles,
// see FromNode. A pose without an inverse is left to View.Check.
func unscaled(cameraFromWorld mgl64.Mat4) error {
	const tolerance = 1e-3
	m, ok := AffineInverse(cameraFromWorld)
	for c := 0; ok && c < 3; c++ {
		v := m.Col(c).Vec3()
		if n := math.Sqrt(dot(v, v)); !(math.Abs(n-1) <= tolerance) {
			return fmt.Errorf(`"world_to_camera" scales: an axis of the camera is %.4g long in the world, not 1`, n)
		}
	}
	return nil
}

// FlipYZ turns a camera-from-world matrix from glTF's camera axes (y up, z
// backward) to OpenCV's (y down, z forward) or back. It changes the signs of
// two rows and nothing else.
func FlipYZ(cameraFromWorld mgl64.Mat4) mgl64.Mat4 {
	m := cameraFromWorld
	for c := 0; c < 4; c++ {
		m.Set(1, c, -m.At(1, c))
		m.Set(2, c, -m.At(2, c))
	}
	return m
}

// whole returns a number of the file that must be a whole one within +-limit.
func whole(name string, x *float64, limit float64) (int, error) {
	if x == nil {
		return 0, fmt.Errorf("%q is missing", name)
	}
	if *x != math.Trunc(*x) || math.Abs(*x) > limit {
		return 0, fmt.Errorf("%q is %v: it must be a whole number of at most %.0f", name, *x, limit)
	}
	return int(*x), nil
}

// oneOf returns a string of the file that must be one of those allowed. Where
// it is missing, fallback stands in unless that is empty too.
func oneOf(name string, s *string, fallback string, allowed ...string) (string, error) {
	if s == nil {
		if fallback == "" {
			return "", fmt.Errorf("%q is missing: it must be one of %q", name, allowed)
		}
		return fallback, nil
	}
	for _, a := range allowed {
		if *s == a {
			return a, nil
		}
	}
	return "", fmt.Errorf("%q is %q: it must be one of %q", name, *s, allowed)
}

// jsonSentence turns an error of encoding/json into words for people.
func jsonSentence(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return fmt.Errorf("%q is a %s: it must be %s", wrong.Field, wrong.Value, kindWord(wrong.Type.Kind().String()))
	}
	if errors.As(err, &wrong) {
		return fmt.Errorf("a JSON %s stands where an object should", wrong.Value)
	}
	return fmt.Errorf("not valid JSON: %w", err)
}

func kindWord(kind string) string {
	switch kind {
	case "float64":
		return "a number that a float64 holds"
	case "slice":
		return "a list"
	case "string":
		return "a string"
	}
	return "an object"
}

// Note is a further field of a track's file, for people and other programs.
type Note struct {
	Name  string
	Value any // what encoding/json can write
}

// WriteTrack writes t as ReadTrack reads it, with OpenCV's camera axes and the
// corner origin. Every number is written so that reading gives the same bits.
// The notes stand between the head and the frames; they must not use the names
// of the format's own fields.
func WriteTrack(w io.Writer, t *Track, notes ...Note) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "{\n \"zscope_cameras\": %d,\n \"width\": %d,\n \"height\": %d,\n", trackVersion, t.Width, t.Height)
	if t.FPS != 0 {
		fmt.Fprintf(b, " \"fps\": %s,\n", number(t.FPS))
	}
	fmt.Fprint(b, " \"axes\": \"opencv\",\n \"pixel_origin\": \"corner\",\n \"world\": \"gltf\",\n")
	for _, n := range notes {
		value, err := json.MarshalIndent(n.Value, " ", " ")
		if err != nil {
			return fmt.Errorf("write camera track: note %q: %w", n.Name, err)
		}
		fmt.Fprintf(b, " %s: %s,\n", quote(n.Name), value)
	}
	fmt.Fprint(b, " \"frames\": [")
	for i := range t.Frames {
		if err := writeEntry(b, t, i); err != nil {
			return fmt.Errorf("write camera track: frame %d: %w", t.Frames[i].Frame, err)
		}
	}
	fmt.Fprint(b, "\n ]\n}\n")
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write camera track: %w", err)
	}
	return nil
}

func writeEntry(b *bufio.Writer, t *Track, i int) error {
	f := &t.Frames[i]
	v := &f.View
	if v.Width != t.Width || v.Height != t.Height {
		return fmt.Errorf("its view is for %dx%d pixels, the track for %dx%d", v.Width, v.Height, t.Width, t.Height)
	}
	if err := v.Check(); err != nil {
		return err
	}
	if i > 0 {
		b.WriteByte(',')
	}
	fmt.Fprintf(b, "\n  {\"frame\": %d", f.Frame)
	if finite(f.Time) {
		fmt.Fprintf(b, ", \"time\": %s", number(f.Time))
	}
	if f.Camera != "" {
		fmt.Fprintf(b, ", \"camera\": %s", quote(f.Camera))
	}
	fmt.Fprintf(b, ", \"model\": %q,\n   \"fx\": %s, \"fy\": %s, \"cx\": %s, \"cy\": %s", v.Model, number(v.Fx), number(v.Fy), number(v.Cx), number(v.Cy))
	if !v.Lens.IsPinhole() {
		fmt.Fprintf(b, ", \"lens\": %q", v.Lens.Model)
		for i, c := range v.Lens.Used() {
			b.WriteString([]string{", \"lens_coefficients\": [", ", "}[min(i, 1)] + number(c))
		}
		if len(v.Lens.Used()) > 0 {
			b.WriteByte(']')
		}
	}
	if finite(v.Near) && v.Near > 0 {
		fmt.Fprintf(b, ", \"near\": %s", number(v.Near))
	}
	if finite(v.Far) && v.Far > 0 {
		fmt.Fprintf(b, ", \"far\": %s", number(v.Far))
	}
	b.WriteString(",\n   \"world_to_camera\": [")
	m := FlipYZ(v.CameraFromWorld)
	for r := 0; r < 4; r++ {
		row := m.Row(r)
		fmt.Fprintf(b, "[%s, %s, %s, %s]", number(row[0]), number(row[1]), number(row[2]), number(row[3]))
		if r < 3 {
			b.WriteString(", ")
		}
	}
	b.WriteString("]}")
	return nil
}

// number writes x in the fewest digits that read back as the same bits. The
// minus of -0 needs the point, since some readers take -0 for an integer.
func number(x float64) string {
	if x == 0 && math.Signbit(x) {
		return "-0.0"
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil { // a string can always be written
		return `""`
	}
	return string(b)
}
