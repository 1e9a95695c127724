//go:build linux && cgo

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"zscope/app/internal/desktoptest"
)

// state is what these tests read of a line that the window writes.
type state struct {
	readings
	checks
	moving
	Window  [2]int
	Title   string
	File    string
	Loading string
	Loaded  bool
	Frame   int
	First   int
	Last    int
	Playing int
	Loop    bool
	Dropped int
	Cached  int
	Keys    int
	FPS     float64
	Marks   []int
	Want    int
	Size    [2]int
	Track   bool
	Settled bool
	Shown   *struct {
		Frame int
		Exact bool
		Size  [2]int
		Hits  int
		Took  float64 `json:"took_ms"`
	}
	Probe *struct {
		Pixel  [2]int
		Z      string
		Hit    bool
		Exact  bool
		Object string
		Camera *[3]float64
		World  *[3]float64
	}
	Place  [3]float64
	Colour struct {
		Map      string
		Scale    string
		Reversed bool
		Locked   bool
		Range    [2]float64
		Lines    bool
		Mode     int
		Survey   [2]int
	}
	Export struct {
		Open  bool
		Draft struct {
			Formats []string
			Frames  string
			Size    string
			Dir     string
			Name    string

			Profile, Channels string
			Stereo            bool
		}
		Plan struct {
			Files       int
			First, Last string
			Bytes       int64
			Measured    bool
		}
		Preset   string
		Problem  string
		Checking bool
		Running  bool
		Paused   bool
		Done     int
		Total    int
		Result   string
		Error    string
		Files    int
	}
	Compare *struct {
		Path    string
		Known   bool
		Hidden  bool
		Max     float64
		Both    int
		Finding string
		Sound   bool
	}
	Notices  []struct{ Severity, Text string }
	Choosing bool
	AskPath  bool `json:"ask_path"`
	Hovering bool
	Plan     []string
	Light    bool
	CacheMB  int `json:"cache_mb"`
	Typing   string
	Focus    string

	WorkMS float64 `json:"work_ms"`
	ShowMS float64 `json:"show_ms"`

	Goroutines int
	Widgets    map[string][4]int
}

// exact says that the picture of the frame that is asked for is on the screen.
func (s state) exact() bool { return s.Settled && s.Shown != nil && s.Shown.Frame == s.Frame }

// has returns a condition: a notice with these words is on the screen.
func has(words string) func(state) bool {
	return func(s state) bool {
		for _, n := range s.Notices {
			if strings.Contains(n.Text, words) {
				return true
			}
		}
		return false
	}
}

// window is a zscope window under test.
type window struct {
	t     testing.TB
	home  string
	id    string // X's, for xdotool
	log   *os.File
	lines *bufio.Reader
	part  []byte // of a line that is being written
	now   state
	eyes  *desktoptest.Source
	words *bytes.Buffer
	pid   int
	exit  <-chan error
	shots int
}

// openWindow starts the program on a display and waits for its first picture.
func openWindow(t testing.TB, display string, args ...string) *window {
	t.Helper()
	w := startWindow(t, display, nil, args...)
	w.id = w.xdo("search", "--onlyvisible", "--class", "^zscope$")
	return w
}

// startWindow starts the program with more in its environment, and does not look
// for its window.
func startWindow(t testing.TB, display string, more []string, args ...string) *window {
	t.Helper()
	w := &window{t: t, home: t.TempDir(), words: new(bytes.Buffer)}
	desktoptest.Need(t, "xdotool")
	eyes, err := desktoptest.NewSource(display)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(eyes.Close)
	w.eyes = eyes

	log := filepath.Join(w.home, "state.jsonl")
	writeFile(t, log, nil)
	if w.log, err = os.Open(log); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.log.Close() })
	w.lines = bufio.NewReader(w.log)

	cmd := exec.Command(windowProgram(t), args...)
	cmd.Env = append(w.environment(log), more...)
	cmd.Stdout, cmd.Stderr = w.words, w.words
	w.exit = desktoptest.Start(t, cmd)
	w.pid = cmd.Process.Pid
	t.Cleanup(func() { // runs before the program is killed
		if t.Failed() {
			w.shot("failed")
			line, _ := json.Marshal(w.now)
			t.Logf("the window's last state: %s\nit said: %s", line, w.words)
		}
	})
	w.until("the first picture", state.exact)
	return w
}

