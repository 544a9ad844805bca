// SPDX-License-Identifier: GPL-3.0-only
//
// Writes POSIX ustar archives whose bytes depend on names, modes and contents only: sorted by name,
// time 0, owner 0. Source: POSIX.1-2017, pax, "ustar Interchange Format".
#ifndef HELIOS_BUILD_TOOLS_MKBOOTFS_TAR_H
#define HELIOS_BUILD_TOOLS_MKBOOTFS_TAR_H

#include "build/tools/util/util.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tar_entry {
    char *name;        // path inside the archive
    char *path;        // file on the host that has the contents
    unsigned int mode; // permission bits
};

struct tar_list {
    struct tar_entry *entries;
    size_t count;
};

// Adds "name=path" with the given permission bits. Errors: no '=', a name that is not a relative
// path of plain components, or one that ustar's two fields (100 and 155 bytes) can't hold.
bool tar_list_add(struct tar_list *list, const char *spec, unsigned int mode, struct error *err);

// Adds every line of the file `path`: "name=path", or "mode 0644" or "mode 0755" for the entries
// that follow; blank lines and lines that begin with '#' are skipped. *mode is the mode at the
// start and, on return, at the end.
bool tar_list_read(struct tar_list *list, const char *path, unsigned int *mode, struct error *err);

// Sorts the list and appends the archive to *out. Errors: duplicate names, unreadable files.
bool tar_write(struct tar_list *list, struct buffer *out, struct error *err);

// "0644" or "0755".
bool tar_mode_parse(const char *text, unsigned int *mode, struct error *err);

void tar_list_free(struct tar_list *list);

#ifdef __cplusplus
}
#endif

#endif
