package raycast

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
)

// Rays of a lens may go sideways and backwards, where there are no image-plane
// coordinates. So each ray belongs to a side: camera space turned by right
// angles, which moves and negates coordinates and rounds nothing, such that the
// ray goes forward there, through (x, y, 1). The meaning of a hit is that of a
// pinhole in the ray's side. The rays of a pinhole, and of lenses that see less
// than half of all directions, belong to the side that is not turned.

// side is a way of turning camera space, and what a depth value is in it.
type side struct {
	turn      int
	euclidean bool // the value is the distance along the ray, not planar Z
}

const (
	ahead = iota
	right
	left
	down
	up
	behind
	sides
)

// turns are the rows of the rotations: coordinate k of a side is coordinate
// axis[k] of the camera times sign[k].
var turns = [sides]struct {
	axis [3]int
	sign [3]float64
}{
	ahead:  {[3]int{0, 1, 2}, [3]float64{1, 1, 1}},
	right:  {[3]int{2, 1, 0}, [3]float64{-1, 1, 1}},
	left:   {[3]int{2, 1, 0}, [3]float64{1, 1, -1}},
	down:   {[3]int{0, 2, 1}, [3]float64{1, -1, 1}},
	up:     {[3]int{0, 2, 1}, [3]float64{1, 1, -1}},
	behind: {[3]int{0, 1, 2}, [3]float64{-1, 1, -1}},
}

// sideOf returns the side that a ray of a lens belongs to, and its image-plane
// coordinates there.
func sideOf(lens camera.LensModel, d mgl64.Vec3) (f side, x, y float64) {
	f.euclidean = lens == camera.EquirectangularLens
	const wide = 2
	if lens == camera.FisheyeLens || lens == camera.EquirectangularLens {
		ax, ay, az := math.Abs(d[0]), math.Abs(d[1]), math.Abs(d[2])
		switch {
		case d[2] > 0 && max(ax, ay) <= wide*d[2]:
		case ax >= ay && ax >= az:
			f.turn = right
			if d[0] < 0 {
				f.turn = left
			}
		case ay >= az:
			f.turn = down
			if d[1] < 0 {
				f.turn = up
			}
		default:
			f.turn = behind
		}
	}
	t := &turns[f.turn]
	if f.turn == ahead && d[2] == 1 {
		return f, d[0], d[1]
	}
	z := t.sign[2] * d[t.axis[2]]
	return f, t.sign[0] * d[t.axis[0]] / z, t.sign[1] * d[t.axis[1]] / z
}

// of turns what takes points to camera space.
func (f side) of(m affine) (turned affine) {
	t := &turns[f.turn]
	for r, axis := range t.axis {
		for c := range 4 {
			turned[4*r+c] = t.sign[r] * m[4*axis+c]
		}
	}
	return turned
}

// turn turns the instances of a frame.
func (f *frame) turn(to side) {
	f.side, f.ask = to, f.caster.options.Clip && to != (side{})
	for i := range f.instances {
		in := &f.instances[i]
		in.camera = to.of(in.camera)
		in.drawn = in.camera
	}
}

// value returns the depth value of the ray (x, y) at coordinate z of the side.
func (f side) value(x, y, z float64) float64 {
	if f.euclidean {
		return z * math.Sqrt(float64(x*x)+float64(y*y)+1)
	}
	switch f.turn {
	case ahead:
		return z
	case right:
		return z * -x
	case left:
		return z * x
	case down:
		return z * -y
	case up:
		return z * y
	}
	return -z
}
