package raycast

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/bvh"
	"zscope/depthcore/camera"
)

// decideAll asks the meaning about every pixel of a triangle's rectangle.
func (w *worker) decideAll(lane int) {
	x0, y0, x1, y1 := w.setup.rect[lane].split()
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			w.decide(lane, x, y)
		}
	}
}

// decide asks the meaning whether a triangle is the nearest surface of a
// pixel of the tile so far.
func (w *worker) decide(lane, px, py int) {
	st := &w.setup
	t := &st.exact
	if w.samples != nil && !w.samples.has(px, py) || !w.exactly(lane) {
		return
	}
	x, y := w.ray(px, py)
	z, ok := t.hit(x, y)
	if !ok {
		return
	}
	b, i := pixelAt(px, py)
	w.writeOut(b >> 4)
	best := &w.records[w.id[b][i]]
	old := best.z(x, y, w.frame.view.Model)
	if z > old || z == old && !w.before(st.slot[lane], best) {
		return
	}
	if !w.caster.counts(t, w.frame, w.inst, w.inst.triangle(st.slot[lane]), x, y, z) {
		return
	}
	w.id[b][i] = w.recordOf(lane)
	near := -z
	if w.frame.view.Model == camera.Perspective {
		near = min(1/z, math.MaxFloat32)
	}
	least := w.nearness[b][i] <= w.low[b]
	w.nearness[b][i] = float32(near)
	if w.wide && least {
		w.low[b] = blockLow(&w.nearness[b])
	}
	w.stale |= 1 << (py>>4*cellsX + px>>4)
}

// exactly makes a triangle of the setup ready to ask the meaning about. It
// reports whether there is anything to hit.
func (w *worker) exactly(lane int) bool {
	st := &w.setup
	if st.exactLane != lane {
		p := w.cornersOf(lane)
		st.exactLane, st.exactOK = lane, st.exact.setup(&p, w.frame.view.Model)
		w.lookedUp = false
	}
	return st.exactOK
}

// ray returns the image-plane coordinates of a pixel of the tile.
func (w *worker) ray(px, py int) (x, y float64) {
	if w.samples != nil {
		return w.samples.ray(px, py)
	}
	return w.frame.xs[w.tile.Min.X+px], w.frame.ys[w.tile.Min.Y+py]
}

// before breaks ties: of surfaces at one depth the first in the scene wins.
func (w *worker) before(slot uint32, r *record) bool {
	return w.current < r.instance || w.current == r.instance && w.inst.triangle(slot) < w.inst.triangle(r.slot)
}

// cornersOf returns the camera-space corners of a triangle of the setup.
func (w *worker) cornersOf(lane int) [3]mgl64.Vec3 {
	if at := w.setup.first + lane; w.setup.first >= 0 && w.inst.tree.Exact {
		return w.batchCorners(&w.inst.camera, at)
	}
	return w.inst.corners(w.inst.triangle(w.setup.slot[lane]))
}

// batchCorners takes a triangle of the batch to camera space: where the tree is
// exact this needs nothing of the mesh.
func (w *worker) batchCorners(m *affine, at int) (p [3]mgl64.Vec3) {
	b := &w.batch.p
	for i := range p {
		p[i] = m.apply(mgl64.Vec3{float64(b[3*i][at]), float64(b[3*i+1][at]), float64(b[3*i+2][at])})
	}
	return p
}

// testAll asks the meaning about every triangle of an instance.
func (w *worker) testAll(i int32) {
	w.enter(i)
	w.setup.first = -1
	model := w.frame.view.Model
	for slot, tri := range w.inst.tree.Tris {
		if slot%bvh.Width == 0 && w.frame.ctx.Err() != nil {
			return
		}
		if tri == bvh.None {
			continue
		}
		p := w.inst.corners(int(tri))
		if w.setPlane(0, &p, model) {
			w.setup.slot[0], w.setup.rect[0] = uint32(slot), makeRect(0, 0, w.tile.Dx()-1, w.tile.Dy()-1)
			w.decideAll(0)
		}
	}
}

// counts reports whether a hit is one under the options.
func (c *Caster) counts(t *triangle, f *frame, in *instance, tri int, x, y, z float64) bool {
	if c.options.Clip {
		if z = f.side.value(x, y, z); z < f.view.Near || f.view.Far > 0 && z > f.view.Far {
			return false
		}
	}
	// Counter-clockwise is the front (glTF 2.0, section 3.7.2.1), and a
	// mirroring transform turns that around (section 3.5.2). With Y down and
	// Z forward the normal of a counter-clockwise triangle points away from
	// the camera where the ray meets its back.
	if in.cull && t.den.at(x, y) > 0 != in.mirrored {
		return false
	}
	if !in.alpha {
		return true
	}
	prim := c.primitive(in.index)
	b1, b2 := t.weights(x, y)
	return c.cutout[prim.Material].isThere(prim, tri, b1, b2)
}
