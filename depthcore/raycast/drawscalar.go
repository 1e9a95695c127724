package raycast

import (
	"math"
	"slices"
)

// drawing is a triangle that is being drawn block by block.
type drawing struct {
	slot           uint32
	how            int      // fastLane or askedLane
	x0, y0, x1, y1 int64    // pixels that it may cover
	edge           [3]int64 // in the centre of the first pixel of the first block, less band
	right, down    [3]int64 // what a pixel changes it by
	band           int64
	plane          plane3 // nearness
}

// drawTriangle draws a triangle whose corners are known in fixed point.
func (w *worker) drawTriangle(t *projected) {
	g := &w.screen
	slot, left, top, right, bottom := t.slot, t.left, t.top, t.right, t.bottom
	u0, v0, u1, v1, u2, v2 := t.u0, t.v0, t.u1, t.v1, t.u2, t.v2

	// Edge functions in the centre of the first pixel. Truncation moves a
	// corner by less than a step and all other rounding by much less, and no
	// pixel at hand is further from a corner than the size and some more.
	x, y := left<<16, top<<16
	a0, b0 := v0-v1, u1-u0
	a1, b1 := v1-v2, u2-u1
	a2, b2 := v2-v0, u0-u2
	e0 := a0*(x-u0) + b0*(y-v0)
	e1 := a1*(x-u1) + b1*(y-v1)
	e2 := a2*(x-u2) + b2*(y-v2)
	area := e0 + e1 + e2
	// Turned so that inside is positive.
	turn := area >> 63
	e0, e1, e2, area = (e0^turn)-turn, (e1^turn)-turn, (e2^turn)-turn, (area^turn)-turn
	band := 4*(max(u0, u1, u2)-min(u0, u1, u2)+max(v0, v1, v2)-min(v0, v1, v2)+8*padSteps) + g.tolerance
	if area <= 4*band {
		w.askAll(slot, left, top, right, bottom)
		return
	}
	a0, a1, a2 = ((a0^turn)-turn)<<16, ((a1^turn)-turn)<<16, ((a2^turn)-turn)<<16
	b0, b1, b2 = ((b0^turn)-turn)<<16, ((b1^turn)-turn)<<16, ((b2^turn)-turn)<<16
	if right-left >= 8 || bottom-top >= 8 {
		r, scale, how := w.measure(t)
		if how == droppedLane {
			return
		}
		if how == carefulLane {
			w.askAll(slot, left, top, right, bottom)
			return
		}
		d := &w.drawing
		d.slot, d.how = slot, how
		d.x0, d.y0, d.x1, d.y1 = left, top, right, bottom
		dx, dy := left&3, top&3
		band += 32 * subpixel // of a block
		d.edge = [3]int64{e0 - dx*a0 - dy*b0 - band, e1 - dx*a1 - dy*b1 - band, e2 - dx*a2 - dy*b2 - band}
		d.right, d.down, d.band = [3]int64{a0, a1, a2}, [3]int64{b0, b1, b2}, band
		d.plane = plane3{r.plane.x * scale, r.plane.y * scale, r.plane.c * scale}
		w.drawBlocks(d)
		return
	}

	// List the candidates, without a branch that depends on where they lie.
	e0, e1, e2, band = e0-band, e1-band, e2-band, 2*band
	first, row := columnOf(left), rowOf(top)
	n := 0
	for y := top; y <= bottom; y++ {
		f0, f1, f2 := e0, e1, e2
		column := first
		for x := left; x <= right; x++ {
			sure, maybe := f0|f1|f2, (f0+band)|(f1+band)|(f2+band)
			w.candidates[n&63] = candidate(row|column|x<<13|y<<20) | candidate(sure>>63)&unsure
			n += 1 + int(maybe>>63)
			f0, f1, f2 = f0+a0, f1+a1, f2+a2
			column = (column - columnBits) & columnBits
		}
		e0, e1, e2 = e0+b0, e1+b1, e2+b2
		row = (row - rowBits) & rowBits
	}

	near, ids := w.pixelNearness(), w.pixelIDs()
	blur := w.blur
	id := uint32(0)
	var r *record
	var scale float64
	var how int
	for _, c := range w.candidates[:n] {
		i, x, y := c&(16*blocks-1), int64(c>>13&(tileW-1)), int64(c>>20&(tileH-1))
		old := near[i]
		zone := abs(old)*tieZone + blur
		if r == nil {
			if lo := float64(old - zone); t.n0 < lo && t.n1 < lo && t.n2 < lo {
				continue
			}
			r, scale, how = w.measure(t)
			if how == droppedLane {
				return
			}
			if how == carefulLane {
				w.askAll(slot, left, top, right, bottom)
				return
			}
			blur = w.blur
			zone = abs(old)*tieZone + blur
		}
		s := float32((r.plane.x*g.xs[x] + r.plane.y*g.ys[y] + r.plane.c) * scale)
		if s < old-zone {
			continue
		}
		if s > old+zone && c < unsure && how != askedLane {
			if how == alphaLane && !w.uncut1(slot, x, y) {
				continue
			}
			if id == 0 {
				id = w.enterRecord()
			}
			near[i], ids[i] = s, id
			w.stale |= 1 << (i >> 8)
		} else {
			id = w.ask1(slot, id, x, y)
		}
	}
}

