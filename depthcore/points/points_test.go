package points

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/meshscene"
)

// pixels are of a slope with a hole, seen by a camera that stands elsewhere.
func pixels() Pixels {
	const w, h = 16, 12
	p := Pixels{
		Map: depth.New(w, h),
		View: camera.View{
			Intrinsics:      camera.Intrinsics{Width: w, Height: h, Fx: 20, Fy: 19, Cx: 7.5, Cy: 6.25},
			CameraFromWorld: mgl64.HomogRotate3DY(0.7).Mul4(mgl64.Translate3D(1000, -2, 3)),
		},
		Colours: image.NewRGBA(image.Rect(0, 0, w, h)),
	}
	for i := range p.Map.Z {
		p.Map.Z[i] = 2 + float32(i)/100
		p.Colours.SetRGBA(i%w, i/w, color.RGBA{uint8(i), uint8(255 - i), 7, 255})
	}
	p.Map.Z[17] = depth.Empty()
	return p
}

// body returns the header's lines and what follows it.
func body(t *testing.T, data []byte) (head []string, rest []byte) {
	t.Helper()
	const end = "end_header\n"
	i := bytes.Index(data, []byte(end))
	if i < 0 {
		t.Fatalf("no %q", end)
	}
	return strings.Split(string(data[:i]), "\n"), data[i+len(end):]
}

func TestWritePLY(t *testing.T) {
	p := pixels()
	for _, axes := range []Axes{InCamera, InWorld} {
		var b bytes.Buffer
		n, err := WritePLY(&b, p, axes, "one\ntwo", "three")
		if err != nil || n != 16*12-1 {
			t.Fatalf("%d points, %v", n, err)
		}
		head, rest := body(t, b.Bytes())
		if strings.Join(head[:5], "|") != "ply|format binary_little_endian 1.0|comment one two|comment three|comment axes: "+axes.String()+", "+map[Axes]string{InCamera: "x right, y down, z forward (OpenCV)", InWorld: "the scene's (glTF: y up)"}[axes] || len(rest) != 27*n {
			t.Errorf("%q, %d bytes", head, len(rest))
		}
		for _, line := range []string{"comment picture: 16x12, perspective", "comment cameraK: 20 19 7.5 6.25, cx and cy from the picture's corner", "comment cameraLens: pinhole",
			"comment worldToCameraOpenCV: ", "element vertex 191"} {
			if !slices.ContainsFunc(head, func(l string) bool { return strings.HasPrefix(l, line) }) {
				t.Errorf("no %q in %q", line, head)
			}
		}
		k := 0
		for i, z := range p.Map.Z {
			if i == 17 {
				continue
			}
			x, y := i%16, i/16
			r := rest[27*k:]
			var got mgl64.Vec3
			for j := range got {
				got[j] = math.Float64frombits(binary.LittleEndian.Uint64(r[8*j:]))
			}
			want := mgl64.Vec3{(float64(x) + 0.5 - 7.5) / 20 * float64(z), (float64(y) + 0.5 - 6.25) / 19 * float64(z), float64(z)}
			if axes == InCamera && got[2] != float64(z) {
				t.Errorf("pixel %d, %d: z is %v, not %v", x, y, got[2], z)
			}
			if axes == InWorld {
				// The world's point, seen by the camera, is the same.
				back := mgl64.TransformCoordinate(got, p.View.CameraFromWorld)
				got = mgl64.Vec3{back[0], -back[1], -back[2]}
			}
			if got.Sub(want).Len() > 1e-11 {
				t.Errorf("%s, pixel %d, %d: %v, want %v", axes, x, y, got, want)
			}
			if r[24] != uint8(i) || r[25] != uint8(255-i) || r[26] != 7 {
				t.Errorf("pixel %d, %d: colour %v", x, y, r[24:27])
			}
			k++
		}
	}
}

