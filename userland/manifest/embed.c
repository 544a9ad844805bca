// SPDX-License-Identifier: GPL-3.0-only
//
// Checks a driver's manifest and writes a C file that puts it into the section .helios.manifest:
//
//     embed NAME MANIFEST OUTPUT
//
// NAME is what errors call the manifest.
#include <stdio.h>
#include <stdlib.h>

#include "build/tools/util/util.h"
#include "userland/manifest/manifest.h"

static void tell(void *context, const struct manifest_error *error) {
    char text[400];
    (void)context;
    manifest_format_error(text, sizeof text, error);
    fprintf(stderr, "%s\n", text);
}

static void emit(const struct buffer *text, struct buffer *out) {
    buffer_format(out,
                  "// Made of a driver's manifest.\n"
                  "extern const char helios_manifest[%zu];\n"
                  "__attribute__((section(\".helios.manifest\"), used, retain))\n"
                  "const char helios_manifest[%zu] = {",
                  text->size, text->size);
    for (size_t i = 0; i < text->size; i++) {
        buffer_format(out, "%s%d,", i % 16 == 0 ? "\n    " : " ", text->data[i]);
    }
    buffer_format(out, "\n};\n");
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: %s NAME MANIFEST OUTPUT\n", argv[0]);
        return 2;
    }
    static struct manifest_program driver;
    struct buffer text = {0};
    struct buffer out = {0};
    struct error err = {0};
    struct manifest_report report = {tell, NULL};
    bool ok = file_read(argv[2], &text, &err) &&
              manifest_read_driver(argv[1], text.data, text.size, report, &driver);
    if (ok) {
        emit(&text, &out);
        ok = file_write(argv[3], out.data, out.size, &err);
    }
    if (!ok && err.text[0] != '\0') {
        fprintf(stderr, "%s\n", err.text);
    }
    buffer_free(&text);
    buffer_free(&out);
    return ok ? 0 : 1;
}
