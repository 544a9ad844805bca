// SPDX-License-Identifier: MIT
//
// Where the text of an ordinary process goes.
#ifndef HELIOS_USERLAND_HELIOS_LOG_H
#define HELIOS_USERLAND_HELIOS_LOG_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Sends text to the log of this process; without one, or when nobody takes it any more, to the
// kernel's console.
void helios_log_write(const char *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_LOG_H
