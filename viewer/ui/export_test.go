package ui

import (
	"strings"
	"testing"
	"time"

	"gioui.org/io/key"

	"zscope/depthcore/export"
	"zscope/viewer/model"
)

// Both pages of the export dialog, and its presets, by hand.
func TestExportOptionsByHand(t *testing.T) {
	b := opened(t)
	b.click("export")
	b.click("export.page.Options")
	b.click("export.compression.none")
	b.replace("export.level", "4")
	b.replace("export.scale", "5000")
	b.replace("export.baseline", "0.2")
	b.replace("export.background", "nan")
	b.replace("export.threads", "1")
	d := b.m.Export.Draft
	if d.Compression != "none" || d.Level != "4" || d.PNGScale != "5000" || d.Baseline != "0.2" || d.Background != "nan" || d.Threads != "1" {
		t.Errorf("draft %+v", d)
	}
	b.click("export.clip")
	b.click("export.cull")
	b.click("export.mask")
	b.replace("export.blend", "0.1")
	b.press(key.NameTab, 0)
	b.click("export.level")
	if s := b.m.Surfaces(); s != (model.Surfaces{CullBackFaces: true, Clip: true, NoMask: true, BlendThreshold: 0.1}) {
		t.Errorf("surfaces %+v", s)
	}
	b.replace("export.preset name", "mine")
	b.click("export.keep")
	if !b.m.Kept("mine") || b.m.Preset() != "mine" {
		t.Errorf("kept %v, the dialog says preset %q", b.m.Kept("mine"), b.m.Preset())
	}
	b.click("export.preset")
	b.click("export.preset/EXR, fastest ZIP")
	if d := b.m.Export.Draft; d.Compression != "zip" || d.Level != "1" || d.Background != "inf" {
		t.Errorf("draft %+v", d)
	}
	b.click("export.preset")
	b.click("export.preset/mine")
	b.click("export.forget")
	if b.m.Kept("mine") {
		t.Error("the preset is not forgotten")
	}
	b.click("export.page.Files")
	b.place("export.frames")
}

// A summary says what was verified, and what was not.
func TestVerifiedWords(t *testing.T) {
	sum := export.Summary{Frames: 2, Files: 4, Bytes: 1000, Elapsed: time.Second, Recast: export.Recast{Pixels: 128, MaxError: 0.5}}
	for _, c := range []struct {
		res  model.Result
		want string
	}{
		{model.Result{Summary: sum}, "Not verified"},
		{model.Result{Summary: sum, Verified: true}, "4 files were read back and agree with what was cast, bit for bit; 128 pixels were cast again by asking every triangle and have the same Z."},
		{model.Result{Summary: export.Summary{Files: 1, Recast: export.Recast{Pixels: 1, MaxError: 3}}, Verified: true}, "the largest difference is 3 units in the last place"},
	} {
		if got := verifiedWords(&c.res); !strings.Contains(got, c.want) {
			t.Errorf("%q lacks %q", got, c.want)
		}
	}
}
