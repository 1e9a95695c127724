// Package colormap turns depth maps into pictures.
//
// A Mapping says which colour a Z has: it places Z between Near and Far on a
// linear, logarithmic or inverse scale and looks the place up in a table of
// 256 colours. A Painter does that for whole maps; Mapping.ColorAt gives the
// same colour for one Z, so that a legend agrees with the picture in every
// bit.
//
// The picture is for eyes. Z is never read back from it, and nothing here
// changes a depth map. Pictures are opaque (alpha 255), row 0 on top.
//
//go:generate sh -c "/usr/bin/python3 testdata/tables.py > tables.go"
package colormap

import (
	"fmt"
	"image/color"
	"math"
	"sort"
	"strings"

	"zscope/depthcore/depth"
)

// Map names a table of 256 colours. The tables are matplotlib's.
type Map uint8

const (
	Turbo Map = iota
	Viridis
	Magma
	Inferno
	Cividis
	Grey
)

var names = [...]string{
	Turbo: "turbo", Viridis: "viridis", Magma: "magma",
	Inferno: "inferno", Cividis: "cividis", Grey: "grey",
}

// Maps lists all maps in the order in which to offer them.
func Maps() []Map { return []Map{Turbo, Viridis, Magma, Inferno, Cividis, Grey} }

func (m Map) String() string {
	if int(m) < len(names) {
		return names[m]
	}
	return fmt.Sprintf("Map(%d)", uint8(m))
}

// ParseMap returns the map of a name, whatever its case.
func ParseMap(name string) (Map, error) {
	for m, s := range names {
		if strings.EqualFold(name, s) {
			return Map(m), nil
		}
	}
	return 0, fmt.Errorf("no colour map is named %q: there are %s", name, strings.Join(names[:], ", "))
}

// Scale says how Z runs along the table.
type Scale uint8

const (
	Linear  Scale = iota // equal colours for equal steps in Z
	Log                  // for equal ratios of Z
	Inverse              // for equal steps in 1/Z, as in a disparity map
	// Percentile gives equal colours to equal numbers of surfaces, by the
	// mapping's Spread; without one it is Linear.
	Percentile
)

func (s Scale) String() string {
	switch s {
	case Linear:
		return "linear"
	case Log:
		return "log"
	case Inverse:
		return "inverse"
	case Percentile:
		return "percentile"
	}
	return fmt.Sprintf("Scale(%d)", uint8(s))
}

// ParseScale returns the scale of a name, whatever its case.
func ParseScale(name string) (Scale, error) {
	for _, s := range Scales() {
		if strings.EqualFold(name, s.String()) {
			return s, nil
		}
	}
	return 0, fmt.Errorf("no scale is named %q: there are %v, %v, %v and %v", name, Linear, Log, Inverse, Percentile)
}

// Scales lists all scales in the order in which to offer them.
func Scales() []Scale { return []Scale{Linear, Log, Inverse, Percentile} }

// Mapping says which colour a Z has. It is a plain value: two equal ones
// paint alike.
//
// Near and Far are rounded to float32, as Z is, and both belong to the range.
// Log and Inverse have no place for zero: where Near is not positive they
// start at Far/1000, and what is nearer has the first colour. Without a usable
// range (see Check) every surface has the middle colour of the table; so it
// has where Near equals Far and Z lies on it.
type Mapping struct {
	Map      Map
	Reversed bool // the table runs from Far to Near
	Scale    Scale

	Near, Far float64 // in the scene's unit
	Spread    *Spread // for Percentile

	Below color.RGBA // of a surface nearer than Near
	Above color.RGBA // of a surface farther than Far
	Empty color.RGBA // of a pixel without a surface: see depth.IsHit
}

// Default returns turbo from red (near) to blue (far) on a linear scale, and
// colours outside the range that turbo does not have.
func Default() Mapping {
	return Mapping{
		Map: Turbo, Reversed: true,
		Below: color.RGBA{0x74, 0x62, 0x6d, 0xff},
		Above: color.RGBA{0x4c, 0x53, 0x60, 0xff},
		Empty: color.RGBA{0x16, 0x18, 0x1d, 0xff},
	}
}

