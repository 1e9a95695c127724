package ui

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"gioui.org/f32"
	"gioui.org/io/pointer"
	"gioui.org/op"
	"gioui.org/op/paint"
	"golang.org/x/exp/shiny/materialdesign/icons"

	"zscope/viewer/model"
)

// overlay is the RGB picture as the graphics card knows it.
type overlay struct {
	of *image.RGBA
	op paint.ImageOp
}

// drawRGB lays the RGB picture over the depth: blended, or left of the wipe.
func (f *frame) drawRGB(r image.Rectangle) {
	img := f.m.Over()
	if img == nil {
		return
	}
	place, size := f.m.Place(), f.m.PictureSize()
	x := int(place.X+f.m.RGB.At*place.Scale*float64(size.X)) + r.Min.X
	switch {
	case f.m.Peeking:
	case f.m.RGB.Wipe:
		defer pushRect(f.Ops, image.Rect(r.Min.X, r.Min.Y, x, r.Max.Y)).Pop()
	default:
		defer paint.PushOpacity(f.Ops, float32(f.m.RGB.Opacity)).Pop()
	}
	f.drawOver(r, img, &f.overlay)
}

// drawOver stretches a picture over the depth.
func (f *frame) drawOver(r image.Rectangle, img *image.RGBA, o *overlay) {
	place, size := f.m.Place(), f.m.PictureSize()
	sx := float32(place.Scale) * float32(size.X) / float32(img.Rect.Dx())
	sy := float32(place.Scale) * float32(size.Y) / float32(img.Rect.Dy())
	if o.of != img {
		*o = overlay{img, paint.NewImageOp(img)}
	}
	o.op.Filter = paint.FilterLinear
	if sx >= 1 {
		o.op.Filter = paint.FilterNearest
	}
	at := f32.Pt(float32(place.X)+float32(r.Min.X), float32(place.Y)+float32(r.Min.Y))
	defer op.Affine(f32.AffineId().Scale(f32.Point{}, f32.Pt(sx, sy)).Offset(at)).Push(f.Ops).Pop()
	// The picture's own edge: a paint operation fills all of the clip.
	defer pushRect(f.Ops, img.Rect).Pop()
	o.op.Add(f.Ops)
	paint.PaintOp{}.Add(f.Ops)
}

// wipeHandle is the line that parts the RGB picture from the depth.
func (f *frame) wipeHandle(r image.Rectangle) {
	if f.m.Over() == nil || !f.m.RGB.Wipe || f.m.Peeking {
		return
	}
	place, width := f.m.Place(), float64(f.m.PictureSize().X)
	x := int(place.X+f.m.RGB.At*place.Scale*width) + r.Min.X
	grip := image.Rect(x-f.dp(6), r.Min.Y, x+f.dp(6), r.Max.Y).Intersect(r)
	d, at, moved := f.drag("wipe", grip, pointer.CursorColResize)
	if moved {
		f.emit(model.MoveRGBWipe{At: (float64(at.X) - float64(r.Min.X) - place.X) / (place.Scale * width)})
	}
	if n := f.arrows("wipe", d, grip); n != 0 {
		f.emit(model.MoveRGBWipe{At: f.m.RGB.At + float64(n)/100})
	}
	ink := rgb(0xffffff)
	if d.hovered || d.active {
		ink = f.pal.accent
	}
	f.fill(image.Rect(x-max(1, f.dp(1)), r.Min.Y, x+max(1, f.dp(1)), r.Max.Y), ink)
	knob := image.Rect(x-f.dp(10), 0, x+f.dp(10), f.dp(20)).Add(image.Pt(0, r.Min.Y+r.Dy()/2-f.dp(10)))
	f.round(knob, 10, ink)
	f.icon(knob, icons.ActionSwapHoriz, 16, f.knobInk(ink))
}

// knobInk is what is read on white, and on the accent.
func (f *frame) knobInk(ground color.NRGBA) color.NRGBA {
	if ground == f.pal.accent {
		return f.pal.onAccent
	}
	return rgb(0x15171b)
}

