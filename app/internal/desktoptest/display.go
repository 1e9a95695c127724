//go:build (linux && !android) || freebsd

// Package desktoptest is a desktop for tests: an X server without a screen
// (Xvfb) with a window manager, and a program to drag files from that speaks
// XDND as file managers do.
package desktoptest

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Need returns the path of a program that a test runs. Where it is not
// installed the test is skipped; `make test` installs all of them, so with CI
// set it fails.
func Need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed: %v", program, err)
	}
	t.Skipf("%s is not installed (make test installs it)", program)
	return ""
}

// StartDisplay starts an X server of a size such as "1280x800" on a free
// display, with a window manager, and points DISPLAY to it for the rest of the
// test. Both end with the test.
func StartDisplay(t testing.TB, size string) (display string) {
	t.Helper()
	xvfb, openbox := Need(t, "Xvfb"), Need(t, "openbox")

	// The server picks the display and writes its number to descriptor 3.
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	server := exec.Command(xvfb, "-displayfd", "3", "-screen", "0", size+"x24", "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{write}
	Start(t, server)
	write.Close()
	read.SetReadDeadline(time.Now().Add(30 * time.Second))
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not say its display: %v", err)
	}
	display = ":" + strings.TrimSpace(line)
	t.Setenv("DISPLAY", display)
	t.Setenv("WAYLAND_DISPLAY", "")
	os.Unsetenv("WAYLAND_DISPLAY") // Setenv has seen to its return

	manager := exec.Command(openbox)
	Start(t, manager)
	s, err := NewSource(display)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	Wait(t, "a window manager", func() bool { return s.managed() })
	return display
}

// Start starts a program that is killed, with all that it started, at the end
// of the test. Its words are part of the test's log if the test fails. What it
// returns says once how the program ended; cmd.Wait is called already.
func Start(t testing.TB, cmd *exec.Cmd) (exit <-chan error) {
	t.Helper()
	var words bytes.Buffer
	if cmd.Stdout == nil {
		cmd.Stdout = &words
	}
	if cmd.Stderr == nil {
		cmd.Stderr = &words
	}
	// What it leaves behind may hold its output open.
	cmd.WaitDelay = time.Second
	// Even if the test itself is killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end, gone := make(chan error, 1), make(chan struct{})
	go func() {
		end <- cmd.Wait() // may be called once only
		close(gone)
	}()
	t.Cleanup(func() {
		select {
		case <-gone: // its id may be another program's by now
		default:
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-gone
		}
		if t.Failed() && words.Len() > 0 {
			t.Logf("%s said:\n%s", cmd.Path, words.String())
		}
	})
	return end
}

// Wait polls until something holds, and fails the test if it does not within a
// time that only a hang exceeds.
func Wait(t testing.TB, what string, holds func() bool) {
	t.Helper()
	if err := poll(holds); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func poll(holds func() bool) error {
	const patience = 2 * time.Minute
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return nil
		}
	}
	return fmt.Errorf("did not come within %v", patience)
}
