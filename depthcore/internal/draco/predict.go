package draco

import (
	"fmt"
	"math/bits"
)

// How values are predicted from those before them.
const (
	predictNothing       = -2
	predictLast          = 0
	predictParallelogram = 1
	predictMulti         = 4
	predictTexCoords     = 5
	predictNormals       = 6
)

// How predictions and corrections combine.
const (
	transformWrap       = 1
	transformOctahedron = 3

	transformOctahedronOld = 2
)

const maxParallelograms = 4

// wrap keeps values in a range that the stream states.
type wrap struct{ low, high int32 }

// add corrects a prediction (specification, "Prediction Wrap Transform").
func (w wrap) add(prediction, correction int32) int32 {
	v := min(max(prediction, w.low), w.high) + correction
	span := w.high - w.low + 1
	if v > w.high {
		return v - span
	}
	if v < w.low {
		return v + span
	}
	return v
}

// predictor undoes the prediction of one attribute.
type predictor struct {
	*attributeState
	wrap     wrap
	order    *sequence
	position *attributeState
	faces    []uint32 // the point of each corner

	crease       [maxParallelograms][]bool
	orientations []bool
}

// predict reads what the prediction needs and turns corrections into values,
// in place.
func (d *decoder) predict(dec *attributeDecoder, a *attributeState, method, transform int8) error {
	if a.how == asNormals {
		return d.skipNormals(a, method, transform)
	}
	for i, v := range a.portable { // the low bit is the sign
		a.portable[i] = int32(uint32(v)>>1) ^ -(v & 1)
	}
	if method == predictNothing {
		return nil
	}
	if transform != transformWrap {
		return fmt.Errorf("unknown Draco prediction transform %d", transform)
	}
	p := &predictor{attributeState: a, order: dec.order, position: d.position, faces: d.mesh.Faces}
	if p.order == nil {
		method = predictLast // without a corner table nothing else can be
	}
	switch method {
	case predictLast, predictParallelogram:
	case predictMulti:
		if err := d.creases(p); err != nil {
			return err
		}
	case predictTexCoords:
		if a.vectors != 2 || d.position == nil || d.position == a || d.position.vectors != 3 || d.position.portable == nil {
			return errBroken
		}
		if err := d.orientations(p); err != nil {
			return err
		}
	default:
		return fmt.Errorf("unknown Draco prediction %d", method)
	}
	p.wrap = wrap{int32(d.uint32()), int32(d.uint32())}
	if d.err != nil || p.wrap.low > p.wrap.high || int64(p.wrap.high)-int64(p.wrap.low) >= 1<<31-1 {
		return errBroken
	}
	return p.run(d, method)
}

// skipNormals reads over what normals need.
func (d *decoder) skipNormals(a *attributeState, method, transform int8) error {
	d.release(len(a.portable), 4)
	a.portable = nil
	if method == predictNothing {
		return nil
	}
	switch transform {
	case transformOctahedron:
		d.bytes(8)
	case transformOctahedronOld:
		d.bytes(4)
	default:
		return fmt.Errorf("unknown Draco prediction transform %d", transform)
	}
	if method == predictNormals && d.method == edgebreaker {
		d.byte()
		d.sized()
	}
	return d.err
}

func (d *decoder) creases(p *predictor) error {
	for i := range p.crease {
		n := d.varint()
		if n > uint64(len(p.order.table.vertex)) {
			return errBroken
		}
		if n == 0 {
			continue
		}
		if err := d.charge(int(n), 1); err != nil {
			return err
		}
		b, err := d.bitDecoder()
		if err != nil {
			return err
		}
		p.crease[i] = make([]bool, n)
		for k := range p.crease[i] {
			p.crease[i][k] = b.bit()
		}
	}
	return d.err
}

func (d *decoder) orientations(p *predictor) error {
	n := int(d.uint32())
	if n < 0 || n > len(p.order.table.vertex) {
		return errBroken
	}
	if err := d.charge(n, 1); err != nil {
		return err
	}
	b, err := d.bitDecoder()
	if err != nil {
		return err
	}
	p.orientations = make([]bool, n)
	last := true
	for i := range p.orientations {
		if !b.bit() {
			last = !last
		}
		p.orientations[i] = last
	}
	return nil
}

func (p *predictor) run(d *decoder, method int8) error {
	n := p.vectors
	guess := make([]int32, n)
	for e := 0; e < p.entries; e++ {
		if e&0xffff == 0 && d.ctx.Err() != nil {
			return d.ctx.Err()
		}
		from := guess
		known := false
		if e > 0 || method == predictTexCoords {
			var err error
			if known, err = p.guess(method, e, guess); err != nil {
				return err
			}
		} else {
			known = true // the first is predicted to be zero
		}
		if !known {
			from = p.portable[(e-1)*n : e*n]
		}
		for k := range n {
			p.portable[e*n+k] = p.wrap.add(from[k], p.portable[e*n+k])
		}
	}
	return nil
}

