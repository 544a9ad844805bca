// SPDX-License-Identifier: MIT
//
// Errors for people.
#ifndef HELIOS_USERLAND_HELIOS_ERROR_H
#define HELIOS_USERLAND_HELIOS_ERROR_H

#include <stddef.h>
#include <stdint.h>

#include "uapi/error.h"

#ifdef __cplusplus
extern "C" {
#endif

// An error in a few words. Never NULL, also for unknown numbers.
const char *helios_strerror(enum helios_error error);

// Which argument a refusal means (enum helios_argument), in words; *index is which one of several,
// or -1. Never NULL, also for unknown numbers.
const char *helios_argument_text(uint64_t argument, int *index);

// A refusal as one line, "not aligned: parameter 0 (found 0x1001, wanted 0x1000)", cut off and
// NUL-terminated as format_text does it. Returns the length. The numbers are those of an answer's
// value, found and wanted.
size_t helios_format_refusal(char *text, size_t size, enum helios_error error, uint64_t argument,
                             uint64_t found, uint64_t wanted);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_ERROR_H
