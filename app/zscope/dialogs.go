//go:build !nogui && (windows || (cgo && (linux || freebsd || openbsd || darwin)))

package main

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/sqweek/dialog"

	"zscope/viewer/model"
)

// dialogs shows the desktop's dialogs, one at a time, on a thread of their
// own: GTK wants to be used by one thread only.
type dialogs struct {
	send func(model.Msg)
	work chan func()
}

func newDialogs(send func(model.Msg)) *dialogs {
	d := &dialogs{send: send, work: make(chan func(), 1)}
	go func() {
		runtime.LockOSThread()
		for work := range d.work {
			work()
		}
	}()
	return d
}

// close ends the thread once the dialog that is up has been answered; it does
// not wait for that.
func (d *dialogs) close() { close(d.work) }

func (d *dialogs) chooseFile(start string) {
	d.ask(model.ToOpen, func() (string, error) {
		var ext []string
		for _, e := range model.Extensions() {
			ext = append(ext, e[1:])
		}
		b := dialog.File().Title("Open a scene, cameras, pictures or depth").Filter("Scenes, cameras, pictures, depth", ext...)
		if start != "" {
			b = b.SetStartDir(start)
		}
		return b.Load()
	})
}

func (d *dialogs) chooseFolder(start string) {
	d.ask(model.ToExport, func() (string, error) {
		b := dialog.Directory().Title("Folder for the files")
		if start != "" {
			b = b.SetStartDir(start)
		}
		return b.Browse()
	})
}

func (d *dialogs) chooseSave(start, name string) {
	d.ask(model.ToSave, func() (string, error) {
		b := dialog.File().Title("Save the picture").Filter("PNG pictures", "png").SetStartFile(name)
		if start != "" {
			b = b.SetStartDir(start)
		}
		return b.Save()
	})
}

func (d *dialogs) chooseFilm(start, name string) {
	d.ask(model.ToFilm, func() (string, error) {
		b := dialog.File().Title("Save the film").SetStartFile(name)
		if canMP4() {
			b = b.Filter("Films", "mp4", "gif")
		} else {
			b = b.Filter("GIF films", "gif")
		}
		if start != "" {
			b = b.SetStartDir(start)
		}
		return b.Save()
	})
}

func (d *dialogs) choosePoints(start, name string) {
	d.ask(model.ToSave, func() (string, error) {
		b := dialog.File().Title("Save the points").Filter("PLY point clouds", "ply").SetStartFile(name)
		if start != "" {
			b = b.SetStartDir(start)
		}
		return b.Save()
	})
}

// ask shows a dialog and sends what was chosen. A desktop without the means
// for one makes the library panic.
func (d *dialogs) ask(purpose model.Purpose, show func() (string, error)) {
	d.work <- func() {
		answer := model.Chosen{For: purpose}
		func() {
			defer func() {
				if r := recover(); r != nil {
					answer.Err = fmt.Errorf("the desktop's dialog: %v", r)
				}
			}()
			answer.Path, answer.Err = show()
		}()
		if errors.Is(answer.Err, dialog.ErrCancelled) {
			answer.Path, answer.Err = "", nil
		}
		d.send(answer)
	}
}
