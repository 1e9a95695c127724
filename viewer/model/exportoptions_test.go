package model

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"zscope/depthcore/channels"
	"zscope/depthcore/depth"
	"zscope/depthcore/export"
	"zscope/depthcore/exr"
)

// What the dialog's second page says reaches the job, and what makes no sense
// is said in words.
func TestExportOptions(t *testing.T) {
	d := opened(t, 48)
	d.send(OpenExport{}, SetSurfaces{Surfaces{CullBackFaces: true, Clip: true, NoMask: true, BlendThreshold: 0.25}})
	draft := d.m.Export.Draft
	draft.Compression, draft.Level, draft.Threads, draft.Background = "zips", "3", "2", "0"
	draft.Baseline, draft.Profile = "0.25", export.Middlebury
	d.send(EditExport{draft})
	checks := take[CheckJob](d)
	j := checks[len(checks)-1].Job
	if j.Compression != exr.ZIPS || j.Level != 3 || j.Raycast.Threads != 2 || j.Baseline != 0.25 {
		t.Errorf("the job: %v, level %d, %d threads, baseline %g", j.Compression, j.Level, j.Raycast.Threads, j.Baseline)
	}
	if o := j.Raycast; !o.CullBackFaces || !o.Clip || !o.NoMask || o.BlendThreshold != 0.25 {
		t.Errorf("surfaces %+v", o)
	}
	draft.Profile = export.Plain
	for _, wrong := range []struct {
		edit  func(*Draft)
		words string
	}{
		{func(d *Draft) { d.Compression = "piz" }, "piz"},
		{func(d *Draft) { d.Level = "12" }, `"12" is not a number from 1 to 9`},
		{func(d *Draft) { d.Threads = "-1" }, `"-1" is not a number of threads`},
		{func(d *Draft) { d.Profile, d.Baseline = export.Middlebury, "0" }, "baseline"},
		{func(d *Draft) { d.Background = "sky" }, "sky"},
		{func(d *Draft) { d.Part = "auto" }, `part "auto" is not K/N`},
		{func(d *Draft) { d.Part = "4/3" }, `part "4/3" is not K/N`},
		{func(d *Draft) { d.Channels = "z,colour" }, `channel "colour"`},
		{func(d *Draft) { d.Stereo, d.Baseline = true, "" }, "baseline"},
	} {
		bad := draft
		wrong.edit(&bad)
		d.send(EditExport{bad})
		if p := d.m.Export.Problem; !strings.Contains(p, wrong.words) {
			t.Errorf("problem %q, want %q in it", p, wrong.words)
		}
	}

	// A part of the frames, for this machine.
	part := draft
	part.Part = "2/3"
	d.send(EditExport{part})
	if j := checks[0].Job; j.Shard != (export.Shard{}) {
		t.Errorf("the draft without a part is for shard %v", j.Shard)
	}
	checks = take[CheckJob](d)
	if j := checks[len(checks)-1].Job; j.Shard != (export.Shard{K: 2, N: 3}) || d.m.ExportPlan().Frames != len(j.Shard.Of(j.FrameList())) {
		t.Errorf("part 2/3: shard %v, %d frames", j.Shard, d.m.ExportPlan().Frames)
	}

	// Channels and a stereo pair reach the job, and count in its files.
	many := draft
	many.Formats, many.Channels, many.Stereo, many.Baseline = []export.Format{export.EXR, export.NPY}, "z, normal", true, "0.3"
	d.send(EditExport{many})
	checks = take[CheckJob](d)
	j = checks[len(checks)-1].Job
	if !slices.Equal(j.Channels, []channels.Channel{channels.Z, channels.Normal}) || !j.Stereo || j.Baseline != 0.3 {
		t.Errorf("the job: channels %v, stereo %v, baseline %g", j.Channels, j.Stereo, j.Baseline)
	}
	// An EXR, and an NPY for each of z, normal, disparity and occlusion, twice.
	if p := d.m.ExportPlan(); p.Files != 10*p.Frames {
		t.Errorf("%d files for %d frames", p.Files, p.Frames)
	}

	// The picture shows the same surfaces; another choice is a new picture, and
	// can be taken back.
	take[Render](d)
	d.send(SetSurfaces{Surfaces{BlendThreshold: 2}})
	if len(take[Render](d)) != 0 || len(d.m.Notices) == 0 {
		t.Error("an alpha of 2 was taken")
	}
	d.send(Undo{})
	if r := take[Render](d); len(r) != 1 || r[0].Request.Job.Raycast.Clip {
		t.Errorf("taken back: %+v", r)
	}
	if d.m.Surfaces() != (Surfaces{BlendThreshold: 0.5}) {
		t.Errorf("surfaces %+v", d.m.Surfaces())
	}
}

