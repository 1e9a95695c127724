package bvh

import (
	"math"
	"math/bits"
)

// cells are the 2^deep cubes along each axis that a box is cut into.
type cells struct {
	lo    [3]float32
	scale float32
	last  float32
}

func makeCells(box *Box, deep int) cells {
	c := cells{lo: box.Min, last: float32(int(1)<<deep - 1)}
	size := float32(0)
	for k := range box.Min {
		size = max(size, box.Max[k]-box.Min[k])
	}
	if size > 0 && c.last/size < math.MaxFloat32 {
		c.scale = c.last / size
	}
	return c
}

// of returns the cell that a point lies in.
func (c *cells) of(p *[3]float32) (x [3]uint32) {
	for k := range x {
		f := (p[k] - c.lo[k]) * c.scale
		if !(f < c.last) {
			f = c.last
		} else if f < 0 {
			f = 0
		}
		x[k] = uint32(f)
	}
	return x
}

// curve is a Hilbert curve through a cube of cells, as a machine that reads
// three bits of a cell, one an axis, and writes three of its place on the
// curve. Its states are the ways that the curve can run through a part of the
// cube: from which corner, times eight, and along which axis to a neighbour of
// that (Hamilton and Rau-Chaplin, "Compact Hilbert indices", 2008).
type curve [3 * 8 * 8]step

// step is what the machine writes and the state that follows, times eight.
type step struct{ digit, next uint8 }

func makeCurve() *curve {
	turn := func(x, by int) int { return (x<<by | x>>(3-by)) & 7 }
	gray := func(i int) int { return i ^ i>>1 }
	ones := func(i int) int { return bits.TrailingZeros(^uint(i)) }
	var c curve
	for axis := range 3 {
		for entry := range 8 {
			for i := range 8 {
				// Part i of the curve lies in the cell that its Gray code tells.
				cell := turn(gray(i), (axis+1)%3) ^ entry
				from, along := 0, 0
				if i > 0 {
					from = gray((i - 1) &^ 1)
					along = ones(i - 1 + i%2)
				}
				next := (axis + along + 1) % 3 * 8
				next += entry ^ turn(from, (axis+1)%3)
				c[(axis*8+entry)*8+cell] = step{uint8(i), uint8(next)}
			}
		}
	}
	return &c
}

// place returns the place on the curve of a cell that has deep bits an axis.
func (c *curve) place(x [3]uint32, deep int) (place uint64) {
	cell := spread(x[0])<<2 | spread(x[1])<<1 | spread(x[2])
	state := uint8(0)
	for q := 3 * (deep - 1); q >= 0; q -= 3 {
		s := c[int(state)<<3|int(cell>>uint(q)&7)]
		place = place<<3 | uint64(s.digit)
		state = s.next
	}
	return place
}

// spread puts two zeroes between any two of the lower 21 bits.
func spread(x uint32) uint64 {
	v := uint64(x)
	v = (v | v<<32) & 0x1f00000000ffff
	v = (v | v<<16) & 0x1f0000ff0000ff
	v = (v | v<<8) & 0x100f00f00f00f00f
	v = (v | v<<4) & 0x10c30c30c30c30c3
	v = (v | v<<2) & 0x1249249249249249
	return v
}
