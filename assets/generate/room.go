package main

import (
	"fmt"
	"image/color"
	"math"
	"math/rand"
)

// wallZ is where the calibration wall stands: exactly 10 m from cameraStart,
// parallel to the image while the camera is on its tripod.
const wallZ = -5.0

// room is the scene while it is being built.
type room struct {
	builder
	plaster, wood, dark, cloth, red, brass, white, green, stone, canvas int
	leaves, twigs                                                       int
}

// demoScene returns the demo scene as a binary glTF file.
func demoScene() ([]byte, error) {
	r := &room{}
	r.times = -1
	r.Asset.Version, r.Asset.Generator = "2.0", "zscope demo scene"
	r.Scenes = []gltfScene{{Name: "Demo room"}}
	r.plaster = r.material("Plaster", 0.82, 0.80, 0.76)
	r.wood = r.material("Oak", 0.52, 0.33, 0.18)
	r.dark = r.material("Walnut", 0.22, 0.13, 0.08)
	r.cloth = r.material("Linen", 0.36, 0.45, 0.53)
	r.red = r.material("Vermilion", 0.75, 0.16, 0.09)
	r.brass = r.material("Brass", 0.83, 0.62, 0.28)
	r.white = r.material("Porcelain", 0.93, 0.93, 0.90)
	r.green = r.material("Leaf green", 0.18, 0.36, 0.14)
	r.stone = r.material("Stone", 0.55, 0.54, 0.51)
	slit, err := texture(64, color.NRGBA{R: 40, G: 96, B: 38}, slitLeaf)
	if err != nil {
		return nil, err
	}
	sprig, err := texture(64, color.NRGBA{R: 70, G: 112, B: 40}, twig)
	if err != nil {
		return nil, err
	}
	r.canvas = r.material("Canvas", 0.78, 0.64, 0.45)
	r.Materials[r.canvas]["doubleSided"] = true
	r.leaves, r.twigs = r.cutOut("Slit leaf", slit), r.cutOut("Twig", sprig)

	r.camera()
	r.shell()
	r.calibration()
	r.window()
	r.stairs()
	r.shelf()
	r.sofa()
	r.table()
	r.sculpture()
	r.sideTable()
	r.plant()
	r.pendulum()
	r.mobile()
	r.banner()
	r.curtain()
	return r.encode()
}

func (r *room) camera() {
	r.Cameras = []map[string]any{{
		"name": "Camera", "type": "perspective",
		"perspective": map[string]any{"aspectRatio": 16.0 / 9, "yfov": 0.75, "znear": 0.05, "zfar": 100},
	}}
	zero := 0
	n := r.node(-1, gltfNode{Name: "Camera", Camera: &zero, Translation: &cameraStart, Rotation: &quaternion{0, 0, 0, 1}})
	r.animate("Handheld camera", n, "translation", "VEC3", func(frame int) []float64 {
		at, _ := cameraAt(frame)
		return at[:]
	})
	r.animate("Handheld camera", n, "rotation", "VEC4", keyed(func(frame int) quaternion {
		_, q := cameraAt(frame)
		return q
	}))
}

// The window's opening in the calibration wall.
const (
	windowLeft, windowRight = 0.5, 2.75
	windowSill, windowHead  = 0.875, 2.5
	ceiling                 = 3.25
	halfWidth               = 4.0
)

func (r *room) shell() {
	g := r.node(-1, gltfNode{Name: "Room"})
	const thick, front = 0.15, 6.5
	r.place(g, "Floor", r.wood, vec3{}, box(vec3{-halfWidth, -thick, wallZ - thick}, vec3{halfWidth, 0, front}))
	r.place(g, "Ceiling", r.plaster, vec3{}, box(vec3{-halfWidth, ceiling, wallZ - thick}, vec3{halfWidth, ceiling + thick, front}))
	r.place(g, "Left wall", r.plaster, vec3{}, box(vec3{-halfWidth - thick, -thick, wallZ - thick}, vec3{-halfWidth, ceiling + thick, front}))
	r.place(g, "Right wall", r.plaster, vec3{}, box(vec3{halfWidth, -thick, wallZ - thick}, vec3{halfWidth + thick, ceiling + thick, front}))
	for i := range 5 {
		z := -3.75 + 2.0*float64(i)
		r.place(g, fmt.Sprintf("Beam %d", i+1), r.dark, vec3{0, ceiling - 0.11, z}, block(vec3{}, vec3{2 * halfWidth, 0.22, 0.2}))
	}
	r.place(g, "Skirting", r.white, vec3{}, join(
		box(vec3{-halfWidth, 0, wallZ}, vec3{-halfWidth + 0.02, 0.12, front}),
		box(vec3{halfWidth - 0.02, 0, wallZ}, vec3{halfWidth, 0.12, front}),
	))
	r.place(g, "Rug", r.red, vec3{-0.35, 0, 0.6}, join(
		block(vec3{0, 0.006, 0}, vec3{2.9, 0.012, 2.3}),
		block(vec3{0, 0.009, 0}, vec3{2.6, 0.018, 2.0}),
	))
}

