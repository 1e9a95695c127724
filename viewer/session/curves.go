package session

import (
	"math"
	"slices"

	"zscope/viewer/model"
)

// curves remembers the pins' Z in each frame that was seen, also where the
// picture itself had to give way to others. The stage's goroutine alone uses
// it.
type curves struct {
	key         lookKey
	pins        []model.Pin
	first, last int
	z           [][]float32 // of each pin in each frame: NaN where it is not known
}

// of makes c that of some pins in the pictures of one look, and starts anew
// from the pictures at hand where it was of others. place returns where pins are
// in a frame.
func (c *curves) of(cache *cache, key lookKey, first, last int, pins []model.Pin, place func(frame int, pins []model.Pin) []model.Pin) {
	if c.key == key && c.first == first && c.last == last && slices.Equal(c.pins, pins) {
		return
	}
	*c = curves{key: key, pins: pins, first: first, last: last, z: make([][]float32, len(pins))}
	for i := range c.z {
		c.z[i] = make([]float32, last-first+1)
		for j := range c.z[i] {
			c.z[i][j] = float32(math.NaN())
		}
	}
	for frame, e := range cache.looks[key] {
		c.see(key, frame, e.Value.(*cached).picture, place(frame, pins))
	}
}

// see notes the pins' Z in an exact picture, where they are as placed.
func (c *curves) see(key lookKey, frame int, p model.Picture, placed []model.Pin) {
	if key != c.key || frame < c.first || frame > c.last {
		return
	}
	for i, pin := range placed {
		if x, y, _, ok := pin.Pixel(p.View); ok && x < p.Map.Width && y < p.Map.Height {
			c.z[i][frame-c.first] = p.Map.At(x, y)
		} else if pin.InWorld {
			c.z[i][frame-c.first] = float32(math.Inf(1)) // out of the picture
		}
	}
}

// told returns a copy that nobody writes to.
func (c *curves) told() [][]float32 {
	if len(c.pins) == 0 {
		return nil
	}
	list := make([][]float32, len(c.z))
	for i, z := range c.z {
		list[i] = slices.Clone(z)
	}
	return list
}
