package session

import (
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/viewer/model"
)

// The object behind a pixel is found where it is in the frame that is shown.
func TestFindObject(t *testing.T) {
	d := newDesk(t, Config{})
	d.Do(model.Render{Request: request(1, job(passing(16), 40, 30), 9)})
	p := d.exact(1)
	// At frame 9 the square stands before the camera, 5 m away.
	d.Do(model.FindObject{Serial: 2, Picture: 1, View: p.View, X: 20, Y: 15})
	got := next[model.ObjectFound](d)
	want := model.Bounds{Min: mgl64.Vec3{-1, -1.1, -5}, Max: mgl64.Vec3{1.2, 1.3, -5}}
	if got.Serial != 2 || !got.Hit || got.Name != "wall" || got.Bounds.Min.Sub(want.Min).Len()+got.Bounds.Max.Sub(want.Max).Len() > 1e-12 {
		t.Errorf("%+v, want %+v", got, want)
	}
	d.Do(model.FindObject{Serial: 3, Picture: 1, View: p.View, X: 1, Y: 1})
	if got := next[model.ObjectFound](d); got.Name != "back" || got.Bounds.Max[0] != 1000 {
		t.Errorf("%+v", got)
	}
	away := p.View
	away.CameraFromWorld = mgl64.Translate3D(0, 0, -100)
	d.Do(model.FindObject{Serial: 4, Picture: 1, View: away, X: 1, Y: 1})
	if got := next[model.ObjectFound](d); got.Serial == 4 && got.Hit && got.Name == "wall" {
		t.Errorf("%+v", got)
	}
}