func TestPresets(t *testing.T) {
	d := opened(t, 48)
	d.send(OpenExport{})
	if d.m.Preset() != "EXR, lossless ZIP" {
		t.Errorf("the first draft is preset %q", d.m.Preset())
	}
	d.send(UsePreset{"NumPy arrays"})
	draft := d.m.Export.Draft
	if len(draft.Formats) != 1 || draft.Formats[0] != export.NPY || draft.Frames != "1-48" || draft.Dir == "" {
		t.Errorf("draft %+v", draft)
	}
	draft.Formats, draft.Level, draft.Frames, draft.Overwrite = []export.Format{export.EXR, export.PNG}, "9", "7", true
	draft.Channels, draft.Part = "z,normal", "1/2"
	d.send(EditExport{draft})
	if d.m.Preset() != "" {
		t.Errorf("a draft of its own is preset %q", d.m.Preset())
	}
	take[KeepSettings](d)
	d.send(KeepPreset{"EXR, lossless ZIP"}, KeepPreset{" "})
	if len(take[KeepSettings](d)) != 0 {
		t.Error("a preset without a name of its own was kept")
	}
	d.send(KeepPreset{" mine "})
	kept := take[KeepSettings](d)
	if len(kept) != 1 || len(kept[0].Settings.Presets) != 1 || kept[0].Settings.Presets[0].Draft.Frames != "" {
		t.Fatalf("kept %+v", kept)
	}

	next := opened(t, 30)
	next.send(SettingsKnown{kept[0].Settings}, OpenExport{}, UsePreset{"mine"})
	got := next.m.Export.Draft
	if next.m.Preset() != "mine" || !next.m.Kept("mine") || len(got.Formats) != 2 || got.Level != "9" || got.Channels != "z,normal" || got.Part != "" || got.Frames != "1-30" || got.Overwrite {
		t.Errorf("used in the next window: %+v", got)
	}
	next.send(ForgetPreset{"mine"})
	if next.m.Kept("mine") || next.m.Preset() != "" {
		t.Error("the preset is not forgotten")
	}
}

// The plan scales what was measured on the shown frame by size and frames, and
// measures anew only where that can change.
func TestExportPlan(t *testing.T) {
	d := opened(t, 48)
	d.send(OpenExport{})
	measures := take[MeasureExport](d)
	if len(measures) != 1 || measures[0].Picture.Serial != d.m.Shown.Serial {
		t.Fatalf("measures %+v", measures)
	}
	if p := d.m.ExportPlan(); p.Measured || !p.Fits() || p.First != "walk_z_0001.exr" || p.Last != "walk_z_0048.exr" || p.Files != 48 {
		t.Errorf("before it is measured: %+v", p)
	}
	d.m.Shown.Map = depth.New(32, 24)
	d.m.Pace = 2_000_000 // 2 µs a pixel
	d.send(ExportMeasured{measures[0].Serial, export.Cost{Bytes: 1000, Write: 10 * time.Millisecond}, 30_000, nil})
	draft := d.m.Export.Draft
	draft.Size, draft.Frames = "64x48", "1-10"
	d.send(EditExport{draft})
	if len(take[MeasureExport](d)) != 0 {
		t.Error("measured again for another size")
	}
	p := d.m.ExportPlan()
	if want := 10 * (40*time.Millisecond + 64*48*2*time.Microsecond); p.Bytes != 40_000 || p.Time != want || p.Fits() {
		t.Errorf("%+v, want 40000 bytes in %v, which do not fit", p, want)
	}
	draft.Formats = []export.Format{export.PFM}
	d.send(EditExport{draft})
	again := take[MeasureExport](d)
	if len(again) != 1 || d.m.ExportPlan().Measured {
		t.Error("another format is not measured")
	}
	d.send(ExportMeasured{measures[0].Serial, export.Cost{Bytes: 1}, -1, nil}, ExportMeasured{again[0].Serial, export.Cost{}, -1, context.Canceled})
	if d.m.ExportPlan().Measured {
		t.Error("an answer about another draft, or none, was taken")
	}
}
