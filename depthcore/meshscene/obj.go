package meshscene

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/go-gl/mathgl/mgl64"
)

// objReader reads Wavefront OBJ: vertices are numbered over the whole file,
// objects and groups only name the faces that follow.
type objReader struct {
	vertices []mgl64.Vec3
	objects  []object
	current  object
	local    []uint32 // 1 + place in current.positions of each vertex
	polygon  []uint32
	skipped  int // points and lines
}

func readOBJ(ctx context.Context, data []byte) (content, error) {
	// Counting first keeps the memory at the size of what is there.
	count := bytes.Count(data, []byte("\nv ")) + bytes.Count(data, []byte("\nv\t")) + 1
	r := &objReader{vertices: make([]mgl64.Vec3, 0, count)}
	text := lines{rest: data}
	found := false
	for {
		line, ok := text.next()
		if !ok {
			break
		}
		if text.number&0xffff == 0 && ctx.Err() != nil {
			return content{}, ctx.Err()
		}
		at := text.number
		for bytes.HasSuffix(bytes.TrimRight(line, "\r"), []byte("\\")) {
			more, ok := text.next()
			line = append(bytes.Clone(bytes.TrimSuffix(bytes.TrimRight(line, "\r"), []byte("\\"))), more...)
			if !ok {
				break
			}
		}
		known, err := r.line(line)
		if err != nil {
			return content{}, fmt.Errorf("line %d: %w", at, err)
		}
		found = found || known
	}
	if !found {
		return content{}, errors.New("this is not an OBJ file: it has no vertices")
	}
	r.finish("")
	c := content{format: "OBJ", up: UpY, objects: r.objects}
	if r.skipped > 0 {
		c.warnings = append(c.warnings, fmt.Sprintf("%d points and lines have no area and are not in the depth", r.skipped))
	}
	return c, nil
}

// line reads one line; known is true for a vertex.
func (r *objReader) line(line []byte) (known bool, err error) {
	f := fields{line}
	switch string(f.next()) {
	case "v":
		var v mgl64.Vec3
		for x := range v {
			if v[x], err = f.number(); err != nil {
				return false, fmt.Errorf("vertex: %w", err)
			}
		}
		r.vertices = append(r.vertices, v)
		return true, nil
	case "f":
		return false, r.face(f)
	case "o", "g":
		r.finish(string(bytes.TrimSpace(f.rest)))
	case "l", "p":
		r.skipped++
	}
	return false, nil
}

// finish ends an object and begins the next.
func (r *objReader) finish(name string) {
	if len(r.current.indices) > 0 {
		r.objects = append(r.objects, r.current)
		clear(r.local)
	}
	r.current = object{name: name}
}

func (r *objReader) face(f fields) error {
	r.polygon = r.polygon[:0]
	for word := f.next(); word != nil; word = f.next() {
		if i := bytes.IndexByte(word, '/'); i >= 0 {
			word = word[:i]
		}
		n, err := strconv.Atoi(string(word))
		if err != nil {
			return fmt.Errorf("face: %q is not a vertex number", clipped(word))
		}
		if n < 0 { // counted back from the last vertex so far
			n += len(r.vertices) + 1
		}
		if n < 1 || n > len(r.vertices) {
			return fmt.Errorf("face: vertex %s is not one of the %d so far", word, len(r.vertices))
		}
		r.polygon = append(r.polygon, r.place(n-1))
	}
	if len(r.polygon) < 3 {
		r.skipped++
		return nil
	}
	r.current.indices = appendPolygon(r.current.indices, r.current.positions, r.polygon)
	return nil
}

// place returns a vertex's index in the current object.
func (r *objReader) place(vertex int) uint32 {
	if len(r.local) < len(r.vertices) {
		grown := make([]uint32, cap(r.vertices))
		copy(grown, r.local)
		r.local = grown
	}
	if r.local[vertex] == 0 {
		r.current.positions = append(r.current.positions, r.vertices[vertex])
		r.local[vertex] = uint32(len(r.current.positions))
	}
	return r.local[vertex] - 1
}