// environment is a person's who has never used the program.
func (w *window) environment(log string) []string {
	env := []string{"HOME=" + w.home, "XDG_CONFIG_HOME=" + w.home, "XDG_RUNTIME_DIR=" + w.home, "ZSCOPE_STATE=" + log,
		"NO_AT_BRIDGE=1", "GSETTINGS_BACKEND=memory", "LC_ALL=C.UTF-8"}
	for _, name := range []string{"PATH", "DISPLAY", "TMPDIR", "LD_LIBRARY_PATH", "GOCOVERDIR"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// read takes what the window has written since.
func (w *window) read() {
	for w.readLine() {
	}
}

// readLine takes one line, where there is one.
func (w *window) readLine() bool {
	piece, err := w.lines.ReadBytes('\n')
	w.part = append(w.part, piece...)
	if err == io.EOF {
		return false
	}
	if err != nil {
		w.t.Fatal(err)
	}
	var s state
	if err := json.Unmarshal(w.part, &s); err != nil {
		w.t.Fatalf("a state that is none: %v\n%s", err, w.part)
	}
	w.now, w.part = s, nil
	return true
}

// until waits for a state.
func (w *window) until(what string, holds func(state) bool) state {
	w.t.Helper()
	desktoptest.Wait(w.t, what, func() bool {
		select {
		case err := <-w.exit:
			w.t.Fatalf("%s: the window has gone (%v): %s", what, err, w.words)
		default:
		}
		w.read()
		return holds(w.now)
	})
	return w.now
}

// --- What a person does ---

func (w *window) xdo(args ...string) string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "xdotool", args...).CombinedOutput()
	if err != nil {
		w.t.Fatalf("xdotool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// point moves the pointer to a point of the window.
func (w *window) point(x, y int) {
	w.t.Helper()
	w.xdo("mousemove", "--sync", "--window", w.id, strconv.Itoa(x), strconv.Itoa(y))
}

// widget waits until a control is on the screen and returns its place.
func (w *window) widget(name string) (x, y, width, height int) {
	w.t.Helper()
	s := w.until("the control "+name, func(s state) bool { _, ok := s.Widgets[name]; return ok })
	r := s.Widgets[name]
	return r[0], r[1], r[2], r[3]
}

func (w *window) click(name string) {
	w.t.Helper()
	x, y, width, height := w.widget(name)
	w.point(x+width/2, y+height/2)
	w.xdo("click", "1")
}

func (w *window) keys(names ...string) {
	w.t.Helper()
	w.xdo(append([]string{"key"}, names...)...)
}

// fill types into a field in place of what is there.
func (w *window) fill(name, text string) {
	w.t.Helper()
	if w.read(); w.now.Typing != name {
		w.click(name)
		w.until("the focus on "+name, func(s state) bool { return s.Typing == name })
	}
	w.keys("ctrl+a")
	w.xdo("type", "--delay", "5", text)
}

// dialogUp waits for the desktop's dialog: a window of the same program, above
// the first.
func (w *window) dialogUp() {
	w.t.Helper()
	w.until("the dialog", func(s state) bool { return s.Choosing })
	desktoptest.Wait(w.t, "the dialog's window", func() bool { id := active(); return id != "" && id != w.id })
}

// typeInDialog answers the dialog that is up with a path.
func (w *window) typeInDialog(path string) {
	w.t.Helper()
	w.until("the dialog to go", func(s state) bool {
		if s.Choosing { // GTK loses keys while it fills its window or makes room for the entry
			time.Sleep(time.Second)
			w.keys("ctrl+a")
			w.xdo("type", "--delay", "20", path)
			w.shot("path in the dialog")
			w.keys("Return")
			time.Sleep(time.Second)
			w.read()
		}
		return !w.now.Choosing
	})
}

// --- Files that are dragged from another process ---

type dragged struct {
	w     *window
	say   io.WriteCloser
	reply *bufio.Scanner
}

func (w *window) take(paths ...string) *dragged {
	w.t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{dragCommand}, paths...)...)
	say, err := cmd.StdinPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	answers, err := cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	desktoptest.Start(w.t, cmd)
	return &dragged{w, say, bufio.NewScanner(answers)}
}

func (d *dragged) do(want bool, format string, args ...any) {
	d.w.t.Helper()
	line := fmt.Sprintf(format, args...)
	fmt.Fprintln(d.say, line)
	if !d.reply.Scan() {
		d.w.t.Fatalf("%s: the source has gone", line)
	}
	if got := d.reply.Text(); got != strconv.FormatBool(want) {
		d.w.t.Fatalf("%s: %s", line, got)
	}
}

// over carries the files to the middle of the window.
func (d *dragged) over() {
	d.w.t.Helper()
	var x, y, width, height int
	for _, line := range strings.Fields(d.w.xdo("getwindowgeometry", "--shell", d.w.id)) {
		name, value, _ := strings.Cut(line, "=")
		n, _ := strconv.Atoi(value)
		switch name {
		case "X":
			x = n
		case "Y":
			y = n
		case "WIDTH":
			width = n
		case "HEIGHT":
			height = n
		}
	}
	d.do(true, "move %d %d", x+width/2, y+height/2)
}

// drop carries files to the window and lets them fall.
func (w *window) drop(paths ...string) {
	w.t.Helper()
	d := w.take(paths...)
	d.over()
	d.do(true, "drop")
	d.say.Close() // and the source goes
}

// --- What is kept and compared ---

// shot keeps a screenshot.
func (w *window) shot(name string) {
	w.t.Helper()
	picture, err := w.eyes.Screenshot()
	if err != nil {
		w.t.Error(err)
		return
	}
	w.shots++
	plain := strings.NewReplacer("/", "-", " ", "-")
	path := filepath.Join(artifacts(), plain.Replace(fmt.Sprintf("%s-%02d-%s.png", w.t.Name(), w.shots, name)))
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		w.t.Error(err)
	}
	writeFile(w.t, path, b.Bytes())
}

func artifacts() string {
	if dir := os.Getenv("ARTIFACTS"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "artifacts")
}

// files returns the content of every file below a folder, by relative path.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		all[name] = string(data)
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return all
}

// sameFiles fails the test unless two folders hold the same names and bytes.
func sameFiles(t testing.TB, got, want string) {
	t.Helper()
	a, b := files(t, got), files(t, want)
	for name, data := range b {
		switch other, ok := a[name]; {
		case !ok:
			t.Errorf("%s is missing in %s", name, got)
		case other != data:
			t.Errorf("%s differs: %d and %d bytes", name, len(other), len(data))
		}
	}
	for name := range a {
		if _, ok := b[name]; !ok {
			t.Errorf("%s is only in %s", name, got)
		}
	}
}
