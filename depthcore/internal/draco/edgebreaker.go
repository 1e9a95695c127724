package draco

import (
	"errors"
	"fmt"
)

// Edgebreaker's symbols: how the next face hangs on the ones before it
// (Rossignac, "Edgebreaker: Connectivity Compression for Triangle Meshes",
// 1999).
const (
	symbolC = 0
	symbolS = 1
	symbolL = 3
	symbolR = 5
	symbolE = 7
)

// maxTurned bounds what joins cost: a hostile stream can join one great fan of
// faces again and again, which takes quadratic time.
const maxTurned = 1 << 28

const (
	standardTraversal = 0
	valenceTraversal  = 2

	minValence = 2
	maxValence = 7
)

// connectivity is what edgebreaker decoding gives.
type connectivity struct {
	corners
	hole       []bool    // vertices on a boundary
	attributes []corners // one for each attribute with seams of its own
}

// split is a place where the traversal was cut in two and joined later.
type split struct {
	source, split int // encoder's symbol numbers
	rightEdge     bool
}

// edgebreakerReader is the state while faces are decoded.
type edgebreakerReader struct {
	*connectivity
	symbols    int // all of them
	splits     []split
	resumed    map[int]int // decoder's symbol number -> corner, where a split is joined
	active     []int       // corners of the open loops' gates
	faces      int         // decoded so far
	vertices   int         // added so far
	startFaces bitDecoder

	bits bitReader // standard traversal

	// Valence traversal: a list of symbols for each valence of the next vertex.
	valence  []int32
	contexts [maxValence - minValence + 1][]int32
	context  int // of the next symbol, none before the first
	symbol   int
	isolated []int // vertices that lost their corners
	turned   int   // corners that joins gave another vertex
}

func (d *decoder) decodeEdgebreaker() error {
	traversal := d.byte()
	vertices, faces := d.varint(), d.varint()
	attributes := int(d.byte())
	symbols, splitSymbols := d.varint(), d.varint()
	if d.err != nil {
		return d.err
	}
	if traversal != standardTraversal && traversal != valenceTraversal {
		return fmt.Errorf("unknown Draco traversal %d", traversal)
	}
	if faces > 1<<30 || vertices > 3*faces || symbols > faces || faces > symbols+symbols/3+1 || splitSymbols > symbols {
		return errBroken
	}
	n, most := int(3*faces), int(vertices+splitSymbols)
	if err := d.charge(n, 12+5*attributes); err != nil { // vertex, across, Faces; vertex, seam
		return err
	}
	if err := d.charge(most, 9+attributes); err != nil { // leftMost, hole, valence; onSeam
		return err
	}
	r := &edgebreakerReader{
		connectivity: &connectivity{
			corners: corners{vertex: filled(n), across: filled(n), leftMost: make([]int32, 0, most)},
			hole:    make([]bool, most),
		},
		symbols: int(symbols), resumed: map[int]int{}, context: none,
	}
	for i := range r.hole {
		r.hole[i] = true
	}
	d.conn = r.connectivity

	// Everything about the faces comes first, what they decode to second.
	if err := d.splits(r); err != nil {
		return err
	}
	if traversal == standardTraversal {
		r.bits.data = d.sized()
	}
	var err error
	if r.startFaces, err = d.bitDecoder(); err != nil {
		return err
	}
	seams := make([]bitDecoder, attributes)
	for i := range seams {
		if seams[i], err = d.bitDecoder(); err != nil {
			return err
		}
	}
	if traversal == valenceTraversal {
		r.valence = make([]int32, most)
		for i := range r.contexts {
			count := d.varint()
			if count > faces {
				return errBroken
			}
			if r.contexts[i], err = d.symbols(int(count), 1); err != nil {
				return err
			}
			defer d.release(int(count), 4)
		}
	}
	if d.err != nil {
		return d.err
	}

	if err := r.decodeFaces(d, most); err != nil {
		return err
	}
	if err := r.closeLoops(); err != nil {
		return err
	}
	if r.faces != int(faces) {
		return errBroken
	}
	if attributes == 0 {
		r.renumber()
	}
	if err := r.decodeSeams(d, seams); err != nil {
		return err
	}
	return d.assignPoints()
}

