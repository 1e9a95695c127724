package export

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"zscope/depthcore/camera"
	"zscope/depthcore/channels"
	"zscope/depthcore/depth"
	"zscope/depthcore/exr"
	"zscope/depthcore/png16"
	"zscope/depthcore/raycast"
	"zscope/depthcore/scene"
)

// Progress says how far an export is.
type Progress struct {
	Total   int           // frames of the job, or of its shard
	Done    int           // frames that are finished, failed and kept ones included
	Frame   int           // the frame that was finished last; not set in the first report
	Err     error         // why that frame has no files; nil where it has
	Seconds float64       // from the finish of the frame before to this one's
	File    string        // the path written last, empty while there is none
	Elapsed time.Duration // since the start
	Left    time.Duration // estimated; 0 in the first report
	// Building is the share of the scene's trees that is built, where a frame
	// has been waiting for them for a while; else 0.
	Building float64
}

// Summary says what an export did.
type Summary struct {
	Frames  int   // frames whose files are all written
	Files   int   // the frames' files
	Bytes   int64 // of these files
	Elapsed time.Duration
	// Busy times of the stages, which overlap.
	Cast, Encode, Write time.Duration
	// Near and Far are the smallest and the largest Z of all frames; Near is
	// +Inf and Far 0 where no ray met a surface.
	Near, Far float32
	// Kept counts the frames that Job.Resume found whole; Redone are those that
	// it did not.
	Kept   int
	Redone []Redone
	// Empty counts the frames without any surface.
	Empty int
	// Saturated counts the pixels of PNG files whose depth their 16 bits could
	// not hold.
	Saturated png16.Saturated
	// Recast is what Job.Verify saw in all frames.
	Recast Recast
}

// Run does the job. It calls report, where that is not nil, from one goroutine
// at a time: once before the first frame and after each frame.
//
// A frame that cannot be made, be it for a panic, does not keep the others from
// being written; the error at the end names the first of them. An error of the
// disk ends the job, as the end of ctx does; the error wraps context.Cause(ctx)
// then. Whatever the error, the files that are there are complete, with a
// cameras.json that has their frames; nothing half written stays. The summary
// is of what was done. Where the program is killed, an export with Job.Resume
// finishes the work.
func Run(ctx context.Context, j Job, report func(Progress)) (Summary, error) {
	if err := j.Check(); err != nil {
		return Summary{}, err
	}
	p := newPlan(j)
	return p.run(ctx, func() source { return newCaster(p) }, report)
}

// plan is a job with everything that was left open filled in.
type plan struct {
	Job
	all      []int       // frames of the whole job
	frames   []int       // frames to make here
	place    map[int]int // of each frame in all
	timeline scene.Timeline
	pattern  string
	threads  int
	list     []channels.Channel // of each pixel
}

func newPlan(j Job) *plan {
	p := &plan{Job: j, all: j.FrameList(), timeline: j.Timeline(), pattern: j.Pattern(), threads: j.Raycast.Threads}
	p.frames = j.Shard.Of(p.all)
	if j.Resume {
		p.Overwrite = true // of what is not kept
	}
	p.place = make(map[int]int, len(p.all))
	for i, n := range p.all {
		p.place[n] = i
	}
	p.Width, p.Height = j.Size()
	p.list = j.channelList()
	if p.threads == 0 {
		p.threads = runtime.GOMAXPROCS(0)
	}
	return p
}

// source makes the depth maps of a job's frames, one after the other.
type source interface {
	// render fills m and returns the camera it is seen by.
	render(ctx context.Context, frame int, time float64, m *depth.Map) (camera.View, error)
}

// checker is a source that can make some pixels again by another way, of the
// frame that it rendered last. place counts the job's frames from 0.
type checker interface {
	check(ctx context.Context, place, frame int, v camera.View, m *depth.Map) (*Recast, error)
}

// caster is the source that poses the scene and casts it.
type caster struct {
	plan   *plan
	pose   *scene.Pose
	caster *raycast.Caster
	posed  *scene.Pose // as last rendered
	easel  easel
}

func newCaster(p *plan) source {
	pose := p.Scene.NewPose(p.Animations)
	pose.Threads = p.Raycast.Threads
	c := &caster{plan: p, pose: pose, posed: pose}
	if p.Trees != nil && p.Trees.Scene() == p.Scene {
		c.caster = p.Trees.Fork(p.Raycast)
	} else {
		c.caster = raycast.New(p.Scene, p.Raycast)
	}
	return c
}

