package session

import (
	"testing"
	"time"

	"zscope/viewer/model"
)

// Who wants a picture soon gets a coarse one, and the exact one once that is
// drawn, or something else was asked for, or nobody says so for long.
func TestSoon(t *testing.T) {
	d := newDesk(t, Config{})
	s := approach(9)
	ask := func(serial int) {
		r := request(serial, job(s, 640, 480), serial)
		r.Soon = time.Nanosecond
		d.Do(model.Render{Request: r})
	}
	coarse := func(serial int) {
		t.Helper()
		if p := next[model.Rendered](d).Picture; p.Exact || p.Serial != serial {
			t.Fatalf("picture %d, exact %v; want a coarse one of %d", p.Serial, p.Exact, serial)
		}
	}
	ask(1)
	d.exact(1)
	ask(2)
	coarse(2)
	d.Drawn()
	d.exact(2)
	ask(3)
	coarse(3)
	ask(4) // in place of the exact one of 3
	coarse(4)
	start := time.Now()
	d.exact(4)
	if time.Since(start) < longestDrawing/2 {
		t.Error("the exact picture did not wait for the drawing")
	}
}
