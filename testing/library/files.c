// SPDX-License-Identifier: GPL-3.0-only
//
// Just enough of ustar (POSIX.1-2017, pax) to find a file that the build put there.
#include "testing/library/files.h"

#include <string.h>

#include "userland/test/test.h"

enum { BLOCK = 512, NAME_SIZE = 100, SIZE_AT = 124, SIZE_DIGITS = 11 };

static size_t size_of(const char *header) {
    size_t size = 0;
    for (unsigned i = 0; i < SIZE_DIGITS; i++) {
        size = size * 8 + (size_t)(header[SIZE_AT + i] - '0');
    }
    return size;
}

static bool named(const char *header, const char *path) {
    size_t length = strlen(path);
    return length < NAME_SIZE && memcmp(header, path, length + 1) == 0;
}

const void *files_find(const char *path, size_t *size) {
    const struct helios_bootinfo_module *module = &helios_test_bootinfo->modules[0];
    const char *archive = (const char *)(uintptr_t)module->address;
    for (uint64_t at = 0; at + BLOCK <= module->length && archive[at] != '\0';) {
        *size = size_of(archive + at);
        if (named(archive + at, path)) {
            return archive + at + BLOCK;
        }
        at += BLOCK + (*size + BLOCK - 1) / BLOCK * BLOCK;
    }
    return NULL;
}