func filled(n int) []int32 {
	s := make([]int32, n)
	for i := range s {
		s[i] = none
	}
	return s
}

func (d *decoder) splits(r *edgebreakerReader) error {
	n := d.varint()
	if n > uint64(len(d.data)) {
		return errBroken
	}
	if err := d.charge(int(n), 24); err != nil {
		return err
	}
	r.splits = make([]split, n)
	last := uint64(0)
	for i := range r.splits {
		source := last + d.varint()
		back := d.varint()
		if d.err != nil || source > uint64(r.symbols) || back > source {
			return errBroken
		}
		r.splits[i] = split{source: int(source), split: int(source - back)}
		last = source
	}
	bits := bitReader{data: d.data}
	for i := range r.splits {
		r.splits[i].rightEdge = bits.bits(1) == 1
	}
	if n > 0 {
		d.bytes(bits.used())
	}
	return d.err
}

// nextSymbol reads how the next face is attached.
func (r *edgebreakerReader) nextSymbol() error {
	switch {
	case r.valence == nil:
		r.symbol = int(r.bits.bits(1))
		if r.symbol != symbolC {
			r.symbol |= int(r.bits.bits(2)) << 1
		}
	case r.context == none:
		r.symbol = symbolE
	default:
		list := &r.contexts[r.context]
		if len(*list) == 0 {
			return errBroken
		}
		s := (*list)[len(*list)-1]
		*list = (*list)[:len(*list)-1]
		if s < 0 || s > 4 {
			return errBroken
		}
		r.symbol = [...]int{symbolC, symbolS, symbolL, symbolR, symbolE}[s]
	}
	return nil
}

func (r *edgebreakerReader) decodeFaces(d *decoder, most int) error {
	for s := 0; s < r.symbols; s++ {
		if s&0xffff == 0 && d.ctx.Err() != nil {
			return d.ctx.Err()
		}
		if err := r.nextSymbol(); err != nil {
			return err
		}
		if r.symbol != symbolE && len(r.active) == 0 {
			return errBroken
		}
		if 3*r.faces >= len(r.vertex) {
			return errBroken
		}
		corner := 3 * r.faces
		r.faces++
		var err error
		switch r.symbol {
		case symbolC:
			err = r.closeVertex(corner)
		case symbolS:
			err = r.join(corner, s)
		case symbolL, symbolR:
			err = r.grow(corner, most)
		default:
			err = r.start(corner, most)
		}
		if err != nil {
			return err
		}
		r.countValence()
		if r.symbol == symbolC || r.symbol == symbolS {
			continue
		}
		if err := r.openSplits(s); err != nil {
			return err
		}
	}
	return nil
}

func (r *edgebreakerReader) top() *int { return &r.active[len(r.active)-1] }

func (r *edgebreakerReader) glue(a, b int) { r.across[a], r.across[b] = int32(b), int32(a) }

func (r *edgebreakerReader) free(c int) bool { return c >= 0 && r.across[c] < 0 }

func (r *edgebreakerReader) addVertex(corner, most int) error {
	if r.vertices >= most {
		return errBroken
	}
	r.vertices++
	r.leftMost = append(r.leftMost, int32(corner))
	r.vertex[corner] = int32(r.vertices - 1)
	return nil
}

// closeVertex adds a face between two open edges that meet in a vertex.
func (r *edgebreakerReader) closeVertex(corner int) error {
	a := *r.top()
	x := r.at(next(a))
	b := next(int(r.leftMost[x]))
	if a == b || !r.free(a) || !r.free(b) {
		return errBroken
	}
	r.glue(a, corner+1)
	r.glue(b, corner+2)
	prev, nxt := r.at(previous(a)), r.at(next(b))
	if x == prev || x == nxt {
		return errBroken
	}
	r.vertex[corner], r.vertex[corner+1], r.vertex[corner+2] = int32(x), int32(nxt), int32(prev)
	r.leftMost[prev] = int32(corner + 2)
	r.hole[x] = false
	*r.top() = corner
	return nil
}

