// SPDX-License-Identifier: GPL-3.0-only
//
// Bytes on their way: first in, first out.
#ifndef HELIOS_USERLAND_VENUS_SERIAL_RING_H
#define HELIOS_USERLAND_VENUS_SERIAL_RING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RING_BYTES 4096

struct ring {
    size_t head; // bytes ever put
    size_t tail; // bytes ever taken
    uint8_t bytes[RING_BYTES];
};

static inline size_t ring_length(const struct ring *ring) {
    return ring->head - ring->tail;
}

static inline size_t ring_room(const struct ring *ring) {
    return RING_BYTES - ring_length(ring);
}

// Puts as many as there is room for; returns how many.
static inline size_t ring_put(struct ring *ring, const uint8_t *bytes, size_t length) {
    size_t count = length < ring_room(ring) ? length : ring_room(ring);
    for (size_t i = 0; i < count; i++) {
        ring->bytes[ring->head++ % RING_BYTES] = bytes[i];
    }
    return count;
}

// Takes up to `most`; returns how many.
static inline size_t ring_get(struct ring *ring, uint8_t *bytes, size_t most) {
    size_t count = most < ring_length(ring) ? most : ring_length(ring);
    for (size_t i = 0; i < count; i++) {
        bytes[i] = ring->bytes[ring->tail++ % RING_BYTES];
    }
    return count;
}

// What lies in one piece at the front: how many bytes. They stay until they are dropped.
static inline size_t ring_peek(const struct ring *ring, const uint8_t **bytes) {
    size_t at = ring->tail % RING_BYTES;
    size_t length = ring_length(ring);
    *bytes = ring->bytes + at;
    return length < RING_BYTES - at ? length : RING_BYTES - at;
}

static inline void ring_drop(struct ring *ring, size_t count) {
    ring->tail += count;
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_SERIAL_RING_H
