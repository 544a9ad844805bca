// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/input/virtio_input.h"

#include <stddef.h>

enum {
    EVENT_QUEUE = 0,
    EVENT_BYTES = 8,
    CONFIG_SELECT = 0,
    CONFIG_SUBSELECT = 1,
    CONFIG_SIZE = 2,
    CONFIG_DATA = 8,
    CONFIG_MOST = 128,
    SELECT_NAME = 0x01,
    SELECT_EVENTS = 0x11,
    SELECT_AXIS = 0x12,
    AXIS_MOST = 4, // of struct virtio_input_absinfo
};

static bool give(struct virtio_input *input, uint32_t index) {
    const struct virtio_buffer buffer = {input->events.physical + (uint64_t)index * EVENT_BYTES,
                                         EVENT_BYTES, true};
    return virtio_queue_add(input->queue, &buffer, 1, &input->tokens[index]);
}

enum virtio_error virtio_input_open(struct virtio_input *input, uint16_t vector,
                                    const struct venus_dma *rings) {
    enum virtio_error error = virtio_begin(input->device, 0, 0);
    if (error == VIRTIO_OK) {
        error = virtio_start_queue(input->device, EVENT_QUEUE, VIRTIO_INPUT_BUFFERS, vector, rings,
                                   input->queue);
    }
    if (error != VIRTIO_OK) {
        return error;
    }
    for (uint32_t i = 0; i < input->queue->size; i++) {
        give(input, i);
    }
    virtio_run(input->device);
    virtio_notify(input->device, EVENT_QUEUE, input->queue);
    return VIRTIO_OK;
}

enum virtio_result virtio_input_take(struct virtio_input *input, struct input_report *event) {
    void *token;
    uint32_t written;
    enum virtio_result result = virtio_queue_take(input->queue, &token, &written);
    if (result != VIRTIO_DONE) {
        return result;
    }
    uint32_t index = (uint32_t)((char *)token - input->tokens);
    // The device may write again as soon as it has the buffer: a word each is read once.
    const volatile uint32_t *words = (const volatile uint32_t *)((uintptr_t)input->events.address +
                                                                 (uint64_t)index * EVENT_BYTES);
    uint32_t first = words[0];
    uint32_t second = words[1];
    if (written != EVENT_BYTES || !give(input, index)) {
        input->queue->is_broken = true;
        return VIRTIO_BROKEN;
    }
    *event = (struct input_report){(uint16_t)first, (uint16_t)(first >> 16), (int32_t)second};
    return VIRTIO_DONE;
}

void virtio_input_refill(struct virtio_input *input) {
    virtio_notify(input->device, EVENT_QUEUE, input->queue);
}

// Bytes that the device has about something.
static uint32_t select_config(const struct virtio_input *input, uint8_t select, uint8_t sub) {
    const struct venus_registers *config = &input->device->config;
    venus_write8(config, CONFIG_SELECT, select);
    venus_write8(config, CONFIG_SUBSELECT, sub);
    uint32_t size = venus_read8(config, CONFIG_SIZE);
    return size <= CONFIG_MOST ? size : 0;
}

void virtio_input_name(const struct virtio_input *input, char *name, uint32_t size) {
    uint32_t length = select_config(input, SELECT_NAME, 0);
    uint32_t count = 0;
    for (uint32_t i = 0; i < length && count + 1 < size; i++) {
        uint8_t c = venus_read8(&input->device->config, CONFIG_DATA + i);
        if (c >= ' ' && c <= '~') {
            name[count++] = (char)c;
        }
    }
    name[count] = '\0';
}

bool virtio_input_has(const struct virtio_input *input, enum input_type type) {
    return select_config(input, SELECT_EVENTS, (uint8_t)type) > 0;
}

uint32_t virtio_input_most(const struct virtio_input *input, uint8_t axis) {
    if (select_config(input, SELECT_AXIS, axis) < AXIS_MOST + 4) {
        return 0;
    }
    return venus_read32(&input->device->config, CONFIG_DATA + AXIS_MOST);
}
