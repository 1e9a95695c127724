//go:build !nogui && (windows || (cgo && (linux || freebsd || openbsd || darwin)))

package main

import (
	"context"
	"errors"
	"image/gif"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zscope/assets"
	"zscope/depthcore/colormap"
	"zscope/depthcore/export"
	"zscope/depthcore/scenefile"
	"zscope/viewer/model"
)

func TestMakeFilm(t *testing.T) {
	s, err := scenefile.Read(context.Background(), "demo.glb", assets.Demo)
	if err != nil {
		t.Fatal(err)
	}
	cmd := model.MakeFilm{Path: filepath.Join(t.TempDir(), "demo.gif"), Job: export.NewJob(s, ""), FPS: 12, Mapping: colormap.Default()}
	cmd.Job.Width, cmd.Job.Height, cmd.Job.Frames = 160, 90, []int{1, 5, 9}
	cmd.Mapping.Near, cmd.Mapping.Far = 0, 0
	if _, err := makeFilm(context.Background(), cmd); err != nil {
		t.Fatal(err)
	}
	if path := filmPath(strings.TrimSuffix(cmd.Path, ".gif")); path == cmd.Path {
		t.Errorf("%s would be replaced", path)
	}
	f, err := os.Open(cmd.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	film, err := gif.DecodeAll(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(film.Image) != 3 || film.Delay[0]+film.Delay[1]+film.Delay[2] != 25 {
		t.Errorf("%d frames of %v hundredths", len(film.Image), film.Delay)
	}

	ended, cancel := context.WithCancel(context.Background())
	cancel()
	cmd.Path = filepath.Join(t.TempDir(), "cut.gif")
	if _, err := makeFilm(ended, cmd); err == nil {
		t.Error("a film whose window was closed is no error")
	}
	if left, _ := os.ReadDir(filepath.Dir(cmd.Path)); len(left) != 0 {
		t.Errorf("%v stayed", left)
	}
}

// An MP4 holds every frame at the rate and the size that was asked for, and is
// there only when it is whole.
func TestMakeMovie(t *testing.T) {
	probe, err := exec.LookPath("ffprobe")
	if err != nil || !canMP4() {
		t.Skip("ffmpeg is not installed (make test installs it)")
	}
	s, err := scenefile.Read(context.Background(), "demo.glb", assets.Demo)
	if err != nil {
		t.Fatal(err)
	}
	cmd := model.MakeFilm{Path: filepath.Join(t.TempDir(), "demo.mp4"), Job: export.NewJob(s, ""), FPS: 12, Mapping: colormap.Default()}
	cmd.Job.Width, cmd.Job.Height, cmd.Job.Frames = 161, 91, []int{1, 5, 9, 13}
	cmd.Mapping.Near, cmd.Mapping.Far = 0.5, 14
	if path, err := makeFilm(context.Background(), cmd); err != nil || path != cmd.Path {
		t.Fatal(path, err)
	}
	out, err := exec.Command(probe, "-v", "error", "-count_frames", "-show_entries", "stream=width,nb_read_frames,r_frame_rate", "-of", "csv=p=0", cmd.Path).Output()
	if got := strings.TrimSpace(string(out)); err != nil || got != "162,12/1,4" {
		t.Errorf("ffprobe says %q, %v", got, err)
	}

	ended, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	cmd.Path = filepath.Join(dir, "cut.mp4")
	if _, err := makeFilm(ended, cmd); err == nil {
		t.Error("a film whose window was closed is no error")
	}
	cmd.Path = filepath.Join(dir, "none", "x.mp4")
	if _, err := makeFilm(context.Background(), cmd); err == nil || !strings.Contains(err.Error(), "ffmpeg") {
		t.Errorf("a folder that is not there: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 0 {
		t.Errorf("%v stayed", left)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := makeFilm(context.Background(), cmd); !errors.Is(err, errNoFFmpeg) {
		t.Errorf("without ffmpeg: %v", err)
	}
}
