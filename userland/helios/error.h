// SPDX-License-Identifier: MIT
//
// Errors for people.
#ifndef HELIOS_USERLAND_HELIOS_ERROR_H
#define HELIOS_USERLAND_HELIOS_ERROR_H

#include "uapi/error.h"

#ifdef __cplusplus
extern "C" {
#endif

// An error in a few words. Never NULL, also for unknown numbers.
const char *helios_strerror(enum helios_error error);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_ERROR_H
