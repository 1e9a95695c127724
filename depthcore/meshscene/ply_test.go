package meshscene

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/scene"
)

func loadPLY(data []byte) (*scene.Scene, error) {
	return Load(context.Background(), fstest.MapFS{"a.ply": {Data: data}}, "a.ply", Options{})
}

// triangles returns the corners of all triangles.
func triangles(s *scene.Scene) (all [][3]mgl64.Vec3) {
	for _, p := range s.Primitives {
		for i := 0; i < len(p.Indices); i += 3 {
			all = append(all, [3]mgl64.Vec3{p.Positions[p.Indices[i]], p.Positions[p.Indices[i+1]], p.Positions[p.Indices[i+2]]})
		}
	}
	return all
}

var a, b, c, d = mgl64.Vec3{0, 0, 0}, mgl64.Vec3{1, 0, 0}, mgl64.Vec3{1, 1, 0}, mgl64.Vec3{-2, 0.1, 0}

const square = "element vertex 4\nproperty float x\nproperty float y\nproperty float z\n"

func TestPLYText(t *testing.T) {
	const points = "0 0 0\n1 0 0\n1 1 0\n-2 .1 0\n"
	const faces = "element face 1\nproperty list uchar int vertex_indices\n"
	quad := [][3]mgl64.Vec3{{a, b, c}, {a, c, d}}
	whole := "ply\nformat ascii 1.0\ncomment made by hand\nobj_info x\n" + square + faces + "end_header\n" + points + "4 0 1 2 3\n"
	for _, tc := range []struct {
		name, text string
		want       [][3]mgl64.Vec3
		warning    string
	}{
		{"a quad", whole, quad, "z is taken as up"},
		{"carriage returns", strings.ReplaceAll(whole, "\n", "\r\n"), quad, ""},
		{"old Macintosh", strings.ReplaceAll(whole, "\n", "\r"), quad, ""},
		{"no last newline", strings.TrimSpace(whole), quad, ""},
		{"other names and types", strings.NewReplacer("vertex_indices", "vertex_index", "list uchar int", "list uint32 float64", "float x", "double x", "float y", "int8 y").Replace(whole), quad, ""},
		{"other properties", "ply\nformat ascii 1.0\nelement vertex 3\nproperty uchar red\nproperty float z\nproperty list uchar float extra\nproperty float x\nproperty float y\n" +
			"element face 1\nproperty list uchar float texcoord\nproperty list uchar int vertex_indices\nproperty int flags\nend_header\n255 0 2 9 9 0 0\n0 0 0 1 0\n0 0 1 7 1 1\n6 0 0 1 0 1 1 3 0 1 2 -5\n", [][3]mgl64.Vec3{{a, b, c}}, ""},
		{"other elements", "ply\nformat ascii 1.0\nelement material 1\nproperty int k\n" + square + "element edge 1\nproperty int vertex1\nproperty int vertex2\n" + faces + "element empty 5\nelement more 1\nproperty list uchar int x\nend_header\n3\n" + points + "0 1\n4 0 1 2 3\n2 0 0\n", quad, "1 edges"},
		{"faces first", "ply\nformat ascii 1.0\n" + faces + square + "end_header\n4 0 1 2 3\n" + points, quad, ""},
		{"strips", "ply\nformat ascii 1.0\n" + square + "element tristrips 2\nproperty list int int vertex_indices\nend_header\n" + points + "8 0 1 2 3 -1 0 2 3\n2 0 1\n",
			[][3]mgl64.Vec3{{a, b, c}, {c, b, d}, {a, c, d}}, ""},
		{"faces of two corners", strings.Replace(whole, "4 0 1 2 3", "2 0 1", 1), nil, "1 faces with less than three corners"},
		{"points only", "ply\nformat ascii 1.0\n" + square + "end_header\n" + points, nil, "the file has no faces"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := loadPLY([]byte(tc.text))
			if err != nil {
				t.Fatal(err)
			}
			if got := triangles(s); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
			if !strings.Contains(strings.Join(s.Warnings, "\n"), tc.warning) {
				t.Errorf("warnings %q lack %q", s.Warnings, tc.warning)
			}
			if s.Source.Format != "PLY (ascii)" || s.Source.Bytes != int64(len(tc.text)) {
				t.Errorf("source %+v", s.Source)
			}
		})
	}
}

