package export

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/channels"
	"zscope/depthcore/scene"
)

// ManifestFile is the name of the manifest that Run writes beside the frames:
// a line of JSON with the job's settings, then a line for each frame that is
// written. A frame's line is appended once its files have their names, so that
// an export which was killed can be resumed; a last line that was cut short is
// not counted. A run that ends writes it anew in the order of the frames. It
// holds no times of day, so the same job gives the same bytes.
const ManifestFile = "manifest.jsonl"

const manifestVersion = 1

// settings is the manifest's first line: all of a job that may change what the
// files hold.
type settings struct {
	Version     int                `json:"zscope_manifest"`
	Software    string             `json:"software"`
	Scene       sceneStamp         `json:"scene"`
	Camera      string             `json:"camera"`
	Lens        []*float64         `json:"lens"`                 // fx fy cx cy that replace the camera's; null: its own
	LensModel   string             `json:"lens_model,omitempty"` // that replaces the camera's, see camera.ParseLens
	Euclidean   bool               `json:"euclidean,omitempty"`  // the numbers are distances
	Animations  []int              `json:"animations"`           // null: all
	FPS         float64            `json:"fps"`
	Offset      float64            `json:"offset"`
	Size        string             `json:"size"`
	Profile     Profile            `json:"profile,omitempty"`
	Formats     []Format           `json:"formats"`
	Channels    []channels.Channel `json:"channels,omitempty"` // none: z alone
	Stereo      bool               `json:"stereo,omitempty"`
	Name        string             `json:"name"`
	Background  string             `json:"background"`
	Compression string             `json:"compression"`
	Level       int                `json:"level"`
	Scale       float64            `json:"png_scale"`
	Baseline    float64            `json:"baseline,omitempty"`
	Cull        bool               `json:"cull"`
	Clip        bool               `json:"clip"`
	NoMask      bool               `json:"no_mask"`
	Blend       float64            `json:"blend_threshold"`
	// Frames are those of the whole job, as ParseFrames reads them.
	Frames string `json:"frames"`
}

