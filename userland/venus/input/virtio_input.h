// SPDX-License-Identifier: GPL-3.0-only
//
// virtio-input (VIRTIO 1.2, section 5.8): keyboards, tablets and mice that say what happens in the
// events of Linux's input-event-codes.h.
#ifndef HELIOS_USERLAND_VENUS_INPUT_VIRTIO_INPUT_H
#define HELIOS_USERLAND_VENUS_INPUT_VIRTIO_INPUT_H

#include "userland/venus/virtio/device.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VIRTIO_INPUT_BUFFERS 64
#define VIRTIO_INPUT_BYTES   4096 // of memory for events

struct input_report {
    uint16_t type;
    uint16_t code;
    int32_t value;
};

enum input_type {
    INPUT_SYNC = 0,
    INPUT_KEY = 1,
    INPUT_RELATIVE = 2,
    INPUT_ABSOLUTE = 3,
};

struct virtio_input {
    struct virtio_device *device;
    struct virtio_queue *queue;
    struct venus_dma events;           // VIRTIO_INPUT_BYTES
    char tokens[VIRTIO_INPUT_BUFFERS]; // their addresses are the buffers' tokens
};

// Starts the device: it may tell what happens from now on. The caller has filled in the first
// three.
enum virtio_error virtio_input_open(struct virtio_input *input, uint16_t vector,
                                    const struct venus_dma *rings);

// The next event. VIRTIO_BROKEN: the device said what can't be, and is to be given up.
enum virtio_result virtio_input_take(struct virtio_input *input, struct input_report *event);

// Tells the device of the room that has been made by taking.
void virtio_input_refill(struct virtio_input *input);

// Its name, NUL-terminated, what can't be printed left out; whether it has events of a type; the
// largest value of an absolute axis (0: none).
void virtio_input_name(const struct virtio_input *input, char *name, uint32_t size);
bool virtio_input_has(const struct virtio_input *input, enum input_type type);
uint32_t virtio_input_most(const struct virtio_input *input, uint8_t axis);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_INPUT_VIRTIO_INPUT_H
