package session

import (
	"context"
	"runtime/debug"
	"sync/atomic"
	"time"

	"zscope/depthcore/camera"
	"zscope/depthcore/raycast"
	"zscope/depthcore/scene"
	"zscope/viewer/model"
)

// preparing is what the stage makes ready while nothing can be cast.
type preparing struct {
	scene  *scene.Scene
	giveUp context.CancelFunc
}

// giveWayTo ends what is made ready of a scene that nobody looks at any more.
func (p *preparing) giveWayTo(s *scene.Scene) {
	if p.giveUp != nil && p.scene != s {
		p.giveUp()
	}
}

// prepare makes caster and pose ready for r. Large scenes are cast with coarse
// trees at first. Better ones take their place when they are there, which
// changes no pixel.
func (g *stage) prepare(ctx context.Context, r model.Request) (camera.View, error) {
	of := casterKey{r.Job.Scene, animationsText(r.Job.Animations), r.Job.Raycast}
	if g.caster == nil || g.of != of {
		g.makeCaster(of, r.Job.Animations)
	}
	if g.prepared != 0 && g.pose.Time == r.Time(r.Frame) {
		g.prepared = r.Serial // nothing but the camera has moved
	}
	if g.prepared != r.Serial {
		g.prepared = 0
		if err := g.prepareAt(ctx, r); err != nil {
			return camera.View{}, err
		}
		g.prepared = r.Serial
	}
	if r.Free != nil {
		return *r.Free, nil
	}
	view, err := r.Job.View(g.pose, r.Frame)
	if err != nil {
		return camera.View{}, err
	}
	return view, view.Check()
}

// prepareAt poses the scene and prepares the caster for that, unless another scene
// is wanted meanwhile.
func (g *stage) prepareAt(ctx context.Context, r model.Request) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g.mu.Lock()
	g.preparing = preparing{r.Job.Scene, cancel}
	if g.next != nil {
		g.preparing.giveWayTo(g.next.Job.Scene)
	}
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		g.preparing = preparing{}
		g.mu.Unlock()
	}()
	r.Job.Scene.Pose(g.pose, r.Time(r.Frame))
	return g.caster.Prepare(ctx, g.pose)
}

// makeCaster makes the caster of what is looked at now. That of other options
// keeps the trees.
func (g *stage) makeCaster(of casterKey, animations []int) {
	g.closeCaster()
	if g.caster != nil && g.of.scene == of.scene {
		g.caster = g.caster.Fork(of.options)
	} else {
		if g.caster != nil {
			// What the scene before took would be cleared away when as much
			// again is in use, which may be never. The first picture goes ahead.
			time.AfterFunc(time.Second, debug.FreeOSMemory)
		}
		g.cache.keepOnly(of.scene)
		g.haveTiming = false
		g.caster = raycast.New(of.scene, of.options)
	}
	g.caster.GoLive()
	g.caster.OnBuild(g.tellBuilding(g.caster))
	g.mu.Lock()
	g.trees = nil
	g.mu.Unlock()
	g.pose = of.scene.NewPose(animations)
	g.pose.Threads = of.options.Threads
	g.of, g.prepared = of, 0
}

func (g *stage) closeCaster() {
	if g.caster != nil {
		g.caster.Close()
	}
}

// tellBuilding returns what tells the model how far a scene's trees are, one
// percent after the other, and the stage when there are better ones.
func (g *stage) tellBuilding(c *raycast.Caster) func(raycast.Building) {
	var last atomic.Int64 // percent, and 1000 more in the background
	return func(b raycast.Building) {
		now := int64(100 * b.Share)
		if b.Beside {
			now += 1000
		}
		if last.Swap(now) != now {
			g.send(model.Prepared{Scene: c.Scene(), Share: b.Share, Beside: b.Beside})
		}
		g.mu.Lock()
		if g.trees = nil; b.Share == 1 {
			g.trees = c
		}
		g.mu.Unlock()
		if b.Beside && b.Share == 1 {
			g.mu.Lock()
			g.rebuilt = true
			g.mu.Unlock()
			g.rouse()
		}
	}
}

// treesOf returns the caster whose trees an export of a scene can use; nil
// where they are not there yet, since an export that builds some keeps the
// window waiting.
func (g *stage) treesOf(s *scene.Scene) *raycast.Caster {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.trees == nil || g.trees.Scene() != s {
		return nil
	}
	return g.trees
}

// takeTrees lets the caster take trees that were built meanwhile, and lets go
// of those that it has. Nothing is to be drawn for that.
func (g *stage) takeTrees(ctx context.Context) {
	if g.prepared != 0 && g.caster.Prepare(ctx, g.pose) != nil {
		g.prepared = 0
	}
}
