package raycast

import (
	"math/bits"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/bvh"
)

// drawSamples draws triangles of the setup where the rays of a lens are.
func (w *worker) drawSamples(lanes uint32) {
	for ; lanes != 0; lanes &= lanes - 1 {
		w.rasterSamples(bits.TrailingZeros32(lanes))
	}
}

// measureSetUp takes what n triangles of the batch from first on, those of lanes in
// the setup, are measured by to camera space: the piece's pinhole has other
// roundings than the meaning.
func (w *worker) measureSetUp(first, n int, lanes uint32) {
	st, in := &w.setup, w.inst
	switch {
	case w.wide && in.tree.Exact:
		measureWide(w.path, &in.camera, &w.batch, st, first)
		return
	case w.wide:
		w.fetchCorners(&in.camera, first, n)
		measureCornersWide(w.path, &w.corners, st)
		return
	}
	for ; lanes != 0; lanes &= lanes - 1 {
		lane := bits.TrailingZeros32(lanes)
		p := w.cornersOf(lane)
		st.measure(lane, &p)
	}
}

// measure sets what a lane is measured by, for a perspective camera.
func (st *setup) measure(lane int, p *[3]mgl64.Vec3) {
	n, _, d, near, far, _ := normal(p)
	for i, x := range [6]float64{n[0], n[1], n[2], d, near, far} {
		st.plane[i][lane] = x
	}
}

// rasterSamples draws a triangle of the setup into its blocks.
func (w *worker) rasterSamples(lane int) {
	st, s := &w.setup, w.samples
	x0, y0, x1, y1 := st.rect[lane].split()
	margin := st.margin[lane]
	var ea, eb, ec [3]float32
	reach := [3]float32{}
	for k := range ea {
		ea[k], eb[k], ec[k] = st.edge[k][0][lane], st.edge[k][1][lane], st.edge[k][2][lane]
		reach[k] = margin + s.piece.pad + max2(0, 3*ea[k]) + max2(0, 3*eb[k])
	}
	na, nb, nc := st.near[0][lane], st.near[1][lane], st.near[2][lane]
	ask, alone, blur := st.hits[lane], w.alphaAlone(st.plane[4][lane], st.plane[5][lane]), w.blur
	bx0, by0 := x0>>2, y0>>2
	for by := by0; by <= y1>>2; by++ {
		dy := float32(4 * (by - by0))
		for bx := bx0; bx <= x1>>2; bx++ {
			dx := float32(4 * (bx - bx0))
			e0 := ea[0]*dx + eb[0]*dy + ec[0]
			e1 := ea[1]*dx + eb[1]*dy + ec[1]
			e2 := ea[2]*dx + eb[2]*dy + ec[2]
			if e0+reach[0] < 0 || e1+reach[1] < 0 || e2+reach[2] < 0 {
				continue
			}
			n := na*dx + nb*dy + nc
			b, _ := pixelAt(4*bx, 4*by)
			near, ids := &w.nearness[b], &w.id[b]
			us, vs := &s.u[b], &s.v[b]
			changed := false
			for i := range near {
				u, v := us[i], vs[i]
				in := ea[0]*u + eb[0]*v + e0
				if e := ea[1]*u + eb[1]*v + e1; e < in {
					in = e
				}
				if e := ea[2]*u + eb[2]*v + e2; e < in {
					in = e
				}
				if in < -margin {
					continue
				}
				q, old := na*u+nb*v+n, near[i]
				gap, zone := q-old, abs(old)*tieZone+blur
				if gap < -zone {
					continue
				}
				px, py := 4*bx+i&3, 4*by+i>>2
				switch {
				case !(in > margin && gap > zone) || ask && !alone:
					w.decide(lane, px, py)
				case !ask || w.exactly(lane) && w.uncut(lane, px, py):
					near[i], ids[i] = q, w.recordOf(lane)
					changed = true
				}
			}
			if changed {
				w.stale |= 1 << (by>>2*cellsX + bx>>2)
			}
		}
	}
}

// leafTest appends to a batch the triangles of a leaf that may cover a pixel's
// centre.
func leafTest(l *lens, leaf *bvh.Leaf, slots uint32, out *batch) {
	for k, x := range leaf.P[0] {
		if x != x {
			break // behind the last
		}
		var u, v, w [3]float32
		front := 0
		for i := range u {
			x, y, z := leaf.P[3*i][k], leaf.P[3*i+1][k], leaf.P[3*i+2][k]
			u[i] = l.u[0]*x + l.u[1]*y + l.u[2]*z + l.u[3]
			v[i] = l.v[0]*x + l.v[1]*y + l.v[2]*z + l.v[3]
			w[i] = l.w[0]*x + l.w[1]*y + l.w[2]*z + l.w[3]
			if w[i] > 1024*l.errW {
				front++
			}
		}
		x0, y0, x1, y1 := float32(0), float32(0), l.lastX, l.lastY
		if front == 3 {
			i0, i1, i2 := 1/w[0], 1/w[1], 1/w[2]
			inv := max2(max2(i0, i1), i2)
			u0, u1, u2 := u[0]*i0, u[1]*i1, u[2]*i2
			v0, v1, v2 := v[0]*i0, v[1]*i1, v[2]*i2
			slackX := (l.errU+256*l.errW)*inv + l.pad
			slackY := (l.errV+256*l.errW)*inv + l.pad
			x0, x1 = max2(min2(min2(u0, u1), u2)-slackX, 0), min2(max2(max2(u0, u1), u2)+slackX, l.lastX)
			y0, y1 = max2(min2(min2(v0, v1), v2)-slackY, 0), min2(max2(max2(v0, v1), v2)+slackY, l.lastY)
		} else if outside(&u, &v, &w, l) {
			continue
		}
		if !(x0 <= x1 && y0 <= y1) {
			continue
		}
		ix0, iy0, ix1, iy1 := ceil(x0), ceil(y0), int32(x1), int32(y1)
		if ix0 > ix1 || iy0 > iy1 {
			continue
		}
		n := out.n
		for i := range out.p {
			out.p[i][n] = leaf.P[i][k]
		}
		out.slot[n], out.rect[n] = slots+uint32(k), makeRect(int(ix0), int(iy0), int(ix1), int(iy1))
		out.n++
	}
}

// outside reports whether a triangle that reaches to the camera's plane lies
// beside the tile or behind the camera.
func outside(u, v, w *[3]float32, l *lens) bool {
	var left, right, up, down, behind int
	for i := range u {
		if w[i] < -l.errW {
			behind++
		}
		if u[i]+w[i] < -2*(l.errU+l.errW) {
			left++
		}
		if v[i]+w[i] < -2*(l.errV+l.errW) {
			up++
		}
		if u[i]-(l.lastX+1)*w[i] > 2*(l.errU+256*l.errW) {
			right++
		}
		if v[i]-(l.lastY+1)*w[i] > 2*(l.errV+256*l.errW) {
			down++
		}
	}
	return left == 3 || right == 3 || up == 3 || down == 3 || behind == 3
}
