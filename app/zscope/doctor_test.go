package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDoctorOnTrueSequences has the doctor look at true depth of every shared
// scene, in floats and in whole millimetres: it finds nothing wrong.
func TestDoctorOnTrueSequences(t *testing.T) {
	const scenes = "../../../shared/scenes"
	paths, _ := filepath.Glob(filepath.Join(scenes, "*.glb"))
	if len(paths) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("the shared scenes are not here")
		}
		t.Skip("the shared scenes are not here")
	}
	zscope := func(words ...string) string {
		var out, errs bytes.Buffer
		if status := run(context.Background(), console{&out, &errs}, words); status != exitDone {
			t.Fatalf("zscope %v: status %d, %s", words, status, errs.String())
		}
		return out.String()
	}
	for _, path := range paths {
		var cameras []string
		if track := strings.TrimSuffix(path, ".glb") + ".cameras.json"; fileThere(track) {
			cameras = []string{"--cameras", track}
		}
		for _, format := range []string{"exr", "png"} {
			dir := t.TempDir()
			zscope(append([]string{"export", path, "--out", dir, "--format", format, "--frames", "1-3", "--size", "320x240"}, cameras...)...)
			said := zscope(append([]string{"doctor", dir, "--scene", path}, cameras...)...)
			if !strings.Contains(said, "planar Z, matches") {
				t.Errorf("%s as %s: %s", filepath.Base(path), format, said)
			}
		}
	}
}

func fileThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
