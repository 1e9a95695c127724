package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"zscope/depthcore/colormap"
	"zscope/depthcore/depth"
	"zscope/depthcore/export"
	"zscope/depthcore/preview"
	"zscope/depthcore/raycast"
	"zscope/depthcore/scene"
)

// previewRows is the height of a film whose size was not chosen.
const previewRows = 360

// runPreview writes a picture (PNG) or a film (GIF, or MP4 by ffmpeg) of a scene in false
// colour, with a legend: for people, not for measuring.
func runPreview(ctx context.Context, c console, args []string) error {
	f := newFlags("preview")
	cameraName := f.String("camera", "", "the scene's camera, by `NAME|INDEX`")
	frames := f.String("frames", "", "`FRAMES` of a film (default: all), or the frame of a picture (default: the first)")
	size := f.String("size", "", "picture size, `WxH` (default: 360 rows of a GIF, 1080 otherwise)")
	mapping := mappingFlags(f)
	overwrite := f.Bool("overwrite", false, "replace a file that exists")
	reader := readerFlags(f)
	words, err := parse(f, c, args)
	if err != nil {
		return orHelp(err)
	}
	if len(words) != 2 {
		return usagef("preview: name a scene file and the picture (.png) or film (.gif, .mp4) to write")
	}
	path, out := words[0], words[1]
	kind := strings.ToLower(filepath.Ext(out))
	if kind != ".png" && kind != ".gif" && kind != ".mp4" {
		return usagef("preview: %s: a picture's name ends in .png, a film's in .gif or .mp4", out)
	}
	if kind == ".mp4" && !canMP4() {
		return errNoFFmpeg
	}
	m, err := mapping()
	if err != nil {
		return usageError{err}
	}
	files, err := reader()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(out); err == nil && !*overwrite {
		return fmt.Errorf("%s exists already: choose another name, or allow overwriting", out)
	}

	s, err := files.Open(ctx, path)
	if err != nil {
		return err
	}
	job := export.NewJob(s, "")
	if job.Camera, err = chooseCamera(s, *cameraName); err != nil {
		return err
	}
	if *frames != "" {
		if job.Frames, err = export.ParseFrames(*frames); err != nil {
			return usageError{err}
		}
	}
	if job.Width, job.Height, err = previewSize(s, job.Camera, *size, kind); err != nil {
		return err
	}
	list := job.FrameList()
	if kind == ".png" {
		list = list[:1]
	}
	p := previewer{job: job, frames: list, pose: s.NewPose(nil), caster: raycast.New(s, job.Raycast), mapping: m}
	if m.Check() != nil || m.Scale == colormap.Percentile {
		if err := p.findRange(ctx); err != nil {
			return err
		}
	}
	if kind == ".mp4" {
		return p.movie(ctx, out, p.job.Timeline().FPS)
	}
	return writeWhole(out, func(w io.Writer) error {
		if kind == ".png" {
			return p.picture(ctx, w)
		}
		return p.film(ctx, w, p.job.Timeline().FPS)
	})
}

// mappingFlags adds the flags that choose colours. The range is unusable, see
// colormap.Mapping.Check, where none was chosen.
func mappingFlags(f *flag.FlagSet) func() (colormap.Mapping, error) {
	var names []string
	for _, m := range colormap.Maps() {
		names = append(names, m.String())
	}
	name := f.String("map", "turbo_r", "colour map, `MAP`: "+strings.Join(names, ", ")+"; _r behind the name reverses it")
	scale := f.String("along", "linear", "how Z runs along the colours: `linear|log|inverse|percentile`")
	span := f.String("range", "", "Z of the first and the last colour, `NEAR,FAR` (default: all that the frames show)")
	return func() (colormap.Mapping, error) {
		m := colormap.Default()
		base, reversed := strings.CutSuffix(*name, "_r")
		var err error
		if m.Map, err = colormap.ParseMap(base); err != nil {
			return m, fmt.Errorf("--map: %w", err)
		}
		m.Reversed = reversed
		if m.Scale, err = colormap.ParseScale(*scale); err != nil {
			return m, fmt.Errorf("--along: %w", err)
		}
		if *span == "" {
			return m, nil
		}
		near, far, ok := strings.Cut(*span, ",")
		var wrong error
		if m.Near, err = strconv.ParseFloat(strings.TrimSpace(near), 64); err != nil {
			wrong = err
		}
		if m.Far, err = strconv.ParseFloat(strings.TrimSpace(far), 64); err != nil {
			wrong = err
		}
		if !ok || wrong != nil {
			return m, fmt.Errorf("--range %s: two numbers with a comma between them, such as 0.5,12", *span)
		}
		if err := m.Check(); err != nil {
			return m, fmt.Errorf("--range %s: %w", *span, err)
		}
		return m, nil
	}
}

