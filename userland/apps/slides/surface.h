// SPDX-License-Identifier: GPL-3.0-only
//
// Drawing pictures into the memory of a display.
#ifndef HELIOS_USERLAND_APPS_SLIDES_SURFACE_H
#define HELIOS_USERLAND_APPS_SLIDES_SURFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SURFACE_MAX_EXTENT 16384u // pixels in either direction

// Pixels of 32 bits; a colour is the 8 bits from its shift on.
struct surface {
    uint8_t *pixels;
    uint32_t width;
    uint32_t height;
    uint32_t pitch; // bytes from one line to the next, at least 4 * width
    uint8_t red_shift;
    uint8_t green_shift;
    uint8_t blue_shift;
};

// Three bytes a pixel (red, green, blue), line by line from the top, nothing between.
struct picture {
    const uint8_t *rgb;
    uint32_t width;
    uint32_t height;
};

struct rectangle {
    uint32_t x;
    uint32_t y;
    uint32_t width;
    uint32_t height;
};

// Whether a surface of `size` bytes is what its fields say, so that drawing stays inside.
bool surface_is_valid(const struct surface *surface, size_t size);

// Where a picture of this size goes: as large as it can be without a change of its form, in the
// middle. A picture that fits as it is and fills the width or the height, or one that would grow
// by less than a quarter, keeps its size.
struct rectangle surface_place(const struct surface *surface, uint32_t width, uint32_t height);

// Fills the part of the rectangle that lies on the surface with the colour 0xrrggbb.
void surface_fill(const struct surface *surface, struct rectangle where, uint32_t colour);

// Draws the picture where surface_place says, and black around it. Shrinking averages over the
// area that becomes a pixel, growing interpolates.
void surface_show(const struct surface *surface, const struct picture *picture);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_APPS_SLIDES_SURFACE_H