func (c *caster) render(ctx context.Context, frame int, time float64, m *depth.Map) (camera.View, error) {
	c.plan.Scene.Pose(c.pose, time)
	v, err := c.plan.View(c.pose, frame)
	if err != nil {
		return v, err
	}
	if err := c.caster.Prepare(ctx, c.pose); err != nil {
		return v, err
	}
	return v, c.caster.Cast(ctx, v, m, nil)
}

func (c *caster) check(ctx context.Context, place, frame int, v camera.View, m *depth.Map) (*Recast, error) {
	return recast(ctx, c.plan, place, frame, c.posed, v, m)
}

// frame is one frame on its way through the stages.
type frame struct {
	number int
	time   float64
	picture
	right  *picture // of a stereo pair
	raster *raster  // the pictures' memory
	camera string
	parts  []*part // its files, written but not yet named
	near   float32
	far    float32
	hits   int
	beyond png16.Saturated
	recast *Recast // nil where no pixel was cast again
	err    error   // of this frame alone

	encoded    chan struct{} // closed once the frame's files are on the disk, or it failed or is dropped
	encodeTime time.Duration
	syncTime   time.Duration
	unsynced   error // why they are not on the disk
	dropped    bool  // for the export has ended
	broken     error // of the disk, which ends it
}

// lanes returns how many frames are encoded at a time. While the files of one
// are written, another keeps the processors busy. Pictures so large that one is
// work enough come one by one, to save memory.
func (p *plan) lanes() int {
	const large = 1 << 24
	if p.threads == 1 || p.Width*p.Height > large {
		return 1
	}
	return 2
}

// syncing is how many frames' files may be on their way to the disk, beside
// those being encoded.
const syncing = 4

// run is an export at work. Three stages, each a goroutine, hand frames on in
// their order: cast, encode to files that the disk has, and name these. The second
// has a goroutine more for each frame; the third waits for that. No field is touched by two stages at a time.
//
// The number of maps bounds the memory: one is cast, one in each lane encoded,
// one waits between or is verified.
type run struct {
	*plan
	newSource func() source
	stop      context.CancelCauseFunc

	maps    chan *raster // free ones
	cast    chan *frame
	encoded chan *frame

	castTime, encodeTime time.Duration

	// What the last stage knows.
	sum      Summary
	manifest *manifest
	journal  *journal
	failed   int
	firstly  error // of the first frame that failed
	ending   error // of the disk
	meter    *meter
}

func (p *plan) run(ctx context.Context, newSource func() source, report func(Progress)) (Summary, error) {
	if err := p.checkMemory(); err != nil {
		return Summary{}, err
	}
	made, err := makeFolder(p.Dir)
	if err != nil {
		return Summary{}, err
	}
	defer removeFolders(made) // as far as they are empty
	unlock, err := lockFolder(p.Dir, p.Shard)
	if err != nil {
		return Summary{}, err
	}
	defer unlock()

	inner, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := &run{
		plan: p, newSource: newSource, stop: stop,
		maps: make(chan *raster, p.lanes()+2), cast: make(chan *frame), encoded: make(chan *frame, syncing),
		meter: newMeter(len(p.frames), report),
	}
	r.sum.Near = depth.Empty()
	if err := r.prepareManifest(ctx); err != nil {
		return r.sum, err
	}
	r.meter.p.Done = r.sum.Kept
	for range cap(r.maps) {
		r.maps <- p.newRaster()
	}
	r.meter.show()
	go r.castAll(inner)
	go r.encodeAll(inner)
	r.nameAll(inner)

	err = r.outcome(ctx, inner)
	if ending := r.close(); err == nil {
		err = ending
	}
	r.sum.Cast, r.sum.Encode, r.sum.Elapsed = r.castTime, r.encodeTime, time.Since(r.meter.start)
	return r.sum, err
}

// close writes what stands beside the frames, as far as there are any.
func (r *run) close() error {
	err := r.journal.close()
	if len(r.manifest.records) == 0 && r.Shard == (Shard{}) {
		os.Remove(r.journal.path)
		return err
	}
	if again := r.manifest.write(r.journal.path); err == nil {
		err = again
	}
	if r.named() && r.Shard.K <= 1 {
		if names := writeNames(r.Dir, r.Scene); err == nil {
			err = names
		}
	}
	if r.Shard == (Shard{}) {
		if cameras := r.manifest.writeCameras(r.Dir); err == nil {
			err = cameras
		}
		if beside := r.manifest.writeBeside(r.Dir); err == nil {
			err = beside
		}
	}
	return err
}

