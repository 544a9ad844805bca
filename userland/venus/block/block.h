// SPDX-License-Identifier: GPL-3.0-only
//
// virtio-blk (VIRTIO 1.2, section 5.2): requests, several at a time, whose data lie wherever their
// pieces say.
#ifndef HELIOS_USERLAND_VENUS_BLOCK_BLOCK_H
#define HELIOS_USERLAND_VENUS_BLOCK_BLOCK_H

#include "userland/venus/virtio/device.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BLOCK_SECTOR   512
#define BLOCK_REQUESTS 16   // at one time
#define BLOCK_PIECES   33   // of a request: 128 KiB in pages of 4 KiB, anywhere
#define BLOCK_BYTES    4096 // of memory for headers
#define BLOCK_QUEUE    256

enum block_kind {
    BLOCK_READ_SECTORS = 0, // VIRTIO_BLK_T_IN
    BLOCK_WRITE_SECTORS = 1,
    BLOCK_FLUSH_CACHE = 4,
};

struct block_piece {
    uint64_t physical;
    uint32_t length;
};

struct block_request {
    bool is_busy;
    void *context; // the caller's
};

struct block_device {
    struct virtio_device *device;
    struct virtio_queue *queue;
    struct venus_dma headers; // BLOCK_BYTES
    uint64_t sectors;
    bool is_read_only;
    bool has_flush;
    struct block_request requests[BLOCK_REQUESTS];
};

enum block_status {
    BLOCK_OK,
    BLOCK_FAILED,  // the device could not
    BLOCK_BUSY,    // as many requests as there can be
    BLOCK_OUTSIDE, // sectors that it does not have, or the pieces are not that many bytes
    BLOCK_REFUSED, // a write, and it is read-only
};

// Starts the device. The caller has filled in the first three.
enum virtio_error block_open(struct block_device *block, uint16_t vector,
                             const struct venus_dma *rings);

// Hands a request over. `context` comes back by block_take.
enum block_status block_submit(struct block_device *block, enum block_kind kind, uint64_t sector,
                               uint32_t count, const struct block_piece *pieces,
                               uint32_t piece_count, void *context);

// Takes one that is finished. VIRTIO_BROKEN: the device said what can't be.
enum virtio_result block_take(struct block_device *block, void **context,
                              enum block_status *status);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_BLOCK_BLOCK_H
