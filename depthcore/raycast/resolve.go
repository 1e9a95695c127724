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
	f, m := w.frame, w.frame.out
	for by := 0; by < rows && columns > 0; by++ {
		y := w.tile.Min.Y + 4*by
		first, _ := pixelAt(0, 4*by)
		resolveWide(w.path, &w.id[first], &w.records[0], &f.xs[w.tile.Min.X], &f.ys[y], &m.Z[y*m.Width+w.tile.Min.X], 4*m.Width, columns, w.ortho)
	}
	for y := range w.tile.Dy() {
		first := 0
		if y < 4*rows {
			first = 4 * columns
		}
		w.resolveRow(y, first)
	}
}

// resolveRow does so for the pixels of a row of the tile from a column on. What
// pixels of one surface share is computed once, in the order of plane3.at.
func (w *worker) resolveRow(y, first int) {
	if first == w.tile.Dx() {
		return
	}
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
