package main

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The README names every command and every flag of export, and none that do
// not exist.
func TestReadmeNamesTheCommandLine(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	for _, c := range commands() {
		if !strings.Contains(readme, "\nzscope "+c.name) {
			t.Errorf("the README does not list %q", "zscope "+c.name)
		}
	}

	known := map[string]bool{}
	flag := regexp.MustCompile(`--[a-z][a-z-]*`)
	for _, c := range commands() {
		var help bytes.Buffer
		run(context.Background(), console{out: &help, err: &help}, []string{c.name, "-h"})
		for _, line := range strings.Split(help.String(), "\n") {
			if !strings.HasPrefix(line, "  --") {
				continue
			}
			name := flag.FindString(line)
			known[name] = true
			if c.name == "export" && !strings.Contains(readme, name) {
				t.Errorf("the README does not name export's %s", name)
			}
		}
	}
	for _, name := range flag.FindAllString(readme, -1) {
		if !known[name] && name != "--python" { // Blender's
			t.Errorf("the README names %s, which no command has", name)
		}
	}
}
