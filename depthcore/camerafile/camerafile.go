// Package camerafile reads the camera files of other programs as camera
// tracks.
//
// What differs between the formats is turned here, and nowhere else: the pose's
// direction, the camera's axes, the image's origin, the world's up axis and the
// unit of length. A format that does not say one of these has a usual meaning,
// given with each reader; Options may say otherwise.
//
// What a file says of its lens comes with the camera; a lens that package camera
// does not have is refused rather than ignored.
package camerafile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
)

// Format is a kind of camera file.
type Format string

const (
	Auto       Format = ""           // found out from the file
	ZScope     Format = "zscope"     // see camera.ReadTrack
	Nerfstudio Format = "nerfstudio" // transforms.json, of instant-ngp too
	COLMAP     Format = "colmap"     // cameras.txt and images.txt
	TUM        Format = "tum"        // trajectory: timestamp tx ty tz qx qy qz qw
	BOP        Format = "bop"        // scene_camera.json
	KITTI      Format = "kitti"      // poses: 12 numbers a line, with calib.txt
	CSV        Format = "csv"        // a table with a head
	ScanNet    Format = "scannet"    // a folder with pose/N.txt and intrinsic/
	Kubric     Format = "kubric"     // metadata.json
	OpenCV     Format = "opencv"     // a camera matrix without poses, see ReadIntrinsics
)

// Formats returns all formats but Auto.
func Formats() []Format {
	return []Format{ZScope, Nerfstudio, COLMAP, TUM, BOP, KITTI, CSV, ScanNet, Kubric, OpenCV}
}

// Origin says where image coordinates (0, 0) are.
type Origin string

const (
	Corner Origin = "corner" // the image's top left corner
	Centre Origin = "centre" // the centre of the top left pixel
)

// World says which axis of the file's world is up. Scenes have glTF's.
type World string

const (
	YUp World = "yup" // as glTF: the file's world is the scene's
	ZUp World = "zup" // as Blender: (x, y, z) there is (x, z, -y) in the scene
)

// Options say what a file does not, or replace what it says. The zero value
// leaves all to the file and its format.
type Options struct {
	Format Format
	// Width and Height of the picture in pixels.
	Width, Height int
	// Fx, Fy, Cx and Cy are intrinsics in pixels for all frames, of a picture of
	// Width x Height where those are given: the track is for that size then. Where
	// the file has none, Fx is needed; Fy is the same then and the principal point
	// the centre of the picture.
	Fx, Fy, Cx, Cy *float64
	// Model and Distortion say what lens the cameras have where they are not
	// nil: with Model alone the file's coefficients are that model's, if the
	// file has any; with Distortion alone they are of the file's model, of
	// OpenCV's where it has a pinhole.
	Model      *camera.LensModel
	Distortion []float64
	// Origin of the file's principal points and of Cx and Cy.
	Origin Origin
	World  World
	// Unit is the file's unit of length in the scene's; 0 means 1, but 0.001
	// for BOP, which is in millimetres.
	Unit float64
}

func (o Options) check() error {
	if o.Format != Auto && !slices.Contains(Formats(), o.Format) {
		return fmt.Errorf("unknown camera file format %q: there are %v", o.Format, Formats())
	}
	if o.Origin != "" && o.Origin != Corner && o.Origin != Centre {
		return fmt.Errorf("pixel origin %q is neither corner nor centre", o.Origin)
	}
	if o.World != "" && o.World != YUp && o.World != ZUp {
		return fmt.Errorf("world %q is neither yup nor zup", o.World)
	}
	if o.Unit != 0 && (!(o.Unit > 0) || math.IsInf(o.Unit, 0)) {
		return fmt.Errorf("unit %g is not positive and finite", o.Unit)
	}
	return nil
}

// maxBytes bounds what is read of one file.
const maxBytes = 1 << 28

// Read reads the camera file name, or the folder of a COLMAP model, from fsys.
// Files that belong to it are found beside it. The error is one sentence with
// the file's name.
func Read(fsys fs.FS, name string, o Options) (*camera.Track, error) {
	t, err := read(fsys, name, o)
	if err != nil {
		return nil, fmt.Errorf("cameras %s: %w", path.Base(name), err)
	}
	return t, nil
}

