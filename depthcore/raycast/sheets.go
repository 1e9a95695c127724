package raycast

import "math"

// sheets are the cells of a tile that see one surface all over, or none. What
// their pixels hold is not written until something else is drawn there: most
// pixels of a room, or of the sky, never are. Whoever reads or changes a pixel's
// nearness or id has to see to it that its cell is no sheet; the blocks' low is
// right all the same. Only the kernels of AVX512 leave cells like that.
type sheets struct {
	first [cells][16]float32 // nearness in the first pixel of each block
	a, b  [cells]float32     // what it changes by from column to column, and from row to row
	id    [cells]uint32      // record, 0 where no surface is seen
	low   [cells]float32     // of any cell: no pixel of it is less near; lags behind
	is    uint32             // the cells that are sheets, a bit each
	_     [15]uint32
}

// empty makes all cells sheets that see no surface.
func (s *sheets) empty(nearness float32) {
	*s = sheets{is: 1<<cells - 1}
	if nearness == 0 {
		return
	}
	for c := range s.first {
		s.low[c] = nearness
		for b := range s.first[c] {
			s.first[c][b] = nearness
		}
	}
}

// writeOut writes the pixels of a cell that is a sheet, which is none from then
// on.
func (p *pixels) writeOut(c int) {
	s := &p.sheets
	if s.is>>c&1 == 0 {
		return
	}
	s.is &^= 1 << c
	a, b, id := s.a[c], s.b[c], s.id[c]
	if id == 0 && s.first[c][0] == 0 {
		clear(p.nearness[16*c : 16*c+16])
		clear(p.id[16*c : 16*c+16])
		return
	}
	var step [16]float32
	for i := range step {
		step[i] = float32(math.FMA(float64(b), float64(i>>2), float64(a*float32(i&3))))
	}
	for k, first := range s.first[c] {
		near, ids := &p.nearness[16*c+k], &p.id[16*c+k]
		for i := range near {
			near[i], ids[i] = first+step[i], id
		}
	}
}
