// SPDX-License-Identifier: GPL-3.0-only
//
// What all drivers of displays offer (userland/interfaces/display.ipc), above what differs.
#ifndef HELIOS_USERLAND_VENUS_DISPLAY_SCREEN_H
#define HELIOS_USERLAND_VENUS_DISPLAY_SCREEN_H

#include "userland/interfaces/display.h"
#include "userland/venus/driver/driver.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SCREEN_BYTES (8u << 20) // of memory for pictures: 1920 x 1080

struct screen {
    struct driver *driver;
    struct display_info info;
    uint32_t most_width; // of modes that can be set
    uint32_t most_height;
    // Sets a mode in info.mode.width and height; NULL if it can't be changed. False: it was
    // refused.
    bool (*set_mode)(struct screen *screen, uint32_t width, uint32_t height);
    // Shows a rectangle; NULL if there is no need.
    bool (*flush)(struct screen *screen, uint32_t x, uint32_t y, uint32_t width, uint32_t height);
    // The page `index` of the framebuffer: a capability, 0 if there is none.
    uint64_t (*page)(struct screen *screen, uint32_t index);
    bool are_pages_made; // by `page`, for whoever asks
    uint64_t given[HELIOS_MAX_CAPS];
    uint32_t given_count;
    struct driver_pages memory; // of those whose picture is in memory
};

// Fills in what follows from a size of a picture in memory.
void screen_describe(struct screen *screen, uint32_t width, uint32_t height);

// `page` of a screen whose picture is in `memory`.
uint64_t screen_memory_page(struct screen *screen, uint32_t index);

// Offers it, and serves.
void screen_serve(struct screen *screen) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_DISPLAY_SCREEN_H
