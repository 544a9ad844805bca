// SPDX-License-Identifier: GPL-3.0-only
//
// picture: what the console's screen looks like once a text was written to it, as a PNG file: what
// tests compare QEMU's screen with.
#include <stdio.h>
#include <stdlib.h>

#include "build/tools/util/util.h"
#include "lodepng.h"
#include "userland/apps/console/paint.h"

enum { EXTENT_MOST = 4096, BYTES = 3 };

static void write_text(struct text *text, const struct buffer *file) {
    for (size_t i = 0; i < file->size; i++) {
        if (file->data[i] == '\n') {
            text_write(text, "\r", 1);
        }
        text_write(text, &file->data[i], 1);
    }
}

static bool draw(const struct buffer *file, uint32_t width, uint32_t height, const char *out,
                 struct error *err) {
    static struct text text;
    static struct painter painter;
    uint32_t *pixels = mem_alloc((size_t)width * height * sizeof *pixels);
    unsigned char *rgb = mem_alloc((size_t)width * height * BYTES);
    const struct surface surface = {.pixels = (uint8_t *)pixels,
                                    .width = width,
                                    .height = height,
                                    .pitch = width * (uint32_t)sizeof *pixels,
                                    .red_shift = 16,
                                    .green_shift = 8};
    struct rectangle changed;
    paint_begin(&painter, &surface);
    text_begin(&text, painter.columns, painter.rows);
    write_text(&text, file);
    paint(&painter, &surface, &text, &changed);
    for (size_t i = 0; i < (size_t)width * height; i++) {
        for (unsigned int j = 0; j < BYTES; j++) {
            rgb[BYTES * i + j] = (unsigned char)(pixels[i] >> (16 - 8 * j));
        }
    }
    unsigned char *png = NULL;
    size_t size = 0;
    unsigned int code = lodepng_encode24(&png, &size, rgb, width, height);
    bool ok = code == 0 ? file_write(out, png, size, err)
                        : error_set(err, "%s: %s", out, lodepng_error_text(code));
    free(png);
    free(rgb);
    free(pixels);
    return ok;
}

int main(int argc, char **argv) {
    struct error err = {0};
    struct buffer file = {0};
    uint64_t width;
    uint64_t height;
    if (argc != 5 || !number_parse(argv[1], 1, EXTENT_MOST, &width) ||
        !number_parse(argv[2], 1, EXTENT_MOST, &height)) {
        fputs("usage: picture WIDTH HEIGHT TEXT OUT.png\n", stderr);
        return 2;
    }
    bool ok = file_read(argv[3], &file, &err) &&
              draw(&file, (uint32_t)width, (uint32_t)height, argv[4], &err);
    if (!ok) {
        fprintf(stderr, "picture: %s\n", err.text);
    }
    buffer_free(&file);
    return ok ? 0 : 1;
}
