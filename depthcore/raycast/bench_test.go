package raycast

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/bvh"
	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/gltfscene"
	"zscope/depthcore/internal/par"
	"zscope/depthcore/scene"
)

// triFiles returns the benchmark scenes that are here: those that the
// repository's neighbour has, and those in the folders of ZSCOPE_TRI.
func triFiles(b *testing.B) []string {
	var files []string
	for _, dir := range append([]string{"../../../shared/tools/embree"}, filepath.SplitList(os.Getenv("ZSCOPE_TRI"))...) {
		found, err := filepath.Glob(filepath.Join(dir, "*.tri"))
		if err != nil {
			b.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		b.Skip("no benchmark scenes here")
	}
	return files
}

// readTri reads a benchmark scene: "TRI1", the numbers of vertices and
// triangles, float32 positions, indices, "CAM1" and the cameras.
func readTri(b *testing.B, path string) (*scene.Scene, *scene.Pose, []camera.View) {
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	r := bytes.NewReader(data[4:])
	read := func(to any) {
		if err := binary.Read(r, binary.LittleEndian, to); err != nil {
			b.Fatal(err)
		}
	}
	var n [2]uint32
	read(&n)
	points := make([]float32, 3*n[0])
	indices := make([]uint32, 3*n[1])
	read(points)
	read(indices)
	positions := make([]mgl64.Vec3, n[0])
	for i := range positions {
		positions[i] = mgl64.Vec3{float64(points[3*i]), float64(points[3*i+1]), float64(points[3*i+2])}
	}
	var head [2]uint32
	read(&head)
	var views []camera.View
	for range head[1] {
		var c struct {
			Origin, Right, Down, Forward [3]float64
			Fx, Fy, Cx, Cy               float64
			W, H                         uint32
		}
		read(&c)
		pose := mgl64.Ident4()
		pose.SetCol(0, mgl64.Vec3(c.Right).Vec4(0))
		pose.SetCol(1, mgl64.Vec3(c.Down).Mul(-1).Vec4(0))
		pose.SetCol(2, mgl64.Vec3(c.Forward).Mul(-1).Vec4(0))
		pose.SetCol(3, mgl64.Vec3(c.Origin).Vec4(1))
		m, err := camera.FromNode(pose)
		if err != nil {
			b.Fatal(err)
		}
		views = append(views, camera.View{CameraFromWorld: m, Intrinsics: camera.Intrinsics{
			Width: int(c.W), Height: int(c.H), Fx: c.Fx, Fy: c.Fy, Cx: c.Cx, Cy: c.Cy}})
	}
	s, p := still(positions, indices, mgl64.Ident4())
	return s, p, views
}

// BenchmarkCast casts the benchmark scenes at 1920x1080 by each path,
// BenchmarkCastLens through lenses. The lens's rays are found beforehand.
func BenchmarkCastLens(b *testing.B) {
	for _, file := range triFiles(b) {
		s, p, views := readTri(b, file)
		base := New(s, DefaultOptions())
		if err := base.Prepare(context.Background(), p); err != nil {
			b.Fatal(err)
		}
		for _, path := range Paths() {
			for _, lens := range benchLenses {
				for k, v := range views {
					b.Run(fmt.Sprintf("%s/%s/%s#%d", path, lens.Model, strings.TrimSuffix(filepath.Base(file), ".tri"), k), func(b *testing.B) {
						o := DefaultOptions()
						o.Path = path
						v.Lens = lens
						if v.Lens.Euclidean() {
							v.Intrinsics = camera.WholeSphere(v.Width, v.Height)
						}
						benchCast(b, base.Fork(o), p, v)
					})
				}
			}
		}
	}
}

var benchLenses = []camera.Lens{
	{Model: camera.OpenCVLens, Coefficients: [12]float64{-0.28, 0.09, 0.001, -0.002, -0.01}},
	{Model: camera.FisheyeLens, Coefficients: [12]float64{-0.01, 0.02, -0.004, 0.001}},
	{Model: camera.EquirectangularLens},
}

// benchCast casts once before it counts.
func benchCast(b *testing.B, c *Caster, p *scene.Pose, v camera.View) {
	if err := c.Prepare(context.Background(), p); err != nil {
		b.Fatal(err)
	}
	var m depth.Map
	run := func() {
		if err := c.Cast(context.Background(), v, &m, nil); err != nil {
			b.Fatal(err)
		}
	}
	run()
	cpu := cpuTime()
	for b.Loop() {
		run()
	}
	b.ReportMetric((cpuTime()-cpu).Seconds()*1e3/float64(b.N), "cpu-ms/op")
}

func BenchmarkCast(b *testing.B) {
	for _, path := range triFiles(b) {
		s, p, views := readTri(b, path)
		name := strings.TrimSuffix(filepath.Base(path), ".tri")
		base := New(s, DefaultOptions())
		if err := base.Prepare(context.Background(), p); err != nil {
			b.Fatal(err)
		}
		for _, path := range Paths() {
			for k, v := range views {
				b.Run(fmt.Sprintf("%s/%s#%d", path, name, k), func(b *testing.B) {
					o := DefaultOptions()
					o.Path = path
					benchCast(b, base.Fork(o), p, v)
				})
			}
		}
	}
}

// BenchmarkBuild builds the full and the coarse trees of the benchmark scenes.
func BenchmarkBuild(b *testing.B) {
	ctx, pool := context.Background(), par.New(2)
	for _, path := range triFiles(b) {
		s, _, _ := readTri(b, path)
		prim := &s.Primitives[0]
		for kind, build := range map[string]func(context.Context, *par.Pool, bvh.Mesh, func(float64)) (*bvh.Tree, error){
			"full": bvh.Build, "coarse": bvh.Coarse,
		} {
			b.Run(strings.TrimSuffix(filepath.Base(path), ".tri")+"/"+kind, func(b *testing.B) {
				cpu := cpuTime()
				for b.Loop() {
					if _, err := build(ctx, pool, bvh.Mesh{Positions: prim.Positions, Indices: prim.Indices}, nil); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric((cpuTime()-cpu).Seconds()*1e3/float64(b.N), "cpu-ms/op")
				b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/float64(len(prim.Indices)/3), "ns/triangle")
			})
		}
	}
}

// BenchmarkRefit moves a tree to other positions.
func BenchmarkRefit(b *testing.B) {
	for _, path := range triFiles(b) {
		s, _, _ := readTri(b, path)
		prim := &s.Primitives[0]
		pool := par.New(2)
		t, err := bvh.Build(context.Background(), pool, bvh.Mesh{Positions: prim.Positions, Indices: prim.Indices, Moves: true}, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(strings.TrimSuffix(filepath.Base(path), ".tri"), func(b *testing.B) {
			for b.Loop() {
				if err := t.Refit(context.Background(), pool, prim.Positions, prim.Indices); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// sharedScene returns one of the repository's neighbour, its pose after a second,
// and what its camera sees at 1920x1080.
func sharedScene(b *testing.B, name string) (*scene.Scene, *scene.Pose, camera.View) {
	const dir = "../../../shared/scenes"
	if _, err := os.Stat(filepath.Join(dir, name+".glb")); err != nil {
		b.Skip("the shared scenes are not here")
	}
	s, err := gltfscene.Load(context.Background(), os.DirFS(dir), name+".glb")
	if err != nil {
		b.Fatal(err)
	}
	pose := s.NewPose(nil)
	s.Pose(pose, 1)
	v, err := s.View(pose, 0, 1920, 1080)
	if err != nil {
		b.Fatal(err)
	}
	return s, pose, v
}

// BenchmarkAlpha casts a scene of foliage with its cut-outs by each path, and as
// if it were opaque.
func BenchmarkAlpha(b *testing.B) {
	s, pose, v := sharedScene(b, "j_foliage")
	for _, path := range Paths() {
		b.Run(path.String()+"/cut", func(b *testing.B) {
			o := DefaultOptions()
			o.Path = path
			benchCast(b, New(s, o), pose, v)
		})
	}
	b.Run("opaque", func(b *testing.B) {
		o := DefaultOptions()
		o.NoMask, o.BlendThreshold = true, 0
		benchCast(b, New(s, o), pose, v)
	})
}

// BenchmarkSolid casts scenes without cut-outs as they are and, in turns, with
// materials that could cut but do not: x-of-opaque is the processor time of
// these over that of the opaque ones. "texture" has nothing to cut in its
// texture, "triangles" nothing where its triangles are.
func BenchmarkSolid(b *testing.B) {
	for _, name := range []string{"b_orbit", "c_room", "h_walk"} {
		s, pose, v := sharedScene(b, name)
		for _, kind := range []string{"texture", "triangles"} {
			b.Run(name+"/"+kind, func(b *testing.B) {
				masked := *s
				masked.Primitives, masked.Materials = solid(s, kind == "triangles")
				maskedPose := masked.NewPose(nil)
				masked.Pose(maskedPose, 1)
				casters := [2]*Caster{New(s, DefaultOptions()), New(&masked, DefaultOptions())}
				var m depth.Map
				var took [2]time.Duration
				for k, p := range []*scene.Pose{pose, maskedPose} {
					if err := casters[k].Prepare(context.Background(), p); err != nil {
						b.Fatal(err)
					}
				}
				for b.Loop() {
					for k, c := range casters {
						start := cpuTime()
						for range 8 {
							if err := c.Cast(context.Background(), v, &m, nil); err != nil {
								b.Fatal(err)
							}
						}
						took[k] += cpuTime() - start
					}
				}
				b.ReportMetric(took[1].Seconds()/took[0].Seconds(), "x-of-opaque")
				b.ReportMetric(took[0].Seconds()*1e3/float64(8*b.N), "opaque-cpu-ms")
			})
		}
	}
}

// solid returns a scene's primitives and materials with a texture that cuts
// nothing, though it has a hole elsewhere.
func solid(s *scene.Scene, hole bool) ([]scene.Primitive, []scene.Material) {
	const size = 256
	t := &scene.Texture{Width: size, Height: size, Alpha: make([]uint16, size*size)}
	for i := range t.Alpha {
		if t.Alpha[i] = math.MaxUint16; hole && i%size > size*7/8 {
			t.Alpha[i] = 0
		}
	}
	primitives := slices.Clone(s.Primitives)
	for i := range primitives {
		p := &primitives[i]
		p.Material = 0
		p.UV = make([]mgl64.Vec2, len(p.Positions))
		for k := range p.UV {
			p.UV[k] = mgl64.Vec2{0.2 + 0.02*float64(k%7)/7, 0.2 + 0.02*float64(k%11)/11}
		}
	}
	return primitives, []scene.Material{{Mode: scene.Mask, Cutoff: 0.5, Factor: 1, DoubleSided: true, Texture: t,
		Transform: scene.TextureTransform{Scale: mgl64.Vec2{1, 1}}}}
}
