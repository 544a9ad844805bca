// SPDX-License-Identifier: GPL-3.0-only
//
// Pictures of the characters, all of one size. build/tools/font makes them of a packaged font.
#ifndef HELIOS_USERLAND_APPS_CONSOLE_FONT_H
#define HELIOS_USERLAND_APPS_CONSOLE_FONT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FONT_WIDTH  9u // pixels
#define FONT_HEIGHT 20u
#define FONT_FIRST  0x20u // character
#define FONT_COUNT  95u

// How much of each pixel the character covers, line by line from the top: 0 nothing, 255 all.
extern const uint8_t font_pixels[FONT_COUNT][FONT_WIDTH * FONT_HEIGHT];

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_APPS_CONSOLE_FONT_H
