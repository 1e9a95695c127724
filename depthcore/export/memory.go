package export

import (
	"fmt"

	"zscope/depthcore/exr"
)

// memory returns the bytes that the frames on their way take at least.
func (p *plan) memory() int64 {
	maps := int64(p.lanes() + 2)
	perPixel := 4 * maps
	for _, f := range p.Formats {
		switch {
		case f == EXR && p.Compression != exr.None:
			perPixel += 8 * int64(p.lanes()) // the blocks of two channels
		case f == Disparity || f == Distance:
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
