package session

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/go-gl/mathgl/mgl64"

	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
	"zscope/depthcore/raycast"
	"zscope/depthcore/scene"
	"zscope/viewer/model"
)

// stage turns requests into pictures, one at a time on its own goroutine.
type stage struct {
	send    func(model.Msg)
	sendAll func([]model.Msg) // nil: one by one
	cache   *cache

	mu     sync.Mutex
	next   *model.Request // the newest that nobody works on yet
	ask    *model.Probe   // likewise
	find   *model.FindObject
	plan   *survey     // to do when there is nothing else
	pins   []model.Pin // to tell the depth of
	retold bool        // the pins have changed since the cache was told of
	// surveying says that what giveUp would end is a survey's.
	surveying bool
	giveUp    context.CancelFunc
	preparing preparing
	rebuilt   bool            // there are better trees than those that are cast
	trees     *raycast.Caster // that is cast, once all its trees are there; nil before
	wake      chan struct{}
	drawn     chan struct{} // filled when the picture that was sent last is on the screen

	// Of the stage's goroutine alone.
	caster     *raycast.Caster
	of         casterKey
	pose       *scene.Pose
	painter    colormap.Painter // measures
	curves     curves           // of the pins
	riding     riding
	last       model.Request // what was asked for last
	prepared   int           // serial of the request that caster and pose are ready for
	perPixel   time.Duration // that the last full cast took, in ns * 1000
	haveTiming bool
}

// casterKey says what a caster and its pose were made for.
type casterKey struct {
	scene      *scene.Scene
	animations string
	options    raycast.Options
}

func newStage(send func(model.Msg), cacheBytes int64) *stage {
	return &stage{send: send, cache: newCache(cacheBytes), wake: make(chan struct{}, 1), drawn: make(chan struct{}, 1)}
}

// request makes r the next picture and gives up the full-size cast that runs.
func (g *stage) request(r model.Request) {
	g.mu.Lock()
	g.next, g.ask, g.find = &r, nil, nil
	if g.giveUp != nil {
		g.giveUp()
	}
	g.preparing.giveWayTo(r.Job.Scene)
	g.mu.Unlock()
	g.rouse()
}

func (g *stage) probe(p model.Probe) {
	g.mu.Lock()
	g.ask = &p
	if g.surveying {
		g.giveUp()
	}
	g.mu.Unlock()
	g.rouse()
}

// survey is a pass over frames, to learn their range and have them at hand.
type survey struct {
	serial    int
	request   model.Request
	next      int // frame
	first     int
	last      int
	near, far float64
	told      time.Time
	spreads   []*colormap.Spread // of the frames that were measured
	hits      []int
}

// survey makes a pass over frames what is done when nothing else is asked for,
// in place of the one before.
func (g *stage) survey(cmd model.StartSurvey) {
	g.mu.Lock()
	g.plan = &survey{serial: cmd.Serial, request: cmd.Request, next: cmd.First, first: cmd.First, last: cmd.Last}
	if cmd.Last < cmd.First {
		g.plan = nil
	}
	g.mu.Unlock()
	g.rouse()
}

// trace tells the depth of other pixels from now on.
func (g *stage) trace(pins []model.Pin) {
	g.mu.Lock()
	g.pins, g.retold = pins, true
	g.mu.Unlock()
	g.rouse()
}

func (g *stage) rouse() {
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

// run works until ctx ends.
func (g *stage) run(ctx context.Context) {
	defer g.closeCaster()
	for {
		select {
		case <-ctx.Done():
			return
		case <-g.wake:
		}
		for ctx.Err() == nil {
			g.mu.Lock()
			r, p, o, plan, retell, rebuilt := g.next, g.ask, g.find, g.plan, g.retold, g.rebuilt
			g.next, g.retold, g.rebuilt = nil, false, false
			if r == nil {
				g.ask, g.find = nil, nil
			}
			g.mu.Unlock()
			if retell && g.last.Job.Scene != nil {
				g.tellCache(g.last, keyOf(g.last))
			}
			if rebuilt {
				g.takeTrees(ctx)
			}
			if r != nil {
				g.render(ctx, *r)
			} else if p != nil || o != nil {
				if p != nil {
					g.answer(ctx, *p)
				}
				if o != nil {
					g.answerObject(ctx, *o)
				}
			} else if plan != nil {
				g.measureNext(ctx, plan)
			} else {
				break
			}
		}
	}
}

// waiting reports whether a newer request is there.
func (g *stage) waiting() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.next != nil
}

func (g *stage) render(ctx context.Context, r model.Request) {
	if err := g.tryRender(ctx, r); err != nil && ctx.Err() == nil && !g.waiting() {
		g.send(model.RenderFailed{Serial: r.Serial, Err: err})
	}
}

const (
	coarseFrom   = 40 * time.Millisecond // a cast that takes longer gets a coarse picture first
	coarseTarget = 12 * time.Millisecond
	maxCoarse    = 10 // picture pixels a coarse one, along each side
)

