package ui

import (
	"image"
	"image/color"

	"gioui.org/f32"
	"gioui.org/font"
	"gioui.org/layout"
	"gioui.org/op"
	"gioui.org/op/clip"
	"gioui.org/op/paint"
	"gioui.org/text"
	"gioui.org/unit"
	"gioui.org/widget"

	"zscope/viewer/model"
)

// frame is one drawing of the window. Everything is drawn at its place in the
// window's coordinates, so that a rectangle means the same to whoever draws,
// to a pointer event and to a test.
type frame struct {
	layout.Context
	*UI
	m    model.Model
	msgs []model.Msg
	// again is set where a gesture changed what was drawn already.
	again bool
	// resting is set while what lies below a card is drawn: controls rest.
	resting bool
	// submitted is the field in which Enter was pressed.
	submitted string
}

func (f *frame) emit(msg model.Msg) { f.msgs = append(f.msgs, msg) }

func (f *frame) dp(d unit.Dp) int { return f.Dp(d) }

// rect is a rectangle from which pieces are cut.
type rect struct{ image.Rectangle }

func (r *rect) left(w int) image.Rectangle {
	w = min(w, r.Dx())
	cut := image.Rect(r.Min.X, r.Min.Y, r.Min.X+w, r.Max.Y)
	r.Min.X += w
	return cut
}

func (r *rect) right(w int) image.Rectangle {
	w = min(w, r.Dx())
	cut := image.Rect(r.Max.X-w, r.Min.Y, r.Max.X, r.Max.Y)
	r.Max.X -= w
	return cut
}

func (r *rect) top(h int) image.Rectangle {
	h = min(h, r.Dy())
	cut := image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+h)
	r.Min.Y += h
	return cut
}

func (r *rect) bottom(h int) image.Rectangle {
	h = min(h, r.Dy())
	cut := image.Rect(r.Min.X, r.Max.Y-h, r.Max.X, r.Max.Y)
	r.Max.Y -= h
	return cut
}

// inset returns r less x at the sides and y at top and bottom.
func inset(r image.Rectangle, x, y int) image.Rectangle {
	return image.Rect(r.Min.X+x, r.Min.Y+y, max(r.Min.X+x, r.Max.X-x), max(r.Min.Y+y, r.Max.Y-y))
}

// middle returns a rectangle of height h in the vertical middle of r.
func middle(r image.Rectangle, h int) image.Rectangle {
	y := r.Min.Y + (r.Dy()-h)/2
	return image.Rect(r.Min.X, y, r.Max.X, y+h)
}

func (f *frame) fill(r image.Rectangle, c color.NRGBA) {
	if !r.Empty() {
		paint.FillShape(f.Ops, c, clip.Rect(r).Op())
	}
}

// fillAround fills r but for a part of it, which something else covers.
func (f *frame) fillAround(r, part image.Rectangle, c color.NRGBA) {
	if part.Empty() {
		f.fill(r, c)
		return
	}
	f.fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, part.Min.Y), c)
	f.fill(image.Rect(r.Min.X, part.Max.Y, r.Max.X, r.Max.Y), c)
	f.fill(image.Rect(r.Min.X, part.Min.Y, part.Min.X, part.Max.Y), c)
	f.fill(image.Rect(part.Max.X, part.Min.Y, r.Max.X, part.Max.Y), c)
}

func (f *frame) round(r image.Rectangle, radius unit.Dp, c color.NRGBA) {
	if !r.Empty() {
		f.plates.draw(f.Ops, r, min(f.dp(radius), min(r.Dx(), r.Dy())/2), 0, c)
	}
}

// outline draws a line along the edge of r, within it.
func (f *frame) outline(r image.Rectangle, radius unit.Dp, c color.NRGBA) {
	if !r.Empty() {
		f.plates.draw(f.Ops, r, min(f.dp(radius), min(r.Dx(), r.Dy())/2), max(1, f.dp(1)), c)
	}
}

