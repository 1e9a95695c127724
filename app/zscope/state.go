//go:build !nogui && (windows || (cgo && (linux || freebsd || openbsd || darwin)))

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"math"
	"os"
	"runtime"
	"time"

	"gioui.org/unit"

	"zscope/viewer/model"
	"zscope/viewer/ui"
)

// stateVariable names a file to which the window writes its state, for tests
// that drive it from outside: one JSON object a line (see state), appended
// after a frame was drawn that changed it. What a line says is what the screen
// then shows.
const stateVariable = "ZSCOPE_STATE"

// state is a line of the state file.
type state struct {
	Window  [2]int  `json:"window"` // pixels
	Scale   float32 `json:"scale"`  // pixels a dp
	Title   string  `json:"title"`
	File    string  `json:"file"`              // path, empty for the demo scene
	Loading string  `json:"loading,omitempty"` // what is being opened
	Loaded  bool    `json:"loaded"`            // a scene is open
	Trees   float64 `json:"trees,omitempty"`   // share of what it is cast with that is there

	Frame   int     `json:"frame"` // that is asked for
	First   int     `json:"first"`
	Last    int     `json:"last"`
	FPS     float64 `json:"fps"`
	Playing int     `json:"playing"` // speed, 0 at rest
	Loop    bool    `json:"loop"`
	Dropped int     `json:"dropped"` // frames
	Marks   []int   `json:"marks,omitempty"`

	Camera int    `json:"camera"` // index
	Free   bool   `json:"free"`   // the free camera
	Track  bool   `json:"track"`  // a camera track
	Size   [2]int `json:"size"`   // of the picture that is asked for

	Want    int            `json:"want"`     // serial of the newest request
	Settled bool           `json:"settled"`  // the exact picture of it is shown
	Shown   *shownState    `json:"shown"`    // null without a picture
	Cached  int            `json:"cached"`   // frames at hand
	Keys    int            `json:"keys"`     // places on the timeline where the animation has its keys
	CacheMB int            `json:"cache_mb"` // memory of all pictures at hand
	Place   [3]float64     `json:"place"`    // picture in the window: x and y of its corner, screen pixels a picture pixel
	Fit     bool           `json:"fit"`
	Colour  colourState    `json:"colour"`
	Probe   *probeState    `json:"probe"` // null where the pointer is not on the picture
	Pins    []pinState     `json:"pins,omitempty"`
	Area    *areaState     `json:"area"`    // null without one
	Between *model.Between `json:"between"` // null without two places to compare
	Export  exportState    `json:"export"`
	Notices []noticeState  `json:"notices,omitempty"`

	checkState
	moveState

	RGB *rgbState `json:"rgb"` // null without RGB pictures
	// Compare is null without another depth sequence.
	Compare *compareState `json:"compare"`

	Warnings []string `json:"warnings,omitempty"`
	Choosing bool     `json:"choosing"`       // the desktop's dialog is up
	AskPath  bool     `json:"ask_path"`       // the window asks for a path itself
	AskQuit  bool     `json:"ask_quit"`       // ... whether to leave an export
	Hovering bool     `json:"hovering"`       // files are dragged over the window
	Plan     []string `json:"plan,omitempty"` // what dropping them would do
	Typing   string   `json:"typing"`         // field that has the focus
	Focus    string   `json:"focus"`          // control that has it
	Light    bool     `json:"light"`          // the window, dark otherwise
	// WorkMS and ShowMS are the milliseconds that the frame took: to work out
	// what is to be seen, and to have it drawn. They alone make no new line.
	WorkMS float64 `json:"work_ms"`
	ShowMS float64 `json:"show_ms"`
	// Goroutines counts those of the whole program.
	Goroutines int `json:"goroutines"`
	// Widgets holds x, y, width and height of each control on the screen, by
	// name: open, export, camera, size, play, timeline, frame, picture,
	// "range near", export.start ... An entry of an open list is LIST/ENTRY.
	Widgets map[string][4]int `json:"widgets"`
}

type shownState struct {
	Serial int        `json:"serial"`
	Frame  int        `json:"frame"`
	Exact  bool       `json:"exact"`
	Size   [2]int     `json:"size"` // of the full picture
	Map    [2]int     `json:"map"`  // of what is painted: smaller while coarse
	Range  [2]float64 `json:"range"`
	Hits   int        `json:"hits"`
	TookMS float64    `json:"took_ms"`
}

