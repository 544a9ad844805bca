// SPDX-License-Identifier: GPL-3.0-only
//
// virtio over PCI (VIRTIO 1.2, section 4.1).
#include "userland/venus/pci/header.h"
#include "userland/venus/virtio/device.h"
#include "userland/venus/virtio/words.h"

enum {
    VENDOR = 0x1af4,
    FIRST_DEVICE = 0x1040, // plus the type
    LAST_DEVICE = 0x107f,
    FIRST_TRANSITIONAL = 0x1000, // the type is the subsystem's
    LAST_TRANSITIONAL = 0x103f,
    MOST_STRUCTURES = 16,
    // struct virtio_pci_cap (4.1.4)
    CAPABILITY_LENGTH = 2,
    CAPABILITY_TYPE = 3,
    CAPABILITY_BAR = 4,
    CAPABILITY_OFFSET = 8,
    CAPABILITY_BYTES = 12,
    CAPABILITY_MULTIPLIER = 16,
    TYPE_COMMON = 1,
    TYPE_NOTIFY = 2,
    TYPE_ISR = 3,
    TYPE_DEVICE = 4,
    // struct virtio_pci_common_cfg (4.1.4.3)
    COMMON_DEVICE_FEATURE_SELECT = 0,
    COMMON_DEVICE_FEATURE = 4,
    COMMON_DRIVER_FEATURE_SELECT = 8,
    COMMON_DRIVER_FEATURE = 12,
    COMMON_CONFIG_VECTOR = 16,
    COMMON_QUEUES = 18,
    COMMON_STATUS = 20,
    COMMON_GENERATION = 21,
    COMMON_QUEUE_SELECT = 22,
    COMMON_QUEUE_SIZE = 24,
    COMMON_QUEUE_VECTOR = 26,
    COMMON_QUEUE_ENABLE = 28,
    COMMON_QUEUE_NOTIFY = 30,
    COMMON_QUEUE_DESCRIPTORS = 32,
    COMMON_QUEUE_DRIVER = 40,
    COMMON_QUEUE_DEVICE = 48,
    COMMON_BYTES = 56,
};

static uint8_t status(const struct virtio_device *device) {
    return venus_read8(&device->common, COMMON_STATUS);
}

static void set_status(const struct virtio_device *device, uint8_t value) {
    venus_write8(&device->common, COMMON_STATUS, value);
}

static uint64_t features(const struct virtio_device *device) {
    return words_read_halves(&device->common, COMMON_DEVICE_FEATURE_SELECT, COMMON_DEVICE_FEATURE);
}

static void set_features(const struct virtio_device *device, uint64_t value) {
    words_write_halves(&device->common, COMMON_DRIVER_FEATURE_SELECT, COMMON_DRIVER_FEATURE, value);
}

static uint16_t queue_max(const struct virtio_device *device, uint16_t index) {
    if (index >= venus_read16(&device->common, COMMON_QUEUES)) {
        return 0;
    }
    venus_write16(&device->common, COMMON_QUEUE_SELECT, index);
    return venus_read16(&device->common, COMMON_QUEUE_SIZE);
}

static enum virtio_error start_queue(struct virtio_device *device, uint16_t index,
                                     const struct virtio_queue *queue, uint16_t vector) {
    const struct venus_registers *common = &device->common;
    venus_write16(common, COMMON_QUEUE_SELECT, index);
    uint64_t notify_at =
        (uint64_t)venus_read16(common, COMMON_QUEUE_NOTIFY) * device->notify_multiplier;
    if (!venus_has(&device->notify, notify_at, 2)) {
        return VIRTIO_BAD_STRUCTURES;
    }
    device->notify_at[index] = notify_at;
    venus_write16(common, COMMON_QUEUE_SIZE, queue->size);
    venus_write16(common, COMMON_QUEUE_VECTOR, vector);
    if (venus_read16(common, COMMON_QUEUE_VECTOR) != vector) {
        return VIRTIO_NO_VECTOR;
    }
    words_write(&device->common, COMMON_QUEUE_DESCRIPTORS, queue->descriptors_at);
    words_write(&device->common, COMMON_QUEUE_DRIVER, queue->driver_at);
    words_write(&device->common, COMMON_QUEUE_DEVICE, queue->device_at);
    venus_write16(common, COMMON_QUEUE_ENABLE, 1);
    return VIRTIO_OK;
}

static void notify(const struct virtio_device *device, uint16_t index) {
    venus_write16(&device->notify, device->notify_at[index], index);
}

static uint32_t generation(const struct virtio_device *device) {
    return venus_read8(&device->common, COMMON_GENERATION);
}

static uint8_t interrupt(const struct virtio_device *device) {
    return venus_read8(&device->isr, 0);
}

