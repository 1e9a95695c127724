package session

import (
	"bytes"
	"image"
	"os"
	"path/filepath"
	"testing"

	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
	"zscope/depthcore/points"
	"zscope/viewer/model"
)

func TestDrawPoints(t *testing.T) {
	d := newDesk(t, Config{})
	d.Do(model.Render{Request: request(1, job(approach(5), 16, 12), 3)})
	p := d.exact(1)
	mapping := colormap.Default()
	mapping.Near, mapping.Far = 1, 5
	rgb := image.NewRGBA(image.Rect(0, 0, 4, 3))
	for i := range rgb.Pix {
		rgb.Pix[i] = 99
	}
	for serial, over := range []*image.RGBA{nil, rgb} {
		d.Do(model.DrawPoints{Serial: serial, Of: p.Map, View: p.View, Mapping: mapping, RGB: over, Size: image.Pt(16, 12)})
		got := next[model.PointsDrawn](d)
		want := mapping.ColorAt(3)
		if over != nil {
			want = over.RGBAAt(1, 1)
			want.A = 255
		}
		if got.Serial != serial || got.Image.Rect.Max != image.Pt(16, 12) || got.Image.RGBAAt(8, 6) != want {
			t.Errorf("%d: %v, want %v", serial, got.Image.RGBAAt(8, 6), want)
		}
	}
}

func TestSavePoints(t *testing.T) {
	m := depth.New(4, 3)
	for i := range m.Z {
		m.Z[i] = 2
	}
	m.Z[0] = depth.Empty()
	mapping := colormap.Default()
	mapping.Near, mapping.Far = 1, 5
	cmd := model.SavePoints{Path: filepath.Join(t.TempDir(), "cloud"), Of: m, Mapping: mapping, Axes: points.InCamera, Notes: []string{"hall.glb, frame 3"}}
	cmd.View.Width, cmd.View.Height, cmd.View.Fx, cmd.View.Fy = 4, 3, 5, 5
	d := newDesk(t, Config{})
	for _, name := range []string{"cloud.ply", "cloud-2.ply"} {
		d.Do(cmd)
		got := next[model.PointsSaved](d)
		if got.Err != nil || got.Count != 11 || filepath.Base(got.Path) != name {
			t.Fatalf("%+v", got)
		}
		data, err := os.ReadFile(got.Path)
		if err != nil || !bytes.HasPrefix(data, []byte("ply\nformat binary_little_endian 1.0\ncomment hall.glb, frame 3\n")) {
			t.Errorf("%q, %v", data[:min(80, len(data))], err)
		}
	}
	cmd.Path = filepath.Join(t.TempDir(), "no folder", "cloud.ply")
	d.Do(cmd)
	if got := next[model.PointsSaved](d); got.Err == nil {
		t.Error("saved where there is no folder")
	}
}
