package camerafile

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"zscope/depthcore/camera"
)

// ReadIntrinsics reads a file that has intrinsics but no poses, for a picture
// of the file's size, else of o's: a camera matrix as cv::FileStorage and
// OpenCV's calibration programs write it (YAML, XML or JSON; ROS and Kalibr
// spell it much the same), nine numbers in three lines, or Middlebury's
// calib.txt. The distortion coefficients beside the matrix are OpenCV's (4, 5, 8
// or 12 of them), or a fisheye's where the file names such a model. ok is false where the file is no such file, and nothing else is
// said about it then.
//
// The principal point counts from the centre of the first pixel unless o says
// otherwise; it is returned with the corner origin, as all are.
func ReadIntrinsics(fsys fs.FS, name string, o Options) (in camera.Intrinsics, ok bool, err error) {
	if o.Format != Auto && o.Format != OpenCV {
		return in, false, nil
	}
	fail := func(err error) (camera.Intrinsics, bool, error) {
		return in, true, fmt.Errorf("cameras %s: %w", path.Base(name), err)
	}
	if err := o.check(); err != nil {
		return fail(err)
	}
	info, err := fs.Stat(fsys, name)
	if err != nil || info.IsDir() {
		return in, false, nil // Read says what is wrong
	}
	data, err := readFile(fsys, name)
	if err != nil {
		return fail(err)
	}
	if o.Format != OpenCV && detect(name, data) != OpenCV {
		return in, false, nil
	}
	l, err := opencvLens(data)
	if err != nil {
		return fail(err)
	}
	if in, err = l.intrinsics(o, Centre); err != nil {
		return fail(err)
	}
	return in, true, nil
}

// The names that programs give what belongs to a camera, the way plainName
// writes them. Of a stereo calibration it is the left camera.
var (
	matrixNames     = []string{"cameramatrix", "k", "m1", "intrinsicmatrix", "intrinsics", "mtx", "cam0"}
	distortionNames = []string{"distortioncoefficients", "distortioncoeffs", "distcoeffs", "distcoef", "dist", "d", "d1"}
	widthNames      = []string{"imagewidth", "width"}
	heightNames     = []string{"imageheight", "height"}
	sizeNames       = []string{"imagesize", "resolution"}
)

// plainName leaves of a name its letters and digits, in lower case.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		}
		return -1
	}, s)
}

// fields are the numbers of a file by name.
type fields map[string][]float64

func (f fields) first(names []string) []float64 {
	for _, n := range names {
		if len(f[n]) > 0 {
			return f[n]
		}
	}
	return nil
}

// hasMatrix reports whether there is a 3x3 camera matrix.
func (f fields) hasMatrix() bool { return len(f.first(matrixNames)) == 9 }

// opencvLens returns the lens of a file of intrinsics.
func opencvLens(data []byte) (lens, error) {
	f := opencvFields(data)
	k := f.first(matrixNames)
	if len(k) != 9 {
		return lens{}, errors.New("it has no 3x3 camera matrix")
	}
	size := append(append([]float64{}, f.first(widthNames)...), f.first(heightNames)...)
	if len(size) == 0 {
		size = f.first(sizeNames)
	}
	var w, h int
	if len(size) > 0 {
		if len(size) != 2 || !isSize(size[0]) || !isSize(size[1]) {
			return lens{}, fmt.Errorf("its picture's size %v is no width and height", size)
		}
		w, h = int(size[0]), int(size[1])
	}
	l, err := lensFromK(k, w, h)
	if err != nil {
		return l, err
	}
	model := camera.OpenCVLens
	if name := distortionModel.FindSubmatch(data); name != nil {
		switch m := strings.ToLower(string(name[1])); m {
		case "none", "plumb_bob", "radtan", "rational_polynomial", "opencv":
		case "equidistant", "fisheye", "kannala_brandt":
			model = camera.FisheyeLens
		default:
			return l, fmt.Errorf("its distortion model %s is not one that is known", m)
		}
	}
	if l.lens, err = camera.NewLens(model, f.first(distortionNames)...); err != nil {
		return l, fmt.Errorf("its distortion %v: %w", f.first(distortionNames), err)
	}
	return l, nil
}

// distortionModel is how ROS and Kalibr name a lens.
var distortionModel = regexp.MustCompile(`(?i)\bdistortion_model\b["'\s:>=]+(\w+)`)

