//go:build cgo && !nogui && ((linux && !android) || freebsd)

package clipboard

import "gioui.org/app"

func of(view any) func(png []byte, done func(error)) {
	switch v := view.(type) {
	case app.X11ViewEvent:
		return func(png []byte, done func(error)) {
			go func() {
				_, err := putX11(png)
				done(err)
			}()
		}
	case app.WaylandViewEvent:
		return listenWayland(v.Display).put
	}
	return nil
}