// How a triangle is drawn, beside those of setUp.
const (
	askedLane = carefulLane + 1 + iota // each hit has to be asked about
	alphaLane                          // by alpha alone
)

// beside reports whether a triangle lies on the far side of one of the planes
// of the tile's frustum, or behind the camera.
func (g *screen) beside(p *[9]float64) bool {
	var left, right, up, down, behind int
	for k := 0; k < 9; k += 3 {
		x, y, z := p[k]*g.fx, p[k+1]*g.fy, p[k+2]
		if z < 0 {
			behind++
		}
		if g.ortho {
			z = 1
		}
		x, y = x+g.x*z, y+g.y*z
		slack := (math.Abs(p[k]*g.fx) + math.Abs(p[k+1]*g.fy) + (math.Abs(g.x)+math.Abs(g.y)+tileW*subpixel)*math.Abs(z)) * (1.0 / (1 << 40))
		if x+subpixel*z < -slack {
			left++
		}
		if y+subpixel*z < -slack {
			up++
		}
		if x-float64(g.lastX+1)*subpixel*z > slack {
			right++
		}
		if y-float64(g.lastY+1)*subpixel*z > slack {
			down++
		}
	}
	return left == 3 || right == 3 || up == 3 || down == 3 || behind == 3
}

// measure sets the record that a triangle's pixels are measured by, as setUp
// does: it is that which enterRecord enters next. Nearness is its plane times
// scale.
func (w *worker) measure(t *projected) (r *record, scale float64, how int) {
	g, in := &w.screen, w.inst
	x0, y0, z0, x1, y1, z1, x2, y2, z2 := t.x0, t.y0, t.z0, t.x1, t.y1, t.z1, t.x2, t.y2, t.z2
	// As normal does.
	ax, ay, az := x1-x0, y1-y0, z1-z0
	bx, by, bz := x2-x0, y2-y0, z2-z0
	nx := float64(ay*bz) - float64(az*by)
	ny := float64(az*bx) - float64(ax*bz)
	nz := float64(ax*by) - float64(ay*bx)
	n := float64(nx*x0) + float64(ny*y0) + float64(nz*z0)
	near, far := min(z0, z1, z2), max(z0, z1, z2)
	if !(far > 0 && far <= math.MaxFloat64 && n-n == 0) || nx == 0 && ny == 0 && nz == 0 {
		return nil, 0, droppedLane
	}
	if len(w.records) == cap(w.records) {
		w.records = slices.Grow(w.records, 1)
	}
	r = &w.records[:len(w.records)+1][len(w.records)]
	r.plane.x, r.plane.y, r.plane.c, r.other = nx, ny, nz, n
	if g.ortho {
		r.plane.x, r.plane.y, r.plane.c, r.other = -nx, -ny, n, nz
	}
	r.near, r.far, r.instance, r.slot = near, far, w.current, t.slot

	// Can the plane be trusted? See the bounds in normal and triangle.
	size := ax*ax + ay*ay + az*az + bx*bx + by*by + bz*bz
	reach := 1.0
	if !g.ortho {
		reach = x0*x0 + y0*y0 + z0*z0 + x1*x1 + y1*y1 + z1*z1 + x2*x2 + y2*y2 + z2*z2
	}
	if !(r.other*r.other > size*size*reach*g.trust) {
		return r, 0, carefulLane
	}
	scale = 1 / r.other
	if in.plain && !g.ortho {
		return r, scale, fastLane
	}
	if g.ortho {
		scale = -scale
		reach = math.Abs(x0) + math.Abs(y0) + math.Abs(x1) + math.Abs(y1) + math.Abs(x2) + math.Abs(y2) + far - near + math.Abs(near)
		if blur := float32(1.0 / (1 << 44) * (w.frame.reach + reach) * size * math.Abs(scale)); blur > w.blur {
			w.blur = blur
		}
	}
	view := &w.frame.view
	if w.caster.options.Clip && (far < view.Near || view.Far > 0 && near > view.Far) {
		return r, scale, droppedLane
	}
	if in.cull && r.other > 0 != in.mirrored {
		return r, scale, droppedLane
	}
	switch {
	case !w.alphaAlone(near, far):
		return r, scale, askedLane
	case in.alpha && !w.covers(t.slot):
		return r, scale, alphaLane
	}
	return r, scale, fastLane
}

