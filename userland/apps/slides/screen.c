// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/slides/screen.h"

#include <stdio.h>

#include "uapi/object.h"
#include "userland/helios/clock.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/interfaces/display.h"

enum { PAGE = 4096 };

static const uint64_t PATIENCE_NS = 5000000000; // with a driver that does not answer

// The smallest mode that is at least that large; false if there is none.
static bool find_mode(uint64_t display, uint32_t width, uint32_t height,
                      struct display_size *best) {
    struct display_size sizes[16];
    uint32_t count;
    bool found = false;
    for (uint32_t first = 0; display_modes(display, first, &count, sizes) == HELIOS_OK;
         first += count) {
        for (uint32_t i = 0; i < count; i++) {
            bool fits = sizes[i].width >= width && sizes[i].height >= height;
            bool is_smaller = !found || (uint32_t)sizes[i].width * sizes[i].height <
                                            (uint32_t)best->width * best->height;
            if (fits && is_smaller) {
                *best = sizes[i];
                found = true;
            }
        }
        if (count == 0) {
            break;
        }
    }
    return found;
}

static enum helios_error choose_mode(uint64_t display, uint32_t width, uint32_t height,
                                     struct display_info *info) {
    enum helios_error status = display_describe(display, info);
    struct display_size size;
    bool is_large_enough = info->mode.width >= width && info->mode.height >= height;
    if (status == HELIOS_OK && !is_large_enough && (info->features & DISPLAY_FEATURE_SET_MODE) &&
        find_mode(display, width, height, &size)) {
        struct display_info changed;
        if (display_set_mode(display, size.width, size.height, &changed) == HELIOS_OK) {
            *info = changed;
        }
    }
    return status;
}

static bool set_format(struct surface *surface, enum display_format format) {
    surface->green_shift = 8;
    surface->red_shift = format == DISPLAY_FORMAT_XRGB8888 ? 16 : 0;
    surface->blue_shift = format == DISPLAY_FORMAT_XRGB8888 ? 0 : 16;
    return format == DISPLAY_FORMAT_XRGB8888 || format == DISPLAY_FORMAT_XBGR8888;
}

// Maps pages as they come: what is mapped keeps itself, so their capabilities go again.
static uint32_t map_some(uint64_t display, uint64_t address, uint32_t first, uint32_t wanted) {
    uint64_t some[HELIOS_MAX_CAPS];
    uint32_t got = HELIOS_MAX_CAPS; // in: room
    uint32_t said;
    uint32_t mapped = 0;
    bool is_mapped = true;
    if (display_framebuffer(display, first, &said, some, &got) != HELIOS_OK) {
        return 0;
    }
    for (uint32_t i = 0; i < got; i++) {
        if (is_mapped && first + i < wanted) {
            is_mapped =
                helios_vm_map(some[i], address + (uint64_t)(first + i) * PAGE, HELIOS_MAP_WRITE)
                    .status == HELIOS_OK;
            mapped += is_mapped;
        }
        helios_drop(some[i]);
    }
    return is_mapped ? mapped : 0;
}

static void *map_pages(uint64_t display, uint32_t wanted) {
    uint64_t address = helios_vm_reserve((uint64_t)wanted * PAGE, PAGE);
    uint32_t count = 0;
    while (address != 0 && count < wanted) {
        uint32_t more = map_some(display, address, count, wanted);
        if (more == 0) {
            helios_vm_release(address);
            return NULL;
        }
        count += more;
    }
    return (void *)(uintptr_t)address;
}

bool screen_open(struct screen *screen, uint64_t display, uint32_t width, uint32_t height) {
    struct display_info info = {0};
    enum helios_error status = choose_mode(display, width, height, &info);
    if (status != HELIOS_OK) {
        printf("the display does not answer: %s\n", display_strerror(status));
        return false;
    }
    uint64_t bytes = (uint64_t)info.page_count * PAGE;
    *screen = (struct screen){.display = display};
    screen->needs_flush = (info.features & DISPLAY_FEATURE_NEEDS_FLUSH) != 0;
    screen->surface.width = info.mode.width;
    screen->surface.height = info.mode.height;
    screen->surface.pitch = info.mode.stride;
    if (info.page_size != PAGE || info.offset % 4 != 0 || info.offset > bytes ||
        !set_format(&screen->surface, info.mode.format) ||
        !surface_is_valid(&screen->surface, bytes - info.offset)) {
        printf("%s: nothing that can be drawn on (%u x %u, format %u)\n", info.name,
               info.mode.width, info.mode.height, (unsigned)info.mode.format);
        return false;
    }
    screen->mapped = map_pages(display, info.page_count);
    if (screen->mapped == NULL) {
        printf("%s: its memory can't be mapped\n", info.name);
        return false;
    }
    status = helios_lent_begin(&screen->lent, (uintptr_t)screen->mapped, bytes);
    if (status != HELIOS_OK) {
        printf("%s: %s\n", info.name, display_strerror(status));
        helios_vm_release((uintptr_t)screen->mapped);
        screen->mapped = NULL;
        return false;
    }
    screen->surface.pixels = (uint8_t *)screen->mapped + info.offset;
    return true;
}

bool screen_flush(const struct screen *screen) {
    const struct rectangle all = {0, 0, screen->surface.width, screen->surface.height};
    return screen_flush_part(screen, all);
}

bool screen_flush_part(const struct screen *screen, struct rectangle part) {
    return !screen->needs_flush ||
           display_flush_until(screen->display, helios_now() + PATIENCE_NS, part.x, part.y,
                               part.width, part.height) == HELIOS_OK;
}

bool screen_is_mapped(const struct screen *screen) {
    const uint64_t ends[] = {0, (uint64_t)screen->surface.pitch * screen->surface.height - 1};
    bool is_mapped = screen->mapped != NULL && !helios_lent_is_gone(&screen->lent);
    for (uint32_t i = 0; i < 2 && is_mapped; i++) {
        is_mapped = helios_vspace_query(helios_environment.vspace,
                                        (uintptr_t)screen->surface.pixels + ends[i])
                        .status == HELIOS_OK;
    }
    return is_mapped;
}

void screen_close(struct screen *screen) {
    if (screen->mapped != NULL) {
        helios_lent_end(&screen->lent);
        helios_vm_release((uintptr_t)screen->mapped);
    }
    screen->mapped = NULL;
}
