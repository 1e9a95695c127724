package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"zscope/depthcore/export"
	"zscope/depthcore/scene"
)

// sceneInfo is what `info --json` prints.
type sceneInfo struct {
	File       string          `json:"file"`
	Format     string          `json:"format"`
	SHA256     string          `json:"sha256"`
	Cameras    []cameraInfo    `json:"cameras"`
	Animations []animationInfo `json:"animations"`
	FPS        float64         `json:"fps"`
	FPSGuessed bool            `json:"fps_guessed"`
	FirstFrame int             `json:"first_frame"`
	LastFrame  int             `json:"last_frame"`
	Nodes      int             `json:"nodes"`
	Primitives int             `json:"primitives"`
	Instances  int             `json:"instances"`
	Triangles  int             `json:"triangles"`
	Deforming  int             `json:"deforming_instances"`
	Materials  int             `json:"materials"`
	Cutouts    int             `json:"alpha_materials"`
	Warnings   []string        `json:"warnings"`
}

type cameraInfo struct {
	Index  int     `json:"index"`
	Name   string  `json:"name"`
	Kind   string  `json:"kind"`
	YFov   float64 `json:"yfov_degrees,omitempty"`
	XMag   float64 `json:"xmag,omitempty"`
	YMag   float64 `json:"ymag,omitempty"`
	Width  int     `json:"default_width"`
	Height int     `json:"default_height"`
}

type animationInfo struct {
	Index    int     `json:"index"`
	Name     string  `json:"name"`
	Channels int     `json:"channels"`
	Start    float64 `json:"start_seconds"`
	End      float64 `json:"end_seconds"`
}

func runInfo(ctx context.Context, c console, args []string) error {
	f := newFlags("info")
	asJSON := f.Bool("json", false, "print JSON")
	reader := readerFlags(f)
	words, err := parse(f, c, args)
	if err != nil {
		return orHelp(err)
	}
	path, err := sceneWord("info", words)
	if err != nil {
		return err
	}
	files, err := reader()
	if err != nil {
		return err
	}
	s, err := files.Open(ctx, path)
	if err != nil {
		return err
	}
	info := describe(s)
	info.File = path
	if *asJSON {
		enc := json.NewEncoder(c.out)
		enc.SetIndent("", "  ")
		return enc.Encode(info)
	}
	return printInfo(c, info)
}

func describe(s *scene.Scene) sceneInfo {
	t := s.Timeline(nil)
	in := sceneInfo{
		Format: s.Source.Format, SHA256: s.Source.SHA256,
		FPS: t.FPS, FPSGuessed: t.Guessed, FirstFrame: t.First, LastFrame: t.Last,
		Nodes: len(s.Nodes), Primitives: len(s.Primitives), Instances: len(s.Instances), Materials: len(s.Materials),
		Cameras: []cameraInfo{}, Animations: []animationInfo{},
		Warnings: append(append([]string{}, s.Warnings...), s.Clashes(nil)...),
	}
	for i := range s.Instances {
		in.Triangles += len(s.Primitives[s.Instances[i].Primitive].Indices) / 3
		if s.Deforms(i) {
			in.Deforming++
		}
	}
	for _, m := range s.Materials {
		if m.Mode != scene.Opaque {
			in.Cutouts++
		}
	}
	for i, cam := range s.Cameras {
		w, h := cam.DefaultSize(export.DefaultRows)
		ci := cameraInfo{Index: i, Name: cam.Name, Kind: "perspective", YFov: cam.YFov * 180 / math.Pi, Width: w, Height: h}
		if cam.Orthographic {
			ci.Kind, ci.YFov, ci.XMag, ci.YMag = "orthographic", 0, cam.XMag, cam.YMag
		}
		in.Cameras = append(in.Cameras, ci)
	}
	for i, a := range s.Animations {
		ai := animationInfo{Index: i, Name: a.Name, Channels: len(a.Channels), Start: math.Inf(1), End: math.Inf(-1)}
		for _, ch := range a.Channels {
			ai.Start = min(ai.Start, ch.Times[0])
			ai.End = max(ai.End, ch.Times[len(ch.Times)-1])
		}
		if len(a.Channels) == 0 {
			ai.Start, ai.End = 0, 0
		}
		in.Animations = append(in.Animations, ai)
	}
	return in
}

func printInfo(c console, in sceneInfo) error {
	p := &printer{w: c.out}
	p.line("%s (%s)", in.File, in.Format)
	for _, cam := range in.Cameras {
		shape := fmt.Sprintf("%.2f degrees high", cam.YFov)
		if cam.Kind == "orthographic" {
			shape = fmt.Sprintf("%g x %g units", 2*cam.XMag, 2*cam.YMag)
		}
		p.line("  camera %d     %q, %s, %s, default size %dx%d", cam.Index, cam.Name, cam.Kind, shape, cam.Width, cam.Height)
	}
	if len(in.Cameras) == 0 {
		p.line("  cameras      none")
	}
	for _, a := range in.Animations {
		p.line("  animation %d  %q, %s, %.4g s to %.4g s", a.Index, a.Name, count(a.Channels, "channel"), a.Start, a.End)
	}
	if len(in.Animations) == 0 {
		p.line("  animations   none")
	}
	how := "nothing in the file tells it"
	if in.FPSGuessed {
		how = "recovered from the animation's keys"
	}
	p.line("  frame rate   %g frames a second (%s)", in.FPS, how)
	p.line("  frames       %d to %d", in.FirstFrame, in.LastFrame)
	p.line("  geometry     %s in %s, %d of them deforming", count(in.Triangles, "triangle"), count(in.Instances, "instance"), in.Deforming)
	p.line("  materials    %d, %d of them with alpha that matters for depth", in.Materials, in.Cutouts)
	for _, w := range in.Warnings {
		p.line("  warning      %s", w)
	}
	return p.err
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
