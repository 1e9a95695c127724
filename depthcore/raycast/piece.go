package raycast

import (
	"context"
	"image"
	"math"
	"math/bits"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
)

// samples are what a worker needs to cast the pieces of a tile.
type samples struct {
	// Where the rays of the tile's pixels are, in pixels from their block's
	// first one. Lined up with pixels, so that kernels find both alike.
	u, v  [blocks][16]float32
	piece *piece
	frame frame // the piece's pinhole
	all   []int32
}

// sphere holds an instance, in the camera space of a side.
type sphere struct {
	center mgl64.Vec3
	radius float64
}

// seenBy is the instances of a frame as the rays of a side see them.
type seenBy struct {
	side      side
	instances []instance
	spheres   []sphere
}

// castLens is Cast for a view through a lens, once the map has its size.
func (c *Caster) castLens(ctx context.Context, v camera.View, done func(image.Rectangle)) error {
	table, err := c.shared.lenses.table(ctx, c.pool, v.Intrinsics)
	if err != nil {
		return err
	}
	f := &c.frame
	f.begin(c, v)
	for len(c.seenBy) < len(table.sides) {
		c.seenBy = append(c.seenBy, seenBy{})
	}
	c.seenBy = c.seenBy[:len(table.sides)]
	for k, side := range table.sides {
		c.seenBy[k].turn(f, side)
	}
	f.done, f.ctx, c.rays = done, ctx, table
	err = c.pool.Run(ctx, len(table.tiles), c.eachLens)
	f.done, f.ctx, c.rays = nil, nil, nil
	return err
}

// turn makes s what the rays of a side see of the frame's instances.
func (s *seenBy) turn(f *frame, to side) {
	s.side, s.instances, s.spheres = to, append(s.instances[:0], f.instances...), s.spheres[:0]
	for i := range s.instances {
		in := &s.instances[i]
		in.camera = to.of(in.camera)
		b := &in.tree.Box
		var center, half mgl64.Vec3
		for k := range center {
			lo, hi := float64(b.Min[k]), float64(b.Max[k])
			center[k], half[k] = lo+(hi-lo)/2, (hi-lo)/2
		}
		round := 0.0
		for k := range 3 { // no farther than the sum of the half axes
			axis := mgl64.Vec3{in.camera[k], in.camera[4+k], in.camera[8+k]}
			round += axis.Len() * half[k]
		}
		at := in.camera.apply(center)
		s.spheres = append(s.spheres, sphere{at, round*(1+1e-6) + 1e-6*at.Len()})
	}
}

// mayBeSeen reports whether a sphere may be seen in a piece.
func (p *piece) mayBeSeen(s *sphere) bool {
	x, y, z := s.center[0], s.center[1], s.center[2]
	if z < -s.radius {
		return false
	}
	for _, side := range [4][2]float64{{x - p.x0*z, p.x0}, {p.x1*z - x, p.x1}, {y - p.y0*z, p.y0}, {p.y1*z - y, p.y1}} {
		if side[0] < -s.radius*math.Sqrt(1+side[1]*side[1])-1e-6*(math.Abs(x)+math.Abs(y)+math.Abs(z))*(1+math.Abs(side[1])) {
			return false
		}
	}
	return true
}

// castPieces casts a tile of a picture through a lens.
func (c *Caster) castPieces(k, tile int) {
	w := c.worker(k)
	f, v := &c.frame, &c.frame.view
	tilesX := (v.Width + tileW - 1) / tileW
	x0, y0 := tile%tilesX*tileW, tile/tilesX*tileH
	r := image.Rect(x0, y0, min(x0+tileW, v.Width), min(y0+tileH, v.Height))
	pieces := c.rays.tiles[tile]
	w.tile = r
	w.writeEmpty()
	if f.hits != nil {
		w.tell(f.hits, false)
	}
	for i := range pieces {
		if !w.castPiece(&pieces[i]) {
			return
		}
	}
	if f.ctx.Err() == nil && f.done != nil {
		f.done(r)
	}
}

// castPiece casts a piece, and reports whether it did.
func (w *worker) castPiece(p *piece) bool {
	if w.lensSamples == nil {
		w.lensSamples = &samples{}
	}
	s, c := w.lensSamples, w.caster
	w.samples, w.frame = s, &s.frame
	defer func() { w.samples, w.frame = nil, &c.frame }()
	s.begin(c, p)
	if len(s.all) == 0 {
		return c.frame.ctx.Err() == nil
	}
	if !w.trace(image.Rect(0, 0, s.frame.view.Width, s.frame.view.Height), s.all) {
		return false
	}
	w.resolveSamples(c.frame.out)
	return true
}

// begin makes the pinhole of a piece.
func (s *samples) begin(c *Caster, p *piece) {
	s.piece = p
	f := &s.frame
	width, height := p.rect.Dx()+2*p.border, p.rect.Dy()+2*p.border
	f.caster, f.ctx, f.side, f.pad = c, c.frame.ctx, p.side, p.pad
	f.view = camera.View{Intrinsics: camera.Intrinsics{Width: width, Height: height, Fx: 1, Fy: 1}, Near: c.frame.view.Near, Far: c.frame.view.Far}
	// Planes at right angles to the optical axis are none in turned space.
	f.ask = c.options.Clip && p.side != (side{})
	f.xs, f.ys = wholeNumbers(f.xs, tileW), wholeNumbers(f.ys, tileH)
	f.reach = 1 + tileW + tileH
	f.instances, s.all = f.instances[:0], s.all[:0]
	for k := range c.seenBy {
		if c.seenBy[k].side == p.side {
			s.see(&c.seenBy[k])
		}
	}
	if len(s.all) == 0 {
		return
	}
	if c.options.Path == Scalar {
		s.place()
	} else {
		placeWide(&p.blocks[0], p.width, len(p.blocks)/p.width, p.border, &p.toTile, s)
	}
}

