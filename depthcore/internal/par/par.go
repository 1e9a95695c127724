// Package par spreads numbered pieces of work over goroutines.
package par

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// linger is how long a goroutine that has run out of work waits awake: starting
// one on a core that has gone to sleep takes longer than many a stage of a frame.
const linger = 150 * time.Microsecond

// Pool runs pieces of work on a fixed number of goroutines, which live while Run
// does and for a moment after, in case it is called again. Once warm, Run
// allocates nothing. It is used by one goroutine at a time.
type Pool struct {
	task  []func()       // one a worker, made once so that starting it allocates nothing
	state []atomic.Int32 // of the workers
	done  sync.WaitGroup
	busy  atomic.Int32 // workers that may not have ended yet, but for the caller

	ctx  context.Context
	n    int
	work func(worker, item int)

	// Alone on its cache line, which cores take from each other for each item.
	_    [64]byte
	next atomic.Int64
	_    [64]byte
}

// What a worker's goroutine does.
const (
	gone int32 = iota // there is none
	working
	lingering
)

// New returns a pool of at least one worker.
func New(workers int) *Pool {
	workers = max(workers, 1)
	p := &Pool{task: make([]func(), workers), state: make([]atomic.Int32, workers)}
	for w := range p.task {
		p.task[w] = func() { p.serve(w) }
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
	others := max(min(len(p.task), n)-1, 0)
	p.done.Add(others)
	p.busy.Add(int32(others))
	for w := 1; w <= others; w++ {
		if !p.state[w].CompareAndSwap(lingering, working) {
			p.state[w].Store(working)
			go p.task[w]()
		}
	}
	p.loop(0)
	await(func() bool { return p.busy.Load() == 0 })
	p.done.Wait()
	p.ctx, p.work = nil, nil
	return ctx.Err()
}

// serve is a worker's goroutine.
func (p *Pool) serve(worker int) {
	state := &p.state[worker]
	for {
		p.loop(worker)
		state.Store(lingering)
		p.done.Done()
		p.busy.Add(-1)
		if !await(func() bool { return state.Load() == working }) && state.CompareAndSwap(lingering, gone) {
			return
		}
	}
}

// await reports whether what it waits for came true while it lingered. It leaves
// its core to any other goroutine that has something to do.
func await(is func() bool) bool {
	for begun := time.Now(); ; runtime.Gosched() {
		if is() {
			return true
		}
		if time.Since(begun) > linger {
			return false
		}
	}
}

func (p *Pool) loop(worker int) {
	ctx, n, work := p.ctx, p.n, p.work
	for ctx.Err() == nil {
		i := int(p.next.Add(1)) - 1
		if i >= n {
			return
		}
		work(worker, i)
	}
}
