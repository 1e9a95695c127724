//go:build !nogui && (windows || (cgo && (linux || freebsd || openbsd || darwin)))

package main

import (
	"context"
	"image/gif"
	"os"
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