// zscope's own reader of PLY, and numpy, see the same points.
func TestReadBack(t *testing.T) {
	p := pixels()
	p.Map.Z[18], p.Map.Z[19] = depth.Empty(), 1e4 // so that the points make whole triangles
	var b bytes.Buffer
	n, err := WritePLY(&b, p, InWorld)
	if err != nil || n%3 != 1 {
		t.Fatalf("%d points, %v", n, err)
	}
	head, rest := body(t, b.Bytes())
	var want []mgl64.Vec3
	for k := range n {
		var at mgl64.Vec3
		for j := range at {
			at[j] = math.Float64frombits(binary.LittleEndian.Uint64(rest[27*k+8*j:]))
		}
		want = append(want, at)
	}

	t.Run("own reader", func(t *testing.T) {
		// It reads meshes: three points each become a triangle.
		faces := n / 3
		var data bytes.Buffer
		fmt.Fprintf(&data, "%selement face %d\nproperty list uchar int vertex_indices\nend_header\n", strings.Join(head, "\n"), faces)
		data.Write(rest)
		for i := range faces {
			data.WriteByte(3)
			if err := binary.Write(&data, binary.LittleEndian, []int32{int32(3 * i), int32(3*i + 1), int32(3*i + 2)}); err != nil {
				t.Fatal(err)
			}
		}
		s, err := meshscene.Load(context.Background(), fstest.MapFS{"a.ply": {Data: data.Bytes()}}, "a.ply", meshscene.Options{Up: meshscene.UpY})
		if err != nil {
			t.Fatal(err)
		}
		read := 0
		for _, prim := range s.Primitives {
			for _, i := range prim.Indices {
				if prim.Positions[i] != want[read] {
					t.Fatalf("point %d is %v, want %v", read, prim.Positions[i], want[read])
				}
				read++
			}
		}
		if read != 3*faces {
			t.Errorf("%d points", read)
		}
	})
	t.Run("numpy", func(t *testing.T) {
		const python = "/usr/bin/python3" // the one that Debian's numpy is for
		if err := exec.Command(python, "-c", "import numpy").Run(); err != nil {
			t.Skip("no numpy for " + python)
		}
		path := filepath.Join(t.TempDir(), "points.ply")
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(python, "-c", `
import json, sys
import numpy as np
f = open(sys.argv[1], "rb")
fields = []
while (line := f.readline().split()) != [b"end_header"]:
    if line[0] == b"element":
        count = int(line[2])
    if line[0] == b"property":
        fields.append((line[2].decode(), {b"double": "<f8", b"uchar": "u1"}[line[1]]))
v = np.fromfile(f, np.dtype(fields))
assert len(v) == count
print(json.dumps([[float(p["x"]), float(p["y"]), float(p["z"])] for p in v]))
`, path).Output()
		if err != nil {
			t.Fatal(err)
		}
		var got []mgl64.Vec3
		if err := json.Unmarshal(out, &got); err != nil || len(got) != n {
			t.Fatalf("%d points, %v", len(got), err)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("point %d is %v, want %v", i, got[i], want[i])
			}
		}
	})
}

var black, white = color.RGBA{A: 255}, color.RGBA{255, 255, 255, 255}

// From where the camera stands the cloud is the picture itself.
func TestDrawFromTheCamera(t *testing.T) {
	p := pixels()
	c := NewCloud(p, 1<<20)
	if c.Len() != 191 {
		t.Errorf("%d points", c.Len())
	}
	img := image.NewRGBA(p.Colours.Rect)
	if err := c.Draw(context.Background(), img, Look{}, black, white); err != nil {
		t.Fatal(err)
	}
	for i := range p.Map.Z {
		want := p.Colours.RGBAAt(i%16, i/16)
		if i == 17 {
			want = black
		}
		if got := img.RGBAAt(i%16, i/16); got != want {
			t.Errorf("pixel %d, %d: %v, want %v", i%16, i/16, got, want)
		}
	}
}

// Seen from the side, what stands before is left or right of what is behind.
func TestDrawFromTheSide(t *testing.T) {
	p := Pixels{Map: depth.New(64, 48), Colours: image.NewRGBA(image.Rect(0, 0, 64, 48))}
	p.View.Intrinsics = camera.Intrinsics{Width: 64, Height: 48, Fx: 60, Fy: 60, Cx: 32, Cy: 24}
	near, far := color.RGBA{255, 0, 0, 255}, color.RGBA{0, 0, 255, 255}
	for i := range p.Map.Z {
		x, y := i%64, i/64
		p.Map.Z[i] = 10
		p.Colours.SetRGBA(x, y, far)
		if x >= 28 && x < 36 && y >= 20 && y < 28 {
			p.Map.Z[i] = 5
			p.Colours.SetRGBA(x, y, near)
		}
	}
	c := NewCloud(p, 1<<20)
	if c.Middle != 10 {
		t.Errorf("the middle is %g", c.Middle)
	}
	column := func(l Look, ink color.RGBA) (mean float64, count int) {
		img := image.NewRGBA(p.Colours.Rect)
		if err := c.Draw(context.Background(), img, l, black, black); err != nil {
			t.Fatal(err)
		}
		for i := range 64 * 48 {
			if img.RGBAAt(i%64, i/64) == ink {
				mean += float64(i%64) + 0.5
				count++
			}
		}
		return mean / float64(count), count
	}
	middle, count := column(Look{}, near)
	if math.Abs(middle-32) > 1e-9 || count != 64 {
		t.Errorf("from the camera: %d near pixels at column %g", count, middle)
	}
	// Yaw moves the eye to the right: what is before the middle goes left.
	// The square's middle is 5 before the turning point, which is 10 away.
	yaw := 0.3
	want := 32 - 60*5*math.Sin(yaw)/(10-5*math.Cos(yaw))
	if got, _ := column(Look{Yaw: yaw}, near); math.Abs(got-want) > 1.5 {
		t.Errorf("turned: column %g, want %g", got, want)
	}
	if got, _ := column(Look{Right: 0.1}, near); math.Abs(got-(32-6)) > 0.6 {
		t.Errorf("moved aside: column %g", got)
	}
	if _, n := column(Look{Nearer: -1}, far); n >= 64*48-64 || n == 0 {
		t.Errorf("farther away: %d pixels", n)
	}
}

