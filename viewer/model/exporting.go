package model

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"zscope/depthcore/camera"
	"zscope/depthcore/channels"
	"zscope/depthcore/export"
)

// Export is the export dialog and the export that runs.
type Export struct {
	Open  bool
	Draft Draft
	// Problem says what keeps the draft from being exported, in a sentence;
	// empty where nothing does. Checking is set until that is known.
	Problem  string
	Checking bool
	eager    bool // start once the check has found nothing
	Frames   int  // of the draft, 0 where it has a mistake
	job      export.Job
	check    int // serial of the check that was asked for
	measured measured
	first    string // file names of the draft
	last     string

	Running    bool
	Cancelling bool
	Paused     bool // what is under way is finished, nothing new begun
	Progress   export.Progress
	Dir        string  // of the export that runs or ran last
	Result     *Result // of the last export, until it is dismissed
}

// Draft is what the export dialog says, as it was typed.
type Draft struct {
	Formats    []export.Format
	Frames     string
	Size       string
	Dir        string
	Name       string
	Background string
	PNGScale   string // what a PNG counts in a metre
	// Compression and Level of EXR files, see export.Job; an empty level is the
	// usual one.
	Compression string
	Level       string
	Baseline    string // of Middlebury's and other stereo pairs
	Channels    string // see channels.Parse; empty: z alone
	Stereo      bool   // make the right pictures too
	Threads     string // empty: one a core
	Overwrite   bool
	Resume      bool   // keep the frames of an export that ended early
	Part        string // K/N where other machines make the other parts; empty: all frames
	Verify      bool   // read each file back
	// Profile is a layout that brings its own formats and names; empty for
	// plain files.
	Profile export.Profile
}

// Plain reports whether the draft is for files of chosen formats in one
// folder.
func (d Draft) Plain() bool { return d.Profile == "" || d.Profile == export.Plain }

// Result is how an export ended.
type Result struct {
	Summary   export.Summary
	Dir       string
	Problem   string // empty when all went well
	Cancelled bool
	Verified  bool         // each file was read back
	Part      export.Shard // that was made; zero: all
}

func (m *Model) updateExport(msg Msg) (cmds []Cmd, known bool) {
	e := &m.Export
	switch msg := msg.(type) {
	case OpenExport:
		if m.Job.Scene == nil || e.Running {
			return nil, true
		}
		e.Open, e.Result = true, nil
		return m.edit(m.draft()), true
	case CloseExport:
		e.Open, e.eager = false, false
	case EditExport:
		return m.edit(msg.Draft), true
	case JobChecked:
		if msg.Serial == e.check {
			e.Checking = false
			if msg.Err != nil {
				e.Problem = sentence(msg.Err)
			}
			if e.eager {
				return e.start(), true
			}
		}
	case StartExport:
		return e.start(), true
	case ExportProgress:
		e.Progress = msg.Progress
	case ExportDone:
		e.Running, e.Paused = false, false
		e.Result = &Result{Summary: msg.Summary, Dir: e.Dir, Verified: e.job.Verify, Part: e.job.Shard}
		switch {
		case errors.Is(msg.Err, context.Canceled):
			e.Result.Cancelled = true
		case msg.Err != nil:
			e.Result.Problem = sentence(msg.Err)
		}
		e.Cancelling = false
	case CancelExport:
		if e.Running && !e.Cancelling {
			e.Cancelling = true
			return []Cmd{StopExport{}}, true
		}
	case PauseExport:
		if e.Running && !e.Cancelling {
			e.Paused = !e.Paused
			return []Cmd{HoldExport{e.Paused}}, true
		}
	case DismissResult:
		e.Result = nil
	default:
		return nil, false
	}
	return nil, true
}

// start runs the draft's job, as soon as it is known that nothing is wrong with
// it.
func (e *Export) start() []Cmd {
	e.eager = e.Open && e.Checking
	if !e.Open || e.Checking || e.Problem != "" || e.Running {
		return nil
	}
	e.Open, e.Running, e.Cancelling, e.Paused = false, true, false, false
	e.Progress, e.Dir = export.Progress{Total: e.Frames}, e.job.Dir
	return []Cmd{RunExport{e.job}}
}

// draft returns the dialog's first state: what the window shows, in the folder
// and the formats of the last time.
func (m Model) draft() Draft {
	d := m.Export.Draft
	if len(d.Formats) == 0 {
		d = plainDraft(export.EXR)
	}
	first, last := m.Range()
	d.Frames = fmt.Sprintf("%d-%d", first, last)
	if first == last {
		d.Frames = strconv.Itoa(first)
	}
	w, h := m.SizeOf()
	d.Size = fmt.Sprintf("%dx%d", w, h)
	if d.Dir == "" {
		base, parent := m.Name(), m.Home
		if m.File.Path != "" {
			base, parent = filepath.Base(m.File.Path), filepath.Dir(m.File.Path)
		}
		d.Dir = filepath.Join(parent, strings.TrimSuffix(base, filepath.Ext(base))+"_z")
	}
	d.Name = export.DefaultName(m.Job.Scene)
	d.Overwrite, d.Resume, d.Part = false, false, ""
	return d
}

