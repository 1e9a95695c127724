// Package par spreads numbered pieces of work over goroutines.
package par

import (
	"context"
	"sync"
	"sync/atomic"
)

// Pool runs pieces of work on a fixed number of goroutines, which live only
// while Run does. Once warm, Run allocates nothing. It is used by one
// goroutine at a time.
type Pool struct {
	task []func() // one a worker, made once so that starting it allocates nothing
	done sync.WaitGroup
	next atomic.Int64

	ctx  context.Context
	n    int
	work func(worker, item int)
}

// New returns a pool of at least one worker.
func New(workers int) *Pool {
	p := &Pool{task: make([]func(), max(workers, 1))}
	for w := range p.task {
		p.task[w] = func() { p.loop(w); p.done.Done() }
	}
	return p
}

// Workers returns how many pieces of work may run at a time.
func (p *Pool) Workers() int { return len(p.task) }

// Run calls f for each item of 0..n-1, in order of their start, with the
// number of the worker that it runs on. When ctx ends, the items not begun
// are left out and its error is returned.
func (p *Pool) Run(ctx context.Context, n int, f func(worker, item int)) error {
	p.ctx, p.n, p.work = ctx, n, f
	p.next.Store(0)
	others := min(len(p.task), n) - 1
	p.done.Add(max(others, 0))
	for w := 1; w <= others; w++ {
		go p.task[w]()
	}
	p.loop(0)
	p.done.Wait()
	p.ctx, p.work = nil, nil
	return ctx.Err()
}

func (p *Pool) loop(worker int) {
	for p.ctx.Err() == nil {
		i := int(p.next.Add(1)) - 1
		if i >= p.n {
			return
		}
		p.work(worker, i)
	}
}
