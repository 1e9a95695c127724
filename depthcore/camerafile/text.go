package camerafile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
)

// readCOLMAP reads cameras.txt and images.txt of a COLMAP model: poses are
// world to camera in OpenCV's axes, the principal point counts from the corner,
// the world is taken for the scene's. Frames have the numbers that the images'
// names end in, else the images' ids.
func readCOLMAP(fsys fs.FS, dir string, o Options) (*camera.Track, error) {
	data, err := readFile(fsys, path.Join(dir, "cameras.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := fs.Stat(fsys, path.Join(dir, "cameras.bin")); err == nil {
			return nil, errors.New("COLMAP's model is binary: write it as text by colmap model_converter --output_type TXT")
		}
	}
	if err != nil {
		return nil, fmt.Errorf("cameras.txt: %w", err)
	}
	lenses := map[string]lens{}
	for _, l := range textLines(data) {
		fields := strings.Fields(l.text)
		if len(fields) < 5 {
			return nil, fmt.Errorf("cameras.txt, line %d: %d words are too few", l.number, len(fields))
		}
		if _, twice := lenses[fields[0]]; twice {
			return nil, fmt.Errorf("cameras.txt, line %d: camera %s is there twice", l.number, fields[0])
		}
		if lenses[fields[0]], err = colmapLens(fields[1], fields[2:]); err != nil {
			return nil, fmt.Errorf("cameras.txt, line %d: %w", l.number, err)
		}
	}
	if data, err = readFile(fsys, path.Join(dir, "images.txt")); err != nil {
		return nil, fmt.Errorf("images.txt: %w", err)
	}
	images, err := colmapImages(data)
	if err != nil {
		return nil, fmt.Errorf("images.txt, %w", err)
	}
	names := make([]string, len(images))
	for i, l := range images {
		if _, name, ok := cutFields(l.text, 9); ok {
			names[i] = name
		}
	}
	byName := frameNumbers(names)
	b := &builder{options: o, origin: Corner, world: YUp}
	for i, l := range images {
		if err := b.addImage(l.text, lenses, byName, i); err != nil {
			return nil, fmt.Errorf("images.txt, line %d: %w", l.number, err)
		}
	}
	return b.finish()
}

// colmapImages returns the first of each image's two lines. The second one,
// the image's points, may be empty; where an image stands in its place, a file
// has lost those lines, and every other image would be taken for points.
func colmapImages(data []byte) ([]line, error) {
	var list []line
	points := false
	for i, text := range strings.Split(string(data), "\n") {
		text = strings.TrimSpace(text)
		if points {
			if words, name, ok := cutFields(text, 9); ok && areNumbers(words) && !areNumbers(strings.Fields(name)) {
				return nil, fmt.Errorf("line %d: an image stands where the points of the one before should, or an empty line", i+1)
			}
			points = false
			continue
		}
		if text == "" || text[0] == '#' {
			continue
		}
		list = append(list, line{i + 1, text})
		points = true
	}
	return list, nil
}

func areNumbers(words []string) bool {
	_, err := numbers(words)
	return err == nil
}

// cutFields splits a line after n words; the rest may have spaces.
func cutFields(text string, n int) (words []string, rest string, ok bool) {
	for range n {
		text = strings.TrimLeft(text, " \t")
		end := strings.IndexAny(text, " \t")
		if end < 0 {
			return nil, "", false
		}
		words = append(words, text[:end])
		text = text[end:]
	}
	return words, strings.TrimSpace(text), true
}

// addImage adds the camera of one line of images.txt.
func (b *builder) addImage(text string, lenses map[string]lens, byName []int, i int) error {
	words, name, ok := cutFields(text, 9)
	if !ok {
		return errors.New("it has fewer than 10 words")
	}
	id, err := strconv.Atoi(words[0])
	if err != nil || id > maxFrame || id < -maxFrame {
		return fmt.Errorf("%q is no image's id", words[0])
	}
	x, err := numbers(words[1:8])
	if err != nil {
		return err
	}
	l, ok := lenses[words[8]]
	if !ok {
		return fmt.Errorf("cameras.txt has no camera %s", words[8])
	}
	m, err := fromQuaternion(x[0], x[1], x[2], x[3], x[4], x[5], x[6])
	if err != nil {
		return err
	}
	if byName != nil {
		id = byName[i]
	}
	return b.add(id, math.NaN(), name, l, m)
}

