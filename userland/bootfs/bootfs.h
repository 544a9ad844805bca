// SPDX-License-Identifier: GPL-3.0-only
//
// The boot file system: a ustar archive in memory, looked into by name. All of it is checked when
// it is opened, so that what is found later needs no check.
#ifndef HELIOS_USERLAND_BOOTFS_BOOTFS_H
#define HELIOS_USERLAND_BOOTFS_BOOTFS_H

#include <stddef.h>

#include "boot/tar/tar.h"

#ifdef __cplusplus
extern "C" {
#endif

struct bootfs {
    const uint8_t *data;
    uint64_t size;
    uint32_t count; // of files
};

struct bootfs_file {
    char name[TAR_NAME_SIZE];
    const uint8_t *data;
    uint64_t size;
    uint64_t offset; // of `data` in the archive
};

// Checks the archive. false: *error says what is wrong in it, and it has no files.
bool bootfs_open(struct bootfs *fs, const void *data, uint64_t size, struct tar_error *error);

// The file of this name. false: there is none.
bool bootfs_find(const struct bootfs *fs, const char *name, struct bootfs_file *file);

// The next file whose name begins with `prefix`; *cursor is 0 to begin with.
bool bootfs_next(const struct bootfs *fs, const char *prefix, uint64_t *cursor,
                 struct bootfs_file *file);

// What is wrong, as one line: "bootfs: has a header with a wrong checksum (at 512: found 3, wanted
// 4)". Cut off and terminated as format_text does it.
size_t bootfs_format_error(char *text, size_t size, const struct tar_error *error);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_BOOTFS_BOOTFS_H
