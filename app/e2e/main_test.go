//go:build linux && cgo

package e2e

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"zscope/app/internal/desktoptest"
)

// TestMain is also the program that files are dragged from: a process of its
// own, as a file manager is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == dragCommand {
		if err := dragFiles(os.Args[2:]); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		return
	}
	status := m.Run()
	if builtIn != "" {
		os.RemoveAll(builtIn)
	}
	os.Exit(status)
}

const dragCommand = "drag-files"

// dragFiles carries files as standard input says (move X Y, leave, drop) and
// answers each line with whether they are welcome.
func dragFiles(paths []string) error {
	s, err := desktoptest.NewSource(os.Getenv("DISPLAY"))
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Take(paths...); err != nil {
		return err
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var word string
		var x, y int
		fmt.Sscan(lines.Text(), &word, &x, &y)
		accepted := true
		switch word {
		case "move":
			accepted, err = s.MoveTo(x, y)
		case "leave":
			s.Leave()
		case "drop":
			accepted, err = s.Drop()
		}
		if err != nil {
			return err
		}
		fmt.Println(accepted)
	}
	return nil
}

var builtIn string

// programs builds the window and the headless program, once.
var programs = sync.OnceValues(func() (p struct{ window, headless string }, err error) {
	if builtIn, err = os.MkdirTemp("", "zscope-e2e"); err != nil {
		return p, err
	}
	p.window, p.headless = filepath.Join(builtIn, "zscope"), filepath.Join(builtIn, "zscope-headless")
	for path, cgo := range map[string]string{p.window: "1", p.headless: "0"} {
		build := exec.Command("go", "build", "-o", path, "zscope/app/zscope")
		build.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
		if out, err := build.CombinedOutput(); err != nil {
			return p, fmt.Errorf("go build with CGO_ENABLED=%s: %w\n%s", cgo, err, out)
		}
	}
	return p, nil
})

func windowProgram(t testing.TB) string {
	t.Helper()
	p, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	return p.window
}

func headlessProgram(t testing.TB) string {
	t.Helper()
	p, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	return p.headless
}
