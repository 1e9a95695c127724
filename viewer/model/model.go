// Package model is what the window knows and how that changes: a value, and a
// pure function from a value and a message to the next value.
//
// Update starts no work and reads no clock, file or screen. What has to be
// done outside it returns as commands; package session and the program carry
// them out and answer with messages. So each behaviour of the window can be
// tested as a list of messages.
//
// A request for a picture carries a serial that only grows. The model accepts
// a picture only if it is newer than the one that is shown, and Current says
// whether what is shown is what was last asked for: the window marks a picture
// that is not.
//
// Image points are continuous with the origin at the picture's top left
// corner, as in package camera; screen points are pixels of the viewport, the
// part of the window that shows the picture.
package model

import (
	"image"
	"math"
	"path/filepath"
	"time"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
	"zscope/depthcore/export"
	"zscope/depthcore/scene"
)

// Model is the state of the window.
type Model struct {
	// File is the scene file that is open or being opened.
	File File
	// Job is what is looked at and what an export starts from: scene, camera,
	// animations, time and size. Job.Scene is nil while no scene is open.
	Job      export.Job
	Timeline scene.Timeline // of Job
	Bounds   Bounds         // of the scene at its first frame
	Warnings []string       // about the scene and the job
	// KeyFrames are where the animation has its keys, in frames.
	KeyFrames []float64

	Frame int // the frame that is asked for
	Play  Play
	Loop  bool
	Marks Marks

	// Orbit is the free camera; Free says that it is looked through.
	Orbit Orbit
	Free  bool

	Want   int // serial of the newest request for a picture
	Shown  Picture
	Trees  Trees
	Cached []bool // which frames from Timeline.First on are at hand, exact
	// CachedBytes is the memory of all pictures at hand, of other cameras too.
	CachedBytes int64

	// Pace is what a pixel of the last full picture took to cast.
	Pace time.Duration // in thousandths of a nanosecond

	Viewport image.Point // size in screen pixels
	Look     Look
	Colour   Colour
	Survey   Survey
	Pointer  Pointer
	RGB      RGB
	Points   Points
	Edges    Edges
	// Peeking is set while a key is held to compare: the RGB picture alone is
	// shown, or, without one, depth in place of the difference.
	Peeking bool
	Compare Compare
	Area    Area
	Pins    []Pin
	// Traces holds each pin's Z in each frame from Timeline.First on: NaN
	// where the frame is not at hand, +Inf where there is no surface.
	Traces [][]float32

	Export  Export
	Notices []Notice
	// Choosing is set while a dialog of the desktop is up: it is not modal, so
	// the window's own controls rest meanwhile.
	Choosing bool
	// AskPath is set where the desktop has no dialog: the window then asks for
	// a path itself.
	AskPath bool
	// NoDialog is set where it asks since the desktop has no dialog.
	NoDialog bool
	// AskQuit is set while the window asks whether to leave a running export.
	AskQuit bool
	// Hovering is set while files are being dragged over the window.
	Hovering bool
	// Dragged are those files, as far as the desktop tells.
	Dragged []string
	// Software names the program in what it exports.
	Software string
	Recent   []string // paths of scenes opened before, newest first
	Home     string   // the person's folder: where an export of the demo scene goes

	Settings Settings
	// DesktopLight says that the desktop is light; dark otherwise, or where it
	// does not say.
	DesktopLight bool
	Fullscreen   bool
	Filming      bool // a film is being made
	MP4          bool // films can be MP4 files: ffmpeg is installed

	pinning pinning
	resume  *Last // what the scene that is being opened is to be shown like
	history history
	// spreadOf is the map that Colour.Mapping.Spread was taken from.
	spreadOf *depth.Map
	finding  int // serial of the object that was asked for
	serial   int // the last one given out, of any kind
}

// File is a scene file as the window knows it. Path is empty for the demo.
type File struct {
	Path    string
	Loading string // what is being opened, empty when nothing is
	Meant   Axes   // how the open file was read
	opening Axes   // how what is being opened is read
	waiting places // what was dropped with it
	serial  int    // of the newest request to open a scene
	since   int    // requests for pictures up to this serial were of the scene before
}

// Trees says how far what the scene is cast with is.
type Trees struct {
	Share  float64 // 1: all is there; 0: nothing is known
	Beside bool    // something can be cast meanwhile
}

// Preparing reports whether nothing of the scene can be shown yet.
func (m Model) Preparing() bool {
	return m.Job.Scene != nil && m.Shown.Map == nil && m.Trees.Share > 0 && m.Trees.Share < 1 && !m.Trees.Beside
}

// Name returns what to call the open file.
func (m Model) Name() string {
	switch {
	case m.Job.Scene == nil && m.File.Loading != "":
		return filepath.Base(m.File.Loading)
	case m.Job.Scene == nil:
		return ""
	case m.Job.Scene.Name != "":
		return filepath.Base(m.Job.Scene.Name)
	}
	return filepath.Base(m.File.Path)
}

// Title returns the window's title.
func (m Model) Title() string {
	if name := m.Name(); name != "" {
		return name + " - zscope"
	}
	return "zscope"
}

