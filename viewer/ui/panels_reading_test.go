package ui

import (
	"image"
	"math"
	"time"

	"gioui.org/io/key"
	"gioui.org/io/pointer"

	"zscope/depthcore/difference"
	"zscope/depthcore/export"
	"zscope/viewer/model"
)

func init() {
	panels = append(panels, []shownPanel{
		{"area and pins", func(b *bench) {
			b.open()
			b.clickWith(b.onPixel(40, 30), key.ModShortcut)
			b.clickWith(b.onPixel(90, 70), key.ModShortcut|key.ModShift)
			b.update(model.SetArea{Pixels: image.Rect(60, 20, 85, 50)})
			b.measureAreas()
			curves := make([][]float32, 2)
			for i := range 100 {
				curves[0] = append(curves[0], 9+float32(math.Sin(float64(i)/9)))
				curves[1] = append(curves[1], 12+float32(i)/20)
			}
			b.update(model.CacheKnown{Serial: b.m.Want, Frames: make([]bool, 100), Traces: curves})
			b.settle()
			b.ui.panel.scroll = 470
			b.pointer(pointer.Move, b.onPixel(20, 100), 0, 0)
		}},
		{"compare", func(b *bench) {
			b.open()
			_, img := b.openCompare()
			for y := range img.Rect.Dy() { // as a tilted plane differs
				for x := range img.Rect.Dx() {
					img.SetRGBA(x, y, difference.Color(float64(x+y-140)/140))
				}
			}
			b.m.Compare.Diagnosing = false
			b.m.Compare.Finding = "Euclidean distance from the camera instead of planar Z, and half a pixel off to the right: 99.98 % of the pixels then agree within 1e-5"
			b.settle()
			b.pointer(pointer.Move, b.onPixel(60, 40), 0, 0)
		}},
		{"animations", func(b *bench) {
			b.open()
			s := *b.m.Job.Scene
			first := s.Animations[0]
			for _, name := range []string{"Camera and its target, baked", "Walk"} {
				first.Name = name
				s.Animations = append(s.Animations[:len(s.Animations):len(s.Animations)], first)
			}
			b.m.Job.Scene = &s
			b.ui.panel.scroll = 1 << 20
		}},
		{"free camera", func(b *bench) {
			b.open()
			b.press("C", 0)
			b.answer()
		}},
		{"marks", func(b *bench) {
			b.open()
			b.update(model.SetMarks{In: 20, Out: 62, Done: true})
			b.update(model.GoTo{Frame: 40})
			b.answer()
			b.settle()
			b.reach("mark out")
		}},
		{"part exported", func(b *bench) {
			b.open()
			b.m.Export.Result = &model.Result{Dir: "/home/somebody/scenes/a long folder name/depth", Summary: export.Summary{
				Frames: 157, Files: 314, Bytes: 1_545_678_901, Elapsed: 94 * time.Second, Recast: export.Recast{Pixels: 10_048},
			}, Verified: true, Part: export.Shard{K: 3, N: 8}}
		}},
		{"points", func(b *bench) {
			b.open()
			for i := range b.m.Shown.Map.Z {
				if x, y := i%160-60, i/160-60; x*x+y*y < 900 {
					b.m.Shown.Map.Z[i] = 4
				}
			}
			b.press("S", 0)
			b.openRGB()
			b.drawClouds()
		}},
		{"points large", func(b *bench) {
			b.open()
			b.press("S", key.ModShift)
			b.drawClouds()
		}},
		{"edges alone", func(b *bench) {
			b.open()
			b.m.Shown.Map.Z[70*160+80] = 2
			b.press("E", key.ModShift)
			b.outlined()
			b.ui.panel.scroll = 1 << 20
		}},
		{"rgb fit", func(b *bench) {
			b.open()
			b.openRGB()
			b.press("E", key.ModShift)
			b.outlined()
			b.update(model.FindFit{})
			b.fitted()
			b.update(model.ChooseSize{Width: 640, Height: 480})
			b.answer()
			b.ui.panel.scroll = 430
		}},
		{"rgb searching", func(b *bench) {
			b.open()
			b.openRGB()
			b.update(model.SetRGBWipe{Wipe: true})
			b.update(model.FindFit{})
			b.m.RGB.Fit.Done = 17
			b.ui.panel.scroll = 430
		}},
		{"key pointer", func(b *bench) {
			b.open()
			b.press(key.NameRightArrow, key.ModShortcut)
			b.press("V", 0)
			b.press(key.NameDownArrow, key.ModShortcut|key.ModShift)
			b.measureAreas()
		}},
	}...)
}
