//go:build (linux && !android) || freebsd

package desktoptest

import (
	"fmt"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// Pointer moves the display's pointer and presses its first button without the
// detour of another program.
type Pointer struct{ s *Source }

// NewPointer returns the pointer of the source's display.
func NewPointer(s *Source) (Pointer, error) {
	if err := xtest.Init(s.conn); err != nil {
		return Pointer{}, fmt.Errorf("the display has no XTEST: %w", err)
	}
	return Pointer{s}, nil
}

// MoveTo moves it to a point of the screen.
func (p Pointer) MoveTo(x, y int) error {
	return xtest.FakeInputChecked(p.s.conn, xproto.MotionNotify, 0, 0, p.s.root, int16(x), int16(y), 0).Check()
}

// Press presses the button, or lets it go.
func (p Pointer) Press(down bool) error {
	kind := byte(xproto.ButtonRelease)
	if down {
		kind = xproto.ButtonPress
	}
	return xtest.FakeInputChecked(p.s.conn, kind, 1, 0, p.s.root, 0, 0, 0).Check()
}
