package scene

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"
)

// FramingCameraName is the name of the camera that WithFramingCamera adds.
const FramingCameraName = "auto"

// WithFramingCamera returns s with a camera, and a node for it, that frames
// the whole scene as it stands at time t: from the front, a little from the
// right and from above. It is for files without a camera.
func (s *Scene) WithFramingCamera(t float64) *Scene {
	const (
		yfov   = 50 * math.Pi / 180
		aspect = 16.0 / 9
	)
	p := s.NewPose(nil)
	s.Pose(p, t)
	low, high := s.Bounds(p)
	centre, radius := low.Add(high).Mul(0.5), high.Sub(low).Len()/2
	if !(radius > 0) || math.IsInf(radius, 0) {
		centre, radius = mgl64.Vec3{}, 1
	}
	back := mgl64.Vec3{0.5, 0.4, 1}.Normalize()
	right := mgl64.Vec3{0, 1, 0}.Cross(back).Normalize()
	up := back.Cross(right)
	at := centre.Add(back.Mul(1.02 * radius / math.Sin(yfov/2)))

	c := *s
	c.Nodes = append(append([]Node{}, s.Nodes...), Node{
		Name: FramingCameraName, Parent: -1, HasMatrix: true,
		Matrix: mgl64.Mat4FromCols(right.Vec4(0), up.Vec4(0), back.Vec4(0), at.Vec4(1)),
	})
	c.Cameras = append(append([]Camera{}, s.Cameras...), Camera{
		Name: FramingCameraName, CameraName: FramingCameraName, Node: len(c.Nodes) - 1,
		YFov: yfov, Aspect: aspect, Near: radius / 1000,
	})
	return &c
}

// Bounds returns the corners of the box, along the world's axes, around all
// that is visible in a pose. Without any, low is +Inf and high -Inf.
func (s *Scene) Bounds(p *Pose) (low, high mgl64.Vec3) {
	inf := math.Inf(1)
	low, high = mgl64.Vec3{inf, inf, inf}, mgl64.Vec3{-inf, -inf, -inf}
	for i := range s.Instances {
		if p.Hidden[i] {
			continue
		}
		positions := p.Positions[i]
		if positions == nil {
			positions = s.Primitives[s.Instances[i].Primitive].Positions
		}
		for _, q := range positions {
			q = transform(&p.WorldFromObject[i], q)
			if math.IsNaN(q[0]+q[1]+q[2]) || math.IsInf(q[0]+q[1]+q[2], 0) {
				continue
			}
			for x := range q {
				low[x], high[x] = min(low[x], q[x]), max(high[x], q[x])
			}
		}
	}
	return low, high
}
