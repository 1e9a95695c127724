package main

import (
	"context"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"zscope/depthcore/colormap"
	"zscope/depthcore/export"
	"zscope/depthcore/points"
	"zscope/depthcore/raycast"
)

// runPoints writes what a frame's pixels see as points in space, one PLY file a
// frame.
func runPoints(ctx context.Context, c console, args []string) error {
	f := newFlags("points")
	cameraName := f.String("camera", "", "the scene's camera, by `NAME|INDEX`")
	var track trackFlags
	track.add(f)
	frames := f.String("frames", "", "`FRAMES`, for which OUT has #### where the number goes (default: all where it has, else the first)")
	size := f.String("size", "", "pixels that become points, `WxH` (default: 1080 rows in the camera's shape)")
	axes := f.String("axes", "camera", "axes of the points, `camera|world`: the camera's are x right, y down, z forward, so that z is Z")
	mapping := mappingFlags(f)
	overwrite := f.Bool("overwrite", false, "replace files that exist")
	reader := readerFlags(f)
	words, err := parse(f, c, args)
	if err != nil {
		return orHelp(err)
	}
	if len(words) != 2 {
		return usagef("points: name a scene file and the PLY file to write")
	}
	path, out := words[0], words[1]
	if !strings.EqualFold(filepath.Ext(out), ".ply") {
		return usagef("points: %s: the file's name ends in .ply", out)
	}
	in := points.InCamera
	switch *axes {
	case points.InCamera.String():
	case points.InWorld.String():
		in = points.InWorld
	default:
		return usagef("points: --axes %s: it is camera or world", *axes)
	}
	m, err := mapping()
	if err != nil {
		return usageError{err}
	}
	files, err := reader()
	if err != nil {
		return err
	}
	s, err := files.Open(ctx, path)
	if err != nil {
		return err
	}
	job := export.NewJob(s, "")
	job.Software = software()
	if job.Camera, err = chooseCamera(s, *cameraName); err != nil {
		return err
	}
	if job.Width, job.Height, err = pointsSize(&job, *size); err != nil {
		return err
	}
	if err := track.into(&job); err != nil {
		return err
	}
	if *frames != "" {
		if job.Frames, err = export.ParseFrames(*frames); err != nil {
			return usageError{err}
		}
	}
	list := job.FrameList()
	names, err := pointsNames(out, list, *frames != "")
	if err != nil {
		return err
	}
	if !*overwrite {
		for _, name := range names {
			if _, err := os.Lstat(name); err == nil {
				return fmt.Errorf("%s exists already: choose another name, or allow overwriting", name)
			}
		}
	}
	p := previewer{job: job, frames: list[:len(names)], pose: s.NewPose(nil), caster: raycast.New(s, job.Raycast), mapping: m}
	if m.Check() != nil {
		if err := p.findRange(ctx); err != nil {
			return err
		}
	}
	for i, name := range names {
		if err := p.points(ctx, list[i], name, in); err != nil {
			return err
		}
	}
	return nil
}

// pointsSize returns the size that was chosen, or that of the camera. A track
// brings its own.
func pointsSize(job *export.Job, size string) (w, h int, err error) {
	if size == "" {
		return 0, 0, nil
	}
	return chooseSize(job.Scene, job.Camera, size)
}

var hashes = regexp.MustCompile(`#+`)

// pointsNames returns the file of each frame, of the first frame alone where the
// name has no place for a number.
func pointsNames(out string, frames []int, chosen bool) ([]string, error) {
	dir, base := filepath.Split(out)
	place := hashes.FindString(base)
	if place == "" {
		if chosen && len(frames) > 1 {
			return nil, usagef("points: %d frames need #### in the file's name, where their number goes", len(frames))
		}
		return []string{out}, nil
	}
	var names []string
	for _, n := range frames {
		number := fmt.Sprintf("%0*d", len(place), n)
		names = append(names, dir+strings.Replace(base, place, number, 1))
	}
	return names, nil
}

func (p *previewer) points(ctx context.Context, frame int, name string, axes points.Axes) error {
	if err := p.cast(ctx, frame); err != nil {
		return err
	}
	view, err := p.job.View(p.pose, frame)
	if err != nil {
		return err
	}
	img := &image.RGBA{}
	if p.mapping.Check() == nil {
		var painter colormap.Painter
		painter.Paint(img, &p.depth, p.mapping)
	}
	return writeWhole(name, func(w io.Writer) error {
		_, err := points.WritePLY(w, points.Pixels{Map: &p.depth, View: view, Colours: img}, axes,
			append([]string{p.caption(frame)}, p.job.Provenance()...)...)
		return err
	})
}
