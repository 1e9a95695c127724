package channels

import (
	"math"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/camera"
)

// rays holds the image-plane coordinates of the pixels' rays: by column and row,
// or found one by one where a lens bends them.
type rays struct {
	x, y []float64
	lens *camera.Rays
}

func newRays(in camera.Intrinsics) rays {
	if !in.Lens.IsPinhole() {
		lens := in.Rays()
		return rays{lens: &lens}
	}
	r := rays{x: make([]float64, in.Width), y: make([]float64, in.Height)}
	for i := range r.x {
		r.x[i] = (float64(i) + 0.5 - in.Cx) / in.Fx
	}
	for i := range r.y {
		r.y[i] = (float64(i) + 0.5 - in.Cy) / in.Fy
	}
	return r
}

// at returns the coordinates of column x and row y, which sees a surface.
func (r *rays) at(x, y int) (float64, float64) {
	if r.lens != nil {
		d, _ := r.lens.Ray(float64(x)+0.5, float64(y)+0.5)
		return d[0], d[1]
	}
	return r.x[x], r.y[y]
}

// sees returns the image point of a point in front of a camera. ok is false
// where the lens, whose rays are given, has none to it: beyond its fold.
func sees(in *camera.Intrinsics, lens *camera.Rays, at mgl64.Vec3) (u, v float64, ok bool) {
	at = mgl64.Vec3{at[0], -at[1], -at[2]}
	if in.Lens.IsPinhole() {
		u, v, _ = in.Project(at)
		return u, v, true
	}
	u, v, _ = lens.Project(at)
	return u, v, !math.IsNaN(u)
}
