package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zscope/depthcore/depth"
	"zscope/depthcore/depthfile"
	"zscope/depthcore/export"
)

// TestBlender goes the whole way that a person with a .blend goes: the scene is
// made by a script, with a camera that is shifted, zooms and is held by a
// constraint, and another one that a marker switches to; our script for Blender
// writes the GLB and the camera track, `zscope export` casts them, and Cycles'
// own Z pass of the .blend says what is right.
//
// Cycles jitters its samples within the pixel filter. The .blend's filter is a
// millionth of a pixel wide, so that what is compared are pixel centres.
func TestBlender(t *testing.T) {
	inBlender := blender(t)
	frames := []int{1, 6, 11}
	dir := t.TempDir()
	zscope := func(words ...string) string {
		var out, errs bytes.Buffer
		if status := run(context.Background(), console{&out, &errs}, words); status != exitDone {
			t.Fatalf("zscope %v: status %d, %s", words, status, errs.String())
		}
		return out.String()
	}
	script := filepath.Join(dir, "zscope_export.py")
	if err := os.WriteFile(script, []byte(zscope("blender-script")), 0o666); err != nil {
		t.Fatal(err)
	}
	inBlender("-b", "--factory-startup", "--python-exit-code", "3", "--python", "testdata/blender/make_blend.py", "--", dir, "1", "6", "11")
	inBlender("-b", filepath.Join(dir, "shot.blend"), "--python-exit-code", "3", "--python", script, "--", dir)
	scene, track := filepath.Join(dir, "shot.glb"), filepath.Join(dir, "shot.cameras.json")
	zscope("export", scene, "--cameras", track, "--frames", "1,6,11", "--format", "pfm", "--out", dir)

	for _, n := range frames {
		want, got := readDepthFile(t, dir, fmt.Sprintf("cycles_z_%04d.exr", n)), readDepthFile(t, dir, fmt.Sprintf("shot_z_%04d.pfm", n))
		if want.Channel != "ViewLayer.Depth.Z" || want.Half {
			t.Fatalf("frame %d: Cycles' depth is taken from %s", n, want.Channel)
		}
		c := compareDepth(got, want)
		t.Logf("frame %d: %d pixels hit in both, %.4f %% within 1e-5, farthest %.2g, coverage differs in %d", n, c.both, 100*c.near, c.farthest, c.uncovered)
		if c.both < 20000 || c.near < 0.999 || float64(c.uncovered) > 0.001*float64(len(got.Z)) {
			t.Errorf("frame %d: %+v", n, c)
		}
		// The comparison sees a hundredth of a pixel.
		zscope("export", scene, "--cameras", track, "--frames", fmt.Sprint(n), "--format", "pfm", "--out", filepath.Join(dir, "moved"), "--overwrite",
			"--cx", fmt.Sprint(principalX(t, track, n)+0.01))
		if c := compareDepth(readDepthFile(t, dir, fmt.Sprintf("moved/shot_z_%04d.pfm", n)), want); c.near > 0.99 {
			t.Errorf("frame %d: moved by a hundredth of a pixel, %.4f %% are still right", n, 100*c.near)
		}
	}
	if said := zscope("doctor", filepath.Join(dir, "cycles_z_####.exr"), "--scene", scene, "--cameras", track); !strings.Contains(said, "planar Z, matches") {
		t.Errorf("the doctor says of Cycles' pass: %s", said)
	}
}

func readDepthFile(t *testing.T, dir, name string) *depthfile.Map {
	t.Helper()
	m, err := depthfile.Read(os.DirFS(dir), name, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// principalX returns cx of a frame of a camera file.
func principalX(t *testing.T, path string, frame int) float64 {
	t.Helper()
	var job export.Job
	if err := (&trackFlags{path: path}).into(&job); err != nil {
		t.Fatal(err)
	}
	f, _ := job.Track.At(frame)
	return f.View.Cx
}

// comparison says how near two depth maps are.
type comparison struct {
	both, uncovered int     // pixels that are hit in both, and in only one
	near            float64 // share of both within 1e-5 of the depth
	farthest        float64 // relative
}

func compareDepth(got, want *depthfile.Map) (c comparison) {
	near := 0
	for i, z := range want.Z {
		if depth.IsHit(z) != depth.IsHit(got.Z[i]) {
			c.uncovered++
		}
		if !depth.IsHit(z) || !depth.IsHit(got.Z[i]) {
			continue
		}
		c.both++
		off := math.Abs(float64(got.Z[i])/float64(z) - 1)
		c.farthest = max(c.farthest, off)
		if off <= 1e-5 {
			near++
		}
	}
	c.near = float64(near) / float64(max(1, c.both))
	return c
}

// The script for Blender warns of each thing that the GLB loses, and of what the
// GLB has though the renderer does not show it.
func TestBlenderWarnings(t *testing.T) {
	inBlender := blender(t)
	dir := t.TempDir()
	script := filepath.Join(dir, "zscope_export.py")
	var text bytes.Buffer
	run(context.Background(), console{&text, &text}, []string{"blender-script"})
	if err := os.WriteFile(script, text.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	inBlender("-b", "--factory-startup", "--python-exit-code", "3", "--python", "testdata/blender/make_losses.py", "--", dir)
	said := inBlender("-b", filepath.Join(dir, "losses.blend"), "--python-exit-code", "3", "--python", script, "--", dir)
	for _, want := range []string{
		"'Unseen' is hidden from the camera",
		"'Smooth' is subdivided 3 times when rendered but 1 times in the viewport",
		"the mesh of 'Waves' changes over time by its modifiers",
		"the mesh of 'Face' changes over time by its modifiers and shape keys",
		"the mesh of 'Flag' changes over time by its modifiers;",
		"the shape of curve 'Tube' changes over time",
		"modifier 'Bevel' of 'Only' is on when rendered, but not in the GLB",
		"material 'Rough' displaces its surface",
		"'Blink' is shown and hidden over time",
		"'Scattered' makes 10 instances",
	} {
		if !strings.Contains(said, "zscope: warning: "+want) {
			t.Errorf("no warning %q in\n%s", want, said)
		}
	}
	// What is not rendered and not in the GLB, and what the GLB has whole.
	for _, name := range []string{"Away", "Plain", "Words"} {
		if strings.Contains(said, "'"+name+"'") {
			t.Errorf("there is no reason to warn of %s:\n%s", name, said)
		}
	}
}

// blender returns what runs Blender and returns what it says.
func blender(t *testing.T) func(words ...string) string {
	path, err := exec.LookPath("blender")
	if err != nil {
		t.Skip("Blender is not here")
	}
	return func(words ...string) string {
		out, err := exec.Command(path, words...).CombinedOutput()
		if err != nil || strings.Contains(string(out), "Traceback") {
			t.Fatalf("blender %v: %v\n%s", words, err, out)
		}
		return string(out)
	}
}
