package raycast

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/scene"
)

// randomTexture returns a texture with large and small patches of one alpha.
func randomTexture(r *rand.Rand) *scene.Texture {
	t := &scene.Texture{
		Width: 1 + r.IntN(70), Height: 1 + r.IntN(70),
		WrapU: scene.Wrap(r.IntN(3)), WrapV: scene.Wrap(r.IntN(3)), Nearest: r.IntN(3) == 0,
	}
	patch := 1 + r.IntN(20)
	seed := r.Uint64()
	for i := range t.Width * t.Height {
		of := rand.New(rand.NewPCG(seed, uint64(i/t.Width/patch*1000+i%t.Width/patch)))
		switch of.IntN(4) {
		case 0:
			t.Alpha = append(t.Alpha, 0)
		case 1:
			t.Alpha = append(t.Alpha, 65535)
		case 2:
			t.Alpha = append(t.Alpha, uint16(r.UintN(65536)))
		default:
			t.Alpha = append(t.Alpha, 257*uint16(r.UintN(256)))
		}
	}
	return t
}

// randomCutout returns a cutout of a random material, and a primitive of one
// triangle of it.
func randomCutout(r *rand.Rand) (*cutout, *scene.Primitive) {
	m := scene.Material{Mode: scene.Mask, Cutoff: []float64{0.5, 0.1, 128.0 / 255, 1}[r.IntN(4)], Factor: []float64{1, 0.8}[r.IntN(2)], Texture: randomTexture(r)}
	m.Transform.Scale = mgl64.Vec2{1, 1}
	if r.IntN(2) == 0 {
		m.Transform = scene.TextureTransform{Offset: mgl64.Vec2{r.NormFloat64(), 5 * r.NormFloat64()}, Scale: mgl64.Vec2{2 * r.NormFloat64(), r.NormFloat64()}, Rotation: 3 * r.NormFloat64()}
	}
	p := &scene.Primitive{Indices: []uint32{0, 1, 2}}
	spread := math.Exp(3*r.NormFloat64() - 2)
	at := mgl64.Vec2{3 * r.NormFloat64(), 3 * r.NormFloat64()}
	for range 3 {
		p.UV = append(p.UV, mgl64.Vec2{at[0] + spread*r.NormFloat64(), at[1] + spread*r.NormFloat64()})
	}
	if r.IntN(3) == 0 {
		p.Alpha = []float64{1 - 0.3*r.Float64(), 1 - 0.3*r.Float64(), 1 - 0.3*r.Float64()}
	}
	list := make([]cutout, 1)
	setCutouts(list, []scene.Material{m}, DefaultOptions())
	list[0].prepare(&textures{})
	return &list[0], p
}

// randomCorners returns the corners of a triangle, also small, thin, far away
// and seen nearly edge-on.
func randomCorners(r *rand.Rand) (p [3]mgl64.Vec3) {
	size := math.Exp(2*r.NormFloat64() - 1)
	center := mgl64.Vec3{r.NormFloat64(), r.NormFloat64(), 2 + math.Exp(3*r.NormFloat64())}
	for k := range p {
		p[k] = center.Add(mgl64.Vec3{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}.Mul(size))
	}
	if r.IntN(4) == 0 {
		p[2] = p[1].Add(p[0].Sub(p[1]).Mul(r.Float64())).Add(mgl64.Vec3{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}.Mul(1e-6 * size))
	}
	return p
}

// What lookups are certain of is what isThere says, and they are certain of
// nearly all.
func TestLookup(t *testing.T) {
	var rays, unsure, blocks, uniform, covered int
	for seed := range uint64(6000) {
		r := rand.New(rand.NewPCG(seed, 51))
		c, prim := randomCutout(r)
		model := camera.Model(r.IntN(2))
		corners := randomCorners(r)
		var tri triangle
		if !tri.setup(&corners, model) {
			continue
		}
		var l lookup
		l.set(c, prim, 0, &tri.edge, 40)
		isThere := func(x, y float64) bool {
			b1, b2 := tri.weights(x, y)
			return c.isThere(prim, 0, b1, b2)
		}
		check := func(what string, v verdict, x, y float64) {
			if v != open && v == there != isThere(x, y) {
				t.Fatalf("seed %d: %s says %d at (%v, %v), isThere %v", seed, what, v, x, y, isThere(x, y))
			}
		}
		covers := c.covers(prim, 0)
		if covers {
			covered++
		}
		for range 20 {
			// A pixel's centre inside the triangle, and its block.
			b := [3]float64{r.ExpFloat64(), r.ExpFloat64(), r.ExpFloat64()}
			q := corners[0].Mul(b[0]).Add(corners[1].Mul(b[1])).Add(corners[2].Mul(b[2])).Mul(1 / (b[0] + b[1] + b[2]))
			x, y := q[0], q[1]
			if model == camera.Perspective {
				x, y = x/q[2], y/q[2]
			}
			if _, ok := tri.hit(x, y); !ok || math.Abs(x)+math.Abs(y) > 30 || !strictlyInside(&tri, x, y) {
				continue
			}
			rays++
			v := l.at(x, y)
			if v == open {
				unsure++
			}
			check("at", v, x, y)
			if covers {
				check("covers", there, x, y)
			}
			step := math.Exp(2*r.NormFloat64()-6) / 3
			xs, ys := []float64{x, x + step, x + 2*step, x + 3*step}, []float64{y, y + step, y + 2*step, y + 3*step}
			block := l.block(xs[0], ys[0], xs[3], ys[3])
			blocks++
			if block != open {
				uniform++
			}
			for _, y := range ys {
				for _, x := range xs {
					if _, ok := tri.hit(x, y); !ok {
						continue
					}
					check("block", block, x, y)
					if strictlyInside(&tri, x, y) {
						check("at", l.at(x, y), x, y)
					}
				}
			}
		}
	}
	t.Logf("%d rays, %d left to isThere; %d blocks, %d decided as a whole; %d triangles covered", rays, unsure, blocks, uniform, covered)
	if rays < 10000 || unsure > rays/3 || uniform < blocks/10 || covered < 50 {
		t.Error("lookups are of little use")
	}
}

