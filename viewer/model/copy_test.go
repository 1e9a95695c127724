package model

import (
	"errors"
	"strings"
	"testing"
)

func TestCopyPicture(t *testing.T) {
	d := &driver{t: t, m: New()}
	d.send(CopyShown{})
	if len(take[PaintPicture](d)) != 0 {
		t.Error("copies without a picture")
	}
	d = opened(t, 48)
	d.send(CopyShown{})
	painted := take[PaintPicture](d)
	if len(painted) != 1 || painted[0].Map != d.m.Shown.Map || painted[0].Caption != "walk.glb, frame 1" {
		t.Errorf("%+v", painted)
	}
	d.send(PicturePainted{PNG: []byte("png")})
	if copied := take[CopyPicture](d); len(copied) != 1 || string(copied[0].PNG) != "png" {
		t.Errorf("%+v", copied)
	}
	d.send(PictureCopied{})
	if n := d.m.Notices; n[len(n)-1].Severity != Info {
		t.Errorf("%+v", n)
	}
	for _, failed := range []Msg{PicturePainted{Err: errors.New("no memory")}, PictureCopied{errors.New("only text")}} {
		d.send(failed)
		if n := d.m.Notices; n[len(n)-1].Severity != Warning || !strings.Contains(n[len(n)-1].Text, "Ctrl+S") {
			t.Errorf("%+v: %+v", failed, n)
		}
	}
	if len(take[CopyPicture](d)) != 0 {
		t.Error("copies what could not be painted")
	}
}
