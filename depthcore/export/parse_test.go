package export

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"zscope/depthcore/exr"
	"zscope/depthcore/scene"
)

func TestParseFrames(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []int
	}{
		{"7", []int{7}},
		{"0", []int{0}},
		{"-3", []int{-3}},
		{"1-4", []int{1, 2, 3, 4}},
		{"5-5", []int{5}},
		{"-2-1", []int{-2, -1, 0, 1}},
		{"-3--1", []int{-3, -2, -1}},
		{"400-420x5", []int{400, 405, 410, 415, 420}},
		{"1-10x4", []int{1, 5, 9}},
		{"3, 1-2 ,9", []int{1, 2, 3, 9}},
		{"1-3,2-4", []int{1, 2, 3, 4}},
	} {
		got, err := ParseFrames(c.in)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, %v, want %v", c.in, got, err, c.want)
		}
	}
	if got, err := ParseFrames("1-250,300,400-500x5"); err != nil || len(got) != 250+1+21 {
		t.Errorf("got %d frames, %v", len(got), err)
	}
	if got, err := ParseFrames("1-1000000"); err != nil || len(got) != MaxFrames {
		t.Errorf("got %d frames, %v", len(got), err)
	}
}

func TestParseFramesErrors(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "neither a frame",
		",":                      "neither a frame",
		"1,":                     "neither a frame",
		"a":                      "neither a frame",
		"1-":                     "neither a frame",
		"1.5":                    "neither a frame",
		"1-2-3":                  "neither a frame",
		"1x2":                    "neither a frame",
		"5-1":                    "the range 5-1 ends before it starts",
		"1-9x0":                  "step x0",
		"1-1000001":              "more than the 1000000 frames",
		"1-600000,1-600000":      "more than the 1000000 frames",
		"0-1000000000":           "more than the 1000000 frames",
		"9999999999":             "frame 9999999999 is out of range",
		"99999999999999999999":   "out of range",
		"1-99999999999999999999": "out of range",
		"1-2x99999999999999999":  "step x",
	} {
		if got, err := ParseFrames(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, error %v, want one with %q", in, got, err, want)
		}
	}
}

func TestParseSize(t *testing.T) {
	if w, h, err := ParseSize("640x480"); w != 640 || h != 480 || err != nil {
		t.Errorf("got %d %d %v", w, h, err)
	}
	for _, in := range []string{"", "640", "640x", "x480", "0x9", "9x0", "-1x5", "1.5x2", "640x480x3", "99999999x99999999", "99999999999999999999x1"} {
		if w, h, err := ParseSize(in); err == nil {
			t.Errorf("%q: got %d %d and no error", in, w, h)
		}
	}
}

func TestParseBackground(t *testing.T) {
	for in, want := range map[string]float64{"inf": math.Inf(1), "+Inf": math.Inf(1), "-inf": math.Inf(-1), "0": 0, "1e10": 1e10, "-1": -1, "0.1": float64(float32(0.1))} {
		if got, err := ParseBackground(in); err != nil || float64(got) != want {
			t.Errorf("%s: got %v, %v", in, got, err)
		}
	}
	if got, err := ParseBackground("nan"); err != nil || !math.IsNaN(float64(got)) {
		t.Errorf("nan: got %v, %v", got, err)
	}
	for _, in := range []string{"", "far", "1e39", "1,5"} {
		if got, err := ParseBackground(in); err == nil {
			t.Errorf("%q: got %v and no error", in, got)
		}
	}
}

func TestParseFormats(t *testing.T) {
	if got, err := ParseFormats("exr, PFM"); err != nil || !reflect.DeepEqual(got, []Format{EXR, PFM}) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, in := range []string{"", "exr,", "tiff", "exr,exr"} {
		if got, err := ParseFormats(in); err == nil {
			t.Errorf("%q: got %v and no error", in, got)
		}
	}
}

func TestParseCompression(t *testing.T) {
	for in, want := range map[string]exr.Compression{"none": exr.None, "zips": exr.ZIPS, " ZIP": exr.ZIP} {
		if got, err := ParseCompression(in); err != nil || got != want {
			t.Errorf("%s: got %v, %v", in, got, err)
		}
	}
	if _, err := ParseCompression("piz"); err == nil {
		t.Error("piz is no error")
	}
}

func TestFileName(t *testing.T) {
	for _, c := range []struct {
		pattern string
		frame   int
		want    string
	}{
		{"hall_z_####", 1, "hall_z_0001.exr"},
		{"hall_z_####", 12345, "hall_z_12345.exr"},
		{"hall_z_####", -7, "hall_z_-0007.exr"},
		{"#", 0, "0.exr"},
		{"a##b", 5, "a05b.exr"},
		{"one", 5, "one.exr"},
	} {
		if got := FileName(c.pattern, c.frame, EXR); got != c.want {
			t.Errorf("%s, frame %d: got %s, want %s", c.pattern, c.frame, got, c.want)
		}
	}
}

func TestDefaultName(t *testing.T) {
	for name, want := range map[string]string{
		"hall.glb": "hall_z_####", "a.b.gltf": "a.b_z_####", "": "scene_z_####", "shot#3.glb": "shot_3_z_####", "dir/hall.glb": "hall_z_####", `dir\hall.glb`: "hall_z_####", ".glb": ".glb_z_####", "..": "scene_z_####",
	} {
		got := DefaultName(&scene.Scene{Name: name})
		if got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
		if _, err := placeholder(got); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestPlaceholderErrors(t *testing.T) {
	for _, in := range []string{"", ".", "..", "a/b####", `a\b####`, "a\x00", "a\n####", "##a##", strings.Repeat("a", 300)} {
		if got, err := placeholder(in); err == nil {
			t.Errorf("%q: got %q and no error", in, got)
		}
	}
}

func FuzzParseFrames(f *testing.F) {
	f.Add("1-250,300,400-500x5")
	f.Add("-10--1x3,7")
	f.Fuzz(func(t *testing.T, s string) {
		frames, err := ParseFrames(s)
		if err != nil {
			return
		}
		if len(frames) == 0 || len(frames) > MaxFrames || !slices.IsSorted(frames) || len(slices.Compact(slices.Clone(frames))) != len(frames) {
			t.Fatalf("%q gives %d frames", s, len(frames))
		}
	})
}
