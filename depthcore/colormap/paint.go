package colormap

import (
	"context"
	"encoding/binary"
	"image"
	"math"
	"runtime"
	"slices"

	"zscope/depthcore/depth"
	"zscope/depthcore/internal/par"
)

// Painter paints maps and measures them for the legend. It keeps its tables
// and buffers, so that once warm it allocates nothing. The zero value is ready;
// it must not be copied, and it belongs to one goroutine at a time. While it
// works it spreads rows over its threads.
type Painter struct {
	Threads int // set before it is first used; 0: one a core

	colours colours
	steps   [bucketCount]uint16 // of buckets, where a number rather than a colour is wanted

	src *depth.Map
	dst *image.RGBA

	pool         *par.Pool
	bandOfRows   func(worker, item int)
	work         func(worker, from, to int)
	height, band int
	plain        bool // for tests: no vector instructions

	paintRows, lineRows func(worker, from, to int)
	ranging             ranging
	counting            counting

	spacing float64 // of Isolines
	line    uint32
}

// colours is a mapping made ready to paint. Its fields are where the vector
// code expects them.
type colours struct {
	low, span, shift    uint32
	near                uint32
	below, above, empty uint32
	pixel               [bucketCount]uint32 // of each bucket

	mapping Mapping
	buckets buckets
}

// Paint is Painter.Paint for a single picture.
func Paint(dst *image.RGBA, src *depth.Map, m Mapping) { new(Painter).Paint(dst, src, m) }

// Paint fills dst with the colours of src. It makes dst a picture of src's
// size with its top left corner at (0, 0), keeping its memory where that is
// large enough.
func (p *Painter) Paint(dst *image.RGBA, src *depth.Map, m Mapping) {
	if p.paintRows == nil || p.colours.mapping != m {
		p.setColours(m)
	}
	resize(dst, src.Width, src.Height)
	if p.paintRows == nil {
		p.paintRows = p.paint
	}
	p.src, p.dst = src, dst
	p.rows(src.Height, src.Width, p.paintRows)
	p.src, p.dst = nil, nil
}

func (p *Painter) setColours(m Mapping) {
	c := &p.colours
	c.mapping, c.buckets = m, m.buckets(256)
	c.low, c.span, c.shift, c.near = c.buckets.low, c.buckets.span, uint32(c.buckets.shift), c.buckets.near
	c.below, c.above, c.empty = pack(m.Below), pack(m.Above), pack(m.Empty)
	n := c.buckets.fill(&p.steps)
	var table [256]uint32
	for i := range table {
		table[i] = m.entry(i)
	}
	for i, k := range p.steps[:n] {
		c.pixel[i] = table[k]
	}
}

func resize(dst *image.RGBA, w, h int) {
	if dst.Rect == image.Rect(0, 0, w, h) && dst.Stride == 4*w && len(dst.Pix) == 4*w*h {
		return
	}
	if cap(dst.Pix) < 4*w*h {
		dst.Pix = make([]uint8, 4*w*h)
	}
	dst.Pix, dst.Stride, dst.Rect = dst.Pix[:4*w*h], 4*w, image.Rect(0, 0, w, h)
}

// paint paints rows from <= y < to.
func (p *Painter) paint(_, from, to int) {
	w := p.src.Width
	z := p.src.Z[from*w : to*w]
	pix := p.dst.Pix[4*from*w:][:4*len(z)]
	if eights := len(z) / 8; hasKernel && !p.plain && eights > 0 {
		paintEights(&pix[0], &z[0], eights, &p.colours)
		z, pix = z[8*eights:], pix[32*eights:]
	}
	p.colours.paint(pix, z)
}

// paint paints a run of pixels in plain Go.
func (c *colours) paint(pix []uint8, z []float32) {
	low, span, shift := c.low, c.span, c.shift&31
	for _, z := range z {
		bits := math.Float32bits(z)
		var pixel uint32
		if i := bits - low; i <= span {
			pixel = c.pixel[i>>shift%bucketCount]
		} else {
			pixel = c.outside(bits)
		}
		binary.LittleEndian.PutUint32(pix, pixel)
		pix = pix[4:]
	}
}

