// SPDX-License-Identifier: GPL-3.0-only
#include "userland/apps/slides/surface.h"

enum {
    SURFACE_BYTES = 4, // of a pixel
    PICTURE_BYTES = 3,
    FRACTION = 256, // of a source pixel: positions between pixels count in these
};

bool surface_is_valid(const struct surface *surface, size_t size) {
    return surface->width > 0 && surface->width <= SURFACE_MAX_EXTENT && surface->height > 0 &&
           surface->height <= SURFACE_MAX_EXTENT && surface->pitch % SURFACE_BYTES == 0 &&
           surface->pitch >= SURFACE_BYTES * surface->width &&
           (uint64_t)surface->pitch * surface->height <= size && surface->red_shift <= 24 &&
           surface->green_shift <= 24 && surface->blue_shift <= 24;
}

static uint32_t pixel_of(const struct surface *surface, uint32_t red, uint32_t green,
                         uint32_t blue) {
    return red << surface->red_shift | green << surface->green_shift | blue << surface->blue_shift;
}

// Display memory may be slow to read and is not ordinary memory: whole pixels, written once.
static volatile uint32_t *line_of(const struct surface *surface, uint32_t y) {
    return (volatile uint32_t *)((uintptr_t)surface->pixels + (size_t)y * surface->pitch);
}

struct rectangle surface_place(const struct surface *surface, uint32_t width, uint32_t height) {
    uint64_t across = (uint64_t)surface->width * height;
    uint64_t down = (uint64_t)surface->height * width;
    struct rectangle where = {.width = width, .height = height};
    bool fits = width <= surface->width && height <= surface->height;
    bool nearly_fills =
        4ull * surface->width < 5ull * width || 4ull * surface->height < 5ull * height;
    if (!fits || !nearly_fills) {
        where.width = across <= down ? surface->width : (uint32_t)(down / height);
        where.height = across <= down ? (uint32_t)(across / width) : surface->height;
        where.width = where.width > 0 ? where.width : 1;
        where.height = where.height > 0 ? where.height : 1;
    }
    where.x = (surface->width - where.width) / 2;
    where.y = (surface->height - where.height) / 2;
    return where;
}

static uint32_t end_of(uint32_t start, uint32_t length, uint32_t limit) {
    return length < limit - start ? start + length : limit;
}

void surface_fill(const struct surface *surface, struct rectangle where, uint32_t colour) {
    if (where.x >= surface->width || where.y >= surface->height) {
        return;
    }
    uint32_t right = end_of(where.x, where.width, surface->width);
    uint32_t bottom = end_of(where.y, where.height, surface->height);
    uint32_t pixel = pixel_of(surface, colour >> 16 & 0xff, colour >> 8 & 0xff, colour & 0xff);
    for (uint32_t y = where.y; y < bottom; y++) {
        volatile uint32_t *line = line_of(surface, y);
        for (uint32_t x = where.x; x < right; x++) {
            line[x] = pixel;
        }
    }
}

static const uint8_t *source_pixel(const struct picture *picture, uint32_t x, uint32_t y) {
    return picture->rgb + PICTURE_BYTES * ((size_t)y * picture->width + x);
}

// A stretch of the source, in FRACTIONs of a pixel: what one pixel of the target is made of.
struct span {
    uint64_t from;
    uint64_t to;
};

// When growing, the two source pixels around the middle of the target's, by their distance.
static struct span span_of(uint32_t index, uint32_t source, uint32_t target) {
    uint64_t size = (uint64_t)source * FRACTION;
    struct span span = {size * index / target, size * (index + 1) / target};
    if (target > source) {
        uint64_t middle = (span.from + span.to) / 2;
        span.from = middle > FRACTION / 2 ? middle - FRACTION / 2 : 0;
        span.to = span.from + FRACTION;
        if (span.to > size) {
            span.to = size;
            span.from = size - FRACTION;
        }
    }
    span.to = span.to > span.from ? span.to : span.from + 1;
    return span;
}

// How much of source pixel `index` lies in the span.
static uint64_t weight_of(struct span span, uint64_t index) {
    uint64_t start = index * FRACTION;
    uint64_t from = span.from > start ? span.from : start;
    uint64_t to = span.to < start + FRACTION ? span.to : start + FRACTION;
    return to - from;
}

// The mean colour of a part of the picture.
static uint32_t mean(const struct surface *surface, const struct picture *picture,
                     struct span across, struct span down) {
    uint64_t sums[PICTURE_BYTES] = {0};
    uint64_t total = (across.to - across.from) * (down.to - down.from);
    for (uint64_t y = down.from / FRACTION; y * FRACTION < down.to; y++) {
        uint64_t line_weight = weight_of(down, y);
        for (uint64_t x = across.from / FRACTION; x * FRACTION < across.to; x++) {
            uint64_t weight = line_weight * weight_of(across, x);
            const uint8_t *rgb = source_pixel(picture, (uint32_t)x, (uint32_t)y);
            for (int i = 0; i < PICTURE_BYTES; i++) {
                sums[i] += weight * rgb[i];
            }
        }
    }
    for (int i = 0; i < PICTURE_BYTES; i++) {
        sums[i] = (sums[i] + total / 2) / total;
    }
    return pixel_of(surface, (uint32_t)sums[0], (uint32_t)sums[1], (uint32_t)sums[2]);
}

static void copy(const struct surface *surface, const struct picture *picture,
                 struct rectangle where) {
    for (uint32_t y = 0; y < where.height; y++) {
        volatile uint32_t *line = line_of(surface, where.y + y) + where.x;
        const uint8_t *rgb = source_pixel(picture, 0, y);
        for (uint32_t x = 0; x < where.width; x++, rgb += PICTURE_BYTES) {
            line[x] = pixel_of(surface, rgb[0], rgb[1], rgb[2]);
        }
    }
}

static void scale(const struct surface *surface, const struct picture *picture,
                  struct rectangle where) {
    for (uint32_t y = 0; y < where.height; y++) {
        volatile uint32_t *line = line_of(surface, where.y + y) + where.x;
        struct span down = span_of(y, picture->height, where.height);
        for (uint32_t x = 0; x < where.width; x++) {
            line[x] = mean(surface, picture, span_of(x, picture->width, where.width), down);
        }
    }
}

static void clear_around(const struct surface *surface, struct rectangle inner) {
    uint32_t right = inner.x + inner.width;
    uint32_t bottom = inner.y + inner.height;
    surface_fill(surface, (struct rectangle){0, 0, surface->width, inner.y}, 0);
    surface_fill(surface, (struct rectangle){0, inner.y, inner.x, inner.height}, 0);
    surface_fill(surface, (struct rectangle){right, inner.y, surface->width, inner.height}, 0);
    surface_fill(surface, (struct rectangle){0, bottom, surface->width, surface->height}, 0);
}

void surface_show(const struct surface *surface, const struct picture *picture) {
    struct rectangle where = surface_place(surface, picture->width, picture->height);
    clear_around(surface, where);
    if (where.width == picture->width && where.height == picture->height) {
        copy(surface, picture, where);
    } else {
        scale(surface, picture, where);
    }
}