// Check reports why the range cannot be mapped.
func (m Mapping) Check() error {
	near, far := float32(m.Near), float32(m.Far)
	switch {
	case math.IsNaN(m.Near) || math.IsNaN(m.Far):
		return fmt.Errorf("the range from %g to %g is not a number", m.Near, m.Far)
	case math.IsInf(float64(near), 0) || math.IsInf(float64(far), 0):
		return fmt.Errorf("the range from %g to %g is not finite", m.Near, m.Far)
	case !(far > 0):
		return fmt.Errorf("the far end of the range is %g: it must be positive", m.Far)
	case near > far:
		return fmt.Errorf("the range is empty: its near end %g is behind its far end %g", m.Near, m.Far)
	}
	return nil
}

// usable is Check for those who need no reason.
func (m Mapping) usable() bool {
	near, far := float32(m.Near), float32(m.Far)
	return near >= -math.MaxFloat32 && near <= far && depth.IsHit(far)
}

// start returns the Z of the table's near end.
func (m Mapping) start() float64 {
	near := float64(float32(m.Near))
	if (m.Scale == Log || m.Scale == Inverse) && near <= 0 {
		return float64(float32(m.Far)) / 1000
	}
	return near
}

// shares returns which shares of the spread's surfaces are nearer than the ends
// of the range. It is not ok without a spread that tells the ends apart.
func (m Mapping) shares(near, far float64) (first, last float64, ok bool) {
	if m.Spread == nil {
		return 0, 0, false
	}
	first, last = m.Spread.rank(near), m.Spread.rank(far)
	return first, last, last > first
}

// Position returns where z lies between Near (0) and Far (1) along the scale.
// It is held within [0, 1], and is 0.5 without a usable range or an extent.
func (m Mapping) Position(z float64) float64 {
	near, far := m.start(), float64(float32(m.Far))
	if !m.usable() || near == far || math.IsNaN(z) {
		return 0.5
	}
	if z <= near {
		return 0
	}
	if z >= far {
		return 1
	}
	switch m.Scale {
	case Log:
		return math.Log(z/near) / math.Log(far/near)
	case Inverse:
		return (1/near - 1/z) / (1/near - 1/far)
	case Percentile:
		if first, last, ok := m.shares(near, far); ok {
			return (m.Spread.rank(z) - first) / (last - first)
		}
	}
	return (z - near) / (far - near)
}

// Depth returns the Z at a position between Near (0) and Far (1): the inverse
// of Position. It is NaN without a usable range.
func (m Mapping) Depth(position float64) float64 {
	if !m.usable() {
		return math.NaN()
	}
	near, far := m.start(), float64(float32(m.Far))
	switch m.Scale {
	case Log:
		return near * math.Exp(position*math.Log(far/near))
	case Inverse:
		return 1 / (1/near + position*(1/far-1/near))
	case Percentile:
		if first, last, ok := m.shares(near, far); ok && position > 0 && position < 1 {
			return math.Max(near, math.Min(far, m.Spread.at(first+position*(last-first))))
		}
	}
	return near + position*(far-near)
}

// Color returns the table's colour at a position between Near (0) and Far (1).
func (m Mapping) Color(position float64) color.RGBA {
	i := 0
	if position > 0 {
		i = int(math.Min(position*256, 255))
	}
	return unpack(m.entry(i))
}

// ColorAt returns the colour that a Painter gives to z.
func (m Mapping) ColorAt(z float32) color.RGBA {
	q := m.buckets(256)
	bits := math.Float32bits(z)
	if bits-q.low > q.span {
		switch q.classify(bits) {
		case isEmpty:
			return opaque(m.Empty)
		case isBelow:
			return opaque(m.Below)
		case isAbove:
			return opaque(m.Above)
		}
		bits = q.low
	}
	return unpack(m.entry(q.stepOf((bits - q.low) >> q.shift)))
}

