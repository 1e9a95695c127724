package session

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/depth"
	"zscope/depthcore/export"
	"zscope/depthcore/scene"
	"zscope/viewer/model"
)

// passing is a tilted square 5 m before a wall; it moves right by 0.25 m a frame.
func passing(last int) *scene.Scene {
	s := approach(last)
	for i := range last {
		copy(s.Animations[0].Channels[0].Values[3*i:], []float64{float64(i)/4 - 2, 0, -5})
	}
	square := s.Primitives[0]
	square.Positions = []mgl64.Vec3{{-1, -0.7, 0}, {0.7, -1.1, 0}, {1.2, 0.8, 0}, {-0.6, 1.3, 0}}
	s.Nodes = append(s.Nodes, scene.Node{Name: "back", Parent: -1, Rotation: mgl64.QuatIdent(), Scale: mgl64.Vec3{1, 1, 1}, Translation: mgl64.Vec3{0, 0, -9}})
	s.Primitives = append(s.Primitives, square)
	s.Instances[0].Primitive = 1
	s.Instances = append(s.Instances, scene.Instance{Primitive: 0, Node: 2, FromObject: mgl64.Ident4(), Skin: -1})
	return s
}

// shoot writes pictures of a job's frames whose principal point is moved by
// (dx, dy): a frame has the number frame + offset.
func shoot(t *testing.T, job export.Job, frames, offset int, dx, dy float64) string {
	t.Helper()
	const fine = 4 // samples a pixel, along each side
	dir := t.TempDir()
	w, h := job.Width, job.Height
	big := job
	big.Width, big.Height = w*fine, h*fine
	truth := export.Truth(big)
	for n := 1; n <= frames; n++ {
		m, _, err := truth(t.Context(), n, dx*fine, dy*fine)
		if err != nil {
			t.Fatal(err)
		}
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				sum := 0
				for k := range fine * fine {
					if m.At(x*fine+k%fine, y*fine+k/fine) > 7 {
						sum += 200
					} else {
						sum += 60
					}
				}
				v := uint8(sum / fine / fine)
				img.SetRGBA(x, y, color.RGBA{v, v / 2, 255 - v, 255})
			}
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("shot_%04d.png", n+offset)), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The offset and the shift of pictures made by other means are found.
func TestFit(t *testing.T) {
	j := job(passing(16), 120, 90)
	j.Camera = 0
	dir := shoot(t, j, 16, 2, 0.5, -0.25)
	d := newDesk(t, Config{})
	d.Do(model.LoadRGB{Serial: 1, Path: filepath.Join(dir, "shot_####.png")})
	if found := next[model.RGBFound](d); found.Err != nil || found.First != 3 || found.Last != 18 {
		t.Fatalf("%+v", found)
	}
	d.Do(model.StartFit{Serial: 2, Job: j, Frames: []int{4, 8, 12}, Offsets: []int{-1, 0, 1, 2, 3}})
	got := next[model.FitFound](d)
	if b := got.Found.Best; got.Err != nil || got.Serial != 2 || b.Offset != 2 || b.DX < 0.4 || b.DX > 0.6 || b.DY > -0.15 || b.DY < -0.35 {
		t.Errorf("%+v, %v", b, got.Err)
	}
	// Pictures of another size are an error in words.
	j.Width = 60
	d.Do(model.StartFit{Serial: 3, Job: j, Frames: []int{4}, Offsets: []int{2}})
	if got := next[model.FitFound](d); got.Err == nil || !strings.Contains(got.Err.Error(), "picture 6 has 120 × 90 pixels, the depth 60 × 90") {
		t.Errorf("%v", got.Err)
	}
}

// A search that is given up says nothing more.
func TestFitCancelled(t *testing.T) {
	j := job(passing(16), 480, 360)
	d := newDesk(t, Config{})
	dir := shoot(t, job(passing(16), 480, 360), 2, 0, 0, 0)
	d.Do(model.LoadRGB{Serial: 1, Path: dir})
	next[model.RGBFound](d)
	var offsets []int
	for k := range 1000 {
		offsets = append(offsets, k%2)
	}
	d.Do(model.StartFit{Serial: 2, Job: j, Frames: []int{1}, Offsets: offsets})
	next[model.FitProgress](d)
	d.Do(model.CancelFit{})
	d.Close() // waits until it has ended
	for {
		select {
		case msg := <-d.msgs:
			if f, ok := msg.(model.FitFound); ok {
				t.Fatalf("it answered %+v", f)
			}
		case <-time.After(10 * time.Millisecond):
			return
		}
	}
}

func TestPicturePatterns(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a_1.png", "a_2.png", "b_01.webp", "b_02.webp", "b_03.webp"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		path  string
		count int
	}{{"a_####.png", 2}, {"a_%04d.png", 2}, {"a_%d.png", 2}, {"", 3}, {"b_#.webp", 3}, {"c_#.png", 0}, {"a_2.png", 2}} {
		_, files, err := findRGB(filepath.Join(dir, c.path))
		if len(files) != c.count || (err == nil) != (c.count > 0) {
			t.Errorf("%s: %d pictures, %v", c.path, len(files), err)
		}
	}
	if _, _, err := findRGB(filepath.Join(dir, "c_#.png")); err == nil || !strings.Contains(err.Error(), "no pictures called c_#.png") {
		t.Errorf("%v", err)
	}
}

func TestFindEdges(t *testing.T) {
	m := depth.New(12, 10)
	for i := range m.Z {
		m.Z[i] = 4 + 6*float32(i%12/6)
	}
	d := newDesk(t, Config{})
	d.Do(model.FindEdges{Serial: 3, Of: m, Jump: 0.1})
	if got := next[model.EdgesFound](d); got.Serial != 3 || got.Of != m || got.Pixels != 10 || got.Image.RGBAAt(5, 4) != edgeInk || got.Image.RGBAAt(6, 4).A != 0 {
		t.Errorf("%+v", got.Pixels)
	}
}