static const struct virtio_transport over_pci = {
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

static bool find_type(const struct pci_function *function, uint32_t *type) {
    struct pci_identity identity;
    if (!pci_identify(function, &identity) || identity.vendor != VENDOR) {
        return false;
    }
    if (identity.device >= FIRST_DEVICE && identity.device <= LAST_DEVICE) {
        *type = identity.device - (uint32_t)FIRST_DEVICE;
        return true;
    }
    *type = identity.subsystem;
    return identity.device >= FIRST_TRANSITIONAL && identity.device <= LAST_TRANSITIONAL;
}

struct bar_map {
    struct venus_registers (*map)(void *context, uint32_t bar);
    void *context;
};

// The registers that a capability describes; of length 0 if they don't lie inside their BAR.
static struct venus_registers structure(const struct pci_function *function, uint32_t at,
                                        const struct bar_map *bars) {
    struct venus_registers none = {0};
    uint32_t bar = pci_read(function, at + CAPABILITY_BAR, 1);
    if (bar >= PCI_BARS) {
        return none;
    }
    struct venus_registers all = bars->map(bars->context, bar);
    return venus_part(&all, pci_read(function, at + CAPABILITY_OFFSET, 4),
                      pci_read(function, at + CAPABILITY_BYTES, 4));
}

// The first one of each type counts: the device prefers it (4.1.4.1).
static void take_structure(struct virtio_device *device, const struct pci_function *function,
                           uint32_t at, const struct bar_map *bars) {
    struct venus_registers *const slots[] = {
        [TYPE_COMMON] = &device->common,
        [TYPE_NOTIFY] = &device->notify,
        [TYPE_ISR] = &device->isr,
        [TYPE_DEVICE] = &device->config,
    };
    uint32_t type = pci_read(function, at + CAPABILITY_TYPE, 1);
    if (type < TYPE_COMMON || type > TYPE_DEVICE || slots[type]->length != 0) {
        return;
    }
    *slots[type] = structure(function, at, bars);
    if (type == TYPE_NOTIFY) {
        device->notify_multiplier = pci_read(function, at + CAPABILITY_MULTIPLIER, 4);
    }
}

enum virtio_error virtio_open_pci(struct virtio_device *device, const struct pci_function *function,
                                  struct venus_registers (*map)(void *context, uint32_t bar),
                                  void *context) {
    *device = (struct virtio_device){.transport = &over_pci};
    if (!find_type(function, &device->type)) {
        return VIRTIO_NO_DEVICE;
    }
    const struct bar_map bars = {map, context};
    uint32_t at = pci_find_capability(function, PCI_CAPABILITY_VENDOR, 0);
    // A list that goes in circles ends here.
    for (unsigned i = 0; at != 0 && i < MOST_STRUCTURES; i++) {
        take_structure(device, function, at, &bars);
        at = pci_find_capability(function, PCI_CAPABILITY_VENDOR, at);
    }
    if (device->common.length == 0 && device->notify.length == 0 && device->isr.length == 0) {
        return VIRTIO_NO_DEVICE;
    }
    bool is_whole = device->common.length >= COMMON_BYTES && device->notify.length >= 2 &&
                    device->isr.length >= 1;
    if (!is_whole) {
        return VIRTIO_BAD_STRUCTURES;
    }
    pci_set_command(function, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 0);
    return VIRTIO_OK;
}

bool virtio_find_common(const struct pci_function *function, const struct pci_bar bars[PCI_BARS],
                        struct virtio_place *place) {
    uint32_t type = 0;
    if (!find_type(function, &type)) {
        return false;
    }
    uint32_t at = pci_find_capability(function, PCI_CAPABILITY_VENDOR, 0);
    for (unsigned i = 0; at != 0 && i < MOST_STRUCTURES; i++) {
        place->bar = pci_read(function, at + CAPABILITY_BAR, 1);
        place->offset = pci_read(function, at + CAPABILITY_OFFSET, 4);
        place->length = COMMON_BYTES;
        if (pci_read(function, at + CAPABILITY_TYPE, 1) == TYPE_COMMON &&
            pci_read(function, at + CAPABILITY_BYTES, 4) >= COMMON_BYTES && place->bar < PCI_BARS &&
            !bars[place->bar].is_io && place->offset < bars[place->bar].length &&
            bars[place->bar].length - place->offset >= COMMON_BYTES) {
            return true;
        }
        at = pci_find_capability(function, PCI_CAPABILITY_VENDOR, at);
    }
    return false;
}

void virtio_open_common(struct virtio_device *device, const struct venus_registers *common) {
    *device = (struct virtio_device){.transport = &over_pci, .common = *common};
}
