package main

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"runtime"
	"slices"
	"time"

	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
	"zscope/depthcore/exr"
	"zscope/depthcore/raycast"
	"zscope/depthcore/scene"
)

// Each stage is measured for at least stageTime and stageRuns runs; its median
// is reported.
const (
	stageTime = 600 * time.Millisecond
	stageRuns = 5
)

// benchResult is what `bench --json` prints. Times are medians in ms.
type benchResult struct {
	Scene     string  `json:"scene"`
	Camera    string  `json:"camera"`
	Width     int     `json:"width"`
	Height    int     `json:"height"`
	Frame     int     `json:"frame"`
	Threads   int     `json:"threads"`
	SIMD      string  `json:"simd"`
	Triangles int     `json:"triangles"`
	LoadMS    float64 `json:"load_ms"`
	BuildMS   float64 `json:"build_ms"`
	PoseMS    float64 `json:"pose_ms"`
	RefitMS   float64 `json:"refit_ms"`
	CastMS    float64 `json:"cast_ms"`
	Mrays     float64 `json:"mrays"`
	PaintMS   float64 `json:"paint_ms"`
	WriteMS   float64 `json:"write_ms"`
	BVHMB     float64 `json:"bvh_mb"`
	PeakMB    float64 `json:"peak_mb"`
}

func runBench(ctx context.Context, c console, args []string) error {
	f := newFlags("bench")
	cameraName := f.String("camera", "", "the scene's camera, by `NAME|INDEX`")
	size := f.String("size", "", "picture size, `WxH` (default: 1080 rows in the camera's shape)")
	frame := f.Int("frame", 0, "frame `N` to cast (default: the first)")
	threads := f.Int("threads", 0, "threads, `N` (default: one a core)")
	simd := f.String("simd", "auto", "vector instructions: `auto|avx512|avx2|scalar`")
	asJSON := f.Bool("json", false, "print JSON: times are medians in ms, and writing is without the disk")
	reader := readerFlags(f)
	words, err := parse(f, c, args)
	if err != nil {
		return orHelp(err)
	}
	path, err := sceneWord("bench", words)
	if err != nil {
		return err
	}
	start := time.Now()
	files, err := reader()
	if err != nil {
		return err
	}
	s, err := files.Open(ctx, path)
	if err != nil {
		return err
	}
	res := benchResult{Scene: path, LoadMS: ms(time.Since(start)), Frame: s.Timeline(nil).First}
	if isSet(f, "frame") {
		res.Frame = *frame
	}
	opts := raycast.DefaultOptions()
	opts.Threads = *threads
	if opts.Path, err = raycast.ParsePath(*simd); err != nil {
		return usageError{err}
	}
	cam, err := chooseCamera(s, *cameraName)
	if err != nil {
		return err
	}
	w, h, err := chooseSize(s, cam, *size)
	if err != nil {
		return err
	}
	if err := measure(ctx, s, cam, w, h, opts, &res); err != nil {
		return err
	}
	if *asJSON {
		return json.NewEncoder(c.out).Encode(res)
	}
	return printBench(c, res)
}

// measure times each stage of a frame on its own.
func measure(ctx context.Context, s *scene.Scene, cam, w, h int, opts raycast.Options, res *benchResult) error {
	timeline := s.Timeline(nil)
	pose := s.NewPose(nil)
	pose.Threads = opts.Threads
	s.Pose(pose, timeline.Time(res.Frame))

	// Building: what the first frame waits for.
	caster := raycast.New(s, opts)
	start := time.Now()
	if err := caster.Prepare(ctx, pose); err != nil {
		return err
	}
	res.BuildMS = ms(time.Since(start))

	// Casting the chosen frame.
	view, err := s.View(pose, cam, w, h)
	if err != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	var m depth.Map
	res.CastMS, err = medianAfter(func() {}, func() error { return caster.Cast(ctx, view, &m, nil) })
	if err != nil {
		return err
	}
	res.Width, res.Height = w, h
	res.Mrays = float64(w) * float64(h) / res.CastMS / 1e3
	res.Camera = s.Cameras[cam].Name
	res.Threads = opts.Threads
	if res.Threads == 0 {
		res.Threads = runtime.GOMAXPROCS(0)
	}
	if err := measureOutput(ctx, &m, res); err != nil {
		return err
	}

	// Posing and refitting, over the frames from the chosen one on: last, as it
	// leaves other trees behind.
	moving := s.NewPose(nil)
	moving.Threads = opts.Threads
	k := 0
	next := func() {
		s.Pose(moving, timeline.Time(res.Frame+k%max(1, timeline.Last-res.Frame+1)))
		k++
	}
	res.PoseMS = median(next)
	res.RefitMS, err = medianAfter(next, func() error { return caster.Prepare(ctx, moving) })
	if err != nil {
		return err
	}
	res.SIMD = caster.Path().String()
	res.BVHMB = float64(caster.TreeBytes()) / (1 << 20)
	res.Triangles = describe(s).Triangles
	res.PeakMB = peakMB()
	return nil
}

// median returns the median time of f in ms.
func median(f func()) float64 {
	t, _ := medianAfter(func() {}, func() error { f(); return nil })
	return t
}

// medianAfter is median for a function that may fail and wants a preparation
// that is not timed. The first, cold run does not count.
func medianAfter(before func(), f func() error) (float64, error) {
	var times []float64
	for begin := time.Now(); len(times) <= stageRuns || time.Since(begin) < stageTime; {
		before()
		start := time.Now()
		if err := f(); err != nil {
			return 0, err
		}
		times = append(times, ms(time.Since(start)))
	}
	times = times[1:]
	slices.Sort(times)
	return times[len(times)/2], nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func printBench(c console, r benchResult) error {
	p := &printer{w: c.out}
	p.line("%s, camera %q, frame %d, %dx%d, %s, %s, %s", r.Scene, r.Camera, r.Frame, r.Width, r.Height,
		count(r.Triangles, "triangle"), count(r.Threads, "thread"), r.SIMD)
	for _, s := range []struct {
		stage string
		ms    float64
	}{{"load", r.LoadMS}, {"build", r.BuildMS}, {"pose", r.PoseMS}, {"refit", r.RefitMS}, {"cast", r.CastMS}, {"paint", r.PaintMS}, {"write", r.WriteMS}} {
		p.line("  %-6s %10.3f ms", s.stage, s.ms)
	}
	p.line("  %.1f million rays a second; trees %.1f MB, peak %.0f MB", r.Mrays, r.BVHMB, r.PeakMB)
	return p.err
}

// measureOutput times what follows the cast: the picture for the window, and
// the EXR file (Z and Y, ZIP) as the export writes it, without the disk.
func measureOutput(ctx context.Context, m *depth.Map, res *benchResult) error {
	painter := colormap.Painter{Threads: res.Threads}
	mapping := colormap.Default()
	near, far, _ := m.Range()
	mapping.Near, mapping.Far = float64(near), float64(far)
	picture := image.NewRGBA(image.Rect(0, 0, m.Width, m.Height))
	res.PaintMS = median(func() { painter.Paint(picture, m, mapping) })

	var enc exr.Encoder
	img := &exr.Image{Width: m.Width, Height: m.Height, Channels: []exr.Channel{{Name: "Z", Float: m.Z}, {Name: "Y", Float: m.Z}}}
	var err error
	res.WriteMS, err = medianAfter(func() {}, func() error {
		return enc.Encode(ctx, io.Discard, img, exr.Options{Compression: exr.ZIP, Threads: res.Threads})
	})
	return err
}
