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

	"zscope/depthcore/depth"
	"zscope/depthcore/npy"
	"zscope/viewer/model"
)

// farther writes a sequence of the approaching wall that is a factor off.
func farther(t *testing.T, factor float32) (dir string) {
	dir = t.TempDir()
	for n := 1; n <= 4; n++ {
		m := depth.New(16, 12)
		for i := range m.Z {
			m.Z[i] = float32(n) * factor
		}
		var b bytes.Buffer
		if err := npy.Encode(&b, m.Width, m.Height, m.Z); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("z_%04d.npy", n)), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestCompare(t *testing.T) {
	dir := farther(t, 1000)
	d := newDesk(t, Config{})
	for serial, path := range []string{dir, filepath.Join(dir, "z_0002.npy")} {
		d.Do(model.LoadCompare{Serial: 1 + serial, Path: path})
		found := next[model.CompareFound](d)
		want := model.CompareFound{Serial: 1 + serial, Path: filepath.Join(dir, "z_0001.npy"), First: 1, Last: 4, Count: 4, Size: image.Pt(16, 12)}
		if found != want {
			t.Fatalf("found %+v, want %+v", found, want)
		}
	}
	truth := depth.New(16, 12)
	for i := range truth.Z {
		truth.Z[i] = 1999
	}
	truth.Z[0] = depth.Empty()
	d.Do(model.MeasureDifference{Serial: 3, Number: 2, Of: truth})
	got := next[model.Compared](d).Difference
	if got.Of != truth || got.Words != "" || got.Stats.Max != 1 || got.Stats.Both != 191 || got.Stats.OtherOnly != 1 || got.Span < 1 || got.Image == nil {
		t.Errorf("%+v", got)
	}
	d.Do(model.MeasureDifference{Serial: 4, Number: 9, Of: truth})
	if got := next[model.Compared](d).Difference; got.Words != "the sequence has no map 9" || got.Image != nil {
		t.Errorf("%+v", got)
	}
	d.Do(model.MeasureDifference{Serial: 5, Number: 2, Of: depth.New(8, 8)})
	if got := next[model.Compared](d).Difference; !strings.Contains(got.Words, "16 × 12 pixels, the picture 8 × 8") {
		t.Errorf("%+v", got)
	}
	d.Do(model.Diagnose{Serial: 6, Job: job(approach(4), 16, 12)})
	if got := next[model.Diagnosed](d); got.Err != nil || got.Sound || !strings.Contains(got.Finding, "1000") {
		t.Errorf("%+v", got)
	}
}

func TestDroppedFolderTellsDepthFromPictures(t *testing.T) {
	d := newDesk(t, Config{})
	d.Do(model.LoadRGB{Serial: 1, Path: farther(t, 1)})
	if found := next[model.CompareFound](d); found.Err != nil || found.Serial != 1 || found.Count != 4 {
		t.Errorf("%+v", found)
	}
	write := func(path string, img image.Image) {
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	grey, rgb := t.TempDir(), t.TempDir()
	z := image.NewGray16(image.Rect(0, 0, 4, 3))
	z.SetGray16(1, 1, color.Gray16{2500})
	write(filepath.Join(grey, "z_7.png"), z)
	write(filepath.Join(rgb, "b_7.png"), image.NewRGBA(z.Rect))
	d.Do(model.LoadRGB{Serial: 2, Path: filepath.Join(grey, "z_7.png")})
	if found := next[model.CompareFound](d); found.Err != nil || found.First != 7 || found.Size != image.Pt(4, 3) {
		t.Errorf("%+v", found)
	}
	d.Do(model.LoadRGB{Serial: 3, Path: rgb})
	if found := next[model.RGBFound](d); found.Err != nil || found.First != 7 {
		t.Errorf("%+v", found)
	}
	d.Do(model.LoadCompare{Serial: 4, Path: rgb})
	if found := next[model.CompareFound](d); found.Err == nil {
		t.Errorf("%+v", found)
	}
}
