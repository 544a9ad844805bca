// SPDX-License-Identifier: GPL-3.0-only
//
// What is on the guest's screen, pixel by pixel.
#ifndef HELIOS_BUILD_TOOLS_QEMU_TEST_SCREEN_H
#define HELIOS_BUILD_TOOLS_QEMU_TEST_SCREEN_H

#include <stdint.h>

#include "build/tools/qemu_test/guest.h"

#ifdef __cplusplus
extern "C" {
#endif

// A picture: three bytes a pixel (red, green, blue), line by line from the top, nothing between.
struct screen {
    uint8_t *rgb;
    uint32_t width;
    uint32_t height;
};

// Takes the guest's screen as it is now.
bool screen_take(struct guest *guest, int64_t deadline, struct screen *screen, struct error *err);

// A binary PPM file of 8 bits a colour, as QEMU writes it (netpbm's ppm(5)).
bool screen_from_ppm(const struct buffer *ppm, struct screen *screen, struct error *err);

// A PNG file.
bool screen_from_png(const char *path, struct screen *screen, struct error *err);

// Whether the screen shows the picture, pixel for pixel, in its middle and on black. The lowest
// `bottom` lines of the screen are not looked at. The error says where it differs and how often.
bool screen_shows(const struct screen *screen, const struct screen *picture, uint32_t bottom,
                  struct error *err);

// Whether the pixel has the colour 0xrrggbb. Negative coordinates count from the right and from
// below, -1 being the last.
bool screen_pixel_is(const struct screen *screen, int64_t x, int64_t y, uint32_t colour,
                     struct error *err);

// Leaves the screen as screen.png among the test's outputs, if the test has such a place.
void screen_keep(const struct screen *screen);

void screen_free(struct screen *screen);

#ifdef __cplusplus
}
#endif

#endif