// calibration is the wall at exactly 10 m and what stands out from it by
// binary fractions of a metre, so that their depths are exact floats, too.
func (r *room) calibration() {
	xs := [4]float64{-halfWidth, windowLeft, windowRight, halfWidth}
	ys := [4]float64{0, windowSill, windowHead, ceiling}
	wall := &surface{flat: true}
	for _, y := range ys {
		for _, x := range xs {
			wall.points = append(wall.points, vec3{x, y, wallZ})
		}
	}
	for j := range 3 {
		for i := range 3 {
			if i == 1 && j == 1 {
				continue // the window
			}
			a := 4*j + i
			wall.cell(a, a+1, a+5, a+4)
		}
	}
	r.place(-1, "Calibration wall 10 m", r.plaster, vec3{}, wall)

	g := r.node(-1, gltfNode{Name: "Calibration reliefs"})
	for i := range 5 {
		step := 1 / float64(int(4)<<i) // 1/4 .. 1/64 m
		x := -2.5 + 0.5*float64(i)
		r.place(g, fmt.Sprintf("Plate 10 m less 1/%d m", 4<<i), r.white, vec3{},
			box(vec3{x - 0.1875, 1.25, wallZ - 0.01}, vec3{x + 0.1875, 1.625, wallZ + step}))
	}

	// "10 m" in strokes 1/64 m thick: seen once the range is narrowed.
	var strokes []*surface
	stroke := func(x0, y0, x1, y1 float64) {
		const half = 0.03125
		strokes = append(strokes, box(
			vec3{min(x0, x1) - half, min(y0, y1) - half, wallZ - 0.01},
			vec3{max(x0, x1) + half, max(y0, y1) + half, wallZ + 1.0/64}))
	}
	const low, high = 2.0, 2.5
	stroke(-2.25, low, -2.25, high) // 1
	stroke(-2.375, high-0.0625, -2.25, high-0.0625)
	stroke(-2, low, -2, high) // 0
	stroke(-1.6875, low, -1.6875, high)
	stroke(-2, low, -1.6875, low)
	stroke(-2, high, -1.6875, high)
	const m = -1.375 // m
	stroke(m, low, m, low+0.3125)
	stroke(m+0.1875, low, m+0.1875, low+0.3125)
	stroke(m+0.375, low, m+0.375, low+0.3125)
	stroke(m, low+0.3125, m+0.375, low+0.3125)
	r.place(g, "Lettering 10 m", r.dark, vec3{}, join(strokes...))
}

// window is the frame in the calibration wall and the garden behind it; above
// the hedge there is only sky, which has no depth.
func (r *room) window() {
	g := r.node(-1, gltfNode{Name: "Window"})
	const back, deep = wallZ - 0.01, 0.25
	reveal := func(lo, hi vec3) *surface {
		lo[2], hi[2] = wallZ-deep, back
		return box(lo, hi)
	}
	const l, rt, s, h, w = windowLeft, windowRight, windowSill, windowHead, 0.15
	r.place(g, "Window reveal", r.plaster, vec3{}, join(
		reveal(vec3{l - w, s - w}, vec3{l, h + w}), reveal(vec3{rt, s - w}, vec3{rt + w, h + w}),
		reveal(vec3{l, s - w}, vec3{rt, s}), reveal(vec3{l, h}, vec3{rt, h + w}),
	))
	bar := func(x0, y0, x1, y1 float64) *surface {
		return box(vec3{x0, y0, wallZ - 0.16}, vec3{x1, y1, wallZ - 0.10})
	}
	const t = 0.06
	mid := (l + rt) / 2
	r.place(g, "Window frame", r.white, vec3{}, join(
		bar(l, s, l+t, h), bar(rt-t, s, rt, h), bar(l, s, rt, s+t), bar(l, h-t, rt, h),
		bar(mid-t/2, s, mid+t/2, h), bar(l, 1.875, rt, 1.875+t/2),
	))
	r.place(g, "Window sill", r.white, vec3{}, block(vec3{mid, s - 0.02, wallZ + 0.06}, vec3{rt - l + 0.2, 0.04, 0.2}))

	garden := r.node(-1, gltfNode{Name: "Garden"})
	r.place(garden, "Lawn", r.green, vec3{}, box(vec3{-2, -0.6, -9}, vec3{5, -0.5, wallZ - 0.4}))
	var pales []*surface
	for i := range 26 {
		x := -0.6 + 0.2*float64(i)
		pales = append(pales, block(vec3{x, 0.35, -6.6}, vec3{0.09, 1.5 + 0.06*math.Sin(float64(i)*0.9), 0.03}))
	}
	pales = append(pales, block(vec3{1.9, 0.8, -6.64}, vec3{5.4, 0.08, 0.04}))
	r.place(garden, "Fence", r.wood, vec3{}, join(pales...))

	rnd := rand.New(rand.NewSource(7))
	var sprigs []*surface
	crown := vec3{0.85, 1.75, -7.3}
	for range 190 {
		d := vec3{rnd.NormFloat64(), rnd.NormFloat64(), rnd.NormFloat64()}.unit()
		at := crown.add(vec3{d[0] * 0.75, d[1] * 0.7, d[2] * 0.6}.times(0.5 + 0.5*rnd.Float64()))
		sprigs = append(sprigs, sheet(2, 2, func(u, v float64) vec3 {
			return vec3{(v - 0.5) * -0.34, -0.1 * u * u, u * 0.4}
		}).moved(at, turn(vec3{0, 0, 1}, rnd.Float64()*6.2), turn(vec3{0, 1, 0}, math.Atan2(d[0], d[2])), turn(vec3{1, 0, 0}, rnd.NormFloat64()*0.7)))
	}
	r.place(garden, "Tree crown", r.twigs, vec3{}, join(sprigs...))
	r.place(garden, "Tree trunk", r.dark, vec3{}, tube(10, 10, false, 0.07, func(t float64) vec3 {
		return vec3{0.95 - 0.1*t, -0.5 + 2.2*t, -7.3 + 0.1*math.Sin(3*t)}
	}))
}