func read(fsys fs.FS, name string, o Options) (*camera.Track, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, reason(err)
	}
	if info.IsDir() {
		poses, err := fs.Stat(fsys, path.Join(name, "pose"))
		switch {
		case o.Format == ScanNet || o.Format == Auto && err == nil && poses.IsDir():
			return readScanNet(fsys, name, o)
		case o.Format != Auto && o.Format != COLMAP:
			return nil, errors.New("it is a folder, as only COLMAP's models and ScanNet's scenes are")
		}
		return readCOLMAP(fsys, name, o)
	}
	data, err := readFile(fsys, name)
	if err != nil {
		return nil, err
	}
	format := o.Format
	if format == Auto {
		if format = detect(name, data); format == Auto {
			var top map[string]json.RawMessage
			if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
				if err := json.Unmarshal(data, &top); err != nil {
					return nil, jsonSentence(err)
				}
			}
			return nil, fmt.Errorf("it is of none of the formats %v", Formats())
		}
	}
	dir := path.Dir(name)
	switch format {
	case Nerfstudio:
		return readTransforms(data, o)
	case COLMAP:
		return readCOLMAP(fsys, dir, o)
	case TUM:
		return readTUM(fsys, dir, data, o)
	case BOP:
		return readBOP(fsys, dir, data, o)
	case KITTI:
		return readKITTI(fsys, dir, data, o)
	case CSV:
		return readCSV(data, o)
	case Kubric:
		return readKubric(data, o)
	case ScanNet:
		return nil, errors.New("ScanNet's cameras are a folder: name that")
	case OpenCV:
		return nil, errors.New("it has a camera matrix but no poses")
	}
	return readZScope(data, o)
}

// readFile reads a whole file of bounded length.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, reason(err)
	}
	if len(data) > maxBytes {
		return nil, fmt.Errorf("it is larger than the %d MiB a camera file may have", maxBytes>>20)
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), nil
}

// reason strips the operation and the path, which Read's sentence has.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// detect finds out a file's format from its name and content.
func detect(name string, data []byte) Format {
	switch base := path.Base(name); {
	case base == "images.txt" || base == "cameras.txt" || base == "images.bin" || base == "cameras.bin":
		return COLMAP
	case strings.EqualFold(path.Ext(name), ".csv"):
		return CSV
	}
	if start := bytes.TrimSpace(data); len(start) > 0 && start[0] == '{' {
		return detectJSON(data)
	}
	if opencvFields(data).hasMatrix() {
		return OpenCV
	}
	for _, l := range textLines(data) {
		switch fields := strings.Fields(l.text); len(fields) {
		case 8:
			return TUM
		case 12:
			return KITTI
		default:
			if strings.Contains(l.text, ",") {
				return CSV
			}
			return Auto
		}
	}
	return Auto
}

// line is a line of a text file and its number, from 1.
type line struct {
	number int
	text   string
}

// textLines returns the lines that are neither empty nor a # comment.
func textLines(data []byte) []line {
	var list []line
	for i, l := range strings.Split(string(data), "\n") {
		if l = strings.TrimSpace(l); l != "" && l[0] != '#' {
			list = append(list, line{i + 1, l})
		}
	}
	return list
}

// numbers reads finite numbers.
func numbers(words []string) ([]float64, error) {
	list := make([]float64, len(words))
	for i, w := range words {
		x, err := strconv.ParseFloat(w, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("%q is no finite number", w)
		}
		list[i] = x
	}
	return list, nil
}

// lens is the intrinsics of one frame as a file gives them: the file's pixel
// origin, 0 where it does not say.
type lens struct {
	width, height  int
	fx, fy, cx, cy float64
	hasCentre      bool // cx and cy are given
	fromCorner     bool // cx and cy count from the corner whatever the origin
	model          camera.Model
	lens           camera.Lens
}

// bend returns the camera's lens with what o adds.
func (l lens) bend(o Options) (camera.Lens, error) {
	if o.Model == nil && o.Distortion == nil {
		return l.lens, nil
	}
	model, coefficients := l.lens.Model, l.lens.Used()
	if o.Model != nil && *o.Model != model {
		for len(coefficients) > 0 && coefficients[len(coefficients)-1] == 0 {
			coefficients = coefficients[:len(coefficients)-1]
		}
		if model = *o.Model; model == camera.PinholeLens || model == camera.EquirectangularLens {
			coefficients = nil
		}
	}
	if o.Distortion != nil {
		if coefficients = o.Distortion; model == camera.PinholeLens && o.Model == nil {
			model = camera.OpenCVLens
		}
	}
	return camera.NewLens(model, coefficients...)
}

