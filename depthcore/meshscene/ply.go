package meshscene

import (
	"errors"
	"fmt"
	"math"

	"github.com/go-gl/mathgl/mgl64"
)

// readPLY reads PLY, as text and binary of either byte order: G. Turk, "The PLY
// Polygon File Format", 1994. The element "vertex" has the properties x, y and
// z, of any type and in any order; "face" has a list vertex_indices or
// vertex_index; "tristrips" has lists of strips, which -1 ends. Everything else
// is passed over.
func readPLY(f *file) (*mesh, error) {
	h, err := readPLYHeader(f.data)
	if err != nil {
		return nil, err
	}
	r := &plyReader{file: f, body: newPLYBody(h, f.data), mesh: mesh{format: "PLY (" + h.format + ")", up: UpZ}}
	if err := r.readVertices(h); err != nil {
		return nil, err
	}
	r.body = newPLYBody(h, f.data)
	if err := r.readFaces(h); err != nil {
		return nil, err
	}
	r.tellIgnored()
	return &r.mesh, nil
}

type plyReader struct {
	*file
	body     plyBody
	mesh     mesh
	corners  []uint32 // of the list being read
	polygons polygons
	flat     int // faces with less than three corners
	edges    int
}

const maxVertices = math.MaxInt32 // what the format's indices count

// readVertices reads the element "vertex", wherever it stands.
func (r *plyReader) readVertices(h *plyHeader) error {
	for i := range h.elements {
		e := &h.elements[i]
		if e.name != "vertex" {
			if err := r.skip(e); err != nil {
				return err
			}
			continue
		}
		column := [3]int{e.find(false, "x"), e.find(false, "y"), e.find(false, "z")}
		if min(column[0], column[1], column[2]) < 0 {
			return errors.New("the vertices do not have x, y and z")
		}
		if e.count > maxVertices {
			return fmt.Errorf("%d vertices are more than indices count", e.count)
		}
		if err := r.check(e); err != nil {
			return err
		}
		if err := r.charge(e.count, 24); err != nil {
			return err
		}
		r.mesh.positions = make([]mgl64.Vec3, e.count)
		to := make([]int, len(e.properties)) // coordinate of a column, plus 1
		for k, c := range column {
			to[c] = k + 1
		}
		return r.rows(e, func(row, column int) {
			if k := to[column]; k > 0 {
				r.mesh.positions[row][k-1] = r.body.number(e.properties[column].kind)
			} else {
				r.pass(&e.properties[column])
			}
		})
	}
	return errors.New("the file has no vertices")
}

// readFaces reads all elements that have triangles.
func (r *plyReader) readFaces(h *plyHeader) error {
	last := 0 // element that matters
	for i := range h.elements {
		if name := h.elements[i].name; name == "face" || name == "tristrips" {
			last = i + 1
		}
	}
	for i := range h.elements[:last] {
		var err error
		switch e := &h.elements[i]; e.name {
		case "face":
			err = r.lists(e, r.polygon)
		case "tristrips":
			err = r.lists(e, r.strips)
		default:
			err = r.skip(e)
		}
		if err != nil {
			return err
		}
	}
	for i := range h.elements {
		if h.elements[i].name == "edge" {
			r.edges += h.elements[i].count
		}
	}
	return nil
}

// lists hands each list of vertices of an element to use.
func (r *plyReader) lists(e *plyElement, use func() error) error {
	list := e.find(true, "vertex_indices", "vertex_index")
	if list < 0 {
		return fmt.Errorf("element %s has no list vertex_indices", quote([]byte(e.name)))
	}
	if err := r.check(e); err != nil {
		return err
	}
	if err := r.reserve(e); err != nil {
		return err
	}
	var failed error
	err := r.rows(e, func(_, column int) {
		p := &e.properties[column]
		if column != list {
			r.pass(p)
			return
		}
		n := r.length(p)
		if e.name == "face" && n > maxCorners {
			r.body.fail("a face with %d corners", n)
			return
		}
		if r.corners, failed = r.room(n); failed != nil {
			r.body.fail("%v", failed)
			return
		}
		for i := range r.corners {
			r.corners[i] = r.index(p.kind)
		}
		if r.body.failure() == nil {
			if err := use(); err != nil {
				r.body.fail("%v", err)
			}
		}
	})
	return err
}

