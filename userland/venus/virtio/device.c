// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/virtio/device.h"

enum {
    STATUS_ACKNOWLEDGE = 1,
    STATUS_DRIVER = 2,
    STATUS_DRIVER_OK = 4,
    STATUS_FEATURES_OK = 8,
    STATUS_NEEDS_RESET = 64,
    STATUS_FAILED = 128,
    // Devices reset while their register is written; one that has not finished after so many reads
    // never will.
    RESET_READS = 100000,
    CONFIG_READS = 16,
};

static void add_status(const struct virtio_device *device, uint8_t bits) {
    uint8_t status = device->transport->status(device);
    device->transport->set_status(device, (uint8_t)(status | bits));
}

enum virtio_error virtio_reset(struct virtio_device *device) {
    device->transport->set_status(device, 0);
    for (unsigned i = 0; i < RESET_READS; i++) {
        if (device->transport->status(device) == 0) {
            return VIRTIO_OK;
        }
    }
    return VIRTIO_NO_RESET;
}

static enum virtio_error fail(const struct virtio_device *device, enum virtio_error error) {
    add_status(device, STATUS_FAILED);
    return error;
}

enum virtio_error virtio_begin(struct virtio_device *device, uint64_t required, uint64_t wanted) {
    enum virtio_error error = virtio_reset(device);
    if (error != VIRTIO_OK) {
        return error;
    }
    add_status(device, STATUS_ACKNOWLEDGE);
    add_status(device, STATUS_DRIVER);
    uint64_t offered = device->transport->features(device);
    if ((offered & VIRTIO_F_VERSION_1) == 0) {
        return fail(device, VIRTIO_NO_VERSION_1);
    }
    if ((offered & required) != required) {
        return fail(device, VIRTIO_NO_FEATURES);
    }
    device->features = (offered & wanted) | required | VIRTIO_F_VERSION_1;
    device->transport->set_features(device, device->features);
    add_status(device, STATUS_FEATURES_OK);
    if ((device->transport->status(device) & STATUS_FEATURES_OK) == 0) {
        return fail(device, VIRTIO_NO_FEATURES);
    }
    return VIRTIO_OK;
}

enum virtio_error virtio_start_queue(struct virtio_device *device, uint16_t index, uint16_t most,
                                     uint16_t vector, const struct venus_dma *memory,
                                     struct virtio_queue *queue) {
    uint16_t max = device->transport->queue_max(device, index);
    uint16_t size = most;
    while (size > max) {
        size /= 2;
    }
    if (index >= VIRTIO_QUEUES || !virtio_queue_init(queue, size, memory)) {
        return VIRTIO_NO_QUEUE;
    }
    return device->transport->start_queue(device, index, queue, vector);
}

void virtio_run(struct virtio_device *device) {
    add_status(device, STATUS_DRIVER_OK);
}

void virtio_notify(const struct virtio_device *device, uint16_t index,
                   const struct virtio_queue *queue) {
    if (virtio_queue_wants_notice(queue)) {
        device->transport->notify(device, index);
    }
}

uint8_t virtio_interrupt(const struct virtio_device *device) {
    return device->transport->interrupt(device) &
           (VIRTIO_INTERRUPT_QUEUE | VIRTIO_INTERRUPT_CONFIG);
}

static uint64_t read_field(const struct virtio_device *device, uint64_t offset, uint8_t width) {
    if (width == 8) {
        return venus_read32(&device->config, offset) |
               (uint64_t)venus_read32(&device->config, offset + 4) << 32;
    }
    return venus_read(&device->config, offset, width);
}

enum virtio_error virtio_read_config(const struct virtio_device *device, uint64_t offset,
                                     const uint8_t *widths, uint64_t *values, unsigned count) {
    for (unsigned try = 0; try < CONFIG_READS; try++) {
        uint32_t before = device->transport->generation(device);
        uint64_t at = offset;
        for (unsigned i = 0; i < count; i++) {
            values[i] = read_field(device, at, widths[i]);
            at += widths[i];
        }
        if (device->transport->generation(device) == before) {
            return VIRTIO_OK;
        }
    }
    return VIRTIO_UNSTEADY;
}

bool virtio_needs_reset(const struct virtio_device *device) {
    return (device->transport->status(device) & STATUS_NEEDS_RESET) != 0;
}

const char *virtio_error_text(enum virtio_error error) {
    static const char *const texts[] = {
        [VIRTIO_OK] = "works",
        [VIRTIO_NO_DEVICE] = "is no virtio device of version 1",
        [VIRTIO_WRONG_TYPE] = "is a virtio device of another type",
        [VIRTIO_BAD_STRUCTURES] = "has structures that don't lie inside its BARs",
        [VIRTIO_NO_RESET] = "does not come out of its reset",
        [VIRTIO_NO_VERSION_1] = "offers no VIRTIO_F_VERSION_1",
        [VIRTIO_NO_FEATURES] = "does not offer the features that are required",
        [VIRTIO_NO_QUEUE] = "has no such queue",
        [VIRTIO_NO_VECTOR] = "refuses the interrupt vector",
        [VIRTIO_UNSTEADY] = "changes its configuration all the time",
    };
    return (unsigned)error < sizeof(texts) / sizeof(texts[0]) ? texts[error] : "?";
}
