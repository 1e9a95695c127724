package bvh

import (
	"context"
	"math/bits"
	"sync/atomic"
	"unsafe"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/internal/pages"
	"zscope/depthcore/internal/par"
)

// order is a mesh's triangles that can be hit, in an order in which those that
// follow each other lie close to each other: that of a Hilbert curve through
// the centres of their boxes.
type order struct {
	tris    []uint32
	spare   []uint32 // as long, for use by who gets the order
	dropped int      // triangles that nothing can hit
	exact   bool     // no coordinate was rounded
}

// orderChunk is how many triangles are a piece of work.
const orderChunk = 1 << 14

// orderOf orders the triangles of a mesh.
func orderOf(ctx context.Context, pool *par.Pool, positions []mgl64.Vec3, indices []uint32) (o order, err error) {
	n := len(indices) / 3
	chunks := (n + orderChunk - 1) / orderChunk

	box, err := bound(ctx, pool, positions)
	if err != nil {
		return o, err
	}
	// A key is a place on the curve, then the triangle's number.
	low := bits.Len(uint(n))
	deep := min((64-low)/3, 11)
	grid, curve := makeCells(&box, deep), makeCurve()
	keys, spare := pages.Make[uint64](n), pages.Make[uint64](n)
	var inexact atomic.Bool
	valid := make([]int, chunks)
	if err = pool.Run(ctx, chunks, func(_, chunk int) {
		at, rounded := chunk*orderChunk, false
		for k := at; k < min(n, (chunk+1)*orderChunk); k++ {
			p, ok, exact := corners(positions, indices, k)
			if !ok {
				continue
			}
			rounded = rounded || !exact
			c := center(&p)
			keys[at] = curve.place(grid.of(&c), deep)<<low | uint64(k)
			at++
		}
		valid[chunk] = at - chunk*orderChunk
		if rounded {
			inexact.Store(true)
		}
	}); err != nil {
		return o, err
	}
	at := 0
	for chunk, count := range valid {
		if from := chunk * orderChunk; at != from {
			copy(keys[at:], keys[from:from+count])
		}
		at += count
	}
	keys, spare = keys[:at], spare[:at]
	o.dropped, o.exact = n-at, !inexact.Load()

	if keys, spare, err = sortKeys(ctx, pool, keys, spare, low, low+3*deep); err != nil {
		return o, err
	}
	if len(keys) == 0 {
		return o, nil
	}
	room := unsafe.Slice((*uint32)(unsafe.Pointer(&spare[0])), 2*len(keys))
	o.tris, o.spare = room[:len(keys)], room[len(keys):]
	mask := uint64(1)<<low - 1
	err = pool.Run(ctx, chunks, func(_, chunk int) {
		for i := chunk * orderChunk; i < min(len(keys), (chunk+1)*orderChunk); i++ {
			o.tris[i] = uint32(keys[i] & mask)
		}
	})
	return o, err
}

// bound returns the box of the positions that float32 holds.
func bound(ctx context.Context, pool *par.Pool, positions []mgl64.Vec3) (Box, error) {
	boxes := make([]Box, pool.Workers())
	for w := range boxes {
		boxes[w] = EmptyBox()
	}
	n := len(positions)
	err := pool.Run(ctx, (n+orderChunk-1)/orderChunk, func(w, chunk int) {
		box := boxes[w]
		for i := chunk * orderChunk; i < min(n, (chunk+1)*orderChunk); i++ {
			p := [3]float32{float32(positions[i][0]), float32(positions[i][1]), float32(positions[i][2])}
			if (p[0]+p[1]+p[2])*0 == 0 {
				box.addPoint(&p)
			}
		}
		boxes[w] = box
	})
	for w := 1; w < len(boxes); w++ {
		boxes[0].add(&boxes[w])
	}
	return boxes[0], err
}

// neighbours are the corners of up to 16 triangles, and which vertices of the
// mesh they are. Reading them together keeps many reads of memory on their way
// at a time.
type neighbours struct {
	corner [Width][3][3]float32
	vertex [Width][3]uint32
}

func (s *neighbours) gather(positions []mgl64.Vec3, indices []uint32, tris []uint32) {
	tris = tris[:min(len(tris), Width)]
	for k, tri := range tris {
		s.vertex[k] = [3]uint32(indices[3*tri : 3*tri+3])
	}
	for k := range tris {
		for v, at := range s.vertex[k] {
			p := &positions[at]
			s.corner[k][v] = [3]float32{float32(p[0]), float32(p[1]), float32(p[2])}
		}
	}
}

func (s *neighbours) box(k int) Box {
	box := EmptyBox()
	for v := range s.corner[k] {
		box.addPoint(&s.corner[k][v])
	}
	return box
}

// patch makes the first n triangles a patch, where they have few enough
// vertices. Vertices in one place stay apart where moves is true.
func (s *neighbours) patch(p *Patch, n int, moves bool) (ok bool) {
	if moves {
		return p.fill(s.corner[:n], s.vertex[:n])
	}
	return p.fill(s.corner[:n], nil)
}

// center is twice the centre of a triangle's box divided by 2, which does not
// overflow.
func center(p *[3][3]float32) (c [3]float32) {
	for k := range c {
		lo, hi := p[0][k], p[0][k]
		for v := 1; v < 3; v++ {
			if p[v][k] < lo {
				lo = p[v][k]
			}
			if p[v][k] > hi {
				hi = p[v][k]
			}
		}
		c[k] = lo/2 + hi/2
	}
	return c
}

// sortKeys sorts keys by their bits from..to-1; equal ones keep their order.
// spare is as long. They come back, but not always in their places.
func sortKeys(ctx context.Context, pool *par.Pool, keys, spare []uint64, from, to int) (sorted, other []uint64, err error) {
	const digit = 11 // bits sorted by in one pass
	n, pieces := len(keys), pool.Workers()
	size := (n + pieces - 1) / pieces
	type counts [1 << digit]int
	count := make([]counts, pieces)
	for ; from < to; from += digit {
		mask := uint64(1)<<min(digit, to-from) - 1
		if err := pool.Run(ctx, pieces, func(_, w int) {
			c := &count[w]
			*c = counts{}
			for _, k := range keys[min(w*size, n):min((w+1)*size, n)] {
				c[k>>from&mask%(1<<digit)]++
			}
		}); err != nil {
			return nil, nil, err
		}
		at := 0
		for d := range 1 << digit {
			for w := range count {
				count[w][d], at = at, at+count[w][d]
			}
		}
		if err := pool.Run(ctx, pieces, func(_, w int) {
			c := &count[w]
			for _, k := range keys[min(w*size, n):min((w+1)*size, n)] {
				d := k >> from & mask % (1 << digit)
				spare[c[d]] = k
				c[d]++
			}
		}); err != nil {
			return nil, nil, err
		}
		keys, spare = spare, keys
	}
	return keys, spare, nil
}