func previewSize(s *scene.Scene, cam int, size, kind string) (w, h int, err error) {
	if size == "" && kind == ".gif" && cam < len(s.Cameras) {
		w, h = s.Cameras[cam].DefaultSize(previewRows)
		return w, h, nil
	}
	return chooseSize(s, cam, size)
}

// previewer casts the frames of a preview, one after the other.
type previewer struct {
	job     export.Job
	frames  []int
	pose    *scene.Pose
	caster  *raycast.Caster
	mapping colormap.Mapping
	depth   depth.Map
}

func (p *previewer) cast(ctx context.Context, frame int) error {
	p.job.Scene.Pose(p.pose, p.job.Time(frame))
	if err := p.caster.Prepare(ctx, p.pose); err != nil {
		return err
	}
	view, err := p.job.View(p.pose, frame)
	if err != nil {
		return err
	}
	return p.caster.Cast(ctx, view, &p.depth, nil)
}

// findRange makes the mapping hold all that the frames show, so that a colour
// means the same Z in each of them.
func (p *previewer) findRange(ctx context.Context) error {
	near, far := math.Inf(1), 0.0
	var spreads []*colormap.Spread
	var surfaces []int
	for _, n := range p.frames {
		if err := p.cast(ctx, n); err != nil {
			return err
		}
		if a, b, hits := p.depth.Range(); hits > 0 {
			near, far = min(near, float64(a)), max(far, float64(b))
			if p.mapping.Scale == colormap.Percentile {
				spreads, surfaces = append(spreads, colormap.SpreadOf(&p.depth, a, b)), append(surfaces, hits)
			}
		}
	}
	p.mapping.Spread = colormap.Join(spreads, surfaces)
	if near <= far && p.mapping.Check() != nil {
		p.mapping.Near, p.mapping.Far = near, far
	}
	return nil
}

func (p *previewer) caption(frame int) string {
	return fmt.Sprintf("%s, frame %d (%.3f s)", p.job.Scene.Name, frame, p.job.Time(frame))
}

func (p *previewer) picture(ctx context.Context, w io.Writer) error {
	n := p.frames[0]
	if err := p.cast(ctx, n); err != nil {
		return err
	}
	return preview.WritePNG(w, &p.depth, preview.Legend{Mapping: p.mapping, Unit: p.unit(), Caption: p.caption(n)})
}

func (p *previewer) film(ctx context.Context, w io.Writer, fps float64) error {
	film, err := preview.NewFilm(p.mapping, p.unit(), fps, p.job.Width)
	if err != nil {
		return err
	}
	for _, n := range p.frames {
		if err := p.cast(ctx, n); err != nil {
			return err
		}
		if err := film.Add(&p.depth, p.caption(n)); err != nil {
			return err
		}
	}
	return film.Write(ctx, w)
}

// unit is the metre for glTF; other formats do not say theirs.
func (p *previewer) unit() string {
	if strings.HasPrefix(p.job.Scene.Source.Format, "glTF") {
		return "m"
	}
	return ""
}

// writeWhole writes a file under its name with .part behind it, and renames
// it when it is whole.
func writeWhole(path string, encode func(io.Writer) error) error {
	part := path + ".part"
	f, err := os.Create(part)
	if err == nil {
		err = encode(f)
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err == nil {
			err = os.Rename(part, path)
		}
		if err != nil {
			os.Remove(part)
		}
	}
	var named *fs.PathError
	if errors.As(err, &named) {
		err = named.Err // it names the part, which is nobody's business
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
