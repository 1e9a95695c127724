package raycast

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/depth"
)

// scaling is where TestScaling's figures are kept, and their picture.
const scaling, scalingPlot = "testdata/scaling.csv", "testdata/scaling.svg"

// hills returns a landscape of about n triangles, one unit a side.
func hills(n int) (positions []mgl64.Vec3, indices []uint32) {
	side := int(math.Sqrt(float64(n) / 2))
	positions, indices = grid(side, 0.5, 0)
	for i, p := range positions {
		x, y, h, f := p[0], p[1], 0.0, 1.0
		for range 9 {
			h += math.Sin(17*x*f+3*f) * math.Cos(13*y*f+f) / (25 * f)
			f *= 1.9
		}
		positions[i] = mgl64.Vec3{x, h, y}
	}
	return positions, indices
}

// TestScaling measures landscapes of a thousand to 25 million triangles, at
// 1920x1080 from one camera, and keeps the figures and their picture. It runs
// where ZSCOPE_SCALING is set: make scaling.
func TestScaling(t *testing.T) {
	if os.Getenv("ZSCOPE_SCALING") == "" {
		t.Skip("make scaling runs it")
	}
	eye := mgl64.LookAtV(mgl64.Vec3{0, 0.35, 0.65}, mgl64.Vec3{0, -0.1, 0}, mgl64.Vec3{0, 1, 0}).Inv()
	v := view(t, 1920, 1080, 0.9, eye)
	threads := min(2, runtime.GOMAXPROCS(0))
	rows := [][]string{{"triangles", "build_ms", "cast_ms", "cast_1_thread_ms", "tree_bytes_a_triangle"}}
	for _, n := range []int{1e3, 1e4, 1e5, 1e6, 5e6, 25e6} {
		positions, indices := hills(n)
		s, p := still(positions, indices, mgl64.Ident4())
		c := New(s, Options{Threads: threads})
		start := time.Now()
		if err := c.Prepare(context.Background(), p); err != nil {
			t.Fatal(err)
		}
		build := time.Since(start)
		one := c.Fork(Options{Threads: 1})
		if err := one.Prepare(context.Background(), p); err != nil {
			t.Fatal(err)
		}
		fastest := [2]time.Duration{time.Hour, time.Hour}
		for range 12 {
			for k, caster := range []*Caster{c, one} {
				var m depth.Map
				start := time.Now()
				if err := caster.Cast(context.Background(), v, &m, nil); err != nil {
					t.Fatal(err)
				}
				fastest[k] = min(fastest[k], time.Since(start))
			}
		}
		ms := func(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()*1e3) }
		triangles := len(indices) / 3
		rows = append(rows, []string{strconv.Itoa(triangles), ms(build), ms(fastest[0]), ms(fastest[1]), fmt.Sprintf("%.1f", float64(c.TreeBytes())/float64(triangles))})
		t.Log(rows[len(rows)-1])
	}
	var table bytes.Buffer
	fmt.Fprintf(&table, "# %s, %s, %d threads, %s: fastest of 12\n", time.Now().Format(time.DateOnly), Auto.on(), threads, runtime.GOARCH)
	w := csv.NewWriter(&table)
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(scaling, table.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(scalingPlot, plotScaling(t, table.Bytes()), 0o666); err != nil {
		t.Fatal(err)
	}
}

// The picture is that of the figures.
func TestScalingPlot(t *testing.T) {
	table, err := os.ReadFile(scaling)
	if err != nil {
		t.Fatal(err)
	}
	plot, err := os.ReadFile(scalingPlot)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(plot, plotScaling(t, table)) {
		t.Errorf("%s is not the picture of %s", scalingPlot, scaling)
	}
}

// plotScaling draws the times of a table against triangles, both by powers of
// ten.
func plotScaling(t *testing.T, table []byte) []byte {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(table))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 3 {
		t.Fatal(err, len(rows))
	}
	const left, top, decadeX, decadeY, lowX, lowY, decadesX, decadesY = 70, 20, 120, 60, 3, 0, 4.5, 5
	x := func(v float64) float64 { return left + decadeX*(math.Log10(v)-lowX) }
	y := func(v float64) float64 { return top + decadeY*(decadesY-(math.Log10(v)-lowY)) }
	right, bottom := left+decadeX*decadesX, float64(top+decadeY*decadesY)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" font-family="sans-serif" font-size="13">`+"\n", right+30, bottom+50)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="#fff"/>`+"\n")
	for k := 0; k <= decadesY; k++ {
		at := y(math.Pow(10, float64(k+lowY)))
		fmt.Fprintf(&b, `<path d="M%d %.1fH%.1f" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end" fill="#333">%s</text>`+"\n", left, at, right, left-8, at+4,
			[]string{"1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s"}[k])
	}
	for k, name := range []string{"1 thousand", "10 thousand", "100 thousand", "1 million", "10 million"} {
		at := x(math.Pow(10, float64(k+lowX)))
		fmt.Fprintf(&b, `<path d="M%.1f %dV%.1f" stroke="#ddd"/><text x="%.1f" y="%.1f" text-anchor="middle" fill="#333">%s</text>`+"\n", at, top, bottom, at, bottom+20, name)
	}
	fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="middle" fill="#333">triangles</text>`+"\n", (left+right)/2, bottom+42)
	for i, s := range []struct {
		column             int
		colour, name, dash string
	}{{1, "#b3541e", "build the tree, once", ""}, {3, "#1f6f8b", "cast, 1 thread", "5 4"}, {2, "#1f6f8b", "cast, 2 threads", ""}} {
		var points string
		for _, row := range rows[1:] {
			n, errN := strconv.ParseFloat(row[0], 64)
			ms, errMS := strconv.ParseFloat(row[s.column], 64)
			if errN != nil || errMS != nil {
				t.Fatal(errN, errMS)
			}
			points += fmt.Sprintf("%.1f,%.1f ", x(n), y(max(ms, 1)))
		}
		fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2" stroke-dasharray="%s"/>`+"\n", points, s.colour, s.dash)
		key := top + 24 + 22*i
		fmt.Fprintf(&b, `<path d="M%d %dh36" stroke="%s" stroke-width="2" stroke-dasharray="%s"/><text x="%d" y="%d" fill="#333">%s</text>`+"\n", left+16, key, s.colour, s.dash, left+62, key+4, s.name)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}
