// SPDX-License-Identifier: GPL-3.0-only
#include "userland/bootfs/bootfs.h"

#include <string.h>

#include "toolchains/freestanding/format.h"

bool bootfs_open(struct bootfs *fs, const void *data, uint64_t size, struct tar_error *error) {
    struct tar_entry entry;
    uint64_t offset = 0;
    uint32_t count = 0;
    enum tar_result result = TAR_ENTRY;
    *fs = (struct bootfs){NULL, 0, 0};
    while ((result = tar_next(data, size, &offset, &entry, error)) == TAR_ENTRY) {
        count += entry.is_directory ? 0 : 1;
    }
    if (result == TAR_ERROR) {
        return false;
    }
    *fs = (struct bootfs){data, size, count};
    return true;
}

bool bootfs_next(const struct bootfs *fs, const char *prefix, uint64_t *cursor,
                 struct bootfs_file *file) {
    struct tar_entry entry;
    struct tar_error error;
    while (fs->size > 0 && tar_next(fs->data, fs->size, cursor, &entry, &error) == TAR_ENTRY) {
        if (entry.is_directory || strncmp(entry.name, prefix, strlen(prefix)) != 0) {
            continue;
        }
        memcpy(file->name, entry.name, sizeof file->name);
        file->data = entry.data;
        file->size = entry.size;
        file->offset = (uint64_t)(entry.data - fs->data);
        return true;
    }
    return false;
}

bool bootfs_find(const struct bootfs *fs, const char *name, struct bootfs_file *file) {
    uint64_t cursor = 0;
    while (bootfs_next(fs, name, &cursor, file)) {
        if (strcmp(file->name, name) == 0) {
            return true;
        }
    }
    return false;
}

size_t bootfs_format_error(char *text, size_t size, const struct tar_error *error) {
    return format_text(text, size, "bootfs: %s (at %lu: found %lu, wanted %lu)",
                       tar_problem_text(error->problem), (unsigned long)error->offset,
                       (unsigned long)error->found, (unsigned long)error->wanted);
}
