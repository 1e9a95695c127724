package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"zscope/depthcore/preview"
)

// canMP4 reports whether ffmpeg is installed, which makes MP4 films.
func canMP4() bool {
	_, err := exec.LookPath("ffmpeg")
	return err == nil
}

var errNoFFmpeg = errors.New("an MP4 film needs ffmpeg, which is not installed; write a .gif instead")

// movie has ffmpeg encode the frames as MP4 under path, which is there only when
// the film is whole.
func (p *previewer) movie(ctx context.Context, path string, fps float64) (err error) {
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		return errNoFFmpeg
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	part := path + ".part"
	defer os.Remove(part) // gone by then where all went well
	var words bytes.Buffer
	var cmd *exec.Cmd
	var frames interface {
		Write([]byte) (int, error)
		Close() error
	}
	for _, n := range p.frames {
		if err := p.cast(ctx, n); err != nil {
			return err
		}
		img, err := preview.Picture(&p.depth, preview.Legend{Mapping: p.mapping, Unit: p.unit(), Caption: p.caption(n)})
		if err != nil {
			return err
		}
		if cmd == nil {
			// Players want even sizes and colours at half the resolution.
			cmd = exec.CommandContext(ctx, program, "-hide_banner", "-loglevel", "error", "-nostdin", "-y",
				"-f", "rawvideo", "-pixel_format", "rgba", "-video_size", fmt.Sprintf("%dx%d", img.Rect.Dx(), img.Rect.Dy()),
				"-framerate", strconv.FormatFloat(fps, 'g', -1, 64), "-i", "pipe:0",
				"-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4", part)
			cmd.Stderr = &words
			if frames, err = cmd.StdinPipe(); err != nil {
				return err
			}
			if err := cmd.Start(); err != nil {
				return fmt.Errorf("start ffmpeg: %w", err)
			}
			defer func() { // where it was not waited for
				cancel()
				cmd.Wait()
			}()
		}
		if _, err := frames.Write(img.Pix); err != nil {
			break // ffmpeg has ended, and says why
		}
	}
	if cmd == nil {
		return errors.New("a film without frames")
	}
	frames.Close()
	if err := cmd.Wait(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		said, _, _ := strings.Cut(strings.TrimSpace(words.String()), "\n")
		return fmt.Errorf("write %s: ffmpeg: %s (%w)", filepath.Base(path), said, err)
	}
	return os.Rename(part, path)
}
