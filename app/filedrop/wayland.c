//go:build cgo && !nogui && ((linux && !android) || freebsd)

// The listener tables of wayland.go: C functions that hand each event over to
// Go. data is the cgo.Handle of the target.

#include <stdint.h>
#include <wayland-client.h>
#include "_cgo_export.h"

static void global(void *data, struct wl_registry *registry, uint32_t name, const char *interface, uint32_t version) {
	filedropGlobal((uintptr_t)data, registry, name, (char *)interface, version);
}

static void globalRemove(void *data, struct wl_registry *registry, uint32_t name) {}

static const struct wl_registry_listener registryListener = {global, globalRemove};

// listed comes when the registry has told of all that there is.
static void listed(void *data, struct wl_callback *callback, uint32_t serial) {
	wl_callback_destroy(callback);
	filedropListed((uintptr_t)data);
}

static const struct wl_callback_listener listedListener = {listed};

static void offerType(void *data, struct wl_data_offer *offer, const char *type) {
	filedropType((uintptr_t)data, offer, (char *)type);
}

static void offerSourceActions(void *data, struct wl_data_offer *offer, uint32_t actions) {}

static void offerAction(void *data, struct wl_data_offer *offer, uint32_t action) {
	filedropAction((uintptr_t)data, offer, action);
}

static const struct wl_data_offer_listener offerListener = {offerType, offerSourceActions, offerAction};

static void dataOffer(void *data, struct wl_data_device *device, struct wl_data_offer *offer) {
	wl_data_offer_add_listener(offer, &offerListener, data);
	filedropOffer((uintptr_t)data, offer);
}

static void enter(void *data, struct wl_data_device *device, uint32_t serial, struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y, struct wl_data_offer *offer) {
	filedropEnter((uintptr_t)data, serial, surface, offer);
}

static void leave(void *data, struct wl_data_device *device) {
	filedropLeave((uintptr_t)data);
}

static void motion(void *data, struct wl_data_device *device, uint32_t time, wl_fixed_t x, wl_fixed_t y) {}

static void drop(void *data, struct wl_data_device *device) {
	filedropDrop((uintptr_t)data);
}

static void selection(void *data, struct wl_data_device *device, struct wl_data_offer *offer) {
	filedropSelection((uintptr_t)data, offer);
}

static const struct wl_data_device_listener deviceListener = {dataOffer, enter, leave, motion, drop, selection};

void filedrop_listen_registry(struct wl_display *display, struct wl_registry *registry, uintptr_t data) {
	wl_registry_add_listener(registry, &registryListener, (void *)data);
	wl_callback_add_listener(wl_display_sync(display), &listedListener, (void *)data);
}

int filedrop_listen_device(struct wl_data_device *device, uintptr_t data) {
	return wl_data_device_add_listener(device, &deviceListener, (void *)data);
}
