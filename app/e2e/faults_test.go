//go:build linux && cgo

package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zscope/app/internal/desktoptest"
)

// writePFM writes numbers as a PFM file of w x h pixels, top row first.
func writePFM(t *testing.T, path string, w, h int, z []float32) {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "Pf\n%d %d\n-1\n", w, h)
	for y := h - 1; y >= 0; y-- {
		if err := binary.Write(&b, binary.LittleEndian, z[y*w:(y+1)*w]); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, path, b.Bytes())
}

// half rounds to the nearest float of 16 bits, whose fraction has 10.
func half(z float32) float32 {
	const dropped = 23 - 10
	bits := math.Float32bits(z)
	bits += 1<<(dropped-1) - 1 + bits>>dropped&1
	return math.Float32frombits(bits &^ (1<<dropped - 1))
}

// Each of the faults that depth sequences usually have is named in the window
// when such a sequence is dropped on it, and a true one has none.
func TestFaultsAreNamed(t *testing.T) {
	display := desktoptest.StartDisplay(t, "1280x1000")
	w := openWindow(t, display)
	scene := filepath.Join(w.home, "room.gltf")
	writeRoom(t, scene)
	w.drop(scene)
	w.until("the scene", func(s state) bool { return s.File == scene && s.exact() })

	const width, height, frames = 160, 120, 8
	export := func(dir string, more ...string) (maps [frames + 1][]float32) {
		args := append([]string{"export", scene, "--frames", "1-9", "--size", "160x120", "--out", dir, "--format", "pfm", "--name", "z_##"}, more...)
		if out, err := exec.Command(headlessProgram(t), args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		for i := range maps {
			maps[i] = readPFM(t, filepath.Join(dir, fmt.Sprintf("z_%02d.pfm", i+1)), width, height)
		}
		return maps
	}
	truth := export(filepath.Join(w.home, "truth"))
	beside := export(filepath.Join(w.home, "beside"), "--cx", "80.5", "--cy", "60.5")
	each := func(f func(x, y int, z float32) float32) func(frame int) []float32 {
		return func(frame int) []float32 {
			m := make([]float32, width*height)
			for i, z := range truth[frame] {
				m[i] = f(i%width, i/width, z)
			}
			return m
		}
	}
	focal := height / 2 / math.Tan(0.35)
	for _, c := range []struct {
		name, words string
		of          func(frame int) []float32 // counted from 0
	}{
		{"planar", "planar Z, matches", func(frame int) []float32 { return truth[frame] }},
		{"euclidean", "Euclidean distance along the ray instead of planar Z", each(func(x, y int, z float32) float32 {
			u, v := (float64(x)+0.5-width/2)/focal, (float64(y)+0.5-height/2)/focal
			return float32(float64(z) * math.Sqrt(1+u*u+v*v))
		})},
		{"half", "half float", each(func(_, _ int, z float32) float32 { return half(z) })},
		{"flipped", "rows flipped", func(frame int) []float32 {
			return each(func(x, y int, _ float32) float32 { return truth[frame][(height-1-y)*width+x] })(frame)
		}},
		{"beside", "half a pixel off", func(frame int) []float32 { return beside[frame] }},
		{"inverse", "1/Z instead of Z", each(func(_, _ int, z float32) float32 { return 1 / z })},
		{"millimetres", "scaled by 1000", each(func(_, _ int, z float32) float32 { return 1000 * z })},
		{"late", "frame +1", func(frame int) []float32 { return truth[frame+1] }},
		{"luma", "weighted to one grey", each(func(_, _ int, z float32) float32 { return 1.09 * z })},
	} {
		dir := filepath.Join(w.home, "other", c.name)
		for i := range frames {
			writePFM(t, filepath.Join(dir, fmt.Sprintf("depth_%04d.pfm", i+1)), width, height, c.of(i))
		}
		w.drop(filepath.Join(dir, "depth_0003.pfm"))
		s := w.until("the finding about "+c.name, func(s state) bool {
			return s.Compare != nil && strings.HasPrefix(s.Compare.Path, dir) && s.Compare.Known && s.Compare.Finding != ""
		})
		if got := s.Compare; !strings.Contains(strings.ToLower(got.Finding), strings.ToLower(c.words)) || got.Sound != (c.name == "planar") {
			t.Errorf("%s: the window says %q, sound %v; want %q", c.name, got.Finding, got.Sound, c.words)
		}
		if _, ok := s.Widgets["compare.finding"]; !ok {
			t.Errorf("%s: the finding is not on the screen", c.name)
		}
	}
	w.shot("luma")
}
