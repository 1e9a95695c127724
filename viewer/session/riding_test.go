package session

import (
	"math"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/viewer/model"
)

// A place of the wall goes where the wall goes: from frame to frame, cast or
// from memory, in the picture and in its curve. A point in space stays.
func TestRidingPins(t *testing.T) {
	d := newDesk(t, Config{})
	s := approach(6)
	d.Do(model.Render{Request: request(1, job(s, 64, 48), 3)})
	p := d.exact(1)
	d.Do(model.Render{Request: request(2, job(s, 64, 48), 6)})
	d.exact(2)
	d.Do(model.Render{Request: request(3, job(s, 64, 48), 3)})
	d.exact(3)
	d.Do(model.Probe{Serial: 4, Picture: 3, View: p.View, X: 50, Y: 40})
	on := next[model.Probed](d).Surface.On
	if !on.Set || math.Abs(on.Weights[0]+on.Weights[1]+on.Weights[2]-1) > 1e-12 {
		t.Fatalf("the place: %+v", on)
	}
	origin, dir := p.View.Ray(50.5, 40.5) // in units of Z
	point := origin.Add(dir.Mul(3))
	d.Do(model.TracePins{Pins: []model.Pin{{InWorld: true, Point: point, On: on}, {InWorld: true, Point: point}}})

	for i, frame := range []int{6, 3, 5} { // the first two from memory
		serial := 10 + i
		d.Do(model.Render{Request: request(serial, job(s, 64, 48), frame)})
		got := d.exact(serial)
		want := mgl64.Vec3{point[0], point[1], -float64(frame)}
		if len(got.Riders) != 1 || got.Riders[0].On != on || got.Riders[0].Point.Sub(want).Len() > 1e-9 {
			t.Errorf("frame %d: %+v, want %v", frame, got.Riders, want)
		}
	}
	d.Do(model.StartSurvey{Serial: 20, Request: request(12, job(s, 64, 48), 5), First: 1, Last: 6})
	for {
		known := next[model.CacheKnown](d)
		z := known.Traces[0]
		if math.IsNaN(float64(z[0])) || math.IsNaN(float64(z[1])) || math.IsNaN(float64(z[3])) {
			continue
		}
		// In frames 1 and 2 the wall is so near that the place lies out of the picture.
		for i, want := range []float32{float32(math.Inf(1)), float32(math.Inf(1)), 3, 4, 5, 6} {
			if z[i] != want {
				t.Errorf("frame %d: %v, want %v", i+1, z[i], want)
			}
		}
		if z := known.Traces[1]; z[0] != 1 || z[5] != 6 { // where it stays, it is always in sight
			t.Errorf("the point in space: %v", z)
		}
		return
	}
}
