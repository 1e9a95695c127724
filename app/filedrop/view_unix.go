//go:build cgo && !nogui && ((linux && !android) || freebsd)

package filedrop

import (
	"gioui.org/app"
	"github.com/jezek/xgb/xproto"
)

func attach(view any, events Events) (detach func(), err error) {
	switch v := view.(type) {
	case app.X11ViewEvent:
		return attachX11(xproto.Window(v.Window), events)
	case app.WaylandViewEvent:
		return attachWayland(v.Display, v.Surface, events)
	}
	return nil, errNoDesktop
}