func (g *stage) tryRender(ctx context.Context, r model.Request) (err error) {
	defer catch(&err, fmt.Sprintf("frame %d", r.Frame))
	g.last = r
	key := keyOf(r)
	if p, ok := g.cache.get(key, r.Frame); ok {
		p.Serial, p.Took, p.Riders = r.Serial, 0, g.riders(r)
		g.together(g.cacheKnown(r, key), model.Rendered{Picture: p})
		return nil
	}
	view, err := g.prepare(ctx, r)
	if err != nil {
		return err
	}
	p := model.Picture{Serial: r.Serial, Frame: r.Frame, Time: g.pose.Time, View: view, Riders: g.riders(r)}

	// A coarse picture, where the full one will take its time.
	pixels := view.Width * view.Height
	n := g.coarseness(pixels, r.Soon)
	coarse := n > 1 && g.haveTiming
	if n > 1 {
		reduced := view
		reduced.Intrinsics = view.Intrinsics.Resized((view.Width+n-1)/n, (view.Height+n-1)/n)
		q := p
		q.Map = &depth.Map{}
		start := time.Now()
		if err := g.caster.Cast(ctx, reduced, q.Map, nil); err != nil {
			return err
		}
		q.Took = time.Since(start)
		g.measure(&q)
		select {
		case <-g.drawn: // of an earlier one
		default:
		}
		g.send(model.Rendered{Picture: q})
		if r.Soon > 0 {
			g.untilDrawn(ctx)
		}
	}

	expected := g.perPixel
	if done, err := g.castFull(ctx, &p, false); !done {
		return err
	}
	if coarse {
		// The window has drawn the coarse picture meanwhile and taken its share of
		// the cores: such a time says little. The estimate sinks until a cast alone
		// tells.
		g.perPixel = min(g.perPixel, expected*9/10)
	}
	g.cache.put(key, r.Frame, p)
	g.curves.see(key, r.Frame, p, g.riding.at(r, r.Frame, g.curves.pins))
	g.together(g.cacheKnown(r, key), model.Rendered{Picture: p})
	return nil
}

// untilDrawn waits until the coarse picture is on the screen, or something else is
// wanted. Who asks for pictures soon draws them on the cores that cast: both at
// once would take longer, the first picture above all.
func (g *stage) untilDrawn(ctx context.Context) {
	defer g.rouse() // a wake that was taken here
	for end := time.After(longestDrawing); ; {
		select {
		case <-g.wake: // maybe for what is under way
			g.mu.Lock()
			wanted := g.next != nil || g.ask != nil || g.find != nil
			g.mu.Unlock()
			if wanted {
				return
			}
		case <-g.drawn:
			return
		case <-end:
			return
		case <-ctx.Done():
			return
		}
	}
}

// longestDrawing bounds the wait for somebody who does not say that he has drawn.
const longestDrawing = 100 * time.Millisecond

// castFull casts the full picture of what is prepared, unless something newer
// is wanted by now or comes meanwhile.
func (g *stage) castFull(ctx context.Context, p *model.Picture, surveying bool) (done bool, err error) {
	full, cancel := context.WithCancel(ctx)
	defer cancel()
	g.mu.Lock()
	g.giveUp, g.surveying = cancel, surveying
	newer := g.next != nil || surveying && (g.ask != nil || g.find != nil)
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		g.giveUp, g.surveying = nil, false
		g.mu.Unlock()
	}()
	if newer {
		return false, nil
	}
	p.Map = &depth.Map{}
	start := time.Now()
	if err := g.caster.Cast(full, p.View, p.Map, nil); err != nil {
		if full.Err() != nil {
			return false, nil
		}
		return false, err
	}
	p.Took, p.Exact = time.Since(start), true
	g.perPixel, g.haveTiming = p.Took*1000/time.Duration(len(p.Map.Z)), true
	g.measure(p)
	return true, nil
}

// measureNext does one frame of a survey. One that something newer
// interrupted is done again.
func (g *stage) measureNext(ctx context.Context, s *survey) {
	p, done, err := g.surveyFrame(ctx, s)
	if err != nil {
		g.end(s)
		if ctx.Err() == nil {
			g.send(model.SurveyFailed{Serial: s.serial, Err: err})
		}
		return
	}
	if !done {
		return
	}
	if p.Hits > 0 {
		s.spreads, s.hits = append(s.spreads, colormap.SpreadOf(p.Map, float32(p.Near), float32(p.Far))), append(s.hits, p.Hits)
		if s.far == 0 || p.Near < s.near {
			s.near = p.Near
		}
		s.far = math.Max(s.far, p.Far)
	}
	s.next++
	told := model.Surveyed{Serial: s.serial, Done: s.next - s.first, Total: s.last - s.first + 1, Near: s.near, Far: s.far}
	now := time.Now()
	switch {
	case s.next > s.last:
		g.end(s)
		told.Spread = colormap.Join(s.spreads, s.hits)
	case now.Sub(s.told) < tellEvery:
		return // each telling is a drawing, which may take longer than the frame did
	}
	s.told = now
	if key := keyOf(s.request); g.last.Job.Scene != nil && keyOf(g.last) == key {
		g.tellCache(g.last, key)
	}
	g.send(told)
}

