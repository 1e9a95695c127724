package scene

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/go-gl/mathgl/mgl64"
)

// deformer moves the vertices of morphed and skinned shapes, many at once.
type deformer struct {
	shapes   []shape
	pieces   []piece
	vertices int // of all shapes

	next    atomic.Int64 // the next piece to be taken
	waiting sync.WaitGroup
	work    func() // made once, so that starting it allocates nothing
}

// shape is a deformed primitive as one node shows it. Instances of the same
// mesh by the same node share it.
type shape struct {
	instance
	primitive *Primitive
	positions []mgl64.Vec3
	wide      bool // vector instructions may be used
}

// instance is what makes instances deform alike.
type instance struct{ primitive, node, skin int }

// piece is a range of a shape's vertices.
type piece struct{ shape, from, to int }

const (
	pieceVertices = 8192
	// Below so many vertices, starting goroutines takes longer than it saves.
	parallelVertices = 20000
)

// addShapes finds the shapes of s that deform and gives their instances room
// for the result.
func (p *Pose) addShapes(s *Scene) {
	d := &p.deformer
	known := map[instance]int{}
	for i := range s.Instances {
		if !s.Deforms(i) {
			continue
		}
		in := &s.Instances[i]
		key := instance{in.Primitive, in.Node, in.Skin}
		k, ok := known[key]
		if !ok {
			k = len(d.shapes)
			known[key] = k
			prim := &s.Primitives[in.Primitive]
			d.shapes = append(d.shapes, shape{key, prim, make([]mgl64.Vec3, len(prim.Positions)), hasKernel && prim.bendable(s, in.Skin)})
			d.cut(k)
		}
		p.Positions[i] = d.shapes[k].positions
	}
	d.work = func() {
		p.deformPieces()
		d.waiting.Done()
	}
}

// bendable reports whether every influence is by a joint of the skin, which
// loaders see to: vector code does not ask.
func (prim *Primitive) bendable(s *Scene, skin int) bool {
	if skin < 0 {
		return true
	}
	n := len(prim.Positions) * prim.Influences
	if n == 0 || len(prim.Joints) < n || len(prim.Weights) < n {
		return false
	}
	joints := len(s.Skins[skin].Joints)
	for _, j := range prim.Joints {
		if int(j) >= joints {
			return false
		}
	}
	return true
}

// cut adds shape k's pieces: one, where a sparse morph target could reach into
// any of them.
func (d *deformer) cut(k int) {
	n, step := len(d.shapes[k].positions), pieceVertices
	d.vertices += n
	for _, t := range d.shapes[k].primitive.Targets {
		if t.Vertex != nil {
			step = n
		}
	}
	for from := 0; from < n; from += step {
		d.pieces = append(d.pieces, piece{k, from, min(n, from+step)})
	}
}

// deform moves the vertices of all shapes that are not hidden.
func (p *Pose) deform() {
	d := &p.deformer
	threads := p.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	if d.vertices < parallelVertices {
		threads = 1
	}
	d.next.Store(0)
	for range min(threads, len(d.pieces)) - 1 {
		d.waiting.Add(1)
		go d.work()
	}
	p.deformPieces()
	d.waiting.Wait()
}

// deformPieces takes pieces until none is left.
func (p *Pose) deformPieces() {
	d := &p.deformer
	for {
		k := int(d.next.Add(1)) - 1
		if k >= len(d.pieces) {
			return
		}
		c := d.pieces[k]
		sh := &d.shapes[c.shape]
		if p.hidden[sh.node] {
			continue
		}
		at, moved := sh.primitive.morph(sh.positions, p.local[sh.node].weights, c.from, c.to, sh.wide)
		if sh.skin >= 0 {
			sh.primitive.bend(sh.positions, at, p.bones[sh.skin], c.from, c.to, sh.wide)
		} else if !moved {
			copy(sh.positions[c.from:c.to], at[c.from:c.to])
		}
	}
}

// morph displaces positions from <= v < to by the weighted targets: glTF 2.0,
// section 3.7.2.2. It returns where they are then: in out, or, where no target
// has moved them, where they were. Sparse targets need the whole range.
func (prim *Primitive) morph(out []mgl64.Vec3, weights []float64, from, to int, wide bool) (at []mgl64.Vec3, moved bool) {
	at = prim.Positions
	for k := range min(len(weights), len(prim.Targets)) {
		w, target := weights[k], &prim.Targets[k]
		if w == 0 {
			continue
		}
		if target.Vertex == nil {
			displaceAll(out[from:to], at[from:to], w, target.Delta[from:to], wide)
		} else {
			if !moved {
				copy(out[from:to], at[from:to])
			}
			for i, v := range target.Vertex {
				out[v] = displaced(&out[v], w, &target.Delta[i])
			}
		}
		at, moved = out, true
	}
	return at, moved
}

// displaceAll sets out to positions displaced by w times delta.
func displaceAll(out, positions []mgl64.Vec3, w float64, delta []mgl64.Vec3, wide bool) {
	first := 0
	if wide && len(out) >= 4 {
		first = len(out) &^ 3 // four vertices are three fours of numbers
		displaceWide(&out[0][0], &positions[0][0], &delta[0][0], first/4*3, w)
	}
	for v := first; v < len(out); v++ {
		out[v] = displaced(&positions[v], w, &delta[v])
	}
}

func displaced(p *mgl64.Vec3, w float64, delta *mgl64.Vec3) mgl64.Vec3 {
	return mgl64.Vec3{p[0] + float64(w*delta[0]), p[1] + float64(w*delta[1]), p[2] + float64(w*delta[2])}
}

// bend moves object-space positions to world space by the weighted sum of
// their bones' matrices: glTF 2.0, section 3.7.3.3.
func (prim *Primitive) bend(out, positions []mgl64.Vec3, bones []mgl64.Mat4, from, to int, wide bool) {
	if k := from * prim.Influences; wide {
		bendWide(&out[from], &positions[from], &bones[0], &prim.Joints[k], &prim.Weights[k], prim.Influences, to-from)
		return
	}
	for v := from; v < to; v++ {
		m := prim.bone(bones, v)
		out[v] = transform(&m, positions[v])
	}
}

// bone returns the weighted sum of the matrices that vertex v follows, but for
// its last row.
func (prim *Primitive) bone(bones []mgl64.Mat4, v int) (m mgl64.Mat4) {
	n := prim.Influences
	for k := v * n; k < (v+1)*n; k++ {
		w := prim.Weights[k]
		if w == 0 {
			continue
		}
		b := &bones[prim.Joints[k]]
		for c := 0; c < 16; c += 4 {
			m[c] += float64(w * b[c])
			m[c+1] += float64(w * b[c+1])
			m[c+2] += float64(w * b[c+2])
		}
	}
	return m
}
