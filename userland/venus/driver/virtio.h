// SPDX-License-Identifier: GPL-3.0-only
//
// A driver's virtio device, over whatever Mercury found it.
#ifndef HELIOS_USERLAND_VENUS_DRIVER_VIRTIO_H
#define HELIOS_USERLAND_VENUS_DRIVER_VIRTIO_H

#include "userland/venus/driver/driver.h"
#include "userland/venus/virtio/exchange.h"

#ifdef __cplusplus
extern "C" {
#endif

struct driver_virtio {
    struct driver driver;
    struct virtio_device device;
    struct driver_interrupt interrupt; // of all its queues
    uint16_t vector;                   // for virtio_start_queue
};

// Finds the device, which has to be of this type, and its interrupt, which signals `bit` of the
// bound Notification or, with 0, a Notification of its own (driver_virtio_wait). Ends the driver
// otherwise.
void driver_virtio_begin(struct driver_virtio *self, const char *name, enum virtio_type type,
                         uint64_t bit);

// Ends the driver if `error` is one: what it wanted to do, and why that can't be.
void driver_virtio_check(const struct driver_virtio *self, enum virtio_error error);

// Dealt with: the next interrupt may come. Why it came is asked of the device only if it needs that
// to be quiet.
void driver_virtio_ack(const struct driver_virtio *self);

// For virtio_exchange: waits for the interrupt. The context is the struct driver_virtio.
bool driver_virtio_wait(void *context);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_DRIVER_VIRTIO_H