// outcome says how the stages ended.
func (r *run) outcome(outer, inner context.Context) error {
	switch {
	case outer.Err() != nil && r.meter.p.Done < r.meter.p.Total:
		return fmt.Errorf("export stopped after %d of %d frames: %w", r.sum.Kept+r.sum.Frames, r.meter.p.Total, context.Cause(outer))
	case r.ending != nil && outer.Err() == nil:
		return r.ending
	case inner.Err() != nil && outer.Err() == nil:
		return context.Cause(inner)
	case r.failed > 1:
		return fmt.Errorf("%d of %d frames failed, the first one: %w", r.failed, r.meter.p.Total, r.firstly)
	}
	return r.firstly
}

// castAll is the first stage.
func (r *run) castAll(ctx context.Context) {
	defer close(r.cast)
	var src source
	for _, n := range r.frames {
		select {
		case <-ctx.Done():
			return
		case m := <-r.maps:
			f := &frame{number: n, time: r.timeAt(r.timeline, n), camera: r.cameraName(n), raster: m, picture: picture{depth: &m.depth}}
			start := time.Now()
			f.err = r.castOne(ctx, f, &src)
			r.castTime += time.Since(start)
			if ctx.Err() != nil {
				return
			}
			r.cast <- f
		}
	}
}

// castOne makes the frame's depth map. A source that panicked is not used
// again.
func (r *run) castOne(ctx context.Context, f *frame, src *source) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v", p)
			*src = nil
		}
	}()
	if *src == nil {
		*src = r.newSource()
		if c, ok := (*src).(*caster); ok {
			c.caster.OnBuild(r.meter.building())
		}
	}
	if painter, ok := (*src).(painter); ok && !r.Job.plain() {
		f.view, err = painter.paint(ctx, f.number, f.time, f.raster)
		f.planes = f.raster.planes
		if right := f.raster.right; right != nil {
			f.right = &picture{f.view.Beside(r.Baseline), &right.depth, right.planes}
		}
	} else {
		f.view, err = (*src).render(ctx, f.number, f.time, f.depth)
	}
	if err == nil && (f.depth.Width != r.Width || f.depth.Height != r.Height) {
		err = fmt.Errorf("internal error: a map of %dx%d instead of %dx%d", f.depth.Width, f.depth.Height, r.Width, r.Height)
	}
	if c, ok := (*src).(checker); ok && r.Verify && err == nil {
		f.recast, err = c.check(ctx, r.place[f.number], f.number, f.view, f.depth)
		if err == nil && f.right != nil {
			var right *Recast
			if right, err = c.check(ctx, r.place[f.number], f.number, f.right.view, f.right.depth); right != nil {
				f.recast.add(right)
			}
		}
	}
	return err
}

// encodeAll is the second stage. It hands frames on while they are encoded, so
// that they keep their order.
func (r *run) encodeAll(ctx context.Context) {
	defer close(r.encoded)
	lanes := make(chan *encoders, r.lanes())
	for range cap(lanes) {
		lanes <- &encoders{}
	}
	for f := range r.cast {
		enc := <-lanes
		f.encoded = make(chan struct{})
		go func() {
			defer close(f.encoded)
			start := time.Now()
			if f.err == nil {
				r.encodeOne(ctx, f, enc)
			}
			lanes <- enc
			f.encodeTime = time.Since(start)
			if !r.Verify {
				r.free(f)
			}
			f.sync()
			if ctx.Err() != nil {
				f.discard()
				f.dropped = true
				if r.Verify {
					r.free(f)
				}
			}
		}()
		r.encoded <- f
	}
}

// free lets the frame's map be cast into again.
func (r *run) free(f *frame) {
	r.maps <- f.raster
	f.raster, f.picture.depth, f.picture.planes, f.right = nil, nil, nil, nil
}

// encoders keep their memory from frame to frame.
type encoders struct {
	exr    exr.Encoder
	png    png16.Encoder
	buffer *bufio.Writer
	values []float32 // of formats that hold something else than Z
}