// binaryPLY writes every type of coordinate and index in one byte order.
func binaryPLY(order binary.AppendByteOrder, format, coordinate, index, newline string) []byte {
	var out bytes.Buffer
	out.WriteString(strings.ReplaceAll("ply\nformat "+format+" 1.0\nelement vertex 4\nproperty uchar before\nproperty "+coordinate+" x\nproperty "+coordinate+" y\nproperty list ushort short skipped\nproperty "+coordinate+
		" z\nelement face 2\nproperty list uchar "+index+" vertex_indices\nproperty double after\nend_header\n", "\n", newline))
	put := func(kind string, v float64) {
		var b []byte
		switch kinds[kind] {
		case int8Kind, uint8Kind:
			b = []byte{byte(int8(v))}
		case int16Kind, uint16Kind:
			b = order.AppendUint16(nil, uint16(int16(v)))
		case int32Kind, uint32Kind:
			b = order.AppendUint32(nil, uint32(int32(v)))
		case float32Kind:
			b = order.AppendUint32(nil, math.Float32bits(float32(v)))
		case float64Kind:
			b = order.AppendUint64(nil, math.Float64bits(v))
		}
		out.Write(b)
	}
	for i, q := range []mgl64.Vec3{{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {5, 2, 3}} {
		put("uchar", 10)
		put(coordinate, q[0])
		put(coordinate, q[1])
		put("ushort", float64(i))
		for range i {
			put("short", -1)
		}
		put(coordinate, q[2])
	}
	for _, face := range [][]float64{{0, 1, 2}, {0, 2, 3, 1}} {
		put("uchar", float64(len(face)))
		for _, i := range face {
			put(index, i)
		}
		put("double", 0.5)
	}
	return out.Bytes()
}

func TestPLYBinary(t *testing.T) {
	a, b, c, d := mgl64.Vec3{0, 0, 0}, mgl64.Vec3{1, 0, 0}, mgl64.Vec3{1, 1, 0}, mgl64.Vec3{5, 2, 3}
	ascii, err := loadPLY([]byte("ply\nformat ascii 1.0\nelement vertex 4\nproperty int x\nproperty int y\nproperty int z\nelement face 2\nproperty list int int vertex_index\nend_header\n0 0 0 1 0 0 1 1 0 5 2 3 3 0 1 2 4 0 2 3 1"))
	if err != nil {
		t.Fatal(err)
	}
	want := triangles(ascii)
	if len(want) != 3 || want[0] != [3]mgl64.Vec3{a, b, c} || want[1][0] != a && want[1][2] != d {
		t.Fatalf("%v", want)
	}
	for name := range kinds {
		for _, index := range []string{"char", "uchar", "short", "uint16", "int", "uint", "float"} {
			for _, newline := range []string{"\n", "\r\n", "\r"} {
				for format, order := range map[string]binary.AppendByteOrder{"binary_little_endian": binary.LittleEndian, "binary_big_endian": binary.BigEndian} {
					s, err := loadPLY(binaryPLY(order, format, name, index, newline))
					if err != nil {
						t.Fatalf("%s of %s and %s: %v", format, name, index, err)
					}
					if got := triangles(s); !reflect.DeepEqual(got, want) {
						t.Errorf("%s of %s and %s: got %v, want %v", format, name, index, got, want)
					}
				}
			}
		}
	}
}

func TestPLYRefuses(t *testing.T) {
	const head = "ply\nformat ascii 1.0\n"
	const faces = "element face 1\nproperty list uchar int vertex_indices\nend_header\n0 0 0 1 0 0 1 1 0 2 2 2\n"
	binaryHead := "ply\nformat binary_little_endian 1.0\n" + square + "end_header\n"
	for _, tc := range []struct{ name, text, want string }{
		{"empty", "", "the file is empty"},
		{"no PLY", "hello", "does not begin with ply"},
		{"no end", head, "no end_header"},
		{"no format", "ply\nend_header\n", "does not say its format"},
		{"format", "ply\nformat binary_middle_endian 1.0\nend_header\n", "line 2: unknown format"},
		{"gibberish", head + "elephant\nend_header\n", `line 3: "elephant" is not understood`},
		{"rows", head + "element vertex -3\nend_header\n", `line 3: "-3" is not a number of rows`},
		{"type", head + "element vertex 3\nproperty quad x\nend_header\n", `line 4: property "x" has an unknown type`},
		{"fractional length", head + "element face 1\nproperty list float int vertex_indices\nend_header\n", "no whole number"},
		{"no vertices", head + "end_header\n", "the file has no vertices"},
		{"flat", head + "element vertex 1\nproperty float x\nproperty float y\nend_header\n0 0\n", "do not have x, y and z"},
		{"no list", head + square + "element face 1\nproperty int k\nend_header\n0 0 0 1 0 0 1 1 0 2 2 2 1\n", `"face" has no list vertex_indices`},
		{"a word", head + square + "end_header\n0 0 0\n1 x 0\n1 1 0\n0 1 0\n", `line 9: "x" is not a number ("vertex" 1 of 4)`},
		{"early end", head + square + "end_header\n0 0 0\n1 0 0 \n1 1 0\n0 1", `the file ends where a number should be ("vertex" 3 of 4)`},
		{"gigabytes", strings.Replace(head+square, "4", "999999999", 1) + "end_header\n0 0 0\n", `the header says 999999999 rows of "vertex", for which 6 bytes are too few`},
		{"beyond", strings.Replace(head+square, "4", "9999999999999", 1) + "end_header\n0 0 0\n", "more than indices count"},
		{"index", head + square + faces + "3 0 1 4\n", `4 is not the index of one of 4 vertices ("face" 0 of 1)`},
		{"negative index", head + square + faces + "3 0 1 -1\n", "refers to vertex -1"},
		{"fraction", head + square + faces + "3 0 1 1.5\n", "1.5 is not the index"},
		{"negative length", head + square + faces + "-3 0 1 1\n", `a list "vertex_indices" of -3 numbers`},
		{"long list", head + square + faces + "255 0 1 1\n", `a list "vertex_indices" of 255 numbers`},
		{"binary end", binaryHead + "123456789012345678901234567890", "byte 115: the header says 4 rows"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := loadPLY([]byte(tc.text))
			if err == nil || !strings.HasPrefix(err.Error(), "load a.ply: ") || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
	list := []byte("ply\nformat binary_little_endian 1.0\n" + square + "element face 1\nproperty list uint int vertex_indices\nend_header\n")
	list = append(append(list, make([]byte, 48)...), 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0)
	if _, err := loadPLY(list); err == nil || !strings.Contains(err.Error(), `of 4.294967295e+09 numbers ("face" 0 of 1)`) {
		t.Errorf("a list of 4 G: %v", err)
	}
}

// What a small row would unfold to is refused before it is allocated.
func TestPLYMemory(t *testing.T) {
	const rows = 40 << 20
	data := fmt.Appendf(nil, "ply\nformat binary_little_endian 1.0\n%selement face %d\nproperty list uchar int vertex_indices\nend_header\n", square, rows)
	data = append(data, make([]byte, 48+rows)...)
	if _, err := loadPLY(data); err == nil || !strings.Contains(err.Error(), "too much for a file of 42 MB") {
		t.Errorf("got %v", err)
	}
}

func TestPLYShared(t *testing.T) {
	dir := "../../../shared/scenes"
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("the shared scenes are not here")
	}
	s, err := Load(context.Background(), os.DirFS(dir), "a_calib.ply", Options{})
	if err != nil {
		t.Fatal(err)
	}
	// The file's first vertex is the wall's corner, 10 m away along Blender's y.
	p := s.NewPose(nil)
	s.Pose(p, 0)
	world := p.WorldFromObject[0].Mul4x1(s.Primitives[0].Positions[0].Vec4(1))
	if len(s.Primitives[0].Positions) != 2167 || math.Abs(world[2]+10) > 1e-5 {
		t.Errorf("%d vertices, the first at %v", len(s.Primitives[0].Positions), world)
	}
}

func FuzzPLY(f *testing.F) {
	f.Add([]byte("ply\nformat ascii 1.0\n" + square + "element face 1\nproperty list uchar int vertex_indices\nelement tristrips 1\nproperty list int int vertex_index\nend_header\n0 0 0 1 0 0 1 1 0 -2 .1 0\n4 0 1 2 3\n5 0 1 2 -1 3\n"))
	f.Add(binaryPLY(binary.LittleEndian, "binary_little_endian", "float", "int", "\n"))
	f.Add(binaryPLY(binary.BigEndian, "binary_big_endian", "double", "uchar", "\r"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := loadPLY(data)
		checkLoaded(t, s, err)
	})
}

// BenchmarkPLY reads a million triangles, as text and as Blender writes them.
func BenchmarkPLY(b *testing.B) {
	const n = 707
	var text, packed bytes.Buffer
	head := fmt.Sprintf("element vertex %d\nproperty float x\nproperty float y\nproperty float z\nelement face %d\nproperty list uchar uint vertex_indices\nend_header\n", (n+1)*(n+1), 2*n*n)
	text.WriteString("ply\nformat ascii 1.0\n" + head)
	packed.WriteString("ply\nformat binary_little_endian 1.0\n" + head)
	for j := range n + 1 {
		for i := range n + 1 {
			x, y, z := float32(i)*0.1, float32(math.Sin(float64(i*j))), float32(j)*0.1
			fmt.Fprintf(&text, "%.6f %.6f %.6f\n", x, y, z)
			binary.Write(&packed, binary.LittleEndian, []float32{x, y, z})
		}
	}
	for j := range n {
		for i := range n {
			k := uint32(j*(n+1) + i)
			for _, f := range [][3]uint32{{k, k + 1, k + n + 2}, {k, k + n + 2, k + n + 1}} {
				fmt.Fprintf(&text, "3 %d %d %d\n", f[0], f[1], f[2])
				packed.WriteByte(3)
				binary.Write(&packed, binary.LittleEndian, f[:])
			}
		}
	}
	for name, data := range map[string][]byte{"ascii": text.Bytes(), "binary": packed.Bytes()} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := loadPLY(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
