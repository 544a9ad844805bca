// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/display/screen.h"

#include "userland/helios/memory.h"

static const struct display_size sizes[] = {
    {640, 480}, {800, 600}, {1024, 768}, {1280, 720}, {1280, 800}, {1600, 900}, {1920, 1080},
};

enum { SIZES = sizeof(sizes) / sizeof(sizes[0]), MOST_SIZES = 16 };

void screen_describe(struct screen *screen, uint32_t width, uint32_t height) {
    screen->info.mode = (struct display_mode){
        .width = width,
        .height = height,
        .stride = width * 4,
        .format = DISPLAY_FORMAT_XRGB8888,
    };
    uint64_t bytes = (uint64_t)width * height * 4;
    screen->info.page_size = HELIOS_PAGE_BYTES;
    screen->info.page_count = (uint32_t)((bytes + HELIOS_PAGE_BYTES - 1) / HELIOS_PAGE_BYTES);
    screen->info.offset = 0;
}

uint64_t screen_memory_page(struct screen *screen, uint32_t index) {
    return index < screen->memory.count ? screen->memory.pages[index] : 0;
}

static enum helios_error describe(void *context, const struct helios_request *request,
                                  struct display_info *result) {
    (void)request;
    const struct screen *screen = context;
    *result = screen->info;
    return HELIOS_OK;
}

static bool is_possible(const struct screen *screen, uint32_t width, uint32_t height) {
    return width > 0 && width <= screen->most_width && height > 0 &&
           height <= screen->most_height && (uint64_t)width * height * 4 <= SCREEN_BYTES;
}

static enum helios_error modes(void *context, const struct helios_request *request, uint32_t first,
                               uint32_t *count, struct display_size result[MOST_SIZES]) {
    (void)request;
    const struct screen *screen = context;
    uint32_t number = 0;
    *count = 0;
    for (uint32_t i = 0; i < SIZES && *count < MOST_SIZES; i++) {
        if (screen->set_mode != NULL && is_possible(screen, sizes[i].width, sizes[i].height) &&
            number++ >= first) {
            result[(*count)++] = sizes[i];
        }
    }
    return HELIOS_OK;
}

static enum helios_error set_mode(void *context, const struct helios_request *request,
                                  uint32_t width, uint32_t height, struct display_info *result) {
    (void)request;
    struct screen *screen = context;
    if (screen->set_mode == NULL) {
        return HELIOS_ERROR_UNSUPPORTED;
    }
    if (!is_possible(screen, width, height)) {
        return HELIOS_ERROR_RANGE;
    }
    if (!screen->set_mode(screen, width, height)) {
        driver_fail(screen->driver, "the device refuses %u x %u", width, height);
    }
    screen_describe(screen, width, height);
    *result = screen->info;
    return HELIOS_OK;
}

// Pages that are made for whoever asks are the client's when the answer has gone: ours go with the
// next request.
static void drop_given(struct screen *screen) {
    for (uint32_t i = 0; i < screen->given_count; i++) {
        helios_drop(screen->given[i]);
    }
    screen->given_count = 0;
}

static enum helios_error framebuffer(void *context, const struct helios_request *request,
                                     uint32_t first, uint32_t *result, uint64_t *pages,
                                     uint32_t *pages_count) {
    (void)request;
    struct screen *screen = context;
    uint32_t count = 0;
    while (count < HELIOS_MAX_CAPS && first < screen->info.page_count &&
           count < screen->info.page_count - first) {
        uint64_t page = screen->page(screen, first + count);
        if (page == 0) {
            break;
        }
        if (screen->are_pages_made) {
            screen->given[screen->given_count++] = page;
        }
        pages[count++] = page;
    }
    *pages_count = count;
    *result = count;
    return HELIOS_OK;
}

static enum helios_error flush(void *context, const struct helios_request *request, uint32_t x,
                               uint32_t y, uint32_t width, uint32_t height) {
    (void)request;
    struct screen *screen = context;
    if (screen->flush != NULL && !screen->flush(screen, x, y, width, height)) {
        driver_fail(screen->driver, "the device does not show what was drawn");
    }
    return HELIOS_OK;
}

static bool dispatch(void *context, struct helios_message *message) {
    static const struct display_ops ops = {
        .describe = describe,
        .modes = modes,
        .set_mode = set_mode,
        .framebuffer = framebuffer,
        .flush = flush,
    };
    drop_given(context);
    return display_dispatch(&ops, context, message);
}

void screen_serve(struct screen *screen) {
    screen->info.features = (screen->set_mode != NULL ? DISPLAY_FEATURE_SET_MODE : 0) |
                            (screen->flush != NULL ? DISPLAY_FEATURE_NEEDS_FLUSH : 0);
    driver_say(screen->driver, "%s, %u x %u", screen->info.name, screen->info.mode.width,
               screen->info.mode.height);
    driver_offer(screen->driver, DISPLAY_ID, DISPLAY_VERSION, "display");
    driver_serve(screen->driver, dispatch, NULL, screen);
}
