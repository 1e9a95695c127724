package session

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"zscope/depthcore/depth"
	"zscope/depthcore/depthfile"
	"zscope/depthcore/difference"
	"zscope/depthcore/doctor"
	"zscope/depthcore/export"
	"zscope/viewer/model"
)

// pngScale is what a 16-bit PNG counts in a metre.
const pngScale = 1000

// compare reads the maps of one depth sequence. The newest request wins.
type compare struct {
	mu     sync.Mutex
	files  *depthfile.Sequence
	next   *model.MeasureDifference
	busy   bool
	stop   context.CancelFunc // of the diagnosis that runs
	newest int                // serial of the newest sequence that was asked for
}

// findDepth finds the depth sequence that a file or folder stands for. Eight-
// bit and coloured PNG files are pictures and no depth.
func findDepth(path string) (pattern string, files *depthfile.Sequence, err error) {
	defer catch(&err, "read "+filepath.Base(path))
	dir, like := path, ""
	info, err := os.Stat(path)
	if err != nil {
		return "", nil, err
	}
	if !info.IsDir() {
		dir, like = filepath.Dir(path), filepath.Base(path)
	}
	files, err = depthfile.Find(os.DirFS(dir), like, nil)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	name := files.Names[files.Frames[0]]
	if strings.EqualFold(filepath.Ext(name), ".png") && !isGrey16(filepath.Join(dir, name)) {
		return "", nil, fmt.Errorf("%s: its PNG files are pictures; depth has one channel of 16 bits", filepath.Base(path))
	}
	return filepath.Join(dir, name), files, nil
}

func isGrey16(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	c, _, err := image.DecodeConfig(f)
	return err == nil && c.ColorModel == color.Gray16Model
}

func (s *Session) loadCompare(serial int, path string) {
	s.compare.mu.Lock()
	s.compare.newest = max(serial, s.compare.newest)
	s.compare.mu.Unlock()
	name, files, err := findDepth(path)
	s.foundDepth(serial, name, files, err)
}

// foundDepth takes a sequence up unless another was asked for since.
func (s *Session) foundDepth(serial int, path string, files *depthfile.Sequence, err error) {
	found := model.CompareFound{Serial: serial, Path: path, Err: err}
	if err == nil {
		found.First, found.Last, found.Count = files.Frames[0], files.Frames[len(files.Frames)-1], len(files.Frames)
		var m *depthfile.Map
		if m, found.Err = readDepth(files, found.First); found.Err == nil {
			found.Size = image.Pt(m.Width, m.Height)
		}
	}
	s.compare.mu.Lock()
	defer s.compare.mu.Unlock()
	if serial < s.compare.newest {
		return
	}
	if found.Err == nil {
		s.compare.newest, s.compare.files = serial, files
	}
	s.Send(found)
}

func readDepth(files *depthfile.Sequence, n int) (m *depthfile.Map, err error) {
	defer catch(&err, fmt.Sprintf("read depth map %d", n))
	return files.Read(n, pngScale)
}

func (s *Session) measureDifference(cmd model.MeasureDifference) {
	c := &s.compare
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next = &cmd
	if !c.busy {
		c.busy = true
		s.start(s.measureAll)
	}
}

// measureAll measures what was asked for last until nothing more is.
func (s *Session) measureAll() {
	c := &s.compare
	for {
		c.mu.Lock()
		cmd, files := c.next, c.files
		c.next = nil
		if cmd == nil || s.ctx.Err() != nil {
			c.busy = false
			c.mu.Unlock()
			return
		}
		c.mu.Unlock()
		d := model.Difference{Of: cmd.Of, Number: cmd.Number}
		if err := measure(&d, files, cmd.Span); err != nil {
			d.Words, d.Other, d.Image = err.Error(), nil, nil
		}
		s.Send(model.Compared{Serial: cmd.Serial, Difference: d})
	}
}

func measure(d *model.Difference, files *depthfile.Sequence, span float64) error {
	if files == nil || files.Names[d.Number] == "" {
		return fmt.Errorf("the sequence has no map %d", d.Number)
	}
	m, err := readDepth(files, d.Number)
	if err != nil {
		return err
	}
	d.Other = &m.Map
	if d.Stats, err = difference.Of(d.Of, d.Other); err != nil {
		return err
	}
	if d.Span = span; span == 0 {
		d.Span = model.RoundUp(d.Stats.Most)
	}
	d.Image, err = difference.Paint(d.Of, d.Other, d.Span)
	return err
}

// diagnose asks the doctor, one sequence at a time.
func (s *Session) diagnose(cmd model.Diagnose) {
	ctx, cancel := context.WithCancel(s.ctx)
	s.stopDiagnosis()
	c := &s.compare
	c.mu.Lock()
	c.stop = cancel
	files := c.files
	c.mu.Unlock()
	s.start(func() {
		defer cancel()
		e, err := diagnose(ctx, files, cmd)
		if ctx.Err() == nil {
			s.Send(model.Diagnosed{Serial: cmd.Serial, Finding: e.String(), Sound: err == nil && e.Sound(), Err: err})
		}
	})
}

func (s *Session) stopDiagnosis() {
	s.compare.mu.Lock()
	defer s.compare.mu.Unlock()
	if s.compare.stop != nil {
		s.compare.stop()
	}
}

func diagnose(ctx context.Context, files *depthfile.Sequence, cmd model.Diagnose) (e doctor.Explanation, err error) {
	defer catch(&err, "diagnose")
	if files == nil {
		return e, fmt.Errorf("diagnose: there is no sequence")
	}
	var frames []int
	for _, n := range files.Frames {
		frames = append(frames, n-cmd.Offset)
	}
	read := func(n int) (*depth.Map, error) {
		m, err := files.Read(n+cmd.Offset, pngScale)
		if err != nil {
			return nil, err
		}
		return &m.Map, nil
	}
	return doctor.Diagnose(ctx, frames, read, export.Truth(cmd.Job))
}