// colmapLens reads a camera's model, its size and its parameters.
func colmapLens(model string, words []string) (lens, error) {
	x, err := numbers(words)
	if err != nil {
		return lens{}, err
	}
	if !isSize(x[0]) || !isSize(x[1]) {
		return lens{}, fmt.Errorf("%s x %s is no size", words[0], words[1])
	}
	l := lens{width: int(x[0]), height: int(x[1]), hasCentre: true}
	x = x[2:]
	m, ok := colmapModels[model]
	if !ok {
		return l, fmt.Errorf("camera model %s is none that is known: those are %s", model, strings.Join(slices.Sorted(maps.Keys(colmapModels)), ", "))
	}
	if m.single {
		x = slices.Insert(x, min(1, len(x)), x[:min(1, len(x))]...)
	}
	if len(x) != 4+m.distortion {
		return l, fmt.Errorf("camera model %s does not have %d parameters", model, len(words)-2)
	}
	l.fx, l.fy, l.cx, l.cy = x[0], x[1], x[2], x[3]
	l.lens, err = camera.NewLens(m.lens, x[4:]...)
	return l, err
}

// colmapModels are COLMAP's camera models, as far as they are OpenCV's; their
// distortion parameters have OpenCV's order.
var colmapModels = map[string]struct {
	lens       camera.LensModel
	distortion int  // how many parameters follow f or fx fy, cx and cy
	single     bool // fx and fy are one parameter
}{
	"SIMPLE_PINHOLE":        {camera.PinholeLens, 0, true},
	"PINHOLE":               {camera.PinholeLens, 0, false},
	"SIMPLE_RADIAL":         {camera.OpenCVLens, 1, true},
	"RADIAL":                {camera.OpenCVLens, 2, true},
	"OPENCV":                {camera.OpenCVLens, 4, false},
	"FULL_OPENCV":           {camera.OpenCVLens, 8, false},
	"OPENCV_FISHEYE":        {camera.FisheyeLens, 4, false},
	"SIMPLE_RADIAL_FISHEYE": {camera.FisheyeLens, 1, true},
	"RADIAL_FISHEYE":        {camera.FisheyeLens, 2, true},
}

// readTUM reads a trajectory of the TUM RGB-D benchmark: poses are camera to
// world in OpenCV's axes. o has the intrinsics, or calibration.txt beside the file,
// as an export of ours has it: fx fy cx cy in a line. The principal point counts
// from a pixel's centre. Frames count from 0 in the order of their timestamps,
// which are their times.
func readTUM(fsys fs.FS, dir string, data []byte, o Options) (*camera.Track, error) {
	type entry struct {
		line int
		x    []float64
	}
	var list []entry
	for _, l := range textLines(data) {
		x, err := numbers(strings.Fields(l.text))
		if err == nil && len(x) != 8 {
			err = fmt.Errorf("it has %d numbers, not 8", len(x))
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", l.number, err)
		}
		list = append(list, entry{l.number, x})
	}
	slices.SortStableFunc(list, func(a, b entry) int {
		switch {
		case a.x[0] < b.x[0]:
			return -1
		case a.x[0] > b.x[0]:
			return 1
		}
		return 0
	})
	l, err := tumLens(fsys, dir)
	if err != nil && o.Fx == nil {
		return nil, err
	}
	b := &builder{options: o, origin: Centre, world: YUp}
	for i, e := range list {
		x := e.x
		m, err := fromQuaternion(x[7], x[4], x[5], x[6], x[1], x[2], x[3])
		if err == nil {
			m, err = inverse(m)
		}
		if err == nil {
			err = b.add(i, x[0], "", l, m)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", e.line, err)
		}
	}
	return b.finish()
}

