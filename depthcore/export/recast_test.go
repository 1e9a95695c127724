package export

import (
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/scene"
)

// hills is a scene of one wavy sheet of triangles that fills part of the
// picture.
func hills(n int) *scene.Scene {
	s := &scene.Scene{Name: "hills.glb", Source: scene.Source{Format: "glTF 2.0", SHA256: "a1b2"}, Materials: []scene.Material{{Factor: 1}}}
	var positions []mgl64.Vec3
	var indices []uint32
	for y := range n + 1 {
		for x := range n + 1 {
			u, v := float64(x)/float64(n)*2-1, float64(y)/float64(n)*2-1
			positions = append(positions, mgl64.Vec3{3 * u, 2 * v, -6 + math.Sin(5*u)*math.Cos(4*v)})
			if x < n && y < n {
				k := uint32(y*(n+1) + x)
				indices = append(indices, k, k+1, k+uint32(n)+1, k+1, k+uint32(n)+2, k+uint32(n)+1)
			}
		}
	}
	s.Primitives = []scene.Primitive{{Name: "hills", Positions: positions, Indices: indices}}
	s.Instances = []scene.Instance{{FromObject: mgl64.Ident4(), Skin: -1}}
	s.Nodes = []scene.Node{{Name: "hills", Parent: -1, HasMatrix: true, Matrix: mgl64.Ident4()}}
	return s
}

// hillsJob looks at the hills from six places.
func hillsJob(t *testing.T) Job {
	s := hills(24)
	j := NewJob(s, filepath.Join(t.TempDir(), "out"))
	j.Track = &camera.Track{Width: 96, Height: 64, FPS: 25}
	for n := 1; n <= 6; n++ {
		m := mgl64.HomogRotate3DY(0.05 * float64(n)).Mul4(mgl64.Translate3D(0.1*float64(n), 0, 0.2))
		j.Track.Frames = append(j.Track.Frames, camera.TrackFrame{Frame: n, Time: float64(n) / 25, View: camera.View{
			Intrinsics: camera.Intrinsics{Width: 96, Height: 64, Fx: 70, Fy: 71, Cx: 47, Cy: 33}, CameraFromWorld: m}})
	}
	j.Formats, j.Verify = []Format{PFM}, true
	return j
}

// spoilt is a caster that makes a mistake.
type spoilt struct {
	*caster
	spoil func(v camera.View, m *depth.Map)
}

func (s spoilt) render(ctx context.Context, frame int, time float64, m *depth.Map) (camera.View, error) {
	v, err := s.caster.render(ctx, frame, time, m)
	if err == nil {
		s.spoil(v, m)
	}
	return v, err
}

// TestRecast has a true export verified, and finds what a caster may do wrong.
func TestRecast(t *testing.T) {
	each := func(f func(v camera.View, x, y int, z float32) float32) func(camera.View, *depth.Map) {
		return func(v camera.View, m *depth.Map) {
			for i, z := range m.Z {
				m.Z[i] = f(v, i%m.Width, i/m.Width, z)
			}
		}
	}
	for _, c := range []struct {
		name  string
		fault bool
		spoil func(v camera.View, m *depth.Map)
	}{
		{"nothing", false, func(camera.View, *depth.Map) {}},
		{"distance along the ray", true, each(func(v camera.View, x, y int, z float32) float32 {
			_, d := v.CameraRay(float64(x)+0.5, float64(y)+0.5)
			return z * float32(d.Len())
		})},
		{"half floats", true, each(func(v camera.View, x, y int, z float32) float32 {
			return math.Float32frombits(math.Float32bits(z) &^ 0x1fff)
		})},
		{"two units in the last place", true, each(func(v camera.View, x, y int, z float32) float32 {
			return math.Float32frombits(math.Float32bits(z) + 2)
		})},
		{"a tile without surfaces", true, each(func(v camera.View, x, y int, z float32) float32 {
			if x >= 32 && x < 64 && y < 32 {
				return depth.Empty()
			}
			return z
		})},
		{"rows upside down", true, func(v camera.View, m *depth.Map) {
			for y := range m.Height / 2 {
				for x := range m.Width {
					a, b := &m.Z[y*m.Width+x], &m.Z[(m.Height-1-y)*m.Width+x]
					*a, *b = *b, *a
				}
			}
		}},
		{"a surface where none is", true, each(func(v camera.View, x, y int, z float32) float32 { return min(z, 50) })},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := hillsJob(t)
			p := newPlan(j)
			sum, err := p.run(t.Context(), func() source { return spoilt{newCaster(p).(*caster), c.spoil} }, nil)
			if c.fault {
				if err == nil || !strings.Contains(err.Error(), "verify: pixel (") || sum.Frames != 0 {
					t.Fatalf("%d frames passed with error %v", sum.Frames, err)
				}
				return
			}
			if err != nil || sum.Recast.Pixels != 6*recastPixels || sum.Recast.Hits < 60 || !(sum.Recast.MaxError <= 0.5) {
				t.Errorf("%+v, %v", sum.Recast, err)
			}
			m, err := readManifest(filepath.Join(j.Dir, ManifestFile))
			if err != nil {
				t.Fatal(err)
			}
			var all Recast
			for _, r := range m.sorted() {
				all.add(r.Recast)
			}
			if all != sum.Recast || all.MaxError == 0 {
				t.Errorf("the manifest says %+v, the summary %+v", all, sum.Recast)
			}
		})
	}
}

// Without Verify nothing is cast again, and the manifest does not say it was.
func TestNoRecast(t *testing.T) {
	j := hillsJob(t)
	j.Verify = false
	sum, err := Run(t.Context(), j, nil)
	if err != nil || sum.Recast != (Recast{}) || strings.Contains(readText(t, filepath.Join(j.Dir, ManifestFile)), "recast") {
		t.Errorf("%+v, %v", sum.Recast, err)
	}
}

// The work is bounded, however large the scene.
func TestRecastPlan(t *testing.T) {
	for _, triangles := range []int{0, 1, 1000, 500_000, 1_000_000, 2_500_000, 25_000_000, 2_000_000_000} {
		pixels, every := recastPlan(triangles)
		if pixels < recastFewest || pixels > recastPixels || every < 1 || float64(pixels)*float64(triangles)/float64(every) > recastTests {
			t.Errorf("%d triangles: %d pixels in every %d frames", triangles, pixels, every)
		}
		if triangles <= 500_000 && (pixels != recastPixels || every != 1) {
			t.Errorf("%d triangles: %d pixels in every %d frames, which is less than could be", triangles, pixels, every)
		}
	}
}
