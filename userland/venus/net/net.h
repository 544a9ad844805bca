// SPDX-License-Identifier: GPL-3.0-only
//
// virtio-net (VIRTIO 1.2, section 5.1): frames in and out, without any offloading.
#ifndef HELIOS_USERLAND_VENUS_NET_NET_H
#define HELIOS_USERLAND_VENUS_NET_NET_H

#include "userland/venus/virtio/device.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NET_FRAME          1514 // bytes of the longest frame
#define NET_FRAME_LEAST    14   // of the shortest: nothing but its header
#define NET_HEADER         12   // of the device, in front of each
#define NET_INCOMING       64   // frames that may come before somebody takes one
#define NET_OUTGOING       32   // frames on their way out
#define NET_BUFFER         2048 // bytes for a frame that comes
#define NET_INCOMING_BYTES (NET_INCOMING * NET_BUFFER)

struct net_outgoing {
    bool is_busy;
    void *context;
};

struct card {
    struct virtio_device *device;
    struct virtio_queue *in;
    struct virtio_queue *out;
    struct venus_dma incoming; // NET_INCOMING_BYTES
    struct venus_dma header;   // NET_HEADER zeroes: nothing is offloaded
    uint8_t mac[6];
    bool has_status;
    char tokens[NET_INCOMING];
    struct net_outgoing outgoing[NET_OUTGOING];
};

// Starts the device. The caller has filled in the first five. `rings` are of both queues.
enum virtio_error card_open(struct card *net, uint16_t vector, const struct venus_dma rings[2]);

bool card_has_link(const struct card *net);

// Sends a frame, which lies at `physical` until card_sent brings `context` back. False: too many
// are on their way, or it is no frame.
bool card_send(struct card *net, uint64_t physical, uint32_t length, void *context);
enum virtio_result card_sent(struct card *net, void **context);

// The next frame that has come. It stays until card_release of its number. What is too short or too
// long for a frame is left out.
enum virtio_result card_receive(struct card *net, uint32_t *number, const uint8_t **frame,
                                uint32_t *length);
void card_release(struct card *net, uint32_t number);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_NET_NET_H
