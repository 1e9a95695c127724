//go:build cgo && !nogui && ((linux && !android) || freebsd)

package filedrop

/*
#cgo pkg-config: wayland-client
#include <stdint.h>
#include <stdlib.h>
#include <wayland-client.h>

void filedrop_listen_registry(struct wl_display *display, struct wl_registry *registry, uintptr_t data);
int filedrop_listen_device(struct wl_data_device *device, uintptr_t data);
*/
import "C"

import (
	"bytes"
	"errors"
	"io"
	"os"
	"runtime/cgo"
	"sync"
	"time"
	"unsafe"
)

const (
	uriList    = "text/uri-list"
	copyAction = C.WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY
)

// errNoDrops is of a compositor without wl_data_device_manager.
var errNoDrops = errors.New("this desktop's compositor delivers no drops")

// waylandTarget is a window on Gio's connection. Its objects live on Gio's
// default queue, so that Gio reads their events and calls back in the window's
// goroutine; only that goroutine touches them. Gio has closed the connection by
// the time that it tells of the window's end, so detaching leaves them to it.
type waylandTarget struct {
	handle  cgo.Handle
	surface *C.struct_wl_surface
	manager *C.struct_wl_data_device_manager
	seats   []*C.struct_wl_seat // that came before the manager
	offers  map[*C.struct_wl_data_offer]*offer
	over    *offer // that is dragged over the window, nil for none

	mu       sync.Mutex // guards what readers and detach touch
	events   Events
	detached bool
}

// offer is what somebody could hand over: a drag, or the clipboard, which is
// Gio's to read.
type offer struct {
	object *C.struct_wl_data_offer
	files  bool // text/uri-list is among its types
	action uint32

	// What the target's mutex guards, for the goroutine that reads.
	known   bool
	list    []byte
	dropped bool
	gone    bool // left the window without a drop
	done    bool // delivered; may be finished
}

// attachWayland delivers the drops on a window of Gio's connection. It must be
// called by the window's goroutine.
func attachWayland(display, surface unsafe.Pointer, events Events) (detach func(), err error) {
	t := &waylandTarget{surface: (*C.struct_wl_surface)(surface), offers: map[*C.struct_wl_data_offer]*offer{}, events: events}
	registry := C.wl_display_get_registry((*C.struct_wl_display)(display))
	if registry == nil {
		return nil, errors.New("the compositor does not say what it offers")
	}
	t.handle = cgo.NewHandle(t)
	C.filedrop_listen_registry((*C.struct_wl_display)(display), registry, C.uintptr_t(t.handle))
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.detached = true
	}, nil
}

// tell calls one of the events unless the window was detached.
func (t *waylandTarget) tell(event func()) {
	t.mu.Lock()
	detached := t.detached
	t.mu.Unlock()
	if !detached {
		event()
	}
}

func targetOf(data C.uintptr_t) *waylandTarget { return cgo.Handle(data).Value().(*waylandTarget) }

//export filedropGlobal
func filedropGlobal(data C.uintptr_t, registry *C.struct_wl_registry, name C.uint32_t, iface *C.char, version C.uint32_t) {
	t := targetOf(data)
	switch C.GoString(iface) {
	case "wl_data_device_manager":
		t.manager = (*C.struct_wl_data_device_manager)(C.wl_registry_bind(registry, name, &C.wl_data_device_manager_interface, min(version, 3)))
		for _, seat := range t.seats {
			t.listen(seat)
		}
		t.seats = nil
	case "wl_seat":
		seat := (*C.struct_wl_seat)(C.wl_registry_bind(registry, name, &C.wl_seat_interface, 1))
		if t.manager == nil {
			t.seats = append(t.seats, seat)
			return
		}
		t.listen(seat)
	}
}

//export filedropListed
func filedropListed(data C.uintptr_t) { targetOf(data).listed() }

// listed says so where the compositor has nothing to drop with: it would only
// never tell of a drop.
func (t *waylandTarget) listed() {
	if t.manager == nil {
		t.tell(func() { t.events.Failed(errNoDrops) })
	}
}

func (t *waylandTarget) listen(seat *C.struct_wl_seat) {
	device := C.wl_data_device_manager_get_data_device(t.manager, seat)
	C.filedrop_listen_device(device, C.uintptr_t(t.handle))
}

//export filedropOffer
func filedropOffer(data C.uintptr_t, object *C.struct_wl_data_offer) {
	t := targetOf(data)
	t.sweep()
	t.offers[object] = &offer{object: object}
}

//export filedropType
func filedropType(data C.uintptr_t, object *C.struct_wl_data_offer, kind *C.char) {
	if o := targetOf(data).offers[object]; o != nil && C.GoString(kind) == uriList {
		o.files = true
	}
}

