// Package doctor finds out what a depth sequence of another program holds, by
// comparing it with the true planar Z of the same scene and camera.
//
// It tries what usually goes wrong - Euclidean distance instead of planar Z,
// inverse depth, a factor, rows upside down, half a pixel, another frame - and
// takes the simplest combination that explains the numbers. Pixels at edges,
// where half a pixel decides between two surfaces, carry no weight: what counts
// is how far the bulk of the pixels is from the explanation.
package doctor

import (
	"context"
	"fmt"
	"math"
	"slices"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
)

// Truth casts the true planar Z of a frame, with the principal point moved by
// (du, dv) pixels. The map is the caller's until the next call.
type Truth func(ctx context.Context, frame int, du, dv float64) (*depth.Map, camera.Intrinsics, error)

// Foreign returns the sequence's map of a frame.
type Foreign func(frame int) (*depth.Map, error)

// Quantity is what a pixel's number means.
type Quantity int

const (
	PlanarZ Quantity = iota
	Euclidean
	InverseZ
	InverseEuclidean
)

// Explanation is one way in which a sequence may differ from the truth.
type Explanation struct {
	Quantity     Quantity
	RowsFlipped  bool
	ColsFlipped  bool
	FrameOffset  int     // the map of frame n shows frame n + FrameOffset
	DU, DV       float64 // the picture is moved by so many pixels, right and down
	Factor       float64 // the numbers are this many times what they should be
	HalfFloat    bool    // rounded to 16-bit floats
	Deviation    float64 // relative; three quarters of the pixels are nearer than this
	Agreement    float64 // share of pixels within a thousandth
	Close        float64 // share of pixels within a hundred-thousandth
	BothHit      int     // pixels compared
	CoverageOff  float64 // share of pixels that are hit in only one of the two
	Exact        float64 // share of pixels equal bit for bit
	Explains     bool    // the numbers are explained
	FramesLooked []int
}

const (
	samples     = 6000 // pixels of a frame that are compared
	explained   = 2e-3 // largest Deviation that counts as explained
	good        = 1e-4 // Deviation that leaves nothing to explain of the bulk
	clearlyLess = 4    // a less simple explanation must be so many times closer
)

// Diagnose compares the sequence's frames (some of them, spread out) with the
// truth.
func Diagnose(ctx context.Context, frames []int, foreign Foreign, truth Truth) (Explanation, error) {
	looked := spread(frames, 4)
	d := &diagnosis{ctx: ctx, truth: truth, frames: looked}
	for _, n := range looked {
		m, err := foreign(n)
		if err != nil {
			return Explanation{}, err
		}
		d.foreign = append(d.foreign, m)
	}
	best, err := d.search()
	if err != nil {
		return Explanation{}, err
	}
	best.FramesLooked = looked
	best.Explains = best.Deviation <= explained && best.Agreement > 0.7
	best.HalfFloat = best.Explains && d.halves() && best.Exact < 0.9
	return best, nil
}

// spread picks n entries from all over the list.
func spread(list []int, n int) []int {
	if len(list) <= n {
		return list
	}
	out := make([]int, n)
	for i := range out {
		out[i] = list[i*(len(list)-1)/(n-1)]
	}
	return out
}

type diagnosis struct {
	ctx     context.Context
	truth   Truth
	frames  []int
	foreign []*depth.Map
}

// search tries explanations from the simple to the far-fetched and stops at
// the first that leaves nothing to explain.
func (d *diagnosis) search() (Explanation, error) {
	best := Explanation{Deviation: math.Inf(1)}
	halves := []float64{0.5, -0.5, 0}
	try := func(offset int, du, dv float64) error {
		e, err := d.fit(offset, du, dv)
		if err != nil {
			return err
		}
		if e.beats(&best, offset != best.FrameOffset || du != best.DU || dv != best.DV) {
			best = e
		}
		return nil
	}
	if err := try(0, 0, 0); err != nil || best.leavesNothing() {
		return best, err
	}
	for _, offset := range []int{1, -1, 2, -2} {
		if err := try(offset, 0, 0); err != nil || best.leavesNothing() {
			return best, err
		}
	}
	offset := best.FrameOffset
	for _, du := range halves {
		for _, dv := range halves {
			if du == 0 && dv == 0 {
				continue
			}
			if err := try(offset, du, dv); err != nil {
				return best, err
			}
		}
	}
	return best, nil
}

// beats reports whether e explains the numbers better than best does. One that is
// farther fetched must do so clearly: by the bulk of the pixels or, where the bulk
// looks the same either way, as a wall parallel to the image does when it is
// shifted, by how few are left over.
func (e *Explanation) beats(best *Explanation, farther bool) bool {
	switch {
	case !farther:
		return e.Deviation < best.Deviation
	case e.Deviation < best.Deviation/clearlyLess:
		return true
	}
	fewer := func(share, than float64) bool { return (1-share)*clearlyLess < 1-than }
	return e.Deviation <= max(good, best.Deviation) && // Numbers that are rounded are near, but not close.
		(fewer(e.Close, best.Close) && e.Agreement >= best.Agreement || fewer(e.Agreement, best.Agreement) && e.Close >= best.Close)
}

