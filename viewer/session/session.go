// Package session does the window's work off its goroutine: it carries out the
// model's commands and answers with messages.
//
// It owns what must not be shared: the caster, which one goroutine uses, and
// the cache of pictures. The newest request for a picture wins. A request that
// waits is replaced by the next one; a full-size cast that runs is given up
// for it. A coarse picture is always finished, so that someone who scrubs
// without pause sees something. A depth map that was sent is never written to
// again.
package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"zscope/depthcore/camera"
	"zscope/depthcore/camerafile"
	"zscope/depthcore/export"
	"zscope/depthcore/scene"
	"zscope/viewer/model"
)

// Config says what a session works with.
type Config struct {
	// Open reads a scene; an empty path is the demo scene.
	Open func(ctx context.Context, path string, meant model.Axes) (*scene.Scene, error)
	// Send delivers a message to the model. It is called from several
	// goroutines and must not wait for them.
	Send func(model.Msg)
	// SendAll delivers messages that belong together; without one, Send does.
	SendAll func([]model.Msg)
	// CacheBytes bounds the memory of pictures at hand; 0 is 1 GiB.
	CacheBytes int64
	// RecentFile holds the paths of scenes opened before; empty for none.
	RecentFile string
	// SettingsFile holds what the last window was set to; empty for none.
	SettingsFile string
}

// Session carries out commands. Its methods are safe for use by several
// goroutines.
type Session struct {
	Config
	ctx   context.Context
	stop  context.CancelFunc
	done  sync.WaitGroup
	stage *stage

	mu          sync.Mutex
	stopLoad    context.CancelFunc
	stopExport  context.CancelFunc
	stopMeasure context.CancelFunc
	stopFit     context.CancelFunc
	gate        gate // of the export
	stopWatch   context.CancelFunc
	settings    *model.Settings // to be written
	writing     sync.Mutex      // of settings

	area    latest[model.MeasureArea]
	edges   latest[model.FindEdges]
	cloud   latest[model.DrawPoints]
	drawing drawing // of the cloud's goroutine alone
	rgb     rgb
	compare compare
}

// errFolder is of a path that is a folder, where no scene can be.
var errFolder = errors.New("it is a folder")

// New starts a session.
func New(c Config) *Session {
	if c.CacheBytes == 0 {
		c.CacheBytes = 1 << 30
	}
	s := &Session{Config: c}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.stage = newStage(c.Send, c.CacheBytes)
	s.stage.sendAll = c.SendAll
	s.start(func() { s.stage.run(s.ctx) })
	if c.RecentFile != "" {
		s.start(func() { c.Send(model.RecentKnown{Paths: readRecent(c.RecentFile)}) })
	}
	return s
}

func (s *Session) start(work func()) {
	s.done.Add(1)
	go func() {
		defer s.done.Done()
		work()
	}()
}

// Close gives all work up and waits until it has ended. An export that runs
// leaves no half file.
func (s *Session) Close() {
	s.stop()
	s.done.Wait()
}

// Drawn says that the coarse picture that was sent last is on the screen: see
// model.Request.Soon.
func (s *Session) Drawn() {
	select {
	case s.stage.drawn <- struct{}{}:
	default:
	}
}

// Do starts a command and returns at once. It reports whether the command was
// one for a session.
func (s *Session) Do(cmd model.Cmd) bool {
	switch cmd := cmd.(type) {
	case model.Load:
		s.load(cmd)
	case model.LoadTrack:
		s.start(func() { s.loadTrack(cmd) })
	case model.Render:
		s.stage.request(cmd.Request)
	case model.StartSurvey:
		s.stage.survey(cmd)
	case model.LoadRGB:
		s.start(func() { s.loadRGB(cmd) })
	case model.LoadCompare:
		s.start(func() { s.loadCompare(cmd.Serial, cmd.Path) })
	case model.MeasureDifference:
		s.measureDifference(cmd)
	case model.Diagnose:
		s.diagnose(cmd)
	case model.StopDiagnosis:
		s.stopDiagnosis()
	case model.ShowRGB:
		s.showRGB(cmd)
	case model.TracePins:
		s.stage.trace(cmd.Pins)
	case model.FindObject:
		s.stage.findObject(cmd)
	case model.DrawPoints:
		s.cloud.ask(s, cmd, s.drawPoints)
	case model.SavePoints:
		s.start(func() { s.Send(savePoints(cmd)) })
	case model.FindEdges:
		s.edges.ask(s, cmd, s.findEdges)
	case model.StartFit:
		s.startFit(cmd)
	case model.CancelFit:
		s.cancelFit()
	case model.MeasureArea:
		s.area.ask(s, cmd, s.measureArea)
	case model.Probe:
		s.stage.probe(cmd)
	case model.CheckJob:
		s.start(func() { s.Send(model.JobChecked{Serial: cmd.Serial, Err: check(cmd.Job)}) })
	case model.SavePicture:
		s.start(func() {
			path, err := savePicture(cmd)
			s.Send(model.PictureSaved{Path: path, Err: err})
		})
	case model.MeasureExport:
		s.measureExport(cmd)
	case model.RunExport:
		s.export(cmd.Job)
	case model.StopExport:
		s.mu.Lock()
		if s.stopExport != nil {
			s.stopExport()
		}
		s.mu.Unlock()
	case model.HoldExport:
		s.gate.hold(cmd.On)
	case model.KeepSettings:
		s.keepSettings(cmd.Settings)
	case model.Remember:
		if s.RecentFile != "" {
			s.start(func() { s.Send(model.RecentKnown{Paths: remember(s.RecentFile, cmd.Path)}) })
		}
	default:
		return false
	}
	return true
}

