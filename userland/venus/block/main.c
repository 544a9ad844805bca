// SPDX-License-Identifier: GPL-3.0-only
//
// The driver of virtio-blk. Data go between the device and pages that the client has of the driver,
// which does not touch them. Several requests are on their way at once.
#include <string.h>

#include "userland/interfaces/block.h"
#include "userland/venus/block/block.h"
#include "userland/venus/driver/pages.h"
#include "userland/venus/driver/virtio.h"

enum { INTERRUPT = 1, MOST_SECTORS = (BLOCK_PIECES - 1) * 8 };

static struct {
    struct driver_virtio virtio;
    struct virtio_queue queue;
    struct block_device block;
    struct shared_pages pages;
} self;

static void answer(struct driver_call *call, enum block_status status) {
    enum helios_error error = status == BLOCK_OK ? HELIOS_OK : BLOCK_ERROR_IO;
    const uint32_t label = call->label;
    const uint64_t reply = calls_end(call);
    if (reply == 0) {
        return;
    }
    if (label == BLOCK_READ) {
        block_read_reply(reply, error);
    } else if (label == BLOCK_WRITE) {
        block_write_reply(reply, error);
    } else {
        block_flush_reply(reply, error);
    }
}

static void notified(void *context, uint64_t word) {
    (void)context;
    (void)word;
    driver_virtio_ack(&self.virtio);
    void *finished;
    enum block_status status;
    enum virtio_result result;
    while ((result = block_take(&self.block, &finished, &status)) == VIRTIO_DONE) {
        answer(finished, status);
    }
    if (result == VIRTIO_BROKEN) {
        driver_fail(&self.virtio.driver, "the device says what can't be");
    }
}

// The pieces that `bytes` from an offset on lie in; 0: they are not all the client's.
static uint32_t find_pieces(uint64_t owner, uint64_t offset, uint64_t bytes,
                            struct block_piece pieces[BLOCK_PIECES]) {
    uint32_t count = 0;
    while (bytes > 0 && count < BLOCK_PIECES) {
        uint32_t length = (uint32_t)bytes;
        uint64_t physical = pages_find(&self.pages, owner, offset, &length);
        if (physical == 0) {
            return 0;
        }
        pieces[count++] = (struct block_piece){physical, length};
        offset += length;
        bytes -= length;
    }
    return bytes == 0 ? count : 0;
}

static enum helios_error error_of(enum block_status status) {
    switch (status) {
    case BLOCK_BUSY:
        return HELIOS_ERROR_BUSY;
    case BLOCK_REFUSED:
        return HELIOS_ERROR_RIGHTS;
    default:
        return HELIOS_ERROR_RANGE;
    }
}

static enum helios_error start(const struct helios_request *request, enum block_kind kind,
                               uint64_t sector, uint32_t count, uint64_t offset) {
    const bool moves_data = kind != BLOCK_FLUSH_CACHE;
    struct block_piece pieces[BLOCK_PIECES];
    uint32_t piece_count = 0;
    if (count > MOST_SECTORS) {
        return HELIOS_ERROR_RANGE;
    }
    if (moves_data) {
        piece_count = find_pieces(request->badge, offset, (uint64_t)count * BLOCK_SECTOR, pieces);
        if (piece_count == 0) {
            return HELIOS_ERROR_RANGE;
        }
    }
    struct driver_call *call;
    enum helios_error kept = calls_keep(&self.pages.calls, request, moves_data, &call);
    if (kept != HELIOS_RPC_LATER) {
        return kept;
    }
    enum block_status status =
        block_submit(&self.block, kind, sector, count, pieces, piece_count, call);
    if (status != BLOCK_OK) {
        struct helios_message refusal =
            helios_message_of(helios_tag((uint32_t)error_of(status), 0, 0, 0), 0, 0);
        helios_rpc_reply(calls_end(call), &refusal);
    }
    return HELIOS_RPC_LATER;
}

static enum helios_error on_read(void *context, const struct helios_request *request,
                                 uint64_t sector, uint32_t count, uint64_t offset) {
    (void)context;
    return start(request, BLOCK_READ_SECTORS, sector, count, offset);
}

static enum helios_error on_write(void *context, const struct helios_request *request,
                                  uint64_t sector, uint32_t count, uint64_t offset) {
    (void)context;
    return start(request, BLOCK_WRITE_SECTORS, sector, count, offset);
}

static enum helios_error on_flush(void *context, const struct helios_request *request) {
    (void)context;
    return self.block.has_flush ? start(request, BLOCK_FLUSH_CACHE, 0, 0, 0) : HELIOS_OK;
}

static enum helios_error on_describe(void *context, const struct helios_request *request,
                                     struct block_info *result) {
    (void)context;
    (void)request;
    *result = (struct block_info){
        .sectors = self.block.sectors,
        .sector_size = BLOCK_SECTOR,
        .features = (self.block.is_read_only ? BLOCK_FEATURE_READ_ONLY : 0) |
                    (self.block.has_flush ? BLOCK_FEATURE_FLUSH : 0),
        .most_sectors = MOST_SECTORS,
        .name = "virtio-blk",
    };
    return HELIOS_OK;
}

static bool dispatch(void *context, struct helios_message *message) {
    static const struct block_ops ops = {
        .describe = on_describe,
        .attach = pages_on_attach,
        .detach = pages_on_detach,
        .read = on_read,
        .write = on_write,
        .flush = on_flush,
    };
    return block_dispatch(&ops, context, message);
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct driver *driver = &self.virtio.driver;
    driver_virtio_begin(&self.virtio, "block", VIRTIO_BLOCK, INTERRUPT);
    self.block.device = &self.virtio.device;
    self.block.queue = &self.queue;
    self.block.headers = driver_dma(driver, BLOCK_BYTES);
    const struct venus_dma rings = driver_dma(driver, VIRTIO_QUEUE_BYTES);
    driver_virtio_check(&self.virtio, block_open(&self.block, self.virtio.vector, &rings));
    driver_say(driver, "%llu sectors%s", (unsigned long long)self.block.sectors,
               self.block.is_read_only ? ", read-only" : "");
    driver_offer(driver, BLOCK_ID, BLOCK_VERSION, "block");
    driver_serve(driver, dispatch, notified, &self.pages);
}
