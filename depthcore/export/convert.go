package export

import (
	"slices"

	"zscope/depthcore/channels"
	"zscope/depthcore/depth"
)

// What profiles store in the place of Z.

// disparities returns the channel of that name with +Inf where there is no
// surface, as Middlebury has it.
func (p *picture) disparities(out []float32) []float32 {
	out = append(out[:0], p.parts(channels.Disparity)[0].Float...)
	for i, d := range out {
		if d == 0 {
			out[i] = depth.Empty()
		}
	}
	return out
}

// distances returns the Euclidean distance along each pixel's ray, computed in
// float64 from the map's Z and rounded once, the job's
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
