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

func loadSTL(data []byte) (*scene.Scene, error) {
	return Load(context.Background(), fstest.MapFS{"a.stl": {Data: data}}, "a.stl", Options{})
}

// binarySTL writes triangles, each three corners, with normals and attributes
// that mean nothing.
func binarySTL(head string, triangles ...[9]float32) []byte {
	out := make([]byte, 80)
	copy(out, head)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(triangles)))
	for _, t := range triangles {
		for _, x := range append([]float32{float32(math.NaN()), 7, 8}, t[:]...) {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
		}
		out = append(out, 0xff, 0x7f)
	}
	return out
}

const facet = "facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 1 1 .1\nendloop\nendfacet\n"

func corners(p scene.Primitive) (all []mgl64.Vec3) {
	for _, i := range p.Indices {
		all = append(all, p.Positions[i])
	}
	return all
}

func TestSTL(t *testing.T) {
	one := []mgl64.Vec3{{0, 0, 0}, {1, 0, 0}, {1, 1, 0.1}}
	stored := []mgl64.Vec3{{0, 0, 0}, {1, 0, 0}, {1, 1, float64(float32(0.1))}}
	triangle := [9]float32{0, 0, 0, 1, 0, 0, 1, 1, 0.1}
	for _, tc := range []struct {
		name, data, format string
		pieces             []string
		want               []mgl64.Vec3 // of the first piece
		warning            string
	}{
		{"text", "solid box\n" + facet + "endsolid box\n", "STL (ascii)", []string{"box"}, one, "z is taken as up"},
		{"capitals", strings.ToUpper("solid box\n" + facet + "endsolid box\n"), "STL (ascii)", []string{"BOX"}, one, ""},
		{"carriage returns", strings.ReplaceAll("solid\n"+facet+facet+"endsolid\n", "\n", "\r\n"), "STL (ascii)", []string{"a"}, append(one, one...), ""},
		{"old Macintosh", strings.ReplaceAll("solid\n"+facet+"endsolid\n", "\n", "\r"), "STL (ascii)", []string{"a"}, one, ""},
		{"byte order mark", "\ufeff solid\n" + facet + "endsolid\n", "STL (ascii)", []string{"a"}, one, ""},
		{"two solids", "solid one\n" + facet + "endsolid one\nsolid two words\n" + facet + "endsolid\n", "STL (ascii)", []string{"one", "two words"}, one, ""},
		{"normals that are none", "solid\n" + strings.Replace(facet, "0 0 1", "-nan(ind) nan 1.#QNAN", 1) + "endsolid\n", "STL (ascii)", []string{"a"}, one, ""},
		{"no end", "solid\n" + facet, "STL (ascii)", []string{"a"}, one, "without endsolid"},
		{"no facets", "solid\nendsolid\n", "STL (ascii)", nil, nil, "the file has no faces"},
		{"binary", string(binarySTL("made by hand", triangle)), "STL (binary)", []string{"a"}, stored, ""},
		{"binary that begins as text", string(binarySTL("solid box", triangle)), "STL (binary)", []string{"a"}, stored, ""},
		{"more bytes", string(binarySTL("", triangle)) + "tail", "STL (binary)", []string{"a"}, stored, "4 bytes after its 1 triangles"},
		{"solid and more bytes", string(binarySTL("solid box", triangle)) + "tail", "STL (binary)", []string{"a"}, stored, "4 bytes after its 1 triangles"},
		{"no triangles", string(binarySTL("")), "STL (binary)", nil, nil, "the file has no faces"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := loadSTL([]byte(tc.data))
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, p := range s.Primitives {
				names = append(names, p.Name)
			}
			if !reflect.DeepEqual(names, tc.pieces) || s.Source.Format != tc.format {
				t.Errorf("pieces %q of %q, want %q of %q", names, s.Source.Format, tc.pieces, tc.format)
			}
			if len(tc.want) > 0 && !reflect.DeepEqual(corners(s.Primitives[0]), tc.want) {
				t.Errorf("got %v, want %v", corners(s.Primitives[0]), tc.want)
			}
			if !strings.Contains(strings.Join(s.Warnings, "\n"), tc.warning) {
				t.Errorf("warnings %q lack %q", s.Warnings, tc.warning)
			}
		})
	}
}

