package session

import (
	"context"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"zscope/viewer/model"
)

// quiet is how long a file must rest after a change before it is read again:
// who writes it does so in several steps.
const quiet = 400 * time.Millisecond

// watch tells when the file at path is written to, in place of the file
// watched before. An empty path is the demo scene, which does not change. A
// system that cannot watch leaves reading again to the person.
func (s *Session) watch(path string) {
	ctx, cancel := context.WithCancel(s.ctx)
	s.mu.Lock()
	if s.stopWatch != nil {
		s.stopWatch()
	}
	s.stopWatch = cancel
	s.mu.Unlock()
	if path == "" {
		return
	}
	// The folder is watched, since many programs write a new file and rename.
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return
	}
	if err := w.Add(filepath.Dir(path)); err != nil {
		w.Close()
		return
	}
	s.start(func() {
		defer cancel()
		defer w.Close()
		rest := time.NewTimer(time.Hour)
		rest.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case e, ok := <-w.Events:
				if !ok {
					return
				}
				if filepath.Base(e.Name) == filepath.Base(path) && e.Has(fsnotify.Write|fsnotify.Create) {
					rest.Reset(quiet)
				}
			case _, ok := <-w.Errors:
				if !ok {
					return
				}
			case <-rest.C:
				s.Send(model.FileChanged{Path: path})
			}
		}
	})
}