// place finds where the rays are in the tile.
func (s *samples) place() {
	p, m := s.piece, &s.piece.toTile
	for k := range p.blocks {
		from, b := &p.blocks[k], s.blockOf(k)
		u0, v0 := m[2]-float64(p.border+k%p.width*4), m[5]-float64(p.border+k/p.width*4)
		for i, x := range from.x {
			y := from.y[i]
			s.u[b][i] = float32(float64(m[0]*x) + float64(m[1]*y) + u0)
			s.v[b][i] = float32(float64(m[3]*x) + float64(m[4]*y) + v0)
		}
	}
}

// see lists the instances that may be seen in the piece.
func (s *samples) see(from *seenBy) {
	f, m := &s.frame, &s.piece.toTile
	for i := range from.instances {
		if !s.piece.mayBeSeen(&from.spheres[i]) {
			continue
		}
		f.instances = append(f.instances, from.instances[i])
		in := &f.instances[len(f.instances)-1]
		for c := range 4 {
			x, y, z := in.camera[c], in.camera[4+c], in.camera[8+c]
			in.drawn[c], in.drawn[4+c], in.drawn[8+c] = m[0]*x+m[1]*y+m[2]*z, m[3]*x+m[4]*y+m[5]*z, z
		}
		if in.place(f); in.pixels.Empty() {
			f.instances = f.instances[:len(f.instances)-1]
			continue
		}
		s.all = append(s.all, int32(len(s.all)))
	}
}

func wholeNumbers(x []float64, n int) []float64 {
	for i := len(x); i < n; i++ {
		x = append(x, float64(i))
	}
	return x
}

// blockOf returns where in the tile a block of the piece is.
func (s *samples) blockOf(k int) int {
	p := s.piece
	b, _ := pixelAt(p.border+k%p.width*4, p.border+k/p.width*4)
	return b
}

// has reports whether a pixel of the tile has a ray.
func (s *samples) has(px, py int) bool {
	p := s.piece
	if !image.Pt(px-p.border, py-p.border).In(image.Rect(0, 0, p.rect.Dx(), p.rect.Dy())) {
		return false
	}
	k, i := s.at(px, py)
	return p.has[k]>>i&1 != 0
}

// at returns the block of the piece and the lane of a pixel of the tile, not of
// its border.
func (s *samples) at(px, py int) (block, lane int) {
	p := s.piece
	px, py = px-p.border, py-p.border
	return py>>2*p.width + px>>2, py&3<<2 | px&3
}

func (s *samples) ray(px, py int) (x, y float64) {
	k, i := s.at(px, py)
	b := &s.piece.blocks[k]
	return b.x[i], b.y[i]
}

// empty empties the cells of the tile that the piece is in, and marks their
// pixels without a ray as nearer than anything.
func (s *samples) empty(w *worker) {
	const full = 1<<16 - 1
	p := s.piece
	before := p.border / 4
	wide, high := p.width, len(p.blocks)/p.width
	for cy := range (s.frame.view.Height + 15) / 16 {
		for cx := range (s.frame.view.Width + 15) / 16 {
			c := cy*cellsX + cx
			w.farthest[c] = 0
			clear(w.id[16*c : 16*c+16])
			clear(w.nearness[16*c : 16*c+16])
			for k := range 16 {
				b, has := 16*c+k, uint16(0)
				x, y := 4*cx+k&3-before, 4*cy+k>>2-before
				if x >= 0 && y >= 0 && x < wide && y < high {
					has = p.has[y*wide+x]
				}
				w.low[b] = 0
				for i := 0; has != full && i < 16; i++ {
					if has>>i&1 == 0 {
						w.nearness[b][i] = math.MaxFloat32
					}
				}
			}
			w.stale |= 1 << c
		}
	}
}

// resolveSamples measures the depth of the piece's pixels and writes it to the
// map.
func (w *worker) resolveSamples(m *depth.Map) {
	s, p := w.samples, w.samples.piece
	wide := w.wide && w.caster.frame.hits == nil && p.side == (side{})
	for k := 0; k < len(p.blocks); {
		x0, y0 := p.rect.Min.X+k%p.width*4, p.rect.Min.Y+k/p.width*4
		row, n := p.has[k:(k/p.width+1)*p.width], 0 // whole blocks
		for wide && n < len(row) && row[n] == 1<<16-1 {
			n++
		}
		if n > 0 {
			resolveRaysWide(w.path, &w.id[s.blockOf(k)], &w.records[0], &p.blocks[k], &m.Z[y0*m.Width+x0], 4*m.Width, n, p.border/4+k%p.width)
			k += n
			continue
		}
		w.resolveRays(k, m)
		k++
	}
}

// resolveRays does so for the pixels of a block.
func (w *worker) resolveRays(k int, m *depth.Map) {
	s, p, h := w.samples, w.samples.piece, w.caster.frame.hits
	rays, ids := &p.blocks[k], &w.id[s.blockOf(k)]
	first := (p.rect.Min.Y+k/p.width*4)*m.Width + p.rect.Min.X + k%p.width*4
	for has := p.has[k]; has != 0; has &= has - 1 {
		i := bits.TrailingZeros16(has)
		if ids[i] == 0 {
			continue // the tile is empty before
		}
		r, at := &w.records[ids[i]], first+i>>2*m.Width+i&3
		z := r.z(rays.x[i], rays.y[i], camera.Perspective)
		m.Z[at] = float32(p.side.value(rays.x[i], rays.y[i], z))
		if h != nil {
			h.Instance[at], h.Triangle[at] = int32(s.frame.instances[r.instance].index), s.frame.triangleOf(r)
		}
	}
}
