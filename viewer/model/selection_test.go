package model

import (
	"math"
	"strings"
	"testing"

	"gioui.org/f32"
	"github.com/go-gl/mathgl/mgl64"
)

// The object pointed at is framed by a free camera that looks the same way as
// before.
func TestFrameObject(t *testing.T) {
	d := opened(t, 48)
	d.send(FrameObject{})
	if len(take[FindObject](d)) != 0 {
		t.Error("nothing is pointed at")
	}
	d.send(PointAt{f32.Pt(10*20+3, 5*20+9)}, FrameObject{})
	asked := take[FindObject](d)
	if len(asked) != 1 || asked[0].X != 10 || asked[0].Y != 5 || asked[0].Picture != d.m.Shown.Serial {
		t.Fatalf("%+v", asked)
	}
	box := Bounds{mgl64.Vec3{4, 0, -20}, mgl64.Vec3{6, 2, -18}}
	d.send(ObjectFound{Serial: asked[0].Serial - 1, Hit: true, Bounds: box})
	if d.m.Free {
		t.Error("an older answer was taken")
	}
	d.send(ObjectFound{Serial: asked[0].Serial, Hit: true, Name: "box", Bounds: box})
	o := d.m.Orbit
	if !d.m.Free || o.Target != (mgl64.Vec3{5, 1, -19}) || math.Abs(o.Yaw) > 1e-12 || math.Abs(o.Pitch) > 1e-12 {
		t.Errorf("free %v, %+v", d.m.Free, o)
	}
	// All of the box is in the picture, and fills a good part of it.
	v := o.View(400, 300)
	low, high := math.Inf(1), math.Inf(-1)
	for i := range 8 {
		corner := mgl64.Vec3{4 + 2*float64(i%2), 2 * float64(i/2%2), -20 + 2*float64(i/4)}
		_, y, z := v.Project(mgl64.TransformCoordinate(corner, v.CameraFromWorld))
		if !(z > 0) || y < 0 || y > 300 {
			t.Errorf("corner %v is seen at row %g", corner, y)
		}
		low, high = math.Min(low, y), math.Max(high, y)
	}
	if high-low < 120 {
		t.Errorf("the box is %g rows high", high-low)
	}
	d.send(Undo{})
	if d.m.Free {
		t.Error("undo does not go back to the scene's camera")
	}
	d.send(FrameObject{})
	if asked = take[FindObject](d); len(asked) == 0 {
		d.render(true)
		d.send(FrameObject{})
		asked = take[FindObject](d)
	}
	d.send(ObjectFound{Serial: asked[0].Serial})
	if n := d.m.Notices; d.m.Free || len(n) == 0 || !strings.Contains(n[len(n)-1].Text, "no object") {
		t.Errorf("%+v", n)
	}
}

func TestNextCamera(t *testing.T) {
	d := opened(t, 48)
	for _, want := range []int{1, 0, 1} {
		d.send(NextCamera{})
		if d.m.Job.Camera != want {
			t.Errorf("camera %d, want %d", d.m.Job.Camera, want)
		}
	}
	d.render(true)
	d.send(LookFreely{true}, NextCamera{})
	if d.m.Free || d.m.Job.Camera != 1 {
		t.Errorf("free %v, camera %d: it comes back to where it was", d.m.Free, d.m.Job.Camera)
	}
}
