// SPDX-License-Identifier: GPL-3.0-only
//
// The command line: words separated by blanks, each `key` or `key=value`. Double quotes anywhere
// in a word protect blanks and are not part of it; there is no escape. Keys that the loader does
// not know are somebody else's (the kernel's, init's) and are kept.
#ifndef HELIOS_BOOT_INFO_CMDLINE_H
#define HELIOS_BOOT_INFO_CMDLINE_H

#include "boot/info/error.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

// Check a command line as a whole (NUL-terminated): quotes closed, no empty key, no key twice with
// different values. Errors: BOOT_COMMAND_LINE_SYNTAX, BOOT_COMMAND_LINE_CONFLICT.
enum boot_error cmdline_check(const char *line, struct boot_failure *failure);

// Find `key` and copy its value, unquoted and NUL-terminated; "" if it has none. *found tells
// whether the key is there. Errors: BOOT_COMMAND_LINE_TOO_LONG if the value does not fit.
enum boot_error cmdline_get(const char *line, const char *key, char *value, size_t size,
                            bool *found, struct boot_failure *failure);

// As cmdline_get for a number: decimal, or hexadecimal after 0x, with an optional K, M or G (1024
// each). *number is left alone if the key is not there. Errors: BOOT_COMMAND_LINE_VALUE.
enum boot_error cmdline_get_number(const char *line, const char *key, uint64_t *number,
                                   struct boot_failure *failure);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_INFO_CMDLINE_H
