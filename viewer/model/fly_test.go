package model

import (
	"math"
	"testing"
)

// Looking around leaves the camera where it stands; flying leaves its
// direction.
func TestFly(t *testing.T) {
	d := opened(t, 48)
	d.send(LookFreely{true})
	eye := func() [3]float64 { return d.m.Orbit.worldFromCamera().Col(3).Vec3() }
	back := func() [3]float64 { return d.m.Orbit.worldFromCamera().Col(2).Vec3() }
	apart := func(a, b [3]float64) float64 {
		return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
	}
	e, b := eye(), back()
	d.send(LookBy{Yaw: 0.3, Pitch: -0.1})
	if apart(eye(), e) > 1e-9 || apart(back(), b) < 0.1 {
		t.Errorf("looking moved the camera by %g and turned it by %g", apart(eye(), e), apart(back(), b))
	}
	e, b = eye(), back()
	d.send(FlyBy{Ahead: 0.5})
	far := d.m.Orbit.Distance / 2
	want := [3]float64{e[0] - b[0]*far, e[1] - b[1]*far, e[2] - b[2]*far}
	if apart(eye(), want) > 1e-9 || apart(back(), b) > 1e-12 {
		t.Errorf("flying ahead led to %v, want %v", eye(), want)
	}
	d.send(Undo{})
	if apart(back(), b) < 0.1 {
		t.Error("one flight is one change to take back")
	}
}
