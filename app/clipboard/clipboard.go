// Package clipboard puts pictures on the desktop's clipboard, which Gio does
// with text only.
//
// On X11 (x11.go) and Wayland (wayland.go) whoever has copied something answers
// for it himself, and hands the picture to each program that asks until another
// program copies something. Windows (windows.go) keeps a copy itself. Elsewhere Put
// says that it cannot be done.
package clipboard

import "errors"

var (
	// ErrNoPictures is of desktops where only text can be copied.
	ErrNoPictures = errors.New("on this desktop only text can be copied")
	// ErrRefused is of a desktop that let nothing be copied.
	ErrRefused = errors.New("the desktop did not take it")
)

// Clipboard is that of the desktop which a window is on. It belongs to the
// window's goroutine.
type Clipboard struct {
	put func(png []byte, done func(error))
}

// Of returns the clipboard of the window of view, a gioui.org/app.ViewEvent that
// is valid. It must not be used once the window has another view, or none.
func Of(view any) *Clipboard { return &Clipboard{of(view)} }

// Put makes the clipboard hold a picture, a PNG file, until something else is
// copied or the window is gone. It does not wait: done is called once, from any
// goroutine, and says why where nothing was copied. A nil Clipboard has no room
// for pictures.
func (c *Clipboard) Put(png []byte, done func(error)) {
	if c == nil || c.put == nil {
		done(ErrNoPictures)
		return
	}
	c.put(png, done)
}