// edit takes a changed draft and asks whether it could be exported.
func (m *Model) edit(d Draft) []Cmd {
	e := &m.Export
	d.Formats = slices.Clone(d.Formats)
	e.Draft, e.Problem, e.Checking, e.eager, e.Frames = d, "", false, false, 0
	e.check = m.nextSerial()
	job, err := m.jobOf(d)
	if err != nil {
		e.Problem = sentence(err)
		return nil
	}
	e.job, e.Checking = job, true
	e.Frames = len(job.Shard.Of(job.FrameList()))
	e.first, e.last = job.FileNames()
	return append([]Cmd{CheckJob{e.check, job}}, m.measureExport()...)
}

// jobOf reads a draft. What a job says about itself is left to Job.Check.
func (m Model) jobOf(d Draft) (export.Job, error) {
	job := m.Job
	job.Software = m.Software
	var err error
	if job.Frames, err = export.ParseFrames(d.Frames); err != nil {
		return job, err
	}
	if job.Width, job.Height, err = export.ParseSize(d.Size); err != nil {
		return job, err
	}
	if job.Background, err = export.ParseBackground(d.Background); err != nil {
		return job, err
	}
	if slices.Contains(d.Formats, export.PNG) {
		if job.Scale, err = strconv.ParseFloat(strings.TrimSpace(d.PNGScale), 64); err != nil {
			return job, fmt.Errorf("the PNG scale %q is not a number", d.PNGScale)
		}
	}
	if job.Compression, err = export.ParseCompression(d.Compression); err != nil {
		return job, err
	}
	if job.Level, err = whole(d.Level); err != nil || job.Level > 9 {
		return job, fmt.Errorf("the EXR level %q is not a number from 1 to 9", d.Level)
	}
	if job.Raycast.Threads, err = whole(d.Threads); err != nil {
		return job, fmt.Errorf("%q is not a number of threads", d.Threads)
	}
	if d.Plain() {
		if text := strings.TrimSpace(d.Channels); text != "" {
			if job.Channels, err = channels.Parse(text); err != nil {
				return job, err
			}
		}
		job.Stereo = d.Stereo
	}
	if d.Profile == export.Middlebury || job.Stereo || slices.ContainsFunc(job.Channels, channels.Channel.NeedsBaseline) {
		if job.Baseline, err = strconv.ParseFloat(strings.TrimSpace(d.Baseline), 64); err != nil || !(job.Baseline > 0) {
			return job, fmt.Errorf("the baseline %q is not a positive number", d.Baseline)
		}
	}
	if part := strings.TrimSpace(d.Part); part != "" {
		if job.Shard, err = export.ParseShard(part, func(string) string { return "" }); err != nil {
			return job, fmt.Errorf("the part %q is not K/N, such as 3/8 for the third of eight parts", part)
		}
	}
	if d.Dir == "" {
		return job, errors.New("choose a folder for the files")
	}
	job.Dir, job.Name = d.Dir, d.Name
	job.Formats, job.Overwrite, job.Resume = d.Formats, d.Overwrite, d.Resume
	job.Verify = d.Verify
	if !d.Plain() {
		job.Use(d.Profile)
	}
	if m.Free {
		job.Track = m.freeTrack(job)
	}
	return job, nil
}

// freeTrack makes the free camera a track, so that what is seen is what is
// exported.
func (m Model) freeTrack(job export.Job) *camera.Track {
	frames := slices.Clone(job.Frames)
	slices.Sort(frames)
	t := &camera.Track{Width: job.Width, Height: job.Height, FPS: m.Timeline.FPS}
	view := m.Orbit.View(job.Width, job.Height)
	for _, n := range frames {
		t.Frames = append(t.Frames, camera.TrackFrame{Frame: n, Time: m.Timeline.Time(n), Camera: "free", View: view})
	}
	return t
}

// DraftSize returns the size of the pictures of a draft that can be read.
func (e Export) DraftSize() (w, h int) { return e.job.Width, e.job.Height }

// whole reads a whole number that is not negative; nothing is 0.
func whole(s string) (int, error) {
	if s = strings.TrimSpace(s); s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err == nil && n < 0 {
		err = strconv.ErrRange
	}
	return n, err
}
