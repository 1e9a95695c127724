package session

import (
	"container/list"

	"zscope/depthcore/camera"
	"zscope/depthcore/raycast"
	"zscope/depthcore/scene"
	"zscope/viewer/model"
)

// lookKey says everything about a picture but its frame.
type lookKey struct {
	scene         *scene.Scene
	track         *camera.Track
	camera        int
	lens          camera.Override
	animations    string
	fps, offset   float64
	hasOffset     bool
	width, height int
	options       raycast.Options
	free          camera.View
}

func keyOf(r model.Request) lookKey {
	k := lookKey{
		scene: r.Job.Scene, track: r.Job.Track, camera: r.Job.Camera,
		animations: animationsText(r.Job.Animations), fps: r.Job.FPS,
		options: r.Job.Raycast, lens: r.Job.Lens,
	}
	if r.Job.Offset != nil {
		k.offset, k.hasOffset = *r.Job.Offset, true
	}
	if r.Free != nil {
		k.free, k.track, k.camera, k.lens = *r.Free, nil, 0, camera.Override{}
		return k
	}
	k.width, k.height = r.Job.Size()
	return k
}

// cache keeps exact pictures, the most recently used ones, within a bound of
// bytes. The stage's goroutine alone uses it.
type cache struct {
	limit, bytes int64
	recent       list.List // of *cached, the most recently used in front
	looks        map[lookKey]map[int]*list.Element
}

type cached struct {
	key     lookKey
	frame   int
	picture model.Picture
}

func newCache(limit int64) *cache {
	return &cache{limit: limit, looks: map[lookKey]map[int]*list.Element{}}
}

func size(p model.Picture) int64 { return int64(len(p.Map.Z)) * 4 }

func (c *cache) get(k lookKey, frame int) (model.Picture, bool) {
	e, ok := c.looks[k][frame]
	if !ok {
		return model.Picture{}, false
	}
	c.recent.MoveToFront(e)
	return e.Value.(*cached).picture, true
}

func (c *cache) put(k lookKey, frame int, p model.Picture) {
	if size(p) > c.limit {
		return
	}
	if e, ok := c.looks[k][frame]; ok {
		c.drop(e)
	}
	if c.looks[k] == nil {
		c.looks[k] = map[int]*list.Element{}
	}
	c.looks[k][frame] = c.recent.PushFront(&cached{k, frame, p})
	c.bytes += size(p)
	for c.bytes > c.limit {
		c.drop(c.recent.Back())
	}
}

func (c *cache) drop(e *list.Element) {
	v := c.recent.Remove(e).(*cached)
	c.bytes -= size(v.picture)
	delete(c.looks[v.key], v.frame)
	if len(c.looks[v.key]) == 0 {
		delete(c.looks, v.key)
	}
}

// keepOnly drops the pictures of every other scene.
func (c *cache) keepOnly(s *scene.Scene) {
	for e := c.recent.Front(); e != nil; {
		next := e.Next()
		if e.Value.(*cached).key.scene != s {
			c.drop(e)
		}
		e = next
	}
}

// frames says which frames from first to last are at hand.
func (c *cache) frames(k lookKey, first, last int) []bool {
	have := make([]bool, last-first+1)
	for frame := range c.looks[k] {
		if frame >= first && frame <= last {
			have[frame-first] = true
		}
	}
	return have
}
