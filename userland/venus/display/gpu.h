// SPDX-License-Identifier: GPL-3.0-only
//
// virtio-gpu without 3D (VIRTIO 1.2, section 5.7): one picture in memory that the host shows on the
// first screen, in whatever size it is set to.
#ifndef HELIOS_USERLAND_VENUS_DISPLAY_GPU_H
#define HELIOS_USERLAND_VENUS_DISPLAY_GPU_H

#include "userland/venus/virtio/exchange.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GPU_MAX_EXTENT    8192 // pixels either way
#define GPU_COMMAND_BYTES 4096 // memory for commands and answers

struct gpu_rectangle {
    uint32_t x;
    uint32_t y;
    uint32_t width;
    uint32_t height;
};

struct gpu {
    struct virtio_exchange control;
    struct venus_dma commands; // GPU_COMMAND_BYTES
    uint32_t width;            // of the mode that is set; 0: none
    uint32_t height;
    uint32_t resource; // its number; 0: none
};

// Agrees with the device and starts its queue. The caller has filled in control.device, .queue,
// .wait and .context, and `commands`.
enum virtio_error gpu_open(struct gpu *gpu, uint16_t vector, const struct venus_dma *rings);

// The size that the host would like best. False if there is no screen, or the device makes no
// sense.
bool gpu_preferred(struct gpu *gpu, uint32_t *width, uint32_t *height);

// Shows `memory`: lines of width pixels of 4 bytes (blue, green, red, nothing), nothing between.
// It stays the device's until the next mode is set. False: the device refused, and shows nothing.
bool gpu_set_mode(struct gpu *gpu, uint32_t width, uint32_t height, const struct venus_dma *memory);

// Shows what has changed in a rectangle. Its part outside is left out.
bool gpu_flush(struct gpu *gpu, struct gpu_rectangle where);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_DISPLAY_GPU_H
