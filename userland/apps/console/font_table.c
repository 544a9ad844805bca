// SPDX-License-Identifier: GPL-3.0-only
//
// font_table: of a packaged font the table that font.h declares, in two steps. The first writes an
// SVG picture of all characters, white on black, side by side; what draws the slides makes a PNG
// file of it; the second makes C of that.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build/tools/util/util.h"
#include "lodepng.h"
#include "userland/apps/console/font.h"

// JetBrains Mono: a character is 0.6 of the size wide, a line 1.32 high, the base line at 1.02.
#define FONT "font-family=\"JetBrains Mono\" font-size=\"15\""

enum { BASE_LINE = 15, TEXT = 512 };

static bool write_sheet(const char *path, struct error *err) {
    struct buffer svg = {0};
    char text[TEXT];
    snprintf(text, sizeof text,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\">"
             "<rect width=\"100%%\" height=\"100%%\"/>\n",
             FONT_COUNT * FONT_WIDTH, FONT_HEIGHT);
    buffer_append(&svg, text, strlen(text));
    for (unsigned int i = 0; i < FONT_COUNT; i++) {
        // One inside another: what reaches out of its place is cut off.
        snprintf(text, sizeof text,
                 "<svg x=\"%u\" y=\"0\" width=\"%u\" height=\"%u\"><text x=\"0\" y=\"%d\" " FONT
                 " fill=\"#fff\" xml:space=\"preserve\">&#%u;</text></svg>\n",
                 i * FONT_WIDTH, FONT_WIDTH, FONT_HEIGHT, BASE_LINE, FONT_FIRST + i);
        buffer_append(&svg, text, strlen(text));
    }
    buffer_append(&svg, "</svg>\n", strlen("</svg>\n"));
    bool ok = file_write(path, svg.data, svg.size, err);
    buffer_free(&svg);
    return ok;
}

static void append_character(struct buffer *out, const unsigned char *grey, unsigned int index) {
    char text[TEXT];
    buffer_append(out, "    {", strlen("    {"));
    for (unsigned int y = 0; y < FONT_HEIGHT; y++) {
        for (unsigned int x = 0; x < FONT_WIDTH; x++) {
            unsigned int at = (y * FONT_COUNT + index) * FONT_WIDTH + x;
            snprintf(text, sizeof text, "%u,", grey[at]);
            buffer_append(out, text, strlen(text));
        }
    }
    buffer_append(out, "},\n", strlen("},\n"));
}

static bool write_table(const char *in, const char *out, struct error *err) {
    struct buffer file = {0};
    struct buffer table = {0};
    unsigned char *grey = NULL;
    unsigned int width = 0;
    unsigned int height = 0;
    static const char head[] =
        "// Made by userland/apps/console/font_table.c.\n"
        "#include \"userland/apps/console/font.h\"\n\n"
        "const uint8_t font_pixels[FONT_COUNT][FONT_WIDTH * FONT_HEIGHT] = {\n";
    bool ok = file_read(in, &file, err);
    unsigned int code = 0;
    if (ok) {
        code = lodepng_decode_memory(&grey, &width, &height, (const unsigned char *)file.data,
                                     file.size, LCT_GREY, 8);
    }
    if (ok && (code != 0 || width != FONT_COUNT * FONT_WIDTH || height != FONT_HEIGHT)) {
        ok = error_set(err, "%s: no sheet of characters (lodepng's error %u, %u x %u)", in, code,
                       width, height);
    }
    if (ok) {
        buffer_append(&table, head, sizeof head - 1);
        for (unsigned int i = 0; i < FONT_COUNT; i++) {
            append_character(&table, grey, i);
        }
        buffer_append(&table, "};\n", strlen("};\n"));
        ok = file_write(out, table.data, table.size, err);
    }
    free(grey);
    buffer_free(&table);
    buffer_free(&file);
    return ok;
}

int main(int argc, char **argv) {
    struct error err = {0};
    bool ok = false;
    if (argc == 3 && strcmp(argv[1], "sheet") == 0) {
        ok = write_sheet(argv[2], &err);
    } else if (argc == 4 && strcmp(argv[1], "table") == 0) {
        ok = write_table(argv[2], argv[3], &err);
    } else {
        fputs("usage: font_table sheet OUT.svg | table IN.png OUT.c\n", stderr);
        return 2;
    }
    if (!ok) {
        fprintf(stderr, "font_table: %s\n", err.text);
    }
    return ok ? 0 : 1;
}
