package main

import (
	"context"
)

// runView opens the window on a scene file, or on the demo scene.
func runView(ctx context.Context, c console, args []string) error {
	f := newFlags("zscope")
	words, err := parse(f, c, args)
	if err != nil {
		return orHelp(err)
	}
	if len(words) > 1 {
		return usagef("one scene file, please; %q is one word too many", words[1])
	}
	path := ""
	if len(words) == 1 {
		path = words[0]
	}
	return runWindow(path)
}