// intrinsics returns a lens with what o adds, with the corner origin. usual is
// the origin of the file's format.
func (l lens) intrinsics(o Options, usual Origin) (camera.Intrinsics, error) {
	in := camera.Intrinsics{Width: l.width, Height: l.height, Model: l.model, Fx: l.fx, Fy: l.fy, Cx: l.cx, Cy: l.cy}
	if in.Width == 0 && in.Height == 0 {
		if o.Width == 0 || o.Height == 0 {
			return in, incomplete("the file does not say how large the picture is: give its size")
		}
		in.Width, in.Height = o.Width, o.Height
	}
	shift := 0.0
	if origin := first(o.Origin, usual); origin == Centre {
		shift = 0.5
	}
	if !l.fromCorner {
		in.Cx, in.Cy = in.Cx+shift, in.Cy+shift
	}
	if !l.hasCentre {
		in.Cx, in.Cy = float64(in.Width)/2, float64(in.Height)/2
	}
	if o.Width != 0 && (o.Fx != nil || o.Fy != nil || o.Cx != nil || o.Cy != nil) {
		in = in.Resized(o.Width, o.Height)
	}
	for _, x := range []struct {
		from *float64
		to   *float64
		add  float64
	}{{o.Fx, &in.Fx, 0}, {o.Fy, &in.Fy, 0}, {o.Cx, &in.Cx, shift}, {o.Cy, &in.Cy, shift}} {
		if x.from != nil {
			*x.to = *x.from + x.add
		}
	}
	var err error
	if in.Lens, err = l.bend(o); err != nil {
		return in, err
	}
	if in.Lens.Euclidean() && (in.Fx == 0 && in.Fy == 0 || !l.lens.Euclidean() && o.Fx == nil) {
		in = camera.WholeSphere(in.Width, in.Height)
	}
	if in.Fx == 0 && in.Fy == 0 {
		return in, incomplete("the file has no intrinsics: give fx, and fy, cx and cy where they are not the usual ones")
	}
	if in.Fy == 0 {
		in.Fy = in.Fx
	}
	return in, in.Check()
}

// ErrIncomplete is in the errors of files that leave the picture's size or the
// intrinsics open where Options do, too.
var ErrIncomplete = errors.New("incomplete camera file")

// incomplete is a sentence that is ErrIncomplete.
type incomplete string

func (i incomplete) Error() string        { return string(i) }
func (i incomplete) Is(target error) bool { return target == ErrIncomplete }

func first[T comparable](a, b T) T {
	var zero T
	if a != zero {
		return a
	}
	return b
}

// builder collects frames and turns their poses to the scene's world and
// glTF's camera axes.
type builder struct {
	options Options
	origin  Origin  // the format's usual one
	world   World   // likewise
	unit    float64 // likewise
	track   camera.Track
}

// add adds a frame with a pose in OpenCV's camera axes.
func (b *builder) add(frame int, time float64, name string, l lens, cameraFromWorld mgl64.Mat4) error {
	in, err := l.intrinsics(b.options, b.origin)
	if err != nil {
		return err
	}
	if b.track.Width == 0 {
		b.track.Width, b.track.Height = in.Width, in.Height
	}
	if in.Width != b.track.Width || in.Height != b.track.Height {
		if b.options.Width == 0 {
			return incomplete(fmt.Sprintf("its picture has %dx%d pixels, those before %dx%d: give one size for all", in.Width, in.Height, b.track.Width, b.track.Height))
		}
		b.resize(b.options.Width, b.options.Height)
		in = in.Resized(b.track.Width, b.track.Height)
	}
	if err := rigid(cameraFromWorld); err != nil {
		return err
	}
	m := camera.FlipYZ(cameraFromWorld)
	if first(b.options.World, b.world) == ZUp {
		m = m.Mul4(zUpFromYUp)
	}
	if unit := first(b.options.Unit, b.unit); unit != 0 && unit != 1 {
		for r := range 3 {
			m.Set(r, 3, m.At(r, 3)*unit)
		}
	}
	v := camera.View{Intrinsics: in, CameraFromWorld: m}
	if err := v.Check(); err != nil {
		return err
	}
	b.track.Frames = append(b.track.Frames, camera.TrackFrame{Frame: frame, Time: time, Camera: name, View: v})
	return nil
}

// resize makes all pictures w x h pixels large.
func (b *builder) resize(w, h int) {
	b.track.Width, b.track.Height = w, h
	for i := range b.track.Frames {
		v := &b.track.Frames[i].View
		v.Intrinsics = v.Intrinsics.Resized(w, h)
	}
}

