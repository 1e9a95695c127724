package meshscene

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"github.com/go-gl/mathgl/mgl64"
)

// readOBJ reads Wavefront OBJ: Alias|Wavefront, "Advanced Visualizer Manual",
// appendix B1, 1993. Of a file's statements only v, f, o and g matter for depth:
// vertices, polygons, and names (usemtl's where there are no others). A polygon
// may refer to vertices further down, and a backslash at a line's end carries
// the line on.
func readOBJ(f *file) (*mesh, error) {
	text := unixLines(bytes.TrimPrefix(f.data, []byte("\ufeff")))
	if bytes.IndexByte(text[:min(len(text), 4096)], 0) >= 0 {
		return nil, errors.New("it is no OBJ file: it is not text")
	}
	r := &objReader{file: f, text: text, mesh: mesh{format: "OBJ", up: UpY}}
	for _, step := range []func() error{r.countLines, r.readVertices, r.readFaces} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	r.tellIgnored()
	return &r.mesh, nil
}

type objReader struct {
	*file
	text []byte
	at   int // next byte to read

	vertices, faces int // lines that begin with v, with f
	seen            int // vertices so far
	mesh            mesh
	corners         []uint32 // of the polygon being read
	polygons        polygons

	object, group, material string
	lines, points, freeform int // statements left out
	flat                    int // faces with less than three corners
	materials               bool
}

// statement moves to the next statement, whose keyword is at r.text[r.at:].
func (r *objReader) statement() bool {
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case isSpace(c):
			r.at++
		case c == '#': // runs to the line's end, backslash or not
			n := bytes.IndexByte(r.text[r.at:], '\n')
			if n < 0 {
				return false
			}
			r.at += n
		default:
			return true
		}
	}
	return false
}

// skipLine moves to the end of the statement.
func (r *objReader) skipLine() {
	for {
		n := bytes.IndexByte(r.text[r.at:], '\n')
		if n < 0 {
			r.at = len(r.text)
			return
		}
		r.at += n + 1
		if !carriesOn(r.text[:r.at-1]) {
			return
		}
	}
}

// carriesOn tells whether a line that text ends with continues.
func carriesOn(text []byte) bool {
	n := len(text)
	if n > 0 && text[n-1] == '\r' {
		n--
	}
	return n > 0 && text[n-1] == '\\'
}

// skipBlanks moves to the next word of the statement; false at its end.
func (r *objReader) skipBlanks() bool {
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case c == '\n':
			return false
		case isSpace(c):
			r.at++
		case c == '\\':
			end := r.at + 1
			if end < len(r.text) && r.text[end] == '\r' {
				end++
			}
			if end < len(r.text) && r.text[end] != '\n' {
				return true
			}
			r.at = min(end+1, len(r.text))
		default:
			return c != '#'
		}
	}
	return false
}

// is tells whether the statement's keyword is the given one.
func (r *objReader) is(keyword string) bool {
	rest := r.text[r.at:]
	return len(rest) > len(keyword) && string(rest[:len(keyword)]) == keyword && (isSpace(rest[len(keyword)]) || rest[len(keyword)] == '\\')
}

// fail returns an error at the current line.
func (r *objReader) fail(format string, args ...any) error {
	return fmt.Errorf("line %d: %s", lineOf(r.text, r.at), fmt.Sprintf(format, args...))
}

// word returns the word at the current place, for a message.
func (r *objReader) word() string {
	end := r.at
	for end < len(r.text) && !isSpace(r.text[end]) {
		end++
	}
	return quote(r.text[r.at:end])
}

// each calls visit with the place on each statement's keyword.
func (r *objReader) each(visit func() error) error {
	r.at = 0
	for n := 0; r.statement(); n++ {
		if n%(1<<16) == 0 {
			if err := r.charge(0, 1); err != nil {
				return err
			}
		}
		if err := visit(); err != nil {
			return err
		}
		r.skipLine()
	}
	return nil
}

func (r *objReader) countLines() error {
	err := r.each(func() error {
		switch {
		case r.is("v"):
			r.vertices++
		case r.is("f"):
			r.faces++
		}
		return nil
	})
	if err == nil && r.vertices == 0 {
		err = errors.New("it is no OBJ file: no line begins with v")
	}
	if err == nil && uint64(r.vertices) > math.MaxUint32 {
		err = errors.New("it has more vertices than an index can count")
	}
	return err
}