// stairs climb along the left wall towards the calibration wall: each riser
// is a plane of one depth, a ruler of twelve steps.
func (r *room) stairs() {
	g := r.node(-1, gltfNode{Name: "Stairs"})
	const (
		count, rise, tread = 12, 0.1875, 0.28125
		foot, inner        = -0.75, -2.75
	)
	var rail []vec3
	for i := range count {
		z := foot - tread*float64(i)
		y := rise * float64(i+1)
		r.place(g, fmt.Sprintf("Step %d", i+1), r.wood, vec3{}, box(
			vec3{-halfWidth, y - rise, z - tread - 0.03}, vec3{inner, y, z}))
		post := vec3{inner - 0.05, y, z - tread/2}
		r.place(g, fmt.Sprintf("Baluster %d", i+1), r.dark, vec3{}, rod(10, 0.016, post, post.add(vec3{0, 0.85, 0})))
		rail = append(rail, post.add(vec3{0, 0.86, 0}))
	}
	r.place(g, "Handrail", r.dark, vec3{}, rod(14, 0.035, rail[0].add(vec3{0, -0.08, 0.13}), rail[count-1].add(vec3{0, 0.08, -0.13})))
	r.place(g, "Newel post", r.dark, vec3{inner - 0.05, 0, foot + 0.06}, lathe(20, smooth(4,
		[2]float64{0.06, 0}, [2]float64{0.06, 0.9}, [2]float64{0.045, 0.94}, [2]float64{0.075, 1.0},
		[2]float64{0.08, 1.06}, [2]float64{0.05, 1.12}, [2]float64{0, 1.14})...))
	top := foot - tread*count
	r.place(g, "Landing", r.wood, vec3{}, box(vec3{-halfWidth, rise*count - 0.12, wallZ + 0.0625}, vec3{inner, rise * count, top}))
}

func (r *room) shelf() {
	g := r.node(-1, gltfNode{Name: "Bookshelf"})
	const x0, x1, z0, z1, high = 3.62, 3.99, -4.3, -0.9, 2.3
	parts := []*surface{box(vec3{x1 - 0.015, 0, z0}, vec3{x1, high, z1})}
	const levels, bays = 6, 3
	for i := range levels + 1 {
		y := high * float64(i) / levels
		parts = append(parts, box(vec3{x0, y, z0}, vec3{x1, y + 0.025, z1}))
	}
	for i := range bays + 1 {
		z := z0 + (z1-z0)*float64(i)/bays
		parts = append(parts, box(vec3{x0, 0, z - 0.0125}, vec3{x1, high + 0.025, z + 0.0125}))
	}
	r.place(g, "Bookshelf", r.dark, vec3{}, join(parts...))

	rnd := rand.New(rand.NewSource(3))
	colours := []int{r.red, r.cloth, r.white, r.green, r.brass}
	books := make([][]*surface, len(colours))
	for level := range levels {
		y := high*float64(level)/levels + 0.025
		for bay := range bays {
			z, end := z0+(z1-z0)*float64(bay)/bays+0.03, z0+(z1-z0)*float64(bay+1)/bays-0.04
			for z < end {
				thick := 0.02 + 0.035*rnd.Float64()
				tall, deep := 0.2+0.12*rnd.Float64(), 0.17+0.1*rnd.Float64()
				if rnd.Intn(12) == 0 {
					z += 0.12 // a gap
					continue
				}
				if z+thick > end {
					break
				}
				lean := 0.0
				if rnd.Intn(14) == 0 {
					lean = 0.16
				}
				b := box(vec3{-deep, 0, 0}, vec3{0, tall, thick}).moved(vec3{x1 - 0.02, y, z}, turn(vec3{1, 0, 0}, lean))
				c := rnd.Intn(len(colours))
				books[c] = append(books[c], b)
				z += thick + 0.002 + lean*tall
			}
		}
	}
	for c, b := range books {
		r.place(g, fmt.Sprintf("Books %d", c+1), colours[c], vec3{}, join(b...))
	}
}

