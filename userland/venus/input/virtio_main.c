// SPDX-License-Identifier: GPL-3.0-only
//
// The driver of virtio-input: keyboards and tablets.
#include "userland/venus/driver/virtio.h"
#include "userland/venus/input/events.h"
#include "userland/venus/input/virtio_input.h"

enum { INTERRUPT = 1, AXIS_X = 0, AXIS_Y = 1 };

static struct {
    struct driver_virtio virtio;
    struct virtio_queue queue;
    struct virtio_input input;
    struct events events;
} self;

static void interrupted(struct events *events) {
    driver_virtio_ack(&self.virtio);
    struct input_report event;
    enum virtio_result result = virtio_input_take(&self.input, &event);
    // As many as there can be at once; a device that always has more interrupts again.
    for (unsigned i = 0; i < VIRTIO_INPUT_BUFFERS && result == VIRTIO_DONE; i++) {
        events_add(events, event.type, event.code, event.value);
        result = virtio_input_take(&self.input, &event);
    }
    if (result == VIRTIO_BROKEN) {
        driver_fail(&self.virtio.driver, "the device says what can't be");
    }
    if (result == VIRTIO_DONE) {
        events_add(events, event.type, event.code, event.value);
    }
    virtio_input_refill(&self.input);
}

static void describe(struct input_info *info) {
    const struct virtio_input *input = &self.input;
    virtio_input_name(input, info->name, sizeof(info->name));
    bool is_absolute = virtio_input_has(input, INPUT_ABSOLUTE);
    info->features = (virtio_input_has(input, INPUT_KEY) ? INPUT_FEATURE_KEYS : 0) |
                     (virtio_input_has(input, INPUT_RELATIVE) ? INPUT_FEATURE_RELATIVE : 0) |
                     (is_absolute ? INPUT_FEATURE_ABSOLUTE : 0);
    info->max_x = is_absolute ? virtio_input_most(input, AXIS_X) : 0;
    info->max_y = is_absolute ? virtio_input_most(input, AXIS_Y) : 0;
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct driver *driver = &self.virtio.driver;
    driver_virtio_begin(&self.virtio, "input", VIRTIO_INPUT, INTERRUPT);
    self.input.device = &self.virtio.device;
    self.input.queue = &self.queue;
    self.input.events = driver_dma(driver, VIRTIO_INPUT_BYTES);
    const struct venus_dma rings = driver_dma(driver, VIRTIO_QUEUE_BYTES);
    driver_virtio_check(&self.virtio, virtio_input_open(&self.input, self.virtio.vector, &rings));
    self.events.driver = driver;
    self.events.interrupted = interrupted;
    describe(&self.events.info);
    bool is_pointer =
        (self.events.info.features & (INPUT_FEATURE_ABSOLUTE | INPUT_FEATURE_RELATIVE)) != 0;
    events_serve(&self.events, is_pointer ? "pointer" : "keyboard");
}
