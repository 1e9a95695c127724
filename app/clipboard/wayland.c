//go:build cgo && !nogui && ((linux && !android) || freebsd)

// The listener tables of wayland.go: C functions that hand each event over to
// Go, or answer it themselves where there is nothing to say. data is the
// cgo.Handle of the listener, or of what was copied.

#include <stdint.h>
#include <unistd.h>
#include <wayland-client.h>
#include "_cgo_export.h"

static void global(void *data, struct wl_registry *registry, uint32_t name, const char *interface, uint32_t version) {
	clipboardGlobal((uintptr_t)data, registry, name, (char *)interface, version);
}

static void globalRemove(void *data, struct wl_registry *registry, uint32_t name) {}

static const struct wl_registry_listener registryListener = {global, globalRemove};

// Keyboards and pointers are listened to for the serial numbers of what the
// person does: a compositor lets nobody copy without one.

static void keymap(void *data, struct wl_keyboard *keyboard, uint32_t format, int32_t fd, uint32_t size) { close(fd); }

static void keyboardEnter(void *data, struct wl_keyboard *keyboard, uint32_t serial, struct wl_surface *surface, struct wl_array *keys) {
	clipboardInput((uintptr_t)data, serial);
}

static void keyboardLeave(void *data, struct wl_keyboard *keyboard, uint32_t serial, struct wl_surface *surface) {}

static void key(void *data, struct wl_keyboard *keyboard, uint32_t serial, uint32_t time, uint32_t key, uint32_t state) {
	clipboardInput((uintptr_t)data, serial);
}

static void modifiers(void *data, struct wl_keyboard *keyboard, uint32_t serial, uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group) {}

static const struct wl_keyboard_listener keyboardListener = {keymap, keyboardEnter, keyboardLeave, key, modifiers};

static void pointerEnter(void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y) {}

static void pointerLeave(void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *surface) {}

static void motion(void *data, struct wl_pointer *pointer, uint32_t time, wl_fixed_t x, wl_fixed_t y) {}

static void button(void *data, struct wl_pointer *pointer, uint32_t serial, uint32_t time, uint32_t button, uint32_t state) {
	clipboardInput((uintptr_t)data, serial);
}

static void axis(void *data, struct wl_pointer *pointer, uint32_t time, uint32_t axis, wl_fixed_t value) {}

static const struct wl_pointer_listener pointerListener = {pointerEnter, pointerLeave, motion, button, axis};

static void capabilities(void *data, struct wl_seat *seat, uint32_t has) {
	clipboardSeat((uintptr_t)data, seat, has);
}

static const struct wl_seat_listener seatListener = {capabilities};

static void offerType(void *data, struct wl_data_offer *offer, const char *type) {
	clipboardType((uintptr_t)data, offer, (char *)type);
}

static const struct wl_data_offer_listener offerListener = {offerType};

static void dataOffer(void *data, struct wl_data_device *device, struct wl_data_offer *offer) {
	wl_data_offer_add_listener(offer, &offerListener, data);
}

static void dragEnter(void *data, struct wl_data_device *device, uint32_t serial, struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y, struct wl_data_offer *offer) {
	if (offer)
		wl_data_offer_destroy(offer); // drags are others' business
}

static void dragLeave(void *data, struct wl_data_device *device) {}

static void dragMotion(void *data, struct wl_data_device *device, uint32_t time, wl_fixed_t x, wl_fixed_t y) {}

static void drop(void *data, struct wl_data_device *device) {}

static void selection(void *data, struct wl_data_device *device, struct wl_data_offer *offer) {
	clipboardSelection((uintptr_t)data, offer);
	if (offer)
		wl_data_offer_destroy(offer);
}

static const struct wl_data_device_listener deviceListener = {dataOffer, dragEnter, dragLeave, dragMotion, drop, selection};

static void target(void *data, struct wl_data_source *source, const char *type) {}

static void sendTo(void *data, struct wl_data_source *source, const char *type, int32_t fd) {
	clipboardSend((uintptr_t)data, fd);
}

static void cancelled(void *data, struct wl_data_source *source) {
	wl_data_source_destroy(source);
	clipboardCancelled((uintptr_t)data);
}

static const struct wl_data_source_listener sourceListener = {target, sendTo, cancelled};

// synced comes when the compositor has dealt with all that was asked before.
static void synced(void *data, struct wl_callback *callback, uint32_t serial) {
	wl_callback_destroy(callback);
	clipboardSynced((uintptr_t)data);
}

static const struct wl_callback_listener syncListener = {synced};

void clipboard_listen_registry(struct wl_registry *registry, uintptr_t data) {
	wl_registry_add_listener(registry, &registryListener, (void *)data);
}

void clipboard_listen_seat(struct wl_seat *seat, uintptr_t data) {
	wl_seat_add_listener(seat, &seatListener, (void *)data);
}

void clipboard_listen_device(struct wl_data_device *device, uintptr_t data) {
	wl_data_device_add_listener(device, &deviceListener, (void *)data);
}

void clipboard_listen_input(struct wl_seat *seat, uintptr_t data, int keyboard, int pointer) {
	if (keyboard)
		wl_keyboard_add_listener(wl_seat_get_keyboard(seat), &keyboardListener, (void *)data);
	if (pointer)
		wl_pointer_add_listener(wl_seat_get_pointer(seat), &pointerListener, (void *)data);
}

void clipboard_listen_sync(struct wl_display *display, uintptr_t data) {
	wl_callback_add_listener(wl_display_sync(display), &syncListener, (void *)data);
}

void clipboard_listen_source(struct wl_data_source *source, uintptr_t data) {
	wl_data_source_add_listener(source, &sourceListener, (void *)data);
}
