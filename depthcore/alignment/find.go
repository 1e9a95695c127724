package alignment

import (
	"context"
	"fmt"
	"image"
	"math"

	"zscope/depthcore/depth"
)

// Reach is how far a shift is looked for, in pixels to each side.
const Reach = 6

// Candidate is how well the pictures fit at one frame offset.
type Candidate struct {
	Offset int // picture n + Offset is held against the depth of frame n
	// Score is the correlation of the pictures' edges with the depth's at the
	// best shift, from -1 to 1; NaN where there are no pictures.
	Score float64
	// DX and DY say by how many pixels the pictures lie to the right of the
	// depth and below it.
	DX, DY float64
	// Still is the score without a shift.
	Still float64
	AtEnd bool // the best shift is as far as was looked: it may be more
}

// Likely is the score less a hundredth of it for each pixel of the shift: where
// one thing moves evenly before another, a wrong frame with a shift fits as well
// as the right one without.
func (c Candidate) Likely() float64 { return c.Score * (1 - math.Hypot(c.DX, c.DY)/100) }

// Found is what the search has found.
type Found struct {
	Best       Candidate
	Candidates []Candidate // in the order of the offsets
	Frames     int         // that were looked at
}

// Telling says how much the best offset is better than the next best, as a
// share of its score: 0 where pictures of other offsets fit as well. A large
// shift counts against an offset.
func (f Found) Telling() float64 {
	next := math.Inf(-1)
	for _, c := range f.Candidates {
		if c.Offset != f.Best.Offset && c.Likely() > next {
			next = c.Likely()
		}
	}
	if math.IsInf(next, -1) || !(f.Best.Score > 0) {
		return 1
	}
	return (f.Best.Likely() - next) / f.Best.Likely()
}

// Sequences are what is compared. Depth returns the map of a frame, which is
// Find's until the next call; Picture returns the picture of a number, nil where
// there is none.
type Sequences struct {
	Depth   func(ctx context.Context, frame int) (*depth.Map, error)
	Picture func(number int) (*image.RGBA, error)
}

// Find correlates the edges of pictures with the jumps of depth, at each of the
// offsets and at all shifts within Reach, over some frames. report, if not nil,
// is told after each picture how many are done.
//
// The score is Pearson's correlation over the pixels that stay inside at every
// shift, averaged over the frames; the shift's fraction is that of the vertex of
// the parabola through the best whole shift and its neighbours.
func Find(ctx context.Context, frames, offsets []int, of Sequences, report func(done, total int)) (Found, error) {
	all := Found{Frames: len(frames)}
	sums := make([]surface, len(offsets))
	done, total := 0, len(frames)*len(offsets)
	for _, frame := range frames {
		m, err := of.Depth(ctx, frame)
		if err != nil {
			return all, fmt.Errorf("depth of frame %d: %w", frame, err)
		}
		e := newEdges(ofDepth(m))
		for i, offset := range offsets {
			if err := ctx.Err(); err != nil {
				return all, err
			}
			img, err := of.Picture(frame + offset)
			if err != nil {
				return all, err
			}
			if img != nil {
				if size := img.Rect.Size(); size != image.Pt(m.Width, m.Height) {
					return all, fmt.Errorf("picture %d has %d × %d pixels, the depth %d × %d", frame+offset, size.X, size.Y, m.Width, m.Height)
				}
				sums[i].add(e.against(ofPicture(img)))
			}
			if done++; report != nil {
				report(done, total)
			}
		}
	}
	some := false
	for i, offset := range offsets {
		c := sums[i].peak()
		c.Offset = offset
		all.Candidates = append(all.Candidates, c)
		// Half the frames have to have a picture at that offset.
		if 2*sums[i].n >= len(frames) && (!some || c.Likely() > all.Best.Likely()) {
			all.Best, some = c, true
		}
	}
	if !some {
		return all, fmt.Errorf("the pictures have no edges to compare, or the depth has none")
	}
	return all, nil
}

const side = 2*Reach + 1

// surface holds the scores at all whole shifts, row by row, summed over n
// frames.
type surface struct {
	r [side * side]float64
	n int
}

func (s *surface) add(t [side * side]float64, ok bool) {
	if !ok {
		return
	}
	for i, x := range t {
		s.r[i] += x
	}
	s.n++
}

// peak returns the best shift.
func (s *surface) peak() Candidate {
	if s.n == 0 {
		return Candidate{Score: math.NaN(), Still: math.NaN()}
	}
	best := 0
	for i, x := range s.r {
		if x > s.r[best] {
			best = i
		}
	}
	x, y := best%side, best/side
	n := float64(s.n)
	c := Candidate{Score: s.r[best] / n, Still: s.r[side*side/2] / n, AtEnd: x == 0 || y == 0 || x == side-1 || y == side-1}
	c.DX, c.DY = float64(x-Reach), float64(y-Reach)
	if x > 0 && x < side-1 {
		c.DX += vertex(s.r[best-1], s.r[best], s.r[best+1])
	}
	if y > 0 && y < side-1 {
		c.DY += vertex(s.r[best-side], s.r[best], s.r[best+side])
	}
	return c
}

// vertex returns where between -1/2 and 1/2 the parabola through three values
// at -1, 0 and 1 has its top.
func vertex(before, at, after float64) float64 {
	bend := 2*at - before - after
	if !(bend > 0) {
		return 0
	}
	return math.Max(-0.5, math.Min(0.5, (after-before)/2/bend))
}