// leavesNothing reports whether e explains as good as all pixels.
func (e *Explanation) leavesNothing() bool { return e.Deviation <= good && e.Close >= 0.998 }

// pair is a foreign number beside the truth at the same pixel.
type pair struct{ got, planar, euclid float64 }

// fit finds the quantity, the flips and the factor that explain the numbers
// best, for one frame offset and one shift.
func (d *diagnosis) fit(offset int, du, dv float64) (Explanation, error) {
	best := Explanation{Deviation: math.Inf(1)}
	maps := make([]*depth.Map, len(d.frames))
	lens := make([]camera.Intrinsics, len(d.frames))
	for i, n := range d.frames {
		m, in, err := d.truth(d.ctx, n+offset, du, dv)
		if err != nil {
			return best, err
		}
		if f := d.foreign[i]; m.Width != f.Width || m.Height != f.Height {
			return best, fmt.Errorf("frame %d is %dx%d, but the camera's picture %dx%d", n, f.Width, f.Height, m.Width, m.Height)
		}
		own := *m
		own.Z = slices.Clone(m.Z)
		maps[i], lens[i] = &own, in
	}
	for _, rows := range []bool{false, true} {
		for _, cols := range []bool{false, true} {
			pairs, both, off, exact := d.pairs(maps, lens, rows, cols)
			for q := PlanarZ; q <= InverseEuclidean; q++ {
				e := measure(pairs, q)
				e.RowsFlipped, e.ColsFlipped, e.FrameOffset, e.DU, e.DV = rows, cols, offset, du, dv
				e.BothHit, e.CoverageOff, e.Exact = both, off, exact
				if e.beats(&best, rows || cols || q != PlanarZ) {
					best = e
				}
			}
		}
	}
	return best, nil
}

// pairs samples pixels that both maps hit.
func (d *diagnosis) pairs(maps []*depth.Map, lens []camera.Intrinsics, rows, cols bool) (pairs []pair, both int, off, exact float64) {
	total, missed, equal := 0, 0, 0
	for i, m := range maps {
		f := d.foreign[i]
		step := int(math.Ceil(math.Sqrt(float64(m.Width) * float64(m.Height) / samples)))
		for y := step / 2; y < m.Height; y += step {
			for x := step / 2; x < m.Width; x += step {
				fx, fy := x, y
				if rows {
					fy = m.Height - 1 - y
				}
				if cols {
					fx = m.Width - 1 - x
				}
				got, want := f.At(fx, fy), m.At(x, y)
				total++
				if !depth.IsHit(got) || !depth.IsHit(want) {
					if depth.IsHit(got) != depth.IsHit(want) {
						missed++
					}
					continue
				}
				if got == want {
					equal++
				}
				z := float64(want)
				pairs = append(pairs, pair{float64(got), z, z * rayLength(&lens[i], x, y)})
			}
		}
	}
	both = len(pairs)
	return pairs, both, float64(missed) / float64(max(1, total)), float64(equal) / float64(max(1, both))
}

// rayLength returns the Euclidean length of a pixel's ray per unit of Z.
func rayLength(in *camera.Intrinsics, x, y int) float64 {
	if in.Model == camera.Orthographic {
		return 1
	}
	_, dir := in.CameraRay(float64(x)+0.5, float64(y)+0.5)
	return dir.Len() // for a panorama, whose depth is the distance, that is 1
}

// measure fits the factor of one quantity and says how far the pixels are off.
func measure(pairs []pair, q Quantity) Explanation {
	e := Explanation{Quantity: q, Deviation: math.Inf(1)}
	if len(pairs) < 16 {
		return e
	}
	ratio := make([]float64, len(pairs))
	for i, p := range pairs {
		want := p.planar
		if q == Euclidean || q == InverseEuclidean {
			want = p.euclid
		}
		if q == InverseZ || q == InverseEuclidean {
			want = 1 / want
		}
		ratio[i] = p.got / want
	}
	sorted := slices.Clone(ratio)
	slices.Sort(sorted)
	e.Factor = sorted[len(sorted)/2]
	near, closer := 0, 0
	for i, r := range ratio {
		ratio[i] = math.Abs(r/e.Factor - 1)
		if ratio[i] < 1e-3 {
			near++
		}
		if ratio[i] < 1e-5 {
			closer++
		}
	}
	slices.Sort(ratio)
	e.Deviation, e.Agreement, e.Close = ratio[len(ratio)*3/4], float64(near)/float64(len(ratio)), float64(closer)/float64(len(ratio))
	if math.IsNaN(e.Deviation) {
		e.Deviation = math.Inf(1)
	}
	return e
}

// halves reports whether all foreign numbers are ones that a 16-bit float holds.
func (d *diagnosis) halves() bool {
	for _, m := range d.foreign {
		for _, z := range m.Z {
			if depth.IsHit(z) && math.Float32bits(z)&0x1fff != 0 {
				return false
			}
		}
	}
	return true
}
