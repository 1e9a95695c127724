package session

import "sync"

// latest does one piece of work after the other, each the newest that was asked
// for meanwhile: what was passed over is not done at all. The zero value rests.
type latest[T any] struct {
	mu   sync.Mutex
	next *T
	busy bool
}

// ask has work done on the session's goroutines with v, once what is being
// done has ended.
func (l *latest[T]) ask(s *Session, v T, work func(T)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next = &v
	if l.busy {
		return
	}
	l.busy = true
	s.start(func() {
		for {
			l.mu.Lock()
			v := l.next
			l.next = nil
			if v == nil || s.ctx.Err() != nil {
				l.busy = false
				l.mu.Unlock()
				return
			}
			l.mu.Unlock()
			work(*v)
		}
	})
}
