// SPDX-License-Identifier: GPL-3.0-only
//
// The driver of virtio-rng (VIRTIO 1.2, section 5.4): bytes as the host makes them.
#include <string.h>

#include "userland/interfaces/rng.h"
#include "userland/venus/driver/virtio.h"

enum { QUEUE = 0, QUEUE_SIZE = 8, MOST = 448 };

static struct {
    struct driver_virtio virtio;
    struct virtio_queue queue;
    struct virtio_exchange exchange;
    struct venus_dma bytes;
} self;

static enum helios_error read_bytes(void *context, const struct helios_request *request,
                                    uint32_t most, uint8_t result[MOST], uint32_t *length) {
    (void)context;
    (void)request;
    if (most == 0 || most > MOST) {
        return HELIOS_ERROR_RANGE;
    }
    const struct virtio_buffer buffer = {self.bytes.physical, most, true};
    uint32_t written = 0;
    if (!virtio_exchange(&self.exchange, &buffer, 1, &written) || written == 0) {
        driver_fail(&self.virtio.driver, "the device gives nothing");
    }
    memcpy(result, self.bytes.address, written);
    memset(self.bytes.address, 0, written); // nobody else gets them
    *length = written;
    return HELIOS_OK;
}

static bool dispatch(void *context, struct helios_message *message) {
    static const struct rng_ops ops = {.read = read_bytes};
    return rng_dispatch(&ops, context, message);
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct driver *driver = &self.virtio.driver;
    struct virtio_device *device = &self.virtio.device;
    driver_virtio_begin(&self.virtio, "rng", VIRTIO_ENTROPY, 0);
    self.bytes = driver_dma(driver, MOST);
    const struct venus_dma rings = driver_dma(driver, VIRTIO_QUEUE_BYTES);
    self.exchange = (struct virtio_exchange){
        .device = device,
        .queue = &self.queue,
        .index = QUEUE,
        .wait = driver_virtio_wait,
        .context = &self.virtio,
    };
    driver_virtio_check(&self.virtio, virtio_begin(device, 0, 0));
    driver_virtio_check(&self.virtio, virtio_start_queue(device, QUEUE, QUEUE_SIZE,
                                                         self.virtio.vector, &rings, &self.queue));
    virtio_run(device);
    driver_offer(driver, RNG_ID, RNG_VERSION, "rng");
    driver_serve(driver, dispatch, NULL, NULL);
}
