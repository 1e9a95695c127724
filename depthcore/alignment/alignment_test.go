package alignment

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"zscope/depthcore/depth"
)

// Balls before a slanted, patterned wall, seen by a pinhole camera of f pixels
// that moves right with the frames; each ball moves on its own. What a ray hits
// is known in closed form.
const f = 150

type ball struct{ x, y, z, r, vx, vy float64 }

var balls = []ball{
	{-1, 0.3, 5, 0.7, 0.10, 0}, {0.8, -0.5, 6, 0.8, -0.05, 0.08}, {0.2, 0.9, 4, 0.4, 0, -0.1},
	{1.5, 0.8, 7, 0.5, 0.02, 0.03}, {-1.6, -0.9, 8, 0.6, 0, 0.07},
}

// see returns Z and what is seen along the ray through (u, v) from the
// picture's middle, in pixels.
func see(u, v float64, frame int) (z float64, what int) {
	t := float64(frame)
	eye := 0.04 * t
	dx, dy := u/f, v/f
	// The wall z = 10 + x.
	z, what = (10+eye)/(1-dx), -1
	for i, b := range balls {
		// The point (eye + z dx, z dy, z) on the sphere: a quadratic in z.
		cx, cy := b.x+b.vx*t-eye, b.y+b.vy*t
		qa := dx*dx + dy*dy + 1
		qb := dx*cx + dy*cy + b.z
		qc := cx*cx + cy*cy + b.z*b.z - b.r*b.r
		if d := qb*qb - qa*qc; d >= 0 {
			if s := (qb - math.Sqrt(d)) / qa; s < z {
				z, what = s, i
			}
		}
	}
	return z, what
}

const w, h = 240, 160

func depthOf(_ context.Context, frame int) (*depth.Map, error) {
	m := depth.New(w, h)
	for i := range m.Z {
		z, _ := see(float64(i%w)+0.5-w/2, float64(i/w)+0.5-h/2, frame)
		m.Z[i] = float32(z)
	}
	return m, nil
}

// picture renders a frame with 16 samples a pixel, moved by (dx, dy) pixels,
// with shading, a pattern on the wall and noise.
func picture(frame int, dx, dy float64) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	noise := rand.New(rand.NewPCG(uint64(frame), 7))
	for y := range h {
		for x := range w {
			var sum [3]float64
			for k := range 16 {
				u := float64(x) + (float64(k%4)+0.5)/4 - w/2 - dx
				v := float64(y) + (float64(k/4)+0.5)/4 - h/2 - dy
				z, what := see(u, v, frame)
				c := [3]float64{150, 160, 170}
				if what >= 0 {
					b := balls[what]
					n := (b.z - z) / b.r // faces the camera where 1
					c = [3]float64{40 + 60*n, 30 + 30*float64(what)*n, 90 * n}
				} else if int(math.Floor(u/f*z*2))%2 == 0 {
					c[0] -= 12 // a faint pattern without depth
				}
				for i := range sum {
					sum[i] += c[i] / 16
				}
			}
			for i := range sum {
				sum[i] = math.Max(0, math.Min(255, sum[i]+noise.NormFloat64()*2))
			}
			img.SetRGBA(x, y, color.RGBA{uint8(sum[0]), uint8(sum[1]), uint8(sum[2]), 255})
		}
	}
	return img
}