func (r *room) sofa() {
	at := vec3{-1.3, 0, -4.2}
	g := r.node(-1, gltfNode{Name: "Sofa", Translation: &at})
	r.place(g, "Sofa seat", r.cloth, vec3{}, join(
		cushion(vec3{-0.45, 0.36, 0.05}, vec3{0.92, 0.26, 0.8}, 0.35, 14),
		cushion(vec3{0.45, 0.36, 0.05}, vec3{0.92, 0.26, 0.8}, 0.35, 14),
	))
	r.place(g, "Sofa back", r.cloth, vec3{}, join(
		cushion(vec3{-0.45, 0.7, -0.3}, vec3{0.9, 0.55, 0.28}, 0.4, 14).moved(vec3{}, turn(vec3{1, 0, 0}, -0.12)),
		cushion(vec3{0.45, 0.7, -0.3}, vec3{0.9, 0.55, 0.28}, 0.4, 14).moved(vec3{}, turn(vec3{1, 0, 0}, -0.12)),
	))
	r.place(g, "Sofa arms", r.cloth, vec3{}, join(
		cushion(vec3{-1.0, 0.42, 0}, vec3{0.24, 0.6, 0.92}, 0.35, 14),
		cushion(vec3{1.0, 0.42, 0}, vec3{0.24, 0.6, 0.92}, 0.35, 14),
		cushion(vec3{0, 0.2, 0}, vec3{1.9, 0.22, 0.84}, 0.25, 12),
	))
	r.place(g, "Sofa pillow", r.red, vec3{0.6, 0.62, 0.02}, cushion(vec3{}, vec3{0.42, 0.42, 0.16}, 0.55, 14).
		moved(vec3{}, turn(vec3{0, 0, 1}, 0.3), turn(vec3{1, 0, 0}, -0.35)))
}

