package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"zscope/depthcore/channels"
	"zscope/depthcore/export"
	"zscope/depthcore/raycast"
	"zscope/depthcore/scene"
)

// exportFlags are the words of `zscope export`. job turns them into the same
// export.Job that the window's dialog fills.
type exportFlags struct {
	set *flag.FlagSet

	camera, frames, animations          string
	size, format, out, name, background string
	progress, compression, shard        string
	profile                             string
	verify                              bool
	baseline                            float64
	channels                            string
	stereo                              bool
	scale                               float64
	level                               int
	resume                              bool
	track                               trackFlags
	fps, offset, blend                  float64
	threads                             int
	clip, cull, noMask, overwrite       bool
}

func newExportFlags() *exportFlags {
	x := &exportFlags{set: newFlags("export")}
	f := x.set
	f.StringVar(&x.camera, "camera", "", "the scene's camera, by `NAME|INDEX` (default: the first that a node uses)")
	f.StringVar(&x.frames, "frames", "", "`FRAMES` such as 1-250,300,400-500x5 (default: all that the animation covers)")
	f.Float64Var(&x.fps, "fps", 0, "frames a second, `F` (default: recovered from the animation's keys)")
	f.Float64Var(&x.offset, "offset", 0, "time of frame 0 in `SECONDS` (default 0): frame n is at n/fps + offset")
	f.StringVar(&x.animations, "animations", "all", "`all|none|0,2|NAME`; where two move one property, the earlier wins")
	x.track.add(f)
	f.StringVar(&x.size, "size", "", "picture size, `WxH` (default: 1080 rows in the camera's shape)")
	f.StringVar(&x.format, "format", string(export.EXR), "file formats, a `LIST` of "+formatList())
	f.StringVar(&x.out, "out", ".", "output folder, `DIR`; it is made if it is not there")
	f.StringVar(&x.name, "name", "", "file name `PATTERN` without extension; #### is the frame number (default: SCENE_z_####)")
	f.StringVar(&x.background, "background", "inf", "value where no surface is: `inf|nan|0|1e10|NUMBER`")
	f.BoolVar(&x.clip, "clip", false, "clip by the camera's near and far planes")
	f.BoolVar(&x.cull, "cull", false, "leave out back faces of single-sided materials")
	f.Float64Var(&x.blend, "blend-threshold", 0.5, "BLEND surfaces are not there below this alpha, `A`; 0: they are opaque")
	f.BoolVar(&x.noMask, "no-mask", false, "MASK surfaces are opaque")
	f.IntVar(&x.threads, "threads", 0, "threads, `N` (default: one a core)")
	f.BoolVar(&x.overwrite, "overwrite", false, "replace files that exist (else they are an error before any work)")
	f.StringVar(&x.profile, "profile", "", "folders, names, scale and camera files of a data set, `PROFILE`: "+profileList())
	f.Float64Var(&x.baseline, "baseline", export.DefaultBaseline, "distance of a stereo pair's cameras in the scene's unit, `B`: makes the right camera's pictures too, with channels disparity\nand occlusion for both; where --channels names one of these, the left alone. Profile middlebury always has both")
	f.BoolVar(&x.stereo, "stereo", false, "make the right camera's pictures too, see --baseline")
	f.StringVar(&x.channels, "channels", "", "what to make of each pixel, a `LIST` of "+channelList()+"; ids and flow stand for several (default: z)")
	f.BoolVar(&x.verify, "verify", false, "read each file back and compare it bit for bit before it gets its name,\nand cast some pixels of the frames again by asking every triangle in float64")
	f.StringVar(&x.compression, "compression", "zip", "how EXR files are stored: `none|zips|zip`; all keep every bit")
	f.IntVar(&x.level, "level", 0, "deflate level of EXR files, `1` (fast) to 9 (small); 0 is the usual one")
	f.Float64Var(&x.scale, "scale", 1000, "what PNG files count in a unit of Z, `N`: 1000 is millimetres, 5000 TUM's, 256 KITTI's")
	f.BoolVar(&x.resume, "resume", false, "keep what an earlier run of the same export left whole, make the rest")
	f.StringVar(&x.shard, "shard", "", "make part `K/N|auto` of the frames; zscope merge joins the parts")
	f.StringVar(&x.progress, "progress", "", "`bar|json|none` (default: a bar on a terminal)")
	return x
}

func formatList() string {
	list := ""
	for i, f := range export.Formats() {
		if i > 0 {
			list += ","
		}
		list += string(f)
	}
	return list
}

func channelList() (list string) {
	for i, c := range channels.All() {
		if i > 0 {
			list += ", "
		}
		list += string(c)
	}
	return list
}

func profileList() (list string) {
	for i, p := range export.Profiles() {
		if i > 0 {
			list += ", "
		}
		list += string(p)
	}
	return list
}

