// SPDX-License-Identifier: GPL-3.0-only
//
// virtio over memory-mapped registers, version 2 (VIRTIO 1.2, section 4.2).
#include "userland/venus/virtio/device.h"
#include "userland/venus/virtio/words.h"

enum {
    MAGIC = 0x000,
    VERSION = 0x004,
    DEVICE_ID = 0x008,
    DEVICE_FEATURES = 0x010,
    DEVICE_FEATURES_SELECT = 0x014,
    DRIVER_FEATURES = 0x020,
    DRIVER_FEATURES_SELECT = 0x024,
    QUEUE_SELECT = 0x030,
    QUEUE_SIZE_MAX = 0x034,
    QUEUE_SIZE = 0x038,
    QUEUE_READY = 0x044,
    QUEUE_NOTIFY = 0x050,
    INTERRUPT_STATUS = 0x060,
    INTERRUPT_ACK = 0x064,
    STATUS = 0x070,
    QUEUE_DESCRIPTORS = 0x080,
    QUEUE_DRIVER = 0x090,
    QUEUE_DEVICE = 0x0a0,
    GENERATION = 0x0fc,
    CONFIG = 0x100,
    MAGIC_VALUE = 0x74726976, // "virt"
    VERSION_VALUE = 2,
};

static uint8_t status(const struct virtio_device *device) {
    return (uint8_t)venus_read32(&device->common, STATUS);
}

static void set_status(const struct virtio_device *device, uint8_t value) {
    venus_write32(&device->common, STATUS, value);
}

static uint64_t features(const struct virtio_device *device) {
    return words_read_halves(&device->common, DEVICE_FEATURES_SELECT, DEVICE_FEATURES);
}

static void set_features(const struct virtio_device *device, uint64_t value) {
    words_write_halves(&device->common, DRIVER_FEATURES_SELECT, DRIVER_FEATURES, value);
}

static uint16_t queue_max(const struct virtio_device *device, uint16_t index) {
    venus_write32(&device->common, QUEUE_SELECT, index);
    uint32_t max = venus_read32(&device->common, QUEUE_SIZE_MAX);
    return max > UINT16_MAX ? UINT16_MAX : (uint16_t)max;
}

static enum virtio_error start_queue(struct virtio_device *device, uint16_t index,
                                     const struct virtio_queue *queue, uint16_t vector) {
    if (vector != VIRTIO_NO_INTERRUPT) {
        return VIRTIO_NO_VECTOR; // there is one interrupt, for all
    }
    venus_write32(&device->common, QUEUE_SELECT, index);
    venus_write32(&device->common, QUEUE_SIZE, queue->size);
    words_write(&device->common, QUEUE_DESCRIPTORS, queue->descriptors_at);
    words_write(&device->common, QUEUE_DRIVER, queue->driver_at);
    words_write(&device->common, QUEUE_DEVICE, queue->device_at);
    venus_write32(&device->common, QUEUE_READY, 1);
    return VIRTIO_OK;
}

static void notify(const struct virtio_device *device, uint16_t index) {
    venus_write32(&device->common, QUEUE_NOTIFY, index);
}

static uint32_t generation(const struct virtio_device *device) {
    return venus_read32(&device->common, GENERATION);
}

static uint8_t interrupt(const struct virtio_device *device) {
    uint32_t why = venus_read32(&device->common, INTERRUPT_STATUS);
    venus_write32(&device->common, INTERRUPT_ACK, why);
    return (uint8_t)why;
}

static const struct virtio_transport over_mmio = {
    .status = status,
    .set_status = set_status,
    .features = features,
    .set_features = set_features,
    .queue_max = queue_max,
    .start_queue = start_queue,
    .notify = notify,
    .generation = generation,
    .interrupt = interrupt,
};

enum virtio_error virtio_open_mmio(struct virtio_device *device,
                                   const struct venus_registers *registers) {
    *device = (struct virtio_device){.transport = &over_mmio, .common = *registers};
    if (registers->length < CONFIG || venus_read32(registers, MAGIC) != MAGIC_VALUE ||
        venus_read32(registers, VERSION) != VERSION_VALUE) {
        return VIRTIO_NO_DEVICE;
    }
    device->type = venus_read32(registers, DEVICE_ID);
    device->config = venus_part(registers, CONFIG, registers->length - CONFIG);
    return device->type == 0 ? VIRTIO_NO_DEVICE : VIRTIO_OK;
}