// outside returns the pixel of a value outside the buckets.
func (c *colours) outside(bits uint32) uint32 {
	switch c.buckets.classify(bits) {
	case isBelow:
		return c.below
	case isAbove:
		return c.above
	case isEmpty:
		return c.empty
	}
	return c.pixel[0]
}

// Outside counts the pixels that a range leaves out.
type Outside struct{ Below, Above, Empty int }

// Histogram counts the pixels of src into bins, which divide the mapping's
// range into equal parts of its scale, from Near to Far: the columns of a
// legend. There are at most 65,535 bins. What is outside the range is counted
// apart.
func (p *Painter) Histogram(bins []int, src *depth.Map, m Mapping) (out Outside) {
	clear(bins)
	if len(bins) == 0 {
		bins = make([]int, 1)
	}
	c := &p.counting
	if c.rows == nil {
		c.rows = p.countBins
	}
	c.of = m.buckets(len(bins))
	c.of.fill(&p.steps)
	p.start()
	if len(c.parts) < p.pool.Workers() {
		c.parts = make([]countPart, p.pool.Workers())
	}
	for w := range c.parts {
		c.parts[w].outside = Outside{}
		c.parts[w].bins = slices.Grow(c.parts[w].bins[:0], lanes*len(bins))[:lanes*len(bins)]
		clear(c.parts[w].bins)
	}
	p.src = src
	p.rows(src.Height, src.Width, c.rows)
	p.src = nil
	for w := range c.parts {
		part := &c.parts[w]
		for i, n := range part.bins {
			bins[i/lanes] += int(n)
		}
		out.Below, out.Above, out.Empty = out.Below+part.outside.Below, out.Above+part.outside.Above, out.Empty+part.outside.Empty
	}
	return out
}

// counting is what Histogram gathers, a part for each worker.
type counting struct {
	of    buckets
	parts []countPart
	rows  func(worker, from, to int) // a method, made once
}

// countPart counts each bin in several lanes, pixels in turn, so that equal
// neighbours need not wait for each other's count.
type countPart struct {
	bins    []uint32
	outside Outside
}

const lanes = 4

// countBins counts rows from <= y < to.
func (p *Painter) countBins(worker, from, to int) {
	part, q := &p.counting.parts[worker], p.counting.of
	bins, shift := part.bins, q.shift&31
	for x, z := range p.src.Z[from*p.src.Width : to*p.src.Width] {
		bits := math.Float32bits(z)
		if i := bits - q.low; i <= q.span {
			bins[lanes*int(p.steps[i>>shift%bucketCount])+x%lanes]++
			continue
		}
		switch q.classify(bits) {
		case isNear:
			bins[lanes*int(p.steps[0])]++
		case isBelow:
			part.outside.Below++
		case isAbove:
			part.outside.Above++
		case isEmpty:
			part.outside.Empty++
		}
	}
}

// rows calls work for bands that cover all rows of a picture, on all threads,
// and returns when all are done.
func (p *Painter) rows(height, width int, work func(worker, from, to int)) {
	const band = 1 << 16 // pixels: some 50 microseconds
	p.height, p.band, p.work = height, max(1, band/max(width, 1)), work
	p.start()
	// A context that cannot end: nothing is left out.
	_ = p.pool.Run(context.Background(), (height+p.band-1)/p.band, p.bandOfRows)
	p.work = nil
}

// start makes the workers.
func (p *Painter) start() {
	if p.pool != nil {
		return
	}
	threads := p.Threads
	if threads < 1 {
		threads = runtime.GOMAXPROCS(0)
	}
	p.pool = par.New(threads)
	p.ranging.parts = make([]rangePart, p.pool.Workers())
	p.bandOfRows = func(w, i int) { p.work(w, i*p.band, min((i+1)*p.band, p.height)) }
}
