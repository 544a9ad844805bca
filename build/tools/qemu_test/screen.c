// SPDX-License-Identifier: GPL-3.0-only
#include "build/tools/qemu_test/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lodepng.h"

#define MAX_EXTENT 16384u

enum { BYTES = 3 }; // of a pixel

// The next number of a PPM header, behind blanks; exactly one blank follows it.
static bool header_number(const struct buffer *ppm, size_t *at, uint32_t *value) {
    *value = 0;
    while (*at < ppm->size && strchr(" \n\r\t", ppm->data[*at]) != NULL) {
        (*at)++;
    }
    size_t start = *at;
    for (; *at < ppm->size && ppm->data[*at] >= '0' && ppm->data[*at] <= '9'; (*at)++) {
        *value = *value * 10 + (uint32_t)(ppm->data[*at] - '0');
        if (*value > MAX_EXTENT) {
            return false;
        }
    }
    return *at > start && (*at)++ < ppm->size;
}

bool screen_from_ppm(const struct buffer *ppm, struct screen *screen, struct error *err) {
    size_t at = 2;
    uint32_t depth;
    if (ppm->size < 2 || memcmp(ppm->data, "P6", 2) != 0 ||
        !header_number(ppm, &at, &screen->width) || !header_number(ppm, &at, &screen->height) ||
        !header_number(ppm, &at, &depth) || depth != 255) {
        return error_set(err, "not a binary PPM file of 8 bits a colour");
    }
    size_t size = (size_t)BYTES * screen->width * screen->height;
    if (size == 0 || ppm->size - at != size) {
        return error_set(err, "%u x %u pixels do not make %zu bytes", screen->width, screen->height,
                         ppm->size - at);
    }
    screen->rgb = mem_alloc(size);
    memcpy(screen->rgb, ppm->data + at, size);
    return true;
}

bool screen_from_png(const char *path, struct screen *screen, struct error *err) {
    struct buffer file = {0};
    bool ok = file_read(path, &file, err);
    unsigned int code = 0;
    if (ok) {
        code = lodepng_decode24(&screen->rgb, &screen->width, &screen->height,
                                (const unsigned char *)file.data, file.size);
    }
    buffer_free(&file);
    return ok && (code == 0 || error_set(err, "%s: %s", path, lodepng_error_text(code)));
}

bool screen_take(struct guest *guest, int64_t deadline, struct screen *screen, struct error *err) {
    struct buffer ppm = {0};
    if (!guest->running) {
        return error_set(err, "the guest has ended");
    }
    char *path = mem_format("%s/screen.ppm", guest->qemu.temp_dir);
    char *arguments = mem_format("{\"filename\":\"%s\"}", path);
    bool ok = qemu_qmp(&guest->qemu, "screendump", arguments, deadline, &guest->raw, NULL, err) &&
              file_read(path, &ppm, err) && screen_from_ppm(&ppm, screen, err);
    remove(path);
    buffer_free(&ppm);
    free(arguments);
    free(path);
    return ok;
}

static const uint8_t *pixel(const struct screen *screen, uint32_t x, uint32_t y) {
    return screen->rgb + BYTES * ((size_t)y * screen->width + x);
}

static uint32_t colour_of(const uint8_t *rgb) {
    return (uint32_t)(rgb[0] << 16 | rgb[1] << 8 | rgb[2]);
}

bool screen_shows(const struct screen *screen, const struct screen *picture, uint32_t bottom,
                  struct error *err) {
    if (screen->width < picture->width || screen->height < picture->height ||
        bottom > screen->height) {
        return error_set(err, "a screen of %u x %u can't show %u x %u", screen->width,
                         screen->height, picture->width, picture->height);
    }
    static const uint8_t black[BYTES];
    uint32_t left = (screen->width - picture->width) / 2;
    uint32_t top = (screen->height - picture->height) / 2;
    uint64_t wrong = 0;
    char first[128] = "";
    for (uint32_t y = 0; y < screen->height - bottom; y++) {
        for (uint32_t x = 0; x < screen->width; x++) {
            bool is_inside = x - left < picture->width && y - top < picture->height;
            uint32_t wanted = colour_of(is_inside ? pixel(picture, x - left, y - top) : black);
            uint32_t found = colour_of(pixel(screen, x, y));
            if (found != wanted && wrong++ == 0) {
                snprintf(first, sizeof first, "the first at (%u, %u): #%06x in place of #%06x", x,
                         y, found, wanted);
            }
        }
    }
    return wrong == 0 || error_set(err, "%llu pixels of a screen of %u x %u differ, %s",
                                   (unsigned long long)wrong, screen->width, screen->height, first);
}

bool screen_pixel_is(const struct screen *screen, int64_t x, int64_t y, uint32_t colour,
                     struct error *err) {
    int64_t column = x < 0 ? x + screen->width : x;
    int64_t line = y < 0 ? y + screen->height : y;
    if (column < 0 || column >= screen->width || line < 0 || line >= screen->height) {
        return error_set(err, "the screen has %u x %u pixels", screen->width, screen->height);
    }
    uint32_t found = colour_of(pixel(screen, (uint32_t)column, (uint32_t)line));
    return found == colour || error_set(err, "(%lld, %lld) is #%06x and not #%06x",
                                        (long long)column, (long long)line, found, colour);
}

void screen_keep(const struct screen *screen) {
    const char *directory = getenv("TEST_UNDECLARED_OUTPUTS_DIR");
    unsigned char *png = NULL;
    size_t size = 0;
    if (directory != NULL && screen->rgb != NULL &&
        lodepng_encode24(&png, &size, screen->rgb, screen->width, screen->height) == 0) {
        struct error err = {0};
        char *path = mem_format("%s/screen.png", directory);
        if (!file_write(path, png, size, &err)) {
            fprintf(stderr, "qemu_test: %s\n", err.text);
        }
        free(path);
    }
    free(png);
}

void screen_free(struct screen *screen) {
    free(screen->rgb);
    *screen = (struct screen){0};
}