// opencvFields returns what a file says, as far as it can be understood.
func opencvFields(data []byte) fields {
	const longest = 1 << 20 // such files are short
	switch start := bytes.TrimSpace(data); {
	case len(start) == 0 || len(data) > longest:
		return nil
	case start[0] == '{':
		return jsonFields(data)
	case start[0] == '<':
		return xmlFields(data)
	}
	if k := plainMatrix(data); k != nil {
		return fields{"k": k}
	}
	if f := assignedFields(data); f.hasMatrix() {
		return f
	}
	return yamlFields(data)
}

// jsonFields reads the numbers of each member of an object: one, a list, a
// list of lists, or an object with such a list as its "data".
func jsonFields(data []byte) fields {
	var top map[string]json.RawMessage
	if json.Unmarshal(data, &top) != nil {
		return nil
	}
	f := fields{}
	for name, raw := range top {
		var one *float64
		var flat list
		var rows []list
		var matrix struct {
			Data list `json:"data"`
		}
		switch {
		case json.Unmarshal(raw, &one) == nil && one != nil:
			flat = list{*one}
		case json.Unmarshal(raw, &flat) == nil:
		case json.Unmarshal(raw, &rows) == nil:
			flat = slices.Concat(rows...)
		case json.Unmarshal(raw, &matrix) == nil:
			flat = matrix.Data
		}
		f[plainName(name)] = flat
	}
	return f
}

// xmlFields reads the children of <opencv_storage>.
func xmlFields(data []byte) fields {
	var top struct {
		Children []struct {
			XMLName xml.Name
			Text    string  `xml:",chardata"`
			Data    *string `xml:"data"`
		} `xml:",any"`
	}
	if xml.Unmarshal(data, &top) != nil {
		return nil
	}
	f := fields{}
	for _, c := range top.Children {
		text := c.Text
		if c.Data != nil {
			text = *c.Data
		}
		if list, err := numbers(strings.Fields(text)); err == nil {
			f[plainName(c.XMLName.Local)] = list
		}
	}
	return f
}

var (
	yamlEntry  = regexp.MustCompile(`^([A-Za-z_]\w*)\s*:(.*)$`)
	yamlData   = regexp.MustCompile(`(?s)\bdata\s*:(.*)$`)
	yamlNumber = regexp.MustCompile(`[^\s\[\],]+`)
	comment    = regexp.MustCompile(`(^|\s)#.*$`)
)

// yamlFields reads the numbers of the entries at the margin, of those with an
// entry "data" that one's. It knows no more of YAML than such files need.
func yamlFields(data []byte) fields {
	text := map[string]*strings.Builder{}
	var name string
	for _, l := range strings.Split(string(data), "\n") {
		l = comment.ReplaceAllString(strings.TrimRight(l, "\r"), "")
		if m := yamlEntry.FindStringSubmatch(l); m != nil {
			name, l = plainName(m[1]), m[2]
			text[name] = &strings.Builder{}
		}
		if name != "" {
			text[name].WriteString(" " + l)
		}
	}
	f := fields{}
	for name, b := range text {
		t := b.String()
		if m := yamlData.FindStringSubmatch(t); m != nil {
			t = m[1]
		}
		if end := strings.LastIndexByte(t, ']'); end >= 0 {
			t = t[:end]
		}
		words := yamlNumber.FindAllString(t, -1)
		for len(words) > 0 && words[0] == "-" { // a list, an item a line
			words = words[1:]
		}
		if list, err := numbers(words); err == nil {
			f[name] = list
		}
	}
	return f
}

var assigned = regexp.MustCompile(`^(\w+)\s*=\s*\[?([^\]]*)\]?$`)

// assignedFields reads lines such as width=741 and cam0=[f 0 cx; 0 f cy; 0 0 1].
func assignedFields(data []byte) fields {
	f := fields{}
	for _, l := range textLines(data) {
		m := assigned.FindStringSubmatch(l.text)
		if m == nil {
			return nil
		}
		if list, err := numbers(strings.Fields(strings.ReplaceAll(m[2], ";", " "))); err == nil {
			f[plainName(m[1])] = list
		}
	}
	return f
}

// plainMatrix reads three rows of three numbers, a row a line or in brackets as
// numpy, Matlab and JSON write a matrix; nil where the file is something else.
func plainMatrix(data []byte) []float64 {
	var rows [][]float64
	for _, l := range textLines(data) {
		for _, part := range strings.FieldsFunc(l.text, func(r rune) bool { return r == '[' || r == ']' || r == ';' }) {
			words := strings.Fields(strings.ReplaceAll(part, ",", " "))
			if len(words) == 0 {
				continue
			}
			row, err := numbers(words)
			if err != nil || len(row) != 3 {
				return nil
			}
			rows = append(rows, row)
		}
	}
	if len(rows) != 3 {
		return nil
	}
	return slices.Concat(rows...)
}
