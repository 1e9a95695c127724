package model

import "testing"

func TestIntrinsics(t *testing.T) {
	d := opened(t, 48)
	d.send(SetIntrinsic{Fx, 700}, SetIntrinsic{Cy, -3})
	r := take[Render](d)
	lens := r[len(r)-1].Request.Job.Lens
	if lens.Fx == nil || *lens.Fx != 700 || lens.Fy != nil || lens.Cx != nil || lens.Cy == nil || *lens.Cy != -3 || !d.m.Refitted() {
		t.Errorf("%+v", lens)
	}
	d.send(SetIntrinsic{Fy, 0})
	if d.m.Job.Lens != lens || len(d.m.Notices) == 0 {
		t.Error("a focal length of 0")
	}
	d.send(Undo{})
	if l := d.m.Job.Lens; l.Cy != nil || l.Fx == nil {
		t.Errorf("taken back: %+v", l)
	}
	d.send(OwnLens{})
	if d.m.Refitted() {
		t.Error("the camera's own")
	}
	d.send(SetPixelOrigin{Centre: true}, SetIntrinsic{Cx, 31.5}, SetIntrinsic{Fx, 50})
	if l := d.m.Job.Lens; !d.m.Settings.FromCentre || l.Cx == nil || *l.Cx != 32 || *l.Fx != 50 {
		t.Errorf("counted from the first pixel's centre: %+v", l)
	}
}