func runExport(ctx context.Context, c console, args []string) error {
	x := newExportFlags()
	reader := readerFlags(x.set)
	words, err := parse(x.set, c, args)
	if err != nil {
		return orHelp(err)
	}
	path, err := sceneWord("export", words)
	if err != nil {
		return err
	}
	// What is wrong with the words alone is said before a file is opened.
	files, err := reader()
	if err != nil {
		return err
	}
	job, err := x.jobWithoutScene()
	if err != nil {
		return usageError{err}
	}
	reporter, err := newReporter(c, x.progress)
	if err != nil {
		return err
	}
	if err := x.track.into(&job); err != nil {
		return err
	}
	s, err := files.Open(ctx, path)
	if err != nil {
		return err
	}
	if err := x.chooseInScene(&job, s); err != nil {
		return err
	}
	if err := job.Check(); err != nil {
		return err
	}
	for _, w := range append(s.Warnings, job.Warnings()...) {
		fmt.Fprintf(c.err, "zscope: warning: %s\n", w)
	}
	// Frames leave little garbage behind: collecting it early costs nothing and
	// keeps a long export within the memory of a short one.
	debug.SetGCPercent(10)
	keepBusy(&job)
	sum, err := export.Run(ctx, job, reporter.progress)
	reporter.end()
	if err != nil {
		return err
	}
	return reporter.summary(job, sum)
}

// keepBusy lets the runtime run some threads more than the job computes with:
// one that waits for the disk holds its place for milliseconds, while a core
// has nothing to do.
func keepBusy(job *export.Job) {
	cores := runtime.GOMAXPROCS(0)
	if job.Raycast.Threads == 0 {
		job.Raycast.Threads = cores
	}
	runtime.GOMAXPROCS(cores + 2)
}

// jobWithoutScene fills in what needs no scene to be understood.
func (x *exportFlags) jobWithoutScene() (export.Job, error) {
	job := export.NewJob(nil, x.out)
	job.Name, job.Overwrite = x.name, x.overwrite
	job.Software = software()
	job.Raycast = raycast.Options{
		Threads: x.threads, CullBackFaces: x.cull, Clip: x.clip, NoMask: x.noMask, BlendThreshold: x.blend,
	}
	if isSet(x.set, "fps") {
		if !(x.fps > 0) {
			return job, fmt.Errorf("--fps %g: the rate must be positive", x.fps)
		}
		job.FPS = x.fps
	}
	if isSet(x.set, "offset") {
		job.Offset = &x.offset
	}
	var err error
	if x.frames != "" {
		if job.Frames, err = export.ParseFrames(x.frames); err != nil {
			return job, err
		}
	}
	if x.size != "" {
		if job.Width, job.Height, err = export.ParseSize(x.size); err != nil {
			return job, err
		}
	}
	if job.Formats, err = export.ParseFormats(x.format); err != nil {
		return job, err
	}
	job.Scale, job.Level, job.Resume = x.scale, x.level, x.resume
	if job.Compression, err = export.ParseCompression(x.compression); err != nil {
		return job, err
	}
	if x.shard != "" {
		if job.Shard, err = export.ParseShard(x.shard, os.Getenv); err != nil {
			return job, err
		}
	}
	if job.Background, err = export.ParseBackground(x.background); err != nil {
		return job, err
	}
	job.Verify = x.verify
	if err := x.addChannels(&job); err != nil {
		return job, err
	}
	if x.profile != "" {
		p, err := export.ParseProfile(x.profile)
		if err != nil {
			return job, err
		}
		return job, x.use(&job, p)
	}
	return job, nil
}

// addChannels sets what to make of each pixel, and of which cameras.
func (x *exportFlags) addChannels(job *export.Job) (err error) {
	if x.channels != "" {
		if job.Channels, err = channels.Parse(x.channels); err != nil {
			return err
		}
	}
	pair := slices.ContainsFunc(job.Channels, channels.Channel.NeedsBaseline)
	job.Stereo = x.stereo || isSet(x.set, "baseline") && !pair && (x.profile == "" || strings.EqualFold(x.profile, string(export.Plain)))
	if job.Stereo || pair {
		job.Baseline = x.baseline
	}
	return nil
}

// use sets what a profile decides; a flag that says otherwise is a mistake.
func (x *exportFlags) use(job *export.Job, p export.Profile) error {
	decided := []string{"format", "background"}
	if p != export.Plain {
		decided = append(decided, "channels", "stereo")
	}
	for _, name := range decided {
		if isSet(x.set, name) {
			return fmt.Errorf("--%s: profile %s decides that", name, p)
		}
	}
	if p == export.Plain {
		job.Use(p)
		return nil
	}
	if isSet(x.set, "baseline") {
		if p != export.Middlebury {
			return fmt.Errorf("--baseline: profile %s has no disparities", p)
		}
		job.Baseline = x.baseline
	}
	job.Use(p)
	if isSet(x.set, "scale") {
		job.Scale = x.scale
	}
	return nil
}

// chooseInScene fills in what names parts of the scene.
func (x *exportFlags) chooseInScene(job *export.Job, s *scene.Scene) (err error) {
	job.Scene = s
	if job.Camera, err = chooseCamera(s, x.camera); err != nil {
		return err
	}
	job.Animations, err = chooseAnimations(s, x.animations)
	return err
}