// tumLens reads calibration.txt, if there is one.
func tumLens(fsys fs.FS, dir string) (l lens, err error) {
	data, err := readFile(fsys, path.Join(dir, "calibration.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	var x []float64
	if err == nil {
		lines := textLines(data)
		if len(lines) == 1 {
			x, err = numbers(strings.Fields(lines[0].text))
		}
		if err == nil && len(x) != 4 {
			err = errors.New("it is not one line of fx fy cx cy")
		}
	}
	if err != nil {
		return l, fmt.Errorf("calibration.txt: %w", err)
	}
	return lens{fx: x[0], fy: x[1], cx: x[2], cy: x[3], hasCentre: true}, nil
}

// readKITTI reads poses of KITTI's odometry benchmark: each line has the three
// rows of camera to world in OpenCV's axes. calib.txt beside the file has the
// intrinsics, whose principal point counts from a pixel's centre, as P0, or o
// has; times.txt has the frames' times. Frames count from 0.
func readKITTI(fsys fs.FS, dir string, data []byte, o Options) (*camera.Track, error) {
	l, err := kittiLens(fsys, dir)
	if err != nil {
		return nil, err
	}
	times, err := kittiTimes(fsys, dir)
	if err != nil {
		return nil, err
	}
	b := &builder{options: o, origin: Centre, world: YUp}
	poses := textLines(data)
	for i, text := range poses {
		x, err := numbers(strings.Fields(text.text))
		if err == nil && len(x) != 12 {
			err = fmt.Errorf("it has %d numbers, not 12", len(x))
		}
		var m mgl64.Mat4
		if err == nil {
			m, err = inverse(fromRows(x))
		}
		time := math.NaN()
		if i < len(times) {
			time = times[i]
		}
		if err == nil {
			err = b.add(i, time, "", l, m)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", text.number, err)
		}
	}
	if times != nil && len(times) != len(poses) {
		return nil, fmt.Errorf("times.txt: it has %d times for %d poses", len(times), len(poses))
	}
	return b.finish()
}

// kittiLens reads the first camera's projection from calib.txt, if there is
// one.
func kittiLens(fsys fs.FS, dir string) (lens, error) {
	data, err := readFile(fsys, path.Join(dir, "calib.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return lens{}, nil
	}
	if err != nil {
		return lens{}, fmt.Errorf("calib.txt: %w", err)
	}
	for _, l := range textLines(data) {
		name, rest, _ := strings.Cut(l.text, ":")
		if name != "P0" {
			continue
		}
		x, err := numbers(strings.Fields(rest))
		if err != nil || len(x) != 12 {
			return lens{}, fmt.Errorf("calib.txt, line %d: P0 does not have 12 numbers", l.number)
		}
		return lensFromK([]float64{x[0], x[1], x[2], x[4], x[5], x[6], x[8], x[9], x[10]}, 0, 0)
	}
	return lens{}, errors.New("calib.txt: it has no P0")
}

func kittiTimes(fsys fs.FS, dir string) ([]float64, error) {
	data, err := readFile(fsys, path.Join(dir, "times.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("times.txt: %w", err)
	}
	times, err := numbers(strings.Fields(string(data)))
	if err != nil {
		return nil, fmt.Errorf("times.txt: %w", err)
	}
	return times, nil
}

// readScanNet reads the folder of a ScanNet scene: pose/N.txt has the four rows
// of camera to world in OpenCV's axes, the frame's number is the file's;
// intrinsic/intrinsic_depth.txt has K in four rows of four, whose principal
// point counts from a pixel's centre. Frames whose pose is -inf were lost and
// are left out.
func readScanNet(fsys fs.FS, dir string, o Options) (*camera.Track, error) {
	const lensFile = "intrinsic/intrinsic_depth.txt"
	k, err := matrixFile(fsys, path.Join(dir, lensFile))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", lensFile, err)
	}
	l, err := lensFromK([]float64{k[0], k[1], k[2], k[4], k[5], k[6], k[8], k[9], k[10]}, 0, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", lensFile, err)
	}
	entries, err := fs.ReadDir(fsys, path.Join(dir, "pose"))
	if err != nil {
		return nil, fmt.Errorf("pose: %w", reason(err))
	}
	b := &builder{options: o, origin: Centre, world: YUp}
	for _, e := range entries {
		number, isText := strings.CutSuffix(e.Name(), ".txt")
		n, err := strconv.Atoi(number)
		if !isText || err != nil || n < -maxFrame || n > maxFrame {
			continue
		}
		x, err := matrixFile(fsys, path.Join(dir, "pose", e.Name()))
		if errors.Is(err, errLost) {
			continue
		}
		var m mgl64.Mat4
		if err == nil {
			m, err = inverse(fromRows(x))
		}
		if err == nil {
			err = b.add(n, math.NaN(), "", l, m)
		}
		if err != nil {
			return nil, fmt.Errorf("pose/%s: %w", e.Name(), err)
		}
	}
	return b.finish()
}

// errLost says that a pose is not known.
var errLost = errors.New("the pose is -inf")

// matrixFile reads the sixteen numbers of a 4x4 matrix.
func matrixFile(fsys fs.FS, name string) ([]float64, error) {
	data, err := readFile(fsys, name)
	if err != nil {
		return nil, err
	}
	words := strings.Fields(string(data))
	if len(words) > 0 && strings.EqualFold(words[0], "-inf") {
		return nil, errLost
	}
	x, err := numbers(words)
	if err == nil && len(x) != 16 {
		err = fmt.Errorf("it has %d numbers, not 16", len(x))
	}
	return x, err
}

// csvColumns are the columns that a table may have; the first eight must be
// there.
var csvColumns = []string{"frame", "tx", "ty", "tz", "qx", "qy", "qz", "qw", "time", "fx", "fy", "cx", "cy", "width", "height",
	"k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6", "s1", "s2", "s3", "s4"}

const csvNeeded, csvLens = 8, 15

// readCSV reads a table whose first row names its columns, in any order, with
// commas, semicolons or tabs between them:
// frame, tx ty tz, qx qy qz qw, and if they are there time, fx fy cx cy, width
// height, k1 k2 p1 p2 k3 to k6 s1 to s4 and lens, the name of its model: k1 to k4
// are a fisheye's there, else all are OpenCV's. Poses are camera to world in
// OpenCV's axes, the principal point counts from the corner.
func readCSV(data []byte, o Options) (*camera.Track, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.TrimLeadingSpace, r.Comment, r.Comma = true, '#', csvComma(data)
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("it is empty")
	}
	column := make([]int, len(csvColumns))
	for i, name := range csvColumns {
		is := func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), name) }
		column[i] = slices.IndexFunc(rows[0], is)
		if column[i] >= 0 && slices.ContainsFunc(rows[0][column[i]+1:], is) {
			return nil, fmt.Errorf("its first row names column %q twice", name)
		}
		if column[i] < 0 && i < csvNeeded {
			return nil, fmt.Errorf("its first row names no column %q", name)
		}
	}
	lens := slices.IndexFunc(rows[0], func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), "lens") })
	b := &builder{options: o, origin: Corner, world: YUp}
	for i, row := range rows[1:] {
		name := ""
		if lens >= 0 {
			name = strings.TrimSpace(row[lens])
		}
		if err := b.addRow(row, column, name); err != nil {
			return nil, fmt.Errorf("row %d: %w", i+2, err)
		}
	}
	return b.finish()
}