func (f *frame) polygon(c color.NRGBA, points ...f32.Point) {
	var p clip.Path
	p.Begin(f.Ops)
	p.MoveTo(points[0])
	for _, q := range points[1:] {
		p.LineTo(q)
	}
	p.Close()
	paint.FillShape(f.Ops, c, clip.Outline{Path: p.End()}.Op())
}

// style is how a line of text looks.
type style struct {
	size  unit.Sp
	bold  bool
	color color.NRGBA
	align text.Alignment
	lines int // at most; 0 is 1
}

func (f *frame) plain() style             { return style{size: normal, color: f.pal.text} }
func (f *frame) faint() style             { return style{size: small, color: f.pal.dim} }
func (s style) in(c color.NRGBA) style    { s.color = c; return s }
func (s style) to(a text.Alignment) style { s.align = a; return s }
func (s style) strong() style             { s.bold = true; return s }
func (s style) upTo(lines int) style      { s.lines = lines; return s }

// text draws s in r, in the vertical middle, with an ellipsis where it does
// not fit. It returns the size that it took.
func (f *frame) text(r image.Rectangle, s string, st style) image.Point {
	if r.Empty() || s == "" {
		return image.Point{}
	}
	call, size := f.shape(r.Size(), s, st)
	at := r.Min
	if size.Y < r.Dy() {
		at.Y += (r.Dy() - size.Y) / 2
	}
	defer clip.Rect(r).Push(f.Ops).Pop()
	defer op.Offset(at).Push(f.Ops).Pop()
	call.Add(f.Ops)
	return size
}

// paragraph is text from the top of r on.
func (f *frame) paragraph(r image.Rectangle, s string, st style) image.Point {
	_, size := f.shape(r.Size(), s, st)
	r.Max.Y = min(r.Max.Y, r.Min.Y+size.Y)
	return f.text(r, s, st)
}

// extent returns the size of s within a width.
func (f *frame) extent(width int, s string, st style) image.Point {
	_, size := f.shape(image.Pt(width, 1<<20), s, st.to(text.Start))
	return size
}

// width returns the width of a line of text.
func (f *frame) width(s string, st style) int { return f.extent(1<<20, s, st).X }

func (f *frame) shape(within image.Point, s string, st style) (op.CallOp, image.Point) {
	gtx := f.Context
	gtx.Constraints = layout.Constraints{Max: within}
	if st.align != text.Start {
		gtx.Constraints.Min.X = within.X
	}
	macro := op.Record(f.Ops)
	lines := max(1, st.lines)
	label := widget.Label{MaxLines: lines, Alignment: st.align}
	dims := label.Layout(gtx, f.shaper, typeface(st.bold), st.size, s, f.ink(st.color))
	return macro.Stop(), dims.Size
}

func typeface(bold bool) font.Font {
	if bold {
		return font.Font{Typeface: "Roboto", Weight: font.Medium}
	}
	return font.Font{Typeface: "Roboto"}
}

// ink records a colour as text material.
func (f *frame) ink(c color.NRGBA) op.CallOp {
	macro := op.Record(f.Ops)
	paint.ColorOp{Color: c}.Add(f.Ops)
	return macro.Stop()
}

// icon draws an icon of the given size in the middle of r.
func (f *frame) icon(r image.Rectangle, data []byte, size unit.Dp, c color.NRGBA) {
	n := f.dp(size)
	key := iconKey{&data[0], n, c}
	ic, ok := f.icons[key]
	if !ok {
		made, err := widget.NewIcon(data)
		if err != nil {
			return // the icons are constants of their package
		}
		ic = made
		f.icons[key] = ic
	}
	at := image.Pt(r.Min.X+(r.Dx()-n)/2, r.Min.Y+(r.Dy()-n)/2)
	defer op.Offset(at).Push(f.Ops).Pop()
	gtx := f.Context
	gtx.Constraints = layout.Exact(image.Pt(n, n))
	ic.Layout(gtx, c)
}

type iconKey struct {
	data  *byte
	size  int
	color color.NRGBA
}

// name makes a control's place known to tests.
func (f *frame) name(name string, r image.Rectangle) { f.places[name] = r }
