package camera

import (
	"fmt"
	"math"

	"github.com/go-gl/mathgl/mgl64"
)

// Filled returns a track that has every frame from t's first to its last: those
// that t does not have lie between their neighbours, in proportion to the frame
// number. The camera's place, its intrinsics, lens, planes and time go straight from
// one to the other, its rotation along the shorter arc (slerp). Where the two
// neighbours are cameras of different names or models, the earlier one stays:
// between them is a cut, not a way; a change of the lens's model is one too.
//
// The frames that t has are kept as they are, bit for bit. The error is one of
// a track that would have more than limit frames.
func (t *Track) Filled(limit int) (*Track, error) {
	filled := &Track{Width: t.Width, Height: t.Height, FPS: t.FPS}
	if n := len(t.Frames); n > 0 && t.Frames[n-1].Frame-t.Frames[0].Frame >= limit {
		return nil, fmt.Errorf("the camera track would have more than %d frames", limit)
	}
	for i, f := range t.Frames {
		filled.Frames = append(filled.Frames, f)
		if i+1 == len(t.Frames) {
			break
		}
		next := t.Frames[i+1]
		for n := f.Frame + 1; n < next.Frame; n++ {
			filled.Frames = append(filled.Frames, between(f, next, n))
		}
	}
	return filled, nil
}

// between returns the camera at frame n between a and b.
func between(a, b TrackFrame, n int) TrackFrame {
	s := float64(n-a.Frame) / float64(b.Frame-a.Frame)
	mix := func(x, y float64) float64 { return x + (y-x)*s }
	f := a
	f.Frame, f.Time = n, mix(a.Time, b.Time)
	if a.Camera != b.Camera || a.View.Model != b.View.Model || a.View.Lens.Model != b.View.Lens.Model {
		return f
	}
	v, w := &f.View, &b.View
	v.Fx, v.Fy, v.Cx, v.Cy = mix(v.Fx, w.Fx), mix(v.Fy, w.Fy), mix(v.Cx, w.Cx), mix(v.Cy, w.Cy)
	for i, c := range w.Lens.Coefficients {
		v.Lens.Coefficients[i] = mix(v.Lens.Coefficients[i], c)
	}
	if v.Near, v.Far = mix(v.Near, w.Near), mix(v.Far, w.Far); math.IsNaN(v.Far) || a.View.Far == 0 || b.View.Far == 0 {
		v.Far = a.View.Far // none, or no middle between it and none
	}
	poseA, poseB := a.View.WorldFromCamera(), w.WorldFromCamera()
	p, q := mgl64.Mat4ToQuat(poseA).Normalize(), mgl64.Mat4ToQuat(poseB).Normalize()
	if p.Dot(q) < 0 {
		q = q.Scale(-1)
	}
	pose := mgl64.QuatSlerp(p, q, s).Normalize().Mat4()
	at := poseA.Col(3).Mul(1 - s).Add(poseB.Col(3).Mul(s))
	pose.SetCol(3, mgl64.Vec4{at[0], at[1], at[2], 1})
	if inverse, ok := AffineInverse(pose); ok {
		v.CameraFromWorld = inverse
	}
	return f
}
