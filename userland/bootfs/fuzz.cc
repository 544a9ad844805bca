// SPDX-License-Identifier: GPL-3.0-only
//
// A boot file system of any bytes: whatever is found lies inside of it.
#include <stdlib.h>
#include <string.h>

#include "userland/bootfs/bootfs.h"

// The checksum of every header is made right, or hardly anything would get past it.
static void mend(uint8_t *data, size_t size) {
    for (size_t at = 0; at + 512 <= size; at += 512) {
        unsigned sum = 0;
        memset(data + at + 148, ' ', 8);
        for (size_t i = 0; i < 512; i++) {
            sum += data[at + i];
        }
        for (int i = 5; i >= 0; i--) {
            data[at + 148 + (size_t)i] = (uint8_t)('0' + (sum & 7));
            sum >>= 3;
        }
        data[at + 154] = 0;
        memcpy(data + at + 257, "ustar\00000", 8);
    }
}

static void look(const uint8_t *data, size_t size) {
    struct bootfs fs;
    struct tar_error error;
    struct bootfs_file file;
    uint64_t cursor = 0;
    char text[128];
    if (!bootfs_open(&fs, data, size, &error)) {
        bootfs_format_error(text, sizeof text, &error);
        return;
    }
    while (bootfs_next(&fs, "", &cursor, &file)) {
        if (file.offset > size || file.size > size - file.offset ||
            file.data != data + file.offset || memchr(file.name, 0, sizeof file.name) == nullptr) {
            abort();
        }
    }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    look(data, size);
    uint8_t *copy = static_cast<uint8_t *>(malloc(size + 1024));
    if (size > 0) {
        memcpy(copy, data, size);
    }
    size_t whole = (size + 511) / 512 * 512;
    memset(copy + size, 0, whole + 512 - size);
    mend(copy, whole);
    look(copy, whole);
    free(copy);
    return 0;
}
