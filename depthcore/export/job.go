// Package export writes a sequence of frames as files: it poses a scene at
// each frame's time, casts it and encodes the depth map.
//
// A Job says what is wanted. Job.Check is the one validation, for the dialog
// and for the command line; Run does the work. Each file is written beside its
// final name as NAME.part, synced, and renamed when it is whole, so that a file
// under its final name is always complete. Beside the frames stands
// cameras.json: a camera track (see package camera) with the view of every
// frame that was written.
//
// Depth maps hold +Inf where a ray meets no surface; Job.Background takes its
// place on writing only.
package export

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"zscope/depthcore/camera"
	"zscope/depthcore/channels"
	"zscope/depthcore/depth"
	"zscope/depthcore/exr"
	"zscope/depthcore/raycast"
	"zscope/depthcore/scene"
)

// CamerasFile is the name of the camera track that Run writes beside the
// frames.
const CamerasFile = "cameras.json"

// DefaultRows is the number of rows of a picture whose size was not chosen.
const DefaultRows = 1080

// Job says which frames of which scene become which files. NewJob returns one
// with the defaults. Fields whose zero value means "not chosen" say so; the
// methods FrameList, Size, Timeline and Pattern return what then holds.
type Job struct {
	Scene *scene.Scene
	// Camera is an index in Scene.Cameras. It is not used with a Track.
	Camera int
	// Track replaces the scene's camera; nil means none.
	Track *camera.Track
	// Lens replaces intrinsics of the scene's camera or the track's, in pixels
	// of the pictures that are written.
	Lens camera.Override
	// Animations are indices in Scene.Animations; nil means all, empty none.
	Animations []int

	// FPS and Offset say which time a frame number stands for: frame/FPS +
	// Offset seconds. FPS 0: the track's, else what the scene's keys suggest.
	// Offset nil: 0. With a track and neither of them chosen, a frame's time
	// is the one that the track states for it.
	FPS    float64
	Offset *float64
	// Frames in the order of writing, none twice. Nil: the track's, else those
	// that the scene's animations cover.
	Frames []int

	// Width and Height in pixels; both 0: the track's size, else DefaultRows
	// rows in the camera's shape.
	Width, Height int
	// Formats of the files, at least one, none twice.
	Formats []Format
	// Channels are what to make of each pixel, none twice; nil: z alone. EXR and
	// NPZ hold all of them in one file, of the others each has one file a channel.
	Channels []channels.Channel
	// Stereo makes the right picture of a stereo pair too, with the channels
	// disparity and occlusion for both. Its camera is Baseline to the right.
	Stereo bool
	// Dir is the folder of the files. It is made if it is not there.
	Dir string
	// Name is the files' name without extension; a run of # stands for the
	// frame number, zero-padded to the run's length. Empty: DefaultName.
	Name string
	// Profile is the layout of the files; see Use, which sets what belongs to
	// it. The zero value is Plain.
	Profile Profile
	// Background is written where a ray meets no surface, but for PNG, where
	// that is 0.
	Background float32
	// Compression and Level say how an EXR's pixels are stored; Level 0 means
	// exr.DefaultLevel.
	Compression exr.Compression
	Level       int
	// Scale is what a PNG counts in one unit of Z: 1000 counts millimetres
	// where the unit is the metre, and reaches to 65.535 m.
	Scale float64
	// Baseline is the distance of a stereo pair's cameras in the scene's unit, for
	// Stereo, the channels disparity and occlusion, and profile Middlebury.
	Baseline float64
	// Overwrite allows replacing files; without it a file that exists is an
	// error of Check.
	Overwrite bool
	// Resume keeps the frames in Dir that the manifest there says were made
	// with the same settings, as far as their files are unchanged, and makes
	// the others. Without a manifest it changes nothing.
	Resume bool
	// Verify reads each file back and compares it with the depth map before
	// the file gets its name, and has some pixels of the frames cast again by
	// asking every triangle in float64; see Recast.
	Verify bool
	// Shard says which part of the frames to make; the zero value means all.
	Shard Shard

	// Trees is a caster of the same scene whose trees are used, so that they need
	// not be built again; nil for none. It may be in use meanwhile.
	Trees *raycast.Caster

	// Raycast says which surfaces count, and Raycast.Threads bounds the work
	// of the encoders too.
	Raycast raycast.Options
	// Software names the program in the files' headers, such as "zscope 1.2".
	Software string
}

