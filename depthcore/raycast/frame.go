package raycast

import (
	"context"
	"image"
	"math"
	"slices"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/bvh"
	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
)

// Tiles are the pieces of work. Blocks of 4x4 pixels, one cache line each,
// are what kernels work on; cells of 4x4 blocks know their farthest surface.
const (
	tileW, tileH     = 128, 64
	blocksX, blocksY = tileW / 4, tileH / 4
	blocks           = blocksX * blocksY
	cellsX, cellsY   = tileW / 16, tileH / 16
	cells            = cellsX * cellsY
)

// frame is what all workers of one Cast read.
type frame struct {
	caster         *Caster
	ctx            context.Context
	view           camera.View
	xs, ys         []float64 // image-plane coordinates of the columns and rows
	originX        float64   // image coordinate u of the first column's centre
	originY        float64
	reach          float64 // 1 + the largest |x| + |y| of a ray
	pad            float32 // how far from its centre a pixel's ray may lie, in pixels, and a little
	side           side    // what the rays of a lens are turned by
	ask            bool    // each hit has to be asked about: clipping on what is no Z here
	tilesX, tilesY int

	instances []instance // those in sight
	spans     []span     // of tiles that they touch
	start     []int32    // tile k sees list[start[k]:start[k+1]]
	list      []int32
	present   []int32                 // in Scene.Instances: those that have a tree
	add, lay  func(worker, chunk int) // methods, made once

	out  *depth.Map
	hits *Hits // nil where nobody asked
	done func(image.Rectangle)
}

// instance is one of the scene's, as the frame sees it.
type instance struct {
	index     int // in Scene.Instances
	tree      *bvh.Tree
	camera    affine // camera from object, for the meaning
	drawn     affine // likewise, for the filters in front of it
	positions []mgl64.Vec3
	indices   []uint32
	pixels    image.Rectangle // it lies within
	nearest   float32         // nearness that no point of it exceeds
	cull      bool            // its back faces
	mirrored  bool
	alpha     bool // a material decides where it is there
	plain     bool // nothing but the nearest counts
	// wild instances have numbers that float32 tests cannot be trusted with.
	wild bool
}

// corners returns the camera-space corners of a triangle.
func (in *instance) corners(tri int) (p [3]mgl64.Vec3) {
	return in.cornersBy(&in.camera, tri)
}

// triangle returns the triangle that is in a slot of the tree.
func (in *instance) triangle(slot uint32) int { return int(in.tree.Tris[slot]) }

func (in *instance) cornersBy(m *affine, tri int) (p [3]mgl64.Vec3) {
	for k := range p {
		p[k] = m.apply(in.positions[in.indices[3*tri+k]])
	}
	return p
}

// span are columns and rows of tiles: x0 <= x < x1, y0 <= y < y1.
type span struct{ x0, y0, x1, y1 int32 }

// begin takes a view and finds the instances in sight.
func (f *frame) begin(c *Caster, v camera.View) {
	f.caster, f.view, f.pad = c, v, leastPad
	f.tilesX, f.tilesY = (v.Width+tileW-1)/tileW, (v.Height+tileH-1)/tileH
	f.present = f.present[:0]
	for i, t := range c.trees {
		if t != nil && len(t.Nodes) > 0 {
			f.present = append(f.present, int32(i))
		}
	}
	n := len(f.present)
	f.instances = slices.Grow(f.instances[:0], n)[:n]
	f.spread(f.add)
	kept := 0
	for i := range f.instances {
		if f.instances[i].tree != nil {
			f.move(kept, i)
			kept++
		}
	}
	f.instances = f.instances[:kept]
}

// chunkInstances are instances that one worker makes ready at a time.
const chunkInstances = 256

// spread does work for all instances, which are in chunks.
func (f *frame) spread(work func(worker, chunk int)) {
	switch chunks := (len(f.instances) + chunkInstances - 1) / chunkInstances; chunks {
	case 0:
	case 1:
		work(0, 0)
	default:
		// A context that cannot end: nothing is left out.
		_ = f.caster.pool.Run(context.Background(), chunks, work)
	}
}

// chunk returns the first instance of a chunk and the one behind its last.
func (f *frame) chunk(c int) (from, to int) {
	return c * chunkInstances, min(len(f.instances), (c+1)*chunkInstances)
}

// move moves an instance to another place in the list.
func (f *frame) move(to, from int) {
	if to != from {
		f.instances[to] = f.instances[from]
	}
}

