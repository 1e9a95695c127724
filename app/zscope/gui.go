//go:build !nogui && (windows || (cgo && (linux || freebsd || openbsd || darwin)))

package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"gioui.org/app"
	"gioui.org/io/clipboard"
	"gioui.org/io/system"
	"gioui.org/op"
	"gioui.org/unit"

	"zscope/app/appearance"
	pictures "zscope/app/clipboard"
	"zscope/assets"
	"zscope/depthcore/meshscene"
	"zscope/depthcore/scene"
	"zscope/depthcore/scenefile"
	"zscope/viewer/model"
	"zscope/viewer/session"
	"zscope/viewer/ui"
)

// runWindow opens the window on a scene file, or on the demo scene where path
// is empty, and returns when it is closed.
func runWindow(path string) error {
	if !hasDisplay() {
		return errors.New("there is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set); `zscope export` works without one")
	}
	app.ID = "zscope" // the window's class, whatever the program's file is called
	done := make(chan error, 1)
	go func() { done <- openWindow(path) }()
	if runtime.GOOS == "darwin" {
		// The main thread belongs to AppKit and does not come back.
		go func() {
			if err := <-done; err != nil {
				fmt.Fprintf(os.Stderr, "zscope: %v\n", err)
				os.Exit(exitFailed)
			}
			os.Exit(exitDone)
		}()
		app.Main()
	}
	return <-done
}

func hasDisplay() bool {
	switch runtime.GOOS {
	case "windows", "darwin":
		return true
	}
	return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

// window is the program's window: Gio's window, the model and those who work
// for it. Everything but inbox belongs to the window's goroutine.
type window struct {
	app     *app.Window
	model   model.Model
	ui      *ui.UI
	session *session.Session
	dialogs *dialogs
	state   *stateLog
	title   string
	copied  string // waits for the next frame to go to the clipboard
	// pictures is where the window's desktop takes them.
	pictures *pictures.Clipboard
	quit     bool
	ctx      context.Context // ends with the window
	work     sync.WaitGroup  // of films and copies
	drawn    bool            // at least once

	asked bool // for a picture, in this frame
	// What the last drawing took: to lay out, without waiting for its picture,
	// and to be drawn.
	laying, waited, showing time.Duration

	mu     sync.Mutex
	inbox  []model.Msg
	news   chan struct{} // filled where inbox is
	inside bool          // a frame, which looks into the inbox itself
}

func openWindow(path string) error {
	shaper, err := ui.NewShaper()
	if err != nil {
		return fmt.Errorf("open the window: %w", err)
	}
	w := &window{app: new(app.Window), model: model.New(), ui: ui.New(shaper), news: make(chan struct{}, 1)}
	w.model.Software, w.model.MP4 = software(), canMP4()
	// Most of the memory is pictures at hand: garbage on top of them should
	// not double it.
	debug.SetGCPercent(50)
	settings := session.ReadSettings(configFile("settings.json"))
	size := settings.Size()
	w.app.Option(app.Title("zscope"), app.Size(unit.Dp(size.X), unit.Dp(size.Y)), app.MinSize(640, 400))
	if w.state, err = openState(os.Getenv(stateVariable)); err != nil {
		return err
	}
	defer w.state.close()
	w.dialogs = newDialogs(w.send)
	defer w.dialogs.close()
	w.session = session.New(session.Config{Open: openScene, Send: w.send, SendAll: w.sendAll, RecentFile: configFile("recent.json"), SettingsFile: configFile("settings.json")})
	defer w.session.Close()
	ctx, cancel := context.WithCancel(context.Background())
	w.ctx = ctx
	defer w.work.Wait()
	defer cancel()
	stop := w.closeOnSignal()
	defer stop()
	w.work.Add(1)
	go func() {
		defer w.work.Done()
		appearance.Watch(ctx, func(light bool) { w.send(model.DesktopIs{Light: light}) })
	}()
	w.model.Home, _ = os.UserHomeDir() // without one, the folder that it runs in
	w.update(model.SettingsKnown{Settings: settings})
	w.open(path, settings)
	return w.run()
}

// open asks for the scene that the command line names. Where it names none, the
// last window comes back, if its scene is still there.
func (w *window) open(path string, settings model.Settings) {
	if path == "" {
		if _, err := os.Stat(settings.Last.File); err == nil || settings.Last.File == "" {
			w.update(model.Restore{})
			return
		}
	}
	if absolute, err := filepath.Abs(path); err == nil && path != "" {
		path = absolute // the next window may start in another folder
	}
	w.update(model.Open{Path: path})
}

// openScene reads the scene at path, or the demo scene.
func openScene(ctx context.Context, path string, meant model.Axes) (*scene.Scene, error) {
	if path == "" {
		return scenefile.Read(ctx, "demo.glb", assets.Demo)
	}
	up, err := meshscene.ParseUp(meant.Up)
	if err != nil {
		return nil, err
	}
	return scenefile.Reader{Mesh: meshscene.Options{Up: up, Unit: meant.Unit}}.Open(ctx, path)
}

// configFile returns the path of one of the program's own files, empty where
// the system has no place for them.
func configFile(name string) string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "zscope", name)
}

