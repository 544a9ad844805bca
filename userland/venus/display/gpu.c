// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/display/gpu.h"

#include <string.h>

enum {
    CONTROL_QUEUE = 0,
    QUEUE_SIZE = 16,
    GET_DISPLAY_INFO = 0x100,
    CREATE_2D = 0x101,
    UNREFERENCE = 0x102,
    SET_SCANOUT = 0x103,
    FLUSH = 0x104,
    TRANSFER_TO_HOST = 0x105,
    ATTACH_BACKING = 0x106,
    OK_NOTHING = 0x1100,
    OK_DISPLAY_INFO = 0x1101,
    FORMAT_BGRX = 2, // VIRTIO_GPU_FORMAT_B8G8R8X8_UNORM
    HEADER_WORDS = 6,
    SCREENS = 16,
    SCREEN_WORDS = 6, // x, y, width, height, enabled, flags
    MOST_WORDS = HEADER_WORDS + 8,
    ANSWER_AT = GPU_COMMAND_BYTES / 2,
    ANSWER_WORDS = HEADER_WORDS + SCREENS * SCREEN_WORDS,
};

enum virtio_error gpu_open(struct gpu *gpu, uint16_t vector, const struct venus_dma *rings) {
    struct virtio_device *device = gpu->control.device;
    gpu->width = 0;
    gpu->height = 0;
    gpu->resource = 0;
    gpu->control.index = CONTROL_QUEUE;
    if (device->type != VIRTIO_GPU) {
        return VIRTIO_WRONG_TYPE;
    }
    enum virtio_error error = virtio_begin(device, 0, 0);
    if (error == VIRTIO_OK) {
        error = virtio_start_queue(device, CONTROL_QUEUE, QUEUE_SIZE, vector, rings,
                                   gpu->control.queue);
    }
    if (error == VIRTIO_OK) {
        virtio_run(device);
    }
    return error;
}

// Sends a command of `count` words behind its header. The answer's words are copied, so that they
// don't change while they are looked at; those that the device did not write are 0.
static bool command(struct gpu *gpu, uint32_t type, const uint32_t *words, uint32_t count,
                    uint32_t wanted, uint32_t answer[ANSWER_WORDS]) {
    uint8_t *memory = gpu->commands.address;
    uint32_t message[MOST_WORDS] = {type};
    memcpy(message + HEADER_WORDS, words, count * sizeof(uint32_t));
    memcpy(memory, message, (HEADER_WORDS + count) * sizeof(uint32_t));
    const struct virtio_buffer buffers[2] = {
        {gpu->commands.physical, (uint32_t)((HEADER_WORDS + count) * sizeof(uint32_t)), false},
        {gpu->commands.physical + ANSWER_AT, ANSWER_WORDS * sizeof(uint32_t), true},
    };
    uint32_t written = 0;
    if (!virtio_exchange(&gpu->control, buffers, 2, &written)) {
        return false;
    }
    memset(answer, 0, ANSWER_WORDS * sizeof(uint32_t));
    memcpy(answer, memory + ANSWER_AT, written);
    return answer[0] == wanted;
}

static bool order(struct gpu *gpu, uint32_t type, const uint32_t *words, uint32_t count) {
    uint32_t answer[ANSWER_WORDS];
    return command(gpu, type, words, count, OK_NOTHING, answer);
}

static bool is_extent(uint32_t width, uint32_t height) {
    return width > 0 && width <= GPU_MAX_EXTENT && height > 0 && height <= GPU_MAX_EXTENT;
}

bool gpu_preferred(struct gpu *gpu, uint32_t *width, uint32_t *height) {
    uint32_t answer[ANSWER_WORDS];
    const uint32_t nothing = 0;
    if (!command(gpu, GET_DISPLAY_INFO, &nothing, 0, OK_DISPLAY_INFO, answer)) {
        return false;
    }
    const uint32_t *screen = answer + HEADER_WORDS;
    *width = screen[2];
    *height = screen[3];
    return screen[4] != 0 && is_extent(*width, *height);
}

static void forget_mode(struct gpu *gpu) {
    if (gpu->resource != 0) {
        const uint32_t off[6] = {0};
        order(gpu, SET_SCANOUT, off, 6);
        const uint32_t words[2] = {gpu->resource};
        order(gpu, UNREFERENCE, words, 2);
    }
    gpu->width = 0;
    gpu->height = 0;
}

bool gpu_set_mode(struct gpu *gpu, uint32_t width, uint32_t height,
                  const struct venus_dma *memory) {
    if (!is_extent(width, height) || memory->length < (uint64_t)width * height * 4) {
        return false;
    }
    forget_mode(gpu);
    uint32_t resource = gpu->resource + 1; // numbers are not used again
    const uint32_t create[4] = {resource, FORMAT_BGRX, width, height};
    if (!order(gpu, CREATE_2D, create, 4)) {
        return false;
    }
    gpu->resource = resource;
    const uint32_t attach[6] = {
        resource,           1, (uint32_t)memory->physical, (uint32_t)(memory->physical >> 32),
        width * height * 4, 0};
    const uint32_t show[6] = {0, 0, width, height, 0, resource};
    if (!order(gpu, ATTACH_BACKING, attach, 6) || !order(gpu, SET_SCANOUT, show, 6)) {
        return false;
    }
    gpu->width = width;
    gpu->height = height;
    return true;
}

static void clip(uint32_t *start, uint32_t *extent, uint32_t limit) {
    *start = *start < limit ? *start : limit;
    *extent = *extent < limit - *start ? *extent : limit - *start;
}

bool gpu_flush(struct gpu *gpu, struct gpu_rectangle where) {
    clip(&where.x, &where.width, gpu->width);
    clip(&where.y, &where.height, gpu->height);
    if (where.width == 0 || where.height == 0) {
        return true;
    }
    uint64_t offset = ((uint64_t)where.y * gpu->width + where.x) * 4;
    const uint32_t transfer[8] = {where.x,          where.y,
                                  where.width,      where.height,
                                  (uint32_t)offset, (uint32_t)(offset >> 32),
                                  gpu->resource,    0};
    const uint32_t flush[6] = {where.x, where.y, where.width, where.height, gpu->resource, 0};
    return order(gpu, TRANSFER_TO_HOST, transfer, 8) && order(gpu, FLUSH, flush, 6);
}
