// Package camera turns pixels into rays and rays into pixels.
//
// Camera space has glTF's axes: x right, y up, the camera looks along -z. So
// the planar depth of a camera-space point P is Z = -P.z.
//
// Continuous image coordinates (u, v) have their origin at the top left
// corner of the image, u to the right and v down. The centre of pixel (i, j)
// is (i+0.5, j+0.5), and a centred principal point is cx = W/2, cy = H/2.
// OpenCV puts its origin at the centre of the top left pixel instead: there
// the same point is cx = W/2 - 0.5.
package camera

import (
	"errors"
	"fmt"
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/depth"
)

// Model says how rays leave a camera.
type Model int

const (
	// Perspective rays share the camera's centre.
	Perspective Model = iota
	// Orthographic rays are parallel to the optical axis.
	Orthographic
)

func (m Model) String() string {
	if m == Orthographic {
		return "orthographic"
	}
	return "perspective"
}

// Intrinsics maps camera space to pixels. With X right, Y down and Z forward
// in the scene's unit, a perspective camera sees the point at
// u = Fx*X/Z + Cx, v = Fy*Y/Z + Cy; an orthographic one at u = Fx*X + Cx,
// v = Fy*Y + Cy, so that its Fx and Fy are pixels per unit. Cx and Cy count
// from the image's top left corner. Lens, whose zero value is the pinhole, says
// what takes the place of X/Z and Y/Z.
type Intrinsics struct {
	Width, Height  int
	Model          Model
	Fx, Fy, Cx, Cy float64
	Lens           Lens
}

// Check reports what makes in unusable.
func (in Intrinsics) Check() error {
	if err := depth.CheckSize(in.Width, in.Height); err != nil {
		return err
	}
	for _, f := range []struct {
		name  string
		value float64
	}{{"fx", in.Fx}, {"fy", in.Fy}} {
		if !(f.value > 0) || math.IsInf(f.value, 0) {
			return fmt.Errorf("%s is %g: it must be positive and finite", f.name, f.value)
		}
	}
	if !finite(in.Cx) || !finite(in.Cy) {
		return fmt.Errorf("the principal point (%g, %g) is not finite", in.Cx, in.Cy)
	}
	if in.Model != Perspective && !in.Lens.IsPinhole() {
		return fmt.Errorf("an %s camera has no lens, but it has %s", in.Model, in.Lens.Model)
	}
	return in.Lens.check()
}

// Resized returns the intrinsics of the same camera at w x h pixels: the
// image plane keeps its size, so pixels are square afterwards only where w/h
// has the shape of Width/Height.
func (in Intrinsics) Resized(w, h int) Intrinsics {
	if w == in.Width && h == in.Height {
		return in
	}
	sx, sy := float64(w)/float64(in.Width), float64(h)/float64(in.Height)
	in.Width, in.Height = w, h
	in.Fx, in.Cx = in.Fx*sx, in.Cx*sx
	in.Fy, in.Cy = in.Fy*sy, in.Cy*sy
	return in
}

// Override replaces intrinsics one by one; nil keeps the camera's own. They
// are for the picture as it is cast, with the corner origin.
type Override struct {
	Fx, Fy, Cx, Cy *float64
	Lens           *Lens
}

// Apply returns in with what o replaces. A camera that gets a panorama's lens
// sees all directions unless o says otherwise.
func (o Override) Apply(in Intrinsics) Intrinsics {
	if o.Lens != nil {
		if o.Lens.Euclidean() && !in.Lens.Euclidean() {
			whole := WholeSphere(in.Width, in.Height)
			in.Fx, in.Fy, in.Cx, in.Cy = whole.Fx, whole.Fy, whole.Cx, whole.Cy
		}
		in.Lens = *o.Lens
	}
	for _, x := range []struct{ from, to *float64 }{{o.Fx, &in.Fx}, {o.Fy, &in.Fy}, {o.Cx, &in.Cx}, {o.Cy, &in.Cy}} {
		if x.from != nil {
			*x.to = *x.from
		}
	}
	return in
}

// OverrideAll replaces all by those of in.
func OverrideAll(in Intrinsics) Override { return Override{&in.Fx, &in.Fy, &in.Cx, &in.Cy, &in.Lens} }

// Scaled returns o for a picture sx times as wide and sy times as high.
func (o Override) Scaled(sx, sy float64) Override {
	scaled := func(x *float64, s float64) *float64 {
		if x == nil {
			return nil
		}
		y := *x * s
		return &y
	}
	return Override{scaled(o.Fx, sx), scaled(o.Fy, sy), scaled(o.Cx, sx), scaled(o.Cy, sy), o.Lens}
}

// View is a camera in the world: what it takes to say which ray belongs to a
// pixel. CameraFromWorld is affine (last row 0 0 0 1). It is a rigid motion
// unless the camera hangs under a sheared parent, see FromNode.
type View struct {
	Intrinsics
	CameraFromWorld mgl64.Mat4
	// Near and Far are the clipping planes on Z, used only where clipping is
	// asked for. Far 0 means none.
	Near, Far float64
}

