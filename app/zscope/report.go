package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"zscope/depthcore/depth"
	"zscope/depthcore/export"
)

// reporter says how an export goes: a bar for people, a line of JSON a frame
// for programs, or nothing.
type reporter struct {
	bar, lines io.Writer // nil where not asked for
	words      io.Writer // the closing summary, nil for none
	width      int       // columns that the bar took last
}

func newReporter(c console, kind string) (*reporter, error) {
	if kind == "" {
		kind = "none"
		if isTerminal(c.err) {
			kind = "bar"
		}
		return &reporter{bar: onlyIf(kind == "bar", c.err), words: c.out}, nil
	}
	switch kind {
	case "bar":
		return &reporter{bar: c.err, words: c.out}, nil
	case "json":
		return &reporter{lines: c.out}, nil
	case "none":
		return &reporter{}, nil
	}
	return nil, usagef("--progress %s: it is bar, json or none", kind)
}

func onlyIf(yes bool, w io.Writer) io.Writer {
	if yes {
		return w
	}
	return nil
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// progressLine is one line of --progress json.
type progressLine struct {
	Frame   *int    `json:"frame,omitempty"`
	File    string  `json:"file,omitempty"`
	Done    int     `json:"done"`
	Total   int     `json:"total"`
	Seconds float64 `json:"seconds"` // for this frame
	Elapsed float64 `json:"elapsed"`
	Left    float64 `json:"left"`
	Error   string  `json:"error,omitempty"` // why this frame has no files
	// Building is the share that is done of what the next frame waits for, in
	// large scenes; such a line is of no frame.
	Building float64 `json:"building,omitempty"`
}

func (r *reporter) progress(p export.Progress) {
	if r.lines != nil {
		line := progressLine{Done: p.Done, Total: p.Total, Seconds: p.Seconds, Elapsed: p.Elapsed.Seconds(), Left: p.Left.Seconds(), File: p.File}
		if line.Building = p.Building; p.Building > 0 {
			line.File, line.Seconds = "", 0
		} else if p.Done > 0 {
			line.Frame = &p.Frame
			if p.Err != nil {
				line.File, line.Error = "", p.Err.Error()
			}
		}
		json.NewEncoder(r.lines).Encode(line)
	}
	if r.bar != nil {
		r.draw(p)
	}
}

func (r *reporter) draw(p export.Progress) {
	const cells = 30
	full := cells * p.Done / max(1, p.Total)
	text := fmt.Sprintf("[%s%s] %d of %d", strings.Repeat("#", full), strings.Repeat(".", cells-full), p.Done, p.Total)
	if p.Left > 0 {
		text += fmt.Sprintf(", %.1f frames/s, %s left", float64(p.Total-p.Done)/p.Left.Seconds(), p.Left.Round(time.Second))
	}
	if p.Building > 0 {
		text += fmt.Sprintf(", preparing the scene: %.0f %%", 100*p.Building)
	}
	fmt.Fprintf(r.bar, "\r%-*s", r.width, text)
	r.width = len(text)
}

// end leaves the bar's line.
func (r *reporter) end() {
	if r.bar != nil && r.width > 0 {
		fmt.Fprintln(r.bar)
	}
}

// summaryLine closes --progress json.
type summaryLine struct {
	Summary bool           `json:"summary"`
	Frames  int            `json:"frames"`
	Files   int            `json:"files"`
	Bytes   int64          `json:"bytes"`
	Elapsed float64        `json:"elapsed"`
	Near    float32        `json:"near"`
	Far     float32        `json:"far"`
	Empty   int            `json:"frames_without_surface"`
	Recast  *export.Recast `json:"recast,omitempty"`
	TooFar  int            `json:"saturated_far"` // pixels beyond what 16 bits hold
	TooNear int            `json:"saturated_near"`
}

func (r *reporter) summary(j export.Job, s export.Summary) error {
	if !depth.IsHit(s.Near) {
		s.Near = 0
	}
	if r.lines != nil {
		return json.NewEncoder(r.lines).Encode(summaryLine{true, s.Frames, s.Files, s.Bytes, s.Elapsed.Seconds(), s.Near, s.Far, s.Empty, recastOf(s), s.Saturated.Far, s.Saturated.Near})
	}
	if r.words == nil {
		return nil
	}
	w, h := j.Size()
	p := &printer{w: r.words}
	if s.Frames > 0 || s.Kept == 0 {
		p.line("%s of %dx%d in %s (%s, %.1f MB) in %.1f s, Z from %g to %g", count(s.Frames, "frame"), w, h, j.Dir,
			count(s.Files, "file"), float64(s.Bytes)/1e6, s.Elapsed.Seconds(), s.Near, s.Far)
	}
	if s.Kept > 0 {
		p.line("%s kept from an earlier run", count(s.Kept, "frame"))
	}
	for _, r := range s.Redone {
		p.line("frame %d made again: %s", r.Frame, r.Why)
	}
	if n := s.Saturated.Far + s.Saturated.Near; n > 0 {
		p.line("%s of PNG files beyond what 16 bits at --scale %g hold", count(n, "pixel"), j.Scale)
	}
	if r := s.Recast; r.Pixels > 0 {
		p.line("%s cast again by asking every triangle, %d of them with a surface: at most %.2f units in the last place off", count(r.Pixels, "pixel"), r.Hits, r.MaxError)
	}
	if s.Empty > 0 {
		p.line("%s without any surface", count(s.Empty, "frame"))
	}
	return p.err
}

// recastOf returns what was cast again; nil where nothing was.
func recastOf(s export.Summary) *export.Recast {
	if s.Recast.Pixels == 0 {
		return nil
	}
	return &s.Recast
}