//export filedropAction
func filedropAction(data C.uintptr_t, object *C.struct_wl_data_offer, action C.uint32_t) {
	if o := targetOf(data).offers[object]; o != nil {
		o.action = uint32(action)
	}
}

// filedropSelection tells of a new clipboard, whose offer is of no use here.
//
//export filedropSelection
func filedropSelection(data C.uintptr_t, object *C.struct_wl_data_offer) {
	t := targetOf(data)
	t.sweep()
	if o := t.offers[object]; o != nil {
		t.destroy(o)
	}
}

//export filedropEnter
func filedropEnter(data C.uintptr_t, serial C.uint32_t, surface *C.struct_wl_surface, object *C.struct_wl_data_offer) {
	t := targetOf(data)
	o := t.offers[object]
	if o == nil || surface != t.surface || !o.files {
		if o != nil {
			C.wl_data_offer_accept(object, serial, nil)
		}
		return
	}
	t.over = o
	kind := C.CString(uriList)
	defer C.free(unsafe.Pointer(kind))
	C.wl_data_offer_accept(object, serial, kind)
	if o.hasActions() {
		C.wl_data_offer_set_actions(object, copyAction, copyAction)
	}
	t.tell(func() { t.events.Over(nil) })
	t.ask(o)
}

// hasActions says whether the compositor speaks of actions, as it does since
// version 3 of the protocol.
func (o *offer) hasActions() bool {
	return C.wl_proxy_get_version((*C.struct_wl_proxy)(unsafe.Pointer(o.object))) >= 3
}

// filedropLeave also comes after a drop, before its data has.
//
//export filedropLeave
func filedropLeave(data C.uintptr_t) {
	t := targetOf(data)
	o := t.over
	t.over = nil
	if o == nil {
		t.sweep()
		return
	}
	t.mu.Lock()
	o.gone = !o.dropped
	t.mu.Unlock()
	if o.gone {
		t.destroy(o)
		t.tell(t.events.Leave)
	}
	t.sweep()
}

//export filedropDrop
func filedropDrop(data C.uintptr_t) {
	t := targetOf(data)
	o := t.over
	if o == nil {
		return
	}
	t.over = nil
	t.mu.Lock()
	o.dropped = true
	again := o.known && len(o.list) == 0 // a source that answers only now
	ready := o.known && !again
	t.mu.Unlock()
	switch {
	case ready:
		t.deliver(o)
	case again:
		t.ask(o)
	}
	t.sweep()
}

// ask reads the list in a goroutine: its writer is another program.
func (t *waylandTarget) ask(o *offer) {
	t.mu.Lock()
	o.known, o.list = false, nil
	t.mu.Unlock()
	r, w, err := os.Pipe()
	if err != nil {
		t.tell(func() { t.events.Failed(err) })
		return
	}
	kind := C.CString(uriList)
	defer C.free(unsafe.Pointer(kind))
	C.wl_data_offer_receive(o.object, kind, C.int32_t(w.Fd()))
	// libwayland has a descriptor of its own by now.
	w.Close()
	go func() {
		defer r.Close()
		r.SetReadDeadline(time.Now().Add(patience))
		list, err := io.ReadAll(io.LimitReader(r, longestList))
		if err != nil {
			list = nil
		}
		t.listKnown(o, list)
	}()
}

// listKnown is called by the goroutine that read it.
func (t *waylandTarget) listKnown(o *offer, list []byte) {
	t.mu.Lock()
	o.known, o.list = true, bytes.TrimRight(list, "\x00")
	dropped, gone := o.dropped, o.gone
	t.mu.Unlock()
	switch {
	case dropped:
		t.deliver(o)
	case !gone:
		if paths, err := localPaths(o.list); err == nil {
			t.tell(func() { t.events.Over(paths) })
		}
	}
}

// deliver hands the files of a drop to the window.
func (t *waylandTarget) deliver(o *offer) {
	t.mu.Lock()
	list := o.list
	o.done = true
	t.mu.Unlock()
	paths, err := localPaths(list)
	if len(list) == 0 {
		err = errSilent
	}
	t.tell(func() {
		if err != nil {
			t.events.Failed(err)
			return
		}
		t.events.Drop(paths)
	})
}

// sweep lets offers go that were delivered. It runs in the window's goroutine,
// at the next event after the delivery.
func (t *waylandTarget) sweep() {
	for _, o := range t.offers {
		t.mu.Lock()
		done := o.done
		t.mu.Unlock()
		if !done {
			continue
		}
		if o.hasActions() && o.action == copyAction { // else finishing is an error
			C.wl_data_offer_finish(o.object)
		}
		t.destroy(o)
	}
}

func (t *waylandTarget) destroy(o *offer) {
	delete(t.offers, o.object)
	C.wl_data_offer_destroy(o.object)
}