// FromNode returns CameraFromWorld of a camera whose node has the given
// transform. The node's scale is taken out: the columns of its world rotation
// are normalised before the inverse is taken, so that a scaled rig does not
// change depth.
func FromNode(worldFromNode mgl64.Mat4) (mgl64.Mat4, error) {
	m := worldFromNode
	for c := 0; c < 3; c++ {
		v := m.Col(c).Vec3()
		n := math.Sqrt(dot(v, v))
		if !(n > 0) || !finite(n) {
			return mgl64.Mat4{}, errors.New("the camera's axes have no length or are not finite")
		}
		for r := 0; r < 3; r++ {
			m.Set(r, c, v[r]/n)
		}
		if !finite(m.At(c, 3)) {
			return mgl64.Mat4{}, errors.New("the camera's position is not finite")
		}
	}
	m.SetRow(3, mgl64.Vec4{0, 0, 0, 1})
	inv, ok := AffineInverse(m)
	if !ok {
		return mgl64.Mat4{}, errors.New("the camera's axes lie in one plane")
	}
	return inv, nil
}

// AffineInverse inverts an affine matrix by the adjugate of its upper 3x3.
// ok is false where that has no inverse.
func AffineInverse(m mgl64.Mat4) (inv mgl64.Mat4, ok bool) {
	a, b, c := m.Col(0).Vec3(), m.Col(1).Vec3(), m.Col(2).Vec3()
	r0, r1, r2 := cross(b, c), cross(c, a), cross(a, b)
	det := dot(a, r0)
	if det == 0 || !finite(det) || !finite(1/det) {
		return mgl64.Mat4{}, false
	}
	inv = mgl64.Ident4()
	t := m.Col(3).Vec3()
	for i, r := range []mgl64.Vec3{r0, r1, r2} {
		r = r.Mul(1 / det)
		inv.SetRow(i, mgl64.Vec4{r[0], r[1], r[2], -dot(r, t)})
	}
	return inv, true
}

// The products below are pinned: float64(a*b) keeps a compiler from fusing the
// multiplication with an addition, so that every machine gets the same bits.

func dot(a, b mgl64.Vec3) float64 {
	return float64(a[0]*b[0]) + float64(a[1]*b[1]) + float64(a[2]*b[2])
}

func cross(a, b mgl64.Vec3) mgl64.Vec3 {
	return mgl64.Vec3{
		float64(a[1]*b[2]) - float64(a[2]*b[1]),
		float64(a[2]*b[0]) - float64(a[0]*b[2]),
		float64(a[0]*b[1]) - float64(a[1]*b[0]),
	}
}

// WorldFromCamera returns the camera's pose, the inverse of CameraFromWorld.
func (v View) WorldFromCamera() mgl64.Mat4 {
	m, ok := AffineInverse(v.CameraFromWorld)
	if !ok {
		return mgl64.Ident4()
	}
	return m
}

// Check reports what makes v unusable.
func (v View) Check() error {
	if err := v.Intrinsics.Check(); err != nil {
		return err
	}
	for _, x := range v.CameraFromWorld {
		if !finite(x) {
			return errors.New("the camera's pose is not finite")
		}
	}
	if _, ok := AffineInverse(v.CameraFromWorld); !ok {
		return errors.New("the camera's pose has no inverse")
	}
	return nil
}

// CameraRay returns the ray through image point (u, v) in camera space. Its
// direction has unit depth: z = -1, so that the parameter t of a point
// origin + t*dir is the point's planar Z, or unit length for a panorama, whose
// depth is the distance. It is not a number where the lens has no ray there.
//
// For many rays of one lens, Rays does it faster.
func (in Intrinsics) CameraRay(u, v float64) (origin, dir mgl64.Vec3) {
	if in.Model == Orthographic {
		return mgl64.Vec3{(u - in.Cx) / in.Fx, -(v - in.Cy) / in.Fy, 0}, mgl64.Vec3{0, 0, -1}
	}
	r := in.Rays()
	d, ok := r.Ray(u, v)
	if !ok {
		return mgl64.Vec3{}, mgl64.Vec3{math.NaN(), math.NaN(), math.NaN()}
	}
	return mgl64.Vec3{}, mgl64.Vec3{d[0], -d[1], -d[2]}
}

// CameraPoint returns the camera-space point at depth z behind image point
// (u, v).
func (in Intrinsics) CameraPoint(u, v, z float64) mgl64.Vec3 {
	o, d := in.CameraRay(u, v)
	return o.Add(d.Mul(z))
}

// Project returns the image point and the depth of a camera-space point. For
// a perspective camera, but for a fisheye and a panorama, u and v mean nothing
// where z <= 0. They are not numbers beyond the fold of a lens.
//
// For many points of one lens, Rays does it faster.
func (in Intrinsics) Project(p mgl64.Vec3) (u, v, z float64) {
	r := in.Rays()
	return r.Project(p)
}

// Ray returns the ray through image point (u, v) in world space. As for
// CameraRay, its parameter is Z.
func (v View) Ray(u, w float64) (origin, dir mgl64.Vec3) {
	o, d := v.CameraRay(u, w)
	m := v.WorldFromCamera()
	return mgl64.TransformCoordinate(o, m), m.Mat3().Mul3x1(d)
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