// encodeOne writes the frame's files under their temporary names. An error of
// writing stops the export, a panic is the frame's.
func (r *run) encodeOne(ctx context.Context, f *frame, enc *encoders) {
	defer func() {
		if p := recover(); p != nil {
			f.discard()
			f.err = fmt.Errorf("internal error: %v", p)
			*enc = encoders{}
		}
	}()
	if enc.buffer == nil {
		enc.buffer = bufio.NewWriterSize(nil, 1<<18)
	}
	f.near, f.far, f.hits = f.depth.Range()
	clean := true // the map still has +Inf for no surface
	for _, o := range r.encodingOrder() {
		if !o.format.keepsEmpty() && clean {
			r.setBackgrounds(f)
			clean = false
		}
		p, err := createPart(ctx, r.Dir, r.depthName(r.shotOf(f.number, f.time), o))
		if err == nil {
			f.parts = append(f.parts, p)
			err = p.fill(enc.buffer, func(w *bufio.Writer) error { return r.encodeAs(ctx, o, w, f, enc) })
		}
		if err != nil {
			f.discard()
			err = fmt.Errorf("frame %d: %w", f.number, err)
			if !errors.Is(err, context.Cause(ctx)) {
				f.broken = err
			}
			r.stop(err)
			return
		}
	}
}

// encodingOrder returns a frame's files, first those that need to know where no
// surface is.
func (p *plan) encodingOrder() []output {
	order := p.outputs()
	slices.SortStableFunc(order, func(a, b output) int {
		switch {
		case a.format.keepsEmpty() && !b.format.keepsEmpty():
			return -1
		case b.format.keepsEmpty() && !a.format.keepsEmpty():
			return 1
		}
		return 0
	})
	return order
}

// setBackgrounds puts the job's background where the pictures see no surface.
func (r *run) setBackgrounds(f *frame) {
	for _, p := range f.pictures() {
		setBackground(p.depth.Z, r.Background)
		for _, plane := range p.planes {
			if plane.Name == string(channels.Distance) {
				setBackground(plane.Float, r.Background)
			}
		}
	}
}

// setBackground replaces the +Inf of pixels that see no surface.
func setBackground(z []float32, background float32) {
	empty := depth.Empty()
	if background == empty {
		return
	}
	for i, x := range z {
		if x == empty {
			z[i] = background
		}
	}
}

// sync waits until the disk has the frame's files. Those of other frames are
// on their way meanwhile: file systems take them together.
func (f *frame) sync() {
	start := time.Now()
	for _, p := range f.parts {
		if f.unsynced = p.close(); f.unsynced != nil {
			break
		}
	}
	f.syncTime = time.Since(start)
}

// discard removes the files that the frame has so far.
func (f *frame) discard() {
	for _, p := range f.parts {
		p.discard()
	}
	f.parts = nil
}

// nameAll is the last stage. Once a file could not be finished, it discards
// what still comes.
func (r *run) nameAll(ctx context.Context) {
	var broken bool
	for f := range r.encoded {
		<-f.encoded
		r.encodeTime += f.encodeTime
		if f.dropped {
			broken = true
			r.end(f.broken)
			continue
		}
		start := time.Now()
		if broken {
			f.discard()
		} else if f.err == nil {
			if err := r.nameOne(f); err != nil {
				broken = true
				r.end(fmt.Errorf("frame %d: %w", f.number, err))
			}
		}
		if r.Verify {
			r.free(f)
		}
		if broken {
			continue
		}
		r.sum.Write += f.syncTime + time.Since(start)
		r.finished(f)
	}
}

// end stops the export for an error, if there is one. Of several frames in
// flight the first one's counts, whichever came first.
func (r *run) end(err error) {
	if r.ending == nil && err != nil {
		r.ending = err
		r.stop(err)
	}
}

// nameOne gives the frame's files their names.
func (r *run) nameOne(f *frame) error {
	if f.unsynced != nil {
		f.discard()
		return f.unsynced
	}
	if r.Verify {
		if err := r.verify(f); err != nil {
			f.discard()
			return err
		}
	}
	rec := newRecord(f)
	for _, p := range f.parts {
		if err := p.commit(r.Overwrite); err != nil {
			f.discard()
			return err
		}
		r.sum.Files++
		r.sum.Bytes += p.bytes
		r.meter.file(p.path)
	}
	r.manifest.records[f.number] = rec
	return r.journal.add(rec)
}

// finished counts a frame that is written or has failed.
func (r *run) finished(f *frame) {
	if f.err != nil {
		f.err = fmt.Errorf("frame %d: %w", f.number, f.err)
		if r.failed == 0 {
			r.firstly = f.err
		}
		r.failed++
	} else {
		r.sum.Frames++
		r.sum.Near, r.sum.Far = min(r.sum.Near, f.near), max(r.sum.Far, f.far)
		if f.hits == 0 {
			r.sum.Empty++
		}
		r.sum.Saturated.Far += f.beyond.Far
		r.sum.Saturated.Near += f.beyond.Near
		r.sum.Recast.add(f.recast)
	}
	r.meter.frame(f.number, f.err)
}