func (r *room) table() {
	at := vec3{-0.45, 0, 0.7}
	g := r.node(-1, gltfNode{Name: "Table", Translation: &at})
	r.place(g, "Table top", r.wood, vec3{0, 0.74, 0}, lathe(96,
		[2]float64{0, -0.03}, [2]float64{0.78, -0.03}, [2]float64{0.78, -0.03}, [2]float64{0.8, -0.01},
		[2]float64{0.8, -0.01}, [2]float64{0.8, 0}, [2]float64{0.8, 0}, [2]float64{0, 0}))
	r.place(g, "Table leg", r.dark, vec3{}, lathe(36, smooth(4,
		[2]float64{0.34, 0}, [2]float64{0.3, 0.04}, [2]float64{0.09, 0.1}, [2]float64{0.06, 0.25},
		[2]float64{0.1, 0.42}, [2]float64{0.055, 0.58}, [2]float64{0.12, 0.68}, [2]float64{0.2, 0.71})...))

	r.place(g, "Bowl", r.white, vec3{0.06, 0.74, 0.18}, lathe(52, smooth(4,
		[2]float64{0, 0}, [2]float64{0.09, 0}, [2]float64{0.1, 0.02}, [2]float64{0.19, 0.07}, [2]float64{0.245, 0.15},
		[2]float64{0.235, 0.15}, [2]float64{0.17, 0.075}, [2]float64{0.08, 0.035}, [2]float64{0, 0.03})...))
	var fruit []*surface
	for i, p := range []vec3{{0.02, 0.12, 0.06}, {-0.1, 0.12, -0.02}, {0.09, 0.12, -0.08}, {0.01, 0.2, -0.01}, {0.12, 0.13, 0.05}} {
		radius := 0.066 + 0.006*float64(i%3)
		fruit = append(fruit, ball(13, func(d vec3) float64 {
			return radius * (1 - 0.16*math.Pow(math.Max(d[1], 0), 6) - 0.1*math.Pow(math.Max(-d[1], 0), 8))
		}).moved(p.add(vec3{0.06, 0.74, 0.18}), turn(vec3{1, 0, 0}, float64(i)*0.5)))
	}
	r.place(g, "Fruit", r.red, vec3{}, join(fruit...))

	r.place(g, "Teapot body", r.brass, vec3{-0.4, 0.74, -0.12}, lathe(44, smooth(4,
		[2]float64{0, 0}, [2]float64{0.07, 0}, [2]float64{0.13, 0.06}, [2]float64{0.14, 0.12}, [2]float64{0.1, 0.19},
		[2]float64{0.06, 0.215}, [2]float64{0.02, 0.23}, [2]float64{0.028, 0.255}, [2]float64{0, 0.272})...))
	r.place(g, "Teapot handle", r.brass, vec3{-0.4, 0.74, -0.12}, tube(12, 28, false, 0.014, func(t float64) vec3 {
		s, c := math.Sincos(math.Pi * (0.92*t + 0.04))
		return vec3{-0.1 - 0.12*s, 0.12 + 0.075*c, 0}
	}))
	r.place(g, "Teapot spout", r.brass, vec3{-0.4, 0.74, -0.12}, closed(16, 20, true, false, func(u, v float64) vec3 {
		s, c := math.Sincos(2 * math.Pi * u)
		radius := 0.034 - 0.02*v
		x := 0.1 + 0.16*v
		y := 0.08 + 0.14*v*v*(1.6-0.6*v)
		return vec3{x + radius*0.7*s, y - radius*0.7*s, radius * c}
	}).bare())
	cup := r.mesh("Cup", r.white, join(
		lathe(32, smooth(4,
			[2]float64{0, 0}, [2]float64{0.03, 0}, [2]float64{0.042, 0.03}, [2]float64{0.047, 0.085},
			[2]float64{0.043, 0.085}, [2]float64{0.037, 0.03}, [2]float64{0, 0.012})...),
		tube(8, 14, false, 0.006, func(t float64) vec3 {
			s, c := math.Sincos(math.Pi * t)
			return vec3{0.042 + 0.03*s, 0.045 + 0.025*c, 0}
		})))
	for i, a := range []float64{0.5, 2.2, 4.1} {
		s, c := math.Sincos(a)
		on := vec3{0.55 * s, 0.74, 0.55 * c}
		r.node(g, gltfNode{Name: fmt.Sprintf("Cup %d", i+1), Mesh: &cup, Translation: &on})
	}
	chair := r.mesh("Chair", r.wood, chair())
	for i, a := range []float64{0.35, 2.35, 4.3} {
		s, c := math.Sincos(a)
		on, turned := vec3{0.98 * s, 0, 0.98 * c}, turn(vec3{0, 1, 0}, a)
		r.node(g, gltfNode{Name: fmt.Sprintf("Chair %d", i+1), Mesh: &chair, Translation: &on, Rotation: &turned})
	}
	r.place(g, "Pendant lamp", r.dark, vec3{0.1, 2.0, -0.1}, join(
		lathe(48, smooth(4, [2]float64{0.3, 0}, [2]float64{0.26, 0.1}, [2]float64{0.14, 0.2}, [2]float64{0.04, 0.24},
			[2]float64{0.02, 0.3})...),
		lathe(48, smooth(4, [2]float64{0.03, 0.225}, [2]float64{0.13, 0.185}, [2]float64{0.25, 0.09}, [2]float64{0.3, 0})...),
		rod(8, 0.008, vec3{0, 0.29, 0}, vec3{0, ceiling - 2.0, 0}),
		sphere(10, 0.06).moved(vec3{0, 0.1, 0}),
	))
}

// chair looks along -z, its back is at +z.
func chair() *surface {
	parts := []*surface{cushion(vec3{0, 0.45, 0}, vec3{0.46, 0.05, 0.44}, 0.25, 12)}
	for _, x := range []float64{-0.19, 0.19} {
		parts = append(parts,
			rod(12, 0.02, vec3{x, 0, -0.18}, vec3{x * 0.95, 0.45, -0.17}),
			rod(12, 0.02, vec3{x, 0, 0.2}, vec3{x, 0.45, 0.18}),
			rod(12, 0.018, vec3{x, 0.44, 0.18}, vec3{x, 0.98, 0.26}))
	}
	for i := range 5 {
		x := -0.12 + 0.06*float64(i)
		parts = append(parts, rod(8, 0.009, vec3{x, 0.46, 0.185}, vec3{x, 0.95, 0.25}))
	}
	// The top rail: a flat ellipse drawn along a bow.
	parts = append(parts, closed(16, 14, true, false, func(u, v float64) vec3 {
		x := 0.46 * (v - 0.5)
		s, c := math.Sincos(2 * math.Pi * u)
		if v == 0 || v == 1 {
			s, c = 0, 0
		}
		return vec3{x, 0.96 - 0.1*x*x + 0.06*c, 0.25 + 0.016*c + 0.5*x*x - 0.012*s}
	}).bare())
	return join(parts...)
}