// A coarse map stands for the whole picture; few points are taken of a large
// one; an empty one has none.
func TestNewCloud(t *testing.T) {
	p := pixels()
	p.Map = depth.New(4, 3)
	for i := range p.Map.Z {
		p.Map.Z[i] = 4
	}
	c := NewCloud(p, 1<<20)
	if c.Len() != 12 || c.points[0].ink != p.Colours.RGBAAt(0, 0) || c.points[11].ink != p.Colours.RGBAAt(12, 8) {
		t.Errorf("%d points, the last %v", c.Len(), c.points[11])
	}
	p.Map = depth.New(400, 300)
	if c := NewCloud(p, 1000); c.Len() != 0 || c.Draw(context.Background(), image.NewRGBA(image.Rect(0, 0, 8, 8)), Look{Yaw: 1}, black, white) != nil {
		t.Errorf("%d points of nothing", c.Len())
	}
	for i := range p.Map.Z {
		p.Map.Z[i] = 4
	}
	if n := NewCloud(p, 1000).Len(); n > 1000 || n < 800 {
		t.Errorf("%d points, at most 1000", n)
	}
}

// A panorama's points lie all around the camera, and are seen from outside.
func TestPanorama(t *testing.T) {
	lens, err := camera.NewLens(camera.EquirectangularLens)
	if err != nil {
		t.Fatal(err)
	}
	p := Pixels{Map: depth.New(64, 32)}
	p.View.Intrinsics = camera.Intrinsics{Width: 64, Height: 32, Fx: 64 / (2 * math.Pi), Fy: 32 / math.Pi, Cx: 32, Cy: 16, Lens: lens}
	p.View.CameraFromWorld = mgl64.Ident4()
	for i := range p.Map.Z {
		p.Map.Z[i] = 5
	}
	var b bytes.Buffer
	if n, err := WritePLY(&b, p, InCamera); err != nil || n != 64*32 {
		t.Fatalf("%d points, %v", n, err)
	}
	_, rest := body(t, b.Bytes())
	before, behind := 0, 0
	for ; len(rest) > 0; rest = rest[27:] {
		var at mgl64.Vec3
		for j := range at {
			at[j] = math.Float64frombits(binary.LittleEndian.Uint64(rest[8*j:]))
		}
		if math.Abs(at.Len()-5) > 1e-9 {
			t.Fatalf("%v is not 5 away", at)
		}
		if at[2] > 0 {
			before++
		} else {
			behind++
		}
	}
	if before != behind {
		t.Errorf("%d before the camera, %d behind", before, behind)
	}
	img := image.NewRGBA(image.Rect(0, 0, 60, 40))
	if err := NewCloud(p, 1<<20).Draw(context.Background(), img, Look{Yaw: 0.5, Nearer: -1.5}, black, white); err != nil {
		t.Fatal(err)
	}
	lit := 0
	for i := 0; i < len(img.Pix); i += 4 {
		lit += int(img.Pix[i] / 255)
	}
	if lit < 100 || lit > 60*40/2 {
		t.Errorf("%d pixels show points", lit)
	}
}

func TestDrawCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := NewCloud(pixels(), 100).Draw(ctx, image.NewRGBA(image.Rect(0, 0, 8, 8)), Look{}, black, white); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Whatever the look, drawing stays within the picture.
func FuzzDraw(f *testing.F) {
	f.Add(0.3, 0.1, 0.0, 0.0, 0.0)
	f.Add(3.0, -1.5, 9.0, 1.0, -1.0)
	f.Add(0.0, 0.0, -700.0, 1e300, 0.0)
	c := NewCloud(pixels(), 1000)
	f.Fuzz(func(t *testing.T, yaw, pitch, nearer, right, up float64) {
		img := image.NewRGBA(image.Rect(0, 0, 9, 7))
		if err := c.Draw(context.Background(), img, Look{yaw, pitch, nearer, right, up}, black, white); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkDraw(b *testing.B) {
	p := Pixels{Map: depth.New(1920, 1080)}
	p.View.Intrinsics = camera.Intrinsics{Width: 1920, Height: 1080, Fx: 1500, Fy: 1500, Cx: 960, Cy: 540}
	for i := range p.Map.Z {
		p.Map.Z[i] = 5 + float32(i%1920)/400
	}
	c := NewCloud(p, 300_000)
	img := image.NewRGBA(image.Rect(0, 0, 480, 360))
	for b.Loop() {
		_ = c.Draw(context.Background(), img, Look{Yaw: 0.5, Pitch: 0.3}, black, white)
	}
}

func BenchmarkWritePLY(b *testing.B) {
	p := Pixels{Map: depth.New(1920, 1080)}
	p.View.Intrinsics = camera.Intrinsics{Width: 1920, Height: 1080, Fx: 1500, Fy: 1500, Cx: 960, Cy: 540}
	p.View.CameraFromWorld = mgl64.Ident4()
	for i := range p.Map.Z {
		p.Map.Z[i] = 5 + float32(i%1920)/400
	}
	for b.Loop() {
		if _, err := WritePLY(io.Discard, p, InWorld); err != nil {
			b.Fatal(err)
		}
	}
}
