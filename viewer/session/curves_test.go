package session

import (
	"image"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/viewer/model"
)

// A curve keeps what it has seen although the cache has no room for the
// pictures.
func TestCurvesOutliveTheCache(t *testing.T) {
	d := newDesk(t, Config{CacheBytes: 8 * 6 * 4})
	s := approach(5)
	d.Do(model.Render{Request: request(1, job(s, 8, 6), 1)})
	d.exact(1)
	d.Do(model.TracePins{Pins: []model.Pin{{X: 3, Y: 2}, {InWorld: true, Point: mgl64.Vec3{0.25, 0, -3}}, {InWorld: true, Point: mgl64.Vec3{50, 0, -3}}}})
	next[model.CacheKnown](d)
	d.Do(model.StartSurvey{Serial: 2, Request: request(1, job(s, 8, 6), 1), First: 1, Last: 5})
	for {
		known := next[model.CacheKnown](d)
		if z := known.Traces[0]; z[4] != 5 {
			continue
		}
		for i := range 5 {
			if got := known.Traces[0][i]; got != float32(i+1) {
				t.Errorf("frame %d: %v", i+1, got)
			}
			if got := known.Traces[1][i]; got != float32(i+1) {
				t.Errorf("frame %d: the point in space has %v", i+1, got)
			}
			if got := known.Traces[2][i]; !(got > 1e30) {
				t.Errorf("frame %d: a point out of the picture has %v", i+1, got)
			}
		}
		return
	}
}

func TestMeasureArea(t *testing.T) {
	d := newDesk(t, Config{})
	d.Do(model.Render{Request: request(1, job(approach(5), 8, 6), 3)})
	m := d.exact(1).Map
	d.Do(model.MeasureArea{Serial: 7, Of: m, Pixels: image.Rect(1, 1, 4, 3)})
	got := next[model.AreaMeasured](d)
	if got.Serial != 7 || got.Of != m || got.Stats.Hits != 6 || got.Stats.Mean != 3 || got.Stats.Deviation != 0 {
		t.Errorf("%+v", got)
	}
}