// addChunk enters the instances of a chunk, without a tree where there is
// nothing to be seen of one.
func (f *frame) addChunk(_, chunk int) {
	for k, to := f.chunk(chunk); k < to; k++ {
		i := int(f.present[k])
		if in := &f.instances[k]; !f.addInstance(in, i, f.caster.trees[i]) {
			in.tree = nil
		}
	}
}

// addInstance sets in to instance i of the scene. It reports whether there may be
// anything to see of it.
func (f *frame) addInstance(in *instance, i int, t *bvh.Tree) bool {
	c := f.caster
	prim := c.primitive(i)
	*in = instance{index: i, tree: t, camera: cameraFromObject(f.view, &c.pose.WorldFromObject[i]), positions: c.pose.Positions[i], indices: prim.Indices}
	if in.positions == nil {
		in.positions = prim.Positions
	}
	doubleSided := false
	if m := prim.Material; m >= 0 {
		cut := &c.cutout[m]
		in.alpha = cut.active
		if cut.active && (cut.material.Texture == nil || prim.UV == nil) && prim.Alpha == nil {
			// One alpha for all of it.
			if cut.material.Factor < cut.threshold {
				return false
			}
			in.alpha = false
		}
		if prim.Alpha == nil && cut.solid() {
			in.alpha = false
		}
		doubleSided = c.scene.Materials[m].DoubleSided
	}
	in.drawn = in.camera
	in.cull = c.options.CullBackFaces && !doubleSided
	in.mirrored = c.pose.WorldFromObject[i].Mat3().Det() < 0
	in.plain = !in.alpha && !in.cull && !c.options.Clip
	return true
}

// setRays lays the ray of pixel (0, 0) through image point (u, v), those of
// the others a pixel apart, and sorts the instances into tiles.
func (f *frame) setRays(u, v float64) {
	f.originX, f.originY = u, v
	f.xs = rays(f.xs, f.tilesX*tileW, u, f.view.Cx, f.view.Fx)
	f.ys = rays(f.ys, f.tilesY*tileH, v, f.view.Cy, f.view.Fy)
	largest := func(x []float64) float64 { return max(math.Abs(x[0]), math.Abs(x[len(x)-1])) }
	f.reach = 1 + largest(f.xs) + largest(f.ys)
	n := len(f.instances)
	f.spans = slices.Grow(f.spans[:0], n)[:n]
	f.spread(f.lay)
	kept := 0
	for i, s := range f.spans {
		if s.x0 < s.x1 {
			f.move(kept, i)
			f.spans[kept] = s
			kept++
		}
	}
	f.instances, f.spans = f.instances[:kept], f.spans[:kept]
	f.sortIntoTiles()
}

// layChunk places the instances of a chunk.
func (f *frame) layChunk(_, chunk int) {
	for i, to := f.chunk(chunk); i < to; i++ {
		in := &f.instances[i]
		in.place(f)
		r, s := in.pixels, &f.spans[i]
		if *s = (span{}); !r.Empty() {
			*s = span{int32(r.Min.X / tileW), int32(r.Min.Y / tileH), int32((r.Max.X-1)/tileW + 1), int32((r.Max.Y-1)/tileH + 1)}
		}
	}
}

func rays(x []float64, n int, first, c, scale float64) []float64 {
	if cap(x) < n {
		x = make([]float64, n)
	}
	x = x[:n]
	for i := range x {
		x[i] = (float64(i) + first - c) / scale
	}
	return x
}

