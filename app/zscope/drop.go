//go:build !nogui && (windows || (cgo && (linux || freebsd || openbsd || darwin)))

package main

import (
	"gioui.org/app"

	"zscope/viewer/model"
)

// dropTarget keeps the window open for dropped files, whichever native window
// Gio has at the time.
type dropTarget struct {
	deliver func(model.Msg)
	stop    func()
}

func (d *dropTarget) attach(view app.ViewEvent) {
	d.detach()
}

func (d *dropTarget) detach() {
	if d.stop != nil {
		d.stop()
		d.stop = nil
	}
}
