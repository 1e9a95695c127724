package colormap

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand"
	"os"
	"os/exec"
	"slices"
	"testing"
	"unsafe"

	"zscope/depthcore/depth"
)

// The tables come from matplotlib: where it is installed, they are dumped anew.
func TestTablesAreMatplotlibs(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import matplotlib").Run(); err != nil {
		t.Skip("no matplotlib for " + python)
	}
	got, err := exec.Command(python, "testdata/tables.py").Output()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("tables.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("tables.go is not what testdata/tables.py prints: run go generate")
	}
}

// Values as matplotlib 3.6 shows them, for machines without it.
func TestTableValues(t *testing.T) {
	for _, c := range []struct {
		m                Map
		first, mid, last uint32
	}{
		{Turbo, 0x30123b, 0xa4fc3c, 0x7a0403},
		{Viridis, 0x440154, 0x21918c, 0xfde725},
		{Magma, 0x000004, 0xb73779, 0xfcfdbf},
		{Inferno, 0x000004, 0xbc3754, 0xfcffa4},
		{Cividis, 0x00224e, 0x7d7c78, 0xfee838},
		{Grey, 0x000000, 0x808080, 0xffffff},
	} {
		table := tables[c.m]
		if table[0] != c.first || table[128] != c.mid || table[255] != c.last {
			t.Errorf("%v: %06x %06x %06x, want %06x %06x %06x", c.m,
				table[0], table[128], table[255], c.first, c.mid, c.last)
		}
	}
}

func TestParseMap(t *testing.T) {
	for _, m := range Maps() {
		if got, err := ParseMap(m.String()); err != nil || got != m {
			t.Errorf("ParseMap(%q) = %v, %v", m, got, err)
		}
	}
	if got, err := ParseMap("Viridis"); err != nil || got != Viridis {
		t.Errorf("case matters: %v, %v", got, err)
	}
	for _, scale := range []Scale{Linear, Log, Inverse} {
		if got, err := ParseScale(scale.String()); err != nil || got != scale {
			t.Errorf("ParseScale(%q) = %v, %v", scale, got, err)
		}
	}
	if _, err := ParseScale("cubic"); err == nil {
		t.Error("cubic is a scale")
	}
	if _, err := ParseMap("jet"); err == nil {
		t.Error("jet is a map")
	}
	if s := Map(99).String(); s != "Map(99)" {
		t.Errorf("Map(99) is %q", s)
	}
}

var nan, inf = float32(math.NaN()), float32(math.Inf(1))

// mappings are ranges of every kind, unusable ones included.
func mappings() []Mapping {
	var all []Mapping
	for _, scale := range []Scale{Linear, Log, Inverse} {
		for _, r := range [][2]float64{
			{0.7, 12}, {10, 10}, {10, 10.00001}, {0, 12}, {-3, 12}, {1e-30, 1e30},
			{1e-45, math.MaxFloat32}, {1, 1e6}, {9.5, 10.5}, {0.001, 4},
			{0, 0}, {5, 4}, {-2, -1}, {math.NaN(), 1}, {1, math.NaN()}, {1, math.Inf(1)}, {1, 1e39},
		} {
			m := Default()
			m.Scale, m.Near, m.Far = scale, r[0], r[1]
			all = append(all, m)
			m.Reversed, m.Map = false, Grey
			all = append(all, m)
		}
	}
	return all
}

// testMap has values in and about the range, and everything special.
func testMap(m Mapping, w, h int) *depth.Map {
	rnd := rand.New(rand.NewSource(1))
	d := depth.New(w, h)
	near, far := float32(m.Near), float32(m.Far)
	special := []float32{0, float32(math.Copysign(0, -1)), -1, -inf, inf, nan, -nan,
		math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, math.MaxFloat32,
		near, math.Nextafter32(near, 0), math.Nextafter32(near, inf),
		far, math.Nextafter32(far, 0), math.Nextafter32(far, inf)}
	copy(d.Z, special)
	for i := len(special); i < len(d.Z); i++ {
		switch rnd.Intn(4) {
		case 0:
			d.Z[i] = math.Float32frombits(rnd.Uint32())
		case 1:
			d.Z[i] = near + (far-near)*rnd.Float32()
		default:
			d.Z[i] = float32(math.Exp(rnd.NormFloat64() * 3))
		}
	}
	return d
}