// NewJob returns the job that a person gets who chooses nothing but the scene
// and the folder: all frames, as EXR, +Inf where there is no surface.
func NewJob(s *scene.Scene, dir string) Job {
	return Job{
		Scene:       s,
		Dir:         dir,
		Formats:     []Format{EXR},
		Background:  depth.Empty(),
		Compression: exr.ZIP,
		Scale:       1000,
		Raycast:     raycast.DefaultOptions(),
		Software:    "zscope",
	}
}

// Timeline returns which time a frame number stands for, and the range of
// frames that is there to be exported.
func (j Job) Timeline() scene.Timeline {
	tl := j.Scene.Timeline(j.Animations)
	start, end := tl.Time(tl.First), tl.Time(tl.Last)
	switch {
	case j.FPS != 0:
		tl.FPS, tl.Guessed = j.FPS, false
	case j.Track != nil && j.Track.FPS != 0:
		tl.FPS, tl.Guessed = j.Track.FPS, false
	}
	if j.Offset != nil {
		tl.Offset = *j.Offset
	}
	if j.Track != nil && len(j.Track.Frames) > 0 {
		tl.First, tl.Last = j.Track.Frames[0].Frame, j.Track.Frames[len(j.Track.Frames)-1].Frame
	} else {
		// The keys stay where they are in time; other frames fall on them.
		tl.First = nearestFrame(tl, start)
		tl.Last = max(tl.First, nearestFrame(tl, end))
	}
	return tl
}

func nearestFrame(tl scene.Timeline, t float64) int {
	n := math.Round((t - tl.Offset) * tl.FPS)
	if math.IsNaN(n) {
		return 0
	}
	return int(max(-maxFrame, min(maxFrame, n)))
}

// Time returns the time in seconds at which a frame is posed.
func (j Job) Time(frame int) float64 { return j.timeAt(j.Timeline(), frame) }

// timeAt is Time with the job's timeline at hand.
func (j Job) timeAt(tl scene.Timeline, frame int) float64 {
	if j.Track != nil && j.FPS == 0 && j.Offset == nil {
		if f, ok := j.Track.At(frame); ok && !math.IsNaN(f.Time) {
			return f.Time
		}
	}
	return tl.Time(frame)
}

// FrameList returns the frames to write, in their order.
func (j Job) FrameList() []int {
	if j.Frames != nil {
		return j.Frames
	}
	if j.Track != nil {
		frames := make([]int, len(j.Track.Frames))
		for i, f := range j.Track.Frames {
			frames[i] = f.Frame
		}
		return frames
	}
	tl := j.Timeline()
	if tl.Last-tl.First >= MaxFrames {
		tl.Last = tl.First + MaxFrames // one too many, for Check to find
	}
	frames := make([]int, 0, tl.Last-tl.First+1)
	for n := tl.First; n <= tl.Last; n++ {
		frames = append(frames, n)
	}
	return frames
}

// Size returns the size of the pictures. It needs a camera.
func (j Job) Size() (w, h int) {
	switch {
	case j.Width != 0 || j.Height != 0:
		return j.Width, j.Height
	case j.Track != nil:
		return j.Track.Width, j.Track.Height
	}
	if j.Lens.Lens != nil && j.Lens.Lens.Euclidean() {
		return 2 * DefaultRows, DefaultRows // the whole sphere's shape
	}
	return j.Scene.Cameras[j.Camera].DefaultSize(DefaultRows)
}

// Pattern returns the files' name pattern without extension.
func (j Job) Pattern() string {
	if j.Name != "" {
		return j.Name
	}
	return DefaultName(j.Scene)
}