// csvComma returns what separates the words of a table: a comma, else a
// semicolon or a tab where its first row has those.
func csvComma(data []byte) rune {
	lines := textLines(data)
	for _, comma := range ",;\t" {
		if len(lines) > 0 && strings.ContainsRune(lines[0].text, comma) {
			return comma
		}
	}
	return ','
}

// csvLensOf returns the lens of a row, given its name and the coefficients in
// the columns' order.
func csvLensOf(name string, x []float64) (camera.Lens, error) {
	if name == "" {
		return camera.NewLens(camera.OpenCVLens, x...)
	}
	m, err := camera.ParseLensModel(strings.ToLower(name))
	if m == camera.FisheyeLens {
		x = []float64{x[0], x[1], x[4], x[5], x[2], x[3]} // p1 and p2 are none
	}
	for len(x) > 0 && x[len(x)-1] == 0 {
		x = x[:len(x)-1]
	}
	if err != nil {
		return camera.Lens{}, err
	}
	return camera.NewLens(m, x...)
}

// addRow adds the camera of one row of a table.
func (b *builder) addRow(row []string, column []int, lensName string) error {
	value := make([]float64, len(column))
	there := make([]bool, len(column))
	for i, c := range column {
		if c < 0 || i >= csvNeeded && strings.TrimSpace(row[c]) == "" {
			continue
		}
		x, err := numbers([]string{strings.TrimSpace(row[c])})
		if err != nil {
			return fmt.Errorf("%s: %w", csvColumns[i], err)
		}
		value[i], there[i] = x[0], true
	}
	frame := value[0]
	if frame != math.Trunc(frame) || math.Abs(frame) > maxFrame {
		return fmt.Errorf("frame %v is no whole number", frame)
	}
	time := math.NaN()
	if there[8] {
		time = value[8]
	}
	for _, pair := range [][2]int{{11, 12}, {13, 14}} {
		if there[pair[0]] != there[pair[1]] {
			return fmt.Errorf("only one of %s and %s is there", csvColumns[pair[0]], csvColumns[pair[1]])
		}
	}
	for _, f := range []int{9, 10} {
		if there[f] && !(value[f] > 0) {
			return fmt.Errorf("%s is %g: it must be positive", csvColumns[f], value[f])
		}
	}
	l := lens{fx: value[9], fy: value[10], cx: value[11], cy: value[12], hasCentre: there[11] && there[12]}
	if there[13] && there[14] {
		if !isSize(value[13]) || !isSize(value[14]) {
			return fmt.Errorf("%v x %v is no size", value[13], value[14])
		}
		l.width, l.height = int(value[13]), int(value[14])
	}
	var err error
	if l.lens, err = csvLensOf(lensName, value[csvLens:]); err != nil {
		return err
	}
	m, err := fromQuaternion(value[7], value[4], value[5], value[6], value[1], value[2], value[3])
	if err == nil {
		m, err = inverse(m)
	}
	if err != nil {
		return err
	}
	return b.add(int(frame), time, "", l, m)
}
