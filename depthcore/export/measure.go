package export

import (
	"context"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"zscope/depthcore/camera"
	"zscope/depthcore/channels"
	"zscope/depthcore/depth"
)

// Cost is what the files of one frame take.
type Cost struct {
	Bytes int64
	// Write is the time to encode them, to have them on the disk, and to read
	// them back where the job verifies. Casting comes on top.
	Write time.Duration
}

// Measure writes a depth map as a frame of the job, seen by v, into a folder of
// its own that is gone afterwards, and says what that took. The map may be of
// another size than the job's pictures.
func Measure(ctx context.Context, j Job, number int, v camera.View, m *depth.Map) (c Cost, err error) {
	dir, err := os.MkdirTemp("", "zscope-measure-*")
	if err != nil {
		return c, reason(err)
	}
	defer os.RemoveAll(dir)
	j.Dir, j.Width, j.Height, j.Shard, j.Resume = dir, m.Width, m.Height, Shard{}, false
	inner, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := &run{plan: newPlan(j), stop: stop}
	f := &frame{number: number, time: j.Time(number), camera: j.cameraName(number), picture: r.likeness(v, m)}
	if j.stereo() {
		right := r.likeness(v.Beside(j.Baseline), m)
		f.right = &right
	}
	start := time.Now()
	r.encodeOne(inner, f, &encoders{})
	defer f.discard()
	switch {
	case ctx.Err() != nil:
		return c, context.Cause(ctx)
	case f.err != nil:
		return c, f.err
	case f.broken != nil:
		return c, f.broken
	}
	for _, p := range f.parts {
		if err := p.close(); err != nil {
			return c, err
		}
		c.Bytes += p.bytes
	}
	if j.Verify {
		err = r.verify(f)
	}
	c.Write = time.Since(start)
	return c, err
}

// likeness returns a picture of a depth map whose channels compress about as
// well: numbers of depth's digits for those that are no whole numbers, and as
// many ids as there are depths.
func (p *plan) likeness(v camera.View, m *depth.Map) picture {
	pic := picture{view: v, depth: &depth.Map{Width: m.Width, Height: m.Height, Z: slices.Clone(m.Z)}}
	for _, c := range p.list {
		if c == channels.Z {
			continue
		}
		for k, name := range c.Parts() {
			plane := channels.Plane{Name: name}
			if c.Whole() {
				plane.UInt = make([]uint32, len(m.Z))
				for i, z := range m.Z {
					switch seen := depth.IsHit(z); {
					case !strings.HasPrefix(name, string(channels.Occlusion)) && seen:
						plane.UInt[i] = math.Float32bits(z) >> 20
					case !seen:
						plane.UInt[i] = channels.Nowhere
					}
				}
			} else {
				plane.Float = make([]float32, len(m.Z))
				for i, z := range m.Z {
					plane.Float[i] = z * float32(k+2) / 3
				}
			}
			pic.planes = append(pic.planes, plane)
		}
	}
	return pic
}

// FileNames returns the names of the first and the last frame's first file,
// below the job's folder.
func (j Job) FileNames() (first, last string) {
	p := newPlan(j)
	outputs := p.outputs()
	if len(p.frames) == 0 || len(outputs) == 0 {
		return "", ""
	}
	name := func(n int) string { return p.depthName(p.shotOf(n, p.timeAt(p.timeline, n)), outputs[0]) }
	return name(p.frames[0]), name(p.frames[len(p.frames)-1])
}
