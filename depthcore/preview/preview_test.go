package preview

import (
	"bytes"
	"context"
	"errors"
	"image/gif"
	"image/png"
	"math"
	"strings"
	"testing"

	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
)

func ramp(w, h int) *depth.Map {
	m := depth.New(w, h)
	for y := range h {
		for x := range w {
			if y > 3 {
				m.Z[y*w+x] = 1 + 9*float32(x)/float32(w)
			}
		}
	}
	return m
}

func legend(caption string) Legend {
	m := colormap.Default()
	m.Near, m.Far = 1, 10
	return Legend{Mapping: m, Unit: "m", Caption: caption}
}

// The picture holds the painted map, untouched, and a legend whose bar runs
// through the mapping's colours.
func TestPicture(t *testing.T) {
	for _, size := range [][2]int{{640, 360}, {3840, 2160}, {60, 40}, {1, 1}} {
		src, l := ramp(size[0], size[1]), legend("hall.glb, frame 12")
		var file bytes.Buffer
		if err := WritePNG(&file, src, l); err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(&file)
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dx() != src.Width || b.Dy() <= src.Height {
			t.Errorf("%v: the picture is %v", size, b)
		}
		for y := 0; y < src.Height; y += 7 {
			for x := 0; x < src.Width; x += 5 {
				if got, want := img.At(x, y), l.Mapping.ColorAt(src.At(x, y)); got != want {
					t.Fatalf("%v: pixel (%d, %d) is %v, want %v", size, x, y, got, want)
				}
			}
		}
	}
}

func TestLegendColoursAndInk(t *testing.T) {
	img, err := Picture(ramp(640, 360), legend("caption"))
	if err != nil {
		t.Fatal(err)
	}
	em := 10
	bar := 360 + 3*em + em/2
	m := legend("").Mapping
	if got, want := img.RGBAAt(em, bar), m.Color(0); got != want {
		t.Errorf("the bar starts with %v, want %v", got, want)
	}
	if got, want := img.RGBAAt(640-em-1, bar), m.Color(1); got != want {
		t.Errorf("the bar ends with %v, want %v", got, want)
	}
	drawn := 0
	for y := 360; y < img.Rect.Max.Y; y++ {
		for x := range 640 {
			if img.RGBAAt(x, y) == ink {
				drawn++
			}
		}
	}
	if drawn < 20 {
		t.Errorf("%d pixels of text", drawn)
	}
}

// Numbers never run into each other, whatever the size and the range.
func TestLabelsDoNotOverlap(t *testing.T) {
	for _, w := range []int{40, 120, 333, 640, 1920} {
		for _, r := range [][2]float64{{0.7, 12}, {9.998, 10.001}, {123.4, 98765}} {
			for _, s := range []colormap.Scale{colormap.Linear, colormap.Log, colormap.Inverse} {
				l := legend("")
				l.Mapping.Near, l.Mapping.Far, l.Mapping.Scale = r[0], r[1], s
				d, err := newDrawing(w, 10, l)
				if err != nil {
					t.Fatal(err)
				}
				d.picture(ramp(w, 10)) // must not loop or panic
			}
		}
	}
	if !overlap([]label{{from: 0, to: 10}, {from: 12, to: 20}}, 3) || overlap([]label{{from: 0, to: 10}, {from: 13, to: 20}}, 3) {
		t.Error("overlap does not see overlaps")
	}
}

func TestLongCaptionIsCut(t *testing.T) {
	d, err := newDrawing(200, 100, legend("x"))
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("wide ", 40)
	if s := d.fitted(long, 180); d.wide(s) > 180 || !strings.HasSuffix(s, "…") {
		t.Errorf("%q is %d pixels wide", s, d.wide(s))
	}
	if s := d.fitted("short", 180); s != "short" {
		t.Errorf("%q", s)
	}
}

func TestEmptyMapIsAnError(t *testing.T) {
	if _, err := Picture(&depth.Map{}, legend("")); err == nil {
		t.Error("a picture of nothing")
	}
}

func TestFilm(t *testing.T) {
	l := legend("")
	f, err := NewFilm(l.Mapping, "m", 24, 320)
	if err != nil {
		t.Fatal(err)
	}
	const frames = 24
	for range frames {
		if err := f.Add(ramp(1000, 500), "a frame"); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Add(ramp(1000, 400), ""); err == nil {
		t.Error("frames of two sizes")
	}
	var file bytes.Buffer
	if err := f.Write(context.Background(), &file); err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(&file)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, d := range g.Delay {
		total += d
	}
	if len(g.Image) != frames || total != 100 {
		t.Errorf("%d frames in %d/100 s", len(g.Image), total)
	}
	img := g.Image[3]
	if img.Rect.Dx() != 250 {
		t.Errorf("the film is %d pixels wide", img.Rect.Dx())
	}
	// The colours are near those of the picture.
	for x := 0; x < 250; x += 10 {
		r, gr, b, _ := img.At(x, 60).RGBA()
		want := l.Mapping.ColorAt(1 + 9*float32(4*x+2)/1000)
		off := math.Abs(float64(r>>8)-float64(want.R)) + math.Abs(float64(gr>>8)-float64(want.G)) + math.Abs(float64(b>>8)-float64(want.B))
		if off > 12 {
			t.Errorf("column %d has %02x%02x%02x, want near %v", x, r>>8, gr>>8, b>>8, want)
		}
	}

	stopped, stop := context.WithCancel(context.Background())
	stop()
	if err := f.Write(stopped, &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped film says %v", err)
	}
}

func TestFilmErrors(t *testing.T) {
	if _, err := NewFilm(colormap.Default(), "", math.NaN(), 10); err == nil {
		t.Error("a rate of NaN")
	}
	if _, err := NewFilm(colormap.Default(), "", 24, 0); err == nil {
		t.Error("no width")
	}
	f, err := NewFilm(colormap.Default(), "", 24, 100)
	if err != nil {
		t.Fatal(err)
	}
	if f.Write(context.Background(), &bytes.Buffer{}) == nil {
		t.Error("a film without frames")
	}
	if f.Add(&depth.Map{}, "") == nil {
		t.Error("a frame without pixels")
	}
}

func BenchmarkPicture1080p(b *testing.B) {
	src, l := ramp(1920, 1080), legend("caption")
	for b.Loop() {
		if _, err := Picture(src, l); err != nil {
			b.Fatal(err)
		}
	}
}
