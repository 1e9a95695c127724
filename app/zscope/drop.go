//go:build !nogui && (windows || (cgo && (linux || freebsd || openbsd || darwin)))

package main

import (
	"gioui.org/app"

	"zscope/app/filedrop"
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
	if !view.Valid() {
		return
	}
	stop, err := filedrop.Attach(view, filedrop.Events{
		Over:  func(paths []string) { d.deliver(model.DragOver{Over: true, Paths: paths}) },
		Leave: func() { d.deliver(model.DragOver{Over: false}) },
		Drop:  func(paths []string) { d.deliver(model.Dropped{Paths: paths}) },
		Failed: func(err error) {
			d.deliver(model.DragOver{Over: false})
			d.deliver(model.DropFailed{Err: err})
		},
	})
	if err != nil {
		d.deliver(model.DropFailed{Err: err})
		return
	}
	d.stop = stop
}

func (d *dropTarget) detach() {
	if d.stop != nil {
		d.stop()
		d.stop = nil
	}
}
