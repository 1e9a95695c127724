package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"zscope/depthcore/camera"
	"zscope/depthcore/depth"
	"zscope/depthcore/depthfile"
	"zscope/depthcore/doctor"
	"zscope/depthcore/export"
	"zscope/depthcore/raycast"
)

// runDoctor says what a depth sequence of another program holds.
func runDoctor(ctx context.Context, c console, args []string) error {
	x := &exportFlags{set: newFlags("doctor")}
	f := x.set
	scenePath := f.String("scene", "", "the `SCENE` that the sequence shows")
	f.StringVar(&x.camera, "camera", "", "the scene's camera, by `NAME|INDEX` (default: the first that a node uses)")
	f.StringVar(&x.animations, "animations", "all", "`all|none|0,2|NAME`")
	f.Float64Var(&x.fps, "fps", 0, "frames a second, `F` (default: recovered from the animation's keys)")
	f.Float64Var(&x.offset, "offset", 0, "time of frame 0 in `SECONDS`")
	f.StringVar(&x.frames, "frames", "", "look at these `FRAMES` only")
	x.track.add(f)
	scale := f.Float64("scale", 1000, "what PNG files count in a unit of depth, `N`")
	asJSON := f.Bool("json", false, "print JSON")
	reader := readerFlags(f)
	words, err := parse(f, c, args)
	if err != nil {
		return orHelp(err)
	}
	if len(words) != 1 {
		return usagef("doctor: name the sequence: a folder, or a file of it")
	}
	if *scenePath == "" {
		return usagef("doctor: name the scene with --scene")
	}
	if !(*scale > 0) {
		return usagef("--scale %g: it must be positive", *scale)
	}
	files, err := reader()
	if err != nil {
		return err
	}
	x.format, x.background, x.compression, x.out, x.blend = string(export.EXR), "inf", "zip", ".", 0.5
	job, err := x.jobWithoutScene()
	if err != nil {
		return usageError{err}
	}
	seq, err := findSequence(words[0], job.Frames)
	if err != nil {
		return err
	}
	first, err := seq.read(seq.frames[0], *scale)
	if err != nil {
		return err
	}
	job.Width, job.Height = first.Width, first.Height
	if err := x.track.into(&job); err != nil {
		return err
	}
	s, err := files.Open(ctx, *scenePath)
	if err != nil {
		return err
	}
	if err := x.chooseInScene(&job, s); err != nil {
		return err
	}
	e, err := doctor.Diagnose(ctx, seq.frames, func(n int) (*depth.Map, error) {
		m, err := seq.read(n, *scale)
		if err != nil {
			return nil, err
		}
		return &m.Map, nil
	}, truthOf(job))
	if err != nil {
		return err
	}
	if *asJSON {
		return json.NewEncoder(c.out).Encode(doctorResult{words[0], e.Sound(), e.Explains, e.String(), append([]string{}, e.Faults()...),
			e.Factor, e.FrameOffset, e.DU, e.DV, e.Deviation, e.Exact, e.CoverageOff, e.FramesLooked})
	}
	p := &printer{w: c.out}
	p.line("%s: %s", words[0], e)
	p.line("frames looked at: %s; %s compared, %.2g %% hit in only one of the two", export.FormatFrames(e.FramesLooked), count(e.BothHit, "pixel"), 100*e.CoverageOff)
	return p.err
}

// doctorResult is what `doctor --json` prints.
type doctorResult struct {
	Sequence    string   `json:"sequence"`
	Sound       bool     `json:"sound"`
	Explained   bool     `json:"explained"`
	Finding     string   `json:"finding"`
	Faults      []string `json:"faults"`
	Factor      float64  `json:"factor"`
	FrameOffset int      `json:"frame_offset"`
	DU          float64  `json:"du_pixels"`
	DV          float64  `json:"dv_pixels"`
	Deviation   float64  `json:"relative_deviation"`
	Exact       float64  `json:"share_equal"`
	Coverage    float64  `json:"share_hit_in_one"`
	Frames      []int    `json:"frames"`
}

// truthOf casts the job's frames.
func truthOf(job export.Job) doctor.Truth {
	pose := job.Scene.NewPose(job.Animations)
	caster := raycast.New(job.Scene, job.Raycast)
	var m depth.Map
	return func(ctx context.Context, frame int, du, dv float64) (*depth.Map, camera.Intrinsics, error) {
		if job.Track != nil {
			if _, ok := job.Track.At(frame); !ok { // beyond the track's ends the nearest stands in
				tl := job.Timeline()
				frame = min(max(frame, tl.First), tl.Last)
			}
		}
		job.Scene.Pose(pose, job.Time(frame))
		v, err := job.View(pose, frame)
		if err == nil {
			v.Cx, v.Cy = v.Cx+du, v.Cy+dv
			if err = caster.Prepare(ctx, pose); err == nil {
				err = caster.Cast(ctx, v, &m, nil)
			}
		}
		return &m, v.Intrinsics, err
	}
}

// sequence is the files of a depth sequence, by frame.
type sequence struct {
	dir    string
	name   map[int]string
	frames []int
}

var lastNumber = regexp.MustCompile(`(-?\d+)\D*$`)

// findSequence finds the frames beside a file, or in a folder: the files of
// the commonest kind whose names end in a number.
func findSequence(path string, only []int) (*sequence, error) {
	dir, stem, ext := path, "", ""
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		dir = filepath.Dir(path)
		base := filepath.Base(path)
		ext = strings.ToLower(filepath.Ext(base))
		if stem = strings.TrimSuffix(base, filepath.Ext(base)); strings.Contains(stem, "#") {
			stem = stem[:strings.IndexByte(stem, '#')]
		} else if err != nil {
			return nil, fmt.Errorf("%s: there is no such file or folder", path)
		} else if at := lastNumber.FindStringSubmatchIndex(stem); at != nil {
			stem = stem[:at[2]]
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	found := map[string]*sequence{}
	for _, e := range entries {
		kind := strings.ToLower(filepath.Ext(e.Name()))
		base := strings.TrimSuffix(e.Name(), filepath.Ext(e.Name()))
		number := lastNumber.FindStringSubmatch(base)
		if e.IsDir() || number == nil || !slices.Contains(depthfile.Extensions(), kind) || ext != "" && kind != ext || !strings.HasPrefix(base, stem) {
			continue
		}
		n, err := strconv.Atoi(strings.TrimPrefix(number[1], "-"))
		if err != nil || only != nil && !slices.Contains(only, n) {
			continue
		}
		if found[kind] == nil {
			found[kind] = &sequence{dir: dir, name: map[int]string{}}
		}
		found[kind].name[n] = e.Name()
	}
	var best *sequence
	for _, kind := range depthfile.Extensions() {
		if s := found[kind]; s != nil && (best == nil || len(s.name) > len(best.name)) {
			best = s
		}
	}
	if best == nil {
		return nil, fmt.Errorf("%s: there are no depth files whose names end in a frame number (%s)", path, strings.Join(depthfile.Extensions(), ", "))
	}
	for n := range best.name {
		best.frames = append(best.frames, n)
	}
	slices.Sort(best.frames)
	return best, nil
}

func (s *sequence) read(frame int, scale float64) (*depthfile.Map, error) {
	name := s.name[frame]
	m, err := depthfile.Read(os.DirFS(s.dir), name, scale)
	if err != nil {
		return nil, fmt.Errorf("frame %d: %w", frame, err)
	}
	return m, nil
}