// guess predicts entry e; known is false where the entry before it is the
// prediction.
func (p *predictor) guess(method int8, e int, out []int32) (known bool, err error) {
	switch method {
	case predictParallelogram:
		return p.parallelogram(e, int(p.order.corner[e]), out), nil
	case predictMulti:
		return p.parallelograms(e, out)
	case predictTexCoords:
		return true, p.texCoord(e, out)
	}
	return false, nil
}

// parallelogram predicts entry e, met at corner c, from the face across the
// opposite edge: Touma and Gotsman, "Triangle Mesh Compression", 1998.
func (p *predictor) parallelogram(e, c int, out []int32) bool {
	t := p.order.table
	o := t.opposite(c)
	if o < 0 {
		return false
	}
	tip, a, b := int(p.order.entry[t.at(o)]), int(p.order.entry[t.at(next(o))]), int(p.order.entry[t.at(previous(o))])
	if tip >= e || a >= e || b >= e {
		return false
	}
	n := p.vectors
	for k := range out {
		out[k] = p.portable[a*n+k] + p.portable[b*n+k] - p.portable[tip*n+k]
	}
	return true
}

// parallelograms averages those parallelograms around entry e that do not
// reach over a crease.
func (p *predictor) parallelograms(e int, out []int32) (known bool, err error) {
	t := p.order.table
	start := int(p.order.corner[e])
	var found [maxParallelograms][]int32
	n := 0
	for c, leftward := start, true; c >= 0; {
		v := make([]int32, p.vectors)
		if p.parallelogram(e, c, v) {
			found[n] = v
			if n++; n == maxParallelograms {
				break
			}
		}
		if leftward {
			c = t.swingLeft(c)
		} else {
			c = t.swingRight(c)
		}
		if c == start {
			break
		}
		if c < 0 && leftward {
			leftward = false
			c = t.swingRight(start)
		}
	}
	if n == 0 {
		return false, nil
	}
	used := int32(0)
	clear(out)
	flags := &p.crease[n-1]
	if len(*flags) < n {
		return false, errBroken
	}
	for _, v := range found[:n] {
		crease := (*flags)[0]
		*flags = (*flags)[1:]
		if crease {
			continue
		}
		used++
		for k := range out {
			out[k] += v[k]
		}
	}
	if used == 0 {
		return false, nil
	}
	for k := range out {
		out[k] /= used
	}
	return true, nil
}

// texCoord predicts texture coordinates from the shape of the triangle in
// space (specification, "TexCoords Prediction Decoder").
func (p *predictor) texCoord(e int, out []int32) error {
	t := p.order.table
	c := int(p.order.corner[e])
	a, b := int(p.order.entry[t.at(next(c))]), int(p.order.entry[t.at(previous(c))])
	uv := func(e int) [2]int64 { return [2]int64{int64(p.portable[2*e]), int64(p.portable[2*e+1])} }
	if a < e && b < e {
		na, nb := uv(a), uv(b)
		if na == nb {
			out[0], out[1] = int32(nb[0]), int32(nb[1])
			return nil
		}
		tip, pa, pb := p.point(c), p.point(next(c)), p.point(previous(c))
		pn := sub(pb, pa)
		if norm := dot(pn, pn); norm != 0 {
			along := dot(pn, sub(tip, pa))
			d := [2]int64{nb[0] - na[0], nb[1] - na[1]}
			x := [2]int64{na[0]*norm + d[0]*along, na[1]*norm + d[1]*along}
			var foot [3]int64
			for k := range foot {
				foot[k] = pa[k] + pn[k]*along/norm
			}
			off := sub(tip, foot)
			height := int64(intSqrt(uint64(dot(off, off)) * uint64(norm)))
			y := [2]int64{d[1] * height, -d[0] * height}
			if len(p.orientations) == 0 {
				return errBroken
			}
			last := len(p.orientations) - 1
			if !p.orientations[last] {
				y = [2]int64{-y[0], -y[1]}
			}
			p.orientations = p.orientations[:last]
			out[0], out[1] = int32((x[0]+y[0])/norm), int32((x[1]+y[1])/norm)
			return nil
		}
	}
	switch {
	case a < e:
		copy(out, p.portable[2*a:2*a+2])
	case e > 0:
		copy(out, p.portable[2*e-2:2*e])
	default:
		clear(out)
	}
	return nil
}

// point returns the quantised position of a corner.
func (p *predictor) point(c int) (v [3]int64) {
	pos := p.position
	e := int(pos.entry[p.faces[c]])
	for k := range v {
		v[k] = int64(pos.portable[3*e+k])
	}
	return v
}

func sub(a, b [3]int64) [3]int64 { return [3]int64{a[0] - b[0], a[1] - b[1], a[2] - b[2]} }
func dot(a, b [3]int64) int64    { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

// intSqrt returns the whole part of the square root, by Newton's method.
func intSqrt(n uint64) uint64 {
	if n == 0 {
		return 0
	}
	root := uint64(1) << ((bits.Len64(n) + 1) / 2)
	for {
		better := (root + n/root) / 2
		if better >= root {
			return root
		}
		root = better
	}
}