func TestSTLRefuses(t *testing.T) {
	tooMany := binarySTL("", [9]float32{})
	tooMany[80] = 2
	for _, tc := range []struct{ name, data, want string }{
		{"empty", "", "the file is empty"},
		{"short", "hello", "it is no STL file"},
		{"gigabytes", string(append(binarySTL("")[:80], 0xff, 0xff, 0xff, 0xff)), "byte 80: the file says 4294967295 triangles but has bytes for 0"},
		{"truncated", string(tooMany), "byte 80: the file says 2 triangles but has bytes for 1"},
		{"keyword", "solid\n" + strings.Replace(facet, "outer", "inner", 1), `line 3: "inner" stands where "outer" should`},
		{"four corners", "solid\n" + strings.Replace(facet, "endloop", "vertex 0 1 0\nendloop", 1), `line 7: "vertex" stands where "endloop" should`},
		{"a word", "solid\n" + strings.Replace(facet, "1 1 .1", "1 one .1", 1), `line 6: "one" is not a number`},
		{"early end", "solid\n" + facet[:54], "the file ends"},
		{"gibberish", "solid\nfacets\n", `line 2: "facets" stands where a facet or a solid should`},
		{"outside", "solid\nendsolid\n" + facet, `line 3: "facet" stands`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := loadSTL([]byte(tc.data))
			if err == nil || !strings.HasPrefix(err.Error(), "load a.stl: ") || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

// The text file of a mesh is the binary one, but for how numbers are written.
func TestSTLShared(t *testing.T) {
	dir := "../../../shared/scenes"
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("the shared scenes are not here")
	}
	for name, triangles := range map[string]int{"a_calib.stl": 3980, "b_orbit.stl": 26} {
		s, err := Load(context.Background(), os.DirFS(dir), name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		p := s.Primitives[0]
		if len(p.Indices) != 3*triangles || len(p.Positions) >= 2*triangles {
			t.Errorf("%s: %d indices, %d positions", name, len(p.Indices), len(p.Positions))
		}
		var text bytes.Buffer
		fmt.Fprintln(&text, "solid x")
		for i, q := range corners(p) {
			if i%3 == 0 {
				fmt.Fprintln(&text, "facet normal 0 0 0 outer loop")
			}
			fmt.Fprintln(&text, "vertex", q[0], q[1], q[2])
			if i%3 == 2 {
				fmt.Fprintln(&text, "endloop endfacet")
			}
		}
		fmt.Fprintln(&text, "endsolid x")
		again, err := loadSTL(text.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(again.Primitives[0].Positions, p.Positions) || !reflect.DeepEqual(again.Primitives[0].Indices, p.Indices) {
			t.Errorf("%s: written as text it differs", name)
		}
	}
}

func FuzzSTL(f *testing.F) {
	f.Add([]byte("solid a\n" + facet + "endsolid a\nsolid\n" + facet))
	f.Add(binarySTL("solid", [9]float32{1, 2, 3, 4, 5, 6, 7, 8, 9}))
	f.Add(append(binarySTL("x", [9]float32{}, [9]float32{1, 2, 3}), 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := loadSTL(data)
		checkLoaded(t, s, err)
	})
}

// BenchmarkSTL reads a million triangles, as text and packed.
func BenchmarkSTL(b *testing.B) {
	const n = 707
	var text bytes.Buffer
	var triangles [][9]float32
	at := func(i, j int) (x, y, z float32) {
		return float32(i) * 0.1, float32(math.Sin(float64(i * j))), float32(j) * 0.1
	}
	text.WriteString("solid big\n")
	for j := range n {
		for i := range n {
			for _, f := range [][6]int{{i, j, i + 1, j, i + 1, j + 1}, {i, j, i + 1, j + 1, i, j + 1}} {
				var t [9]float32
				for k := range 3 {
					t[3*k], t[3*k+1], t[3*k+2] = at(f[2*k], f[2*k+1])
				}
				triangles = append(triangles, t)
				fmt.Fprintf(&text, "facet normal 0.000000 0.000000 1.000000\nouter loop\nvertex %f %f %f\nvertex %f %f %f\nvertex %f %f %f\nendloop\nendfacet\n", t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8])
			}
		}
	}
	text.WriteString("endsolid big\n")
	for name, data := range map[string][]byte{"ascii": text.Bytes(), "binary": binarySTL("x", triangles...)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := loadSTL(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
