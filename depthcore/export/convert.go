package export

import (
	"slices"

	"zscope/depthcore/depth"
)

// What profiles store in the place of Z. Both are computed in float64 from the
// map's Z and rounded once.

// disparities returns how many pixels further to the left the right camera of
// a rectified stereo pair sees each pixel's surface, +Inf where there is none.
func (p *plan) disparities(out []float32, f *frame) []float32 {
	out = slices.Grow(out[:0], len(f.depth.Z))
	for _, z := range f.depth.Z {
		d := depth.Empty()
		if depth.IsHit(z) {
			d = float32(f.view.Fx * p.Baseline / float64(z))
		}
		out = append(out, d)
	}
	return out
}

// distances returns the Euclidean distance along each pixel's ray, the job's
// background where there is no surface.
func (p *plan) distances(out []float32, f *frame) []float32 {
	out = slices.Grow(out[:0], len(f.depth.Z))
	for i, z := range f.depth.Z {
		d := p.Background
		if depth.IsHit(z) {
			_, ray := f.view.CameraRay(float64(i%f.depth.Width)+0.5, float64(i/f.depth.Width)+0.5)
			d = float32(ray.Len() * float64(z))
		}
		out = append(out, d)
	}
	return out
}
