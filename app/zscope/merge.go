package main

import (
	"context"

	"zscope/assets"
	"zscope/depthcore/export"
)

func runMerge(ctx context.Context, c console, args []string) error {
	words, err := parse(newFlags("merge"), c, args)
	if err != nil {
		return orHelp(err)
	}
	if len(words) != 1 {
		return usagef("merge: name the one folder that the parts are in")
	}
	m, err := export.Merge(ctx, words[0])
	if err != nil {
		return err
	}
	p := &printer{w: c.out}
	p.line("%s in %s of %s, whole and unchanged (%.1f MB)", count(m.Frames, "frame"), count(m.Files, "file"), count(m.Shards, "part"), float64(m.Bytes)/1e6)
	return p.err
}

func runBlenderScript(_ context.Context, c console, args []string) error {
	words, err := parse(newFlags("blender-script"), c, args)
	if err != nil {
		return orHelp(err)
	}
	if len(words) > 0 {
		return usagef("blender-script: takes no arguments")
	}
	_, err = c.out.Write(assets.BlenderScript)
	return err
}