// sculpture is a torus knot that turns on a pedestal.
func (r *room) sculpture() {
	at := vec3{1.62, 0, 0.75}
	g := r.node(-1, gltfNode{Name: "Sculpture", Translation: &at})
	r.place(g, "Pedestal", r.stone, vec3{}, join(
		block(vec3{0, 0.04, 0}, vec3{0.62, 0.08, 0.62}),
		lathe(48, smooth(5, [2]float64{0.25, 0.08}, [2]float64{0.2, 0.16}, [2]float64{0.18, 0.45}, [2]float64{0.2, 0.74}, [2]float64{0.25, 0.82})...),
		block(vec3{0, 0.85, 0}, vec3{0.56, 0.06, 0.56}),
	))
	up := vec3{0, 1.33, 0}
	table := r.node(g, gltfNode{Name: "Turntable", Translation: &up})
	r.place(table, "Torus knot", r.brass, vec3{}, tube(22, 240, true, 0.078, func(t float64) vec3 {
		const p, q = 2, 3
		a := 2 * math.Pi * t
		radius := 0.25 + 0.115*math.Cos(q*a)
		return vec3{radius * math.Cos(p*a), radius * math.Sin(p*a), 0.14 * math.Sin(q*a)}
	}))
	r.animate("Turntable", table, "rotation", "VEC4", turning(1, 0.06))
}

// sideTable stands near the camera on the right with a vase, a lamp and books.
func (r *room) sideTable() {
	at := vec3{1.13, 0, 3.1}
	g := r.node(-1, gltfNode{Name: "Side table", Translation: &at})
	r.place(g, "Side table top", r.dark, vec3{}, join(
		cushion(vec3{0, 0.86, 0}, vec3{0.9, 0.045, 0.6}, 0.2, 14),
		rod(14, 0.03, vec3{-0.36, 0, -0.22}, vec3{-0.36, 0.85, -0.22}), rod(14, 0.03, vec3{0.36, 0, -0.22}, vec3{0.36, 0.85, -0.22}),
		rod(14, 0.03, vec3{-0.36, 0, 0.22}, vec3{-0.36, 0.85, 0.22}), rod(14, 0.03, vec3{0.36, 0, 0.22}, vec3{0.36, 0.85, 0.22}),
	))
	var y float64 = 0.8825
	for i, b := range []struct{ w, h, d, a float64 }{{0.27, 0.045, 0.2, 0.2}, {0.24, 0.03, 0.18, -0.15}, {0.22, 0.05, 0.16, 0.45}} {
		r.place(g, fmt.Sprintf("Stacked book %d", i+1), []int{r.red, r.white, r.cloth}[i], vec3{-0.24, y, 0.06},
			block(vec3{0, b.h / 2, 0}, vec3{b.w, b.h, b.d}).moved(vec3{}, turn(vec3{0, 1, 0}, b.a)))
		y += b.h
	}
	r.place(g, "Pebble", r.stone, vec3{-0.24, y + 0.085, 0.06}, ball(28, func(d vec3) float64 {
		return 0.085 * (1 + 0.13*math.Sin(5*d[0]+1)*math.Sin(4*d[1])*math.Sin(5*d[2]+2) + 0.05*math.Sin(11*d[0])*math.Sin(9*d[1]+1)*math.Sin(10*d[2]))
	}))
	r.place(g, "Vase", r.white, vec3{0.2, 0.8825, -0.02}, closed(72, 24, true, false, func(u, v float64) vec3 {
		radius := 0.075 + 0.05*math.Sin(math.Pi*(1.25*v+0.05)) + 0.02*v*v*v
		radius *= 1 + 0.05*math.Cos(12*(2*math.Pi*u+1.3*v))
		s, c := math.Sincos(2 * math.Pi * u)
		return vec3{radius * s, 0.42 * v, radius * c}
	}).bare())
	rnd := rand.New(rand.NewSource(11))
	var stalks, heads []*surface
	for i := range 7 {
		a := 2 * math.Pi * float64(i) / 7
		lean := 0.1 + 0.1*rnd.Float64()
		tall := 0.3 + 0.16*rnd.Float64()
		s, c := math.Sincos(a)
		curve := func(t float64) vec3 {
			return vec3{0.2 + s*lean*t*(0.3+t), 1.2 + tall*t - 0.04*t*t, -0.02 + c*lean*t*(0.3+t)}
		}
		stalks = append(stalks, tube(6, 12, false, 0.005, curve))
		tip := curve(1)
		heads = append(heads, ball(11, func(d vec3) float64 {
			return 0.042 * (0.8 + 0.2*math.Cos(6*math.Atan2(d[0], d[2])))
		}).moved(tip, turn(vec3{1, 0, 0}, 0.6*c), turn(vec3{0, 0, 1}, -0.6*s)))
	}
	r.place(g, "Flower stalks", r.green, vec3{}, join(stalks...))
	r.place(g, "Flower heads", r.red, vec3{}, join(heads...))
}

