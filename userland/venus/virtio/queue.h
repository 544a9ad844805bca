// SPDX-License-Identifier: GPL-3.0-only
//
// Split virtqueues. The rings lie where the device writes: what the driver needs to know of what it
// handed out stands in struct virtio_queue, which the device can't reach, and whatever the device
// says is compared with that. A device that says what can't be is broken: the queue remembers and
// takes part in nothing any more, until virtio_queue_init.
//
// Source: Virtual I/O Device (VIRTIO) Version 1.2, section 2.7.
#ifndef HELIOS_USERLAND_VENUS_VIRTIO_QUEUE_H
#define HELIOS_USERLAND_VENUS_VIRTIO_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "userland/venus/hardware/registers.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VIRTIO_QUEUE_MAX 256 // descriptors that we use at most

// What the rings take at most (virtio_queue_bytes): a queue of 256 and its alignment.
#define VIRTIO_QUEUE_BYTES 8192

// One piece of a request. First all that the device reads, then all that it writes.
struct virtio_buffer {
    uint64_t physical;
    uint32_t length;
    bool is_written; // by the device
};

struct virtio_chain {
    void *token;       // NULL: not the head of a chain that the device has
    uint32_t writable; // bytes that the device may write
    uint16_t count;    // descriptors
    uint16_t next;     // descriptor of the chain, or free one; VIRTIO_QUEUE_MAX: none
};

struct virtio_queue {
    volatile uint8_t *rings;
    uint64_t descriptors_at; // physical addresses, for the device
    uint64_t driver_at;
    uint64_t device_at;
    uint32_t used_offset; // of the ring that the device writes
    uint16_t size;
    uint16_t free_head;
    uint16_t free_count;
    uint16_t available; // chains ever handed out, modulo 2^16
    uint16_t used;      // chains ever taken back
    bool is_broken;
    struct virtio_chain chains[VIRTIO_QUEUE_MAX]; // by descriptor
};

enum virtio_result {
    VIRTIO_NONE,   // nothing there
    VIRTIO_DONE,   // one chain came back
    VIRTIO_BROKEN, // the device said what can't be
};

// Bytes of the rings of this size.
uint64_t virtio_queue_bytes(uint16_t size);

// Lays out the rings in `memory`, which is zeroed, 16-byte aligned and stays. False if the size is
// no power of two up to VIRTIO_QUEUE_MAX, or the memory too small.
bool virtio_queue_init(struct virtio_queue *queue, uint16_t size, const struct venus_dma *memory);

// Hands the device a chain of `count` buffers. `token` (not NULL) comes back with it. False if
// there are not enough descriptors free, the buffers are in the wrong order, or the queue is
// broken. The device is not told yet: virtio_queue_wants_notice, then virtio_notify (device.h).
bool virtio_queue_add(struct virtio_queue *queue, const struct virtio_buffer *buffers,
                      unsigned count, void *token);

// Whether the device wants to be told of what was added.
bool virtio_queue_wants_notice(const struct virtio_queue *queue);

// Takes one chain back: its token, and how many bytes the device says that it wrote, which are at
// most those that it was given to write.
enum virtio_result virtio_queue_take(struct virtio_queue *queue, void **token, uint32_t *written);

// Chains that the device has.
unsigned virtio_queue_in_flight(const struct virtio_queue *queue);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_VIRTIO_QUEUE_H
