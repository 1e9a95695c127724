package raycast

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
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

// Face is a triangle as the camera sees it. It is made by Surfaces.Face and kept
// for the neighbouring pixels that show the same one.
type Face struct {
	Corners  [3]mgl64.Vec3
	Normal   mgl64.Vec3 // of length 1, to the side that is the front by the order of the corners
	Mirrored bool       // the instance's transform turns front and back around

	model  camera.Model
	t      triangle
	normal mgl64.Vec3 // as long as the triangle is large
	square float64    // its length squared
}

// Face sets f to a triangle of an instance. It reports whether there is one that
// a ray can meet: false where the instance is hidden.
func (s *Surfaces) Face(f *Face, instance int32, tri uint32) bool {
	in := s.instances[instance]
	if in == nil {
		return false
	}
	f.Corners, f.Mirrored, f.model = in.corners(int(tri)), in.mirrored, s.model
	if !f.t.setup(&f.Corners, s.model) {
		return false
	}
	f.normal = cross(f.Corners[1].Sub(f.Corners[0]), f.Corners[2].Sub(f.Corners[0]))
	f.square = f.normal.Dot(f.normal)
	// Scaled first, for the square of a tiny triangle's may be 0.
	n := f.normal.Mul(1 / max(math.Abs(f.normal[0]), math.Abs(f.normal[1]), math.Abs(f.normal[2])))
	f.Normal = n.Mul(1 / n.Len())
	if in.mirrored {
		f.Normal = f.Normal.Mul(-1)
	}
	return true
}

// Z returns the depth at which the ray (x, y) meets the face's plane: rounded to
// float32 it is that of the map for a pixel that shows the face.
func (f *Face) Z(x, y float64) float64 {
	return min(max(f.t.num.at(x, y)/f.t.den.at(x, y), f.t.near), f.t.far)
}

// Back reports whether the ray (x, y) meets the face from behind.
func (f *Face) Back(x, y float64) bool { return f.t.den.at(x, y) > 0 != f.Mirrored }

// Point returns the point of the ray (x, y) at depth z.
func (s *Surfaces) Point(x, y, z float64) mgl64.Vec3 {
	if s.model == camera.Orthographic {
		return mgl64.Vec3{x, y, z}
	}
	return mgl64.Vec3{x * z, y * z, z}
}

// Weights returns the barycentric weights of the face's second and third corner
// at a point of it. They are measured from the first corner, so that a small
// triangle far away keeps its digits.
func (f *Face) Weights(p mgl64.Vec3) (b1, b2 float64) {
	if f.square == 0 || math.IsInf(f.square, 0) {
		return f.t.weights(p[0]/p[2], p[1]/p[2])
	}
	a, b, d := f.Corners[1].Sub(f.Corners[0]), f.Corners[2].Sub(f.Corners[0]), p.Sub(f.Corners[0])
	return cross(d, b).Dot(f.normal) / f.square, cross(a, d).Dot(f.normal) / f.square
}

// At returns the point of the face with the given weights of its second and
// third corner.
func (f *Face) At(b1, b2 float64) mgl64.Vec3 {
	p := f.Corners[0]
	for k := range p {
		p[k] += float64(b1*(f.Corners[1][k]-f.Corners[0][k])) + float64(b2*(f.Corners[2][k]-f.Corners[0][k]))
	}
	return p
}
