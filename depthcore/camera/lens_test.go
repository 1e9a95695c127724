package camera

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl64"
)

// lenses are real ones and extreme ones, with a picture that fits.
var lenses = []struct {
	name string
	in   Intrinsics
	none bool // some pixels have no ray
}{
	{"none", Intrinsics{Width: 64, Height: 48, Fx: 50, Fy: 52, Cx: 31, Cy: 25}, false},
	{"zero", Intrinsics{Width: 64, Height: 48, Fx: 50, Fy: 52, Cx: 31, Cy: 25, Lens: Lens{Model: OpenCVLens}}, false},
	{"webcam", with(Intrinsics{Width: 64, Height: 48, Fx: 50, Fy: 52, Cx: 31, Cy: 25}, OpenCVLens, -0.28, 0.09, 0.001, -0.002, -0.01), false},
	{"pincushion", with(Intrinsics{Width: 64, Height: 48, Fx: 50, Fy: 52, Cx: 31, Cy: 25}, OpenCVLens, 0.3, 0.1), false},
	{"barrel that folds", with(Intrinsics{Width: 64, Height: 48, Fx: 30, Fy: 30, Cx: 31, Cy: 25}, OpenCVLens, -0.4), true},
	{"rational", with(Intrinsics{Width: 64, Height: 48, Fx: 30, Fy: 30, Cx: 31, Cy: 25}, OpenCVLens, 8.1, 4.3, 2e-4, -1e-4, 0.25, 8.4, 6.6, 1.2), false},
	{"thin prism", with(Intrinsics{Width: 64, Height: 48, Fx: 60, Fy: 60, Cx: 31, Cy: 25}, OpenCVLens, -0.1, 0.02, 0.001, 0.002, 0, 0.01, 0, 0, 0.01, -0.02, 0.005, 0.003), false},
	{"fisheye", with(Intrinsics{Width: 64, Height: 48, Fx: 30, Fy: 30, Cx: 32, Cy: 24}, FisheyeLens, -0.01, 0.02, -0.004, 0.001), false},
	{"fisheye of 220 degrees", with(Intrinsics{Width: 64, Height: 64, Fx: 16.5, Fy: 16.5, Cx: 32, Cy: 32}, FisheyeLens), true},
	{"fisheye that folds", with(Intrinsics{Width: 64, Height: 64, Fx: 28, Fy: 28, Cx: 32, Cy: 32}, FisheyeLens, -0.2), true},
	{"panorama", WholeSphere(64, 32), false},
}

func with(in Intrinsics, m LensModel, coefficients ...float64) Intrinsics {
	l, err := NewLens(m, coefficients...)
	if err != nil {
		panic(err)
	}
	in.Lens = l
	return in
}

// TestProjectRay finds the ray of each pixel's centre, at unit depth, and
// projects points on it back.
func TestProjectRay(t *testing.T) {
	for _, l := range lenses {
		t.Run(l.name, func(t *testing.T) {
			if err := l.in.Check(); err != nil {
				t.Fatal(err)
			}
			none := 0
			for j := range l.in.Height {
				for i := range l.in.Width {
					u, v := float64(i)+0.5, float64(j)+0.5
					_, dir := l.in.CameraRay(u, v)
					if math.IsNaN(dir[0]) {
						none++
						continue
					}
					unit := -dir[2]
					if l.in.Lens.Euclidean() {
						unit = dir.Len()
					}
					if math.Abs(unit-1) > 1e-15 {
						t.Fatalf("(%g, %g): a step of the ray has depth %v", u, v, unit)
					}
					for _, z := range []float64{0.01, 1, 700} {
						u2, v2, z2 := l.in.Project(l.in.CameraPoint(u, v, z))
						if math.Hypot(u2-u, v2-v) > 1e-11 || math.Abs(z2-z) > 1e-14*z {
							t.Fatalf("(%g, %g) at %g comes back as (%g, %g) at %g", u, v, z, u2, v2, z2)
						}
					}
				}
			}
			if none > 0 != l.none || float64(none) != l.in.Rayless()*float64(l.in.Width*l.in.Height) {
				t.Errorf("%d pixels have no ray", none)
			}
		})
	}
}

