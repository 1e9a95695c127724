// Command zscope shows and exports the exact planar depth of an animated 3-D
// scene: the camera-space Z of every pixel of every frame.
//
// Built with cgo (on Windows also without) it has a window. Without cgo the
// same program is a single static file that does everything else.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the linker, see the Makefile.
var version = "development"

// software names the program in the files that it writes.
func software() string { return "zscope " + version }

// Exit statuses.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// usageError is a mistake in the command line, not in a file.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// console is where a command reads its words and writes its answers.
type console struct {
	out, err io.Writer
}

type command struct {
	name, synopsis, summary string
	run                     func(ctx context.Context, c console, args []string) error
}

func commands() []command {
	return []command{
		{"export", "export SCENE [flags]", "write the depth of a sequence to files", runExport},
		{"info", "info SCENE [--json]", "say what is in a scene: cameras, animations, frames, triangles, warnings", runInfo},
		{"preview", "preview SCENE OUT.png|OUT.gif", "write a picture or a film in false colour with a legend", runPreview},
		{"points", "points SCENE OUT.ply", "write what a frame's pixels see as points in space", runPoints},
		{"bench", "bench SCENE [flags]", "measure pose, build, cast, paint and write apart, writing without the disk", runBench},
		{"doctor", "doctor SEQUENCE --scene SCENE [flags]", "say what another program's depth sequence holds: planar Z, distance, 1/Z, ...", runDoctor},
		{"merge", "merge DIR", "join the parts of an export that was made with --shard, after checking them", runMerge},
		{"blender-script", "blender-script", "print the script that writes a .blend as GLB and camera track", runBlenderScript},
		{"version", "version", "print the version", runVersion},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		again := make(chan os.Signal, 1)
		signal.Notify(again, os.Interrupt, syscall.SIGTERM)
		stop()
		<-again // the next Ctrl-C ends the program at once
		os.Exit(exitInterrupted)
	})
	os.Exit(run(ctx, console{os.Stdout, os.Stderr}, os.Args[1:]))
}

// run carries out one command line and returns the exit status.
func run(ctx context.Context, c console, args []string) int {
	err := dispatch(ctx, c, args)
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintf(c.err, "zscope: %v\n", err)
		return exitUsage
	case ctx.Err() != nil:
		fmt.Fprintln(c.err, "zscope: interrupted")
		return exitInterrupted
	default:
		fmt.Fprintf(c.err, "zscope: %v\n", err)
		return exitFailed
	}
}

func dispatch(ctx context.Context, c console, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "help", "-h", "-help", "--help":
			printUsage(c.out)
			return nil
		case "-version", "--version":
			return runVersion(ctx, c, nil)
		}
		for _, cmd := range commands() {
			if cmd.name == args[0] {
				return cmd.run(ctx, c, args[1:])
			}
		}
	}
	return runView(ctx, c, args)
}

func printUsage(w io.Writer) {
	fmt.Fprintf(w, "zscope: the exact planar depth (camera-space Z) of an animated 3-D scene\n\nusage:\n")
	fmt.Fprintf(w, "  %-24s %s\n", "zscope [SCENE]", "open the window; without SCENE, the demo scene")
	for _, cmd := range commands() {
		fmt.Fprintf(w, "  %-24s %s\n", "zscope "+cmd.synopsis, cmd.summary)
	}
	fmt.Fprintf(w, "\nSCENE is a .glb, .gltf, .obj, .ply or .stl file. `zscope COMMAND -h` lists the flags of a command.\n")
}

func runVersion(_ context.Context, c console, args []string) error {
	if len(args) > 0 {
		return usagef("version: takes no arguments")
	}
	_, err := fmt.Fprintln(c.out, software())
	return err
}
