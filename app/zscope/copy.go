//go:build !nogui && (windows || (cgo && (linux || freebsd || openbsd || darwin)))

package main

import (
	"bytes"
	"fmt"

	"zscope/depthcore/preview"
	"zscope/viewer/model"
)

// paintPicture makes the PNG file of a picture that leaves the window.
func paintPicture(cmd model.PaintPicture) (painted model.PicturePainted) {
	defer func() {
		if r := recover(); r != nil {
			painted = model.PicturePainted{Err: fmt.Errorf("zscope made a mistake: %v", r)}
		}
	}()
	var png bytes.Buffer
	err := preview.WritePNG(&png, cmd.Map, preview.Legend{Mapping: cmd.Mapping, Unit: "m", Caption: cmd.Caption})
	return model.PicturePainted{PNG: png.Bytes(), Err: err}
}
