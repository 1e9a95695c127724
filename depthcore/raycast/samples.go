package raycast

import (
	"context"
	"image"
	"math"
	"sync"

	"zscope/depthcore/camera"
	"zscope/depthcore/internal/par"
)

// The rays of a lens are where its pixels' centres are when its distortion is
// undone: nearly on a grid, if the piece of the picture is small. So the picture
// is cut into pieces, and each gets a pinhole camera of its own, whose pixels
// are that grid. All that finds out which triangles may matter to which pixels
// runs with the piece's pinhole and a pad as wide as the rays are off the grid;
// drawing takes the rays where they are.

// piece is a rectangle of a picture through a lens, with the rays of one side.
type piece struct {
	rect   image.Rectangle // of the picture
	side   side
	border int // empty pixels around rect in the tile that it is cast as
	// toTile takes image-plane coordinates of the side to pixels of the tile:
	// two rows of three.
	toTile [6]float64
	pad    float32 // no ray is farther off the grid
	// What the rays' image-plane coordinates are within.
	x0, y0, x1, y1 float64
	width          int // in blocks
	blocks         []rayBlock
	has            []uint16 // of each block, which pixels have a ray, a bit each
}

// rayBlock is the rays of 4x4 pixels: image-plane coordinates of the side.
type rayBlock struct{ x, y [16]float64 }

// rayTable is the rays of a picture.
type rayTable struct {
	in    camera.Intrinsics
	tiles [][]piece // by tile of the picture
	sides []side    // those that there are
	empty int       // pixels without a ray
}

// lenses keeps the rays of the last pictures, for all casters of a scene.
type lenses struct {
	mu     sync.Mutex
	tables []*rayTable
}

// keptTables and keptPixels bound the tables in memory but for the last: of 16
// bytes a pixel.
const keptTables, keptPixels = 4, 1 << 22

// table returns the rays of in's picture.
func (l *lenses) table(ctx context.Context, pool *par.Pool, in camera.Intrinsics) (*rayTable, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, t := range l.tables {
		if t.in == in {
			copy(l.tables[1:i+1], l.tables[:i])
			l.tables[0] = t
			return t, nil
		}
	}
	t, err := newRayTable(ctx, pool, in)
	if err != nil {
		return nil, err
	}
	pixels, kept := in.Width*in.Height, 1
	list := append([]*rayTable{t}, l.tables...)
	for ; kept < min(len(list), keptTables); kept++ {
		if pixels += list[kept].in.Width * list[kept].in.Height; pixels > keptPixels {
			break
		}
	}
	l.tables = list[:kept:kept]
	return t, nil
}

func newRayTable(ctx context.Context, pool *par.Pool, in camera.Intrinsics) (*rayTable, error) {
	tilesX, tilesY := (in.Width+tileW-1)/tileW, (in.Height+tileH-1)/tileH
	t := &rayTable{in: in, tiles: make([][]piece, tilesX*tilesY)}
	rays := in.Rays()
	empty := make([]int, len(t.tiles))
	err := pool.Run(ctx, len(t.tiles), func(_, tile int) {
		x0, y0 := tile%tilesX*tileW, tile/tilesX*tileH
		c := cutter{rect: image.Rect(x0, y0, min(x0+tileW, in.Width), min(y0+tileH, in.Height))}
		empty[tile] = c.measure(&rays, in.Lens.Model)
		for _, f := range c.sides() {
			c.side = f
			c.cut(c.rect)
		}
		t.tiles[tile] = c.pieces
	})
	if err != nil {
		return nil, err
	}
	seen := map[side]bool{}
	for i, list := range t.tiles {
		t.empty += empty[i]
		for _, p := range list {
			if !seen[p.side] {
				seen[p.side] = true
				t.sides = append(t.sides, p.side)
			}
		}
	}
	return t, nil
}

// cutter cuts a tile of the picture into pieces.
type cutter struct {
	rect   image.Rectangle
	rays   []sampleRay // by pixel of rect
	side   side
	pieces []piece
}

type sampleRay struct {
	x, y float64
	side side
	ok   bool
}

// measure finds the rays, and returns how many pixels have none.
func (c *cutter) measure(rays *camera.Rays, lens camera.LensModel) (empty int) {
	c.rays = make([]sampleRay, 0, c.rect.Dx()*c.rect.Dy())
	for y := c.rect.Min.Y; y < c.rect.Max.Y; y++ {
		for x := c.rect.Min.X; x < c.rect.Max.X; x++ {
			var s sampleRay
			d, ok := rays.Ray(float64(x)+0.5, float64(y)+0.5)
			if s.ok = ok; ok {
				s.side, s.x, s.y = sideOf(lens, d)
			} else {
				empty++
			}
			c.rays = append(c.rays, s)
		}
	}
	return empty
}

func (c *cutter) sides() (list []side) {
	seen := [sides]bool{}
	for _, s := range c.rays {
		if s.ok && !seen[s.side.turn] {
			seen[s.side.turn] = true
			list = append(list, s.side)
		}
	}
	return list
}

// ray returns the ray of a pixel, if it has one of the side.
func (c *cutter) ray(x, y int) (s *sampleRay, ok bool) {
	s = &c.rays[(y-c.rect.Min.Y)*c.rect.Dx()+x-c.rect.Min.X]
	return s, s.ok && s.side == c.side
}