func TestPaintIsColorAt(t *testing.T) {
	for _, plain := range []bool{false, true} {
		t.Run(fmt.Sprintf("plain Go %t", plain), func(t *testing.T) { testPaintIsColorAt(t, plain) })
	}
}

func testPaintIsColorAt(t *testing.T, plain bool) {
	p := Painter{plain: plain}
	var dst image.RGBA
	for _, m := range mappings() {
		d := testMap(m, 61, 47)
		p.Paint(&dst, d, m)
		if dst.Rect != image.Rect(0, 0, 61, 47) {
			t.Fatalf("the picture is %v", dst.Rect)
		}
		for y := range d.Height {
			for x := range d.Width {
				got, want := dst.RGBAAt(x, y), m.ColorAt(d.At(x, y))
				if got != want {
					t.Fatalf("%v %g..%g: Z %g is painted %v, ColorAt says %v", m.Scale, m.Near, m.Far, d.At(x, y), got, want)
				}
				if got.A != 255 {
					t.Fatalf("alpha %d", got.A)
				}
			}
		}
	}
}

// The vector code reads colours by these offsets.
func TestLayout(t *testing.T) {
	var c colours
	for i, got := range []uintptr{
		unsafe.Offsetof(c.low), unsafe.Offsetof(c.span), unsafe.Offsetof(c.shift), unsafe.Offsetof(c.near),
		unsafe.Offsetof(c.below), unsafe.Offsetof(c.above), unsafe.Offsetof(c.empty), unsafe.Offsetof(c.pixel),
	} {
		if got != uintptr(4*i) {
			t.Errorf("field %d is at %d", i, got)
		}
	}
}

// A picture painted into the memory of an earlier one is the same as a new one.
func TestPaintReuse(t *testing.T) {
	m := Default()
	m.Near, m.Far = 1, 9
	var p Painter
	var dst image.RGBA
	for _, size := range [][2]int{{640, 480}, {3, 2}, {700, 500}, {1, 1}} {
		d := testMap(m, size[0], size[1]*8)
		p.Paint(&dst, d, m)
		var fresh image.RGBA
		Paint(&fresh, d, m)
		if !bytes.Equal(dst.Pix, fresh.Pix) || dst.Stride != fresh.Stride || dst.Rect != fresh.Rect {
			t.Errorf("%v: a reused picture differs from a new one", size)
		}
	}
}

// A painter has the threads that it is given, and paints the same with any.
func TestPaintThreads(t *testing.T) {
	m := Default()
	m.Near, m.Far = 1, 9
	d := testMap(m, 700, 480)
	var want, got image.RGBA
	Paint(&want, d, m)
	for _, threads := range []int{1, 2, 5} {
		p := Painter{Threads: threads}
		if p.Paint(&got, d, m); !bytes.Equal(got.Pix, want.Pix) {
			t.Errorf("%d threads paint another picture", threads)
		}
		if n := p.pool.Workers(); n != threads {
			t.Errorf("%d threads work, not %d", n, threads)
		}
	}
}

