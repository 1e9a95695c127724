package model

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"zscope/depthcore/camera"
	"zscope/depthcore/export"
	"zscope/depthcore/scene"
)

// Update returns the state after msg and what is to be done about it.
func Update(m Model, msg Msg) (Model, []Cmd) {
	before, searching := m.choices(), m.RGB.Fit.Running
	m, cmds := update(m, msg)
	m.remember(msg, before)
	if _, answered := msg.(FitFound); searching && !answered && !m.RGB.Fit.Running { // nobody waits for it any more
		cmds = append(cmds, CancelFit{})
	}
	return m, append(cmds, m.drawPoints()...)
}

func update(m Model, msg Msg) (Model, []Cmd) {
	if cmds, known := m.updateFiles(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateTime(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateCamera(msg); known {
		return m, cmds
	}
	if cmds, known := m.updatePicture(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateColour(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateCompare(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateRGB(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateEdges(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateFit(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateReading(msg); known {
		return m, cmds
	}
	if cmds, known := m.updatePins(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateSelection(msg); known {
		return m, cmds
	}
	if cmds, known := m.updatePoints(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateArea(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateExport(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateMeasure(msg); known {
		return m, cmds
	}
	if cmds, known := m.updatePresets(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateSurfaces(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateLens(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateAnimations(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateCopy(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateFilm(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateUndo(msg); known {
		return m, cmds
	}
	if cmds, known := m.updateSettings(msg); known {
		return m, cmds
	}
	return m, m.updateWindow(msg)
}

func (m *Model) updateFiles(msg Msg) (cmds []Cmd, known bool) {
	switch msg := msg.(type) {
	case Open:
		return m.open(msg.Path), true
	case AskOpen:
		if m.Choosing {
			return nil, true
		}
		m.Choosing = true
		return []Cmd{ChooseFile{Start: m.folder()}}, true
	case AskFolder:
		if m.Choosing {
			return nil, true
		}
		m.Choosing = true
		return []Cmd{ChooseFolder{Start: m.Export.Draft.Dir}}, true
	case AskSave:
		if m.Choosing || !m.Shown.Exact {
			return nil, true
		}
		m.Choosing = true
		return []Cmd{ChooseSave{m.folder(), m.pictureName()}}, true
	case Chosen:
		return m.chosen(msg), true
	case PictureSaved:
		if msg.Err != nil {
			m.notify(Error, sentence(msg.Err))
		} else {
			m.notify(Info, "The picture is saved as "+msg.Path+".")
		}
	case TypePath:
		m.AskPath, m.NoDialog = true, false
	case ClosePath:
		m.AskPath = false
	case Dropped:
		m.Hovering, m.Dragged = false, nil
		return m.dropped(msg.Paths), true
	case DragOver:
		m.Hovering, m.Dragged = msg.Over, msg.Paths
	case DropFailed:
		m.notify(Warning, fmt.Sprintf("Files cannot be dropped on this window: %v. Open them with Ctrl+O.", msg.Err))
	case Loaded:
		return m.loaded(msg), true
	case LoadFailed:
		if msg.Serial == m.File.serial {
			m.File.Loading, m.resume, m.File.waiting = "", nil, places{}
			m.notify(Error, sentence(msg.Err))
		}
	case FolderOpened:
		if msg.Serial == m.File.serial {
			m.File.Loading = ""
			return append(m.loadRGB(msg.Path), m.placeWaiting()...), true
		}
	case TrackLoaded:
		return m.trackLoaded(msg), true
	case FillTrack:
		return m.fillTrack(), true
	case TrackFailed:
		m.notify(Error, sentence(msg.Err))
	case RecentKnown:
		m.Recent = msg.Paths
	case SetAxes:
		return m.reopen(msg.Axes), true
	case FileChanged:
		if msg.Path == m.File.Path && m.File.Path != "" {
			return m.open(msg.Path), true
		}
	default:
		return nil, false
	}
	return nil, true
}

// open asks for a scene. The one that is open stays until the new one is
// there, so that a broken file leaves the window as it was.
func (m *Model) open(path string) []Cmd {
	if isDepthFile(path) {
		return m.loadCompare(path)
	}
	if kindOf(path) == rgbKind {
		m.AskPath = false
		return m.loadRGB(path)
	}
	m.AskPath = false
	m.File.Loading = path
	if path == "" {
		m.File.Loading = "demo scene"
	}
	m.File.serial, m.File.opening, m.File.waiting = m.nextSerial(), Axes{}, places{}
	if path == m.File.Path {
		m.File.opening = m.File.Meant
	}
	return []Cmd{Load{m.File.serial, path, m.File.opening}}
}

func (m *Model) chosen(msg Chosen) []Cmd {
	m.Choosing = false
	asking, rgb := m.Compare.asking, m.RGB.asking
	m.Compare.asking, m.RGB.asking = false, false
	if axes := m.Points.asking; axes != nil {
		m.Points.asking = nil
		return m.pointsChosen(msg, *axes)
	}
	switch {
	case (asking || rgb) && msg.Err != nil:
		m.AskPath, m.NoDialog = true, true
	case rgb && msg.Path != "":
		return m.loadRGB(msg.Path)
	case rgb:
	case asking && msg.Path != "":
		return m.loadCompare(msg.Path)
	case asking:
	case msg.Err != nil && msg.For == ToExport:
		m.notify(Warning, "The desktop's folder dialog is not available; type the folder instead.")
	case msg.For == ToFilm:
		return m.filmChosen(msg)
	case msg.Err != nil && msg.For == ToSave:
		// Without a dialog the picture goes where the person finds it.
		return m.savePicture(filepath.Join(m.Home, m.pictureName()))
	case msg.Err != nil:
		m.AskPath, m.NoDialog = true, true
	case msg.Path == "":
	case msg.For == ToSave:
		return m.savePicture(msg.Path)
	case msg.For == ToExport:
		d := m.Export.Draft
		d.Dir = msg.Path
		return m.edit(d)
	default:
		return m.dropped([]string{msg.Path}) // whose place its name tells
	}
	return nil
}

func (m Model) pictureName() string {
	name := m.Name()
	return fmt.Sprintf("%s_z_%04d.png", strings.TrimSuffix(name, filepath.Ext(name)), m.Shown.Frame)
}

func (m *Model) savePicture(path string) []Cmd {
	if m.Shown.Map == nil {
		return nil
	}
	return []Cmd{SavePicture{path, m.Shown.Map, m.Colour.Mapping, m.caption()}}
}

func (m *Model) loaded(msg Loaded) []Cmd {
	if msg.Serial != m.File.serial {
		return nil
	}
	again := msg.Path == m.File.Path && m.Job.Scene != nil
	frame, old := m.Frame, m.Job
	m.File.Path, m.File.Loading, m.File.since = msg.Path, "", m.nextSerial()
	m.File.Meant = m.File.opening
	m.Bounds = msg.Bounds
	m.Job = export.NewJob(msg.Scene, "")
	m.Job.Raycast = old.Raycast
	if old.Scene == nil {
		m.Job.Raycast = export.NewJob(nil, "").Raycast
	}
	m.Shown, m.Cached, m.Pins = Picture{}, nil, nil
	m.Trees = Trees{}
	m.Pointer, m.Area = Pointer{}, Area{}
	m.Notices = nil
	m.Play = Play{}
	if again {
		m.Job.Track, m.Job.Lens, m.Job.FPS = old.Track, old.Lens, old.FPS
		m.Job.Width, m.Job.Height = old.Width, old.Height
		if len(msg.Scene.Animations) == len(old.Scene.Animations) {
			m.Job.Animations = old.Animations
		}
		m.Job.Camera = min(old.Camera, max(len(msg.Scene.Cameras)-1, 0))
	} else {
		m.Marks = Marks{}
		m.Look = Look{Fit: true}
		m.Free = false
		m.Orbit = orbitAround(msg.Bounds)
		m.RGB = RGB{}
		m.Compare = Compare{}
	}
	if len(msg.Scene.Cameras) == 0 && m.Job.Track == nil {
		m.Free = true
		m.notify(Info, fmt.Sprintf("%s has no camera, so a free one looks at it: drag to turn, scroll to come nearer.", m.Name()))
	}
	m.askAboutClashes()
	m.retime()
	m.Frame = m.Timeline.First
	if again {
		m.Frame = m.clampFrame(frame)
	}
	m.resumeLast()
	cmds := append([]Cmd{TracePins{}}, m.reshoot()...)
	cmds = append(cmds, SetTitle{m.Title()})
	if msg.Path != "" {
		cmds = append(cmds, Remember{msg.Path})
	}
	return append(cmds, m.placeWaiting()...)
}

func (m *Model) trackLoaded(msg TrackLoaded) []Cmd {
	if m.Job.Scene == nil {
		m.notify(Warning, "A camera track needs a scene: open the scene first.")
		return nil
	}
	if msg.Track == nil {
		return m.lensLoaded(msg)
	}
	m.Job.Track, m.Job.Lens = msg.Track, camera.Override{}
	m.Free = false
	m.retime()
	m.Frame = m.clampFrame(m.Frame)
	m.notify(Info, fmt.Sprintf("%s: %d frames of camera now replace the scene's own%s.%s", filepath.Base(msg.Path), len(msg.Track.Frames), msg.Borrowed.words(), gapWords(msg.Track)))
	return m.reshoot()
}

// lensLoaded keeps the camera's poses and replaces its intrinsics.
func (m *Model) lensLoaded(msg TrackLoaded) []Cmd {
	in := msg.Intrinsics
	m.Job.Width, m.Job.Height, m.Job.Lens = in.Width, in.Height, camera.OverrideAll(in)
	m.Free = false
	m.retime()
	m.notify(Info, fmt.Sprintf("%s: its focal lengths and centre now replace the camera's, at %d × %d pixels%s.", filepath.Base(msg.Path), in.Width, in.Height, msg.Borrowed.words()))
	return m.reshoot()
}

// retime works out what depends on the job's time and camera.
func (m *Model) retime() {
	m.Timeline = m.Job.Timeline()
	m.Cached, m.Traces = nil, nil
	m.RGB.Fit = Fit{} // of another camera or other frames
	m.KeyFrames = keyFrames(m.Job, m.Timeline)
	m.Warnings = append([]string(nil), m.Job.Scene.Warnings...)
	if len(m.Job.Scene.Cameras) > 0 || m.Job.Track != nil {
		m.Warnings = append(m.Warnings, m.Job.Warnings()...)
	}
	if m.Marks.Set && (m.Marks.In < m.Timeline.First || m.Marks.Out > m.Timeline.Last) {
		m.Marks = Marks{}
	}
}

// keyFrames returns where the keys of an animation that is not baked lie, in
// frames. One with a key on each frame says nothing.
func keyFrames(job export.Job, tl scene.Timeline) []float64 {
	seen := map[float64]bool{}
	for i, a := range job.Scene.Animations {
		if job.Animations != nil && !slices.Contains(job.Animations, i) {
			continue
		}
		for _, c := range a.Channels {
			for _, t := range c.Times {
				seen[(t-tl.Offset)*tl.FPS] = true
				if len(seen) > maxKeys {
					return nil
				}
			}
		}
	}
	if 2*len(seen) > tl.Last-tl.First+1 {
		return nil
	}
	keys := slices.Collect(maps.Keys(seen))
	slices.Sort(keys)
	return keys
}

const maxKeys = 500

// folder returns where to start looking for scenes.
func (m Model) folder() string {
	if m.File.Path != "" {
		return filepath.Dir(m.File.Path)
	}
	if len(m.Recent) > 0 {
		return filepath.Dir(m.Recent[0])
	}
	return ""
}

// render asks for the picture of what the model now says.
func (m *Model) render() []Cmd {
	if m.Job.Scene == nil {
		return nil
	}
	m.Want = m.nextSerial()
	return append([]Cmd{Render{m.requestOf(m.Want)}}, m.showRGB()...)
}

// reshoot is render where more than the frame has changed.
func (m *Model) reshoot() []Cmd {
	return append(m.render(), m.survey()...)
}

func (m Model) requestOf(serial int) Request {
	r := Request{Serial: serial, Timeline: m.Timeline, Job: m.Job, Frame: m.Frame}
	if m.Free {
		v := m.freeView()
		r.Free = &v
	}
	return r
}

func (m *Model) updatePicture(msg Msg) (cmds []Cmd, known bool) {
	switch msg := msg.(type) {
	case Rendered:
		return m.rendered(msg.Picture), true
	case RenderFailed:
		if msg.Serial == m.Want {
			m.Shown = Picture{Serial: msg.Serial}
			m.Play = Play{}
			m.notify(Error, sentence(msg.Err))
		}
	case Prepared:
		if msg.Scene == m.Job.Scene {
			m.Trees = Trees{msg.Share, msg.Beside}
		}
	case CacheKnown:
		m.CachedBytes = msg.Bytes
		if msg.Serial == m.Want {
			m.Cached, m.Traces = msg.Frames, msg.Traces
		}
	case Resized:
		m.Viewport = msg.Viewport
	case ZoomBy:
		m.Look = m.Look.zoomBy(msg.Factor, float64(msg.At.X), float64(msg.At.Y), m.PictureSize(), m.Viewport)
		return m.repoint(), true
	case PanBy:
		m.Look = m.Look.panBy(msg.DX, msg.DY, m.PictureSize(), m.Viewport)
	case ShowAll:
		m.Look = Look{Fit: true}
		return m.repoint(), true
	case ShowFull:
		l := m.Look
		p := m.Place()
		m.Look = l.zoomBy(1/p.Scale, float64(m.Viewport.X)/2, float64(m.Viewport.Y)/2, m.PictureSize(), m.Viewport)
		return m.repoint(), true
	default:
		return nil, false
	}
	return nil, true
}

// rendered takes a picture unless a newer one is shown: pictures of frames
// that were passed while scrubbing are shown as they come, each with its own
// frame number, but never after a newer one.
func (m *Model) rendered(p Picture) []Cmd {
	older := p.Serial < m.Shown.Serial
	coarser := p.Serial == m.Shown.Serial && m.Shown.Exact
	if m.Job.Scene == nil || older || coarser || p.Serial > m.Want || p.Serial <= m.File.since {
		return nil
	}
	was := m.PictureSize()
	m.Shown = p
	m.ride(p.Riders)
	if size := m.PictureSize(); was != size && was.X > 0 && !m.Look.Fit {
		// The same part of the scene stays in sight at another size.
		f := float64(size.X) / float64(was.X)
		m.Look.CX, m.Look.CY = m.Look.CX*f, m.Look.CY*float64(size.Y)/float64(was.Y)
		m.Look.Scale /= f
	}
	if p.Exact && p.Took > 0 {
		m.Pace = p.Took * 1000 / time.Duration(len(p.Map.Z))
	}
	m.follow()
	cmds := slices.Concat(m.repoint(), m.measure(), m.measureArea(), m.findEdges())
	if m.Export.Open && m.Export.Frames > 0 {
		cmds = append(cmds, m.measureExport()...)
	}
	return cmds
}

func (m *Model) updateWindow(msg Msg) []Cmd {
	switch msg := msg.(type) {
	case Dismiss:
		if msg.Index >= 0 && msg.Index < len(m.Notices) {
			m.Notices = without(m.Notices, msg.Index)
		}
	case CloseAsked:
		if m.Export.Running {
			m.AskQuit = true
			return nil
		}
		return []Cmd{m.keep(), Quit{}}
	case ToggleFullscreen:
		m.Fullscreen = !m.Fullscreen
		return []Cmd{SetFullscreen{m.Fullscreen}}
	case QuitAnswered:
		m.AskQuit = false
		if msg.Quit {
			return []Cmd{StopExport{}, m.keep(), Quit{}}
		}
	}
	return nil
}

// sentence makes an error a sentence for a person. A name of a file in front
// stays as it is.
func sentence(err error) string {
	s := err.Error()
	if s == "" {
		return s
	}
	if first, _, _ := strings.Cut(s, " "); !strings.ContainsAny(first, `./\_#`) {
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	if !strings.ContainsAny(s[len(s)-1:], ".?!") {
		s += "."
	}
	return s
}