// How far from the grid the rays of a piece may be, in pixels, before it is cut
// in two; and the smallest pieces that are made for it. farBeside is what makes
// smaller ones.
const (
	offGrid   = 0.45
	smallest  = 16
	farBeside = 16
)

// cut adds the pieces of a rectangle.
func (c *cutter) cut(r image.Rectangle) {
	p := piece{rect: r, side: c.side}
	// Some of a large piece's rays tell that it is too large.
	off, found := 0.0, false
	if max(r.Dx(), r.Dy()) > smallest {
		off, found = c.fit(&p, 4)
	}
	if off <= offGrid || !found {
		if off, found = c.fit(&p, 1); !found {
			return
		}
	}
	if w, h := r.Dx(), r.Dy(); off > farBeside && w*h > 1 || off > offGrid && max(w, h) > smallest {
		one, two := r, r
		if w >= h {
			one.Max.X = r.Min.X + (w+1)/2
			two.Min.X = one.Max.X
		} else {
			one.Max.Y = r.Min.Y + (h+1)/2
			two.Min.Y = one.Max.Y
		}
		c.cut(one)
		c.cut(two)
		return
	}
	if off > offGrid {
		// The filters take no more than a pixel beside the tile into account.
		p.border = (int(off) + 4) &^ 3
	}
	p.pad = float32(off*(1+1e-6)) + leastPad
	c.enter(&p)
	c.pieces = append(c.pieces, p)
}

// fit lays the grid of a piece by least squares on the rays of every so many
// columns and rows, and returns how far they are off it. ok is false where none
// of them belongs to the side.
func (c *cutter) fit(p *piece, step int) (off float64, ok bool) {
	p.x0, p.y0, p.x1, p.y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	var n, mx, my, mi, mj float64
	each := func(do func(i, j, x, y float64)) {
		for y := p.rect.Min.Y; y < p.rect.Max.Y; y += step {
			for x := p.rect.Min.X; x < p.rect.Max.X; x += step {
				if s, ok := c.ray(x, y); ok {
					do(float64(x-p.rect.Min.X), float64(y-p.rect.Min.Y), s.x, s.y)
				}
			}
		}
	}
	each(func(i, j, x, y float64) {
		p.x0, p.x1, p.y0, p.y1 = min(p.x0, x), max(p.x1, x), min(p.y0, y), max(p.y1, y)
		n, mx, my, mi, mj = n+1, mx+x, my+y, mi+i, mj+j
	})
	if n == 0 {
		return 0, false
	}
	mx, my, mi, mj = mx/n, my/n, mi/n, mj/n
	var xx, xy, yy, xi, xj, yi, yj, ii, jj float64
	each(func(i, j, x, y float64) {
		x, y, i, j = x-mx, y-my, i-mi, j-mj
		xx, xy, yy, ii, jj = xx+x*x, xy+x*y, yy+y*y, ii+i*i, jj+j*j
		xi, xj, yi, yj = xi+x*i, xj+x*j, yi+y*i, yj+y*j
	})
	det := xx*yy - xy*xy
	a := [4]float64{(xi*yy - yi*xy) / det, (yi*xx - xi*xy) / det, (xj*yy - yj*xy) / det, (yj*xx - xj*xy) / det}
	if !(det > 1e-6*xx*yy) || !(a[0]*a[3]-a[1]*a[2] > 0) {
		// A row, a column or a pixel: square pixels of the same spacing.
		s := math.Sqrt((ii + jj) / (xx + yy))
		if !(s > 0) || math.IsInf(s, 0) {
			s = 1e3
		}
		a = [4]float64{s, 0, 0, s}
	}
	p.toTile = [6]float64{a[0], a[1], mi - a[0]*mx - a[1]*my, a[2], a[3], mj - a[2]*mx - a[3]*my}
	each(func(i, j, x, y float64) {
		u, v := p.at(x, y)
		off = max(off, math.Abs(u-i), math.Abs(v-j))
	})
	return off, true
}

// at returns the tile's pixel of a ray.
func (p *piece) at(x, y float64) (u, v float64) {
	m := &p.toTile
	return m[0]*x + m[1]*y + m[2], m[3]*x + m[4]*y + m[5]
}

// enter moves the piece by its border and lists its rays.
func (c *cutter) enter(p *piece) {
	p.toTile[2] += float64(p.border)
	p.toTile[5] += float64(p.border)
	p.width = (p.rect.Dx() + 3) / 4
	p.blocks = make([]rayBlock, p.width*((p.rect.Dy()+3)/4))
	p.has = make([]uint16, len(p.blocks))
	for k := range p.blocks {
		b := &p.blocks[k]
		for i := range b.x {
			px, py := k%p.width*4+i&3, k/p.width*4+i>>2
			if px >= p.rect.Dx() || py >= p.rect.Dy() {
				continue
			}
			s, ok := c.ray(p.rect.Min.X+px, p.rect.Min.Y+py)
			if !ok {
				continue
			}
			p.has[k] |= 1 << i
			b.x[i], b.y[i] = s.x, s.y
		}
	}
}