// send hands a message to the window's goroutine, from any goroutine.
func (w *window) send(msg model.Msg) { w.sendAll([]model.Msg{msg}) }

// sendAll hands over messages that are to be in one drawing.
func (w *window) sendAll(msgs []model.Msg) {
	w.mu.Lock()
	first, inside := len(w.inbox) == 0, w.inside
	w.inbox = append(w.inbox, msgs...)
	w.mu.Unlock()
	select {
	case w.news <- struct{}{}:
	default:
	}
	if !inside {
		w.app.Invalidate()
	}
	if first {
		w.knock(20 * time.Millisecond)
	}
}

// knock asks for a frame until the messages are taken, ever less often. Once
// would do if Gio did not lose what falls into the drawing of a frame that was
// itself asked for (on Wayland: always).
func (w *window) knock(after time.Duration) {
	time.AfterFunc(after, func() {
		w.mu.Lock()
		waiting := len(w.inbox) > 0
		w.mu.Unlock()
		if waiting {
			w.app.Invalidate()
			w.knock(min(2*after, time.Second))
		}
	})
}

func (w *window) received() []model.Msg {
	w.mu.Lock()
	defer w.mu.Unlock()
	msgs := w.inbox
	w.inbox = nil
	return msgs
}

// enter and leave bound a frame. What comes in between asks for no further one
// unless it is still there at the end: the frame may have taken it.
func (w *window) enter() {
	w.mu.Lock()
	w.inside = true
	w.mu.Unlock()
}

func (w *window) leave() {
	w.mu.Lock()
	w.inside = false
	waiting := len(w.inbox) > 0
	w.mu.Unlock()
	if waiting {
		w.app.Invalidate()
	}
}

// soon returns when a picture has to be ready to be drawn by the time that a
// person still calls at once. Where graphics are made in software, drawing
// takes most of that. While playing, coarse pictures would take the time of
// whole ones.
func (w *window) soon() time.Duration {
	const atOnce = 45 * time.Millisecond
	if w.model.Play.On() {
		return 0
	}
	return max(4*time.Millisecond, atOnce-w.showing-w.laying)
}

// await gives the picture that was asked for in this frame a moment to come, so
// that one that is at hand, or cast soon, is in the same drawing as what asked
// for it. The moment is about what a drawing without it would take, since the
// picture would have to wait for the end of that.
func (w *window) await() {
	if !w.asked {
		return
	}
	w.asked = false
	defer func(start time.Time) { w.waited += time.Since(start) }(time.Now())
	patience := max(leastPatience, min(w.showing, mostPatience))
	for end := time.After(patience); !w.model.Current(); {
		select {
		case <-w.news:
			for _, msg := range w.received() {
				w.update(msg)
			}
		case <-end:
			return
		}
	}
}

const (
	leastPatience = 8 * time.Millisecond
	mostPatience  = 24 * time.Millisecond // of graphics in software
)

// closeOnSignal makes the first interrupt a wish to close and a second one an
// end.
func (w *window) closeOnSignal() (stop func()) {
	c := make(chan os.Signal, 2)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	go func() {
		if _, ok := <-c; !ok {
			return
		}
		w.send(model.QuitAnswered{Quit: true})
		if _, ok := <-c; ok {
			os.Exit(exitInterrupted)
		}
	}()
	return func() { signal.Stop(c); close(c) }
}

// run draws the window until it is closed.
func (w *window) run() error {
	var ops op.Ops
	drops := dropTarget{deliver: w.send}
	defer drops.detach()
	for {
		switch e := w.app.Event().(type) {
		case app.DestroyEvent:
			return w.explain(e.Err)
		case app.ViewEvent:
			drops.attach(e)
			w.pictures = nil
			if e.Valid() {
				w.pictures = pictures.Of(e)
			}
		case *app.ClosingEvent:
			w.update(model.CloseAsked{})
			if !w.quit {
				e.Abort()
				w.app.Invalidate()
			}
		case app.FrameEvent:
			w.frame(&ops, e)
		}
	}
}

