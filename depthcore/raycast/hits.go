package raycast

import (
	"context"
	"image"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
)

// Hits says which triangle each pixel of a depth map shows: row by row from the
// top left, pixel (x, y) at y*Width+x.
type Hits struct {
	Width, Height int
	Instance      []int32  // index in Scene.Instances, -1 where the pixel sees no surface
	Triangle      []uint32 // index in the instance's primitive, 0 where there is none
}

func (h *Hits) resize(w, n int) {
	if cap(h.Instance) < n {
		h.Instance, h.Triangle = make([]int32, n), make([]uint32, n)
	}
	h.Width, h.Height = w, n/w
	h.Instance, h.Triangle = h.Instance[:n], h.Triangle[:n]
}

// CastHits does what Cast does and fills h with the surfaces that the map's Z
// are of. Of surfaces at exactly one depth it is the first in the scene.
func (c *Caster) CastHits(ctx context.Context, v camera.View, m *depth.Map, h *Hits, done func(image.Rectangle)) error {
	if err := v.Check(); err != nil {
		return err
	}
	h.resize(v.Width, v.Width*v.Height)
	c.frame.hits = h
	defer func() { c.frame.hits = nil }()
	return c.Cast(ctx, v, m, done)
}

// tell writes what the tile's pixels show. Where traced is false no ray of the
// tile can meet a surface.
func (w *worker) tell(h *Hits, traced bool) {
	for c := range cells {
		w.writeOut(c)
	}
	for y := w.tile.Min.Y; y < w.tile.Max.Y; y++ {
		row := y * h.Width
		instances := h.Instance[row+w.tile.Min.X : row+w.tile.Max.X]
		triangles := h.Triangle[row+w.tile.Min.X : row+w.tile.Max.X]
		if !traced {
			for x := range instances {
				instances[x], triangles[x] = -1, 0
			}
			continue
		}
		last, instance, tri := uint32(0), int32(-1), uint32(0)
		for x := 0; x < len(instances); x += 4 {
			b, lane := pixelAt(x, y-w.tile.Min.Y)
			for i, id := range w.id[b][lane : lane+min(4, len(instances)-x)] {
				if id != last {
					last, instance, tri = id, -1, 0
					if id != 0 {
						r := &w.records[id]
						instance, tri = int32(w.frame.instances[r.instance].index), w.frame.triangleOf(r)
					}
				}
				instances[x+i], triangles[x+i] = instance, tri
			}
		}
	}
}
