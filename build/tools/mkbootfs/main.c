// SPDX-License-Identifier: GPL-3.0-only
//
// mkbootfs: makes the bootfs, a deterministic ustar archive.
#include <stdio.h>
#include <string.h>

#include "build/tools/mkbootfs/tar.h"

static const char usage[] =
    "usage: mkbootfs [--mode 0644|0755] [--list FILE] OUT [name=path ...]\n"
    "  --mode MODE   permission bits of the entries that follow (default 0644)\n"
    "  --list FILE   more entries, one name=path a line; \"mode 0755\" lines set the mode\n";

// Reads the command line into *list and *out_path.
static bool arguments_read(int argc, char **argv, struct tar_list *list, const char **out_path,
                           struct error *err) {
    unsigned int mode = 0644;
    for (int i = 1; i < argc; i++) {
        bool is_mode = strcmp(argv[i], "--mode") == 0;
        bool is_list = strcmp(argv[i], "--list") == 0;
        bool ok = true;
        if ((is_mode || is_list) && i + 1 == argc) {
            return error_set(err, "%s needs a value", argv[i]);
        }
        if (is_mode) {
            ok = tar_mode_parse(argv[++i], &mode, err);
        } else if (is_list) {
            ok = tar_list_read(list, argv[++i], &mode, err);
        } else if (text_starts_with(argv[i], "--")) {
            return error_set(err, "unknown option %s", argv[i]);
        } else if (*out_path == NULL) {
            *out_path = argv[i];
        } else {
            ok = tar_list_add(list, argv[i], mode, err);
        }
        if (!ok) {
            return false;
        }
    }
    return *out_path != NULL || error_set(err, "no output file given");
}

int main(int argc, char **argv) {
    struct error err = {0};
    struct tar_list list = {0};
    struct buffer archive = {0};
    const char *out_path = NULL;
    int status = 0;
    if (!arguments_read(argc, argv, &list, &out_path, &err)) {
        fprintf(stderr, "mkbootfs: %s\n%s", err.text, usage);
        status = 2;
    } else if (!tar_write(&list, &archive, &err) ||
               !file_write(out_path, archive.data, archive.size, &err)) {
        fprintf(stderr, "mkbootfs: %s\n", err.text);
        status = 1;
    }
    buffer_free(&archive);
    tar_list_free(&list);
    return status;
}
