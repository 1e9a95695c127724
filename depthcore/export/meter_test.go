package export

import (
	"testing"
	"testing/synctest"
	"time"

	"zscope/depthcore/raycast"
)

// How far the trees are is told where a frame waits long for them, at times.
func TestMeterBuilding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []float64
		m := newMeter(3, func(p Progress) { told = append(told, p.Building) })
		build := m.building()
		at := func(d time.Duration, b raycast.Building) {
			time.Sleep(d)
			build(b)
		}
		at(patience/2, raycast.Building{Share: 0.1})
		at(patience, raycast.Building{Share: 0.3})
		at(patience/2, raycast.Building{Share: 0.5})
		at(patience, raycast.Building{Share: 0.9})
		at(patience, raycast.Building{Share: 1})
		m.frame(1, nil)
		at(2*patience, raycast.Building{Share: 0.5, Beside: true})
		if len(told) != 3 || told[0] != 0.3 || told[1] != 0.9 || told[2] != 0 {
			t.Errorf("told %v, want 0.3, 0.9 and a frame", told)
		}
	})
}
