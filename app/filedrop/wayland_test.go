//go:build cgo && !nogui && ((linux && !android) || freebsd)

package filedrop

import (
	"errors"
	"testing"
)

// A compositor that has nothing to drop with is told of, once it has listed what
// it has, and only to a window that is there. (With weston, which has all of it,
// TestDropFromGTK of app/e2e drops on the window.)
func TestCompositorWithoutDrops(t *testing.T) {
	var said []error
	target := &waylandTarget{events: Events{Failed: func(err error) { said = append(said, err) }}.complete()}
	target.listed()
	if len(said) != 1 || !errors.Is(said[0], errNoDrops) {
		t.Errorf("it said %v", said)
	}
	target.detached = true
	target.listed()
	if len(said) != 1 {
		t.Errorf("to a window that is gone it said %v", said)
	}
}