// reserve makes room for triangles, as if each list were one.
func (r *plyReader) reserve(e *plyElement) error {
	if e.name != "face" {
		return nil
	}
	list, err := r.grow(r.mesh.indices, 3*e.count)
	r.mesh.indices = list
	return err
}

// room returns n corners to read into.
func (r *plyReader) room(n int) ([]uint32, error) {
	list, err := r.grow(r.corners[:0], n)
	if err != nil {
		return nil, err
	}
	return list[:n], nil
}

const ends = math.MaxUint32 // the index -1, which ends a strip

// index reads a vertex's number, or -1.
func (r *plyReader) index(k kind) uint32 {
	v := r.body.number(k)
	if v == -1 {
		return ends
	}
	if !(v >= 0 && v < float64(len(r.mesh.positions)) && v == math.Trunc(v)) {
		r.body.fail("%v is not the index of one of %d vertices", v, len(r.mesh.positions))
		return 0
	}
	return uint32(v)
}

// polygon makes triangles of a face.
func (r *plyReader) polygon() error {
	n := len(r.corners)
	for _, c := range r.corners {
		if c == ends {
			return errors.New("a face refers to vertex -1")
		}
	}
	if n < 3 {
		r.flat++
		return nil
	}
	list, err := r.grow(r.mesh.indices, 3*(n-2))
	if err != nil {
		return err
	}
	r.mesh.indices, err = r.polygons.add(list, r.corners, r.mesh.positions)
	return err
}

// strips makes triangles of strips: each corner makes one with the two before,
// every other one turned so that all face one way.
func (r *plyReader) strips() error {
	list, err := r.grow(r.mesh.indices, 3*len(r.corners))
	if err != nil {
		return err
	}
	first := 0 // of the strip
	for i, c := range r.corners {
		if c == ends {
			first = i + 1
			continue
		}
		switch n := i - first; {
		case n >= 2 && n%2 == 0:
			list = append(list, r.corners[i-2], r.corners[i-1], c)
		case n >= 2:
			list = append(list, r.corners[i-1], r.corners[i-2], c)
		}
	}
	r.mesh.indices = list
	return nil
}

// rows calls read for each number or list of an element, row by row.
func (r *plyReader) rows(e *plyElement, read func(row, column int)) error {
	for row := range e.count {
		if row%(1<<16) == 0 {
			if err := r.charge(0, 1); err != nil {
				return err
			}
		}
		for column := range e.properties {
			read(row, column)
		}
		if err := r.body.failure(); err != nil {
			return fmt.Errorf("%w (%s %d of %d)", err, quote([]byte(e.name)), row, e.count)
		}
	}
	return nil
}

// check compares an element's rows with the bytes that are left for them.
func (r *plyReader) check(e *plyElement) error {
	least := 0
	for _, p := range e.properties {
		if p.list {
			least += r.body.width(p.count)
		} else {
			least += r.body.width(p.kind)
		}
	}
	if least > 0 && e.count > r.body.left()/least {
		r.body.fail("the header says %d rows of %s, for which %d bytes are too few", e.count, quote([]byte(e.name)), r.body.left())
		return r.body.failure()
	}
	return nil
}

// skip passes over an element.
func (r *plyReader) skip(e *plyElement) error {
	if len(e.properties) == 0 {
		return nil
	}
	if err := r.check(e); err != nil {
		return err
	}
	return r.rows(e, func(_, column int) { r.pass(&e.properties[column]) })
}

// pass passes over a property.
func (r *plyReader) pass(p *plyProperty) {
	n := 1
	if p.list {
		n = r.length(p)
	}
	r.body.skip(n, p.kind)
}

// length reads the length of a list.
func (r *plyReader) length(p *plyProperty) int {
	n := r.body.number(p.count)
	if !(n >= 0 && n <= float64(r.body.left()/r.body.width(p.kind)) && n == math.Trunc(n)) {
		r.body.fail("a list %s of %v numbers", quote([]byte(p.name)), n)
		return 0
	}
	return int(n)
}

// tellIgnored says what the file has that has no depth here.
func (r *plyReader) tellIgnored() {
	if r.flat > 0 {
		r.mesh.warnings = append(r.mesh.warnings, fmt.Sprintf("%d faces with less than three corners: they have no area, so no ray hits them", r.flat))
	}
	if r.edges > 0 {
		r.mesh.warnings = append(r.mesh.warnings, fmt.Sprintf("%d edges: they have no area, so no ray hits them", r.edges))
	}
}
