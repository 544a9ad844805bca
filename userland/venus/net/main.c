// SPDX-License-Identifier: GPL-3.0-only
//
// The driver of virtio-net. A frame goes out from the pages that a client has of the driver as it
// lies there; one that comes is copied once, into the pages of whoever waits for it.
#include <string.h>

#include "userland/helios/memory.h"
#include "userland/interfaces/net.h"
#include "userland/venus/driver/pages.h"
#include "userland/venus/driver/virtio.h"
#include "userland/venus/net/net.h"

enum { INTERRUPT = 1, ETHERNET_HEADER = 14, KEPT = NET_INCOMING };

struct waiting_frame {
    uint32_t number;
    uint32_t length;
    const uint8_t *bytes;
};

static struct {
    struct driver_virtio virtio;
    struct virtio_queue in;
    struct virtio_queue out;
    struct card net;
    struct shared_pages pages;
    struct waiting_frame frames[KEPT]; // that nobody has taken yet
    uint32_t head;                     // ever come
    uint32_t tail;                     // ever taken
    struct driver_call *receiver;      // who waits; NULL: nobody
    uint64_t receiver_offset;
    uint32_t receiver_most;
} self;

// Copies the next frame to a client's pages.
static enum helios_error deliver(uint64_t owner, uint64_t offset, uint32_t most, uint32_t *result) {
    const struct waiting_frame *frame = &self.frames[self.tail % KEPT];
    uint32_t length = frame->length < most ? frame->length : most;
    uint32_t room = length;
    uint8_t *at = pages_mapped(&self.pages, owner, offset, &room);
    if (at == NULL || room != length) {
        return HELIOS_ERROR_RANGE;
    }
    memcpy(at, frame->bytes, length);
    self.tail++;
    card_release(&self.net, frame->number);
    *result = length;
    return HELIOS_OK;
}

// Tells whoever waits for a frame, if that still is somebody.
static void answer_receiver(enum helios_error status, uint32_t length) {
    uint64_t reply = calls_end(self.receiver);
    self.receiver = NULL;
    if (reply != 0) {
        net_receive_reply(reply, status, length);
    }
}

static void take_sent(void) {
    void *context;
    enum virtio_result result;
    while ((result = card_sent(&self.net, &context)) == VIRTIO_DONE) {
        uint64_t reply = calls_end(context);
        if (reply != 0) {
            net_send_reply(reply, HELIOS_OK);
        }
    }
    if (result == VIRTIO_BROKEN) {
        driver_fail(&self.virtio.driver, "the device says what can't be");
    }
}

static void take_frames(void) {
    enum virtio_result result = VIRTIO_DONE;
    while (self.head - self.tail < KEPT) {
        struct waiting_frame *frame = &self.frames[self.head % KEPT];
        result = card_receive(&self.net, &frame->number, &frame->bytes, &frame->length);
        if (result != VIRTIO_DONE) {
            break;
        }
        self.head++;
    }
    if (result == VIRTIO_BROKEN) {
        driver_fail(&self.virtio.driver, "the device says what can't be");
    }
}

static void notified(void *context, uint64_t word) {
    (void)context;
    (void)word;
    driver_virtio_ack(&self.virtio);
    take_sent();
    take_frames();
    if (self.receiver != NULL && self.head != self.tail) {
        uint32_t length = 0;
        enum helios_error status =
            deliver(self.receiver->owner, self.receiver_offset, self.receiver_most, &length);
        answer_receiver(status, length);
    }
}

static enum helios_error on_send(void *context, const struct helios_request *request,
                                 uint64_t offset, uint32_t length) {
    (void)context;
    uint32_t inside = length;
    uint64_t physical = pages_find(&self.pages, request->badge, offset, &inside);
    if (physical == 0 || inside != length || length < ETHERNET_HEADER || length > NET_FRAME) {
        return HELIOS_ERROR_RANGE;
    }
    struct driver_call *call;
    enum helios_error kept = calls_keep(&self.pages.calls, request, true, &call);
    if (kept == HELIOS_RPC_LATER && !card_send(&self.net, physical, length, call)) {
        net_send_reply(calls_end(call), HELIOS_ERROR_BUSY);
    }
    return kept;
}

static enum helios_error on_receive(void *context, const struct helios_request *request,
                                    uint64_t offset, uint32_t most, uint32_t *result) {
    (void)context;
    if (self.head != self.tail) {
        return deliver(request->badge, offset, most, result);
    }
    if (self.receiver != NULL) {
        // Who waited before may have given up: one at a time, the last one.
        answer_receiver(HELIOS_ERROR_BUSY, 0);
    }
    self.receiver_offset = offset;
    self.receiver_most = most;
    return calls_keep(&self.pages.calls, request, false, &self.receiver);
}

static enum helios_error on_describe(void *context, const struct helios_request *request,
                                     struct net_info *result) {
    (void)context;
    (void)request;
    *result = (struct net_info){
        .link = card_has_link(&self.net),
        .mtu = NET_FRAME - ETHERNET_HEADER,
        .name = "virtio-net",
    };
    memcpy(result->mac, self.net.mac, sizeof(result->mac));
    return HELIOS_OK;
}

static bool dispatch(void *context, struct helios_message *message) {
    static const struct net_ops ops = {
        .describe = on_describe,
        .attach = pages_on_attach,
        .detach = pages_on_detach,
        .send = on_send,
        .receive = on_receive,
    };
    return net_dispatch(&ops, context, message);
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct driver *driver = &self.virtio.driver;
    driver_virtio_begin(&self.virtio, "net", VIRTIO_NETWORK, INTERRUPT);
    self.net.device = &self.virtio.device;
    self.net.in = &self.in;
    self.net.out = &self.out;
    self.net.incoming = driver_dma(driver, NET_INCOMING_BYTES);
    self.net.header = driver_dma(driver, NET_HEADER);
    const struct venus_dma rings[2] = {driver_dma(driver, VIRTIO_QUEUE_BYTES),
                                       driver_dma(driver, VIRTIO_QUEUE_BYTES)};
    driver_virtio_check(&self.virtio, card_open(&self.net, self.virtio.vector, rings));
    const uint8_t *mac = self.net.mac;
    driver_say(driver, "%02x:%02x:%02x:%02x:%02x:%02x%s", mac[0], mac[1], mac[2], mac[3], mac[4],
               mac[5], card_has_link(&self.net) ? "" : ", no link");
    driver_offer(driver, NET_ID, NET_VERSION, "net");
    driver_serve(driver, dispatch, notified, &self.pages);
}