// drawThrough draws a triangle of any kind: through the camera's plane, or with
// corners far out.
func (w *worker) drawThrough(t *projected) {
	g, f, d := &w.screen, w.frame, &w.drawing
	slot, p := t.slot, [9]float64{t.x0, t.y0, t.z0, t.x1, t.y1, t.z1, t.x2, t.y2, t.z2}
	if g.beside(&p) {
		return
	}
	r, scale, how := w.measure(t)
	if how == droppedLane {
		return
	}
	if how == carefulLane {
		w.askAll(slot, 0, 0, g.lastX, g.lastY)
		return
	}
	reach := f.reach
	q := 0.0
	for _, x := range p {
		q += x * x
	}
	if g.ortho {
		q, reach = q+reach*reach, 8
	}
	// No edge function nor a part of its sum exceeds q / 2. A power of two
	// takes that to at most 2^60, where all rounding stays below 2^13.
	q *= reach
	d.plane = plane3{r.plane.x * scale, r.plane.y * scale, r.plane.c * scale}
	most := (math.Abs(d.plane.x)+math.Abs(d.plane.y))*f.reach + math.Abs(d.plane.c)
	if !(q > 1e-200 && q < 1e200 && most < 1e30) {
		w.askAll(slot, 0, 0, g.lastX, g.lastY)
		return
	}
	d.slot, d.how, d.band = slot, how, 1<<14
	d.x0, d.y0, d.x1, d.y1 = 0, 0, g.lastX, g.lastY
	steps := math.Float64frombits((2*1023 + 59 - math.Float64bits(q)>>52) << 52)
	if r.other < 0 {
		steps = -steps
	}
	sx, sy := steps/f.view.Fx, steps/f.view.Fy
	for k := range d.edge {
		i, j := 3*k, (3*k+3)%9
		a := p[i+1]*p[j+2] - p[i+2]*p[j+1]
		b := p[i+2]*p[j] - p[i]*p[j+2]
		c := p[i]*p[j+1] - p[i+1]*p[j]
		if g.ortho {
			a, b = p[i+1]-p[j+1], p[j]-p[i]
		}
		d.edge[k] = int64((a*g.xs[0]+b*g.ys[0]+c)*steps) - d.band
		d.right[k], d.down[k] = int64(a*sx), int64(b*sy)
	}
	w.drawBlocks(d)
}

