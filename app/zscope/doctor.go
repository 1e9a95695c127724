package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"zscope/depthcore/depth"
	"zscope/depthcore/depthfile"
	"zscope/depthcore/doctor"
	"zscope/depthcore/export"
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
	first, err := seq.Read(seq.Frames[0], *scale)
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
	e, err := doctor.Diagnose(ctx, seq.Frames, func(n int) (*depth.Map, error) {
		m, err := seq.Read(n, *scale)
		if err != nil {
			return nil, err
		}
		return &m.Map, nil
	}, export.Truth(job))
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

// findSequence finds the frames beside a file, or in a folder.
func findSequence(path string, only []int) (*depthfile.Sequence, error) {
	dir, like := path, ""
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		dir, like = filepath.Split(path)
		dir = filepath.Clean(dir)
		if err != nil && !strings.Contains(like, "#") {
			return nil, fmt.Errorf("%s: there is no such file or folder", path)
		}
	}
	seq, err := depthfile.Find(os.DirFS(dir), like, only)
	var p *fs.PathError
	if errors.As(err, &p) {
		return nil, fmt.Errorf("%s: %w", dir, p.Err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return seq, nil
}
