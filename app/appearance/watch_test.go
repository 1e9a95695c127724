package appearance

import (
	"context"
	"testing"
	"time"
)

// watching runs Watch. next waits for what it says next; end ends it, and returns
// how much more it has said.
func watching(t *testing.T) (next func(want bool), end func() int) {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	said, ended := make(chan bool, 10), make(chan struct{})
	go func() {
		Watch(ctx, func(light bool) { said <- light })
		close(ended)
	}()
	next = func(want bool) {
		t.Helper()
		select {
		case light := <-said:
			if light != want {
				t.Errorf("told light %v, want %v", light, want)
			}
		case <-time.After(time.Minute):
			t.Fatal("nothing was told")
		}
	}
	end = func() int {
		cancel()
		<-ended
		return len(said)
	}
	return next, end
}
