//go:build cgo && !nogui && darwin && !ios

package filedrop

/*
#cgo CFLAGS: -x objective-c -fobjc-arc
#cgo LDFLAGS: -framework AppKit
#include <stdint.h>

void filedropRegister(uintptr_t view);
*/
import "C"

import (
	"bytes"
	"sync"
	"unsafe"

	"gioui.org/app"
)

// Gio's view gets the methods of NSDraggingDestination that it lacks (see
// darwin.m). AppKit calls them on the main thread.

// targets are the views that take drops: AppKit calls with nothing else.
var targets sync.Map // of uintptr to Events

func attach(view any, events Events) (detach func(), err error) {
	v, ok := view.(app.AppKitViewEvent)
	if !ok || !v.Valid() {
		return nil, errNoDesktop
	}
	targets.Store(v.View, events)
	C.filedropRegister(C.uintptr_t(v.View))
	return sync.OnceFunc(func() { targets.Delete(v.View) }), nil
}

func eventsOf(view C.uintptr_t) (Events, bool) {
	events, ok := targets.Load(uintptr(view))
	if !ok {
		return Events{}, false
	}
	return events.(Events), true
}

//export filedropEntered
func filedropEntered(view C.uintptr_t, list unsafe.Pointer, length C.int) C.int {
	events, ok := eventsOf(view)
	paths := pathsOf(C.GoBytes(list, length))
	if !ok || len(paths) == 0 {
		return 0
	}
	events.Over(paths)
	return 1
}

//export filedropExited
func filedropExited(view C.uintptr_t) {
	if events, ok := eventsOf(view); ok {
		events.Leave()
	}
}

//export filedropPerformed
func filedropPerformed(view C.uintptr_t, list unsafe.Pointer, length C.int) C.int {
	events, ok := eventsOf(view)
	if !ok {
		return 0
	}
	paths := pathsOf(C.GoBytes(list, length))
	if len(paths) == 0 {
		events.Failed(errNothing)
		return 0
	}
	events.Drop(paths)
	return 1
}

// pathsOf splits paths that each end with NUL.
func pathsOf(list []byte) (paths []string) {
	for p := range bytes.SplitSeq(list, []byte{0}) {
		if len(p) > 0 {
			paths = append(paths, string(p))
		}
	}
	return paths
}
