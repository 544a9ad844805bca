// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/virtio/exchange.h"

bool virtio_exchange(const struct virtio_exchange *exchange, const struct virtio_buffer *buffers,
                     unsigned count, uint32_t *written) {
    struct virtio_queue *queue = exchange->queue;
    if (!virtio_queue_add(queue, buffers, count, queue)) {
        return false;
    }
    virtio_notify(exchange->device, exchange->index, queue);
    void *token;
    enum virtio_result result = virtio_queue_take(queue, &token, written);
    while (result == VIRTIO_NONE && exchange->wait(exchange->context)) {
        result = virtio_queue_take(queue, &token, written);
    }
    if (result != VIRTIO_DONE) {
        queue->is_broken = true; // an answer that comes later is nobody's
    }
    return result == VIRTIO_DONE;
}
