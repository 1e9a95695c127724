package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"zscope/depthcore/camera"
)

// Redone is a frame that an export with Job.Resume made again, and why.
type Redone struct {
	Frame int
	Why   string
}

// prepareManifest leaves a manifest on the disk that has the frames to keep,
// and sets p.frames to those to make.
func (r *run) prepareManifest(ctx context.Context) error {
	path := filepath.Join(r.Dir, r.manifestName())
	r.manifest = &manifest{settings: newSettings(r.plan), records: map[int]*record{}}
	if r.Resume {
		old, err := readManifest(path)
		if err != nil && !notThere(err) {
			// A manifest that cannot be read keeps no frames.
			old = &manifest{}
			for _, n := range r.frames {
				r.sum.Redone = append(r.sum.Redone, Redone{n, err.Error()})
			}
		} else if err == nil {
			if err := r.keep(ctx, old); err != nil {
				return err
			}
		}
	}
	if err := r.manifest.write(path); err != nil {
		return err
	}
	var err error
	r.journal, err = openJournal(path)
	return err
}

// keep takes over the records of an old manifest whose files are as they were
// made, and takes their frames out of r.frames.
func (r *run) keep(ctx context.Context, old *manifest) error {
	different := r.manifest.settings.difference(old.settings)
	if different != "" {
		different = "made with other settings: " + different
	}
	why := make([]string, len(r.frames))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range r.threads {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for k := int(next.Add(1)) - 1; k < len(r.frames) && ctx.Err() == nil; k = int(next.Add(1)) - 1 {
				why[k] = different
				if different == "" {
					why[k] = r.whyRedo(old.records[r.frames[k]], r.frames[k])
				}
			}
		}()
	}
	wait.Wait()
	if ctx.Err() != nil {
		return fmt.Errorf("export stopped while it compared the files that are there: %w", context.Cause(ctx))
	}
	var todo []int
	for k, n := range r.frames {
		if why[k] != "" {
			todo = append(todo, n)
			r.sum.Redone = append(r.sum.Redone, Redone{n, why[k]})
			continue
		}
		r.manifest.records[n] = old.records[n]
	}
	r.sum.Kept = len(r.frames) - len(todo)
	r.frames = todo
	if different == "" {
		// Frames that this job does not ask for stay as well.
		for n, rec := range old.records {
			if _, ok := r.manifest.records[n]; !ok && !r.wants(n) {
				r.manifest.records[n] = rec
			}
		}
		r.manifest.settings.Frames = unionFrames(r.manifest.settings.Frames, old.settings.Frames)
	}
	return nil
}

// wants reports whether the job asks for a frame.
func (p *plan) wants(frame int) bool {
	_, ok := p.place[frame]
	return ok
}

// whyRedo says why a frame has to be made again; empty means that its files
// are there as rec describes them.
func (r *run) whyRedo(rec *record, frame int) string {
	if rec == nil {
		return "not written yet"
	}
	if rec.Time != r.timeAt(r.timeline, frame) {
		return "made at another time"
	}
	if r.Track != nil {
		v, err := r.View(nil, frame)
		if err != nil || rec.trackFrame(r.Width, r.Height) != (camera.TrackFrame{Frame: frame, Time: rec.Time, Camera: r.cameraName(frame), View: v}) {
			return "made with another camera"
		}
	}
	outputs := r.outputs()
	if len(rec.Files) != len(outputs) {
		return "made in other formats"
	}
	for _, o := range outputs {
		name := r.depthName(r.shotOf(frame, rec.Time), o)
		stamp, ok := rec.file(name)
		if !ok {
			return "made in other formats"
		}
		if why := stamp.check(r.Dir); why != "" {
			return why
		}
		os.Remove(filepath.Join(r.Dir, filepath.FromSlash(name)+partSuffix)) // of a run that was killed
	}
	return ""
}

// file returns the stamp of one of the frame's files.
func (r *record) file(name string) (fileStamp, bool) {
	for _, f := range r.Files {
		if f.Name == name {
			return f, true
		}
	}
	return fileStamp{}, false
}

// check says how a file differs from its stamp; empty means not at all.
func (f fileStamp) check(dir string) string {
	file, err := os.Open(filepath.Join(dir, filepath.FromSlash(f.Name)))
	if err != nil {
		if notThere(err) {
			return f.Name + " is missing"
		}
		return fmt.Sprintf("%s cannot be read: %v", f.Name, reason(err))
	}
	defer file.Close()
	h := sha256.New()
	n, err := io.Copy(h, file)
	switch {
	case err != nil:
		return fmt.Sprintf("%s cannot be read: %v", f.Name, reason(err))
	case n != f.Bytes:
		return fmt.Sprintf("%s is damaged: it has %d bytes instead of %d", f.Name, n, f.Bytes)
	case hex.EncodeToString(h.Sum(nil)) != f.SHA256:
		return f.Name + " is damaged: its SHA-256 is another one"
	}
	return ""
}