// drawBlocks draws the blocks of a drawing that has been measured.
func (w *worker) drawBlocks(d *drawing) {
	g := &w.screen
	a0, a1, a2 := d.right[0], d.right[1], d.right[2]
	b0, b1, b2 := d.down[0], d.down[1], d.down[2]
	band := 2 * d.band
	// What the least and the greatest in a block differ by from its first pixel.
	low0, low1, low2 := 3*(min(a0, 0)+min(b0, 0)), 3*(min(a1, 0)+min(b1, 0)), 3*(min(a2, 0)+min(b2, 0))
	top0, top1, top2 := 3*(max(a0, 0)+max(b0, 0))+band, 3*(max(a1, 0)+max(b1, 0))+band, 3*(max(a2, 0)+max(b2, 0))+band
	plane := d.plane
	nx, ny := plane.x/w.frame.view.Fx, plane.y/w.frame.view.Fy
	lowN, topN := 3*(min(nx, 0)+min(ny, 0)), 3*(max(nx, 0)+max(ny, 0))
	blur := w.blur
	id := uint32(0)
	e0, e1, e2 := d.edge[0], d.edge[1], d.edge[2]
	for y := d.y0 &^ 3; y <= d.y1; y += 4 {
		f0, f1, f2 := e0, e1, e2
		e0, e1, e2 = e0+4*b0, e1+4*b1, e2+4*b2
		inside := false
		for x := d.x0 &^ 3; x <= d.x1; x, f0, f1, f2 = x+4, f0+4*a0, f1+4*a1, f2+4*a2 {
			if (f0+top0)|(f1+top1)|(f2+top2) < 0 {
				if inside {
					break
				}
				continue
			}
			inside = true
			b := (rowOf(y) | columnOf(x)) >> 4 & (blocks - 1)
			n := plane.x*g.xs[x&(tileW-1)] + plane.y*g.ys[y&(tileH-1)] + plane.c
			low := w.low[b]
			if float32(n+topN) < low-abs(low)*tieZone-blur {
				continue
			}
			how := d.how
			if how == alphaLane && w.exact1(d.slot) {
				switch w.look(0).block(g.xs[x&(tileW-1)], g.ys[y&(tileH-1)], g.xs[(x+3)&(tileW-1)], g.ys[(y+3)&(tileH-1)]) {
				case notThere:
					continue
				case there:
					how = fastLane
				}
			}
			near, ids := &w.nearness[b], &w.id[b]
			if (f0+low0)|(f1+low1)|(f2+low2) >= 0 && how == fastLane {
				// All of it.
				won := 0
				for i := 0; i < 16; i += 4 {
					m := n
					for k := i; k < i+4; k++ {
						s, old := float32(m), near[k]
						m += nx
						zone := abs(old)*tieZone + blur
						if s > old+zone {
							if id == 0 {
								id = w.enterRecord()
							}
							near[k], ids[k] = s, id
							won++
						} else if s >= old-zone {
							id = w.ask1(d.slot, id, x+int64(k&3), y+int64(k>>2))
						}
					}
					n += ny
				}
				if won > 0 {
					w.stale |= 1 << (uint(b) >> 4)
				}
				if won == 16 {
					w.low[b] = float32(n - 4*ny + lowN)
				}
				continue
			}
			changed := false
			h0, h1, h2 := f0, f1, f2
			for i := 0; i < 16; i += 4 {
				m := n
				g0, g1, g2 := h0, h1, h2
				for k := i; k < i+4; k++ {
					s, old := float32(m), near[k]
					m += nx
					zone := abs(old)*tieZone + blur
					if s >= old-zone {
						if g0|g1|g2 >= 0 && s > old+zone && how != askedLane {
							if how == fastLane || w.uncut1(d.slot, x+int64(k&3), y+int64(k>>2)) {
								if id == 0 {
									id = w.enterRecord()
								}
								near[k], ids[k] = s, id
								changed = true
							}
						} else if (g0+band)|(g1+band)|(g2+band) >= 0 {
							id = w.ask1(d.slot, id, x+int64(k&3), y+int64(k>>2))
						}
					}
					g0, g1, g2 = g0+a0, g1+a1, g2+a2
				}
				n += ny
				h0, h1, h2 = h0+b0, h1+b1, h2+b2
			}
			if changed {
				w.stale |= 1 << (uint(b) >> 4)
			}
		}
	}
}

// enterRecord enters the record that was measured last and returns its number.
func (w *worker) enterRecord() uint32 {
	n := len(w.records)
	w.records = w.records[:n+1]
	return uint32(n)
}