// In grey, not reversed, brightness is the step along the scale.
func TestColoursFollowTheScale(t *testing.T) {
	for _, m := range mappings() {
		if m.Reversed || m.Map != Grey || m.Check() != nil || m.Near == m.Far {
			continue
		}
		t.Run(fmt.Sprintf("%v %g to %g", m.Scale, m.Near, m.Far), func(t *testing.T) {
			m.Below, m.Above = color.RGBA{R: 1, G: 2, B: 3}, color.RGBA{R: 3, G: 2, B: 1}
			lo, hi := max(float32(m.Near), math.SmallestNonzeroFloat32), float32(m.Far)
			last := -1
			for i := 0; i <= 5000; i++ {
				bits := math.Float32bits(lo) + uint32(float64(math.Float32bits(hi)-math.Float32bits(lo))*float64(i)/5000)
				z := math.Float32frombits(bits)
				c := m.ColorAt(z)
				if c.R != c.G || c.R != c.B {
					t.Fatalf("Z %g in range has colour %v", z, c)
				}
				if int(c.R) < last {
					t.Fatalf("brightness falls from %d to %d at Z %g", last, c.R, z)
				}
				last = int(c.R)
				at := m.Position(float64(z)) * 256
				wide := float64(m.Far) > 4e9*float64(lo) && m.Scale != Linear
				few := math.Float32bits(hi)-math.Float32bits(lo) < 512
				if off := math.Abs(float64(c.R) + 0.5 - at); off > 1.6 && !wide && !few {
					t.Fatalf("Z %g: brightness %d, its place is %.2f", z, c.R, at)
				}
			}
			if last != 255 && hi != lo {
				t.Errorf("Far has brightness %d", last)
			}
			if m.Near > math.SmallestNonzeroFloat32*2 {
				if c := m.ColorAt(math.Nextafter32(lo, 0)); c != opaque(m.Below) {
					t.Errorf("below Near: %v", c)
				}
			}
			if hi < math.MaxFloat32 {
				if c := m.ColorAt(math.Nextafter32(hi, inf)); c != opaque(m.Above) {
					t.Errorf("above Far: %v", c)
				}
			}
		})
	}
}

func TestUnusableRangesHaveTheMiddleColour(t *testing.T) {
	for _, m := range mappings() {
		if m.Check() == nil {
			continue
		}
		if got, want := m.ColorAt(3), m.Color(0.5); got != want {
			t.Errorf("%g..%g: %v, want %v", m.Near, m.Far, got, want)
		}
		if got := m.ColorAt(inf); got != opaque(m.Empty) {
			t.Errorf("%g..%g: an empty pixel has colour %v", m.Near, m.Far, got)
		}
		if m.Ticks(5) != nil || !math.IsNaN(m.Depth(0.5)) || m.Position(3) != 0.5 {
			t.Errorf("%g..%g: has a scale", m.Near, m.Far)
		}
	}
}

func TestPositionAndDepthAreInverse(t *testing.T) {
	for _, m := range mappings() {
		if m.Check() != nil || m.Near == m.Far || m.Far > 1e7 {
			continue
		}
		for i := 0; i <= 100; i++ {
			at := float64(i) / 100
			if got := m.Position(m.Depth(at)); math.Abs(got-at) > 1e-9 {
				t.Errorf("%v %g..%g: position %g comes back as %g", m.Scale, m.Near, m.Far, at, got)
			}
		}
	}
	m := Mapping{Scale: Log, Near: 1, Far: 100}
	if z := m.Depth(0.5); math.Abs(z-10) > 1e-12 {
		t.Errorf("the middle of 1 to 100 on a log scale is %g", z)
	}
	m = Mapping{Scale: Inverse, Near: 1, Far: 3}
	if z := m.Depth(0.5); math.Abs(z-1.5) > 1e-12 {
		t.Errorf("the middle of 1 to 3 on an inverse scale is %g", z)
	}
}