func (f *frame) rgbSection(in *rect) {
	r := f.m.RGB
	head := rect{f.heading(in, "RGB")}
	if f.button("rgb.close", head.right(f.dp(28)), button{icon: icons.NavigationClose, tip: "Take the RGB pictures away"}) {
		f.emit(model.CloseRGB{})
	}
	eye := button{icon: icons.ActionVisibility, tip: "Hide, to compare (B)", on: true}
	if r.Hidden {
		eye = button{icon: icons.ActionVisibilityOff, tip: "Show (B)"}
	}
	if f.button("rgb.show", head.right(f.dp(28)), eye) {
		f.emit(model.ToggleRGB{})
	}
	in.top(f.dp(4))
	words := fmt.Sprintf("%s, %d to %d", filepath.Base(r.Path), r.First, r.Last)
	if n := f.m.Shown.Frame + r.Offset; r.Image == nil && r.Number == n {
		words = fmt.Sprintf("There is no picture %d", n)
	}
	f.text(in.top(f.dp(20)), words, f.faint())
	if f.m.Free {
		f.words(in, "The free camera sees what the pictures do not show. Press C to look through the scene's.")
	}
	if odd := f.m.Mismatch(); odd != "" {
		f.name("rgb.mismatch", in.Rectangle)
		f.remark(in, odd, f.pal.warn)
	}
	in.top(f.dp(4))
	selected := 0
	if r.Wipe {
		selected = 1
	}
	if i, ok := f.segments("rgb", in.top(f.dp(rowHeight)), []string{"Blend", "Wipe"}, selected); ok {
		f.emit(model.SetRGBWipe{Wipe: i == 1})
	}
	in.top(f.dp(8))
	if !r.Wipe {
		row := rect{in.top(f.dp(rowHeight))}
		f.text(row.left(f.dp(64)), "Opacity", f.faint())
		f.slider("rgb.opacity", row.Rectangle, r.Opacity, func(x float64) { f.emit(model.SetRGBOpacity{Opacity: x}) })
		in.top(f.dp(8))
	}
	f.offsetRow(in)
	in.top(f.dp(8))
	f.edgesRow(in)
	in.top(f.dp(8))
	f.fitRows(in)
}

// offsetRow says which picture belongs to which frame.
func (f *frame) offsetRow(in *rect) {
	r := f.m.RGB
	row := rect{in.top(f.dp(rowHeight))}
	f.text(row.left(f.dp(64)), "Offset", f.faint())
	if f.button("rgb.later", row.right(f.dp(28)), button{icon: icons.ContentAdd, tip: "A later picture: frame n has picture n + offset (])"}) {
		f.emit(model.StepRGBOffset{By: 1})
	}
	row.right(f.dp(4))
	if s, ok := f.field("rgb.offset", row.right(f.dp(64)), strconv.Itoa(r.Offset), fieldLook{right: true}, false); ok {
		if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil {
			f.emit(model.SetRGBOffset{Offset: n})
		}
	}
	row.right(f.dp(4))
	if f.button("rgb.earlier", row.right(f.dp(28)), button{icon: icons.ContentRemove, tip: "An earlier picture ([)"}) {
		f.emit(model.StepRGBOffset{By: -1})
	}
}

// slider is a value from 0 to 1.
func (f *frame) slider(name string, r image.Rectangle, value float64, set func(float64)) {
	d, at, moved := f.drag(name, r, pointer.CursorPointer)
	if n := f.arrows(name, d, r); n != 0 {
		set(math.Max(0, math.Min(1, value+float64(n)/20)))
	}
	knob := f.dp(7)
	bar := inset(middle(r, f.dp(4)), knob, 0)
	if moved {
		set(math.Max(0, math.Min(1, float64(at.X-float32(bar.Min.X))/float64(max(1, bar.Dx())))))
	}
	f.round(bar, 2, f.pal.hover)
	x := bar.Min.X + int(value*float64(bar.Dx()))
	f.round(image.Rect(bar.Min.X, bar.Min.Y, x, bar.Max.Y), 2, f.pal.accent)
	ink := f.pal.text
	if d.hovered || d.active {
		ink = f.pal.accent
	}
	y := r.Min.Y + r.Dy()/2
	f.round(image.Rect(x-knob, y-knob, x+knob, y+knob), 7, ink)
}
