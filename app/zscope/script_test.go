package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"zscope/assets"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"zscope": main})
}

// The scripts in testdata/script run the program as a process of its own, with
// the demo scene as demo.glb. They know some commands more:
//
//	fails STATUS PROGRAM ARGS...     it ends with that status and one sentence
//	interrupt FILE PROGRAM ARGS...   like fails 130, with SIGINT once FILE is there
//	terminate FILE PROGRAM ARGS...   the same with SIGTERM
//	insist FILE PROGRAM ARGS...      the same with SIGINT again and again until it has ended
//	cut N FILE TO                    the first N bytes of a file
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			return os.WriteFile(filepath.Join(e.WorkDir, "demo.glb"), assets.Demo, 0o644)
		},
		Condition: func(name string) (bool, error) {
			if name == "mounts" { // of this process's own, which need no root where users may do so
				return exec.Command("unshare", "-rm", "true").Run() == nil, nil
			}
			if name == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, errors.New("no such condition")
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"fails": func(ts *testscript.TestScript, _ bool, args []string) {
				status, err := strconv.Atoi(args[0])
				ts.Check(err)
				failsWith(ts, status, ts.Exec(args[1], args[2:]...))
			},
			"interrupt": func(ts *testscript.TestScript, _ bool, args []string) {
				interrupt(ts, os.Interrupt, false, ts.MkAbs(args[0]), args[1:])
			},
			"insist": func(ts *testscript.TestScript, _ bool, args []string) {
				interrupt(ts, os.Interrupt, true, ts.MkAbs(args[0]), args[1:])
			},
			"terminate": func(ts *testscript.TestScript, _ bool, args []string) {
				interrupt(ts, syscall.SIGTERM, false, ts.MkAbs(args[0]), args[1:])
			},
			"cut": func(ts *testscript.TestScript, _ bool, args []string) {
				n, err := strconv.Atoi(args[0])
				ts.Check(err)
				data := []byte(ts.ReadFile(args[1]))
				ts.Check(os.WriteFile(ts.MkAbs(args[2]), data[:n], 0o644))
			},
		},
	})
}

// sentence is all that a failing program says.
var sentence = regexp.MustCompile(`\A(zscope: warning: .+\n)*zscope: [^\n]{10,}[^\n.]\n\z`)

func failsWith(ts *testscript.TestScript, status int, err error) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		ts.Fatalf("did not fail: %v", err)
	}
	if exit.ExitCode() != status {
		ts.Fatalf("status %d, want %d", exit.ExitCode(), status)
	}
	if words := ts.ReadFile("stderr"); !sentence.MatchString(words) {
		ts.Fatalf("not one sentence: %q", words)
	}
}

// interrupt runs a program and sends it a signal, such as Ctrl-C's, once a file
// is there; where again is true, also afterwards, every millisecond.
func interrupt(ts *testscript.TestScript, sign os.Signal, again bool, file string, args []string) {
	path, err := exec.LookPath(args[0])
	if err != nil {
		path = filepath.Join(filepath.SplitList(ts.Getenv("PATH"))[0], args[0])
	}
	cmd := exec.Command(path, args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	var words []byte
	done := make(chan error, 1)
	go func() {
		var err error
		words, err = cmd.CombinedOutput()
		done <- err
	}()
	for {
		select {
		case err := <-done:
			ts.Fatalf("ended by itself: %v\n%s", err, words)
		case <-time.After(5 * time.Millisecond):
		}
		if _, err := os.Stat(file); err == nil {
			break
		}
	}
	ts.Check(cmd.Process.Signal(sign))
	ended := make(chan struct{})
	if again {
		go func() {
			for {
				select {
				case <-ended:
					return
				case <-time.After(time.Millisecond):
					cmd.Process.Signal(sign) // an error where it has ended
				}
			}
		}()
	}
	err = <-done
	close(ended)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
		ts.Fatalf("after %v: %v, want status %d", sign, err, exitInterrupted)
	}
	if !sentence.Match(words) && !(again && len(words) == 0) {
		ts.Fatalf("not one sentence: %q", words)
	}
}