func TestRange(t *testing.T) {
	var p Painter
	d := depth.New(100, 30)
	if near, far, hits := p.Range(d, 0); near != 0 || far != 0 || hits != 0 {
		t.Errorf("an empty map: %g..%g, %d hits", near, far, hits)
	}
	rnd := rand.New(rand.NewSource(2))
	var all []float32
	for i := range d.Z {
		if i%3 == 0 {
			d.Z[i] = float32(math.Exp(rnd.NormFloat64()))
			all = append(all, d.Z[i])
		}
	}
	d.Z[1], d.Z[2], d.Z[4], d.Z[5] = nan, -4, 0, -inf
	slices.Sort(all)
	for _, cut := range []float64{0, 0.01, 0.02, 0.25, 0.4999, 0.5} {
		near, far, hits := p.Range(d, cut)
		out := int(cut * float64(len(all)-1))
		if near != float64(all[out]) || far != float64(all[len(all)-1-out]) || hits != len(all) {
			t.Errorf("cut %g: %g..%g of %d, want %g..%g of %d", cut, near, far, hits, all[out], all[len(all)-1-out], len(all))
		}
		if r, want := p.Ranges(d, cut), (Ranges{float64(all[0]), float64(all[len(all)-1]), near, far, hits}); r != want {
			t.Errorf("cut %g: %+v, want %+v", cut, r, want)
		}
	}
}

func TestHistogram(t *testing.T) {
	var p Painter
	m := Mapping{Near: 1, Far: 5}
	d := depth.New(10, 1)
	copy(d.Z, []float32{1, 1.5, 2.5, 3.5, 4.5, 5, 0.5, 6, nan, 0})
	bins := []int{9, 9, 9, 9}
	out := p.Histogram(bins, d, m)
	if want := []int{2, 1, 1, 2}; !slices.Equal(bins, want) {
		t.Errorf("bins %v, want %v", bins, want)
	}
	if want := (Outside{Below: 1, Above: 1, Empty: 2}); out != want {
		t.Errorf("outside %+v, want %+v", out, want)
	}

	for _, m := range mappings() {
		d := testMap(m, 61, 47)
		bins := make([]int, 40)
		out := p.Histogram(bins, d, m)
		n := out.Below + out.Above + out.Empty
		for _, b := range bins {
			n += b
		}
		if n != len(d.Z) {
			t.Errorf("%v %g..%g: %d pixels of %d counted", m.Scale, m.Near, m.Far, n, len(d.Z))
		}
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		m    Mapping
		n    int
		want string
	}{
		{Mapping{Near: 0.7, Far: 12}, 6, "[2 4 6 8 10 12]"},
		{Mapping{Near: 0.7, Far: 12}, 5, "[5 10]"},
		{Mapping{Near: 0, Far: 1}, 6, "[0 0.2 0.4 0.6 0.8 1]"},
		{Mapping{Near: 9.9, Far: 10.2}, 4, "[9.9 10 10.1 10.2]"},
		{Mapping{Near: 10, Far: 10}, 4, "[10]"},
		{Mapping{Near: 0.7, Far: 12}, 1, "[10]"},
		{Mapping{Scale: Log, Near: 1, Far: 1000}, 6, "[1 10 100 1000]"},
		{Mapping{Scale: Log, Near: 0.7, Far: 12}, 6, "[1 2 5 10]"},
		{Mapping{Scale: Log, Near: 9, Far: 11}, 3, "[9 10 11]"},
		{Mapping{Scale: Inverse, Near: 0.5, Far: 20}, 8, "[0.5 0.6 0.8 1 2 10]"},
		{Mapping{Near: 0.7, Far: 12}, 0, "[]"},
	} {
		if got := fmt.Sprint(c.m.Ticks(c.n)); got != c.want {
			t.Errorf("%v %g..%g, %d ticks: %s, want %s", c.m.Scale, c.m.Near, c.m.Far, c.n, got, c.want)
		}
	}
	for _, m := range mappings() {
		for n := 1; n < 20; n++ {
			ticks := m.Ticks(n)
			if len(ticks) > n || !slices.IsSorted(ticks) {
				t.Errorf("%v %g..%g: %d ticks asked for: %v", m.Scale, m.Near, m.Far, n, ticks)
			}
		}
	}
}

