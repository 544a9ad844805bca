// SPDX-License-Identifier: GPL-3.0-only
//
// Files of the bootfs that the cases start.
#ifndef HELIOS_TESTING_LIBRARY_FILES_H
#define HELIOS_TESTING_LIBRARY_FILES_H

#include <stddef.h>

// The file's bytes, or NULL if there is no such file.
const void *files_find(const char *path, size_t *size);

#endif // HELIOS_TESTING_LIBRARY_FILES_H
