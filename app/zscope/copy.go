//go:build !nogui && (windows || (cgo && (linux || freebsd || openbsd || darwin)))

package main

import (
	"bytes"
	"fmt"

	"zscope/app/clipboard"
	"zscope/depthcore/preview"
	"zscope/viewer/model"
)

// copyPicture puts a picture on the clipboard, where it stays until something
// else is copied or the window is closed.
func (w *window) copyPicture(cmd model.CopyPicture) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("zscope made a mistake: %v", r)
		}
	}()
	var png bytes.Buffer
	if err := preview.WritePNG(&png, cmd.Map, preview.Legend{Mapping: cmd.Mapping, Unit: "m", Caption: cmd.Caption}); err != nil {
		return err
	}
	_, err = clipboard.Put(png.Bytes())
	return err
}
