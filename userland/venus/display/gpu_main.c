// SPDX-License-Identifier: GPL-3.0-only
//
// The driver of virtio-gpu.
#include <string.h>

#include "userland/venus/display/gpu.h"
#include "userland/venus/display/screen.h"
#include "userland/venus/driver/virtio.h"

enum { DEFAULT_WIDTH = 1280, DEFAULT_HEIGHT = 800, MOST_WIDTH = 1920, MOST_HEIGHT = 1080 };

static struct {
    struct driver_virtio virtio;
    struct virtio_queue queue;
    struct gpu gpu;
    struct screen screen;
} self;

static bool set_mode(struct screen *screen, uint32_t width, uint32_t height) {
    return gpu_set_mode(&self.gpu, width, height, &screen->memory.dma);
}

static bool flush(struct screen *screen, uint32_t x, uint32_t y, uint32_t width, uint32_t height) {
    (void)screen;
    return gpu_flush(&self.gpu, (struct gpu_rectangle){x, y, width, height});
}

static void choose_size(uint32_t *width, uint32_t *height) {
    if (!gpu_preferred(&self.gpu, width, height) || *width > MOST_WIDTH || *height > MOST_HEIGHT) {
        *width = DEFAULT_WIDTH;
        *height = DEFAULT_HEIGHT;
    }
}

int main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct driver *driver = &self.virtio.driver;
    driver_virtio_begin(&self.virtio, "gpu", VIRTIO_GPU, 0);
    self.gpu.control = (struct virtio_exchange){
        .device = &self.virtio.device,
        .queue = &self.queue,
        .wait = driver_virtio_wait,
        .context = &self.virtio,
    };
    self.gpu.commands = driver_dma(driver, GPU_COMMAND_BYTES);
    const struct venus_dma rings = driver_dma(driver, VIRTIO_QUEUE_BYTES);
    driver_virtio_check(&self.virtio, gpu_open(&self.gpu, self.virtio.vector, &rings));
    self.screen = (struct screen){
        .driver = driver,
        .info = {.name = "virtio-gpu"},
        .most_width = MOST_WIDTH,
        .most_height = MOST_HEIGHT,
        .set_mode = set_mode,
        .flush = flush,
        .page = screen_memory_page,
    };
    driver_shared(driver, SCREEN_BYTES, &self.screen.memory);
    uint32_t width;
    uint32_t height;
    choose_size(&width, &height);
    if (!set_mode(&self.screen, width, height)) {
        driver_fail(driver, "the device refuses %u x %u", width, height);
    }
    screen_describe(&self.screen, width, height);
    screen_serve(&self.screen);
}
