// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/block/block.h"

#include <string.h>

enum {
    QUEUE = 0,
    HEADER_BYTES = 16, // type, reserved, sector
    STATUS_AT = 16,    // one byte behind the header, which the device writes
    SLOT_BYTES = 32,
    STATUS_OK = 0,
    STATUS_NONE = 0xff,
    CONFIG_CAPACITY = 0,
};

#define FEATURE_READ_ONLY (1ull << 5)
#define FEATURE_FLUSH     (1ull << 9)

enum virtio_error block_open(struct block_device *block, uint16_t vector,
                             const struct venus_dma *rings) {
    if (block->device->type != VIRTIO_BLOCK) {
        return VIRTIO_WRONG_TYPE;
    }
    enum virtio_error error = virtio_begin(block->device, 0, FEATURE_READ_ONLY | FEATURE_FLUSH);
    if (error != VIRTIO_OK) {
        return error;
    }
    static const uint8_t widths[] = {8};
    error = virtio_read_config(block->device, CONFIG_CAPACITY, widths, &block->sectors, 1);
    if (error == VIRTIO_OK) {
        error = virtio_start_queue(block->device, QUEUE, BLOCK_QUEUE, vector, rings, block->queue);
    }
    if (error != VIRTIO_OK) {
        return error;
    }
    block->is_read_only = (block->device->features & FEATURE_READ_ONLY) != 0;
    block->has_flush = (block->device->features & FEATURE_FLUSH) != 0;
    for (uint32_t i = 0; i < BLOCK_REQUESTS; i++) {
        block->requests[i] = (struct block_request){0};
    }
    virtio_run(block->device);
    return VIRTIO_OK;
}

static enum block_status check(const struct block_device *block, enum block_kind kind,
                               uint64_t sector, uint32_t count, const struct block_piece *pieces,
                               uint32_t piece_count) {
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < piece_count; i++) {
        bytes += pieces[i].length;
    }
    if (kind == BLOCK_WRITE_SECTORS && block->is_read_only) {
        return BLOCK_REFUSED;
    }
    if (sector > block->sectors || count > block->sectors - sector ||
        bytes != (uint64_t)count * BLOCK_SECTOR || piece_count > BLOCK_PIECES ||
        (kind != BLOCK_FLUSH_CACHE && count == 0)) {
        return BLOCK_OUTSIDE;
    }
    return BLOCK_OK;
}

static uint32_t free_slot(const struct block_device *block) {
    uint32_t slot = 0;
    while (slot < BLOCK_REQUESTS && block->requests[slot].is_busy) {
        slot++;
    }
    return slot;
}

enum block_status block_submit(struct block_device *block, enum block_kind kind, uint64_t sector,
                               uint32_t count, const struct block_piece *pieces,
                               uint32_t piece_count, void *context) {
    enum block_status status = check(block, kind, sector, count, pieces, piece_count);
    uint32_t slot = free_slot(block);
    if (status != BLOCK_OK || slot == BLOCK_REQUESTS) {
        return status != BLOCK_OK ? status : BLOCK_BUSY;
    }
    uint8_t *header = (uint8_t *)block->headers.address + (uint64_t)slot * SLOT_BYTES;
    uint64_t header_at = block->headers.physical + (uint64_t)slot * SLOT_BYTES;
    const uint64_t words[2] = {(uint64_t)kind, sector};
    memcpy(header, words, HEADER_BYTES);
    header[STATUS_AT] = STATUS_NONE;
    struct virtio_buffer buffers[BLOCK_PIECES + 2];
    uint32_t used = 0;
    buffers[used++] = (struct virtio_buffer){header_at, HEADER_BYTES, false};
    for (uint32_t i = 0; i < piece_count; i++) {
        buffers[used++] = (struct virtio_buffer){pieces[i].physical, pieces[i].length,
                                                 kind == BLOCK_READ_SECTORS};
    }
    buffers[used++] = (struct virtio_buffer){header_at + STATUS_AT, 1, true};
    struct block_request *request = &block->requests[slot];
    if (!virtio_queue_add(block->queue, buffers, used, request)) {
        return BLOCK_BUSY;
    }
    *request = (struct block_request){true, context};
    virtio_notify(block->device, QUEUE, block->queue);
    return BLOCK_OK;
}

enum virtio_result block_take(struct block_device *block, void **context,
                              enum block_status *status) {
    void *token;
    uint32_t written;
    enum virtio_result result = virtio_queue_take(block->queue, &token, &written);
    if (result != VIRTIO_DONE) {
        return result;
    }
    struct block_request *request = token;
    uint64_t slot = (uint64_t)(request - block->requests);
    const volatile uint8_t *answer =
        (const volatile uint8_t *)block->headers.address + slot * SLOT_BYTES + STATUS_AT;
    *status = *answer == STATUS_OK ? BLOCK_OK : BLOCK_FAILED;
    *context = request->context;
    request->is_busy = false;
    return VIRTIO_DONE;
}