// grow adds a face with a new vertex to an open edge.
func (r *edgebreakerReader) grow(corner, most int) error {
	a := *r.top()
	tip, left, right := corner+2, corner+1, corner
	if r.symbol == symbolL {
		tip, left, right = corner+1, corner, corner+2
	}
	if !r.free(a) {
		return errBroken
	}
	r.glue(tip, a)
	if err := r.addVertex(tip, most); err != nil {
		return err
	}
	prev := r.at(previous(a))
	r.vertex[right] = int32(prev)
	r.leftMost[prev] = int32(right)
	r.vertex[left] = r.vertex[next(a)]
	*r.top() = corner
	return nil
}

// join adds a face between two loops, which merges two vertices.
func (r *edgebreakerReader) join(corner, s int) error {
	b := *r.top()
	r.active = r.active[:len(r.active)-1]
	if c, ok := r.resumed[s]; ok {
		r.active = append(r.active, c)
	}
	if len(r.active) == 0 {
		return errBroken
	}
	a := *r.top()
	if a == b || !r.free(a) || !r.free(b) {
		return errBroken
	}
	r.glue(a, corner+2)
	r.glue(b, corner+1)
	p, prev := r.at(previous(a)), r.at(previous(b))
	r.vertex[corner], r.vertex[corner+1], r.vertex[corner+2] = int32(p), r.vertex[next(a)], int32(prev)
	r.leftMost[prev] = int32(corner + 2)
	n := next(b)
	gone := r.at(n)
	if gone == p {
		return errBroken
	}
	if r.valence != nil {
		r.valence[p] += r.valence[gone]
	}
	r.leftMost[p] = r.leftMost[gone]
	for first := n; n >= 0; {
		r.vertex[n] = int32(p)
		if n = r.swingLeft(n); n == first {
			return errBroken
		}
		if r.turned++; r.turned > maxTurned {
			return errors.New("the Draco data joins the same vertices over and over")
		}
	}
	r.leftMost[gone] = none
	r.isolated = append(r.isolated, gone)
	*r.top() = corner
	return nil
}

// start adds a face that hangs on none.
func (r *edgebreakerReader) start(corner, most int) error {
	for k := range 3 {
		if err := r.addVertex(corner+k, most); err != nil {
			return err
		}
	}
	r.active = append(r.active, corner)
	return nil
}

// countValence keeps the valences from which the next symbol's list is chosen.
func (r *edgebreakerReader) countValence() {
	if r.valence == nil {
		return
	}
	c := *r.top()
	v, n, p := r.at(c), r.at(next(c)), r.at(previous(c))
	switch r.symbol {
	case symbolC, symbolS:
		r.valence[n]++
		r.valence[p]++
	case symbolR:
		r.valence[v]++
		r.valence[n]++
		r.valence[p] += 2
	case symbolL:
		r.valence[v]++
		r.valence[n] += 2
		r.valence[p]++
	default:
		r.valence[v] += 2
		r.valence[n] += 2
		r.valence[p] += 2
	}
	r.context = int(min(max(r.valence[n], minValence), maxValence)) - minValence
}

// openSplits remembers the gates at which the traversal was cut at symbol s.
func (r *edgebreakerReader) openSplits(s int) error {
	id := r.symbols - s - 1
	for len(r.splits) > 0 {
		last := r.splits[len(r.splits)-1]
		if last.source > id {
			return errBroken
		}
		if last.source != id {
			return nil
		}
		r.splits = r.splits[:len(r.splits)-1]
		gate := previous(*r.top())
		if last.rightEdge {
			gate = next(*r.top())
		}
		r.resumed[r.symbols-last.split-1] = gate
	}
	return nil
}

