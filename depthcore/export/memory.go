package export

import (
	"fmt"

	"zscope/depthcore/channels"
	"zscope/depthcore/exr"
)

// memory returns the bytes that the frames on their way take at least.
func (p *plan) memory() int64 {
	maps := int64(p.lanes() + 2)
	planes := int64(1) // of a picture
	for _, c := range p.list {
		if c != channels.Z {
			planes += int64(len(c.Parts()))
		}
		if c == channels.Occlusion || c == channels.OcclusionForward || c == channels.OcclusionBackward {
			planes += 6 // where its points are, while it is made
		}
	}
	pictures := int64(1)
	if p.stereo() {
		pictures = 2
	}
	perPixel := 4 * maps * planes * pictures
	if !p.Job.plain() {
		perPixel += 8 // who is hit
	}
	for _, o := range p.outputs() {
		switch {
		case (o.format == EXR || o.format == NPZ) && p.Compression != exr.None:
			perPixel += 4 * (planes + 1) * int64(p.lanes()) // the blocks of all channels
		case o.format == Disparity || o.format == Distance || o.format == Mask:
			perPixel += 4 * int64(p.lanes())
		}
	}
	return perPixel * int64(p.Width) * int64(p.Height)
}

// checkMemory refuses frames that do not fit the memory there is: where it ends
// amid an allocation, the program does.
func (p *plan) checkMemory() error {
	most, why := memoryLimit()
	if need := p.memory(); need > most {
		return fmt.Errorf("frames of %dx%d take %.1f GB of memory or more, and %s is %.1f GB", p.Width, p.Height, float64(need)/1e9, why, float64(most)/1e9)
	}
	return nil
}
