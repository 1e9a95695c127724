package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// Each wrong command line is one sentence and status 2, each broken file one
// sentence and status 1.
func TestStatus(t *testing.T) {
	for _, tc := range []struct {
		args   string
		status int
		words  string // in what is printed
	}{
		{"help", exitDone, "usage:"},
		{"version", exitDone, "zscope "},
		{"version now", exitUsage, "takes no arguments"},
		{"export -h", exitDone, "--frames"},
		{"bench --help", exitDone, "--simd"},
		{"export", exitUsage, "name a scene file"},
		{"export a.glb b.glb", exitUsage, "one word too many"},
		{"info --bogus a.glb", exitUsage, "--bogus"},
		{"info no-such-file.glb", exitFailed, "there is no such file"},
		{"export no-such-file.glb", exitFailed, "there is no such file"},
		{"bench no-such-file.glb", exitFailed, "there is no such file"},
		{"a.glb b.glb", exitUsage, "one word too many"},
	} {
		t.Run(tc.args, func(t *testing.T) {
			var out, errs bytes.Buffer
			status := run(context.Background(), console{&out, &errs}, strings.Fields(tc.args))
			if status != tc.status {
				t.Errorf("status %d, want %d; %s", status, tc.status, errs.String())
			}
			if !strings.Contains(out.String()+errs.String(), tc.words) {
				t.Errorf("printed %q, want %q in it", out.String()+errs.String(), tc.words)
			}
			if status != exitDone && strings.Count(errs.String(), "\n") != 1 {
				t.Errorf("not one line: %q", errs.String())
			}
		})
	}
}

func TestParseInAnyOrder(t *testing.T) {
	for _, tc := range []struct {
		args, words string
		json        bool
	}{
		{"a.glb --json", "a.glb", true},
		{"--json a.glb", "a.glb", true},
		{"a.glb", "a.glb", false},
		{"-- --json", "--json", false},
		{"a.glb -- --json b", "a.glb --json b", false},
	} {
		f := newFlags("info")
		asJSON := f.Bool("json", false, "")
		words, err := parse(f, console{}, strings.Fields(tc.args))
		if err != nil || strings.Join(words, " ") != tc.words || *asJSON != tc.json {
			t.Errorf("%s: words %q, json %v, %v", tc.args, words, *asJSON, err)
		}
	}
}