// closeLoops adds the last face of each loop that has one.
func (r *edgebreakerReader) closeLoops() error {
	for len(r.active) > 0 {
		a := *r.top()
		r.active = r.active[:len(r.active)-1]
		if !r.startFaces.bit() {
			continue
		}
		if 3*r.faces >= len(r.vertex) {
			return errBroken
		}
		n := r.at(next(a))
		b := next(int(r.leftMost[n]))
		x := r.at(next(b))
		if x < 0 {
			return errBroken
		}
		c := next(int(r.leftMost[x]))
		p := r.at(next(c))
		if p < 0 || a == b || b == c || a == c || !r.free(a) || !r.free(b) || !r.free(c) {
			return errBroken
		}
		corner := 3 * r.faces
		r.faces++
		r.glue(corner, a)
		r.glue(corner+1, b)
		r.glue(corner+2, c)
		for k, v := range [...]int{x, p, n} {
			r.vertex[corner+k] = int32(v)
			r.hole[v] = false
		}
	}
	return nil
}

// renumber moves the last vertices into the places of those that joins left
// without a corner, so that without attribute seams a vertex is a point.
func (r *edgebreakerReader) renumber() {
	n := len(r.leftMost)
	for _, gone := range r.isolated {
		for n > 0 && r.leftMost[n-1] < 0 {
			n--
		}
		last := n - 1
		if last < gone {
			continue
		}
		first := int(r.leftMost[last])
		for c := first; c >= 0; {
			r.vertex[c] = int32(gone)
			if c = r.swingRight(c); c == first {
				break
			}
		}
		r.leftMost[gone], r.leftMost[last] = int32(first), none
		r.hole[gone], r.hole[last] = r.hole[last], false
		n--
	}
	r.leftMost = r.leftMost[:n]
}

// decodeSeams reads along which edges each attribute is cut.
func (r *edgebreakerReader) decodeSeams(d *decoder, bits []bitDecoder) error {
	r.attributes = make([]corners, len(bits))
	for i := range r.attributes {
		r.attributes[i] = corners{
			base: &r.corners, vertex: make([]int32, len(r.vertex)), across: r.across,
			seam: make([]bool, len(r.vertex)), onSeam: make([]bool, len(r.leftMost)),
		}
	}
	for c := range r.vertex {
		opposite := r.opposite(c)
		if opposite >= 0 && opposite/3 < c/3 {
			continue // read with the other face
		}
		for i := range r.attributes {
			if opposite < 0 || bits[i].bit() {
				r.attributes[i].addSeam(c)
			}
		}
	}
	for i := range r.attributes {
		if err := r.attributes[i].split(d); err != nil {
			return err
		}
	}
	return nil
}

// assignPoints gives each corner its point: a vertex is one point for each
// combination of attribute vertices around it.
func (d *decoder) assignPoints() error {
	t := d.conn
	d.mesh.Faces = make([]uint32, len(t.vertex))
	if len(t.attributes) == 0 {
		for c, v := range t.vertex {
			d.mesh.Faces[c] = uint32(v)
		}
		d.mesh.Points = len(t.leftMost)
		return nil
	}
	differ := func(a, b int) bool {
		for i := range t.attributes {
			if t.attributes[i].vertex[a] != t.attributes[i].vertex[b] {
				return true
			}
		}
		return false
	}
	steps := 0
	for v, left := range t.leftMost {
		first := int(left)
		if first < 0 {
			continue
		}
		if !t.hole[v] {
			first = t.firstSeam(first, v)
		}
		d.mesh.Faces[first] = uint32(d.mesh.Points)
		d.mesh.Points++
		for last, c := first, t.swingRight(first); c >= 0 && c != first; last, c = c, t.swingRight(c) {
			if differ(c, last) {
				d.mesh.Points++
			}
			d.mesh.Faces[c] = uint32(d.mesh.Points - 1)
			if steps++; steps > len(t.vertex) {
				return errBroken
			}
		}
	}
	return nil
}

// firstSeam returns the first corner around an inner vertex, to the right of
// c, that lies beyond a seam; c where there is none.
func (t *connectivity) firstSeam(c, v int) int {
	for i := range t.attributes {
		att := &t.attributes[i]
		if !att.onSeam[v] {
			continue
		}
		for a := t.swingRight(c); a >= 0 && a != c; a = t.swingRight(a) {
			if att.vertex[a] != att.vertex[c] {
				return a
			}
		}
	}
	return c
}
