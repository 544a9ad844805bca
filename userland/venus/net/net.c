// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/net/net.h"

enum {
    QUEUE_IN = 0,
    QUEUE_OUT = 1,
    QUEUE_SIZE = 64,
    MAC_BYTES = 6,
    LINK_UP = 1,
};

#define FEATURE_MAC    (1ull << 5)
#define FEATURE_STATUS (1ull << 16)

static bool give(struct card *net, uint32_t number) {
    const struct virtio_buffer buffer = {net->incoming.physical + (uint64_t)number * NET_BUFFER,
                                         NET_BUFFER, true};
    return virtio_queue_add(net->in, &buffer, 1, &net->tokens[number]);
}

static enum virtio_error read_mac(struct card *net) {
    static const uint8_t widths[MAC_BYTES] = {1, 1, 1, 1, 1, 1};
    uint64_t bytes[MAC_BYTES];
    enum virtio_error error = virtio_read_config(net->device, 0, widths, bytes, MAC_BYTES);
    for (uint32_t i = 0; i < MAC_BYTES; i++) {
        net->mac[i] = (uint8_t)bytes[i];
    }
    return error;
}

enum virtio_error card_open(struct card *net, uint16_t vector, const struct venus_dma rings[2]) {
    if (net->device->type != VIRTIO_NETWORK) {
        return VIRTIO_WRONG_TYPE;
    }
    enum virtio_error error = virtio_begin(net->device, FEATURE_MAC, FEATURE_STATUS);
    if (error == VIRTIO_OK) {
        error = read_mac(net);
    }
    if (error == VIRTIO_OK) {
        error = virtio_start_queue(net->device, QUEUE_IN, QUEUE_SIZE, vector, &rings[0], net->in);
    }
    if (error == VIRTIO_OK) {
        error = virtio_start_queue(net->device, QUEUE_OUT, QUEUE_SIZE, vector, &rings[1], net->out);
    }
    if (error != VIRTIO_OK) {
        return error;
    }
    net->has_status = (net->device->features & FEATURE_STATUS) != 0;
    for (uint32_t i = 0; i < NET_OUTGOING; i++) {
        net->outgoing[i] = (struct net_outgoing){0};
    }
    for (uint32_t i = 0; i < NET_INCOMING && i < net->in->size; i++) {
        give(net, i);
    }
    virtio_run(net->device);
    virtio_notify(net->device, QUEUE_IN, net->in);
    return VIRTIO_OK;
}

bool card_has_link(const struct card *net) {
    return !net->has_status || (venus_read16(&net->device->config, MAC_BYTES) & LINK_UP) != 0;
}

bool card_send(struct card *net, uint64_t physical, uint32_t length, void *context) {
    struct net_outgoing *slot = net->outgoing;
    while (slot < net->outgoing + NET_OUTGOING && slot->is_busy) {
        slot++;
    }
    if (slot == net->outgoing + NET_OUTGOING || length < NET_FRAME_LEAST || length > NET_FRAME) {
        return false;
    }
    const struct virtio_buffer buffers[2] = {
        {net->header.physical, NET_HEADER, false},
        {physical, length, false},
    };
    if (!virtio_queue_add(net->out, buffers, 2, slot)) {
        return false;
    }
    *slot = (struct net_outgoing){true, context};
    virtio_notify(net->device, QUEUE_OUT, net->out);
    return true;
}

enum virtio_result card_sent(struct card *net, void **context) {
    void *token;
    uint32_t written;
    enum virtio_result result = virtio_queue_take(net->out, &token, &written);
    if (result == VIRTIO_DONE) {
        struct net_outgoing *slot = token;
        *context = slot->context;
        slot->is_busy = false;
    }
    return result;
}

enum virtio_result card_receive(struct card *net, uint32_t *number, const uint8_t **frame,
                                uint32_t *length) {
    for (uint32_t left_out = 0; left_out < NET_INCOMING; left_out++) {
        void *token;
        uint32_t written;
        enum virtio_result result = virtio_queue_take(net->in, &token, &written);
        if (result != VIRTIO_DONE) {
            return result;
        }
        if (written < NET_HEADER) {
            net->in->is_broken = true;
            return VIRTIO_BROKEN;
        }
        *number = (uint32_t)((char *)token - net->tokens);
        *frame =
            (const uint8_t *)net->incoming.address + (uint64_t)*number * NET_BUFFER + NET_HEADER;
        *length = written - NET_HEADER;
        if (*length >= NET_FRAME_LEAST && *length <= NET_FRAME) {
            return VIRTIO_DONE;
        }
        card_release(net, *number);
    }
    return VIRTIO_NONE;
}

void card_release(struct card *net, uint32_t number) {
    if (give(net, number)) {
        virtio_notify(net->device, QUEUE_IN, net->in);
    }
}
