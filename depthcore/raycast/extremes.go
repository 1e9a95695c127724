package raycast

import (
	"math"
	"math/bits"
	"slices"
	"sync"

	"zscope/depthcore/scene"
)

// extremes says how small and how great alpha is anywhere in a texture, at the
// cost of one look: entry (i, j) of level k, counted from 1, is of the columns
// from i<<k to (i+2)<<k - 1 and the rows likewise, those beyond the edge as the
// sampler wraps them. So up to 1<<k columns and the one that follows them, which
// a bilinear sample needs, lie in the entry of their first, wherever that is. It
// takes two thirds of a byte a texel.
type extremes struct {
	alpha         []uint16 // the texture's, with one more behind them
	axes          [2]axis
	width, height int
	wrapU, wrapV  scene.Wrap
	levels        []level
}

type level struct {
	width  int
	ranges []alphaRange
}

// alphaRange is in 255ths, rounded outwards.
type alphaRange struct{ least, greatest uint8 }

// oneStep is what a 255th is in a texture's units.
const oneStep = 65535 / 255

func rangeOf(a uint16) alphaRange {
	return alphaRange{uint8(a / oneStep), uint8((uint32(a) + oneStep - 1) / oneStep)}
}

func (a alphaRange) with(b alphaRange) alphaRange {
	return alphaRange{min(a.least, b.least), max(a.greatest, b.greatest)}
}

func newExtremes(t *scene.Texture) *extremes {
	e := &extremes{width: t.Width, height: t.Height, wrapU: t.WrapU, wrapV: t.WrapV}
	e.axes = [2]axis{axisOf(t.Width, t.WrapU), axisOf(t.Height, t.WrapV)}
	if n := len(t.Alpha); cap(t.Alpha) > n {
		e.alpha = t.Alpha[:n+1]
	} else {
		e.alpha = append(slices.Clip(t.Alpha), 0)
	}
	cells := pairs(t)
	w := (t.Width + 1) / 2
	first := level{width: w, ranges: make([]alphaRange, w*((t.Height+1)/2))}
	for k := range first.ranges {
		i, j := k%w, k/w
		upper, lower := cells[j*(w+1)+i:], cells[(j+1)*(w+1)+i:]
		first.ranges[k] = upper[0].with(upper[1]).with(lower[0]).with(lower[1])
	}
	e.levels = append(e.levels, first)
	for last := first; len(last.ranges) > 1; last = e.levels[len(e.levels)-1] {
		e.levels = append(e.levels, last.next())
	}
	return e
}

// pairs returns the ranges of each two columns and rows, one more of both than
// the texture has.
func pairs(t *scene.Texture) []alphaRange {
	w, h := (t.Width+1)/2+1, (t.Height+1)/2+1
	list := make([]alphaRange, w*h)
	for j := range h {
		upper := t.Alpha[wrap(2*j, t.Height, t.WrapV)*t.Width:][:t.Width]
		lower := t.Alpha[wrap(2*j+1, t.Height, t.WrapV)*t.Width:][:t.Width]
		for i := range w {
			left, right := 2*i, 2*i+1
			if right >= t.Width {
				left, right = wrap(left, t.Width, t.WrapU), wrap(right, t.Width, t.WrapU)
			}
			a, b, c, d := upper[left], upper[right], lower[left], lower[right]
			list[j*w+i] = rangeOf(min(a, b, c, d)).with(rangeOf(max(a, b, c, d)))
		}
	}
	return list
}

// next returns the level above.
func (l level) next() level {
	h := len(l.ranges) / l.width
	n := level{width: (l.width + 1) / 2}
	for j := 0; j < h; j += 2 {
		upper, lower := l.ranges[j*l.width:][:l.width], l.ranges[min(j+2, h-1)*l.width:][:l.width]
		for i := 0; i < l.width; i += 2 {
			right := min(i+2, l.width-1)
			n.ranges = append(n.ranges, upper[i].with(upper[right]).with(lower[i]).with(lower[right]))
		}
	}
	return n
}

// within returns the range of alpha between two places, given by the columns
// and rows that they are at, 0 in the centre of the first texel. ok is false
// where the texture's edge runs between them.
func (e *extremes) within(x0, y0, x1, y1 float64) (r alphaRange, ok bool) {
	i0, i1, ok := texels(x0, x1, e.width, e.wrapU)
	if !ok {
		return r, false
	}
	j0, j1, ok := texels(y0, y1, e.height, e.wrapV)
	if !ok {
		return r, false
	}
	k := min(max(1, bits.Len(uint(i1-i0)), bits.Len(uint(j1-j0))), len(e.levels))
	l := &e.levels[k-1]
	return l.ranges[j0>>k*l.width+i0>>k], true
}

// whole returns the range of the whole texture.
func (e *extremes) whole() alphaRange { return e.levels[len(e.levels)-1].ranges[0] }

// texels returns the first and the last of n texels that lie before a place
// from a to b; with the one that follows, they are all that a sample there needs.
func texels(a, b float64, n int, w scene.Wrap) (first, last int, ok bool) {
	size := float64(n)
	switch w {
	case scene.ClampToEdge:
		a, b = min(max(a, 0), size-1), min(max(b, 0), size-1)
		return int(a), int(b), a <= b
	case scene.MirroredRepeat:
		shift := math.Floor(a/(2*size)) * 2 * size
		a, b = a-shift, b-shift
		switch {
		case a >= 0 && a <= b && b < size:
			return int(a), int(b), true
		case a >= size && a <= b && b < 2*size:
			return max(2*n-2-int(b), 0), max(2*n-2-int(a), 0), true
		}
		return 0, 0, false
	}
	shift := math.Floor(a/size) * size
	a, b = a-shift, b-shift
	if !(a >= 0 && a <= b && b < size) {
		return 0, 0, false
	}
	return int(a), int(b), true
}

// textures keeps the extremes of a scene's, for all its casters.
type textures struct {
	mu   sync.Mutex
	list map[*scene.Texture]*extremes
}

// of returns the extremes of a texture.
func (t *textures) of(texture *scene.Texture) *extremes {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.list[texture]
	if e == nil {
		e = newExtremes(texture)
		if t.list == nil {
			t.list = map[*scene.Texture]*extremes{}
		}
		t.list[texture] = e
	}
	return e
}
