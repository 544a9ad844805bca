// SPDX-License-Identifier: GPL-3.0-only
//
// slides: makes an SVG picture of a slide's text.
#include <stdio.h>
#include <string.h>

#include "build/tools/slides/slide.h"

static const char usage[] = "usage: slides NUMBER COUNT SLIDE OUT.svg\n"
                            "Draws SLIDE, number NUMBER of COUNT; see slide.h for the format.\n";

int main(int argc, char **argv) {
    struct error err = {0};
    struct buffer text = {0};
    struct buffer svg = {0};
    uint64_t number;
    uint64_t count;
    if (argc != 5 || !number_parse(argv[1], 1, 9999, &number) ||
        !number_parse(argv[2], number, 9999, &count)) {
        fputs(usage, stderr);
        return 2;
    }
    bool ok = file_read(argv[3], &text, &err);
    buffer_append(&text, "", 0);
    if (ok && memchr(text.data, '\0', text.size) != NULL) {
        ok = error_set(&err, "%s: not a text: it has a zero byte", argv[3]);
    }
    ok = ok && slide_draw(argv[3], text.data, number, count, &svg, &err) &&
         file_write(argv[4], svg.data, svg.size, &err);
    if (!ok) {
        fprintf(stderr, "slides: %s\n", err.text);
    }
    buffer_free(&text);
    buffer_free(&svg);
    return ok ? 0 : 1;
}