// compareState says how the shown frame differs from another depth sequence.
type compareState struct {
	Path    string  `json:"path"`
	Offset  int     `json:"offset"`
	Known   bool    `json:"known"` // the numbers are those of the shown frame
	Hidden  bool    `json:"hidden"`
	Max     float64 `json:"max"`
	Mean    float64 `json:"mean"`
	Both    int     `json:"both"`
	Finding string  `json:"finding"` // empty while it is looked for
	Sound   bool    `json:"sound"`
}

type rgbState struct {
	Path    string  `json:"path"`
	First   int     `json:"first"`
	Last    int     `json:"last"`
	Offset  int     `json:"offset"`
	Opacity float64 `json:"opacity"`
	Wipe    bool    `json:"wipe"`
	At      float64 `json:"at"`
	Shown   bool    `json:"shown"` // the picture of the shown frame is over it
}

type colourState struct {
	Map      string     `json:"map"`
	Reversed bool       `json:"reversed"`
	Scale    string     `json:"scale"`
	Locked   bool       `json:"locked"`
	Mode     int        `json:"mode"`   // 0 this picture, 1 99 % of it, 2 whole sequence, 3 locked
	Survey   [2]int     `json:"survey"` // frames measured for mode 2, and of how many
	Lines    bool       `json:"lines"`
	Range    [2]float64 `json:"range"`
}

type probeState struct {
	Pixel  [2]int      `json:"pixel"`
	Z      string      `json:"z"` // as shown
	Hit    bool        `json:"hit"`
	Exact  bool        `json:"exact"`
	Camera *[3]float64 `json:"camera,omitempty"`
	World  *[3]float64 `json:"world,omitempty"`
	Object string      `json:"object,omitempty"`
}

type exportState struct {
	Open     bool        `json:"open"` // the dialog is up
	Draft    model.Draft `json:"draft"`
	Problem  string      `json:"problem,omitempty"`
	Checking bool        `json:"checking"`
	Running  bool        `json:"running"`
	Paused   bool        `json:"paused"`
	Done     int         `json:"done"`
	Total    int         `json:"total"`
	Plan     planState   `json:"plan"`
	Preset   string      `json:"preset,omitempty"`
	Result   string      `json:"result,omitempty"` // done, cancelled or failed
	Error    string      `json:"error,omitempty"`
	Files    int         `json:"files"`
}

// planState is what the dialog says that it would write.
type planState struct {
	Files    int     `json:"files"`
	First    string  `json:"first"`
	Last     string  `json:"last"`
	Bytes    int64   `json:"bytes"`
	Seconds  float64 `json:"seconds"`
	Measured bool    `json:"measured"` // bytes and seconds, on the shown frame
}

type noticeState struct {
	Severity string `json:"severity"`
	Text     string `json:"text"`
}

// stateLog appends states to a file. A nil one does nothing.
type stateLog struct {
	file       *os.File
	last       []byte
	work, show time.Duration // of the frame
}

func openState(path string) (*stateLog, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", stateVariable, err)
	}
	return &stateLog{file: f}, nil
}

func (l *stateLog) close() {
	if l != nil {
		l.file.Close()
	}
}

// took notes how long a frame took.
func (l *stateLog) took(work, show time.Duration) {
	if l != nil {
		l.work, l.show = work, show
	}
}

func (l *stateLog) write(m model.Model, u *ui.UI, size image.Point, metric unit.Metric) {
	if l == nil {
		return
	}
	s := stateOf(m, u, size, metric)
	line, err := json.Marshal(s)
	if err != nil || bytes.Equal(line, l.last) {
		return
	}
	l.last = line
	s.WorkMS, s.ShowMS = float64(l.work.Microseconds())/1000, float64(l.show.Microseconds())/1000
	if line, err = json.Marshal(s); err != nil {
		return
	}
	// A test that cannot read the state fails by itself.
	_, _ = l.file.Write(append(line, '\n'))
}

