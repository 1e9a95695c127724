package export

import (
	"context"
	"fmt"

	"zscope/depthcore/camera"
	"zscope/depthcore/channels"
	"zscope/depthcore/depth"
	"zscope/depthcore/raycast"
	"zscope/depthcore/scene"
)

// picture is what one camera sees in a frame.
type picture struct {
	view   camera.View
	depth  *depth.Map // until it is encoded, or verified
	planes []channels.Plane
}

// raster is the memory of a frame's pictures.
type raster struct {
	depth  depth.Map
	planes []channels.Plane
	right  *raster // nil without a stereo pair
}

// newRaster returns memory for a frame of the plan.
func (p *plan) newRaster() *raster {
	r := &raster{}
	if p.stereo() {
		r.right = &raster{}
	}
	return r
}

// painter is a source that also makes channels other than z and the right
// picture of a stereo pair.
type painter interface {
	// paint fills r and returns the left camera.
	paint(ctx context.Context, frame int, time float64, r *raster) (camera.View, error)
}

// easel is what a caster needs for channels. It keeps the scene as posed in a
// few frames, so that flow between frames poses each only once.
type easel struct {
	maker *channels.Maker
	slots []*slot
	hits  raycast.Hits
}

// slot is the scene in one frame.
type slot struct {
	frame  int
	full   bool
	pose   *scene.Pose
	caster *raycast.Caster
}

// neighbours returns the frames beside one that flow needs.
func (p *plan) neighbours(frame int) (list []int) {
	for _, step := range []int{-1, 1} {
		for _, c := range p.list {
			if c.Step() == step {
				list = append(list, frame+step)
				break
			}
		}
	}
	return list
}

// at returns the scene in a frame; the frames of keep stay at hand.
func (c *caster) at(ctx context.Context, frame int, keep []int) (*slot, error) {
	e := &c.easel
	var free *slot
	for _, s := range e.slots {
		if s.full && s.frame == frame {
			return s, nil
		}
		wanted := false
		for _, n := range keep {
			wanted = wanted || s.full && s.frame == n
		}
		if !wanted {
			free = s
		}
	}
	if free == nil {
		free = &slot{pose: c.pose, caster: c.caster}
		if len(e.slots) > 0 {
			free.pose, free.caster = c.plan.Scene.NewPose(c.plan.Animations), c.caster.Fork(c.plan.Raycast)
			free.pose.Threads = c.plan.Raycast.Threads
		}
		e.slots = append(e.slots, free)
	}
	free.full = false
	c.plan.Scene.Pose(free.pose, c.plan.timeAt(c.plan.timeline, frame))
	if err := free.caster.Prepare(ctx, free.pose); err != nil {
		return nil, err
	}
	free.frame, free.full = frame, true
	return free, nil
}

func (c *caster) paint(ctx context.Context, frame int, _ float64, r *raster) (camera.View, error) {
	p := c.plan
	if c.easel.maker == nil {
		c.easel.maker = channels.NewMaker(p.Scene, p.list, p.threads)
	}
	beside := p.neighbours(frame)
	keep := append([]int{frame}, beside...)
	now, err := c.at(ctx, frame, keep)
	if err != nil {
		return camera.View{}, err
	}
	view, err := p.View(now.pose, frame)
	if err != nil {
		return view, err
	}
	c.posed = now.pose
	pictures := []struct {
		r     *raster
		right bool
	}{{r, false}}
	if r.right != nil {
		pictures = append(pictures, struct {
			r     *raster
			right bool
		}{r.right, true})
	}
	for _, pic := range pictures {
		eye := func(v camera.View) camera.View {
			if pic.right {
				return v.Beside(p.Baseline)
			}
			return v
		}
		f := channels.Frame{Look: channels.Look{Pose: now.pose, Caster: now.caster, View: eye(view)}, Depth: &pic.r.depth, Hits: &c.easel.hits,
			Baseline: p.Baseline, Right: pic.right, Background: depth.Empty()}
		for _, n := range beside {
			if p.Track != nil {
				if _, ok := p.Track.At(n); !ok {
					continue
				}
			}
			s, err := c.at(ctx, n, keep)
			if err != nil {
				return view, fmt.Errorf("frame %d beside it: %w", n, err)
			}
			v, err := p.View(s.pose, n)
			if err != nil {
				return view, fmt.Errorf("frame %d beside it: %w", n, err)
			}
			look := &channels.Look{Pose: s.pose, Caster: s.caster, View: eye(v)}
			if n < frame {
				f.Before = look
			} else {
				f.After = look
			}
		}
		if err := now.caster.CastHits(ctx, f.View, f.Depth, f.Hits, nil); err != nil {
			return view, err
		}
		if pic.r.planes, err = c.easel.maker.Make(ctx, &f, pic.r.planes); err != nil {
			return view, err
		}
	}
	return view, nil
}