// strictlyInside reports whether a ray passes inside all edges, beyond rounding.
func strictlyInside(t *triangle, x, y float64) bool {
	inFront, behind := true, true
	for k := range t.edge {
		e, tolerance := t.edge[k].at(x, y), t.edgeError[k].magnitude(math.Abs(x), math.Abs(y))
		inFront = inFront && e > 16*tolerance
		behind = behind && e < -16*tolerance
	}
	return inFront || behind
}

// The extremes of a texture are those of all texels that a sample may need.
func TestExtremes(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 52))
		texture := randomTexture(r)
		texture.Nearest = false
		e := newExtremes(texture)
		for range 50 {
			w, h := float64(texture.Width), float64(texture.Height)
			x0, y0 := (r.Float64()*6-3)*w, (r.Float64()*6-3)*h
			x1, y1 := x0+math.Exp(3*r.NormFloat64()), y0+math.Exp(3*r.NormFloat64())
			span, ok := e.within(x0, y0, x1, y1)
			if !ok {
				continue
			}
			for range 20 {
				x, y := x0+r.Float64()*(x1-x0), y0+r.Float64()*(y1-y0)
				alpha := sampleAlpha(texture, (x+0.5)/w, (y+0.5)/h) * 255
				if alpha < float64(span.least)-1e-6 || alpha > float64(span.greatest)+1e-6 {
					t.Fatalf("seed %d: alpha at (%v, %v) is %v, not within %v", seed, x, y, alpha, span)
				}
			}
		}
	}
}

// Scenes with cut-outs are cast like the exhaustive answer by every path,
// through any camera.
func TestTwinCutouts(t *testing.T) {
	for seed := range uint64(24) {
		r := rand.New(rand.NewPCG(seed, 53))
		s, p := soup(r, int(seed%8), 120)
		for k := range s.Primitives {
			c, _ := randomCutout(r)
			m := *c.material
			if seed%5 == 4 {
				for i := range m.Texture.Alpha {
					m.Texture.Alpha[i] |= 0xf000 // solid for most cut-offs
				}
			}
			s.Primitives[k].Material = len(s.Materials)
			s.Materials = append(s.Materials, m)
			spread := math.Exp(2*r.NormFloat64() - 1)
			for range s.Primitives[k].Positions {
				s.Primitives[k].UV = append(s.Primitives[k].UV, mgl64.Vec2{spread * r.NormFloat64(), spread * r.NormFloat64()})
			}
			if seed%3 == 0 {
				for range s.Primitives[k].Positions {
					s.Primitives[k].Alpha = append(s.Primitives[k].Alpha, 1-0.3*r.Float64())
				}
			}
		}
		p.Materials = s.Materials
		v := randomView(r, 150, 100)
		options := DefaultOptions()
		if seed%4 == 3 {
			options.Clip, v.Near, v.Far = true, 3, 9
		}
		want := twin(s, p, v, options)
		for _, path := range Paths() {
			o := options
			o.Path = path
			compare(t, path.String(), cast(t, s, p, v, o), want)
		}
		lens := lensViews(90, 70)[seed%8]
		bent := camera.View{Intrinsics: lens.Intrinsics, CameraFromWorld: v.CameraFromWorld, Near: v.Near, Far: v.Far}
		want = twin(s, p, bent, options)
		for _, path := range Paths() {
			o := options
			o.Path = path
			compare(t, fmt.Sprint(lens.name, ", ", path), cast(t, s, p, bent, o), want)
		}
	}
}

// What is cut out follows a cut-off that moves.
func TestCutoffMoves(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 54))
	s, p := soup(r, 0, 200)
	c, _ := randomCutout(r)
	s.Materials = []scene.Material{*c.material}
	for k := range s.Primitives {
		s.Primitives[k].Material = 0
		for range s.Primitives[k].Positions {
			s.Primitives[k].UV = append(s.Primitives[k].UV, mgl64.Vec2{r.NormFloat64(), r.NormFloat64()})
		}
	}
	v := randomView(r, 90, 70)
	caster := New(s, DefaultOptions())
	for _, cutoff := range []float64{0.5, 0, 0.9, 2, -1, math.NaN(), 0.2} {
		p.Materials = []scene.Material{s.Materials[0]}
		p.Materials[0].Cutoff = cutoff
		if err := caster.Prepare(context.Background(), p); err != nil {
			t.Fatal(err)
		}
		var m depth.Map
		if err := caster.Cast(context.Background(), v, &m, nil); err != nil {
			t.Fatal(err)
		}
		compare(t, "cut-off", &m, twin(s, p, v, DefaultOptions()))
	}
}