func (r *objReader) readVertices() error {
	if err := r.charge(r.vertices, 24); err != nil {
		return err
	}
	r.mesh.positions = make([]mgl64.Vec3, 0, r.vertices)
	return r.each(func() error {
		if !r.is("v") {
			return nil
		}
		r.at++
		var q mgl64.Vec3
		for k := range q {
			if !r.skipBlanks() {
				return r.fail("a vertex of %d coordinates", k)
			}
			v, n := number(r.text[r.at:])
			if end := r.at + n; n == 0 || end < len(r.text) && !isSpace(r.text[end]) && r.text[end] != '\\' {
				return r.fail("%s is not a number", r.word())
			}
			q[k] = v
			r.at += n
		}
		r.mesh.positions = append(r.mesh.positions, q)
		return nil // a weight or a colour may follow
	})
}

func (r *objReader) readFaces() error {
	if err := r.charge(3*r.faces, 4); err != nil {
		return err
	}
	r.mesh.indices = make([]uint32, 0, 3*r.faces)
	return r.each(func() error {
		switch {
		case r.is("v"):
			r.seen++
		case r.is("f"):
			return r.face()
		case r.is("o"):
			r.object, r.group = r.nameAfter(1), ""
			r.begin()
		case r.is("g"):
			r.group = r.nameAfter(1)
			r.begin()
		case r.is("usemtl"):
			r.material, r.materials = r.nameAfter(len("usemtl")), true
			if r.object == "" && r.group == "" {
				r.begin()
			}
		case r.is("l"):
			r.lines++
		case r.is("p"):
			r.points++
		case r.is("curv"), r.is("curv2"), r.is("surf"):
			r.freeform++
		}
		return nil
	})
}

// nameAfter returns what follows a keyword of n bytes.
func (r *objReader) nameAfter(n int) string {
	r.at += n
	rest := r.text[r.at:]
	if end := bytes.IndexByte(rest, '\n'); end >= 0 {
		rest = rest[:end]
	}
	return string(bytes.ToValidUTF8(bytes.TrimSpace(rest), []byte("?")))
}

// begin begins a piece of the name in force.
func (r *objReader) begin() {
	name := r.object
	switch {
	case name == "" && r.group == "":
		name = r.material
	case name == "":
		name = r.group
	case r.group != "":
		name += "/" + r.group
	}
	r.mesh.begin(name, len(r.mesh.indices))
}

// face reads a polygon: corners v, v/vt, v//vn or v/vt/vn.
func (r *objReader) face() error {
	r.at++
	r.corners = r.corners[:0]
	for r.skipBlanks() {
		c, err := r.corner()
		if err != nil {
			return err
		}
		if len(r.corners) > maxCorners {
			return r.fail("a face with more than %d corners", maxCorners)
		}
		r.corners = append(r.corners, c)
	}
	n := len(r.corners)
	if n < 3 {
		r.flat++
		return nil
	}
	list, err := r.grow(r.mesh.indices, 3*(n-2))
	if err != nil {
		return err
	}
	if r.mesh.indices, err = r.polygons.add(list, r.corners, r.mesh.positions); err != nil {
		return r.fail("%v", err)
	}
	return nil
}

// corner reads a vertex's number, from 1, or from -1 backwards, and passes over
// what hangs on it.
func (r *objReader) corner() (uint32, error) {
	i, negative := r.at, false
	if r.text[i] == '-' {
		negative = true
		i++
	}
	n, first := 0, i
	for ; i < len(r.text) && r.text[i]-'0' <= 9; i++ {
		if n < math.MaxUint32 {
			n = n*10 + int(r.text[i]-'0')
		}
	}
	if i == first || i < len(r.text) && r.text[i] != '/' && r.text[i] != '\\' && !isSpace(r.text[i]) {
		return 0, r.fail("%s is not a corner of a face", r.word())
	}
	switch {
	case negative && n >= 1 && n <= r.seen:
		n = r.seen - n
	case !negative && n >= 1 && n <= r.vertices:
		n--
	default:
		return 0, r.fail("a face refers to vertex %s, of %d", r.word(), r.vertices)
	}
	for i < len(r.text) && !isSpace(r.text[i]) && r.text[i] != '\\' {
		i++
	}
	r.at = i
	return uint32(n), nil
}

// tellIgnored says what the file has that has no depth here.
func (r *objReader) tellIgnored() {
	tell := func(n int, what string) {
		if n > 0 {
			r.mesh.warnings = append(r.mesh.warnings, fmt.Sprintf("%d %s", n, what))
		}
	}
	tell(r.lines+r.points, "statements of lines or points: they have no area, so no ray hits them")
	tell(r.flat, "faces with less than three corners: they have no area, so no ray hits them")
	tell(r.freeform, "free-form curves and surfaces, which cannot be read: they are missing from the depth")
	if r.materials {
		r.mesh.warnings = append(r.mesh.warnings, "materials of OBJ files are not read: every face is opaque")
	}
}