// zUpFromYUp takes the scene's (x, y, z) to Blender's (x, -z, y).
var zUpFromYUp = mgl64.Mat4FromRows(mgl64.Vec4{1, 0, 0, 0}, mgl64.Vec4{0, 0, -1, 0}, mgl64.Vec4{0, 1, 0, 0}, mgl64.Vec4{0, 0, 0, 1})

// rigid reports whether m is a rotation and a translation, to within what
// files with few digits have.
func rigid(m mgl64.Mat4) error {
	const tolerance = 1e-3
	r := m.Mat3()
	for i := range 3 {
		for k := range 3 {
			want := 0.0
			if i == k {
				want = 1
			}
			if d := r.Col(i).Dot(r.Col(k)); !(math.Abs(d-want) <= tolerance) {
				return errors.New("the pose is no rotation and translation")
			}
		}
	}
	if r.Det() < 0 {
		return errors.New("the pose mirrors")
	}
	return nil
}

// finish returns the track, its frames in order.
func (b *builder) finish() (*camera.Track, error) {
	t := &b.track
	if len(t.Frames) == 0 {
		return nil, errors.New("it has no cameras")
	}
	sort.SliceStable(t.Frames, func(x, y int) bool { return t.Frames[x].Frame < t.Frames[y].Frame })
	for i := 1; i < len(t.Frames); i++ {
		if t.Frames[i].Frame == t.Frames[i-1].Frame {
			return nil, fmt.Errorf("frame %d is there twice", t.Frames[i].Frame)
		}
	}
	return t, nil
}

// inverse turns a world-from-camera pose with OpenCV's camera axes around.
func inverse(worldFromCamera mgl64.Mat4) (mgl64.Mat4, error) {
	if err := rigid(worldFromCamera); err != nil {
		return mgl64.Mat4{}, err
	}
	m, ok := camera.AffineInverse(worldFromCamera)
	if !ok {
		return m, errors.New("the pose has no inverse")
	}
	return m, nil
}

// fromQuaternion returns the matrix of a rotation, w first, and a translation.
// The quaternion need not be of unit length.
func fromQuaternion(w, x, y, z, tx, ty, tz float64) (mgl64.Mat4, error) {
	q := mgl64.Quat{W: w, V: mgl64.Vec3{x, y, z}}
	if n := q.Len(); !(n > 1e-6) || math.IsInf(n, 0) {
		return mgl64.Mat4{}, errors.New("the rotation is no quaternion")
	}
	m := q.Normalize().Mat4()
	m.SetCol(3, mgl64.Vec4{tx, ty, tz, 1})
	return m, nil
}

// fromRows returns the matrix of 12 numbers, three rows of rotation and
// translation.
func fromRows(x []float64) mgl64.Mat4 {
	m := mgl64.Ident4()
	for i := range 12 {
		m.Set(i/4, i%4, x[i])
	}
	return m
}

var lastDigits = regexp.MustCompile(`(\d+)\D*$`)

// frameNumbers returns the numbers that files' names end in, such as 12 for
// images/frame_00012.png; nil where one has none or two have the same.
func frameNumbers(names []string) []int {
	seen := map[int]bool{}
	list := make([]int, len(names))
	for i, name := range names {
		base := path.Base(strings.ReplaceAll(name, `\`, "/"))
		m := lastDigits.FindStringSubmatch(strings.TrimSuffix(base, path.Ext(base)))
		if m == nil {
			return nil
		}
		n, err := strconv.Atoi(m[1])
		if err != nil || n > maxFrame || seen[n] {
			return nil
		}
		seen[n] = true
		list[i] = n
	}
	return list
}

// maxFrame bounds frame numbers, as camera tracks do.
const maxFrame = 1_000_000_000

// readZScope reads zscope's own track; it says all, so that only intrinsics of
// o are taken.
func readZScope(data []byte, o Options) (*camera.Track, error) {
	t, err := camera.ReadTrack(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if o.World == ZUp || o.Unit != 0 && o.Unit != 1 {
		return nil, errors.New("a zscope track is in the scene's own world and unit")
	}
	for i := range t.Frames {
		f := &t.Frames[i]
		l := lens{f.View.Width, f.View.Height, f.View.Fx, f.View.Fy, f.View.Cx, f.View.Cy, true, true, f.View.Model, f.View.Lens}
		in, err := l.intrinsics(o, Corner)
		if err != nil {
			return nil, fmt.Errorf("frame %d: %w", f.Frame, err)
		}
		f.View.Intrinsics = in
		t.Width, t.Height = in.Width, in.Height
	}
	return t, nil
}
