//go:build !nogui && (windows || (cgo && (linux || freebsd || openbsd || darwin)))

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"zscope/depthcore/raycast"
	"zscope/viewer/model"
)

// makeFilm writes the film that the window asks for, as `zscope preview` does.
// It returns where the film is.
func makeFilm(ctx context.Context, cmd model.MakeFilm) (path string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the film: zscope made a mistake: %v", r)
		}
	}()
	path = filmPath(cmd.Path)
	s := cmd.Job.Scene
	p := previewer{
		job: cmd.Job, frames: cmd.Job.Frames, pose: s.NewPose(cmd.Job.Animations), caster: raycast.New(s, cmd.Job.Raycast), mapping: cmd.Mapping,
	}
	p.job.Width, p.job.Height = p.job.Size()
	if p.mapping.Check() != nil {
		if err := p.findRange(ctx); err != nil {
			return path, fmt.Errorf("the film: %w", err)
		}
	}
	if strings.EqualFold(filepath.Ext(path), ".mp4") {
		if err := p.movie(ctx, path, cmd.FPS); err != nil {
			return path, fmt.Errorf("the film: %w", err)
		}
		return path, nil
	}
	return path, writeWhole(path, func(w io.Writer) error { return p.film(ctx, w, cmd.FPS) })
}

// filmPath completes the name of a film.
func filmPath(path string) string {
	if ext := filepath.Ext(path); strings.EqualFold(ext, ".gif") || strings.EqualFold(ext, ".mp4") {
		return path
	}
	whole := path + ".gif"
	for n := 2; ; n++ {
		if _, err := os.Lstat(whole); err != nil {
			return whole
		}
		whole = fmt.Sprintf("%s-%d.gif", path, n)
	}
}