// tellEvery is how often a survey says how far it is.
const tellEvery = 100 * time.Millisecond

func (g *stage) end(s *survey) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.plan == s {
		g.plan = nil
	}
}

func (g *stage) surveyFrame(ctx context.Context, s *survey) (p model.Picture, done bool, err error) {
	defer catch(&err, fmt.Sprintf("frame %d", s.next))
	r := s.request
	r.Frame, r.Serial = s.next, noSerial-s.next
	key := keyOf(r)
	if p, ok := g.cache.get(key, r.Frame); ok {
		return p, true, nil
	}
	view, err := g.prepare(ctx, r)
	if err != nil {
		return p, false, err
	}
	p = model.Picture{Frame: r.Frame, Time: g.pose.Time, View: view}
	if done, err = g.castFull(ctx, &p, true); !done {
		return p, false, err
	}
	g.cache.put(key, r.Frame, p)
	g.curves.see(key, r.Frame, p, g.riding.at(r, r.Frame, g.curves.pins))
	return p, true, nil
}

// noSerial less a frame number is none that the model gives out.
const noSerial = -1 << 40

func (g *stage) tellCache(r model.Request, key lookKey) { g.send(g.cacheKnown(r, key)) }

// together sends messages that belong into one drawing.
func (g *stage) together(msgs ...model.Msg) {
	if g.sendAll != nil {
		g.sendAll(msgs)
		return
	}
	for _, msg := range msgs {
		g.send(msg)
	}
}

func (g *stage) cacheKnown(r model.Request, key lookKey) model.CacheKnown {
	tl := r.Timeline
	g.curves.of(g.cache, key, tl.First, tl.Last, g.pinned(), func(frame int, pins []model.Pin) []model.Pin { return g.riding.at(r, frame, pins) })
	return model.CacheKnown{
		Serial: r.Serial, Frames: g.cache.frames(key, tl.First, tl.Last), Bytes: g.cache.bytes, Traces: g.curves.told(),
	}
}

// coarseness returns how many picture pixels a coarse one shall have along
// each side; 1 for no coarse picture. The first picture is wanted soon; 0 is as
// soon as usual.
func (g *stage) coarseness(pixels int, soon time.Duration) int {
	from, target := coarseFrom, coarseTarget
	if soon > 0 {
		from, target = min(from, soon), min(target, soon)
	}
	perPixel := g.perPixel
	if !g.haveTiming {
		perPixel = 200 * 1000 // ns * 1000: a guess for the first picture
	}
	expected := perPixel * time.Duration(pixels) / 1000
	if expected < from {
		return 1
	}
	n := math.Ceil(math.Sqrt(float64(expected) / float64(target)))
	return int(max(2, min(maxCoarse, n)))
}

// mostCut is the share of the surfaces at either end that a picture's
// MostNear and MostFar leave out.
const mostCut = 0.005

func (g *stage) measure(p *model.Picture) {
	r := g.painter.Ranges(p.Map, mostCut)
	p.Near, p.Far, p.Hits = r.Near, r.Far, r.Hits
	p.MostNear, p.MostFar = r.MostNear, r.MostFar
}

// answer casts the one ray of a probe.
func (g *stage) answer(ctx context.Context, p model.Probe) {
	if p.Picture != g.last.Serial {
		return
	}
	if _, err := g.prepare(ctx, g.last); err != nil {
		return
	}
	g.send(model.Probed{Serial: p.Serial, Surface: g.surface(p)})
}

func (g *stage) surface(p model.Probe) (s model.Surface) {
	defer func() { _ = recover() }() // then nothing is known about the surface
	u, v := float64(p.X)+0.5, float64(p.Y)+0.5
	hit, ok := g.caster.Probe(p.View, u, v)
	if !ok {
		return s
	}
	sc := g.of.scene
	in := sc.Instances[hit.Instance]
	prim := sc.Primitives[in.Primitive]
	s.Hit, s.Triangle = true, hit.Triangle
	s.On = model.Anchor{Set: true, Instance: hit.Instance, Triangle: hit.Triangle, Weights: mgl64.Vec3{1 - hit.B1 - hit.B2, hit.B1, hit.B2}}
	s.Object = sc.Nodes[in.Node].Name
	if s.Object == "" {
		s.Object = prim.Name
	}
	if prim.Material >= 0 {
		s.Material = sc.Materials[prim.Material].Name
	}
	_, dir := p.View.Ray(u, v)
	s.Normal = g.normal(hit, dir)
	return s
}

// normal returns the winning triangle's normal in world space, turned against
// the ray.
func (g *stage) normal(hit raycast.Surface, dir mgl64.Vec3) mgl64.Vec3 {
	corner := corners(g.of.scene, g.pose, hit.Instance, hit.Triangle)
	n := corner[1].Sub(corner[0]).Cross(corner[2].Sub(corner[0]))
	if length := n.Len(); length > 0 {
		n = n.Mul(1 / length)
	}
	if n.Dot(dir) > 0 {
		n = n.Mul(-1)
	}
	return n
}

func animationsText(list []int) string {
	if list == nil {
		return "all"
	}
	return fmt.Sprint(slices.Clone(list))
}