type sceneStamp struct {
	Name   string `json:"name"`
	Format string `json:"format"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Parts  string `json:"parts,omitempty"` // of the files beside it
}

// record is the line of a frame.
type record struct {
	Frame         int         `json:"frame"`
	Time          float64     `json:"time"`
	Camera        cameraStamp `json:"camera"`
	Files         []fileStamp `json:"files"`
	Near          float32     `json:"near,omitempty"` // of the surfaces in it
	Far           float32     `json:"far,omitempty"`
	Hits          int         `json:"hits"`
	SaturatedFar  int         `json:"saturated_far,omitempty"`
	SaturatedNear int         `json:"saturated_near,omitempty"`
	Recast        *Recast     `json:"recast,omitempty"` // where the frame was verified so
}

type fileStamp struct {
	Name   string `json:"name"` // below the folder, with slashes
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// cameraStamp is a camera.View but for its size, in glTF's camera axes.
type cameraStamp struct {
	Name            string      `json:"name,omitempty"`
	Orthographic    bool        `json:"orthographic,omitempty"`
	K               [4]float64  `json:"k"`              // fx fy cx cy, corner origin
	Lens            string      `json:"lens,omitempty"` // see camera.ParseLens; none: a pinhole
	Near            float64     `json:"near,omitempty"`
	Far             float64     `json:"far,omitempty"`
	CameraFromWorld [12]float64 `json:"camera_from_world"` // three rows
}

// newSettings returns the settings of a job.
func newSettings(p *plan) settings {
	s := settings{
		Version: manifestVersion, Software: p.Software,
		Scene:      sceneStamp{p.Scene.Name, p.Scene.Source.Format, p.Scene.Source.Bytes, p.Scene.Source.SHA256, p.Scene.Source.Parts},
		Camera:     "track",
		Lens:       []*float64{p.Lens.Fx, p.Lens.Fy, p.Lens.Cx, p.Lens.Cy},
		Animations: p.Animations, FPS: p.timeline.FPS, Offset: p.timeline.Offset,
		Size: fmt.Sprintf("%dx%d", p.Width, p.Height), Profile: p.Profile, Formats: p.Formats, Channels: p.Channels, Stereo: p.Stereo, Name: p.pattern,
		Background: p.invalid(), Compression: p.Compression.String(), Level: p.Level, Scale: p.Scale, Baseline: p.Baseline,
		Cull: p.Raycast.CullBackFaces, Clip: p.Raycast.Clip, NoMask: p.Raycast.NoMask, Blend: p.Raycast.BlendThreshold,
		Frames: FormatFrames(p.all),
	}
	if p.Lens.Lens != nil {
		s.LensModel = p.Lens.Lens.String()
	}
	s.Euclidean = p.euclidean()
	if p.Track == nil {
		s.Camera = fmt.Sprintf("%d %s", p.Camera, p.cameraName(0))
	}
	return s
}

// difference says which setting two manifests do not share, Frames apart
// unless files are numbered by their place among them. Empty means none.
func (s settings) difference(other settings) string {
	if s.Profile != Kubric {
		s.Frames, other.Frames = "", ""
	}
	a, b := s.fields(), other.fields()
	for i := range a {
		if a[i] != b[i] {
			return fmt.Sprintf("%s instead of %s", b[i], a[i])
		}
	}
	return ""
}

// fields returns the settings one by one, as name:value.
func (s settings) fields() []string {
	line, err := json.Marshal(s)
	if err != nil {
		return []string{err.Error()} // numbers and strings can always be written
	}
	var named map[string]json.RawMessage
	if err := json.Unmarshal(line, &named); err != nil {
		return []string{err.Error()}
	}
	var list []string
	for name, value := range named {
		list = append(list, name+" "+string(value))
	}
	slices.Sort(list)
	return list
}

// newRecord returns the line of a frame whose files are closed.
func newRecord(f *frame) *record {
	v := &f.view
	r := &record{
		Frame: f.number, Time: f.time, Hits: f.hits, SaturatedFar: f.beyond.Far, SaturatedNear: f.beyond.Near, Recast: f.recast,
		Camera: cameraStamp{Name: f.camera, Orthographic: v.Model == camera.Orthographic, K: [4]float64{v.Fx, v.Fy, v.Cx, v.Cy}, Near: v.Near, Far: v.Far},
	}
	if !v.Lens.IsPinhole() {
		r.Camera.Lens = v.Lens.String()
	}
	if math.IsInf(v.Far, 0) {
		r.Camera.Far = 0 // none, as 0 says
	}
	copy(r.Camera.CameraFromWorld[:], camera.Rows3x4(v.CameraFromWorld))
	if f.hits > 0 {
		r.Near, r.Far = f.near, f.far
	}
	for _, p := range f.parts {
		r.Files = append(r.Files, fileStamp{p.name, p.bytes, p.sum()})
	}
	return r
}

// trackFrame returns the record's camera for pictures of w x h pixels.
func (r *record) trackFrame(w, h int) camera.TrackFrame {
	c := &r.Camera
	v := camera.View{Intrinsics: camera.Intrinsics{Width: w, Height: h, Fx: c.K[0], Fy: c.K[1], Cx: c.K[2], Cy: c.K[3]}, Near: c.Near, Far: c.Far}
	if c.Orthographic {
		v.Model = camera.Orthographic
	}
	if l, err := camera.ParseLens(c.Lens); err == nil { // else View.Check says so
		v.Lens = l
	} else {
		v.Lens.Model = -1
	}
	v.CameraFromWorld = mgl64.Ident4()
	for i, x := range c.CameraFromWorld {
		v.CameraFromWorld.Set(i/4, i%4, x)
	}
	return camera.TrackFrame{Frame: r.Frame, Time: r.Time, Camera: c.Name, View: v}
}

// manifest is a manifest's content.
type manifest struct {
	settings settings
	records  map[int]*record // by frame
}

// readManifest reads a manifest. Lines that are no records are left out: a
// frame without a record is made again. os.ErrNotExist is wrapped where there
// is no such file.
func readManifest(path string) (*manifest, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, reason(err))
	}
	defer f.Close()
	m, err := parseManifest(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return m, nil
}

func parseManifest(r io.Reader) (*manifest, error) {
	const longest = 1 << 20
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longest)
	m := &manifest{records: map[int]*record{}}
	if !lines.Scan() {
		if err := lines.Err(); err != nil {
			return nil, reason(err)
		}
		return nil, errors.New("the manifest is empty")
	}
	if err := json.Unmarshal(lines.Bytes(), &m.settings); err != nil || m.settings.Version != manifestVersion {
		return nil, fmt.Errorf("the first line is not that of a version %d manifest", manifestVersion)
	}
	for lines.Scan() {
		var rec record
		if json.Unmarshal(lines.Bytes(), &rec) != nil || rec.trackFrame(1, 1).View.Check() != nil || len(rec.Files) == 0 {
			continue
		}
		m.records[rec.Frame] = &rec
	}
	if err := lines.Err(); err != nil {
		return nil, reason(err)
	}
	return m, nil
}

// sorted returns the records in the order of their frames.
func (m *manifest) sorted() []*record {
	list := make([]*record, 0, len(m.records))
	for _, r := range m.records {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *record) int { return a.Frame - b.Frame })
	return list
}

// write writes the manifest to path, atomically.
func (m *manifest) write(path string) error {
	return writeWhole(path, func(w *bufio.Writer) error {
		e := json.NewEncoder(w) // ends each value with a newline
		if err := e.Encode(m.settings); err != nil {
			return err
		}
		for _, r := range m.sorted() {
			if err := e.Encode(r); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeWhole writes a file atomically.
func writeWhole(path string, encode func(*bufio.Writer) error) error {
	p, err := createPart(context.Background(), filepath.Dir(path), filepath.Base(path))
	if err != nil {
		return err
	}
	err = p.fill(bufio.NewWriter(nil), encode)
	if err == nil {
		err = p.close()
	}
	if err == nil {
		err = p.commit(true)
	}
	if err != nil {
		p.discard()
	}
	return err
}

// journal appends records to a manifest that is there.
type journal struct {
	path string
	file *os.File
	line bytes.Buffer
}

func openJournal(path string) (*journal, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", path, reason(err))
	}
	return &journal{path: path, file: f}, nil
}

// add appends a record in one write.
func (j *journal) add(r *record) error {
	j.line.Reset()
	if err := json.NewEncoder(&j.line).Encode(r); err != nil {
		return fmt.Errorf("write %s: %w", j.path, err)
	}
	if _, err := j.file.Write(j.line.Bytes()); err != nil {
		return fmt.Errorf("write %s: %w", j.path, reason(err))
	}
	return nil
}

func (j *journal) close() error {
	if err := j.file.Close(); err != nil {
		return fmt.Errorf("write %s: %w", j.path, reason(err))
	}
	return nil
}

// track returns the cameras of all frames that the manifest has.
func (m *manifest) track() (*camera.Track, error) {
	w, h, err := ParseSize(m.settings.Size)
	if err != nil {
		return nil, err
	}
	t := &camera.Track{Width: w, Height: h, FPS: m.settings.FPS}
	for _, r := range m.sorted() {
		t.Frames = append(t.Frames, r.trackFrame(w, h))
	}
	return t, nil
}

// writeCameras writes the camera track of the frames that the manifest has.
func (m *manifest) writeCameras(dir string) error {
	track, err := m.track()
	if err != nil {
		return err
	}
	write := func(name string) error {
		return writeWhole(filepath.Join(dir, name), func(w *bufio.Writer) error {
			return camera.WriteTrack(w, track, m.trackNotes()...)
		})
	}
	if err := write(CamerasFile); err != nil || !m.settings.Stereo {
		return err
	}
	for i := range track.Frames {
		track.Frames[i].View = track.Frames[i].View.Beside(m.settings.Baseline)
	}
	return write(CamerasRightFile)
}

// writeNames writes the names of a scene's ids.
func writeNames(dir string, s *scene.Scene) error {
	return writeWhole(filepath.Join(dir, NamesFile), func(w *bufio.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		return e.Encode(channels.NamesOf(s))
	})
}

// job returns what the settings say of files.
func (s settings) job() Job {
	return Job{Profile: s.Profile, Formats: s.Formats, Channels: s.Channels, Stereo: s.Stereo, Name: s.Name}
}

// trackNotes are the fields of cameras.json beside the track's own.
func (m *manifest) trackNotes() []camera.Note {
	s := m.settings
	var files []string
	if _, ok := layouts[s.Profile]; ok {
		for _, r := range m.sorted() { // one a frame, in their order
			files = append(files, r.Files[0].Name)
		}
	} else {
		for _, o := range s.job().outputs() {
			files = append(files, s.Name+o.suffix())
		}
	}
	notes := []camera.Note{
		{Name: "depth", Value: s.meaning()},
		{Name: "convention", Value: "world_to_camera maps world points to camera space with x right, y down, z forward; " +
			"u = fx*x/z + cx and v = fy*y/z + cy (orthographic: u = fx*x + cx, v = fy*y + cy) count pixels from the image's top left corner, " +
			"so that OpenCV's cx and cy are these less 0.5; where a frame has a lens, its distortion of OpenCV's order and formulas " +
			"(projectPoints, fisheye.projectPoints), or its longitude and latitude, take the place of x/z and y/z"},
		{Name: "files", Value: files},
		{Name: "source", Value: map[string]string{"name": s.Scene.Name, "format": s.Scene.Format, "sha256": s.Scene.SHA256}},
	}
	if job := s.job(); !job.plain() && (s.Profile == "" || s.Profile == Plain) {
		said := map[channels.Channel]channels.Meaning{}
		for _, c := range job.channelList() {
			said[c] = c.Meaning(unit(s.Scene.Format), s.Background)
		}
		notes = append(notes, camera.Note{Name: "channels", Value: said})
		if slices.ContainsFunc(job.channelList(), channels.Channel.NeedsBaseline) {
			notes = append(notes, camera.Note{Name: "stereo", Value: map[string]any{"baseline": s.Baseline,
				"definition": "the right camera is the left one, baseline further along its x axis, with the same intrinsics; a surface at Z in column u of the left picture is in column u - disparity of the right one"}})
		}
	}
	if slices.Contains(s.Formats, PNG) {
		notes = append(notes, camera.Note{Name: "png", Value: map[string]any{
			"counts_per_unit": s.Scale, "invalid": 0, "saturated": math.MaxUint16,
			"definition": "Z in units is a pixel's value divided by counts_per_unit; 0 is no depth; 65535 may stand for any depth beyond",
		}})
	}
	if s.Software != "" {
		notes = append(notes, camera.Note{Name: "software", Value: s.Software})
	}
	return notes
}

// meaning says what a number in the files is.
func (s settings) meaning() map[string]any {
	name, sentence := kind(s.Euclidean)
	says := map[string]any{
		"kind":         name,
		"unit":         unit(s.Scene.Format),
		"invalid":      s.Background,
		"definition":   sentence,
		"pixel_centre": fmt.Sprintf("the ray of column i, row j (from 0, top left) passes through (i + %s, j + %[1]s)", pixelCentre),
	}
	switch {
	case slices.Contains(s.Formats, Disparity):
		says["kind"], says["unit"], says["baseline"] = "disparity", "pixel", s.Baseline
		says["definition"] = "A pixel's number is fx * baseline / Z: how far to the left the right camera of a rectified pair sees its surface. " + sentence
	case slices.Contains(s.Formats, Distance):
		says["kind"] = "distance"
		says["definition"] = "A pixel's number is the Euclidean distance from the camera to the nearest surface on the ray through the pixel's centre; " +
			"divided by the length of the ray whose Z is 1, it is planar Z."
	}
	return says
}

// unit returns the unit of Z, which is the scene's.
func unit(sceneFormat string) string {
	if strings.HasPrefix(sceneFormat, "glTF") {
		return "metre"
	}
	return "scene unit"
}

// notThere reports whether an error says that a file is missing.
func notThere(err error) bool { return errors.Is(err, fs.ErrNotExist) }
