// Package clipboard puts pictures on the desktop's clipboard, which Gio does
// with text only.
//
// On X11 whoever has copied something answers for it himself: a goroutine with
// a connection of its own hands the picture to each program that asks, until
// another program copies something. Elsewhere Put says that it cannot be done.
package clipboard

import "errors"

// ErrNoPictures is of desktops where only text can be copied.
var ErrNoPictures = errors.New("on this desktop only text can be copied")
