package ui

import (
	"strconv"

	"golang.org/x/exp/shiny/materialdesign/icons"

	"zscope/viewer/model"
)

// lensSection shows the camera's intrinsics and lets them be replaced.
func (f *frame) lensSection(in *rect) {
	view := f.m.Shown.View
	head := rect{f.heading(in, "Camera")}
	if f.m.Refitted() {
		if f.button("own lens", head.right(f.dp(28)), button{icon: icons.ContentUndo, tip: "Back to the camera's own intrinsics"}) {
			f.emit(model.OwnLens{})
		}
		head.right(f.dp(4))
	}
	origin := 0
	if f.m.Settings.FromCentre {
		origin = 1
	}
	if i, ok := f.segments("lens.origin", head.right(f.dp(128)), []string{"corner", "centre"}, origin); ok {
		f.emit(model.SetPixelOrigin{Centre: i == 1})
	}
	in.top(f.dp(4))
	k := view.Intrinsics
	k.Cx -= f.m.PixelOrigin()
	k.Cy -= f.m.PixelOrigin()
	for _, pair := range [][2]struct {
		name  string
		which model.Intrinsic
		value float64
	}{{{"fx", model.Fx, k.Fx}, {"fy", model.Fy, k.Fy}}, {{"cx", model.Cx, k.Cx}, {"cy", model.Cy, k.Cy}}} {
		row := rect{in.top(f.dp(rowHeight))}
		half := (row.Dx() - f.dp(8)) / 2
		for _, one := range pair {
			cell := rect{row.left(half)}
			row.left(f.dp(8))
			f.text(cell.left(f.dp(24)), one.name, f.faint())
			shown := strconv.FormatFloat(one.value, 'g', 7, 64)
			if s, ok := f.field("lens."+one.name, cell.Rectangle, shown, fieldLook{unit: "px", right: true}, false); ok {
				if v, ok := number(s); ok {
					f.emit(model.SetIntrinsic{Which: one.which, Value: v})
				}
			}
		}
		in.top(f.dp(4))
	}
	if !k.Lens.IsPinhole() {
		f.text(in.top(f.dp(20)), "Lens: "+k.Lens.String(), f.faint())
	}
}