// Bounds is the box around a scene in world space.
type Bounds struct{ Min, Max mgl64.Vec3 }

// Picture is a depth map with what it shows.
type Picture struct {
	Serial int
	Frame  int
	Time   float64 // seconds
	// View is the camera of the full-size picture. A coarse picture's Map is
	// smaller than View says.
	View  camera.View
	Map   *depth.Map // nil: there is no picture
	Exact bool
	// Near and Far are those of Map's surfaces, 0 without any.
	Near, Far float64
	// MostNear and MostFar leave out half a percent of the surfaces at either
	// end.
	MostNear, MostFar float64
	Hits              int
	Took              time.Duration // to cast it; 0 when it came from the cache
	Riders            []Rider       // where the pins are that ride on surfaces
}

// Current reports whether the picture that is shown is the one that was last
// asked for. It may still be coarse.
func (m Model) Current() bool { return m.Shown.Map != nil && m.Shown.Serial == m.Want }

// Settled reports whether nothing better than what is shown is to be expected.
func (m Model) Settled() bool { return m.Job.Scene == nil || m.Current() && m.Shown.Exact }

// Request asks for the picture of one frame.
type Request struct {
	Serial   int
	Timeline scene.Timeline // of Job, which takes time to work out
	Job      export.Job     // scene, camera, animations, time, size and surfaces
	Frame    int
	Free     *camera.View // replaces the job's camera; nil to look through that
	// Soon is the time after which a picture should be there, be it a coarse one;
	// 0 leaves that to who makes it. Who sets it says when a coarse one is drawn:
	// the exact one is made then.
	Soon time.Duration
}

// Time returns the time in seconds of a frame, as Job.Time does.
func (r Request) Time(frame int) float64 { return timeOf(r.Job, r.Timeline, frame) }

// TimeOf returns the time in seconds of a frame.
func (m Model) TimeOf(frame int) float64 { return timeOf(m.Job, m.Timeline, frame) }

func timeOf(job export.Job, tl scene.Timeline, frame int) float64 {
	if job.Track != nil {
		return job.Time(frame)
	}
	return tl.Time(frame)
}

// Marks bound a part of the timeline, both ends included.
type Marks struct {
	Set     bool
	In, Out int
}

// Range returns the frames that play runs through: those between the marks,
// else all.
func (m Model) Range() (first, last int) {
	if m.Marks.Set {
		return m.Marks.In, m.Marks.Out
	}
	return m.Timeline.First, m.Timeline.Last
}

// RangeMode says where the ends of the colour range come from.
type RangeMode int

const (
	RangeAuto     RangeMode = iota // the shown picture's nearest and farthest surface
	RangeMost                      // the same without half a percent of the surfaces at either end
	RangeSequence                  // the nearest and farthest surface of all frames
	RangeLocked                    // stay as they are
)

// Colour says how depth is painted.
type Colour struct {
	Mapping colormap.Mapping
	Range   RangeMode
	// Lines says that lines of equal depth are drawn, Spacing metres apart; 0
	// is a round number that suits the range.
	Lines   bool
	Spacing float64
}

// LineSpacing returns the distance between the lines of equal depth.
func (c Colour) LineSpacing() float64 {
	if c.Spacing > 0 {
		return c.Spacing
	}
	return RoundUp((c.Mapping.Far - c.Mapping.Near) / 24)
}

// RoundUp returns the least of 1, 2 or 5 times a power of ten that is at
// least x; 0 where x is not positive.
func RoundUp(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 0) {
		return 0
	}
	p := math.Pow(10, math.Floor(math.Log10(x)))
	for _, d := range []float64{1, 2, 5} {
		if d*p >= x*(1-1e-9) {
			return d * p
		}
	}
	return 10 * p
}

// Survey is the pass over all frames that RangeSequence takes its range from.
type Survey struct {
	Running     bool
	Done, Total int
	serial      int
	spread      *colormap.Spread // of all frames, once they are done
}

// Severity tells notices apart.
type Severity int

const (
	Info Severity = iota
	Warning
	Error
)

// Notice is a sentence that stands in the window until it is dismissed.
type Notice struct {
	Severity Severity
	Text     string
	Serial   int
}

// New returns the state of a window before anything is opened.
func New() Model {
	return Model{
		Look:   Look{Fit: true},
		Loop:   true,
		Colour: Colour{Mapping: colormap.Default()},
	}
}

func (m *Model) nextSerial() int {
	m.serial++
	return m.serial
}

func (m *Model) notify(s Severity, text string) {
	const most = 3
	for i, n := range m.Notices {
		if n.Text == text {
			m.Notices = without(m.Notices, i)
			break
		}
	}
	m.Notices = append(m.Notices[:len(m.Notices):len(m.Notices)], Notice{s, text, m.nextSerial()})
	if len(m.Notices) > most {
		m.Notices = without(m.Notices, 0)
	}
}

// without returns a copy of list that lacks entry i.
func without[T any](list []T, i int) []T {
	short := make([]T, 0, len(list))
	return append(append(short, list[:i]...), list[i+1:]...)
}
