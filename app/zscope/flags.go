package main

import (
	"errors"
	"flag"
	"io"

	"strings"
)

// errHelp ends a command that was only asked for its flags.
var errHelp = errors.New("help was asked for")

// newFlags returns an empty flag set for a command. It prints nothing itself:
// parse turns its errors into usage errors.
func newFlags(command string) *flag.FlagSet {
	f := flag.NewFlagSet(command, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	return f
}

// parse reads flags and words in any order, as in `export scene.glb --frames
// 1-4`, and returns the words. Everything after "--" is a word.
func parse(f *flag.FlagSet, c console, args []string) (words []string, err error) {
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				printFlags(f, c)
				return nil, errHelp
			}
			return nil, usagef("%s: %s", f.Name(), strings.Replace(err.Error(), " -", " --", 1))
		}
		rest := f.Args()
		if len(rest) == 0 {
			return words, nil
		}
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			return append(words, rest...), nil
		}
		words, args = append(words, rest[0]), rest[1:]
	}
}

// sceneWord returns the one word that a command takes.
func sceneWord(command string, words []string) (string, error) {
	switch len(words) {
	case 0:
		return "", usagef("%s: name a scene file", command)
	case 1:
		return words[0], nil
	}
	return "", usagef("%s: one scene file, please; %q is one word too many", command, words[1])
}

func printFlags(f *flag.FlagSet, c console) {
	synopsis := f.Name()
	for _, cmd := range commands() {
		if cmd.name == f.Name() {
			synopsis = cmd.synopsis
		}
	}
	io.WriteString(c.out, "usage: zscope "+synopsis+"\n")
	f.VisitAll(func(fl *flag.Flag) {
		kind, usage := flag.UnquoteUsage(fl)
		line := "  --" + fl.Name
		if kind != "" {
			line += " " + kind
		}
		io.WriteString(c.out, line+"\n        "+strings.ReplaceAll(usage, "\n", "\n        ")+"\n")
	})
}
