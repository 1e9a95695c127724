package channels

import "zscope/depthcore/camera"

// rays holds the image-plane coordinates of the pixels' rays.
type rays struct{ x, y []float64 }

func newRays(in camera.Intrinsics) rays {
	r := rays{make([]float64, in.Width), make([]float64, in.Height)}
	for i := range r.x {
		r.x[i], _ = plane(in, float64(i)+0.5, 0.5)
	}
	for i := range r.y {
		_, r.y[i] = plane(in, 0.5, float64(i)+0.5)
	}
	return r
}

// at returns the coordinates of column x and row y.
func (r *rays) at(x, y int) (float64, float64) { return r.x[x], r.y[y] }

// plane returns the image-plane coordinates of an image point.
func plane(in camera.Intrinsics, u, v float64) (x, y float64) {
	o, d := in.CameraRay(u, v)
	if in.Model == camera.Orthographic {
		return o[0], -o[1]
	}
	return d[0], -d[1]
}
