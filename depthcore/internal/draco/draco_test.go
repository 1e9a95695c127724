package draco

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
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

// plyMesh is what the reference decoder writes as binary PLY.
type plyMesh struct {
	positions []float32
	faces     []uint32
	texCoords []float32 // two a corner, nil without
}

func float32s(b []byte, n int) (list []float32) {
	for i := range n {
		list = append(list, math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return list
}

func readPLY(t testing.TB, path string) (m plyMesh) {
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
		m.positions = append(m.positions, float32s(body[v*stride:], 3)...)
	}
	// A face is a count byte and three indices, perhaps another count byte and
	// three texture coordinates.
	body = body[vertices*stride:]
	each := 13
	if bytes.Contains(head, []byte("texcoord")) {
		each += 25
	}
	if len(body) != each*polygons {
		t.Fatalf("%d bytes for %d faces", len(body), polygons)
	}
	for p := range polygons {
		for k := range 3 {
			m.faces = append(m.faces, binary.LittleEndian.Uint32(body[p*each+1+4*k:]))
		}
		if each > 13 {
			m.texCoords = append(m.texCoords, float32s(body[p*each+14:], 6)...)
		}
	}
	return m
}

// reference finds the reference encoder and decoder.
func reference(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"draco_encoder", "draco_decoder"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(tool, " is not installed (Debian package draco)")
		}
	}
}

// roundTrip encodes an OBJ and compares what the two decoders make of it.
func roundTrip(t *testing.T, name, obj string, args ...string) {
	t.Helper()
	drc, ply := obj+".drc", obj+".ply"
	if out, err := exec.Command("draco_encoder", append([]string{"-i", obj, "-o", drc}, args...)...).CombinedOutput(); err != nil {
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
		return
	}
	compare(t, name, m, ply)
}

// The reference decoder gives the same points and faces, bit for bit and in the
// same order, whatever the encoder's settings.
func TestAgainstReference(t *testing.T) {
	reference(t)
	obj := filepath.Join(t.TempDir(), "in.obj")
	writeOBJ(t, obj)
	for _, skip := range []string{"", "TEX_COORD", "NORMAL", "TEX_COORD NORMAL"} {
		for level := 0; level <= 10; level++ {
			for _, quantisation := range []string{"11", "0", "16"} {
				name := fmt.Sprintf("level %d, %s bits, without %s", level, quantisation, skip)
				args := []string{"-cl", strconv.Itoa(level), "-qp", quantisation}
				for _, s := range strings.Fields(skip) {
					args = append(args, "--skip", s)
				}
				roundTrip(t, name, obj, args...)
			}
		}
	}
}

// Meshes of every sort: soups whose edges have many faces, grids with holes,
// closed to tubes and tori, some faces turned over, cut by texture seams.
func TestRandomAgainstReference(t *testing.T) {
	reference(t)
	obj := filepath.Join(t.TempDir(), "in.obj")
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 0))
		if err := os.WriteFile(obj, randomOBJ(rng), 0o644); err != nil {
			t.Fatal(err)
		}
		level, position, texCoord := rng.IntN(11), rng.IntN(25), rng.IntN(20)
		roundTrip(t, fmt.Sprintf("seed %d, level %d, %d and %d bits", seed, level, position, texCoord), obj,
			"-cl", strconv.Itoa(level), "-qp", strconv.Itoa(position), "-qt", strconv.Itoa(texCoord))
	}
}

func randomOBJ(rng *rand.Rand) []byte {
	var b bytes.Buffer
	soup, textured, turned := rng.IntN(3) == 0, rng.IntN(2) == 0, rng.IntN(3) == 0
	side := 2 + rng.IntN(14)
	vertices, texCoords := side*side, 1+rng.IntN(80)
	for range vertices {
		fmt.Fprintf(&b, "v %v %v %v\n", float32(rng.NormFloat64()), float32(rng.NormFloat64()*10), float32(rng.NormFloat64()))
	}
	for range texCoords {
		fmt.Fprintf(&b, "vt %v %v\n", float32(rng.Float64()), float32(rng.Float64()*3-1))
	}
	face := func(corners ...int) {
		b.WriteString("f")
		for _, v := range corners {
			fmt.Fprintf(&b, " %d", v+1)
			if textured {
				seam := v % texCoords
				if rng.IntN(4) == 0 {
					seam = rng.IntN(texCoords)
				}
				fmt.Fprintf(&b, "/%d", seam+1)
			}
		}
		b.WriteString("\n")
	}
	face(0, 1, side)
	if soup {
		for range rng.IntN(150) {
			if i, j, k := rng.IntN(vertices), rng.IntN(vertices), rng.IntN(vertices); i != j && j != k && k != i {
				face(i, j, k)
			}
		}
		return b.Bytes()
	}
	at := func(x, y int) int { return y%side*side + x%side }
	holes, width, height := rng.Float64()/2, side-rng.IntN(2), side-rng.IntN(2)
	for y := range height {
		for x := range width {
			if rng.Float64() > holes {
				face(at(x, y), at(x+1, y), at(x+1, y+1))
			}
			switch {
			case rng.Float64() < holes:
			case turned && rng.IntN(10) == 0:
				face(at(x, y), at(x, y+1), at(x+1, y+1))
			default:
				face(at(x, y), at(x+1, y+1), at(x, y+1))
			}
		}
	}
	return b.Bytes()
}

func compare(t *testing.T, name string, m *Mesh, ply string) {
	t.Helper()
	want := readPLY(t, ply)
	if m.Points*3 != len(want.positions) || len(m.Faces) != len(want.faces) {
		t.Errorf("%s: %d points and %d corners, want %d and %d", name, m.Points, len(m.Faces), len(want.positions)/3, len(want.faces))
		return
	}
	for i, f := range want.faces {
		if m.Faces[i] != f {
			t.Errorf("%s: corner %d is point %d, want %d", name, i, m.Faces[i], f)
			return
		}
	}
	for i := range m.Attributes {
		switch a := &m.Attributes[i]; a.Kind {
		case Position:
			for p := range m.Points {
				if v := vector(a, p); !equal(v, want.positions[3*p:3*p+3]) {
					t.Errorf("%s: point %d is %v, want %v", name, p, v, want.positions[3*p:3*p+3])
					return
				}
			}
		case TexCoord:
			for c, p := range m.Faces {
				if v := vector(a, int(p)); !equal(v, want.texCoords[2*c:2*c+2]) {
					t.Errorf("%s: corner %d has texture coordinate %v, want %v", name, c, v, want.texCoords[2*c:2*c+2])
					return
				}
			}
		}
	}
}

func vector(a *Attribute, point int) []float64 {
	v := make([]float64, a.Components)
	a.Vector(point, v)
	return v
}

// equal tells whether numbers are the same float32, bit for bit.
func equal(got []float64, want []float32) bool {
	for k, v := range got {
		if math.Float32bits(float32(v)) != math.Float32bits(want[k]) {
			return false
		}
	}
	return len(got) == len(want)
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
			x := vector(&m.Attributes[0], int(p))[0]
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
				if a := &m.Attributes[i]; !a.Skipped() {
					vector(a, int(p))
				}
			}
		}
	})
}
