//go:build linux && cgo

package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"zscope/app/internal/desktoptest"
	"zscope/assets"
)

// What a window that is used for long may grow by after the first quarter of the
// time. The pictures at hand are counted apart, for they have a bound of their
// own: how many there are depends on what was looked at.
const (
	settling       = time.Minute
	mostPictures   = 1024 // megabytes
	garbage        = 1.5  // times what the pictures take is theirs until it is cleared away
	moreMemory     = 1.25 // times the rest, and
	moreMegabytes  = 150
	moreGoroutines = 12
	moreFiles      = 12 // open ones, and connections
)

// TestSoak uses the window at random for as long as ZSCOPE_SOAK says (make soak:
// 10m): scrubbing, dropping, resizing, exporting,
// clicking anywhere. At every rest the exact picture of the frame that is asked
// for has to be on the screen. Memory, goroutines and open files have to stay in
// bounds.
func TestSoak(t *testing.T) {
	asked := os.Getenv("ZSCOPE_SOAK")
	if asked == "" {
		t.Skip("a soak is run by make soak")
	}
	length, err := time.ParseDuration(asked)
	if err != nil {
		t.Fatal(err)
	}
	display := desktoptest.StartDisplay(t, "1600x1000")
	dir := t.TempDir()
	room, demo, bad := filepath.Join(dir, "room.gltf"), filepath.Join(dir, "demo.glb"), filepath.Join(dir, "bad.glb")
	writeRoom(t, room)
	writeFile(t, demo, assets.Demo)
	writeFile(t, bad, assets.Demo[:100_000])
	w := openWindow(t, display, room)

	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	exports := 0
	acts := []struct {
		name string
		do   func()
	}{
		{"scrub", func() {
			x, y, width, height := w.widget("timeline")
			w.point(x+random.IntN(width), y+height/2)
			w.xdo("mousedown", "1")
			for range 3 + random.IntN(8) {
				w.point(x+random.IntN(width), y+random.IntN(height))
			}
			w.xdo("mouseup", "1")
		}},
		{"keys", func() {
			keys := []string{"Home", "End", "Left", "Right", "shift+Left", "shift+Right", "space", "j", "k", "l", "m", "r", "t", "f", "1", "c", "p", "i", "o", "x", "n", "w", "v", "s", "shift+s", "shift+e", "ctrl+Left", "alt+Right", "Prior"}
			for range 5 {
				w.keys(keys[random.IntN(len(keys))])
			}
		}},
		{"drop", func() { w.drop([]string{room, room, demo, bad}[random.IntN(4)]) }},
		{"resize", func() {
			w.xdo("windowsize", w.id, strconv.Itoa(700+random.IntN(850)), strconv.Itoa(450+random.IntN(500)))
		}},
		{"wheel", func() {
			x, y, width, height := w.widget("picture")
			w.point(x+random.IntN(width), y+random.IntN(height))
			w.xdo("click", "--repeat", "3", "--delay", "5", strconv.Itoa(4+random.IntN(2)))
		}},
		{"point about", func() {
			x, y, width, height := w.widget("picture")
			for range 10 {
				w.point(x+random.IntN(width), y+random.IntN(height))
			}
		}},
		{"export", func() {
			if w.now.Export.Running {
				return
			}
			w.keys("ctrl+e")
			w.until("the export dialog", func(s state) bool { return s.Export.Open })
			exports++
			out := filepath.Join(dir, fmt.Sprint("out", exports))
			w.fill("export.frames", "1-3")
			w.fill("export.size", "64x48")
			w.fill("export.folder", out)
			w.until("a draft to export", func(s state) bool { return s.Export.Draft.Dir == out && !s.Export.Checking && s.Export.Problem == "" })
			w.click("export.start")
			s := w.until("the export's end", func(s state) bool { return !s.Export.Running && s.Export.Result != "" })
			if s.Export.Result != "done" {
				t.Errorf("export: %s %s", s.Export.Result, s.Export.Error)
			}
			os.RemoveAll(out)
		}},
	}

	start := time.Now()
	var atFirst, atLast, most load
	counts := map[string]int{}
	for time.Since(start) < length {
		act := acts[random.IntN(len(acts))]
		w.xdo("windowactivate", w.id) // a click beside a window that shrank takes its focus
		act.do()
		counts[act.name]++
		if counts["rests"]*8 > sum(counts) {
			continue
		}
		counts["rests"]++
		rest(w)
		l := w.load()
		most = most.max(l)
		switch {
		case l.pictures > mostPictures:
			t.Fatalf("after %v: the pictures at hand take %d MB", time.Since(start).Round(time.Second), l.pictures)
		case time.Since(start) < max(length/4, settling) || atFirst == load{}:
			atFirst = atFirst.worse(l)
		default:
			atLast = l
			if float64(l.rest()) > moreMemory*float64(atFirst.rest())+moreMegabytes || l.goroutines > atFirst.goroutines+moreGoroutines || l.files > atFirst.files+moreFiles {
				t.Fatalf("after %v: %+v, in the first quarter %+v", time.Since(start).Round(time.Second), l, atFirst)
			}
		}
	}
	w.shot("after the soak")
	t.Logf("%v of %v; %+v in the first quarter, %+v at the end, at most %+v", length, counts, atFirst, atLast, most)
}

// rest stops what goes on, closes what is open and waits for the exact picture.
func rest(w *window) {
	w.t.Helper()
	w.until("the end of loading", func(s state) bool { return s.Loading == "" })
	w.xdo("windowactivate", w.id) // what was done last may have clicked beside the window
	for range 3 {
		w.keys("Escape")
	}
	w.keys("k")
	w.until("the exact picture of the frame that is asked for", func(s state) bool { return s.Playing == 0 && s.exact() && s.Loading == "" })
}

// load is what the program weighs: all of its memory and that of pictures at
// hand, in megabytes.
type load struct{ megabytes, pictures, goroutines, files int }

// rest is the memory without the pictures at hand.
func (a load) rest() int { return a.megabytes - int(garbage*float64(a.pictures)) }

func (a load) max(b load) load {
	return load{max(a.megabytes, b.megabytes), max(a.pictures, b.pictures), max(a.goroutines, b.goroutines), max(a.files, b.files)}
}

// worse is max, but for the memory, which is that of the one with more beside
// its pictures.
func (a load) worse(b load) load {
	m := a.max(b)
	m.megabytes, m.pictures = a.megabytes, a.pictures
	if b.rest() > a.rest() || a == (load{}) {
		m.megabytes, m.pictures = b.megabytes, b.pictures
	}
	return m
}

func (w *window) load() load {
	w.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.pid))
	if err != nil {
		w.t.Fatal(err)
	}
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", w.pid))
	if err != nil {
		w.t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				w.t.Fatal(err)
			}
			return load{kb / 1024, w.now.CacheMB, w.now.Goroutines, len(open)}
		}
	}
	w.t.Fatal("the program's memory is not known")
	return load{}
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