func TestNoAllocationOnceWarm(t *testing.T) {
	var p Painter
	var dst image.RGBA
	d := testMap(Default(), 640, 480)
	bins := make([]int, 100)
	m := Default()
	m.Near, m.Far = 0.5, 12
	if n := testing.AllocsPerRun(20, func() {
		m.Far += 0.125 // a range that follows the frames
		p.Paint(&dst, d, m)
		p.Isolines(&dst, d, 0.1, color.RGBA{})
		p.Range(d, 0.01)
		p.Histogram(bins, d, m)
	}); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

// On a ramp of 1 m in 100 columns the lines are where a whole half metre lies
// between a column and the next.
func TestIsolines(t *testing.T) {
	red := color.RGBA{R: 0xff, A: 0xff}
	d := depth.New(300, 40)
	for y := range d.Height {
		for x := range d.Width {
			z := 1 + (float32(x)+0.5)/100
			if y >= 20 {
				z += 5 // an edge: no line along it
			}
			d.Z[y*d.Width+x] = z
		}
	}
	d.Z[10*300+49] = inf // a hole where a line would be
	var p Painter
	var dst image.RGBA
	m := Default()
	m.Near, m.Far = 1, 9
	p.Paint(&dst, d, m)
	p.Isolines(&dst, d, 0.5, red)
	for y := range d.Height {
		for x := range d.Width {
			want := m.ColorAt(d.At(x, y))
			if x%50 == 49 && x != 299 && !(y == 10 && x == 49) {
				want = red
			}
			if got := dst.RGBAAt(x, y); got != want {
				t.Fatalf("pixel (%d, %d) is %v, want %v", x, y, got, want)
			}
		}
	}

	before := bytes.Clone(dst.Pix)
	for _, spacing := range []float64{0, -1, math.NaN(), math.Inf(1), 1e-30} {
		p.Isolines(&dst, d, spacing, color.RGBA{G: 0xff})
	}
	p.Isolines(&dst, depth.New(20, 20), 1, color.RGBA{G: 0xff})
	if !bytes.Equal(dst.Pix, before) {
		t.Error("lines where there is no spacing")
	}
}

// room is a map that is smooth with edges, as scenes are.
func room(w, h int) *depth.Map {
	d := depth.New(w, h)
	for y := range h {
		for x := range w {
			z := 10 - 6*float32(y)/float32(h)
			if (x/97+y/61)%3 == 0 {
				z = 1 + float32(x)/float32(w)
			}
			d.Z[y*w+x] = z
		}
	}
	return d
}

func BenchmarkPaint1080p(b *testing.B) {
	for _, s := range []Scale{Linear, Log, Inverse} {
		b.Run(s.String(), func(b *testing.B) {
			var p Painter
			var dst image.RGBA
			d, m := room(1920, 1080), Default()
			m.Scale, m.Near, m.Far = s, 0.7, 12
			p.Paint(&dst, d, m)
			b.SetBytes(int64(4 * len(d.Z)))
			b.ReportAllocs()
			for b.Loop() {
				p.Paint(&dst, d, m)
			}
		})
	}
}

func BenchmarkNewRange1080p(b *testing.B) {
	var p Painter
	var dst image.RGBA
	d, m := room(1920, 1080), Default()
	m.Scale, m.Near, m.Far = Log, 0.7, 12
	for b.Loop() {
		m.Far += 0.001
		p.Paint(&dst, d, m)
	}
}

func BenchmarkRange1080p(b *testing.B) {
	for _, cut := range []float64{0, 0.01} {
		b.Run(fmt.Sprint(cut), func(b *testing.B) {
			var p Painter
			d := room(1920, 1080)
			for b.Loop() {
				p.Range(d, cut)
			}
		})
	}
}

func BenchmarkIsolines1080p(b *testing.B) {
	var p Painter
	var dst image.RGBA
	d := room(1920, 1080)
	p.Paint(&dst, d, Default())
	for b.Loop() {
		p.Isolines(&dst, d, 0.1, color.RGBA{})
	}
}

func BenchmarkHistogram1080p(b *testing.B) {
	var p Painter
	d, m := room(1920, 1080), Default()
	m.Near, m.Far = 0.7, 12
	bins := make([]int, 256)
	for b.Loop() {
		p.Histogram(bins, d, m)
	}
}