// plant stands near the camera on the left; its leaves are cut out by alpha.
func (r *room) plant() {
	at := vec3{-1.12, 0, 3.42}
	g := r.node(-1, gltfNode{Name: "Plant", Translation: &at})
	r.place(g, "Plant stand", r.dark, vec3{}, join(
		lathe(40, [2]float64{0, 0.5}, [2]float64{0.2, 0.5}, [2]float64{0.2, 0.5}, [2]float64{0.2, 0.53}, [2]float64{0.2, 0.53}, [2]float64{0, 0.53}),
		rod(12, 0.018, vec3{-0.2, 0, -0.12}, vec3{-0.1, 0.51, -0.06}),
		rod(12, 0.018, vec3{0.2, 0, -0.12}, vec3{0.1, 0.51, -0.06}),
		rod(12, 0.018, vec3{0, 0, 0.22}, vec3{0, 0.51, 0.12}),
	))
	r.place(g, "Pot", r.stone, vec3{0, 0.53, 0}, lathe(56, [2]float64{0, 0}, [2]float64{0.13, 0}, [2]float64{0.13, 0}, [2]float64{0.18, 0.26},
		[2]float64{0.18, 0.26}, [2]float64{0.2, 0.26}, [2]float64{0.2, 0.26}, [2]float64{0.2, 0.31}, [2]float64{0.2, 0.31}, [2]float64{0.175, 0.31},
		[2]float64{0.175, 0.31}, [2]float64{0.165, 0.27}, [2]float64{0, 0.28}))
	rnd := rand.New(rand.NewSource(5))
	var stalks, blades []*surface
	for i := range 15 {
		a := 2.4 * float64(i) // the golden angle spreads them
		tall := 0.25 + 0.055*float64(i) + 0.05*rnd.Float64()
		reach := 0.36 - 0.014*float64(i)
		s, c := math.Sincos(a)
		curve := func(t float64) vec3 {
			return vec3{s * reach * t * t, 0.8 + tall*t*(1.4-0.4*t), c * reach * t * t}
		}
		stalks = append(stalks, tube(6, 14, false, 0.007, curve))
		blades = append(blades, leaf(0.36, 0.28, 0.12-0.02*float64(i%4), 0.35).
			moved(curve(1), turn(vec3{0, 0, 1}, 0.5*(rnd.Float64()-0.5)), turn(vec3{0, 1, 0}, a)))
	}
	r.place(g, "Plant stalks", r.green, vec3{}, join(stalks...))
	r.place(g, "Plant leaves", r.leaves, vec3{}, join(blades...))
}

// pendulum swings towards the camera and away from it: 1.25 m of it twice a
// period.
func (r *room) pendulum() {
	at := vec3{0.62, ceiling - 0.22, 2.25}
	g := r.node(-1, gltfNode{Name: "Pendulum", Translation: &at})
	r.place(g, "Pendulum bob", r.brass, vec3{}, join(
		sphere(22, 0.13).moved(vec3{0, -1.2, 0}),
		closed(48, 8, true, true, func(u, v float64) vec3 {
			su, cu := math.Sincos(2 * math.Pi * u)
			sv, cv := math.Sincos(2 * math.Pi * v)
			ring := 0.17 + 0.014*cv
			return vec3{ring * su, -1.2 + 0.014*sv, ring * cu}
		}).bare(),
	))
	r.place(g, "Pendulum rod", r.dark, vec3{}, rod(10, 0.006, vec3{}, vec3{0, -1.08, 0}))
	r.animate("Pendulum", g, "rotation", "VEC4", keyed(func(frame int) quaternion {
		return turn(vec3{1, 0, 0}, 0.5*wave(frame, 2, 0.1))
	}))
}

// mobile hangs from the ceiling: arms that turn on arms.
func (r *room) mobile() {
	at := vec3{0.55, ceiling, -1.9}
	g := r.node(-1, gltfNode{Name: "Mobile", Translation: &at})
	r.place(g, "Mobile wire", r.dark, vec3{}, rod(8, 0.006, vec3{}, vec3{0, -0.75, 0}))
	r.mobileArm(g, "Mobile arm 1", vec3{0, -0.75, 0}, 0.62, 1, 3)
}

func (r *room) mobileArm(parent int, name string, at vec3, half, turns float64, depth int) {
	g := r.node(parent, gltfNode{Name: name, Translation: &at})
	r.animate("Mobile", g, "rotation", "VEC4", turning(turns, 0.07*float64(depth)))
	drop := 0.26
	left, right := vec3{-half, 0, 0}, vec3{half * 0.8, 0, 0}
	size := 0.1 + 0.02*float64(depth)
	r.place(g, name+" rod", r.dark, vec3{}, join(
		tube(8, 16, false, 0.008, func(t float64) vec3 {
			return left.times(1 - t).add(right.times(t)).add(vec3{0, 0.1*half*(1-(2*t-1)*(2*t-1)) - 0.05*half, 0})
		}),
		rod(6, 0.004, left, left.add(vec3{0, -drop, 0})),
		rod(6, 0.004, right, right.add(vec3{0, -drop, 0})),
	))
	r.place(g, name+" disc", []int{r.red, r.cloth, r.brass}[depth%3], left.add(vec3{0, -drop - size, 0}),
		ball(20, func(d vec3) float64 { return size / math.Hypot(math.Hypot(d[0], d[1]), 5*d[2]) }))
	end := right.add(vec3{0, -drop, 0})
	if depth > 1 {
		r.mobileArm(g, fmt.Sprintf("Mobile arm %d", 5-depth), end, half*0.68, -turns*1, depth-1)
		return
	}
	r.place(g, name+" ball", r.red, end.add(vec3{0, -0.09, 0}), sphere(18, 0.09))
}