// entry returns a pixel of the table's colour i, counted from Near.
func (m Mapping) entry(i int) uint32 {
	if m.Reversed {
		i = 255 - i
	}
	t := m.Map
	if int(t) >= len(tables) {
		t = Grey
	}
	rgb := tables[t][i]
	return pack(color.RGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb)})
}

// A pixel is the four bytes R G B 255 of image.RGBA as a little-endian word.
func pack(c color.RGBA) uint32 {
	return uint32(c.R) | uint32(c.G)<<8 | uint32(c.B)<<16 | 0xff<<24
}

func unpack(p uint32) color.RGBA {
	return color.RGBA{R: uint8(p), G: uint8(p >> 8), B: uint8(p >> 16), A: 0xff}
}

func opaque(c color.RGBA) color.RGBA { return unpack(pack(c)) }

// buckets divides the range of a mapping into buckets of equal width in the
// bits of a float32 and gives each bucket one of a number of equal steps along
// the mapping's scale.
//
// The bits of positive floats ascend with their values, so that (bits-low) >>
// shift finds the bucket without a logarithm or a division. There are at most
// bucketCount buckets and at least half as many where the range holds that
// many floats: at least 128 a factor of two. The end of a step is so rounded
// to the end of a bucket.
type buckets struct {
	mapping Mapping
	steps   int
	near    uint32 // bits of Near: below it z is nearer than the range
	low     uint32 // bits of bucket 0's first value
	span    uint32 // bits of Far - low
	shift   uint
}

const (
	bucketBits  = 13
	bucketCount = 1 << bucketBits

	// maxSpan bounds the range that buckets resolve to a factor of 2^32, in
	// bits of a float32. What is nearer yet in range has bucket 0.
	maxSpan = 32<<23 - 1
)

func (m Mapping) buckets(steps int) buckets {
	q := buckets{mapping: m, steps: steps, near: 1, low: 1}
	far := math.Float32bits(math.MaxFloat32)
	if m.usable() {
		far = math.Float32bits(float32(m.Far))
		if m.Near > 0 {
			q.near = max(math.Float32bits(float32(m.Near)), 1)
		}
	}
	q.low = q.near
	if far-q.low > maxSpan {
		q.low = far - maxSpan
	}
	q.span = far - q.low
	for q.span>>q.shift >= bucketCount {
		q.shift++
	}
	return q
}

// fill sets to[i] to the step of bucket i and returns how many there are.
func (q *buckets) fill(to *[bucketCount]uint16) int {
	n, i := int(q.span>>q.shift)+1, 0
	for k := 0; k < q.steps; k++ {
		end := n
		if k+1 < q.steps {
			end = int(q.firstOf(k + 1))
		}
		for ; i < end; i++ {
			to[i] = uint16(k)
		}
	}
	return n
}

// stepOf returns the step of a bucket: what fill puts there.
func (q *buckets) stepOf(bucket uint32) int {
	return sort.Search(q.steps-1, func(k int) bool { return q.firstOf(k+1) > bucket })
}

// firstOf returns the first bucket of step k, which ascends with k. It may be
// one past the last bucket.
func (q *buckets) firstOf(k int) uint32 {
	position := float64(k) / float64(q.steps)
	z := float32(q.mapping.Depth(position))
	if !q.mapping.usable() || q.mapping.start() == float64(float32(q.mapping.Far)) {
		// No extent: the middle step has it all.
		if position <= 0.5 {
			return 0
		}
		return q.span>>q.shift + 1
	}
	if !(z > math.Float32frombits(q.low)) {
		return 0
	}
	half := uint32(1) << q.shift >> 1
	return min(math.Float32bits(z)-q.low+half, q.span+1) >> q.shift
}

// What a value outside the buckets is.
type class uint8

const (
	isNear  class = iota // in range, nearer than bucket 0
	isBelow              // a surface nearer than the range
	isAbove              // a surface farther than the range
	isEmpty              // no surface: zero, negative, infinite or NaN
)

func (q *buckets) classify(bits uint32) class {
	switch {
	case !depth.IsHit(math.Float32frombits(bits)):
		return isEmpty
	case bits < q.near:
		return isBelow
	case bits < q.low:
		return isNear
	}
	return isAbove
}