// DefaultName returns the pattern of a person who chose none: the scene's
// name without its extension, _z_ and four places for the frame number.
func DefaultName(s *scene.Scene) string {
	base := strings.ReplaceAll(s.Name, `\`, "/")
	base = base[strings.LastIndexByte(base, '/')+1:]
	if dot := strings.LastIndexByte(base, '.'); dot > 0 {
		base = base[:dot]
	}
	base = strings.Map(func(r rune) rune {
		if r == '#' || badInName(r) {
			return '_'
		}
		return r
	}, base)
	if base == "" || base == "." || base == ".." {
		base = "scene"
	}
	return base + "_z_####"
}

// View returns the camera at a frame, for a picture of the job's size. p is the scene posed at the frame's time;
// a track does not look at it.
func (j Job) View(p *scene.Pose, frame int) (camera.View, error) {
	w, h := j.Size()
	v, err := j.cameraView(p, frame, w, h)
	if err != nil {
		return v, err
	}
	v.Intrinsics = j.Lens.Apply(v.Intrinsics)
	return v, v.Check()
}

// cameraView returns the camera at a frame without what Lens replaces.
func (j Job) cameraView(p *scene.Pose, frame, w, h int) (camera.View, error) {
	if j.Track == nil {
		return j.Scene.View(p, j.Camera, w, h)
	}
	f, ok := j.Track.At(frame)
	if !ok {
		return camera.View{}, fmt.Errorf("the camera track has no frame %d", frame)
	}
	v := f.View
	v.Intrinsics = v.Intrinsics.Resized(w, h)
	return v, nil
}

// cameraName returns what to call the camera at a frame.
func (j Job) cameraName(frame int) string {
	if j.Track == nil {
		return j.Scene.Cameras[j.Camera].Name
	}
	f, _ := j.Track.At(frame)
	return f.Camera
}

// Check reports what keeps the job from being done, as far as it can be known
// without doing it: one sentence. It changes nothing on the disk. A job that
// passes may still fail, for instance on a full disk.
func (j Job) Check() error {
	if j.Scene == nil {
		return errors.New("there is no scene to export")
	}
	for _, check := range []func() error{j.checkCamera, j.checkTime, j.checkFrames, j.checkPicture, j.checkLens, j.checkProfile, j.checkChannels, j.checkNames, j.checkFolder} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (j Job) checkCamera() error {
	switch {
	case j.Track != nil && len(j.Track.Frames) == 0:
		return errors.New("the camera track has no frames")
	case j.Track == nil && len(j.Scene.Cameras) == 0:
		return fmt.Errorf("%s has no camera: give a camera track", sceneWord(j.Scene))
	case j.Track == nil && (j.Camera < 0 || j.Camera >= len(j.Scene.Cameras)):
		return fmt.Errorf("camera %d: %s has %d, counted from 0", j.Camera, sceneWord(j.Scene), len(j.Scene.Cameras))
	}
	return nil
}

func sceneWord(s *scene.Scene) string {
	if s.Name == "" {
		return "the scene"
	}
	return s.Name
}

func (j Job) checkTime() error {
	if j.FPS != 0 && (!(j.FPS > 0) || math.IsInf(j.FPS, 0)) {
		return fmt.Errorf("%g frames a second: the rate must be positive and finite", j.FPS)
	}
	if j.Offset != nil && (math.IsNaN(*j.Offset) || math.IsInf(*j.Offset, 0)) {
		return fmt.Errorf("the time offset %g is not finite", *j.Offset)
	}
	for _, a := range j.Animations {
		if a < 0 || a >= len(j.Scene.Animations) {
			return fmt.Errorf("animation %d: %s has %d, counted from 0", a, sceneWord(j.Scene), len(j.Scene.Animations))
		}
	}
	return nil
}

func (j Job) checkFrames() error {
	if err := j.Shard.check(); err != nil {
		return err
	}
	frames := j.FrameList()
	if len(frames) == 0 {
		return errors.New("there are no frames to export")
	}
	if len(frames) > MaxFrames {
		return fmt.Errorf("more than the %d frames that one export may have", MaxFrames)
	}
	sorted := slices.Clone(frames)
	slices.Sort(sorted)
	for i, n := range sorted {
		if n < -maxFrame || n > maxFrame {
			return fmt.Errorf("frame %d is out of range", n)
		}
		if i > 0 && n == sorted[i-1] {
			return fmt.Errorf("frame %d is there twice, which would give two files one name", n)
		}
	}
	if j.Track == nil {
		return nil
	}
	missing, first := 0, 0
	for _, n := range sorted {
		if _, ok := j.Track.At(n); !ok {
			if missing == 0 {
				first = n
			}
			missing++
		}
	}
	if missing > 0 {
		return fmt.Errorf("the camera track has no frame %d%s; it has %d frames from %d to %d", first, andMore(missing-1),
			len(j.Track.Frames), j.Track.Frames[0].Frame, j.Track.Frames[len(j.Track.Frames)-1].Frame)
	}
	return nil
}

// andMore says how many cases there are beside the one that is named.
func andMore(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (and %d more)", n)
}

func (j Job) checkPicture() error {
	w, h := j.Size()
	if err := depth.CheckSize(w, h); err != nil {
		return err
	}
	probe := camera.Intrinsics{Width: w, Height: h, Fx: 1, Fy: 1}
	if err := j.Lens.Apply(probe).Check(); err != nil {
		return err
	}
	if len(j.Formats) == 0 {
		return errors.New("no file format is chosen")
	}
	for i, f := range j.Formats {
		if !f.known() {
			return fmt.Errorf("unknown file format %q", f)
		}
		if slices.Contains(j.Formats[:i], f) {
			return fmt.Errorf("file format %s is there twice", f)
		}
	}
	if j.Level < 0 || j.Level > 9 {
		return fmt.Errorf("compression level %d is not from 1 to 9", j.Level)
	}
	if !(j.Scale > 0) || math.IsInf(j.Scale, 0) {
		return fmt.Errorf("the PNG scale %g is not positive and finite", j.Scale)
	}
	o := j.Raycast
	if !(o.BlendThreshold >= 0 && o.BlendThreshold <= 1) {
		return fmt.Errorf("the blend threshold %g is not between 0 and 1", o.BlendThreshold)
	}
	if o.Threads < 0 {
		return fmt.Errorf("%d threads: 0 means one a core, fewer cannot be", o.Threads)
	}
	return nil
}

func (j Job) checkNames() error {
	if _, ok := layouts[j.Profile]; ok {
		return nil
	}
	pattern := j.Pattern()
	places, err := placeholder(pattern)
	if err != nil {
		return err
	}
	if frames := j.FrameList(); places == "" && len(frames) > 1 {
		return fmt.Errorf("name %q: %d frames need a place for their number, such as ####", pattern, len(frames))
	}
	return nil
}

func (j Job) checkFolder() error {
	if j.Dir == "" {
		return errors.New("no output folder is chosen")
	}
	info, err := os.Stat(j.Dir)
	switch {
	case err == nil && !info.IsDir():
		return fmt.Errorf("output folder %s is a file", j.Dir)
	case err == nil:
		if !writable(j.Dir) {
			return fmt.Errorf("output folder %s is not writable", j.Dir)
		}
		return j.checkExisting()
	case !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("output folder %s: %w", j.Dir, reason(err))
	}
	parent := filepath.Clean(j.Dir)
	for {
		up := filepath.Dir(parent)
		info, err := os.Stat(up)
		switch {
		case err == nil && !info.IsDir():
			return fmt.Errorf("output folder %s cannot be made: %s is a file", j.Dir, up)
		case err == nil && !writable(up):
			return fmt.Errorf("output folder %s cannot be made: %s is not writable", j.Dir, up)
		case err == nil:
			return nil
		case !errors.Is(err, os.ErrNotExist) || up == parent:
			return fmt.Errorf("output folder %s cannot be made: %w", j.Dir, reason(err))
		}
		parent = up
	}
}

// checkExisting reports files that the job would replace.
func (j Job) checkExisting() error {
	allowed := j.Overwrite
	if j.Resume {
		_, err := os.Lstat(filepath.Join(j.Dir, j.manifestName()))
		allowed = allowed || err == nil
	}
	count, first := 0, ""
	for _, name := range j.files() {
		info, err := os.Lstat(filepath.Join(j.Dir, name))
		if err != nil {
			continue
		}
		if info.IsDir() {
			return fmt.Errorf("%s is a folder", filepath.Join(j.Dir, name))
		}
		if count == 0 {
			first = name
		}
		count++
	}
	if count == 0 || allowed {
		return nil
	}
	// An export at work there is the better reason: the files may be its.
	if err := checkUnlocked(j.Dir, j.Shard); err != nil {
		return err
	}
	if j.Resume {
		return fmt.Errorf("%s exists already%s, but there is no %s to resume from", filepath.Join(j.Dir, first), andMore(count-1), j.manifestName())
	}
	return fmt.Errorf("%s exists already%s: choose another folder or name, or allow overwriting", filepath.Join(j.Dir, first), andMore(count-1))
}

// files returns the paths below Dir of all files that the job writes, but for
// those that stand beside the depth in a profile.
func (j Job) files() []string {
	frames := j.Shard.Of(j.FrameList())
	outputs := j.outputs()
	names := make([]string, 0, len(frames)*len(outputs)+4)
	tl := j.Timeline()
	first := j.Shard.first(len(j.FrameList()))
	for i, n := range frames {
		for _, o := range outputs {
			names = append(names, j.depthName(shot{n, first + i, j.timeAt(tl, n)}, o))
		}
	}
	names = append(names, j.manifestName())
	if j.Shard == (Shard{}) {
		names = append(names, CamerasFile)
		if j.Stereo {
			names = append(names, CamerasRightFile)
		}
	}
	if j.named() && j.Shard.K <= 1 {
		names = append(names, NamesFile)
	}
	return names
}

// reason strips the operation and the path from an error of package os, for
// sentences that name the path themselves.
func reason(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err
	}
	return err
}

// Warnings says in a sentence each what the person may not expect of a job
// that passes Check: pixels that are not square, animations that clash.
func (j Job) Warnings() []string {
	warnings := j.Scene.Clashes(j.Animations)
	if s := j.pixelShape(); s != "" {
		warnings = append(warnings, s)
	}
	if s := j.rayless(); s != "" {
		warnings = append(warnings, s)
	}
	if s := j.otherTimes(); s != "" {
		warnings = append(warnings, s)
	}
	return append(warnings, j.channelWarnings()...)
}

// otherTimes says where the track's times are far from those of the animation, as
// the clock's time of a recording is: what moves stands still then.
func (j Job) otherTimes() string {
	frames := j.FrameList()
	if j.Track == nil || j.FPS != 0 || j.Offset != nil || len(frames) == 0 {
		return ""
	}
	tl := j.Scene.Timeline(j.Animations)
	start, end := tl.Time(tl.First), tl.Time(tl.Last)
	away := max(1, end-start)
	first, last := math.Inf(1), math.Inf(-1)
	for _, n := range frames {
		f, ok := j.Track.At(n)
		if !ok || math.IsNaN(f.Time) {
			return ""
		}
		first, last = min(first, f.Time), max(last, f.Time)
	}
	if !(end > start) || last >= start-away && first <= end+away {
		return ""
	}
	return fmt.Sprintf("the cameras' times, %.14g to %.14g s, are far from the animation's, %.4g to %.4g s, so that nothing moves; --fps poses the scene by the frames' numbers instead",
		first, last, start, end)
}

// pixelShape says where a chosen size stretches the camera's picture by more
// than the rounding of sizes to whole pixels does.
func (j Job) pixelShape() string {
	w, h := j.Size()
	if j.euclidean() {
		return "" // pixels of a panorama are angles
	}
	var cameraW, cameraH int
	if j.Track != nil {
		cameraW, cameraH = j.Track.Width, j.Track.Height
	} else {
		cameraW, cameraH = j.Scene.Cameras[j.Camera].DefaultSize(h)
		if c := j.Scene.Cameras[j.Camera]; !c.Orthographic && c.Aspect == 0 {
			return "" // such a camera has square pixels at any size
		}
	}
	wide := float64(cameraW) * float64(h) / float64(cameraH) // columns that keep the shape
	if math.Abs(float64(w)-wide) < 1 {
		return ""
	}
	return fmt.Sprintf("pixels are not square at %dx%d: the camera's shape would be %.0fx%d", w, h, wide, h)
}