// place bounds the instance's pixels and nearness by its box.
func (in *instance) place(f *frame) {
	v := &f.view
	whole := image.Rect(0, 0, v.Width, v.Height)
	in.pixels, in.nearest = whole, math.MaxFloat32
	m := &in.drawn
	largest := 0.0
	for r := 0; r < 3; r++ {
		sum := math.Abs(m[4*r+3])
		for k := 0; k < 3; k++ {
			sum += math.Abs(m[4*r+k]) * max(math.Abs(float64(in.tree.Box.Min[k])), math.Abs(float64(in.tree.Box.Max[k])))
		}
		largest = max(largest, sum)
	}
	scale := max(v.Fx, v.Fy) + math.Abs(v.Cx-f.originX) + math.Abs(v.Cy-f.originY) + float64(v.Width+v.Height)
	if !(largest > 1e-12 && largest < 1e12 && scale < 1e9 && f.reach < 1e6 && min(v.Fx, v.Fy) > 1e-9) {
		in.wild = true
		return
	}
	slack := largest * (1.0 / (1 << 20))
	minU, minV, minZ := math.Inf(1), math.Inf(1), math.Inf(1)
	maxU, maxV, maxZ := math.Inf(-1), math.Inf(-1), math.Inf(-1)
	for k := 0; k < 8; k++ {
		var p mgl64.Vec3
		for a := range p {
			p[a] = float64(in.tree.Box.Min[a])
			if k>>a&1 != 0 {
				p[a] = float64(in.tree.Box.Max[a])
			}
		}
		q := m.apply(p)
		minZ, maxZ = min(minZ, q[2]), max(maxZ, q[2])
		x, y := q[0], q[1]
		if v.Model == camera.Perspective {
			x, y = x/q[2], y/q[2]
		}
		minU, maxU, minV, maxV = min(minU, x), max(maxU, x), min(minV, y), max(maxV, y)
	}
	minZ, maxZ = minZ-slack, maxZ+slack
	if maxZ <= 0 {
		in.pixels = image.Rectangle{}
		return
	}
	// How far rounding moves an image-plane coordinate.
	blur := slack
	if v.Model == camera.Orthographic {
		in.nearest = float32(-minZ + slack)
	} else {
		if minZ <= 16*slack {
			return
		}
		in.nearest = float32(1/minZ) * (1 + 1.0/(1<<20))
		blur = 2 * slack * (1 + f.reach) / minZ
	}
	limit := func(x float64, n int) int { return int(min(max(x, -1), float64(n)+1)) }
	column := func(x float64) float64 { return x*v.Fx + v.Cx - f.originX }
	row := func(y float64) float64 { return y*v.Fy + v.Cy - f.originY }
	pad := float64(f.pad)
	in.pixels = image.Rect(limit(math.Floor(column(minU-blur)-pad)-1, v.Width), limit(math.Floor(row(minV-blur)-pad)-1, v.Height),
		limit(math.Ceil(column(maxU+blur)+pad)+2, v.Width), limit(math.Ceil(row(maxV+blur)+pad)+2, v.Height)).Intersect(whole)
}

// sortIntoTiles lists for each tile the instances that may be seen in it.
func (f *frame) sortIntoTiles() {
	n := f.tilesX * f.tilesY
	if cap(f.start) < n+1 {
		f.start = make([]int32, n+1)
	}
	f.start = f.start[:n+1]
	clear(f.start)
	f.eachTile(func(_, tile int) { f.start[tile+1]++ })
	for k := 0; k < n; k++ {
		f.start[k+1] += f.start[k]
	}
	total := int(f.start[n])
	if cap(f.list) < total {
		f.list = make([]int32, total)
	}
	f.list = f.list[:total]
	f.eachTile(func(i, tile int) {
		f.list[f.start[tile]] = int32(i)
		f.start[tile]++
	})
	copy(f.start[1:], f.start[:n])
	f.start[0] = 0
}

// eachTile calls do for each instance with each tile that it touches.
func (f *frame) eachTile(do func(instance, tile int)) {
	for i, s := range f.spans {
		for y := int(s.y0); y < int(s.y1); y++ {
			for x := int(s.x0); x < int(s.x1); x++ {
				do(i, y*f.tilesX+x)
			}
		}
	}
}

// triangleOf returns which triangle of its instance a record is of.
func (f *frame) triangleOf(r *record) uint32 { return f.instances[r.instance].tree.Tris[r.slot] }

func (f *frame) inTile(tile int) []int32 { return f.list[f.start[tile]:f.start[tile+1]] }

// affine takes object-space points to camera space with Y down and Z forward.
type affine [12]float64 // three rows of four

func cameraFromObject(v camera.View, worldFromObject *mgl64.Mat4) affine {
	a, b := &v.CameraFromWorld, worldFromObject
	var m affine
	for r := 0; r < 3; r++ {
		sign := 1.0
		if r > 0 {
			sign = -1
		}
		for c := 0; c < 4; c++ {
			s := float64(a[r]*b[4*c]) + float64(a[4+r]*b[4*c+1]) + float64(a[8+r]*b[4*c+2])
			if c == 3 {
				s += a[12+r]
			}
			m[4*r+c] = sign * s
		}
	}
	return m
}

func (m *affine) apply(p mgl64.Vec3) (q mgl64.Vec3) {
	for r := range q {
		q[r] = float64(m[4*r]*p[0]) + float64(m[4*r+1]*p[1]) + float64(m[4*r+2]*p[2]) + m[4*r+3]
	}
	return q
}
