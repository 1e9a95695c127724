//go:build linux && cgo

package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"zscope/app/internal/desktoptest"
)

// TestLatency measures how soon the window answers, for make latency: from a
// move of the pointer on the timeline to the first picture of the frame and to
// the exact one, how long the window's own work keeps it, and what it takes
// while nothing happens. It judges only that all of it happened.
//
// The clock starts when the X server is asked to move the pointer (XTEST). It
// stops when the window's line of state for the frame is read, which it writes
// once the drawing has been handed to the X server: in graphics by software, all
// pixels are worked out and sent by then. The lines are looked for every 0.2 ms.
// The next move follows at once, so that a drawing that was not needed shows.
func TestLatency(t *testing.T) {
	scene := os.Getenv("ZSCOPE_LATENCY")
	if scene == "" {
		t.Skip("the latency is measured by make latency")
	}
	display := desktoptest.StartDisplay(t, "1280x800")
	var args []string
	if scene != "demo" {
		args = []string{scene}
	}
	w := openWindow(t, display, args...)
	hand, err := desktoptest.NewPointer(w.eyes)
	if err != nil {
		t.Fatal(err)
	}
	idle := func(what string) {
		time.Sleep(2 * time.Second)
		const rest = 5 * time.Second
		before := w.ticks()
		time.Sleep(rest)
		fmt.Printf("%-34s %d ticks of 10 ms in %v\n", what, w.ticks()-before, rest)
	}

	// Where the timeline lies on the screen.
	x, y, width, height := w.widget("timeline")
	left, top := w.onScreen()
	at := func(share float64) (int, int) { return left + x + int(share*float64(width)), top + y + height/2 }
	move := func(share float64) {
		if err := hand.MoveTo(at(share)); err != nil {
			t.Fatal(err)
		}
	}
	press := func(down bool) {
		if err := hand.Press(down); err != nil {
			t.Fatal(err)
		}
	}
	const steps = 40
	scrub := func(what string) {
		var first, exact, work []float64
		move(0.03)
		press(true)
		w.until("the first frame", state.exact)
		for i := 1; i <= steps; i++ {
			was := w.now.Frame
			start := time.Now()
			move(0.03 + 0.94*float64(i)/steps)
			var soon float64
			for {
				lines := w.readAll()
				for _, s := range lines {
					work = append(work, s.WorkMS)
					if s.Frame != was && s.Shown != nil && s.Shown.Frame == s.Frame && soon == 0 {
						soon = msSince(start)
					}
				}
				if w.now.Frame != was && w.now.exact() {
					break
				}
				if time.Since(start) > time.Minute {
					t.Fatalf("frame %d did not come", w.now.Frame)
				}
				time.Sleep(200 * time.Microsecond)
			}
			first, exact = append(first, soon), append(exact, msSince(start))
		}
		press(false)
		fmt.Printf("%-34s first picture %s, exact %s; the window's own work a drawing %s\n", what, spread(first), spread(exact), spread(work))
	}
	idle("idle, pointer away")
	scrub("scrubbing, each frame cast")
	scrub("scrubbing back, from memory")
	idle("idle, pointer on the timeline")
	if w.now.Frame == w.now.First {
		t.Error("the timeline was not scrubbed")
	}
}

func msSince(start time.Time) float64 { return float64(time.Since(start).Microseconds()) / 1000 }

// spread gives the median, the 95th percentile and the largest of a list.
func spread(ms []float64) string {
	slices.Sort(ms)
	n := len(ms)
	return fmt.Sprintf("%.1f ms (95 %% within %.1f, all within %.1f)", ms[n/2], ms[n*95/100], ms[n-1])
}

// readAll takes what the window has written since, line by line.
func (w *window) readAll() (lines []state) {
	w.t.Helper()
	for w.readLine() {
		lines = append(lines, w.now)
	}
	return lines
}

// onScreen returns where the window's corner lies on the screen.
func (w *window) onScreen() (x, y int) {
	w.t.Helper()
	for line := range strings.Lines(w.xdo("getwindowgeometry", "--shell", w.id)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch name {
		case "X":
			fmt.Sscan(value, &x)
		case "Y":
			fmt.Sscan(value, &y)
		}
	}
	return x, y
}

// ticks returns the processor time that the program took so far, in the
// system's ticks of 10 ms.
func (w *window) ticks() int {
	w.t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", w.pid))
	if err != nil {
		w.t.Fatal(err)
	}
	// The fields after the name, which may hold anything.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	var user, system int
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		w.t.Fatal(err)
	}
	return user + system
}
