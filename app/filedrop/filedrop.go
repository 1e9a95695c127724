// Package filedrop tells a window which files are dragged over it and dropped
// on it. Gio delivers no drops, so each desktop has a file here that talks to
// the desktop itself, through the native window in Gio's view event:
//
//   - X11 (x11.go): XDND version 5 over a connection of its own; the window
//     only names a helper window as its proxy.
//   - Wayland (wayland.go): wl_data_device on Gio's display.
//   - Windows (windows.go): WM_DROPFILES.
//   - macOS (darwin.go): dragging types of Gio's NSView.
//
// Only local files are delivered, as absolute paths in the order of the source.
package filedrop

import "errors"

// Events are called as a drag goes on, from any goroutine, one at a time. They
// must not block. Those that are nil are not called.
type Events struct {
	// Over says that files are being dragged over the window. Paths is nil
	// while the desktop has not told which; it may be called again when it has.
	Over func(paths []string)
	// Leave says that the drag left the window or ended without a drop.
	Leave func()
	// Drop delivers at least one path. No Leave follows it.
	Drop func(paths []string)
	// Failed says why a drop that ended on the window delivered nothing. No
	// Leave follows it.
	Failed func(err error)
}

// Attach starts to deliver what is dragged over and dropped on the window of
// view, a gioui.org/app.ViewEvent that is valid. Gio may give a window several
// views in its life: call detach and attach again with each. detach may be
// called more than once and waits for nothing.
func Attach(view any, events Events) (detach func(), err error) {
	return attach(view, events.complete())
}

// errNoDesktop is of a window that no file here is for.
var errNoDesktop = errors.New("this desktop's way of dropping files is not known")

// complete puts functions that do nothing where there are none.
func (e Events) complete() Events {
	if e.Over == nil {
		e.Over = func([]string) {}
	}
	if e.Leave == nil {
		e.Leave = func() {}
	}
	if e.Drop == nil {
		e.Drop = func([]string) {}
	}
	if e.Failed == nil {
		e.Failed = func(error) {}
	}
	return e
}
