package alignment

import "math"

// edges is a field of depth whose pixels without an edge are left out: that is
// nearly all of them.
type edges struct {
	w, h      int
	step      int     // only every so manieth row counts
	at        []int32 // pixels that stay inside at every shift
	v         []float32
	sum, sum2 float64
}

// enough edge pixels say as much as all of them: where there are more, rows are
// left out.
const enough = 40_000

func newEdges(f field) edges {
	e := edges{w: f.w, h: f.h}
	all := 0
	for _, v := range f.v {
		if v > 0 {
			all++
		}
	}
	e.step = 1 + all/enough
	for y := Reach; y < f.h-Reach; y += e.step {
		for x := Reach; x < f.w-Reach; x++ {
			if v := f.v[y*f.w+x]; v > 0 {
				e.at = append(e.at, int32(y*f.w+x))
				e.v = append(e.v, v)
				e.sum += float64(v)
				e.sum2 += float64(float64(v) * float64(v))
			}
		}
	}
	return e
}

// against returns the correlation with a picture at each shift: at entry
// (dy+Reach)*side + dx+Reach pixel (x, y) of the depth is held against pixel
// (x+dx, y+dy) of the picture. ok is false where one of the two has no edges.
func (e *edges) against(f field) (r [side * side]float64, ok bool) {
	if e.w <= 2*Reach || e.h <= 2*Reach {
		return r, false
	}
	rows := (e.h - 2*Reach + e.step - 1) / e.step
	n := float64((e.w - 2*Reach) * rows)
	spread := e.sum2 - e.sum*e.sum/n
	if !(spread > 0) {
		return r, false
	}
	sums, sums2 := windows(f, e.step)
	for dy := -Reach; dy <= Reach; dy++ {
		for dx := -Reach; dx <= Reach; dx++ {
			i := (dy+Reach)*side + dx + Reach
			other := sums2[i] - sums[i]*sums[i]/n
			if !(other > 1e-9*n) {
				return r, false
			}
			shifted := int32(dy*e.w + dx)
			product := 0.0
			for k, at := range e.at {
				product += float64(float64(e.v[k]) * float64(f.v[at+shifted]))
			}
			r[i] = (product - e.sum*sums[i]/n) / math.Sqrt(spread*other)
		}
	}
	return r, true
}

// windows returns the sum of a field and of its squares over the inner pixels of
// each step-th row, moved by each shift.
func windows(f field, step int) (sums, sums2 [side * side]float64) {
	inner := f.w - 2*Reach
	for y := range f.h {
		row := f.v[y*f.w:][:f.w]
		var s, s2 [side]float64
		for _, v := range row[:inner] {
			s[0] += float64(v)
			s2[0] += float64(float64(v) * float64(v))
		}
		for k := 1; k < side; k++ {
			out, in := float64(row[k-1]), float64(row[inner+k-1])
			s[k] = s[k-1] - out + in
			s2[k] = s2[k-1] - float64(out*out) + float64(in*in)
		}
		// Row y belongs to the window of each dy that takes an inner row to it.
		for dy := -Reach; dy <= Reach; dy++ {
			if from := y - dy; from < Reach || from >= f.h-Reach || (from-Reach)%step != 0 {
				continue
			}
			for k := range side {
				sums[(dy+Reach)*side+k] += s[k]
				sums2[(dy+Reach)*side+k] += s2[k]
			}
		}
	}
	return sums, sums2
}
