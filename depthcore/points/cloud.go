package points

import (
	"context"
	"image"
	"image/color"
	"math"
	"slices"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
)

// Cloud is points to be looked at: as few of a picture's pixels as do for that,
// relative to the camera.
type Cloud struct {
	points []point
	// Middle is the median Z: what a look turns around.
	Middle  float64
	corners [4][3]float32 // of what the camera sees, at the nearest Z
	// framed says that they lie before it: a panorama's lie all around.
	framed bool
}

// point is a point in camera space, glTF's axes.
type point struct {
	at    [3]float32
	width float32 // of its pixel in space
	ink   color.RGBA
}

// NewCloud returns at most about most points, of pixels that are evenly spread
// over the picture.
func NewCloud(p Pixels, most int) *Cloud {
	c := &Cloud{}
	lens := p.lens()
	pointAt := inCamera(lens)
	step := 1
	for (p.Map.Width/step)*(p.Map.Height/step) > most {
		step++
	}
	var all []float32
	for y := step / 2; y < p.Map.Height; y += step {
		for x := step / 2; x < p.Map.Width; x += step {
			z := p.Map.At(x, y)
			if !depth.IsHit(z) {
				continue
			}
			at := pointAt(x, y, z)
			width := float64(step) / lens.Fx
			if lens.Model == camera.Perspective {
				width *= float64(z)
			}
			c.points = append(c.points, point{[3]float32{float32(at[0]), float32(at[1]), float32(at[2])}, float32(width), p.colour(x, y)})
			all = append(all, z)
		}
	}
	if len(all) == 0 {
		return c
	}
	slices.Sort(all)
	c.Middle = float64(all[len(all)/2])
	w, h := float64(lens.Width), float64(lens.Height)
	c.framed = !lens.Lens.Euclidean()
	lens.Lens = camera.Lens{} // whose corners may have no rays
	for i, corner := range [][2]float64{{0, 0}, {w, 0}, {w, h}, {0, h}} {
		at := lens.CameraPoint(corner[0], corner[1], float64(all[0])*0.9)
		c.corners[i] = [3]float32{float32(at[0]), float32(at[1]), float32(at[2])}
	}
	return c
}

// Len returns the number of points.
func (c *Cloud) Len() int { return len(c.points) }

// Look says from where a cloud is seen. The zero value is where the camera
// stands.
type Look struct {
	Yaw, Pitch float64 // radians around the middle of the cloud; the camera is at 0, 0
	Nearer     float64 // natural logarithm: each 0.7 halves the distance to the middle
	Right, Up  float64 // how far the look was moved aside, in shares of that distance
}

// Draw draws the cloud as img. Where points lie before each other the nearest
// is seen. Thin lines are the edges of what the camera sees.
func (c *Cloud) Draw(ctx context.Context, img *image.RGBA, look Look, ground, lines color.RGBA) error {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for i := 0; i < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = ground.R, ground.G, ground.B, 255
	}
	if len(c.points) == 0 || w == 0 || h == 0 {
		return nil
	}
	s := c.sight(look, w, h)
	before := make([]float32, w*h) // 1/distance of what is drawn
	for i := range c.points {
		if i%65536 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		p := &c.points[i]
		x, y, inv := s.project(p.at)
		if inv <= 0 {
			continue
		}
		half := p.width * s.f * inv / 2
		half = min(max(half, 0.5), 4)
		x0, y0 := max(0, int(x-half+0.5)), max(0, int(y-half+0.5))
		x1, y1 := min(w, max(int(x+half+0.5), x0+1)), min(h, max(int(y+half+0.5), y0+1))
		if x+half < 0 || y+half < 0 {
			continue
		}
		for py := y0; py < y1; py++ {
			for px := x0; px < x1; px++ {
				if k := py*w + px; inv > before[k] {
					before[k] = inv
					img.Pix[4*k], img.Pix[4*k+1], img.Pix[4*k+2] = p.ink.R, p.ink.G, p.ink.B
				}
			}
		}
	}
	if look == (Look{}) || !c.framed {
		return nil // the edges would frame the picture, or are none
	}
	for i, corner := range c.corners {
		s.line(img, before, [3]float32{}, corner, lines)
		s.line(img, before, corner, c.corners[(i+1)%4], lines)
	}
	return nil
}

