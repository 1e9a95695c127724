package model

import (
	"errors"
	"strings"
	"testing"
)

func TestCopyPicture(t *testing.T) {
	d := &driver{t: t, m: New()}
	d.send(CopyShown{})
	if len(take[CopyPicture](d)) != 0 {
		t.Error("copies without a picture")
	}
	d = opened(t, 48)
	d.send(CopyShown{})
	copied := take[CopyPicture](d)
	if len(copied) != 1 || copied[0].Map != d.m.Shown.Map || copied[0].Caption != "walk.glb, frame 1" {
		t.Errorf("%+v", copied)
	}
	d.send(PictureCopied{})
	if n := d.m.Notices; n[len(n)-1].Severity != Info {
		t.Errorf("%+v", n)
	}
	d.send(PictureCopied{errors.New("only text")})
	if n := d.m.Notices; n[len(n)-1].Severity != Warning || !strings.Contains(n[len(n)-1].Text, "Ctrl+S") {
		t.Errorf("%+v", n)
	}
}
