//go:build cgo && !nogui && ((linux && !android) || freebsd)

package clipboard

/*
#cgo pkg-config: wayland-client
#include <stdint.h>
#include <stdlib.h>
#include <wayland-client.h>

void clipboard_listen_registry(struct wl_registry *registry, uintptr_t data);
void clipboard_listen_seat(struct wl_seat *seat, uintptr_t data);
void clipboard_listen_device(struct wl_data_device *device, uintptr_t data);
void clipboard_listen_input(struct wl_seat *seat, uintptr_t data, int keyboard, int pointer);
void clipboard_listen_source(struct wl_data_source *source, uintptr_t data);
void clipboard_listen_sync(struct wl_display *display, uintptr_t data);
*/
import "C"

import (
	"errors"
	"os"
	"runtime/cgo"
	"unsafe"
)

// What a picture is offered as: for others, and to know it again when the
// compositor says what the clipboard holds.
const (
	pngType = "image/png"
	ownType = "application/x-zscope-picture"
)

// wayland listens on Gio's connection. Its objects live on Gio's default queue,
// so that Gio reads their events and calls back in the window's goroutine, to
// which all of this belongs.
type wayland struct {
	handle  cgo.Handle
	display *C.struct_wl_display
	manager *C.struct_wl_data_device_manager
	seat    *C.struct_wl_seat
	// Which of the seat's have been listened to.
	keyboard, pointer bool
	serial            C.uint32_t // of what the person did last
	own               *C.struct_wl_data_offer
	// device is there only while something is being copied: a compositor tells
	// of drags to one of a program's devices, and that has to be another.
	device *C.struct_wl_data_device
	taken  bool // the clipboard holds what is being copied
	done   func(error)
}

// copied is a picture that was put on the clipboard.
type copied struct{ png []byte }

// listenWayland must be called by the window's goroutine. What it makes ends
// with Gio's connection.
func listenWayland(display unsafe.Pointer) *wayland {
	w := &wayland{display: (*C.struct_wl_display)(display)}
	w.handle = cgo.NewHandle(w)
	if registry := C.wl_display_get_registry(w.display); registry != nil {
		C.clipboard_listen_registry(registry, C.uintptr_t(w.handle))
	}
	return w
}

// put offers a picture. How that is done is said in the Wayland protocol, under
// wl_data_device.
func (w *wayland) put(png []byte, done func(error)) {
	if w.manager == nil || w.seat == nil || w.serial == 0 {
		done(ErrNoPictures)
		return
	}
	if w.device != nil {
		done(errBusy)
		return
	}
	w.device, w.taken, w.done = C.wl_data_device_manager_get_data_device(w.manager, w.seat), false, done
	C.clipboard_listen_device(w.device, C.uintptr_t(w.handle))
	source := C.wl_data_device_manager_create_data_source(w.manager)
	C.clipboard_listen_source(source, C.uintptr_t(cgo.NewHandle(&copied{png})))
	for _, kind := range []string{pngType, ownType} {
		name := C.CString(kind)
		C.wl_data_source_offer(source, name)
		C.free(unsafe.Pointer(name))
	}
	C.wl_data_device_set_selection(w.device, source, w.serial)
	// A compositor that refuses says nothing. One that does not tells what the
	// clipboard holds before it answers what comes after.
	C.clipboard_listen_sync(w.display, C.uintptr_t(w.handle))
	C.wl_display_flush(w.display)
}

var errBusy = errors.New("the picture before is still being copied")

func listener(data C.uintptr_t) *wayland { return cgo.Handle(data).Value().(*wayland) }

//export clipboardGlobal
func clipboardGlobal(data C.uintptr_t, registry *C.struct_wl_registry, name C.uint32_t, iface *C.char, version C.uint32_t) {
	w := listener(data)
	switch kind := C.GoString(iface); {
	case kind == "wl_data_device_manager" && version >= 2: // with which a device can be let go
		w.manager = (*C.struct_wl_data_device_manager)(C.wl_registry_bind(registry, name, &C.wl_data_device_manager_interface, 2))
	case kind == "wl_seat" && w.seat == nil:
		w.seat = (*C.struct_wl_seat)(C.wl_registry_bind(registry, name, &C.wl_seat_interface, 1))
		C.clipboard_listen_seat(w.seat, C.uintptr_t(w.handle))
	}
}

//export clipboardSeat
func clipboardSeat(data C.uintptr_t, seat *C.struct_wl_seat, has C.uint32_t) {
	w := listener(data)
	fresh := func(known *bool, capability C.uint32_t) C.int {
		if *known || has&capability == 0 {
			return 0
		}
		*known = true
		return 1
	}
	C.clipboard_listen_input(seat, C.uintptr_t(w.handle), fresh(&w.keyboard, C.WL_SEAT_CAPABILITY_KEYBOARD), fresh(&w.pointer, C.WL_SEAT_CAPABILITY_POINTER))
}

//export clipboardInput
func clipboardInput(data C.uintptr_t, serial C.uint32_t) { listener(data).serial = serial }

// clipboardType is told what there is before clipboardSelection.
//
//export clipboardType
func clipboardType(data C.uintptr_t, offer *C.struct_wl_data_offer, kind *C.char) {
	if C.GoString(kind) == ownType {
		listener(data).own = offer
	}
}

//export clipboardSelection
func clipboardSelection(data C.uintptr_t, offer *C.struct_wl_data_offer) {
	w := listener(data)
	w.taken = offer != nil && offer == w.own
	w.own = nil
}

//export clipboardSynced
func clipboardSynced(data C.uintptr_t) {
	w := listener(data)
	C.wl_data_device_release(w.device)
	w.device = nil
	if w.taken {
		w.done(nil)
	} else {
		w.done(ErrRefused)
	}
}

//export clipboardSend
func clipboardSend(data C.uintptr_t, fd C.int32_t) {
	c := cgo.Handle(data).Value().(*copied)
	go func() { // at the pace of the program that reads
		to := os.NewFile(uintptr(fd), "clipboard")
		to.Write(c.png) // it may stop reading at any time
		to.Close()
	}()
}

// clipboardCancelled comes when another program has copied something.
//
//export clipboardCancelled
func clipboardCancelled(data C.uintptr_t) { cgo.Handle(data).Delete() }