// Known offsets and shifts are found, the shift to a tenth of a pixel.
func TestFind(t *testing.T) {
	offsets := []int{-2, -1, 0, 1, 2}
	for _, c := range []struct {
		offset int
		dx, dy float64
	}{{0, 0, 0}, {1, 0, 0}, {-2, 0.5, 0.5}, {0, 0.3, -0.2}, {2, -1.7, 0.4}, {0, 4.25, -3}} {
		of := Sequences{depthOf, func(n int) (*image.RGBA, error) { return picture(n-c.offset, c.dx, c.dy), nil }}
		reports := 0
		got, err := Find(context.Background(), []int{3, 9, 16}, offsets, of, func(done, total int) {
			if reports++; done != reports || total != 15 {
				t.Errorf("report %d of %d", done, total)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		b := got.Best
		t.Logf("%+v: score %.3f at %+.3f %+.3f, still %.3f, telling %.3f", c, b.Score, b.DX, b.DY, b.Still, got.Telling())
		if b.Offset != c.offset || math.Abs(b.DX-c.dx) > 0.1 || math.Abs(b.DY-c.dy) > 0.1 || b.AtEnd || b.Score < 0.5 || got.Telling() < 0.02 {
			t.Errorf("%+v: found %+v, telling %g", c, b, got.Telling())
		}
		if len(got.Candidates) != len(offsets) || reports != 15 {
			t.Errorf("%d candidates, %d reports", len(got.Candidates), reports)
		}
	}
}

// A shift beyond reach is not passed off as one within.
func TestFindBeyondReach(t *testing.T) {
	of := Sequences{depthOf, func(n int) (*image.RGBA, error) { return picture(n, Reach+2, 0), nil }}
	got, err := Find(context.Background(), []int{3}, []int{0}, of, nil)
	if err != nil || !got.Best.AtEnd {
		t.Errorf("%+v, %v", got.Best, err)
	}
}

// Where nothing moves no offset is better than another.
func TestFindStill(t *testing.T) {
	still := picture(3, 0, 0)
	of := Sequences{depthOf, func(int) (*image.RGBA, error) { return still, nil }}
	got, err := Find(context.Background(), []int{3}, []int{-1, 0, 1}, of, nil)
	if err != nil || got.Telling() > 1e-9 {
		t.Errorf("telling %g, %v", got.Telling(), err)
	}
}

func TestFindFails(t *testing.T) {
	grey := image.NewRGBA(image.Rect(0, 0, w, h))
	small := image.NewRGBA(image.Rect(0, 0, w/2, h))
	broken := errors.New("picture 4: unexpected end")
	for _, c := range []struct {
		img   *image.RGBA
		err   error
		words string
	}{{grey, nil, "no edges"}, {nil, nil, "no edges"}, {small, nil, "120 × 160"}, {nil, broken, "unexpected end"}} {
		of := Sequences{depthOf, func(int) (*image.RGBA, error) { return c.img, c.err }}
		if _, err := Find(context.Background(), []int{3}, []int{0}, of, nil); err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%v, want %q", err, c.words)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	of := Sequences{depthOf, func(int) (*image.RGBA, error) { cancel(); return grey, nil }}
	if _, err := Find(ctx, []int{3, 9}, []int{0, 1}, of, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestOutline(t *testing.T) {
	m := depth.New(9, 5)
	for i := range m.Z {
		m.Z[i] = float32(1 / (0.02 + 0.01*float64(i%9))) // a steep plane
	}
	ink := color.RGBA{255, 0, 200, 255}
	if _, n := Outline(m, 0.01, 1, ink); n != 0 {
		t.Errorf("a plane has %d edges", n)
	}
	// A near square of 3 x 3 with a hole beside it.
	for y := 1; y < 4; y++ {
		for x := 3; x < 6; x++ {
			m.Z[y*9+x] = 2
		}
	}
	m.Z[2*9+7] = depth.Empty()
	img, n := Outline(m, 0.05, 1, ink)
	want := map[image.Point]bool{}
	for y := 1; y < 4; y++ {
		for x := 3; x < 6; x++ {
			want[image.Pt(x, y)] = x != 4 || y != 2
		}
	}
	for _, p := range []image.Point{{6, 2}, {8, 2}, {7, 1}, {7, 3}} {
		want[p] = true
	}
	count := 0
	for y := range 5 {
		for x := range 9 {
			drawn := img.RGBAAt(x, y) == ink
			if drawn != want[image.Pt(x, y)] {
				t.Errorf("pixel %d, %d: drawn %v", x, y, drawn)
			}
			if drawn {
				count++
			}
		}
	}
	if count != n {
		t.Errorf("said %d, drew %d", n, count)
	}
	// 1 - 2/10 is 0.8: the threshold is relative.
	flat := depth.New(8, 1)
	for i := range flat.Z {
		flat.Z[i] = []float32{2, 10}[i/4]
	}
	for _, c := range []struct {
		threshold float64
		want      int
	}{{0.79, 1}, {0.81, 0}} {
		if _, n := Outline(flat, c.threshold, 1, ink); n != c.want {
			t.Errorf("at %g: %d edges, want %d", c.threshold, n, c.want)
		}
	}
}

// A thick line grows into the nearer surface, and no farther than its row.
func TestOutlineThick(t *testing.T) {
	m := depth.New(6, 2)
	copy(m.Z, []float32{9, 9, 9, 2, 2, 2, 2, 2, 9, 9, 9, 9})
	img, n := Outline(m, 0.5, 4, color.RGBA{A: 255})
	var drawn []bool
	for i := range m.Z {
		drawn = append(drawn, img.Pix[4*i+3] != 0)
	}
	want := []bool{false, false, false, true, true, true, true, true, false, false, false, false}
	for i := range want {
		if drawn[i] != want[i] {
			t.Errorf("drawn %v, want %v", drawn, want)
			break
		}
	}
	if n != 5 {
		t.Errorf("%d drawn", n)
	}
}

func BenchmarkFind(b *testing.B) {
	m := depth.New(1920, 1080)
	for i := range m.Z {
		z, _ := see((float64(i%1920)-960)/8, (float64(i/1920)-540)/8, 3)
		m.Z[i] = float32(z)
	}
	img := image.NewRGBA(image.Rect(0, 0, 1920, 1080))
	for i, z := range m.Z {
		img.Pix[4*i] = uint8(z * 20)
	}
	of := Sequences{func(context.Context, int) (*depth.Map, error) { return m, nil }, func(int) (*image.RGBA, error) { return img, nil }}
	for b.Loop() {
		if _, err := Find(context.Background(), []int{1}, []int{0}, of, nil); err != nil {
			b.Fatal(err)
		}
	}
}
