package meshscene

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/go-gl/mathgl/mgl64"
)

// readSTL reads STL, text and binary: StereoLithography Interface Specification,
// 3D Systems, 1989. A binary file is 80 bytes of anything, the number of
// triangles, and 50 bytes for each: normal, three corners, two bytes that are
// colours to some. Many begin with "solid" as text does; the size tells them
// apart. Normals are ignored. Equal corners become one.
func readSTL(f *file) (*mesh, error) {
	if isTextSTL(f.data) {
		return readTextSTL(f)
	}
	return readBinarySTL(f)
}

const (
	stlHead     = 84
	stlTriangle = 50
)

// isTextSTL tells text from binary.
func isTextSTL(data []byte) bool {
	if len(data) >= stlHead {
		n := int64(binary.LittleEndian.Uint32(data[stlHead-4:]))
		if stlHead+n*stlTriangle == int64(len(data)) {
			return false
		}
	}
	head := bytes.ToLower(bytes.TrimPrefix(data[:min(len(data), 4096)], []byte("\ufeff")))
	if !bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("solid")) {
		return false
	}
	return bytes.IndexByte(head, 0) < 0
}

func readBinarySTL(f *file) (*mesh, error) {
	if len(f.data) < stlHead {
		return nil, fmt.Errorf("it is no STL file: %d bytes are too few for a binary one, and a text begins with solid", len(f.data))
	}
	n := int64(binary.LittleEndian.Uint32(f.data[stlHead-4:]))
	rest := f.data[stlHead:]
	if left := int64(len(rest)) / stlTriangle; n > left {
		return nil, fmt.Errorf("byte %d: the file says %d triangles but has bytes for %d", stlHead-4, n, left)
	}
	if err := f.charge(int(n), 3*24); err != nil {
		return nil, err
	}
	corners := make([]mgl64.Vec3, 3*n)
	for i := range int(n) {
		if i%(1<<16) == 0 {
			if err := f.charge(0, 1); err != nil {
				return nil, err
			}
		}
		triangle := rest[i*stlTriangle+12:][:36] // after the normal
		for k := range 3 {
			c := triangle[12*k:][:12]
			corners[3*i+k] = mgl64.Vec3{float32At(c), float32At(c[4:]), float32At(c[8:])}
		}
	}
	m := &mesh{format: "STL (binary)", up: UpZ}
	var err error
	m.positions, m.indices, err = f.weld(corners)
	if len(rest) > int(n)*stlTriangle {
		m.warnings = append(m.warnings, fmt.Sprintf("the file has %d bytes after its %d triangles, which are ignored", len(rest)-int(n)*stlTriangle, n))
	}
	return m, err
}

func float32At(b []byte) float64 {
	return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
}

// readTextSTL reads any number of solids.
func readTextSTL(f *file) (*mesh, error) {
	data := unixLines(bytes.TrimPrefix(f.data, []byte("\ufeff")))
	r := &stlReader{file: f, words: newWords(data, 0), mesh: mesh{format: "STL (ascii)", up: UpZ}}
	inside := false // a solid
	for word := r.next(); word != nil && r.failure() == nil; word = r.next() {
		switch {
		case is(word, "solid") && !inside:
			inside = true
			r.mesh.begin(string(bytes.ToValidUTF8(r.restOfLine(), []byte("?"))), len(r.corners))
		case is(word, "facet") && inside:
			if err := r.facet(); err != nil {
				return nil, err
			}
		case is(word, "endsolid") && inside:
			inside = false
			r.restOfLine()
		default:
			r.fail("%s stands where a facet or a solid should begin or end", quote(word))
		}
	}
	if err := r.failure(); err != nil {
		return nil, err
	}
	if inside {
		r.mesh.warnings = append(r.mesh.warnings, "the file ends without endsolid: triangles may be missing")
	}
	var err error
	r.mesh.positions, r.mesh.indices, err = f.weld(r.corners)
	return &r.mesh, err
}

type stlReader struct {
	*file
	*words
	corners []mgl64.Vec3
	mesh    mesh
}

// facet reads what follows the word facet.
func (r *stlReader) facet() error {
	if len(r.corners)+3 > cap(r.corners) {
		if err := r.growCorners(); err != nil {
			return err
		}
	}
	r.expect("normal")
	r.skip(3)
	r.expect("outer")
	r.expect("loop")
	for range 3 {
		r.expect("vertex")
		r.corners = append(r.corners, mgl64.Vec3{r.number(), r.number(), r.number()})
	}
	r.expect("endloop")
	r.expect("endfacet")
	return r.failure()
}

// leastFacet is how many bytes a facet has at least: 9 keywords and 12 numbers
// of one digit, each with a space.
const leastFacet = 86

// growCorners makes room for a facet's corners, and for as many more as were
// read and the rest of the file can hold.
func (r *stlReader) growCorners() error {
	more := len(r.corners) + len(r.corners)/4
	if len(r.corners) == 0 {
		more = 1024
	}
	more = min(more, len(r.corners)+3*(1+r.left()/leastFacet)) / 3 * 3
	more = max(more, len(r.corners)+3)
	if err := r.charge(more, 24); err != nil {
		return err
	}
	grown := make([]mgl64.Vec3, len(r.corners), more)
	copy(grown, r.corners)
	old := cap(r.corners)
	r.corners = grown
	return r.charge(-old, 24)
}

func (r *stlReader) expect(keyword string) {
	word := r.next()
	switch {
	case word == nil:
		r.fail("the file ends within a facet, where %q should be", keyword)
	case !is(word, keyword):
		r.fail("%s stands where %q should", quote(word), keyword)
	}
}

// is tells whether a word is a keyword, in any case.
func is(word []byte, keyword string) bool {
	return string(word) == keyword || len(word) == len(keyword) && bytes.EqualFold(word, []byte(keyword))
}
