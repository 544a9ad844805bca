// SPDX-License-Identifier: GPL-3.0-only
#include "boot/multiboot/vbe.h"

enum mode_offset {
    MODE_ATTRIBUTES = 0,
    MODE_PITCH = 16,
    MODE_WIDTH = 18,
    MODE_HEIGHT = 20,
    MODE_BITS = 25,
    MODE_MODEL = 27,
    MODE_RED = 31, // size and position of each mask
    MODE_GREEN = 33,
    MODE_BLUE = 35,
    MODE_BASE = 40,
    MODE_LINEAR_PITCH = 50, // from version 3.0 on: the same of the linear framebuffer
    MODE_LINEAR_RED = 54,
    MODE_LINEAR_GREEN = 56,
    MODE_LINEAR_BLUE = 58,
};

// Supported, colour, graphics, linear framebuffer.
#define ATTRIBUTES_WANTED 0x99u
#define MODEL_PACKED      4
#define MODEL_DIRECT      6
#define VERSION_3         0x300

static uint16_t get16(const uint8_t *info, unsigned offset) {
    return (uint16_t)(info[offset] | info[offset + 1] << 8);
}

static uint32_t get_mask(const uint8_t *info, unsigned offset) {
    const uint8_t size = info[offset];
    const uint8_t position = info[offset + 1];
    if (size == 0 || size > 16 || position > 32 - size) {
        return 0;
    }
    return ((1u << size) - 1) << position;
}

static uint32_t format_of(const struct helios_boot_framebuffer *mode) {
    if (mode->bits_per_pixel != 32 || mode->green_mask != 0xff00) {
        return HELIOS_FB_OTHER;
    }
    if (mode->red_mask == 0xff0000 && mode->blue_mask == 0xff) {
        return HELIOS_FB_XRGB8888;
    }
    return mode->red_mask == 0xff && mode->blue_mask == 0xff0000 ? HELIOS_FB_XBGR8888
                                                                 : HELIOS_FB_OTHER;
}

bool vbe_read_mode(const uint8_t *info, uint16_t version, struct helios_boot_framebuffer *mode) {
    const bool linear = version >= VERSION_3 && get16(info, MODE_LINEAR_PITCH) != 0;
    const uint32_t bits = info[MODE_BITS];
    *mode = (struct helios_boot_framebuffer){
        .base = get16(info, MODE_BASE) | (uint32_t)get16(info, MODE_BASE + 2) << 16,
        .width = get16(info, MODE_WIDTH),
        .height = get16(info, MODE_HEIGHT),
        .pitch = get16(info, linear ? MODE_LINEAR_PITCH : MODE_PITCH),
        .bits_per_pixel = bits,
        .red_mask = get_mask(info, linear ? MODE_LINEAR_RED : MODE_RED),
        .green_mask = get_mask(info, linear ? MODE_LINEAR_GREEN : MODE_GREEN),
        .blue_mask = get_mask(info, linear ? MODE_LINEAR_BLUE : MODE_BLUE),
    };
    mode->length = (uint64_t)mode->pitch * mode->height;
    mode->format = format_of(mode);
    const bool model = info[MODE_MODEL] == MODEL_DIRECT || info[MODE_MODEL] == MODEL_PACKED;
    const bool depth = bits == 16 || bits == 24 || bits == 32;
    return (get16(info, MODE_ATTRIBUTES) & ATTRIBUTES_WANTED) == ATTRIBUTES_WANTED && model &&
           depth && mode->base != 0 && mode->width != 0 && mode->height != 0 &&
           mode->red_mask != 0 && mode->green_mask != 0 && mode->blue_mask != 0 &&
           mode->pitch >= mode->width * (bits / 8);
}

bool vbe_is_better(const struct helios_boot_framebuffer *candidate,
                   const struct helios_boot_framebuffer *best, uint32_t width, uint32_t height) {
    if (candidate->width > width || candidate->height > height) {
        return false;
    }
    const uint64_t area = (uint64_t)candidate->width * candidate->height;
    const uint64_t best_area = (uint64_t)best->width * best->height;
    return area > best_area ||
           (area == best_area && candidate->bits_per_pixel > best->bits_per_pixel);
}
