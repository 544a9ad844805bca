// SPDX-License-Identifier: GPL-3.0-only
//
// The serial console, through its driver, and the display with its keyboard, if there is one
// (userland/apps/console): both say the same, and what is typed on either counts. When the serial
// driver is gone, the next one is waited for.
#ifndef HELIOS_USERLAND_APPS_SHELL_TERMINAL_H
#define HELIOS_USERLAND_APPS_SHELL_TERMINAL_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Finds both, and waits for the serial driver if there is none yet.
void terminal_open(void);

// Writes text as it is.
void terminal_write(const char *text, size_t length);

// Formats and writes, with a carriage return before each line feed.
void terminal_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Waits for the next character.
char terminal_read(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_APPS_SHELL_TERMINAL_H
