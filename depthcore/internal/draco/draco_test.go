package draco

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const limit = 1 << 30

// writeOBJ writes a mesh with texture seams, a hole, a handle and a loose
// piece: a torus with a rectangle cut out, and a fan.
func writeOBJ(t testing.TB, path string) {
	t.Helper()
	var b bytes.Buffer
	const n, m = 24, 13
	for j := 0; j < m; j++ {
		for i := 0; i < n; i++ {
			u, v := 2*math.Pi*float64(i)/n, 2*math.Pi*float64(j)/m
			r := 2 + 0.7*math.Cos(v) + 0.1*math.Sin(5*u)
			fmt.Fprintf(&b, "v %.7g %.7g %.7g\n", r*math.Cos(u), 0.7*math.Sin(v), r*math.Sin(u))
		}
	}
	for j := 0; j <= m; j++ {
		for i := 0; i <= n; i++ {
			fmt.Fprintf(&b, "vt %.7g %.7g\n", float64(i)/n, float64(j)/m)
		}
	}
	fmt.Fprintf(&b, "vn 0 1 0\nvn 1 0 0\n")
	corner := func(i, j int) string {
		return fmt.Sprintf("%d/%d/%d", j%m*n+i%n+1, j*(n+1)+i+1, 1+i*2/n%2)
	}
	for j := 0; j < m; j++ {
		for i := 0; i < n; i++ {
			if i > 3 && i < 9 && j > 2 && j < 6 {
				continue
			}
			fmt.Fprintf(&b, "f %s %s %s\nf %s %s %s\n", corner(i, j), corner(i, j+1), corner(i+1, j), corner(i+1, j), corner(i, j+1), corner(i+1, j+1))
		}
	}
	base := n*m + 1
	fmt.Fprintf(&b, "v 9 0 0\n")
	for k := 0; k < 7; k++ {
		fmt.Fprintf(&b, "v %.7g %.7g 0\n", 9+math.Cos(float64(k)), math.Sin(float64(k)))
		if k > 0 {
			fmt.Fprintf(&b, "f %d/1/1 %d/2/1 %d/3/1\n", base, base+k, base+k+1)
		}
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// readPLY reads the positions and faces of the reference decoder's binary PLY.
func readPLY(t testing.TB, path string) (positions []float32, faces []uint32) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := bytes.Cut(data, []byte("end_header\n"))
	var vertices, polygons, stride int
	inVertex := false
	for _, line := range strings.Split(string(head), "\n") {
		f := strings.Fields(line)
		switch {
		case len(f) == 3 && f[0] == "element":
			inVertex = f[1] == "vertex"
			n, _ := strconv.Atoi(f[2])
			if inVertex {
				vertices = n
			} else {
				polygons = n
			}
		case len(f) == 3 && f[0] == "property" && inVertex:
			stride += map[string]int{"float": 4, "float32": 4, "uchar": 1, "uint8": 1}[f[1]]
		}
	}
	for v := range vertices {
		for k := range 3 {
			positions = append(positions, math.Float32frombits(binary.LittleEndian.Uint32(body[v*stride+4*k:])))
		}
	}
	body = body[vertices*stride:]
	each := len(body) / max(1, polygons) // a count byte, three indices, perhaps texture coordinates
	for p := range polygons {
		for k := range 3 {
			faces = append(faces, binary.LittleEndian.Uint32(body[p*each+1+4*k:]))
		}
	}
	return positions, faces
}

// The reference decoder gives the same points and faces, bit for bit and in the
// same order, whatever the encoder's settings.
func TestAgainstReference(t *testing.T) {
	for _, tool := range []string{"draco_encoder", "draco_decoder"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(tool, " is not installed (Debian package draco)")
		}
	}
	dir := t.TempDir()
	obj := filepath.Join(dir, "in.obj")
	writeOBJ(t, obj)
	for _, skip := range []string{"", "TEX_COORD", "NORMAL", "TEX_COORD NORMAL"} {
		for level := 0; level <= 10; level++ {
			for _, quantisation := range []string{"11", "0", "16"} {
				name := fmt.Sprintf("level %d, %s bits, without %s", level, quantisation, skip)
				drc, ply := filepath.Join(dir, "x.drc"), filepath.Join(dir, "x.ply")
				args := []string{"-i", obj, "-o", drc, "-cl", strconv.Itoa(level), "-qp", quantisation}
				for _, s := range strings.Fields(skip) {
					args = append(args, "--skip", s)
				}
				if out, err := exec.Command("draco_encoder", args...).CombinedOutput(); err != nil {
					t.Fatalf("%s: %v\n%s", name, err, out)
				}
				if out, err := exec.Command("draco_decoder", "-i", drc, "-o", ply).CombinedOutput(); err != nil {
					t.Fatalf("%s: %v\n%s", name, err, out)
				}
				data, err := os.ReadFile(drc)
				if err != nil {
					t.Fatal(err)
				}
				m, err := Decode(context.Background(), data, limit)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				compare(t, name, m, ply)
			}
		}
	}
}

func compare(t *testing.T, name string, m *Mesh, ply string) {
	t.Helper()
	positions, faces := readPLY(t, ply)
	if m.Points*3 != len(positions) || len(m.Faces) != len(faces) {
		t.Errorf("%s: %d points and %d corners, want %d and %d", name, m.Points, len(m.Faces), len(positions)/3, len(faces))
		return
	}
	for i, f := range faces {
		if m.Faces[i] != f {
			t.Errorf("%s: corner %d is point %d, want %d", name, i, m.Faces[i], f)
			return
		}
	}
	for i := range m.Attributes {
		a := &m.Attributes[i]
		if a.Kind != Position {
			continue
		}
		for p := range m.Points {
			v := a.Vector(p)
			for k := range 3 {
				if math.Float32bits(float32(v[k])) != math.Float32bits(positions[3*p+k]) {
					t.Errorf("%s: point %d is %v, want %v", name, p, v, positions[3*p:3*p+3])
					return
				}
			}
		}
	}
}

// seeds are streams of five vertices made by draco_encoder 1.5.5 at levels 0
// (sequential), 3 and 10 (edgebreaker, standard and valence).
func seeds(t testing.TB) (list [][]byte) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.drc")
	if err != nil || len(files) != 3 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, data)
	}
	return list
}

func TestSmall(t *testing.T) {
	for i, data := range seeds(t) {
		m, err := Decode(context.Background(), data, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Faces) != 9 || m.Points < 5 {
			t.Errorf("stream %d: %d corners, %d points", i, len(m.Faces), m.Points)
		}
		low, high := math.Inf(1), math.Inf(-1)
		for _, p := range m.Faces {
			x := m.Attributes[0].Vector(int(p))[0]
			low, high = min(low, x), max(high, x)
		}
		if low != 0 || high != 2 {
			t.Errorf("stream %d: x from %g to %g", i, low, high)
		}
		for n := range data {
			if _, err := Decode(context.Background(), data[:n], limit); err == nil && n < len(data)/2 {
				t.Errorf("stream %d: no error for %d of %d bytes", i, n, len(data))
			}
		}
		if _, err := Decode(context.Background(), data, 1000); err == nil {
			t.Errorf("stream %d: decoded in 1000 bytes", i)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, data := range seeds(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode(context.Background(), data, 1<<26)
		if err != nil {
			return
		}
		for _, p := range m.Faces {
			if int(p) >= m.Points {
				t.Fatalf("point %d of %d", p, m.Points)
			}
			for i := range m.Attributes {
				if m.Attributes[i].Values != nil {
					m.Attributes[i].Vector(int(p))
				}
			}
		}
	})
}
