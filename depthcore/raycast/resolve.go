package raycast

import (
	"math"

	"zscope/depthcore/depth"
)

// resolve measures Z of the tile's pixels and writes them to the map.
func (w *worker) resolve() {
	columns, rows := 0, 0 // of whole blocks
	if w.wide {
		columns, rows = w.tile.Dx()/4, w.tile.Dy()/4
	}
	for by := 0; by < rows; by += 4 {
		for bx := 0; bx < columns; bx += 4 {
			n := bx // the next sheet
			for n < columns && w.sheets.is>>(by>>2*cellsX+n>>2)&1 == 0 {
				n += 4
			}
			w.resolveBlocks(bx, by, min(n, columns), min(by+4, rows))
			if bx = n; bx < columns {
				w.resolveSheet(by>>2*cellsX + bx>>2)
			}
		}
	}
	if 4*columns < w.tile.Dx() {
		for y := range 4 * rows {
			w.resolveRow(y, 4*columns)
		}
	}
	for y := 4 * rows; y < w.tile.Dy(); y++ {
		w.resolveRow(y, 0)
	}
}

// resolveBlocks does so for a rectangle of blocks of one row of cells.
func (w *worker) resolveBlocks(x0, y0, x1, y1 int) {
	if x0 == x1 {
		return
	}
	f, m := w.frame, w.frame.out
	for by := y0; by < y1; by++ {
		x, y := w.tile.Min.X+4*x0, w.tile.Min.Y+4*by
		first, _ := pixelAt(4*x0, 4*by)
		resolveWide(w.path, &w.id[first], &w.records[0], &f.xs[x], &f.ys[y], &m.Z[y*m.Width+x], 4*m.Width, x1-x0, w.ortho)
	}
}

// resolveSheet does so for a cell that is a sheet.
func (w *worker) resolveSheet(c int) {
	x, y := placeOf(16*c, 0)
	x, y = x+w.tile.Min.X, y+w.tile.Min.Y
	f, m := w.frame, w.frame.out
	resolveSheetWide(w.path, w.sheets.id[c], &w.records[0], &f.xs[x], &f.ys[y], &m.Z[y*m.Width+x], 4*m.Width, w.ortho)
}

// resolveRow does so for the pixels of a row of the tile from a column on. What
// pixels of one surface share is computed once, in the order of plane3.at.
func (w *worker) resolveRow(y, first int) {
	f, m := w.frame, w.frame.out
	v := f.ys[w.tile.Min.Y+y]
	out := m.Z[(w.tile.Min.Y+y)*m.Width+w.tile.Min.X:][:w.tile.Dx()]
	xs := f.xs[w.tile.Min.X:][:len(out)]
	ids := w.pixelIDs()
	row, column := rowOf(int64(y)), columnOf(int64(first))
	last := uint32(math.MaxUint32)
	var px, pyv, pc, other, near, far float64
	for x := first; x < len(out); x++ {
		if id := ids[(row|column)&(16*blocks-1)]; id != last {
			last = id
			r := &w.records[id]
			px, pyv, pc, other, near, far = r.plane.x, float64(r.plane.y*v), r.plane.c, r.other, r.near, r.far
		}
		column = (column - columnBits) & columnBits
		z := float64(px*xs[x]) + pyv + pc
		if w.ortho {
			z = z / other
		} else {
			z = other / z
		}
		if z < near {
			z = near
		}
		if z > far {
			z = far
		}
		out[x] = float32(z)
	}
}

// writeEmpty writes a tile that sees nothing.
func (w *worker) writeEmpty() {
	m := w.frame.out
	first := m.Z[w.tile.Min.Y*m.Width+w.tile.Min.X:][:w.tile.Dx()]
	for x := range first {
		first[x] = depth.Empty()
	}
	for y := w.tile.Min.Y + 1; y < w.tile.Max.Y; y++ {
		copy(m.Z[y*m.Width+w.tile.Min.X:], first) // quicker than one by one
	}
}