// banner is a skinned cloth on a chain of joints.
func (r *room) banner() {
	const joints, long = 6, 1.375
	at := vec3{2.62, ceiling - 0.22, -1.75}
	s := sheet(14, 48, func(u, v float64) vec3 {
		wide := 0.64
		if v < 0.4 {
			wide *= 0.1 + 0.9*v/0.4 // a pennant
		}
		return at.add(vec3{wide * (u - 0.5), -long * (1 - v), 0.03 * math.Sin(12*u)})
	}).bare()
	for _, p := range s.points {
		x := (at[1] - p[1]) / long * (joints - 1)
		k := min(int(x), joints-2)
		w := math.Round((x-float64(k))*1024) / 1024
		var joints [4]uint8 // 0 where the weight is 0, as glTF asks
		weights := [4]float64{1 - w, w}
		for i := range 2 {
			if weights[i] != 0 {
				joints[i] = uint8(k + i)
			}
		}
		s.joints, s.weights = append(s.joints, joints), append(s.weights, weights)
	}
	mesh := r.mesh("Banner", r.canvas, s)

	skin := gltfSkin{}
	parent, from := -1, at
	var inverses []float64
	for k := range joints {
		here := from
		n := r.node(parent, gltfNode{Name: fmt.Sprintf("Banner joint %d", k+1), Translation: &here})
		r.animate("Banner", n, "rotation", "VEC4", keyed(func(frame int) quaternion {
			return turn(vec3{1, 0, 0}, 0.06*float64(k)*wave(frame, 2, 0.2-0.16*float64(k))).
				then(turn(vec3{0, 1, 0}, 0.05*float64(k)*wave(frame, 1, 0.4-0.1*float64(k))))
		}))
		skin.Joints = append(skin.Joints, n)
		y := at[1] - long*float64(k)/(joints-1)
		inverses = append(inverses, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, -at[0], -y, -at[2], 1)
		parent, from = n, vec3{0, -long / (joints - 1), 0}
	}
	skin.InverseBindMatrices = r.floats("MAT4", 0, false, inverses)
	r.Skins = []gltfSkin{skin}
	zero := 0
	r.node(-1, gltfNode{Name: "Banner", Mesh: &mesh, Skin: &zero})
	r.place(-1, "Banner rod", r.dark, at, rod(12, 0.018, vec3{-0.38, 0, 0}, vec3{0.38, 0, 0}))
}

// curtain waves by two morph targets a quarter of a wave apart.
func (r *room) curtain() {
	g := r.node(-1, gltfNode{Name: "Curtains"})
	r.place(g, "Curtain rail", r.brass, vec3{}, rod(12, 0.016, vec3{0.1, 2.72, wallZ + 0.17}, vec3{3.15, 2.72, wallZ + 0.17}))
	for i, span := range [][2]float64{{0.12, 0.72}, {2.5, 3.12}} {
		s := sheet(60, 20, func(u, v float64) vec3 {
			x := span[0] + (span[1]-span[0])*u
			return vec3{x, 0.1 + 2.6*v, wallZ + 0.17 + 0.05*math.Sin(2*math.Pi*6*u)}
		}).bare()
		s.targets = make([][]vec3, 2)
		for _, p := range s.points {
			hang := math.Pow(math.Max(2.7-p[1], 0)/2.6, 1.5)
			phase := 2 * math.Pi * (0.5*p[1] + 0.6*p[0])
			sin, cos := math.Sincos(phase)
			s.targets[0] = append(s.targets[0], snap(vec3{0.02 * cos * hang, 0, (0.09 + 0.08*sin) * hang}))
			s.targets[1] = append(s.targets[1], snap(vec3{-0.02 * sin * hang, 0, (0.09 + 0.08*cos) * hang}))
		}
		n := r.place(g, fmt.Sprintf("Curtain %d", i+1), r.canvas, vec3{}, s)
		r.animate("Curtains", n, "weights", "SCALAR", func(frame int) []float64 {
			return []float64{0.5 + 0.5*wave(frame, 1, 0), 0.5 + 0.5*wave(frame, 1, 0.25)}
		})
	}
}