// frame draws the window. It does so again while drawing finds things that the
// person has done, so that the screen shows the state after them; a bound
// keeps two widgets from answering each other for ever.
func (w *window) frame(ops *op.Ops, e app.FrameEvent) {
	start := time.Now()
	w.waited = 0
	w.enter()
	for _, msg := range w.received() {
		w.update(msg)
	}
	if size := image.Pt(int(e.Metric.PxToDp(e.Size.X)+0.5), int(e.Metric.PxToDp(e.Size.Y)+0.5)); !w.model.Fullscreen && size != w.model.Settings.Window {
		w.update(model.WindowSized{Size: size})
	}
	if w.model.Play.On() {
		w.update(model.Tick{Now: e.Now})
	}
	for pass := 0; pass < 4; pass++ {
		w.await()
		gtx := app.NewContext(ops, e)
		if w.copied != "" {
			gtx.Execute(clipboard.WriteCmd{Type: "application/text", Data: io.NopCloser(strings.NewReader(w.copied))})
			w.copied = ""
		}
		msgs := w.ui.Layout(gtx, w.model)
		if len(msgs) == 0 {
			break
		}
		for _, msg := range msgs {
			w.update(msg)
		}
		if pass == 3 {
			w.app.Invalidate()
		}
	}
	worked := time.Since(start)
	e.Frame(ops)
	w.drawn, w.laying, w.showing = true, worked-w.waited, time.Since(start)-worked
	if w.model.Current() && !w.model.Shown.Exact {
		w.session.Drawn()
	}
	w.state.took(worked, w.showing)
	w.state.write(w.model, w.ui, e.Size, e.Metric)
	w.leave()
	if w.quit {
		w.app.Perform(system.ActionClose)
	}
}

// update changes the model and starts what it asks for.
func (w *window) update(msg model.Msg) {
	var cmds []model.Cmd
	w.model, cmds = model.Update(w.model, msg)
	for _, cmd := range cmds {
		switch cmd := cmd.(type) {
		case model.SetTitle:
			if cmd.Title != w.title {
				w.title = cmd.Title
				w.app.Option(app.Title(cmd.Title))
			}
		case model.ChooseFile:
			w.dialogs.chooseFile(cmd.Start)
		case model.ChooseFolder:
			w.dialogs.chooseFolder(cmd.Start)
		case model.ChooseSave:
			w.dialogs.chooseSave(cmd.Start, cmd.Name)
		case model.PaintPicture:
			w.work.Add(1)
			go func() {
				defer w.work.Done()
				w.send(paintPicture(cmd))
			}()
		case model.CopyPicture:
			w.pictures.Put(cmd.PNG, func(err error) { w.send(model.PictureCopied{Err: err}) })
		case model.ChoosePoints:
			w.dialogs.choosePoints(cmd.Start, cmd.Name)
		case model.ChooseFilm:
			w.dialogs.chooseFilm(cmd.Start, cmd.Name)
		case model.MakeFilm:
			w.work.Add(1)
			go func() {
				defer w.work.Done()
				path, err := makeFilm(w.ctx, cmd)
				w.send(model.FilmMade{Path: path, Err: err})
			}()
		case model.SetFullscreen:
			if cmd.On {
				w.app.Option(app.Fullscreen.Option())
				break
			}
			// Gio would keep the screen's size.
			size := w.model.Settings.Size()
			w.app.Option(app.Windowed.Option(), app.Size(unit.Dp(size.X), unit.Dp(size.Y)))
		case model.Copy:
			w.copied = cmd.Text
			w.app.Invalidate()
		case model.Quit:
			w.quit = true
			w.app.Invalidate()
		case model.Render:
			w.asked = true
			cmd.Request.Soon = w.soon()
			w.session.Do(cmd)
		default:
			w.session.Do(cmd)
		}
	}
}

// explain turns the reason why a window ended into a sentence.
func (w *window) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case !w.drawn:
		// Gio names only the first of the desktops that it has tried.
		return errors.New("no window can be opened on this display; `zscope export` works without one")
	}
	return fmt.Errorf("the window could not be kept open (%w); is there a display with OpenGL? `zscope export` works without one", err)
}
