package meshscene

import (
	"context"
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

func loadOBJ(text string) (*scene.Scene, error) {
	return Load(context.Background(), fstest.MapFS{"a.obj": {Data: []byte(text)}}, "a.obj", Options{})
}

// named is what a test says about a primitive.
type named struct {
	name      string
	triangles [][3]mgl64.Vec3
}

func namedTriangles(s *scene.Scene) (all []named) {
	for _, p := range s.Primitives {
		one := named{name: p.Name}
		for i := 0; i < len(p.Indices); i += 3 {
			one.triangles = append(one.triangles, [3]mgl64.Vec3{p.Positions[p.Indices[i]], p.Positions[p.Indices[i+1]], p.Positions[p.Indices[i+2]]})
		}
		all = append(all, one)
	}
	return all
}

func TestOBJ(t *testing.T) {
	a, b, c, d := mgl64.Vec3{0, 0, 0}, mgl64.Vec3{1, 0, 0}, mgl64.Vec3{1, 1, 0}, mgl64.Vec3{0, 1.5e-1, -2}
	const square = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 .15 -2\n"
	whole := []named{{"a", [][3]mgl64.Vec3{{a, b, c}, {a, c, d}}}}
	for _, tc := range []struct {
		name, text string
		want       []named
		warning    string
	}{
		{"a quad", square + "f 1 2 3 4\n", whole, "y is taken as up"},
		{"no last newline", square + "f 1 2 3 4", whole, ""},
		{"carriage returns", strings.ReplaceAll(square+"f 1 2 3 4\n", "\n", "\r\n"), whole, ""},
		{"old Macintosh", strings.ReplaceAll(square+"f 1 2 3 4\n", "\n", "\r"), whole, ""},
		{"byte order mark", "\ufeff" + square + "f 1 2 3 4\n", whole, ""},
		{"all kinds of corners", square + "vt 0 0\nvn 0 0 1\nf 1/1 2//1 3/1/1\nf 1 3/ 4/9/9\n", whole, ""},
		{"backwards", square + "f -4 -3 -2 -1\n", whole, ""},
		{"backwards from here", "v 5 5 5\nv 0 0 0\nv 1 0 0\nv 1 1 0\nf -3 -2 -1\nv 0 .15 -2\nf -4 -2 -1\n", whole, ""},
		{"faces first", "f 1 2 3 4\n" + square, whole, ""},
		{"weights and colours", "v 0 0 0 1\nv 1 0 0 1 0 0\nv 1 1 0 0.5 0.5 0.5 1\nv 0 .15 -2\nf 1 2 3 4\n", whole, ""},
		{"lines that carry on", strings.Replace(square, "v 1 0 0", "v 1 \\\n0\\\r\n 0", 1) + "f 1 2 \\\n3 4\\\n\nf\\\n 1 2\n", whole, "1 faces with less than three corners"},
		{"a comment does not carry on", square + "# C:\\\nf 1 2 3 4 # x y\n", whole, ""},
		{"indented", "\n\t" + square + "  f\t1 2  3 4 \n\n", whole, ""},
		{"a triangle each", square + "o\x20\ng\nf 1 2 3\nf 1 3 4\n", whole, ""},
		{"objects", square + "o first one\nf 1 2 3\no second\ng g\nf 2 3 4\ng \nf 1 2 4\ng g\n",
			[]named{{"first one", [][3]mgl64.Vec3{{a, b, c}}}, {"second/g", [][3]mgl64.Vec3{{b, c, d}}}, {"second", [][3]mgl64.Vec3{{a, b, d}}}}, ""},
		{"unnamed first", square + "f 1 2 3\ng h\nf 2 3 4\n", []named{{"a", [][3]mgl64.Vec3{{a, b, c}}}, {"h", [][3]mgl64.Vec3{{b, c, d}}}}, ""},
		{"materials as names", square + "usemtl red\nf 1 2 3\nusemtl green\nf 2 3 4\n", []named{{"red", [][3]mgl64.Vec3{{a, b, c}}}, {"green", [][3]mgl64.Vec3{{b, c, d}}}}, "materials of OBJ files are not read"},
		{"lines and points", square + "l 1 2\np 1 2\nf 1 2 3 4\ncurv 0 1 1 2\nsurf 0 1 0 1 1 2\n", whole, "2 statements of lines or points"},
		{"free form", square + "f 1 2 3 4\ncurv 0 1 1 2\n", whole, "1 free-form"},
		{"vertices only", square, nil, "the file has no faces"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := loadOBJ(tc.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := namedTriangles(s); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
			if !strings.Contains(strings.Join(s.Warnings, "\n"), tc.warning) {
				t.Errorf("warnings %q lack %q", s.Warnings, tc.warning)
			}
			if s.Source.Format != "OBJ" || s.Source.Bytes != int64(len(tc.text)) || len(s.Source.SHA256) != 64 {
				t.Errorf("source %+v", s.Source)
			}
		})
	}
}

func TestOBJRefuses(t *testing.T) {
	const triangle = "v 0 0 0\nv 1 0 0\nv 1 1 0\n"
	for _, tc := range []struct{ name, text, want string }{
		{"empty", "", "the file is empty"},
		{"no OBJ", "hello\n", "no line begins with v"},
		{"binary", "v 0 0 0\n\x00\x01", "it is not text"},
		{"two coordinates", "v 0 0 0\nv 1 2\n", "line 2: a vertex of 2 coordinates"},
		{"a word", "v 0 0 0\n\nv 1 x2 3\n", `line 3: "x2" is not a number`},
		{"half a number", "v 0 0 1.5mm\n", `line 1: "1.5mm" is not a number`},
		{"vertex 0", triangle + "f 0 1 2\n", `line 4: a face refers to vertex "0", of 3`},
		{"vertex 4", triangle + "f 1 2 4\n", `line 4: a face refers to vertex "4", of 3`},
		{"vertex -4", triangle + "f 1 2 -4\n", `line 4: a face refers to vertex "-4", of 3`},
		{"far beyond", triangle + "f 1 2 99999999999999999999999999\n", "line 4: a face refers to vertex"},
		{"a word as corner", triangle + "f 1 2 three\n", `line 4: "three" is not a corner of a face`},
		{"after a long line", "v 0 0 \\\n 0\nv 1 0 0\nv 1 1 0\nf 1 2 x\n", "line 5"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := loadOBJ(tc.text)
			if err == nil || !strings.HasPrefix(err.Error(), "load a.obj: ") || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
	if _, err := Load(context.Background(), fstest.MapFS{}, "a.obj", Options{}); err == nil || !strings.Contains(err.Error(), "there is no such file") {
		t.Errorf("no file: %v", err)
	}
	if _, err := Load(context.Background(), fstest.MapFS{}, "a.obj", Options{Unit: math.NaN()}); err == nil || !strings.Contains(err.Error(), "unit of NaN") {
		t.Errorf("no unit: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Load(ctx, fstest.MapFS{"a.obj": {Data: []byte(triangle)}}, "a.obj", Options{}); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("cancelled: %v", err)
	}
}

// Axes and unit are the node's, positions stay as stored.
func TestOptions(t *testing.T) {
	data := fstest.MapFS{"a.obj": {Data: []byte("v 1 2 3\nv 0 0 0\nv 1 0 0\nf 1 2 3\n")}}
	for _, tc := range []struct {
		o    Options
		want mgl64.Vec3
	}{
		{Options{}, mgl64.Vec3{1, 2, 3}},
		{Options{Up: UpY, Unit: 0.5}, mgl64.Vec3{0.5, 1, 1.5}},
		{Options{Up: UpZ}, mgl64.Vec3{1, 3, -2}},
		{Options{Up: UpZ, Unit: 1000}, mgl64.Vec3{1000, 3000, -2000}},
	} {
		s, err := Load(context.Background(), data, "a.obj", tc.o)
		if err != nil {
			t.Fatal(err)
		}
		p := s.NewPose(nil)
		s.Pose(p, 0)
		stored := s.Primitives[0].Positions[0]
		if got := p.WorldFromObject[0].Mul4x1(stored.Vec4(1)).Vec3(); got != tc.want || stored != (mgl64.Vec3{1, 2, 3}) {
			t.Errorf("%+v: vertex %v is at %v, want %v", tc.o, stored, got, tc.want)
		}
	}
}

// A piece that uses few vertices from everywhere gets its own.
func TestOBJSparsePiece(t *testing.T) {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "v %d 0 0\n", i)
	}
	s, err := loadOBJ(b.String() + "o far\nf 1 50 100\no near\nf 2 3 4\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []named{{"far", [][3]mgl64.Vec3{{{0, 0, 0}, {49, 0, 0}, {99, 0, 0}}}}, {"near", [][3]mgl64.Vec3{{{1, 0, 0}, {2, 0, 0}, {3, 0, 0}}}}}
	if got := namedTriangles(s); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, p := range s.Primitives {
		if len(p.Positions) != 3 {
			t.Errorf("%q has %d positions", p.Name, len(p.Positions))
		}
	}
}

// Files with very many names stay affordable.
func TestOBJManyNames(t *testing.T) {
	s, err := loadOBJ("v 0 0 0\nv 1 0 0\nv 0 1 0\n" + strings.Repeat("g a\nf 1 2 3\ng b\nf 1 2 3\n", 20000))
	if err != nil {
		t.Fatal(err)
	}
	triangles := 0
	for _, p := range s.Primitives {
		triangles += len(p.Indices) / 3
	}
	if len(s.Primitives) > 10000 || triangles != 40000 || !strings.Contains(strings.Join(s.Warnings, "\n"), "named pieces") {
		t.Errorf("%d primitives, %d triangles, %q", len(s.Primitives), triangles, s.Warnings)
	}
}

func TestOBJShared(t *testing.T) {
	dir := "../../../shared/scenes"
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("the shared scenes are not here")
	}
	s, err := Load(context.Background(), os.DirFS(dir), "a_calib.obj", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Primitives) == 0 || s.Primitives[0].Name != "wall10" || s.Primitives[0].Positions[0] != (mgl64.Vec3{-20, -14, -10.000001}) {
		t.Errorf("the first of %d primitives is %q", len(s.Primitives), s.Primitives[0].Name)
	}
}

// checkLoaded checks what any loader says of any file: an error in one sentence
// or triangles of points that are there.
func checkLoaded(t *testing.T, s *scene.Scene, err error) {
	t.Helper()
	if err != nil {
		if strings.ContainsAny(err.Error(), "\n\x00") {
			t.Errorf("not one sentence: %q", err)
		}
		return
	}
	for _, p := range s.Primitives {
		for _, i := range p.Indices {
			if int(i) >= len(p.Positions) {
				t.Fatalf("index %d of %d", i, len(p.Positions))
			}
		}
		if len(p.Indices)%3 != 0 {
			t.Fatalf("%d indices", len(p.Indices))
		}
	}
}

func FuzzOBJ(f *testing.F) {
	f.Add([]byte("v 0 0 0\nv 1e3 .5 0 1\nv -1 1 0\nv 1 1 1\no a\nf 1/1/1 2//2 -2\ng b\nf 1 2 3 4\nl 1 2\n"))
	f.Add([]byte("v 0 0 0\\\nv 1 0 0\r\nusemtl x\nf 1 1 1 1 1\n#\\\nf -1 -1 -1"))
	f.Add([]byte("\ufeffv nan inf 1e400\rf 1 1 1\r"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := loadOBJ(string(data))
		checkLoaded(t, s, err)
	})
}

// BenchmarkOBJ reads a million triangles as Blender writes them.
func BenchmarkOBJ(b *testing.B) {
	var t strings.Builder
	const n = 707
	for j := range n + 1 {
		for i := range n + 1 {
			fmt.Fprintf(&t, "v %.6f %.6f %.6f\n", float64(i)*0.1, math.Sin(float64(i*j)), float64(j)*0.1)
		}
	}
	for j := range n {
		for i := range n {
			k := j*(n+1) + i + 1
			fmt.Fprintf(&t, "f %d/%d/1 %d/%d/1 %d/%d/1 %d/%d/1\n", k, k, k+1, k+1, k+n+2, k+n+2, k+n+1, k+n+1)
		}
	}
	data := fstest.MapFS{"a.obj": {Data: []byte(t.String())}}
	b.SetBytes(int64(t.Len()))
	for b.Loop() {
		if _, err := Load(context.Background(), data, "a.obj", Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