// load reads a scene and gives up one that is still being read.
func (s *Session) load(cmd model.Load) {
	ctx, cancel := context.WithCancel(s.ctx)
	s.mu.Lock()
	if s.stopLoad != nil {
		s.stopLoad()
	}
	s.stopLoad = cancel
	s.mu.Unlock()
	s.start(func() {
		defer cancel()
		sc, bounds, err := s.read(ctx, cmd)
		switch {
		case ctx.Err() != nil:
		case errors.Is(err, errFolder):
			s.Send(model.FolderOpened{Serial: cmd.Serial, Path: cmd.Path})
		case err != nil:
			s.Send(model.LoadFailed{Serial: cmd.Serial, Err: err})
		default:
			s.Send(model.Loaded{Serial: cmd.Serial, Path: cmd.Path, Scene: sc, Bounds: bounds})
			s.watch(cmd.Path)
		}
	})
}

func (s *Session) read(ctx context.Context, cmd model.Load) (sc *scene.Scene, b model.Bounds, err error) {
	defer catch(&err, "load "+cmd.Path)
	if info, err := os.Stat(cmd.Path); err == nil && info.IsDir() {
		return nil, b, errFolder
	}
	sc, err = s.Open(ctx, cmd.Path, cmd.Meant)
	if err != nil {
		return nil, b, err
	}
	return sc, boundsOf(sc), nil
}

func (s *Session) loadTrack(cmd model.LoadTrack) {
	loaded, err := readCameras(cmd.Path, cmd.Like)
	if err != nil {
		s.Send(model.TrackFailed{Serial: cmd.Serial, Err: err})
		return
	}
	loaded.Serial, loaded.Path = cmd.Serial, cmd.Path
	s.Send(loaded)
}

// readCameras reads a camera track, or intrinsics alone. What a file leaves open,
// the picture's size and the intrinsics if need be, is that of like.
func readCameras(path string, like camera.Intrinsics) (loaded model.TrackLoaded, err error) {
	fsys, name, err := camerafile.Locate(path)
	if err != nil {
		return loaded, err
	}
	size := camerafile.Options{Width: like.Width, Height: like.Height}
	all := size
	all.Fx, all.Fy, all.Cx, all.Cy, all.Origin = &like.Fx, &like.Fy, &like.Cx, &like.Cy, camerafile.Corner
	all.Model, all.Distortion = &like.Lens.Model, like.Lens.Used()
	for i, o := range []camerafile.Options{{}, size, all} {
		if i > 0 && (!errors.Is(err, camerafile.ErrIncomplete) || like.Check() != nil || like.Model != camera.Perspective) {
			break
		}
		var ok bool
		if loaded.Intrinsics, ok, err = camerafile.ReadIntrinsics(fsys, name, o); !ok && err == nil {
			loaded.Track, err = camerafile.Read(fsys, name, o)
		}
		loaded.Borrowed = model.Borrowed(i)
	}
	return loaded, err
}

func check(job export.Job) (err error) {
	defer catch(&err, "export")
	return job.Check()
}

// export runs one job at a time; the model does not ask for a second one.
func (s *Session) export(job export.Job) {
	ctx, cancel := context.WithCancel(s.ctx)
	s.mu.Lock()
	s.stopExport = cancel
	s.mu.Unlock()
	s.gate.hold(false)
	job.Trees = s.stage.treesOf(job.Scene)
	s.start(func() {
		defer cancel()
		summary, err := runExport(ctx, job, func(p export.Progress) {
			s.Send(model.ExportProgress{Progress: p})
			s.gate.pass(ctx) // the export's stages wait for the report to return
		})
		s.Send(model.ExportDone{Summary: summary, Err: err})
	})
}

func runExport(ctx context.Context, job export.Job, report func(export.Progress)) (sum export.Summary, err error) {
	defer catch(&err, "export")
	return export.Run(ctx, job, report)
}

// catch turns a panic into an error: the window has to stay up to say so.
func catch(err *error, doing string) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%s: zscope made a mistake: %v", doing, r)
	}
}
