package par

import (
	"context"
	"sync/atomic"
	"testing"
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