// sight is a look made ready: the rows of a rotation, what it is about and where
// that lies.
type sight struct {
	rows   [3][3]float32
	middle float32 // distance of the middle
	before float32 // Z of the middle for the camera
	f      float32 // pixels
	cx, cy float32
}

func (c *Cloud) sight(l Look, w, h int) sight {
	sy, cy := math.Sincos(l.Yaw)
	sp, cp := math.Sincos(l.Pitch)
	distance := c.Middle * math.Exp(-l.Nearer)
	// The camera looks along -z: its back is +z, turned by yaw, then lifted.
	right := [3]float64{cy, 0, -sy}
	back := [3]float64{sy * cp, sp, cy * cp}
	up := [3]float64{-sy * sp, cp, -cy * sp}
	s := sight{middle: float32(distance), before: float32(c.Middle)}
	for k := range 3 {
		s.rows[0][k], s.rows[1][k], s.rows[2][k] = float32(right[k]), float32(up[k]), float32(back[k])
	}
	if !c.framed {
		// Seen at 53 degrees.
		f := float64(h)
		s.f, s.cx, s.cy = float32(f), float32(float64(w)/2-l.Right*f), float32(float64(h)/2+l.Up*f)
		return s
	}
	// As wide as the camera's own picture, which the corners at the nearest Z
	// span; an orthographic one fills the height at the middle's distance.
	span := float64(c.corners[0][1] - c.corners[3][1])
	near := float64(-c.corners[0][2])
	wide := float64(c.corners[1][0] - c.corners[0][0])
	f := math.Min(float64(h)/span, float64(w)/wide) * near
	s.f = float32(f)
	s.cx = float32(float64(w)/2 - l.Right*f)
	s.cy = float32(float64(h)/2 + l.Up*f)
	// Where the principal point is not the middle, the picture is not either.
	s.cx -= float32(f * (float64(c.corners[0][0]+c.corners[1][0]) / 2 / near))
	s.cy += float32(f * (float64(c.corners[0][1]+c.corners[3][1]) / 2 / near))
	return s
}

// project returns where a point is seen, and 1/distance, which is 0 or less
// where it is too near or behind.
func (s *sight) project(p [3]float32) (x, y, inv float32) {
	a, b, c := p[0], p[1], p[2]+s.before
	z := s.middle - (s.rows[2][0]*a + s.rows[2][1]*b + s.rows[2][2]*c)
	if z < 1e-3*s.before {
		return 0, 0, 0
	}
	inv = 1 / z
	x = s.cx + s.f*inv*(s.rows[0][0]*a+s.rows[0][1]*b+s.rows[0][2]*c)
	y = s.cy - s.f*inv*(s.rows[1][0]*a+s.rows[1][1]*b+s.rows[1][2]*c)
	if !(math.Abs(float64(x)) < 1e6 && math.Abs(float64(y)) < 1e6) {
		return 0, 0, 0
	}
	return x, y, inv
}

// line draws the part of a line that no point hides.
func (s *sight) line(img *image.RGBA, before []float32, from, to [3]float32, ink color.RGBA) {
	const steps = 600
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for i := range steps + 1 {
		t := float32(i) / steps
		x, y, inv := s.project([3]float32{from[0] + t*(to[0]-from[0]), from[1] + t*(to[1]-from[1]), from[2] + t*(to[2]-from[2])})
		px, py := int(x), int(y)
		if inv <= 0 || x < 0 || y < 0 || px >= w || py >= h || inv < before[py*w+px] {
			continue
		}
		k := 4 * (py*w + px)
		img.Pix[k], img.Pix[k+1], img.Pix[k+2] = ink.R, ink.G, ink.B
	}
}