// TestFold checks the rays that folding lenses keep against where the fold is.
func TestFold(t *testing.T) {
	// r - 0.4 r^3 turns at r = 1 / sqrt(1.2), where it is 2/3 of that.
	barrel := with(Intrinsics{Width: 9, Height: 9, Fx: 1, Fy: 1}, OpenCVLens, -0.4)
	fisheye := with(Intrinsics{Width: 9, Height: 9, Fx: 1, Fy: 1}, FisheyeLens, -0.2) // t - 0.2 t^3
	for _, c := range []struct {
		in   Intrinsics
		edge float64
	}{{barrel, 2 / 3. / math.Sqrt(1.2)}, {fisheye, 2 / 3. / math.Sqrt(0.6)}} {
		r := c.in.Rays()
		for _, angle := range []float64{0, 1, 2, 3, 4, 5, 6} {
			sin, cos := math.Sincos(angle)
			if _, ok := r.Direction(cos*c.edge*(1-1e-6), sin*c.edge*(1-1e-6)); !ok {
				t.Errorf("lens %v has no ray within its fold", c.in.Lens)
			}
			if d, ok := r.Direction(cos*c.edge*(1+1e-6), sin*c.edge*(1+1e-6)); ok {
				t.Errorf("lens %v has a ray %v beyond its fold", c.in.Lens, d)
			}
		}
	}
	// A rational lens whose denominator has a zero at r = 0.5.
	pole := with(Intrinsics{Width: 9, Height: 9, Fx: 1, Fy: 1}, OpenCVLens, 0, 0, 0, 0, 0, -4)
	r := pole.Rays()
	if r.limit < 0.4999 || r.limit > 0.5001 {
		t.Errorf("the pole is at %v", r.limit)
	}
	if d, ok := r.Direction(1e3, 0); !ok || d[0] > 0.5 {
		t.Errorf("%v %v", d, ok)
	}
}

func TestNewLens(t *testing.T) {
	for _, c := range []struct {
		model LensModel
		k     []float64
		want  string // the lens or the error
	}{
		{OpenCVLens, nil, "pinhole"},
		{OpenCVLens, make([]float64, 14), "pinhole"},
		{OpenCVLens, []float64{0.5}, "opencv 0.5 0 0 0"},
		{OpenCVLens, []float64{0, 0, 0, 0, 1}, "opencv 0 0 0 0 1"},
		{OpenCVLens, []float64{0, 0, 0, 0, 0, 1}, "opencv 0 0 0 0 0 1 0 0"},
		{OpenCVLens, []float64{0, 0, 0, 0, 0, 0, 0, 0, 1}, "opencv 0 0 0 0 0 0 0 0 1 0 0 0"},
		{FisheyeLens, []float64{1, 2}, "fisheye 1 2 0 0"},
		{EquirectangularLens, nil, "equirectangular"},
		{OpenCVLens, append(make([]float64, 13), 1), "tilted sensor"},
		{FisheyeLens, make([]float64, 5), "too many"},
		{PinholeLens, []float64{0}, "too many"},
		{FisheyeLens, []float64{math.NaN()}, "not finite"},
	} {
		l, err := NewLens(c.model, c.k...)
		got := l.String()
		if again, failed := ParseLens(got); err == nil && (failed != nil || again != l) {
			t.Errorf("%s is read as %v, %v", got, again, failed)
		}
		if err != nil {
			got = err.Error()
		}
		if got != c.want && !(err != nil && strings.Contains(got, c.want)) {
			t.Errorf("%v %v: %s, want %s", c.model, c.k, got, c.want)
		}
	}
}

// FuzzRays checks with any lens that what is said to be a pixel's ray is seen
// at the pixel, and at a smaller angle than any fold.
func FuzzRays(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		f.Add(rng.Float64()-0.5, rng.Float64()-0.5, rng.NormFloat64()*0.01, rng.NormFloat64()*0.01, rng.NormFloat64()*0.1, rng.NormFloat64()*0.1, rng.NormFloat64()*0.1, rng.NormFloat64()*0.1, 3*rng.Float64()-1.5, 3*rng.Float64()-1.5)
	}
	f.Fuzz(func(t *testing.T, c0, c1, c2, c3, c4, c5, c6, c7, u, v float64) {
		for _, m := range []LensModel{OpenCVLens, FisheyeLens} {
			k := []float64{c0, c1, c2, c3, c4, c5, c6, c7}
			if m == FisheyeLens {
				k = k[:4]
			}
			l, err := NewLens(m, k...)
			in := Intrinsics{Width: 2, Height: 2, Fx: 1, Fy: 1, Lens: l}
			if err != nil || in.Check() != nil || math.Abs(u) > 1e6 || math.Abs(v) > 1e6 {
				continue
			}
			r := in.Rays()
			d, ok := r.Direction(u, v)
			if !ok {
				continue
			}
			// In the image's units, and by how much the last bit of d moves it.
			u2, v2, _ := in.Project(mgl64.Vec3{d[0], -d[1], -d[2]})
			if off := math.Hypot(u2-u, v2-v); !(off <= 1e-12*(1+math.Hypot(u, v))) && m == OpenCVLens {
				t.Fatalf("%v: (%v, %v) has the ray %v, seen at (%v, %v)", l, u, v, d, u2, v2)
			}
			for _, x := range d {
				if math.IsNaN(x) || math.IsInf(x, 0) {
					t.Fatalf("%v: (%v, %v) has the ray %v", l, u, v, d)
				}
			}
		}
	})
}
