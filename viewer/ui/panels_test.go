package ui

import (
	"errors"
	"image"
	"time"

	"gioui.org/f32"
	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"zscope/depthcore/export"
	"zscope/viewer/model"
)

// shownPanel is a part of the window that is drawn.
type shownPanel struct {
	name string
	show func(b *bench)
}

// panels are what there is to draw: each part, card and list of the window.
var panels = []shownPanel{
	{"empty", func(b *bench) {}},
	{"main", func(b *bench) { b.open() }},
	{"reading", func(b *bench) {
		b.open()
		p := b.place("picture")
		for _, at := range []f32.Point{{X: 100, Y: 100}, {X: 200, Y: 150}} {
			b.update(model.PinAt{At: at})
		}
		b.update(model.ToggleLines{})
		b.settle()
		b.pointer(pointer.Move, centre(p), 0, 0)
		b.update(model.Probed{})
		b.settle()
	}},
	{"numbers", func(b *bench) {
		b.open()
		b.update(model.ZoomBy{Factor: 40, At: f32.Pt(200, 150)})
	}},
	{"rgb", func(b *bench) {
		b.open()
		b.update(model.Dropped{Paths: []string{"/scenes/rgb/frame_0001.png"}})
		for _, cmd := range b.take() {
			if l, ok := cmd.(model.LoadRGB); ok {
				b.update(model.RGBFound{Serial: l.Serial, Path: "/scenes/rgb/frame_####.png", First: 1, Last: 100, Count: 100, Size: image.Pt(160, 120)})
			}
		}
	}},
	{"panel end", func(b *bench) {
		b.open()
		b.m.Job.Scene.Source.Format = "STL (binary)"
		b.ui.panel.scroll = 1 << 20
	}},
	{"export", func(b *bench) {
		b.open()
		b.update(model.OpenExport{})
		for _, cmd := range b.take() {
			switch c := cmd.(type) {
			case model.CheckJob:
				b.update(model.JobChecked{Serial: c.Serial})
			case model.MeasureExport:
				b.update(model.ExportMeasured{Serial: c.Serial, Cost: export.Cost{Bytes: 20_000, Write: time.Millisecond}, Room: 123_456_789_012})
			}
		}
	}},
	{"export options", func(b *bench) {
		b.open()
		b.update(model.OpenExport{})
		for _, cmd := range b.take() {
			switch c := cmd.(type) {
			case model.CheckJob:
				b.update(model.JobChecked{Serial: c.Serial})
			case model.MeasureExport:
				b.update(model.ExportMeasured{Serial: c.Serial, Cost: export.Cost{Bytes: 20_000, Write: time.Millisecond}, Room: 123_456_789_012})
			}
		}
		b.update(model.KeepPreset{Name: "For the nightly comparison with the other program"})
		b.ui.dialog.page = 1
	}},
	{"export problem", func(b *bench) {
		b.open()
		b.update(model.OpenExport{})
		for _, cmd := range b.take() {
			if c, ok := cmd.(model.CheckJob); ok {
				b.update(model.JobChecked{Serial: c.Serial, Err: errors.New("hall_z_0001.exr exists in /home/somebody/scenes/a long folder name/depth already: choose another folder or name, or allow overwriting")})
			}
		}
	}},
	{"exporting", func(b *bench) {
		b.open()
		b.m.Export.Running = true
		b.m.Export.Progress = export.Progress{Total: 1250, Done: 417, Left: 1500 * time.Second}
	}},
	{"paused", func(b *bench) {
		b.open()
		b.m.Export.Running, b.m.Export.Paused = true, true
		b.m.Export.Progress = export.Progress{Total: 1250, Done: 417}
	}},
	{"exported", func(b *bench) {
		b.open()
		b.m.Export.Result = &model.Result{Dir: "/home/somebody/scenes/a long folder name/depth", Summary: export.Summary{
			Frames: 1250, Files: 2500, Bytes: 12_345_678_901, Elapsed: 754 * time.Second, Recast: export.Recast{Pixels: 80000},
		}, Verified: true}
	}},
	{"quit", func(b *bench) {
		b.open()
		b.m.Export.Running = true
		b.m.Export.Progress = export.Progress{Total: 1250, Done: 417, Left: 1500 * time.Second}
		b.update(model.CloseAsked{})
	}},
	{"path", func(b *bench) {
		b.open()
		b.update(model.Chosen{Err: errors.New("no dialog")})
	}},
	{"keys", func(b *bench) {
		b.open()
		b.press("?", 0)
	}},
	{"commands", func(b *bench) {
		b.open()
		b.press("P", key.ModShortcut)
	}},
	{"list", func(b *bench) {
		b.open()
		b.click("size")
	}},
	{"recent", func(b *bench) {
		b.open()
		b.update(model.RecentKnown{Paths: []string{"/home/somebody/scenes/a long folder name/hall.glb", "/scenes/room.gltf"}})
		b.settle()
		b.click("recent")
	}},
	{"tip", func(b *bench) {
		b.open()
		b.pointer(pointer.Move, centre(b.place("help")), 0, 0)
		b.now = b.now.Add(time.Minute)
	}},
	{"drag over", func(b *bench) {
		b.open()
		b.update(model.DragOver{Over: true})
	}},
	{"drag over, known", func(b *bench) {
		b.open()
		b.update(model.DragOver{Over: true, Paths: []string{"/a/hall.glb", "/a/hall.cameras.json", "/a/frames", "/a/z_0001.exr"}})
	}},
	{"notices", func(b *bench) {
		b.open()
		b.update(model.TrackFailed{Err: errors.New(`cameras.json: frame 17: the rotation is not orthonormal: its columns have lengths 1, 1 and 0.25; was a scale left in the matrix?`)})
		b.update(model.TrackLoaded{})
		b.update(model.Open{Path: "/scenes/gone.glb"})
		for _, cmd := range b.take() {
			if l, ok := cmd.(model.Load); ok {
				b.update(model.LoadFailed{Serial: l.Serial, Err: errors.New("load gone.glb: there is no such file")})
			}
		}
	}},
}
