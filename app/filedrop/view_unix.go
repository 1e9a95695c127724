//go:build cgo && !nogui && ((linux && !android) || freebsd || openbsd)

package filedrop

import (
	"gioui.org/app"
	"github.com/jezek/xgb/xproto"
)

func attach(view any, events Events) (detach func(), err error) {
	if v, ok := view.(app.X11ViewEvent); ok && v.Valid() {
		return attachX11(xproto.Window(v.Window), events)
	}
	return nil, errNoDesktop
}
