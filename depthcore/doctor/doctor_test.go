package doctor

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
)

// truth is a closed form: a tilted ground and a wall behind it, which the
// camera approaches by a tenth of a unit a frame.
func truth(_ context.Context, frame int, du, dv float64) (*depth.Map, camera.Intrinsics, error) {
	return truthAt(float64(frame), du, dv)
}

func truthAt(frame, du, dv float64) (*depth.Map, camera.Intrinsics, error) {
	in := camera.Intrinsics{Width: 160, Height: 120, Fx: 150, Fy: 150, Cx: 80 + du, Cy: 60 + dv}
	m := depth.New(in.Width, in.Height)
	at := 0.1 * frame
	for y := range in.Height {
		for x := range in.Width {
			_, d := in.CameraRay(float64(x)+0.5, float64(y)+0.5)
			z := (9 - at) / (1 + 0.2*d[0]) // a wall that is turned a little
			if d[1] < 0 {
				z = min(z, -1.5/d[1])
			}
			m.Z[y*in.Width+x] = float32(z)
		}
	}
	return m, in, nil
}

// half rounds to a 16-bit float of the normal range, halves to even.
func half(z float32) float32 {
	b := math.Float32bits(z)
	b += 0xfff + b>>13&1
	return math.Float32frombits(b &^ 0x1fff)
}

func TestDiagnose(t *testing.T) {
	lens := func(x, y int) float64 {
		_, d := camera.Intrinsics{Fx: 150, Fy: 150, Cx: 80, Cy: 60}.CameraRay(float64(x)+0.5, float64(y)+0.5)
		return d.Len()
	}
	each := func(f func(m *depth.Map, x, y int) float32) func(int) *depth.Map {
		return func(frame int) *depth.Map {
			m, _, _ := truth(context.Background(), frame, 0, 0)
			out := depth.New(m.Width, m.Height)
			for y := range m.Height {
				for x := range m.Width {
					out.Z[y*m.Width+x] = f(m, x, y)
				}
			}
			return out
		}
	}
	shifted := func(frames int, du, dv float64) func(int) *depth.Map {
		return func(frame int) *depth.Map {
			m, _, _ := truth(context.Background(), frame+frames, du, dv)
			return m
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, tc := range []struct {
		name   string
		maps   func(int) *depth.Map
		faults []string // beginnings
		words  string
	}{
		{"true", shifted(0, 0, 0), nil, "planar Z, matches"},
		{"true but for some noise in the last bits", each(func(m *depth.Map, x, y int) float32 { return m.At(x, y) * (1 + 1e-6*float32(x%3)) }), nil, "planar Z, matches"},
		{"Euclidean", each(func(m *depth.Map, x, y int) float32 { return float32(float64(m.At(x, y)) * lens(x, y)) }), []string{"Euclidean"}, ""},
		{"half float", each(func(m *depth.Map, x, y int) float32 { return half(m.At(x, y)) }), []string{"half float"}, ""},
		{"rows flipped", each(func(m *depth.Map, x, y int) float32 { return m.At(x, m.Height-1-y) }), []string{"rows flipped"}, ""},
		{"columns flipped", each(func(m *depth.Map, x, y int) float32 { return m.At(m.Width-1-x, y) }), []string{"columns flipped"}, ""},
		{"inverse", each(func(m *depth.Map, x, y int) float32 { return 1 / m.At(x, y) }), []string{"1/Z"}, ""},
		{"millimetres", each(func(m *depth.Map, x, y int) float32 { return 1000 * m.At(x, y) }), []string{"scaled by 1000"}, ""},
		{"grey of RGB", each(func(m *depth.Map, x, y int) float32 { return 1.09 * m.At(x, y) }), []string{"1.09 times"}, ""},
		{"the next frame", shifted(1, 0, 0), []string{"frame +1"}, ""},
		{"the frame before", shifted(-1, 0, 0), []string{"frame -1"}, ""},
		{"half a pixel", shifted(0, 0.5, 0.5), []string{"half a pixel off"}, ""},
		{"half a pixel the other way", shifted(0, -0.5, -0.5), []string{"half a pixel off"}, ""},
		{"three at once", each(func(m *depth.Map, x, y int) float32 {
			y = m.Height - 1 - y
			return float32(1000 * float64(m.At(x, y)) * lens(x, y))
		}), []string{"Euclidean", "rows flipped", "scaled by 1000"}, ""},
		{"noise", each(func(*depth.Map, int, int) float32 { return 1 + 9*r.Float32() }), nil, "nothing known"},
		{"nothing", each(func(*depth.Map, int, int) float32 { return depth.Empty() }), nil, "next to no pixels"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e, err := Diagnose(context.Background(), []int{1, 21}, func(n int) (*depth.Map, error) { return tc.maps(n), nil }, truth)
			if err != nil {
				t.Fatal(err)
			}
			got := e.Faults()
			if !slices.EqualFunc(got, tc.faults, strings.HasPrefix) {
				t.Errorf("found %q, want %q (%+v)", got, tc.faults, e)
			}
			if !strings.Contains(e.String(), tc.words) {
				t.Errorf("said %q, want %q", e, tc.words)
			}
			if want := strings.Contains(tc.words, "matches"); e.Sound() != want {
				t.Errorf("sound is %v", e.Sound())
			}
		})
	}
}

// Where the bulk of the picture is a wall parallel to the image that does not
// move, the rest of it tells.
func TestDiagnoseByTheRest(t *testing.T) {
	speed := 1.0
	wall := func(_ context.Context, frame int, du, dv float64) (*depth.Map, camera.Intrinsics, error) {
		m, in, err := truthAt(speed*float64(frame), du, dv)
		for i, z := range m.Z {
			if i%m.Width < 120 { // the rest is a slope that the camera approaches
				z = 10
			}
			m.Z[i] = z
		}
		return m, in, err
	}
	for _, c := range []struct {
		frames int
		half   float64
		want   string
		speed  float64
		step   float32 // that numbers are rounded to
	}{{0, 0, "planar Z, matches", 1, 0}, {0, 0, "planar Z, matches", 1, 1e-3}, {1, 0, "frame +1", 1, 1e-3}, {0, 0.5, "half a pixel off", 1, 1e-3}, {1, 0, "frame +1", 1, 0}, {1, 0, "frame +1", 1e-3, 0}, {0, 0.5, "half a pixel off", 1, 0}, {0, -0.5, "half a pixel off", 1, 0}} {
		speed = c.speed
		e, err := Diagnose(context.Background(), []int{1, 5, 9}, func(n int) (*depth.Map, error) {
			m, _, err := wall(context.Background(), n+c.frames, c.half, c.half)
			for i, z := range m.Z {
				if c.step > 0 {
					m.Z[i] = float32(math.Round(float64(z/c.step))) * c.step
				}
			}
			return m, err
		}, wall)
		if err != nil || !strings.HasPrefix(e.String(), c.want) {
			t.Errorf("%d frames, %g pixels: %v, %v", c.frames, c.half, e, err)
		}
	}
}

// Another size is an error that says both.
func TestDiagnoseSize(t *testing.T) {
	_, err := Diagnose(context.Background(), []int{1}, func(int) (*depth.Map, error) { return depth.New(3, 4), nil }, truth)
	if err == nil || !strings.Contains(err.Error(), "3x4") || !strings.Contains(err.Error(), "160x120") {
		t.Error(err)
	}
}
