// SPDX-License-Identifier: GPL-3.0-only
//
// One request after the other: for devices that are asked rarely, or that answer at once.
#ifndef HELIOS_USERLAND_VENUS_VIRTIO_EXCHANGE_H
#define HELIOS_USERLAND_VENUS_VIRTIO_EXCHANGE_H

#include "userland/venus/virtio/device.h"

#ifdef __cplusplus
extern "C" {
#endif

struct virtio_exchange {
    struct virtio_device *device;
    struct virtio_queue *queue; // nothing else is on it
    uint16_t index;
    // Blocks until the device has interrupted. False: it does not, and won't be asked again.
    bool (*wait)(void *context);
    void *context;
};

// Hands over the buffers and waits until they come back. False if the device is broken or silent;
// then the memory may still be written to until virtio_reset.
bool virtio_exchange(const struct virtio_exchange *exchange, const struct virtio_buffer *buffers,
                     unsigned count, uint32_t *written);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_VIRTIO_EXCHANGE_H
