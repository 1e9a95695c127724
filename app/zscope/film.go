//go:build !nogui && (windows || (cgo && (linux || freebsd || openbsd || darwin)))

package main

import (
	"context"
	"fmt"
	"io"

	"zscope/depthcore/raycast"
	"zscope/viewer/model"
)

// makeFilm writes the film that the window asks for, as `zscope preview` does.
func makeFilm(ctx context.Context, cmd model.MakeFilm) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the film: zscope made a mistake: %v", r)
		}
	}()
	s := cmd.Job.Scene
	p := previewer{
		job: cmd.Job, frames: cmd.Job.Frames, pose: s.NewPose(cmd.Job.Animations), caster: raycast.New(s, cmd.Job.Raycast), mapping: cmd.Mapping,
	}
	p.job.Width, p.job.Height = p.job.Size()
	if p.mapping.Check() != nil {
		if err := p.findRange(ctx); err != nil {
			return fmt.Errorf("the film: %w", err)
		}
	}
	return writeWhole(cmd.Path, func(w io.Writer) error { return p.film(ctx, w, cmd.FPS) })
}
