package raycast

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
	"zscope/depthcore/scene"
)

// Surfaces measures, in float64, the places that a cast has found. Points and
// vectors are in camera space with X right, Y down and Z forward; (x, y) are a
// ray's image-plane coordinates, as camera.Intrinsics.CameraRay has them but for
// the sign of y.
type Surfaces struct {
	model     camera.Model
	instances []*instance // the scene's, nil where hidden
}

// Surfaces returns what measures the scene as last prepared, seen by v. It holds
// until the pose changes and may be used by several goroutines.
func (c *Caster) Surfaces(v camera.View) *Surfaces {
	s := &Surfaces{model: v.Model, instances: make([]*instance, len(c.scene.Instances))}
	for i, hidden := range c.pose.Hidden {
		if !hidden {
			s.instances[i] = instanceOf(c, c.pose, v, i)
		}
	}
	return s
}

// Corners returns the corners of a triangle of an instance. ok is false where
// the instance is hidden.
func (s *Surfaces) Corners(instance int32, tri uint32) (p [3]mgl64.Vec3, ok bool) {
	in := s.instances[instance]
	if in == nil {
		return p, false
	}
	return in.corners(int(tri)), true
}

// Face is a triangle as the camera sees it, set by Surfaces.Face and kept for
// the neighbouring pixels that show the same one.
type Face struct {
	Corners [3]mgl64.Vec3
	// Normal has length 1 and points to the front of the triangle, which is the
	// side that its corners go round counter-clockwise, or the other one under a
	// transform that mirrors.
	Normal mgl64.Vec3

	model  camera.Model
	t      triangle
	normal mgl64.Vec3 // as long as the triangle is large
	square float64    // its length squared
}

// Face sets f to a triangle that a cast has found.
func (s *Surfaces) Face(f *Face, instance int32, tri uint32) {
	in := s.instances[instance]
	f.Corners, f.model = in.corners(int(tri)), s.model
	f.t.setup(&f.Corners, s.model)
	f.normal = cross(f.Corners[1].Sub(f.Corners[0]), f.Corners[2].Sub(f.Corners[0]))
	f.square = dot(f.normal, f.normal)
	f.Normal = scene.Direction(f.normal)
	if in.mirrored {
		f.Normal = f.Normal.Mul(-1)
	}
}

// Z returns the depth at which the ray (x, y) meets the face's plane: rounded to
// float32 it is that of the map for a pixel that shows the face.
func (f *Face) Z(x, y float64) float64 {
	return min(max(f.t.num.at(x, y)/f.t.den.at(x, y), f.t.near), f.t.far)
}

// Point returns the point of the ray (x, y) at depth z.
func (s *Surfaces) Point(x, y, z float64) mgl64.Vec3 {
	if s.model == camera.Orthographic {
		return mgl64.Vec3{x, y, z}
	}
	return mgl64.Vec3{float64(x * z), float64(y * z), z}
}

// Weights returns the barycentric weights of the face's second and third corner
// at a point of it. They are measured from the first corner, so that a small
// triangle far away keeps its digits.
func (f *Face) Weights(p mgl64.Vec3) (b1, b2 float64) {
	if f.square == 0 || math.IsInf(f.square, 0) {
		x, y := p[0], p[1]
		if f.model == camera.Perspective {
			x, y = x/p[2], y/p[2]
		}
		return f.t.weights(x, y)
	}
	a, b, d := f.Corners[1].Sub(f.Corners[0]), f.Corners[2].Sub(f.Corners[0]), p.Sub(f.Corners[0])
	return dot(cross(d, b), f.normal) / f.square, dot(cross(a, d), f.normal) / f.square
}

func dot(a, b mgl64.Vec3) float64 {
	return float64(a[0]*b[0]) + float64(a[1]*b[1]) + float64(a[2]*b[2])
}

// Carry returns the point of a triangle with the given weights of its second and
// third corner.
func Carry(corners *[3]mgl64.Vec3, b1, b2 float64) mgl64.Vec3 {
	p := corners[0]
	for k := range p {
		p[k] += float64(b1*(corners[1][k]-corners[0][k])) + float64(b2*(corners[2][k]-corners[0][k]))
	}
	return p
}