func stateOf(m model.Model, u *ui.UI, size image.Point, metric unit.Metric) state {
	w, h := m.SizeOf()
	places := u.Places()
	s := state{
		Window: [2]int{size.X, size.Y}, Scale: metric.PxPerDp,
		Title: m.Title(), File: m.File.Path, Loading: m.File.Loading, Loaded: m.Job.Scene != nil, Trees: m.Trees.Share,
		Frame: m.Frame, First: m.Timeline.First, Last: m.Timeline.Last, FPS: m.Timeline.FPS,
		Playing: m.Play.Speed, Loop: m.Loop, Dropped: m.Play.Dropped,
		Camera: m.Job.Camera, Free: m.Free, Track: m.Job.Track != nil, Size: [2]int{w, h},
		Want: m.Want, Settled: m.Settled(), Fit: m.Look.Fit, CacheMB: int(m.CachedBytes >> 20),
		Colour: colourState{
			Map: m.Colour.Mapping.Map.String(), Reversed: m.Colour.Mapping.Reversed, Scale: m.Colour.Mapping.Scale.String(),
			Locked: m.Colour.Range == model.RangeLocked, Mode: int(m.Colour.Range),
			Survey: [2]int{m.Survey.Done, m.Survey.Total}, Lines: m.Colour.Lines, Range: [2]float64{finite(m.Colour.Mapping.Near), finite(m.Colour.Mapping.Far)},
		},
		Pins: pinsOf(m), Area: areaOf(m), Warnings: m.Warnings,
		Choosing: m.Choosing, AskPath: m.AskPath, AskQuit: m.AskQuit, Light: m.Light(), Hovering: m.Hovering, Plan: m.DropPlan(), Typing: u.Typing(), Focus: u.Focus(), Goroutines: runtime.NumGoroutine(),
		Widgets: make(map[string][4]int, len(places)),
	}
	if m.Marks.Set {
		s.Marks = []int{m.Marks.In, m.Marks.Out}
	}
	s.Keys = len(m.KeyFrames)
	for _, have := range m.Cached {
		if have {
			s.Cached++
		}
	}
	if p := m.Shown; p.Map != nil {
		s.Shown = &shownState{
			Serial: p.Serial, Frame: p.Frame, Exact: p.Exact, Size: [2]int{p.View.Width, p.View.Height}, Map: [2]int{p.Map.Width, p.Map.Height},
			Range: [2]float64{p.Near, p.Far}, Hits: p.Hits, TookMS: float64(p.Took.Microseconds()) / 1000,
		}
		place, at := m.Place(), places["picture"].Min
		s.Place = [3]float64{place.X + float64(at.X), place.Y + float64(at.Y), place.Scale}
	}
	if r, ok := m.Reading(); ok {
		p := &probeState{Pixel: [2]int{r.X, r.Y}, Z: model.ZText(r.Z), Hit: r.Hit, Exact: r.Exact, Object: m.Pointer.Surface.Object}
		if r.Hit && r.Exact {
			camera, world := [3]float64(r.Camera), [3]float64(r.World)
			p.Camera, p.World = &camera, &world
		}
		s.Probe = p
	}
	if b, ok := m.Between(); ok {
		s.Between = &b
	}
	if r := m.RGB; r.Path != "" {
		s.RGB = &rgbState{r.Path, r.First, r.Last, r.Offset, r.Opacity, r.Wipe, r.At, m.Over() != nil}
	}
	if c := m.Compare; c.Path != "" {
		d, ok := m.Difference()
		s.Compare = &compareState{c.Path, c.Offset, ok, c.Hidden, d.Stats.Max, d.Stats.Mean, d.Stats.Both, c.Finding, c.Sound}
	}
	s.checkState, s.moveState = checkOf(m), moveOf(m)
	s.Export = exportOf(m.Export)
	if m.Export.Open {
		p := m.ExportPlan()
		s.Export.Plan = planState{p.Files, p.First, p.Last, p.Bytes, p.Time.Seconds(), p.Measured}
		s.Export.Preset = m.Preset()
	}
	for _, n := range m.Notices {
		s.Notices = append(s.Notices, noticeState{[]string{"info", "warning", "error"}[n.Severity], n.Text})
	}
	for name, r := range places {
		s.Widgets[name] = [4]int{r.Min.X, r.Min.Y, r.Dx(), r.Dy()}
	}
	return s
}

func exportOf(e model.Export) exportState {
	s := exportState{
		Open: e.Open, Draft: e.Draft, Problem: e.Problem, Checking: e.Checking,
		Running: e.Running, Paused: e.Paused, Done: e.Progress.Done, Total: e.Progress.Total,
	}
	if r := e.Result; r != nil {
		s.Result, s.Error, s.Files = "done", r.Problem, r.Summary.Files
		switch {
		case r.Cancelled:
			s.Result = "cancelled"
		case r.Problem != "":
			s.Result = "failed"
		}
	}
	return s
}

// finite makes a number one that JSON has.
func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}
