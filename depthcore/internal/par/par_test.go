package par

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	for _, workers := range []int{0, 1, 2, 7} {
		p := New(workers)
		for _, n := range []int{0, 1, 5, 1000} {
			done := make([]atomic.Int32, n)
			if err := p.Run(context.Background(), n, func(w, i int) {
				if w < 0 || w >= p.Workers() {
					t.Errorf("worker %d of %d", w, p.Workers())
				}
				done[i].Add(1)
			}); err != nil {
				t.Fatal(err)
			}
			for i := range done {
				if k := done[i].Load(); k != 1 {
					t.Errorf("%d workers: item %d of %d was done %d times", workers, i, n, k)
				}
			}
		}
	}
}

func TestRunCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var done atomic.Int32
	err := New(2).Run(ctx, 1000, func(_, i int) {
		if done.Add(1) == 10 {
			cancel()
		}
	})
	if err == nil || done.Load() > 20 {
		t.Errorf("%d items done after the 10th cancelled; error %v", done.Load(), err)
	}
}

func TestRunAllocates(t *testing.T) {
	p := New(2)
	f := func(_, i int) {}
	if n := testing.AllocsPerRun(100, func() { _ = p.Run(context.Background(), 10, f) }); n > 0 {
		t.Errorf("%v allocations a run", n)
	}
}

// Runs that follow each other closely, and not, find all work done each time, with
// as many workers as asked, however many of them are awake.
func TestRunAgain(t *testing.T) {
	p := New(4)
	for k := range 300 {
		n := k % 7
		var done, out atomic.Int32
		if err := p.Run(context.Background(), n, func(w, i int) {
			done.Add(1)
			if w >= max(n, 1) || w >= 4 {
				out.Add(1)
			}
		}); err != nil {
			t.Fatal(err)
		}
		if done.Load() != int32(n) || out.Load() > 0 {
			t.Fatalf("run %d: %d of %d items done, %d by a worker too many", k, done.Load(), n, out.Load())
		}
		if k%50 == 0 {
			time.Sleep(2 * linger)
		}
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(linger) {
		left := 0
		for w := range p.state {
			if p.state[w].Load() != gone {
				left++
			}
		}
		if left == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d workers linger on", left)
		}
	}
}
